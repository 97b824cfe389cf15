//! TLS of the program: versions, sessions, `close_notify`, and clients with other protocols.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConnection, DEFAULT_VERSIONS, HandshakeKind, ProtocolVersion};

use crate::reader::Reader;
use crate::support::{Server, lamplit, scratch_folder};
use testkit::tls_client::{connector_with, name};

/// Starts a server of `example.org` with `gemini` in the table `[gemini]`, and returns its address.
fn start(gemini: &str) -> (Server, SocketAddr, TempDir) {
    let folder = scratch_folder();
    std::fs::create_dir(folder.path().join("essays")).expect("writable");
    std::fs::write(folder.path().join("essays/owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    std::fs::write(folder.path().join("essays/lamp.png"), vec![7; 300_000]).expect("writable");
    let config = folder.path().join("lamplit.toml");
    let text = format!(
        "certs = \"certs\"\n[gemini]\nlisten = \"127.0.0.1:0\"\nport = 1970\n{gemini}\n[gopher]\nenabled = false\n\
         [limits]\nrequest = 1\nhandshake = 1\n[[capsule]]\nhostname = \"example.org\"\ncontent = \"essays\"\n"
    );
    std::fs::write(&config, text).expect("writable");
    let mut command = lamplit();
    command.args(["serve", "--config"]).arg(config);
    let server = Server::from_command(command);
    let address = server.gemini_sockets()[0];
    (server, address, folder)
}

/// T5: the first handshake is full and later ones are resumed, without early data.
#[tokio::test]
async fn five_connections_are_one_full_and_four_resumed() {
    let (_server, address, _folder) = start("");
    for (version, spoken) in [(&TLS13, ProtocolVersion::TLSv1_3), (&TLS12, ProtocolVersion::TLSv1_2)] {
        let reader = Reader::new(address, &[version]);
        let mut kinds = Vec::new();
        for path in ["", "owls.gmi", "owls", "lamp", "owls.md"] {
            let seen = reader.ask("example.org", &format!("gemini://example.org:1970/{path}")).await;
            assert!(!seen.whole().is_empty());
            assert_eq!(seen.version, Some(spoken)); // T1
            kinds.push(seen.kind);
        }
        assert!(kinds[0] != Some(HandshakeKind::Resumed), "{kinds:?}");
        assert_eq!(kinds[1..], [Some(HandshakeKind::Resumed); 4], "{spoken:?}");
        assert!(!reader.has_early_data("example.org"), "{spoken:?}");
    }
}

/// T1: TLS 1.2 can be turned off.
#[tokio::test]
async fn oldest_tls_version_is_configurable() {
    let (_server, address, _folder) = start("min_tls = \"1.3\"");
    let request = b"gemini://example.org:1970/\r\n";
    let new = Reader::new(address, &[&TLS13]).send("example.org", request).await.expect("a handshake");
    assert!(new.whole().starts_with("20 "), "{}", new.whole());
    let old = Reader::new(address, &[&TLS12]).send("example.org", request).await;
    assert!(old.is_err(), "{old:?}");
    let either = Reader::new(address, DEFAULT_VERSIONS).send("example.org", request).await.expect("a handshake");
    assert_eq!(either.version, Some(ProtocolVersion::TLSv1_3));
}

/// T2: every kind of reply ends with `close_notify`; without it, reading to the end is an error here.
#[tokio::test]
async fn complete_reply_ends_with_close_notify() {
    let (_server, address, _folder) = start("");
    for version in [&TLS13, &TLS12] {
        let reader = Reader::new(address, &[version]);
        for (request, status) in [
            ("gemini://example.org:1970/", "20"),
            ("gemini://example.org:1970/owls.gmi", "20"),
            ("gemini://example.org:1970/owls", "31"),
            ("gemini://example.org:1970/bats.gmi", "51"),
            ("gemini://elsewhere.example/", "53"),
            ("no URL", "59"),
        ] {
            let seen = reader.ask("example.org", request).await;
            assert!(seen.whole().starts_with(status), "{request}: {}", seen.whole());
        }
    }
}

/// T4, T6: a client of another protocol is disconnected without a reply.
#[tokio::test]
async fn other_protocol_gets_no_reply() {
    let (_server, address, _folder) = start("");
    for bytes in [&b"gemini://example.org/\r\n"[..], b"GET / HTTP/1.1\r\n\r\n", b"\r\n", b"\x15\x03\x03", b"\x16\x03"] {
        let mut socket = TcpStream::connect(address).expect("it listens");
        socket.write_all(bytes).expect("room");
        let mut reply = Vec::new();
        // If the server closes with unread bytes, the system may send a reset.
        let _ = socket.read_to_end(&mut reply);
        assert!(reply.is_empty(), "{}: {}", bytes.escape_ascii(), reply.escape_ascii()); // T4
    }
    let reader = Reader::new(address, DEFAULT_VERSIONS);
    let seen = reader.send("example.org", b"gemini://example.org:1970/\n").await.expect("a handshake");
    assert!(seen.reply.is_err() || seen.whole().is_empty(), "{seen:?}"); // T6
    let seen = reader.ask("example.org", "gemini://example.org:1970/owls.gmi").await;
    assert!(seen.body().starts_with("# Owls"), "{}", seen.whole());
}

/// P10: some clients send an address as server name (RFC 6066, section 3, forbids it). They get a certificate.
#[test]
fn address_as_server_name_gets_the_first_certificate() {
    let (_server, address, _folder) = start("");
    // The TLS library refuses to send an address, so it replaces another name of its length in the bytes sent.
    let placeholder = "zzzzzzzzz";
    let config = connector_with(None, &[&TLS12]).config().clone();
    let mut client = ClientConnection::new(Arc::clone(&config), name(placeholder)).expect("a client");
    let mut hello = Vec::new();
    client.write_tls(&mut hello).expect("memory");
    let at = hello.windows(placeholder.len()).position(|bytes| bytes == placeholder.as_bytes()).expect("it is said");
    hello[at..at + placeholder.len()].copy_from_slice(b"127.0.0.1");

    let mut socket = TcpStream::connect(address).expect("it listens");
    socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a deadline");
    socket.write_all(&hello).expect("room");
    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    // In TLS 1.2 the certificate is plain to see.
    let certified = b"example.org";
    while !reply.windows(certified.len()).any(|bytes| bytes == certified) {
        let length = socket.read(&mut buffer).expect("a reply in time");
        assert!(length > 0, "hung up after {}", reply.escape_ascii());
        reply.extend(&buffer[..length]);
        assert_eq!(reply[0], 0x16, "an alert: {}", reply.escape_ascii());
    }
}
