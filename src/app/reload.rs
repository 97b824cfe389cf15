//! Reload: watches content folders, the configuration, keys and the clock, and applies changes to the [`Service`].

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::Notify;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{interval, sleep};

use super::process::{self, Signals};
use super::service::{ReloadCause, Service};
use crate::disk::{FileWatcher, FolderWatcher, Writers};
use crate::server::WorkerPool;

/// How often certificates are checked for their expiry.
const DAY: Duration = Duration::from_secs(86_400);

/// Watches configuration and keys from now on. Returns the endless task that reloads. Requires a tokio runtime.
pub(super) fn watch(service: Service, mut signals: Signals) -> std::io::Result<impl Future<Output = ()>> {
    let (mut files, worker) = (FileWatcher::default(), WorkerPool::start("reload", 1)?);
    files.watch(service.watched_files());
    let mut watched = service.content_folders();
    service.update_indexes();
    // Otherwise the first reader of an essay would wait for the backlinks.
    let sites = service.sites.clone();
    worker.run(move || sites.load().all.iter().for_each(|site| site.resolve_backlinks()));
    let service = Arc::new(parking_lot::Mutex::new(service));
    Ok(async move {
        let changed = Arc::new(Notify::new());
        // Watches are set up after the service has started, because watching a large archive takes a while.
        let mut _tasks = watch_folders(&watched, &changed).await;
        service.lock().log_unreported(&[]);
        let mut days = interval(DAY);
        days.tick().await;
        // Catches changes between the first reading and the first watch.
        let mut next = Some(Duration::ZERO);
        loop {
            let mut is_requested = false;
            let cause = tokio::select! {
                () = changed.notified() => ReloadCause::Content,
                () = sleep(next.unwrap_or(Duration::MAX)) => ReloadCause::Content,
                () = files.changed() => ReloadCause::Configuration,
                _ = signals.reopen.recv() => ReloadCause::Log,
                _ = signals.hangup.recv() => {
                    is_requested = true;
                    process::notify(NotifyState::Reloading);
                    ReloadCause::Configuration
                }
                _ = days.tick() => ReloadCause::Day,
            };
            let shared = service.clone();
            let reload = worker.compute(move || {
                let mut service = shared.lock();
                if is_requested || cause == ReloadCause::Log {
                    super::messages::print_problems(service.reopen_log().as_slice());
                }
                let next = service.reload(cause);
                (next, service.content_folders(), service.watched_files())
            });
            if let Ok((wait, folders, changed_files)) = reload.await {
                next = wait;
                if folders != watched {
                    _tasks = watch_folders(&folders, &changed).await;
                    watched = folders;
                }
                files.watch(changed_files);
            } else {
                // The panic was printed. What was published before is still served.
                next = None;
                tracing::error!("the reload failed; the previous snapshot is still served");
            }
            if is_requested {
                process::notify(NotifyState::Ready);
            }
        }
    })
}

/// Watches `folders` in tasks that notify `changed`; dropping the set aborts them.
async fn watch_folders(folders: &[(PathBuf, Writers)], changed: &Arc<Notify>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    for (folder, writers) in folders.iter().cloned() {
        // The blocking task fails only if the runtime shuts down.
        let watch = spawn_blocking(move || FolderWatcher::new(&folder, writers)).await;
        let (Ok(mut watch), changed) = (watch, changed.clone()) else { break };
        tasks.spawn(async move {
            loop {
                watch.changed().await;
                changed.notify_one();
            }
        });
    }
    tasks
}
