//! [`FolderWatcher`]: says when the folder changed.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::event::{EventKind, ModifyKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

use super::ignore::FILE as IGNORE;
use super::walk::WELL_KNOWN;

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
pub struct FolderWatcher {
    folder: PathBuf,
    changed: Arc<Notify>,
    watcher: Option<RecommendedWatcher>,
    /// Device and inode of the folder that is watched.
    identity: Option<(u64, u64)>,
}

impl FolderWatcher {
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
        let (changed, folder) = (self.changed.clone(), self.folder.clone());
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.map_or(true, |event| matters(&event, &folder)) {
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

/// Whether an event in `folder` can mean other content. FolderContents a file is an event too, and reading is what we do; and
/// careful programs write under hidden names before they rename.
fn matters(event: &notify::Event, folder: &Path) -> bool {
    let is_of_content =
        || !matches!(event.kind, EventKind::Access(_) | EventKind::Modify(ModifyKind::Metadata(_)));
    let is_hidden = |path: &PathBuf| is_hidden(path, folder);
    event.need_rescan() || is_of_content() && (event.paths.is_empty() || !event.paths.iter().all(is_hidden))
}

/// Whether nothing that has this name in `folder` can be content, nor say what is.
fn is_hidden(path: &Path, folder: &Path) -> bool {
    let Ok(relative) = path.strip_prefix(folder) else { return false };
    relative.iter().any(|name| name.as_bytes().starts_with(b".") && name != WELL_KNOWN && name != IGNORE)
}

#[cfg(test)]
mod tests {
    use notify::Event;
    use notify::event::{AccessKind, CreateKind, Flag, MetadataKind, RenameMode};

    use super::*;

    #[test]
    fn what_no_reader_can_see_is_no_change() {
        let create = EventKind::Create(CreateKind::File);
        let rename = EventKind::Modify(ModifyKind::Name(RenameMode::Both));
        let renamed = &[".~tmp~/owls.md", "owls.md"][..];
        for (kind, paths, expected) in [
            (create, &["owls.md"][..], true),
            (create, &[".owls.md.swp"], false),
            (create, &["films/.~tmp~/owls.md"], false),
            (create, &[".~tmp~"], false),
            (create, &[".capsuleignore"], true),
            (create, &["films/.capsuleignore"], true),
            (create, &[".well-known/security.txt"], true),
            (create, &[".git/.well-known"], false),
            (create, &[], true),
            (create, &[""], true),
            (create, &["/elsewhere/.owls.md"], true),
            (rename, renamed, true),
            (rename, &[".owls.md", ".owls.md~"], false),
            (EventKind::Access(AccessKind::Any), &["owls.md"], false),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), &["owls.md"], false),
        ] {
            let folder = Path::new("/srv/.essays");
            let event = paths.iter().fold(Event::new(kind), |event, path| event.add_path(folder.join(path)));
            assert_eq!(matters(&event, folder), expected, "{kind:?} {paths:?}");
        }
        let overrun = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(matters(&overrun, Path::new("/srv")), "the system has lost events");
    }
}
