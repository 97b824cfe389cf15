//! Watching for changes: [`FolderWatcher`] for a content folder, [`FileWatcher`] for single files elsewhere.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout, timeout_at};

use super::ignore::{FILE as IGNORE, WELL_KNOWN};
use super::stamp::{FileIdentity, FileStamp, identity};
use super::writers::OpenFiles;

/// Time without events after which a change counts as complete. Changes come in bursts: an editor writes, renames and
/// deletes.
const QUIET: Duration = Duration::from_millis(80);

/// Longest burst of changes: after this time a change is reported even if others follow.
const MAX_BURST: Duration = Duration::from_millis(400);

/// How often the identity of the folder is checked, and the folder itself where the system cannot watch it: too few
/// watches left, or no such folder yet.
const FOLDER_POLL: Duration = Duration::from_millis(700);

/// How often single files are checked. They are polled, because a watch on one name misses a file that is replaced by
/// an editor, a tool that renews certificates, or a link that is turned to another folder.
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
    identity: Option<FileIdentity>,
    /// Whether that folder was deleted or renamed. Another one may get its identity.
    is_gone: Arc<AtomicBool>,
    open: OpenFiles,
}

impl FolderWatcher {
    /// Starts to watch `folder`, which need not exist, and to keep `open` up to date.
    pub fn new(folder: &Path, open: OpenFiles) -> Self {
        let (folder, changed, is_gone) = (folder.to_owned(), Arc::default(), Arc::default());
        let mut watcher = Self { folder, changed, watcher: None, identity: None, is_gone, open };
        watcher.attach();
        watcher
    }

    /// Starts a new watch on the folder that has the name now.
    fn attach(&mut self) {
        self.identity = identity_at(&self.folder);
        self.is_gone = Arc::default();
        let (changed, folder, open) = (self.changed.clone(), self.folder.clone(), self.open.clone());
        let is_gone = self.is_gone.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.as_ref().is_ok_and(|event| is_end(event, &folder)) {
                is_gone.store(true, Ordering::Relaxed);
            }
            if event.map_or(true, |event| is_relevant(&event, &folder) && open.note(&event)) {
                changed.notify_one();
            }
        });
        self.watcher = watcher.ok().and_then(|mut watcher| {
            watcher.watch(&self.folder, RecursiveMode::Recursive).ok().map(|()| watcher)
        });
        self.open.reset(self.watcher.is_some());
    }

    /// Waits until something has changed and the folder is quiet again, or until an unwatched folder is to be checked.
    ///
    /// A folder that was replaced by another of its name counts as changed, because the system still watches the old
    /// one.
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
        let is_gone = self.is_gone.load(Ordering::Relaxed);
        self.watcher.is_none() || is_gone || identity_at(&self.folder) != self.identity
    }
}

/// Returns the identity of the folder at a name, or `None` if there is none.
fn identity_at(folder: &Path) -> Option<FileIdentity> {
    folder.metadata().ok().map(|metadata| identity(&metadata))
}

/// Returns whether an event tells that the watched `folder` was deleted or renamed.
fn is_end(event: &notify::Event, folder: &Path) -> bool {
    let is_end = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
    is_end && event.paths.iter().any(|path| path == folder)
}

/// Returns whether an event in `folder` can mean other content, other permissions or another writer. Reading a file is
/// also an event, and programs that replace a file write under a hidden name before they rename.
fn is_relevant(event: &notify::Event, folder: &Path) -> bool {
    let is_reading =
        matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
    let is_hidden = |path: &PathBuf| is_hidden(path, folder);
    event.need_rescan() || !is_reading && (event.paths.is_empty() || !event.paths.iter().all(is_hidden))
}

/// Returns whether a file at `path` in `folder` has a hidden name, and so is neither content nor a file of patterns.
/// Kubernetes mounts volumes as links into a folder named `..` and a time.
fn is_hidden(path: &Path, folder: &Path) -> bool {
    let Ok(relative) = path.strip_prefix(folder) else { return false };
    let is_hidden = |name: &OsStr| {
        let bytes = name.as_bytes();
        bytes.starts_with(b".") && !bytes.starts_with(b"..") && name != WELL_KNOWN && name != IGNORE
    };
    relative.iter().any(is_hidden)
}

/// Watches a few single files by polling.
#[derive(Debug, Default)]
pub struct FileWatcher {
    known: Stamps,
    /// The stamps at the last check, if they differed from the known ones.
    changing: Option<Stamps>,
    interval: Option<Interval>,
}

/// Each file with its stamp; `None` for one that does not exist.
type Stamps = BTreeMap<PathBuf, Option<FileStamp>>;

impl FileWatcher {
    /// Watches exactly `paths` from now on. A file that was watched before keeps its stamp, so a change since the last
    /// check is still noticed.
    pub fn watch(&mut self, paths: impl IntoIterator<Item = PathBuf>) {
        let mut known = Stamps::new();
        for path in paths {
            let stamp = self.known.get(&path).copied().unwrap_or_else(|| FileStamp::at(&path));
            known.insert(path, stamp);
        }
        self.known = known;
        self.changing = None;
    }

    /// Waits until a file has changed and is left alone for one interval. Cancel safe.
    pub async fn changed(&mut self) {
        loop {
            let interval = self.interval.get_or_insert_with(|| {
                let mut interval = interval(FILE_POLL);
                interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
                interval
            });
            interval.tick().await;
            let paths: Vec<PathBuf> = self.known.keys().cloned().collect();
            let check = move || -> Stamps {
                let stamped = |path: PathBuf| (path.clone(), FileStamp::at(&path));
                paths.into_iter().map(stamped).collect()
            };
            // The check fails only if the runtime is shut down meanwhile.
            let Ok(now) = tokio::task::spawn_blocking(check).await else { continue };
            if now == self.known {
                self.changing = None;
            } else if self.changing.as_ref() == Some(&now) {
                self.known = now;
                self.changing = None;
                return;
            } else {
                self.changing = Some(now);
            }
        }
    }
}
