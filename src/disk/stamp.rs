//! [`FileStamp`]: the state of a file, by which a change is noticed without reading it.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Time without a write after which a file counts as complete: programs empty a file before they write it.
const SETTLED: Duration = Duration::from_millis(100);

/// Time without a write after which an empty file counts as complete: most likely its writer was held up.
const EMPTY_SETTLED: Duration = Duration::from_secs(2);

/// The identity, size and times of a file. Equal stamps mean equal bytes, unless times were set by hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FileStamp {
    pub(super) identity: FileIdentity,
    length: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl FileStamp {
    /// Returns the stamp of the file at `path`, links followed, or `None` if there is none.
    pub fn at(path: &Path) -> Option<Self> {
        fs::metadata(path).ok().map(|metadata| Self::of(&metadata))
    }

    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            identity: identity(metadata),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }

    /// Returns the time until the file counts as complete, or `None` if it does, as with a date in the future.
    pub fn settles_in(&self) -> Option<Duration> {
        let (seconds, nanoseconds) = self.modified;
        let since_1970 = Duration::new(seconds.try_into().ok()?, nanoseconds.try_into().ok()?);
        let age = SystemTime::UNIX_EPOCH.checked_add(since_1970)?.elapsed().ok()?;
        let settled = if self.length == 0 { EMPTY_SETTLED } else { SETTLED };
        settled.checked_sub(age).filter(|left| !left.is_zero())
    }
}

/// Returns when the content, name or permissions of a file changed last, in whole seconds.
pub(super) fn changed_at(metadata: &Metadata) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(metadata.ctime().try_into().unwrap_or(0))
}

/// Device and inode of a file or folder, which stay when it is renamed.
pub(super) type FileIdentity = (u64, u64);

pub(super) fn identity(metadata: &Metadata) -> FileIdentity {
    (metadata.dev(), metadata.ino())
}
