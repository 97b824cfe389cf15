//! [`Mentions`]: which essays lead to which, so that a page can say who mentions it.
//!
//! Reading the markup of a whole archive for one page would be dear. So texts are only searched for what looks like
//! a destination, which costs about as much as unpacking them, and once for each text: every edition takes over what
//! the one before found. Where that leads is looked up when the first essay is shown. It leads to more essays than
//! the markup would, never to fewer: whoever shows mentions reads the few texts in question properly.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::leads::{self, Lead};
use super::links::Links;
use crate::capsule::{Capsule, Essay};

/// The most texts that are read for the mentions of one essay: the newest ones.
const MOST: usize = 100;

/// Which essays of a capsule seem to lead to which.
#[derive(Debug)]
pub(super) struct Mentions {
    /// What looks like a destination within the capsule, for each essay.
    leads: Vec<Arc<str>>,
    ends: OnceLock<Ends>,
}

/// Where leads lead, by the indices of essays.
#[derive(Debug)]
struct Ends {
    /// For each essay those that it seems to lead to, each once, in order.
    to: Vec<Box<[u32]>>,
    /// For each essay those that seem to lead to it, newest first; most have none.
    from: HashMap<u32, Vec<u32>>,
}

impl Mentions {
    /// Those of the capsule of `links`. What `known` holds of essays that are still the same is taken over.
    pub(super) fn new(links: &Links<'_>, known: Option<(&Capsule, &Self)>) -> Self {
        let known: HashMap<*const Essay, &Arc<str>> = known.map_or_else(HashMap::new, |(old, mentions)| {
            old.essays().iter().map(Arc::as_ptr).zip(&mentions.leads).collect()
        });
        let found = |essay: &Arc<Essay>| match known.get(&Arc::as_ptr(essay)) {
            Some(leads) => Arc::clone(leads),
            None => leads::of(essay, |written| links.local(written).is_some()),
        };
        Self { leads: links.capsule.essays().iter().map(found).collect(), ends: OnceLock::new() }
    }

    /// As [`Self::new`] where both capsules have the same outline, so that leads end where they ended. Gives the
    /// essays, too, of which another set of essays may now lead to them.
    pub(super) fn with_same_ends(links: &Links<'_>, old: &Capsule, known: &Self) -> (Self, HashSet<u32>) {
        let mentions = Self::new(links, Some((old, known)));
        let Some(ends) = known.ends.get() else { return (mentions, HashSet::new()) };
        let (mut to, mut other) = (ends.to.clone(), HashSet::new());
        for (index, (was, is)) in old.essays().iter().zip(links.capsule.essays()).enumerate() {
            if !Arc::ptr_eq(was, is) {
                let now = targets(&mentions.leads[index], is, index, links);
                other.extend(to[index].iter().chain(&now).copied());
                to[index] = now;
            }
        }
        // Nobody has asked for them yet.
        let _ = mentions.ends.set(Ends::of(to));
        (mentions, other)
    }

    /// The essays that mention number `index`, for readers of the medium of `links`.
    pub(super) fn of<'a>(&self, index: u32, links: &Links<'a>) -> Vec<&'a Essay> {
        let ends = self.ends.get_or_init(|| {
            let essays = links.capsule.essays().iter().zip(&self.leads).enumerate();
            Ends::of(essays.map(|(index, (essay, leads))| targets(leads, essay, index, links)).collect())
        });
        let seeming = ends.from.get(&index).map_or(&[][..], Vec::as_slice).iter().take(MOST);
        let essays = seeming.map(|&from| links.capsule.essays()[from as usize].as_ref());
        essays.filter(|essay| links.serves(essay) && really_mentions(essay, index, links)).collect()
    }
}

impl Ends {
    fn of(to: Vec<Box<[u32]>>) -> Self {
        let mut from: HashMap<u32, Vec<u32>> = HashMap::new();
        for (index, targets) in (0..).zip(&to) {
            for &target in targets {
                from.entry(target).or_default().push(index);
            }
        }
        Self { to, from }
    }
}

/// Whether a link in the markup of `essay` leads to number `index`.
fn really_mentions<'a>(essay: &'a Essay, index: u32, links: &Links<'a>) -> bool {
    let here = Links { page: &essay.source.path, ..*links };
    let words = essay.text();
    let document = words.document(&links.options.markdown);
    document.links.iter().any(|link| here.essay_of(link) == Some(index))
}

/// Where the leads in number `index` end, itself left out.
fn targets<'a>(leads: &str, essay: &'a Essay, index: usize, links: &Links<'a>) -> Box<[u32]> {
    let here = Links { page: &essay.source.path, ..*links };
    let ends = leads::read(leads).filter_map(|lead| match lead {
        Lead::Address(written) => here.essay_named(written),
        Lead::Name(written) => here.wiki_essay(written),
    });
    let mut found: Vec<u32> = ends.filter(|&target| target as usize != index).collect();
    found.sort_unstable();
    found.dedup();
    found.into()
}
