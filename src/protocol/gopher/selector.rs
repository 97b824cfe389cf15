//! The request line: a selector, perhaps a TAB and more (RFC 1436, sections 2 and 3.6).

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::protocol::Scan;

/// The longest selector in bytes. The specification says 255, which addresses made from long titles exceed.
const MAX_SELECTOR: usize = 1024;

/// The longest request with a query, in bytes: a thousand characters of any script.
const MAX_REQUEST: usize = 4096;

/// A parsed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request<'a> {
    /// The item of a selector, or a search.
    Item {
        /// The line up to its first TAB.
        selector: Cow<'a, str>,
        /// The text behind the TAB, which is the query of a search.
        words: Option<Cow<'a, str>>,
    },
    /// Gopher+ attributes of a menu (`TAB $`), the first request of the UMN client.
    Attributes,
    /// A page that links to this URL (the convention "Links to URL").
    Url(&'a str),
    /// An HTTP request.
    Http,
    /// Too long, not UTF-8, or with control characters.
    Malformed,
}

/// Finds the end of a request, its first LF. A request that is too long is complete as soon as that is certain.
pub(super) fn scan(bytes: &[u8]) -> Scan {
    let limit = longest(bytes);
    let longest = &bytes[..bytes.len().min(limit)];
    match memchr(b'\n', longest) {
        Some(at) => Scan::Complete(at + 1),
        None if longest.len() == limit => Scan::Complete(limit),
        None => Scan::More,
    }
}

/// Returns the longest request in bytes that may begin like this.
fn longest(bytes: &[u8]) -> usize {
    let selector = &bytes[..bytes.len().min(MAX_SELECTOR)];
    if memchr2(b'\t', b'?', selector).is_some() { MAX_REQUEST } else { MAX_SELECTOR }
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
    let words = fields.next().map(legible);
    // `$`, perhaps with names of attributes. `+`, perhaps with a view, and `!` request Gopher+ forms of an item, and get
    // its plain form.
    if words.as_deref().is_some_and(|field| field == "$" || field.starts_with("$+")) {
        return Request::Attributes;
    }
    let named = selector.split(|&byte| byte == b'?').next().unwrap_or_default();
    if str::from_utf8(named).is_ok_and(|named| !named.contains(char::is_control)) {
        let selector = legible(selector);
        if let Cow::Borrowed(selector) = selector
            && let Some(url) = selector.strip_prefix('/').unwrap_or(selector).strip_prefix("URL:")
        {
            return Request::Url(url);
        }
        return Request::Item { selector, words };
    }
    Request::Malformed
}

/// Returns the bytes as text without control characters.
fn legible(bytes: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(bytes);
    if text.contains(char::is_control) { text.replace(char::is_control, " ").into() } else { text }
}

/// Returns whether a line is the first of an HTTP request (RFC 9112, section 3).
fn is_http(line: &str) -> bool {
    let mut parts = line.split(' ');
    let method = parts.next().unwrap_or_default();
    let version = parts.next_back().unwrap_or_default();
    !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase()) && version.starts_with("HTTP/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_real_clients_are_parsed() {
        let item = |selector: &'static str| Request::Item { selector: selector.into(), words: None };
        let search = |selector: &'static str, words: &'static str| Request::Item {
            selector: selector.into(),
            words: Some(words.into()),
        };
        let long = [b"/search\t", "x".repeat(5_000).as_bytes()].concat();
        let Scan::Complete(cut) = scan(&long) else { panic!("more than any request may hold") };
        let Request::Item { words: Some(words), .. } = read(&long[..cut]) else { panic!("a search") };
        assert_eq!(words.len(), MAX_REQUEST - "/search\t".len());
        let rows: &[(&[u8], Request<'_>)] = &[
            (b"\r\n", item("")),                                                 // G3
            (b"\n", item("")),                                                   // G3, Bombadillo
            (b"/films/\r\n", item("/films/")),                                   // G3
            (b"/films/\n", item("/films/")),                                     // G3
            (b"a\r\r\n", Request::Malformed),                                    // G3: one CR is stripped
            (b"a\0b\r\n", Request::Malformed),                                   // G3
            (b"a\x1bb\r\n", Request::Malformed),                                 // G3
            (b"a\xffb\r\n", Request::Malformed),                                 // G3
            (b"no line end", Request::Malformed),                                // G3
            (b"/search\tsoft skin\r\n", search("/search", "soft skin")),         // G4
            (b"/search\tsoft\t+\r\n", search("/search", "soft")),                // G4, with a Gopher+ field
            (b"/search\t$100\r\n", search("/search", "$100")),                   // G4
            (b"/search\ta\xffb\x1bc\r\n", search("/search", "a\u{fffd}b c")),    // G4
            (b"/search?a b\r\n", item("/search?a b")),                           // G4
            (b"/search?a\xff\x01\r\n", item("/search?a\u{fffd} ")),              // G4
            (b"\t$+VIEWS\r\n", Request::Attributes),                             // G5
            (b"/search\t\r\n", search("/search", "")),                           // G4
            (b"\t$\r\n", Request::Attributes),                                   // G5
            (b"/films/\t$\r\n", Request::Attributes),                            // G5
            (b"/a.txt\t+\r\n", search("/a.txt", "+")),                           // G5
            (b"/a.txt\t+text/plain\r\n", search("/a.txt", "+text/plain")),       // G5
            (b"/a.txt\t!\r\n", search("/a.txt", "!")),                           // G5
            (b"GET / HTTP/1.1\r\n", Request::Http),                              // G6
            (b"POST /x HTTP/1.0\n", Request::Http),                              // G6
            (b"GET /\r\n", item("GET /")),                                       // G6: no version, no HTTP
            (b"URL:https://a.example/\r\n", Request::Url("https://a.example/")), // G7
            (b"/URL:gemini://a/\r\n", Request::Url("gemini://a/")),              // G7
        ];
        for (line, expected) in rows {
            assert_eq!(read(line), *expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn end_of_request_is_found_in_chunks_of_any_size() {
        let rows: &[(Vec<u8>, Option<usize>)] = &[
            (b"/a\r\n".to_vec(), Some(4)),
            (b"/a\nmore\n".to_vec(), Some(3)),
            (b"/a\r".to_vec(), None),
            (Vec::new(), None),
            (vec![b'a'; 1023], None),
            (vec![b'a'; 1024], Some(1024)),
            (vec![b'a'; 3000], Some(1024)),
            ([b"/search\t", &[b'a'; 2000][..], b"\n"].concat(), Some(2009)),
            ([b"/search?", &[b'a'; 2000][..], b"\n"].concat(), Some(2009)),
            ([b"/search\t", &[b'a'; 5000][..]].concat(), Some(4096)),
        ];
        for (bytes, expected) in rows {
            for chunk in 1..=bytes.len().max(1) {
                let mut ends = (1..).map(|n| (n * chunk).min(bytes.len())).take(bytes.len().div_ceil(chunk));
                let found = ends.find_map(|end| match scan(&bytes[..end]) {
                    Scan::Complete(n) => Some(n),
                    Scan::More => None,
                });
                assert_eq!(found, *expected, "chunks of {chunk}");
            }
        }
    }
}
