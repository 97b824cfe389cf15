//! [`Backlinks`]: which essays link to which, so that an essay can list those that mention it.
//!
//! A snapshot collects the [candidates] of each text once and reuses those of unchanged texts from
//! the snapshot before. Where they lead is resolved when the first essay is shown. Candidates lead to more essays than
//! the markup does, so the few texts in question are parsed before they are listed.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::Links;
use super::candidates::{self, Candidate};
use crate::capsule::{Capsule, CapsulePath, Essay};
use crate::site::context::SiteContext;
use crate::site::options::Medium;

/// Most essays parsed for the backlinks of one essay, newest first.
const MAX_PARSED: usize = 100;

/// The link candidates of a capsule and, once resolved, the essays they lead to.
#[derive(Debug)]
pub(in crate::site) struct Backlinks {
    /// The stored candidates of each essay.
    candidates: Vec<Arc<str>>,
    /// Pairs of a mentioned essay and one that seems to mention it, by index and sorted, so newest first.
    pairs: OnceLock<Vec<(u32, u32)>>,
}

impl Backlinks {
    /// Collects the candidates of the capsule of `site`, taking those of unchanged essays from `previous`.
    pub(in crate::site) fn new(site: &SiteContext, previous: Option<(&Capsule, &Self)>) -> Self {
        let known: HashMap<*const Essay, &Arc<str>> = previous
            .map_or_else(HashMap::new, |(old, backlinks)| {
                old.essays().iter().map(Arc::as_ptr).zip(&backlinks.candidates).collect()
            });
        let root = CapsulePath::root();
        let links = Links::new(site, &root, Medium::Gemini);
        let of_essay = |essay: &Arc<Essay>| match known.get(&Arc::as_ptr(essay)) {
            Some(stored) => Arc::clone(stored),
            None => candidates::scan(essay, |written| links.local(written).is_some()),
        };
        Self { candidates: site.capsule.essays().iter().map(of_essay).collect(), pairs: OnceLock::new() }
    }

    /// As [`Self::new`], for a capsule with the addresses and titles of `old`. Also returns the essays with other backlinks.
    pub(in crate::site) fn updated(&self, old: &Capsule, site: &SiteContext) -> (Self, HashSet<u32>) {
        let backlinks = Self::new(site, Some((old, self)));
        let Some(pairs) = self.pairs.get() else { return (backlinks, HashSet::new()) };
        let essays = (0..).zip(old.essays().iter().zip(site.capsule.essays()));
        let changed: HashSet<u32> =
            essays.filter(|(_, (was, is))| !Arc::ptr_eq(was, is)).map(|(index, _)| index).collect();
        let (stale, mut kept): (Vec<_>, Vec<_>) = pairs.iter().partition(|(_, by)| changed.contains(by));
        let mut affected: HashSet<u32> = stale.into_iter().map(|(of, _)| of).collect();
        for by in changed {
            let targets = backlinks.targets(by, site);
            affected.extend(&targets);
            kept.extend(targets.into_iter().map(|of| (of, by)));
        }
        kept.sort_unstable();
        (Self { pairs: kept.into(), ..backlinks }, affected)
    }

    /// Returns about how many bytes of memory they take.
    pub(in crate::site) fn bytes(&self) -> usize {
        let stored: usize = self.candidates.iter().map(|text| text.len() + 2 * size_of::<Arc<str>>()).sum();
        stored + self.pairs.get().map_or(0, |pairs| size_of_val(&**pairs))
    }

    /// Returns the essays that link to essay `index`, without those at the addresses `near`.
    pub(in crate::site) fn of<'a>(
        &self,
        index: u32,
        near: &[&CapsulePath],
        links: &Links<'a>,
    ) -> Vec<&'a Essay> {
        let pairs = self.resolve(links.site);
        let start = pairs.partition_point(|&(of, _)| of < index);
        let seeming = pairs[start..].iter().take_while(|&&(of, _)| of == index).take(MAX_PARSED);
        let essays = seeming.map(|&(_, by)| links.site.essay(by));
        let shown = |essay: &&Essay| links.serves(essay) && !near.contains(&&links.address(essay));
        essays.filter(|essay| shown(essay) && links_to(essay, index, links)).collect()
    }

    /// Resolves the candidates at the first call and returns the pairs.
    pub(in crate::site) fn resolve(&self, site: &SiteContext) -> &[(u32, u32)] {
        self.pairs.get_or_init(|| {
            let indices = 0..u32::try_from(self.candidates.len()).unwrap_or(u32::MAX);
            let pairs = indices.flat_map(|by| self.targets(by, site).into_iter().map(move |of| (of, by)));
            let mut pairs: Vec<(u32, u32)> = pairs.collect();
            pairs.sort_unstable();
            pairs.shrink_to_fit();
            pairs
        })
    }

    /// Returns the other essays that the candidates of essay `by` lead to, each once.
    fn targets(&self, by: u32, site: &SiteContext) -> Vec<u32> {
        let links = Links::new(site, &site.essay(by).source.path, Medium::Gemini);
        let targets =
            candidates::read(&self.candidates[by as usize]).filter_map(|candidate| match candidate {
                Candidate::Address(written) => links.index_of(links.at(written)),
                Candidate::Name(written) => links.index_of(links.named(written)),
            });
        let mut targets: Vec<u32> = targets.filter(|&target| target != by).collect();
        targets.sort_unstable();
        targets.dedup();
        targets
    }
}

/// Returns whether a link in the markup of `essay` leads to essay `index`.
fn links_to(essay: &Essay, index: u32, links: &Links<'_>) -> bool {
    let here = Links { base: &essay.source.path, ..*links };
    let text = essay.text();
    let document = text.document(&links.site.options.markdown);
    document.links.iter().any(|link| here.essay_of(link) == Some(index))
}
