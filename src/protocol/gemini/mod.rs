//! Gemini: one URL over TLS, one status line back (protocol specification 0.24.1).
//!
//! [`request`] reads the line the way the specification writes it, byte by byte, before any library that
//! would trim or repair it. [`respond`] turns what the capsule has at that address into a [`Status`] and
//! its text. Every refusal is a value of one small enum with one status each.

mod entrance;
mod request;
mod respond;
mod status;

pub use status::Status;

use super::{Answer, Fault, Peer, Protocol, Scan};
use crate::host::HostName;
use crate::site::Sites;

/// What this server should know about how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeminiOptions {
    /// The ports that a URL may name: what readers see, which behind a port forwarding differs from the
    /// bound port.
    pub ports: Vec<u16>,
    /// Whether a URL with another port is refused with 53. Off for servers whose outside port is unknown.
    pub check_port: bool,
}

/// The protocol of capsules.
#[derive(Debug, Clone)]
pub struct Gemini {
    options: GeminiOptions,
}

impl Gemini {
    /// A conversation partner that is reached as `options` say.
    pub fn new(options: GeminiOptions) -> Self {
        Self { options }
    }
}

impl Protocol for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        request::scan(bytes)
    }

    fn answer(&self, request: &[u8], peer: &Peer, capsules: &Sites) -> Answer {
        match request::read(request, &self.options, capsules) {
            Ok(request) => respond::respond(&request, peer),
            Err(refusal) => respond::refuse(refusal, request),
        }
    }

    fn host(&self, request: &[u8]) -> Option<HostName> {
        request::host(request)
    }

    fn takes_time(&self, request: &[u8]) -> bool {
        memchr::memmem::find(request, b"/search").is_some()
    }

    fn fault(&self, fault: Fault) -> Answer {
        respond::fault(fault)
    }
}
