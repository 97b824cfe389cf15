//! Blocks, and the order they are written in.
//!
//! Recursion over the tree is bounded: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH) containers.

use super::LinkPlacement;
use super::inline::Breaks;
use super::page::{Page, push_code};
use crate::markup::{Alert, Block, Definition, Footnote, Inline, Item, List, Nodes, Table};
use crate::render::{table, text};

/// Most links collected until the end of their list; with more, readers would have to search, so they follow their items.
const MAX_LINKS_AFTER_LIST: usize = 8;

/// The width of the widest table that is drawn, in columns. Phones show about 40 and scroll; terminals show 80.
const TABLE_WIDTH: usize = 80;

/// The line for a thematic break. It must not read as another type of line: `* * *` would be a list item.
const RULE: &str = "---";

impl Page<'_> {
    /// Writes the blocks of the page, each followed by its links.
    pub(super) fn body(&mut self, blocks: &[Block<'_>]) {
        let mut after_links = false;
        for block in blocks {
            self.written.next_block();
            let links = matches!(block, Block::Paragraph(text) if self.is_links_only(text));
            if !(links && after_links) {
                self.separate();
            }
            after_links = links;
            if self.options.links == LinkPlacement::Section && matches!(block, Block::Heading { .. }) {
                self.flush_links(true);
            }
            self.block(block);
            self.flush_block(block);
        }
        self.flush_links(true);
    }

    /// Writes the footnotes after a rule, each followed by its links.
    pub(super) fn footnotes(&mut self, notes: &[Footnote<'_>]) {
        if notes.is_empty() {
            return;
        }
        self.blank();
        self.block(&Block::Rule);
        for (at, note) in notes.iter().enumerate() {
            self.blank();
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            let from = self.out.len();
            self.footnote_mark(number);
            self.lead = self.out.split_off(from);
            if note.blocks.is_empty() {
                self.lead.push(' ');
                text::push_one_line(&mut self.lead, &note.label);
            }
            self.lead.push(' ');
            self.blocks(&note.blocks);
            self.settle_lead();
            self.flush_links(true);
            self.links = std::mem::take(&mut self.images);
            self.flush_links(true);
        }
    }

    /// Writes the blocks of a container.
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
            Block::Rule => self.rule(),
        }
    }

    /// Writes a heading; inside a quotation or a list as text, because it is no part of the outline.
    fn heading(&mut self, level: u8, text: &[Inline<'_>]) {
        if self.quotes > 0 || self.lists > 0 || !self.lead.is_empty() {
            self.text(text, Breaks::Space);
            return;
        }
        self.open_heading(usize::from(level));
        self.inline(text, Breaks::Space);
        self.close_line();
    }

    fn paragraph(&mut self, text: &[Inline<'_>]) {
        let contained = self.quotes > 0 || !self.lead.is_empty();
        let only_images = || text.iter().all(|piece| !matches!(piece, Inline::LinkOpen(_)));
        if (!contained || only_images()) && self.is_links_only(text) {
            self.links_only(text);
        } else {
            self.text(text, if self.tight { Breaks::Space } else { Breaks::Line });
        }
    }

    fn rule(&mut self) {
        self.settle_lead();
        self.open_line();
        self.out.push_str(RULE);
        self.close_line();
    }

    fn quote(&mut self, alert: Option<&Alert<'_>>, blocks: &[Block<'_>]) {
        self.settle_lead();
        let tight = std::mem::replace(&mut self.tight, false);
        self.quotes += 1;
        if let Some(alert) = alert {
            self.lead.push_str(&text::clean(&alert.kind));
            self.lead.push_str(": ");
            if !alert.title.is_empty() {
                self.text(&alert.title, Breaks::Space);
            }
        }
        self.blocks(blocks);
        self.settle_lead();
        self.quotes -= 1;
        self.tight = tight;
    }

    /// Writes preformatted text (section 5.4.3). Some clients take no fence with a backtick behind it.
    fn preformatted(&mut self, alt: &str, content: &str) {
        self.outside(|out| {
            out.push_str("```");
            text::push_one_line(out, alt.trim_start_matches('`'));
            out.push('\n');
            push_code(out, content);
            out.push_str("```\n");
        });
    }

    fn definitions(&mut self, definitions: &[Definition<'_>]) {
        self.settle_lead();
        let tight = std::mem::replace(&mut self.tight, true);
        self.lists += 1;
        for (at, definition) in definitions.iter().enumerate() {
            if at > 0 {
                // Definitions are separated like the blocks around them.
                self.tight = tight;
                self.separate();
                self.tight = true;
            }
            self.text(&definition.term, Breaks::Space);
            for meaning in &definition.meanings {
                self.lead.push_str(self.bullet());
                self.blocks(meaning);
                self.settle_lead();
            }
        }
        self.lists -= 1;
        self.tight = tight;
    }

    /// Returns the mark of a list item: inside a quotation, a line cannot start with `* `.
    fn bullet(&self) -> &'static str {
        if self.quotes > 0 { "- " } else { "* " }
    }

    /// Writes a list. Lists of gemtext are flat and have bullets only: depth becomes dashes, and numbers become text.
    fn list(&mut self, list: &List<'_>) {
        self.settle_lead();
        let outermost = self.lists == 0 && self.quotes == 0;
        let placed = outermost && self.options.links == LinkPlacement::Block;
        if placed && self.is_link_list(list) {
            self.link_list(list, "");
            return;
        }
        let after_item = placed && count_links(list) > MAX_LINKS_AFTER_LIST;
        let tight = std::mem::replace(&mut self.tight, true);
        let outer = std::mem::take(&mut self.number);
        let bullets = self.bullets;
        self.lists += 1;
        for (at, item) in list.items.iter().enumerate() {
            self.number = item_number(list, at, &outer);
            self.lead = self.item_lead(list, bullets);
            self.bullets = if list.start.is_some() { 0 } else { bullets + 1 };
            self.item(item);
            if after_item {
                let links = std::mem::take(&mut self.links);
                self.write_lines(&links);
            }
        }
        self.lists -= 1;
        self.bullets = bullets;
        self.number = outer;
        self.tight = tight;
    }

    fn item(&mut self, item: &Item<'_>) {
        match item.task {
            Some(true) => self.lead.push_str("[x] "),
            Some(false) => self.lead.push_str("[ ] "),
            None => {}
        }
        self.blocks(&item.blocks);
        self.settle_lead();
    }

    /// Returns the start of the current item's line, with `bullets` bullet lists around the list.
    fn item_lead(&self, list: &List<'_>, bullets: usize) -> String {
        if list.start.is_some() {
            return format!("{} ", self.number);
        }
        format!("{}{}", self.bullet(), "– ".repeat(bullets))
    }

    /// Returns whether every item starts with its only link, and so can be the label of that link.
    fn is_link_list(&self, list: &List<'_>) -> bool {
        list.items.iter().all(|item| match &*item.blocks {
            [Block::Paragraph(text)] => item.task.is_none() && self.starts_with_only_link(text),
            [Block::Paragraph(text), Block::List(inner)] => {
                item.task.is_none() && self.starts_with_only_link(text) && self.is_link_list(inner)
            }
            _ => false,
        })
    }

    fn starts_with_only_link(&self, text: &[Inline<'_>]) -> bool {
        let first = text.iter().find(|piece| !matches!(piece, Inline::Open(_)));
        matches!(first, Some(Inline::LinkOpen(id)) if self.url(*id).is_some())
            && text.iter().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count() == 1
            && !text.iter().any(|piece| matches!(piece, Inline::Image(_)))
    }

    /// Writes a list as link lines.
    fn link_list(&mut self, list: &List<'_>, outer: &str) {
        for (at, item) in list.items.iter().enumerate() {
            let lead = match list.start {
                Some(_) => format!("{} ", item_number(list, at, outer)),
                None => outer.to_owned(),
            };
            for block in &item.blocks {
                match block {
                    Block::Paragraph(text) => self.write_item_link(&lead, text),
                    Block::List(inner) if inner.start.is_some() => self.link_list(inner, lead.trim_end()),
                    Block::List(inner) => self.link_list(inner, "– "),
                    _ => {}
                }
            }
        }
    }

    /// Writes a table: drawn as preformatted text, or as records if it is too wide.
    fn table(&mut self, table: &Table<'_>) {
        let (header, rows) = table::cells(table, |text| self.cell(text));
        match table::draw(&header, &rows, &table.alignments, TABLE_WIDTH) {
            Some(drawn) => {
                let names = table.header.iter().map(|cell| text::plain_words(cell)).collect::<Vec<_>>();
                let subject = table::subject(&names, &rows);
                let alternative = if subject.is_empty() { subject } else { format!(": {subject}") };
                let word = self.options.words.get("table");
                self.preformatted(&format!("{word}{alternative}"), drawn.trim_end_matches('\n'));
            }
            None => self.records(&header, &rows),
        }
    }

    fn cell(&mut self, text: &[Inline<'_>]) -> String {
        let from = self.out.len();
        self.inline(text, Breaks::Space);
        text::one_line(&self.out.split_off(from))
    }

    /// Writes each row as a list item, with one line for each cell.
    fn records(&mut self, header: &[String], rows: &[Vec<String>]) {
        self.settle_lead();
        for record in table::records(header, rows) {
            for (at, cell) in record.iter().enumerate() {
                if at == 0 {
                    self.lead.push_str(self.bullet());
                }
                self.words(cell);
            }
        }
    }

    /// Writes finished words as a line, if there are any.
    fn words(&mut self, words: &str) {
        self.open_line();
        self.out.push_str(words);
        self.close_line();
    }
}

/// Returns the number of an item: `3.`, or `3.1.` inside item `3.`; an empty text for bullets.
fn item_number(list: &List<'_>, at: usize, outer: &str) -> String {
    let Some(start) = list.start else { return String::new() };
    let outer = if outer.ends_with('.') { outer } else { "" };
    format!("{outer}{}.", start.saturating_add(at as u64))
}

fn count_links(list: &List<'_>) -> usize {
    let blocks = list.items.iter().flat_map(|item| &item.blocks);
    Nodes::new(blocks).inlines().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count()
}
