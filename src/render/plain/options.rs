//! What readers of plain text differ about.

use crate::render::gemtext::Emphasis;

/// How a document becomes plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainOptions {
    /// Columns of a line, by display width. 67 is the width that Gopher authors agree on most.
    pub width: usize,
    /// What becomes of emphasis. The marks are an old habit of plain text, which has no other way.
    pub emphasis: Emphasis,
    /// Levels added to every heading: for a page that has its title from elsewhere.
    pub heading_shift: u8,
    /// Columns that code is indented by.
    pub code_indent: usize,
    /// The heading over the list of link destinations, in the language of the page.
    pub references: String,
}

impl PlainOptions {
    /// What suits most essays and most readers.
    pub fn standard() -> Self {
        Self {
            width: 67,
            emphasis: Emphasis::Markers,
            heading_shift: 0,
            code_indent: 4,
            references: "References".to_owned(),
        }
    }
}
