//! Hosting: capsules in a folder of folders named after host names, each loaded when it is first requested.
//!
//! A [`CapsuleCache`] holds an entry for each requested name. The first connection that requests a name has its
//! [`HostedCapsule`](capsule::HostedCapsule) loaded by a loader thread, and others wait for it: its settings, key and
//! essays are read, and refreshed at later requests. Over the memory budget, those requested longest ago are evicted.

mod cache;
mod capsule;
mod key;
mod reports;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};

pub use capsule::{HostingContext, capsule_config, capsule_folder, check_folder};
pub use key::log_new_key;
pub use reports::Print;

use crate::config::Config;
use crate::host::HostName;
use crate::problem::Problem;
use crate::server::{Hosted, HostedFuture, Hosting, WorkerPool};
use cache::{CacheEntry, CapsuleCache, LoadGuard};
use reports::Reports;

/// Threads that load capsules: more than small machines have processors.
const LOADERS: usize = 4;

/// Threads that load slow capsules, so that these wait only for each other.
const SLOW_LOADERS: usize = 2;

/// A capsule is slow if its last load took longer than this, which is a hundred times as long as a refresh takes.
const SLOW: Duration = Duration::from_millis(100);

/// A loader that a load holds for longer than this is replaced until the load ends.
const MAX_HOLD: Duration = Duration::from_secs(1);

/// The most loaders that are replaced at once: each takes a thread with a stack.
const MAX_REPLACED: usize = 16;

const EVICTION_INTERVAL: Duration = Duration::from_secs(1);

/// How long a request for a loaded capsule waits for a refresh. After that it is answered from what is loaded.
const MAX_REFRESH: Duration = Duration::from_millis(300);

/// How long a request waits before a capsule that awaits its settings is loaded again.
const LOOK_AGAIN: Duration = Duration::from_millis(60);

/// The hosted capsules.
pub struct HostedCapsules {
    context: ArcSwap<HostingContext>,
    cache: CapsuleCache,
    loaders: WorkerPool,
    indexer: WorkerPool,
    slow_loaders: WorkerPool,
    replacements: Semaphore,
}

impl HostedCapsules {
    /// Starts threads that load capsules of `context` on request, into `memory` bytes. Prints problems with `print`.
    pub fn new(context: Arc<HostingContext>, memory: u64, print: Print) -> Result<Arc<Self>, Problem> {
        let problem = |error| Problem::error(format!("cannot start the threads that load capsules: {error}"));
        let loaders = WorkerPool::start("loader", LOADERS).map_err(problem)?;
        // In the background, because the folder may hold thousands of keys.
        let certs = context.config.certs.clone();
        loaders.run(move || crate::identity::remove_temporary_files(&certs, None));
        Ok(Arc::new(Self {
            context: ArcSwap::new(context),
            cache: CapsuleCache::new(memory, Reports::new(print)),
            loaders,
            indexer: WorkerPool::in_background("index").map_err(problem)?,
            slow_loaders: WorkerPool::start("slow-loader", SLOW_LOADERS).map_err(problem)?,
            replacements: Semaphore::new(MAX_REPLACED),
        }))
    }

    /// Replaces the configuration; each capsule is refreshed when it is next requested. The folder and the port stay.
    pub fn replace_config(&self, config: Config) {
        let current = self.context.load();
        let (folder, gemini_port) = (current.folder.clone(), current.gemini_port);
        self.context.store(Arc::new(HostingContext { folder, config, gemini_port }));
    }

    /// Evicts capsules at regular intervals; never returns.
    pub async fn evict(self: Arc<Self>) {
        loop {
            let (shared, now) = (self.clone(), Instant::now());
            // A panic was printed where it happened, and the next round tries again.
            let _ = self.loaders.compute(move || shared.cache.evict_idle(now)).await;
            sleep(EVICTION_INTERVAL).await;
        }
    }

    /// Returns the capsule named `host`, loaded or refreshed if necessary, or `None` if there is none.
    async fn find(self: &Arc<Self>, host: &str) -> Option<Arc<Hosted>> {
        let entry = self.cache.entry(&HostName::from_folder_name(host)?);
        let context = self.context.load_full();
        let last = entry.outcome.load_full().filter(|last| !last.awaits_settings);
        if let Some(last) = last.as_ref().filter(|last| last.is_fresh(&context)) {
            return last.hosted.clone();
        }
        let load = async {
            while self.load_if_stale(&entry, &context).await {
                sleep(LOOK_AGAIN).await;
            }
            entry.outcome.load_full().map_or_else(|| Some(Arc::default()), |last| last.hosted.clone())
        };
        match last.and_then(|last| last.hosted.clone()) {
            Some(previous) => timeout(MAX_REFRESH, load).await.unwrap_or(Some(previous)),
            None => load.await,
        }
    }

    /// Loads the capsule of `entry` unless another request did meanwhile. Returns whether it still awaits its settings.
    async fn load_if_stale(self: &Arc<Self>, entry: &Arc<CacheEntry>, context: &Arc<HostingContext>) -> bool {
        let guard = entry.capsule.clone().lock_owned().await;
        if entry.outcome.load_full().is_none_or(|last| !last.is_fresh(context)) {
            // The load runs to its end even if this request is dropped: the next one needs its result.
            let load = tokio::spawn(self.clone().load(entry.clone(), guard, context.clone()));
            // An error means that the load panicked, which was printed; the previous result is still valid.
            let _ = load.await;
        }
        entry.outcome.load_full().is_some_and(|outcome| outcome.awaits_settings)
    }

    /// Loads the capsule of `entry` on a loader: on one of the slow ones if its last load was slow.
    async fn load(self: Arc<Self>, entry: Arc<CacheEntry>, guard: LoadGuard, context: Arc<HostingContext>) {
        let is_slow = self.cache.reports.of(&entry.host).is_slow;
        let (loaders, shared) = (if is_slow { &self.slow_loaders } else { &self.loaders }, self.clone());
        let mut done = loaders.compute(move || {
            let started = Instant::now();
            shared.cache.load(&entry, guard, &context);
            let hosted = entry.outcome.load_full().and_then(|outcome| outcome.hosted.clone());
            if let Some(sites) = hosted.and_then(|hosted| hosted.sites.as_ref().map(Arc::downgrade)) {
                // Nothing is left to do for a capsule that was evicted meanwhile.
                shared.indexer.run(move || _ = sites.upgrade().map(|sites| sites.prepare_search(None)));
            }
            let is_slow = started.elapsed() > SLOW;
            // Nothing is remembered of names without a capsule.
            if shared.cache.reports.of(&entry.host).is_slow != is_slow {
                shared.cache.reports.update(&entry.host, |report| report.is_slow = is_slow);
            }
        });
        if timeout(MAX_HOLD, &mut done).await.is_ok() {
            return;
        }
        let permit = if is_slow { None } else { self.replacements.try_acquire().ok() };
        let replacement = permit.filter(|_| self.loaders.add_thread().is_ok());
        let _ = done.await;
        if replacement.is_some() {
            self.loaders.remove_thread();
        }
    }
}

impl Hosting for Arc<HostedCapsules> {
    fn load<'a>(&'a self, host: &'a HostName) -> HostedFuture<'a> {
        Box::pin(self.find(host))
    }
}
