//! Finds text that is not for readers: comments of Obsidian (`%% … %%`) and kramdown (`{::comment} … {:/comment}`), and
//! kramdown's attributes (`{: .wide}`).

use std::ops::Range;

use memchr::memmem;

use super::super::source::Lookahead;

/// The length in bytes of the longest attributes that are recognised. It bounds the search for their end.
const MAX_ATTRIBUTES: usize = 200;

/// The start of a comment of kramdown.
const KRAMDOWN: &str = "{::comment}";

/// Returns the ranges of comments and attributes in `source`, in order and without overlaps.
pub(super) fn comments(source: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut closing = Lookahead::default();
    while let Some(next) = next(source, at) {
        let end = if source[next..].starts_with("%%") {
            obsidian_comment(source, next)
        } else if source[next..].starts_with(KRAMDOWN) {
            kramdown_comment(source, next, &mut closing)
        } else {
            attributes(source, next)
        };
        at = end.unwrap_or(next + 2);
        found.extend(end.map(|end| next..end));
    }
    found
}

/// Returns the next offset at which a comment or attributes may start.
fn next(source: &str, at: usize) -> Option<usize> {
    let bytes = &source.as_bytes()[at..];
    let starts = memchr::memchr2_iter(b'%', b'{', bytes);
    let mut starts = starts.filter(|&start| matches!(bytes.get(start..start + 2), Some(b"%%" | b"{:")));
    starts.next().map(|start| at + start)
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
    let is_block = starts_line(source, start);
    let is_short = is_block || !inner[..end].contains("\n\n");
    (is_short && !inner[end + 2..].starts_with('%')).then_some(start + 2 + end + 2)
}

/// Returns the end of a comment of kramdown.
fn kramdown_comment(source: &str, start: usize, closing: &mut Lookahead) -> Option<usize> {
    let close = closing.find(source, "{:/", start + KRAMDOWN.len())?;
    let ends =
        ["{:/comment}", "{:/}"].map(|end| source[close..].starts_with(end).then_some(close + end.len()));
    ends.into_iter().flatten().next()
}

/// Returns the end of attributes, which are alone on their line or right after the element that they belong to.
fn attributes(source: &str, start: usize) -> Option<usize> {
    let bytes = &source.as_bytes()[start..];
    let end = memchr::memchr2(b'}', b'\n', &bytes[..bytes.len().min(MAX_ATTRIBUTES)])?;
    if bytes[end] == b'\n' {
        return None;
    }
    let end = start + end + 1;
    let first = source[start + 2..end - 1].split_whitespace().next()?;
    let are_attributes = first.starts_with(['.', '#']) || first.contains('=') || first == "toc";
    let alone = starts_line(source, start) && ends_line(source, end);
    let behind = source[..start].ends_with([')', ']', '*', '_', '`', '>', '"']);
    (are_attributes && (alone || behind)).then_some(end)
}

/// Whether only white space and quotation marks precede `at` on its line.
fn starts_line(source: &str, at: usize) -> bool {
    let before = source.as_bytes()[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'>'));
    before.is_none_or(|byte| *byte == b'\n')
}

/// Whether only white space follows `at` on its line.
fn ends_line(source: &str, at: usize) -> bool {
    let behind = source.as_bytes()[at..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    behind.is_none_or(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asides_are_found() {
        for (source, expected) in [
            ("a %%not for you%% b", &["%%not for you%%"][..]),
            ("%%\na\n\nb\n%%\nc", &["%%\na\n\nb\n%%"]),
            ("> %%x%%", &["%%x%%"]),
            ("a %%b\n\nc%% d", &[]),
            ("100%% sure, 50%% not", &[]),
            ("%%% a %%%", &[]),
            ("a \\%%b%%", &[]),
            ("{{%% x %%}}", &[]),
            ("never %%closed", &[]),
            ("![a](b.png)\n{: .wide}\n", &["{: .wide}"]),
            ("![a](b.png){: .wide title=\"x\"} c", &["{: .wide title=\"x\"}"]),
            ("*a*{:.b} **c**{:#d}", &["{:.b}", "{:#d}"]),
            ("- list\n{:toc}", &["{:toc}"]),
            ("a {: .b} c", &[]),
            ("{: never", &[]),
            ("{:}", &[]),
            ("so {:-} he said", &[]),
            ("(x){: y}", &[]),
            ("a\n{::comment}\nb\n\nc\n{:/comment}\nd", &["{::comment}\nb\n\nc\n{:/comment}"]),
            ("{::comment}a{:/} %%b%%", &["{::comment}a{:/}", "%%b%%"]),
            ("{::comment}a", &[]),
            ("%", &[]),
            ("ü%%", &[]),
        ] {
            let found: Vec<&str> = comments(source).into_iter().map(|range| &source[range]).collect();
            assert_eq!(found, expected, "{source:?}");
        }
    }
}
