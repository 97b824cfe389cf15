//! The words of the index nearest to a word that occurs nowhere.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::index::Index;
use super::matching::{Scope, any};
use super::segment::{Segment, is_word};

/// Most words suggested for one.
const SUGGESTIONS_PER_WORD: usize = 3;

/// A word of a query that occurs nowhere, and similar words that do occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The word as typed.
    pub word: String,
    /// Similar words as they are spelled, the best first.
    pub instead: Vec<String>,
}

impl Index {
    /// Returns the words with the fewest different letters, first those that start alike, then the most frequent: each
    /// with its number of different letters, as it stands in the index, and as it is spelled.
    pub(super) fn nearest(&self, folded: &str, scope: &Scope) -> Vec<(usize, &str, &str)> {
        let letters: Vec<char> = folded.chars().collect();
        let furthest = match letters.len() {
            0..=2 => return Vec::new(),
            3..=7 => 1,
            _ => 2,
        };
        let mut near: HashMap<&str, (usize, &str)> = HashMap::new();
        for part in &self.parts {
            for (id, distance) in within(&part.segment, &letters, furthest) {
                near.entry(part.segment.entry(id)).or_insert((distance, part.segment.spelling(id)));
            }
        }
        let ranked = near.into_iter().map(|(entry, (distance, spelling))| {
            let starts_alike = entry.starts_with(&letters[..1]);
            (distance, !starts_alike, Reverse(self.frequency(entry, scope)), entry, spelling)
        });
        let mut ranked: Vec<_> = ranked.filter(|(_, _, frequency, _, _)| frequency.0 > 0).collect();
        ranked.sort_unstable();
        let best = ranked.into_iter().take(SUGGESTIONS_PER_WORD);
        best.map(|(distance, _, _, entry, spelling)| (distance, entry, spelling)).collect()
    }

    /// Returns the number of visible pages with an entry.
    fn frequency(&self, entry: &str, scope: &Scope) -> usize {
        let found = self.matches(scope, |segment, visible| {
            let entries: Vec<u32> = segment.find(entry).into_iter().collect();
            any(segment, &entries, visible, scope.average)
        });
        found.len()
    }
}

/// Returns the entries that become `word` by at most `furthest` changes of a letter or swaps of two neighbours, with
/// the number of changes.
///
/// Entries are sorted, so each shares with the one before the rows of the table of distances for their common start; and
/// where a start is too far from every start of `word`, the entries with it are skipped.
fn within(segment: &Segment, word: &[char], furthest: usize) -> Vec<(u32, usize)> {
    let mut found = Vec::new();
    let mut start: Vec<char> = Vec::new();
    let mut rows: Vec<Vec<usize>> = vec![(0..=word.len()).collect()];
    let mut id = 0;
    'entries: while id < segment.len() {
        let entry = segment.entry(id);
        let common = start.iter().zip(entry.chars()).take_while(|(a, b)| **a == *b).count();
        start.truncate(common);
        rows.truncate(common + 1);
        for (at, c) in entry.char_indices().skip(common) {
            let row = next_row(&rows, &start, c, word);
            let is_far = row.iter().chain(&rows[rows.len() - 1]).all(|&distance| distance > furthest);
            start.push(c);
            rows.push(row);
            if is_far {
                id = segment.starting_with(&entry[..at + c.len_utf8()]).end;
                continue 'entries;
            }
        }
        let distance = rows[start.len()][word.len()];
        if distance <= furthest && is_word(entry) {
            found.push((id, distance));
        }
        id += 1;
    }
    found
}

/// Returns the distances of `start` with `c` behind it from each start of `word`; `rows` are those of the starts of
/// `start`.
fn next_row(rows: &[Vec<usize>], start: &[char], c: char, word: &[char]) -> Vec<usize> {
    let depth = start.len();
    let above = &rows[depth];
    let mut row = vec![depth + 1];
    for at in 1..=word.len() {
        let change = above[at - 1] + usize::from(word[at - 1] != c);
        let mut least = change.min(above[at] + 1).min(row[at - 1] + 1);
        let is_swapped = depth > 0 && at > 1 && word[at - 1] == start[depth - 1] && word[at - 2] == c;
        if is_swapped {
            least = least.min(rows[depth - 1][at - 2] + 1);
        }
        row.push(least);
    }
    row
}
