//! TLS from the side of a client: session resumption, and an end that tells a whole reply from a broken one.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use lamplit::protocol::{Answer, Body, Fault, Peer, Protocol};
use lamplit::server::tls::{Tls, TlsVersions, server_config, tickets};
use lamplit::server::{Limits, Transport};
use lamplit::site::Sites;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    CipherSuite, ClientConfig, HandshakeKind, RootCertStore, SupportedCipherSuite, SupportedProtocolVersion,
};

use super::support::{Server, Words, context, serve_one};

/// A certificate for `example.org` and its key.
#[derive(Debug)]
pub(crate) struct Keys {
    certificate: CertificateDer<'static>,
    certified: Arc<CertifiedKey>,
}

impl ResolvesServerCert for Keys {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.certified))
    }
}

impl Keys {
    pub(crate) fn new() -> Arc<Self> {
        let made = rcgen::generate_simple_self_signed(["example.org".to_owned()]).expect("a certificate");
        let certificate = made.cert.der().clone();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let provider = aws_lc_rs::default_provider();
        let chain = vec![certificate.clone()];
        let certified = CertifiedKey::from_der(chain, key, &provider).expect("a pair");
        Arc::new(Self { certificate, certified: Arc::new(certified) })
    }

    /// Returns the configuration of a server with these keys.
    pub(crate) fn server(self: &Arc<Self>) -> Arc<ArcSwap<Tls>> {
        let resolver: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let tickets = tickets().expect("a key for tickets");
        let config = server_config(TlsVersions::From12, resolver, Some(tickets)).expect("a configuration");
        Arc::new(ArcSwap::from_pointee(Tls { default: Arc::new(config), client_auth: None }))
    }

    /// Creates a client that trusts them and keeps its sessions.
    fn client(&self, version: &'static SupportedProtocolVersion) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

impl Keys {
    /// Completes a handshake over TLS 1.3 on `stream`.
    pub(crate) async fn connect(&self, stream: TcpStream) -> TlsStream<TcpStream> {
        let name = ServerName::try_from("example.org").expect("a name");
        self.client(&TLS13).connect(name, stream).await.expect("a handshake")
    }
}

/// One connection from the side of the client.
struct Seen {
    reply: io::Result<Vec<u8>>,
    kind: Option<HandshakeKind>,
    suite: Option<CipherSuite>,
}

async fn ask(client: &TlsConnector, address: SocketAddr, word: &str) -> Seen {
    let stream = TcpStream::connect(address).await.expect("a listener");
    let name = ServerName::try_from("example.org").expect("a name");
    let mut stream = client.connect(name, stream).await.expect("a handshake");
    stream.write_all(format!("{word}\n").as_bytes()).await.expect("room");
    let mut reply = Vec::new();
    // An end without close_notify is an error here.
    let reply = stream.read_to_end(&mut reply).await.map(|_| reply);
    let session = stream.get_ref().1;
    let suite = session.negotiated_cipher_suite().map(|suite| suite.suite());
    Seen { reply, kind: session.handshake_kind(), suite }
}

#[tokio::test]
async fn later_connections_resume_the_session() {
    for version in [&TLS13, &TLS12] {
        let keys = Keys::new();
        let (context, _log) = context(Limits::STANDARD, None);
        let server = Server::start(context, Transport::Tls(keys.server()));
        let client = keys.client(version);
        let mut kinds = Vec::new();
        for _ in 0..5 {
            let seen = ask(&client, server.address, "page").await;
            assert_eq!(seen.reply.expect("a whole reply"), b"ok a page"); // T2
            if version.version == TLS13.version {
                assert_eq!(seen.suite, Some(CipherSuite::TLS13_AES_128_GCM_SHA256)); // T1
            }
            kinds.push(seen.kind);
        }
        assert!(matches!(kinds[0], Some(HandshakeKind::Full | HandshakeKind::FullWithHelloRetryRequest)));
        assert_eq!(kinds[1..], [Some(HandshakeKind::Resumed); 4], "{version:?}"); // T5
        assert!(server.stop().await.expect("no panic"));
    }
}

#[tokio::test]
async fn large_replies_arrive_whole() {
    let keys = Keys::new();
    let (context, _log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Tls(keys.server()));
    let seen = ask(&keys.client(&TLS13), server.address, "big").await;
    assert_eq!(seen.reply.expect("a whole reply").len(), super::support::BIG + 3); // T2
}

#[tokio::test]
async fn cut_off_reply_has_no_close_notify() {
    let keys = Keys::new();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    let file = std::fs::File::create(&path).expect("created");
    // Far more than the system buffers, so that the file can be cut short while it is sent.
    file.set_len(200_000_000).expect("sparse");
    let (context, log) = context(Limits::STANDARD, Some(path));
    let server = Server::start(context, Transport::Tls(keys.server()));

    let mut stream = keys.connect(TcpStream::connect(server.address).await.expect("a listener")).await;
    stream.write_all(b"file\n").await.expect("room");
    stream.read_exact(&mut [0; 3]).await.expect("a beginning");
    file.set_len(10).expect("cut");
    let mut rest = Vec::new();
    let error = stream.read_to_end(&mut rest).await.expect_err("no close_notify"); // T2
    assert!(matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset), "{error}");

    let seen = ask(&keys.client(&TLS13), server.address, "page").await;
    assert_eq!(seen.reply.expect("a whole reply"), b"ok a page");
    assert!(server.stop().await.expect("no panic"));
    assert_eq!(log.endings(), ["truncated", "whole"]);
}

/// Answers like [`Words`], but with these bytes in the first answer.
pub(crate) struct Once(pub(crate) Mutex<Bytes>);

impl Protocol for Once {
    fn name(&self) -> &'static str {
        Words.name()
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        Words.scan(bytes)
    }

