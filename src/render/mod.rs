//! Rendering: a [`Document`](crate::markup::Document) as the bytes that are sent to readers.
//!
//! Every renderer is a pure function of the document, its options and a [`Resolve`], which knows where links lead.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

use crate::markup::Link;

pub mod gemtext;
pub mod lines;
pub mod menu;
pub mod plain;
pub mod words;
pub mod xml;

mod table;
mod text;
mod wrap;

/// A resolver of links for the readers of one protocol.
pub trait Resolve {
    /// Returns where `link` leads.
    fn link(&self, link: &Link<'_>) -> Target;

    /// Returns where the image with the URL `source` can be fetched.
    fn image(&self, source: &str) -> Target;
}

/// The destination of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A URL reference: absolute or relative to the page, percent-encoded, without white space.
    Url(String),
    /// A place without an address, such as a fragment of the same page. Only the label is written.
    Nowhere,
    /// An unknown destination. A wiki link is then written like its source; other links keep their destination.
    Unknown,
}
