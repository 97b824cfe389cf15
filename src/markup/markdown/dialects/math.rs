//! Finds TeX between delimiters that the parser does not know, `\(…\)`, `\[…\]` and `\begin{align}…\end{align}`, and
//! display math whose signs start and end lines: what is between them may look like any Markdown.

use std::collections::HashMap;
use std::ops::Range;

use super::super::source::line_before;
use super::inline::starts_line;
use super::{Edits, Ranges, is_one, longest_backtick_run};

/// Adds to `edits` fences around TeX that has lines of its own, and dollar signs around TeX in sentences.
pub(super) fn formulas(source: &str, code: &Ranges<'_>, edits: &mut Edits) {
    let bytes = source.as_bytes();
    // The last opening delimiter of each kind: with each, text is read once.
    let mut open: HashMap<(&str, &str), Range<usize>> = HashMap::new();
    let mut at = 0;
    while let Some(start) = memchr::memchr2(b'$', b'\\', &bytes[at..]).map(|found| at + found) {
        let length = bytes[start..].iter().take_while(|byte| **byte == bytes[start]).count();
        at = start + length;
        let signs = &source[start..at];
        let Some((kind, opens)) = delimiter(signs, &source[at..]) else { continue };
        at += bytes[at..].iter().take_while(|byte| kind.len() > 1 && **byte != b'}').count();
        at += usize::from(signs != "$$");
        let is_dollar = kind.is_empty();
        let opening = open.remove(&(signs, kind)).filter(|_| is_dollar || !opens);
        let is_read = opening.is_some_and(|opening| formula(source, code, kind, [opening, start..at], edits));
        let is_attached = || source[..start].ends_with(|c: char| c.is_ascii_alphanumeric() || "]_/:".contains(c));
        if opens && !is_read && if kind.len() == 1 { !is_attached() } else { starts_line(source, start) } {
            open.insert((signs, kind), start..at);
        }
    }
}

/// Returns the bracket or environment of the delimiter `signs` before `rest`, if not dollars, and whether it may open.
fn delimiter<'s>(signs: &str, rest: &'s str) -> Option<(&'s str, bool)> {
    let bracket = rest.chars().next().unwrap_or_default();
    match (signs, bracket) {
        ("$$", _) => Some(("", true)),
        ("\\" | "\\\\", '(' | ')') => Some(("(", bracket == '(')),
        ("\\" | "\\\\", '[' | ']') => Some(("[", bracket == '[')),
        ("\\" | "\\\\", _) => {
            let begun = rest.strip_prefix("begin{");
            let name = begun.or_else(|| rest.strip_prefix("end{"))?;
            let name = &name[..name.find(|c: char| !(c.is_ascii_alphabetic() || c == '*'))?];
            is_one("environment", name.trim_end_matches('*')).then_some((name, begun.is_some()))
        }
        _ => None,
    }
}

/// Adds the replacement of what is between two delimiters. Returns `false` if that is not a formula.
fn formula(source: &str, code: &Ranges<'_>, kind: &str, ends: [Range<usize>; 2], edits: &mut Edits) -> bool {
    let [opening, closing] = ends;
    let (is_dollar, is_environment) = (kind.is_empty(), kind.len() > 1);
    let inner = &source[opening.end..closing.start];
    if is_dollar && !inner.contains('\n') {
        return true;
    }
    let starts_below = inner.trim_start_matches([' ', '\r']).starts_with('\n');
    // Quarto numbers equations: `$$ {#eq-1}`.
    let behind = || source[closing.end..].lines().next().unwrap_or_default().trim();
    let ends_line = || behind().is_empty() || behind().starts_with("{#") && behind().ends_with('}');
    let starts_line = starts_line(source, opening.start);
    let is_block = starts_line && kind != "(" && ends_line();
    let is_formula = is_block && (is_dollar || is_environment || starts_below)
        || !is_dollar && !is_environment && is_tex(inner, kind, starts_line);
    let may_have_gap = is_environment || starts_below && is_block;
    if !is_formula
        || inner.contains("\n\n") && !may_have_gap
        || !is_block && inner.contains(['$', '`'])
        || code.in_code(opening.start)
        || code.in_code(closing.start)
        || !is_dollar && code.in_html(opening.start)
    {
        return false;
    }
    let text = if is_environment { &source[opening.start..closing.end] } else { inner };
    let text = if text.contains('\n') { text } else { text.trim() };
    // Markdown removes one of two backslashes.
    let is_doubled = source[opening.start..].starts_with("\\\\");
    let text = if is_doubled { text.replace("\\\\", "\\").replace("\\_", "_") } else { text.to_owned() };
    let replacement = if is_block {
        let line_end = format!("\n{}", line_before(source, opening.start));
        let fence = "`".repeat(longest_backtick_run(&text).max(2) + 1);
        let head = if starts_below && !is_environment { "" } else { &*line_end };
        let is_below = text.trim_end_matches([' ', '\t', '>']).ends_with('\n');
        format!("{fence}math{head}{text}{}{fence}", if is_below { "" } else { &*line_end })
    } else {
        format!("${}$", text.trim())
    };
    edits.replace(opening.start..closing.end, replacement);
    true
}

/// Returns whether a text in brackets is TeX: it has a command or no words; in a sentence, so has a name in round ones.
fn is_tex(text: &str, kind: &str, starts_line: bool) -> bool {
    let is_letters = |text: &str| text.bytes().take(2).filter(u8::is_ascii_alphabetic).count() == 2;
    let has_command = text.split('\\').skip(1).any(is_letters);
    let has_words = text.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 2);
    let has_number = text.split(|c: char| !c.is_ascii_digit()).any(|number| number.len() > 1);
    let is_name = !starts_line && !has_number && !text.trim().contains([' ', '.', '\\']);
    let has_sign = match kind {
        "(" => text.contains(['^', '_', '=', '+']) || is_name,
        _ => text.contains('^') || text.contains(" = "),
    };
    has_command || has_sign && !has_words && text.contains(char::is_alphabetic)
}
