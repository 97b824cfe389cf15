//! [`ConnectionRecord`]: what happened on one connection, as the access log writes it and the metrics count it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use crate::protocol::Outcome;

#[derive(Debug)]
pub(super) struct ConnectionRecord {
    pub(super) ended: SystemTime,
    pub(super) protocol: &'static str,
    pub(super) peer: SocketAddr,
    /// The outcome of the request; `None` if no request was completed.
    pub(super) request: Option<Outcome>,
    pub(super) outcome: ConnectionOutcome,
    pub(super) sent: u64,
    /// Time from `accept` to the end.
    pub(super) duration: Duration,
}

/// What a stage of a connection results in, or the outcome to record if the connection ends there.
pub(super) type Stage<T = ()> = Result<T, ConnectionOutcome>;

named! {
    /// How a connection ended.
    ConnectionOutcome {
        /// The whole reply was sent.
        Whole = "whole",
        /// The reply was cut off: the client left or stopped reading, or a file could not be read to its end.
        Truncated = "truncated",
        /// No byte arrived before the deadline.
        Silent = "silent",
        /// The first bytes belong to another protocol.
        OtherProtocol = "other-protocol",
        /// The TLS handshake failed.
        HandshakeFailed = "handshake-failed",
        /// The TLS handshake was not completed before the deadline.
        HandshakeTimeout = "handshake-timeout",
        /// The client left before its request was complete.
        Unfinished = "unfinished",
        /// The request was not complete before the deadline.
        RequestTimeout = "request-timeout",
        /// The address of the client had too many connections open.
        Refused = "refused",
        /// The connection was evicted: its request was incomplete when another connection needed the slot.
        Evicted = "made-room",
        /// A PROXY header arrived from an address that is not a trusted proxy.
        UnlistedProxy = "unlisted-proxy",
        /// A trusted proxy sent no valid PROXY header.
        NoProxyHeader = "no-proxy-header",
        /// The server stopped before the connection was finished.
        Stopped = "stopped",
        /// A bug in the server ended the connection.
        Broken = "broken",
    }
}
