//! [`Files`]: the files of a content folder that may be published, while they are collected.

use std::collections::HashMap;
use std::fs::{DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::contents::FolderContents;
use super::ignore::Exclusion;
use super::open::open_inside;
use super::stamp::{FileIdentity, FileStamp, changed_at, identity};
use super::texts::{self, UnreadText};
use crate::capsule::{CapsulePath, Content, FileRef, SourceFile, TextKind, media};
use crate::problem::{Problem, Topic};

/// Largest text that is read, in bytes: thirty times the longest of 2,324 real essays. It keeps one stray file from
/// filling the memory.
const MAX_TEXT: u64 = 4 << 20;

/// Permission bits of a file that every user may read.
const WORLD_READABLE: u32 = 0o444;

/// How long a text stays published whose file an editor has renamed to a backup before it writes the text anew.
const RENAMED: Duration = Duration::from_secs(3);

/// Time until a file is read again that changed while it was read.
pub(super) const CHANGING: Duration = Duration::from_millis(60);

/// The files that were found so far.
pub(super) struct Files<'a> {
    root: Arc<Path>,
    pub(super) previous: Option<&'a FolderContents>,
    /// Everything but the files.
    pub(super) contents: FolderContents,
    /// Files that got hidden names, or those of backups, a moment ago, and how long their texts stay published.
    renamed: HashMap<FileIdentity, Duration>,
    unread: Vec<UnreadText>,
    /// Files whose names are not in the form of their paths, to be accepted where no other file has the path.
    other_forms: Vec<(PathBuf, CapsulePath, Metadata)>,
    /// Files to be published, in no particular order.
    accepted: Vec<(Arc<SourceFile>, FileStamp)>,
}

