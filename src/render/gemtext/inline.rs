//! Running text, written into the open line.

use super::page::Page;
use super::{Emphasis, LinkMarkers};
use crate::markup::{Inline, LinkId};
use crate::render::{Target, text};

/// How a hard break is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    /// As a new line.
    Line,
    /// As a space, where there can only be one line.
    Space,
}

impl Page<'_> {
    /// Writes a text as one line, or as several if it has hard breaks.
    pub(super) fn text(&mut self, text: &[Inline<'_>], breaks: Breaks) {
        self.open_line();
        self.inline(text, breaks);
        self.close_line();
    }

    /// Writes a text into the open line, and collects its links.
    pub(super) fn inline(&mut self, text: &[Inline<'_>], breaks: Breaks) {
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) => text::push_clean(&mut self.out, words),
                Inline::Code(code) => self.code_span(code),
                Inline::SoftBreak => {
                    if !self.line_is_empty() {
                        text::push_soft_break(&mut self.out, &text[at + 1..]);
                    }
                }
                Inline::HardBreak if breaks == Breaks::Line => self.break_line(),
                Inline::HardBreak => self.out.push(' '),
                Inline::Open(mark) | Inline::Close(mark) => {
                    let emphasis = self.options.emphasis == Emphasis::Markers;
                    text::push_mark(&mut self.out, *mark, emphasis);
                }
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
                    let words = text::image_words(image);
                    if !words.is_empty() {
                        self.out.extend(["[", &words, "]"]);
                    }
                    self.add_image(image);
                }
                Inline::FootnoteRef(number) => self.footnote_mark(*number),
            }
        }
    }

    fn code_span(&mut self, code: &str) {
        self.out.push('`');
        text::push_clean(&mut self.out, code);
        self.out.push('`');
    }

    /// Writes what stands before a label: an unresolved wiki link may not be meant as a link.
    fn open_link(&mut self, id: LinkId) {
        if self.is_unresolved(id) {
            self.out.push_str("[[");
        }
    }

    fn close_link(&mut self, id: LinkId, label: &[Inline<'_>]) {
        if self.is_unresolved(id) {
            self.out.push_str("]]");
        }
        if let Some(number) = self.add_link(id, label) {
            self.out.push(' ');
            text::push_number(&mut self.out, number);
        }
    }

    fn is_unresolved(&self, id: LinkId) -> bool {
        matches!(self.targets.get(id.0 as usize), Some(Target::Unknown))
    }

    /// Writes the reference to a footnote, which must differ from the number of a link.
    pub(super) fn footnote_mark(&mut self, number: u32) {
        match self.options.link_markers {
            LinkMarkers::None => text::push_number(&mut self.out, number),
            LinkMarkers::Number => text::push_number(&mut self.out, format_args!("^{number}")),
        }
    }
}
