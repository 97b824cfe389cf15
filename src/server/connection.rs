//! One connection, from its first byte to its one line in the log.
//!
//! First byte → handshake → request → answer → reply → polite close, each stage under its deadline; where a proxy passes
//! connections on, its word whose they are comes before everything. Works on any stream, so that the tests need no socket
//! and no patience.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use bytes::Bytes;
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout_at};

use super::access_log::{AccessLog, ConnectionOutcome, Record};
use super::admission::ConnectionLimiter;
use super::credential::credential;
use super::current::LiveSites;
use super::files::FileOpener;
use super::handshake::shake_hands;
use super::hosting::{self, Hosting};
use super::limits::Limits;
use super::proxy::{Proxies, introduction, is_meant_as_header};
use super::reply::reply;
use super::tls::Tls;
use super::waiting::PendingSlot;
use super::wire::{Socket, Wire, read_once};
use super::worker_pool::WorkerPool;
use crate::protocol::{Answer, Fault, Peer, Protocol, Scan};
use crate::site::Sites;

/// The first byte of a TLS record that opens a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// How bytes travel on a listener.
#[derive(Debug, Clone)]
pub enum Transport {
    /// As they are.
    Plain,
    /// In TLS. The configuration may be swapped while connections go on; each takes the one it finds.
    Tls(Arc<ArcSwap<Tls>>),
    /// Either way, told apart by the first byte. Nobody is asked for a certificate: who may come without TLS
    /// has none.
    Either(Arc<ArcSwap<Tls>>),
}

/// What all connections of a server share.
#[derive(Clone)]
pub struct ServerContext {
    /// How much each of them may take.
    pub limits: Limits,
    /// What is published.
    pub sites: LiveSites,
    /// What is published besides, once somebody asks for it.
    pub hosting: Option<Arc<dyn Hosting>>,
    /// How attachments are opened.
    pub files: FileOpener,
    /// Who makes the answers that take time.
    pub workers: Arc<WorkerPool>,
    /// Where they leave their line.
    pub log: AccessLog,
    /// Who may say whose connection it is.
    pub proxies: Proxies,
}

/// Serves one connection to its end. `peer` is its address, where the system would say; whoever is called from their
/// `seat` leaves.
pub async fn run<S>(
    io: S,
    peer: Option<SocketAddr>,
    seat: PendingSlot,
    protocol: &Arc<dyn Protocol>,
    transport: &Transport,
    shell: &ServerContext,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut record = Record::new(shell.log.clone(), protocol.name(), peer);
    let context = Context { seat: &seat, protocol, shell };
    let deadline = Instant::now() + patience(transport, &shell.limits);
    let ending = tokio::select! {
        biased;
        ending = converse(io, Bytes::new(), deadline, transport, &context, &mut record) => ending,
        why = seat.called() => Err(why),
    };
    record.ending = ending.unwrap_or_else(|early| early);
}

/// As [`run`], for a connection that the proxy at `peer` passes on. Its word about the reader comes under the same
/// deadline as what the reader says first, and the reader's address under the same limit as everybody's.
pub(super) async fn run_proxied<S>(
    mut io: S,
    peer: SocketAddr,
    (seat, permits): (PendingSlot, ConnectionLimiter),
    protocol: &Arc<dyn Protocol>,
    transport: &Transport,
    shell: &ServerContext,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut record = Record::new(shell.log.clone(), protocol.name(), Some(peer));
    let context = Context { seat: &seat, protocol, shell };
    let deadline = Instant::now() + patience(transport, &shell.limits);
    let passed_on = async {
        let introduced = timeout_at(deadline, introduction(&mut io)).await;
        let (reader, first) = introduced.map_err(|_| ConnectionOutcome::Silent)??;
        record.peer = reader.or(record.peer);
        // A proxy that looks after itself is as welcome as often as it likes.
        let _place = match reader {
            Some(reader) => Some(permits.place(Some(reader)).ok_or(ConnectionOutcome::Refused)?),
            None => None,
        };
        converse(io, first, deadline, transport, &context, &mut record).await
    };
    let ending = tokio::select! {
        biased;
        ending = passed_on => ending,
        why = seat.called() => Err(why),
    };
    record.ending = ending.unwrap_or_else(|early| early);
}

/// How long the first stage may take.
fn patience(transport: &Transport, limits: &Limits) -> Duration {
    match transport {
        Transport::Plain => limits.request,
        Transport::Tls(_) | Transport::Either(_) => limits.handshake,
    }
}

/// What every stage of one connection needs.
struct Context<'c> {
    seat: &'c PendingSlot,
    protocol: &'c Arc<dyn Protocol>,
    shell: &'c ServerContext,
}

/// The first stage: looks at what comes first, if that is not here already, and goes on with what it is.
async fn converse<S>(
    mut io: S,
    mut first: Bytes,
    deadline: Instant,
    transport: &Transport,
    context: &Context<'_>,
    record: &mut Record,
) -> Result<ConnectionOutcome, ConnectionOutcome>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    if first.is_empty() {
        let read = timeout_at(deadline, read_once(&mut io)).await.map_err(|_| ConnectionOutcome::Silent)?;
        first = read.map_err(|_| ConnectionOutcome::Silent)?;
    }
    if is_meant_as_header(&first) {
        return Err(ConnectionOutcome::UnlistedProxy);
    }
    let is_tls = *first.first().ok_or(ConnectionOutcome::Silent)? == TLS_HANDSHAKE;
    let peer = Peer { address: record.peer, ..Peer::default() };
    match (transport, is_tls) {
        (Transport::Plain, true) | (Transport::Tls(_), false) => Err(ConnectionOutcome::OtherProtocol),
        (Transport::Plain | Transport::Either(_), false) => {
            let wire = Wire::Plain(Socket::new(io, first));
            Box::pin(one_request(wire, deadline, &peer, context, record)).await
        }
        // Boxed, so that a connection that has not come this far is small.
        (Transport::Tls(tls), true) => {
            let socket = Socket::new(io, first);
            let hello = Hello { tls: tls.load_full(), hosting: Some(context.shell) };
            Box::pin(over_tls(socket, hello, deadline, peer, context, record)).await
        }
        (Transport::Either(tls), true) => {
            let socket = Socket::new(io, first);
            let hello = Hello { tls: Arc::new(tls.load().without_client_auth()), hosting: None };
            Box::pin(over_tls(socket, hello, deadline, peer, context, record)).await
        }
    }
}