impl<'a> Files<'a> {
    pub(super) fn new(
        root: Arc<Path>,
        previous: Option<&'a FolderContents>,
        contents: FolderContents,
    ) -> Self {
        Self {
            root,
            previous,
            contents,
            renamed: HashMap::new(),
            unread: Vec::new(),
            other_forms: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// Reads the texts and returns the contents, sorted.
    pub(super) fn finish(mut self) -> FolderContents {
        self.accept_other_forms();
        let unread = std::mem::take(&mut self.unread);
        let texts = texts::read(&self.root, &unread);
        for (UnreadText { path, relative, stamp }, text) in unread.into_iter().zip(texts) {
            match text {
                Ok(Some(text)) => self.push(path, Content::Text(text), stamp),
                Ok(None) => {
                    self.contents.ask_again(CHANGING);
                    self.accepted.extend(self.known(&path));
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => self.contents.ask_again(CHANGING),
                Err(error) => self.skip_unreadable(&relative, &error),
            }
        }
        self.keep_renamed();
        self.accepted.sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        (self.contents.files, self.contents.stamps) = self.accepted.into_iter().unzip();
        self.contents.left_out.sort_unstable();
        self.contents.problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.file.clone()));
        self.contents
    }

    /// Adds a file. Returns the number of bytes to be read.
    pub(super) fn add(&mut self, relative: &Path, metadata: io::Result<Metadata>) -> u64 {
        let metadata = match metadata {
            Ok(metadata) => metadata,
            Err(error) => {
                // A file may be deleted after the folder was listed.
                if error.kind() != io::ErrorKind::NotFound {
                    self.skip_unreadable(relative, &error);
                }
                return 0;
            }
        };
        let Some(path) = relative.to_str().and_then(|name| CapsulePath::from_decoded(name).ok()) else {
            self.skip(relative, "has a name that cannot be an address");
            return 0;
        };
        let bytes = if is_text(&path) { metadata.len() } else { 0 };
        if Path::new(path.as_relative()) == relative {
            self.accept(relative, path, &metadata);
        } else {
            self.other_forms.push((relative.to_owned(), path, metadata));
        }
        bytes
    }

    /// Accepts the files whose names are not in the form of their paths. Of several files with one path, that in this
    /// form counts, else the first by the bytes of the name.
    fn accept_other_forms(&mut self) {
        let mut others = std::mem::take(&mut self.other_forms);
        if others.is_empty() {
            return;
        }
        others.sort_unstable_by(|(a, ..), (b, ..)| a.cmp(b));
        let paths = self.accepted.iter().map(|(file, _)| &file.path);
        let paths = paths.chain(self.unread.iter().map(|unread| &unread.path));
        let mut names: HashMap<CapsulePath, PathBuf> =
            paths.map(|path| (path.clone(), path.as_relative().into())).collect();
        for (relative, path, metadata) in others {
            if let Some(served) = names.get(&path) {
                let [served, own] = [served, &relative].map(|name| name.to_string_lossy().into_owned());
                let [bytes, others] = [&own, &served].map(|name| utf8_percent_encode(name, CONTROLS));
                let beside = format!("`{bytes}` beside `{others}`");
                let why = format!("has the name of `{served}` in another Unicode form ({beside})");
                self.skip(&relative, &why);
            } else {
                self.accept(&relative, path.clone(), &metadata);
                names.insert(path, relative);
            }
        }
    }

    fn accept(&mut self, relative: &Path, path: CapsulePath, metadata: &Metadata) {
        let stamp = FileStamp::of(metadata);
        let known = self.known(&path);
        if known.as_ref().is_some_and(|(_, known)| *known == stamp) || self.is_being_written(metadata) {
            // Of a file that was complete before, this version is kept.
            self.accepted.extend(known);
        } else if !is_text(&path) {
            self.attachment(relative, path, metadata, stamp);
        } else if metadata.len() > MAX_TEXT {
            self.skip(relative, &format!("is larger than {} MiB", MAX_TEXT >> 20));
        } else {
            self.unread.push(UnreadText { path, relative: relative.to_owned(), stamp });
        }
    }

    /// Returns whether a new or changed file is being written, and asks for another reading if it may be. The first
    /// reading shows files unless a program is found that has them open: an archive may just have been copied here.
    fn is_being_written(&mut self, metadata: &Metadata) -> bool {
        let writers = self.contents.writers.clone();
        let Some(wait) = writers.wait(metadata) else { return false };
        if self.previous.is_none() && self.contents.read_again.is_none() {
            writers.find(&self.root);
        }
        self.contents.ask_again(wait);
        self.previous.is_some() || writers.is_open(identity(metadata))
    }

    /// Accepts an attachment, which is not opened until it is requested. One that not every user may read is opened
    /// now, so that an error is reported before a reader requests it.
    fn attachment(&mut self, relative: &Path, path: CapsulePath, metadata: &Metadata, stamp: FileStamp) {
        if metadata.mode() & WORLD_READABLE != WORLD_READABLE
            && let Err(error) = open_inside(&self.root, &self.root.join(relative))
        {
            return self.skip_unreadable(relative, &error);
        }
        let root = Arc::clone(&self.root);
        let reference = FileRef { root, relative: relative.to_owned(), length: metadata.len() };
        self.push(path, Content::File(reference), stamp);
    }

    fn push(&mut self, path: CapsulePath, content: Content, stamp: FileStamp) {
        self.accepted.push((Arc::new(SourceFile { path, content }), stamp));
    }

    /// Returns the previous version of a file.
    fn known(&self, path: &CapsulePath) -> Option<(Arc<SourceFile>, FileStamp)> {
        self.previous.and_then(|previous| previous.find(path))
    }

    /// Notes a file that got its name a moment ago: a rename counts as a change of the file.
    pub(super) fn note_renamed(&mut self, entry: &DirEntry) {
        let Ok(metadata) = entry.metadata() else { return };
        let age = changed_at(&metadata).elapsed().unwrap_or_default();
        self.renamed.extend(RENAMED.checked_sub(age).map(|wait| (identity(&metadata), wait)));
    }

    /// Keeps the texts for a moment that an editor has renamed to backups. Some write a text anew after that.
    fn keep_renamed(&mut self) {
        let Some(previous) = self.previous else { return };
        for (file, stamp) in previous.files.iter().zip(&previous.stamps) {
            if let Some(wait) = self.renamed.get(&stamp.identity)
                && !self.accepted.iter().any(|(listed, _)| listed.path == file.path)
            {
                self.contents.ask_again(*wait);
                self.accepted.push((Arc::clone(file), *stamp));
            }
        }
    }

    pub(super) fn leave_out(&mut self, relative: &Path, exclusion: Exclusion) {
        self.contents.left_out.push((relative.to_string_lossy().into_owned(), exclusion));
    }

    pub(super) fn skip_unreadable(&mut self, relative: &Path, error: &io::Error) {
        self.skip(relative, &format!("cannot be read: {error}"));
    }

    pub(super) fn skip(&mut self, relative: &Path, why: &str) {
        let name = relative.to_string_lossy();
        let name = if name.is_empty() { "the content folder" } else { &name };
        let problem = Problem::warning(format!("`{name}` {why}; it is left out"));
        self.contents.problems.push(problem.about(Topic::File).in_file(name));
    }
}

/// Returns whether a file at `path` is read as text, or kept on disk.
fn is_text(path: &CapsulePath) -> bool {
    TextKind::of(path).is_some() || media::described_by(path).is_some()
}
