//! A [`Document`] as plain text, wrapped for a terminal: item type 0 of Gopher.
//!
//! Running text is collected into one string for each paragraph and then wrapped (`render::wrap`). `blocks` writes the
//! blocks, [`Page`] lines and the empty ones between them. Links become numbers in brackets, and a list at the end.

mod blocks;

use std::collections::HashMap;

use super::gemtext::Emphasis;
use super::words::Words;
use super::{Resolve, Target, text, wrap};
use crate::markup::{Document, Image, Inline, Link, LinkKind};

/// How a document is rendered as plain text; the default suits most essays and most readers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainOptions {
    /// Width of a line in columns. 67 is the width that Gopher authors agree on most.
    pub width: usize,
    /// How emphasis is written. Marks are an old convention of plain text.
    pub emphasis: Emphasis,
    /// The words for pictures and references.
    pub words: Words,
}

impl Default for PlainOptions {
    fn default() -> Self {
        Self { width: 67, emphasis: Emphasis::Markers, words: Words::default() }
    }
}

/// Renders the body of a page: lines end in LF, the first is not blank, no two in a row are. May be empty.
pub fn render(document: &Document<'_>, options: &PlainOptions, resolve: &dyn Resolve) -> String {
    let mut page = Page {
        options,
        document,
        resolve,
        numbers: HashMap::new(),
        out: String::new(),
        prefix: String::new(),
        lead: None,
        quotes: 0,
        gap: None,
        in_item: false,
    };
    page.blocks(&document.blocks);
    page.footnotes(&document.footnotes);
    page.references();
    page.out
}

/// Returns a text for Gopher (RFC 1436, section 3.8): CRLF, no controls, and a space before a dot that starts a line.
///
/// The specification doubles such dots, and few clients undo it; a line with a space reads well in all of them. The
/// final line with a lone dot is omitted: closing the connection ends the text.
pub fn for_gopher(text: &str) -> String {
    let mut wire = String::with_capacity(text.len() + text.len() / 32);
    for line in text.lines() {
        if line.starts_with('.') {
            wire.push(' ');
        }
        wire.extend([&*text::clean(line), "\r\n"]);
    }
    wire
}

struct Page<'p> {
    options: &'p PlainOptions,
    document: &'p Document<'p>,
    resolve: &'p dyn Resolve,
    /// The numbers of link destinations, counted from 1.
    numbers: HashMap<String, usize>,
    out: String,
    /// The start of every line: the marks of quotations and the indentation of items.
    prefix: String,
    /// The start of the next line if it differs: it is as wide as `prefix` and ends in a bullet or a number.
    lead: Option<String>,
    quotes: usize,
    /// The length of the prefix of an empty line before the next line: the prefix that the lines around it share.
    gap: Option<usize>,
    /// Whether the current blocks belong to a list item.
    in_item: bool,
}

