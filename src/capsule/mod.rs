//! What is published: immutable values made from the files of a folder.
//!
//! [`build()`] turns the [`SourceFile`]s of a content folder into a [`Capsule`]: visible [`Essay`]s in order, their
//! [`Section`]s and attachments. It never fails: what cannot be published is a [`Problem`](crate::problem::Problem).

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod build;
mod date;
mod encoding;
mod essay;
mod front_matter;
mod language;
mod lookup;
pub mod media;
mod path;
mod permalink;
mod placement;
mod published;
mod source;
mod visibility;

pub use build::{BuildOptions, build};
pub use date::EssayDate;
pub use essay::{Essay, EssayText};
pub use front_matter::{
    Cover, ExtraMetadata, FrontMatterKeys, MAX_METADATA, Metadata, has_fence, settings_in, stated_visibility,
    usual_key, usual_keys,
};
pub use language::{LanguageVariant, is_language};
pub use lookup::{bare_name, list_key};
pub use media::TextKind;
pub use path::{CapsulePath, PathError, nfc, slug};
pub use permalink::Rules;
pub use placement::{PageSnippet, introduces_folder};
pub use published::{Capsule, Section};
pub use source::{CompressedText, Content, FileRef, SourceFile, TextCompressor, TextDictionary};
pub use visibility::{Audience, HiddenReason, PrivateArea, Visibility, draft_names};
