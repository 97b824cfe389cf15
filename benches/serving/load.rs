//! Concurrent readers that check each reply.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::{ClientConfig, Resumption};
use tokio_rustls::rustls::version::TLS13;

use crate::contestant::{Asked, Contestant};
use crate::scenario::{Scenario, Way};
use testkit::tls_client;

pub(crate) struct Load<'l> {
    pub(crate) scenario: &'l Scenario,
    pub(crate) contestant: &'l Contestant<'l>,
    pub(crate) at_once: usize,
}

impl Load<'_> {
    /// Sends requests until pages are rendered, caches filled and threads started.
    pub(crate) fn warm_up(&self) -> Result<(), String> {
        self.run(self.at_once * 4).map(drop)
    }

    /// Sends `requests` requests and returns how long each took. Fails if a reply is not the whole page.
    pub(crate) fn run(&self, requests: usize) -> Result<Vec<Duration>, String> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let left = Arc::new(AtomicUsize::new(requests));
            let readers: Vec<_> = (0..self.at_once)
                .map(|_| {
                    let reader = Reader::new(self.scenario.way, self.contestant);
                    tokio::spawn(reader.read(left.clone()))
                })
                .collect();
            let mut latencies = Vec::with_capacity(requests);
            for reader in readers {
                latencies.extend(reader.await.expect("no panic")?);
            }
            Ok(latencies)
        })
    }
}

struct Reader {
    tls: Option<TlsConnector>,
    asked: Arc<Asked>,
}

impl Reader {
    fn new(way: Way, contestant: &Contestant<'_>) -> Self {
        let tls = match way {
            Way::Gopher => None,
            // Each reader keeps its own sessions, since tickets are used once.
            Way::Resumed => Some(tls_client::connector_with(None, &[&TLS13])),
            Way::Gemini => {
                let mut config = ClientConfig::clone(tls_client::connector_with(None, &[&TLS13]).config());
                config.resumption = Resumption::disabled();
                Some(TlsConnector::from(Arc::new(config)))
            }
        };
        Self { tls, asked: contestant.asked.clone() }
    }

    async fn read(self, left: Arc<AtomicUsize>) -> Result<Vec<Duration>, String> {
        let mut latencies = Vec::new();
        while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            let question = self.asked.next();
            let started = Instant::now();
            let reply = self.ask(&question.request).await.map_err(|error| error.to_string())?;
            latencies.push(started.elapsed());
            if self.tls.is_some() && !reply.starts_with(b"20") {
                return Err(String::from_utf8_lossy(&reply).into_owned());
            }
            if reply.len() != question.length {
                return Err(format!("a reply of {} bytes instead of {}", reply.len(), question.length));
            }
        }
        Ok(latencies)
    }

    async fn ask(&self, request: &str) -> io::Result<Vec<u8>> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.asked.port)).await?;
        stream.set_nodelay(true)?;
        match &self.tls {
            Some(tls) => ask(tls.connect(tls_client::name("localhost"), stream).await?, request).await,
            None => ask(stream, request).await,
        }
    }
}

/// Returns the whole reply. TLS that ends without `close_notify` is an error.
pub(crate) async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes()).await?;
    let mut reply = Vec::with_capacity(16 * 1024);
    stream.read_to_end(&mut reply).await?;
    Ok(reply)
}