impl Page<'_> {
    fn indent(&self) -> usize {
        text::width(&self.prefix)
    }

    /// Puts what `write` writes after `mark`, with further lines indented by `indent` columns.
    fn hanging(&mut self, mark: &str, indent: usize, write: impl FnOnce(&mut Self)) {
        let length = self.prefix.len();
        self.lead.get_or_insert_with(|| self.prefix.clone()).push_str(mark);
        self.prefix.extend(std::iter::repeat_n(' ', indent));
        write(self);
        if !mark.trim().is_empty() && self.lead.is_some() {
            // Nothing was written after the mark.
            self.line("");
        }
        self.lead = None;
        self.prefix.truncate(length);
    }

    /// Writes a text, wrapped, and returns its lines.
    fn text(&mut self, text: &[Inline<'_>], hard_break: char) -> &str {
        let words = self.words(String::new(), text, hard_break);
        self.wrap(&words)
    }

    /// Writes words, wrapped, and returns their lines. Writes nothing if they are blank.
    fn wrap(&mut self, words: &str) -> &str {
        let words = words.trim();
        if words.is_empty() {
            return "";
        }
        self.write_gap();
        let (start, width) = (self.out.len(), self.options.width.saturating_sub(self.indent()));
        for line in words.split('\n') {
            let mut pieces = wrap::lines(line, width).peekable();
            if pieces.peek().is_none() {
                self.line("");
            }
            pieces.for_each(|piece| self.line(piece));
        }
        &self.out[start..]
    }

    /// Writes one line without wrapping.
    fn line(&mut self, line: &str) {
        self.write_gap();
        self.out.push_str(self.lead.take().as_deref().unwrap_or(&self.prefix));
        self.out.push_str(line);
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
    }

    /// Separates the next line by an empty line.
    fn separate(&mut self) {
        self.gap = Some(self.gap.unwrap_or(usize::MAX).min(self.prefix.len()));
    }

    fn write_gap(&mut self) {
        if let Some(shared) = self.gap.take().filter(|_| !self.out.is_empty()) {
            self.out.extend([self.prefix[..shared.min(self.prefix.len())].trim_end(), "\n"]);
        }
    }

    /// Returns `out` with the words of a text, and with `hard_break` (a line feed or a space) for each hard break.
    fn words(&mut self, mut out: String, text: &[Inline<'_>], hard_break: char) -> String {
        let (document, emphasis) = (self.document, self.options.emphasis == Emphasis::Markers);
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) => push_words(&mut out, words),
                Inline::Code(code) => {
                    out.push('`');
                    push_words(&mut out, code);
                    out.push('`');
                }
                Inline::SoftBreak => text::push_soft_break(&mut out, &text[at + 1..]),
                Inline::HardBreak => out.push(hard_break),
                Inline::Open(mark) | Inline::Close(mark) => text::push_mark(&mut out, *mark, emphasis),
                Inline::LinkOpen(id) => {
                    let link = &document.links[id.0 as usize];
                    let target = text::link_target(link, self.resolve);
                    if target == Target::Unknown {
                        out.push_str("[[");
                    }
                    open = Some((link, target, out.len()));
                }
                Inline::LinkClose => {
                    if let Some((link, target, label)) = open.take() {
                        self.close_link(&mut out, link, &target, label);
                    }
                }
                Inline::Image(image) => self.image(&mut out, image),
                Inline::FootnoteRef(number) => out.push_str(&format!("[^{number}]")),
            }
        }
        out
    }

    /// Ends a link whose label starts at `label`.
    fn close_link(&mut self, out: &mut String, link: &Link<'_>, target: &Target, label: usize) {
        match target {
            Target::Url(url) => {
                let label = &out[label..];
                // A URL that is part of the text needs no entry in the list.
                if link.kind == LinkKind::Bare && !label.is_empty() && url.ends_with(label) || label == url {
                    return;
                }
                let number = self.number(url);
                // An image that links to itself already has this number.
                if label.ends_with(&number) {
                    return;
                }
                if !label.is_empty() || out.ends_with(']') {
                    out.push(' ');
                }
                out.push_str(&number);
            }
            Target::Unknown => out.push_str("]]"),
            Target::Nowhere => {}
        }
    }

    fn image(&mut self, out: &mut String, image: &Image<'_>) {
        let words = text::image_words(image);
        // Two adjacent images would have four adjacent brackets.
        out.push_str(if out.ends_with(']') { " [" } else { "[" });
        out.push_str(self.options.words.get("image"));
        if !words.is_empty() {
            out.extend([": ", &*words]);
        }
        let title = image.title.trim();
        if !title.is_empty() && title != words {
            out.push_str(" – ");
            push_words(out, title);
        }
        out.push(']');
        if let Some(url) = text::image_url(image, self.resolve) {
            out.extend([" ", &*self.number(&url)]);
        }
    }

    /// Returns the number of a destination in square brackets. Each destination has one number.
    fn number(&mut self, url: &str) -> String {
        let next = self.numbers.len() + 1;
        let number = self.numbers.entry(text::encode_url(url)).or_insert(next);
        format!("[{number}]")
    }
}

/// Appends words without control characters, and with a space for a tab, which has no fixed width.
fn push_words(out: &mut String, words: &str) {
    out.push_str(&text::clean(words).replace('\t', " "));
}
