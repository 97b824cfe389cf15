//! Hosting: capsules in a folder of folders named after host names, each loaded when it is first requested.
//!
//! A [`CapsuleCache`] holds an entry for each requested name. The first connection that requests a name has
//! its [`HostedCapsule`](capsule::HostedCapsule) loaded by a loader thread, and others wait for it: settings, key and
//! essays of the capsule are read, and refreshed at later requests. Capsules that were requested longest ago are
//! evicted when the cache exceeds its memory budget.

mod cache;
mod capsule;
mod folder;
mod key;
mod reports;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::{MissedTickBehavior, interval, timeout};

pub use capsule::HostingContext;
pub use folder::{capsule_config, capsule_folder, check_folder};
pub use key::{HostedTls, log_created_key, log_replaced_key};
pub use reports::Print;

use crate::config::Config;
use crate::host::HostName;
use crate::identity;
use crate::problem::Problem;
use crate::server::{Hosted, HostedFuture, Hosting, WorkerPool};
use cache::{CacheEntry, CapsuleCache};
use capsule::unavailable;
use reports::Reports;

/// Threads that load capsules: more than small machines have processors, so that one large capsule does not delay all
/// others.
const LOADERS: usize = 4;

/// How often the cache is weighed.
const EVICTION_INTERVAL: Duration = Duration::from_secs(1);

/// How long a request for a loaded capsule waits until its folder was read again, which usually takes milliseconds.
/// On a disk that hangs, the request is then answered from what is loaded.
const MAX_REFRESH: Duration = Duration::from_millis(300);

/// The hosted capsules. Clones share the cache.
#[derive(Clone)]
pub struct HostedCapsules(Arc<Shared>);

struct Shared {
    context: ArcSwap<HostingContext>,
    cache: CapsuleCache,
    reports: Reports,
    loaders: WorkerPool,
}

impl HostedCapsules {
    /// Starts the loader threads for the capsules in the folder of `context`, which may take `memory` bytes. Problems of
    /// capsules are printed with `print`. No capsule is read yet.
    pub fn new(context: HostingContext, memory: u64, print: Print) -> Result<Self, Problem> {
        let loaders = WorkerPool::start("loader", LOADERS).map_err(|error| {
            Problem::error(format!("cannot start the threads that load capsules: {error}"))
        })?;
        // In the background, because the folder may hold thousands of keys.
        let certs = context.config.certs.clone();
        loaders.run(move || identity::clean_up(&certs));
        let (cache, reports) = (CapsuleCache::new(memory), Reports::new(print));
        let context = ArcSwap::from_pointee(context);
        Ok(Self(Arc::new(Shared { context, cache, reports, loaders })))
    }

    /// Replaces configuration and TLS; each capsule is refreshed when it is next requested. The folder and the port stay.
    pub fn replace_config(&self, config: Config, tls: HostedTls) {
        let current = self.0.context.load();
        let (folder, gemini_port) = (current.folder.clone(), current.gemini_port);
        self.0.context.store(Arc::new(HostingContext { folder, config, gemini_port, tls }));
    }

    /// Evicts capsules at regular intervals; never returns.
    pub async fn evict(self) {
        let mut ticks = interval(EVICTION_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let shared = self.0.clone();
            // A panic was printed where it happened, and the next tick tries again.
            let _ = self.0.loaders.run_and_notify(move || shared.cache.evict_idle()).await;
        }
    }

    async fn find(&self, host: &str) -> Option<Arc<Hosted>> {
        HostName::from_folder_name(host)?;
        let entry = self.0.cache.entry(host);
        let context = self.0.context.load_full();
        let last = entry.outcome();
        if let Some(last) = last.as_ref().filter(|last| last.is_fresh(&context)) {
            return last.hosted.clone();
        }
        let previous = last.and_then(|last| last.hosted.clone());
        let load = self.load_or_wait(entry, context);
        match previous {
            Some(previous) => timeout(MAX_REFRESH, load).await.unwrap_or(Some(previous)),
            None => load.await,
        }
    }

