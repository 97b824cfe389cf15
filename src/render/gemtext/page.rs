//! [`Page`]: the lines of gemtext, and the blank lines between them.

use std::collections::HashMap;

use super::GemtextOptions;
use super::link_lines::{Links, Written};
use crate::markup::Document;
use crate::render::{Resolve, Target, text};

/// The deepest quotation with a mark of its own: deeper ones would grow the page by depth times lines.
const MAX_QUOTE_MARKS: usize = 3;

/// A page under construction, and the state that its next line depends on.
pub(super) struct Page<'p> {
    pub(super) options: &'p GemtextOptions,
    pub(super) resolve: &'p dyn Resolve,
    pub(super) document: &'p Document<'p>,
    /// Where each link of the document leads.
    pub(super) targets: Vec<Target>,
    pub(super) out: String,
    /// What separates the last line from the next one.
    gap: Gap,
    /// The start of the next line: the bullet or number of an item, or the mark of a footnote.
    pub(super) lead: String,
    /// The number of open quotations.
    pub(super) quotes: usize,
    /// Whether blocks follow each other without blank lines, as inside an item.
    pub(super) tight: bool,
    /// The number of bullet lists around the current one, up to the nearest ordered list.
    pub(super) bullets: usize,
    /// The number of the ordered item around the current list, such as `3.1.`.
    pub(super) number: String,
    /// The number of open lists.
    pub(super) lists: usize,
    /// Links that are not written yet.
    pub(super) links: Links,
    /// Images of sentences, which follow their block wherever links go.
    pub(super) images: Links,
    /// The link lines so far.
    pub(super) written: Written,
    /// The numbers of destinations, if labels are marked with them.
    pub(super) numbers: HashMap<String, usize>,
    /// The open line.
    line: Line,
}

/// What separates two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    /// An empty line of the quotation that contains both.
    Quote,
    Blank,
}

/// A line that is being written.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// The length of the page before the line and its gap.
    before: usize,
    /// The gap before the line.
    gap: Gap,
    /// Where the line starts.
    start: usize,
    /// Where its words start, after bullets and marks.
    words: usize,
    /// Whether its start gives the line its type. Otherwise it is text, and must not start like another type.
    typed: bool,
}

impl<'p> Page<'p> {
    pub(super) fn new(
        document: &'p Document<'p>,
        options: &'p GemtextOptions,
        resolve: &'p dyn Resolve,
    ) -> Self {
        Self {
            options,
            resolve,
            document,
            targets: targets(document, resolve),
            out: String::new(),
            gap: Gap::None,
            lead: String::new(),
            quotes: 0,
            tight: false,
            bullets: 0,
            number: String::new(),
            lists: 0,
            links: Links::default(),
            images: Links::default(),
            written: Written::default(),
            numbers: HashMap::new(),
            line: Line { before: 0, gap: Gap::None, start: 0, words: 0, typed: false },
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Separates the next block from the last one, as usual in their container.
    pub(super) fn separate(&mut self) {
        if !self.tight {
            self.gap = self.gap.max(if self.quotes > 0 { Gap::Quote } else { Gap::Blank });
        }
    }

    /// Separates the next line by a blank line, in any container.
    pub(super) fn blank(&mut self) {
        self.gap = Gap::Blank;
    }

    /// Lets the next line follow the last one directly.
    pub(super) fn close_gap(&mut self) {
        self.gap = Gap::None;
    }

    /// Opens a line, with the marks of its quotation and its lead.
    pub(super) fn open_line(&mut self) {
        let (before, gap) = (self.out.len(), self.gap);
        self.write_gap();
        let start = self.out.len();
        for _ in 0..self.quotes.min(MAX_QUOTE_MARKS) {
            self.out.push_str("> ");
        }
        self.out.push_str(&self.lead);
        let typed = self.quotes > 0 || self.lead.starts_with("* ");
        self.line = Line { before, gap, start, words: self.out.len(), typed };
    }

    /// Opens a heading; levels below 3 become 3.
    pub(super) fn open_heading(&mut self, level: usize) {
        let (before, gap) = (self.out.len(), self.gap);
        self.write_gap();
        let start = self.out.len();
        self.out.push_str(&"### "[3 - level.clamp(1, 3)..]);
        self.line = Line { before, gap, start, words: self.out.len(), typed: true };
    }

    /// Ends the open line. A line without words is removed, and its lead kept for the next one.
    pub(super) fn close_line(&mut self) {
        let line = self.line;
        let trimmed = self.out[line.words..].trim_end_matches([' ', '\t']).len();
        self.out.truncate(line.words + trimmed);
        if self.out[line.words..].trim_start().is_empty() {
            self.out.truncate(line.before);
            self.gap = line.gap;
            return;
        }
        self.lead.clear();
        if matches!(self.out.as_bytes()[line.words], b' ' | b'\t') {
            let indent = trimmed - self.out[line.words..].trim_start_matches([' ', '\t']).len();
            self.out.replace_range(line.words..line.words + indent, "");
        }
        if !line.typed && needs_guard(&self.out[line.start..]) {
            self.out.insert(line.start, ' ');
        }
        self.out.push('\n');
    }

    /// Begins a new line at a hard break.
    pub(super) fn break_line(&mut self) {
        self.close_line();
        self.open_line();
    }

    /// Returns whether the open line has no words yet.
    pub(super) fn line_is_empty(&self) -> bool {
        self.out.len() == self.line.words
    }

    /// Writes the lead as a line of its own if it contains more than bullets.
    pub(super) fn settle_lead(&mut self) {
        let only_bullets = self.lead.chars().all(|c| matches!(c, '*' | '-' | '–' | ' '));
        if !only_bullets {
            let lead = std::mem::take(&mut self.lead);
            self.open_line();
            self.out.push_str(&lead);
            self.close_line();
        }
        self.lead.clear();
    }

    /// Writes lines that are not running text (preformatted text, links), which no quotation can contain.
    pub(super) fn outside(&mut self, write: impl FnOnce(&mut String)) {
        self.settle_lead();
        if self.quotes > 0 {
            self.gap = Gap::Blank;
        }
        self.write_gap();
        write(&mut self.out);
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
}

/// Returns where each link of the document leads, percent-encoded.
fn targets(document: &Document<'_>, resolve: &dyn Resolve) -> Vec<Target> {
    let target = |link| match text::link_target(link, resolve) {
        Target::Url(url) => match text::encode_url(&url) {
            url if url.is_empty() => Target::Nowhere,
            url => Target::Url(url),
        },
        target => target,
    };
    document.links.iter().map(target).collect()
}

/// Returns whether a line of text would read as another type of line, which a space before it prevents.
pub(crate) fn needs_guard(line: &str) -> bool {
    match line.as_bytes() {
        [b'#' | b'>', ..] | [b'=', b'>', ..] | [b'`', b'`', b'`', ..] => true,
        [b'*', rest @ ..] => rest.first().is_none_or(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// Appends preformatted lines without control characters, and with a space before a line that would end the block.
pub(crate) fn push_code(out: &mut String, code: &str) {
    for line in code.split('\n') {
        let start = out.len();
        text::push_clean(out, line);
        // After cleaning, because a control character may precede the backticks.
        if out[start..].starts_with("```") {
            out.insert(start, ' ');
        }
        out.push('\n');
    }
}
