//! Opening files of a content folder. The opened file is checked, because its name may lead elsewhere by then.
//!
//! Only regular files inside the folder are opened, also through links that stay inside; FIFOs and devices are refused.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

#[cfg(target_os = "linux")]
use rustix::fs::{AtFlags, ResolveFlags, StatxFlags, makedev, openat2, statx};
use rustix::fs::{CWD, Mode, OFlags, openat, statfs};
#[cfg(target_os = "linux")]
use rustix::io::{Errno, IoSliceMut, ReadWriteFlags, preadv2};

use crate::capsule::FileRef;

/// How a folder is opened in which files are looked up.
const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// Opens an attachment for reading. The error is [`io::ErrorKind::NotFound`] if it is missing, not a regular file, or
/// outside of the folder, and [`io::ErrorKind::ResourceBusy`] if it is being rewritten.
pub fn open_attachment(file: &FileRef) -> io::Result<File> {
    let opened = Folder::new(&fs::canonicalize(&file.root)?).open(&file.relative)?;
    if is_cut(&opened, file) {
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, "it is being written"));
    }
    Ok(opened)
}

/// Returns whether an attachment is shorter than it was listed, as while it is rewritten.
fn is_cut(opened: &File, file: &FileRef) -> bool {
    opened.metadata().is_ok_and(|metadata| metadata.len() < file.length)
}

/// Opens attachments without blocking on file systems that support it.
///
/// File systems on a network or in another process may block even if asked not to. So a device counts as prompt only if
/// it supports non-blocking reads (`RWF_NOWAIT`, preadv2(2)), which is tried with the first attachment opened there.
#[derive(Debug, Default)]
pub struct AttachmentOpener {
    /// Devices whose file systems support non-blocking reads.
    prompt: parking_lot::RwLock<Vec<u64>>,
}

impl AttachmentOpener {
    /// Opens an attachment as [`open_attachment`] does.
    pub fn open(&self, file: &FileRef) -> io::Result<File> {
        let opened = open_attachment(file)?;
        let device = fs::metadata(&file.root)?.dev();
        if !self.is_prompt(device) && reads_without_waiting(&opened) {
            self.prompt.write().push(device);
        }
        Ok(opened)
    }

    /// Opens an attachment without blocking, or returns `None` if it might block or the file cannot be opened.
    pub fn open_at_once(&self, file: &FileRef) -> Option<File> {
        open_at_once(file, |device| self.is_prompt(device)).filter(|opened| !is_cut(opened, file))
    }

    fn is_prompt(&self, device: u64) -> bool {
        self.prompt.read().contains(&device)
    }
}

/// A folder in which many files are opened.
///
/// Where the kernel can confine a lookup to a folder (`RESOLVE_BENEATH`, openat2(2)), a file takes one system call
/// instead of one for each part of its path. If that fails, the file is opened step by step.
pub(super) struct Folder<'a> {
    root: &'a Path,
    handle: Option<OwnedFd>,
}

impl<'a> Folder<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self { root, handle: openat(CWD, root, FOLDER, Mode::empty()).ok() }
    }

    pub(super) fn open(&self, relative: &Path) -> io::Result<File> {
        let beneath = self.handle.as_ref().and_then(|folder| open_beneath(folder, relative));
        beneath.map_or_else(|| open_inside(self.root, &self.root.join(relative)), Ok)
    }
}

/// Opens `path` if it is a regular file below the canonical path `root`.
pub(super) fn open_inside(root: &Path, path: &Path) -> io::Result<File> {
    let refused = || io::Error::new(io::ErrorKind::NotFound, "not a regular file inside the content folder");
    let path = fs::canonicalize(path)?;
    if !path.starts_with(root) {
        return Err(refused());
    }
    let file = OpenOptions::new()
        .read(true)
        // Opening a FIFO without a writer would block; a link put here meanwhile must not be followed.
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW | libc::O_NOCTTY)
        .open(&path)?;
    // A folder on the path may have been replaced by a link since it was checked. Not every system can tell.
    let opened = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd())).unwrap_or(path);
    if file.metadata()?.is_file() && opened.starts_with(root) { Ok(file) } else { Err(refused()) }
}

pub(super) fn unreported(folder: &Path) -> Option<&'static str> {
    unreported_kind(u64::try_from(statfs(folder).ok()?.f_type).ok()?)
}

/// Returns the kind of file system with this `magic` (statfs(2)) if it does not report the changes of other machines.
pub fn unreported_kind(magic: u64) -> Option<&'static str> {
    match magic & u64::from(u32::MAX) {
        0x6969 => Some("NFS"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("SMB"),
        0x6573_5546 => Some("FUSE"),
        0x0102_1997 => Some("9P"),
        0x794c_7630 => Some("overlay"),
        0x00c3_6400 => Some("Ceph"),
        0x6b41_4653 => Some("AFS"),
        0x786f_4256 | 0xbacb_acbc | 0x7c7c_6673 => Some("a folder of the host"),
        _ => None,
    }
}

// Systems other than Linux have none of these calls, so every file is opened step by step there.

#[cfg(target_os = "linux")]
fn open_beneath(folder: &OwnedFd, relative: &Path) -> Option<File> {
    open_regular(folder, relative, ResolveFlags::BENEATH)
}

#[cfg(not(target_os = "linux"))]
fn open_beneath(_: &OwnedFd, _: &Path) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn open_at_once(file: &FileRef, is_prompt: impl Fn(u64) -> bool) -> Option<File> {
    let root = openat2(CWD, &*file.root, FOLDER, Mode::empty(), ResolveFlags::CACHED).ok()?;
    let stat = statx(&root, "", AtFlags::EMPTY_PATH | AtFlags::STATX_DONT_SYNC, StatxFlags::TYPE).ok()?;
    if !is_prompt(makedev(stat.stx_dev_major, stat.stx_dev_minor)) {
        return None;
    }
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_XDEV | ResolveFlags::CACHED;
    open_regular(&root, &file.relative, resolve)
}

#[cfg(not(target_os = "linux"))]
fn open_at_once(_: &FileRef, _: impl Fn(u64) -> bool) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn open_regular(folder: impl std::os::fd::AsFd, relative: &Path, resolve: ResolveFlags) -> Option<File> {
    // Opening a FIFO without a writer would block.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = resolve | ResolveFlags::NO_MAGICLINKS;
    let file = File::from(openat2(folder, relative, flags, Mode::empty(), resolve).ok()?);
    file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
}

/// Returns whether `file` supports non-blocking reads.
#[cfg(target_os = "linux")]
fn reads_without_waiting(file: &File) -> bool {
    let read = preadv2(file, &mut [IoSliceMut::new(&mut [0])], 0, ReadWriteFlags::NOWAIT);
    matches!(read, Ok(_) | Err(Errno::AGAIN))
}

#[cfg(not(target_os = "linux"))]
fn reads_without_waiting(_: &File) -> bool {
    false
}
