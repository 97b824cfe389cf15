//! Watching for changes: [`FolderWatcher`] for a content folder, [`FileWatcher`] for single files elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::ignore::{FILE as IGNORE, is_hidden};
use super::stamp::{FileIdentity, FileStamp, identity};
use super::writers::Writers;

/// Time without events after which a change counts as complete: an editor writes, renames and deletes in one burst.
const QUIET: Duration = Duration::from_millis(80);

/// The longest burst of changes: after this time a change is reported even if others follow.
const MAX_BURST: Duration = Duration::from_millis(400);

/// How often the identity of the folder is checked, and the folder itself where the system cannot watch it.
const FOLDER_POLL: Duration = Duration::from_millis(700);

/// How often single files are checked. A watch on one name would miss its replacement by an editor, a tool or a link.
const FILE_POLL: Duration = Duration::from_millis(400);

/// Watches a folder and everything below it.
///
/// A change that arrives while no task waits is kept, so an edit during a rebuild is not lost.
#[derive(Debug)]
pub struct FolderWatcher {
    folder: PathBuf,
    changed: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
    /// The identity of the folder that is watched.
    identity: Option<(FileIdentity, Option<SystemTime>)>,
    writers: Writers,
}

impl FolderWatcher {
    /// Starts to watch `folder`, which need not exist, and to keep `writers` up to date.
    pub fn new(folder: &Path, writers: Writers) -> Self {
        let (folder, changed) = (folder.to_owned(), Arc::default());
        let mut watcher = Self { folder, changed, watcher: None, identity: None, writers };
        watcher.attach();
        watcher
    }

    /// Starts a new watch on the folder that has the name now.
    fn attach(&mut self) {
        self.identity = identity_at(&self.folder);
        let (changed, folder, writers) = (self.changed.clone(), self.folder.clone(), self.writers.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| is_relevant(&event, &folder) && writers.note(&event)) {
                changed.notify_one();
            }
        });
        self.watcher = watcher
            .ok()
            .and_then(|mut watcher| watcher.watch(&self.folder, RecursiveMode::Recursive).ok().map(|()| watcher));
        self.writers.watch(self.watcher.is_some());
    }

    /// Waits until something has changed and the folder is quiet again, or until an unwatched folder is to be checked.
    ///
    /// A folder that was replaced by another of its name counts as changed: the system still watches the old one.
    pub async fn changed(&mut self) {
        while timeout(FOLDER_POLL, self.changed.notified()).await.is_err() {
            if self.is_detached() {
                self.attach();
                return;
            }
        }
        let deadline = Instant::now() + MAX_BURST;
        while let Ok(Ok(())) = timeout_at(deadline, timeout(QUIET, self.changed.notified())).await {}
        if self.is_detached() {
            self.attach();
        }
    }

    /// Returns whether the folder is not watched, or another one has its name by now.
    fn is_detached(&self) -> bool {
        self.watcher.is_none() || identity_at(&self.folder) != self.identity
    }
}

/// Returns the identity and creation time of a folder, if it exists: one that replaces it often gets the same inode.
fn identity_at(folder: &Path) -> Option<(FileIdentity, Option<SystemTime>)> {
    folder.metadata().ok().map(|metadata| (identity(&metadata), metadata.created().ok()))
}

/// Returns whether an event in `folder` can mean other content, other permissions or another writer. Reading a file is
/// also an event, and programs that replace a file write under a hidden name before they rename.
fn is_relevant(event: &notify::Event, folder: &Path) -> bool {
    let is_reading = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
    let is_hidden = |path: &PathBuf| {
        let names = path.strip_prefix(folder).unwrap_or(Path::new(""));
        names.iter().any(|name| is_hidden(name) && name != IGNORE)
    };
    event.need_rescan() || !is_reading && (event.paths.is_empty() || !event.paths.iter().all(is_hidden))
}

/// Watches a few single files by polling.
#[derive(Debug, Default)]
pub struct FileWatcher {
    /// Each file with its stamp; `None` for one that does not exist.
    known: BTreeMap<PathBuf, Option<FileStamp>>,
    last: BTreeMap<PathBuf, Option<FileStamp>>,
    last_check: Option<Instant>,
}

impl FileWatcher {
    /// Watches exactly `paths` from now on. A file watched before keeps its stamp, so that no change is missed.
    pub fn watch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let stamp = |path: &PathBuf| self.known.get(path).copied().unwrap_or_else(|| FileStamp::at(path));
        self.known = paths.into_iter().map(|path| (path.clone(), stamp(&path))).collect();
        self.last.clone_from(&self.known);
    }

    /// Waits until a file has changed and is left alone for one interval. Cancel safe.
    pub async fn changed(&mut self) {
        loop {
            if let Some(last_check) = self.last_check {
                sleep_until(last_check + FILE_POLL).await;
            }
            let files: Vec<PathBuf> = self.known.keys().cloned().collect();
            let check = || files.into_iter().map(|path| (path.clone(), FileStamp::at(&path))).collect();
            self.last_check = Some(Instant::now());
            // The check fails only if the runtime is shut down meanwhile.
            let Ok(now) = tokio::task::spawn_blocking(check).await else { continue };
            if now == self.last && now != self.known {
                self.known = now;
                return;
            }
            self.last = now;
        }
    }
}
