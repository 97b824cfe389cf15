//! Text as its author meant it, free of any output format.
//!
//! A source file is cut into its front matter and its body, and the body becomes a [`Document`]: a tree
//! of [`Block`]s whose texts are flat runs of [`Inline`]s. The renderers, the search index, the feeds and
//! the linter all read this one tree; none of them knows Markdown.
//!
//! Two properties make the tree safe to walk by plain recursion: reading never fails, whatever the bytes
//! are, and containers are never nested deeper than [`MAX_DEPTH`] (what lies deeper is moved up to that
//! level, so that no word is lost).

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod front_matter;
pub mod gemtext;
pub mod markdown;

mod document;
mod lines;
mod traversal;

pub use document::{
    Alert, Alignment, Block, Code, Definition, Document, Footnote, Image, Inline, Item, Link, LinkId,
    LinkKind, List, MAX_DEPTH, Mark, Notice, Table, Text,
};
pub use traversal::{Node, Nodes, plain_words};
