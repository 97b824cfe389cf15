//! What a content folder holds: its files as [`FolderContents`], and the settings of a hosted capsule.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ignore::{Compiled, Exclusion};
use super::stamp::FileStamp;
use super::writers::Writers;
use crate::capsule::{CapsulePath, Content, SourceFile, TextKind};
use crate::problem::Problem;

/// The name of the file with the settings of a hosted capsule. It is never published, whether or not it is read.
pub const SETTINGS_FILE: &str = "capsule.toml";

/// The largest settings file, in bytes: enough for a thousand withdrawn addresses.
const MAX_SETTINGS: u64 = 64 << 10;

/// How long settings, patterns and texts stay in force after their file vanished or was emptied: what they keep private
/// must not be served while a program replaces the file. Editors take milliseconds, synchronisers up to seconds.
pub const VANISHED: Duration = Duration::from_secs(5);

/// Memory that the allocator and pointers take for one file, in bytes.
const FILE_OVERHEAD: usize = 96;

/// Memory that each byte of a pattern takes, in bytes: it is compiled.
const PATTERN_BYTES: usize = 512;

/// What a content folder held at one moment.
#[derive(Debug, Default)]
pub struct FolderContents {
    /// The files that may be published, and the texts that cannot be read, sorted by path.
    pub files: Vec<Arc<SourceFile>>,
    /// Files that could not be read, entries that are neither file nor folder, and mistakes in files of patterns.
    pub problems: Vec<Problem>,
    /// The files and folders that patterns or their names leave out, by their paths, without those with hidden names.
    pub left_out: Vec<(String, Exclusion)>,
    /// The time until the folder should be read again without a reported change, because files were being written or
    /// vanished a moment ago. For such a file, `files` has the previous content, if there is one.
    pub read_again: Option<Duration>,
    /// The kind of file system in the folder that does not report the changes of other machines, if there is one.
    pub unreported: Option<&'static str>,
    /// The programs that write the files, as far as known; a [`FolderWatcher`](super::FolderWatcher) keeps it up to date.
    pub writers: Writers,
    /// The contents of the content folder, then of each folder of static files, if these contents are of all of them.
    pub parts: Vec<Self>,
    /// The patterns in force by their file, relative to the root, and since when that file cannot be read completely.
    pub(super) patterns: BTreeMap<PathBuf, (Arc<Compiled>, Option<Instant>)>,
    pub(super) stamps: Vec<FileStamp>,
    /// Since when those of the files are missing that are kept for now.
    pub(super) vanished: HashMap<CapsulePath, Instant>,
}

impl FolderContents {
    /// Returns about how many bytes of memory the contents take.
    pub fn bytes(&self) -> usize {
        let files = self.files.iter().map(|file| {
            let content = match &file.content {
                Content::Text(text) => text.compressed_len(),
                Content::File(reference) => reference.relative.as_os_str().len(),
                Content::Unread => 0,
            };
            content + file.path.as_str().len() + size_of::<SourceFile>() + size_of::<FileStamp>()
        });
        let patterns = self.patterns.values().map(|(file, _)| file.text.len() * PATTERN_BYTES);
        let problems = self.problems.iter().map(Problem::bytes);
        let left_out = self.left_out.iter().map(|(name, _)| name.len());
        files.chain(patterns).chain(problems).chain(left_out).map(|size| size + FILE_OVERHEAD).sum()
    }

    /// Returns these contents with the files of `statics` added that are not essays, at addresses without a file.
    #[must_use]
    pub fn with_statics(self, statics: Vec<Self>) -> Self {
        let (left_out, unreported, writers) = (self.left_out.clone(), self.unreported, self.writers.clone());
        let own = self.files.len();
        let parts: Vec<Self> = [self].into_iter().chain(statics).collect();
        let files = parts.iter().flat_map(|part| part.files.iter().cloned().zip(part.stamps.iter().copied()));
        let mut all = BTreeMap::new();
        for (at, (file, stamp)) in files.enumerate() {
            if at < own || !TextKind::has_markup(&file.path) {
                all.entry(file.path.clone()).or_insert((file, stamp));
            }
        }
        let (files, stamps) = all.into_values().unzip();
        let problems = parts.iter().flat_map(|part| part.problems.clone()).collect();
        let read_again = parts.iter().filter_map(|part| part.read_again).min();
        Self { files, problems, left_out, read_again, unreported, writers, parts, stamps, ..Self::default() }
    }

    /// Keeps the files of `previous` that vanished less than [`VANISHED`] ago and of which `withholds` holds.
    pub fn keep_vanished(&mut self, previous: &Self, withholds: impl Fn(&SourceFile) -> bool) {
        for (file, stamp) in previous.files.iter().zip(&previous.stamps) {
            let Err(at) = self.files.binary_search_by(|other| other.path.cmp(&file.path)) else { continue };
            let since = previous.vanished.get(&file.path).copied().unwrap_or_else(Instant::now);
            if let Some(wait) = VANISHED.checked_sub(since.elapsed()).filter(|_| withholds(file)) {
                self.ask_again(wait);
                self.vanished.insert(file.path.clone(), since);
                self.files.insert(at, Arc::clone(file));
                self.stamps.insert(at, *stamp);
            }
        }
    }

    pub(super) fn ask_again(&mut self, wait: Duration) {
        self.read_again = Some(self.read_again.map_or(wait, |other| other.min(wait)));
    }

    pub(super) fn find(&self, path: &CapsulePath) -> Option<(Arc<SourceFile>, FileStamp)> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        Some((Arc::clone(&self.files[at]), self.stamps[at]))
    }
}

/// Reads the settings file in the folder `root` as [`read_small`] does.
pub fn read_settings(root: &Path) -> io::Result<Option<(String, bool)>> {
    read_small(&fs::canonicalize(root)?, Path::new(SETTINGS_FILE), MAX_SETTINGS)
}

/// Returns the text of a file below the canonical path `root` that has at most `max` bytes, and whether it was left
/// alone for long enough; `None` if there is no such file. A file that is not regular or not UTF-8 is an error.
pub fn read_small(root: &Path, name: &Path, max: u64) -> io::Result<Option<(String, bool)>> {
    let path = root.join(name);
    if fs::symlink_metadata(&path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(None);
    }
    let file = super::open::open_inside(root, &path)?;
    let metadata = file.metadata()?;
    if metadata.len() > max {
        return Err(io::Error::other(format!("it is larger than {} KiB", max >> 10)));
    }
    let mut text = String::new();
    file.take(max).read_to_string(&mut text)?;
    Ok(Some((text, FileStamp::of(&metadata).settles_in().is_none())))
}
