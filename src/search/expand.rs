//! The entries of a segment that a word of a query means.

use std::ops::Range;

use super::segment::{Segment, is_word};
use super::{fold, words};

/// The shortest word that is looked for as the beginning of others, in characters; a character of a dense script
/// says more than a letter.
const SHORTEST_START: usize = 3;

/// How much longer than what all its forms have in common a form may be, in bytes.
const LONGEST_ENDING: usize = 10;

/// The entries that a word means, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meant {
    /// The word itself.
    pub(super) same: Option<u32>,
    /// Other forms of it.
    pub(super) forms: Vec<u32>,
    /// Words that begin with it.
    pub(super) longer: Vec<u32>,
}

/// What `folded` means in `segment`; if it is `open`, that may be a longer word.
pub(super) fn meant(segment: &Segment, folded: &str, open: bool) -> Meant {
    let same = segment.find(folded);
    let mut forms = forms(segment, folded, same);
    forms.retain(|&id| Some(id) != same);
    let longer = if open { longer(segment, folded) } else { 0..0 };
    let longer = longer.filter(|id| Some(*id) != same && !forms.contains(id)).collect();
    Meant { same, forms, longer }
}

/// The words that begin with `start`, itself among them if it is one.
pub(super) fn longer(segment: &Segment, start: &str) -> Range<u32> {
    let is_long = start.chars().nth(SHORTEST_START - 1).is_some() || start.chars().any(words::is_dense);
    if is_long { segment.starting_with(start) } else { 0..0 }
}

/// The other forms of a word: those with the same stem, in any language of the segment.
///
/// Stems are not kept. Forms of one word begin alike, so there are few words to ask for theirs.
fn forms(segment: &Segment, folded: &str, same: Option<u32>) -> Vec<u32> {
    let mut found = Vec::new();
    if folded.chars().count() < 3 || folded.chars().any(|c| c.is_numeric() || words::is_dense(c)) {
        return found;
    }
    for language in &segment.languages {
        // Endings are known with their accents, which readers leave out and the essays do not.
        let written = same.map(|id| segment.spelling(id)).filter(|spelling| *spelling != folded);
        for stem in [Some(folded), written].into_iter().flatten().map(|word| language.stem(word)) {
            let mut common = String::new();
            fold::push(&mut common, &stem);
            let certain = words::cut(&common, common.len().saturating_sub(2).max(2));
            for id in segment.starting_with(certain) {
                let entry = segment.entry(id);
                if entry.len() <= common.len() + LONGEST_ENDING
                    && is_word(entry)
                    && !found.contains(&id)
                    && language.stem(segment.spelling(id)) == stem
                {
                    found.push(id);
                }
            }
        }
    }
    found
}
