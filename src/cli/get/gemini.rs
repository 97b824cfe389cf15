//! One page over Gemini.

use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, Error};

use super::any_certificate::AnyCertificate;
use super::{Arguments, connect, host, read};
use crate::config::GEMINI_PORT;

pub(super) async fn fetch(arguments: &Arguments) -> anyhow::Result<()> {
    let url = &arguments.url;
    let stream = connect(arguments, GEMINI_PORT).await?;
    let name = ServerName::try_from(host(url)?.to_owned()).context("the host has no usable name")?;
    let connector = TlsConnector::from(Arc::new(client()?));
    let mut stream = connector.connect(name, stream).await.context("TLS")?;
    if arguments.check {
        is_valid_today(stream.get_ref().1)?;
    }
    stream.write_all(format!("{url}\r\n").as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n") {
        ensure!(head.len() < 2048, "the header of the reply has no end");
        let byte = stream.read_u8().await.context("the reply ends within its header")?;
        head.push(byte);
    }
    let head = String::from_utf8(head).context("the header of the reply is not UTF-8")?;
    // Control characters in it could drive the terminal.
    let shown = head.trim_end().replace(char::is_control, " ");
    if !arguments.check {
        eprintln!("{shown}");
    }
    read(stream, !arguments.check).await?;
    match head.as_bytes().first() {
        Some(b'2') => Ok(()),
        Some(b'1') if !arguments.check => Ok(()),
        _ if arguments.check => bail!("the answer is `{shown}`"),
        _ => bail!("the server did not give this page"),
    }
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
    let shown = connection.peer_certificates().and_then(|chain| chain.first());
    let shown = shown.context("the server showed no certificate")?;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(shown).context("the certificate cannot be read")?;
    let (validity, now) = (certificate.validity(), OffsetDateTime::now_utc().unix_timestamp());
    let day = |seconds| crate::identity::date(seconds);
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    ensure!(now >= from, "the certificate is not valid before {}", day(from));
    ensure!(now <= until, "the certificate expired on {}", day(until));
    Ok(())
}
