//! Running text into the open line.

use super::options::{Emphasis, LinkMarkers};
use super::page::Page;
use crate::markup::{Inline, LinkId, LinkKind, Mark};
use crate::render::words::{alt_words, join};
use crate::render::{Target, columns};

/// What a break becomes that the author asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// A new line.
    Line,
    /// A space, where there is only one line.
    Space,
}

impl Page<'_> {
    /// Writes a text as one line, or as several where its author breaks it.
    pub(super) fn text(&mut self, text: &[Inline<'_>], breaks: Breaks) {
        self.open_line();
        self.inline(text, breaks);
        self.close_line();
    }

    /// Writes a text into the open line, and keeps its links for their place.
    pub(super) fn inline(&mut self, text: &[Inline<'_>], breaks: Breaks) {
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) => columns::push_clean(&mut self.out, words),
                Inline::Code(code) => self.code_span(code),
                Inline::SoftBreak => {
                    if !self.line_is_empty() {
                        join(&mut self.out, &text[at + 1..]);
                    }
                }
                Inline::HardBreak if breaks == Breaks::Line => self.break_line(),
                Inline::HardBreak => self.out.push(' '),
                Inline::Open(mark) | Inline::Close(mark) => self.mark(*mark),
                Inline::LinkOpen(id) => {
                    open = Some((*id, at));
                    self.open_link(*id);
                }
                Inline::LinkClose => {
                    if let Some((id, from)) = open.take() {
                        self.close_link(id, &text[from + 1..at]);
                    }
                }
                Inline::Image(image) => {
                    let words = alt_words(image);
                    if !words.is_empty() {
                        self.out.push('[');
                        self.out.push_str(&words);
                        self.out.push(']');
                    }
                    self.add_picture(image);
                }
                Inline::FootnoteRef(number) => self.footnote_mark(*number),
            }
        }
    }

    fn code_span(&mut self, code: &str) {
        let mark = if self.options.code_marks { "`" } else { "" };
        self.out.push_str(mark);
        columns::push_clean(&mut self.out, code);
        self.out.push_str(mark);
    }

    fn mark(&mut self, mark: Mark) {
        match (mark, self.options.emphasis) {
            (Mark::Strike, _) => self.out.push_str("~~"),
            (Mark::Emphasis, Emphasis::Markers) => self.out.push('_'),
            (Mark::Strong, Emphasis::Markers) => self.out.push('*'),
            (Mark::Emphasis | Mark::Strong, Emphasis::Plain) => {}
        }
    }

    /// A wiki link that leads nowhere was perhaps never meant as one: it stays as it was written.
    fn open_link(&mut self, id: LinkId) {
        if !self.is_unresolved(id) {
            return;
        }
        self.out.push_str("[[");
        let link = &self.document.links[id.0 as usize];
        if link.kind == LinkKind::WikiLabelled {
            columns::push_clean(&mut self.out, &link.destination);
            self.out.push('|');
        }
    }

    fn close_link(&mut self, id: LinkId, label: &[Inline<'_>]) {
        if self.is_unresolved(id) {
            self.out.push_str("]]");
        }
        if let Some(number) = self.add_link(id, label) {
            self.out.push_str(" [");
            self.out.push_str(&number.to_string());
            self.out.push(']');
        }
    }

    fn is_unresolved(&self, id: LinkId) -> bool {
        matches!(self.targets.get(id.0 as usize), Some(Target::Unknown))
    }

    /// The mark of a note; it must not be mistaken for the number of a link.
    pub(super) fn footnote_mark(&mut self, number: u32) {
        self.out.push_str(match self.options.link_markers {
            LinkMarkers::None => "[",
            LinkMarkers::Number => "[^",
        });
        self.out.push_str(&number.to_string());
        self.out.push(']');
    }
}
