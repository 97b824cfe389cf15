//! `lamplit get` against a server that shows a certificate and gives a reply of the test's choice.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use testkit::tls_client::Identity;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

use crate::private::identity;
use crate::support::{ended, lamplit};

/// A server that answers one request.
struct Scripted {
    address: SocketAddr,
    request: JoinHandle<String>,
}

impl Scripted {
    /// Listens, shows the certificate of `identity`, and will answer with `reply`.
    fn start(identity: &Identity, reply: &'static str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("bound");
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![identity.certificate.clone()], identity.key.clone_key())
            .expect("a pair");
        let request = thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a client");
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(answer(stream, config, reply))
        });
        Self { address, request }
    }

    /// Returns the URL of `path` there.
    fn url(&self, path: &str) -> String {
        format!("gemini://{}{path}", self.address)
    }

    /// Returns the request without the end of the line; empty if the client sent none.
    fn request(self) -> String {
        self.request.join().expect("it was asked")
    }
}

async fn answer(stream: std::net::TcpStream, config: ServerConfig, reply: &str) -> String {
    stream.set_nonblocking(true).expect("ours");
    let stream = tokio::net::TcpStream::from_std(stream).expect("within the runtime");
    let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await else {
        return String::new();
    };
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n") {
        let Ok(byte) = stream.read_u8().await else { break };
        request.push(byte);
    }
    // The client may have closed the connection already.
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.shutdown().await;
    String::from_utf8(request).expect("UTF-8").trim_end().to_owned()
}

#[test]
fn certificate_out_of_its_dates_fails_a_check_but_not_a_fetch() {
    for (days, says) in [
        ((-3, -1), Some("error: the certificate expired on ")),
        ((1, 3), Some("error: the certificate is not valid before ")),
        ((-1, 1), None),
    ] {
        let identity = identity(days.0, days.1);
        let server = Scripted::start(&identity, "20 text/gemini\r\n# Owls\n");
        let output = ended(lamplit().args(["get", "--check", &server.url("/")]));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(says.is_some())), "{days:?}: {said}");
        match says {
            None => assert_eq!(said, ""),
            Some(says) => assert!(said.starts_with(says), "{days:?}: {said}"),
        }
        // No request is sent to a server that is refused.
        assert_eq!(server.request().is_empty(), says.is_some(), "{days:?}");

        let server = Scripted::start(&identity, "20 text/gemini\r\n# Owls\n");
        let output = ended(lamplit().args(["get", &server.url("/")]));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "# Owls\n", "{days:?}");
    }
}

/// RFC 6761, section 6.3: no hosts file has all of these names.
#[test]
fn localhost_and_names_below_it_are_loopback_addresses() {
    for name in ["localhost", "LocalHost", "localhost.", "films.localhost"] {
        let server = Scripted::start(&identity(-1, 1), "20 text/gemini\r\n# Owls\n");
        let url = format!("gemini://{name}:{}/", server.address.port());
        let output = ended(lamplit().args(["get", &url]));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "# Owls\n", "{name}: {said}");
    }
}

/// A reply whose header has another form is no page, with and without `--check`.
#[test]
fn malformed_header_is_no_page() {
    for (reply, is_page) in [
        ("20 text/gemini\r\n# Owls\n", true),
        ("20 \r\n# Owls\n", true),
        ("20text/gemini\r\n# Owls\n", false),
        ("20\ttext/gemini\r\n# Owls\n", false),
        ("2 text/gemini\r\n# Owls\n", false),
        ("222 text/gemini\r\n# Owls\n", false),
        ("2x text/gemini\r\n# Owls\n", false),
        (" 20 text/gemini\r\n# Owls\n", false),
        ("20 text/gemini\n# Owls\n", false),
        ("20 text/gemini", false),
        ("90 text/gemini\r\n# Owls\n", false),
        ("HTTP/1.0 200 OK\r\n\r\n", false),
        ("", false),
    ] {
        for check in [&["get"][..], &["get", "--check"]] {
            let server = Scripted::start(&identity(-1, 1), reply);
            let output = ended(lamplit().args(check).arg(server.url("/")));
            assert_eq!(output.status.success(), is_page, "{reply:?}: {output:?}");
            let is_shown = is_page && check.len() == 1;
            assert_eq!(output.stdout, if is_shown { &b"# Owls\n"[..] } else { b"" }, "{reply:?}");
        }
    }
}

/// On a terminal, text drives nothing and other bodies are refused; a pipe gets the bytes.
#[test]
fn terminal_shows_text_without_controls_and_no_binary() {
    let terminal = Command::new("script").args(["-qec", "true", "/dev/null"]).output();
    if !terminal.is_ok_and(|output| output.status.success()) {
        println!("skipped: `script` is not there to make a terminal");
        return;
    }
    for (reply, shown) in [
        ("20 text/gemini\r\n# Ow\u{1b}]0;x\u{7}ls\u{9b}31m é\n", Some("# Ow ]0;x ls 31m é")),
        ("20 text/plain\r\na\u{202e}b\u{8}c\rd\n", Some("a b c d")),
        ("10 Na\u{1b}[2Jme?\r\n", Some("10 Na [2Jme?")),
        ("20 image/png\r\n\u{1b}[2J", None),
        ("20 application/zip\r\nPK\u{7}", None),
    ] {
        let server = Scripted::start(&identity(-1, 1), reply);
        let command = format!("{} get {}", lamplit().get_program().display(), server.url("/"));
        let output = Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .stdin(Stdio::null())
            .env("NO_COLOR", "1")
            .output();
        let seen = String::from_utf8_lossy(&output.expect("a terminal").stdout).into_owned();
        assert!(!seen.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{8}']), "{reply:?}: {seen:?}");
        match shown {
            Some(text) => assert!(seen.contains(text), "{seen:?}"),
            None => {
                assert!(seen.contains("is not written to a terminal") && seen.contains("> FILE"), "{seen}");
            }
        }
    }
}

#[test]
fn server_that_does_not_run_is_named() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port").local_addr().expect("bound");
    for url in [format!("gemini://{closed}/"), format!("gopher://localhost:{}/", closed.port())] {
        let output = ended(lamplit().args(["get", &url]));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("no server runs there\nhint: start one with `lamplit serve DIR`"), "{said}");
    }
}
