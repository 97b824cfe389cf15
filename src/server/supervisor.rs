//! The supervisor: accepts, counts, starts a task for each connection, and sees them out at the end.
//!
//! Nothing that a client does can hold up the accept loop: handshake and all else happen in the task.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::access_log::{ConnectionOutcome, Record};
use super::admission::ConnectionLimiter;
use super::connection;
pub use super::connection::{ServerContext, Transport};
use super::listen::{self, BACKLOG};
use crate::protocol::Protocol;

/// How long to wait after `accept` failed for want of something, mostly file descriptors: connections end
/// all the time and give theirs back.
const PAUSE: Duration = Duration::from_millis(100);

/// The same, if somebody was asked to leave: so long they have to do so.
const LEAVING: Duration = Duration::from_millis(5);

/// How long `accept` must have gone well before its next failure is worth another line in the log.
const QUIET: Duration = Duration::from_secs(60);

/// A bound socket and what is spoken on it.
pub struct Listener {
    /// Closed as soon as a shutdown is asked for, so that the next run can bind it.
    pub socket: TcpListener,
    /// What is spoken.
    pub protocol: Arc<dyn Protocol>,
    /// In what.
    pub transport: Transport,
}

/// How long a request may take that is not finished when a shutdown is asked for: a reader is quick, and whoever holds a
/// connection for the sake of holding it must not hold up the next start.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// Serves until `shutdown` is ready, then lets running connections finish within the grace period of the
/// limits, and their requests within two seconds of it. Says whether all of them have; those that have not end with the
/// runtime.
pub async fn serve(
    listeners: Vec<Listener>,
    shell: ServerContext,
    shutdown: impl Future<Output = ()>,
) -> bool {
    let permits = ConnectionLimiter::new(shell.limits.connections, shell.limits.per_address);
    let grace = shell.limits.grace;
    let shell = Arc::new(shell);
    let mut loops = JoinSet::new();
    let (running, stopping) = watch::channel(());
    for Listener { socket, protocol, transport } in listeners {
        listen::keep_little(&socket);
        let spoken = Arc::new(Spoken { protocol, transport });
        loops.spawn(accept_all(socket, spoken, Arc::clone(&shell), permits.clone(), stopping.clone()));
    }
    drop(shell);
    shutdown.await;
    let end = Instant::now() + grace;
    drop(running);
    // However long the last ones wait to get in, the end does not wait for them.
    let _: Result<(), _> = timeout_at(end, async { while loops.join_next().await.is_some() {} }).await;
    loops.shutdown().await;
    if permits.all(end.min(Instant::now() + LAST_REQUESTS)).await {
        return true;
    }
    permits.waiting.dismiss();
    permits.all(end).await
}

/// What connections need of their listener. Not its socket, which must close before they end.
struct Spoken {
    protocol: Arc<dyn Protocol>,
    transport: Transport,
}

/// Accepts until there is a stop, and then whoever was waiting already.
async fn accept_all(
    socket: TcpListener,
    spoken: Arc<Spoken>,
    shell: Arc<ServerContext>,
    permits: ConnectionLimiter,
    mut stopping: watch::Receiver<()>,
) {
    let (mut troubles, mut crowds) = (Troubles::default(), Troubles::default());
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stopping.changed() => break,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if permits.is_full() && crowds.is_news(Instant::now()) {
                    let places = shell.limits.connections;
                    tracing::warn!(places, "all places are taken; the slowest requests make room");
                }
                admit(stream, Some(peer), &spoken, &shell, &permits).await;
            }
            Err(error) if concerns_one_client(&error) => {}
            Err(error) => {
                if troubles.is_news(Instant::now()) {
                    tracing::warn!(%error, "cannot accept connections; will keep trying");
                }
                let leaves = lacks_descriptors(&error) && permits.waiting.make_room();
                sleep(if leaves { LEAVING } else { PAUSE }).await;
            }
        }
    }
    // Whom the system has accepted for us it would hang up on when the socket closes. It is asked itself, because the
    // runtime knows of them only when it gets round to it.
    let Ok(socket) = socket.into_std() else { return };
    for _ in 0..BACKLOG {
        let Ok((stream, peer)) = socket.accept() else { return };
        let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
        if let Ok(stream) = stream {
            admit(stream, Some(peer), &spoken, &shell, &permits).await;
        }
    }
}

