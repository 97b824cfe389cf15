//! `lamplit get`: fetches one URL and prints it, for scripts and health checks.

use std::io::{BufWriter, ErrorKind, IsTerminal, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use percent_encoding::percent_decode_str;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, Error};
use url::Url;

use crate::host::{GEMINI_PORT, GOPHER_PORT};
use crate::identity::utc_date;
use crate::problem::{Problem, printable, printable_lines};
use crate::server::tls::AnyCertificate;

/// The longest body in bytes: a health check must end even if a server sends without end.
const MAX_BODY: u64 = 256 * 1024 * 1024;

/// The longest Gemini header in bytes. The specification allows a `META` of 1024.
const MAX_HEADER: usize = 2048;

/// The longest line in bytes; a longer one is handled as several, so that memory stays bounded.
const MAX_LINE: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    url: Url,
    #[arg(long)]
    check: bool,
    #[arg(long, value_name = "ADDR:PORT")]
    at: Option<SocketAddr>,
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let fetch = async {
        match arguments.url.scheme() {
            "gemini" => fetch_gemini(arguments).await,
            "gopher" => fetch_gopher(arguments).await,
            other => bail!("`{other}` is not supported; gemini and gopher are"),
        }
    };
    let result = runtime
        .block_on(async { timeout(Duration::from_secs(arguments.timeout), fetch).await })
        .unwrap_or_else(|_| bail!("no answer within {} seconds", arguments.timeout));
    // Otherwise the process would wait for a thread that still looks up a host name.
    runtime.shutdown_background();
    result
}

async fn fetch_gemini(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { url, check, at, .. } = arguments;
    let stream = connect(url, *at, GEMINI_PORT).await?;
    let name = ServerName::try_from(host(url)?.to_owned()).context("the host name is not valid")?;
    let mut stream = connector()?.connect(name, stream).await.context("TLS")?;
    if *check {
        require_valid_today(stream.get_ref().1)?;
    }
    stream.write_all(format!("{url}\r\n").as_bytes()).await?;
    let mut header = Vec::new();
    while !header.ends_with(b"\r\n") {
        ensure!(header.len() < MAX_HEADER, "the header of the reply does not end");
        header.push(stream.read_u8().await.context("the reply ends within its header")?);
    }
    let header = String::from_utf8(header).context("the header of the reply is not UTF-8")?;
    let shown = printable(header.trim_end());
    let [category @ b'1'..=b'6', b'0'..=b'9', b' ', ..] = *header.as_bytes() else {
        bail!("`{shown}` is not the header of a reply, which has the form `20 text/gemini`");
    };
    if !check {
        eprintln!("{shown}");
    }
    let media_type = shown.get(3..).unwrap_or_default();
    let is_text = category != b'2' || media_type.is_empty() || media_type.starts_with("text/");
    require_displayable(arguments, is_text, media_type)?;
    copy(stream, *check).await?;
    match (category, check) {
        (b'2', _) | (b'1', false) => Ok(()),
        (_, true) => bail!("the server answered `{shown}`"),
        (_, false) => bail!("the server did not send a page"),
    }
}

async fn fetch_gopher(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { url, check, at, .. } = arguments;
    // RFC 4266, section 2.1: the first character of the path is the item type and is not sent.
    let path = url.path().strip_prefix('/').unwrap_or_default();
    let item_type = path.chars().next().unwrap_or('1');
    let mut request: Vec<u8> = percent_decode_str(path.get(item_type.len_utf8()..).unwrap_or_default()).collect();
    if let Some(query) = url.query() {
        request.push(b'\t');
        request.extend(percent_decode_str(query));
    }
    ensure!(!request.contains(&b'\n') && !request.contains(&b'\r'), "a selector cannot contain a line break");
    request.extend(b"\r\n");
    let is_text = "01237hmp".contains(item_type);
    require_displayable(arguments, is_text, &format!("an item of type {item_type}"))?;
    let mut stream = connect(url, *at, GOPHER_PORT).await?;
    stream.write_all(&request).await?;
    let first_line = copy(stream, *check).await?;
    // An empty reply, or a menu whose first line is an error (RFC 1436, section 3.8).
    let is_error = first_line.starts_with(b"3") && memchr::memchr_iter(b'\t', &first_line).count() >= 2;
    ensure!(!check || !is_error && !first_line.is_empty(), "the server did not send this item");
    Ok(())
}

