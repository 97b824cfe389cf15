//! Admission: how many connections may be open, how many of them from one address, and which one is closed for another.
//!
//! A connection takes a slot of the [`ConnectionLimiter`], an [`AddressSlot`], and a [`PendingSlot`] in the queue of
//! those whose request is incomplete. When all slots are taken, or all of one address, the oldest entry of that queue, or
//! of that address, is evicted. A client sends its request within a fraction of a second, so the oldest entry hardly ever
//! belongs to a client that wants an answer, and clients are admitted however many others hold connections open.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::record::ConnectionOutcome;

/// The limit on open connections, over all addresses and for each. Clones are handles to one limiter.
#[derive(Debug, Clone)]
pub struct ConnectionLimiter {
    slots: Arc<Semaphore>,
    capacity: u32,
    per_address: usize,
    by_prefix: Arc<Mutex<HashMap<IpAddr, usize>>>,
    /// The connections whose request is incomplete.
    pub(super) pending: PendingQueue,
}

/// Connections of one client prefix beyond its limit that get a refusal in words; further ones are closed.
const SURPLUS: usize = 8;

/// A slot of the per-address limit, released on drop.
#[derive(Debug)]
pub(super) struct AddressSlot {
    prefix: IpAddr,
    is_surplus: bool,
    by_prefix: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl AddressSlot {
    /// Returns whether it lies beyond the limit, so that its connection is only to be told so.
    pub(super) fn is_surplus(&self) -> bool {
        self.is_surplus
    }
}

impl ConnectionLimiter {
    /// Allows `connections` in total and `per_address` from one client prefix.
    pub(super) fn new(connections: usize, per_address: usize) -> Self {
        let capacity = u32::try_from(connections.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Self {
            slots: Arc::new(Semaphore::new(capacity as usize)),
            capacity,
            per_address,
            by_prefix: Arc::default(),
            pending: PendingQueue::default(),
        }
    }

    /// Returns whether all slots are taken.
    pub(super) fn is_full(&self) -> bool {
        self.slots.available_permits() == 0
    }

    /// Waits for a free slot. If there is none, evicts the oldest pending connection; if all connections are being
    /// answered, waits for the first of them to end.
    pub(super) async fn acquire(&self) -> OwnedSemaphorePermit {
        if self.is_full() {
            self.pending.evict_oldest();
        }
        Arc::clone(&self.slots).acquire_owned().await.expect("the semaphore is never closed")
    }

    /// Waits until no connection is open, at most until `deadline`; returns whether that was reached.
    pub(super) async fn drained(&self, deadline: Instant) -> bool {
        timeout_at(deadline, self.slots.acquire_many(self.capacity)).await.is_ok()
    }

    /// Takes a slot for `peer`. If its client prefix has none left, its oldest pending connection is evicted; without one,
    /// the slot is a surplus one, or `None` if there are many of these or no room for more connections.
    pub(super) fn address_slot(&self, peer: SocketAddr) -> Option<AddressSlot> {
        let prefix = client_prefix(peer.ip());
        let mut by_prefix = lock(&self.by_prefix);
        let count = by_prefix.entry(prefix).or_default();
        let is_surplus = *count >= self.per_address && !self.pending.evict_oldest_of(Some(prefix));
        if is_surplus && (*count >= self.per_address + SURPLUS || self.is_full()) {
            return None;
        }
        *count += 1;
        drop(by_prefix);
        Some(AddressSlot { prefix, is_surplus, by_prefix: Arc::clone(&self.by_prefix) })
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let mut by_prefix = lock(&self.by_prefix);
        if let Some(count) = by_prefix.get_mut(&self.prefix) {
            *count -= 1;
            if *count == 0 {
                by_prefix.remove(&self.prefix);
            }
        }
    }
}

/// Returns the address that limits count as one client: an IPv4 address, also if it is written as an IPv6 one, or the
/// /64 of an IPv6 address.
fn client_prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// The connections whose request is incomplete, oldest first. Clones are handles to one queue.
#[derive(Debug, Clone, Default)]
pub struct PendingQueue(Arc<Mutex<Queue>>);

#[derive(Debug, Default)]
struct Queue {
    next: u64,
    by_age: BTreeMap<u64, Pending>,
    is_shut_down: bool,
}

#[derive(Debug)]
struct Pending {
    eviction: Arc<Notify>,
    /// The client prefix whose limit counts the connection; `None` for others.
    prefix: Option<IpAddr>,
}

/// The entry of one connection in a [`PendingQueue`], removed on drop.
#[derive(Debug)]
pub struct PendingSlot {
    number: u64,
    eviction: Arc<Notify>,
    queue: PendingQueue,
}

impl PendingQueue {
    /// Appends an entry for a new connection.
    pub fn enter(&self) -> PendingSlot {
        let eviction = Arc::new(Notify::new());
        let mut queue = lock(&self.0);
        let number = queue.next;
        queue.next += 1;
        queue.by_age.insert(number, Pending { eviction: Arc::clone(&eviction), prefix: None });
        drop(queue);
        PendingSlot { number, eviction, queue: self.clone() }
    }

    /// Evicts the oldest entry; returns false if the queue is empty.
    pub fn evict_oldest(&self) -> bool {
        self.evict_oldest_of(None)
    }

    /// Evicts the oldest entry, or the oldest of this client prefix; returns false if there is none.
    fn evict_oldest_of(&self, prefix: Option<IpAddr>) -> bool {
        let mut queue = lock(&self.0);
        let is_meant = |(_, pending): &(&u64, &Pending)| prefix.is_none() || pending.prefix == prefix;
        let Some(number) = queue.by_age.iter().find(is_meant).map(|(number, _)| *number) else {
            return false;
        };
        let evicted = queue.by_age.remove(&number);
        evicted.inspect(|pending| pending.eviction.notify_one()).is_some()
    }

    /// Evicts all entries because the server is about to stop.
    pub(super) fn shut_down(&self) {
        let mut queue = lock(&self.0);
        queue.is_shut_down = true;
        for pending in std::mem::take(&mut queue.by_age).into_values() {
            pending.eviction.notify_one();
        }
    }
}

impl PendingSlot {
    /// Lets the connection be evicted for another one of its address, unless its slot is a surplus one.
    pub(super) fn assign(&self, slot: &AddressSlot) {
        if let Some(pending) = lock(&self.queue.0).by_age.get_mut(&self.number) {
            pending.prefix = (!slot.is_surplus).then_some(slot.prefix);
        }
    }

    /// Leaves the queue because the request is complete; from now on the connection cannot be evicted.
    /// Fails if the connection was evicted already: the outcome to record.
    pub(super) fn leave(&self) -> Result<(), ConnectionOutcome> {
        let entry = lock(&self.queue.0).by_age.remove(&self.number);
        if entry.is_some() { Ok(()) } else { Err(self.eviction_outcome()) }
    }

    /// Waits until the connection is evicted; returns the outcome to record.
    pub(super) async fn evicted(&self) -> ConnectionOutcome {
        self.eviction.notified().await;
        self.eviction_outcome()
    }

    fn eviction_outcome(&self) -> ConnectionOutcome {
        let is_shut_down = lock(&self.queue.0).is_shut_down;
        if is_shut_down { ConnectionOutcome::Stopped } else { ConnectionOutcome::Evicted }
    }
}

impl Drop for PendingSlot {
    fn drop(&mut self) {
        lock(&self.queue.0).by_age.remove(&self.number);
    }
}

/// Locks a mutex. No code in this module panics between two writes under a lock, so a poisoned value is still whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
