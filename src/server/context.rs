//! [`ServerContext`]: what all connections of a server share, with the types it consists of.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use arc_swap::ArcSwap;
use tokio::net::TcpListener;
use tokio_rustls::rustls::server::ServerConfig;

use super::access_log::AccessLog;
use super::attachment::FileOpener;
use super::metrics::Metrics;
use super::record::{ConnectionOutcome, ConnectionRecord};
use super::tls::LiveTls;
use super::worker_pool::WorkerPool;
use crate::host::HostName;
use crate::protocol::Protocol;
use crate::site::Sites;

/// What all connections of a server share.
#[derive(Clone)]
pub struct ServerContext {
    /// The limits of each connection and of all together.
    pub limits: Limits,
    /// The configured capsules.
    pub sites: LiveSites,
    /// Loads capsules that are not among `sites`, by host name; `None` without hosting.
    pub hosting: Option<Arc<dyn Hosting>>,
    /// Opens attachments.
    pub files: FileOpener,
    /// Computes answers that would hold up a network thread.
    pub workers: Arc<WorkerPool>,
    /// Converts long essays, on one thread: the allocator keeps the memory that each thread has used.
    pub long_worker: Arc<WorkerPool>,
    /// Writes a line for each connection; `None` for a server that keeps no log.
    pub log: Option<AccessLog>,
    /// Counts connections; `None` if metrics are not configured.
    pub metrics: Option<Metrics>,
    /// The networks of trusted proxies, whose connections start with a PROXY header.
    pub proxies: Vec<ipnet::IpNet>,
}

impl ServerContext {
    pub(super) fn open_record(&self, protocol: &'static str, peer: SocketAddr) -> OpenRecord<'_> {
        if let Some(metrics) = &self.metrics {
            metrics.open.inc();
        }
        let record = ConnectionRecord {
            ended: SystemTime::UNIX_EPOCH,
            protocol,
            peer,
            request: None,
            outcome: ConnectionOutcome::Stopped,
            sent: 0,
            duration: Duration::ZERO,
        };
        OpenRecord { context: self, started: Instant::now(), record }
    }

    /// Loads the hosted capsule of `host`; `None` if there is none, or if a configured capsule has that name.
    pub(super) async fn hosted(&self, host: &HostName) -> Option<Arc<Hosted>> {
        let hosting = self.hosting.as_ref().filter(|_| self.sites.load().by_host(host).is_none())?;
        hosting.load(host).await
    }
}

/// The record of an open connection, passed to metrics and log on drop: also if its task panics or is cancelled.
pub(super) struct OpenRecord<'c> {
    context: &'c ServerContext,
    started: Instant,
    pub(super) record: ConnectionRecord,
}

impl Drop for OpenRecord<'_> {
    fn drop(&mut self) {
        let request = self.record.request.take();
        let (ended, duration) = (SystemTime::now(), self.started.elapsed());
        let outcome = if std::thread::panicking() { ConnectionOutcome::Broken } else { self.record.outcome };
        let record = ConnectionRecord { ended, request, outcome, duration, ..self.record };
        if let Some(metrics) = &self.context.metrics {
            metrics.connection_closed(&record);
        }
        if let Some(log) = &self.context.log {
            log.write(record);
        }
    }
}

/// The protocol and transport of a listening socket.
pub struct Endpoint {
    /// The protocol of requests and answers.
    pub protocol: Arc<dyn Protocol>,
    /// How its bytes travel.
    pub transport: Transport,
}

/// Sockets that are listened on, with what they serve.
pub type Listeners = Vec<(TcpListener, Endpoint)>;

/// How bytes travel on a listening socket.
#[derive(Debug, Clone)]
pub enum Transport {
    /// Without encryption.
    Plain,
    /// In TLS. A connection uses the configuration in force when it starts.
    Tls(LiveTls),
    /// Without encryption or in TLS, as the first byte shows; so no client certificate is requested.
    Either(LiveTls),
}

/// The configured capsules, replaced as a whole when a new snapshot is published.
///
/// A connection loads them once, when its request is complete, and uses that snapshot to the end.
pub type LiveSites = Arc<ArcSwap<Sites>>;

/// A loader of capsules that are read when they are first requested, by host name.
pub trait Hosting: Send + Sync {
    /// Loads the capsule of `host`; `None` if no capsule is hosted there.
    fn load<'a>(&'a self, host: &'a HostName) -> HostedFuture<'a>;
}

/// A hosted capsule being loaded. Dropping it does not cancel the load for other connections.
pub type HostedFuture<'a> = Pin<Box<dyn Future<Output = Option<Arc<Hosted>>> + Send + 'a>>;

/// A hosted capsule that is loaded; by default one that exists but cannot be served.
#[derive(Debug, Clone, Default)]
pub struct Hosted {
    /// The TLS configuration with its certificate; `None` while its key cannot be used. No other key may replace it.
    pub tls: Option<Arc<ServerConfig>>,
    /// The sites with this capsule alone; `None` while it cannot be served.
    pub sites: Option<Arc<Sites>>,
}

/// Limits on what one client, or all of them together, may use: the settings of `[limits]`, and `files`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Connections open at once, each of which takes some 10 KB; further ones wait in the backlog of the system.
    pub connections: usize,
    /// Attachments open at once, each for one connection; further ones wait for at most `write_stall`.
    pub files: usize,
    /// Connections open at once from one IPv4 address or IPv6 /64 (a home): clients open a handful, crawlers a dozen.
    pub per_address: usize,
    /// Time from `accept` to the end of the TLS handshake: by default three round trips over a slow satellite link.
    pub handshake: Duration,
    /// Time from the handshake to the end of the request, however steadily it arrives, and again to compute an answer.
    pub request: Duration,
    /// Time for which a reply may make no progress before it is cut off.
    pub write_stall: Duration,
    /// Time to discard unread input after a reply: else the system sends a reset, which destroys parts not read yet.
    pub linger: Duration,
    /// Time for open connections at a shutdown, by default well below the timeouts of service managers.
    pub grace: Duration,
}

impl Limits {
    /// The documented defaults.
    pub const STANDARD: Self = Self {
        connections: 1024,
        files: 1024,
        per_address: 64,
        handshake: Duration::from_secs(10),
        request: Duration::from_secs(10),
        write_stall: Duration::from_secs(30),
        linger: Duration::from_secs(1),
        grace: Duration::from_secs(10),
    };
}
