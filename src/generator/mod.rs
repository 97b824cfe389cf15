//! Site generators: what a folder of one says of itself, so that its archive is served as its author configured it.
//!
//! [`Recognised::of`] is pure: it looks at the names of files and the texts of settings that a [`Source`] gives it, and
//! `table` says what they mean for each generator. [`recognise`] does so for a folder on disk.

mod folder;
mod recognised;
mod settings;
mod table;

pub use folder::recognise;
pub use recognised::Recognised;
pub use settings::{Fact, Source};
