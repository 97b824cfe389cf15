//! [`Index`]: what can be found in one edition of a capsule.

use std::collections::HashMap;
use std::sync::Arc;

use super::build;
use super::merge::merge;
use super::segment::Segment;
use crate::capsule::{Capsule, Essay};
use crate::markup::markdown::MarkdownOptions;

/// The number of an essay that is no longer published, or not as it was.
pub(super) const GONE: u32 = u32::MAX;

/// How many essays are taken in at once: what is being built is several times as large as what has been.
const AT_ONCE: usize = 1_024;

/// A segment is merged into the one before it when it has grown to a quarter of that: so there are few
/// segments, and an essay is seldom merged again.
const GROWN: usize = 4;

/// What an index needs to know besides the essays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexOptions {
    /// The language of essays that do not state theirs (BCP 47); empty if unknown.
    pub language: String,
    /// How Markdown is read.
    pub markdown: MarkdownOptions,
}

/// What can be found in one edition of a capsule: immutable. Essays go by their numbers, which are those of
/// [`Capsule::essays`].
#[derive(Debug, Default)]
pub struct Index {
    pub(super) parts: Vec<Part>,
}

/// A segment, and which essays its documents are now.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) segment: Arc<Segment>,
    /// The number of each document's essay, or [`GONE`].
    pub(super) essays: Box<[u32]>,
}

impl Part {
    fn of(essays: &[(u32, &Essay)], options: &IndexOptions) -> Self {
        let segment = build::segment(essays.iter().map(|(_, essay)| *essay), options);
        Self { segment: segment.into(), essays: essays.iter().map(|(number, _)| *number).collect() }
    }

    /// How many of its essays still stand.
    fn standing(&self) -> usize {
        self.essays.iter().filter(|&&essay| essay != GONE).count()
    }
}

impl Index {
    /// An index of everything in `capsule`.
    pub fn of(capsule: &Capsule, options: &IndexOptions) -> Self {
        let parts = parts(&public(capsule).collect::<Vec<_>>(), options);
        Self { parts: if parts.len() > 1 { vec![merge(&parts)] } else { parts } }
    }

    /// The index of `new`, from this one, which is that of `old`: only essays that are not in `old` are read.
    #[must_use]
    pub fn updated(&self, old: &Capsule, new: &Capsule, options: &IndexOptions) -> Self {
        // An essay is the same as long as its file is, so whether it is told by where it lies in memory.
        let mut unseen: HashMap<*const Essay, u32> =
            public(new).map(|(number, essay)| (std::ptr::from_ref(essay), number)).collect();
        let mut parts = self.parts.clone();
        for part in &mut parts {
            for essay in part.essays.iter_mut().filter(|essay| **essay != GONE) {
                let address = old.essays().get(*essay as usize).map(Arc::as_ptr);
                *essay = address.and_then(|address| unseen.remove(&address)).unwrap_or(GONE);
            }
        }
        let fresh: Vec<(u32, &Essay)> =
            public(new).filter(|(_, essay)| unseen.contains_key(&std::ptr::from_ref(*essay))).collect();
        parts.extend(self::parts(&fresh, options));
        tidy(&mut parts);
        Self { parts }
    }

    /// The bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.segment.bytes() + size_of_val(&*part.essays)).sum()
    }
}

/// The essays that may be found, with their numbers. What is not for all readers of a capsule is not part of it,
/// or is left out here and nowhere else: neither hits nor counts nor suggestions show what never enters the index.
fn public(capsule: &Capsule) -> impl Iterator<Item = (u32, &Essay)> {
    (0..).zip(capsule.essays().iter().map(AsRef::as_ref))
}

fn parts(essays: &[(u32, &Essay)], options: &IndexOptions) -> Vec<Part> {
    essays.chunks(AT_ONCE).map(|essays| Part::of(essays, options)).collect()
}

/// Keeps the segments few, each much larger than the one behind it, and rewrites those of which half has gone.
fn tidy(parts: &mut Vec<Part>) {
    let mut tidied: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        let standing = part.standing();
        if standing == 0 {
            continue;
        }
        let halved = standing * 2 < part.essays.len();
        tidied.push(if halved { merge(std::slice::from_ref(&part)) } else { part });
    }
    while let [.., before, last] = &*tidied {
        if before.standing() >= last.standing() * GROWN {
            break;
        }
        let merged = merge(&[before.clone(), last.clone()]);
        tidied.truncate(tidied.len() - 2);
        tidied.push(merged);
    }
    *parts = tidied;
}
