//! The host of a request, in the form that capsules are looked up by.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

use super::request::Refusal;
use crate::site::{Site, Sites};

/// Whom a request is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Host<'h> {
    /// A host name: in lower case and punycode, without a trailing dot.
    Name(Cow<'h, str>),
    /// An address.
    Address(IpAddr),
}

/// Reads the host of an authority (RFC 3986, section 3.2.2).
pub(super) fn read(host: &str) -> Result<Host<'_>, Refusal> {
    if let Some(literal) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        let address = Ipv6Addr::from_str(literal).map_err(|_| Refusal::BadAuthority)?;
        return Ok(Host::Address(address.into()));
    }
    if let Ok(address) = Ipv4Addr::from_str(host) {
        return Ok(Host::Address(address.into()));
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    if !name.is_empty() && name.bytes().all(plain) {
        return Ok(Host::Name(name.into()));
    }
    match url::Host::parse(name) {
        Ok(url::Host::Domain(name)) => {
            Ok(Host::Name(name.strip_suffix('.').map_or(name.clone(), str::to_owned).into()))
        }
        // An address in a form that nobody writes.
        Ok(_) => Err(Refusal::ForeignHost),
        Err(_) => Err(Refusal::BadAuthority),
    }
}

impl Host<'_> {
    /// The capsule published under it; for somebody who works on this machine, by its loopback address, the first.
    pub(super) fn site<'s>(&self, sites: &'s Sites) -> Option<&'s Arc<Site>> {
        match self {
            Self::Name(name) => sites.by_host(name),
            Self::Address(address) => {
                let ours = || sites.first().filter(|_| address.is_loopback());
                sites.by_host(&address.to_string()).or_else(ours)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_brought_into_the_form_they_are_looked_up_in() {
        let name = |name: &'static str| Ok(Host::Name(name.into()));
        let address = |text: &str| Ok(Host::Address(text.parse().expect("an address")));
        for (written, expected) in [
            ("example.org", name("example.org")),
            ("Example.ORG.", name("example.org")),
            ("b\u{fc}cher.example", name("xn--bcher-kva.example")), // P8
            ("192.0.2.7", address("192.0.2.7")),
            ("[2001:DB8::7]", address("2001:db8::7")), // P12
            ("0X7F.1", Err(Refusal::ForeignHost)),
            ("[::1", Err(Refusal::BadAuthority)),
            ("a b", Err(Refusal::BadAuthority)),
        ] {
            assert_eq!(read(written), expected, "{written}");
        }
    }
}
