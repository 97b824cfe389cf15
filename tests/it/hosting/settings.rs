//! `capsule.toml`: the settings of a hosted capsule, and those that it may not have.

use std::fs;
use std::time::{Duration, Instant};

use lamplit::host::Fingerprint;

use super::{Host, page};
use crate::private::identity;
use crate::support::{Server, eventually, lamplit};
use testkit::tls_client::connector;

const GOOD: &str = "title = \"Lamps\"\nlanguage = \"en\"\nignore = [\"notes/\"]\ngone = [\"/old.gmi\"]\n\
                    private = [{ path = \"/desk/\" }]\n[pages]\nback_label = \"Home\"\n";

#[tokio::test]
async fn settings_of_a_capsule_take_effect() {
    let host = Host::new("", &["b.example"]);
    for (name, text) in [
        ("capsule.toml", GOOD),
        ("film.md", "A film.\n"),
        ("notes/secret.md", "No.\n"),
        ("desk/draft.md", "# A draft\n"),
    ] {
        host.write("a.example", name, text);
    }
    let (server, client) = host.start();
    for (path, expected) in [
        ("/", "20 text/gemini; lang=en\r\n# Lamps\n"),
        ("/film.gmi", "20 text/gemini; lang=en\r\n# Film\n"),
        ("/old.gmi", "52 "),
        ("/notes/secret.gmi", "51 "),
        ("/capsule.toml", "51 "),
        ("/desk/draft.gmi", "60 "),
    ] {
        let seen = client.ask("a.example", path).await;
        assert!(seen.whole().starts_with(expected), "{path}: {}", seen.whole());
    }
    assert!(client.ask("a.example", "/film.gmi").await.body().contains("=> / Home\n"));
    assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));

    // Changes are in force while it is loaded; the list of readers too.
    let me = identity(-1, 1);
    let print = Fingerprint::of(&me.certificate).forms()[3].clone();
    let list = format!("private = [{{ path = \"/desk/\", fingerprints = [\"{print}\"] }}]");
    let changed = GOOD.replace("Lamps", "Lanterns").replace("private = [{ path = \"/desk/\" }]", &list);
    host.write("a.example", "capsule.toml", &changed);
    client.until("a.example", "/", "20 text/gemini; lang=en\r\n# Lanterns\n").await;
    let seen = converse(&connector(Some(&me)), server.gemini_address(), "/desk/draft.gmi").await;
    assert!(seen.starts_with("20 text/gemini; lang=en\r\n# A draft\n"), "{seen}");
}

/// Those of a site generator are settings too.
#[tokio::test]
async fn changed_settings_of_a_generator_take_effect() {
    let host = Host::new("", &[]);
    for (name, text) in [("_config.yml", "title: Lamps\n"), ("a.md", "A.\n"), ("hush/b.md", "B.\n")] {
        host.write("a.example", name, text);
    }
    let (_server, client) = host.start();
    client.until("a.example", "/hush/b.gmi", "20 ").await;
    host.write("a.example", "_config.yml", "title: Lamps\nexclude: [hush]\n");
    client.until("a.example", "/hush/b.gmi", "51 ").await;
    client.until("a.example", "/a.gmi", "20 ").await;
}

async fn converse(client: &tokio_rustls::TlsConnector, address: std::net::SocketAddr, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let socket = tokio::net::TcpStream::connect(address).await.expect("it listens");
    let mut stream = client.connect(testkit::tls_client::name("a.example"), socket).await.expect("a handshake");
    let request = format!("gemini://a.example:{}{path}\r\n", address.port());
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("text");
    reply
}

