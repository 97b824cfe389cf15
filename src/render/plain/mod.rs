//! Plain text, wrapped.

mod options;

pub use options::PlainOptions;

use crate::markup::Document;

use super::Resolve;

/// The body of a page as wrapped plain text.
pub fn render(_document: &Document<'_>, _options: &PlainOptions, _resolve: &dyn Resolve) -> String {
    String::new()
}

/// The text as it goes over Gopher.
pub fn for_gopher(text: &str) -> String {
    text.to_owned()
}
