//! A [`Document`] as plain text, wrapped for a terminal: what Gopher readers get as item type 0.
//!
//! Running text is collected into one string per paragraph (`inline`) and then wrapped
//! (`render::wrap`); `blocks` decides what each block comes to, `page` what every line starts with. Links become numbers in
//! square brackets, and their destinations a list at the end.

mod blocks;
mod inline;
mod options;
mod page;

pub use options::PlainOptions;

use super::{Resolve, columns};
use crate::markup::Document;

/// The body of a page as plain text: LF line ends, exactly one of them at the end (none if there is nothing
/// to say), never two blank lines in a row outside code, and none in front.
///
/// No line is wider than [`PlainOptions::width`], except for code, addresses and single long words.
pub fn render(document: &Document<'_>, options: &PlainOptions, resolve: &dyn Resolve) -> String {
    let mut page = page::Page::new(document, options, resolve);
    page.blocks(&document.blocks);
    page.footnotes(&document.footnotes);
    page.references();
    page.finish()
}

/// A text as it goes over Gopher (RFC 1436, section 3.8): CRLF line ends, no control characters, and a
/// space in front of a line that starts with a dot.
///
/// The specification has such dots doubled, and the double undone by clients; few undo it. With a space in
/// front the line reads well either way. The line with the lone dot that once ended a text is left out:
/// closing the connection ends it.
pub fn for_gopher(text: &str) -> String {
    let mut wire = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        if line.starts_with('.') {
            wire.push(' ');
        }
        columns::push_clean(&mut wire, line);
        wire.push_str("\r\n");
    }
    wire
}

#[cfg(test)]
mod tests;
