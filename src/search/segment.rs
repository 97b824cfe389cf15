//! [`Segment`]: some essays, and where each word stands in them. Never changed once made.

use std::ops::Range;

use super::codec::Postings;
use super::fold;
use super::language::Language;

/// What the entry of a tag starts with among the words, which never hold such a character.
const TAG: char = '#';

/// What the entry of a year starts with.
const YEAR: char = '@';

/// The entry of a tag: however it is written, with white space or hyphens, in capitals or not.
pub(super) fn tag_entry(tag: &str) -> String {
    let mut entry = String::from(TAG);
    for (at, word) in tag.split_whitespace().enumerate() {
        if at > 0 {
            entry.push('-');
        }
        fold::push(&mut entry, word);
    }
    entry
}

/// The entry of a year.
pub(super) fn year_entry(year: i32) -> String {
    format!("{YEAR}{year:04}")
}

/// Whether an entry is a word, and not a tag or a year.
pub(super) fn is_word(entry: &str) -> bool {
    !entry.starts_with([TAG, YEAR])
}

/// One essay of a segment: where the parts of it end, in places, and how many words its body has.
///
/// A place is the number of a word, counted from the first of the title through tags, summary and headings to
/// the last of the body; between two pieces of text one number is left out, so that no phrase goes across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Document {
    /// Up to here: title, and other titles.
    pub(super) title_end: u32,
    /// Up to here: tags and series.
    pub(super) tags_end: u32,
    /// Up to here: summary, headings, authors. Everything behind it is the body.
    pub(super) lead_end: u32,
    /// Words of the body.
    pub(super) length: u32,
}

/// Some essays, and where each word stands in them.
#[derive(Debug)]
pub(super) struct Segment {
    /// All entries in order, without anything between them, and where each ends.
    pub(super) entries: Box<str>,
    pub(super) entry_ends: Box<[u32]>,
    /// The list of each entry, one after the other, and where each ends.
    pub(super) lists: Box<[u8]>,
    pub(super) list_ends: Box<[u32]>,
    /// How an entry is written where folding has changed more than its case, in order.
    pub(super) spellings: Box<[(u32, Box<str>)]>,
    pub(super) documents: Box<[Document]>,
    /// The languages its essays are written in.
    pub(super) languages: Vec<Language>,
}

impl Segment {
    /// How many entries there are.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.entry_ends.len()).unwrap_or(u32::MAX)
    }

    /// An entry as it is compared.
    pub(super) fn entry(&self, id: u32) -> &str {
        &self.entries[bounds(&self.entry_ends, id)]
    }

    /// An entry as it is written.
    pub(super) fn spelling(&self, id: u32) -> &str {
        match self.spellings.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(at) => &self.spellings[at].1,
            Err(_) => self.entry(id),
        }
    }

    /// Where an entry stands.
    pub(super) fn postings(&self, id: u32) -> Postings<'_> {
        Postings::new(&self.lists[bounds(&self.list_ends, id)])
    }

    /// The number of `entry`.
    pub(super) fn find(&self, entry: &str) -> Option<u32> {
        let at = self.first_from(entry);
        (at < self.len() && self.entry(at) == entry).then_some(at)
    }

    /// The entries that start with `prefix`.
    pub(super) fn starting_with(&self, prefix: &str) -> Range<u32> {
        let start = self.first_from(prefix);
        let mut end = start;
        let mut step = 1;
        // Doubling steps, then a search between the last two: the runs are short, the list is long.
        while end < self.len() && self.entry(end).starts_with(prefix) {
            end = end.saturating_add(step).min(self.len());
            step *= 2;
        }
        let (mut low, mut high) = (start, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(middle).starts_with(prefix) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        start..low
    }

    /// The first entry that does not stand before `entry`.
    fn first_from(&self, entry: &str) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.entry(middle) < entry {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let spellings = self.spellings.iter().map(|(_, spelling)| spelling.len()).sum::<usize>();
        self.entries.len()
            + size_of_val(&*self.entry_ends)
            + self.lists.len()
            + size_of_val(&*self.list_ends)
            + size_of_val(&*self.spellings)
            + spellings
            + size_of_val(&*self.documents)
            + size_of::<Self>()
    }
}

/// The part of a concatenation that belongs to `id`.
fn bounds(ends: &[u32], id: u32) -> Range<usize> {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] as usize };
    start..ends[id] as usize
}

/// A segment whose entries come in order.
#[derive(Debug, Default)]
pub(super) struct Writer {
    entries: String,
    entry_ends: Vec<u32>,
    lists: Vec<u8>,
    list_ends: Vec<u32>,
    spellings: Vec<(u32, Box<str>)>,
}

impl Writer {
    /// Adds the next entry, with its list and how it is written if that differs. Nothing more is taken once
    /// numbers of 32 bits do not reach any further, some ten gigabytes of text away.
    pub(super) fn push(&mut self, entry: &str, spelling: Option<Box<str>>, list: &[u8]) {
        let ends = (self.entries.len() + entry.len(), self.lists.len() + list.len());
        let (Ok(entry_end), Ok(list_end)) = (u32::try_from(ends.0), u32::try_from(ends.1)) else { return };
        let id = u32::try_from(self.entry_ends.len()).unwrap_or(u32::MAX);
        self.entries.push_str(entry);
        self.entry_ends.push(entry_end);
        self.lists.extend_from_slice(list);
        self.list_ends.push(list_end);
        self.spellings.extend(spelling.map(|spelling| (id, spelling)));
    }

    pub(super) fn finish(self, documents: Vec<Document>, languages: Vec<Language>) -> Segment {
        Segment {
            entries: self.entries.into(),
            entry_ends: self.entry_ends.into(),
            lists: self.lists.into(),
            list_ends: self.list_ends.into(),
            spellings: self.spellings.into(),
            documents: documents.into(),
            languages,
        }
    }
}
