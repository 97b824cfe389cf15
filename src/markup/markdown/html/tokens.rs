//! Splits HTML into tags and text. Text that is not a well-formed tag stays text: unlike a browser, no word is lost.
//!
//! Takes linear time.

use super::super::source::Lookahead;

pub(in super::super) enum Token<'h> {
    Text(&'h str),
    Tag(Tag<'h>),
    /// A comment, declaration or processing instruction.
    Comment,
}

#[derive(Clone, Copy)]
pub(in super::super) struct Tag<'h> {
    pub(in super::super) raw: &'h str,
    pub(in super::super) name: &'h str,
    /// The text between the name and the closing bracket.
    pub(in super::super) attributes: &'h str,
    /// Its offset in the text that the parser reads.
    pub(in super::super) at: usize,
}

impl<'h> Tag<'h> {
    pub(in super::super) fn is(self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Returns whether it is written `<name/>`.
    pub(in super::super) fn closes_itself(self) -> bool {
        self.raw.ends_with("/>")
    }

    pub(in super::super) fn is_closing(self) -> bool {
        self.raw.starts_with("</")
    }

    /// Returns the names and trimmed values of the attributes.
    pub(super) fn attributes(self) -> impl Iterator<Item = (&'h str, &'h str)> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let (name, value, behind) = next_attribute(rest)?;
            rest = behind;
            Some((name, value.trim()))
        })
    }
}

/// Returns the name and value of the first attribute, and the rest. [`Tokens`] has checked that the quotes are closed.
fn next_attribute(attributes: &str) -> Option<(&str, &str, &str)> {
    let rest = attributes.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '/').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        return (!name.is_empty()).then_some((name, "", rest));
    };
    let value = value.trim_start();
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
    let quoted = quote.and_then(|quote| value[1..].split_once(quote));
    let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
    let (value, rest) = quoted.unwrap_or_else(|| value.split_at(end));
    Some((name, value, rest))
}

/// An iterator over the tokens of a piece of HTML, each with its offset in the text that the parser reads.
pub(in super::super) struct Tokens<'h> {
    html: &'h str,
    start: usize,
    at: usize,
    /// The next closing bracket, double quote and single quote.
    closings: [Lookahead; 3],
}

impl<'h> Tokens<'h> {
    /// Reads `html`, which is at offset `start` of the text that the parser reads.
    pub(in super::super) fn new(html: &'h str, start: usize) -> Self {
        Self { html, start, at: 0, closings: Default::default() }
    }

    /// Returns the comment, declaration, processing instruction or tag at `at`, and its end.
    fn markup(&mut self) -> Option<(Token<'h>, usize)> {
        let rest = &self.html[self.at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            // As in a browser, a comment that is never closed contains the rest of the text.
            let end = memchr::memmem::find(comment.as_bytes(), b"-->").map_or(comment.len(), |end| end + 3);
            return Some((Token::Comment, self.at + 4 + end));
        }
        if rest.starts_with("<!") || rest.starts_with("<?") {
            return Some((Token::Comment, self.closings[0].find(self.html, ">", self.at)? + 1));
        }
        let name_start = self.at + 1 + usize::from(rest.starts_with("</"));
        let bytes = self.html.as_bytes();
        bytes.get(name_start).filter(|first| first.is_ascii_alphabetic())?;
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_');
        let name_end = name_start + bytes[name_start..].iter().take_while(is_name).count();
        let close = self.tag_end(name_end)?;
        let attributes = &self.html[name_end..close];
        let tag = Tag {
            raw: &self.html[self.at..=close],
            name: &self.html[name_start..name_end],
            attributes: attributes.strip_suffix('/').unwrap_or(attributes),
            at: self.start + self.at,
        };
        Some((Token::Tag(tag), close + 1))
    }

    /// Returns the offset of the `>` that ends the tag whose attributes start at `at`.
    fn tag_end(&mut self, mut at: usize) -> Option<usize> {
        let mut after_equals = false;
        loop {
            let byte = *self.html.as_bytes().get(at)?;
            match byte {
                b'>' => return Some(at),
                b'<' => return None,
                b'"' if after_equals => at = self.closings[1].find(self.html, "\"", at + 1)?,
                b'\'' if after_equals => at = self.closings[2].find(self.html, "'", at + 1)?,
                _ => {}
            }
            after_equals = byte == b'=' || after_equals && byte.is_ascii_whitespace();
            at += 1;
        }
    }
}

impl<'h> Iterator for Tokens<'h> {
    type Item = (usize, Token<'h>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let mut from = start;
        while let Some(found) = memchr::memchr(b'<', &self.html.as_bytes()[from..]) {
            self.at = from + found;
            match self.markup() {
                Some(_) if self.at > start => {
                    return Some((self.start + start, Token::Text(&self.html[start..self.at])));
                }
                Some((token, end)) => {
                    self.at = end;
                    return Some((self.start + start, token));
                }
                None => from = self.at + 1,
            }
        }
        self.at = self.html.len();
        (self.at > start).then(|| (self.start + start, Token::Text(&self.html[start..])))
    }
}
