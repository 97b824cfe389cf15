//! Call-outs as Obsidian writes them: quotations that start with `[!kind] Title`. The parser knows only those
//! without a title.

use std::borrow::Cow;

use crate::markup::{Alert, Inline, Text};

/// `[!kind] Title` at the start of a quotation, with what is left of the paragraph. A `+` or `-` behind the
/// bracket says whether Obsidian shows it folded; text has no folds.
pub(super) fn take(mut text: Text<'_>) -> (Option<Alert<'_>>, Text<'_>) {
    let Some((kind, title_at)) = (match text.first() {
        Some(Inline::Text(words)) => alert_kind(words),
        _ => None,
    }) else {
        return (None, text);
    };
    let mut open = 0_usize;
    let end = text.iter().position(|inline| {
        match inline {
            Inline::Open(_) | Inline::LinkOpen(_) => open += 1,
            Inline::Close(_) | Inline::LinkClose => open -= 1,
            Inline::SoftBreak | Inline::HardBreak => return open == 0,
            _ => {}
        }
        false
    });
    let rest = end.map_or_else(Vec::new, |end| text.split_off(end + 1));
    text.truncate(end.unwrap_or(text.len()));
    if let Some(Inline::Text(words)) = text.first_mut() {
        match words {
            Cow::Borrowed(words) => *words = &words[title_at..],
            Cow::Owned(words) => drop(words.drain(..title_at)),
        }
        if words.is_empty() {
            text.remove(0);
        }
    }
    (Some(Alert { kind: Cow::Owned(kind), title: text }), rest)
}

/// The kind, capitalised, and where the title starts.
fn alert_kind(words: &str) -> Option<(String, usize)> {
    let inner = words.strip_prefix("[!")?;
    let end = inner.find(']')?;
    // Obsidian allows layout words behind a bar.
    let kind = inner[..end].split('|').next().unwrap_or_default().trim();
    let mut letters = kind.chars();
    let first = letters.next().filter(|first| first.is_alphabetic())?;
    if !kind.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ')) {
        return None;
    }
    let rest = &inner[end + 1..];
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let kind = first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect();
    Some((kind, words.len() - rest.trim_start().len()))
}
