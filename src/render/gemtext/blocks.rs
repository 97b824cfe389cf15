//! Blocks, and the order they are written in.
//!
//! Recursion over the tree is bounded: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH) containers.

use super::link_lines::{LinkLine, drop_repeated};
use super::{Gap, LinkPlacement, Page, push_preformatted};
use crate::markup::{Alert, Block, Definition, Footnote, Inline, List, Nodes, Table};
use crate::render::{table, text};

/// The most links of a list that are written after it. If there are more, each follows its item, where readers find it.
const MAX_LINKS_AFTER_LIST: usize = 8;

/// The width of the widest table that is drawn, in columns. Phones show about 40 and scroll; terminals show 80.
const TABLE_WIDTH: usize = 80;

/// The line for a thematic break. It must not read as another type of line: `* * *` would be a list item.
const RULE: &str = "---";

impl<'p> Page<'p> {
    /// Writes the blocks of the page, each followed by its links.
    pub(super) fn body(&mut self, blocks: &[Block<'_>]) {
        let mut after_links = false;
        for block in blocks {
            self.written.before = std::mem::take(&mut self.written.here);
            let is_links = matches!(block, Block::Paragraph(text) if self.links_only(text).is_some());
            if !(is_links && after_links) {
                self.separate();
            }
            after_links = is_links;
            let is_heading = matches!(block, Block::Heading { .. });
            if is_heading && self.options.links == LinkPlacement::Section {
                self.flush(|page| &mut page.links, true);
            }
            self.block(block);
            if self.options.links == LinkPlacement::Block {
                drop_repeated(&mut self.links, &self.written);
                self.flush(|page| &mut page.links, !is_heading);
            }
            self.flush(|page| &mut page.images, !is_heading);
        }
        self.flush(|page| &mut page.links, true);
    }

    /// Writes the footnotes after a rule, each followed by its links.
    pub(super) fn footnotes(&mut self, notes: &[Footnote<'_>]) {
        if notes.is_empty() {
            return;
        }
        self.gap = Gap::Blank;
        self.block(&Block::Rule);
        for (at, note) in notes.iter().enumerate() {
            self.gap = Gap::Blank;
            self.lead = self.footnote_mark(at + 1);
            if note.blocks.is_empty() {
                self.lead.extend([" ", &*text::one_line(&note.label)]);
            }
            self.lead.push(' ');
            self.blocks(&note.blocks);
            self.settle_lead();
            self.flush(|page| &mut page.links, true);
            self.flush(|page| &mut page.images, true);
        }
    }

    fn blocks(&mut self, blocks: &[Block<'_>]) {
        for (at, block) in blocks.iter().enumerate() {
            if at > 0 {
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
            Block::Code(code) => self.preformatted(&code.language, &code.text),
            Block::Table(table) => self.table(table),
            Block::Rule => {
                self.settle_lead();
                self.line(RULE);
            }
        }
    }

    /// Writes a heading; inside a quotation or list as text, because such headings are not part of the outline.
    fn heading(&mut self, level: u8, text: &[Inline<'_>]) {
        let is_contained = self.quotes > 0 || self.lists > 0 || !self.lead.is_empty();
        if !is_contained {
            self.lead.push_str(&"### "[3 - usize::from(level.clamp(1, 3))..]);
        }
        self.text(text, ' ');
        if !is_contained {
            self.lead.clear();
        }
    }

    fn paragraph(&mut self, text: &[Inline<'_>]) {
        let is_contained = self.quotes > 0 || !self.lead.is_empty();
        let has_links = text.iter().any(|piece| matches!(piece, Inline::LinkOpen(_)));
        match self.links_only(text).filter(|_| !is_contained || !has_links) {
            Some(links) => self.write_lines(links),
            None => self.text(text, if self.tight { ' ' } else { '\n' }),
        }
    }

    fn quote(&mut self, alert: Option<&Alert<'_>>, blocks: &[Block<'_>]) {
        self.settle_lead();
        let tight = std::mem::replace(&mut self.tight, false);
        self.quotes += 1;
        if let Some(alert) = alert {
            self.lead.extend([&*text::clean(&alert.kind), ": "]);
            self.text(&alert.title, ' ');
        }
        self.blocks(blocks);
        self.settle_lead();
        self.quotes -= 1;
        self.tight = tight;
    }

    fn preformatted(&mut self, alt: &str, content: &str) {
        self.outside(|page| push_preformatted(&mut page.out, alt, content));
    }

    fn definitions(&mut self, definitions: &[Definition<'_>]) {
        self.settle_lead();
        self.lists += 1;
        for (at, definition) in definitions.iter().enumerate() {
            if at > 0 {
                self.separate();
            }
            let tight = std::mem::replace(&mut self.tight, true);
            self.text(&definition.term, ' ');
            for meaning in &definition.meanings {
                self.lead.push_str(self.bullet());
                self.blocks(meaning);
                self.settle_lead();
            }
            self.tight = tight;
        }
        self.lists -= 1;
    }

    /// Returns the bullet of a list item: `* `, or `- ` inside a quotation, whose lines start with `> ` instead.
    fn bullet(&self) -> &'static str {
        if self.quotes > 0 { "- " } else { "* " }
    }

    /// Writes a list. Lists of gemtext are flat and have bullets only: depth becomes dashes, and numbers become text.
    fn list(&mut self, list: &List<'_>) {
        self.settle_lead();
        let outermost = self.lists == 0 && self.quotes == 0;
        let placed = outermost && self.options.links == LinkPlacement::Block;
        let mut lines = Vec::new();
        if placed && self.link_list(list, "", &mut lines).is_some() {
            return lines.into_iter().for_each(|line| self.write_lines(vec![line]));
        }
        let blocks = list.items.iter().flat_map(|item| &item.blocks);
        let links = Nodes::new(blocks).inlines().filter(|piece| matches!(piece, Inline::LinkOpen(_)));
        let after_item = placed && links.count() > MAX_LINKS_AFTER_LIST;
        let tight = std::mem::replace(&mut self.tight, true);
        let outer = std::mem::take(&mut self.number);
        let bullets = self.bullets;
        self.lists += 1;
        for (at, item) in list.items.iter().enumerate() {
            self.number = item_number(list, at, &outer);
            (self.lead, self.bullets) = match list.start {
                Some(_) => (format!("{} ", self.number), 0),
                None => (format!("{}{}", self.bullet(), "– ".repeat(bullets)), bullets + 1),
            };
            self.lead.push_str(text::task_mark(item.task));
            self.blocks(&item.blocks);
            self.settle_lead();
            if after_item {
                let links = std::mem::take(&mut self.links);
                self.write_lines(links);
            }
        }
        self.lists -= 1;
        self.bullets = bullets;
        self.number = outer;
        self.tight = tight;
    }

    /// Collects a link line for each item. Returns `None` unless every item starts with a link and has no other link.
    fn link_list(&self, list: &List<'_>, outer: &str, lines: &mut Vec<LinkLine<'p>>) -> Option<()> {
        for (at, item) in list.items.iter().enumerate() {
            let [Block::Paragraph(text), rest @ ..] = &*item.blocks else { return None };
            let lead = list.start.map_or_else(|| outer.to_owned(), |_| format!("{} ", item_number(list, at, outer)));
            lines.push(self.item_line(&lead, text).filter(|_| item.task.is_none())?);
            match rest {
                [] => {}
                [Block::List(inner)] => {
                    let outer = if inner.start.is_some() { lead.trim_end() } else { "– " };
                    self.link_list(inner, outer, lines)?;
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// Writes a table: drawn as preformatted text, or each row as a list item if it is too wide.
    fn table(&mut self, table: &Table<'_>) {
        let rows = table::cells(table, |text| {
            let from = self.out.len();
            self.inline(text, ' ');
            text::one_line(&self.out.split_off(from)).into_owned()
        });
        if let Some(drawn) = table::draw(&rows, &table.alignments, TABLE_WIDTH) {
            let subject = table::subject(&table.header, &rows);
            let alternative = if subject.is_empty() { subject } else { format!(": {subject}") };
            let word = self.options.words.get("table");
            self.preformatted(&format!("{word}{alternative}"), drawn.trim_end_matches('\n'));
            return;
        }
        self.settle_lead();
        for record in table::records(&rows) {
            self.lead.push_str(self.bullet());
            for cell in &record {
                self.line(cell);
            }
            self.lead.clear();
        }
    }
}

/// Returns the number of an item: `3.`, or `3.1.` inside item `3.`; an empty string in a list with bullets.
fn item_number(list: &List<'_>, at: usize, outer: &str) -> String {
    let Some(start) = list.start else { return String::new() };
    let outer = if outer.ends_with('.') { outer } else { "" };
    format!("{outer}{}.", start.saturating_add(at as u64))
}
