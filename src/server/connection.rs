//! One connection, from its first byte to its record.
//!
//! Its stages are the PROXY header (only from a trusted proxy), the first byte, the handshake, the request, the answer,
//! the reply and an orderly close, each under a deadline. Tests run it on pipes with a paused clock.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::{Instant, timeout, timeout_at};

use super::admission::{Client, ConnectionSlot};
use super::attachment::{self, SendError};
use super::context::{Endpoint, ServerContext, Transport};
use super::handshake;
use super::proxy_header::{is_meant_as_header, read_header};
use super::record::{ConnectionOutcome, ConnectionRecord, Stage};
use super::wire::{ClientStream, Socket, Wire, read_once};
use crate::protocol::{Answer, Body, Fault, Peer, Protocol};
use crate::site::Sites;

/// The first byte of a TLS record that opens a handshake (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// Length of an essay, in bytes, beyond which its conversion takes more than some 20 ms.
const LONG_ESSAY: usize = 256 << 10;

/// Serves one connection to its end.
pub async fn serve_connection<S: ClientStream>(io: S, client: Client, endpoint: &Endpoint, context: &ServerContext) {
    // The slot is released after the record is written: a shutdown waits for all slots.
    let Client { peer, is_proxy, mut slot, eviction } = client;
    let Endpoint { protocol, transport } = endpoint;
    let mut open = context.open_record(protocol.name(), peer);
    let (record, peer) = (&mut open.record, Peer::default());
    let mut connection = Connection { slot: &mut slot, protocol, context, record, peer };
    let result = tokio::select! {
        biased;
        result = connection.run(io, is_proxy, transport) => result,
        Ok(outcome) = eviction => Err(outcome),
    };
    let whole = if slot.is_surplus { ConnectionOutcome::Refused } else { ConnectionOutcome::Whole };
    open.record.outcome = result.err().unwrap_or(whole);
}

struct Connection<'c> {
    slot: &'c mut ConnectionSlot,
    protocol: &'c Arc<dyn Protocol>,
    context: &'c ServerContext,
    record: &'c mut ConnectionRecord,
    peer: Peer,
}

