//! What a condition matches in one segment: the entries that a word means, and the documents they occur in.

use std::ops::Range;

use super::postings::{Posting, Postings};
use super::segment::{Document, Segment, is_word};
use super::words;

/// The shortest start of a word that is searched for, in characters; one dense character is enough.
const MIN_START: usize = 3;

/// How much longer than its stem a form may be, in bytes.
const MAX_ENDING: usize = 10;

/// Weights of an occurrence in the title, in the tags and in the lead; in the body, repetition counts.
const TITLE: f32 = 3.0;
const TAG: f32 = 1.2;
const LEAD: f32 = 0.8;

/// How soon repetition adds nothing (parameter k1 of BM25), and how much the length of a body matters (parameter b).
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.6;

/// The longest title with full weight, in words.
const TITLE_WORDS: f32 = 5.0;

/// The entries that a word of a query means, each once.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Meant {
    /// The word itself.
    pub(super) same: Option<u32>,
    /// Other forms of it.
    pub(super) forms: Vec<u32>,
    /// Words that start with it.
    pub(super) longer: Vec<u32>,
}

/// Returns what `folded` means in `segment`; if `open`, it may be the start of a longer word.
pub(super) fn meant(segment: &Segment, folded: &str, open: bool) -> Meant {
    let same = segment.find(folded);
    let mut forms = forms(segment, folded, same);
    forms.retain(|&id| Some(id) != same);
    let longer = if open { longer(segment, folded) } else { 0..0 };
    let longer = longer.filter(|id| Some(*id) != same && !forms.contains(id)).collect();
    Meant { same, forms, longer }
}

/// Returns the words that start with `start`, including itself.
pub(super) fn longer(segment: &Segment, start: &str) -> Range<u32> {
    let is_long = start.chars().nth(MIN_START - 1).is_some() || start.chars().any(words::is_dense);
    if is_long { segment.starting_with(start) } else { 0..0 }
}

