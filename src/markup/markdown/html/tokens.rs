//! Splits HTML into tags and text. Text that is not a well-formed tag stays text: unlike a browser, no word is lost.
//!
//! Takes linear time.

use std::borrow::Cow;

use super::super::source::Lookahead;
use super::super::typography::decode;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'h> {
    /// Text with its character references.
    Text(&'h str),
    /// `<name …>` or `</name>`.
    Tag(Tag<'h>),
    /// A comment, declaration or processing instruction.
    Comment,
}

/// A tag as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'h> {
    /// The whole tag.
    pub(super) raw: &'h str,
    /// The name as written.
    pub(super) name: &'h str,
    /// The text between the name and the closing bracket.
    attributes: &'h str,
}

impl<'h> Tag<'h> {
    /// Returns whether it is written `<name/>`.
    pub(super) fn closes_itself(self) -> bool {
        self.raw.ends_with("/>")
    }

    pub(super) fn is_closing(self) -> bool {
        self.raw.starts_with("</")
    }

    pub(super) fn has_attributes(self) -> bool {
        self.attributes.contains('=')
    }

    /// Returns the value of the attribute `name` (in lower case), decoded and trimmed.
    pub(super) fn attribute(self, name: &str) -> Option<Cow<'h, str>> {
        let mut rest = self.attributes;
        while let Some((found, value, behind)) = next_attribute(rest) {
            if found.eq_ignore_ascii_case(name) {
                return Some(decode(value.trim()));
            }
            rest = behind;
        }
        None
    }
}

/// Returns the name and value of the first attribute, and the rest. [`Tokens`] has checked that the quotes are closed.
fn next_attribute(attributes: &str) -> Option<(&str, &str, &str)> {
    let rest = attributes.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let after_name = rest.trim_start();
    let Some(value) = after_name.strip_prefix('=') else {
        return (!name.is_empty()).then_some((name, "", rest));
    };
    let value = value.trim_start();
    let quoted = ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.split_once(quote));
    if let Some((value, rest)) = quoted {
        return Some((name, value, rest));
    }
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    Some((name, &value[..end], &value[end..]))
}

/// An iterator over the tokens of a piece of HTML, each with its offset.
pub(super) struct Tokens<'h> {
    html: &'h str,
    at: usize,
    /// The next closing bracket, double quote and single quote.
    closings: [Lookahead; 3],
}

impl<'h> Tokens<'h> {
    pub(super) fn new(html: &'h str) -> Self {
        Self { html, at: 0, closings: Default::default() }
    }

    /// Returns the end of a comment, declaration or processing instruction at `at`.
    fn comment(&mut self) -> Option<usize> {
        let rest = &self.html[self.at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            // As in a browser, a comment that is never closed contains the rest of the text.
            let end = memchr::memmem::find(comment.as_bytes(), b"-->").map_or(comment.len(), |end| end + 3);
            return Some(self.at + 4 + end);
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return self.closings[0].find(self.html, ">", self.at).map(|end| end + 1);
        }
        None
    }

    /// Returns the tag at `at` and its end.
    fn tag(&mut self) -> Option<(Token<'h>, usize)> {
        let bytes = self.html.as_bytes();
        let closing = bytes.get(self.at + 1) == Some(&b'/');
        let name_start = self.at + 1 + usize::from(closing);
        if !bytes.get(name_start)?.is_ascii_alphabetic() {
            return None;
        }
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_');
        let name_end = name_start + bytes[name_start..].iter().take_while(is_name).count();
        let close = self.tag_end(name_end)?;
        let attributes = &self.html[name_end..close];
        let tag = Tag {
            raw: &self.html[self.at..=close],
            name: &self.html[name_start..name_end],
            attributes: attributes.strip_suffix('/').unwrap_or(attributes),
        };
        Some((Token::Tag(tag), close + 1))
    }

    /// Returns the offset of the `>` that ends the tag whose attributes start at `at`.
    fn tag_end(&mut self, mut at: usize) -> Option<usize> {
        let bytes = self.html.as_bytes();
        let mut after_equals = false;
        loop {
            match *bytes.get(at)? {
                b'>' => return Some(at),
                b'<' => return None,
                b'"' if after_equals => at = self.closings[1].find(self.html, "\"", at + 1)?,
                b'\'' if after_equals => at = self.closings[2].find(self.html, "'", at + 1)?,
                byte if byte.is_ascii_whitespace() => {
                    at += 1;
                    continue;
                }
                b'=' => {
                    after_equals = true;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            after_equals = false;
            at += 1;
        }
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = (usize, Token<'h>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let mut from = start;
        loop {
            let bytes = self.html.as_bytes();
            let Some(bracket) = memchr::memchr(b'<', &bytes[from..]).map(|found| from + found) else {
                self.at = self.html.len();
                break;
            };
            self.at = bracket;
            let found = match self.comment() {
                Some(end) => Some((Token::Comment, end)),
                None => self.tag(),
            };
            match found {
                Some(_) if bracket > start => break,
                Some((token, end)) => {
                    self.at = end;
                    return Some((bracket, token));
                }
                None => from = bracket + 1,
            }
        }
        (self.at > start).then(|| (start, Token::Text(&self.html[start..self.at])))
    }
}
