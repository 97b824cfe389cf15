//! The request line: `absolute-URI CRLF` ("Requests"), parsed as bytes by the grammar of RFC 3986.
//!
//! URL libraries trim, repair and normalise, which is wrong for a server that must refuse malformed requests.

use std::sync::Arc;

use super::{Gemini, Status};
use crate::capsule::{CapsulePath, PathError};
use crate::host::{GEMINI_PORT, HostName, InvalidHost};
use crate::site::{Site, Sites, has_scheme};

/// The longest URI in bytes, without its CRLF ("Requests").
pub(super) const MAX_URI: usize = 1024;

/// A valid request for a capsule of this server.
pub(super) struct Request<'a> {
    /// The capsule that it names.
    pub(super) site: &'a Arc<Site>,
    /// The path as it was received, percent-encoded.
    pub(super) raw_path: &'a str,
    /// The path of the resource, or `None` if no resource can have it.
    pub(super) path: Option<CapsulePath>,
    /// The query after the `?`, percent-encoded.
    pub(super) query: Option<&'a str>,
}

/// Why a request is refused: a status and the text after it.
pub(super) type Refusal = (Status, &'static str);

const FOREIGN_HOST: Refusal = (Status::PROXY_REQUEST_REFUSED, "That host is not served here");
const NOT_ABSOLUTE: Refusal = bad("The request is not an absolute URL such as gemini://host/path");
const BAD_AUTHORITY: Refusal = bad("The host or port in the address is malformed");

const fn bad(text: &'static str) -> Refusal {
    (Status::BAD_REQUEST, text)
}

/// Parses a complete request and finds its site. An unknown loopback address means the first: authors read it locally.
pub(super) fn read<'a>(line: &'a [u8], gemini: &Gemini, sites: &'a Sites) -> Result<Request<'a>, Refusal> {
    let (authority, raw_path, query) = split(line)?;
    let (host, port) = parse_authority(authority)?;
    let is_loopback = || host.address().is_some_and(|address| address.is_loopback());
    let site = sites.by_host(&host).or_else(|| sites.all.first().filter(|_| is_loopback())).ok_or(FOREIGN_HOST)?;
    if gemini.check_port && !gemini.ports.contains(&port) {
        return Err((Status::PROXY_REQUEST_REFUSED, "That port is not served here"));
    }
    let path = match CapsulePath::from_url(raw_path) {
        Ok(path) => Some(path),
        Err(PathError::Climbs) => return Err(bad("The path in the address climbs above the root")),
        Err(PathError::Unnameable) => None,
    };
    Ok(Request { site, raw_path, path, query })
}

/// Returns the path in a complete request, for the log, or the [`unparsed`] request if it has none.
pub(super) fn resource(line: &[u8]) -> String {
    split(line).map_or_else(|_| unparsed(line), |(_, path, _)| path.to_owned())
}

/// Returns a request as it was received, without its query and line end.
pub(super) fn unparsed(line: &[u8]) -> String {
    let named = line.strip_suffix(b"\r\n").unwrap_or(line).split(|&byte| byte == b'?').next();
    String::from_utf8_lossy(named.unwrap_or_default()).into_owned()
}

/// Returns the host name in a complete request; `None` for an IP address, or for a request that will be refused.
pub(super) fn host(line: &[u8]) -> Option<HostName> {
    let (authority, ..) = split(line).ok()?;
    let (host, _) = parse_authority(authority).ok()?;
    Some(host).filter(|host| host.address().is_none())
}

/// Returns the authority, the path and the query of the URL in a request.
fn split(line: &[u8]) -> Result<(&str, &str, Option<&str>), Refusal> {
    // `scan` returns a request without a line end if it is too long.
    let uri = line.strip_suffix(b"\r\n").filter(|uri| uri.len() <= MAX_URI);
    let uri = valid_text(uri.ok_or(bad("The address is longer than 1024 bytes"))?)?;
    // `scheme ":" hier-part` (section 3.1).
    let (scheme, rest) = uri.split_once(':').filter(|_| has_scheme(uri)).ok_or(NOT_ABSOLUTE)?;
    if rest.contains('#') {
        return Err(bad("The address must not contain a fragment"));
    }
    // Section 2.1.
    let is_escape = |at| rest.as_bytes().get(at..at + 2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
    if !memchr::memchr_iter(b'%', rest.as_bytes()).all(|at| is_escape(at + 1)) {
        return Err(bad("A percent sign in the address lacks its two hexadecimal digits"));
    }
    if !scheme.eq_ignore_ascii_case("gemini") {
        return Err((Status::PROXY_REQUEST_REFUSED, "This server answers gemini addresses only"));
    }
    let rest = rest.strip_prefix("//").ok_or(NOT_ABSOLUTE)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    Ok((authority, if path.is_empty() { "/" } else { path }, query))
}

/// Returns the bytes as text, in ASCII or not, if it has no control characters, white space or byte order mark.
fn valid_text(uri: &[u8]) -> Result<&str, Refusal> {
    const BAD_BYTES: Refusal = bad("The address contains bytes that no URL may contain");
    let text = str::from_utf8(uri).map_err(|_| BAD_BYTES)?;
    let forbidden = |c: char| c <= ' ' || (c >= '\u{7f}' && (c.is_control() || c.is_whitespace() || c == '\u{feff}'));
    if text.chars().any(forbidden) { Err(BAD_BYTES) } else { Ok(text) }
}

/// Parses `host [ ":" port ]` (RFC 3986, section 3.2); an absent or empty port is the default one.
fn parse_authority(authority: &str) -> Result<(HostName, u16), Refusal> {
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
    let port = match port {
        "" | ":" => GEMINI_PORT,
        port => {
            let digits = port.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
            digits.and_then(|digits| digits.parse().ok()).ok_or(BAD_AUTHORITY)?
        }
    };
    match host.parse() {
        Ok(host) => Ok((host, port)),
        Err(InvalidHost::Malformed) => Err(BAD_AUTHORITY),
        Err(InvalidHost::UnusualAddress) => Err(FOREIGN_HOST),
    }
}
