//! Running text, as one string for each paragraph, with numbers for its links.

use std::collections::HashMap;

use super::PlainOptions;
use crate::markup::{Document, Image, Inline, LinkId, LinkKind};
use crate::render::gemtext::Emphasis;
use crate::render::{Resolve, Target, text};

/// A writer of running text, which numbers the destinations of links.
pub(super) struct InlineWriter<'p> {
    document: &'p Document<'p>,
    resolve: &'p dyn Resolve,
    options: &'p PlainOptions,
    numbers: HashMap<String, usize>,
    /// The destinations in the order of their numbers.
    destinations: Vec<String>,
}

impl<'p> InlineWriter<'p> {
    pub(super) fn new(
        document: &'p Document<'p>,
        options: &'p PlainOptions,
        resolve: &'p dyn Resolve,
    ) -> Self {
        Self { document, resolve, options, numbers: HashMap::new(), destinations: Vec::new() }
    }

    /// Returns the destinations; the first one has number 1.
    pub(super) fn take_destinations(&mut self) -> Vec<String> {
        std::mem::take(&mut self.destinations)
    }

    /// Appends a text, with `hard_break` (a line feed or a space) for each hard break.
    pub(super) fn write(&mut self, out: &mut String, text: &[Inline<'_>], hard_break: char) {
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) => push_words(out, words),
                Inline::Code(code) => {
                    out.push('`');
                    push_words(out, code);
                    out.push('`');
                }
                Inline::SoftBreak => text::push_soft_break(out, &text[at + 1..]),
                Inline::HardBreak => out.push(hard_break),
                Inline::Open(mark) | Inline::Close(mark) => {
                    text::push_mark(out, *mark, self.options.emphasis == Emphasis::Markers);
                }
                Inline::LinkOpen(id) => open = Some(self.open_link(out, *id)),
                Inline::LinkClose => {
                    if let Some(link) = open.take() {
                        self.close_link(out, &link);
                    }
                }
                Inline::Image(image) => self.image(out, image),
                Inline::FootnoteRef(number) => text::push_number(out, format_args!("^{number}")),
            }
        }
    }

    fn open_link(&self, out: &mut String, id: LinkId) -> OpenLink {
        let link = &self.document.links[id.0 as usize];
        let target = text::link_target(link, self.resolve);
        if target == Target::Unknown {
            out.push_str("[[");
        }
        OpenLink { target, bare: link.kind == LinkKind::Bare, label: out.len() }
    }

    fn close_link(&mut self, out: &mut String, link: &OpenLink) {
        match &link.target {
            Target::Url(url) => {
                let label = &out[link.label..];
                // A URL that is part of the text needs no entry in the list.
                if link.bare && !label.is_empty() && url.ends_with(label) || label == url {
                    return;
                }
                let number = self.number(url);
                // An image that links to itself already has this number.
                if label.ends_with(&number) {
                    return;
                }
                if label.is_empty() {
                    separate_brackets(out);
                } else {
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
        separate_brackets(out);
        out.extend(["[", self.options.words.get("image")]);
        if !words.is_empty() {
            out.push_str(": ");
            out.push_str(&words);
        }
        let title = image.title.trim();
        if !title.is_empty() && title != words {
            out.push_str(" – ");
            push_words(out, title);
        }
        out.push(']');
        if let Some(url) = text::image_url(image, self.resolve) {
            out.push(' ');
            out.push_str(&self.number(&url));
        }
    }

    /// Returns the number of a destination in square brackets. Each destination has one number.
    fn number(&mut self, url: &str) -> String {
        let url = text::encode_url(url);
        let number = *self.numbers.entry(url).or_insert_with_key(|url| {
            self.destinations.push(url.clone());
            self.destinations.len()
        });
        format!("[{number}]")
    }
}

/// A link whose label is being written.
struct OpenLink {
    target: Target,
    bare: bool,
    /// Where the label starts.
    label: usize,
}

/// Appends a space after a closing bracket, because two adjacent images would have four adjacent pairs.
fn separate_brackets(out: &mut String) {
    if out.ends_with(']') {
        out.push(' ');
    }
}

/// Appends words without control characters, and with a space for a tab, which has no fixed width.
fn push_words(out: &mut String, words: &str) {
    match memchr::memchr(b'\t', words.as_bytes()) {
        Some(_) => text::push_clean(out, &words.replace('\t', " ")),
        None => text::push_clean(out, words),
    }
}
