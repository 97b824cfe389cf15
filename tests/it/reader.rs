//! A Gemini client that reports the certificate, the handshake and whether the reply ended with `close_notify`. It
//! keeps sessions, as Lagrange does.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConnection, HandshakeKind, ProtocolVersion, SupportedProtocolVersion};
use x509_parser::prelude::{FromDer, X509Certificate};

use testkit::tls_client::{connector_with, name};

/// Timeout of each request.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client that keeps its sessions.
pub(crate) struct Reader {
    connector: TlsConnector,
    address: SocketAddr,
}

/// The outcome of a request.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The whole reply; an error if it did not end with `close_notify`.
    pub(crate) reply: io::Result<String>,
    /// The certificates, that of the capsule first.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) kind: Option<HandshakeKind>,
    pub(crate) version: Option<ProtocolVersion>,
}

impl Seen {
    /// Returns the reply, which must have ended with `close_notify`.
    pub(crate) fn whole(&self) -> &str {
        self.reply.as_ref().expect("a whole reply")
    }

    /// Returns the body of the reply.
    pub(crate) fn body(&self) -> &str {
        self.whole().split_once("\r\n").expect("a header").1
    }

    /// Returns the public key, which clients pin (`SubjectPublicKeyInfo`).
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.certificate().public_key().raw.to_vec()
    }

    /// Returns the common name of the capsule's certificate.
    pub(crate) fn common_name(&self) -> String {
        let certificate = self.certificate();
        let name = certificate.subject().iter_common_name().next().expect("a common name");
        name.as_str().expect("a string").to_owned()
    }

    fn certificate(&self) -> X509Certificate<'_> {
        X509Certificate::from_der(&self.chain[0]).expect("a certificate").1
    }
}

impl Reader {
    /// Returns a client of `address` with `versions` of TLS.
    pub(crate) fn new(address: SocketAddr, versions: &[&'static SupportedProtocolVersion]) -> Self {
        let mut config = connector_with(None, versions).config().as_ref().clone();
        config.enable_early_data = true;
        Self { connector: TlsConnector::from(Arc::new(config)), address }
    }

    /// Performs a handshake with `host` as server name, unless it is an address, and sends `request`.
    pub(crate) async fn send(&self, host: &str, request: &[u8]) -> io::Result<Seen> {
        self.converse(TcpStream::connect(self.address).await.expect("it listens"), host, request).await
    }

    /// As [`Self::send`], with an error if the server does not answer.
    pub(crate) async fn try_send(&self, host: &str, request: &[u8]) -> io::Result<Seen> {
        self.converse(TcpStream::connect(self.address).await?, host, request).await
    }

    async fn converse(&self, socket: TcpStream, host: &str, request: &[u8]) -> io::Result<Seen> {
        let handshake = timeout(PATIENCE, self.connector.connect(name(host), socket));
        let mut stream = handshake.await.expect("a handshake in time")?;
        let mut reply = Vec::new();
        let conversation = async {
            stream.write_all(request).await?;
            stream.read_to_end(&mut reply).await
        };
        let ended = timeout(PATIENCE, conversation).await.expect("a reply in time");
        let session = stream.get_ref().1;
        let chain = session.peer_certificates().unwrap_or_default();
        Ok(Seen {
            reply: ended.map(|_| String::from_utf8(reply).expect("UTF-8")),
            chain: chain.iter().map(|certificate| certificate.clone().into_owned()).collect(),
            kind: session.handshake_kind(),
            version: session.protocol_version(),
        })
    }

    /// Asks for `url` after a handshake with `host`.
    pub(crate) async fn ask(&self, host: &str, url: &str) -> Seen {
        self.send(host, format!("{url}\r\n").as_bytes()).await.expect("a handshake")
    }

    /// Returns whether the next connection to `host` could send early data (RFC 8446, section 2.3). Uses up a session.
    pub(crate) fn has_early_data(&self, host: &str) -> bool {
        let session = ClientConnection::new(self.connector.config().clone(), name(host));
        session.expect("a client").early_data().is_some()
    }
}
