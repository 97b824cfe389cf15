//! The document under construction. Events of the parser and HTML tags both write to it, and so keep their order.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use pulldown_cmark::LinkType;

use super::run::Run;
use super::source::{Lookahead, Offsets, Source, cut_start, truncate};
use super::stack::Stack;
use super::typography::{line_ends, trim};
use crate::markup::{Alignment, Block, Code, Image, Inline, Notice, Table, Text, is_wordless};

#[derive(Default)]
pub(super) struct Builder<'a, 't> {
    pub(super) source: Source<'a, 't>,
    pub(super) stack: Stack<'a>,
    pub(super) run: Run<'a, 't>,
    pub(super) notices: Vec<Notice>,
    /// The level of the HTML heading whose words are being collected.
    pub(super) heading: Option<u8>,
    pub(super) code: Option<Code<'a>>,
    /// The info string of that block, if it is a chunk that Quarto or R Markdown runs.
    pub(super) chunk: Option<String>,
    pub(super) table: Option<OpenTable<'a>>,
    /// The picture whose alternative text is being read, and the open pictures within that text.
    pub(super) pictures: Vec<(Image<'a>, LinkType)>,
    /// Whether the label of the current link is written already.
    pub(super) is_labelled: bool,
    /// Whether only inline text fits here: in a heading, a table cell, a term.
    pub(super) is_inline_only: bool,
    /// The end of the block that the parser opened last, in the text that it reads.
    pub(super) block_end: usize,
    /// The lines of the block of HTML that is being collected, and their offset.
    pub(super) html_block: Cow<'a, str>,
    pub(super) html_at: usize,
    /// Whether the tags come from such a block, not from running text.
    pub(super) in_html_block: bool,
    /// The name of the element whose content is being removed.
    pub(super) hidden: Option<&'static str>,
    /// The label for links in the open `video` or `audio` element, and whether no words in it have been read.
    pub(super) medium: Option<(&'static str, bool)>,
    /// The names of all closing tags in the text, collected at first use.
    pub(super) closed_names: Option<HashSet<&'t str>>,
    /// The next occurrence in the text of each pattern that was searched.
    pub(super) ahead: HashMap<&'static str, Lookahead>,
}

pub(super) struct OpenTable<'a> {
    pub(super) from_html: bool,
    pub(super) alignments: Vec<Alignment>,
    pub(super) rows: Vec<Vec<Text<'a>>>,
    pub(super) has_header: bool,
}

impl<'a, 't> Builder<'a, 't> {
    /// Starts to read `text`, which is `source` or a translation of it with `offsets`.
    pub(super) fn new(source: &'a str, text: &'t str, offsets: Option<&'t Offsets>) -> Self {
        let source = Source { text: source, read: text, offsets };
        let mut builder = Self { source, ..Self::default() };
        builder.run.source = source;
        builder
    }

    /// Returns whether a block may start here: not within inline text, nor within a mark that Markdown will close.
    pub(super) fn may_break(&self) -> bool {
        !self.is_inline_only && self.run.may_end()
    }

    /// Turns the words collected so far, if there are any, into a paragraph or HTML heading.
    pub(super) fn end_paragraph(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let Some(text) = self.run.take() else { return };
        match self.heading.take() {
            Some(level) => self.stack.push_block(Block::Heading { level, text }),
            None if text.iter().any(|inline| matches!(inline, Inline::Image(_))) => {
                for text in pictures_apart(&text) {
                    self.stack.push_paragraph(text);
                }
            }
            None => self.stack.push_paragraph(text),
        }
    }

    pub(super) fn end_words(&mut self) {
        self.end_elements();
        self.end_paragraph();
    }

    /// Ends the elements that cannot continue beyond a block of Markdown.
    pub(super) fn end_elements(&mut self) {
        self.hidden = None;
        self.medium = None;
        self.end_preformatted();
    }

    pub(super) fn end_preformatted(&mut self) {
        let Some(mut code) = self.code.take() else { return };
        let start = usize::from(code.text.starts_with('\n'));
        cut_start(&mut code.text, start);
        let end = code.text.trim_end().len();
        truncate(&mut code.text, end);
        if end > 0 {
            self.stack.push_block(Block::Code(code));
        }
    }

    pub(super) fn end_cell(&mut self) {
        let cell = self.run.take().unwrap_or_default();
        if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
            row.push(cell);
        }
    }

    pub(super) fn end_table(&mut self) {
        let Some(OpenTable { mut alignments, mut rows, has_header, .. }) = self.table.take() else { return };
        self.is_inline_only = false;
        self.end_paragraph();
        rows.retain(|row| !row.is_empty());
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns == 0 {
            return;
        }
        alignments.resize(columns, Alignment::None);
        for row in &mut rows {
            row.resize(columns, Vec::new());
        }
        let header = if has_header { rows.remove(0) } else { vec![Vec::new(); columns] };
        self.stack.push_block(Block::Table(Table { alignments, header, rows }));
    }

    pub(super) fn notice(&mut self, at: usize, what: String) {
        self.notices.push(Notice { offset: self.source.offset(at), what });
    }
}

/// Divides a paragraph where lines of its source consist of pictures alone: what follows them is a caption.
fn pictures_apart<'a>(text: &[Inline<'a>]) -> Vec<Text<'a>> {
    let is_image = |inline: &Inline<'_>| matches!(inline, Inline::Image(_));
    let shows_pictures = |line: &[Inline<'_>]| line.iter().any(is_image) && line.iter().all(is_wordless);
    let lines: Vec<&[Inline<'_>]> = text.split_inclusive(line_ends()).collect();
    let parts = lines.chunk_by(|a, b| shows_pictures(a) == shows_pictures(b)).map(|lines| {
        let mut part = lines.concat();
        trim(&mut part);
        part
    });
    parts.collect()
}
