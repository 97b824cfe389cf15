//! Parsers of Markdown, gemtext and front matter, and the document tree that they produce.
//!
//! A source file is split into its front matter and its body, and the body becomes a [`Document`]: a tree of
//! [`Block`]s whose texts are flat sequences of [`Inline`]s. The renderers, the search index, the feeds and the
//! linter read this tree; none of them knows Markdown.
//!
//! Parsing never fails, and containers are never nested deeper than [`MAX_DEPTH`], so that
//! recursion over the tree is safe; deeper content is moved up to that level and keeps its words.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod front_matter;
pub mod gemtext;
pub mod markdown;

mod document;
mod traversal;

pub use document::{
    Alert, Alignment, Block, Code, Definition, Document, Footnote, Image, Inline, Item, Link, LinkId,
    LinkKind, List, MAX_DEPTH, Mark, Notice, Table, Text,
};
pub use traversal::{Node, Nodes, plain_words};

/// An iterator over the lines of a source without their line ends (LF or CRLF), each with its byte offset.
#[derive(Clone)]
struct Lines<'a> {
    source: &'a str,
    at: usize,
}

impl<'a> Lines<'a> {
    /// Starts at byte `at`, the start of a line.
    fn from(source: &'a str, at: usize) -> Self {
        Self { source, at }
    }

    /// Returns the offset of the next line.
    fn at(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.source.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        self.at = start + length;
        let line = rest[..length].strip_suffix('\n').unwrap_or(&rest[..length]);
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    }
}