/// How a client that begins a handshake is met.
struct Hello<'c> {
    tls: Arc<Tls>,
    /// Where names are asked for that belong to no site yet; nowhere if no request can mean one of these.
    hosting: Option<&'c ServerContext>,
}

async fn over_tls<S>(
    socket: Socket<S>,
    Hello { tls, hosting }: Hello<'_>,
    deadline: Instant,
    mut peer: Peer,
    context: &Context<'_>,
    record: &mut Record,
) -> Result<ConnectionOutcome, ConnectionOutcome>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let handshake = Box::pin(timeout_at(deadline, shake_hands(socket, &tls, hosting)));
    let stream = handshake
        .await
        .map_err(|_| ConnectionOutcome::HandshakeTimeout)?
        .map_err(|_| ConnectionOutcome::HandshakeFailed)?;
    let session = stream.get_ref().1;
    peer.server_name = session.server_name().map(str::to_owned);
    let certificate = session.peer_certificates().and_then(|chain| chain.first());
    peer.credential = certificate.and_then(|shown| credential(shown, OffsetDateTime::now_utc()));
    let deadline = Instant::now() + context.shell.limits.request;
    one_request(Wire::tls(stream), deadline, &peer, context, record).await
}

async fn one_request<S>(
    mut wire: Wire<S>,
    deadline: Instant,
    peer: &Peer,
    context: &Context<'_>,
    record: &mut Record,
) -> Result<ConnectionOutcome, ConnectionOutcome>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let Context { seat, protocol, shell } = *context;
    let request = timeout_at(deadline, read_request(&mut wire, &**protocol))
        .await
        .map_err(|_| ConnectionOutcome::RequestTimeout)??;
    let sites = match &shell.hosting {
        None => Some(shell.sites.load()),
        Some(hosting) => {
            Box::pin(timeout_at(deadline, hosting::sites(&**hosting, shell, &**protocol, &request)))
                .await
                .map_err(|_| ConnectionOutcome::RequestTimeout)?
        }
    };
    if !seat.keep() {
        return Err(seat.why());
    }
    let mut answer = match &sites {
        Some(sites) if protocol.takes_time(&request) => {
            let (asked, peer, sites) = (Arc::clone(protocol), peer.clone(), Arc::clone(sites));
            let made = shell.workers.compute(move || answer(&request, &peer, &*asked, &sites));
            let made = timeout_at(deadline, made).await.map_err(|_| ConnectionOutcome::RequestTimeout)?;
            made.unwrap_or_else(|_| protocol.fault(Fault::Internal))
        }
        Some(sites) => answer(&request, peer, &**protocol, sites),
        None => {
            let mut fault = protocol.fault(Fault::Internal);
            fault.outcome.host = protocol.host(&request).map(|host| host.as_str().into());
            fault
        }
    };
    // Where there is only one capsule, its name would say nothing.
    let is_one_of_several = shell.hosting.is_some() || sites.is_some_and(|sites| sites.has_several());
    answer.outcome.host = answer.outcome.host.filter(|_| is_one_of_several);
    // Boxed, so that who has not asked yet does not pay for it.
    let whole = Box::pin(reply(&mut wire, answer, &**protocol, shell, record)).await;
    record.sent = wire.sent();
    if !whole {
        // Without close_notify, so that the reader sees that something is missing.
        return Err(ConnectionOutcome::Truncated);
    }
    Box::pin(wire.close(shell.limits.linger, shell.limits.linger_bytes)).await;
    Ok(ConnectionOutcome::Whole)
}

/// Reads until the protocol has seen enough. It bounds how much that can be.
async fn read_request<S>(wire: &mut Wire<S>, protocol: &dyn Protocol) -> Result<Bytes, ConnectionOutcome>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // Mostly a request comes in one piece, which then is never copied.
    let mut request = Bytes::new();
    loop {
        let piece = wire.read().await.map_err(|_| ConnectionOutcome::Unfinished)?;
        if piece.is_empty() {
            return Err(ConnectionOutcome::Unfinished);
        }
        request = if request.is_empty() { piece } else { [request, piece].concat().into() };
        if let Scan::Complete(length) = protocol.scan(&request) {
            request.truncate(length);
            return Ok(request);
        }
    }
}

/// Asks the protocol. A panic in it costs this reader an apology and nobody else anything.
fn answer(request: &[u8], peer: &Peer, protocol: &dyn Protocol, capsules: &Sites) -> Answer {
    // What unwinds is dropped here; the capsules are immutable, so nobody can see them half changed.
    let answer = catch_unwind(AssertUnwindSafe(|| protocol.answer(request, peer, capsules)));
    answer.unwrap_or_else(|_| {
        tracing::error!(protocol = protocol.name(), "a panic while answering cost one reader the answer");
        protocol.fault(Fault::Internal)
    })
}
