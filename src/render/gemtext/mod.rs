//! A [`Document`] as gemtext (media type text/gemini; section numbers refer to its specification).
//!
//! In gemtext a link is a line of its own: the sentence keeps the label, and the link line follows after the block
//! (`links`). The type of a line depends on how it starts. [`Page`] writes running text into lines, and inserts a space
//! before a text that starts like another type of line. `blocks` writes everything else.

mod blocks;
mod link_lines;
mod links;

use std::borrow::Cow;
use std::collections::HashMap;

use self::link_lines::{LinkLine, Written};
use super::words::Words;
use super::{Resolve, Target, text};
use crate::markup::{Document, Inline, LinkId};

/// The deepest quotation with a mark of its own: deeper ones would grow the page by depth times lines.
const MAX_QUOTE_MARKS: usize = 3;

/// How a document is rendered as gemtext, where tastes differ; the default suits most essays and most readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GemtextOptions {
    /// Where links in running text go: best after their block in most essays, further away on pages dense with links.
    pub links: LinkPlacement,
    /// Whether a number connects a label to its link line, which only helps if these are far from each other.
    pub link_markers: LinkMarkers,
    /// How emphasis is written. Gemtext has none; text without marks is best for screen readers.
    pub emphasis: Emphasis,
    /// The words for pictures and tables.
    pub words: Words,
}

/// Where the links of running text go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LinkPlacement {
    /// After the paragraph, list, quotation, table or heading that contains them.
    #[default]
    Block,
    /// Before the next heading.
    Section,
    /// At the end of the page.
    End,
    /// Nowhere: only the labels are kept.
    Off,
}

/// Whether a number connects a label to its link line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LinkMarkers {
    /// No numbers.
    #[default]
    None,
    /// `label [1]` in the text and `=> url [1] label`; each destination has one number.
    Number,
}

/// How emphasised and strong words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Emphasis {
    /// Without marks.
    #[default]
    Plain,
    /// `_x_` for emphasis and `*x*` for strong.
    Markers,
}

/// A page under construction, and the state that its next line depends on.
struct Page<'p> {
    options: &'p GemtextOptions,
    resolve: &'p dyn Resolve,
    document: &'p Document<'p>,
    /// Where each link of the document leads, percent-encoded.
    targets: &'p [Target],
    out: String,
    /// What separates the last line from the next one.
    gap: Gap,
    /// The start of the next line: the bullet or number of an item, or the mark of a footnote.
    lead: String,
    quotes: usize,
    /// Whether blocks follow each other without blank lines, as inside an item.
    tight: bool,
    /// The number of bullet lists around the current one, up to the nearest ordered list.
    bullets: usize,
    /// The number of the ordered item around the current list, such as `3.1.`.
    number: String,
    lists: usize,
    /// Links that are not written yet.
    links: Vec<LinkLine<'p>>,
    /// Images of sentences, which follow their block wherever links go.
    images: Vec<LinkLine<'p>>,
    written: Written<'p>,
    /// The numbers of destinations, if labels are marked with them.
    numbers: HashMap<Cow<'p, str>, usize>,
    line: Line,
}

/// What separates two lines.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    /// An empty line of the quotation that contains both.
    Quote,
    Blank,
}

#[derive(Clone, Copy)]
struct Line {
    /// The length of the page before the line and its gap.
    before: usize,
    /// The gap before the line.
    gap: Gap,
    start: usize,
    /// Where its words start, after bullets and marks.
    words: usize,
}

/// Renders the body of a page: lines end in LF, the first is not blank, no two in a row are. May be empty.
pub fn render(document: &Document<'_>, options: &GemtextOptions, resolve: &dyn Resolve) -> String {
    let target = |link| match text::link_target(link, resolve) {
        Target::Url(url) => Target::Url(text::encode_url(&url)),
        target => target,
    };
    let targets: Vec<Target> = document.links.iter().map(target).collect();
    let mut page = Page {
        options,
        resolve,
        document,
        targets: &targets,
        out: String::new(),
        gap: Gap::None,
        lead: String::new(),
        quotes: 0,
        tight: false,
        bullets: 0,
        number: String::new(),
        lists: 0,
        links: Vec::new(),
        images: Vec::new(),
        written: Written::default(),
        numbers: HashMap::new(),
        line: Line { before: 0, gap: Gap::None, start: 0, words: 0 },
    };
    page.body(&document.blocks);
    page.footnotes(&document.footnotes);
    page.out
}

