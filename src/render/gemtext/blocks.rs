//! Blocks: headings, quotations, preformatted text, definitions, notes; and the order they come in.
//!
//! Walking the tree by recursion is safe: a document nests at most [`MAX_DEPTH`](crate::markup::MAX_DEPTH)
//! containers.

use super::inline::Breaks;
use super::options::LinkPlacement;
use super::page::{Page, push_code};
use crate::markup::{Alert, Block, Code, Definition, Footnote, Inline};
use crate::render::{columns, lines};

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
    pub(super) fn blocks(&mut self, blocks: &[Block<'_>]) {
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
        for (at, definition) in definitions.iter().enumerate() {
            if at > 0 {
                // As far apart as other blocks are where this stands.
                self.tight = tight;
                self.separate();
                self.tight = true;
            }
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

/// Appends the opening line of preformatted text (section 5.4.3).
pub(super) fn open_fence(out: &mut String, alt: &str) {
    out.push_str("```");
    // A backtick here would make some clients see no fence.
    lines::push_one_line(out, alt.trim_start_matches('`'));
    out.push('\n');
}
