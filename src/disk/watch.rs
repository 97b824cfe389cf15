//! [`Watch`]: says when the folder changed.

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

/// How often the folder is looked at where the system cannot watch it: network file systems, too few
/// watches left, a folder that does not exist yet.
const POLL: Duration = Duration::from_millis(700);

/// Watches a folder and everything below it.
///
/// A change that arrives while nobody waits is kept, so that an edit during a rebuild is not lost.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    changed: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
}

impl Watch {
    /// Starts to watch `folder`, which need not exist.
    pub fn new(folder: &Path) -> Self {
        let mut watch = Self { folder: folder.to_owned(), changed: Arc::new(Notify::new()), watcher: None };
        watch.attach();
        watch
    }

    /// Whether the system tells about changes; otherwise the folder is looked at every now and then.
    pub fn is_attached(&self) -> bool {
        self.watcher.is_some()
    }

    /// Watches anew: after the folder was replaced, the old watch belongs to the folder that went away.
    pub fn attach(&mut self) {
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
    pub async fn changed(&self) {
        if self.watcher.is_none() {
            tokio::time::sleep(POLL).await;
            return;
        }
        self.changed.notified().await;
        let at_most = Instant::now() + AT_MOST;
        while let Ok(Ok(())) = timeout_at(at_most, timeout(QUIET, self.changed.notified())).await {}
    }
}

/// Whether an event can mean other content. Reading a file is an event too, and reading is what we do.
fn matters(event: &notify::Event) -> bool {
    !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)))
        || event.need_rescan()
}
