//! Changes to the folders of hosted capsules, and the replies meanwhile.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::task::JoinSet;

use super::{Host, PATIENCE, page};
use crate::privileges::nobody;
use crate::support::{Server, eventually, lamplit, run};

/// Creates an entry at a path.
type Put<'p> = &'p dyn Fn(&Path);

/// A folder whose name is not a canonical host name is not served; `lamplit check` reports it.
#[tokio::test]
async fn folder_name_must_be_a_canonical_host_name() {
    let others = ["Capital.Example", "b\u{fc}cher.example", "dot.example.", "192.0.2.7", "127.0.0.1", "-a.example"];
    let host = Host::new("", &["a.example", "xn--caf-dma.example"]);
    for name in others {
        host.write(name, "index.md", "# Not served\n");
    }
    let (_server, client) = host.start();
    for name in ["capital.example", "Capital.Example", "b\u{fc}cher.example", "dot.example", "192.0.2.7", "127.0.0.1"] {
        let seen = client.ask_as("capital.example", name, "/").await;
        assert!(seen.whole().starts_with("53 "), "{name}: {}", seen.whole());
        assert_eq!(seen.common_name(), "localhost", "{name}");
    }
    assert_eq!(host.keys(), ["localhost.pem"]);
    for name in ["caf\u{e9}.example", "CAF\u{c9}.example.", "xn--caf-dma.example"] {
        let seen = client.ask_as("xn--caf-dma.example", name, "/").await;
        assert!(seen.whole().starts_with(&page("xn--caf-dma.example")), "{name}: {}", seen.whole());
        assert_eq!(seen.common_name(), "xn--caf-dma.example");
    }
    let mut check = lamplit();
    check.args(["check", "-v", "--config"]).arg(host.path("lamplit.toml"));
    let output = check.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    for name in others {
        assert!(said.contains(&format!("hosted/{name}")), "{name}: {said}");
    }
}

/// The sandbox hides which programs write a file.
#[tokio::test]
async fn file_uploaded_during_the_first_request_is_not_published_in_part() {
    let host = Host::new("", &["a.example"]);
    let (_server, client) = host.start();
    host.write("b.example", "index.md", "# b.example\n");
    let path = host.content("b.example").join("big.md");
    fs::write(&path, "# Big\n").expect("writable");
    let upload = thread::spawn(move || {
        let mut file = fs::File::options().append(true).open(path).expect("there");
        for number in 0..20 {
            thread::sleep(Duration::from_millis(200));
            writeln!(file, "\nLine {number}.").expect("writable");
        }
    });
    fs::write(host.content("b.example").join("saved.md"), "# Saved\n").expect("writable");
    client.until("b.example", "/saved.gmi", &page("Saved")).await;
    while !upload.is_finished() {
        let seen = client.ask("b.example", "/big.gmi").await;
        assert!(seen.whole().starts_with("51 ") || seen.whole().contains("Line 19."), "{}", seen.whole());
    }
}

