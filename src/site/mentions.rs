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
use crate::capsule::{Capsule, CapsulePath, Essay};

/// The most texts that are read for the mentions of one essay: the newest ones.
const MOST: usize = 100;

/// Which essays of a capsule seem to lead to which.
#[derive(Debug)]
pub(super) struct Mentions {
    /// What looks like a destination within the capsule, for each essay.
    leads: Vec<Arc<str>>,
    ends: OnceLock<Ends>,
}

/// Where leads end: pairs of the essay that is mentioned and the one that seems to mention it, by their indices, in
/// order; so those that mention one stand together, newest first.
#[derive(Debug)]
struct Ends(Vec<(u32, u32)>);

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
        let Some(Ends(ends)) = known.ends.get() else { return (mentions, HashSet::new()) };
        let pairs = (0..).zip(old.essays().iter().zip(links.capsule.essays()));
        let changed: Vec<u32> =
            pairs.filter(|(_, (was, is))| !Arc::ptr_eq(was, is)).map(|(index, _)| index).collect();
        let (was, mut now): (Vec<_>, Vec<_>) = ends.iter().partition(|(_, by)| changed.contains(by));
        let mut other: HashSet<u32> = was.into_iter().map(|(of, _)| of).collect();
        for by in changed {
            let targets = mentions.targets(by, links);
            other.extend(&targets);
            now.extend(targets.into_iter().map(|of| (of, by)));
        }
        now.sort_unstable();
        // Nobody has asked for them yet.
        let _ = mentions.ends.set(Ends(now));
        (mentions, other)
    }

    /// About how many bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        let leads: usize = self.leads.iter().map(|leads| leads.len() + 2 * size_of::<Arc<str>>()).sum();
        leads + self.ends.get().map_or(0, |Ends(ends)| size_of_val(&**ends))
    }

    /// The essays that mention number `index`, for readers of the medium of `links`; those at the addresses `near` are
    /// not even read.
    pub(super) fn of<'a>(&self, index: u32, near: &[&CapsulePath], links: &Links<'a>) -> Vec<&'a Essay> {
        let ends = self.ends(links);
        let start = ends.partition_point(|&(of, _)| of < index);
        let seeming = ends[start..].iter().take_while(|&&(of, _)| of == index).take(MOST);
        let essays = seeming.map(|&(_, by)| links.capsule.essays()[by as usize].as_ref());
        let shown = |essay: &&Essay| links.serves(essay) && !near.contains(&&links.address(essay));
        essays.filter(|essay| shown(essay) && really_mentions(essay, index, links)).collect()
    }

    /// Where the leads end, looked up at the first call.
    pub(super) fn ends(&self, links: &Links<'_>) -> &[(u32, u32)] {
        let Ends(ends) = self.ends.get_or_init(|| {
            let indices = 0..u32::try_from(self.leads.len()).unwrap_or(u32::MAX);
            let pairs = indices.flat_map(|by| self.targets(by, links).into_iter().map(move |of| (of, by)));
            let mut ends: Vec<(u32, u32)> = pairs.collect();
            ends.sort_unstable();
            ends.shrink_to_fit();
            Ends(ends)
        });
        ends
    }

    /// The essays that number `by` seems to lead to, each once, itself left out.
    fn targets(&self, by: u32, links: &Links<'_>) -> Vec<u32> {
        let essay = &links.capsule.essays()[by as usize];
        let here = Links { page: &essay.source.path, ..*links };
        let ends = leads::read(&self.leads[by as usize]).filter_map(|lead| match lead {
            Lead::Address(written) => here.essay_named(written),
            Lead::Name(written) => here.wiki_essay(written),
        });
        let mut found: Vec<u32> = ends.filter(|&target| target != by).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Whether a link in the markup of `essay` leads to number `index`.
fn really_mentions<'a>(essay: &'a Essay, index: u32, links: &Links<'a>) -> bool {
    let here = Links { page: &essay.source.path, ..*links };
    let words = essay.text();
    let document = words.document(&links.options.markdown);
    document.links.iter().any(|link| here.essay_of(link) == Some(index))
}
