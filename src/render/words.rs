//! What running text and pictures say, whatever format they are written in.

use super::{address, columns, lines};
use crate::markup::{Image, Inline, Mark};

/// Appends what a line end of the source stands for: a space, or nothing between two characters of a script
/// without spaces (CSS Text level 3, section 4.1.3).
pub(crate) fn join(out: &mut String, next: &[Inline<'_>]) {
    let ascii = out.as_bytes().last().is_none_or(u8::is_ascii);
    let joins = !ascii
        && out.chars().next_back().is_some_and(columns::is_wide_script)
        && first_char(next).is_some_and(columns::is_wide_script);
    if !joins {
        out.push(' ');
    }
}

fn first_char(text: &[Inline<'_>]) -> Option<char> {
    text.iter().find_map(|piece| match piece {
        Inline::Text(words) | Inline::Code(words) => words.chars().next(),
        Inline::SoftBreak | Inline::HardBreak | Inline::Image(_) | Inline::FootnoteRef(_) => Some(' '),
        Inline::Open(_) | Inline::Close(_) | Inline::LinkOpen(_) | Inline::LinkClose => None,
    })
}

/// Whether a picture lies in its own address; that is no address to offer to readers.
pub(crate) fn is_inlined(source: &str) -> bool {
    source.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"))
}

/// The words for a picture inside a sentence.
pub(crate) fn alt_words(image: &Image<'_>) -> String {
    let mut words = String::new();
    lines::push_one_line(&mut words, if image.alt.trim().is_empty() { &image.title } else { &image.alt });
    if words.is_empty() && !is_inlined(&image.source) {
        words = address::file_stem(&image.source).unwrap_or_default();
    }
    words
}

/// The words of a text on one line, without marks, except for those that tell deleted words.
pub(crate) fn plain(text: &[Inline<'_>]) -> String {
    let mut words = String::new();
    for (at, piece) in text.iter().enumerate() {
        match piece {
            Inline::Text(text) | Inline::Code(text) => words.push_str(text),
            Inline::SoftBreak => join(&mut words, &text[at + 1..]),
            Inline::HardBreak => words.push(' '),
            Inline::Open(Mark::Strike) | Inline::Close(Mark::Strike) => words.push_str("~~"),
            Inline::Image(image) => words.push_str(&alt_words(image)),
            Inline::FootnoteRef(number) => {
                words.push('[');
                words.push_str(&number.to_string());
                words.push(']');
            }
            Inline::Open(_) | Inline::Close(_) | Inline::LinkOpen(_) | Inline::LinkClose => {}
        }
    }
    let mut line = String::with_capacity(words.len());
    lines::push_one_line(&mut line, &words);
    line
}
