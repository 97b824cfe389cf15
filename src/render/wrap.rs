//! Line wrapping by display width.
//!
//! Lines are filled greedily and broken at spaces. Words and URLs are never broken; one that is wider than the line has
//! a line of its own. Between characters of scripts without spaces a line may end anywhere, except before closing and
//! after opening punctuation. For lines of ASCII, only the bytes around the margin are examined.

use super::text::{char_width, is_wide_script};

/// A place within a word where a line may end (Unicode: zero width space).
pub(crate) const BREAK: char = '\u{200b}';

const OPENING: &str = "「『（【〈《〔｛［〝‘“([{«";

/// Closing punctuation and small kana (JIS X 4051, the undisputed part).
const CLOSING: &str =
    "、。，．・：；？！」』）】〉》〕｝］〟’”ー々ゝゞ〜…‥ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ)]},.:;?!\"'%»";

/// Returns the lines of at most `width` columns of `text`, which contains no line feed.
pub(crate) fn lines(text: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut left = text.trim_matches(' ');
    std::iter::from_fn(move || {
        let (line, remainder) = next_line(left, width.max(1));
        left = remainder;
        Some(line).filter(|line| !line.is_empty())
    })
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
        return break_at(text, at);
    }
    // A long word, which may contain wide characters further on.
    next_wide_line(text, available)
}

fn next_wide_line(text: &str, available: usize) -> (&str, &str) {
    let mut columns = 0;
    // The last position where the line may end.
    let mut last = None;
    let mut before = None;
    for (at, c) in text.char_indices() {
        if c == ' ' || before.is_some_and(|before| before == BREAK || may_break(before, c)) {
            last = Some(at);
        }
        columns += char_width(c);
        if let Some(end) = last.filter(|_| columns > available) {
            return break_at(text, end);
        }
        before = Some(c);
    }
    (text, "")
}

fn break_at(text: &str, at: usize) -> (&str, &str) {
    (text[..at].trim_end_matches(' '), text[at..].trim_start_matches(' '))
}

/// Returns whether a line may end between two characters, the second of which is not a space.
fn may_break(before: char, after: char) -> bool {
    (is_wide_script(before) || is_wide_script(after))
        && before != ' '
        && !OPENING.contains(before)
        && !CLOSING.contains(after)
        && char_width(after) > 0
}
