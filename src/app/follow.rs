//! Following: what changes after the start is seen here, and put in force by [`Running`].
//!
//! Three things are followed: the content folders, the files of the configuration and of the keys, and the clock.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::interval;

use super::banner;
use super::running::{Cause, Running};
use crate::disk::{FileWatcher, FolderWatcher};
use crate::server::WorkerPool;

/// How often the ends of certificates are looked at.
const DAY: Duration = Duration::from_secs(86_400);

/// Who looks out for causes.
pub(super) struct Lookout {
    running: Arc<Mutex<Running>>,
    rounds: WorkerPool,
    /// The content folders of the first edition.
    content: Vec<PathBuf>,
    files: FileWatcher,
    hangup: Signal,
}

impl Lookout {
    /// For [`follow`]; what changes in files of the configuration is noticed from now on. Must be called within a tokio
    /// runtime.
    pub(super) fn new(running: Running) -> std::io::Result<Self> {
        let mut files = FileWatcher::default();
        files.watch(running.files());
        let hangup = signal(SignalKind::hangup())?;
        let content = running.folders();
        let running = Arc::new(Mutex::new(running));
        Ok(Self { running, rounds: WorkerPool::start("rounds", 1)?, content, files, hangup })
    }
}

/// Makes a round whenever there is a cause for one; never returns.
pub(super) async fn follow(lookout: Lookout) {
    let Lookout { running, rounds, content, mut files, mut hangup } = lookout;
    let (mut folders, changed) = (Folders::default(), Arc::new(Notify::new()));
    // In a large archive that takes a while: readers are served already.
    folders.watch(content, &changed).await;
    let mut days = interval(DAY);
    days.tick().await;
    // What changed between the first reading and the first watch would be missed otherwise.
    let mut again_after = Some(Duration::ZERO);
    loop {
        let wait = async {
            match again_after {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        let mut asked = false;
        let cause = tokio::select! {
            () = changed.notified() => Cause::Content,
            () = wait => Cause::Content,
            () = files.changed() => Cause::Settings,
            _ = hangup.recv() => {
                asked = true;
                super::manager::reloading();
                Cause::Settings
            }
            _ = days.tick() => Cause::Day,
        };
        let shared = running.clone();
        let round = rounds.compute(move || {
            let mut running = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if asked {
                banner::problems(running.reopen_log().as_slice());
            }
            let again_after = running.round(cause);
            (again_after, running.folders(), running.files())
        });
        if let Ok((again, content, settings)) = round.await {
            again_after = again;
            folders.watch(content, &changed).await;
            files.watch(settings);
        } else {
            // A bug in reading one folder must not end the serving of what was read before. It was printed.
            again_after = None;
            tracing::error!("the folder could not be published anew");
        }
        if asked {
            super::manager::ready();
        }
    }
}

/// The content folders being watched, each by a task of its own.
#[derive(Default)]
struct Folders {
    watched: Vec<PathBuf>,
    tasks: JoinSet<()>,
}

impl Folders {
    /// Watches exactly these from now on, and tells `changed`.
    async fn watch(&mut self, folders: Vec<PathBuf>, changed: &Arc<Notify>) {
        if folders == self.watched {
            return;
        }
        // The tasks of the others end with the set they are in.
        self.tasks = JoinSet::new();
        for folder in folders.clone() {
            // A watch that fails can only have been cut short by the end of the program.
            let Ok(mut watch) = spawn_blocking(move || FolderWatcher::new(&folder)).await else { return };
            let changed = changed.clone();
            self.tasks.spawn(async move {
                loop {
                    watch.changed().await;
                    changed.notify_one();
                }
            });
        }
        self.watched = folders;
    }
}
