//! Host names, default ports, and fingerprints of certificates and keys.

use std::borrow::Borrow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::ops::Deref;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

/// The default port of Gemini (protocol specification, "Overview").
pub const GEMINI_PORT: u16 = 1965;

/// The default port of Gopher (RFC 1436, section 2).
pub const GOPHER_PORT: u16 = 70;

/// The port that Gopher is served on if the process may not bind [`GOPHER_PORT`].
pub const GOPHER_FALLBACK_PORT: u16 = 7070;

/// The longest host name, in bytes (RFC 1035, section 2.3.4).
const MAX_NAME: usize = 253;

/// The longest label of a host name, in bytes (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;

/// Domains for use within one network (RFC 6761, RFC 6762, and `internal` by ICANN).
const PRIVATE_DOMAINS: [&str; 6] = ["localhost", "local", "internal", "lan", "test", "invalid"];

/// A host name or IP address in the form in which hosts are compared, stored and logged.
///
/// A name is in lower case and punycode, without a trailing dot (URL Standard, 3.5), an address as [`IpAddr`] shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(String);

/// The reason why a text is not a [`HostName`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    /// Neither a name nor an address.
    #[error("not a host name")]
    Malformed,
    /// An IPv4 address in another notation than four decimal numbers, such as `0x7f.1`.
    #[error("an address in an unusual notation")]
    UnusualAddress,
}

impl HostName {
    /// Returns the address, or `None` for a name.
    pub fn address(&self) -> Option<IpAddr> {
        self.0.parse().ok()
    }

    /// Returns whether the host always means the local machine.
    pub fn is_local(&self) -> bool {
        match self.address() {
            Some(address) => address.is_loopback(),
            None => self.0 == "localhost" || self.0.ends_with(".localhost"),
        }
    }

    /// Returns whether the host may be reachable from all networks, as addresses and domains for private use are not.
    pub fn is_public(&self) -> bool {
        match self.address() {
            Some(address) if address.is_loopback() || address.is_unspecified() => false,
            Some(IpAddr::V4(v4)) => !(v4.is_private() || v4.is_link_local()),
            Some(IpAddr::V6(v6)) => !(v6.is_unique_local() || v6.is_unicast_link_local()),
            None => {
                let domain = self.rsplit_once('.').map(|(_, last)| last);
                // RFC 8375 reserves `home.arpa`.
                domain.is_some_and(|last| !PRIVATE_DOMAINS.contains(&last)) && !self.ends_with(".home.arpa")
            }
        }
    }

    /// Returns `localhost`.
    pub fn localhost() -> Self {
        Self("localhost".to_owned())
    }

    /// Returns the host that a folder is named after, if `name` is a canonical DNS name, whose last label is no number.
    pub fn from_folder_name(name: &str) -> Option<Self> {
        let allowed = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
        let is_label = |label: &str| {
            (1..=MAX_LABEL).contains(&label.len()) && label.bytes().all(allowed) && !label.starts_with('-')
        };
        // A name that ends in a number is an IPv4 address or invalid (URL Standard, section 3.5).
        let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
        let is_dns_name =
            name.len() <= MAX_NAME && name.split('.').all(is_label) && !name.rsplit('.').next().is_some_and(is_number);
        is_dns_name.then(|| Self(name.to_owned()))
    }
}

impl FromStr for HostName {
    type Err = InvalidHost;

    /// Reads a host name in any case, in Unicode or punycode, also with trailing dots; or an address, also bracketed.
    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let text = text.trim_end_matches('.');
        if let Some(literal) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
            let address: Ipv6Addr = literal.parse().map_err(|_| InvalidHost::Malformed)?;
            return Ok(Self(address.to_string()));
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_string()));
        }
        match url::Host::parse(text) {
            // Normalisation turns a full-width dot into an ASCII one, also at the end.
            Ok(url::Host::Domain(name)) => Ok(Self(name.trim_end_matches('.').to_owned())),
            Ok(_) => Err(InvalidHost::UnusualAddress),
            Err(_) => Err(InvalidHost::Malformed),
        }
    }
}

impl Deref for HostName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for HostName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The SHA-256 digest of a certificate or public key; displayed as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Returns the fingerprint of `der`, a certificate or public key in DER.
    pub fn of(der: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, der).as_ref());
        Self(bytes)
    }

    /// Reads the forms that clients, servers and openssl print: hexadecimal digits in either case, with or without
    /// colons or spaces between pairs, or Base64; with or without a label such as `SHA256:` or `sha256 Fingerprint=`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = without_label(text.trim());
        hexadecimal(digits).or_else(|| base64(digits)).map(Self)
    }

    /// Returns the forms in which clients print a fingerprint: hexadecimal in both cases, also with colons; and Base64.
    pub fn forms(&self) -> [String; 5] {
        let lower = self.0.map(|byte| format!("{byte:02x}"));
        let upper = self.0.map(|byte| format!("{byte:02X}"));
        [lower.concat(), upper.concat(), lower.join(":"), upper.join(":"), STANDARD.encode(self.0)]
    }
}

fn without_label(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let mut algorithms = ["sha256", "sha-256", "sha 256"].into_iter();
    let Some(rest) = algorithms.find_map(|name| lower.strip_prefix(name)) else { return text };
    let rest = rest.trim_start();
    let rest = rest.strip_prefix("fingerprint").unwrap_or(rest).trim_start();
    let rest = rest.trim_start_matches([':', '=', '/']).trim_start();
    &text[text.len() - rest.len()..]
}

fn hexadecimal(text: &str) -> Option<[u8; 32]> {
    let mut digits = text.chars().filter(|c| !matches!(c, ':' | ' ' | '-')).map(|c| c.to_digit(16));
    let mut digest = [0; 32];
    for byte in &mut digest {
        let (high, low) = (digits.next()??, digits.next()??);
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    digits.next().is_none().then_some(digest)
}

/// Decodes Base64 in either alphabet, with or without padding (RFC 4648, sections 4 and 5).
fn base64(text: &str) -> Option<[u8; 32]> {
    let standard = text.strip_suffix('=').unwrap_or(text).replace('-', "+").replace('_', "/");
    STANDARD_NO_PAD.decode(standard).ok()?.try_into().ok()
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
