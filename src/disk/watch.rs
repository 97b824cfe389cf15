//! Watching for changes: [`FolderWatcher`] for a content folder, [`FileWatcher`] for single files elsewhere.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout, timeout_at};

use super::ignore::{FILE as IGNORE, WELL_KNOWN};
use super::stamp::{FileStamp, folder_identity};

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
    identity: Option<(u64, u64)>,
}

impl FolderWatcher {
    /// Starts to watch `folder`, which need not exist.
    pub fn new(folder: &Path) -> Self {
        let changed = Arc::new(Notify::new());
        let mut watcher = Self { folder: folder.to_owned(), changed, watcher: None, identity: None };
        watcher.attach();
        watcher
    }

    /// Starts a new watch on the folder that has the name now.
    fn attach(&mut self) {
        self.identity = identity(&self.folder);
        let (changed, folder) = (self.changed.clone(), self.folder.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| is_relevant(&event, &folder)) {
                changed.notify_one();
            }
        });
        self.watcher = watcher.ok().and_then(|mut watcher| {
            watcher.watch(&self.folder, RecursiveMode::Recursive).ok().map(|()| watcher)
        });
    }

    /// Waits until something has changed and the folder is quiet again, or until an unwatched folder is to be checked.
    ///
    /// A folder that was replaced by another of its name counts as changed, because the system still watches the old
    /// one.
    pub async fn changed(&mut self) {
        while timeout(FOLDER_POLL, self.changed.notified()).await.is_err() {
            if self.watcher.is_none() || identity(&self.folder) != self.identity {
                self.attach();
                return;
            }
        }
        let deadline = Instant::now() + MAX_BURST;
        while let Ok(Ok(())) = timeout_at(deadline, timeout(QUIET, self.changed.notified())).await {}
    }
}

/// Returns the identity of the folder at a name, or `None` if there is none.
fn identity(folder: &Path) -> Option<(u64, u64)> {
    folder.metadata().ok().map(|metadata| folder_identity(&metadata))
}

/// Returns whether an event in `folder` can mean other content. Reading a file is also an event, and programs that
/// replace a file write under a hidden name before they rename.
fn is_relevant(event: &notify::Event, folder: &Path) -> bool {
    let is_of_content =
        || !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)));
    let is_hidden = |path: &PathBuf| is_hidden(path, folder);
    event.need_rescan() || is_of_content() && (event.paths.is_empty() || !event.paths.iter().all(is_hidden))
}

/// Returns whether a file at `path` in `folder` has a hidden name, and so is neither content nor a file of patterns.
fn is_hidden(path: &Path, folder: &Path) -> bool {
    let Ok(relative) = path.strip_prefix(folder) else { return false };
    relative.iter().any(|name| name.as_bytes().starts_with(b".") && name != WELL_KNOWN && name != IGNORE)
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
