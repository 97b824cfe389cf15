//! [`Page`]: where lines of gemtext begin and end.

use std::collections::HashMap;

use super::link_lines::Links;
use super::links::destinations;
use super::options::GemtextOptions;
use crate::markup::Document;
use crate::render::{Resolve, Target, columns};

/// The deepest quotation that is marked as such: deeper ones would cost depth times lines.
const MAX_QUOTE_MARKS: usize = 3;

/// A page under construction, and what its next line depends on.
pub(super) struct Page<'p> {
    pub(super) options: &'p GemtextOptions,
    pub(super) resolve: &'p dyn Resolve,
    pub(super) document: &'p Document<'p>,
    /// Where the links of the document lead, by their index.
    pub(super) targets: Vec<Target>,
    pub(super) out: String,
    /// What stands between the last line and the next one.
    gap: Gap,
    /// What the next line starts with: the bullet or number of an item, the mark of a note.
    pub(super) lead: String,
    /// How many quotations are open.
    pub(super) quotes: usize,
    /// Whether blocks follow each other without blank lines, as they do inside an item.
    pub(super) tight: bool,
    /// How many bullet lists are open around the current one, up to the nearest ordered list.
    pub(super) bullets: usize,
    /// The number of the ordered item around the current list, such as `3.1.`.
    pub(super) number: String,
    /// How many lists are open.
    pub(super) lists: usize,
    /// Links whose place is yet to come.
    pub(super) links: Links,
    /// Pictures that stand in a sentence; they follow their block wherever links go.
    pub(super) pictures: Links,
    /// The numbers of destinations, when labels are marked with them.
    pub(super) numbers: HashMap<String, usize>,
    /// The open line.
    line: Line,
}

/// What stands between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    /// An empty line of the quotation they both stand in.
    Quote,
    Blank,
}

/// A line that is being written.
#[derive(Debug, Clone, Copy)]
struct Line {
    /// The length of the page before this line and the gap in front of it.
    before: usize,
    /// The gap in front of it.
    gap: Gap,
    /// Where it starts.
    start: usize,
    /// Where its words start, behind bullets and marks.
    words: usize,
    /// Whether its start makes it what it is; otherwise it is text, and must not look like anything else.
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
            targets: destinations(document, resolve),
            out: String::new(),
            gap: Gap::None,
            lead: String::new(),
            quotes: 0,
            tight: false,
            bullets: 0,
            number: String::new(),
            lists: 0,
            links: Links::default(),
            pictures: Links::default(),
            numbers: HashMap::new(),
            line: Line { before: 0, gap: Gap::None, start: 0, words: 0, typed: false },
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Sets the next block apart from the last one, in the way of the container they stand in.
    pub(super) fn separate(&mut self) {
        if !self.tight {
            self.gap = self.gap.max(if self.quotes > 0 { Gap::Quote } else { Gap::Blank });
        }
    }

    /// Wants a blank line in front of the next line, whatever the container.
    pub(super) fn blank(&mut self) {
        self.gap = Gap::Blank;
    }

    /// Wants the next line to follow the last one directly.
    pub(super) fn close_gap(&mut self) {
        self.gap = Gap::None;
    }

    /// Opens a line with the marks of its quotation and what leads it.
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

    /// Opens a line that is a heading of level 1 to 3.
    pub(super) fn open_heading(&mut self, level: usize) {
        let (before, gap) = (self.out.len(), self.gap);
        self.write_gap();
        let start = self.out.len();
        self.out.push_str(&"### "[3 - level.clamp(1, 3)..]);
        self.line = Line { before, gap, start, words: self.out.len(), typed: true };
    }

    /// Ends the open line. One without words is taken back, and leaves what was to lead it to the next.
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

    /// Begins a new line at a break the author asked for.
    pub(super) fn break_line(&mut self) {
        self.close_line();
        self.open_line();
    }

    /// Whether nothing stands in the open line yet.
    pub(super) fn line_is_empty(&self) -> bool {
        self.out.len() == self.line.words
    }

    /// Writes what was to lead a line as a line of its own, if it says anything, because what comes next
    /// cannot share a line with it.
    pub(super) fn settle_lead(&mut self) {
        let says_nothing = self.lead.chars().all(|c| matches!(c, '*' | '-' | '–' | ' '));
        if !says_nothing {
            let lead = std::mem::take(&mut self.lead);
            self.open_line();
            self.out.push_str(&lead);
            self.close_line();
        }
        self.lead.clear();
    }

    /// Writes lines that are no running text (preformatted text, links) and that no quotation can hold.
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

/// Appends a line of text, with a space in front if it would read as another type of line.
pub(crate) fn push_guarded(out: &mut String, line: &str) {
    if needs_guard(line) {
        out.push(' ');
    }
    out.push_str(line);
}

/// Whether a finished line of text would read as a link, a heading, a list item, a quote or a fence. One
/// space in front prevents that, and disturbs nobody: some clients do not show it at all.
fn needs_guard(line: &str) -> bool {
    match line.as_bytes() {
        [b'#' | b'>', ..] | [b'=', b'>', ..] | [b'`', b'`', b'`', ..] => true,
        [b'*', rest @ ..] => rest.first().is_none_or(u8::is_ascii_whitespace),
        _ => false,
    }
}

/// Appends preformatted lines. A line that would close the block gets a space in front, and control
/// characters go; all else stays byte for byte.
pub(crate) fn push_code(out: &mut String, code: &str) {
    for line in code.split('\n') {
        let start = out.len();
        columns::push_clean(out, line);
        // Only now: a control character may have stood in front.
        if out[start..].starts_with("```") {
            out.insert(start, ' ');
        }
        out.push('\n');
    }
}