impl Page<'_> {
    /// Separates the next block from the last one by the gap that their container uses.
    fn separate(&mut self) {
        if !self.tight {
            self.gap = self.gap.max(if self.quotes > 0 { Gap::Quote } else { Gap::Blank });
        }
    }

    /// Opens a line, with the marks of its quotation and its lead.
    fn open_line(&mut self) {
        let (before, gap) = (self.out.len(), self.gap);
        self.write_gap();
        let start = self.out.len();
        self.out.extend(std::iter::repeat_n("> ", self.quotes.min(MAX_QUOTE_MARKS)));
        self.out.push_str(&self.lead);
        self.line = Line { before, gap, start, words: self.out.len() };
    }

    /// Ends the open line. A line without words is removed, and its lead kept for the next one.
    fn close_line(&mut self) {
        let Line { before, gap, start, words } = self.line;
        let end = self.out.trim_end_matches([' ', '\t']).len().max(words);
        self.out.truncate(end);
        if self.out[words..].trim_start().is_empty() {
            self.out.truncate(before);
            self.gap = gap;
            return;
        }
        let indent = end - words - self.out[words..].trim_start_matches([' ', '\t']).len();
        self.out.drain(words..words + indent);
        // Quotations, items and headings have their type from their start. Other lines are text.
        let is_text = self.quotes == 0 && !self.lead.starts_with("* ") && !self.lead.starts_with('#');
        if is_text && needs_guard(&self.out[start..]) {
            self.out.insert(start, ' ');
        }
        self.lead.clear();
        self.out.push('\n');
    }

    /// Writes the lead as a line of its own if it contains more than bullets.
    fn settle_lead(&mut self) {
        let only_bullets = self.lead.chars().all(|c| matches!(c, '*' | '-' | '–' | ' '));
        if !only_bullets {
            let lead = std::mem::take(&mut self.lead);
            self.line(&lead);
        }
        self.lead.clear();
    }

    /// Writes lines that are not running text (preformatted text, links), which no quotation can contain.
    fn outside(&mut self, write: impl FnOnce(&mut Self)) {
        self.settle_lead();
        if self.quotes > 0 {
            self.gap = Gap::Blank;
        }
        self.write_gap();
        write(self);
        if self.quotes > 0 {
            self.gap = Gap::Blank;
        }
    }

    fn write_gap(&mut self) {
        if !self.out.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Quote if self.quotes > 0 => self.out.push_str(">\n"),
                Gap::Quote | Gap::Blank => self.out.push('\n'),
            }
        }
        self.gap = Gap::None;
    }

    /// Writes a text as one line, or as several if `hard_break` is a line feed and the text has hard breaks.
    fn text(&mut self, text: &[Inline<'_>], hard_break: char) {
        self.open_line();
        self.inline(text, hard_break);
        self.close_line();
    }

    fn line(&mut self, words: &str) {
        self.open_line();
        self.out.push_str(words);
        self.close_line();
    }

    /// Writes a text into the open line, with `hard_break` (a line feed or a space) for these, and collects its links.
    fn inline(&mut self, text: &[Inline<'_>], hard_break: char) {
        let (mut open, emphasis) = (None, self.options.emphasis == Emphasis::Markers);
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) => self.out.push_str(&text::clean(words)),
                Inline::Code(code) => self.out.extend(["`", &*text::clean(code), "`"]),
                Inline::SoftBreak if self.out.len() == self.line.words => {}
                Inline::SoftBreak => text::push_soft_break(&mut self.out, &text[at + 1..]),
                Inline::HardBreak if hard_break == '\n' => {
                    self.close_line();
                    self.open_line();
                }
                Inline::HardBreak => self.out.push(hard_break),
                Inline::Open(mark) | Inline::Close(mark) => text::push_mark(&mut self.out, *mark, emphasis),
                Inline::LinkOpen(id) => {
                    open = Some((*id, at + 1));
                    // An unresolved wiki link may not be meant as a link.
                    if self.targets[id.0 as usize] == Target::Unknown {
                        self.out.push_str("[[");
                    }
                }
                Inline::LinkClose => {
                    if let Some((id, from)) = open.take() {
                        self.close_link(id, &text[from..at]);
                    }
                }
                Inline::Image(image) => {
                    let words = text::image_words(image);
                    if !words.is_empty() {
                        self.out.extend(["[", &words, "]"]);
                    }
                    if let Some(line) = self.image_line(image) {
                        let after_block = self.options.links == LinkPlacement::Block;
                        if after_block { &mut self.links } else { &mut self.images }.push(line);
                    }
                }
                Inline::FootnoteRef(number) => {
                    let mark = self.footnote_mark(*number as usize);
                    self.out.push_str(&mark);
                }
            }
        }
    }

    fn close_link(&mut self, id: LinkId, label: &[Inline<'_>]) {
        if self.targets[id.0 as usize] == Target::Unknown {
            self.out.push_str("]]");
        }
        if let Some(number) = self.add_link(id, label) {
            self.out.push_str(&format!(" [{number}]"));
        }
    }

    /// Returns the reference to a footnote, which differs from the number of a link.
    fn footnote_mark(&self, number: usize) -> String {
        let sign = if self.options.link_markers == LinkMarkers::Number { "^" } else { "" };
        format!("[{sign}{number}]")
    }
}

/// Returns whether a line of text would read as another type of line, which a space before it prevents.
pub(crate) fn needs_guard(line: &str) -> bool {
    match line.as_bytes() {
        [b'#' | b'>', ..] | [b'=', b'>', ..] | [b'`', b'`', b'`', ..] => true,
        [b'*', rest @ ..] => rest.first().is_none_or(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// Appends preformatted text (section 5.4.3) without control characters, and with a space before lines that would end
/// it. Some clients do not recognise a fence with another backtick after it.
pub(crate) fn push_preformatted(out: &mut String, alt: &str, content: &str) {
    out.extend(["```", &*text::one_line(alt.trim_start_matches('`')), "\n"]);
    for line in content.split('\n') {
        let line = text::clean(line);
        let guard = if line.starts_with("```") { " " } else { "" };
        out.extend([guard, &*line, "\n"]);
    }
    out.push_str("```\n");
}
