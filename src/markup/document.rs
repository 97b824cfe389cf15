//! The document tree, independent of any output format.
//!
//! Strings are borrowed from the source where they are slices of it.

use std::borrow::Cow;

pub use pulldown_cmark::Alignment;

/// The deepest nesting of containers (quotations, lists, definitions) in a [`Document`].
///
/// Real text stays well below it. Deeper content moves up to it, which bounds recursion and the prefixes of lines.
pub const MAX_DEPTH: usize = 8;

/// A text: its blocks in reading order, its links and its footnotes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document<'a> {
    /// The blocks outside of footnotes.
    pub blocks: Vec<Block<'a>>,
    /// All links in reading order; [`Inline::LinkOpen`] has the index.
    pub links: Vec<Link<'a>>,
    /// The footnotes in order of first reference, others last: [`Inline::FootnoteRef`] `n` is `footnotes[n - 1]`.
    pub footnotes: Vec<Footnote<'a>>,
    /// Remarks for the author about removed or doubtful content.
    pub notices: Vec<Notice>,
}

/// A piece of a document that starts on a new line.
#[derive(Debug, Clone, PartialEq)]
pub enum Block<'a> {
    /// A heading of level 1 to 6. Its text is never empty.
    Heading {
        /// From 1 to 6.
        level: u8,
        /// The text of the heading.
        text: Text<'a>,
    },
    /// Running text.
    Paragraph(Text<'a>),
    /// A quotation or an alert.
    Quote {
        /// The kind and title of an alert.
        alert: Option<Alert<'a>>,
        /// The content.
        blocks: Vec<Block<'a>>,
    },
    /// A bullet, ordered or task list.
    List(List<'a>),
    /// A list of terms and their definitions.
    Definitions(Vec<Definition<'a>>),
    /// Preformatted text.
    Code(Code<'a>),
    /// A table.
    Table(Table<'a>),
    /// A thematic break.
    Rule,
}

/// A flat sequence of inline pieces. Every `Open` has its `Close` later in the sequence, properly nested.
pub type Text<'a> = Vec<Inline<'a>>;

/// One piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline<'a> {
    /// Words with character references decoded. Contains no line break.
    Text(Cow<'a, str>),
    /// A code span, without its backticks. Contains no line break.
    Code(Cow<'a, str>),
    /// A line end of the source within a paragraph.
    SoftBreak,
    /// A line break that the author marked as one.
    HardBreak,
    /// The start of emphasised, strong or struck-out text.
    Open(Mark),
    /// The end of the nearest open mark of that kind.
    Close(Mark),
    /// The start of the label of a link. Links do not nest.
    LinkOpen(LinkId),
    /// The end of the label of the open link.
    LinkClose,
    /// A picture, possibly within a link.
    Image(Box<Image<'a>>),
    /// A reference to a footnote by its number, counted from 1.
    FootnoteRef(u32),
}

/// A kind of marked text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Emphasis, usually shown in italics.
    Emphasis,
    /// Strong emphasis, usually shown in bold.
    Strong,
    /// Struck-out text. Renderers must mark it, since without the mark its meaning is inverted.
    Strike,
}

/// An index into [`Document::links`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkId(pub u32);

/// A link as written, neither resolved nor encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'a> {
    /// The destination as written; for a wiki link the name of the page, for a mail address with `mailto:` before it.
    pub destination: Cow<'a, str>,
    /// The title, often empty.
    pub title: Cow<'a, str>,
    /// The form in which it was written.
    pub kind: LinkKind,
    /// The byte offset of the link in the source.
    pub offset: usize,
}

/// The form of a link in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// With a label: `[label](destination)`, by reference, or as HTML.
    Labelled,
    /// With the destination as label: `<https://…>`, a bare URL, a mail address.
    Bare,
    /// `[[page]]`: resolved by file name, slug or title, shown as written if that fails.
    Wiki,
    /// `[[page|label]]`: as [`Self::Wiki`], with a label.
    WikiLabelled,
    /// Embedded content that text cannot show: a video, an audio file, a frame. The label is generated.
    Embed,
}

/// A picture and its descriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image<'a> {
    /// The address of the picture as written.
    pub source: Cow<'a, str>,
    /// The alternative text as plain words, often empty.
    pub alt: Cow<'a, str>,
    /// The title, or the caption of its figure; often empty.
    pub title: Cow<'a, str>,
    /// The byte offset of the picture in the source.
    pub offset: usize,
}

/// A list. Loose and tight lists are not distinguished.
#[derive(Debug, Clone, PartialEq)]
pub struct List<'a> {
    /// The number of the first item; `None` for bullets.
    pub start: Option<u64>,
    /// The items, at least one.
    pub items: Vec<Item<'a>>,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    /// Whether a task is done; `None` if the item is not a task.
    pub task: Option<bool>,
    /// The content; usually one paragraph, which a nested list may follow.
    pub blocks: Vec<Block<'a>>,
}

/// A term and its definitions.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition<'a> {
    /// The term.
    pub term: Text<'a>,
    /// The blocks of each definition.
    pub meanings: Vec<Vec<Block<'a>>>,
}

/// Preformatted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code<'a> {
    /// The first word of the info string (a language), `math` for display math, or empty.
    pub language: Cow<'a, str>,
    /// The lines as written, with LF line ends except for the last one.
    pub text: Cow<'a, str>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table<'a> {
    /// The alignment of each column.
    pub alignments: Vec<Alignment>,
    /// The header cells; all of them may be empty.
    pub header: Vec<Text<'a>>,
    /// The rows, with one cell for each column.
    pub rows: Vec<Vec<Text<'a>>>,
}

/// The heading of a quotation that is a note, a warning or another call-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert<'a> {
    /// `Note`, `Tip`, `Important`, `Warning`, `Caution` or a kind of the author's own, capitalised.
    pub kind: Cow<'a, str>,
    /// The title, often empty.
    pub title: Text<'a>,
}

/// A footnote.
#[derive(Debug, Clone, PartialEq)]
pub struct Footnote<'a> {
    /// The label as written.
    pub label: Cow<'a, str>,
    /// The content; empty if there are only references to it.
    pub blocks: Vec<Block<'a>>,
}

/// A remark for the author about content that was removed or looks mistaken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The byte offset in the source.
    pub offset: usize,
    /// One phrase without a full stop; names in it are in backticks.
    pub what: String,
}
