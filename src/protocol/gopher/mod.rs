//! Gopher: one selector, one menu, text or file back (RFC 1436 and what clients have made of it since).
//!
//! [`selector`] reads the line, [`respond`] finds what it may mean: readers arrive with selectors that
//! other software has encoded, prefixed or taken from the web. [`hurl`] holds the one page that is not in
//! any capsule.

mod hurl;
mod respond;
mod selector;

use super::{Answer, Fault, Peer, Protocol, Scan};
use crate::site::Sites;

/// What this server should know about how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GopherOptions {
    /// The host name of the capsule that is served; none means the first one. A selector names no host.
    pub capsule: Option<String>,
    /// The host name that menus name.
    pub host: String,
    /// The port that menus name: what readers see, which behind a port forwarding differs from the bound
    /// port.
    pub port: u16,
    /// Whether TLS is spoken on the same port, for clients that ask.
    pub tls: bool,
    /// The Gemini address of the same capsule, for those who come with a web browser.
    pub gemini_url: Option<String>,
}

/// The protocol of gopher holes.
#[derive(Debug, Clone)]
pub struct Gopher {
    options: GopherOptions,
}

impl Gopher {
    /// A conversation partner that is reached as `options` say.
    pub fn new(options: GopherOptions) -> Self {
        Self { options }
    }
}

impl Protocol for Gopher {
    fn name(&self) -> &'static str {
        "gopher"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        selector::scan(bytes)
    }

    fn answer(&self, request: &[u8], peer: &Peer, capsules: &Sites) -> Answer {
        respond::respond(&selector::read(request), peer, capsules, &self.options)
    }

    fn takes_time(&self, request: &[u8]) -> bool {
        memchr::memmem::find(request, b"search").is_some()
    }

    fn fault(&self, fault: Fault) -> Answer {
        respond::fault(fault)
    }
}
