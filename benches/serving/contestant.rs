//! The servers that are measured, and the requests to each.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::load;
use crate::scenario::{Scenario, Way};
use testkit::process::Process;
use testkit::tls_client;

/// A server in a process of its own.
pub(crate) struct Running {
    pub(crate) process: Process,
    pub(crate) port: u16,
}

/// A server with its requests.
pub(crate) struct Contestant<'f> {
    pub(crate) asked: Arc<Asked>,
    /// The factor by which it gets fewer requests than others.
    pub(crate) fewer: usize,
    process: &'f Process,
}

/// The requests to a server, which are sent in turn.
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) port: u16,
    asks: Vec<Ask>,
    next: AtomicUsize,
}

pub(crate) struct Ask {
    pub(crate) request: String,
    /// The bytes of the whole reply.
    pub(crate) length: usize,
}

impl<'f> Contestant<'f> {
    /// Creates a contestant that gets requests for `paths` by `scenario`. Prints a note and returns `None` if it does
    /// not serve them.
    pub(crate) fn new(
        name: impl Into<String>,
        process: &'f Process,
        port: u16,
        scenario: &Scenario,
        paths: &[&str],
    ) -> Option<Self> {
        let name = name.into();
        let ask = |path: &&str| {
            let request = scenario.request(path, port);
            let length = fetch(scenario.way, port, &request)?.len();
            Ok(Ask { request, length })
        };
        match paths.iter().map(ask).collect::<io::Result<Vec<Ask>>>() {
            Ok(asks) => {
                let asked = Asked { name, port, asks, next: AtomicUsize::new(0) };
                Some(Self { asked: Arc::new(asked), fewer: 1, process })
            }
            Err(error) => {
                println!("{name} is left out: {error}");
                None
            }
        }
    }

    /// Divides the number of requests by `times`.
    pub(crate) fn asked_less(self, times: usize) -> Self {
        Self { fewer: times, ..self }
    }

    /// Returns another server that sends replies of a wrong length, as a failing one does.
    pub(crate) fn failing(&self) -> Self {
        let Asked { port, asks, .. } = &*self.asked;
        let wrong = |ask: &Ask| Ask { request: ask.request.clone(), length: ask.length + 1 };
        let asks = asks.iter().map(wrong).collect();
        let asked = Asked { name: "failing".to_owned(), port: *port, asks, next: AtomicUsize::new(0) };
        Self { asked: Arc::new(asked), ..*self }
    }

    /// Returns whether a failure is one of this project, and not of another server.
    pub(crate) fn is_ours(&self) -> bool {
        self.asked.name == "floor" || self.asked.name.starts_with("lamplit")
    }

    /// Returns the processor time of the server so far.
    pub(crate) fn cpu(&self) -> Duration {
        self.process.cpu()
    }
}

impl Asked {
    /// Returns the next request.
    pub(crate) fn next(&self) -> &Ask {
        &self.asks[self.next.fetch_add(1, Ordering::Relaxed) % self.asks.len()]
    }
}

/// Requests one page and returns the whole reply.
pub(crate) fn fetch(way: Way, port: u16, request: &str) -> io::Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        if way == Way::Gopher {
            return load::ask(stream, request).await;
        }
        let tls = tls_client::connector(None);
        load::ask(tls.connect(tls_client::name("localhost"), stream).await?, request).await
    })
}
