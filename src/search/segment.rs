//! [`Segment`]: the immutable index of a set of pages.

use std::ops::Range;
use std::sync::Arc;

use super::postings::{Posting, postings};
use super::words;

/// The number of a page that was removed or changed.
pub(super) const REMOVED: u32 = u32::MAX;

/// First characters of entries that are not whole words; words never contain them.
pub(super) const TAG: char = '#';
pub(super) const YEAR: char = '@';
pub(super) const LANGUAGE: char = '%';
/// A part of a word, such as `Mask` of `UnsharpMask`.
pub(super) const PART: char = '~';

/// Returns the entry for `text`, which starts with `mark`. It is independent of case, and of spaces or hyphens.
pub(super) fn marked(mark: char, text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(words::folded).collect();
    format!("{mark}{}", words.join("-"))
}

pub(super) fn language_entry(tag: &str) -> String {
    marked(LANGUAGE, tag.split(['-', '_']).next().unwrap_or_default())
}

pub(super) fn is_word(entry: &str) -> bool {
    !entry.starts_with([TAG, YEAR, LANGUAGE, PART])
}

/// A page of a segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Document {
    /// Ends of its zones: titles; tags and series; summary, authors and headings; body. The addresses of links follow.
    ///
    /// A position is the number of a word. One number is left out between two texts, so that no phrase spans them.
    pub(super) zone_ends: [u32; 4],
    /// Number of words in the body.
    pub(super) length: u32,
}

/// The entries (words, parts of words, tags, years, languages) of a set of pages, each with its postings.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// All entries in order, concatenated, and the end of each.
    entries: String,
    entry_ends: Vec<u32>,
    /// The postings of each entry, concatenated, and the end of each.
    postings: Vec<u8>,
    postings_ends: Vec<u32>,
    /// The spelling of each entry in which folding changed more than the case, in order of entries.
    spellings: Vec<(u32, Box<str>)>,
    pub(super) documents: Vec<Document>,
}

impl Segment {
    /// Adds the next entry with its encoded postings, and its spelling if that differs, as far as 32-bit offsets reach.
    pub(super) fn push(&mut self, entry: &str, spelling: Option<Box<str>>, postings: &[u8]) {
        let ends = (self.entries.len() + entry.len(), self.postings.len() + postings.len());
        let (Ok(entry_end), Ok(postings_end)) = (u32::try_from(ends.0), u32::try_from(ends.1)) else { return };
        self.spellings.extend(spelling.map(|spelling| (self.len(), spelling)));
        self.entries.push_str(entry);
        self.entry_ends.push(entry_end);
        self.postings.extend_from_slice(postings);
        self.postings_ends.push(postings_end);
    }

    /// Frees the capacity for further entries.
    pub(super) fn finish(mut self) -> Self {
        self.entries.shrink_to_fit();
        self.entry_ends.shrink_to_fit();
        self.postings.shrink_to_fit();
        self.postings_ends.shrink_to_fit();
        self
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.entry_ends.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn entry(&self, id: u32) -> &str {
        &self.entries[bounds(&self.entry_ends, id)]
    }

    /// Returns entry `id` as it is spelled in essays.
    pub(super) fn spelling(&self, id: u32) -> &str {
        let found = self.spellings.binary_search_by_key(&id, |(id, _)| *id);
        found.map_or_else(|_| self.entry(id), |at| &self.spellings[at].1)
    }

    pub(super) fn postings(&self, id: u32) -> impl Iterator<Item = Posting<'_>> {
        postings(&self.postings[bounds(&self.postings_ends, id)])
    }

    pub(super) fn postings_bytes(&self, entries: &[u32]) -> usize {
        entries.iter().map(|&id| bounds(&self.postings_ends, id).len()).sum()
    }

    pub(super) fn find(&self, entry: &str) -> Option<u32> {
        let id = self.partition_point(0, |other| other < entry);
        (id < self.len() && self.entry(id) == entry).then_some(id)
    }

    /// Returns the ids of the entries that start with `prefix`.
    pub(super) fn starting_with(&self, prefix: &str) -> Range<u32> {
        let start = self.partition_point(0, |entry| entry < prefix);
        start..self.partition_point(start, |entry| entry.starts_with(prefix))
    }

    /// Returns the first id from `start` on for which `is_before` does not hold, as [`slice::partition_point`] does.
    fn partition_point(&self, start: u32, is_before: impl Fn(&str) -> bool) -> u32 {
        let (mut low, mut high) = (start, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            (low, high) = if is_before(self.entry(middle)) { (middle + 1, high) } else { (low, middle) };
        }
        low
    }

    /// Returns the memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let spellings = self.spellings.iter().map(|(_, spelling)| spelling.len()).sum::<usize>();
        self.entries.len()
            + size_of_val(&*self.entry_ends)
            + self.postings.len()
            + size_of_val(&*self.postings_ends)
            + size_of_val(&*self.spellings)
            + spellings
            + size_of_val(&*self.documents)
            + size_of::<Self>()
    }
}

/// Returns the range of item `id` in a concatenation of items that end at `ends`.
fn bounds(ends: &[u32], id: u32) -> Range<usize> {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    start..ends[id] as usize
}

/// A segment of an index, with the numbers that its pages have in the current snapshot.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) segment: Arc<Segment>,
    /// The number of each document's page, or [`REMOVED`].
    pub(super) pages: Box<[u32]>,
}

impl Part {
    /// Returns the number of pages that are still published.
    pub(super) fn live(&self) -> usize {
        self.pages.iter().filter(|&&page| page != REMOVED).count()
    }
}