#[tokio::test]
async fn file_or_outside_link_in_place_of_a_folder_is_not_served() {
    let host = Host::new("", &["a.example", "b.example"]);
    fs::create_dir(host.path("outside")).expect("writable");
    fs::write(host.path("outside").join("index.md"), "# Outside\n").expect("writable");
    let (_server, client) = host.start();
    let key = client.until("a.example", "/", &page("a.example")).await.public_key();
    let folder = host.content("a.example");
    fs::create_dir(host.content("b.example").join("desk")).expect("writable");
    let no_capsules: [(&str, Put<'_>); 4] = [
        ("a link out of the folder", &|folder| symlink("../outside", folder).expect("writable")),
        ("a file", &|folder| fs::write(folder, "# A file\n").expect("writable")),
        ("a link into a capsule", &|folder| symlink("b.example/desk", folder).expect("writable")),
        ("a link to nothing", &|folder| symlink("nobody.example", folder).expect("writable")),
    ];
    for (what, put) in no_capsules {
        fs::rename(&folder, host.path("away")).expect("the same disk");
        put(&folder);
        assert!(client.until("a.example", "/", "53 ").await.whole().starts_with("53 "), "{what}");
        fs::remove_file(&folder).expect("there");
        fs::rename(host.path("away"), &folder).expect("the same disk");
        client.until("a.example", "/", &page("a.example")).await;
    }
    // A link to another capsule shows its essays, under the name and the key of this one.
    fs::remove_dir_all(&folder).expect("there");
    symlink("b.example", &folder).expect("writable");
    let seen = client.until("a.example", "/", &page("b.example")).await;
    assert_eq!((seen.common_name().as_str(), seen.public_key()), ("a.example", key));
}

/// While the folder of all capsules is missing, as between two renames, loaded capsules keep their keys.
#[tokio::test]
async fn capsules_are_served_while_their_common_folder_is_missing() {
    let host = Host::new("", &["a.example", "b.example"]);
    let (server, client) = host.start();
    let key = client.ask("a.example", "/").await.public_key();
    for round in 1..=2 {
        fs::rename(host.path("hosted"), host.path("away")).expect("the same disk");
        let told = || {
            let said = server.said();
            said.matches("the folder of capsules").count() >= round
        };
        // Each request looks again, once what was found before is old.
        let begun = std::time::Instant::now();
        while !told() {
            assert!(begun.elapsed() < PATIENCE, "{}", server.said());
            let seen = client.ask("a.example", "/").await;
            assert!(seen.whole().starts_with(&page("a.example")), "{}", seen.whole());
            assert_eq!(seen.public_key(), key);
        }
        if round == 1 {
            let refused = client.reader.send("b.example", b"gemini://b.example/\r\n").await;
            assert!(refused.is_err(), "no other key stands for a capsule that may come back");
        }
        fs::rename(host.path("away"), host.path("hosted")).expect("the same disk");
        host.write("a.example", "back.md", &format!("# Back {round}\n"));
        client.until("a.example", "/back.gmi", &page(&format!("Back {round}"))).await;
        assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
        assert_eq!(server.said().matches("the folder of capsules").count(), round, "said once each time");
    }
}

/// An archive larger than the memory is not loaded, and other capsules are not affected.
#[tokio::test]
async fn capsule_larger_than_the_memory_is_not_loaded() {
    let host = Host::new("[limits]\nmemory = 16\n", &["large.example", "grows.example", "b.example"]);
    let fill = |name: &str| {
        for number in 0..9 {
            host.write(name, &format!("{number}.md"), "");
            let path = host.content(name).join(format!("{number}.md"));
            // A sparse file, which is never read.
            fs::File::options().write(true).open(path).expect("there").set_len(4 << 20).expect("room");
        }
    };
    fill("large.example");
    let (server, client) = host.start();
    assert!(client.ask("grows.example", "/").await.whole().starts_with(&page("grows.example")));
    fill("grows.example");
    for name in ["large.example", "large.example"] {
        let seen = client.ask(name, "/").await;
        assert!(seen.whole().starts_with("40 "), "{}", seen.whole());
        assert_eq!(seen.common_name(), name);
        assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
    }
    let told = |name: &str| {
        format!("`{}` cannot be read: it holds more than the 32 MB that may be loaded", host.content(name).display())
    };
    assert!(server.said().contains(&told("large.example")), "{}", server.said());
    // One that became too large is served as it was.
    let begun = std::time::Instant::now();
    while !server.said().contains(&told("grows.example")) {
        assert!(begun.elapsed() < PATIENCE, "{}", server.said());
        assert!(client.ask("grows.example", "/").await.whole().starts_with(&page("grows.example")));
    }
    assert!(client.ask("grows.example", "/1.gmi").await.whole().starts_with("51 "));
    for number in 0..9 {
        fs::remove_file(host.content("large.example").join(format!("{number}.md"))).expect("there");
    }
    client.until("large.example", "/", &page("large.example")).await;
}

/// A FIFO or folder named `capsule.toml` blocks nothing, and other capsules are not affected.
#[tokio::test]
async fn settings_that_are_no_file_prevent_serving() {
    let kinds: [(&str, Put<'_>); 3] = [
        ("folder", &|path| fs::create_dir(path).expect("writable")),
        ("fifo", &|path| {
            run(Command::new("mkfifo").arg(path));
        }),
        ("link", &|path| symlink("/etc/hostname", path).expect("writable")),
    ];
    let host = Host::new("", &["b.example"]);
    for (kind, make) in kinds {
        let name = format!("{kind}.example");
        host.write(&name, "index.md", "# A capsule\n");
        make(&host.content(&name).join("capsule.toml"));
    }
    let (server, client) = host.start();
    for (kind, _) in kinds {
        let name = format!("{kind}.example");
        assert!(client.ask(&name, "/").await.whole().starts_with("40 "), "{kind}");
        let file = host.content(&name).join("capsule.toml").display().to_string();
        eventually(PATIENCE, || server.said(), |said| said.contains(&file));
    }
    assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
}

/// A thousand names without a folder, as from a scanner.
#[tokio::test]
async fn unknown_names_are_refused_and_not_kept() {
    let host = Host::new("[limits]\nper_address = 200\n", &["a.example"]);
    let (_server, client) = host.start();
    let client = Arc::new(client);
    for hundred in 0..10 {
        let mut readers = JoinSet::new();
        for number in 0..100 {
            let client = Arc::clone(&client);
            readers.spawn(async move {
                let name = format!("host-{hundred}-{number}.example");
                let seen = client.ask(&name, "/").await;
                seen.whole().starts_with("53 ") && seen.common_name() == "localhost"
            });
        }
        assert!(readers.join_all().await.into_iter().all(|refused| refused));
    }
    assert_eq!(host.keys(), ["localhost.pem"]);
    assert!(client.ask("a.example", "/").await.whole().starts_with(&page("a.example")));
}

/// A key that could not be saved is not used, because the next start would have another.
#[tokio::test]
async fn key_that_cannot_be_saved_is_not_used() {
    let host = Host::new("", &["a.example", "b.example"]);
    let before = {
        let (_server, client) = host.start();
        client.ask("b.example", "/").await.public_key()
    };
    let certs = host.path("certs");
    let mut command = lamplit();
    command.args(["serve", "--config"]).arg(host.path("lamplit.toml"));
    let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0);
    let owner = if is_root {
        // Root ignores permissions, so the server becomes another user, who may read the keys only.
        let Some((uid, gid)) = nobody() else { return };
        for key in host.keys() {
            chown(certs.join(key), Some(uid), Some(gid)).expect("ours");
        }
        for folder in [host.folder.path(), &certs] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("ours");
        }
        command.args(["--user", "nobody"]);
        Some((uid, gid))
    } else {
        fs::set_permissions(&certs, fs::Permissions::from_mode(0o555)).expect("ours");
        None
    };
    let (server, client) = Host::read(Server::from_command(command));
    assert!(client.reader.send("a.example", b"gemini://a.example/\r\n").await.is_err());
    assert_eq!(client.ask("b.example", "/").await.public_key(), before);
    let told = eventually(PATIENCE, || server.said(), |said| said.contains("a.example.pem"));
    assert_eq!(told.matches("a.example.pem").count(), 1, "{told}");
    assert_eq!(host.keys(), ["b.example.pem", "localhost.pem"]);
    // Then the permissions are corrected.
    if let Some((uid, gid)) = owner {
        chown(&certs, Some(uid), Some(gid)).expect("ours");
    }
    fs::set_permissions(&certs, fs::Permissions::from_mode(0o700)).expect("ours");
    let mended = std::time::Instant::now();
    let request = format!("gemini://a.example:{}/\r\n", client.port);
    let seen = loop {
        match client.reader.send("a.example", request.as_bytes()).await {
            Ok(seen) => break seen,
            Err(error) => assert!(mended.elapsed() < PATIENCE, "{error}"),
        }
    };
    assert!(seen.whole().starts_with(&page("a.example")), "{}", seen.whole());
}
