//! Who is inside and has not finished their request: whoever has taken longest over it makes room for a newcomer.
//!
//! A reader needs a fraction of a second, and a client that holds a place for the sake of holding it does not come
//! to an end. So the oldest of them is hardly ever a reader, and readers get in however many others hold on.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::access_log::ConnectionOutcome;

/// The line of those whose request is not finished; cloning it gives another handle on the same one.
#[derive(Debug, Clone, Default)]
pub struct PendingQueue(Arc<Mutex<Line>>);

#[derive(Debug, Default)]
struct Line {
    next: u64,
    /// By age, the oldest first.
    seats: BTreeMap<u64, Arc<Notify>>,
    /// Whether the server is about to end.
    ending: bool,
}

/// A connection's place in the line, from its beginning to its end.
#[derive(Debug)]
pub struct PendingSlot {
    number: u64,
    called: Arc<Notify>,
    line: PendingQueue,
}

impl PendingQueue {
    /// A seat for a connection that begins now.
    pub fn enter(&self) -> PendingSlot {
        let called = Arc::new(Notify::new());
        let mut line = self.lock();
        let number = line.next;
        line.next += 1;
        line.seats.insert(number, Arc::clone(&called));
        drop(line);
        PendingSlot { number, called, line: self.clone() }
    }

    /// Asks whoever has taken longest to leave; false if everybody has finished their request.
    pub fn make_room(&self) -> bool {
        let oldest = self.lock().seats.pop_first();
        oldest.is_some_and(|(_, called)| {
            called.notify_one();
            true
        })
    }

    /// Asks everybody to leave, because the server is about to end.
    pub(super) fn dismiss(&self) {
        let mut line = self.lock();
        line.ending = true;
        for called in std::mem::take(&mut line.seats).into_values() {
            called.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        // Nothing under the lock panics half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PendingSlot {
    /// Takes the seat out of the line, once its request is finished: nobody will ask it to leave any more. False if
    /// somebody already has.
    pub(super) fn keep(&self) -> bool {
        self.line.lock().seats.remove(&self.number).is_some()
    }

    /// Waits until this seat is asked to leave; says why.
    pub(super) async fn called(&self) -> ConnectionOutcome {
        self.called.notified().await;
        self.why()
    }

    /// Why this seat was asked to leave, if it was.
    pub(super) fn why(&self) -> ConnectionOutcome {
        if self.line.lock().ending { ConnectionOutcome::Stopped } else { ConnectionOutcome::MadeRoom }
    }
}

impl Drop for PendingSlot {
    fn drop(&mut self) {
        self.line.lock().seats.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_who_is_served_stays() {
        let waiting = PendingQueue::default();
        let (served, left, third, fourth) =
            (waiting.enter(), waiting.enter(), waiting.enter(), waiting.enter());
        assert!(served.keep());
        drop(left);
        assert!(waiting.make_room());
        assert!(!third.keep() && fourth.keep());
        assert!(!waiting.make_room());
        drop((served, third, fourth));
        assert!(waiting.lock().seats.is_empty());
    }
}
