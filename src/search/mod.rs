//! Full-text search: an index of the essays that readers may see, and the essays that a query finds in it.
//!
//! The [`words`] of an essay are folded, so that case and accents do not matter. [`build`] makes a [`segment`] of
//! pages: their words in order, and for each word its [`postings`], the pages and positions in which it occurs. A
//! segment never changes. An [`Index`] is a few segments with the pages in them that are still published; a saved file
//! costs one small new segment, and merging keeps their number small.
//!
//! [`matching`] finds the words that each word of a [`Query`] means (the word itself, its other forms, words that start
//! with it or have it as a part) and the pages they occur in, and the nearest words for one that occurs nowhere;
//! [`rank`] puts the pages in order. An [`Excerpt`] shows why an essay was found.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod build;
mod excerpt;
mod index;
mod matching;
mod postings;
mod query;
mod rank;
mod segment;
mod words;

pub use build::{IndexOptions, IndexedPage};
pub use excerpt::{Excerpt, Marks};
pub use index::Index;
pub use query::Query;
pub use rank::{Found, Suggestion};
