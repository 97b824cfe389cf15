//! One page over Gemini.
//!
//! [`ask`] makes the request and reads the header of the reply; what is done with the rest is up to its caller.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, Error};
use url::Url;
use x509_parser::certificate::X509Certificate;

use super::any_certificate::AnyCertificate;
use super::{Arguments, connect, host, read};
use crate::host::GEMINI_PORT;

pub(super) async fn fetch(arguments: &Arguments) -> anyhow::Result<()> {
    let Reply { head, stream } =
        ask(
            &arguments.url,
            arguments.at,
            |connection| {
                if arguments.check { is_valid_today(connection) } else { Ok(()) }
            },
        )
        .await?;
    if !arguments.check {
        eprintln!("{head}");
    }
    read(stream, !arguments.check).await?;
    match head.as_bytes().first() {
        Some(b'2') => Ok(()),
        Some(b'1') if !arguments.check => Ok(()),
        _ if arguments.check => bail!("the answer is `{head}`"),
        _ => bail!("the server did not give this page"),
    }
}

/// A reply whose header was read.
pub(in crate::cli) struct Reply {
    /// The header, as in `20 text/gemini`, without its end and without what could drive a terminal.
    pub(in crate::cli) head: String,
    /// What follows it.
    pub(in crate::cli) stream: TlsStream<TcpStream>,
}

/// Asks for `url`, at the address of its host or `at` another; nothing is sent unless `trust` finds the server good.
pub(in crate::cli) async fn ask(
    url: &Url,
    at: Option<SocketAddr>,
    trust: impl FnOnce(&ClientConnection) -> anyhow::Result<()>,
) -> anyhow::Result<Reply> {
    let stream = connect(url, at, GEMINI_PORT).await?;
    let name = ServerName::try_from(host(url)?.to_owned()).context("the host has no usable name")?;
    let connector = TlsConnector::from(Arc::new(client()?));
    let mut stream = connector.connect(name, stream).await.context("TLS")?;
    trust(stream.get_ref().1)?;
    stream.write_all(format!("{url}\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n") {
        ensure!(head.len() < 2048, "the header of the reply has no end");
        let byte = stream.read_u8().await.context("the reply ends within its header")?;
        head.push(byte);
    }
    let head = String::from_utf8(head).context("the header of the reply is not UTF-8")?;
    Ok(Reply { head: head.trim_end().replace(char::is_control, " "), stream })
}

/// The certificate that a server showed.
pub(in crate::cli) fn shown_certificate(
    connection: &ClientConnection,
) -> anyhow::Result<X509Certificate<'_>> {
    let shown = connection.peer_certificates().and_then(|chain| chain.first());
    let shown = shown.context("the server showed no certificate")?;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(shown).context("the certificate cannot be read")?;
    Ok(certificate)
}

/// A client without a certificate of its own.
fn client() -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)));
    Ok(config.with_no_client_auth())
}

/// An error if clients that look at dates refuse the certificate of the server today.
fn is_valid_today(connection: &ClientConnection) -> anyhow::Result<()> {
    let certificate = shown_certificate(connection)?;
    let (validity, now) = (certificate.validity(), OffsetDateTime::now_utc().unix_timestamp());
    let day = |seconds| crate::identity::utc_date(seconds);
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    ensure!(now >= from, "the certificate is not valid before {}", day(from));
    ensure!(now <= until, "the certificate expired on {}", day(until));
    Ok(())
}
