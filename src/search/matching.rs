//! What a condition matches in one segment: the entries that a word means, or else the nearest, and their documents.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use frostem::{Algorithm, Stemmer};

use super::index::Index;
use super::segment::{Document, LANGUAGE, PART, Segment, is_word, marked};
use super::words;
use crate::problem::floor_char_boundary;

/// The shortest prefix that finds longer words, in characters. In dense scripts, one character is enough.
const MIN_START: usize = 3;

/// The most bytes by which a form may be longer than its stem.
const MAX_ENDING: usize = 10;

/// Most words suggested for one.
const SUGGESTIONS_PER_WORD: usize = 3;

/// Weights of an occurrence in each zone of a document: titles, tags, lead, body (counted in [`Sum::body`]), addresses.
const ZONES: [f32; 5] = [3.0, 1.2, 0.8, 0.0, 0.2];
const BODY: usize = 3;

/// How soon repetition adds nothing (parameter k1 of BM25), and how much the length of a body matters (parameter b).
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.6;

/// The longest title with full weight, in words.
const TITLE_WORDS: f32 = 5.0;

/// Returns each entry that matches `folded` once: the word, its forms, longer words if `open`, words it is a part of.
pub(super) fn word_entries(segment: &Segment, folded: &str, open: bool) -> [Vec<u32>; 4] {
    let same = segment.find(folded);
    let mut forms = forms(segment, folded, same);
    forms.retain(|&id| Some(id) != same);
    let longer = starting_with(segment, folded, open);
    let longer = longer.filter(|id| Some(*id) != same && !forms.contains(id)).collect();
    [same.into_iter().collect(), forms, longer, segment.find(&marked(PART, folded)).into_iter().collect()]
}

/// Returns the entry of `word`, or those of all words that start with it if it is `open` and long enough.
pub(super) fn starting_with(segment: &Segment, word: &str, open: bool) -> Range<u32> {
    let is_long = word.chars().nth(MIN_START - 1).is_some() || word.chars().any(words::is_dense);
    if open && is_long { segment.starting_with(word) } else { segment.find(word).map_or(0..0, |id| id..id + 1) }
}

/// Returns the forms of a word: the words with its stem, in any language of the segment.
///
/// Stems are not stored: the forms of a word start alike, so few words have to be stemmed.
fn forms(segment: &Segment, folded: &str, same: Option<u32>) -> Vec<u32> {
    let mut found = Vec::new();
    let is_letter = |c: char| !c.is_numeric() && !c.is_ascii_punctuation() && !words::is_dense(c);
    if folded.chars().count() < 3 || !folded.chars().all(is_letter) {
        return found;
    }
    let mut algorithms = Vec::new();
    for id in segment.starting_with(&LANGUAGE.to_string()) {
        let algorithm = stemming(&segment.entry(id)[LANGUAGE.len_utf8()..]);
        algorithms.extend(algorithm.filter(|algorithm| !algorithms.contains(algorithm)));
    }
    for stemmer in algorithms.into_iter().map(Stemmer::new) {
        // Stemmers need the accents, which readers leave out and essays do not.
        let written = same.map(|id| segment.spelling(id)).filter(|spelling| *spelling != folded);
        for stem in [Some(folded), written].into_iter().flatten().map(|word| stemmer.stem(word)) {
            let common = words::folded(&stem);
            let certain = &common[..floor_char_boundary(&common, common.len().saturating_sub(2).max(2))];
            for id in segment.starting_with(certain) {
                let entry = segment.entry(id);
                if entry.len() <= common.len() + MAX_ENDING
                    && is_word(entry)
                    && !found.contains(&id)
                    && stemmer.stem(segment.spelling(id)) == stem
                {
                    found.push(id);
                }
            }
        }
    }
    found
}

/// Returns the Snowball stemmer of a language, or that of English, which does no harm: exact words rank first.
fn stemming(language: &str) -> Option<Algorithm> {
    let name = match language {
        "" => "en",
        // The two written forms of Norwegian share a stemmer.
        "nb" | "nn" => "no",
        name => name,
    };
    // The library also accepts names of algorithms, which are not language tags.
    if name.len() > 3 { None } else { Algorithm::from_name(name).ok() }
}

/// The documents that are searched.
pub(super) struct Scope {
    /// Whether each document of the index is published and visible to the reader.
    pub(super) visible: Vec<bool>,
    /// The number of visible documents.
    pub(super) count: usize,
    /// The average length of their bodies.
    pub(super) average: f32,
}

/// A document that meets a condition, and how strongly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) document: usize,
    pub(super) strength: f32,
}

/// The strength of a document while its postings are added up.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    /// The weight of occurrences outside the body.
    head: f32,
    /// Occurrences in the body, relative to its length.
    body: f32,
}

impl Sum {
    fn add(&mut self, positions: impl Iterator<Item = u32>, document: Document, average: f32) {
        let (mut weights, mut body) = ([0.0_f32; 5], 0.0_f32);
        for position in positions {
            let zone = document.zone_ends.iter().filter(|end| **end <= position).count();
            weights[zone] = ZONES[zone];
            body += if zone == BODY { 1.0 } else { 0.0 };
        }
        weights[0] /= (0.5 + 0.5 * float(document.zone_ends[0] as usize) / TITLE_WORDS).max(1.0);
        self.head = self.head.max(weights.iter().sum());
        self.body += body / (1.0 - LENGTH + LENGTH * float(document.length as usize) / average);
    }

