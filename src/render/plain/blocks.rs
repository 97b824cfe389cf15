//! Blocks, and the empty lines between them.
//!
//! Recursion over the tree is bounded: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH) containers.

use super::Page;
use crate::markup::{Alert, Block, Code, Definition, Footnote, Inline, List, Table};
use crate::render::{table, text};

/// A thematic break, which is centred.
const RULE: &str = "* * *";

const CODE_INDENT: &str = "    ";

/// The most `> ` before a line; quotations nested deeper add none.
const MAX_QUOTE_MARKS: usize = 3;

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
            Block::Paragraph(text) => _ = self.text(text, '\n'),
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

    /// Writes the footnotes after a line of hyphens.
    pub(super) fn footnotes(&mut self, notes: &[Footnote<'_>]) {
        if notes.is_empty() {
            return;
        }
        self.separate();
        self.line("-----");
        for (at, note) in notes.iter().enumerate() {
            self.separate();
            let mark = format!("[^{}] ", at + 1);
            self.hanging(&mark, mark.len(), |page| {
                if note.blocks.is_empty() {
                    page.wrap(&text::clean(&note.label));
                }
                page.blocks(&note.blocks);
            });
        }
    }

    /// Writes the list of link destinations.
    pub(super) fn references(&mut self) {
        let mut destinations: Vec<(String, usize)> = self.numbers.drain().collect();
        if destinations.is_empty() {
            return;
        }
        destinations.sort_unstable_by_key(|(_, number)| *number);
        self.separate();
        let heading = self.options.words.get("references");
        self.line(heading);
        self.line(&"-".repeat(text::width(heading)));
        self.separate();
        for (url, number) in destinations {
            self.line(&format!("[{number}] {url}"));
        }
    }

    fn heading(&mut self, level: u8, text: &[Inline<'_>]) {
        let indent = self.indent();
        let widest = self.text(unmarked(text), ' ').lines().map(text::width).max().unwrap_or(0);
        // A heading that consists of control characters has no line to underline.
        let width = widest.saturating_sub(indent);
        if (1..=3).contains(&level) && width > 0 {
            self.line(&["=", "-", "~"][usize::from(level) - 1].repeat(width));
        }
    }

    /// Writes a quotation. A call-out starts with its kind, followed by its title or, without one, its first paragraph.
    fn quote(&mut self, alert: Option<&Alert<'_>>, blocks: &[Block<'_>]) {
        let mark = if self.quotes < MAX_QUOTE_MARKS { "> " } else { "" };
        let (length, in_item) = (self.prefix.len(), std::mem::replace(&mut self.in_item, false));
        self.quotes += 1;
        self.prefix.push_str(mark);
        if let Some(lead) = &mut self.lead {
            lead.push_str(mark);
        }
        let mut rest = blocks;
        if let Some(Alert { kind, title }) = alert {
            let mut words = title;
            if let ([Block::Paragraph(text), after @ ..], true) = (blocks, title.is_empty()) {
                (words, rest) = (text, after);
            }
            let words = self.words(format!("{}: ", text::clean(kind)), words, '\n');
            self.wrap(&words);
        }
        if rest.len() < blocks.len() {
            self.separate();
        }
        self.blocks(rest);
        self.prefix.truncate(length);
        self.lead = None;
        self.quotes -= 1;
        self.in_item = in_item;
    }

    fn list(&mut self, list: &List<'_>) {
        let is_own = |block: &&Block<'_>| !matches!(block, Block::List(_));
        let loose = list.items.iter().any(|item| item.blocks.iter().filter(is_own).count() > 1);
        for (at, item) in list.items.iter().enumerate() {
            if loose && at > 0 {
                self.separate();
            }
            let number = |start: u64| format!("{}. ", start.saturating_add(at as u64));
            let mut mark = list.start.map_or_else(|| "* ".to_owned(), number);
            mark.push_str(text::task_mark(item.task));
            let in_item = std::mem::replace(&mut self.in_item, true);
            self.hanging(&mark, mark.len(), |page| page.blocks(&item.blocks));
            self.in_item = in_item;
        }
    }

    fn definitions(&mut self, definitions: &[Definition<'_>]) {
        for (at, definition) in definitions.iter().enumerate() {
            if at > 0 {
                self.separate();
            }
            self.text(&definition.term, ' ');
            for meaning in &definition.meanings {
                self.hanging("    ", 4, |page| page.blocks(meaning));
            }
        }
    }

    /// Writes code, which is marked by its indentation only, without blank lines at its start and end.
    fn code(&mut self, code: &Code<'_>) {
        let blank = |c: char| c.is_whitespace() || c.is_control();
        let text = code.text.trim_end_matches(blank);
        let Some(first) = text.find(|c| !blank(c)) else { return };
        let start = text[..first].rfind('\n').map_or(0, |end| end + 1);
        for line in text[start..].split('\n') {
            self.line(&untabbed(line));
        }
    }

    fn table(&mut self, table: &Table<'_>) {
        let rows = table::cells(table, |text| self.words(String::new(), text, ' ').trim().to_owned());
        let width = self.options.width.saturating_sub(self.indent()).max(MIN_TABLE);
        match table::draw(&rows, &table.alignments, width) {
            Some(drawn) => drawn.lines().for_each(|line| self.line(line)),
            None => table::records(&rows).into_iter().for_each(|record| {
                self.hanging("* ", 2, |page| {
                    for cell in &record {
                        page.hanging("", 2, |page| _ = page.wrap(cell));
                    }
                });
            }),
        }
    }
}

/// Returns `text` without a mark that encloses all of it: a heading needs no emphasis.
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

/// Returns an indented line of code, with spaces up to the next multiple of four columns for each tab.
fn untabbed(line: &str) -> String {
    let mut out = CODE_INDENT.to_owned();
    let mut column = 0;
    for (at, piece) in text::clean(line).split('\t').enumerate() {
        let spaces = if at > 0 { &"    "[column % 4..] } else { "" };
        out.extend([spaces, piece]);
        column += spaces.len() + text::width(piece);
    }
    out
}
