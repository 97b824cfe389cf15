//! [`Admission`]: who may connect now.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts connections, all of them and those of each address.
#[derive(Debug)]
pub(super) struct Admission {
    total: usize,
    per_address: usize,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The place one connection takes up; given back when dropped.
#[derive(Debug)]
pub(super) struct Permit {
    admission: Arc<Admission>,
    key: Option<IpAddr>,
}

impl Admission {
    pub(super) fn new(total: usize, per_address: usize) -> Arc<Self> {
        Arc::new(Self { total, per_address, counts: Mutex::default() })
    }

    /// A place for a connection from `address`, if there is one left.
    pub(super) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Permit> {
        let key = address.map(unit);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.total >= self.total {
            return None;
        }
        if let Some(key) = key {
            let mine = counts.by_address.entry(key).or_default();
            if *mine >= self.per_address {
                return None;
            }
            *mine += 1;
        }
        counts.total += 1;
        Some(Permit { admission: self.clone(), key })
    }

    #[cfg(test)]
    fn counted(&self) -> (usize, usize) {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        (counts.total, counts.by_address.len())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.admission.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.total -= 1;
        let Some(key) = self.key else { return };
        if let Some(mine) = counts.by_address.get_mut(&key) {
            *mine -= 1;
            if *mine == 0 {
                counts.by_address.remove(&key);
            }
        }
    }
}

/// The unit in which addresses are given out: one IPv4 address, or an IPv6 /64.
fn unit(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_and_given_back() {
        let admission = Admission::new(3, 2);
        let address = |text: &str| Some(text.parse().expect("an address"));
        let first = admission.admit(address("10.0.0.1")).expect("a place");
        let second = admission.admit(address("::ffff:10.0.0.1")).expect("a place");
        assert!(admission.admit(address("10.0.0.1")).is_none(), "too many from one address");
        let third = admission.admit(address("2001:db8::1")).expect("a place");
        assert!(admission.admit(None).is_none(), "too many in all");
        drop((first, second));
        let fourth = admission.admit(address("2001:db8::ffff:1")).expect("a place");
        assert!(admission.admit(address("2001:db8::2")).is_none(), "too many from one /64");
        assert!(admission.admit(address("2001:db8:0:1::2")).is_some(), "another /64");
        drop((third, fourth));
        assert_eq!(admission.counted(), (0, 0));
    }
}
