//! What can be done with a URL reference without knowing where it leads.

use percent_encoding::percent_decode_str;

/// Appends `url` so that it can stand on a link line: spaces, controls, `<`, `>`, `"` and everything outside
/// ASCII are percent-encoded (RFC 3986, section 2); what is encoded already stays as it is.
pub(crate) fn push_encoded(out: &mut String, url: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let url = url.trim();
    if url.bytes().all(is_fine) {
        out.push_str(url);
        return;
    }
    for byte in url.bytes() {
        if is_fine(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// The URL as [`push_encoded`] writes it.
pub(crate) fn encoded(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    push_encoded(&mut out, url);
    out
}

fn is_fine(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"')
}

/// The host of an absolute URL, without user, port and a leading `www.`; none if there is none.
pub(crate) fn host(url: &str) -> Option<&str> {
    let after = &url[url.find("://")? + 3..];
    let authority = &after[..after.find(['/', '?', '#']).unwrap_or(after.len())];
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = match host.find(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next().unwrap_or(host),
    };
    let host = host.strip_prefix("www.").unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// The last part of the path that says something, decoded; none if the path is empty.
pub(crate) fn last_part(url: &str) -> Option<String> {
    let path = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let path = match path.find("://") {
        Some(at) => path[at + 3..].split_once('/').map_or("", |(_, path)| path),
        None => path,
    };
    let part = path.split('/').rfind(|part| !matches!(*part, "" | "." | ".."))?;
    let decoded = percent_decode_str(part).decode_utf8_lossy();
    let mut clean = String::with_capacity(decoded.len());
    super::lines::push_one_line(&mut clean, &decoded);
    (!clean.is_empty()).then_some(clean)
}

/// The file name without its extension: words for a picture that has none.
pub(crate) fn file_stem(url: &str) -> Option<String> {
    let name = last_part(url)?;
    Some(match name.rfind('.') {
        Some(at) if at > 0 => name[..at].to_owned(),
        _ => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_on_a_link_line_is_ascii_without_spaces() {
        for (url, expected) in [
            ("https://example.org/a%20b?c#d", "https://example.org/a%20b?c#d"),
            (" a b\tc\n", "a%20b%09c"),
            ("<x>\"ü\"", "%3Cx%3E%22%C3%BC%22"),
        ] {
            assert_eq!(encoded(url), expected);
        }
    }

    #[test]
    fn parts_of_a_url() {
        for (url, host_of, part, stem) in [
            ("https://www.example.org/a/b.html?x#y", Some("example.org"), Some("b.html"), Some("b")),
            ("gemini://u@h:1965/", Some("h"), None, None),
            ("http://[::1]:70/x/", Some("[::1]"), Some("x"), Some("x")),
            ("../img/the%20cat.jpg", None, Some("the cat.jpg"), Some("the cat")),
            ("mailto:a@b", None, Some("mailto:a@b"), Some("mailto:a@b")),
            ("#x", None, None, None),
        ] {
            assert_eq!(host(url), host_of, "{url}");
            assert_eq!(last_part(url).as_deref(), part, "{url}");
            assert_eq!(file_stem(url).as_deref(), stem, "{url}");
        }
    }
}
