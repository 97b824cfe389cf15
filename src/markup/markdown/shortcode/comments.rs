//! What authors write beside their text for themselves and for their programs: comments of Obsidian (`%% … %%`) and of
//! kramdown (`{::comment} … {:/comment}`), which nobody is meant to read, and kramdown's attributes (`{: .wide}`).

use std::ops::Range;

use memchr::memmem;

/// The longest attributes, in bytes: nobody writes more, and looking for their end must not cost more.
const MAX_ATTRIBUTES: usize = 200;

/// How a comment of kramdown begins.
const EXTENSION: &str = "{::comment}";

/// All of them in `source`, in order. None overlaps another.
pub(super) fn comments(source: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    // From here on nothing of kramdown's is closed any more.
    let mut unclosed = source.len();
    while let Some(next) = next(source, at) {
        let end = if source[next..].starts_with("%%") {
            comment(source, next)
        } else if source[next..].starts_with(EXTENSION) {
            let end = if next < unclosed { extension(source, next) } else { None };
            unclosed = if end.is_none() { next } else { unclosed };
            end
        } else {
            attributes(source, next)
        };
        at = end.unwrap_or(next + 2);
        found.extend(end.map(|end| next..end));
    }
    found
}

/// Where the next one may begin.
fn next(source: &str, at: usize) -> Option<usize> {
    let bytes = &source.as_bytes()[at..];
    let starts = memchr::memchr2_iter(b'%', b'{', bytes);
    let mut starts = starts.filter(|&start| matches!(bytes.get(start..start + 2), Some(b"%%" | b"{:")));
    starts.next().map(|start| at + start)
}

/// The end of a comment between `%%`. One at the start of a line may hold several paragraphs; a percent sign behind a
/// number or another is what it looks like.
fn comment(source: &str, start: usize) -> Option<usize> {
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

/// The end of kramdown's comment and what it encloses.
fn extension(source: &str, start: usize) -> Option<usize> {
    let inner = start + EXTENSION.len();
    let close = inner + memmem::find(&source.as_bytes()[inner..], b"{:/")?;
    let ends =
        ["{:/comment}", "{:/}"].map(|end| source[close..].starts_with(end).then_some(close + end.len()));
    ends.into_iter().flatten().next()
}

/// The end of attributes: alone in their line, or right behind what they are about.
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

/// Whether nothing but white space and the signs of quotations stands before `at` in its line.
fn starts_line(source: &str, at: usize) -> bool {
    let before = source.as_bytes()[..at].iter().rev().find(|byte| !matches!(byte, b' ' | b'\t' | b'>'));
    before.is_none_or(|byte| *byte == b'\n')
}

/// Whether nothing but white space stands behind `at` in its line.
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
