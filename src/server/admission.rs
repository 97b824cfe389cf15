//! Admission: how many connections may be open, how many of them from one address, and which one is closed for another.
//!
//! A connection takes a slot of the [`ConnectionLimiter`], an [`AddressSlot`], and a [`PendingSlot`] in the queue of
//! those whose request is incomplete. When all slots are taken, the oldest entry of that queue is evicted. A client
//! sends its request within a fraction of a second, so the oldest entry hardly ever belongs to a client that wants an
//! answer, and clients are admitted however many others hold connections open.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;
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

/// A slot of the per-address limit, released on drop.
#[derive(Debug)]
pub(super) struct AddressSlot {
    prefix: IpAddr,
    by_prefix: Arc<Mutex<HashMap<IpAddr, usize>>>,
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

    /// Takes a slot for `peer`; `None` if its client prefix has none left.
    pub(super) fn address_slot(&self, peer: SocketAddr) -> Option<AddressSlot> {
        let prefix = client_prefix(peer.ip());
        let mut by_prefix = lock(&self.by_prefix);
        let count = by_prefix.entry(prefix).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        drop(by_prefix);
        Some(AddressSlot { prefix, by_prefix: Arc::clone(&self.by_prefix) })
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
    by_age: BTreeMap<u64, Arc<Notify>>,
    is_shut_down: bool,
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
        queue.by_age.insert(number, Arc::clone(&eviction));
        drop(queue);
        PendingSlot { number, eviction, queue: self.clone() }
    }

    /// Evicts the oldest entry; returns false if the queue is empty.
    pub fn evict_oldest(&self) -> bool {
        let oldest = lock(&self.0).by_age.pop_first();
        oldest.is_some_and(|(_, eviction)| {
            eviction.notify_one();
            true
        })
    }

    /// Evicts all entries because the server is about to stop.
    pub(super) fn shut_down(&self) {
        let mut queue = lock(&self.0);
        queue.is_shut_down = true;
        for eviction in std::mem::take(&mut queue.by_age).into_values() {
            eviction.notify_one();
        }
    }
}

impl PendingSlot {
    /// Leaves the queue because the request is complete; from now on the connection cannot be evicted.
    ///
    /// # Errors
    ///
    /// If the connection was evicted already: the outcome to record.
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

/// Returns whether a proxy at `address` is in one of the trusted `networks`.
pub(super) fn is_trusted_proxy(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// C3.
    #[test]
    fn address_slots_are_counted_by_client_prefix_and_released() {
        let limiter = ConnectionLimiter::new(100, 2);
        let slot = |text: &str| limiter.address_slot(text.parse().expect("an address"));
        let first = slot("192.0.2.1:1");
        let _second = slot("[::ffff:192.0.2.1]:2").expect("a slot");
        assert!(slot("192.0.2.1:3").is_none());
        assert!(slot("192.0.2.2:3").is_some());
        drop(first);
        assert!(slot("192.0.2.1:3").is_some());

        let _third = slot("[2001:db8:0:1::1]:1").expect("a slot");
        let _fourth = slot("[2001:db8:0:1:ffff::2]:1").expect("a slot");
        assert!(slot("[2001:db8:0:1::3]:1").is_none());
        assert!(slot("[2001:db8:0:2::1]:1").is_some());
        assert_eq!(lock(&limiter.by_prefix).len(), 2, "nothing is kept about closed connections");
    }
}
