//! [`Rooms`]: every name that was asked for with what is loaded of it, within one budget.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::slot::Slot;

/// Capsules that nobody asked for in so long a time are dropped though there is room.
const IDLE: Duration = Duration::from_secs(600);

/// Below its budget by this part of it the memory is kept once it was exceeded: so not every load drops something.
const SLACK: usize = 16;

/// What the allocator takes for some bytes in use, in percent: between what is in use there are gaps that nothing
/// fits. Measured after thousands of capsules had come and gone.
const WITH_GAPS: usize = 125;

/// Every name that was asked for, with what is loaded of it.
pub(super) struct Rooms {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    /// Bytes that may be in use.
    budget: usize,
    /// Bytes that are, about: what readers had made since the last round is not in it.
    taken: AtomicUsize,
    opened: Instant,
}

impl Rooms {
    /// Rooms for `budget` bytes.
    pub(super) fn new(budget: u64) -> Self {
        let budget = usize::try_from(budget).unwrap_or(usize::MAX) / WITH_GAPS * 100;
        Self { slots: Mutex::default(), budget, taken: AtomicUsize::new(0), opened: Instant::now() }
    }

    /// The slot of a name that is asked for now.
    pub(super) fn slot(&self, host: &str) -> Arc<Slot> {
        let mut slots = self.slots();
        let slot = match slots.get(host) {
            Some(slot) => Arc::clone(slot),
            None => Arc::clone(slots.entry(host.to_owned()).or_insert_with(|| Arc::new(Slot::new(host)))),
        };
        drop(slots);
        slot.used.store(self.now(), Ordering::Relaxed);
        slot
    }

    /// After a look at what belongs to `slot`, which weighed `before`: keeps within the budget, and no names that
    /// there is nothing of.
    pub(super) fn after(&self, slot: &Arc<Slot>, before: usize) {
        let weight = slot.weight.load(Ordering::Relaxed);
        if weight == 0 {
            let mut slots = self.slots();
            if slots.get(&slot.host).is_some_and(|known| Arc::ptr_eq(known, slot)) {
                slots.remove(&slot.host);
            }
        }
        let taken = self.taken.fetch_add(weight, Ordering::Relaxed) + weight;
        self.taken.fetch_sub(before.min(taken), Ordering::Relaxed);
        if taken.saturating_sub(before) > self.budget {
            self.make_room(Some(slot));
        }
    }

    /// Weighs everything anew, and drops what is idle.
    pub(super) fn look_round(&self) {
        let long_ago = self.now().saturating_sub(millis(IDLE));
        let mut idle = Vec::new();
        self.slots().retain(|_, slot| {
            let goes = slot.used.load(Ordering::Relaxed) < long_ago && slot.is_idle();
            if goes {
                idle.push(Arc::clone(slot));
            }
            !goes
        });
        // Not under the lock: a large capsule takes its time to go.
        drop(idle);
        self.make_room(None);
    }

    /// Drops what was asked for longest ago until the rest is within the budget; `newest` stays in any case.
    fn make_room(&self, newest: Option<&Arc<Slot>>) {
        let mut dropped = Vec::new();
        let mut slots = self.slots();
        let mut all: Vec<(u64, usize, Arc<Slot>)> = slots
            .values()
            .map(|slot| (slot.used.load(Ordering::Relaxed), slot.weigh(), Arc::clone(slot)))
            .collect();
        let mut taken: usize = all.iter().map(|(_, weight, _)| weight).sum();
        if taken > self.budget {
            let enough = self.budget - self.budget / SLACK;
            all.sort_unstable_by_key(|(used, _, _)| *used);
            for (_, weight, slot) in all {
                if taken <= enough {
                    break;
                }
                let stays = newest.is_some_and(|newest| Arc::ptr_eq(newest, &slot));
                if !stays && slot.is_idle() {
                    slots.remove(&slot.host);
                    taken -= weight;
                    dropped.push(slot);
                }
            }
        }
        drop(slots);
        self.taken.store(taken, Ordering::Relaxed);
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<String, Arc<Slot>>> {
        // A map of names is never left half changed.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names there is a slot for, in order.
    #[cfg(test)]
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.slots().keys().cloned().collect();
        names.sort();
        names
    }

    /// Milliseconds since these rooms were opened.
    fn now(&self) -> u64 {
        millis(self.opened.elapsed())
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loads something of `weight` bytes under a name, as at a moment.
    fn load(rooms: &Rooms, host: &str, weight: usize, used: u64) -> Arc<Slot> {
        let slot = rooms.slot(host);
        slot.used.store(used, Ordering::Relaxed);
        let before = slot.weight.swap(weight, Ordering::Relaxed);
        rooms.after(&slot, before);
        slot
    }

    #[test]
    fn what_was_asked_for_longest_ago_makes_room() {
        let rooms = Rooms::new(1_250);
        for (number, host) in ["a", "b", "c", "d"].into_iter().enumerate() {
            load(&rooms, host, 240, number as u64);
        }
        assert_eq!(rooms.names(), ["a", "b", "c", "d"]);
        load(&rooms, "a", 240, 10);
        load(&rooms, "e", 240, 11);
        // One more than has to go, so that the next one finds room.
        assert_eq!(rooms.names(), ["a", "d", "e"]);
        // Larger than everything: it is served all the same, alone, and the next one replaces it.
        load(&rooms, "f", 5_000, 12);
        assert_eq!(rooms.names(), ["f"]);
        load(&rooms, "g", 10, 13);
        assert_eq!(rooms.names(), ["g"]);
        assert_eq!(rooms.taken.load(Ordering::Relaxed), 10);
    }

    #[tokio::test]
    async fn what_is_being_looked_at_stays_and_what_is_nothing_goes() {
        let rooms = Rooms::new(1_250);
        let a = load(&rooms, "a", 600, 1);
        let turn = a.turn().await;
        load(&rooms, "b", 600, 2);
        load(&rooms, "nobody", 0, 3);
        load(&rooms, "c", 600, 4);
        assert_eq!(rooms.names(), ["a", "c"]);
        drop(turn);
        load(&rooms, "d", 600, 5);
        assert_eq!(rooms.names(), ["d"]);
    }

    #[test]
    fn idle_capsules_are_dropped_though_there_is_room() {
        let mut rooms = Rooms::new(1_250);
        rooms.opened = Instant::now().checked_sub(IDLE * 2).expect("a machine that runs for a while");
        load(&rooms, "a", 10, 0);
        load(&rooms, "b", 10, rooms.now());
        rooms.look_round();
        assert_eq!(rooms.names(), ["b"]);
        assert_eq!(rooms.taken.load(Ordering::Relaxed), 10);
    }
}
