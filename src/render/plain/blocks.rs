//! Blocks: what every line starts with, and what stands between.
//!
//! Walking the tree by recursion is safe: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH)
//! containers.

use super::inline::Speaker;
use super::options::PlainOptions;
use crate::markup::{Alert, Block, Code, Definition, Document, Footnote, Inline, List, Table};
use crate::render::table::{self, Lines};
use crate::render::{Resolve, columns, wrap};

/// The deepest quotation that is marked as such.
const MAX_QUOTE_MARKS: usize = 3;

/// What divides sections, before it is centred.
const RULE: &str = "* * *";

/// The narrowest table worth drawing.
const MIN_TABLE: usize = 20;

/// A page under construction.
pub(super) struct Page<'p> {
    options: &'p PlainOptions,
    speaker: Speaker<'p>,
    out: String,
    /// What every line starts with: the marks of quotations, the indent of items.
    prefix: String,
    /// What the next line starts with instead, of the same width: it ends in a bullet or a number.
    lead: Option<String>,
    quotes: usize,
    /// Whether an empty line goes before the next one, and how much of the prefix it has: as much as the
    /// lines above and below it share.
    gap: Option<usize>,
    /// Whether the blocks being written belong to an item.
    in_item: bool,
    /// The paragraph being wrapped; kept for its memory.
    words: String,
}

