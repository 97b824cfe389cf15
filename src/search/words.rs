//! The words of an essay: its texts block by block, divided into words, folded for comparison.
//!
//! Words end at the word boundaries of Unicode (UAX 29), and also at every character that is not a letter, digit or
//! mark, so that `snake_case`, `1.75.0` and `example.org` are found by their parts; in a query, each of these is a
//! phrase. An apostrophe divides an elision (`l'amour`) and ends a possessive (`Truffaut's`). Dense scripts, which are
//! written without spaces or attach particles to words, become overlapping pairs of characters, `東京物語` as `東京`,
//! `京物`, `物語` and a last `語`, so that any run of them can be found.
//!
//! Folding drops case, accents and the compatibility forms of Unicode (ligatures, full width), and spells letters such
//! as `æ` in full. Marks that change the sound of a letter, as in Hindi or Thai, are kept.

use std::ops::Range;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use unicode_segmentation::UnicodeSegmentation;

use crate::markup::{Block, Document, Node, plain_words};
use crate::problem::floor_char_boundary;

/// The longest word, in bytes. Longer ones are mostly data and are cut.
const MAX_WORD: usize = 64;

/// Most parts of a word: more are mostly data.
const MAX_PARTS: usize = 6;

const APOSTROPHES: [char; 5] = ['\'', '’', '‘', 'ʼ', '＇'];

/// Letters that are searched for in another spelling: as several letters, without a stroke, or as in Arabic.
const LETTERS: &str = "ßæœþøđðħıłςیىک";
const SPELLED: [&str; 14] = ["ss", "ae", "oe", "th", "o", "d", "d", "h", "i", "l", "σ", "ي", "ي", "ك"];

/// Calls `see` with the text of each block of `document` in reading order, footnotes last; a table row is one text.
pub(super) fn for_each_text(document: &Document<'_>, see: &mut dyn FnMut(&str)) {
    for node in document.nodes() {
        match node {
            Node::Block(Block::Code(code)) => see(&code.text),
            Node::Block(_) => {}
            Node::Texts(texts) => {
                let texts: Vec<_> = texts.iter().map(|text| plain_words(text)).collect();
                if let [text] = &*texts { see(text) } else { see(&texts.join(" | ")) }
            }
        }
    }
}

/// Calls `see` with each word of `text`, folded, and its byte range. The pairs of a dense run follow each other.
pub(super) fn for_each_word(text: &str, see: &mut dyn FnMut(&str, Range<usize>)) {
    if text.is_ascii() {
        return ascii_words(text, see);
    }
    let mut rest = 0;
    while rest < text.len() {
        let sparse = text[rest..].find(is_dense).map_or(text.len(), |at| rest + at);
        for (at, chunk) in text[rest..sparse].unicode_word_indices() {
            let mut at = rest + at;
            for part in chunk.split_inclusive(is_divider) {
                elisions(part.trim_end_matches(is_divider), at, see);
                at += part.len();
            }
        }
        let dense = text[sparse..].find(|c| !is_dense(c)).map_or(text.len(), |at| sparse + at);
        pairs(&text[sparse..dense], sparse, see);
        rest = dense;
    }
}

/// Finds the words of ASCII text without tables of Unicode: letters and digits, with apostrophes between two of a kind.
fn ascii_words(text: &str, see: &mut dyn FnMut(&str, Range<usize>)) {
    let bytes = text.as_bytes();
    let class = |at: usize| bytes.get(at).map(|byte| (byte.is_ascii_alphabetic(), byte.is_ascii_digit()));
    // The bits that all letters and digits of the word have, 0 if it has an apostrophe. Only capitals lack bit 0x20.
    let (mut start, mut bits) = (0, u8::MAX);
    for end in 0..=bytes.len() {
        match bytes.get(end) {
            Some(byte) if byte.is_ascii_alphanumeric() => bits &= byte,
            Some(b'\'') if end > start && class(end - 1) == class(end + 1) => bits = 0,
            _ => {
                match &text[start..end] {
                    "" => {}
                    word if bits & 0x20 != 0 && word.len() <= MAX_WORD => see(word, start..end),
                    word => elisions(word, start, see),
                }
                (start, bits) = (end + 1, u8::MAX);
            }
        }
    }
}

/// Returns every address that `document` links to, without scheme, query and fragment.
pub(super) fn addresses<'d>(document: &'d Document<'_>) -> impl Iterator<Item = &'d str> {
    let links = document.links.iter().map(|link| &*link.destination);
    let addresses = links.chain(document.pictures().map(|picture| &*picture.source));
    addresses.filter_map(|address| address.split(['?', '#']).next()).map(without_scheme)
}

/// Returns an address without its scheme and `www.`.
pub(super) fn without_scheme(address: &str) -> &str {
    let rest = match address.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) => rest,
        _ => address.strip_prefix("mailto:").unwrap_or(address),
    };
    rest.strip_prefix("www.").unwrap_or(rest)
}

