//! The supervisor: accepts connections, admits them, starts a task for each, and drains them at shutdown.
//!
//! No client can hold up the accept loop: everything that waits for one, the handshake included, happens in its task.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

#[cfg(target_os = "linux")]
use socket2::SockRef;
use socket2::{Domain, Protocol as SocketProtocol, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch::Receiver;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::admission::ConnectionLimiter;
use super::context::{Endpoint, Listeners, ServerContext};
use super::record::ConnectionOutcome;

/// Connections that the system keeps until they are accepted. With the customary 128, bursts of clients stall.
const BACKLOG: i32 = 1024;

/// Bytes that the system takes ahead of the network; by default up to 4 MB for a client that reads nothing. With less
/// than this, a picture of usual size is not taken in one write, which costs a seventh more.
#[cfg(target_os = "linux")]
const SEND_AHEAD: u32 = 1024 * 1024;

/// Pause before the next `accept` after one failed for lack of a resource, which connections release all the time.
const PAUSE: Duration = Duration::from_millis(100);

/// Pause before the next `accept` after a pending connection was evicted to release its file descriptor.
const PAUSE_AFTER_EVICTION: Duration = Duration::from_millis(5);

/// Time without a failure after which the next one is logged again.
const QUIET: Duration = Duration::from_secs(60);

/// Time that incomplete requests get at a shutdown: clients need less, and none may delay the next start.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Binds a non-blocking listener to `address`. `[::]` accepts IPv4 too, unless one of `others` is for IPv4 there.
pub fn bind(address: SocketAddr, others: &[SocketAddr]) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(SocketProtocol::TCP))?;
    if address.is_ipv6() {
        let shares_port = others.iter().any(|other| other.is_ipv4() && other.port() == address.port());
        socket.set_only_v6(shares_port || !address.ip().is_unspecified())?;
    }
    // A restart need not wait until connections of the previous process have timed out.
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

/// Serves endpoints on their sockets until `shutdown`. Then closes the sockets for the next process; pending requests
/// get two seconds, open connections the grace period of the limits. Returns whether all ended; others are aborted.
pub async fn serve(listeners: Listeners, context: ServerContext, shutdown: impl Future<Output = ()>) -> bool {
    let limiter = ConnectionLimiter::new(context.limits.connections, context.limits.per_address);
    let grace = context.limits.grace;
    let context = Arc::new(context);
    let mut loops = JoinSet::new();
    let (running, stopping) = tokio::sync::watch::channel(());
    for (socket, endpoint) in listeners {
        // Connections inherit the option. A system without it buffers more.
        #[cfg(target_os = "linux")]
        let _: io::Result<()> = SockRef::from(&socket).set_tcp_notsent_lowat(SEND_AHEAD);
        let (endpoint, context) = (Arc::new(endpoint), Arc::clone(&context));
        let acceptor = Acceptor { endpoint, context, limiter: limiter.clone() };
        loops.spawn(acceptor.run(socket, stopping.clone()));
    }
    drop(context);
    shutdown.await;
    let deadline = Instant::now() + grace;
    drop(running);
    // Connections in a backlog may wait for a slot for longer than the grace period.
    let _: Result<(), _> = timeout_at(deadline, async { while loops.join_next().await.is_some() {} }).await;
    loops.shutdown().await;
    if limiter.drained(deadline.min(Instant::now() + LAST_REQUESTS)).await {
        return true;
    }
    limiter.stop_pending();
    limiter.drained(deadline).await
}

struct Acceptor {
    endpoint: Arc<Endpoint>,
    context: Arc<ServerContext>,
    limiter: ConnectionLimiter,
}

impl Acceptor {
    /// Accepts until `stopping` changes, and then the connections that wait in the backlog.
    async fn run(self, socket: TcpListener, mut stopping: Receiver<()>) {
        let (mut last_failure, mut last_eviction) = (None, None);
        loop {
            let accepted = tokio::select! {
                biased;
                _ = stopping.changed() => break,
                accepted = socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    if self.limiter.is_full() && is_first(&mut last_eviction, Instant::now()) {
                        let connections = self.context.limits.connections;
                        tracing::warn!(
                            connections,
                            "all connections are in use; the oldest incomplete requests are closed"
                        );
                    }
                    self.admit(stream, peer).await;
                }
                Err(error) if error.raw_os_error().is_some_and(is_of_connection) => {}
                Err(error) => {
                    if is_first(&mut last_failure, Instant::now()) {
                        tracing::warn!(%error, "cannot accept connections; will keep trying");
                    }
                    // This process, or the whole system, has too many files open.
                    let lacks_descriptor = matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE));
                    let evicted = lacks_descriptor && self.limiter.evict_oldest();
                    sleep(if evicted { PAUSE_AFTER_EVICTION } else { PAUSE }).await;
                }
            }
        }
        // Closing the socket resets its backlog. The system is asked directly: the runtime learns of connections later.
        let Ok(socket) = socket.into_std() else { return };
        for _ in 0..BACKLOG {
            let Ok((stream, peer)) = socket.accept() else { return };
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            if let Ok(stream) = stream {
                self.admit(stream, peer).await;
            }
        }
    }

    /// Starts the task of a connection once there is a slot, or closes it if its address has too many.
    async fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        // A proxy has many clients; each is counted once the proxy has named it.
        let address = peer.ip().to_canonical();
        let is_proxy = self.context.proxies.iter().any(|network| network.contains(&address));
        let Some(client) = self.limiter.admit(peer, is_proxy).await else {
            let mut open = self.context.open_record(self.endpoint.protocol.name(), peer);
            open.record.outcome = ConnectionOutcome::Refused;
            return;
        };
        let (endpoint, context) = (Arc::clone(&self.endpoint), Arc::clone(&self.context));
        tokio::spawn(async move {
            // A reply is one write: collecting more would only delay its last packet. A socket also works without it.
            let _: io::Result<()> = stream.set_nodelay(true);
            super::connection::serve_connection(stream, client, &endpoint, &context).await;
        });
    }
}

/// Returns whether this error of `accept` is one of the accepted connection only (accept(2)), and not of the next call.
pub fn is_of_connection(number: i32) -> bool {
    use libc::{ECONNABORTED, ECONNREFUSED, ECONNRESET, EHOSTDOWN, EHOSTUNREACH, EINTR, ENETDOWN};
    use libc::{ENETUNREACH, ENOPROTOOPT, EOPNOTSUPP, EPROTO, ETIMEDOUT};
    let of_host = matches!(number, EHOSTDOWN | EHOSTUNREACH | ENETDOWN | ENETUNREACH | ETIMEDOUT);
    let of_protocol = matches!(number, ENOPROTOOPT | EOPNOTSUPP | EPROTO);
    of_host || of_protocol || matches!(number, ECONNABORTED | ECONNREFUSED | ECONNRESET | EINTR)
}

/// Replaces the time of the last event by `now`; returns whether it is the first after a quiet time, worth a warning.
pub fn is_first(last: &mut Option<Instant>, now: Instant) -> bool {
    last.replace(now).is_none_or(|before| now.duration_since(before) >= QUIET)
}
