//! [`Slot`]: one host name, and what is known under it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::Ground;
use super::guest::Guest;
use super::reports::Reports;
use crate::server::Hosted;

/// How long what was found is shown without another look: a saved file is there within a second.
const FRESH: Duration = Duration::from_millis(500);

/// The same while a file is being written.
const UNSETTLED: Duration = Duration::from_millis(60);

/// One host name.
pub(super) struct Slot {
    pub(super) host: String,
    view: Mutex<Option<View>>,
    /// What is loaded. Who holds the lock has the turn.
    guest: Arc<tokio::sync::Mutex<Option<Guest>>>,
    /// When it was last asked for, as the rooms count.
    pub(super) used: AtomicU64,
    /// Bytes that it took when it was loaded; none if nothing is.
    pub(super) weight: AtomicUsize,
}

/// What was found under a name.
struct View {
    /// None if there is no such folder.
    hosted: Option<Arc<Hosted>>,
    /// How long that is shown without another look.
    until: Instant,
    ground: Arc<Ground>,
}

/// What was found is to be looked at again.
pub(super) struct Stale;

/// The right to load what belongs to a name.
pub(super) type Turn = OwnedMutexGuard<Option<Guest>>;

/// What a look at a capsule came to.
pub(super) struct Look {
    /// What readers get; none if there is no such folder.
    pub(super) hosted: Option<Arc<Hosted>>,
    /// Whether something was being written.
    pub(super) unsettled: bool,
}

impl Slot {
    pub(super) fn new(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            view: Mutex::new(None),
            guest: Arc::default(),
            used: AtomicU64::new(0),
            weight: AtomicUsize::new(0),
        }
    }

    /// What was found on `ground` so short a time ago that it is still good.
    pub(super) fn fresh(&self, ground: &Arc<Ground>) -> Result<Option<Arc<Hosted>>, Stale> {
        let view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |view: &&View| Arc::ptr_eq(&view.ground, ground) && Instant::now() < view.until;
        view.as_ref().filter(fresh).map(|view| view.hosted.clone()).ok_or(Stale)
    }

    /// The capsule that was found last; none if there was none.
    pub(super) fn hosted(&self) -> Option<Arc<Hosted>> {
        let view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        view.as_ref()?.hosted.clone()
    }

    /// What was found last.
    pub(super) fn shown(&self) -> Option<Arc<Hosted>> {
        let view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        match view.as_ref() {
            Some(view) => view.hosted.clone(),
            // The look did not come to its end.
            None => Some(Arc::new(Hosted { tls: None, sites: None })),
        }
    }

    /// Waits for the turn.
    pub(super) async fn turn(self: Arc<Self>) -> Turn {
        Arc::clone(&self.guest).lock_owned().await
    }

    /// Whether nobody has the turn, so that nobody waits.
    pub(super) fn is_idle(&self) -> bool {
        self.guest.try_lock().is_ok()
    }

    /// Looks at the capsule, loading or changing what there is to; gives the bytes it took before. Blocks.
    pub(super) fn look(&self, mut turn: Turn, ground: &Arc<Ground>, reports: &Reports) -> usize {
        // What panics half way is not looked at again.
        let before = turn.take();
        let (guest, look) = Guest::look(before, &self.host, ground, reports);
        let weight = guest.as_ref().map_or(0, Guest::weight);
        *turn = guest;
        let weighed = self.weight.swap(weight, Ordering::Relaxed);
        let until = Instant::now() + if look.unsettled { UNSETTLED } else { FRESH };
        let view = View { hosted: look.hosted, until, ground: Arc::clone(ground) };
        *self.view.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
        weighed
    }

    /// Bytes that it takes now: readers have pages made.
    pub(super) fn weigh(&self) -> usize {
        let view = self.view.lock().unwrap_or_else(PoisonError::into_inner);
        let sites = view.as_ref().and_then(|view| view.hosted.as_ref()?.sites.as_ref());
        let made = sites.and_then(|sites| sites.first()).map_or(0, |site| site.cached_bytes());
        self.weight.load(Ordering::Relaxed) + made
    }
}
