//! Protocols: how the bytes of a request become an answer.
//!
//! A [`Protocol`] has pure functions for any input, without sockets: `scan` finds the end of a request, and `answer`
//! turns it into an [`Answer`]. Each protocol has a module here and an entry in the list of listeners at startup.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod gemini;
pub mod gopher;
pub mod metrics;

use std::sync::Arc;

use bytes::Bytes;

use crate::capsule::FileRef;
use crate::host::{Fingerprint, HostName};
use crate::site::Sites;

/// A protocol of one request and one answer per connection.
pub trait Protocol: Send + Sync {
    /// Returns the name for logs and metrics, such as `gemini`.
    fn name(&self) -> &'static str;

    /// Returns the length of the request in `bytes`, all that was received so far, or `None` if more bytes are needed.
    /// A request that is too long ends at the limit, so that a bounded number of bytes is enough.
    fn scan(&self, bytes: &[u8]) -> Option<usize>;

    /// Returns the host that a complete request names, if any.
    fn host(&self, _request: &[u8]) -> Option<HostName> {
        None
    }

    /// Answers the bytes up to the end that `scan` found, which need not be a valid request. If it must be `quick`, as
    /// on a network thread, and the page is not in the cache, the error is the number of bytes of an essay to convert.
    fn respond(&self, request: &[u8], peer: &Peer, sites: &Sites, quick: bool) -> Result<Answer, usize>;

    /// Answers as [`respond`](Self::respond) does, however long it takes.
    fn answer(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Answer {
        self.respond(request, peer, sites, false).unwrap_or_else(|_| self.fault(Fault::Internal, request))
    }

    /// Returns the answer to `request` if the server cannot compute or send that of `answer`, because of `fault`.
    fn fault(&self, fault: Fault, request: &[u8]) -> Answer;
}

/// Returns where a request ends: after the first `end`, or at `limit` bytes if it is too long.
fn end_of_request(bytes: &[u8], end: &[u8], limit: usize) -> Option<usize> {
    let longest = &bytes[..bytes.len().min(limit)];
    let found = memchr::memmem::find(longest, end).map(|at| at + end.len());
    found.or_else(|| (longest.len() == limit).then_some(limit))
}

/// What is known about the client.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// The host name that it sent in the TLS handshake (RFC 6066, section 3).
    pub server_name: Option<String>,
    /// The certificate that it presented, if one was requested.
    pub credential: Option<Credential>,
}

/// A client certificate, whose key the client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    /// The fingerprint of the certificate, which clients show to their users.
    pub certificate: Fingerprint,
    /// The fingerprint of its public key, which remains when the certificate is renewed.
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
    /// The address of the client has as many connections open as it may have.
    Busy,
}

/// A complete reply. Head and body are sent together, then the connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The header with its line end; empty for protocols without one.
    pub head: Bytes,
    /// The content.
    pub body: Body,
    /// The outcome of the request, for the log.
    pub outcome: Outcome,
}

/// The content of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Bytes, shared with the page cache; none for an answer without content.
    Bytes(Bytes),
    /// A file that the server opens, checks and sends in chunks. If it cannot be opened, [`Protocol::fault`] answers.
    File(FileRef),
}

/// The outcome of a request, for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The outcome in terms that all protocols share.
    pub class: Class,
    /// The status of the protocol, such as `20`; for protocols without one, a word such as `menu`.
    pub status: &'static str,
    /// The requested resource as the client wrote it, without a query.
    pub resource: String,
    /// The host name of the capsule that answered, if one did.
    pub host: Option<Arc<str>>,
}

named! {
    /// The outcome of a request in terms that all protocols share.
    Class {
        /// The resource was sent.
        Served = "served",
        /// The client was redirected.
        Redirected = "redirected",
        /// The resource does not exist, or was withdrawn.
        NotFound = "not-found",
        /// The request was malformed, not allowed, or for another server.
        Refused = "refused",
        /// The server could not answer.
        Failed = "failed",
    }
}
