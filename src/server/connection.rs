//! One connection, from its first byte to its record.
//!
//! Its stages are the PROXY header (only from a trusted proxy), the first byte, the handshake, the request, the answer,
//! the reply and an orderly close, each under a deadline. It runs on any stream, so that tests can use pipes and a paused
//! clock.

use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::AsyncRead;
use tokio::time::{Instant, timeout, timeout_at};

use super::admission::{AddressSlot, ConnectionLimiter, PendingSlot};
use super::attachment::{self, SendError};
use super::context::{Endpoint, Limits, ServerContext, Transport};
use super::handshake;
use super::proxy_header::{is_meant_as_header, read_header};
use super::record::{ConnectionOutcome, ConnectionRecord};
use super::tls::Tls;
use super::wire::{ClientStream, Socket, Wire, read_once};
use crate::protocol::{Answer, Body, Fault, Peer, Protocol, Scan};
use crate::site::Sites;

/// The first byte of a TLS record that opens a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// The other end of an accepted connection.
#[derive(Debug)]
pub struct Client {
    /// The address that connected, where it is known.
    pub peer: Option<SocketAddr>,
    /// The place of the connection among those that may be evicted.
    pub slot: PendingSlot,
    /// Whether its address has too many connections open, and the answer is a refusal.
    pub is_surplus: bool,
    /// For a trusted proxy, admits the client that it names; `None` if `peer` is the client.
    pub behind_proxy: Option<ConnectionLimiter>,
}

/// Serves one connection to its end.
pub async fn serve_connection<S: ClientStream>(
    io: S,
    client: Client,
    endpoint: &Endpoint,
    context: &ServerContext,
) {
    let mut open = context.open_record(endpoint.protocol.name(), client.peer);
    let is_surplus = client.is_surplus;
    let mut connection =
        Connection { client: &client, endpoint, context, record: &mut open.record, is_surplus };
    let result = tokio::select! {
        biased;
        result = connection.run(io) => result,
        outcome = client.slot.evicted() => Err(outcome),
    };
    let whole = if connection.is_surplus { ConnectionOutcome::Refused } else { ConnectionOutcome::Whole };
    open.record.outcome = result.err().unwrap_or(whole);
}

/// What the stages of one connection need. Each of them fails with the outcome to record.
struct Connection<'c> {
    client: &'c Client,
    endpoint: &'c Endpoint,
    context: &'c ServerContext,
    record: &'c mut ConnectionRecord,
    is_surplus: bool,
}