/// Returns the parts that capitals or digits divide (`UnsharpMask`, `HTTPServer`, `utf8`; of `v2` the number), if any.
pub(super) fn parts(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    if word.bytes().skip(1).all(|byte| byte.is_ascii_lowercase()) || is_number(word) {
        return parts;
    }
    if let Some(number) = word.strip_prefix(['v', 'V']).filter(|number| is_number(number)) {
        return vec![number];
    }
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let mut start = 0;
    for at in 1..chars.len() {
        let (before, (offset, c)) = (chars[at - 1].1, chars[at]);
        let next = chars.get(at + 1..at + 3).unwrap_or_default();
        let ends_capitals = next.len() == 2 && next.iter().all(|(_, c)| c.is_lowercase());
        let is_capital = c.is_uppercase() && (!before.is_uppercase() || ends_capitals);
        if is_capital || before.is_alphabetic() && is_number(&word[offset..]) {
            parts.push(&word[start..offset]);
            start = offset;
        }
    }
    parts.push(&word[start..]);
    // One letter is not a word: `iPhone`, `x86`. Many parts are data.
    let are_words = parts.iter().all(|part| part.len() > 1 || is_number(part));
    if are_words && (2..=MAX_PARTS).contains(&parts.len()) { parts } else { Vec::new() }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the word at `range` of `text` with the symbols that belong to its name, as in `C#`, `C++` and `.NET`.
pub(super) fn with_symbols(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let is_symbol = |at: usize| matches!(text.as_bytes().get(at), Some(b'.' | b'+' | b'#'));
    if !is_symbol(range.start.wrapping_sub(1)) && !is_symbol(range.end) {
        return None;
    }
    let (before, word, after) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
    let opens = |c: char| c.is_whitespace() || "([{\"'“‘`*_".contains(c);
    let is_dotted = before.strip_suffix('.').is_some_and(|before| before.is_empty() || before.ends_with(opens));
    match word.len() {
        _ if after.starts_with("++") => Some(range.start..range.end + 2),
        1 if after.starts_with('#') => Some(range.start..range.end + 1),
        _ => (is_dotted && word.starts_with(char::is_alphabetic)).then(|| range.start - 1..range.end),
    }
}

/// Returns whether the script of a character is dense: Han, Kana, Bopomofo, Hangul, Thai, Lao, Khmer, Burmese.
pub(super) fn is_dense(c: char) -> bool {
    // One comparison decides for most text.
    c >= '\u{E01}'
        && matches!(c,
            '\u{E01}'..='\u{E4E}' | '\u{E81}'..='\u{ECE}' | '\u{1000}'..='\u{1049}' | '\u{1100}'..='\u{11FF}'
            | '\u{1780}'..='\u{17D3}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}'
            | '\u{3041}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{318F}'
            | '\u{31A0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
            | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{FF66}'..='\u{FFDC}' | '\u{20000}'..='\u{3FFFD}')
}

/// Returns whether a character divides a word although UAX 29 leaves it inside.
fn is_divider(c: char) -> bool {
    c.is_ascii_punctuation() && c != '\'' || !c.is_ascii() && "·\u{55F}\u{5F4}‧‿⁀⁔⁄︓︰﹒．：；＿".contains(c)
}

/// Calls `see` with `l` and `amour` for `l'amour`, `truffaut` for `Truffaut's`, and `dont` for `don't`.
fn elisions(part: &str, offset: usize, see: &mut dyn FnMut(&str, Range<usize>)) {
    let Some((head, tail)) = part.split_once(APOSTROPHES) else { return show(part, offset, see) };
    if tail.eq_ignore_ascii_case("s") {
        show(head, offset, see);
    } else if head.chars().count() <= 2 || tail.chars().count() >= 3 {
        show(head, offset, see);
        elisions(tail, offset + part.len() - tail.len(), see);
    } else {
        let whole: String = part.chars().filter(|&c| !APOSTROPHES.contains(&c)).collect();
        show(&whole, offset, &mut |word, _| see(word, offset..offset + part.len()));
    }
}

fn show(word: &str, offset: usize, see: &mut dyn FnMut(&str, Range<usize>)) {
    let folded = folded(&word[..floor_char_boundary(word, MAX_WORD)]);
    if !folded.is_empty() {
        see(&folded, offset..offset + word.len());
    }
}

/// Calls `see` with each character of a dense run and the next one, and with the last one alone.
fn pairs(run: &str, offset: usize, see: &mut dyn FnMut(&str, Range<usize>)) {
    let composed = ComposingNormalizerBorrowed::new_nfkc().normalize_iter(run.chars());
    let folded: String = composed.filter(|&c| !is_dropped(c)).collect();
    // If folding has changed the length of the run, a hit marks the whole run.
    let aligned = folded.len() == run.len();
    for (at, c) in folded.char_indices() {
        let next = at + c.len_utf8();
        let end = folded[next..].chars().next().map_or(next, |c| next + c.len_utf8());
        let range = if aligned { at..end } else { 0..run.len() };
        see(&folded[at..end], offset + range.start..offset + range.end);
    }
}

pub(super) fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize_iter(word.chars());
    let mut folded = String::new();
    for c in decomposed.filter(|&c| !is_dropped(c)).flat_map(char::to_lowercase) {
        match LETTERS.chars().position(|letter| letter == c) {
            Some(at) => folded.push_str(SPELLED[at]),
            None => folded.push(c),
        }
    }
    folded
}

/// Returns whether folding drops a character: accents and invisible characters such as soft hyphens and joiners.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}
