//! Opening an attachment: what was opened is checked, not its name.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::capsule::FileRef;

/// Opens the file for reading if it is a regular file inside its content folder.
///
/// Never blocks, whatever stands at the name: a FIFO or a device is opened without waiting and refused.
/// Symbolic links are followed as long as they stay inside the folder.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if it is missing, no regular file or outside the folder; otherwise what the
/// system says.
pub fn open_attachment(file: &FileRef) -> io::Result<File> {
    open_inside(&fs::canonicalize(&file.root)?, &file.root.join(&file.relative))
}

/// A folder in which many files are opened, one after the other.
///
/// Where the system can keep to the folder itself (`RESOLVE_BENEATH`, `openat2`(2)), a file takes one step instead of
/// one for each part of its path; whatever it does not open is tried once more step by step.
pub(super) struct Folder<'a> {
    root: &'a Path,
    #[cfg(target_os = "linux")]
    opened: Option<std::os::fd::OwnedFd>,
}

impl<'a> Folder<'a> {
    /// The folder at `root`, which is canonical.
    pub(super) fn new(root: &'a Path) -> Self {
        Self {
            root,
            #[cfg(target_os = "linux")]
            opened: system::folder(root),
        }
    }

    /// Opens the regular file at `relative`.
    pub(super) fn open(&self, relative: &Path) -> io::Result<File> {
        #[cfg(target_os = "linux")]
        if let Some(file) = self.opened.as_ref().and_then(|folder| system::file(folder, relative)) {
            return Ok(file);
        }
        open_inside(self.root, &self.root.join(relative))
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::fs::File;
    use std::os::fd::{AsFd, OwnedFd};
    use std::path::Path;

    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};

    pub(super) fn folder(root: &Path) -> Option<OwnedFd> {
        openat(CWD, root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()
    }

    pub(super) fn file(folder: impl AsFd, relative: &Path) -> Option<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let inside = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let file = File::from(openat2(folder, relative, flags, Mode::empty(), inside).ok()?);
        file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
    }
}

/// Opens `path` if it is a regular file below `root`, which is canonical.
pub(super) fn open_inside(root: &Path, path: &Path) -> io::Result<File> {
    let path = fs::canonicalize(path)?;
    if !path.starts_with(root) {
        return Err(refused());
    }
    let file = OpenOptions::new()
        .read(true)
        // A FIFO without a writer would keep us waiting; a link put here since must not be followed.
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW | libc::O_NOCTTY)
        .open(&path)?;
    if !file.metadata()?.is_file() || !opened_path(&file, path).starts_with(root) {
        return Err(refused());
    }
    Ok(file)
}

/// Where an open file lies now: a folder on the way may have been swapped for a link between the check of
/// its name and the opening. Where the system cannot say, the checked name has to do.
fn opened_path(file: &File, checked: PathBuf) -> PathBuf {
    fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap_or(checked)
}

fn refused() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "not a regular file inside the content folder")
}
