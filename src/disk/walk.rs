//! A walk through a content folder: what in it may be published, and what is said of the rest.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::ignore::{self, Rules};
use super::open::open_inside;
use super::reading::FolderContents;
use super::settings::SETTINGS_FILE;
use super::stamp::{FileStamp, is_settled};
use super::texts::{self, Wanted};
use crate::capsule::{CapsulePath, CompressedText, Content, FileRef, SourceFile, TextKind};
use crate::problem::{Problem, Topic};

/// The most bytes one text source may hold: 4 MiB, some thirty times the longest essay among 2,324 real
/// ones. More is refused, so that one stray file cannot fill the memory.
pub const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// The only hidden name that is published (RFC 8615).
pub(super) const WELL_KNOWN: &str = ".well-known";

/// What counts for each file besides the bytes of a text.
const OF_A_NAME: u64 = 1_000;

/// The permissions of a file that everybody may read.
const READABLE: u32 = 0o444;

/// What a walk has found so far, and what is still before it.
pub(super) struct Walk<'a> {
    root: Arc<Path>,
    previous: Option<&'a FolderContents>,
    reading: FolderContents,
    /// Folders still to be read, relative to the root, with what is left out in the folder they lie in.
    ahead: Vec<(PathBuf, Arc<Rules>)>,
    /// Folders already read, by device and inode: links may lead round in a circle.
    visited: HashSet<(u64, u64)>,
    /// Texts that are new or have changed.
    unread: Vec<Unread>,
    /// What is published, in no order yet.
    taken: Vec<(Arc<SourceFile>, FileStamp)>,
    /// Bytes that texts and names may still have.
    left: u64,
}

/// A text that is new or has changed, as it was listed.
struct Unread {
    path: CapsulePath,
    wanted: Wanted,
    /// Whether it was left alone for long enough.
    settled: bool,
}

impl AsRef<Wanted> for Unread {
    fn as_ref(&self) -> &Wanted {
        &self.wanted
    }
}

impl<'a> Walk<'a> {
    /// Of the folder at `root`, which is no link; as the other arguments of [`read_limited`](super::read_limited) say.
    pub(super) fn new(
        root: &Path,
        ignore: &[String],
        previous: Option<&'a FolderContents>,
        most: u64,
    ) -> Self {
        Self {
            root: Arc::from(root),
            previous,
            reading: FolderContents::default(),
            ahead: vec![(PathBuf::new(), Rules::configured(ignore))],
            visited: HashSet::new(),
            unread: Vec::new(),
            taken: Vec::new(),
            left: most,
        }
    }

    /// Lists every folder; says whether that is no more than there may be.
    pub(super) fn folders(&mut self) -> bool {
        while let Some((folder, rules)) = self.ahead.pop() {
            self.folder(&folder, &rules);
            if self.left == 0 {
                return false;
            }
        }
        true
    }

