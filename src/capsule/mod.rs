//! What is published: immutable values made from the files of a folder.
//!
//! [`build()`] takes the [`SourceFile`]s of a content folder and makes a [`Capsule`]: every [`Essay`] that readers
//! may see, in order, the [`Section`]s they lie in, and the attachments beside them. It never fails as a whole;
//! what cannot be published is a [`Problem`](crate::problem::Problem) for the author.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod media;
pub mod names;
pub mod path;
mod size;
pub mod source;

mod area;
mod build;
mod bundles;
mod date;
mod essay;
mod front_matter;
mod language;
mod placement;
mod published;
mod section;
#[cfg(test)]
mod tests;
mod text;
mod translations;
mod visibility;

pub use area::PrivateArea;
pub use build::{BuildOptions, build, build_area, preview};
pub use date::EssayDate;
pub use essay::{Essay, EssayText, TextKind};
pub use front_matter::{Cover, ExtraMetadata, FrontMatterKeys, Metadata};
pub use language::LanguageVariant;
pub use path::{CapsulePath, PathError};
pub use placement::PageSnippet;
pub use published::{Capsule, HiddenCounts};
pub use section::Section;
pub use source::{Content, FileRef, SourceFile};
pub use text::{CompressedText, TextCompressor, TextDictionary};
pub use visibility::Visibility;