/// Invalid settings do not publish a private area, and do not affect other capsules.
#[tokio::test]
async fn broken_settings_are_reported_and_change_nothing() {
    let host = Host::new("", &["b.example"]);
    host.write("a.example", "index.md", "# a.example\n");
    host.write("a.example", "desk/draft.md", "# A draft\n");
    host.write("a.example", "capsule.toml", "private = [{ paht = \"/desk/\" }]\n");
    let (server, client) = host.start();
    for path in ["/", "/desk/draft.gmi"] {
        let seen = client.ask("a.example", path).await;
        assert!(seen.whole().starts_with("40 "), "{path}: {}", seen.whole());
        assert_eq!(seen.common_name(), "a.example");
    }
    assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
    let file = host.content("a.example").join("capsule.toml").display().to_string();
    let expected = format!(
        "error: unknown key `paht` in `[[private]]`\n  --> {file}:1:14\n   |\n 1 | private = [{{ paht = \"/desk/\" }}]\n\
         {}| {}^^^^\nhint: did you mean `path`?\n",
        "   ",
        " ".repeat(13)
    );
    eventually(super::PATIENCE, || server.said(), |said| said.contains(&expected));

    host.write("a.example", "capsule.toml", "private = [{ path = \"/desk/\" }]\n");
    client.until("a.example", "/", &page("a.example")).await;
    assert!(client.ask("a.example", "/desk/draft.gmi").await.whole().starts_with("60 "));
    // Invalid settings leave the previous ones in force, and essays are still updated.
    host.write("a.example", "capsule.toml", "private = [\n");
    host.write("a.example", "new.md", "# New\n");
    client.until("a.example", "/new.gmi", &page("New")).await;
    assert!(client.ask("a.example", "/desk/draft.gmi").await.whole().starts_with("60 "));
    eventually(super::PATIENCE, || server.said(), |said| said.contains("this is not TOML"));
    assert_eq!(server.said().matches("unknown key `paht`").count(), 1, "said once");
}

/// C12.
#[tokio::test]
async fn vanished_settings_stay_in_force_for_a_while() {
    let removed: fn(&std::path::Path) = |file| fs::remove_file(file).expect("there");
    let emptied: fn(&std::path::Path) = |file| fs::write(file, "").expect("writable");
    let host = Host::new("", &[]);
    for name in ["a.example", "b.example"] {
        for (file, text) in [("index.md", "# Home\n"), ("desk/letter.md", "# A letter\n"), ("capsule.toml", GOOD)] {
            host.write(name, file, text);
        }
    }
    let (server, client) = host.start();
    for (name, vanish) in [("a.example", removed), ("b.example", emptied)] {
        let file = host.content(name).join("capsule.toml");
        assert!(client.ask(name, "/desk/letter.gmi").await.whole().starts_with("60 "));
        vanish(&file);
        let told = format!("its last settings apply for 5 s\n  --> {}", file.display());
        let vanished = Instant::now();
        while vanished.elapsed() < Duration::from_secs(3) {
            let seen = client.ask(name, "/desk/letter.gmi").await;
            assert!(seen.whole().starts_with("60 "), "{name}: {}", seen.whole());
        }
        assert!(server.said().contains(&told), "{}", server.said());
        // If the file returns in time, nothing changes.
        host.write(name, "capsule.toml", &GOOD.replace("Lamps", "Lanterns"));
        client.until(name, "/", "20 text/gemini; lang=en\r\n# Lanterns\n").await;
        assert!(client.ask(name, "/desk/letter.gmi").await.whole().starts_with("60 "));
        vanish(&file);
        client.until(name, "/desk/letter.gmi", "20 text/gemini\r\n# A letter\n").await;
        assert_eq!(server.said().matches(&told).count(), 2, "{}", server.said());
    }
}

#[tokio::test]
async fn vanished_settings_of_a_generator_stay_in_force_for_a_while() {
    let host = Host::new("", &[]);
    let settings = "site_name: Lamps\ndocs_dir: docs\nexclude_docs: inner/\n";
    for (file, text) in [("docs/index.md", "# Home\n"), ("docs/inner/a.md", "# A letter\n"), ("mkdocs.yml", settings)] {
        host.write("a.example", file, text);
    }
    let (_server, client) = host.start();
    client.until("a.example", "/inner/a.gmi", "51 ").await;
    let file = host.content("a.example").join("mkdocs.yml");
    for what in ["removed", "written", "emptied", "written", "being written", "written"] {
        let changed = Instant::now();
        match what {
            "removed" => fs::remove_file(&file).expect("there"),
            "emptied" => fs::write(&file, "").expect("writable"),
            "written" => host.write("a.example", "mkdocs.yml", settings),
            _ => {}
        }
        for line in settings.lines().cycle() {
            if what == "being written" {
                // Never left alone for long: the last line is the one that hides the page.
                let start = if line.starts_with("site_name") {
                    String::new()
                } else {
                    fs::read_to_string(&file).expect("text")
                };
                fs::write(&file, format!("{start}{line}\n")).expect("writable");
            }
            let written = Instant::now();
            let seen = client.ask("a.example", "/inner/a.gmi").await;
            // On a busy machine, a file in part may be left alone for as long as a whole one.
            let is_late = what == "being written" && written.elapsed() > Duration::from_millis(80);
            assert!(is_late || seen.whole().starts_with("51 "), "{what}: {}", seen.whole());
            if changed.elapsed() > Duration::from_secs(3) {
                break;
            }
        }
    }
    fs::remove_file(&file).expect("there");
    client.until("a.example", "/docs/inner/a.gmi", "20 ").await;
    host.write("a.example", "mkdocs.yml", settings);
    client.until("a.example", "/inner/a.gmi", "51 ").await;
    client.until("a.example", "/docs/inner/a.gmi", "51 ").await;
}

