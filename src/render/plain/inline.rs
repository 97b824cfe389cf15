//! Running text: one string per paragraph, with numbers for its links.

use std::collections::HashMap;

use super::options::PlainOptions;
use crate::markup::{Document, Image, Inline, LinkId, LinkKind, Mark};
use crate::render::gemtext::Emphasis;
use crate::render::words::{alt_words, is_inlined, join};
use crate::render::{Resolve, Target, address, columns};

/// What turns a text into a string.
pub(super) struct Speaker<'p> {
    document: &'p Document<'p>,
    resolve: &'p dyn Resolve,
    options: &'p PlainOptions,
    numbers: HashMap<String, usize>,
    /// The destinations in the order of their numbers.
    destinations: Vec<String>,
}

impl<'p> Speaker<'p> {
    pub(super) fn new(
        document: &'p Document<'p>,
        options: &'p PlainOptions,
        resolve: &'p dyn Resolve,
    ) -> Self {
        Self { document, resolve, options, numbers: HashMap::new(), destinations: Vec::new() }
    }

    /// The destinations named so far; the first one is number 1.
    pub(super) fn destinations(&self) -> &[String] {
        &self.destinations
    }

    /// Appends a text. Breaks the author asked for become `hard`: a line feed or a space.
    pub(super) fn say(&mut self, out: &mut String, text: &[Inline<'_>], hard: char) {
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) => push_words(out, words),
                Inline::Code(code) => {
                    out.push('`');
                    push_words(out, code);
                    out.push('`');
                }
                Inline::SoftBreak => join(out, &text[at + 1..]),
                Inline::HardBreak => out.push(hard),
                Inline::Open(mark) | Inline::Close(mark) => self.mark(out, *mark),
                Inline::LinkOpen(id) => open = Some(self.open_link(out, *id)),
                Inline::LinkClose => {
                    if let Some(link) = open.take() {
                        self.close_link(out, &link);
                    }
                }
                Inline::Image(image) => self.image(out, image),
                Inline::FootnoteRef(number) => {
                    out.push_str("[^");
                    out.push_str(&number.to_string());
                    out.push(']');
                }
            }
        }
    }

    fn mark(&self, out: &mut String, mark: Mark) {
        match (mark, self.options.emphasis) {
            (Mark::Strike, _) => out.push_str("~~"),
            (Mark::Emphasis, Emphasis::Markers) => out.push('_'),
            (Mark::Strong, Emphasis::Markers) => out.push('*'),
            (Mark::Emphasis | Mark::Strong, Emphasis::Plain) => {}
        }
    }

    fn open_link(&self, out: &mut String, id: LinkId) -> Open {
        let link = &self.document.links[id.0 as usize];
        let wiki = matches!(link.kind, LinkKind::Wiki | LinkKind::WikiLabelled);
        let target = match self.resolve.link(link) {
            Target::Unknown if !wiki => Target::Url(link.destination.clone().into_owned()),
            target => target,
        };
        if target == Target::Unknown {
            out.push_str("[[");
            if link.kind == LinkKind::WikiLabelled {
                push_words(out, &link.destination);
                out.push('|');
            }
        }
        Open { target, bare: link.kind == LinkKind::Bare, label: out.len() }
    }

    fn close_link(&mut self, out: &mut String, link: &Open) {
        match &link.target {
            Target::Url(url) => {
                let label = &out[link.label..];
                // An address that stands in the text needs no entry in the list.
                if link.bare && !label.is_empty() && url.ends_with(label) || label == url {
                    return;
                }
                let number = self.number(url);
                // A picture that leads to itself has named its destination.
                if label.ends_with(&number) {
                    return;
                }
                if label.is_empty() {
                    part(out);
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
        let words = alt_words(image);
        part(out);
        out.push_str("[image");
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
        if is_inlined(&image.source) {
            return;
        }
        let url = match self.resolve.image(&image.source) {
            Target::Url(url) => url,
            Target::Unknown => image.source.clone().into_owned(),
            Target::Nowhere => return,
        };
        out.push(' ');
        out.push_str(&self.number(&url));
    }

    /// The number of a destination in square brackets; the same one has the same number.
    fn number(&mut self, url: &str) -> String {
        let url = address::encoded(url);
        let number = if let Some(&number) = self.numbers.get(&url) {
            number
        } else {
            self.destinations.push(url.clone());
            self.numbers.insert(url, self.destinations.len());
            self.destinations.len()
        };
        format!("[{number}]")
    }
}

/// A link whose label is being written.
struct Open {
    target: Target,
    bare: bool,
    /// Where the label starts.
    label: usize,
}

/// Keeps brackets from touching those before them: two pictures side by side have four pairs.
fn part(out: &mut String) {
    if out.ends_with(']') {
        out.push(' ');
    }
}

/// Appends words without control characters; a tab would upset the count of columns.
fn push_words(out: &mut String, words: &str) {
    let from = out.len();
    columns::push_clean(out, words);
    if memchr::memchr(b'\t', &out.as_bytes()[from..]).is_some() {
        let untabbed = out[from..].replace('\t', " ");
        out.truncate(from);
        out.push_str(&untabbed);
    }
}
