//! [`FileStamp`]: whether a file is still the one that was read.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// What the file system says of a file's content without reading it. Two equal stamps mean equal bytes,
/// unless somebody sets times by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// How long a file must have been left alone before its content is believed.
///
/// An editor that truncates a file and writes it anew leaves it empty for a moment; programs do so within
/// a few milliseconds of each other.
const SETTLED: Duration = Duration::from_millis(100);

/// The same for a file that has become empty: hardly anybody means that, and a writer may be held up just there.
const EMPTIED: Duration = Duration::from_secs(2);

impl FileStamp {
    /// Of what stands at `path` now, links followed; none if nothing does.
    pub fn at(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata| Self::of(&metadata))
    }

    /// How many bytes the file has.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Whether the file was left alone long enough at the time `now`; a time in the future is no reason to
/// wait for it.
pub(super) fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    let Ok(modified) = metadata.modified() else { return true };
    let settled = if metadata.len() == 0 { EMPTIED } else { SETTLED };
    now.duration_since(modified).map_or(true, |age| age >= settled)
}
