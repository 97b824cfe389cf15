//! The document under construction. Events of the parser and HTML tags both end up here, so that Markdown within
//! HTML within Markdown comes out in order.

use std::borrow::Cow;

use super::run::Run;
use super::source::{Offsets, Source};
use super::stack::Stack;
use crate::markup::{Block, Image, Link, LinkKind, Notice};

pub(super) struct Builder<'a, 't> {
    pub(super) source: Source<'a>,
    /// The text that the parser reads: the source or a translation of it.
    pub(super) text: &'t str,
    offsets: &'t Offsets,
    pub(super) stack: Stack<'a>,
    pub(super) run: Run<'a, 't>,
    pub(super) notices: Vec<Notice>,
    /// The level of the HTML heading whose words are being collected.
    pub(super) heading: Option<u8>,
    /// Whether only inline text fits here: in a heading, a table cell, a term.
    pub(super) is_inline_only: bool,
    /// The end in `text` of the block that the parser opened last.
    pub(super) block_end: usize,
}

impl<'a, 't> Builder<'a, 't> {
    pub(super) fn new(source: Source<'a>, text: &'t str, offsets: &'t Offsets) -> Self {
        Self {
            source,
            text,
            offsets,
            stack: Stack::new(),
            run: Run::new(source, offsets),
            notices: Vec::new(),
            heading: None,
            is_inline_only: false,
            block_end: 0,
        }
    }

    /// Whether a block may start here: not within inline text, nor within a mark that Markdown will close.
    pub(super) fn may_break(&self) -> bool {
        !self.is_inline_only && self.run.may_end()
    }

    /// Makes a paragraph or HTML heading of the words collected so far, if there are any.
    pub(super) fn end_paragraph(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let Some(text) = self.run.take() else { return };
        match self.heading.take() {
            Some(level) => self.stack.push_block(Block::Heading { level, text }),
            None => self.stack.push_paragraph(text),
        }
    }

    /// Adds a notice about offset `at` of the text.
    pub(super) fn notice(&mut self, at: usize, what: String) {
        self.notices.push(Notice { offset: self.offsets.source_of(at), what });
    }

    /// Returns a link at offset `at` of the text.
    pub(super) fn link(
        &self,
        kind: LinkKind,
        destination: Cow<'a, str>,
        title: Cow<'a, str>,
        at: usize,
    ) -> Link<'a> {
        Link { destination, title, kind, offset: self.offsets.source_of(at) }
    }

    /// Returns a picture at offset `at` of the text.
    pub(super) fn image(
        &self,
        source: Cow<'a, str>,
        alt: Cow<'a, str>,
        title: Cow<'a, str>,
        at: usize,
    ) -> Image<'a> {
        Image { source, alt, title, offset: self.offsets.source_of(at) }
    }
}
