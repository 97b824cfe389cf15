//! Loading and evicting hosted capsules; names without a folder.

use std::fs;

use tokio::task::JoinSet;

use super::{Host, page};
use crate::support::{ask_gopher, lamplit, run};

#[tokio::test]
async fn folder_is_served_while_it_exists() {
    let host = Host::new("", &["a.example"]);
    let (_server, client) = host.start();
    let seen = client.ask("a.example", "/").await;
    assert!(seen.whole().starts_with(&page("a.example")), "{}", seen.whole());
    assert_eq!(seen.common_name(), "a.example");

    let seen = client.ask("b.example", "/").await;
    assert!(seen.whole().starts_with("53 "), "{}", seen.whole());
    host.write("b.example", "index.md", "# The second\n");
    host.write("b.example", "film.md", "# A film\n");
    let seen = client.ask("b.example", "/film.gmi").await;
    assert!(seen.body().starts_with("# A film\n"), "{}", seen.whole());
    assert_eq!(seen.common_name(), "b.example");

    host.write("b.example", "film.md", "# Another film\n");
    client.until("b.example", "/film.gmi", &page("Another film")).await;
    host.write("b.example", "new.md", "# A new one\n");
    client.until("b.example", "/new.gmi", &page("A new one")).await;
    fs::remove_file(host.content("b.example").join("new.md")).expect("there");
    client.until("b.example", "/new.gmi", "51 ").await;

    fs::rename(host.content("b.example"), host.path("away")).expect("the same disk");
    client.until("b.example", "/", "53 ").await;
    assert_eq!(client.ask("b.example", "/").await.common_name(), "localhost");
    fs::rename(host.path("away"), host.content("b.example")).expect("the same disk");
    let back = client.until("b.example", "/", &page("The second")).await;
    assert_eq!(back.public_key(), seen.public_key(), "the key of before");
}

#[tokio::test]
async fn name_without_a_folder_gets_neither_key_nor_page() {
    let host = Host::new("", &["a.example"]);
    fs::write(host.content("file.example"), "no folder").expect("writable");
    fs::create_dir(host.path("outside.example")).expect("writable");
    fs::write(host.path("outside.example").join("index.md"), "# Outside\n").expect("writable");
    for (target, name) in [
        ("../outside.example", "out.example"),
        ("..", "up.example"),
        (".", "all.example"),
        ("nowhere", "dead.example"),
        ("a.example", "www.a.example"),
    ] {
        std::os::unix::fs::symlink(target, host.content(name)).expect("writable");
    }
    fs::create_dir(host.content("Capital.Example")).expect("writable");
    let (_server, client) = host.start();
    for name in [
        "b.example",
        "file.example",
        "out.example",
        "up.example",
        "all.example",
        "dead.example",
        "capital.example",
        "example",
        "sub.a.example",
        "a.example.evil",
        "127.0.0.1",
        "evila.example",
    ] {
        let seen = client.ask(name, "/").await;
        assert!(seen.whole().starts_with("53 "), "{name}: {}", seen.whole());
        assert_eq!(seen.common_name(), "localhost", "{name}");
    }
    for raw in ["../certs", "..", "hosted", ""] {
        let seen = client.ask_as("b.example", raw, "/").await;
        assert!(seen.whole().starts_with('5'), "{raw}: {}", seen.whole());
    }
    assert_eq!(host.keys(), ["localhost.pem"]);
    // A second name is a link to the folder of the first, and has a key of its own.
    assert_eq!(client.ask("www.a.example", "/").await.common_name(), "www.a.example");
    assert!(client.ask("a.example", "/").await.whole().starts_with(&page("a.example")));
    assert_eq!(host.keys(), ["a.example.pem", "localhost.pem", "www.a.example.pem"]);
}