/// Settings of a capsule cannot give it another folder, name, key or listener.
#[tokio::test]
async fn settings_cannot_widen_what_the_operator_allows() {
    let host = Host::new("[limits]\nconnections = 100\n", &["b.example"]);
    let mut command = lamplit();
    command.args(["serve", "--config", "lamplit.toml"]).current_dir(host.path(""));
    let (server, client) = Host::read(Server::from_command(command));
    let outside = host.path("outside");
    fs::create_dir(&outside).expect("writable");
    fs::write(outside.join("index.md"), "# Outside\n").expect("writable");
    for (number, (line, key)) in [
        (format!("content = {outside:?}"), "content"),
        ("hostname = \"b.example\"".to_owned(), "hostname"),
        ("aliases = [\"c.example\"]".to_owned(), "aliases"),
        ("certificate = \"/etc/ssl/cert.pem\"".to_owned(), "certificate"),
        ("gopher = { listen = \"127.0.0.1:0\" }".to_owned(), "gopher"),
        ("[limits]\nconnections = 1000".to_owned(), "limits"),
        ("capsules = \"/\"".to_owned(), "capsules"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("host-{number}.example");
        host.write(&name, "index.md", "# Inside\n");
        host.write(&name, "capsule.toml", &format!("{line}\n"));
        let seen = client.ask(&name, "/").await;
        assert!(seen.whole().starts_with("40 "), "{line}: {}", seen.whole());
        let what = format!(
            "error: `{key}` can only be set in the `config.toml` of the server\n  --> hosted/{name}/capsule.toml:"
        );
        eventually(super::PATIENCE, || server.said(), |said| said.contains(&what));
    }
    // Links lead nowhere outside of the folder of the capsule.
    std::os::unix::fs::symlink(outside.join("index.md"), host.content("b.example").join("out.md")).expect("writable");
    std::os::unix::fs::symlink("../host-0.example/index.md", host.content("b.example").join("other.md"))
        .expect("writable");
    for path in ["/out.gmi", "/other.gmi", "/../host-0.example/index.gmi"] {
        let seen = client.ask("b.example", path).await;
        assert!(seen.whole().starts_with('5'), "{path}: {}", seen.whole());
    }
    assert!(client.ask("c.example", "/").await.whole().starts_with("53 "));
    assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
}

/// The commands find hosted capsules too.
#[test]
fn commands_find_hosted_capsules() {
    let host = Host::new("", &["b.example"]);
    host.write("a.example", "film.md", "# A film\n\n[Home](/nowhere.md)\n");
    host.write("a.example", "capsule.toml", "language = \"fr\"\n[pages]\nback_label = \"Retour\"\n");
    host.write("c.example", "capsule.toml", "titel = \"x\"\n");
    fs::create_dir(host.content("Not a host")).expect("writable");
    let command = |arguments: &[&str]| {
        let mut command = lamplit();
        command.args(arguments).arg("--config").arg(host.path("lamplit.toml"));
        let output = command.output().expect("it runs");
        let said = [output.stdout, output.stderr].map(|said| String::from_utf8(said).expect("UTF-8"));
        (output.status.success(), said.concat())
    };
    let (good, said) = command(&["check", "-v"]);
    assert!(!good, "{said}");
    for part in ["a.example/film.md:3", "unknown key `titel`", "c.example/capsule.toml:1:1", "Not a host"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let film = host.content("a.example").join("film.md").display().to_string();
    let (good, said) = command(&["show", &film]);
    assert!(good && said.contains("=> / Retour"), "{said}");
    for (arguments, hint) in [
        (&["cert", "show"][..], "--hostname NAME"),
        (&["search", "film"], "lamplit search WORDS DIR"),
        (&["export", "out"], "lamplit export OUT DIR"),
    ] {
        let (good, said) = command(arguments);
        assert!(!good && said.contains("only hosted capsules") && said.contains(hint), "{said}");
    }
}
