//! The request line: `absolute-URI CRLF` ("Requests"), parsed as bytes by the grammar of RFC 3986.
//!
//! URL libraries trim, repair and normalise. That is right for browsers, and wrong for a server that must refuse
//! malformed requests.

use std::sync::Arc;

use memchr::memmem;

use super::{Gemini, Status};
use crate::capsule::{CapsulePath, PathError};
use crate::host::{GEMINI_PORT, HostName, InvalidHost};
use crate::protocol::Scan;
use crate::site::{Site, Sites};

/// The longest URI in bytes, without its CRLF ("Requests").
const MAX_URI: usize = 1024;

/// A valid request for a capsule of this server.
#[derive(Debug)]
pub(super) struct Request<'a> {
    /// The capsule that it names.
    pub(super) site: &'a Arc<Site>,
    /// The path as it was received, percent-encoded; empty for the root.
    pub(super) raw_path: &'a str,
    /// The path of the resource, or `None` if no resource can have it.
    pub(super) path: Option<CapsulePath>,
    /// The query behind the `?`, percent-encoded.
    pub(super) query: Option<&'a str>,
}

/// Why a request is refused: a status and the text after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) Status, pub(super) &'static str);

const FOREIGN_HOST: Refusal = Refusal(Status::ProxyRequestRefused, "That host is not served here");

const NOT_ABSOLUTE: Refusal = bad("The request is not an absolute URL such as gemini://host/path");

const BAD_AUTHORITY: Refusal = bad("The host or port in the address is malformed");

const fn bad(text: &'static str) -> Refusal {
    Refusal(Status::BadRequest, text)
}

/// Finds the end of a request, its first CRLF. A request that is too long is complete as soon as that is certain.
pub(super) fn scan(bytes: &[u8]) -> Scan {
    let longest = &bytes[..bytes.len().min(MAX_URI + 2)];
    match memmem::find(longest, b"\r\n") {
        Some(at) => Scan::Complete(at + 2),
        None if longest.len() == MAX_URI + 2 => Scan::Complete(longest.len()),
        None => Scan::More,
    }
}

/// Parses a complete request and finds the capsule that it names.
pub(super) fn read<'a>(line: &'a [u8], gemini: &Gemini, sites: &'a Sites) -> Result<Request<'a>, Refusal> {
    let Parts { authority, raw_path, query } = split(line)?;
    let (host, port) = split_authority(authority)?;
    let site = site(&parse_host(host)?, sites).ok_or(FOREIGN_HOST)?;
    if gemini.check_port && !gemini.ports.contains(&port) {
        return Err(Refusal(Status::ProxyRequestRefused, "That port is not served here"));
    }
    let path = match CapsulePath::from_url(raw_path) {
        Ok(path) => Some(path),
        Err(PathError::Climbs) => return Err(bad("The path in the address climbs above the root")),
        Err(PathError::Unnameable) => None,
    };
    Ok(Request { site, raw_path, path, query })
}

/// Returns the path in a complete request, for the log; the whole of a request without one.
pub(super) fn resource(line: &[u8]) -> String {
    match split(line) {
        Ok(Parts { raw_path: "", .. }) => "/".to_owned(),
        Ok(Parts { raw_path, .. }) => raw_path.to_owned(),
        Err(_) => String::from_utf8_lossy(line.trim_ascii_end()).into_owned(),
    }
}

/// Returns the host name in a complete request; `None` for an IP address, or for a request that will be refused.
pub(super) fn host(line: &[u8]) -> Option<HostName> {
    let (host, _) = split_authority(split(line).ok()?.authority).ok()?;
    parse_host(host).ok().filter(|host| host.address().is_none())
}

/// Parses the host of an authority (RFC 3986, section 3.2.2).
fn parse_host(host: &str) -> Result<HostName, Refusal> {
    host.parse().map_err(|error| match error {
        InvalidHost::Malformed => BAD_AUTHORITY,
        InvalidHost::UnusualAddress => FOREIGN_HOST,
    })
}

/// Returns the site of `host`; of a loopback address that no site has, the first site, for authors on this machine.
fn site<'s>(host: &HostName, sites: &'s Sites) -> Option<&'s Arc<Site>> {
    let is_loopback = || host.address().is_some_and(|address| address.is_loopback());
    sites.by_host(host).or_else(|| sites.first().filter(|_| is_loopback()))
}

/// The parts of the URL in a request.
struct Parts<'a> {
    authority: &'a str,
    raw_path: &'a str,
    query: Option<&'a str>,
}

fn split(line: &[u8]) -> Result<Parts<'_>, Refusal> {
    // `scan` returns a request without a line end if it is too long.
    let uri = line
        .strip_suffix(b"\r\n")
        .filter(|uri| uri.len() <= MAX_URI)
        .ok_or(bad("The address is longer than 1024 bytes"))?;
    let uri = valid_text(uri)?;
    let (scheme, rest) = split_scheme(uri).ok_or(NOT_ABSOLUTE)?;
    if rest.contains('#') {
        return Err(bad("The address must not contain a fragment"));
    }
    if !escapes_are_whole(rest.as_bytes()) {
        return Err(bad("A percent sign in the address lacks its two hexadecimal digits"));
    }
    if !scheme.eq_ignore_ascii_case("gemini") {
        return Err(Refusal(Status::ProxyRequestRefused, "This server answers gemini addresses only"));
    }
    let rest = rest.strip_prefix("//").ok_or(NOT_ABSOLUTE)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (raw_path, query) = match rest.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (rest, None),
    };
    Ok(Parts { authority, raw_path, query })
}

/// Returns the bytes as text. Letters beyond ASCII are accepted, because users type them; control characters, white
/// space and a byte order mark are not.
fn valid_text(uri: &[u8]) -> Result<&str, Refusal> {
    const BAD_BYTES: Refusal = bad("The address contains bytes that no URL may contain");
    let text = str::from_utf8(uri).map_err(|_| BAD_BYTES)?;
    let forbidden =
        |c: char| c <= ' ' || (c >= '\u{7f}' && (c.is_control() || c.is_whitespace() || c == '\u{feff}'));
    if text.chars().any(forbidden) { Err(BAD_BYTES) } else { Ok(text) }
}

/// Splits at the colon of `scheme ":" hier-part` (RFC 3986, section 3.1).
fn split_scheme(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    let well_formed = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    well_formed.then_some((scheme, rest))
}

/// Returns whether each `%` is followed by two hexadecimal digits (RFC 3986, section 2.1).
fn escapes_are_whole(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text)
        .all(|at| text.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

/// Splits `host [ ":" port ]` (RFC 3986, section 3.2); an absent or empty port is the default one.
fn split_authority(authority: &str) -> Result<(&str, u16), Refusal> {
    if authority.contains('@') {
        return Err(bad("The address must not contain a user name"));
    }
    let host_end = if authority.starts_with('[') {
        authority.find(']').ok_or(BAD_AUTHORITY)? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_end);
    if host.is_empty() {
        return Err(NOT_ABSOLUTE);
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => GEMINI_PORT,
        Some("") => GEMINI_PORT,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_err(|_| BAD_AUTHORITY)?
        }
        _ => return Err(BAD_AUTHORITY),
    };
    Ok((host, port))
}
