//! [`Index`]: the full-text index of one snapshot of a capsule.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::build::{IndexOptions, IndexedPage, build, merge};
use super::segment::{Part, REMOVED, language_entry};
use crate::capsule::{Capsule, CapsulePath, Essay};

/// Most text built into one segment, in bytes: while it is built, a segment takes several times its final memory.
const BYTES_PER_BUILD: usize = 6 << 20;

/// A segment is merged into the one before it unless that is this many times as large: few segments, few merges.
const GROWTH: usize = 4;

/// The immutable full-text index of one snapshot of a capsule.
#[derive(Debug, Default)]
pub struct Index {
    pub(super) parts: Vec<Part>,
    /// The pages by their numbers: first [`Capsule::essays`], then folders.
    pages: Vec<IndexedPage>,
    /// For each page its first translation, and whether it is in another language than the capsule; empty without any.
    pub(super) translations: Vec<(u32, bool)>,
}

impl Index {
    /// Builds the index of all pages in `capsule`.
    pub fn of(capsule: &Capsule, options: &IndexOptions) -> Self {
        Self::default().updated(capsule, options)
    }

    /// Returns the index of `capsule`, made from this one of an earlier version with equal options and new pages.
    #[must_use]
    pub fn updated(&self, capsule: &Capsule, options: &IndexOptions) -> Self {
        let pages = pages(capsule);
        let numbered = (0..).zip(&pages).map(|numbered| (numbered.1.identity(), numbered));
        let mut unseen: HashMap<_, (u32, _), RandomState> = numbered.collect();
        let mut parts = self.parts.clone();
        for part in &mut parts {
            for page in part.pages.iter_mut().filter(|page| **page != REMOVED) {
                *page = unseen.remove(&self.pages[*page as usize].identity()).map_or(REMOVED, |known| known.0);
            }
        }
        let mut fresh: Vec<_> = unseen.into_values().collect();
        fresh.sort_unstable_by_key(|(number, _)| *number);
        let mut bytes = 0;
        let chunks = fresh.chunk_by(|(_, page), _| {
            let length = if let IndexedPage::Essay(essay) = page { essay.source.text_len() } else { 0 };
            bytes = bytes % BYTES_PER_BUILD + length;
            bytes < BYTES_PER_BUILD
        });
        let built: Vec<Part> = chunks.map(|pages| build(pages, options)).collect();
        parts.extend(if built.len() > 1 { vec![merge(&built)] } else { built });
        tidy(&mut parts);
        Self { parts, translations: translations(capsule, options), pages }
    }

    /// Returns the page that a search found as `number`.
    pub fn page(&self, number: u32) -> Option<&IndexedPage> {
        self.pages.get(number as usize)
    }

    /// Returns the bytes it takes in memory.
    pub fn bytes(&self) -> usize {
        let parts = self.parts.iter().map(|part| part.segment.bytes() + size_of_val(&*part.pages));
        parts.sum::<usize>() + size_of_val(&*self.pages) + size_of_val(&*self.translations)
    }
}

/// Returns the pages that can be found: the only place that decides what hits, counts and suggestions can show.
fn pages(capsule: &Capsule) -> Vec<IndexedPage> {
    let introductions = capsule.introductions().filter(|introduction| !introduction.metadata.unlisted);
    let essays = capsule.essays().iter().chain(introductions);
    let others = capsule.sections.values().filter(|section| section.introduction.is_none());
    let folders = others
        .filter(|section| section.address != CapsulePath::root())
        .map(|section| IndexedPage::Folder { address: section.address.clone(), title: section.title.clone() });
    essays.map(|essay| IndexedPage::Essay(Arc::clone(essay))).chain(folders).collect()
}

fn translations(capsule: &Capsule, options: &IndexOptions) -> Vec<(u32, bool)> {
    let own = language_entry(&options.language);
    let essays = capsule.essays().iter().filter(|_| !capsule.translations.is_empty());
    let of_essay = |(number, essay): (u32, &Arc<Essay>)| {
        let others = capsule.translations(essay).filter_map(|other| capsule.index_of(&other.base));
        let is_foreign = essay.metadata.language.as_ref().is_some_and(|tag| language_entry(tag) != own);
        (others.min().unwrap_or(number), is_foreign)
    };
    (0..).zip(essays).map(of_essay).collect()
}

/// Merges segments until each is much larger than the next, and rewrites those that lost more than half of their pages.
fn tidy(parts: &mut Vec<Part>) {
    parts.retain(|part| part.live() > 0);
    for part in parts.iter_mut().filter(|part| part.live() * 2 < part.pages.len()) {
        *part = merge(std::slice::from_ref(part));
    }
    while let [.., before, last] = &**parts
        && before.live() < last.live() * GROWTH
    {
        let pair = parts.split_off(parts.len() - 2);
        parts.push(merge(&pair));
    }
}
