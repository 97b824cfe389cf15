//! Accepting connections, and ending in order.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::access_log::{AccessLog, End, Entry};
use super::admission::Admission;
use super::{Current, Limits, Listener, OpenFile, connection};
use crate::protocol::Peer;

/// How long to wait after `accept` failed: without descriptors it fails again at once, and trying without
/// a pause would burn the processor that the remaining connections need to finish.
const CALM_DOWN: Duration = Duration::from_millis(100);

/// What every connection uses.
pub(super) struct Shared {
    pub(super) current: Arc<Current>,
    pub(super) limits: Limits,
    pub(super) open: OpenFile,
    pub(super) log: AccessLog,
}

/// Serves `listeners` until `stop` is done, then lets what runs finish within the grace period.
///
/// Returns how many connections were cut off at its end. The log is written to its end before that.
pub async fn serve(
    listeners: Vec<Listener>,
    current: Arc<Current>,
    limits: Limits,
    open: OpenFile,
    log: AccessLog,
    stop: impl Future<Output = ()>,
) -> usize {
    let grace = limits.grace;
    let admission = Admission::new(limits.connections, limits.per_address);
    let shared = Arc::new(Shared { current, limits, open, log });
    let (stopping, _) = watch::channel(false);
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, admission.clone(), shared.clone(), stopping.subscribe()));
    }
    stop.await;
    // Nobody listens any more only if every accept loop has ended already.
    let _ = stopping.send(true);
    let deadline = Instant::now() + grace;
    let mut cut_off = 0;
    while let Some(ended) = accepting.join_next().await {
        let Ok(mut connections) = ended else { continue };
        let left = deadline.saturating_duration_since(Instant::now());
        // A drain that takes too long is counted below.
        let _ = timeout(left, async { while connections.join_next().await.is_some() {} }).await;
        cut_off += connections.len();
        connections.shutdown().await;
    }
    cut_off
}

/// Accepts on one socket until told to stop; hands back the connections that are still open.
async fn accept(
    listener: Listener,
    admission: Arc<Admission>,
    shared: Arc<Shared>,
    mut stopping: watch::Receiver<bool>,
) -> JoinSet<()> {
    let mut connections = JoinSet::new();
    let mut failing = false;
    loop {
        tokio::select! {
            _ = stopping.changed() => return connections,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.socket.accept() => match accepted {
                Ok((socket, address)) => {
                    failing = false;
                    admit(&mut connections, &listener, &admission, &shared, socket, address);
                }
                Err(error) => {
                    if !failing && !is_of_one_connection(&error) {
                        failing = true;
                        tracing::warn!("connections cannot be accepted for now: {error}");
                    }
                    sleep(CALM_DOWN).await;
                }
            }
        }
    }
}

/// Whether an error of `accept` concerns only the connection that was about to be accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}

fn admit(
    connections: &mut JoinSet<()>,
    listener: &Listener,
    admission: &Arc<Admission>,
    shared: &Arc<Shared>,
    socket: TcpStream,
    address: SocketAddr,
) {
    let Some(permit) = admission.admit(Some(address.ip())) else {
        // Closed without a word: a handshake just to say no is what a flood is after.
        shared.log.write(&Entry {
            time: OffsetDateTime::now_utc(),
            protocol: listener.protocol.name(),
            peer: Some(address.ip()),
            end: End::Silent("too many connections"),
            sent: 0,
            took: Duration::ZERO,
        });
        return;
    };
    let peer = Peer { address: Some(address), server_name: None };
    let serving =
        connection::run(socket, peer, listener.protocol.clone(), listener.transport.clone(), shared.clone());
    connections.spawn(async move {
        serving.await;
        drop(permit);
    });
}