    fn strength(self) -> f32 {
        self.head + self.body * (SATURATION + 1.0) / (self.body + SATURATION)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a weight needs no more")]
pub(super) fn float(number: usize) -> f32 {
    number as f32
}

/// Returns the `visible` documents with any of `entries`, in order.
pub(super) fn any(segment: &Segment, entries: &[u32], visible: &[bool], average: f32) -> Vec<Match> {
    let size = if entries.is_empty() { 0 } else { segment.documents.len() };
    let mut sums: Vec<Option<Sum>> = vec![None; size];
    for posting in entries.iter().flat_map(|&entry| segment.postings(entry)) {
        let document = posting.document as usize;
        if visible[document] {
            let sum = sums[document].get_or_insert_default();
            sum.add(posting.positions(), segment.documents[document], average);
        }
    }
    let matches = |(document, sum): (usize, Option<Sum>)| Some(Match { document, strength: sum?.strength() });
    sums.into_iter().enumerate().filter_map(matches).collect()
}

/// Returns the `visible` documents with a phrase, in order. Each word of it may be any of its entries in `words`.
pub(super) fn phrase(segment: &Segment, words: &[Vec<u32>], visible: &[bool], average: f32) -> Vec<Match> {
    let mut by_size: Vec<(u32, &Vec<u32>)> = (0..).zip(words).collect();
    by_size.sort_by_key(|(_, entries)| segment.postings_bytes(entries));
    let Some((&(offset, rarest), others)) = by_size.split_first() else { return Vec::new() };
    let mut starts = starts(segment, rarest, offset, |document| visible[document as usize]);
    for &(offset, entries) in others {
        let has_start = |document| starts.binary_search_by_key(&document, |start| start.0).is_ok();
        let mut followed = self::starts(segment, entries, offset, has_start).into_iter().peekable();
        starts.retain(|start| {
            while followed.next_if(|other| other < start).is_some() {}
            followed.peek() == Some(start)
        });
    }
    let phrases = starts.chunk_by(|a, b| a.0 == b.0).map(|starts| {
        let document = starts[0].0 as usize;
        let mut sum = Sum::default();
        sum.add(starts.iter().map(|(_, position)| *position), segment.documents[document], average);
        Match { document, strength: sum.strength() }
    });
    phrases.collect()
}

/// Returns, in order, the document and position of each phrase whose word at `offset`, counted from 0, would be one of
/// `entries`, in the documents for which `is_meant` holds.
fn starts(segment: &Segment, entries: &[u32], offset: u32, is_meant: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
    let mut starts = Vec::new();
    for posting in entries.iter().flat_map(|&entry| segment.postings(entry)) {
        if is_meant(posting.document) {
            let positions = posting.positions().filter_map(|position| position.checked_sub(offset));
            starts.extend(positions.map(|start| (posting.document, start)));
        }
    }
    // A stable sort merges the starts of the entries, which are in order.
    starts.sort_by_key(|start| *start);
    starts
}

impl Index {
    /// Returns the words with the fewest different letters, first those that start alike, then the most frequent: each
    /// with its number of different letters, as it stands in the index, and as it is spelled.
    pub(super) fn nearest(&self, folded: &str, scope: &Scope) -> Vec<(usize, &str, &str)> {
        let furthest = match folded.chars().count() {
            0..=2 => return Vec::new(),
            3..=7 => 1,
            _ => 2,
        };
        let own_letters = letters(folded);
        let mut near: HashMap<&str, (usize, &str)> = HashMap::new();
        for part in &self.parts {
            for id in 0..part.segment.len() {
                let entry = part.segment.entry(id);
                // A change adds a letter and drops one. Counting them is much faster than finding the distance.
                let different = (letters(entry) ^ own_letters).count_ones() as usize;
                if different <= 2 * furthest
                    && is_word(entry)
                    && let distance = strsim::osa_distance(entry, folded)
                    && distance <= furthest
                {
                    near.entry(entry).or_insert((distance, part.segment.spelling(id)));
                }
            }
        }
        let ranked = near.into_iter().map(|(entry, (distance, spelling))| {
            let starts_alike = entry.chars().next() == folded.chars().next();
            let pages = self.matches(scope, |segment, visible| {
                any(segment, segment.find(entry).as_slice(), visible, scope.average)
            });
            (distance, !starts_alike, Reverse(pages.len()), entry, spelling)
        });
        let mut ranked: Vec<_> = ranked.filter(|(_, _, frequency, _, _)| frequency.0 > 0).collect();
        ranked.sort_unstable();
        let best = ranked.into_iter().take(SUGGESTIONS_PER_WORD);
        best.map(|(distance, _, _, entry, spelling)| (distance, entry, spelling)).collect()
    }
}

/// Returns a bit for each letter of `word`; letters may share one.
fn letters(word: &str) -> u64 {
    word.chars().fold(0, |letters, c| letters | 1 << (u32::from(c) % u64::BITS))
}
