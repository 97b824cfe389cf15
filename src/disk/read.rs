//! [`read`]: a content folder becomes a list of source files; and [`read_settings`], the settings that lie in it.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::open::open_inside;
use super::stamp::{FileStamp, folder_identity, is_settled};
use super::walk::Walk;
use crate::capsule::{CapsulePath, Content, SourceFile};
use crate::problem::Problem;

/// Name of the file with the settings of a hosted capsule. It is never published, whether its settings are read or not.
pub const SETTINGS_FILE: &str = "capsule.toml";

/// Largest settings file, in bytes: room for some thousand withdrawn addresses.
const MAX_SETTINGS: u64 = 64 << 10;

/// Memory that the allocator and pointers take for one file, in bytes.
const FILE_OVERHEAD: usize = 96;

/// What a content folder held at one moment.
#[derive(Debug, Default)]
pub struct FolderContents {
    /// The files that may be published, sorted by path.
    pub files: Vec<Arc<SourceFile>>,
    /// What was left out, and why.
    pub problems: Vec<Problem>,
    /// Whether a file was being written while it was read, so that the folder should be read again soon. Of such a file
    /// `files` has the previous content, if there is one.
    pub unsettled: bool,
    /// The stamp of each of `files`.
    pub(super) stamps: Vec<FileStamp>,
}

impl FolderContents {
    /// Returns about how many bytes of memory the contents take.
    pub fn bytes(&self) -> usize {
        let of = |file: &Arc<SourceFile>| match &file.content {
            Content::Text(text) => file.path.as_str().len() + text.compressed_len(),
            Content::File(reference) => file.path.as_str().len() + reference.relative.as_os_str().len(),
        };
        let files: usize = self.files.iter().map(of).sum();
        files + self.files.len() * (size_of::<SourceFile>() + size_of::<FileStamp>() + FILE_OVERHEAD)
    }

    /// Returns the file at `path` with its stamp.
    pub(super) fn find(&self, path: &CapsulePath) -> Option<(FileStamp, &Arc<SourceFile>)> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        Some((self.stamps[at], &self.files[at]))
    }
}

/// Reads everything below `root` that may be published, with at most `max_bytes` in its texts and names; this bound is
/// checked before any text is read.
///
/// Left out with a problem: names that are not UTF-8, files that cannot be read, text above
/// [`MAX_TEXT`](super::MAX_TEXT), links that lead out of the folder, anything that is neither file nor folder. Left out
/// silently: hidden names (with a leading dot, except `.well-known`), the [`SETTINGS_FILE`], what `ignore` (valid patterns
/// of gitignore) or a file `.capsuleignore` names, and what site generators keep beside essays. Files unchanged since
/// `previous` are the same values.
///
/// # Errors
///
/// If the folder itself cannot be read, holds too much, or is replaced meanwhile. A single file never fails the whole.
pub fn read(
    root: &Path,
    ignore: &[String],
    previous: Option<&FolderContents>,
    max_bytes: u64,
) -> io::Result<FolderContents> {
    let canonical = fs::canonicalize(root)?;
    let identity = folder_identity(&fs::metadata(&canonical)?);
    fs::read_dir(&canonical)?;
    let mut walk = Walk::new(&canonical, ignore, previous, max_bytes);
    if !walk.list() {
        let megabytes = max_bytes / 1_000_000;
        return Err(io::Error::other(format!("it holds more than the {megabytes} MB that may be loaded")));
    }
    let contents = walk.finish();
    // What is missing from a folder that was replaced meanwhile was not deleted.
    if folder_identity(&fs::metadata(&canonical)?) != identity {
        return Err(io::Error::other("another folder took its place while it was read"));
    }
    Ok(contents)
}

/// The settings file of a hosted capsule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CapsuleSettings {
    /// There is no such file.
    Absent,
    /// The text of the file.
    Text(String),
    /// The text of the file while it is being written: it may be incomplete.
    Unsettled(String),
}

/// Reads the settings in the folder `root`.
///
/// # Errors
///
/// If the file exists and cannot be read, is outside the folder, is too large or is not UTF-8.
pub fn read_settings(root: &Path) -> io::Result<CapsuleSettings> {
    let path = root.join(SETTINGS_FILE);
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(CapsuleSettings::Absent);
    }
    let file = open_inside(&fs::canonicalize(root)?, &path)?;
    let metadata = file.metadata()?;
    if metadata.len() > MAX_SETTINGS {
        return Err(io::Error::other(format!("it is larger than {} KiB", MAX_SETTINGS >> 10)));
    }
    let mut text = String::new();
    file.take(MAX_SETTINGS).read_to_string(&mut text)?;
    let settled = is_settled(&metadata, SystemTime::now());
    Ok(if settled { CapsuleSettings::Text(text) } else { CapsuleSettings::Unsettled(text) })
}
