//! Blocks, and the empty lines between them.
//!
//! Recursion over the tree is bounded: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH) containers.

use super::page::Page;
use crate::markup::{Alert, Block, Code, Definition, Footnote, Inline, List, Table};
use crate::render::{table, text};

/// A thematic break, which is centred.
const RULE: &str = "* * *";

/// The indentation of code.
const CODE_INDENT: &str = "    ";

/// The least width that a table may use, in columns, however deep it is indented.
const MIN_TABLE: usize = 20;

impl Page<'_> {
    /// Writes blocks with empty lines between them.
    pub(super) fn blocks(&mut self, blocks: &[Block<'_>]) {
        for (at, block) in blocks.iter().enumerate() {
            // A nested list follows its item directly.
            let is_nested = matches!(block, Block::List(_)) && self.in_item;
            if at > 0 && !is_nested {
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
                let indent = indent.saturating_sub(self.indent());
                self.line(&format!("{}{RULE}", " ".repeat(indent)));
            }
        }
    }

    /// Writes the footnotes after a short line.
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
                    page.wrap(&text::clean(&note.label));
                }
                page.blocks(&note.blocks);
            });
        }
    }

    /// Writes the list of link destinations.
    pub(super) fn references(&mut self) {
        let destinations = self.inline.take_destinations();
        if destinations.is_empty() {
            return;
        }
        self.separate();
        let heading = self.options.words.get("references");
        self.line(heading);
        self.line(&"-".repeat(text::width(heading)));
        self.separate();
        for (at, url) in destinations.iter().enumerate() {
            self.line(&format!("[{}] {url}", at + 1));
        }
    }

    fn heading(&mut self, level: u8, text: &[Inline<'_>]) {
        let (words, indent) = (self.words(unmarked(text), ' '), self.indent());
        let widest = self.wrap(&words).lines().map(text::width).max().unwrap_or(0);
        let underline = match level {
            1 => "=",
            2 => "-",
            3 => "~",
            _ => return,
        };
        let width = widest.saturating_sub(indent);
        // A heading of control characters only writes no line to underline.
        if width > 0 {
            self.line(&underline.repeat(width));
        }
    }

    fn paragraph(&mut self, text: &[Inline<'_>]) {
        let words = self.words(text, '\n');
        self.wrap(&words);
    }

    fn quote(&mut self, alert: Option<&Alert<'_>>, blocks: &[Block<'_>]) {
        let in_item = std::mem::replace(&mut self.in_item, false);
        self.quoted(|page| {
            let rest = match alert {
                Some(alert) => page.alert(alert, blocks),
                None => blocks,
            };
            page.blocks(rest);
        });
        self.in_item = in_item;
    }

    /// Writes the kind and the title of a call-out, or else its first paragraph. Returns the remaining blocks.
    fn alert<'b, 'd>(&mut self, alert: &Alert<'_>, blocks: &'b [Block<'d>]) -> &'b [Block<'d>] {
        let mut words = format!("{}: ", text::clean(&alert.kind));
        let rest = match blocks {
            [Block::Paragraph(text), rest @ ..] if alert.title.is_empty() => {
                self.inline.write(&mut words, text, '\n');
                rest
            }
            _ => {
                self.inline.write(&mut words, &alert.title, ' ');
                blocks
            }
        };
        self.wrap(&words);
        if rest.len() < blocks.len() {
            self.separate();
        }
        rest
    }

    fn list(&mut self, list: &List<'_>) {
        let is_own = |block: &&Block<'_>| !matches!(block, Block::List(_));
        let loose = list.items.iter().any(|item| item.blocks.iter().filter(is_own).count() > 1);
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
            let term = self.words(&definition.term, ' ');
            self.wrap(&term);
            for meaning in &definition.meanings {
                self.hanging("    ", |page| page.blocks(meaning));
            }
        }
    }

    /// Writes code without blank lines at its start and end, which is not marked otherwise.
    fn code(&mut self, code: &Code<'_>) {
        let text = without_blank_ends(&code.text);
        if text.is_empty() {
            return;
        }
        for line in text.split('\n') {
            let mut indented = CODE_INDENT.to_owned();
            push_untabbed(&mut indented, line);
            self.line(&indented);
        }
    }

    fn table(&mut self, table: &Table<'_>) {
        let (header, rows) = table::cells(table, |text| self.words(text, ' ').trim().to_owned());
        let width = self.options.width.saturating_sub(self.indent()).max(MIN_TABLE);
        match table::draw(&header, &rows, &table.alignments, width) {
            Some(drawn) => drawn.lines().for_each(|line| self.line(line)),
            None => self.records(&header, &rows),
        }
    }

    /// Writes each row as a list item, with one line for each cell.
    fn records(&mut self, header: &[String], rows: &[Vec<String>]) {
        for record in table::records(header, rows) {
            self.hanging("* ", |page| {
                for cell in &record {
                    page.wrap_hanging(cell);
                }
            });
        }
    }
}

/// Returns a text without a mark around all of it: a heading needs no emphasis.
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

/// Returns the lines from the first to the last that is not blank.
fn without_blank_ends(code: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || c.is_control();
    let text = code.trim_end_matches(blank);
    let first = text.find(|c| !blank(c)).unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |end| end + 1);
    &text[start..]
}

/// Appends a line of code, with spaces up to the next multiple of four columns for each tab.
fn push_untabbed(out: &mut String, line: &str) {
    let mut column = 0;
    for (at, piece) in text::clean(line).split('\t').enumerate() {
        if at > 0 {
            let spaces = 4 - column % 4;
            out.extend(std::iter::repeat_n(' ', spaces));
            column += spaces;
        }
        out.push_str(piece);
        column += text::width(piece);
    }
}
