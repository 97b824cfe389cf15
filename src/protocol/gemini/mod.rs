//! Gemini: a URL over TLS, answered by a status line and a body (protocol specification 0.24.1).
//!
//! [`request`] parses the line; [`respond`] finds what the capsule has at its address. Each refusal is a value with one
//! [`Status`].

mod request;
mod respond;

use super::{Answer, Fault, Peer, Protocol, Scan};
use crate::host::HostName;
use crate::site::Sites;

/// How clients reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeminiOptions {
    /// The ports that a URL may name. Behind a port forwarding they differ from the bound port.
    pub ports: Vec<u16>,
    /// Whether a URL with another port is refused with status 53. Off where the outside port is unknown.
    pub check_port: bool,
}

/// The Gemini protocol.
#[derive(Debug, Clone)]
pub struct Gemini {
    options: GeminiOptions,
}

impl Gemini {
    /// Creates the protocol for a server that is reached according to `options`.
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

    fn answer(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Answer {
        match request::read(request, &self.options, sites) {
            Ok(request) => respond::respond(&request, peer),
            Err(refusal) => respond::refuse(refusal, request),
        }
    }

    fn host(&self, request: &[u8]) -> Option<HostName> {
        request::host(request)
    }

    fn takes_time(&self, request: &[u8], peer: &Peer, sites: &Sites) -> bool {
        request::read(request, &self.options, sites).is_ok_and(|request| respond::takes_time(&request, peer))
    }

    fn fault(&self, fault: Fault) -> Answer {
        respond::fault(fault)
    }
}

/// The status codes that are sent ("Responses"). The specification forbids others than it defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// 10: the address is to be requested again with a query.
    Input,
    /// 20: a body follows.
    Success,
    /// 31: the resource has another address, permanently.
    PermanentRedirect,
    /// 40: the server failed, and may not the next time.
    TemporaryFailure,
    /// 51: the resource does not exist, but may one day.
    NotFound,
    /// 52: the resource no longer exists, and never will again.
    Gone,
    /// 53: the host, port or scheme is not served here.
    ProxyRequestRefused,
    /// 59: the request is malformed.
    BadRequest,
    /// 60: a client certificate is required.
    CertificateRequired,
    /// 61: this client certificate is not authorised.
    CertificateNotAuthorised,
    /// 62: this client certificate is not valid.
    CertificateNotValid,
}

impl Status {
    /// Returns its two digits.
    pub fn code(self) -> &'static str {
        match self {
            Self::Input => "10",
            Self::Success => "20",
            Self::PermanentRedirect => "31",
            Self::TemporaryFailure => "40",
            Self::NotFound => "51",
            Self::Gone => "52",
            Self::ProxyRequestRefused => "53",
            Self::BadRequest => "59",
            Self::CertificateRequired => "60",
            Self::CertificateNotAuthorised => "61",
            Self::CertificateNotValid => "62",
        }
    }
}
