//! Servers behind a proxy that sends the address of its client, and clients that pretend to be a proxy.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use lamplit::server::proxy_header::{Header, header};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Configured, Server, configured, eventually, scratch_folder};

const PATIENCE: Duration = Duration::from_secs(30);

const V1: &[u8] = b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 1965\r\n";
const V2: &[u8] = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x02\x0a\x00\x00\x09\x12\x67\x07\xad";
const V2_LOCAL: &[u8] = b"\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00";

/// A server that trusts proxies in `from`, on loopback.
struct Home {
    server: Server,
    _folder: TempDir,
    _config: Configured,
}

impl Home {
    fn new(from: &str) -> Self {
        let folder = scratch_folder();
        std::fs::write(folder.path().join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
        let config = configured(&format!(
            "[[capsule]]\ncontent = \"{}\"\n[log]\naddresses = \"full\"\n[proxy]\nfrom = \"{from}\"\n\
             [limits]\nper_address = 2\nrequest = 1\nhandshake = 1\n",
            folder.path().display()
        ));
        let server = Server::from_command(config.serve());
        Self { server, _folder: folder, _config: config }
    }

    fn gopher(&self, pieces: &[&[u8]]) -> String {
        let mut stream = connect(self.server.gopher_address());
        for piece in pieces {
            stream.write_all(piece).expect("it reads");
        }
        read(stream)
    }

    async fn gemini(&self, header: &[u8]) -> String {
        let mut socket = tokio::net::TcpStream::connect(self.server.gemini_address()).await.expect("it listens");
        socket.write_all(header).await.expect("it reads");
        let connector = testkit::tls_client::connector(None);
        let Ok(mut stream) = connector.connect(testkit::tls_client::name("localhost"), socket).await else {
            return String::new();
        };
        let url = self.server.gemini("/owls.gmi");
        stream.write_all(format!("{url}\r\n").as_bytes()).await.expect("it reads");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.expect("a whole reply");
        reply
    }

    /// Waits for a line of the log with all these words.
    fn logs(&self, words: &[&str]) {
        let has = |line: &str| words.iter().all(|word| line.split(' ').any(|part| part == *word));
        eventually(PATIENCE, || self.server.said(), |said| said.lines().any(has));
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    stream
}

/// Returns the bytes until the end; a refused client may see a reset while it still sends.
fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_log_apply_to_the_clients_of_a_proxy() {
    let home = Home::new("127.0.0.1");
    assert!(home.gopher(&[V1, b"/owls.txt\r\n"]).contains("They call"));
    home.logs(&["gopher", "192.0.2.1", "/owls.txt", "whole"]);
    let in_bytes: Vec<&[u8]> = V2.chunks(1).chain([&b"/bats.txt\r\n"[..]]).collect();
    assert!(home.gopher(&in_bytes).starts_with('3'));
    home.logs(&["gopher", "192.0.2.2", "/bats.txt", "whole"]);
    assert!(home.gemini(V1).await.contains("They call"));
    home.logs(&["gemini", "192.0.2.1", "/owls.gmi", "whole"]);
    assert!(home.gemini(V2).await.contains("They call"));
    home.logs(&["gemini", "192.0.2.2", "/owls.gmi", "whole"]);
    // A health check: the proxy itself is the client.
    assert!(home.gemini(V2_LOCAL).await.contains("They call"));
    home.logs(&["gemini", "127.0.0.1", "/owls.gmi", "whole"]);
}

#[test]
fn clients_of_a_proxy_have_separate_address_limits() {
    let home = Home::new("127.0.0.0/8");
    let hold = || {
        let mut stream = connect(home.server.gopher_address());
        stream.write_all(V1).expect("it reads");
        stream
    };
    let held = [hold(), hold(), hold()];
    home.logs(&["gopher", "192.0.2.1", "made-room"]);
    assert!(home.gopher(&[V2, b"/owls.txt\r\n"]).contains("They call"), "another reader");
    drop(held);
    // An unfinished header ends at the deadline, like an unfinished request.
    assert_eq!(home.gopher(&[&V2[..20]]), "");
    home.logs(&["gopher", "127.0.0.1", "silent"]);
    assert!(home.gopher(&[V1, b"/owls.txt\r\n"]).contains("They call"));
}

#[tokio::test(flavor = "multi_thread")]
async fn proxy_without_a_header_is_refused() {
    let home = Home::new("127.0.0.1");
    assert_eq!(home.gopher(&[b"/owls.txt\r\n"]), "");
    home.logs(&["gopher", "127.0.0.1", "no-proxy-header"]);
    assert_eq!(home.gemini(b"").await, "");
    home.logs(&["gemini", "127.0.0.1", "no-proxy-header"]);
    assert_eq!(home.gopher(&[V1, V1, b"/owls.txt\r\n"]), "");
    home.logs(&["gopher", "192.0.2.1", "unlisted-proxy"]);
    assert!(home.gopher(&[V1, b"/owls.txt\r\n"]).contains("They call"));
}

#[tokio::test(flavor = "multi_thread")]
async fn header_from_an_untrusted_address_is_refused() {
    let home = Home::new("192.0.2.0/24");
    for header in [V1, V2, V2_LOCAL] {
        assert_eq!(home.gopher(&[header, b"/owls.txt\r\n"]), "");
        assert_eq!(home.gemini(header).await, "");
    }
    home.logs(&["gopher", "127.0.0.1", "unlisted-proxy"]);
    home.logs(&["gemini", "127.0.0.1", "unlisted-proxy"]);
    let said = home.server.said();
    assert!(!said.contains(" 192.0.2.") && !said.contains("whole"), "{said}");
    assert!(home.gopher(&[b"/owls.txt\r\n"]).contains("They call"));
    assert!(home.gemini(b"").await.contains("They call"));
}

fn check_header(bytes: &[u8], expected: Option<(usize, Option<&str>)>) {
    let shown = bytes.escape_ascii();
    let whole = expected.map(|(length, client)| Header::Whole {
        length,
        client: client.map(|client| client.parse().expect("an address")),
    });
    assert_eq!(header(bytes), whole.unwrap_or(Header::No), "{shown}");
    for cut in 0..expected.map_or(0, |(length, _)| length) {
        assert_eq!(header(&bytes[..cut]), Header::Partial, "{cut} bytes of {shown}");
    }
}

/// Builds a header of version 2.
fn v2(command: u8, family: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("short").to_be_bytes();
    [b"\r\n\r\n\x00\r\nQUIT\n", &[0x20 | command, family][..], &length, content].concat()
}

#[test]
fn headers_of_both_versions_are_parsed() {
    check_header(b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 1965\r\nrest", Some((41, Some("192.0.2.1:4711"))));
    check_header(b"PROXY TCP6 2001:db8::1 ::1 4711 1965\r\n", Some((38, Some("[2001:db8::1]:4711"))));
    check_header(b"PROXY UNKNOWN\r\n", Some((15, None)));
    let v4 = [192, 0, 2, 1, 10, 0, 0, 9, 0x12, 0x67, 0x07, 0xad];
    check_header(&v2(1, 0x11, &v4), Some((28, Some("192.0.2.1:4711"))));
    let extended = [&v4[..], &[0x20, 0, 5, 1, 0, 0, 0, 0]].concat();
    check_header(&[v2(1, 0x11, &extended), b"\x16\x03".to_vec()].concat(), Some((36, Some("192.0.2.1:4711"))));
    let mut v6 = [0; 36];
    v6[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
    v6[15] = 1;
    v6[32..34].copy_from_slice(&[0x12, 0x67]);
    check_header(&v2(1, 0x21, &v6), Some((52, Some("[2001:db8::1]:4711"))));
    // Health checks.
    check_header(&v2(0, 0x00, b""), Some((16, None)));
    check_header(&v2(0, 0x11, &v4), Some((28, None)));
    for other in [
        &b"\x16\x03\x01\x02"[..],
        b"/owls.txt\r\n",
        b"PROXX",
        &[b"PROXY UNKNOWN ", &[b'x'; 92][..], b"\r\n"].concat(),
        b"PROXY TCP5 192.0.2.1 10.0.0.9 4711 1965\r\n",
        b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 99999\r\n",
        b"PROXY TCP4 example.org 10.0.0.9 4711 1965\r\n",
        &v2(1, 0x12, &v4),
        &[&v2(1, 0x11, &v4[..8])[..], b"rest"].concat(),
        &v2(2, 0x11, &v4),
    ] {
        check_header(other, None);
    }
}
