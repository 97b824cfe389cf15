//! The reader who means no harm.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::{Target, tls_client};

/// A reader who waits longer has given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two pages: a crowd of one reader must not be a load of its own.
const PAUSE: Duration = Duration::from_millis(5);

/// What it was like to read.
#[derive(Debug)]
pub(crate) struct Readings {
    pub(crate) read: usize,
    pub(crate) failed: usize,
    /// Half of the pages took no longer, in milliseconds.
    pub(crate) median: f64,
    /// 99 of 100 took no longer.
    pub(crate) highest: f64,
}

/// Reads page after page until `until`.
pub(crate) async fn read(target: Target, until: Instant) -> Readings {
    let (mut took, mut failed) = (Vec::new(), 0);
    while Instant::now() < until {
        let start = Instant::now();
        match timeout(PATIENCE, ask(&target, &target.page)).await {
            Ok(Ok(())) => took.push(start.elapsed().as_secs_f64() * 1_000.0),
            Ok(Err(_)) | Err(_) => failed += 1,
        }
        tokio::time::sleep(PAUSE).await;
    }
    took.sort_by(f64::total_cmp);
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or(f64::NAN);
    Readings { read: took.len(), failed, median: at(50), highest: at(99) }
}

/// Asks for a page, which must come whole: with status 20 and a proper end.
pub(crate) async fn ask(target: &Target, path: &str) -> io::Result<()> {
    let stream = TcpStream::connect(target.address).await?;
    let mut stream = tls_client::connector(None).connect(tls_client::name(&target.host), stream).await?;
    stream.write_all(target.request(path).as_bytes()).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    if reply.starts_with(b"20 ") { Ok(()) } else { Err(io::Error::other(reply.escape_ascii().to_string())) }
}