/// Fails if the body is not text and would go to a terminal.
fn require_displayable(arguments: &Arguments, is_text: bool, kind: &str) -> Result<(), Problem> {
    if arguments.check || is_text || !std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Problem::error(format!("{kind} is not text and is not written to a terminal"))
        .hint(format!("write it to a file: `lamplit get '{}' > FILE`", arguments.url)))
}

/// Returns the host of a URL, an IPv6 address without its brackets.
fn host(url: &Url) -> anyhow::Result<&str> {
    Ok(url.host_str().context("the URL has no host")?.trim_matches(['[', ']']))
}

async fn connect(url: &Url, at: Option<SocketAddr>, default_port: u16) -> anyhow::Result<TcpStream> {
    let (host, port) = (host(url)?, url.port().unwrap_or(default_port));
    let addresses = match at {
        Some(address) => vec![address],
        None => lookup(host, port).await.with_context(|| format!("cannot find the host `{host}`"))?,
    };
    let shown = at.map_or_else(|| format!("`{host}` on port {port}"), |at| format!("`{at}`"));
    let is_local = addresses.iter().all(|address| address.ip().is_loopback());
    let stream = TcpStream::connect(&*addresses).await;
    if is_local && stream.as_ref().is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused) {
        let problem = Problem::error(format!("cannot connect to {shown}: no server runs there"));
        bail!(problem.hint("start one with `lamplit serve DIR`, or name its port in the URL"));
    }
    let stream = stream.with_context(|| format!("cannot connect to {shown}"))?;
    // The request follows the handshake without waiting for an acknowledgement.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Looks up a host. `localhost` and names below it are loopback (RFC 6761, section 6.3): `/etc/hosts` may be missing.
async fn lookup(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    let last = host.trim_end_matches('.').rsplit('.').next();
    if last.is_some_and(|label| label.eq_ignore_ascii_case("localhost")) {
        return Ok(vec![(Ipv6Addr::LOCALHOST, port).into(), (Ipv4Addr::LOCALHOST, port).into()]);
    }
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Reads a reply to its end, prints it unless `check` is set, and returns its first line.
async fn copy(reply: impl AsyncRead + Unpin, check: bool) -> anyhow::Result<Vec<u8>> {
    let mut reply = BufReader::new(reply.take(MAX_BODY));
    // Dropped, and so flushed, also when a reply is cut off.
    let mut stdout = BufWriter::new(std::io::stdout());
    let is_terminal = std::io::stdout().is_terminal();
    let mut first_line = Vec::new();
    loop {
        let mut line = Vec::new();
        (&mut reply).take(MAX_LINE).read_until(b'\n', &mut line).await.context("the reply was cut off")?;
        if line.is_empty() {
            return Ok(stdout.flush().map(|()| first_line)?);
        }
        if !check && is_terminal {
            // Control characters would drive the terminal.
            let text = String::from_utf8_lossy(&line).replace("\r\n", "\n");
            stdout.write_all(printable_lines(&text).as_bytes())?;
        } else if !check {
            stdout.write_all(&line)?;
        }
        if first_line.is_empty() {
            first_line = line;
        }
    }
}

/// Fails if the certificate of the server is not valid yet or has expired: clients that check dates refuse it.
fn require_valid_today(connection: &ClientConnection) -> anyhow::Result<()> {
    let certificate = connection.peer_certificates().and_then(|chain| chain.first());
    let certificate = certificate.context("the server sent no certificate")?;
    let (_, certificate) = x509_parser::parse_x509_certificate(certificate).context("the certificate is not valid")?;
    let (validity, now) = (certificate.validity(), time::OffsetDateTime::now_utc().unix_timestamp());
    let (from, until) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    ensure!(now >= from, "the certificate is not valid before {}", utc_date(from));
    ensure!(now <= until, "the certificate expired on {}", utc_date(until));
    Ok(())
}

fn connector() -> Result<TlsConnector, Error> {
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider.signature_verification_algorithms)));
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}
