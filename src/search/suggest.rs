//! Suggests words of the index for words of a query that occur nowhere.

use std::collections::HashMap;

use super::index::Index;
use super::query::{Query, Sense};
use super::segment::{REMOVED, is_word};

/// Most words suggested for one.
const SUGGESTIONS_PER_WORD: usize = 3;

/// Most words of a query that get suggestions: each is compared with every word of the index, which takes some 10 ms for
/// a thousand essays.
const MAX_WORDS: usize = 3;

/// A word of a query that occurs nowhere, and similar words that do occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The word as typed.
    pub word: String,
    /// Similar words as they are spelled, the best first.
    pub instead: Vec<String>,
}

impl Index {
    /// Returns suggestions for the first words of `query` that occur in none of the `visible` essays.
    pub fn suggest(&self, query: &Query, visible: &dyn Fn(u32) -> bool) -> Vec<Suggestion> {
        let wanted = query.clauses.iter().filter(|clause| !clause.excluded);
        let words = wanted.filter_map(|clause| match &clause.sense {
            Sense::Word { folded, .. } => Some((&clause.written, folded)),
            _ => None,
        });
        let absent = words.filter(|(_, folded)| self.frequency(folded, visible) == 0).take(MAX_WORDS);
        let suggestions = absent.map(|(written, folded)| Suggestion {
            word: written.clone(),
            instead: self.nearest(folded, visible),
        });
        suggestions.filter(|suggestion| !suggestion.instead.is_empty()).collect()
    }

    /// Returns the words with the fewest different letters, the most frequent first.
    fn nearest(&self, folded: &str, visible: &dyn Fn(u32) -> bool) -> Vec<String> {
        let letters = folded.chars().count();
        let furthest = match letters {
            0..=2 => return Vec::new(),
            3..=5 => 1,
            _ => 2,
        };
        let mut near: HashMap<&str, (usize, &str)> = HashMap::new();
        for part in &self.parts {
            let segment = &part.segment;
            for id in 0..segment.len() {
                let entry = segment.entry(id);
                // A character takes up to four bytes: the lengths in bytes rule out most words at once.
                if entry.len() > folded.len() + furthest * 4 || entry.len() + furthest * 4 < folded.len() {
                    continue;
                }
                if is_word(entry) && entry.chars().count().abs_diff(letters) <= furthest {
                    let distance = strsim::osa_distance(entry, folded);
                    if distance <= furthest {
                        near.entry(entry).or_insert((distance, segment.spelling(id)));
                    }
                }
            }
        }
        let mut ranked: Vec<(usize, std::cmp::Reverse<usize>, &str, &str)> = near
            .into_iter()
            .map(|(entry, (distance, spelling))| {
                (distance, std::cmp::Reverse(self.frequency(entry, visible)), entry, spelling)
            })
            .filter(|(_, frequency, _, _)| frequency.0 > 0)
            .collect();
        ranked.sort_unstable();
        ranked.into_iter().take(SUGGESTIONS_PER_WORD).map(|(_, _, _, spelling)| spelling.to_owned()).collect()
    }

    /// Returns the number of visible essays with an entry.
    fn frequency(&self, entry: &str, visible: &dyn Fn(u32) -> bool) -> usize {
        let of_part = self.parts.iter().map(|part| {
            let postings = part.segment.find(entry).map(|id| part.segment.postings(id));
            let essays = postings.into_iter().flatten().map(|posting| part.essays[posting.document as usize]);
            essays.filter(|&essay| essay != REMOVED && visible(essay)).count()
        });
        of_part.sum()
    }
}
