//! Search that finds: an index of what readers may see, and the essays it gives for a query.
//!
//! A text becomes [`words`], folded so that case and accents do not matter. [`build`] makes a [`segment`] of
//! essays: a sorted list of the words in them, and for each word the essays and places it stands in. A
//! segment never changes; [`Index`] is a handful of them together with which of their essays still stand,
//! so that a saved file costs one small new segment, and [`merge`] keeps their number small.
//!
//! A [`Query`] is read from whatever readers type. [`expand`] finds the words of the index that each of its
//! words means (the same word, its other forms, what it is the beginning of), [`matching`] the essays they
//! stand in, [`rank`] puts those in order. [`suggest`] has other words where there are none, and [`context`]
//! the line of an essay that shows why it was found.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod build;
mod codec;
mod context;
mod expand;
mod fold;
mod index;
mod language;
mod matching;
mod merge;
mod query;
mod rank;
mod segment;
mod suggest;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use context::{Context, Marks};
pub use index::{Index, IndexOptions};
pub use query::Query;
pub use rank::{Found, Matched};
pub use suggest::Suggestion;
