//! Admission: how many connections may be open, how many of them from one address, and which one is closed for another.
//!
//! A connection takes a slot of the [`ConnectionLimiter`], one of its address, and, as long as its request is
//! incomplete, a place in a queue. When all slots are taken, or all of one address, the oldest connection in the queue,
//! or the oldest of that address, is evicted. Clients send their request within a fraction of a second, so this is
//! hardly ever the connection of a reader, and clients are admitted however many others hold connections open.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

use super::record::{ConnectionOutcome, Stage};

/// Connections of one client prefix beyond its limit that get a refusal in words; further ones are closed.
const SURPLUS: usize = 8;

/// The limit on open connections, over all addresses and for each. Clones are handles to one limiter.
#[derive(Debug, Clone)]
pub struct ConnectionLimiter {
    slots: Arc<Semaphore>,
    capacity: u32,
    per_address: usize,
    open: Arc<parking_lot::Mutex<OpenConnections>>,
}

#[derive(Debug, Default)]
struct OpenConnections {
    by_prefix: HashMap<IpAddr, usize>,
    newest: u64,
    /// The connections whose request is incomplete, oldest first.
    pending: BTreeMap<u64, Pending>,
}

#[derive(Debug)]
struct Pending {
    eviction: oneshot::Sender<ConnectionOutcome>,
    /// The client prefix for whose next connection this one may be evicted.
    prefix: Option<IpAddr>,
}

/// The other end of an admitted connection.
#[derive(Debug)]
pub struct Client {
    pub(super) peer: SocketAddr,
    /// Whether the peer is a trusted proxy, which names its client in a header.
    pub(super) is_proxy: bool,
    pub(super) slot: ConnectionSlot,
    /// Receives the outcome to record when the connection is evicted.
    pub(super) eviction: oneshot::Receiver<ConnectionOutcome>,
}

/// What a connection takes of the limits until it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionSlot {
    /// The key of the connection in the queue; 0 before it is there.
    number: u64,
    /// The client prefix whose limit counts the connection.
    prefix: Option<IpAddr>,
    /// Whether the connection lies beyond the limit of its address, so that it only gets a refusal.
    pub(super) is_surplus: bool,
    limiter: ConnectionLimiter,
    /// `None` until it is counted in the total.
    permit: Option<OwnedSemaphorePermit>,
}

impl ConnectionLimiter {
    /// Allows `connections` in total and `per_address` from one client prefix.
    pub fn new(connections: usize, per_address: usize) -> Self {
        let capacity = u32::try_from(connections.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        let slots = Arc::new(Semaphore::new(capacity as usize));
        Self { slots, capacity, per_address, open: Arc::default() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.slots.available_permits() == 0
    }

    /// Admits a connection from `peer` once there is a slot. If there is none, evicts the oldest pending connection, or
    /// waits until one ends. Returns `None` if the address has too many connections; for a proxy, they are not counted.
    pub async fn admit(&self, peer: SocketAddr, is_proxy: bool) -> Option<Client> {
        let limiter = self.clone();
        let mut slot = ConnectionSlot { number: 0, prefix: None, is_surplus: false, limiter, permit: None };
        if !is_proxy {
            slot.count_for(peer).ok()?;
        }
        if self.is_full() {
            self.evict_oldest();
        }
        // The semaphore is never closed.
        slot.permit = Arc::clone(&self.slots).acquire_owned().await.ok();
        let (evict, eviction) = oneshot::channel();
        let pending = Pending { eviction: evict, prefix: slot.prefix.filter(|_| !slot.is_surplus) };
        let mut open = self.open.lock();
        open.newest += 1;
        slot.number = open.newest;
        open.pending.insert(slot.number, pending);
        Some(Client { peer, is_proxy, slot, eviction })
    }

    /// Evicts the oldest pending connection; returns false if there is none.
    pub fn evict_oldest(&self) -> bool {
        self.open.lock().evict_oldest_of(None)
    }

    pub(super) fn stop_pending(&self) {
        for pending in std::mem::take(&mut self.open.lock().pending).into_values() {
            // The connection may have ended by itself.
            let _ = pending.eviction.send(ConnectionOutcome::Stopped);
        }
    }

    /// Waits until no connection is open, at most until `deadline`; returns whether all have ended.
    pub(super) async fn drained(&self, deadline: Instant) -> bool {
        timeout_at(deadline, self.slots.acquire_many(self.capacity)).await.is_ok()
    }
}

impl OpenConnections {
    /// Evicts the oldest pending connection, or the oldest of this client prefix; returns false if there is none.
    fn evict_oldest_of(&mut self, prefix: Option<IpAddr>) -> bool {
        let is_meant = |(_, pending): &(&u64, &Pending)| prefix.is_none() || pending.prefix == prefix;
        let oldest = self.pending.iter().find(is_meant).map(|(number, _)| *number);
        let evicted = oldest.and_then(|number| self.pending.remove(&number));
        evicted.map(|pending| pending.eviction.send(ConnectionOutcome::Evicted)).is_some()
    }
}

impl ConnectionSlot {
    /// Counts the connection against the limit of `client`. If it is reached, evicts the oldest pending connection of
    /// the prefix; without one, the slot becomes a surplus slot. Fails if these are too many or no slot is free.
    pub(super) fn count_for(&mut self, client: SocketAddr) -> Stage {
        let prefix = client_prefix(client.ip());
        let mut open = self.limiter.open.lock();
        let count = open.by_prefix.get(&prefix).copied().unwrap_or_default();
        let per_address = self.limiter.per_address;
        let is_surplus = count >= per_address && !open.evict_oldest_of(Some(prefix));
        if is_surplus && (count >= per_address + SURPLUS || self.limiter.is_full()) {
            return Err(ConnectionOutcome::Refused);
        }
        open.by_prefix.insert(prefix, count + 1);
        if let Some(pending) = open.pending.get_mut(&self.number) {
            pending.prefix = (!is_surplus).then_some(prefix);
        }
        (self.prefix, self.is_surplus) = (Some(prefix), is_surplus);
        Ok(())
    }

    /// Leaves the queue, because the request is complete. Never returns if the connection was evicted before.
    pub(super) async fn leave(&self) {
        let was_pending = self.limiter.open.lock().pending.remove(&self.number).is_some();
        if !was_pending {
            pending::<()>().await;
        }
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut open = self.limiter.open.lock();
        open.pending.remove(&self.number);
        let Some(prefix) = self.prefix else { return };
        match open.by_prefix.get_mut(&prefix) {
            Some(count) if *count > 1 => *count -= 1,
            _ => _ = open.by_prefix.remove(&prefix),
        }
    }
}

/// Returns the prefix that limits count as one client: an IPv4 address, also mapped to IPv6, or the /64 of an IPv6 one.
fn client_prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}
