//! What the disk hands in: the files of a content folder as values.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::{CapsulePath, CompressedText};

/// One file of the content folder.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Its name below the content folder, as a path: `/films/the-soft-skin.md`.
    pub path: CapsulePath,
    /// What it holds, or where that can be had.
    pub content: Content,
}

impl SourceFile {
    /// The text that is kept in memory, unpacked; empty for an attachment.
    pub fn text(&self) -> Bytes {
        match &self.content {
            Content::Text(text) => text.bytes(),
            Content::File(_) => Bytes::new(),
        }
    }
}

/// What a [`SourceFile`] holds.
#[derive(Debug, Clone)]
pub enum Content {
    /// Text that takes part in the capsule (Markdown, gemtext, plain text), kept in memory so that a page
    /// never shows a half-saved file.
    Text(CompressedText),
    /// An attachment, streamed from disk when somebody asks for it.
    File(FileRef),
}

/// A file to be streamed, as it was when the folder was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRef {
    /// The content folder it must lie in, whatever its name resolves to.
    pub root: Arc<std::path::Path>,
    /// Its name relative to `root`.
    pub relative: PathBuf,
    /// Its size in bytes when it was seen.
    pub length: u64,
}
