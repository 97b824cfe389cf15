//! [`Index`]: the full-text index of one snapshot of a capsule.

use std::collections::HashMap;
use std::sync::Arc;

use super::build::{IndexOptions, build, merge};
use super::segment::{Part, REMOVED};
use crate::capsule::{Capsule, Essay};

/// Most essays built into one segment: while it is built, a segment takes several times its final memory.
const ESSAYS_PER_BUILD: usize = 1_024;

/// A segment is merged into the one before it unless that is this many times as large: so there are few segments, and
/// an essay is merged seldom.
const GROWTH: usize = 4;

/// The immutable full-text index of one snapshot of a capsule. Essays are identified by their index in
/// [`Capsule::essays`].
#[derive(Debug, Default)]
pub struct Index {
    pub(super) parts: Vec<Part>,
}

impl Index {
    /// Builds the index of all essays in `capsule`.
    pub fn of(capsule: &Capsule, options: &IndexOptions) -> Self {
        let parts = parts(&public(capsule).collect::<Vec<_>>(), options);
        Self { parts: if parts.len() > 1 { vec![merge(&parts)] } else { parts } }
    }

    /// Returns the index of `new`, given that this is the index of `old`. Only essays that are not in `old` are read.
    #[must_use]
    pub fn updated(&self, old: &Capsule, new: &Capsule, options: &IndexOptions) -> Self {
        // A capsule shares unchanged essays with the one before, so their addresses in memory identify them.
        let mut unseen: HashMap<*const Essay, u32> =
            public(new).map(|(number, essay)| (std::ptr::from_ref(essay), number)).collect();
        let mut parts = self.parts.clone();
        for part in &mut parts {
            for essay in part.essays.iter_mut().filter(|essay| **essay != REMOVED) {
                let address = old.essays().get(*essay as usize).map(Arc::as_ptr);
                *essay = address.and_then(|address| unseen.remove(&address)).unwrap_or(REMOVED);
            }
        }
        let fresh: Vec<(u32, &Essay)> =
            public(new).filter(|(_, essay)| unseen.contains_key(&std::ptr::from_ref(*essay))).collect();
        parts.extend(self::parts(&fresh, options));
        tidy(&mut parts);
        Self { parts }
    }

    /// Returns the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.segment.bytes() + size_of_val(&*part.essays)).sum()
    }
}

/// Returns the essays that can be found, with their numbers. This is the only place that decides what enters the index:
/// hits, counts and suggestions cannot show anything else.
fn public(capsule: &Capsule) -> impl Iterator<Item = (u32, &Essay)> {
    (0..).zip(capsule.essays().iter().map(AsRef::as_ref))
}

fn parts(essays: &[(u32, &Essay)], options: &IndexOptions) -> Vec<Part> {
    essays.chunks(ESSAYS_PER_BUILD).map(|essays| build(essays, options)).collect()
}

/// Merges segments until each is much larger than the next, and rewrites those with more than half of their essays
/// removed.
fn tidy(parts: &mut Vec<Part>) {
    let mut tidied: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        let live = part.live();
        if live == 0 {
            continue;
        }
        let halved = live * 2 < part.essays.len();
        tidied.push(if halved { merge(std::slice::from_ref(&part)) } else { part });
    }
    while let [.., before, last] = &*tidied {
        if before.live() >= last.live() * GROWTH {
            break;
        }
        let merged = merge(&[before.clone(), last.clone()]);
        tidied.truncate(tidied.len() - 2);
        tidied.push(merged);
    }
    *parts = tidied;
}
