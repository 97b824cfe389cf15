//! Details of text: raised and lowered letters, simple TeX, character references, white space at its ends.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser};

use super::source::{collapsed, cut_start, truncate};
use crate::markup::{Inline, Text};

/// Endings that make an ordinal of the number before them, in English and French.
const ORDINALS: [&str; 9] = ["st", "nd", "rd", "th", "er", "ère", "re", "ème", "nde"];

/// Returns `text` in superscript characters if it consists of digits and operators, else after a circumflex. Signs
/// that are raised by themselves, and an ordinal ending `after_digit`, need neither.
pub(super) fn raised(text: &str, after_digit: bool) -> String {
    match text.trim() {
        "TM" => "™".to_owned(),
        "SM" => "℠".to_owned(),
        sign @ ("™" | "℠" | "®" | "©" | "*" | "†" | "‡") => sign.to_owned(),
        ending if after_digit && ORDINALS.contains(&ending) => ending.to_owned(),
        text => shifted(text, '^', "0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾"),
    }
}

/// Returns `text` in subscript characters if it consists of digits and operators, else after a low line.
pub(super) fn lowered(text: &str) -> String {
    shifted(text, '_', "0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
}

/// Replaces each character of `text` by its counterpart in `to` if all are in `from`; else puts `otherwise` before it.
fn shifted(text: &str, otherwise: char, from: &str, to: &str) -> String {
    let shift = |c| from.chars().zip(to.chars()).find_map(|(plain, shifted)| (plain == c).then_some(shifted));
    let text = text.trim();
    text.chars().map(shift).collect::<Option<String>>().unwrap_or_else(|| format!("{otherwise}{text}"))
}

/// The length in bytes of the longest name of a character reference in the HTML standard.
const MAX_REFERENCE: usize = 31;

/// Returns `text` with the character references of HTML decoded. Unknown ones stay as they are.
pub fn decode(text: &str) -> Cow<'_, str> {
    let mut pieces = text.split('&');
    let plain = pieces.next().unwrap_or_default();
    if plain.len() == text.len() {
        return Cow::Borrowed(text);
    }
    let mut decoded = plain.to_owned();
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'#';
    let is_name = |name: &str| (1..=MAX_REFERENCE).contains(&name.len()) && name.bytes().all(is_sign);
    for piece in pieces {
        match piece.split_once(';').filter(|(name, _)| is_name(name)) {
            Some((name, rest)) => {
                push_meaning(&mut decoded, name);
                decoded.push_str(rest);
            }
            None => decoded.extend(["&", piece]),
        }
    }
    Cow::Owned(decoded)
}

/// Appends the character of a reference. The Markdown parser has the table of the two thousand less common ones.
fn push_meaning(decoded: &mut String, name: &str) {
    match name {
        "amp" => decoded.push('&'),
        "lt" => decoded.push('<'),
        "gt" => decoded.push('>'),
        "quot" => decoded.push('"'),
        "nbsp" => decoded.push('\u{a0}'),
        _ => Parser::new(&format!("&{name};")).for_each(|event| {
            if let Event::Text(text) = event {
                decoded.push_str(&text);
            }
        }),
    }
}

/// Returns a predicate for line breaks outside of marks and links. It must be called with each inline in order.
pub(super) fn line_ends() -> impl FnMut(&Inline<'_>) -> bool {
    let mut open = 0_usize;
    move |inline| {
        match inline {
            Inline::Open(_) | Inline::LinkOpen(_) => open += 1,
            Inline::Close(_) | Inline::LinkClose => open -= 1,
            _ => {}
        }
        open == 0 && matches!(inline, Inline::SoftBreak | Inline::HardBreak)
    }
}

pub(super) fn trim(text: &mut Text<'_>) {
    let is_blank = |inline: &Inline<'_>| match inline {
        Inline::Text(words) => words.trim_start().is_empty(),
        other => matches!(other, Inline::SoftBreak | Inline::HardBreak),
    };
    while text.pop_if(|last| is_blank(last)).is_some() {}
    let blank = text.iter().take_while(|inline| is_blank(inline)).count();
    text.drain(..blank);
    if let Some(Inline::Text(words)) = text.last_mut() {
        let end = words.trim_end().len();
        truncate(words, end);
    }
    if let Some(Inline::Text(words)) = text.first_mut() {
        let start = words.len() - words.trim_start().len();
        cut_start(words, start);
    }
}

/// The commands of TeX with a sign of their own, each with its sign.
const TEX_SIGNS: &str = include_str!("tex_signs.txt");

/// Returns `tex` as Unicode, or `None` if it has no commands, or needs more than signs and raised or lowered digits.
pub(super) fn tex_as_unicode(tex: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = tex.trim();
    if !rest.contains(['\\', '^', '_']) {
        return None;
    }
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\\' => {
                let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
                let (name, behind) = rest.split_at_checked(letters.max(1))?;
                let mut signs = TEX_SIGNS.split_ascii_whitespace();
                signs.by_ref().step_by(2).find(|known| *known == name)?;
                out.push_str(signs.next()?);
                rest = behind;
            }
            '^' if rest.starts_with("\\circ") => {
                out.push('°');
                rest = &rest["\\circ".len()..];
            }
            '^' | '_' => {
                let (group, behind) = match rest.strip_prefix('{') {
                    Some(inner) => inner.split_once('}')?,
                    None => rest.split_at_checked(rest.chars().next()?.len_utf8())?,
                };
                let shifted = if c == '^' { raised(group, false) } else { lowered(group) };
                // A group that has no raised or lowered form still starts with its mark.
                let is_shifted = !shifted.is_empty() && !shifted.starts_with(['^', '_', ' ']) && shifted != group;
                out.push_str(is_shifted.then_some(&shifted)?);
                rest = behind;
            }
            '{' | '}' | '&' | '~' | '%' | '#' => return None,
            _ => out.push(c),
        }
    }
    Some(collapsed(&out))
}