/// Starts the task of a connection once there is room, which it may make, or closes it if its address has too many.
async fn admit(
    stream: TcpStream,
    peer: Option<SocketAddr>,
    spoken: &Arc<Spoken>,
    shell: &Arc<ServerContext>,
    permits: &ConnectionLimiter,
) {
    // A proxy has many readers; each is counted once it has said who they are.
    let proxy = peer.filter(|peer| shell.proxies.include(peer.ip()));
    let Some(place) = permits.place(peer.filter(|_| proxy.is_none())) else {
        let mut record = Record::new(shell.log.clone(), spoken.protocol.name(), peer);
        record.ending = ConnectionOutcome::Refused;
        return;
    };
    let permit = permits.one().await;
    let seat = permits.waiting.enter();
    let (spoken, shell) = (Arc::clone(spoken), Arc::clone(shell));
    let permits = proxy.map(|_| permits.clone());
    tokio::spawn(async move {
        let _inside = (permit, place);
        // A reply is one write: waiting to collect more would only delay its last packet. A socket that
        // refuses the option works without it.
        let _: io::Result<()> = stream.set_nodelay(true);
        let Spoken { protocol, transport } = &*spoken;
        match proxy.zip(permits) {
            None => connection::run(stream, peer, seat, protocol, transport, &shell).await,
            // Boxed, so that a connection of nobody's proxy is no larger for it.
            Some((proxy, permits)) => {
                let seat = (seat, permits);
                Box::pin(connection::run_proxied(stream, proxy, seat, protocol, transport, &shell)).await;
            }
        }
    });
}

/// Whether a failure of `accept` says nothing about the next one (see accept(2)): besides its own, it hands on what the
/// network had to say about the one client.
fn concerns_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted, NetworkDown,
        NetworkUnreachable, TimedOut,
    };
    let of_the_network = [libc::EPROTO, libc::ENOPROTOOPT, libc::EHOSTDOWN];
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | NetworkDown
            | NetworkUnreachable
            | TimedOut
    ) || error.raw_os_error().is_some_and(|error| of_the_network.contains(&error))
}

/// Whether `accept` failed because this process, or the whole system, has too many files open.
fn lacks_descriptors(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
}

/// Keeps a burst of failures to one line in the log.
#[derive(Debug, Default)]
struct Troubles {
    last: Option<Instant>,
}

impl Troubles {
    /// Notes a failure at `now`; whether it is the first after a quiet time.
    fn is_news(&mut self, now: Instant) -> bool {
        let before = self.last.replace(now);
        before.is_none_or(|before| now.duration_since(before) >= QUIET)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C2: what one client brings about makes nobody wait; what is wrong here is waited for.
    #[test]
    fn failures_of_one_client_are_told_from_ours() {
        for (number, of_one_client) in [
            (libc::ECONNABORTED, true),
            (libc::EINTR, true),
            (libc::EPROTO, true),
            (libc::EHOSTUNREACH, true),
            (libc::ENETDOWN, true),
            (libc::EPERM, false),
            (libc::EMFILE, false),
            (libc::ENFILE, false),
            (libc::ENOMEM, false),
            (libc::ENOBUFS, false),
        ] {
            let error = io::Error::from_raw_os_error(number);
            assert_eq!(concerns_one_client(&error), of_one_client, "{error}");
        }
    }

    #[test]
    fn a_burst_of_failures_is_one_line() {
        let start = Instant::now();
        let mut troubles = Troubles::default();
        for (seconds, expected) in
            [(0, true), (1, false), (30, false), (89, false), (150, true), (151, false)]
        {
            assert_eq!(troubles.is_news(start + Duration::from_secs(seconds)), expected, "{seconds} s");
        }
    }
}