    /// Loads the capsule of `entry`, or waits for another request that does.
    async fn load_or_wait(
        &self,
        entry: Arc<CacheEntry>,
        context: Arc<HostingContext>,
    ) -> Option<Arc<Hosted>> {
        let guard = entry.lock().await;
        if let Some(last) = entry.outcome().filter(|last| last.is_fresh(&context)) {
            return last.hosted.clone();
        }
        let (shared, loaded) = (self.0.clone(), entry.clone());
        // The load runs to its end even if this request is dropped meanwhile: the next one needs its result.
        let done = self.0.loaders.run_and_notify(move || {
            shared.cache.load(&loaded, guard, &context, &shared.reports);
        });
        // An error means that the load panicked, which was printed; the previous result is still valid.
        let _ = done.await;
        entry.outcome().map_or_else(|| Some(unavailable()), |last| last.hosted.clone())
    }
}

impl Hosting for HostedCapsules {
    fn load<'a>(&'a self, host: &'a str) -> HostedFuture<'a> {
        Box::pin(self.find(host))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::config::{File, Overrides, resolve};
    use crate::identity::KeyStore;
    use crate::server::tls;

    fn tls(config: &Config) -> HostedTls {
        let key_store = KeyStore::Managed { folder: config.certs.clone() };
        let (identity, _) =
            identity::load_or_create(&key_store, &["localhost".to_owned()]).expect("an identity");
        let tickets = tls::tickets().expect("tickets");
        HostedTls::new(*config.settings.gemini.min_tls, &identity.certified, tickets).expect("TLS")
    }

    /// Returns the capsules `names` in a folder of their own, with the configuration that hosts them.
    fn hosted(scratch: &Path, names: &[&str]) -> (HostedCapsules, Config) {
        for name in names {
            let folder = scratch.join("hosted").join(name);
            fs::create_dir_all(&folder).expect("writable");
            fs::write(folder.join("index.md"), "# A capsule\n").expect("writable");
        }
        let file = File::parse("config.toml", "capsules = \"hosted\"\n").expect("a file");
        let config =
            resolve(&Overrides::default(), Some(&file), scratch, &scratch.join("certs")).expect("good");
        let (config, tls) = (config.clone(), tls(&config));
        let context =
            HostingContext { folder: scratch.join("hosted"), config: config.clone(), gemini_port: 1965, tls };
        (HostedCapsules::new(context, 64_000_000, |_| {}).expect("threads"), config)
    }

    #[tokio::test]
    async fn loaded_capsule_is_served_while_its_disk_hangs() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let (capsules, config) = hosted(scratch.path(), &["a.example", "b.example"]);
        let before = capsules.find("a.example").await.expect("there");
        assert!(before.sites.is_some() && before.tls.is_some());
        // The new context makes a refresh necessary, and the guard stands for one that does not end.
        let guard = capsules.0.cache.entry("a.example").lock().await;
        let tls = tls(&config);
        capsules.replace_config(config, tls);
        let meanwhile = capsules.find("a.example").await.expect("there");
        assert!(Arc::ptr_eq(&meanwhile, &before));
        assert!(capsules.find("b.example").await.is_some_and(|hosted| hosted.sites.is_some()));
        drop(guard);
        let after = capsules.find("a.example").await.expect("there");
        assert!(after.sites.is_some() && !Arc::ptr_eq(&after, &before));
    }

    #[tokio::test]
    async fn names_without_a_folder_leave_no_entry_and_no_key() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let (capsules, _) = hosted(scratch.path(), &["a.example"]);
        let ask = |number: usize| {
            let capsules = capsules.clone();
            async move { capsules.find(&format!("unknown-{}.example", number % 700)).await.is_none() }
        };
        let asked: tokio::task::JoinSet<bool> = (0..2_000).map(ask).collect();
        assert!(asked.join_all().await.into_iter().all(|is_unknown| is_unknown));
        assert_eq!(capsules.0.cache.hosts(), Vec::<String>::new());
        assert!(capsules.find("a.example").await.is_some());
        assert_eq!(capsules.0.cache.hosts(), ["a.example"]);
        let keys = fs::read_dir(scratch.path().join("certs")).expect("a folder");
        let mut keys: Vec<_> = keys.map(|key| key.expect("an entry").file_name()).collect();
        keys.sort();
        assert_eq!(keys, ["a.example.pem", "localhost.pem"]);
    }
}
