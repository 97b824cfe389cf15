//! A page of plain text while it is written: what every line starts with, and where an empty one goes.

use super::inline::Speaker;
use super::options::PlainOptions;
use crate::markup::{Document, Inline};
use crate::render::{Resolve, columns, wrap};

/// The deepest quotation that is marked as such.
const MAX_QUOTE_MARKS: usize = 3;

/// A page under construction.
pub(super) struct Page<'p> {
    pub(super) options: &'p PlainOptions,
    pub(super) speaker: Speaker<'p>,
    out: String,
    /// What every line starts with: the marks of quotations, the indent of items.
    prefix: String,
    /// What the next line starts with instead, of the same width: it ends in a bullet or a number.
    lead: Option<String>,
    /// How many quotations the next line stands in.
    quotes: usize,
    /// Whether an empty line goes before the next one, and how much of the prefix it has: as much as the
    /// lines above and below it share.
    gap: Option<usize>,
    /// Whether the blocks being written belong to an item.
    pub(super) in_item: bool,
    /// The paragraph being wrapped; kept for its memory.
    pub(super) words: String,
}

impl<'p> Page<'p> {
    pub(super) fn new(
        document: &'p Document<'p>,
        options: &'p PlainOptions,
        resolve: &'p dyn Resolve,
    ) -> Self {
        Self {
            options,
            speaker: Speaker::new(document, options, resolve),
            out: String::new(),
            prefix: String::new(),
            lead: None,
            quotes: 0,
            gap: None,
            in_item: false,
            words: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// How many columns the lines being written are indented by.
    pub(super) fn indent(&self) -> usize {
        columns::width(&self.prefix)
    }

    /// Writes what `write` writes as a quotation.
    pub(super) fn quoted(&mut self, write: impl FnOnce(&mut Self)) {
        let mark = if self.quotes < MAX_QUOTE_MARKS { "> " } else { "" };
        self.quotes += 1;
        let length = self.prefix.len();
        self.prefix.push_str(mark);
        if let Some(lead) = self.lead.as_mut() {
            lead.push_str(mark);
        }
        write(self);
        self.prefix.truncate(length);
        self.lead = None;
        self.quotes -= 1;
    }

    /// Writes what `write` writes behind `mark`, further lines indented by its width.
    pub(super) fn hanging(&mut self, mark: &str, write: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        let mut lead = self.lead.take().unwrap_or_else(|| self.prefix.clone());
        lead.push_str(mark);
        self.lead = Some(lead);
        self.prefix.extend(std::iter::repeat_n(' ', columns::width(mark)));
        write(self);
        if !mark.trim().is_empty() && self.lead.is_some() {
            // Nothing followed the mark.
            self.line("");
        }
        self.lead = None;
        self.prefix.truncate(length);
    }

    /// Collects a text to be wrapped.
    pub(super) fn say(&mut self, text: &[Inline<'_>], hard: char) {
        let mut words = std::mem::take(&mut self.words);
        words.clear();
        self.speaker.say(&mut words, text, hard);
        self.words = words;
    }

    /// Writes the collected text, wrapped; nothing if there are no words in it. Returns its
    /// lines.
    pub(super) fn wrap_words(&mut self) -> &str {
        if self.words.trim().is_empty() {
            return "";
        }
        self.write_gap();
        let (start, indent) = (self.out.len(), self.indent());
        let lead = self.lead.take();
        let first = lead.as_deref().unwrap_or(&self.prefix);
        wrap::fill(&mut self.out, self.words.trim(), self.options.width, indent, first, &self.prefix);
        &self.out[start..]
    }

    /// Writes one line as it is.
    pub(super) fn line(&mut self, line: &str) {
        self.write_gap();
        self.out.push_str(self.lead.take().as_deref().unwrap_or(&self.prefix));
        self.out.push_str(line);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    /// Wants an empty line before the next one.
    pub(super) fn separate(&mut self) {
        let shared = self.gap.unwrap_or(usize::MAX).min(self.prefix.len());
        self.gap = Some(shared);
    }

    fn write_gap(&mut self) {
        if let Some(shared) = self.gap.take()
            && !self.out.is_empty()
        {
            self.out.push_str(self.prefix[..shared.min(self.prefix.len())].trim_end());
            self.out.push('\n');
        }
    }
}
