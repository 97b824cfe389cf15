//! Blocks: headings, lists, quotations, preformatted text, tables, notes.
//!
//! Walking the tree by recursion is safe: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH)
//! containers.

use super::inline::Breaks;
use super::links::plain;
use super::options::{LinkPlacement, ListLinks, NestedLists, TableStyle};
use super::page::{Page, push_code};
use crate::markup::{Alert, Block, Code, Definition, Footnote, Inline, Item, List, Table, Text};
use crate::render::table::{self, Lines};
use crate::render::{columns, lines};

/// The most links that may wait for the end of their list; with more, readers would search for theirs.
const MAX_LINKS_AFTER_LIST: usize = 8;

impl Page<'_> {
    /// Writes the blocks of the page, each followed by the links that belong there.
    pub(super) fn body(&mut self, blocks: &[Block<'_>]) {
        let mut after_links = false;
        for block in blocks {
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

    /// Writes the notes under a rule, each with its links.
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
                lines::push_one_line(&mut self.lead, &note.label);
            }
            self.lead.push(' ');
            self.blocks(&note.blocks);
            self.settle_lead();
            self.flush_links(true);
            let pictures = std::mem::take(&mut self.pictures);
            self.links = pictures;
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
            Block::Code(code) => self.code(code),
            Block::Table(table) => self.table(table),
            Block::Rule => self.rule(),
        }
    }

    /// A heading inside a quotation or an item is a text there: the outline of the page is made of those
    /// outside.
    fn heading(&mut self, level: u8, text: &[Inline<'_>]) {
        if self.quotes > 0 || self.lists > 0 || !self.lead.is_empty() {
            self.text(text, Breaks::Space);
            return;
        }
        self.open_heading(usize::from(level) + usize::from(self.options.heading_shift));
        self.inline(text, Breaks::Space);
        self.close_line();
    }

    fn paragraph(&mut self, text: &[Inline<'_>]) {
        let contained = self.quotes > 0 || !self.lead.is_empty();
        let only_pictures = || text.iter().all(|piece| !matches!(piece, Inline::LinkOpen(_)));
        if (!contained || only_pictures()) && self.is_links_only(text) {
            self.links_only(text);
        } else {
            self.text(text, if self.tight { Breaks::Space } else { Breaks::Line });
        }
    }

    fn rule(&mut self) {
        self.settle_lead();
        self.open_line();
        self.out.push_str(&self.options.rule);
        self.close_line();
    }

    fn quote(&mut self, alert: Option<&Alert<'_>>, blocks: &[Block<'_>]) {
        self.settle_lead();
        let tight = std::mem::replace(&mut self.tight, false);
        self.quotes += 1;
        if let Some(alert) = alert {
            self.lead.push_str(&columns::clean(&alert.kind));
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

    fn code(&mut self, code: &Code<'_>) {
        self.outside(|out| {
            open_fence(out, &code.language);
            push_code(out, &code.text);
            out.push_str("```\n");
        });
    }

    fn definitions(&mut self, definitions: &[Definition<'_>]) {
        self.settle_lead();
        let tight = std::mem::replace(&mut self.tight, true);
        self.lists += 1;
        for definition in definitions {
            self.text(&definition.term, Breaks::Space);
            for meaning in &definition.meanings {
                self.lead.push_str(if self.quotes > 0 { "- " } else { "* " });
                self.blocks(meaning);
                self.settle_lead();
            }
        }
        self.lists -= 1;
        self.tight = tight;
    }
}

/// Lists.
impl Page<'_> {
    fn list(&mut self, list: &List<'_>) {
        self.settle_lead();
        let outermost = self.lists == 0 && self.quotes == 0;
        let placed = outermost && self.options.links == LinkPlacement::Block;
        if placed && self.options.list_links == ListLinks::Auto && self.is_link_list(list) {
            self.link_list(list, "");
            return;
        }
        let after_item = placed
            && match self.options.list_links {
                ListLinks::AfterItem => true,
                ListLinks::AfterList => false,
                ListLinks::Auto => count_links(list) > MAX_LINKS_AFTER_LIST,
            };
        let tight = std::mem::replace(&mut self.tight, true);
        let outer = std::mem::take(&mut self.number);
        let bullets = self.bullets;
        self.lists += 1;
        for (at, item) in list.items.iter().enumerate() {
            self.number = number(list, at, &outer);
            self.lead = self.item_lead(list, bullets);
            self.bullets = if list.start.is_some() { 0 } else { bullets + 1 };
            self.item(item);
            if after_item {
                self.flush_item();
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

    /// What the lines of the list's items start with, at the current number and below `bullets` others.
    fn item_lead(&self, list: &List<'_>, bullets: usize) -> String {
        if list.start.is_some() {
            return format!("{} ", self.number);
        }
        let bullet = if self.quotes > 0 { "- " } else { "* " };
        match self.options.nested {
            NestedLists::Dash => format!("{bullet}{}", "– ".repeat(bullets)),
            NestedLists::Indent => format!("{}{bullet}", "  ".repeat(bullets)),
            NestedLists::Flat => bullet.to_owned(),
        }
    }

    /// Whether every item starts with one link, or is one, and so can be the label of it.
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
        matches!(first, Some(Inline::LinkOpen(id)) if self.leads_somewhere(*id))
            && text.iter().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count() == 1
            && !text.iter().any(|piece| matches!(piece, Inline::Image(_)))
    }

    fn leads_somewhere(&self, id: crate::markup::LinkId) -> bool {
        matches!(self.targets.get(id.0 as usize), Some(crate::render::Target::Url(_)))
    }

    /// A list whose items are the labels of their links.
    fn link_list(&mut self, list: &List<'_>, outer: &str) {
        for (at, item) in list.items.iter().enumerate() {
            let lead = match list.start {
                Some(_) => format!("{} ", number(list, at, outer)),
                None => outer.to_owned(),
            };
            for block in &item.blocks {
                match block {
                    Block::Paragraph(text) => self.add_item_link(&lead, text),
                    Block::List(inner) if inner.start.is_some() => self.link_list(inner, lead.trim_end()),
                    Block::List(inner) => self.link_list(inner, "– "),
                    _ => {}
                }
            }
        }
    }
}

/// The number of an item: `3.`, or `3.1.` inside item `3.`; empty for bullets.
fn number(list: &List<'_>, at: usize, outer: &str) -> String {
    let Some(start) = list.start else { return String::new() };
    let outer = if outer.ends_with('.') { outer } else { "" };
    format!("{outer}{}.", start.saturating_add(at as u64))
}

fn count_links(list: &List<'_>) -> usize {
    let in_text = |text: &Text<'_>| text.iter().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count();
    list.items
        .iter()
        .flat_map(|item| &item.blocks)
        .map(|block| match block {
            Block::Paragraph(text) => in_text(text),
            Block::List(inner) => count_links(inner),
            _ => 0,
        })
        .sum()
}

/// Tables.
impl Page<'_> {
    fn table(&mut self, table: &Table<'_>) {
        let header: Vec<String> = table.header.iter().map(|cell| self.cell(cell)).collect();
        let rows: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| self.cell(cell)).collect()).collect();
        let alt = alternative(&table.header);
        let lines = match self.options.table_style {
            TableStyle::Ascii => Lines::ASCII,
            TableStyle::Box => Lines::BOX,
        };
        match table::layout(&header, &rows, &table.alignments, self.options.table_width, lines) {
            Some(drawn) => self.outside(|out| {
                open_fence(out, &alt);
                push_code(out, drawn.trim_end_matches('\n'));
                out.push_str("```\n");
            }),
            None => self.records(&header, &rows),
        }
    }

    fn cell(&mut self, text: &[Inline<'_>]) -> String {
        let from = self.out.len();
        self.inline(text, Breaks::Space);
        let raw = self.out.split_off(from);
        if raw.contains("  ") || raw.contains('\t') || raw.trim().len() != raw.len() {
            let mut cell = String::with_capacity(raw.len());
            lines::push_one_line(&mut cell, &raw);
            return cell;
        }
        raw
    }

    /// A table too wide to be drawn: the first cell of a row as a list item, the others named by header.
    fn records(&mut self, header: &[String], rows: &[Vec<String>]) {
        self.settle_lead();
        for row in rows {
            for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
                if column == 0 {
                    self.lead.push_str(if self.quotes > 0 { "- " } else { "* " });
                }
                self.open_line();
                if column > 0 {
                    table::push_name(&mut self.out, header.get(column));
                }
                self.out.push_str(cell);
                self.close_line();
            }
        }
        if rows.is_empty() {
            self.open_line();
            self.out.push_str(&header.join(", "));
            self.close_line();
        }
    }
}

/// What stands for a table for readers who cannot see it.
fn alternative(header: &[Text<'_>]) -> String {
    let names: Vec<String> = header.iter().map(|cell| plain(cell)).filter(|name| !name.is_empty()).collect();
    if names.is_empty() { "table".to_owned() } else { format!("table: {}", names.join(", ")) }
}

/// Appends the opening line of preformatted text (section 5.4.3).
fn open_fence(out: &mut String, alt: &str) {
    out.push_str("```");
    // A backtick here would make some clients see no fence.
    lines::push_one_line(out, alt.trim_start_matches('`'));
    out.push('\n');
}
