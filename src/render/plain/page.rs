//! [`Page`]: the lines of plain text, what they start with, and the empty lines between them.

use super::PlainOptions;
use super::inline::InlineWriter;
use crate::markup::{Document, Inline};
use crate::render::{Resolve, text, wrap};

/// The deepest quotation with a mark of its own.
const MAX_QUOTE_MARKS: usize = 3;

/// A page under construction.
pub(super) struct Page<'p> {
    pub(super) options: &'p PlainOptions,
    pub(super) inline: InlineWriter<'p>,
    out: String,
    /// The start of every line: the marks of quotations and the indentation of items.
    prefix: String,
    /// The start of the next line if it differs: it is as wide as `prefix` and ends in a bullet or a number.
    lead: Option<String>,
    /// The number of open quotations.
    quotes: usize,
    /// The length of the prefix of the empty line before the next one: what the lines above and below it share.
    gap: Option<usize>,
    /// Whether the current blocks belong to a list item.
    pub(super) in_item: bool,
}

impl<'p> Page<'p> {
    pub(super) fn new(
        document: &'p Document<'p>,
        options: &'p PlainOptions,
        resolve: &'p dyn Resolve,
    ) -> Self {
        Self {
            options,
            inline: InlineWriter::new(document, options, resolve),
            out: String::new(),
            prefix: String::new(),
            lead: None,
            quotes: 0,
            gap: None,
            in_item: false,
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Returns the width of the start of a line, in columns.
    pub(super) fn indent(&self) -> usize {
        text::width(&self.prefix)
    }

    /// Puts what `write` writes in a quotation.
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

    /// Puts what `write` writes after `mark`, with further lines indented by its width.
    pub(super) fn hanging(&mut self, mark: &str, write: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        let mut lead = self.lead.take().unwrap_or_else(|| self.prefix.clone());
        lead.push_str(mark);
        self.lead = Some(lead);
        self.prefix.extend(std::iter::repeat_n(' ', text::width(mark)));
        write(self);
        if !mark.trim().is_empty() && self.lead.is_some() {
            // Nothing was written after the mark.
            self.line("");
        }
        self.lead = None;
        self.prefix.truncate(length);
    }

    /// Writes words, wrapped, with the lines after the first indented.
    pub(super) fn wrap_hanging(&mut self, words: &str) {
        let length = self.prefix.len();
        self.lead.get_or_insert_with(|| self.prefix.clone());
        self.prefix.push_str("  ");
        self.wrap(words);
        self.prefix.truncate(length);
    }

    /// Returns the words of a text, with `hard_break` (a line feed or a space) for each hard break.
    pub(super) fn words(&mut self, text: &[Inline<'_>], hard_break: char) -> String {
        let mut words = String::new();
        self.inline.write(&mut words, text, hard_break);
        words
    }

    /// Writes words, wrapped, and returns their lines. Writes nothing if they are blank.
    pub(super) fn wrap(&mut self, words: &str) -> &str {
        let words = words.trim();
        if words.is_empty() {
            return "";
        }
        self.write_gap();
        let (start, indent) = (self.out.len(), self.indent());
        let lead = self.lead.take();
        let first = lead.as_deref().unwrap_or(&self.prefix);
        wrap::fill(&mut self.out, words, self.options.width, indent, first, &self.prefix);
        &self.out[start..]
    }

    /// Writes one line without wrapping.
    pub(super) fn line(&mut self, line: &str) {
        self.write_gap();
        self.out.push_str(self.lead.take().as_deref().unwrap_or(&self.prefix));
        self.out.push_str(line);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    /// Separates the next line by an empty line.
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
