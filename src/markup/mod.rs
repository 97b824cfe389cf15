//! Parsers of Markdown, gemtext and front matter, and the document tree that they produce.
//!
//! A source file is split into front matter and a body, which becomes a [`Document`]: a tree of [`Block`]s whose texts
//! are flat sequences of [`Inline`]s. Renderers, search index, feeds and linter read it; none of them knows Markdown.
//!
//! Parsing never fails, and moves content nested deeper than [`MAX_DEPTH`] up to that level, so that recursion is safe.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod front_matter;
pub mod gemtext;
pub mod markdown;

mod document;
mod traversal;

pub use document::{
    Alert, Alignment, Block, Code, Definition, Document, Footnote, Image, Inline, Item, Link, LinkId, LinkKind, List,
    MAX_DEPTH, Mark, Notice, Table, Text,
};
pub use traversal::{Node, Nodes, plain_words};
pub(crate) use traversal::{collapsed, is_wordless};

/// Returns the lines of `source` without their line ends (LF or CRLF), each with its byte offset.
pub(crate) fn lines(source: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    source.split_inclusive('\n').scan(0, |end, line| {
        let start = std::mem::replace(end, *end + line.len());
        let line = line.strip_suffix('\n').unwrap_or(line);
        Some((start, line.strip_suffix('\r').unwrap_or(line)))
    })
}
