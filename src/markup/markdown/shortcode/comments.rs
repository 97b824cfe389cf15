//! Finds text that is not for readers: comments of Obsidian (`%% … %%`), kramdown (`{::comment} … {:/comment}`),
//! templates (`{# … #}`) and MDX (`{/* … */}`), names of blocks in Obsidian (`^name`), and attributes of kramdown
//! (`{: .wide}`), Pandoc, goldmark and markdown-it (`{.wide}`).

use std::ops::Range;

use memchr::memmem;

use super::super::source::{Lookahead, count_searched, line_before};
use super::{Code, Edits};

/// The length in bytes of the longest attributes that are recognised. It bounds the search for their end.
const MAX_ATTRIBUTES: usize = 200;

/// The starts and ends of comments in braces.
const BRACED: [(&str, &str); 3] = [("{::comment}", "{:/"), ("{# ", " #}"), ("{/*", "*/}")];

/// Adds the removal of comments and attributes in `source` to `edits`.
pub(super) fn comments(source: &str, code: &Code<'_>, edits: &mut Edits) {
    let mut at = 0;
    let mut closings = <[Lookahead; BRACED.len()]>::default();
    let defines_links = memmem::find(source.as_bytes(), b"]: ").is_some();
    while let Some(start) = memchr::memchr3(b'%', b'{', b'^', &source.as_bytes()[at..]).map(|next| at + next)
    {
        let found = match source.as_bytes()[start] {
            b'%' if source[start..].starts_with("%%") => {
                obsidian_comment(source, start).map(|end| start..end)
            }
            b'%' => None,
            b'^' => block_name(source, start),
            _ => {
                let braced = BRACED.iter().position(|(opening, _)| source[start..].starts_with(opening));
                let comment =
                    braced.and_then(|form| braced_comment(source, start, form, &mut closings[form]));
                comment.map(|end| start..end).or_else(|| attributes(source, start))
            }
        };
        let Some(range) = found.filter(|_| !code.contains(start)) else {
            at = start + 1;
            at += usize::from(source[start..].starts_with("%%"));
            continue;
        };
        at = range.end;
        // Brackets that enclose a text for the sake of its attributes are no link.
        if source[..start].ends_with(']')
            && !defines_links
            && source[start..].starts_with('{')
            && let Some(opening) = opening_bracket(source, start - 1)
        {
            edits.push((opening..opening + 1, String::new()));
            edits.push((start - 1..range.end, String::new()));
            continue;
        }
        edits.push((range, String::new()));
    }
}

/// Returns the bracket that the one at `end` closes, if nothing but a bracketed text ends there.
fn opening_bracket(source: &str, end: usize) -> Option<usize> {
    let line = line_before(source, end);
    let at = line.rfind(['[', ']']).filter(|at| line[*at..].starts_with('['))?;
    let is_text = !line[..at].ends_with(['!', ']', '[', '\\']) && !line[at..].starts_with("[^");
    is_text.then_some(end - line.len() + at)
}

/// Returns the range of the name of a block with the white space before it, at the end of the block.
fn block_name(source: &str, start: usize) -> Option<Range<usize>> {
    let name =
        source[start + 1..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
    let end = start + 1 + name;
    let has_letter = source[start + 1..end].contains(|c: char| c.is_ascii_alphabetic());
    let before = source[..start].trim_end_matches([' ', '\t']);
    let apart = before.len() < start || before.is_empty() || before.ends_with('\n');
    if !(has_letter && apart && ends_line(source, end)) {
        return None;
    }
    let next = source[end..]
        .split_once('\n')
        .map_or("", |(_, rest)| rest.trim_start_matches([' ', '\t', '>', '\r']));
    let ends_block = next.is_empty()
        || next.starts_with(['\n', '-', '*', '+', '#', '`', '^'])
        || starts_line(source, start);
    ends_block.then_some(before.len()..end)
}

/// Returns the end of a comment between `%%`. One at the start of a line may contain several paragraphs. Percent signs
/// after a number or another percent sign are text.
fn obsidian_comment(source: &str, start: usize) -> Option<usize> {
    let before = source[..start].chars().next_back();
    let inner = &source[start + 2..];
    if inner.starts_with('%') || before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '%' | '{' | '\\'))
    {
        return None;
    }
    let end = memmem::find(inner.as_bytes(), b"%%")?;
    count_searched(end);
    let is_block = starts_line(source, start);
    let is_short = is_block || !inner[..end].contains("\n\n");
    (is_short && !inner[end + 2..].starts_with('%')).then_some(start + 2 + end + 2)
}

