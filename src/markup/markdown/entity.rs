//! Character references in HTML, which the Markdown parser leaves alone.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser};

/// The longest name in the HTML standard, with its ampersand and semicolon, is 33 bytes.
const LONGEST: usize = 33;

/// `text` with its character references decoded; one that means nothing stays as it is.
pub(super) fn decode(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut decoded = String::with_capacity(text.len());
    let (plain, mut rest) = text.split_at(first);
    decoded.push_str(plain);
    while !rest.is_empty() {
        let length = reference_length(rest).unwrap_or(0);
        if length > 0 {
            push_meaning(&mut decoded, &rest[..length]);
        } else {
            decoded.push('&');
        }
        rest = &rest[length.max(1)..];
        let next = memchr::memchr(b'&', rest.as_bytes()).unwrap_or(rest.len());
        decoded.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    if decoded == text { Cow::Borrowed(text) } else { Cow::Owned(decoded) }
}

/// How long the candidate `&…;` at the start of `rest` is.
fn reference_length(rest: &str) -> Option<usize> {
    let head = &rest.as_bytes()[..rest.len().min(LONGEST)];
    let end = memchr::memchr(b';', head)?;
    let named = head[1..end].iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'#');
    (named && end > 1).then_some(end + 1)
}

/// The common ones by hand; for the other two thousand the Markdown parser has the table.
fn push_meaning(decoded: &mut String, reference: &str) {
    match reference {
        "&amp;" => decoded.push('&'),
        "&lt;" => decoded.push('<'),
        "&gt;" => decoded.push('>'),
        "&quot;" => decoded.push('"'),
        "&nbsp;" => decoded.push('\u{a0}'),
        _ => {
            for event in Parser::new(reference) {
                if let Event::Text(text) = event {
                    decoded.push_str(&text);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_decoded() {
        for (text, expected) in [
            ("a &amp; b", "a & b"),
            ("&lt;p&gt;", "<p>"),
            ("&#233;&#xE9;&eacute;", "ééé"),
            ("&hellip;&mdash;", "…—"),
            ("&nonsense; & &; &#;", "&nonsense; & &; &#;"),
            ("AT&T", "AT&T"),
            ("&amp;lt;", "&lt;"),
            ("&", "&"),
            ("é&é", "é&é"),
        ] {
            assert_eq!(decode(text), expected, "{text:?}");
        }
    }
}
