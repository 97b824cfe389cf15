//! A [`Document`] as gemtext (media type text/gemini; section numbers refer to its specification).
//!
//! In gemtext a link is a line of its own: the sentence keeps the label, and the link line follows after the block
//! (`links`). The type of a line depends on how it starts. `page` begins and ends lines, and inserts a space before a
//! text that starts like another type of line. `inline` writes running text into the open line, `blocks` everything
//! else.

mod blocks;
mod inline;
mod link_lines;
mod links;
mod page;

use super::Resolve;
use crate::markup::Document;

pub(crate) use page::{push_code, push_guarded};

/// How a document is rendered as gemtext, where tastes differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GemtextOptions {
    /// Where the links of running text go. After their block is best for most essays, which have one or two links in a
    /// paragraph; pages dense with links read better with the links further away.
    pub links: LinkPlacement,
    /// Whether a number connects a label to its link line. Labels tell readers and screen readers more than numbers,
    /// so numbers only help if links are far from their text.
    pub link_markers: LinkMarkers,
    /// Where the links of list items go.
    pub list_links: ListLinks,
    /// How emphasis is written. Gemtext has none; text without marks is best for screen readers.
    pub emphasis: Emphasis,
    /// Whether code spans keep their backticks, which distinguish a name like `it` from the word.
    pub code_marks: bool,
    /// How list items show their depth. Gemtext lists are flat, and an indented star is not a list item.
    pub nested: NestedLists,
    /// Levels added to every heading (1 turns `#` into `##`), for a page that has a title of its own.
    pub heading_shift: u8,
    /// The label of an image's link line, in which `{alt}` stands for the words of the image. The word in brackets
    /// helps in clients that draw no icon.
    pub image_label: String,
    /// The width of the widest table in columns; wider ones are wrapped or written as one record for each row. Phones
    /// show about 40 columns and scroll; terminals show 80.
    pub table_width: usize,
    /// The characters that tables are drawn with. ASCII exists in every font, and at one width.
    pub table_style: TableStyle,
    /// The line for a thematic break. It must not read as another type of line: `* * *` would be a list item.
    pub rule: String,
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

/// Where the links of list items go, if links are placed by block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListLinks {
    /// A list of links becomes link lines. In other lists, after the list, or after each item if there are many.
    Auto,
    /// Always after the whole list.
    AfterList,
    /// Always after each item of the outermost list.
    AfterItem,
}

/// How emphasised and strong words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Emphasis {
    /// Without marks.
    Plain,
    /// `_x_` for emphasis and `*x*` for strong.
    Markers,
}

/// How the items of nested bullet lists show their depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NestedLists {
    /// `* – x`: a list item with one dash for each extra level.
    Dash,
    /// Two spaces for each extra level; clients treat the line as text.
    Indent,
    /// Not at all.
    Flat,
}

/// The characters that tables are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableStyle {
    /// `|`, `-` and `+`.
    Ascii,
    /// Box-drawing characters.
    Box,
}

impl GemtextOptions {
    /// Returns the defaults, which suit most essays and most readers.
    pub fn standard() -> Self {
        Self {
            links: LinkPlacement::Block,
            link_markers: LinkMarkers::None,
            list_links: ListLinks::Auto,
            emphasis: Emphasis::Plain,
            code_marks: true,
            nested: NestedLists::Dash,
            heading_shift: 0,
            image_label: "{alt} [image]".to_owned(),
            table_width: 80,
            table_style: TableStyle::Ascii,
            rule: "---".to_owned(),
        }
    }
}

/// Renders the body of a page: lines end in LF, the first line is not blank, and no two lines in a row are. Returns an
/// empty text if there is nothing to show.
pub fn render(document: &Document<'_>, options: &GemtextOptions, resolve: &dyn Resolve) -> String {
    let mut page = page::Page::new(document, options, resolve);
    page.body(&document.blocks);
    page.footnotes(&document.footnotes);
    page.finish()
}
