//! Link candidates: what looks like a destination in a text, found without parsing its markup.
//!
//! Parsing every essay of a capsule for the backlinks of one page would be too slow. The scan reads a text at most twice
//! for each kind of opener, and text that one candidate covers starts no other of its kind, so time and memory are
//! linear in the text even if it is hostile. Links in code and comments are found too, so a backlink is shown only after
//! the markup has been parsed.

use std::collections::HashSet;
use std::sync::Arc;

use memchr::{memchr, memchr2, memchr3, memmem::Finder};

use crate::capsule::{Essay, TextKind};

/// Longest candidate, in bytes: a Gemini URL may not be longer (protocol specification, "Requests").
const MAX_BYTES: usize = 1024;

/// Most distinct candidates kept of one text: resolving as many takes some 20 ms, and no real essay comes near.
const MAX_PER_TEXT: usize = 16_384;

/// Most words of one template tag that are taken for addresses: the destination is among the first arguments.
const WORDS_PER_TAG: usize = 5;

/// The first character of a line of stored candidates that holds a name; no address starts with it.
const NAME_MARK: char = '[';

/// What a text seems to link to, as written there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Candidate<'a> {
    /// A relative or absolute address.
    Address(&'a str),
    /// The name of an essay in a wiki link.
    Name(&'a str),
}

/// Returns the distinct candidates in `essay`, one per line, as [`read`] takes them. Addresses that `is_local` refuses
/// are left out.
pub(super) fn scan(essay: &Essay, is_local: impl Fn(&str) -> bool) -> Arc<str> {
    let text = essay.text();
    let mut seen = HashSet::new();
    let mut stored = String::new();
    find(text.body(), essay.kind, &mut |candidate| {
        let wanted = match candidate {
            Candidate::Address(written) => !written.starts_with(['#', NAME_MARK]) && is_local(written),
            Candidate::Name(_) => true,
        };
        if !wanted || seen.len() == MAX_PER_TEXT || !seen.insert(candidate) {
            return;
        }
        match candidate {
            Candidate::Address(written) => stored.extend([written, "\n"]),
            Candidate::Name(name) => {
                stored.push(NAME_MARK);
                stored.extend([name, "\n"]);
            }
        }
    });
    stored.into()
}

/// Returns the candidates that [`scan`] stored.
pub(super) fn read(stored: &str) -> impl Iterator<Item = Candidate<'_>> {
    stored.lines().map(|line| line.strip_prefix(NAME_MARK).map_or(Candidate::Address(line), Candidate::Name))
}

/// Calls `found` with each candidate in `body`: none is empty, holds a line break or is longer than [`MAX_BYTES`].
fn find<'a>(body: &'a str, kind: TextKind, found: &mut dyn FnMut(Candidate<'a>)) {
    let mut address = |text: &'a str| {
        if (1..=MAX_BYTES).contains(&text.len()) {
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
                if (1..=MAX_BYTES).contains(&text.len()) {
                    found(Candidate::Name(text));
                }
            });
        }
    }
}

/// Finds destinations of inline links, `](a.md)`, and of reference definitions, `]: a.md`.
fn destinations<'a>(body: &'a str, found: &mut dyn FnMut(&'a str)) {
    let mut from = 0;
    while let Some(length) = memchr(b']', &body.as_bytes()[from..]) {
        from += length;
        if !opens_destination(&body[from..]) {
            from += 1;
            continue;
        }
        let rest = body[from + 2..].trim_start();
        let is_definition = body.as_bytes()[from + 1] == b':';
        from = body.len() - rest.len();
        if let Some(inner) = rest.strip_prefix('<') {
            from += 1;
            match memchr3(b'<', b'>', b'\n', inner.as_bytes()) {
                Some(end) if inner.as_bytes()[end] == b'>' => {
                    found(&inner[..end]);
                    from += end;
                }
                _ => {}
            }
            continue;
        }
        let end = end_of_destination(rest);
        let closed = end.map_or(is_definition, |end| !rest[end..].starts_with(']'));
        let end = end.unwrap_or(rest.len());
        if closed {
            found(&rest[..end]);
        }
        from += end;
    }
}

/// Returns whether `text`, which starts with a closing bracket, opens a destination.
fn opens_destination(text: &str) -> bool {
    text.starts_with("](") || text.starts_with("]:")
}

/// Returns where the destination at the start of `text` ends: at white space, at a parenthesis without a partner, or
/// where another destination opens.
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
            ']' => opens_destination(&text[at..]),
            _ => c == ')' || c.is_whitespace(),
        };
        ends.then_some(at)
    })
}

/// Finds the values of `href` attributes.
fn attributes<'a>(body: &'a str, found: &mut dyn FnMut(&'a str)) {
    const OPENER: &str = "href=";
    let openers = Finder::new(OPENER);
    let mut from = 0;
    while let Some(at) = openers.find(&body.as_bytes()[from..]) {
        from += at + OPENER.len();
        let rest = &body[from..];
        let quote = rest.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
        let (value, end) = match quote {
            Some(quote) => (&rest[1..], memchr2(quote, b'\n', &rest.as_bytes()[1..])),
            None => (rest, rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '\'' | '`'))),
        };
        let end = match (end, quote) {
            (Some(end), _) => end,
            (None, Some(_)) => continue,
            // No white space or quote follows, so no later value is closed either.
            (None, None) => return,
        };
        if quote.is_none_or(|quote| value.as_bytes()[end] == quote) {
            found(&value[..end]);
            from += end;
        }
    }
}

/// Finds the words of the template tags and shortcodes of site generators, between `opener` and `closer`.
fn tags<'a>(body: &'a str, opener: &str, closer: &str, found: &mut dyn FnMut(&'a str)) {
    let (openers, closers) = (Finder::new(opener), Finder::new(closer));
    let mut from = 0;
    while let Some(at) = openers.find(&body.as_bytes()[from..]) {
        from += at + opener.len();
        let Some(length) = closers.find(&body.as_bytes()[from..]) else { return };
        let inner = innermost(&body[from..from + length], opener);
        let words = inner.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '>' | '`'));
        words.filter(|word| !word.is_empty()).take(WORDS_PER_TAG).for_each(&mut *found);
        from += length + closer.len();
    }
}

/// Finds the names in wiki links, `[[name#part|label]]`, without label.
fn names<'a>(body: &'a str, found: &mut dyn FnMut(&'a str)) {
    const OPENER: &str = "[[";
    let openers = Finder::new(OPENER);
    let mut from = 0;
    while let Some(at) = openers.find(&body.as_bytes()[from..]) {
        from += at + OPENER.len();
        let Some(length) = memchr2(b']', b'\n', &body.as_bytes()[from..]) else { return };
        if body.as_bytes()[from + length] == b']' {
            let inner = innermost(&body[from..from + length], OPENER).trim_start_matches('[');
            found(inner.split('|').next().unwrap_or_default());
        }
        from += length;
    }
}

/// Returns what stands behind the last `opener` in `inner`, or all of it: of nested openers the last one counts.
fn innermost<'a>(inner: &'a str, opener: &str) -> &'a str {
    inner.rfind(opener).map_or(inner, |at| &inner[at + opener.len()..])
}