impl<'p> Page<'p> {
    pub(super) fn new(
        document: &'p Document<'p>,
        options: &'p PlainOptions,
        resolve: &'p dyn Resolve,
    ) -> Self {
        Self {
            options,
            speaker: Speaker::new(document, options, resolve),
            out: String::new(),
            prefix: String::new(),
            lead: None,
            quotes: 0,
            gap: None,
            in_item: false,
            words: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Writes blocks with empty lines between them.
    pub(super) fn blocks(&mut self, blocks: &[Block<'_>]) {
        for (at, block) in blocks.iter().enumerate() {
            // A nested list belongs to the line above it.
            let close = matches!(block, Block::List(_)) && self.in_item;
            if at > 0 && !close {
                self.separate();
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block<'_>) {
        match block {
            Block::Heading { level, text } => self.heading(*level, text),
            Block::Paragraph(text) => self.paragraph(text),
            Block::Quote { alert, blocks } => self.quote(alert.as_ref(), blocks),
            Block::List(list) => self.list(list),
            Block::Definitions(definitions) => self.definitions(definitions),
            Block::Code(code) => self.code(code),
            Block::Table(table) => self.table(table),
            Block::Rule => {
                let indent = self.options.width.saturating_sub(RULE.len()) / 2;
                let indent = indent.saturating_sub(columns::width(&self.prefix));
                self.line(&format!("{}{RULE}", " ".repeat(indent)));
            }
        }
    }

    /// Writes the notes under a short line.
    pub(super) fn footnotes(&mut self, notes: &[Footnote<'_>]) {
        if notes.is_empty() {
            return;
        }
        self.separate();
        self.line("-----");
        for (at, note) in notes.iter().enumerate() {
            self.separate();
            self.hanging(&format!("[^{}] ", at + 1), |page| {
                if note.blocks.is_empty() {
                    page.words.clear();
                    page.words.push_str(&columns::clean(&note.label));
                    page.wrap_words();
                }
                page.blocks(&note.blocks);
            });
        }
    }

    /// Writes the list of destinations.
    pub(super) fn references(&mut self) {
        if self.speaker.destinations().is_empty() {
            return;
        }
        self.separate();
        let title = self.options.references.clone();
        self.line(&title);
        self.line(&"-".repeat(columns::width(&title)));
        self.separate();
        self.write_gap();
        for (at, url) in self.speaker.destinations().iter().enumerate() {
            self.out.push('[');
            self.out.push_str(&(at + 1).to_string());
            self.out.push_str("] ");
            self.out.push_str(url);
            self.out.push('\n');
        }
    }

    fn heading(&mut self, level: u8, text: &[Inline<'_>]) {
        let start = self.out.len();
        self.say(unmarked(text), ' ');
        self.wrap_words();
        let underline = match level.saturating_add(self.options.heading_shift) {
            1 => "=",
            2 => "-",
            3 => "~",
            _ => return,
        };
        let indent = columns::width(&self.prefix);
        let widest = self.out[start..].lines().map(columns::width).max().unwrap_or(0);
        let width = widest.saturating_sub(indent);
        // A heading of nothing but control characters has left no line to be underlined.
        if width > 0 {
            self.line(&underline.repeat(width));
        }
    }

    fn paragraph(&mut self, text: &[Inline<'_>]) {
        self.say(text, '\n');
        self.wrap_words();
    }

    fn quote(&mut self, alert: Option<&Alert<'_>>, blocks: &[Block<'_>]) {
        let marked = self.quotes < MAX_QUOTE_MARKS;
        let mark = if marked { "> " } else { "" };
        self.quotes += 1;
        let in_item = std::mem::replace(&mut self.in_item, false);
        let (prefix, lead) = (self.prefix.len(), self.lead.as_mut());
        self.prefix.push_str(mark);
        if let Some(lead) = lead {
            lead.push_str(mark);
        }
        let rest = match alert {
            Some(alert) => self.alert(alert, blocks),
            None => blocks,
        };
        self.blocks(rest);
        self.prefix.truncate(prefix);
        self.lead = None;
        self.in_item = in_item;
        self.quotes -= 1;
    }

    /// Writes the kind and the title of a call-out; without a title, the first paragraph follows on the
    /// same line. Returns what is left to write.
    fn alert<'b, 'd>(&mut self, alert: &Alert<'_>, blocks: &'b [Block<'d>]) -> &'b [Block<'d>] {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        words.push_str(&columns::clean(&alert.kind));
        words.push_str(": ");
        let rest = match blocks {
            [Block::Paragraph(text), rest @ ..] if alert.title.is_empty() => {
                self.speaker.say(&mut words, text, '\n');
                rest
            }
            _ => {
                self.speaker.say(&mut words, &alert.title, ' ');
                blocks
            }
        };
        self.words = words;
        self.wrap_words();
        if rest.len() < blocks.len() {
            self.separate();
        }
        rest
    }

    fn list(&mut self, list: &List<'_>) {
        let loose = list.items.iter().any(|item| {
            let paragraphs = item.blocks.iter().filter(|block| !matches!(block, Block::List(_))).count();
            paragraphs > 1
        });
        for (at, item) in list.items.iter().enumerate() {
            if loose && at > 0 {
                self.separate();
            }
            let mut mark = match list.start {
                Some(start) => format!("{}. ", start.saturating_add(at as u64)),
                None => "* ".to_owned(),
            };
            match item.task {
                Some(true) => mark.push_str("[x] "),
                Some(false) => mark.push_str("[ ] "),
                None => {}
            }
            let in_item = std::mem::replace(&mut self.in_item, true);
            self.hanging(&mark, |page| page.blocks(&item.blocks));
            self.in_item = in_item;
        }
    }

    fn definitions(&mut self, definitions: &[Definition<'_>]) {
        for (at, definition) in definitions.iter().enumerate() {
            if at > 0 {
                self.separate();
            }
            self.say(&definition.term, ' ');
            self.wrap_words();
            for meaning in &definition.meanings {
                self.hanging("    ", |page| page.blocks(meaning));
            }
        }
    }

    /// Nothing shows where code begins and ends, so blank lines there would only be gaps.
    fn code(&mut self, code: &Code<'_>) {
        let text = without_blank_ends(&code.text);
        if text.is_empty() {
            return;
        }
        for line in text.split('\n') {
            let mut indented = " ".repeat(self.options.code_indent);
            push_untabbed(&mut indented, line);
            self.line(&indented);
        }
    }

    fn table(&mut self, table: &Table<'_>) {
        let header: Vec<String> = table.header.iter().map(|cell| self.cell(cell)).collect();
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let width = self.options.width.saturating_sub(columns::width(&self.prefix)).max(MIN_TABLE);
        match table::layout(&header, &rows, &table.alignments, width, Lines::ASCII) {
            Some(drawn) => drawn.lines().for_each(|line| self.line(line)),
            None => self.records(&header, &rows),
        }
    }

    fn cell(&mut self, text: &[Inline<'_>]) -> String {
        let mut cell = String::new();
        self.speaker.say(&mut cell, text, ' ');
        if cell.trim().len() == cell.len() { cell } else { cell.trim().to_owned() }
    }

    /// A table too wide to be drawn: its header as a line, then the first cell of each row as a list item and
    /// the others named by header. The line keeps what no row would say.
    fn records(&mut self, header: &[String], rows: &[Vec<String>]) {
        let names = table::names(header);
        let columns = table::column_names(header);
        if !columns.is_empty() {
            self.words.clear();
            self.words.push_str(&columns);
            self.wrap_words();
        }
        for row in rows {
            self.hanging("* ", |page| {
                for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                    page.words.clear();
                    if column > 0 {
                        page.words.push_str(names.get(column).map_or("", String::as_str));
                    }
                    page.words.push_str(cell);
                    page.wrap_words();
                }
            });
        }
    }

    /// Writes what `write` writes behind `mark`, further lines indented by its width.
    fn hanging(&mut self, mark: &str, write: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        let mut lead = self.lead.take().unwrap_or_else(|| self.prefix.clone());
        lead.push_str(mark);
        self.lead = Some(lead);
        self.prefix.extend(std::iter::repeat_n(' ', columns::width(mark)));
        write(self);
        if !mark.trim().is_empty() && self.lead.is_some() {
            // Nothing followed the mark.
            self.line("");
        }
        self.lead = None;
        self.prefix.truncate(length);
    }

    /// Collects a text to be wrapped.
    fn say(&mut self, text: &[Inline<'_>], hard: char) {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        self.speaker.say(&mut words, text, hard);
        self.words = words;
    }

    /// Writes the collected text, wrapped; nothing if there are no words in it.
    fn wrap_words(&mut self) {
        if self.words.trim().is_empty() {
            return;
        }
        self.write_gap();
        let indent = columns::width(&self.prefix);
        let lead = self.lead.take();
        let first = lead.as_deref().unwrap_or(&self.prefix);
        wrap::fill(&mut self.out, self.words.trim(), self.options.width, indent, first, &self.prefix);
    }

    /// Writes one line as it is.
    fn line(&mut self, line: &str) {
        self.write_gap();
        self.out.push_str(self.lead.take().as_deref().unwrap_or(&self.prefix));
        self.out.push_str(line);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    /// Wants an empty line before the next one.
    fn separate(&mut self) {
        let shared = self.gap.unwrap_or(usize::MAX).min(self.prefix.len());
        self.gap = Some(shared);
    }

    fn write_gap(&mut self) {
        if let Some(shared) = self.gap.take()
            && !self.out.is_empty()
        {
            self.out.push_str(self.prefix[..shared.min(self.prefix.len())].trim_end());
            self.out.push('\n');
        }
    }
}

/// A text without the mark that all of it bears: a heading stands out by itself.
fn unmarked<'t, 'a>(text: &'t [Inline<'a>]) -> &'t [Inline<'a>] {
    match text {
        [Inline::Open(first), inner @ .., Inline::Close(last)]
            if first == last && !inner.contains(&Inline::Close(*first)) =>
        {
            inner
        }
        _ => text,
    }
}

/// The lines from the first to the last that show anything.
fn without_blank_ends(code: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    let text = code.trim_end_matches(blank);
    let first = text.find(|c| !blank(c)).unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |end| end + 1);
    &text[start..]
}

/// Appends a line of code with its tabs as spaces up to the next multiple of four columns.
fn push_untabbed(out: &mut String, line: &str) {
    let line = columns::clean(line);
    if memchr::memchr(b'\t', line.as_bytes()).is_none() {
        out.push_str(&line);
        return;
    }
    let mut column = 0;
    for c in line.chars() {
        if c == '\t' {
            let spaces = 4 - column % 4;
            out.extend(std::iter::repeat_n(' ', spaces));
            column += spaces;
        } else {
            out.push(c);
            column += columns::char_width(c);
        }
    }
}
