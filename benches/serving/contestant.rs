//! Who is measured, and what each is asked.

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

/// A server with what it is asked for.
pub(crate) struct Contestant<'f> {
    pub(crate) asked: Arc<Asked>,
    /// It is asked so many times less often than others.
    pub(crate) fewer: usize,
    process: &'f Process,
}

/// What a server is asked for, one thing after the other.
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
    /// A server that is asked for `paths` as `scenario` says. None if it does not serve them; says so.
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

    /// The same, asked so many `times` less often than others.
    pub(crate) fn asked_less(self, times: usize) -> Self {
        Self { fewer: times, ..self }
    }

    /// Processor time it took so far.
    pub(crate) fn cpu(&self) -> Duration {
        self.process.cpu()
    }
}

impl Asked {
    /// The next question.
    pub(crate) fn next(&self) -> &Ask {
        &self.asks[self.next.fetch_add(1, Ordering::Relaxed) % self.asks.len()]
    }
}

/// One reply, whole.
pub(crate) fn fetch(way: Way, port: u16, request: &str) -> io::Result<Vec<u8>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        if way == Way::Gopher {
            return load::ask(stream, request).await;
        }
        let tls = tls_client::connector(None);
        load::ask(tls.connect(tls_client::name("localhost"), stream).await.expect("a handshake"), request)
            .await
    })
}
