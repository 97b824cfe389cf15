//! The request line: a selector, perhaps a TAB and more (RFC 1436, sections 2 and 3.6).

use memchr::memchr;

use crate::protocol::Scan;

/// The longest request in bytes. The specification says 255 for a selector; addresses made from long titles
/// are longer than its authors thought.
const MAX_REQUEST: usize = 1024;

/// What a line asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Request<'a> {
    /// What stands at a selector: the line up to its first TAB.
    Item(&'a str),
    /// Gopher+ attributes of a whole menu, `TAB $`: how the UMN client opens every session.
    Attributes,
    /// A web page of ours that leads to this URL (the "Links to URL" convention).
    Url(&'a str),
    /// Not Gopher but HTTP.
    Http,
    /// Too long, not UTF-8, or with control characters in it.
    Malformed,
}

/// A request ends at its first LF. One that is too long is complete as soon as that is certain.
pub(super) fn scan(bytes: &[u8]) -> Scan {
    let longest = &bytes[..bytes.len().min(MAX_REQUEST)];
    match memchr(b'\n', longest) {
        Some(at) => Scan::Complete(at + 1),
        None if longest.len() == MAX_REQUEST => Scan::Complete(MAX_REQUEST),
        None => Scan::More,
    }
}

/// Reads a complete request. Total: what makes no sense is [`Request::Malformed`].
pub(super) fn read(line: &[u8]) -> Request<'_> {
    let Some(line) = line.strip_suffix(b"\n") else {
        return Request::Malformed;
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Ok(line) = str::from_utf8(line) else {
        return Request::Malformed;
    };
    if line.contains(|c: char| c.is_control() && c != '\t') {
        return Request::Malformed;
    }
    if is_http(line) {
        return Request::Http;
    }
    let mut fields = line.split('\t');
    let selector = fields.next().unwrap_or_default();
    if fields.next().is_some_and(|field| field.starts_with('$')) {
        return Request::Attributes;
    }
    // `+`, with or without a view, and `!` ask for Gopher+ forms of an item; its plain form will do.
    match selector.strip_prefix('/').unwrap_or(selector).strip_prefix("URL:") {
        Some(url) => Request::Url(url),
        None => Request::Item(selector),
    }
}

/// Whether a line is the first of an HTTP request (RFC 9112, section 3).
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
    fn lines_are_read_as_clients_send_them() {
        let rows: &[(&[u8], Request<'_>)] = &[
            (b"\r\n", Request::Item("")),                                        // G3
            (b"\n", Request::Item("")),                                          // G3, Bombadillo
            (b"/films/\r\n", Request::Item("/films/")),                          // G3
            (b"/films/\n", Request::Item("/films/")),                            // G3
            (b"a\r\r\n", Request::Malformed),                                    // G3: one CR is stripped
            (b"a\0b\r\n", Request::Malformed),                                   // G3
            (b"a\x1bb\r\n", Request::Malformed),                                 // G3
            (b"a\xffb\r\n", Request::Malformed),                                 // G3
            (b"no line end", Request::Malformed),                                // G3
            (b"/search\tsoft skin\r\n", Request::Item("/search")),               // G4
            (b"/search\tsoft\t+\r\n", Request::Item("/search")),                 // G4, with a Gopher+ field
            (b"/search\t\r\n", Request::Item("/search")),                        // G4
            (b"\t$\r\n", Request::Attributes),                                   // G5
            (b"/films/\t$\r\n", Request::Attributes),                            // G5
            (b"/a.txt\t+\r\n", Request::Item("/a.txt")),                         // G5
            (b"/a.txt\t+text/plain\r\n", Request::Item("/a.txt")),               // G5
            (b"/a.txt\t!\r\n", Request::Item("/a.txt")),                         // G5
            (b"GET / HTTP/1.1\r\n", Request::Http),                              // G6
            (b"POST /x HTTP/1.0\n", Request::Http),                              // G6
            (b"GET /\r\n", Request::Item("GET /")),                              // G6: no version, no HTTP
            (b"URL:https://a.example/\r\n", Request::Url("https://a.example/")), // G7
            (b"/URL:gemini://a/\r\n", Request::Url("gemini://a/")),              // G7
        ];
        for (line, expected) in rows {
            assert_eq!(read(line), *expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn a_request_is_found_however_it_is_cut() {
        let rows: &[(Vec<u8>, Option<usize>)] = &[
            (b"/a\r\n".to_vec(), Some(4)),
            (b"/a\nmore\n".to_vec(), Some(3)),
            (b"/a\r".to_vec(), None),
            (Vec::new(), None),
            (vec![b'a'; 1023], None),
            (vec![b'a'; 1024], Some(1024)),
            (vec![b'a'; 3000], Some(1024)),
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
