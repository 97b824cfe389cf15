//! A [`Document`](crate::markup::Document) as gemtext (media type text/gemini; section numbers refer to its specification).
//!
//! In gemtext a link is a line of its own: the sentence keeps the label, and the link line follows after the block
//! (`links`). The type of a line depends on how it starts. `page` writes running text into lines, and inserts a space
//! before a text that starts like another type of line. `blocks` writes everything else.

mod blocks;
mod link_lines;
mod links;
mod page;

use super::words::Words;

pub use page::render;
pub(crate) use page::{needs_guard, push_code};

/// How a document is rendered as gemtext, where tastes differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GemtextOptions {
    /// Where the links of running text go. After their block is best for most essays, which have one or two links in a
    /// paragraph; pages dense with links read better with the links further away.
    pub links: LinkPlacement,
    /// Whether a number connects a label to its link line. Labels tell readers and screen readers more than numbers,
    /// so numbers only help if links are far from their text.
    pub link_markers: LinkMarkers,
    /// How emphasis is written. Gemtext has none; text without marks is best for screen readers.
    pub emphasis: Emphasis,
    /// The words for pictures and tables.
    pub words: Words,
}

/// Where the links of running text go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkPlacement {
    /// After the paragraph, list, quotation, table or heading that contains them.
    Block,
    /// Before the next heading.
    Section,
    /// At the end of the page.
    End,
    /// Nowhere: only the labels are kept.
    Off,
}

/// Whether a number connects a label to its link line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkMarkers {
    /// No numbers.
    None,
    /// `label [1]` in the text and `=> url [1] label`; each destination has one number.
    Number,
}

/// How emphasised and strong words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Emphasis {
    /// Without marks.
    Plain,
    /// `_x_` for emphasis and `*x*` for strong.
    Markers,
}

impl GemtextOptions {
    /// Returns the defaults, which suit most essays and most readers.
    pub fn standard() -> Self {
        Self {
            links: LinkPlacement::Block,
            link_markers: LinkMarkers::None,
            emphasis: Emphasis::Plain,
            words: Words::default(),
        }
    }
}
