//! The neutral tree: what a page says, in terms of no output format.
//!
//! Strings are borrowed from the source wherever the source says it in one piece.

use std::borrow::Cow;

/// The deepest nesting of containers (quotes, lists, definitions) in a [`Document`].
///
/// Human text stays well below it. Deeper input is attached at this level, which bounds both the stack of
/// whoever walks the tree and the length of the prefixes a renderer writes.
pub const MAX_DEPTH: usize = 8;

/// A page: its blocks in reading order, and what they refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document<'a> {
    /// The blocks of the page.
    pub blocks: Vec<Block<'a>>,
    /// Every link of the page, in reading order; [`Inline::LinkOpen`] names them by index.
    pub links: Vec<Link<'a>>,
    /// The notes in order of first reference; [`Inline::FootnoteRef`] `n` is `footnotes[n - 1]`. Notes
    /// that nothing refers to come last: their words are not lost.
    pub footnotes: Vec<Footnote<'a>>,
    /// What was left out or looks mistaken, for the author.
    pub notices: Vec<Notice>,
}

/// A piece of a page that starts on a line of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    /// A heading of level 1 to 6. Its text is never empty.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The words of the heading.
        text: Text<'a>,
    },
    /// Running text.
    Paragraph(Text<'a>),
    /// A quotation, or a call-out in the form of one.
    Quote {
        /// The kind of call-out, if it is one.
        alert: Option<Alert<'a>>,
        /// What is quoted.
        blocks: Vec<Block<'a>>,
    },
    /// A bullet, ordered or task list.
    List(List<'a>),
    /// A list of terms and what they mean.
    Definitions(Vec<Definition<'a>>),
    /// Preformatted text.
    Code(Code<'a>),
    /// A table.
    Table(Table<'a>),
    /// A thematic break.
    Rule,
}

/// A flat run of inline pieces. Every `Open` has its `Close` later in the same run, properly nested.
pub type Text<'a> = Vec<Inline<'a>>;

/// One piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline<'a> {
    /// Words, with entities decoded. Contains no line break.
    Text(Cow<'a, str>),
    /// A code span, without its backticks. Contains no line break.
    Code(Cow<'a, str>),
    /// A line end of the source inside a paragraph.
    SoftBreak,
    /// A line break the author asked for.
    HardBreak,
    /// What follows up to the matching `Close` is emphasised, strong or struck out.
    Open(Mark),
    /// Ends the nearest open mark of the same kind.
    Close(Mark),
    /// What follows up to `LinkClose` is the label of that link. Links do not nest.
    LinkOpen(LinkId),
    /// Ends the label of the open link.
    LinkClose,
    /// A picture, standing where the author put it; may lie inside a link.
    Image(Box<Image<'a>>),
    /// A reference to note number `n`, counted from 1.
    FootnoteRef(u32),
}

/// A way of setting words apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Usually italics: titles, stress.
    Emphasis,
    /// Usually bold.
    Strong,
    /// Struck out; dropping it would invert the meaning.
    Strike,
}

/// Index into [`Document::links`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkId(pub u32);

/// Where a label leads, as the author wrote it: nothing is resolved or encoded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'a> {
    /// The destination as written; for a wiki link its page part, for a mail address with `mailto:` before it.
    pub destination: Cow<'a, str>,
    /// The link title, often empty.
    pub title: Cow<'a, str>,
    /// How it was written.
    pub kind: LinkKind,
    /// Byte offset in the source at which the link starts.
    pub offset: usize,
}

/// How a link was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// With a label of its own: `[label](destination)`, by reference, or as HTML.
    Labelled,
    /// The destination is its own label: `<https://…>`, a bare URL, a mail address.
    Bare,
    /// `[[page]]`: resolved by file name, slug or title; when that fails it is printed as written.
    Wiki,
    /// `[[page|label]]`: as [`Self::Wiki`], with a label of its own.
    WikiLabelled,
    /// Embedded content that text cannot show (a video, an audio file, a frame): its label was made up.
    Embed,
}

/// A picture and the words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image<'a> {
    /// The address of the picture as written.
    pub source: Cow<'a, str>,
    /// The alternative text as plain words, often empty.
    pub alt: Cow<'a, str>,
    /// The title, or the caption of the figure it stands in; often empty.
    pub title: Cow<'a, str>,
    /// Byte offset in the source at which the picture is named.
    pub offset: usize,
}

/// A list. Loose and tight lists are the same here: items are never set apart by blank lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<'a> {
    /// The number of the first item, or none for bullets.
    pub start: Option<u64>,
    /// The items, at least one.
    pub items: Vec<Item<'a>>,
}

/// One item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// For a task: whether it is done.
    pub task: Option<bool>,
    /// What the item says; usually one paragraph, perhaps with a nested list behind it.
    pub blocks: Vec<Block<'a>>,
}

/// A term and its meanings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition<'a> {
    /// The term.
    pub term: Text<'a>,
    /// One entry for each meaning.
    pub meanings: Vec<Vec<Block<'a>>>,
}

/// Preformatted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code<'a> {
    /// The first word of the info string (a language), `math` for display math, or empty.
    pub language: Cow<'a, str>,
    /// The lines, byte for byte, with LF line ends and without the last one.
    pub text: Cow<'a, str>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<'a> {
    /// One per column.
    pub alignments: Vec<Alignment>,
    /// The header cells; may all be empty.
    pub header: Vec<Text<'a>>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Text<'a>>>,
}

/// How the cells of a column line up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Alignment {
    /// Not stated; like left.
    #[default]
    None,
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// The kind of a call-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert<'a> {
    /// `Note`, `Tip`, `Important`, `Warning`, `Caution`, or another author-made kind, capitalised.
    pub kind: Cow<'a, str>,
    /// A title of the author's own (Obsidian); often empty.
    pub title: Text<'a>,
}

/// A footnote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footnote<'a> {
    /// The name the author gave it.
    pub label: Cow<'a, str>,
    /// What it says; empty if it is referred to but never written.
    pub blocks: Vec<Block<'a>>,
}

/// Something the author should know about a page: it was left out, or it looks mistaken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Byte offset in the source.
    pub offset: usize,
    /// What was seen, in one phrase without a full stop; names in it stand in backticks.
    pub what: String,
}
