//! How much memory a capsule takes, for whoever must keep several within bounds.

use std::sync::Arc;

use super::{Capsule, Essay, FileRef};

/// What tables, paths under which it is known and the allocator take for one essay besides what it says, in bytes:
/// measured over made-up archives.
const OF_AN_ESSAY: usize = 1_000;

/// The same for an attachment.
const OF_A_FILE: usize = 200;

/// The same for a folder.
const OF_A_SECTION: usize = 300;

impl Capsule {
    /// About how many bytes of memory it takes, its texts not included: these belong to whoever read them.
    pub fn bytes(&self) -> usize {
        let essays: usize = self.all_read().map(essay).sum();
        let files = self.files().map(|(path, file): (_, &FileRef)| {
            OF_A_FILE + size_of::<FileRef>() + path.as_str().len() + file.relative.as_os_str().len()
        });
        essays + files.sum::<usize>() + self.sections().count() * OF_A_SECTION
    }
}

fn essay(essay: &Arc<Essay>) -> usize {
    let metadata = &essay.metadata;
    let lists = [&metadata.tags, &metadata.aliases, &metadata.web_paths];
    let words: usize = lists.into_iter().flatten().map(|word| word.len() + size_of::<String>()).sum();
    OF_AN_ESSAY + size_of::<Essay>() + essay.title.len() + essay.source.path.as_str().len() + words
}
