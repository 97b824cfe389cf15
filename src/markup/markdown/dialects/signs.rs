//! Rewrites signs around words: marks, keys, raised letters, icons, directives, links, emphasis beside East Asian text.

use std::ops::Range;

use memchr::memmem;
use unicode_width::UnicodeWidthChar;

use super::super::source::{count_searched, line_before};
use super::super::stack::capitalised;
use super::{Edits, Ranges, is_one};

/// Text that shows nothing and counts as punctuation: beside it, emphasis opens and closes next to any letter.
const JOINT: &str = "<!---->";

/// Adds to `edits` the marks of Obsidian, `==marked==`, the keys of `MkDocs`, `++ctrl+c++`, and lowered text, `H~2~O`.
pub(super) fn pairs(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    let bytes = source.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'=', b'+', b'~', &bytes[at..]).map(|found| at + found) {
        let sign = bytes[found];
        let length = bytes[found..].iter().take_while(|byte| **byte == sign).count();
        at = found + length;
        let (before, after) = (source[..found].chars().next_back(), source[at..].chars().next());
        let is_open = !after.is_none_or(char::is_whitespace)
            && before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"\\=!<>/?&$`".contains(c));
        if sign == b'~' && length == 1 {
            at = shifted(source, found, ["<sub>", "</sub>"], code, edits).unwrap_or(at);
        }
        if length != 2 || !is_open || sign == b'~' {
            continue;
        }
        let inner = source[at..].split(&source[found..at]).next().unwrap_or_default();
        count_searched(inner.len());
        let end = at + inner.len();
        let closes = source[end..].starts_with(&source[found..at])
            && !source[end + 2..].starts_with(|c: char| c as u32 == u32::from(sign) || c.is_ascii_alphanumeric())
            && !inner.ends_with(char::is_whitespace)
            && !inner.contains("\n\n");
        let is_key = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let are_keys = sign == b'+' && inner.split('+').all(|key| is_key(key.trim_matches('"')));
        let are_words = sign == b'+' && inner.contains(' ') && inner.split(' ').all(|word| word.len() > 1);
        if closes && (sign == b'=' || are_keys || are_words) && !code.in_code(found) && !code.in_code(end) {
            if are_keys && (inner.contains(['+', '"']) || is_one("key", inner)) {
                let keys: Vec<String> = inner.split('+').map(|key| capitalised(key.trim_matches('"'))).collect();
                edits.replace(at..end, keys.join("+"));
            }
            edits.remove(found..at);
            edits.remove(end..end + 2);
        }
        at = if closes { end + 2 } else { at };
    }
}

/// Replaces the signs around a raised or lowered text after a letter or digit, such as `x^2^`. Returns its end.
pub(super) fn shifted(source: &str, at: usize, tags: [&str; 2], code: &Ranges<'_>, edits: &mut Edits) -> Option<usize> {
    let (sign, behind) = source[at..].split_at(1);
    let length = behind.bytes().take(6).position(|byte| byte == sign.as_bytes()[0]).filter(|length| *length > 0)?;
    let (inner, rest) = (&behind[..length], &behind[length + 1..]);
    let is_word = inner.contains(|c: char| c.is_ascii_alphabetic());
    let may_precede = |c: char| c.is_alphabetic() || c == ')' || c.is_ascii_digit() && sign == "^";
    let is_attached = source[..at].ends_with(may_precede);
    let continues = rest.starts_with(sign) || is_word && rest.starts_with(char::is_alphanumeric);
    let is_shifted = inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'));
    let end = at + inner.len() + 2;
    (is_shifted && is_attached && !continues && !code.in_code(at)).then(|| {
        edits.replace(at..end, [tags[0], inner, tags[1]].concat());
        end
    })
}

