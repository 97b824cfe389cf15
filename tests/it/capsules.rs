//! Several capsules in one process of the real program: names, certificates, ports and Gopher listeners.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tokio_rustls::rustls::DEFAULT_VERSIONS;

use crate::reader::Reader;
use crate::support::{Server, ask_gopher, lamplit, scratch_folder};

/// Writes three capsules and a configuration of them with `more` in its `[gemini]` table.
fn capsules(more: &str) -> (TempDir, PathBuf) {
    let folder = scratch_folder();
    for name in ["first", "second", "third"] {
        fs::create_dir(folder.path().join(name)).expect("writable");
        fs::write(folder.path().join(name).join("index.md"), format!("# The {name} one\n")).expect("writable");
    }
    let config = folder.path().join("lamplit.toml");
    let text = format!(
        "certs = \"certs\"\n[gemini]\nlisten = \"127.0.0.1:0\"\n{more}\n[gopher]\nlisten = \"127.0.0.1:0\"\n\
         [[capsule]]\nhostname = \"first.example\"\naliases = [\"www.first.example\", \"192.0.2.7\"]\n\
         content = \"first\"\n\
         [[capsule]]\nhostname = \"B\u{fc}cher.Example\"\ncontent = \"second\"\n\
         gopher = {{ listen = \"127.0.0.1:0\", hostname = \"hole.example\", port = 7072 }}\n\
         [[capsule]]\nhostname = \"third.example\"\ncontent = \"third\"\n"
    );
    fs::write(&config, text).expect("writable");
    (folder, config)
}

fn start(config: &Path) -> (Server, Reader) {
    let mut command = lamplit();
    command.args(["serve", "--config"]).arg(config);
    let server = Server::from_command(command);
    let reader = Reader::new(server.gemini_sockets()[0], DEFAULT_VERSIONS);
    (server, reader)
}

/// T10, P8, P10: the name in the handshake chooses the certificate, that in the URL the capsule.
#[tokio::test]
async fn names_choose_certificate_and_capsule() {
    let (_folder, config) = capsules("");
    let (server, client) = start(&config);
    let port = server.gemini_sockets()[0].port();
    for (row, sni, host, certified, begins) in [
        ("T10", "first.example", "first.example", "first.example", "# The first one"),
        ("T10", "third.example", "third.example", "third.example", "# The third one"),
        ("T10", "third.example", "first.example", "third.example", "# The first one"),
        ("T10", "elsewhere.example", "third.example", "first.example", "# The third one"),
        ("P8", "THIRD.example", "Third.EXAMPLE", "third.example", "# The third one"),
        ("P8", "third.example", "third.example.", "third.example", "# The third one"),
        ("P8", "www.first.example", "www.first.example", "first.example", "# The first one"),
        ("P8", "xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example", "# The second one"),
        ("P8", "xn--bcher-kva.example", "b\u{fc}cher.example", "xn--bcher-kva.example", "# The second one"),
        // Clients send no server name for an address.
        ("P10", "127.0.0.1", "third.example", "first.example", "# The third one"),
        ("P10", "192.0.2.7", "192.0.2.7", "first.example", "# The first one"),
        ("P10", "127.0.0.1", "127.0.0.1", "first.example", "# The first one"),
        ("P12", "::1", "[::1]", "first.example", "# The first one"),
    ] {
        let seen = client.ask(sni, &format!("gemini://{host}:{port}/")).await;
        assert_eq!(seen.common_name(), certified, "{row} {sni} {host}");
        assert!(seen.body().starts_with(begins), "{row} {sni} {host}: {}", seen.whole());
    }
    for (row, host) in [
        ("P10", "elsewhere.example"),
        ("P10", "198.51.100.1"),
        ("P11", "evilfirst.example"),
        ("P11", "first.example.evil"),
        ("P11", "sub.third.example"),
    ] {
        let seen = client.ask("first.example", &format!("gemini://{host}:{port}/")).await;
        assert!(seen.whole().starts_with("53 "), "{row} {host}: {}", seen.whole());
    }
}

/// Three capsules fit into the twelve lines of the startup message.
#[test]
fn startup_message_is_short() {
    let (_folder, config) = capsules("");
    let (server, _) = start(&config);
    let said = server.said();
    let lines = said.lines().position(|line| line.starts_with("ready")).expect("a last line") + 1;
    assert!(lines <= 12, "{said}");
    let keys = said.lines().filter(|line| line.starts_with("  public key   SHA-256 "));
    assert_eq!(keys.count(), 3, "{said}");
    assert!(said.contains("The keys are in ") && said.contains("Back them up"), "{said}");
    for title in ["The first one · ", "The second one · ", "The third one · "] {
        assert!(said.contains(title), "{said}");
    }
}

