//! Who is inside: a cap on all connections, and one on those of each address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::waiting::PendingQueue;

/// The permits of one server.
#[derive(Debug, Clone)]
pub(super) struct ConnectionLimiter {
    total: Arc<Semaphore>,
    capacity: u32,
    per_address: usize,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
    /// Those of them whose request is not finished.
    pub(super) waiting: PendingQueue,
}

/// One of its holder's places among those of an address; given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    household: Option<IpAddr>,
    inside: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl ConnectionLimiter {
    pub(super) fn new(connections: usize, per_address: usize) -> Self {
        let capacity = u32::try_from(connections.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Self {
            total: Arc::new(Semaphore::new(capacity as usize)),
            capacity,
            per_address,
            inside: Arc::default(),
            waiting: PendingQueue::default(),
        }
    }

    /// Whether another connection can only come in when one leaves.
    pub(super) fn is_full(&self) -> bool {
        self.total.available_permits() == 0
    }

    /// Waits until another connection may come in. Where all places are taken, whoever has taken longest over a
    /// request leaves; if all of them are being answered, the first to get their answer does.
    pub(super) async fn one(&self) -> OwnedSemaphorePermit {
        if self.is_full() {
            self.waiting.make_room();
        }
        Arc::clone(&self.total).acquire_owned().await.expect("the semaphore is never closed")
    }

    /// Waits until everybody has left, at most until `end`; says whether they have.
    pub(super) async fn all(&self, end: Instant) -> bool {
        timeout_at(end, self.total.acquire_many(self.capacity)).await.is_ok()
    }

    /// A place for `peer`, if its household has one left. Those without an address share none.
    pub(super) fn place(&self, peer: Option<SocketAddr>) -> Option<Place> {
        let household = peer.map(|peer| household(peer.ip()));
        if let Some(household) = household {
            // A count cannot be left half written: a panic elsewhere does not spoil it.
            let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
            let count = inside.entry(household).or_default();
            if *count >= self.per_address {
                return None;
            }
            *count += 1;
        }
        Some(Place { household, inside: Arc::clone(&self.inside) })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(household) = self.household else { return };
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&household) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&household);
            }
        }
    }
}

/// What counts as one address: an IPv4 address, however it is written, or an IPv6 /64.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_do_not_count_and_places_come_back() {
        let permits = ConnectionLimiter::new(100, 2);
        let peer = |text: &str| Some(text.parse::<SocketAddr>().expect("an address"));
        let first = permits.place(peer("192.0.2.1:1"));
        let _second = permits.place(peer("[::ffff:192.0.2.1]:2")).expect("a place");
        assert!(permits.place(peer("192.0.2.1:3")).is_none());
        assert!(permits.place(peer("192.0.2.2:3")).is_some());
        drop(first);
        assert!(permits.place(peer("192.0.2.1:3")).is_some());

        let _third = permits.place(peer("[2001:db8:0:1::1]:1")).expect("a place");
        let _fourth = permits.place(peer("[2001:db8:0:1:ffff::2]:1")).expect("a place");
        assert!(permits.place(peer("[2001:db8:0:1::3]:1")).is_none());
        assert!(permits.place(peer("[2001:db8:0:2::1]:1")).is_some());
        assert!(permits.place(None).is_some()); // C3
    }

    #[test]
    fn nothing_is_remembered_about_who_has_left() {
        let permits = ConnectionLimiter::new(100, 2);
        drop(permits.place(Some(([192, 0, 2, 1], 1).into())));
        assert!(permits.inside.lock().expect("unspoilt").is_empty());
    }
}
