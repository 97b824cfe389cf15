//! The request line: a selector, perhaps a TAB and more (RFC 1436, sections 2 and 3.6).

use std::borrow::Cow;

/// The longest selector in bytes. The specification says 255, which addresses made from long titles exceed.
const MAX_SELECTOR: usize = 1024;

/// The longest request with a query, in bytes: a thousand characters of any script.
const MAX_REQUEST: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request<'a> {
    /// The item of a selector, or a search.
    Item {
        /// The line up to its first TAB.
        selector: Cow<'a, str>,
        /// The text after the TAB, which is the query of a search.
        words: Option<Cow<'a, str>>,
    },
    /// Gopher+ attributes of a menu (`TAB $`), the first request of the UMN client.
    Attributes,
    /// A page that links to this URL (the convention "Links to URL").
    Url(&'a str),
    Http,
    /// Too long, not UTF-8, or with control characters.
    Malformed,
}

/// Returns the length of the longest request that may begin with `bytes`.
pub(super) fn longest(bytes: &[u8]) -> usize {
    let selector = &bytes[..bytes.len().min(MAX_SELECTOR)];
    if memchr::memchr2(b'\t', b'?', selector).is_some() { MAX_REQUEST } else { MAX_SELECTOR }
}

/// Parses a complete request. A query may be any bytes, and is cut if it is too long.
pub(super) fn read(line: &[u8]) -> Request<'_> {
    let line = match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None if longest(line) == MAX_REQUEST => line,
        None => return Request::Malformed,
    };
    if str::from_utf8(line).is_ok_and(is_http) {
        return Request::Http;
    }
    let mut fields = line.split(|&byte| byte == b'\t');
    let selector = fields.next().unwrap_or_default();
    let words = fields.next().map(String::from_utf8_lossy);
    // `$` (perhaps with attributes), `+` (perhaps with a view) and `!` request Gopher+ forms, and get the plain form.
    if words.as_deref().is_some_and(|field| field == "$" || field.starts_with("$+")) {
        return Request::Attributes;
    }
    let named = selector.split(|&byte| byte == b'?').next().unwrap_or_default();
    if !str::from_utf8(named).is_ok_and(|named| !named.contains(char::is_control)) {
        return Request::Malformed;
    }
    let selector = String::from_utf8_lossy(selector);
    if let Cow::Borrowed(selector) = selector
        && let Some(url) = selector.strip_prefix('/').unwrap_or(selector).strip_prefix("URL:")
    {
        return Request::Url(url);
    }
    Request::Item { selector, words }
}

/// Returns whether a line is the first of an HTTP request (RFC 9112, section 3).
fn is_http(line: &str) -> bool {
    let mut parts = line.split(' ');
    let method = parts.next().unwrap_or_default();
    let version = parts.next_back().unwrap_or_default();
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) && version.starts_with("HTTP/")
}
