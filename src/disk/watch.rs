//! [`Watch`]: says when the folder changed.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

/// Changes come in bursts (an editor writes, renames and deletes): so long must it be quiet.
const QUIET: Duration = Duration::from_millis(80);

/// A folder that never becomes quiet is read this often all the same.
const AT_MOST: Duration = Duration::from_millis(400);

/// How often the folder is looked at: whether it is still the same one, and where the system cannot watch
/// it (too few watches left, a folder that does not exist yet) whether anything in it changed.
const POLL: Duration = Duration::from_millis(700);

/// Watches a folder and everything below it.
///
/// A change that arrives while nobody waits is kept, so that an edit during a rebuild is not lost.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    changed: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
    /// Device and inode of the folder that is watched.
    identity: Option<(u64, u64)>,
}

impl Watch {
    /// Starts to watch `folder`, which need not exist.
    pub fn new(folder: &Path) -> Self {
        let changed = Arc::new(Notify::new());
        let mut watch = Self { folder: folder.to_owned(), changed, watcher: None, identity: None };
        watch.attach();
        watch
    }

    /// Watches what stands at the folder's name now.
    fn attach(&mut self) {
        self.identity = identity(&self.folder);
        let changed = self.changed.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| matters(&event)) {
                changed.notify_one();
            }
        });
        self.watcher = watcher.ok().and_then(|mut watcher| {
            watcher.watch(&self.folder, RecursiveMode::Recursive).ok().map(|()| watcher)
        });
    }

    /// Waits until something changed and the folder became quiet again, or until it is time to look.
    ///
    /// A folder that was replaced by another of its name is noticed too: the system goes on watching the
    /// one that went away.
    pub async fn changed(&mut self) {
        while timeout(POLL, self.changed.notified()).await.is_err() {
            if self.watcher.is_none() || identity(&self.folder) != self.identity {
                self.attach();
                return;
            }
        }
        let at_most = Instant::now() + AT_MOST;
        while let Ok(Ok(())) = timeout_at(at_most, timeout(QUIET, self.changed.notified())).await {}
    }
}

/// Which folder stands at a name; none if there is no such thing.
fn identity(folder: &Path) -> Option<(u64, u64)> {
    folder.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Whether an event can mean other content. Reading a file is an event too, and reading is what we do.
fn matters(event: &notify::Event) -> bool {
    !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)))
        || event.need_rescan()
}
