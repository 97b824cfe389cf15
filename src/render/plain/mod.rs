//! A [`Document`] as plain text, wrapped for a terminal: item type 0 of Gopher.
//!
//! Running text is collected into one string for each paragraph (`inline`) and then wrapped (`render::wrap`). `blocks`
//! writes the blocks, `page` the start of every line. Links become numbers in square brackets, and their destinations
//! a list at the end.

mod blocks;
mod inline;
mod page;

use super::gemtext::Emphasis;
use super::words::Words;
use super::{Resolve, text};
use crate::markup::Document;

/// How a document is rendered as plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainOptions {
    /// Width of a line in columns. 67 is the width that Gopher authors agree on most.
    pub width: usize,
    /// How emphasis is written. Marks are an old convention of plain text.
    pub emphasis: Emphasis,
    /// The words for pictures and references.
    pub words: Words,
}

impl PlainOptions {
    /// Returns the defaults, which suit most essays and most readers.
    pub fn standard() -> Self {
        Self { width: 67, emphasis: Emphasis::Markers, words: Words::default() }
    }
}

/// Renders the body of a page: lines end in LF, the first is not blank, no two in a row are. May be empty.
pub fn render(document: &Document<'_>, options: &PlainOptions, resolve: &dyn Resolve) -> String {
    let mut page = page::Page::new(document, options, resolve);
    page.blocks(&document.blocks);
    page.footnotes(&document.footnotes);
    page.references();
    page.finish()
}

/// Returns a text as it is sent over Gopher (RFC 1436, section 3.8): with CRLF line ends, without control characters,
/// and with a space before a line that starts with a dot.
///
/// The specification doubles such dots, and few clients undo it; a line with a space reads well in all of them. The
/// final line with a lone dot is omitted: closing the connection ends the text.
pub fn for_gopher(text: &str) -> String {
    let mut wire = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        if line.starts_with('.') {
            wire.push(' ');
        }
        text::push_clean(&mut wire, line);
        wire.push_str("\r\n");
    }
    wire
}
