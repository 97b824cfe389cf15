//! [`FileStamp`]: the state of a file, by which a change is noticed without reading it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Time for which a file must have been left alone before its content counts. A program that truncates a file and
/// writes it anew leaves it empty for a few milliseconds.
const SETTLED: Duration = Duration::from_millis(100);

/// Time for which an empty file must have been left alone: files are rarely emptied on purpose, and a writer may be
/// held up after the truncation.
const EMPTY_SETTLED: Duration = Duration::from_secs(2);

/// The identity, size and times of a file. Equal stamps mean equal bytes, unless times were set by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    device: u64,
    inode: u64,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    /// Returns the stamp of the file at `path`, links followed, or `None` if there is none.
    pub fn at(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata| Self::of(&metadata))
    }

    /// Returns the size of the file in bytes.
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

/// Returns whether the file has been left alone for long enough at the time `now`. A modification time in the future
/// counts as settled.
pub(super) fn is_settled(metadata: &Metadata, now: SystemTime) -> bool {
    let Ok(modified) = metadata.modified() else { return true };
    let settled = if metadata.len() == 0 { EMPTY_SETTLED } else { SETTLED };
    now.duration_since(modified).map_or(true, |age| age >= settled)
}

/// Returns device and inode of a folder, which identify it.
pub(super) fn folder_identity(folder: &Metadata) -> (u64, u64) {
    (folder.dev(), folder.ino())
}
