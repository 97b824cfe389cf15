//! [`FileStamp`]: the state of a file, by which a change is noticed without reading it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

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

    pub(super) fn identity(&self) -> FileIdentity {
        (self.device, self.inode)
    }

    pub(super) fn of(metadata: &Metadata) -> Self {
        let (device, inode) = identity(metadata);
        Self {
            device,
            inode,
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// Returns how long the file must still be left alone before its content counts; `None` if it was left alone for long
/// enough. A modification time in the future tells nothing.
pub(super) fn settles_in(metadata: &Metadata) -> Option<Duration> {
    let age = metadata.modified().ok()?.elapsed().ok()?;
    let settled = if metadata.len() == 0 { EMPTY_SETTLED } else { SETTLED };
    settled.checked_sub(age).filter(|left| !left.is_zero())
}

/// Device and inode of a file or folder, by which it is known under any name.
pub(super) type FileIdentity = (u64, u64);

pub(super) fn identity(metadata: &Metadata) -> FileIdentity {
    (metadata.dev(), metadata.ino())
}