    fn respond(&self, request: &[u8], peer: &Peer, sites: &Sites, _: bool) -> Result<Answer, usize> {
        let body = std::mem::take(&mut *self.0.lock().expect("unspoilt"));
        Ok(Answer { body: Body::Bytes(body), ..Words.answer(request, peer, sites) })
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        Words.fault(fault, request)
    }
}

/// C4: for a client that reads nothing, only the encrypted bytes of a body are kept, not the body too.
#[tokio::test(start_paused = true)]
async fn stalled_client_costs_one_copy_of_the_body() {
    let keys = Keys::new();
    let (context, _log) = context(Limits::STANDARD, None);
    let body = Bytes::from(vec![b'x'; 32 * 1024]);
    let protocol = Once(Mutex::new(body.clone()));
    let (ours, theirs) = duplex(1024);
    let transport = Transport::Tls(keys.server());
    let served = tokio::spawn(async move {
        serve_one(ours, protocol, transport, &context).await;
    });
    let name = ServerName::try_from("example.org").expect("a name");
    let mut stream = keys.client(&TLS13).connect(name, theirs).await.expect("a handshake");
    stream.write_all(b"page\n").await.expect("room");
    let start = Instant::now();
    while !body.is_unique() {
        assert!(start.elapsed() < Limits::STANDARD.write_stall / 2, "still kept");
        sleep(Duration::from_secs(1)).await;
    }
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.expect("a whole reply");
    assert_eq!(reply.len(), body.len() + 3);
    served.await.expect("no panic");
}

/// Where client certificates are requested, no ticket follows the handshake. Its end must be acknowledged at once all the
/// same, for which clients wait that collect small writes (Nagle's algorithm): 40 ms otherwise.
#[tokio::test]
async fn request_is_not_delayed_where_client_certificates_are_requested() {
    let keys = Keys::new();
    let resolver: Arc<dyn ResolvesServerCert> = Arc::<Keys>::clone(&keys);
    let config = server_config(TlsVersions::From12, resolver, None).expect("a configuration");
    let tls = Arc::new(ArcSwap::from_pointee(Tls { default: Arc::new(config), client_auth: None }));
    let (context, _log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Tls(tls));
    for version in [&TLS13, &TLS12] {
        let mut fastest = Duration::MAX;
        for _ in 0..15 {
            let start = std::time::Instant::now();
            let seen = ask(&keys.client(version), server.address, "page").await;
            assert_eq!(seen.reply.expect("a whole reply"), b"ok a page");
            fastest = fastest.min(start.elapsed());
        }
        assert!(fastest < Duration::from_millis(35), "{version:?}: {fastest:?}");
    }
}

/// T1.
#[test]
fn cheapest_suite_is_first_and_all_are_aead() {
    let tickets = tickets().expect("a key for tickets");
    let config = server_config(TlsVersions::From12, Keys::new(), Some(tickets)).expect("a configuration");
    let suites: Vec<CipherSuite> =
        config.crypto_provider().cipher_suites.iter().map(SupportedCipherSuite::suite).collect();
    assert_eq!(suites[0], CipherSuite::TLS13_AES_128_GCM_SHA256);
    for suite in suites {
        let name = format!("{suite:?}");
        assert!(name.contains("GCM") || name.contains("CHACHA20_POLY1305"), "{name}");
    }
}

/// Returns the first message of a client that offers these cipher suites and one signature scheme (RFC 5246, section
/// 7.4.1.2).
fn client_hello(suites: &[u16]) -> Vec<u8> {
    let length = |bytes: &[u8]| u16::try_from(bytes.len()).expect("short").to_be_bytes();
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    let extensions = [0, 13, 0, 4, 0, 2, 4, 3];
    let body = [&[3, 3][..], &[7; 32], &[0], &length(&suites), &suites, &[1, 0], &length(&extensions), &extensions];
    let body = body.concat();
    let message = [&[1, 0][..], &length(&body), &body].concat();
    [&[0x16, 3, 1][..], &length(&message), &message].concat()
}

/// T1: a client that signals a fallback (RFC 7507) is told that this server supports more than it offers.
#[tokio::test(start_paused = true)]
async fn fallback_to_an_older_version_is_refused() {
    for (suites, is_refused) in [
        (&[0xc02b, 0x5600][..], true),
        (&[0x5600], true),
        (&[0x1301, 0xc02b, 0x5600], false),
        (&[0xc02b], false),
        (&[0x1303], false),
        (&[], false),
    ] {
        let (context, _log) = context(Limits::STANDARD, None);
        let (ours, mut theirs) = duplex(10_000);
        theirs.write_all(&client_hello(suites)).await.expect("room");
        serve_one(ours, Words, Transport::Tls(Keys::new().server()), &context).await;
        let mut reply = Vec::new();
        theirs.read_to_end(&mut reply).await.expect("an end");
        // A fatal alert, `inappropriate_fallback`.
        assert_eq!(reply == [0x15, 3, 3, 0, 2, 2, 0x56], is_refused, "{suites:x?}: {reply:x?}");
    }
}
