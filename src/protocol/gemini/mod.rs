//! Gemini: a URL over TLS, answered by a status line and a body (protocol specification 0.24.1).
//!
//! [`request`] parses the line; [`respond`] finds what the capsule has at its address. Each refusal is a value with one
//! [`Status`].

mod request;
mod respond;

use super::{Answer, Class, Fault, Peer, Protocol, Scan};
use crate::host::HostName;
use crate::site::Sites;

/// The Gemini protocol.
#[derive(Debug, Clone)]
pub struct Gemini {
    /// The ports that a URL may name. Behind a port forwarding they differ from the bound port.
    pub ports: Vec<u16>,
    /// Whether a URL with another port is refused with status 53. Off where the outside port is unknown.
    pub check_port: bool,
}

impl Protocol for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        request::scan(bytes)
    }

    fn answer(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Answer {
        match request::read(request, self, sites) {
            Ok(request) => respond::respond(&request, peer),
            Err(refusal) => respond::refuse(refusal, request),
        }
    }

    fn host(&self, request: &[u8]) -> Option<HostName> {
        request::host(request)
    }

    fn answer_now(&self, request: &[u8], peer: &Peer, sites: &Sites) -> Option<Answer> {
        match request::read(request, self, sites) {
            Ok(request) => respond::respond_now(&request, peer),
            Err(refusal) => Some(respond::refuse(refusal, request)),
        }
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        respond::fault(fault, request)
    }
}

/// Defines the statuses with their two digits and the class of their outcome.
macro_rules! statuses {
    ($($(#[$doc:meta])* $Status:ident = $code:literal, $Class:ident;)*) => {
        /// The status codes that are sent ("Responses"). The specification forbids others than it defines.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Status {
            $($(#[$doc])* $Status,)*
        }

        impl Status {
            /// Returns its two digits.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$Status => $code,)*
                }
            }

            fn class(self) -> Class {
                match self {
                    $(Self::$Status => Class::$Class,)*
                }
            }
        }
    };
}

statuses! {
    /// The address is to be requested again with a query.
    Input = "10", Served;
    /// A body follows.
    Success = "20", Served;
    /// The resource has another address, permanently.
    PermanentRedirect = "31", Redirected;
    /// The server failed, and may not the next time.
    TemporaryFailure = "40", Failed;
    /// 44: the client sends too many requests, and should wait for a number of seconds.
    SlowDown = "44", Refused;
    /// The resource does not exist, but may one day.
    NotFound = "51", NotFound;
    /// The resource no longer exists, and never will again.
    Gone = "52", NotFound;
    /// The host, port or scheme is not served here.
    ProxyRequestRefused = "53", Refused;
    /// The request is malformed.
    BadRequest = "59", Refused;
    /// A client certificate is required.
    CertificateRequired = "60", Refused;
    /// This client certificate is not authorised.
    CertificateNotAuthorised = "61", Refused;
    /// This client certificate is not valid.
    CertificateNotValid = "62", Refused;
}