/// The URL chooses the capsule and the handshake the certificate, as between configured capsules.
#[tokio::test]
async fn hosted_and_configured_capsules_are_served_together() {
    let more = "[[capsule]]\nhostname = \"first.example\"\ncontent = \"first\"\n";
    let host = Host::new(more, &["a.example", "first.example"]);
    fs::create_dir(host.path("first")).expect("writable");
    fs::write(host.path("first").join("index.md"), "# The first\n").expect("writable");
    let (server, client) = host.start();
    for (sni, name, certified, expected) in [
        ("first.example", "first.example", "first.example", page("The first")),
        ("a.example", "a.example", "a.example", page("a.example")),
        ("A.Example", "A.EXAMPLE.", "a.example", page("a.example")),
        ("first.example", "a.example", "first.example", page("a.example")),
        ("a.example", "first.example", "a.example", page("The first")),
        ("b.example", "a.example", "first.example", page("a.example")),
        ("127.0.0.1", "127.0.0.1", "first.example", page("The first")),
        ("a.example", "b.example", "a.example", "53 ".to_owned()),
        ("b.example", "b.example", "first.example", "53 ".to_owned()),
    ] {
        let seen = client.ask_as(sni, name, "/").await;
        assert!(seen.whole().starts_with(&expected), "{sni} {name}: {}", seen.whole());
        assert_eq!(seen.common_name(), certified, "{sni} {name}");
    }
    // A selector names no host.
    assert!(ask_gopher(server.gopher_address(), "").starts_with("iThe first\t"));
    let config = run(lamplit().args(["config", "--config"]).arg(host.path("lamplit.toml")));
    assert!(config.contains("capsules = ") && config.contains("memory = 64"), "{config}");
}

#[tokio::test]
async fn many_hosts_are_requested_at_once() {
    let names: Vec<String> = (0..60).map(|number| format!("host-{number}.example")).collect();
    let host = Host::new("[limits]\nper_address = 300\n", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let (_server, client) = host.start();
    let client = std::sync::Arc::new(client);
    let mut readers = JoinSet::new();
    for name in names.iter().flat_map(|name| [name; 4]).cloned() {
        let client = client.clone();
        readers.spawn(async move {
            let seen = client.ask(&name, "/").await;
            assert!(seen.whole().starts_with(&page(&name)), "{name}: {}", seen.whole());
            assert_eq!(seen.common_name(), name);
            (name, seen.public_key())
        });
    }
    let mut keys: Vec<(String, Vec<u8>)> = readers.join_all().await;
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), names.len(), "one key for each host, whoever came first");
    assert_eq!(host.keys().len(), names.len() + 1);
}

/// More capsules than fit into the memory: an evicted one is loaded again with its key.
#[tokio::test]
async fn evicted_capsule_is_loaded_again() {
    // Hosted capsules get at least a quarter of the memory.
    let host = Host::new("[limits]\nmemory = 16\n", &[]);
    // Noise, which hardly compresses: three times that quarter.
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    let noise: String = (0..500_000).map(|_| letter()).collect();
    let names: Vec<String> = (0..40).map(|number| format!("host-{number}.example")).collect();
    for (number, name) in names.iter().enumerate() {
        host.write(name, "index.md", &format!("# {name}\n"));
        host.write(name, "notes.txt", &noise[number..]);
    }
    let (_server, client) = host.start();
    let mut keys = Vec::new();
    for name in &names {
        let seen = client.ask(name, "/").await;
        assert!(seen.whole().starts_with(&page(name)), "{name}: {}", seen.whole());
        keys.push(seen.public_key());
    }
    // Settings that are broken change nothing for a capsule that is loaded, and keep one that is not from being shown.
    let (first, last) = (&names[0], &names[39]);
    for name in [first, last] {
        host.write(name, "capsule.toml", "titel = \"x\"\n");
    }
    assert!(client.ask(last, "/").await.whole().starts_with(&page(last)));
    assert!(client.ask(first, "/").await.whole().starts_with("40 "));
    host.write(first, "capsule.toml", "");
    assert_eq!(client.until(first, "/", &page(first)).await.public_key(), keys[0]);
}
