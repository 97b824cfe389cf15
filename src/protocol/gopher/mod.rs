//! Gopher: a selector, answered by a menu, a text or a file (RFC 1436 and the conventions of clients since).
//!
//! [`selector`] parses the line; [`respond`] finds what it means, since clients encode, prefix and extend selectors.

mod respond;
mod selector;

use super::{Answer, Fault, Peer, Protocol, Scan};
use crate::site::Sites;

/// How clients reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GopherOptions {
    /// The host name of the capsule to serve, because a selector names no host; `None` for the first capsule.
    pub capsule: Option<String>,
    /// The host name in menus.
    pub host: String,
    /// The port in menus. Behind a port forwarding it differs from the bound port.
    pub port: u16,
    /// Whether the port also accepts TLS.
    pub tls: bool,
    /// The Gemini address of the capsule, for the answer to web browsers.
    pub gemini_url: String,
}

/// The Gopher protocol.
#[derive(Debug, Clone)]
pub struct Gopher {
    options: GopherOptions,
}

impl Gopher {
    /// Creates the protocol for a server that is reached according to `options`.
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

    fn answer(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Answer {
        respond::respond(&selector::read(request), peer, sites, &self.options)
    }

    fn takes_time(&self, request: &[u8], peer: &Peer, sites: &Sites) -> bool {
        respond::takes_time(&selector::read(request), peer, sites, &self.options)
    }

    fn fault(&self, fault: Fault) -> Answer {
        respond::fault(fault)
    }
}
