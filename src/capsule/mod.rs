//! What is published: immutable values made from the files of a folder.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod media;
pub mod path;
pub mod source;

pub use path::{CapsulePath, PathError};
pub use source::{FileRef, SourceFile};
