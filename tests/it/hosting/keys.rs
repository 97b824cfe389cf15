//! Keys of hosted capsules are created once, kept, and never replaced.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::{Host, PATIENCE, page};
use crate::support::{eventually, lamplit, run};

/// T9: a key that a client has seen is complete on disk and is kept, even if the server is killed while it creates
/// keys.
#[tokio::test]
async fn killed_server_leaves_complete_keys() {
    let names: Vec<String> = (0..30).map(|number| format!("host-{number}.example")).collect();
    let host = Host::new("", &names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut known: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for killed_after in [1, 4, 9, 16] {
        let (server, client) = host.start();
        let client = Arc::new(client);
        let mut readers = JoinSet::new();
        for name in names.clone() {
            let client = client.clone();
            readers.spawn(async move {
                let request = format!("gemini://{name}:{}/\r\n", client.port);
                let seen = client.reader.try_send(&name, request.as_bytes()).await.ok()?;
                (!seen.chain.is_empty()).then(|| (name, seen.public_key()))
            });
        }
        let mut count = 0;
        while let Some(answered) = readers.join_next().await {
            if let Some((name, key)) = answered.expect("no panic") {
                assert_eq!(*known.entry(name.clone()).or_insert(key.clone()), key, "{name}");
            }
            count += 1;
            if count == killed_after {
                server.signal("KILL");
            }
        }
    }
    let (_server, client) = host.start();
    for name in &names {
        let seen = client.ask(name, "/").await;
        assert!(seen.whole().starts_with(&page(name)), "{name}: {}", seen.whole());
        let key = seen.public_key();
        assert_eq!(*known.entry(name.clone()).or_insert(key.clone()), key, "{name}");
    }
}

/// A lost or damaged file is never replaced by another key.
#[tokio::test]
async fn lost_key_is_not_replaced() {
    let host = Host::new("", &["a.example", "b.example"]);
    let (server, client) = host.start();
    let before = client.ask("a.example", "/").await.public_key();
    let file = host.path("certs").join("a.example.pem");
    fs::rename(&file, host.path("backup.pem")).expect("there");
    let lost = Instant::now();
    // A request causes a check of the file.
    while !server.said().contains("there is no key of the capsule here") {
        assert!(lost.elapsed() < PATIENCE, "{}", server.said());
        assert_eq!(client.ask("a.example", "/").await.public_key(), before);
    }
    assert_eq!(host.keys(), ["localhost.pem"]);
    drop(server);

    // A damaged file is not replaced either; other capsules are served.
    let whole = fs::read_to_string(host.path("backup.pem")).expect("text");
    fs::copy(host.path("backup.pem"), &file).expect("writable");
    fs::write(&file, &whole[..whole.len() / 2]).expect("writable");
    let (server, client) = host.start();
    let refused = client.reader.send("a.example", b"gemini://a.example/\r\n").await;
    assert!(refused.is_err(), "no other key stands for it");
    assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
    eventually(PATIENCE, || server.said(), |said| said.contains("a.example.pem"));
    assert_eq!(fs::read_to_string(&file).expect("text"), whole[..whole.len() / 2], "left as it was");
    fs::write(&file, &whole).expect("writable");
    let mended = Instant::now();
    let seen = loop {
        match client.reader.send("a.example", b"gemini://a.example/\r\n").await {
            Ok(seen) => break seen,
            Err(error) => assert!(mended.elapsed() < PATIENCE, "{error}"),
        }
    };
    assert_eq!(seen.public_key(), before);

    // The same file is found by the commands, also through the configuration in the working folder.
    fs::copy(host.path("lamplit.toml"), host.path("config.toml")).expect("writable");
    for file in [&["--config", "lamplit.toml"][..], &[]] {
        let mut show = lamplit();
        show.args(["cert", "show", "--hostname", "a.example"]).args(file).current_dir(host.path(""));
        let shown = run(&mut show);
        assert!(shown.contains("certs/a.example.pem"), "{shown}");
    }
}

/// If the folder and the key of a capsule are removed, a later capsule of that name gets a new key without a restart.
#[tokio::test]
async fn removed_capsule_returns_with_a_new_key() {
    let host = Host::new("", &["a.example", "b.example"]);
    let (_server, client) = host.start();
    let before = client.ask("a.example", "/").await.public_key();
    fs::remove_dir_all(host.content("a.example")).expect("there");
    client.until("a.example", "/", "53 ").await;
    fs::remove_file(host.path("certs").join("a.example.pem")).expect("there");
    host.write("a.example", "index.md", "# Somebody else\n");
    let seen = client.until("a.example", "/", &page("Somebody else")).await;
    assert_eq!(seen.common_name(), "a.example");
    assert_ne!(seen.public_key(), before);
    assert!(client.ask("b.example", "/").await.whole().starts_with(&page("b.example")));
}
