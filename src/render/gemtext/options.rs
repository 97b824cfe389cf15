//! What readers of gemtext differ about.

/// How a document becomes gemtext.
///
/// Only matters of taste are here: where every reader wants the same thing there is no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GemtextOptions {
    /// Where the links of running text go. After their block is best for most essays, which have one or
    /// two links in a paragraph; pages dense with links read better with them out of the way.
    pub links: LinkPlacement,
    /// Whether a number ties a label in the text to its link line. Labels tell eyes and screen readers
    /// more than numbers do, so numbers pay only when links stand far from their text.
    pub link_markers: LinkMarkers,
    /// Where the links of list items go.
    pub list_links: ListLinks,
    /// What becomes of emphasis. Gemtext has none; without marks a text is best to hear read aloud.
    pub emphasis: Emphasis,
    /// Whether code spans keep their backticks. They set a name like `it` apart from the word.
    pub code_marks: bool,
    /// How list items show their depth. Gemtext lists are flat, and an indented star is no list item.
    pub nested: NestedLists,
    /// Levels added to every heading (`#` becomes `##` at 1): for a page that has its title from elsewhere.
    pub heading_shift: u8,
    /// The label of a picture's link line, with `{alt}` standing for its words. The word in brackets helps
    /// in clients that draw no icon.
    pub image_label: String,
    /// The widest table in columns; wider ones are wrapped, or printed as one record per row. Phones show
    /// about 40 columns and scroll the rest; terminals 80.
    pub table_width: usize,
    /// What the lines of tables are made of. ASCII exists in every font, and at the same width.
    pub table_style: TableStyle,
    /// The line that stands for a thematic break. Must not read as another type of line: `* * *` would be
    /// a list item.
    pub rule: String,
}

/// Where the links of running text go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkPlacement {
    /// After the paragraph, list, quote, table or heading they stand in.
    Block,
    /// Before the next heading.
    Section,
    /// At the end of the page.
    End,
    /// Nowhere: the text keeps its labels only.
    Off,
}

/// Whether a number ties a label to its link line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkMarkers {
    /// No numbers.
    None,
    /// `label [1]` in the text and `=> url [1] label`; the same destination has the same number.
    Number,
}

/// Where the links of list items go, when links are placed by block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListLinks {
    /// A list of links becomes link lines; of other lists, after the list, or after each item if there are many.
    Auto,
    /// Always after the whole list.
    AfterList,
    /// Always after each item of the outermost list.
    AfterItem,
}

/// What becomes of emphasised and strong words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Emphasis {
    /// The words alone.
    Plain,
    /// `_x_` for emphasis and `*x*` for strong.
    Markers,
}

/// How the items of nested bullet lists show their depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NestedLists {
    /// `* – x`: still a list item for the client, with one dash for each extra level.
    Dash,
    /// Two spaces for each extra level; clients take the line for text.
    Indent,
    /// All items look alike.
    Flat,
}

/// What the lines of tables are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableStyle {
    /// `|`, `-` and `+`.
    Ascii,
    /// Box-drawing characters.
    Box,
}

impl GemtextOptions {
    /// What suits most essays and most readers.
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
