//! [`Excerpt`]: the words of an essay that show why it was found.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::build::IndexOptions;
use super::words;
use crate::capsule::Essay;

/// The longest excerpt, in columns: a dense character takes two.
const LENGTH: usize = 180;

/// Most columns before the first hit.
const BEFORE: usize = 40;

/// Most passages of an excerpt, and most that are compared.
const PASSAGES: usize = 3;
const CANDIDATES: usize = 16;

/// What to mark in a text: the words that match a query. Each word of it has a bit; all from the 64th on share one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    words: HashMap<String, u64>,
    starts: Vec<(String, u64)>,
    /// The bit of the current word of the query.
    bit: u64,
    /// The bits of the words as they were typed. An excerpt with all of them is good enough.
    wanted: u64,
}

impl Marks {
    /// Starts the next word of the query.
    pub(super) fn next_word(&mut self) {
        self.bit = if self.bit == 0 { 1 } else { self.bit.checked_mul(2).unwrap_or(self.bit) };
    }

    /// Adds a form of the current word, or, if `open`, all words that start with it.
    pub(super) fn add(&mut self, word: &str, open: bool) {
        if open {
            self.starts.push((word.to_owned(), self.bit));
        }
        *self.words.entry(word.to_owned()).or_default() |= self.bit;
    }

    /// Notes that the words so far are those that were typed.
    pub(super) fn want_all(&mut self) {
        self.wanted |= self.words.values().fold(0, |all, bit| all | bit);
    }

    fn bits(&self, word: &str) -> u64 {
        let starts = self.starts.iter().filter(|(start, _)| word.starts_with(start.as_str()));
        starts.fold(self.words.get(word).copied().unwrap_or_default(), |all, (_, bit)| all | bit)
    }

    /// Returns the hits in `text` with their bits.
    fn hits(&self, text: &str) -> Vec<(u64, Range<usize>)> {
        let mut hits = Vec::new();
        words::for_each_word(text, &mut |word, range| {
            let parts = words::parts(&text[range.clone()]);
            let bits = parts.iter().fold(self.bits(word), |all, part| all | self.bits(&words::folded(part)));
            if bits != 0 {
                hits.push((bits, range));
            } else if let Some(named) = words::with_symbols(text, &range) {
                let bits = self.words.get(&text[named.clone()].to_lowercase());
                hits.extend(bits.map(|bits| (*bits, named)));
            }
        });
        hits
    }
}

/// A line with the passages of an essay that have marked words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The line, with an ellipsis where it is cut; empty if the essay has no text.
    pub text: String,
    /// The byte ranges of the hits, in order.
    pub hits: Vec<Range<usize>>,
}

/// A text with its hits from a certain one on, and the bits of those near it.
type Passage = (u64, String, Vec<Range<usize>>);

impl Excerpt {
    /// Returns the passages of `essay` with the most different words of `marks`, or its summary or its beginning.
    pub fn of(essay: &Essay, marks: &Marks, options: &IndexOptions) -> Self {
        let whole = essay.text();
        let document = whole.document(&options.markdown);
        let mut passages: Vec<Passage> = Vec::new();
        let mut opening = String::new();
        let mut see = |text: &str, is_text: bool| {
            if text == essay.title || passages.iter().any(|known| known.0 & marks.wanted == marks.wanted) {
                return;
            }
            if opening.is_empty() && is_text {
                text.clone_into(&mut opening);
            }
            add_passages(&mut passages, text, &marks.hits(text));
        };
        words::for_each_text(&document, &mut |text| see(text, true));
        words::addresses(&document).for_each(|address| see(address, false));
        let chosen = choose(passages);
        let mut excerpt = Self::default();
        for (_, text, hits) in &chosen {
            excerpt.add(text, hits, LENGTH / chosen.len());
        }
        if chosen.is_empty() {
            excerpt.add(essay.metadata.summary.as_deref().unwrap_or(&opening), &[], LENGTH);
        }
        excerpt
    }