/// Adds to `edits` the removal of names that are not words: of icons, `:material-star:`, and of directives around their
/// words, `:kbd[Enter]`; of one of two colons in Obsidian's fields, `rating:: 5`, and the sign in Quarto's `@fig-lamp`.
pub(super) fn names(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    let bytes = source.as_bytes();
    for at in memchr::memchr2_iter(b':', b'@', bytes) {
        // In prose, a space follows.
        if !bytes.get(at + 1).is_some_and(|next| next.is_ascii_alphanumeric() || *next == b':') {
            continue;
        }
        let length = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-').count();
        let end = at + 1 + length;
        let (name, rest) = (&source[at + 1..end], &source[end..]);
        let is_attached = source[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, ':' | '\\'));
        let set = name.split_once('-').map_or("", |(set, _)| set);
        if bytes[at] == b'@' && (is_attached || !is_one("cross-reference", set)) {
            continue;
        }
        let removed = if bytes[at] == b'@' {
            [at..at + 1, end..end]
        } else if is_attached
            && source[at..].starts_with(":: ")
            && let Some(key) = key(line_before(source, at))
        {
            // Logseq has notes of its own on a line of a list item.
            let line = line_before(source, at);
            if is_one("property", key) && line.trim_start() == key && line != key {
                let start = source[..at - line.len()].trim_end_matches(['\n', '\r']).len();
                let length = memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
                [start..at + length, end..end]
            } else {
                [at..end, end..end]
            }
        } else if !is_attached && (rest.starts_with(':') && is_one("icons", set) || rest.starts_with("{name=\"")) {
            let behind = rest.strip_prefix(':').unwrap_or(rest);
            let attributes = behind.strip_prefix('{').and_then(|rest| rest.split(['{', '\n']).next()?.find('}'));
            let last = source.len() - behind.len() + attributes.map_or(0, |length| length + 2);
            [at..last, last..last]
        } else if length > 1
            && source[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || "([\"'“‘*_".contains(c))
            && (bytes[at + 1].is_ascii_alphabetic() && rest.starts_with('['))
            && let Some(close) = memchr::memchr3(b'[', b']', b'\n', &bytes[end + 1..])
            && rest[1..=close].contains(char::is_alphabetic)
            && rest[close + 1..].starts_with(']')
            && !rest[close + 2..].starts_with(['(', '[', ':'])
        {
            [at..end + 1, end + 1 + close..end + 2 + close]
        } else {
            continue;
        };
        if !code.in_code(at) {
            for range in removed {
                edits.remove(range);
            }
        }
    }
}

/// Returns the key of a field, of at most 40 letters, at the end of `line`, up to `::`, alone or after a bracket.
fn key(line: &str) -> Option<&str> {
    let letters = line.chars().rev().take(40).take_while(|c| c.is_alphanumeric() || *c == ' ');
    let (before, key) = line.split_at(line.len() - letters.map(char::len_utf8).sum::<usize>());
    let key = key.trim();
    let is_key = (before.is_empty() || before.ends_with(['[', '(', '-', '*', '>', '\t']))
        && (key.starts_with(char::is_uppercase) || !key.contains(' '));
    is_key.then_some(key)
}