impl Connection<'_> {
    async fn run<S: ClientStream>(&mut self, mut io: S, is_proxy: bool, transport: &Transport) -> Stage {
        let limits = &self.context.limits;
        let is_plain = matches!(transport, Transport::Plain);
        let deadline = Instant::now() + if is_plain { limits.request } else { limits.handshake };
        let mut first = Bytes::new();
        if is_proxy {
            // Boxed like every later stage, so that a connection which has not come that far is small.
            first = Box::pin(self.admit_proxied(&mut io, deadline)).await?;
        }
        if first.is_empty() {
            let read = timeout_at(deadline, read_once(&mut io)).await;
            first = read.ok().and_then(Result::ok).unwrap_or_default();
        }
        if is_meant_as_header(&first) {
            return Err(ConnectionOutcome::UnlistedProxy);
        }
        let is_tls = *first.first().ok_or(ConnectionOutcome::Silent)? == TLS_HANDSHAKE;
        let socket = Socket::new(io, first, limits.write_stall);
        match (transport, is_tls) {
            (Transport::Plain, true) | (Transport::Tls(_), false) => Err(ConnectionOutcome::OtherProtocol),
            (Transport::Plain | Transport::Either(_), false) => {
                Box::pin(self.exchange(Wire::Plain(socket), deadline)).await
            }
            (Transport::Tls(tls) | Transport::Either(tls), true) => {
                let (tls, context) = (tls.load_full(), matches!(transport, Transport::Tls(_)).then_some(self.context));
                let handshake = Box::pin(timeout_at(deadline, handshake::accept(socket, &tls, context))).await;
                let stream = handshake.map_err(|_| ConnectionOutcome::HandshakeTimeout)?;
                let stream = stream.map_err(|_| ConnectionOutcome::HandshakeFailed)?;
                self.peer = handshake::peer(stream.get_ref().1);
                let deadline = Instant::now() + limits.request;
                Box::pin(self.exchange(Wire::Tls(stream), deadline)).await
            }
        }
    }

    /// Reads the header of a trusted proxy, and counts the client that it names against the limit of its address.
    /// Returns the bytes after the header. A proxy that connects for itself is not limited.
    async fn admit_proxied<S: ClientStream>(&mut self, io: &mut S, deadline: Instant) -> Stage<Bytes> {
        let header = timeout_at(deadline, read_header(io)).await;
        let (client, first) = header.map_err(|_| ConnectionOutcome::Silent)??;
        if let Some(client) = client {
            self.record.peer = client;
            self.slot.count_for(client)?;
        }
        Ok(first)
    }

    async fn exchange<S: ClientStream>(&mut self, mut wire: Wire<S>, deadline: Instant) -> Stage {
        let request = timeout_at(deadline, self.read_request(&mut wire)).await;
        let request = request.map_err(|_| ConnectionOutcome::RequestTimeout)??;
        let answer = self.answer(request, deadline).await?;
        // Boxed, so that a connection that waits for its request is small.
        let replied = Box::pin(self.reply(&mut wire, answer)).await;
        self.record.sent = wire.socket().sent;
        // A reply that was cut off ends without close_notify, so that the client notices.
        replied?;
        Box::pin(wire.close(self.context.limits.linger)).await;
        Ok(())
    }

    /// Reads until the protocol finds a complete request. The protocol bounds its length.
    async fn read_request<S: ClientStream>(&self, wire: &mut Wire<S>) -> Stage<Bytes> {
        let mut request = Bytes::new();
        loop {
            let chunk = wire.read().await.unwrap_or_default();
            if chunk.is_empty() {
                return Err(ConnectionOutcome::Unfinished);
            }
            // A request mostly arrives in one chunk and is never copied.
            request = if request.is_empty() { chunk } else { [request, chunk].concat().into() };
            if let Some(length) = self.protocol.scan(&request) {
                request.truncate(length);
                return Ok(request);
            }
        }
    }

    /// Chooses the capsules that `request` is answered from and asks the protocol for the answer.
    async fn answer(&mut self, request: Bytes, deadline: Instant) -> Stage<Answer> {
        let (protocol, context) = (self.protocol, self.context);
        if self.slot.is_surplus {
            self.slot.leave().await;
            return Ok(protocol.fault(Fault::Busy, &request));
        }
        let sites = Box::pin(timeout_at(deadline, self.sites(&request))).await;
        let sites = sites.map_err(|_| ConnectionOutcome::RequestTimeout)?;
        self.slot.leave().await;
        let Some(sites) = sites else {
            let mut answer = protocol.fault(Fault::Internal, &request);
            answer.outcome.host = protocol.host(&request).map(|host| Arc::from(&*host));
            return Ok(answer);
        };
        // The log names the capsule only where there may be several.
        let names_host = context.hosting.is_some() || sites.all.len() > 1;
        let peer = std::mem::take(&mut self.peer);
        let broken = || {
            tracing::error!(protocol = protocol.name(), "a panic while answering failed one request");
            protocol.fault(Fault::Internal, &request)
        };
        // Unwind safe: sites are immutable, and everything else is dropped here.
        let now = catch_unwind(AssertUnwindSafe(|| protocol.respond(&request, &peer, &sites, true)));
        let mut answer = match now.unwrap_or_else(|_| Ok(broken())) {
            Ok(answer) => answer,
            Err(bytes) => {
                let (of_job, asked) = (Arc::clone(protocol), request.clone());
                let job = move || of_job.answer(&asked, &peer, &sites);
                let workers = if bytes > LONG_ESSAY { &context.long_worker } else { &context.workers };
                let computed = timeout(context.limits.request, workers.compute(job)).await;
                computed.map_err(|_| ConnectionOutcome::RequestTimeout)?.unwrap_or_else(|_| broken())
            }
        };
        answer.outcome.host = answer.outcome.host.filter(|_| names_host);
        Ok(answer)
    }

    /// Returns the configured capsules, or the hosted one that `request` names; `None` if that cannot be shown.
    async fn sites(&self, request: &[u8]) -> Option<Arc<Sites>> {
        if self.context.hosting.is_some()
            && let Some(host) = self.protocol.host(request)
            && let Some(hosted) = self.context.hosted(&host).await
        {
            return hosted.sites.clone();
        }
        Some(self.context.sites.load_full())
    }

    async fn reply<S: ClientStream>(&mut self, wire: &mut Wire<S>, answer: Answer) -> Stage {
        let Answer { mut head, mut body, outcome } = answer;
        let request = self.record.request.insert(outcome);
        if let Body::File(file) = body {
            match attachment::send(wire, head, file, &self.context.files).await {
                Ok(()) => return Ok(()),
                Err(SendError::CutOff) => return Err(ConnectionOutcome::Truncated),
                Err(SendError::Unsent(error)) => {
                    let is_missing = matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied);
                    let fault = if is_missing { Fault::Missing } else { Fault::Internal };
                    let fault = self.protocol.fault(fault, &[]);
                    (request.class, request.status) = (fault.outcome.class, fault.outcome.status);
                    (head, body) = (fault.head, fault.body);
                }
            }
        }
        let body = if let Body::Bytes(bytes) = body { bytes } else { Bytes::new() };
        wire.send(head, body, true).await.map_err(|_| ConnectionOutcome::Truncated)
    }
}