    /// Appends as much of `text` as fits around the first of `hits` into `length` columns.
    fn add(&mut self, text: &str, hits: &[Range<usize>], length: usize) {
        let Range { start, end } = clauses(text, hits, length);
        if !self.text.is_empty() {
            self.text.truncate(self.text.strip_suffix('…').unwrap_or(&self.text).len());
            self.text.push_str(" … ");
        } else if !text[..start].trim().is_empty() {
            self.text.push('…');
        }
        let mut at = start;
        for hit in hits.iter().filter(|hit| hit.start >= start && hit.end <= end) {
            // Pairs of dense characters overlap.
            let hit = hit.start.max(at)..hit.end;
            self.push(&text[at..hit.start]);
            let marked = self.text.len();
            self.push(&text[hit.clone()]);
            let marked = marked..self.text.len();
            match self.hits.last_mut() {
                Some(last) if last.end == marked.start => last.end = marked.end,
                _ => self.hits.push(marked),
            }
            at = hit.end;
        }
        self.push(&text[at..end]);
        self.text.truncate(self.text.trim_end().len());
        if !text[end..].trim().is_empty() {
            self.text.push('…');
        }
    }

    /// Appends text with white space and controls as single spaces.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if !c.is_whitespace() && !c.is_control() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
        }
    }
}

/// Adds, for each set of words that hits of `text` near each other have, the first passage with them.
fn add_passages(passages: &mut Vec<Passage>, text: &str, hits: &[(u64, Range<usize>)]) {
    for (at, (_, first)) in hits.iter().enumerate() {
        let near = hits[at..].iter().take_while(|(_, hit)| hit.end <= first.start + LENGTH - BEFORE);
        let bits = near.fold(0, |all, (bit, _)| all | bit);
        if passages.len() < CANDIDATES && passages.iter().all(|(known, ..)| known & bits != bits) {
            let hits = hits[at..].iter().map(|(_, hit)| hit.clone()).collect();
            passages.push((bits, text.to_owned(), hits));
        }
    }
}

/// Returns the fewest passages that have the most different words, in their order.
fn choose(passages: Vec<Passage>) -> Vec<Passage> {
    let (mut covered, mut chosen) = (0, BTreeSet::new());
    while chosen.len() < PASSAGES {
        let gains = passages.iter().map(|(bits, ..)| (bits & !covered).count_ones());
        let best = gains.enumerate().rev().max_by_key(|(_, gain)| *gain).filter(|(_, gain)| *gain > 0);
        let Some((at, _)) = best else { break };
        covered |= passages[at].0;
        chosen.insert(at);
    }
    passages.into_iter().enumerate().filter(|(at, _)| chosen.contains(at)).map(|(_, passage)| passage).collect()
}

/// Returns the part of `text` that shows the first of `hits`: whole clauses where they fit into `length` columns.
fn clauses(text: &str, hits: &[Range<usize>], length: usize) -> Range<usize> {
    let hit = hits.first().map_or(0, |hit| hit.start);
    let line = text[..hit].rfind('\n').map_or(0, |at| at + 1);
    let ends = |range: Range<usize>| {
        let within = text[range.clone()].char_indices().map(move |(at, c)| range.start + at + c.len_utf8());
        within.filter(|&at| ends_clause(text, at))
    };
    let word = word_before(text, line..hit, BEFORE.min(length / 2));
    let start = if word == line { line } else { ends(word..hit).next().unwrap_or(word) };
    let end = word_after(text, start, length);
    let shown = hits.iter().rfind(|hit| hit.end <= end).map_or(start, |hit| hit.end);
    let last_clause = ends(start..end).rfind(|&at| at >= shown);
    start..if end < text.len() { last_clause.unwrap_or(end) } else { end }
}

fn ends_clause(text: &str, at: usize) -> bool {
    let is_before_space = text[at..].starts_with(char::is_whitespace);
    text[..at].ends_with(['。', '！', '？', '；', '、', '，', '\n'])
        || is_before_space && text[..at].ends_with(['.', '!', '?', ';', ':', ',', ')', '…', '—', '–'])
}

/// Returns the start of the first word of `line` that is at most `length` columns before its end.
fn word_before(text: &str, line: Range<usize>, length: usize) -> usize {
    let (mut width, mut word) = (0, line.end);
    for (at, c) in text[line.clone()].char_indices().rev() {
        width += 1 + usize::from(words::is_dense(c));
        if width > length {
            return word;
        }
        if c.is_whitespace() {
            word = line.start + at + c.len_utf8();
        } else if words::is_dense(c) {
            word = line.start + at;
        }
    }
    line.start
}

/// Returns the end of the last word that fits into `length` columns from `start` on.
fn word_after(text: &str, start: usize, length: usize) -> usize {
    let (mut width, mut word) = (0, start);
    for (at, c) in text[start..].char_indices() {
        if c.is_whitespace() || words::is_dense(c) {
            word = start + at;
        }
        width += 1 + usize::from(words::is_dense(c));
        if width > length {
            return if word > start { word } else { start + at };
        }
    }
    text.len()
}