impl Connection<'_> {
    /// Looks at the first bytes and continues with what they are.
    async fn run<S: ClientStream>(&mut self, mut io: S) -> Result<(), ConnectionOutcome> {
        let deadline = Instant::now() + self.first_timeout();
        let (_address_slot, mut first) = match &self.client.behind_proxy {
            None => (None, Bytes::new()),
            // Boxed like every later stage, so that a connection which has not come that far is small.
            Some(limiter) => Box::pin(self.admit_proxied(&mut io, limiter, deadline)).await?,
        };
        if first.is_empty() {
            let read = timeout_at(deadline, read_once(&mut io)).await;
            first = read.map_err(|_| ConnectionOutcome::Silent)?.map_err(|_| ConnectionOutcome::Silent)?;
        }
        if is_meant_as_header(&first) {
            return Err(ConnectionOutcome::UnlistedProxy);
        }
        let is_tls = *first.first().ok_or(ConnectionOutcome::Silent)? == TLS_HANDSHAKE;
        let socket = Socket::new(io, first);
        match (&self.endpoint.transport, is_tls) {
            (Transport::Plain, true) | (Transport::Tls(_), false) => Err(ConnectionOutcome::OtherProtocol),
            (Transport::Plain | Transport::Either(_), false) => {
                let peer = Peer { address: self.record.peer, ..Peer::default() };
                Box::pin(self.exchange(Wire::Plain(socket), peer, deadline)).await
            }
            (Transport::Tls(tls), true) => {
                let (tls, hosted) = (tls.load_full(), Some(self.context));
                Box::pin(self.exchange_over_tls(socket, tls, hosted, deadline)).await
            }
            (Transport::Either(tls), true) => {
                let tls = Arc::new(tls.load().without_client_auth());
                Box::pin(self.exchange_over_tls(socket, tls, None, deadline)).await
            }
        }
    }

    fn first_timeout(&self) -> Duration {
        let Limits { request, handshake, .. } = self.context.limits;
        match self.endpoint.transport {
            Transport::Plain => request,
            Transport::Tls(_) | Transport::Either(_) => handshake,
        }
    }

    /// Reads the header of a trusted proxy, and counts the client that it names against the limit of its address.
    /// Returns the bytes behind the header, too. A proxy that connects for itself is not limited.
    async fn admit_proxied(
        &mut self,
        io: &mut (impl AsyncRead + Unpin),
        limiter: &ConnectionLimiter,
        deadline: Instant,
    ) -> Result<(Option<AddressSlot>, Bytes), ConnectionOutcome> {
        let header = timeout_at(deadline, read_header(io)).await;
        let (client, first) = header.map_err(|_| ConnectionOutcome::Silent)??;
        let Some(client) = client else { return Ok((None, first)) };
        self.record.peer = Some(client);
        let slot = limiter.address_slot(client).ok_or(ConnectionOutcome::Refused)?;
        self.is_surplus = slot.is_surplus();
        self.client.slot.assign(&slot);
        Ok((Some(slot), first))
    }

    /// Completes the handshake, which may name a `hosted` capsule, and continues inside TLS.
    async fn exchange_over_tls<S: ClientStream>(
        &mut self,
        socket: Socket<S>,
        tls: Arc<Tls>,
        hosted: Option<&ServerContext>,
        deadline: Instant,
    ) -> Result<(), ConnectionOutcome> {
        let handshake = Box::pin(timeout_at(deadline, handshake::accept(socket, &tls, hosted))).await;
        let stream = handshake
            .map_err(|_| ConnectionOutcome::HandshakeTimeout)?
            .map_err(|_| ConnectionOutcome::HandshakeFailed)?;
        let mut peer = Peer { address: self.record.peer, ..Peer::default() };
        handshake::identify(&mut peer, stream.get_ref().1);
        let deadline = Instant::now() + self.context.limits.request;
        self.exchange(Wire::tls(stream), peer, deadline).await
    }

    /// Reads the request, sends the reply and closes.
    async fn exchange<S: ClientStream>(
        &mut self,
        mut wire: Wire<S>,
        peer: Peer,
        deadline: Instant,
    ) -> Result<(), ConnectionOutcome> {
        let Self { endpoint: Endpoint { protocol, .. }, context, .. } = *self;
        let request = timeout_at(deadline, read_request(&mut wire, &**protocol))
            .await
            .map_err(|_| ConnectionOutcome::RequestTimeout)??;
        let answer = self.answer(request, peer, deadline).await?;
        // Boxed, so that a connection that waits for its request is small.
        let replied = Box::pin(reply(&mut wire, answer, &**protocol, context, self.record)).await;
        self.record.sent = wire.sent();
        // A reply that was cut off ends without close_notify, so that the client notices.
        replied?;
        Box::pin(wire.close(context.limits.linger, context.limits.linger_bytes)).await;
        Ok(())
    }

    /// Chooses the capsules that `request` is answered from and asks the protocol for the answer.
    async fn answer(
        &self,
        request: Bytes,
        peer: Peer,
        deadline: Instant,
    ) -> Result<Answer, ConnectionOutcome> {
        let Self { endpoint: Endpoint { protocol, .. }, context, .. } = self;
        if self.is_surplus {
            self.client.slot.leave()?;
            return Ok(protocol.fault(Fault::Busy, &request));
        }
        let sites = match &context.hosting {
            None => Some(context.sites.load()),
            Some(_) => Box::pin(timeout_at(deadline, hosted_sites(context, &**protocol, &request)))
                .await
                .map_err(|_| ConnectionOutcome::RequestTimeout)?,
        };
        self.client.slot.leave()?;
        let Some(sites) = sites else {
            let mut answer = protocol.fault(Fault::Internal, &request);
            answer.outcome.host = protocol.host(&request).map(|host| host.as_str().into());
            return Ok(answer);
        };
        // The log names the capsule only where there may be several.
        let names_host = context.hosting.is_some() || sites.has_several();
        let now = guarded(&**protocol, &request, || protocol.answer_now(&request, &peer, &sites));
        let mut answer = if let Some(answer) = now {
            answer
        } else {
            let (of_job, asked) = (Arc::clone(protocol), request.clone());
            let job = move || guarded(&*of_job, &asked, || Some(of_job.answer(&asked, &peer, &sites)));
            let computed = timeout(context.limits.request, context.workers.compute(job)).await;
            let computed = computed.map_err(|_| ConnectionOutcome::RequestTimeout)?;
            computed.ok().flatten().unwrap_or_else(|| protocol.fault(Fault::Internal, &request))
        };
        answer.outcome.host = answer.outcome.host.filter(|_| names_host);
        Ok(answer)
    }
}