/// T7: each capsule has a file, whose certificate has all its names.
#[tokio::test]
async fn each_capsule_has_a_certificate_of_its_own() {
    let (folder, config) = capsules("");
    let (_server, client) = start(&config);
    let mut files: Vec<String> = fs::read_dir(folder.path().join("certs"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["first.example.pem", "third.example.pem", "xn--bcher-kva.example.pem"]);
    let mut keys = BTreeSet::new();
    for name in ["first.example", "xn--bcher-kva.example", "third.example"] {
        keys.insert(client.ask(name, "gemini://first.example/").await.public_key());
    }
    assert_eq!(keys.len(), 3);
}

/// P9: the advertised port and the bound ones are accepted; a setting turns the check off.
#[tokio::test]
async fn url_with_another_port_is_refused() {
    let (_folder, config) = capsules("port = 1970");
    let (server, client) = start(&config);
    assert!(server.said().contains("gemini://first.example:1970/"), "{}", server.said());
    for (port, expected) in [(":1970", "20 "), ("", "53 "), (":", "53 "), (":1965", "53 "), (":1971", "53 ")] {
        let seen = client.ask("first.example", &format!("gemini://first.example{port}/")).await;
        assert!(seen.whole().starts_with(expected), "{port}: {}", seen.whole());
    }

    let (_folder, config) = capsules("port = 1965");
    let (server, client) = start(&config);
    let bound = format!(":{}", server.gemini_sockets()[0].port());
    for (port, expected) in [("", "20 "), (":", "20 "), (":1965", "20 "), (bound.as_str(), "20 "), (":70", "53 ")] {
        let seen = client.ask("first.example", &format!("gemini://first.example{port}/")).await;
        assert!(seen.whole().starts_with(expected), "{port}: {}", seen.whole());
    }

    let (_folder, config) = capsules("check_port = false");
    let (_server, client) = start(&config);
    let seen = client.ask("first.example", "gemini://first.example:4711/").await;
    assert!(seen.whole().starts_with("20 "), "{}", seen.whole());
}

/// G12, G13: each Gopher listener serves its capsule under its advertised name and port.
#[tokio::test]
async fn gopher_listener_chooses_the_capsule() {
    let (_folder, config) = capsules("");
    let (server, _) = start(&config);
    let listeners = server.gopher_sockets();
    let (first, second) = (ask_gopher(listeners[0], ""), ask_gopher(listeners[1], ""));
    assert!(first.starts_with("iThe first one\t"), "{first}");
    assert!(first.contains("\tfirst.example\t") && !first.contains("\thole.example\t7072"), "{first}");
    assert!(second.starts_with("iThe second one\t"), "{second}");
    assert!(second.contains("\thole.example\t7072\r\n"), "{second}");
    assert!(second.contains("URL:gemini://xn--bcher-kva.example:"), "{second}");
    let said = server.said();
    assert!(said.contains("gopher://hole.example:7072/") && !said.contains("gopher://third"), "{said}");
}

/// G12: menus that name a host which readers elsewhere cannot reach are warned of where these could connect.
#[test]
fn menus_that_readers_elsewhere_cannot_follow_are_warned_of() {
    let has_ipv6 = std::net::TcpListener::bind("[::1]:0").is_ok();
    let rows = [
        ("localhost", "127.0.0.1:0", false),
        ("localhost", "[::1]:0", false),
        ("example.org", "0.0.0.0:0", false),
        ("192.0.2.7", "0.0.0.0:0", false),
        ("localhost", "0.0.0.0:0", true),
        ("localhost", "[::]:0", true),
        ("lamp.local", "0.0.0.0:0", true),
        ("lamp", "0.0.0.0:0", true),
        ("::1", "[::]:0", true),
    ];
    for (host, listen, expected) in rows {
        if listen.starts_with('[') && !has_ipv6 {
            println!("skipped: no IPv6 here");
            continue;
        }
        let (_folder, config) = capsules("");
        let text = fs::read_to_string(&config).expect("text");
        let listener = format!("listen = \"{listen}\", hostname = \"{host}\"");
        let text = text.replace("listen = \"127.0.0.1:0\", hostname = \"hole.example\"", &listener);
        fs::write(&config, text).expect("writable");
        let said = start(&config).0.said();
        let warning = format!("Gopher menus name `{host}`, which readers elsewhere cannot reach");
        assert_eq!(said.contains(&warning), expected, "{host}, {listen}: {said}");
    }
}

/// With several capsules each line of the log names the one that answered, in its canonical form, and `stats` counts
/// them separately.
#[tokio::test]
async fn log_names_the_capsule() {
    for format in ["text", "json"] {
        let log = format!("capsules = \"hosted\"\nlog = {{ file = \"access.log\", format = \"{format}\" }}");
        let (folder, config) = capsules("");
        let text = fs::read_to_string(&config).expect("text");
        fs::write(&config, format!("{log}\n{text}")).expect("writable");
        fs::create_dir_all(folder.path().join("hosted/guest.example")).expect("writable");
        fs::write(folder.path().join("hosted/guest.example/a.md"), "# A\n").expect("writable");
        let (server, client) = start(&config);
        let port = server.gemini_sockets()[0].port();
        for (sni, url) in [
            ("third.example", "THIRD.example./"),
            ("www.first.example", "www.first.example/no-such"),
            ("guest.example", "guest.example/a.gmi"),
            ("nobody.example", "nobody.example/"),
            ("127.0.0.1", "192.0.2.7/"),
        ] {
            let (host, path) = url.split_once('/').expect("a path");
            client.ask(sni, &format!("gemini://{host}:{port}/{path}")).await;
        }
        assert!(ask_gopher(server.gopher_address(), "/").starts_with("iThe first one\t"));
        assert!(server.stop().success());
        let log = folder.path().join("access.log");
        let stats = |arguments: &[&str]| crate::support::run(lamplit().arg("stats").args(arguments).arg(&log));
        let all = stats(&[]);
        for expected in [
            "6 requests on ",
            "\nrequests by host\n    3  first.example\n    1  guest.example\n    1  third.example\n",
            "\nessays read\n    1  guest.example/a\n",
            "\nnot found\n    1  first.example/no-such\n",
        ] {
            assert!(all.contains(expected), "{format}: `{expected}` is missing in:\n{all}");
        }
        let one = stats(&["--host", "guest.example"]);
        assert!(one.starts_with("1 request on ") && one.contains("\n    1  /a\n"), "{one}");
    }
}
