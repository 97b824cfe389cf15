//! The document under construction. Events of the parser and HTML tags both write to it, so that Markdown within HTML
//! within Markdown keeps its order.

use std::borrow::Cow;

use super::run::Run;
use super::source::{Offsets, Source};
use super::stack::Stack;
use super::typography::trim;
use crate::markup::{Block, Image, Inline, Link, LinkKind, Notice, Text};

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

    /// Returns whether a block may start here: not within inline text, nor within a mark that Markdown will close.
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
            None => pictures_apart(text).into_iter().for_each(|text| self.stack.push_paragraph(text)),
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
        let destination = if kind == LinkKind::Wiki { destination } else { with_scheme(destination) };
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
        Image { source: with_scheme(source), alt, title, offset: self.offsets.source_of(at) }
    }
}

/// Completes `//host/path`, which is meant for the Web: a client of another protocol would take it for its own.
fn with_scheme(address: Cow<'_, str>) -> Cow<'_, str> {
    match address.trim_start().strip_prefix("//") {
        Some(host) if host.starts_with(|c: char| c.is_alphanumeric() || c == '[') => {
            Cow::Owned(format!("https://{host}"))
        }
        _ => address,
    }
}

/// Divides a paragraph where lines of its source consist of pictures alone: what follows them is a caption.
fn pictures_apart(text: Text<'_>) -> Vec<Text<'_>> {
    let is_image = |inline: &Inline<'_>| matches!(inline, Inline::Image(_));
    let is_break = |inline: &Inline<'_>| matches!(inline, Inline::SoftBreak | Inline::HardBreak);
    if !text.iter().any(is_image) || !text.iter().any(is_break) {
        return vec![text];
    }
    let mut open = 0_usize;
    let ends_line = |inline: &Inline<'_>| {
        match inline {
            Inline::Open(_) | Inline::LinkOpen(_) => open += 1,
            Inline::Close(_) | Inline::LinkClose => open -= 1,
            _ => {}
        }
        open == 0 && is_break(inline)
    };
    let shows_picture = |inline: &Inline<'_>| match inline {
        Inline::Text(words) => words.trim().is_empty(),
        Inline::LinkOpen(_) | Inline::LinkClose => true,
        other => is_image(other) || is_break(other),
    };
    let mut parts: Vec<(bool, Text<'_>)> = Vec::new();
    for line in text.split_inclusive(ends_line) {
        let shows_pictures = line.iter().any(is_image) && line.iter().all(shows_picture);
        match parts.last_mut() {
            Some((before, part)) if *before == shows_pictures => part.extend_from_slice(line),
            _ => parts.push((shows_pictures, line.to_vec())),
        }
    }
    for (_, part) in &mut parts {
        trim(part);
    }
    parts.into_iter().map(|(_, part)| part).collect()
}
