//! Lines of limited width: greedy, at white space, by the columns that characters take.
//!
//! A line is as full as it can be. Words and URLs are never broken; one that is wider than the line stands
//! on a line of its own. Between the characters of scripts without spaces a line may end anywhere, except
//! that closing punctuation starts no line and opening punctuation ends none. Lines of ASCII, which most
//! are, take a path that looks at no more than the bytes around the margin.

use super::columns::{char_width, is_wide_script};

/// Appends `text`, wrapped so that no line is wider than `width` columns together with what it starts with:
/// `first` for the first line, `rest` for the others. A line feed in `text` begins a new line.
///
/// `first` and `rest` must take the same number of columns, given as `indent`.
pub(crate) fn fill(out: &mut String, text: &str, width: usize, indent: usize, first: &str, rest: &str) {
    let available = width.saturating_sub(indent).max(1);
    let mut lead = first;
    for line in text.split('\n') {
        let mut left = line.trim_matches(' ');
        loop {
            let (piece, behind) = next_line(left, available);
            out.push_str(lead);
            out.push_str(piece);
            if piece.is_empty() {
                out.truncate(out.trim_end_matches(' ').len());
            }
            out.push('\n');
            lead = rest;
            left = behind;
            if left.is_empty() {
                break;
            }
        }
    }
}

/// `text`, which has no line feed, as lines of at most `width` columns.
pub(crate) fn split(text: &str, width: usize) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut left = text.trim_matches(' ');
    while !left.is_empty() {
        let (piece, behind) = next_line(left, width.max(1));
        lines.push(piece);
        left = behind;
    }
    lines
}

/// The width of the widest piece of `text` that cannot be broken.
pub(crate) fn widest_piece(text: &str) -> usize {
    let mut widest = 0;
    let mut left = text.trim_matches(' ');
    while !left.is_empty() {
        let (piece, behind) = next_line(left, 1);
        widest = widest.max(super::columns::width(piece));
        left = behind;
    }
    widest
}

/// The first line of `text` and what is left behind it, both without spaces around the break.
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
    // One long word, perhaps with wide characters further on.
    next_wide_line(text, available)
}

fn next_wide_line(text: &str, available: usize) -> (&str, &str) {
    let mut columns = 0;
    // The last place where the line may end, and whether that is at a space.
    let mut last: Option<(usize, bool)> = None;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if c == ' ' {
            last = Some((at, true));
        } else if before.is_some_and(|before| may_break(before, c)) {
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

/// Whether a line may end between two characters that are no spaces.
fn may_break(before: char, after: char) -> bool {
    (is_wide_script(before) || is_wide_script(after))
        && !ends_no_line(before)
        && !starts_no_line(after)
        && before != ' '
}

/// Closing punctuation, small kana and marks (JIS X 4051, the part that all typesetters agree on).
fn starts_no_line(c: char) -> bool {
    char_width(c) == 0
        || matches!(
            c,
            '、' | '。'
                | '，'
                | '．'
                | '・'
                | '：'
                | '；'
                | '？'
                | '！'
                | '」'
                | '』'
                | '）'
                | '】'
                | '〉'
                | '》'
                | '〕'
                | '｝'
                | '］'
                | '〟'
                | '’'
                | '”'
                | 'ー'
                | '々'
                | 'ゝ'
                | 'ゞ'
                | '〜'
                | '…'
                | '‥'
                | 'ぁ'
                | 'ぃ'
                | 'ぅ'
                | 'ぇ'
                | 'ぉ'
                | 'っ'
                | 'ゃ'
                | 'ゅ'
                | 'ょ'
                | 'ゎ'
                | 'ァ'
                | 'ィ'
                | 'ゥ'
                | 'ェ'
                | 'ォ'
                | 'ッ'
                | 'ャ'
                | 'ュ'
                | 'ョ'
                | 'ヮ'
                | 'ヵ'
                | 'ヶ'
                | ')'
                | ']'
                | '}'
                | ','
                | '.'
                | ':'
                | ';'
                | '?'
                | '!'
                | '"'
                | '\''
                | '%'
                | '»'
        )
}

fn ends_no_line(c: char) -> bool {
    matches!(
        c,
        '「' | '『'
            | '（'
            | '【'
            | '〈'
            | '《'
            | '〔'
            | '｛'
            | '［'
            | '〝'
            | '‘'
            | '“'
            | '('
            | '['
            | '{'
            | '«'
    )
}

#[cfg(test)]
mod tests {
    use super::super::columns;
    use super::*;

    fn check(text: &str, width: usize, expected: &str) {
        let mut out = String::new();
        fill(&mut out, text, width, 0, "", "");
        assert_eq!(out.trim_end_matches('\n'), expected, "{text} at {width}");
    }

    #[test]
    fn lines_are_filled() {
        check("", 10, "");
        check("one two three", 80, "one two three");
        check("one two three", 7, "one two\nthree");
        check("one two three", 6, "one\ntwo\nthree");
        check("one  two three", 4, "one\ntwo\nthree");
        check("a https://example.org/long b", 10, "a\nhttps://example.org/long\nb");
        check("one\ntwo three", 7, "one\ntwo\nthree");
        check("é é é é", 3, "é é\né é");
        check("naïve café au lait", 10, "naïve café\nau lait");
    }

    #[test]
    fn wide_scripts_break_between_characters() {
        check("東京物語", 4, "東京\n物語");
        check("東京物語", 5, "東京\n物語");
        check("東京。物語", 4, "東\n京。\n物語");
        check("東「京」物", 4, "東\n「京\n」物".replace("「京\n」物", "「京」\n物").as_str());
        check("한국어 글", 4, "한국어\n글");
        check("東京 and more", 6, "東京\nand\nmore");
    }

    #[test]
    fn what_lines_start_with_counts() {
        let mut out = String::new();
        fill(&mut out, "one two three", 9, 2, "* ", "  ");
        assert_eq!(out, "* one two\n  three\n");
    }

    #[test]
    fn no_line_is_too_wide_unless_it_is_one_word() {
        let text = "The quick brown fox 東京物語は、小津安二郎の映画です。 naïve café https://example.org/ 한국어 end";
        for width in 1..60 {
            for line in split(text, width) {
                assert!(
                    columns::width(line) <= width || widest_piece(line) == columns::width(line),
                    "{width}: {line}"
                );
            }
            let words: String = split(text, width).concat().split(' ').collect();
            assert_eq!(words, text.split(' ').collect::<String>());
        }
    }
}
