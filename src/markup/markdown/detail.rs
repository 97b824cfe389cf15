//! The small print of the dialect: info strings, heading attributes, kinds of call-outs.

use std::borrow::Cow;

use pulldown_cmark::{self as cmark, BlockQuoteKind};

use crate::markup::{Alert, Alignment, Inline, Text};

pub(super) fn alert(kind: BlockQuoteKind) -> Alert<'static> {
    let kind = match kind {
        BlockQuoteKind::Note => "Note",
        BlockQuoteKind::Tip => "Tip",
        BlockQuoteKind::Important => "Important",
        BlockQuoteKind::Warning => "Warning",
        BlockQuoteKind::Caution => "Caution",
    };
    Alert { kind: Cow::Borrowed(kind), title: Vec::new() }
}

pub(super) fn alignment(alignment: cmark::Alignment) -> Alignment {
    match alignment {
        cmark::Alignment::None => Alignment::None,
        cmark::Alignment::Left => Alignment::Left,
        cmark::Alignment::Center => Alignment::Center,
        cmark::Alignment::Right => Alignment::Right,
    }
}

/// The language in an info string: its first word, also from `{.rust}`, `rust,ignore` and `rust{1,3}`.
pub(super) fn language(info: &str) -> &str {
    let info = info.trim_start().trim_start_matches(['{', '.']);
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}')).unwrap_or(info.len());
    let word = &info[..end];
    // `title=x` is an attribute of a block without a language.
    if word.contains('=') { "" } else { word }
}

pub(super) fn without_last_line_end(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_suffix('\n').unwrap_or(text)),
        Cow::Owned(mut text) => {
            if text.ends_with('\n') {
                text.pop();
            }
            Cow::Owned(text)
        }
    }
}

/// Takes a trailing `{#id}` off a heading; none if nothing else is left.
pub(super) fn without_id(mut text: Text<'_>) -> Option<Text<'_>> {
    if let Some(Inline::Text(words)) = text.last_mut()
        && words.ends_with('}')
        && let Some(start) = words.rfind("{#")
        && !words[start..words.len() - 1].contains(['}', ' '])
    {
        let end = words[..start].trim_end().len();
        match words {
            Cow::Borrowed(words) => *words = &words[..end],
            Cow::Owned(words) => words.truncate(end),
        }
        if end == 0 {
            text.pop();
        }
    }
    (!text.is_empty()).then_some(text)
}
