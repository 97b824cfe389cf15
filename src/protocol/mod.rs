//! Conversations: how bytes from a reader become an answer from a capsule.
//!
//! A [`Protocol`] is a few pure, total functions. `scan` looks at the bytes that have arrived and says
//! whether a request is complete; `answer` turns a complete request into an [`Answer`]. Neither knows what
//! a socket is, so both are tested as tables, and every protocol is one folder here and one line of
//! registration at the desk.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod answer;
mod credential;

pub mod gemini;
pub mod gopher;
pub mod metrics;

use std::net::SocketAddr;

pub use answer::{Answer, Body, Class, Outcome};
pub use credential::{Credential, Validity};

use crate::host::HostName;
use crate::site::Sites;

/// One way of asking a capsule for something, and of being answered.
pub trait Protocol: Send + Sync {
    /// The name for logs: `gemini`, `gopher`.
    fn name(&self) -> &'static str;

    /// Whether `bytes`, all that has arrived so far, hold a complete request. Called again with more
    /// bytes after [`Scan::More`]; must say [`Scan::Complete`] within a bounded number of bytes.
    fn scan(&self, bytes: &[u8]) -> Scan;

    /// The host name that a complete request is for, in lower case and punycode, without a trailing dot; none if it
    /// names none.
    fn host(&self, request: &[u8]) -> Option<HostName> {
        let _ = request;
        None
    }

    /// The answer to the bytes that `scan` called complete. Total: any bytes get an answer.
    fn answer(&self, request: &[u8], peer: &Peer, capsules: &Sites) -> Answer;

    /// Whether `answer` may take more than a moment for this request, so that it must not hold up others.
    fn takes_time(&self, request: &[u8]) -> bool {
        let _ = request;
        false
    }

    /// The answer when the shell could not carry out what `answer` decided.
    fn fault(&self, fault: Fault) -> Answer;
}

/// What [`Protocol::scan`] makes of the bytes that have arrived so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// More bytes are needed.
    More,
    /// The first `n` bytes are to be answered: a complete request, or more than any request may hold.
    Complete(usize),
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// Their address, where the system would say.
    pub address: Option<SocketAddr>,
    /// The host name of the TLS handshake (RFC 6066, section 3), if there was one.
    pub server_name: Option<String>,
    /// The certificate they have shown, if they were asked for one and have one.
    pub credential: Option<Credential>,
}

/// Why the shell could not carry out an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The file to be streamed is not there any more, or is not a regular file inside the folder.
    Missing,
    /// Something broke on our side.
    Internal,
}