/// Reads until the protocol finds a complete request. The protocol bounds its length.
async fn read_request<S: ClientStream>(
    wire: &mut Wire<S>,
    protocol: &dyn Protocol,
) -> Result<Bytes, ConnectionOutcome> {
    let mut request = Bytes::new();
    loop {
        let chunk = wire.read().await.map_err(|_| ConnectionOutcome::Unfinished)?;
        if chunk.is_empty() {
            return Err(ConnectionOutcome::Unfinished);
        }
        // A request mostly arrives in one chunk and is never copied.
        request = if request.is_empty() { chunk } else { [request, chunk].concat().into() };
        if let Scan::Complete(length) = protocol.scan(&request) {
            request.truncate(length);
            return Ok(request);
        }
    }
}

/// Returns the configured capsules, or the hosted one that `request` names; `None` if that cannot be shown.
async fn hosted_sites(
    context: &ServerContext,
    protocol: &dyn Protocol,
    request: &[u8],
) -> Option<Arc<Sites>> {
    if let Some(host) = protocol.host(request)
        && let Some(hosting) = context.hosting_for(&host)
        && let Some(hosted) = hosting.load(&host).await
    {
        return hosted.sites.clone();
    }
    Some(context.sites.load())
}

/// Returns the answer that `answer` gets from the protocol, or a fault if the protocol panics.
fn guarded(
    protocol: &dyn Protocol,
    request: &[u8],
    answer: impl FnOnce() -> Option<Answer>,
) -> Option<Answer> {
    // Unwind safe: sites are immutable, and everything else is dropped here.
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
        tracing::error!(protocol = protocol.name(), "a panic while answering failed one request");
        Some(protocol.fault(Fault::Internal, request))
    })
}

/// Sends `answer` to its end and notes its outcome in `record`.
/// Fails if the reply is cut off.
async fn reply<S: ClientStream>(
    wire: &mut Wire<S>,
    answer: Answer,
    protocol: &dyn Protocol,
    context: &ServerContext,
    record: &mut ConnectionRecord,
) -> Result<(), ConnectionOutcome> {
    let stall = context.limits.write_stall;
    let Answer { mut head, body, outcome } = answer;
    let request = record.request.insert(outcome);
    let body = match body {
        Body::Empty => Bytes::new(),
        Body::Bytes(bytes) => bytes,
        Body::File(file) => match attachment::send(wire, head, file, &context.files, stall).await {
            Ok(()) => return Ok(()),
            Err(SendError::CutOff) => return Err(ConnectionOutcome::Truncated),
            Err(SendError::Unsent(error)) => {
                let fault = protocol.fault(fault_of(&error), &[]);
                (request.class, request.status) = (fault.outcome.class, fault.outcome.status);
                head = fault.head;
                if let Body::Bytes(bytes) = fault.body { bytes } else { Bytes::new() }
            }
        },
    };
    wire.send(head, body, true, stall).await.map_err(|_| ConnectionOutcome::Truncated)
}

fn fault_of(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Fault::Missing,
        _ => Fault::Internal,
    }
}
