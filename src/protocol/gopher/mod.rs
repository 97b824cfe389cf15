//! Gopher: a selector, answered by a menu, a text or a file (RFC 1436 and the conventions of clients since).
//!
//! [`selector`] parses the line; [`respond`] finds what it means, since clients encode, prefix and extend selectors.

mod respond;
mod selector;

use super::{Answer, Fault, Peer, Protocol, Scan};
use crate::host::HostName;
use crate::site::{Authority, Sites};

/// The Gopher protocol of one capsule.
#[derive(Debug, Clone)]
pub struct Gopher {
    /// The host name of the capsule to serve, because a selector names no host; `None` for the first capsule.
    pub capsule: Option<HostName>,
    /// The host name and port in menus. Behind a port forwarding the port differs from the bound one.
    pub advertised: Authority,
    /// Whether the port also accepts TLS.
    pub tls: bool,
    /// The Gemini address of the capsule, for the answer to web browsers.
    pub gemini_url: String,
}

impl Protocol for Gopher {
    fn name(&self) -> &'static str {
        "gopher"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        selector::scan(bytes)
    }

    fn answer(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Answer {
        respond::respond(&selector::read(request), peer, sites, self)
    }

    fn answer_now(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Option<Answer> {
        respond::respond_now(&selector::read(request), peer, sites, self)
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        respond::fault(fault, &selector::read(request))
    }
}
