//! `lamplit get URL`: fetches one address and prints it, for scripts and health checks.

mod any_certificate;
pub(super) mod gemini;
mod gopher;

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use url::Url;

/// The most bytes that are printed: a health check must not be held up by an endless page.
const MAX_REPLY: u64 = 256 * 1024 * 1024;

/// How much of a reply is looked at besides.
const BEGINNING: usize = 1024;

#[derive(Debug, Args)]
#[command(
    about = "Fetch one address and print it, or check that it is well",
    after_help = "The page goes to standard output, a Gemini header to standard error. Exit code 0 for a page or a \
                  prompt for input, 1 otherwise. With `--check` nothing is printed if all is well: the page is there \
                  (2x over Gemini, no error over Gopher) and came to its end, and the certificate is valid today.\n\n\
                  Examples:\n  lamplit get gopher://localhost:7070/\n  \
                  lamplit get --check gemini://example.org/ --at 127.0.0.1:1965 --timeout 5"
)]
pub(super) struct Arguments {
    /// A gemini or gopher URL
    url: Url,
    /// Print nothing but what is wrong
    #[arg(long)]
    check: bool,
    /// Connect to this address instead of the one that the host of the URL has
    #[arg(long, value_name = "ADDR:PORT")]
    at: Option<SocketAddr>,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    within(arguments.timeout, fetch(arguments))
}

/// Waits for `asking`, but no longer than so many seconds.
pub(super) fn within<T>(seconds: u64, asking: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let asked = tokio::time::timeout(Duration::from_secs(seconds), asking);
        asked.await.unwrap_or_else(|_| bail!("no answer within {seconds} seconds"))
    });
    // A name that is still being looked up is not waited for.
    runtime.shutdown_background();
    ended
}

async fn fetch(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.url.scheme() {
        "gemini" => gemini::fetch(arguments).await,
        "gopher" => gopher::fetch(arguments).await,
        other => bail!("`{other}` is not supported; gemini and gopher are"),
    }
}

/// The host of a URL as it is looked up, without the brackets of an IPv6 address.
fn host(url: &Url) -> anyhow::Result<&str> {
    let host = url.host_str().context("the URL names no host")?;
    Ok(host.trim_start_matches('[').trim_end_matches(']'))
}

/// Connects to the host of the URL, or to where the user said.
async fn connect(url: &Url, at: Option<SocketAddr>, usual_port: u16) -> anyhow::Result<TcpStream> {
    let (host, port) = (host(url)?, url.port().unwrap_or(usual_port));
    let addresses = match at {
        Some(address) => vec![address],
        None => lookup(host, port).await.with_context(|| format!("`{host}` is unknown"))?,
    };
    let mut last = None;
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
    let shown = at.map_or_else(|| format!("`{host}` on port {port}"), |at| format!("`{at}`"));
    Err(last.map_or_else(|| anyhow::anyhow!("`{host}` has no address"), Into::into))
        .with_context(|| format!("cannot connect to {shown}"))
}

/// The addresses of a host. `localhost` and what ends in it is this machine without asking anybody (RFC 6761, section
/// 6.3): a container or a small system may have no table that says so.
async fn lookup(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    let last = host.trim_end_matches('.').rsplit('.').next();
    if last.is_some_and(|label| label.eq_ignore_ascii_case("localhost")) {
        return Ok(vec![(Ipv6Addr::LOCALHOST, port).into(), (Ipv4Addr::LOCALHOST, port).into()]);
    }
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Reads a reply to its end, and prints it unless that is not wanted; gives how it begins.
async fn read(reply: impl AsyncRead + Unpin, print: bool) -> anyhow::Result<Vec<u8>> {
    let mut reply = reply.take(MAX_REPLY);
    let mut buffer = vec![0; 64 * 1024];
    let mut beginning = Vec::new();
    loop {
        let read = reply.read(&mut buffer).await.context("the reply was cut off")?;
        if read == 0 {
            break;
        }
        if beginning.len() < BEGINNING {
            beginning.extend_from_slice(&buffer[..read]);
        }
        if print {
            std::io::stdout().write_all(&buffer[..read])?;
        }
    }
    std::io::stdout().flush()?;
    Ok(beginning)
}

#[cfg(test)]
mod tests {
    use super::lookup;

    #[tokio::test]
    async fn this_machine_is_found_without_a_table_of_hosts() {
        for name in ["localhost", "LocalHost", "localhost.", "films.localhost"] {
            let found = lookup(name, 1965).await.expect("known");
            let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(shown, ["[::1]:1965", "127.0.0.1:1965"], "{name}");
        }
        assert_eq!(lookup("::1", 70).await.expect("an address").len(), 1);
    }
}
