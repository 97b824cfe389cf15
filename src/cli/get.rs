//! `lamplit get URL`: fetches one address and prints it, for scripts and health checks.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::Args;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use url::Url;

use crate::config::{GEMINI_PORT, GOPHER_PORT};

/// The most bytes that are printed: a health check must not be held up by an endless page.
const MAX_REPLY: u64 = 256 * 1024 * 1024;

#[derive(Debug, Args)]
#[command(
    after_help = "The page goes to standard output, a Gemini header to standard error. Exit code 0 for a page \
                  or a prompt for input, 1 otherwise.\n\nExample:\n  lamplit get gopher://localhost:7070/"
)]
pub(super) struct Arguments {
    /// A gemini or gopher URL
    url: Url,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let limit = Duration::from_secs(arguments.timeout);
    runtime.block_on(async {
        let fetched = tokio::time::timeout(limit, fetch(&arguments.url));
        let Ok(reply) = fetched.await else {
            bail!("no answer within {} seconds", arguments.timeout);
        };
        reply
    })
}

async fn fetch(url: &Url) -> anyhow::Result<()> {
    match url.scheme() {
        "gemini" => gemini(url).await,
        "gopher" => gopher(url).await,
        other => bail!("`{other}` is not supported; gemini and gopher are"),
    }
}

async fn gemini(url: &Url) -> anyhow::Result<()> {
    let host = url.host_str().context("the URL names no host")?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    let stream = connect(bare, url.port().unwrap_or(GEMINI_PORT)).await?;
    let name = ServerName::try_from(bare.to_owned()).context("the host has no usable name")?;
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.context("TLS")?;
    stream.write_all(format!("{url}\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n") {
        ensure!(head.len() < 2048, "the header of the reply has no end");
        let byte = stream.read_u8().await.context("the reply ends within its header")?;
        head.push(byte);
    }
    let head = String::from_utf8(head).context("the header of the reply is not UTF-8")?;
    // Control characters in it could drive the terminal.
    eprintln!("{}", head.trim_end().replace(char::is_control, " "));
    print(stream).await?;
    ensure!(head.starts_with(['1', '2']), "the server did not give this page");
    Ok(())
}

async fn gopher(url: &Url) -> anyhow::Result<()> {
    let host = url.host_str().context("the URL names no host")?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    // RFC 4266, section 2.1: the first character of the path is the item type and is not sent.
    let path = url.path().get(1..).unwrap_or_default();
    let selector = path.char_indices().nth(1).map_or("", |(at, _)| &path[at..]);
    let mut request = percent_encoding::percent_decode_str(selector).collect::<Vec<u8>>();
    if let Some(query) = url.query() {
        request.push(b'\t');
        request.extend(percent_encoding::percent_decode_str(query));
    }
    ensure!(!request.contains(&b'\n') && !request.contains(&b'\r'), "a selector holds no line end");
    request.extend(b"\r\n");
    let mut stream = connect(bare, url.port().unwrap_or(GOPHER_PORT)).await?;
    stream.write_all(&request).await?;
    print(stream).await
}

async fn connect(host: &str, port: u16) -> anyhow::Result<TcpStream> {
    let mut last = None;
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host, port))
        .await
        .with_context(|| format!("`{host}` is unknown"))?
        .collect();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                // The request follows the handshake at once; it should not wait for an acknowledgement.
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = Some(error),
        }
    }
    Err(last.map_or_else(|| anyhow::anyhow!("`{host}` has no address"), Into::into))
        .with_context(|| format!("cannot connect to `{host}` on port {port}"))
}

async fn print(reply: impl AsyncRead + Unpin) -> anyhow::Result<()> {
    let mut reply = reply.take(MAX_REPLY);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = reply.read(&mut buffer).await.context("the reply was cut off")?;
        if read == 0 {
            break;
        }
        std::io::stdout().write_all(&buffer[..read])?;
    }
    std::io::stdout().flush()?;
    Ok(())
}

/// Accepts any certificate: this command looks at pages and keeps no memory of keys to compare with.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
