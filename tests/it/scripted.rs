//! [`Scripted`]: a Gemini server that says what a test wants, once, with a certificate as the test wants it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

use testkit::tls_client::Identity;

/// A server that answers one request.
pub(crate) struct Scripted {
    address: SocketAddr,
    request: JoinHandle<String>,
}

impl Scripted {
    /// Listens, shows the certificate of `identity`, and will answer with `reply`.
    pub(crate) fn start(identity: &Identity, reply: &'static str) -> Self {
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

    /// The URL of `path` there.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("gemini://{}{path}", self.address)
    }

    /// What it was asked, without the end of the line; nothing if whoever came left before that.
    pub(crate) fn request(self) -> String {
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
    // Who has left already needs no answer.
    let _ = stream.write_all(reply.as_bytes()).await;
    let _ = stream.shutdown().await;
    String::from_utf8(request).expect("UTF-8").trim_end().to_owned()
}
