//! Protocols: how the bytes of a request become an answer.
//!
//! A [`Protocol`] consists of a few pure functions that accept any input: `scan` finds the end of a request, and
//! `answer` turns a complete request into an [`Answer`]. They know no sockets, so tests call them with tables of bytes.
//! Each protocol has a module here and an entry in the list of listeners at startup.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod answer;

pub mod gemini;
pub mod gopher;
pub mod metrics;

use std::net::SocketAddr;

pub use answer::{Answer, Body, Class, Outcome};

use crate::host::{Fingerprint, HostName};
use crate::site::Sites;

/// A protocol of one request and one answer per connection.
pub trait Protocol: Send + Sync {
    /// Returns the name for logs and metrics, such as `gemini`.
    fn name(&self) -> &'static str;

    /// Looks for a complete request in `bytes`, all that was received so far. After [`Scan::More`] it is called again
    /// with more bytes; it returns [`Scan::Complete`] within a bounded number of them.
    fn scan(&self, bytes: &[u8]) -> Scan;

    /// Returns the host that a complete request names, if any.
    fn host(&self, request: &[u8]) -> Option<HostName> {
        let _ = request;
        None
    }

    /// Answers the bytes that `scan` called complete. They need not be a valid request.
    fn answer(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Answer;

    /// Returns whether `answer` may take long for this request, as for a page that is not in the cache, and must not run
    /// on a network thread.
    fn takes_time(&self, request: &[u8], peer: &Peer, sites: &Sites) -> bool {
        let _ = (request, peer, sites);
        false
    }

    /// Returns the answer for when the server cannot compute or send the one of `answer`.
    fn fault(&self, fault: Fault) -> Answer;
}

/// What [`Protocol::scan`] finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// More bytes are needed.
    More,
    /// The first `n` bytes are to be answered: a complete request, or one that is too long already.
    Complete(usize),
}

/// What is known about the client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// Its address, where it is known.
    pub address: Option<SocketAddr>,
    /// The host name that it sent in the TLS handshake (RFC 6066, section 3).
    pub server_name: Option<String>,
    /// The certificate that it showed, if one was requested.
    pub credential: Option<Credential>,
}

/// A client certificate. The client proved in the handshake that it has the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    /// The fingerprint of the certificate, which clients show for an identity.
    pub certificate: Fingerprint,
    /// The fingerprint of its public key, which stays when the certificate is renewed.
    pub public_key: Fingerprint,
    /// Whether the certificate is valid now.
    pub validity: Validity,
}

/// The validity of a certificate at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Between its two dates.
    Valid,
    /// Before the first date.
    NotYet,
    /// After the second date.
    Expired,
}

/// Why the server cannot give an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The file to be sent no longer exists, or is not a regular file inside the content folder.
    Missing,
    /// A file could not be read, or the server has a bug.
    Internal,
}