/// Adds to `edits` what `![A](my lamp.png =300x200)` and `[[1]](#notes)` need: brackets, no size, and escapes.
pub(super) fn destinations(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    for start in memmem::find_iter(source.as_bytes(), "](").map(|at| at + 2) {
        let is_labelled = source[..start - 2].ends_with(']');
        let behind = &source.as_bytes()[start..];
        let near = memchr::memchr3(b')', b']', b'\n', behind).unwrap_or(behind.len());
        count_searched(near);
        if !is_labelled && behind[near..].starts_with(b")") && memchr::memchr2(b' ', b'(', &behind[..near]).is_none() {
            continue;
        }
        let mut depth = 0;
        let length = source[start..].bytes().position(|byte| {
            depth += i32::from(byte == b'(') - i32::from(byte == b')');
            depth < 0 || matches!(byte, b'<' | b'[' | b']' | b'\n')
        });
        let inner = length.map_or("", |length| &source[start..start + length]);
        count_searched(inner.len());
        let end = start + inner.len();
        // A label in brackets of its own, such as that of a note, is no link of Obsidian.
        if is_labelled && inner.contains(['/', '#', '.']) && !inner.contains(' ') {
            let label = line_before(source, start - 3);
            if let Some(open) = label.rfind('[').filter(|open| label[..*open].ends_with('[') && !code.in_code(start)) {
                edits.insert(start - 3 - label.len() + open, "\\");
                edits.insert(start - 3, "\\");
            }
        }
        if !(inner.contains(' ') && source[end..].starts_with(')')) {
            continue;
        }
        let before = line_before(source, start - 2);
        if !before.ends_with(')') && !before.rfind(['[', ']']).is_some_and(|at| before[at..].starts_with('[')) {
            continue;
        }
        let is_size = |c: char| c.is_ascii_digit() || "%xX*p".contains(c);
        let size = inner.rfind(" =").filter(|at| inner[at + 2..].chars().all(is_size)).unwrap_or(inner.len());
        let title = inner.find(" \"").or_else(|| inner.find(" '")).unwrap_or(size).min(size);
        let path = inner[..title].trim_end();
        let extension = path.split(['#', '?']).next().and_then(|file| file.rsplit('.').next()).unwrap_or_default();
        let is_file = extension.len() < 6
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && extension.contains(char::is_alphabetic);
        let is_spaced = path.contains(' ') && (is_file || path.contains("://"));
        if !is_spaced && size == inner.len() || code.in_code(start) {
            continue;
        }
        if is_spaced {
            edits.insert(start, "<");
            edits.insert(start + path.len(), ">");
        }
        edits.remove(start + size..end);
    }
}

/// Adds to `edits` the joints that emphasis needs beside letters of East Asia.
pub(super) fn joints(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    let bytes = source.as_bytes();
    let is_beside_letter = |at: usize| !bytes[at.saturating_sub(1)..bytes.len().min(at + 2)].is_ascii();
    if source.is_ascii() || !memchr::memchr2_iter(b'*', b'~', bytes).any(is_beside_letter) {
        return;
    }
    let mut open: Vec<(u8, usize)> = Vec::new();
    let (mut at, mut last) = (0, 0);
    while let Some(found) = memchr::memchr2(b'*', b'~', &bytes[at..]) {
        let start = at + found;
        let sign = bytes[start];
        let length = bytes[start..].iter().take_while(|byte| **byte == sign).count();
        at = start + length;
        let before = source[..start].chars().next_back();
        if before == Some('\\') || sign == b'~' && length != 2 {
            continue;
        }
        if source[last..start].contains("\n\n") {
            open.clear();
        }
        last = start;
        let joint = emphasis(start..at, sign, [before, source[at..].chars().next()], &mut open);
        if let Some(joint) = joint.filter(|_| !code.in_code(start)) {
            edits.insert(joint, JOINT);
        }
    }
}

/// Reads a run of stars or tildes between two characters. Returns where it needs a joint, at one of its ends.
fn emphasis(run: Range<usize>, sign: u8, around: [Option<char>; 2], open: &mut Vec<(u8, usize)>) -> Option<usize> {
    let [before, after] = around;
    let is_sign = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let is_blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let opening = open.iter().rposition(|opened| *opened == (sign, run.len())).filter(|_| !is_blank(before));
    if let Some(index) = opening {
        open.truncate(index);
        return (is_sign(before) && after.is_some_and(is_east_asian)).then_some(run.end);
    }
    if is_blank(after) {
        return None;
    }
    open.push((sign, run.len()));
    (is_sign(after) && before.is_some_and(is_east_asian)).then_some(run.start)
}

/// Returns whether `c` is a letter of Chinese, Japanese or Korean, which are written without spaces between words.
pub(super) fn is_east_asian(c: char) -> bool {
    c >= '\u{1100}' && c.is_alphanumeric() && c.width() == Some(2)
}