/// Returns the end of a comment in braces.
fn braced_comment(source: &str, start: usize, form: usize, closing: &mut Lookahead) -> Option<usize> {
    let (opening, end) = BRACED[form];
    let close = closing.find(source, end, start + opening.len() - usize::from(opening.ends_with(' ')))?;
    if form > 0 {
        return Some(close + end.len());
    }
    let ends =
        ["{:/comment}", "{:/}"].map(|end| source[close..].starts_with(end).then_some(close + end.len()));
    ends.into_iter().flatten().next()
}

/// Returns the range of attributes, which are alone on their line, in a heading, or right after the element that they
/// belong to. Those of a table of contents include the list item that it replaces.
fn attributes(source: &str, start: usize) -> Option<Range<usize>> {
    let bytes = &source.as_bytes()[start..];
    let end = memchr::memchr2(b'}', b'\n', &bytes[..bytes.len().min(MAX_ATTRIBUTES)])?;
    if bytes[end] == b'\n' {
        return None;
    }
    let end = start + end + 1;
    let inner = &source[start + 1..end - 1];
    let is_kramdown = inner.starts_with(':');
    let mut words = inner.trim_start_matches(':').split_whitespace();
    let first = words.next()?;
    let is_toc = is_kramdown && first == "toc";
    let is_attribute = |word: &str| word.starts_with(['.', '#']) && word.len() > 1 || word.contains('=');
    let line = line_before(source, start);
    let in_heading = {
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        (1..=6).contains(&level) && line[level..].starts_with(' ') && line.ends_with(' ')
    };
    if is_toc && starts_line(source, start) && ends_line(source, end) {
        return Some(contents_item(source, start - line.len()).unwrap_or(start)..end);
    }
    let are_attributes = match is_kramdown {
        true => is_attribute(first),
        false if in_heading && first == "#" => {
            words.next().is_some_and(|id| id.bytes().all(is_id)) && words.next().is_none()
        }
        false => {
            inner.trim_start().starts_with(|c: char| matches!(c, '.' | '#') || c.is_ascii_alphabetic())
                && is_attribute(first)
                && (words.all(is_attribute) || inner.contains("=\""))
        }
    };
    let alone = starts_line(source, start)
        && ends_line(source, end)
        && (is_kramdown || follows_line(source, start - line.len()));
    let signs: &[char] = if is_kramdown { &[')', ']', '*', '_', '`', '>', '"'] } else { &[')', ']', '`'] };
    let behind = source[..start].ends_with(signs);
    (are_attributes && (alone || behind || in_heading)).then_some(start..end)
}

fn is_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Returns the start of the list item on the line before `line`, if the list has no other item before it.
fn contents_item(source: &str, line: usize) -> Option<usize> {
    let before = source[..line].strip_suffix('\n')?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let (marker, _) = before[start..].trim_start().split_once(' ')?;
    let is_marker = matches!(marker, "*" | "-" | "+")
        || marker.strip_suffix(['.', ')']).is_some_and(|n| n.parse::<u8>().is_ok());
    (is_marker && !follows_line(source, start)).then_some(start)
}

/// Returns whether the line before the one that starts at `line` has text.
fn follows_line(source: &str, line: usize) -> bool {
    let before = source[..line].strip_suffix('\n').unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    !before.trim_matches([' ', '\t', '>', '\r']).is_empty()
}

/// Returns whether only white space and quotation marks precede `at` on its line.
fn starts_line(source: &str, at: usize) -> bool {
    let before = source.as_bytes()[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'>'));
    before.is_none_or(|byte| *byte == b'\n')
}

/// Returns whether only white space follows `at` on its line.
fn ends_line(source: &str, at: usize) -> bool {
    let behind = source.as_bytes()[at..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    behind.is_none_or(|byte| *byte == b'\n')
}
