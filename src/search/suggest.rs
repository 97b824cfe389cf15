//! Other words where a word stands nowhere: those that are spelled most like it.

use std::collections::HashMap;

use super::index::{GONE, Index};
use super::query::{Query, Sense};
use super::segment::is_word;

/// How many words are suggested for one.
const MOST: usize = 3;

/// A word that stands in `word`'s place nowhere, and words that do stand somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The word as typed.
    pub word: String,
    /// Words nearest to it, as they are written, the best first.
    pub instead: Vec<String>,
}

impl Index {
    /// For each word of `query` that stands in none of the `visible` essays, the words nearest to it that do.
    pub fn suggest(&self, query: &Query, visible: &dyn Fn(u32) -> bool) -> Vec<Suggestion> {
        let wanted = query.clauses.iter().filter(|clause| !clause.excluded);
        let words = wanted.filter_map(|clause| match &clause.sense {
            Sense::Word { folded, .. } => Some((&clause.written, folded)),
            _ => None,
        });
        let absent = words.filter(|(_, folded)| self.standing(folded, visible) == 0);
        let suggestions = absent.map(|(written, folded)| Suggestion {
            word: written.clone(),
            instead: self.nearest(folded, visible),
        });
        suggestions.filter(|suggestion| !suggestion.instead.is_empty()).collect()
    }

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
                // Letters take one to four bytes: most words are told apart without looking at them.
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
                (distance, std::cmp::Reverse(self.standing(entry, visible)), entry, spelling)
            })
            .filter(|(_, standing, _, _)| standing.0 > 0)
            .collect();
        ranked.sort_unstable();
        ranked.into_iter().take(MOST).map(|(_, _, _, spelling)| spelling.to_owned()).collect()
    }

    /// In how many visible essays an entry stands.
    fn standing(&self, entry: &str, visible: &dyn Fn(u32) -> bool) -> usize {
        let of_part = self.parts.iter().map(|part| {
            let postings = part.segment.find(entry).map(|id| part.segment.postings(id));
            let essays = postings.into_iter().flatten().map(|posting| part.essays[posting.document as usize]);
            essays.filter(|&essay| essay != GONE && visible(essay)).count()
        });
        of_part.sum()
    }
}
