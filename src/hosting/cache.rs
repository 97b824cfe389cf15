//! The cache of hosted capsules by host name, bounded by the bytes that they hold.
//!
//! A general cache weighs an entry once, when it is inserted. A capsule grows while it is read, because pages and
//! indexes are made on demand, so [`CapsuleCache`] weighs all entries again and evicts those not requested for longest.
//! An entry that is being loaded is never evicted, and connections keep the capsule they answer from.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::capsule::{HostedCapsule, HostingContext, LoadOutcome};
use super::reports::Reports;
use crate::host::HostName;

/// A capsule that was not requested for this long is evicted even if there is memory left.
const IDLE: Duration = Duration::from_secs(600);

/// Evictions go on until one 16th of the budget is free, so that not every load evicts something.
const SLACK: usize = 16;

/// Memory that the allocator takes for the bytes in use, in percent, measured after thousands of evictions.
const FRAGMENTATION: usize = 125;

/// The capsules that were requested, by host name.
pub(super) struct CapsuleCache {
    /// Each entry with the time of its last request.
    entries: Mutex<HashMap<HostName, (Instant, Arc<CacheEntry>)>>,
    /// The most bytes that loaded capsules may hold.
    budget: usize,
    pub(super) reports: Reports,
}

pub(super) struct CacheEntry {
    pub(super) host: HostName,
    pub(super) outcome: ArcSwapOption<LoadOutcome>,
    /// Locked while the capsule is loaded or refreshed.
    pub(super) capsule: Arc<tokio::sync::Mutex<Option<HostedCapsule>>>,
    bytes: AtomicUsize,
}

pub(super) type LoadGuard = OwnedMutexGuard<Option<HostedCapsule>>;

impl CapsuleCache {
    pub(super) fn new(budget: u64, reports: Reports) -> Self {
        let budget = usize::try_from(budget).unwrap_or(usize::MAX) / FRAGMENTATION * 100;
        Self { entries: Mutex::default(), budget, reports }
    }

    pub(super) fn entry(&self, host: &HostName) -> Arc<CacheEntry> {
        let now = Instant::now();
        let mut entries = self.entries.lock();
        let (requested, entry) = entries.entry(host.clone()).or_insert_with(|| (now, CacheEntry::new(host)));
        *requested = now;
        entry.clone()
    }

    /// Loads or refreshes the capsule of `entry`, and evicts others if the cache exceeds its budget. Blocks.
    pub(super) fn load(&self, entry: &Arc<CacheEntry>, mut guard: LoadGuard, context: &Arc<HostingContext>) {
        // Taken out of the entry, so that a capsule whose load panics is not used again.
        let (capsule, outcome) = HostedCapsule::load(guard.take(), &entry.host, context, &self.reports);
        let bytes = capsule.as_ref().map_or(0, |capsule| capsule.bytes);
        *guard = capsule;
        entry.outcome.store(Some(Arc::new(outcome)));
        let before = entry.bytes.swap(bytes, Ordering::Relaxed);
        if bytes == 0 {
            // There is no such capsule. If this entry was evicted during the load, another one may have its name.
            let mut entries = self.entries.lock();
            if entries.get(&entry.host).is_some_and(|(_, known)| Arc::ptr_eq(known, entry)) {
                entries.remove(&entry.host);
            }
        }
        let held = || self.entries.lock().values().map(|(_, entry)| entry.bytes.load(Ordering::Relaxed)).sum();
        if bytes > before && self.budget < held() {
            self.evict(Some(entry));
        }
    }

    /// Weighs all capsules again and evicts those that are idle at `now`.
    pub(super) fn evict_idle(&self, now: Instant) {
        let is_idle = |requested| now.saturating_duration_since(requested) > IDLE;
        let evictable =
            |_: &_, (requested, entry): &mut (_, Arc<CacheEntry>)| is_idle(*requested) && !entry.is_loading();
        let evicted: Vec<_> = self.entries.lock().extract_if(evictable).collect();
        // Outside of the lock: freeing a large capsule takes a while.
        drop(evicted);
        self.evict(None);
    }

    /// Evicts the capsules that were requested longest ago until the others fit the budget; never `newest`.
    fn evict(&self, newest: Option<&Arc<CacheEntry>>) {
        let mut entries = self.entries.lock();
        let weighed = entries.values().map(|(requested, entry)| (*requested, entry.weigh(), entry.clone()));
        let mut by_age: Vec<(Instant, usize, Arc<CacheEntry>)> = weighed.collect();
        let mut held: usize = by_age.iter().map(|(_, bytes, _)| bytes).sum();
        if held <= self.budget {
            return;
        }
        by_age.sort_by_key(|(requested, ..)| *requested);
        for (_, bytes, entry) in &by_age {
            if held <= self.budget - self.budget / SLACK {
                break;
            }
            let is_newest = newest.is_some_and(|newest| Arc::ptr_eq(newest, entry));
            if !is_newest && !entry.is_loading() {
                entries.remove(&entry.host);
                held -= bytes;
            }
        }
        // Unlocks the map before the evicted capsules are freed, which takes a while.
        drop(entries);
    }
}

impl CacheEntry {
    fn new(host: &HostName) -> Arc<Self> {
        let (outcome, capsule, bytes) = (ArcSwapOption::default(), Arc::default(), AtomicUsize::default());
        Arc::new(Self { host: host.clone(), outcome, capsule, bytes })
    }

    fn is_loading(&self) -> bool {
        self.capsule.try_lock().is_err()
    }

    /// Returns the bytes that the capsule holds now, including pages and indexes that were made on demand.
    fn weigh(&self) -> usize {
        let hosted = self.outcome.load().as_ref().and_then(|outcome| outcome.hosted.clone());
        let sites = hosted.as_ref().and_then(|hosted| hosted.sites.as_ref());
        let made = sites.and_then(|sites| sites.all.first()).map_or(0, |site| site.cached_bytes());
        self.bytes.load(Ordering::Relaxed) + made
    }
}
