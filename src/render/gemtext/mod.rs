//! Gemtext (text/gemini).

mod options;

pub use options::{Emphasis, GemtextOptions, LinkMarkers, LinkPlacement, ListLinks, NestedLists, TableStyle};

use crate::markup::Document;

use super::Resolve;

/// The body of a page as gemtext.
pub fn render(_document: &Document<'_>, _options: &GemtextOptions, _resolve: &dyn Resolve) -> String {
    String::new()
}

/// Appends a line of text, with a space in front if it would read as another type of line.
pub(crate) fn push_guarded(out: &mut String, line: &str) {
    if needs_guard(line) {
        out.push(' ');
    }
    out.push_str(line);
}

/// Whether a finished line of text would read as a link, a heading, a list item, a quote or a fence. One
/// space in front prevents that; no client shows it in a way that disturbs.
fn needs_guard(line: &str) -> bool {
    match line.as_bytes() {
        [b'#' | b'>', ..] | [b'=', b'>', ..] | [b'`', b'`', b'`', ..] => true,
        [b'*', rest @ ..] => rest.first().is_none_or(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// Appends preformatted lines. A line that would close the block gets a space in front, and control
/// characters go; all else stays byte for byte.
pub(crate) fn push_code(out: &mut String, code: &str) {
    for line in code.split('\n') {
        if line.starts_with("```") {
            out.push(' ');
        }
        super::columns::push_clean(out, line);
        out.push('\n');
    }
}