    /// Reads the texts that were listed, and gives everything in order.
    pub(super) fn finish(mut self) -> FolderContents {
        self.texts();
        self.taken.sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        (self.reading.files, self.reading.stamps) = self.taken.into_iter().unzip();
        self.reading.problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.file.clone()));
        self.reading
    }

    fn folder(&mut self, relative: &Path, above: &Arc<Rules>) {
        let absolute = self.root.join(relative);
        let entries = fs::metadata(&absolute).and_then(|metadata| {
            let first_visit = self.visited.insert(identity(&metadata));
            if first_visit { fs::read_dir(&absolute).map(Some) } else { Ok(None) }
        });
        match entries {
            Ok(Some(entries)) => {
                let rules = self.rules(relative, above);
                for entry in entries {
                    match entry {
                        Ok(entry) => self.entry(relative, &entry, &rules),
                        Err(error) => self.skip(relative, &format!("cannot be read: {error}")),
                    }
                }
            }
            Ok(None) => {}
            Err(error) => self.skip(relative, &format!("cannot be read: {error}")),
        }
    }

    /// What is left out in the folder: what is left out above it, and what its own file says.
    fn rules(&mut self, relative: &Path, above: &Arc<Rules>) -> Arc<Rules> {
        let name = relative.join(ignore::FILE);
        let mut text = String::new();
        let said = open_inside(&self.root, &self.root.join(&name))
            .and_then(|file| file.take(ignore::MAX_FILE).read_to_string(&mut text));
        match said {
            Ok(_) => {
                let (rules, problems) = above.within(relative, &text);
                self.reading.problems.extend(problems);
                rules
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    self.skip(&name, &format!("cannot be read: {error}"));
                }
                Arc::clone(above)
            }
        }
    }

    fn entry(&mut self, folder: &Path, entry: &fs::DirEntry, rules: &Arc<Rules>) {
        let name = entry.file_name();
        let relative = folder.join(&name);
        let Some(name) = name.to_str() else {
            return self.skip(&relative, "has a name that is not UTF-8");
        };
        let is_settings = name == SETTINGS_FILE && folder.as_os_str().is_empty();
        if is_settings || name.starts_with('.') && name != WELL_KNOWN {
            return;
        }
        let Ok(kind) = entry.file_type() else { return };
        if !kind.is_symlink() && rules.ignore(&relative, kind.is_dir()) {
            return;
        }
        if kind.is_dir() {
            self.ahead.push((relative, Arc::clone(rules)));
        } else if kind.is_file() {
            self.file(&relative, entry.metadata());
        } else if kind.is_symlink() {
            self.link(relative, rules);
        } else {
            self.skip(&relative, "is neither a file nor a folder");
        }
    }

    fn link(&mut self, relative: PathBuf, rules: &Arc<Rules>) {
        let target = match fs::canonicalize(self.root.join(&relative)) {
            Ok(target) if rules.ignore(&relative, target.is_dir()) => return,
            Ok(target) => target,
            Err(_) if rules.ignore(&relative, false) => return,
            Err(error) => return self.skip(&relative, &format!("is a link that leads nowhere: {error}")),
        };
        if !target.starts_with(&self.root) {
            return self.skip(&relative, "is a link that leads out of the content folder");
        }
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => self.ahead.push((relative, Arc::clone(rules))),
            Ok(metadata) if metadata.is_file() => self.file(&relative, Ok(metadata)),
            Ok(_) => self.skip(&relative, "is neither a file nor a folder"),
            Err(error) => self.skip(&relative, &format!("cannot be read: {error}")),
        }
    }

    fn file(&mut self, relative: &Path, metadata: io::Result<Metadata>) {
        let metadata = match metadata {
            Ok(metadata) => metadata,
            // Deleted between the listing and now: it is simply not there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.skip(relative, &format!("cannot be read: {error}")),
        };
        let Some(path) = relative.to_str().and_then(|name| CapsulePath::from_decoded(name).ok()) else {
            return self.skip(relative, "has a name that cannot be an address");
        };
        let bytes = if is_text(&path) { metadata.len() } else { 0 } + OF_A_NAME;
        self.left = self.left.saturating_sub(bytes);
        let stamp = FileStamp::of(&metadata);
        let before = self.previous.and_then(|previous| previous.find(&path));
        if let Some((known, file)) = before
            && known == stamp
        {
            let file = file.clone();
            return self.take(stamp, file);
        }
        if !is_text(&path) {
            // An attachment is only opened when it is asked for; one that not everybody may read is tried now, so
            // that its author learns of it before its readers do.
            let tried = if metadata.mode() & READABLE == READABLE { Ok(()) } else { self.try_out(relative) };
            if let Err(error) = tried {
                return self.skip(relative, &format!("cannot be read: {error}"));
            }
            let content = Content::File(FileRef {
                root: self.root.clone(),
                relative: relative.to_owned(),
                length: metadata.len(),
            });
            let file = Arc::new(SourceFile { path: path.clone(), content });
            return self.take(stamp, file);
        }
        if metadata.len() > MAX_TEXT {
            let limit = MAX_TEXT / 1024 / 1024;
            return self.skip(relative, &format!("is larger than {limit} MiB"));
        }
        let settled = is_settled(&metadata, SystemTime::now());
        self.unread.push(Unread { path, wanted: Wanted { relative: relative.to_owned(), stamp }, settled });
    }

    fn try_out(&self, relative: &Path) -> io::Result<()> {
        open_inside(&self.root, &self.root.join(relative)).map(drop)
    }

    /// Reads the texts that are new or have changed.
    fn texts(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        for (unread, text) in unread.iter().zip(texts::read(&self.root, &unread)) {
            self.text(unread, text);
        }
    }

    fn text(&mut self, unread: &Unread, text: io::Result<Option<CompressedText>>) {
        let Unread { path, wanted: Wanted { relative, stamp }, settled } = unread;
        let before = self.previous.and_then(|previous| previous.find(path));
        let file = |text| Arc::new(SourceFile { path: path.clone(), content: Content::Text(text) });
        match (text, before) {
            // At the first reading there is nothing older to show of anything: all is shown, and looked at again.
            (Ok(Some(text)), None) if *settled || self.previous.is_none() => {
                self.reading.unsettled |= !settled;
                self.take(*stamp, file(text));
            }
            (Ok(Some(text)), Some(_)) if *settled => self.take(*stamp, file(text)),
            (Ok(_), Some((known, file))) => {
                self.reading.unsettled = true;
                self.take(known, file.clone());
            }
            (Ok(_), None) => self.reading.unsettled = true,
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => self.reading.unsettled = true,
            (Err(error), _) => self.skip(relative, &format!("cannot be read: {error}")),
        }
    }

    fn take(&mut self, stamp: FileStamp, file: Arc<SourceFile>) {
        self.taken.push((file, stamp));
    }

    fn skip(&mut self, relative: &Path, why: &str) {
        let name = relative.to_string_lossy();
        let name = if name.is_empty() { "the content folder" } else { &name };
        let problem = Problem::warning(format!("`{name}` {why}; it is left out"));
        self.reading.problems.push(problem.about(Topic::File).in_file(name));
    }
}

/// Which folder it is: device and inode.
pub(super) fn identity(folder: &Metadata) -> (u64, u64) {
    (folder.dev(), folder.ino())
}

/// Returns whether a file takes part in the capsule as text.
fn is_text(path: &CapsulePath) -> bool {
    TextKind::of(path).is_some()
}
