//! Formats: a [`Document`](crate::markup::Document) in the bytes that readers get.
//!
//! Every renderer is a pure function of the document, its options and a [`Resolve`] that knows where links
//! lead; the same input always gives the same bytes.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod gemtext;
pub mod plain;

pub mod lines;
pub mod menu;
pub mod xml;

mod address;
mod columns;
mod table;
mod words;
mod wrap;

use crate::markup::Link;

/// Knows where the links of a page lead, for readers of one protocol.
pub trait Resolve {
    /// Where `link`, as its author wrote it, leads.
    fn link(&self, link: &Link<'_>) -> Target;

    /// Where the picture at `source`, as its author wrote it, can be had.
    fn image(&self, source: &str) -> Target;
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To this URL reference: absolute or relative to the page, percent-encoded, without white space.
    Url(String),
    /// To a place that has no address of its own here (a fragment of the same page): text only.
    Nowhere,
    /// Nobody knows; for a wiki link this means that it is printed as it was written, for other links
    /// that the destination is kept as it is.
    Unknown,
}
