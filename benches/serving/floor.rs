//! The floor: a minimal server on the same libraries, to which the others are compared. It replies to every request
//! with one page.
//!
//! No limits, no deadlines, no log, no paths; but tuned as well as we know how: the cheapest suite first, one stateless
//! ticket, and one write for header, page and the end of the stream.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::NoServerSessionStorage;
use tokio_rustls::rustls::{CipherSuite, ServerConfig};

/// Serves the page in `file`, reply header included, until the process is ended. Prints its port on standard error.
pub(crate) fn serve(protocol: &str, file: &str) {
    let page: Arc<[u8]> = fs::read(file).expect("the page").into();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a port");
        let listener = socket.listen(1024).expect("a listener");
        eprintln!("port {}", listener.local_addr().expect("an address").port());
        match protocol {
            "gemini" => gemini(listener, page).await,
            _ => gopher(listener, page).await,
        }
    });
}

async fn gemini(listener: TcpListener, page: Arc<[u8]>) {
    let acceptor = TlsAcceptor::from(Arc::new(config()));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let (acceptor, page) = (acceptor.clone(), page.clone());
        tokio::spawn(async move {
            // A failed connection must not affect the next one.
            let _: io::Result<()> = async {
                stream.set_nodelay(true)?;
                let mut stream = acceptor.accept(stream).await?;
                let mut request = [0; 1026];
                let mut length = 0;
                while !request[..length].ends_with(b"\r\n") {
                    match stream.read(&mut request[length..]).await? {
                        0 => return Ok(()),
                        read => length += read,
                    }
                }
                let session = stream.get_mut().1;
                session.set_buffer_limit(None);
                session.writer().write_all(&page)?;
                session.send_close_notify();
                stream.flush().await?;
                stream.get_mut().0.shutdown().await
            }
            .await;
        });
    }
}

async fn gopher(listener: TcpListener, page: Arc<[u8]>) {
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let page = page.clone();
        tokio::spawn(async move {
            let _: io::Result<()> = one_text(stream, &page).await;
        });
    }
}

async fn one_text(mut stream: TcpStream, page: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = [0; 1026];
    let mut length = 0;
    while !request[..length].ends_with(b"\n") {
        match stream.read(&mut request[length..]).await? {
            0 => return Ok(()),
            read => length += read,
        }
    }
    stream.write_all(page).await?;
    stream.shutdown().await
}

fn config() -> ServerConfig {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pair.signing_key.serialize_der()));
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions()
        .expect("the provider knows them")
        .with_no_client_auth()
        .with_single_cert(vec![pair.cert.der().clone()], key)
        .expect("a pair");
    config.ignore_client_order = true;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = aws_lc_rs::Ticketer::new().expect("a key");
    config.send_tls13_tickets = 1;
    config
}
