//! [`FolderContents`]: what a content folder held at one moment.

use std::sync::Arc;

use super::stamp::FileStamp;
use crate::capsule::Content;
use crate::capsule::{CapsulePath, SourceFile};
use crate::problem::Problem;

/// What the allocator and pointers take for one file, in bytes.
const ALLOCATIONS: usize = 96;

/// What a content folder held at one moment.
#[derive(Debug, Default)]
pub struct FolderContents {
    /// Everything that may be published, in the order of paths.
    pub files: Vec<Arc<SourceFile>>,
    /// What was left out, and why.
    pub problems: Vec<Problem>,
    /// Whether a file was being written while it was read: read again soon. What stands here for such a
    /// file is its previous content; nothing, if it had none.
    pub unsettled: bool,
    /// What each of `files` was like.
    pub(super) stamps: Vec<FileStamp>,
}

impl FolderContents {
    /// About how many bytes of memory it takes: the texts, and what is known of each file.
    pub fn bytes(&self) -> usize {
        let of = |file: &Arc<SourceFile>| match &file.content {
            Content::Text(text) => file.path.as_str().len() + text.compressed_len(),
            Content::File(reference) => file.path.as_str().len() + reference.relative.as_os_str().len(),
        };
        let files: usize = self.files.iter().map(of).sum();
        files + self.files.len() * (size_of::<SourceFile>() + size_of::<FileStamp>() + ALLOCATIONS)
    }

    /// The file of that name, and what it was like.
    pub(super) fn find(&self, path: &CapsulePath) -> Option<(FileStamp, &Arc<SourceFile>)> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        Some((self.stamps[at], &self.files[at]))
    }
}
