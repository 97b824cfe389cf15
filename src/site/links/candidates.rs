//! Link candidates: what looks like a destination in a text, found without parsing its markup.
//!
//! Parsing every essay of a capsule for the backlinks of one page would be too slow. The scan reads a text at most twice
//! for each kind of opener, and text that one candidate covers starts no other of its kind, so time and memory are
//! linear in the text even if it is hostile. Links in code and comments are found too, so a backlink is shown only after
//! the markup has been parsed.

use std::collections::HashSet;
use std::sync::Arc;

use memchr::{memchr2, memchr3, memmem::Finder};

use crate::capsule::{Essay, TextKind};

/// Longest candidate, in bytes: a Gemini URL may not be longer (protocol specification, "Requests").
const MAX_BYTES: usize = 1024;

/// Most distinct candidates kept of one text: resolving as many takes some 20 ms, and no real essay comes near.
const MAX_PER_TEXT: usize = 16_384;

/// Most words of one template tag that are taken for addresses: the destination is among the first arguments.
const WORDS_PER_TAG: usize = 5;

/// The first character of a line of stored candidates that holds a name; no address starts with it.
const NAME_MARK: &str = "[";

/// What a text seems to link to, as written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Candidate<'a> {
    /// A relative or absolute address.
    Address(&'a str),
    /// The name of an essay in a wiki link.
    Name(&'a str),
}

/// Returns the distinct candidates in `essay` that `is_local` accepts, one per line, for [`read`].
pub(super) fn scan(essay: &Essay, is_local: impl Fn(&str) -> bool) -> Arc<str> {
    let text = essay.text();
    let mut seen = HashSet::new();
    let mut stored = String::new();
    find(text.body(), essay.kind, &mut |candidate| {
        let wanted = match candidate {
            Candidate::Address(written) => !written.starts_with(['#', '[']) && is_local(written),
            Candidate::Name(_) => true,
        };
        if !wanted || seen.len() == MAX_PER_TEXT || !seen.insert(candidate) {
            return;
        }
        match candidate {
            Candidate::Address(written) => stored.push_str(written),
            Candidate::Name(name) => stored.extend([NAME_MARK, name]),
        }
        stored.push('\n');
    });
    stored.into()
}

/// Returns the candidates that [`scan`] stored.
pub(super) fn read(stored: &str) -> impl Iterator<Item = Candidate<'_>> {
    stored.lines().map(|line| line.strip_prefix(NAME_MARK).map_or(Candidate::Address(line), Candidate::Name))
}

/// Calls `found` with each candidate in `body`: none is empty, holds a line break or is longer than [`MAX_BYTES`].
fn find<'a>(body: &'a str, kind: TextKind, found: &mut dyn FnMut(Candidate<'a>)) {
    let fits = |text: &str| (1..=MAX_BYTES).contains(&text.len());
    let mut address = |text: &'a str| {
        if fits(text) {
            found(Candidate::Address(text));
        }
    };
    match kind {
        TextKind::Text => {}
        TextKind::Gemtext => {
            let links = body.lines().filter_map(|line| line.strip_prefix("=>")?.split_whitespace().next());
            links.for_each(address);
        }
        TextKind::Markdown => {
            destinations(body, &mut address);
            attributes(body, &mut address);
            tags(body, "{{", "}}", &mut address);
            tags(body, "{%", "%}", &mut address);
            names(body, &mut |text| {
                if fits(text) {
                    found(Candidate::Name(text));
                }
            });
        }
    }
}

/// Calls `take` with the text behind each `opener`: it returns how much of it is done with, or `None` to stop.
fn after_each<'a>(body: &'a str, opener: &str, mut take: impl FnMut(&'a str) -> Option<usize>) {
    let openers = Finder::new(opener);
    let mut from = 0;
    while let Some(at) = openers.find(&body.as_bytes()[from..]) {
        from += at + opener.len();
        match take(&body[from..]) {
            Some(covered) => from += covered,
            None => return,
        }
    }
}

/// Finds destinations of inline links, `](a.md)`, and of reference definitions, `]: a.md`.
fn destinations<'a>(body: &'a str, found: &mut dyn FnMut(&'a str)) {
    after_each(body, "]", |rest| {
        let Some(inner) = rest.strip_prefix(['(', ':']) else { return Some(0) };
        let inner = inner.trim_start();
        let before = rest.len() - inner.len();
        if let Some(inner) = inner.strip_prefix('<') {
            let end =
                memchr3(b'<', b'>', b'\n', inner.as_bytes()).filter(|&end| inner[end..].starts_with('>'));
            if let Some(end) = end {
                found(&inner[..end]);
            }
            return Some(before + 1 + end.unwrap_or(0));
        }
        let end = end_of_destination(inner);
        let is_closed = end.map_or(rest.starts_with(':'), |end| !inner[end..].starts_with(']'));
        let end = end.unwrap_or(inner.len());
        if is_closed {
            found(&inner[..end]);
        }
        Some(before + end)
    });
}

/// Returns where the destination at the start of `text` ends.
fn end_of_destination(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    text.char_indices().find_map(|(at, c)| {
        let ends = match c {
            ')' if depth > 0 => {
                depth -= 1;
                false
            }
            '(' => {
                depth += 1;
                false
            }
            ']' => text[at + 1..].starts_with(['(', ':']),
            _ => c == ')' || c.is_whitespace(),
        };
        ends.then_some(at)
    })
}

/// Finds the values of `href` attributes.
fn attributes<'a>(body: &'a str, found: &mut dyn FnMut(&'a str)) {
    after_each(body, "href=", |rest| {
        let Some(quote) = rest.bytes().next().filter(|byte| matches!(byte, b'"' | b'\'')) else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '\'' | '`'))?;
            found(&rest[..end]);
            return Some(end);
        };
        let value = &rest[1..];
        match memchr2(quote, b'\n', value.as_bytes()) {
            Some(end) if value.as_bytes()[end] == quote => {
                found(&value[..end]);
                Some(end)
            }
            _ => Some(0),
        }
    });
}

/// Finds the words of the template tags and shortcodes of site generators, between `opener` and `closer`.
fn tags<'a>(body: &'a str, opener: &str, closer: &str, found: &mut dyn FnMut(&'a str)) {
    let closers = Finder::new(closer);
    after_each(body, opener, |rest| {
        let length = closers.find(rest.as_bytes())?;
        let inner = innermost(&rest[..length], opener);
        let words = inner.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | '`'));
        words.filter(|word| !word.is_empty()).take(WORDS_PER_TAG).for_each(&mut *found);
        Some(length + closer.len())
    });
}

/// Finds the names in wiki links, `[[name#part|label]]`, without label.
fn names<'a>(body: &'a str, found: &mut dyn FnMut(&'a str)) {
    const OPENER: &str = "[[";
    after_each(body, OPENER, |rest| {
        let length = memchr2(b']', b'\n', rest.as_bytes())?;
        if rest[length..].starts_with(']') {
            let inner = innermost(&rest[..length], OPENER).trim_start_matches('[');
            found(inner.split('|').next().unwrap_or_default());
        }
        Some(length)
    });
}

/// Returns what stands behind the last `opener` in `inner`, or all of it: of nested openers the last one counts.
fn innermost<'a>(inner: &'a str, opener: &str) -> &'a str {
    inner.rfind(opener).map_or(inner, |at| &inner[at + opener.len()..])
}
