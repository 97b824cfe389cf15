//! How wide text is on a screen, and which characters may stand on a terminal at all.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// The columns that `c` takes.
pub(crate) fn char_width(c: char) -> usize {
    if c.is_ascii() { 1 } else { c.width().unwrap_or(0) }
}

/// Appends `text`, cut with an ellipsis if it is wider than `limit` columns.
pub(crate) fn push_cut(out: &mut String, text: &str, limit: usize) {
    if width(text) <= limit {
        out.push_str(text);
        return;
    }
    let mut columns = 0;
    let end = text
        .char_indices()
        .find(|&(_, c)| {
            columns += char_width(c);
            columns >= limit.max(1)
        })
        .map_or(text.len(), |(at, _)| at);
    out.push_str(text[..end].trim_end());
    out.push('…');
}

/// Whether `c` belongs to a script whose words are not divided by spaces and whose characters take two
/// columns: there a line may break between any two characters, and a line end of the source is no space.
///
/// These are the wide characters of CSS Text level 3, section 4.1.3, without Hangul (which has spaces)
/// and without pictographs (which stand among words of any script).
pub(crate) fn is_wide_script(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{312F}'
        | '\u{3190}'..='\u{31FF}'
        | '\u{3220}'..='\u{325F}'
        | '\u{3280}'..='\u{A4CF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF01}'..='\u{FF9F}'
        | '\u{FFE0}'..='\u{FFE5}'
        | '\u{17000}'..='\u{18CFF}'
        | '\u{1B000}'..='\u{1B2FF}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// Appends `text` without control characters (C0 but for the tab, DEL, C1), which could command a terminal.
/// A line feed, which only a character reference can have brought in here, becomes a space.
pub(crate) fn push_clean(out: &mut String, text: &str) {
    if !text.bytes().any(may_start_control) {
        out.push_str(text);
        return;
    }
    out.extend(text.chars().filter_map(|c| match c {
        '\n' => Some(' '),
        '\t' => Some(c),
        _ => (!c.is_control()).then_some(c),
    }));
}

/// `text` without control characters, as [`push_clean`] leaves it.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(may_start_control) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::with_capacity(text.len());
    push_clean(&mut cleaned, text);
    Cow::Owned(cleaned)
}

/// Whether a control character may start at this byte: the C1 controls are `0xC2` and one more byte.
fn may_start_control(byte: u8) -> bool {
    byte < b' ' || byte == 0x7F || byte == 0xC2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits_with_its_ellipsis() {
        for (text, limit, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("ab cd", 4, "ab…"),
            ("東京都", 6, "東京都"),
            ("東京都", 5, "東京…"),
            ("東京都", 4, "東…"),
        ] {
            let mut out = String::new();
            push_cut(&mut out, text, limit);
            assert_eq!(out, expected);
            assert!(width(&out) <= limit);
        }
    }

    #[test]
    fn controls_go_and_all_else_stays() {
        for (text, expected) in [
            ("plain", "plain"),
            ("a\tb", "a\tb"),
            ("a\nb", "a b"),
            ("a\u{1b}[31mb", "a[31mb"),
            ("a\u{9b}31mb\u{7f}", "a31mb"),
            ("50\u{a0}% © «x»", "50\u{a0}% © «x»"),
        ] {
            assert_eq!(clean(text), expected);
        }
    }

    #[test]
    fn scripts_without_spaces() {
        for (c, expected) in [
            ('東', true),
            ('、', true),
            ('カ', true),
            ('！', true),
            ('한', false),
            ('e', false),
            ('🎉', false),
        ] {
            assert_eq!(is_wide_script(c), expected, "{c}");
        }
    }
}
