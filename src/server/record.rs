//! [`ConnectionRecord`]: what happened on one connection, as the access log writes it and the metrics count it.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use crate::protocol::Outcome;

/// What happened on one connection.
#[derive(Debug, Clone)]
pub(super) struct ConnectionRecord {
    /// When the connection ended.
    pub(super) ended: SystemTime,
    /// The name of the protocol.
    pub(super) protocol: &'static str,
    /// The address of the client, where it is known.
    pub(super) peer: Option<SocketAddr>,
    /// The outcome of the request; `None` if no request was completed.
    pub(super) request: Option<Outcome>,
    /// How the connection ended.
    pub(super) outcome: ConnectionOutcome,
    /// Bytes sent, including those that TLS adds.
    pub(super) sent: u64,
    /// Time from `accept` to the end.
    pub(super) duration: Duration,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectionOutcome {
    /// The whole reply was sent.
    Whole,
    /// The reply was cut off: the client left or stopped reading, or a file could not be read to its end.
    Truncated,
    /// No byte arrived before the deadline.
    Silent,
    /// The first bytes belong to another protocol.
    OtherProtocol,
    /// The TLS handshake failed.
    HandshakeFailed,
    /// The TLS handshake was not completed before the deadline.
    HandshakeTimeout,
    /// The client left before its request was complete.
    Unfinished,
    /// The request was not complete before the deadline.
    RequestTimeout,
    /// The address of the client had too many connections open.
    Refused,
    /// The connection was evicted: its request was incomplete when another connection needed the slot.
    Evicted,
    /// A PROXY header arrived from an address that is not a trusted proxy.
    UnlistedProxy,
    /// A trusted proxy sent no valid PROXY header.
    NoProxyHeader,
    /// The server stopped before the connection was finished.
    Stopped,
    /// A bug in the server ended the connection.
    Broken,
}

impl ConnectionOutcome {
    /// All values, in the order of their declaration.
    const ALL: [Self; 14] = [
        Self::Whole,
        Self::Truncated,
        Self::Silent,
        Self::OtherProtocol,
        Self::HandshakeFailed,
        Self::HandshakeTimeout,
        Self::Unfinished,
        Self::RequestTimeout,
        Self::Refused,
        Self::Evicted,
        Self::UnlistedProxy,
        Self::NoProxyHeader,
        Self::Stopped,
        Self::Broken,
    ];

    /// Returns the word for it in the log and the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Truncated => "truncated",
            Self::Silent => "silent",
            Self::OtherProtocol => "other-protocol",
            Self::HandshakeFailed => "handshake-failed",
            Self::HandshakeTimeout => "handshake-timeout",
            Self::Unfinished => "unfinished",
            Self::RequestTimeout => "request-timeout",
            Self::Refused => "refused",
            Self::Evicted => "made-room",
            Self::UnlistedProxy => "unlisted-proxy",
            Self::NoProxyHeader => "no-proxy-header",
            Self::Stopped => "stopped",
            Self::Broken => "broken",
        }
    }

    /// Returns the value with this [`name`](Self::name).
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_a_name_of_its_own() {
        assert_eq!(ConnectionOutcome::ALL.len() - 1, ConnectionOutcome::Broken as usize);
        for (at, outcome) in ConnectionOutcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, at);
            assert_eq!(ConnectionOutcome::from_name(outcome.name()), Some(outcome));
        }
    }
}
