//! Metrics: a small server of its own beside the one for readers, so that neither can crowd out the other.

use std::io;
use std::net::TcpListener as Socket;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::attachments;
use super::bind;
use crate::config::Config;
use crate::problem::Problem;
use crate::protocol::metrics;
use crate::server::access_log::{AccessLog, Addresses, Format, Style};
use crate::server::{
    Limits, Listener, LiveSites, Metrics, Proxies, ServerContext, Transport, WorkerPool, serve,
};

/// Collectors at the same time.
const COLLECTORS: usize = 8;

/// What is counted, and the sockets that it is shown on.
pub(super) struct Shown {
    pub(super) metrics: Metrics,
    sockets: Vec<Socket>,
}

/// Binds where `config` wants metrics to be shown; none if it wants none.
pub(super) fn bind(config: &Config) -> Result<Option<Shown>, Problem> {
    if config.metrics.is_empty() {
        return Ok(None);
    }
    let sockets = config.metrics.iter().map(|&address| bind::one(address, "[metrics] listen"));
    Ok(Some(Shown { metrics: Metrics::new(), sockets: sockets.collect::<Result<_, _>>()? }))
}

impl Shown {
    /// Says where.
    pub(super) fn tell(&self) {
        for address in self.sockets.iter().filter_map(|socket| socket.local_addr().ok()) {
            tracing::info!("metrics are at http://{address}/metrics");
        }
    }

    /// Shows them until the task is aborted. Must be called within a tokio runtime.
    pub(super) fn start(self, sites: LiveSites, workers: Arc<WorkerPool>) -> io::Result<JoinHandle<bool>> {
        let metrics = self.metrics;
        let page = Arc::new(metrics::MetricsPage::new(Arc::new(move || metrics.text())));
        let listener = |socket| {
            let socket = TcpListener::from_std(socket)?;
            Ok(Listener { socket, protocol: page.clone(), transport: Transport::Plain })
        };
        let listeners = self.sockets.into_iter().map(listener).collect::<io::Result<Vec<_>>>()?;
        let limits = Limits { connections: COLLECTORS, per_address: COLLECTORS, ..Limits::STANDARD };
        // A collector comes every few seconds: nobody wants to read of it.
        let (log, _) = AccessLog::start(io::sink(), Style::new(Format::Text, Addresses::Off), None)?;
        let (files, proxies) = (attachments(), Proxies::default());
        let shell = ServerContext { limits, sites, hosting: None, files, workers, log, proxies };
        Ok(tokio::spawn(serve(listeners, shell, std::future::pending())))
    }
}
