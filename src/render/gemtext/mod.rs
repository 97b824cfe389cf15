//! A [`Document`] as gemtext (text/gemini, the document format of Gemini, section numbers as in its
//! specification).
//!
//! In gemtext a link is a line of its own, so the sentence it stood in keeps the label and the link follows
//! after the block (`links`). Each line has one type, decided by how it starts; `page` is where lines
//! begin and end, and where a text that happens to start like a link or a fence gets one space in front.
//! `inline` writes running text into the open line; `blocks`, `lists` and `tables` everything else.

mod blocks;
mod inline;
mod link_lines;
mod links;
mod lists;
mod options;
mod page;
mod tables;

pub use options::{Emphasis, GemtextOptions, LinkMarkers, LinkPlacement, ListLinks, NestedLists, TableStyle};

pub(crate) use page::{push_code, push_guarded};

use super::Resolve;
use crate::markup::Document;

/// The body of a page as gemtext: LF line ends, exactly one of them at the end (none if there is nothing to
/// say), never two blank lines in a row and none in front.
pub fn render(document: &Document<'_>, options: &GemtextOptions, resolve: &dyn Resolve) -> String {
    let mut page = page::Page::new(document, options, resolve);
    page.body(&document.blocks);
    page.footnotes(&document.footnotes);
    page.finish()
}

#[cfg(test)]
mod tests;