/// Returns the forms of a word: the words with its stem, in any language of the segment.
///
/// Stems are not stored: the forms of a word start alike, so few words have to be stemmed.
fn forms(segment: &Segment, folded: &str, same: Option<u32>) -> Vec<u32> {
    let mut found = Vec::new();
    if folded.chars().count() < 3 || folded.chars().any(|c| c.is_numeric() || words::is_dense(c)) {
        return found;
    }
    for language in &segment.languages {
        // Stemmers need the accents, which readers leave out and essays do not.
        let written = same.map(|id| segment.spelling(id)).filter(|spelling| *spelling != folded);
        for stem in [Some(folded), written].into_iter().flatten().map(|word| language.stem(word)) {
            let mut common = String::new();
            words::push_folded(&mut common, &stem);
            let certain = words::cut(&common, common.len().saturating_sub(2).max(2));
            for id in segment.starting_with(certain) {
                let entry = segment.entry(id);
                if entry.len() <= common.len() + MAX_ENDING
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

/// The documents of a segment that are searched.
pub(super) struct Scope {
    /// Whether each document is published and visible to the reader.
    pub(super) visible: Vec<bool>,
    /// The average length of a body in the whole index.
    pub(super) average: f32,
}

/// A document that meets a condition, and how strongly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) document: u32,
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
        let (mut title, mut tag, mut lead, mut body) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        for position in positions {
            if position < document.title_end {
                title = TITLE;
            } else if position < document.tags_end {
                tag = TAG;
            } else if position < document.lead_end {
                lead = LEAD;
            } else {
                body += 1.0;
            }
        }
        let title = title / (0.5 + 0.5 * float(document.title_end) / TITLE_WORDS).max(1.0);
        self.head = self.head.max(title + tag + lead);
        self.body += body / (1.0 - LENGTH + LENGTH * float(document.length) / average);
    }

    fn strength(self) -> f32 {
        self.head + self.body * (SATURATION + 1.0) / (self.body + SATURATION)
    }
}

fn float(number: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a weight needs no more")]
    let float = number as f32;
    float
}

/// Returns the documents with any of `entries`, in order.
pub(super) fn any(segment: &Segment, entries: &[u32], scope: &Scope) -> Vec<Match> {
    if let [entry] = entries {
        let mut found = Vec::new();
        for posting in segment.postings(*entry).filter(|posting| scope.visible[posting.document as usize]) {
            let document = segment.documents[posting.document as usize];
            let mut sum = Sum::default();
            sum.add(posting.positions(), document, scope.average);
            found.push(Match { document: posting.document, strength: sum.strength() });
        }
        return found;
    }
    let mut sums: Vec<Option<Sum>> = vec![None; if entries.is_empty() { 0 } else { segment.documents.len() }];
    for posting in entries.iter().flat_map(|&entry| segment.postings(entry)) {
        let number = posting.document as usize;
        if scope.visible[number] {
            let sum = sums[number].get_or_insert_default();
            sum.add(posting.positions(), segment.documents[number], scope.average);
        }
    }
    let sums = (0..).zip(sums);
    sums.filter_map(|(document, sum)| Some(Match { document, strength: sum?.strength() })).collect()
}

/// Returns the documents in which words follow each other, in order. Each of `words` is the entries it may be.
pub(super) fn phrase(segment: &Segment, words: &[Vec<u32>], scope: &Scope) -> Vec<Match> {
    let mut cursors: Vec<Cursor<'_>> = words.iter().map(|entries| Cursor::of(segment, entries)).collect();
    let (mut found, mut starts, mut positions) = (Vec::new(), Vec::new(), Vec::new());
    let mut wanted = 0;
    'documents: loop {
        for cursor in &mut cursors {
            let Some(document) = cursor.seek(wanted) else { break 'documents };
            if document > wanted {
                wanted = document;
                continue 'documents;
            }
        }
        let Some((first, others)) = cursors.split_first() else { break };
        if scope.visible[wanted as usize] {
            first.positions(&mut starts);
            for (behind, cursor) in (1..).zip(others) {
                if starts.is_empty() {
                    break;
                }
                cursor.positions(&mut positions);
                keep_followed(&mut starts, &positions, behind);
            }
            if !starts.is_empty() {
                let mut sum = Sum::default();
                sum.add(starts.iter().copied(), segment.documents[wanted as usize], scope.average);
                found.push(Match { document: wanted, strength: sum.strength() });
            }
        }
        wanted += 1;
    }
    found
}

/// Keeps those of `starts` that have one of `positions` at the distance `behind`. Both ascend.
fn keep_followed(starts: &mut Vec<u32>, positions: &[u32], behind: u32) {
    let mut at = 0;
    starts.retain(|start| {
        let wanted = start + behind;
        while positions.get(at).is_some_and(|&position| position < wanted) {
            at += 1;
        }
        positions.get(at) == Some(&wanted)
    });
}

/// The documents with one word of a phrase, in order.
enum Cursor<'a> {
    /// A word that is one entry.
    One { postings: Postings<'a>, here: Option<Posting<'a>> },
    /// A word that may be several entries: document and position, in order.
    Several { occurrences: Vec<(u32, u32)>, here: Range<usize> },
}

impl<'a> Cursor<'a> {
    fn of(segment: &'a Segment, entries: &[u32]) -> Self {
        if let [entry] = entries {
            let mut postings = segment.postings(*entry);
            let here = postings.next();
            return Self::One { postings, here };
        }
        let mut occurrences = Vec::new();
        for posting in entries.iter().flat_map(|&entry| segment.postings(entry)) {
            occurrences.extend(posting.positions().map(|position| (posting.document, position)));
        }
        occurrences.sort_unstable();
        Self::Several { occurrences, here: 0..0 }
    }

    /// Moves to the first document from `wanted` on and returns it.
    fn seek(&mut self, wanted: u32) -> Option<u32> {
        match self {
            Self::One { postings, here } => {
                while here.is_some_and(|posting| posting.document < wanted) {
                    *here = postings.next();
                }
                here.map(|posting| posting.document)
            }
            Self::Several { occurrences, here } => {
                while occurrences.get(here.start).is_some_and(|(document, _)| *document < wanted) {
                    here.start += 1;
                }
                let (document, _) = *occurrences.get(here.start)?;
                here.end = here.start;
                while occurrences.get(here.end).is_some_and(|(other, _)| *other == document) {
                    here.end += 1;
                }
                Some(document)
            }
        }
    }

    /// Copies the positions in the present document.
    fn positions(&self, into: &mut Vec<u32>) {
        into.clear();
        match self {
            Self::One { here, .. } => into.extend(here.iter().flat_map(Posting::positions)),
            Self::Several { occurrences, here } => {
                into.extend(occurrences[here.clone()].iter().map(|(_, position)| position));
            }
        }
    }
}
