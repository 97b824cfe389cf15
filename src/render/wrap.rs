//! Line wrapping by display width.
//!
//! Lines are filled greedily and broken at spaces. Words and URLs are never broken; one that is wider than the line has
//! a line of its own. Between characters of scripts without spaces a line may end anywhere, except before closing and
//! after opening punctuation. For lines of ASCII, only the bytes around the margin are examined.

use super::text::{char_width, is_wide_script};

/// A place within a word where a line may end (Unicode: zero width space).
pub(crate) const BREAK: char = '\u{200b}';

/// Appends `text`, wrapped to lines of at most `width` columns. The first line starts with `first`, the others with
/// `rest`, both of which are `indent` columns wide. A line feed in `text` begins a new line.
pub(crate) fn fill(out: &mut String, text: &str, width: usize, indent: usize, first: &str, rest: &str) {
    let available = width.saturating_sub(indent).max(1);
    let mut lead = first;
    for line in text.split('\n') {
        let mut left = line.trim_matches(' ');
        loop {
            let (piece, remainder) = next_line(left, available);
            out.push_str(lead);
            out.push_str(piece);
            if piece.is_empty() {
                out.truncate(out.trim_end_matches(' ').len());
            }
            out.push('\n');
            lead = rest;
            left = remainder;
            if left.is_empty() {
                break;
            }
        }
    }
}

/// Returns `text`, which contains no line feed, as lines of at most `width` columns.
pub(crate) fn split(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut left = text.trim_matches(' ');
    while !left.is_empty() {
        let (piece, remainder) = next_line(left, width.max(1));
        lines.push(piece);
        left = remainder;
    }
    lines
}

/// Returns the width of the widest part of `text` that cannot be broken.
pub(crate) fn widest_piece(text: &str) -> usize {
    let mut widest = 0;
    let mut left = text.trim_matches(' ');
    while !left.is_empty() {
        let (piece, remainder) = next_line(left, 1);
        widest = widest.max(super::text::width(piece));
        left = remainder;
    }
    widest
}

/// Returns the first line of `text` and the remainder, without the spaces at the break.
fn next_line(text: &str, available: usize) -> (&str, &str) {
    let bytes = text.as_bytes();
    let window = bytes.len().min(available + 1);
    if !bytes[..window].is_ascii() {
        return next_wide_line(text, available);
    }
    if bytes.len() <= available {
        return (text, "");
    }
    if let Some(at) = memchr::memrchr(b' ', &bytes[..window]) {
        return break_at_space(text, at);
    }
    // A long word, which may contain wide characters further on.
    next_wide_line(text, available)
}

fn next_wide_line(text: &str, available: usize) -> (&str, &str) {
    let mut columns = 0;
    // The last position where the line may end, and whether there is a space.
    let mut last: Option<(usize, bool)> = None;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if c == ' ' {
            last = Some((at, true));
        } else if before.is_some_and(|before| before == BREAK || may_break(before, c)) {
            last = Some((at, false));
        }
        columns += char_width(c);
        if columns > available
            && let Some((end, space)) = last
        {
            return if space { break_at_space(text, end) } else { (&text[..end], &text[end..]) };
        }
        before = Some(c);
    }
    (text, "")
}

fn break_at_space(text: &str, at: usize) -> (&str, &str) {
    (text[..at].trim_end_matches(' '), text[at..].trim_start_matches(' '))
}

/// Returns whether a line may end between two characters, none of which is a space.
fn may_break(before: char, after: char) -> bool {
    (is_wide_script(before) || is_wide_script(after))
        && !ends_no_line(before)
        && !starts_no_line(after)
        && before != ' '
}

/// Returns whether `c` is closing punctuation, a small kana or a combining mark (JIS X 4051, the undisputed part).
fn starts_no_line(c: char) -> bool {
    char_width(c) == 0
        || "、。，．・：；？！」』）】〉》〕｝］〟’”ー々ゝゞ〜…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ"
            .contains(c)
        || ")]},.:;?!\"'%»".contains(c)
}

/// Returns whether `c` is opening punctuation.
fn ends_no_line(c: char) -> bool {
    "「『（【〈《〔｛［〝‘“([{«".contains(c)
}
