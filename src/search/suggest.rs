//! The words of the index nearest to a word that occurs nowhere.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::index::Index;
use super::matching::{Scope, any};

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
                    && super::segment::is_word(entry)
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
