//! White space at the ends of a text says nothing.

use std::borrow::Cow;

use crate::markup::{Inline, Text};

/// Whether a reader sees `inline` by itself.
pub(super) fn is_visible(inline: &Inline<'_>) -> bool {
    !matches!(inline, Inline::Open(_) | Inline::Close(_) | Inline::SoftBreak | Inline::HardBreak)
}

/// Takes breaks and white space off both ends.
pub(super) fn ends(inlines: &mut Text<'_>) {
    while let Some(last) = inlines.last_mut() {
        match last {
            Inline::Text(text) => {
                let end = text.trim_end().len();
                match text {
                    Cow::Borrowed(text) => *text = &text[..end],
                    Cow::Owned(text) => text.truncate(end),
                }
                if end > 0 {
                    break;
                }
            }
            Inline::SoftBreak | Inline::HardBreak => {}
            _ => break,
        }
        inlines.pop();
    }
    let blank = inlines
        .iter()
        .take_while(|inline| match inline {
            Inline::Text(text) => text.trim_start().is_empty(),
            other => matches!(other, Inline::SoftBreak | Inline::HardBreak),
        })
        .count();
    inlines.drain(..blank);
    if let Some(Inline::Text(text)) = inlines.first_mut() {
        let start = text.len() - text.trim_start().len();
        match text {
            Cow::Borrowed(text) => *text = &text[start..],
            Cow::Owned(text) => drop(text.drain(..start)),
        }
    }
}
