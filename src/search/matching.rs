//! The documents of a segment in which entries stand, and how strongly.

use std::ops::Range;

use super::codec::{Posting, Postings};
use super::segment::{Document, Segment};

/// How much a word says about an essay by where it stands, beside the body, where repetition counts.
const TITLE: f32 = 3.0;
const TAG: f32 = 1.2;
const LEAD: f32 = 0.8;

/// How soon repetition says nothing new (the parameter k1 of BM25), and how much the length of a body matters
/// (its parameter b).
const SATURATION: f32 = 1.2;
const LENGTH: f32 = 0.6;

/// The length of a title, in words, that is worth its full weight; longer ones say less with each word.
const TITLE_WORDS: f32 = 5.0;

/// The documents of a segment that count, and what their lengths mean.
pub(super) struct Scope {
    /// Whether each document is published and for these readers.
    pub(super) counts: Vec<bool>,
    /// The average length of a body, in the whole index.
    pub(super) average: f32,
}

/// A document in which something stands, and how strongly it speaks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Match {
    pub(super) document: u32,
    pub(super) strength: f32,
}

/// What is known of a document while its postings come in.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    /// Where it stands beside the body, by the weight of that.
    special: f32,
    /// How often it stands in the body, for its length.
    body: f32,
}

impl Sum {
    fn add(&mut self, places: impl Iterator<Item = u32>, document: Document, average: f32) {
        let (mut title, mut tag, mut lead, mut body) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        for place in places {
            if place < document.title_end {
                title = TITLE;
            } else if place < document.tags_end {
                tag = TAG;
            } else if place < document.lead_end {
                lead = LEAD;
            } else {
                body += 1.0;
            }
        }
        let title = title / (0.5 + 0.5 * float(document.title_end) / TITLE_WORDS).max(1.0);
        self.special = self.special.max(title + tag + lead);
        self.body += body / (1.0 - LENGTH + LENGTH * float(document.length) / average);
    }

    fn strength(self) -> f32 {
        self.special + self.body * (SATURATION + 1.0) / (self.body + SATURATION)
    }
}

fn float(number: u32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "a weight needs no more")]
    let float = number as f32;
    float
}

/// The documents in which any of `entries` stands, in order.
pub(super) fn any(segment: &Segment, entries: &[u32], scope: &Scope) -> Vec<Match> {
    if let [entry] = entries {
        let mut found = Vec::new();
        for posting in segment.postings(*entry).filter(|posting| scope.counts[posting.document as usize]) {
            let document = segment.documents[posting.document as usize];
            let mut sum = Sum::default();
            sum.add(posting.places(), document, scope.average);
            found.push(Match { document: posting.document, strength: sum.strength() });
        }
        return found;
    }
    let mut sums: Vec<Option<Sum>> = vec![None; if entries.is_empty() { 0 } else { segment.documents.len() }];
    for posting in entries.iter().flat_map(|&entry| segment.postings(entry)) {
        let number = posting.document as usize;
        if scope.counts[number] {
            let sum = sums[number].get_or_insert_default();
            sum.add(posting.places(), segment.documents[number], scope.average);
        }
    }
    let sums = (0..).zip(sums);
    sums.filter_map(|(document, sum)| Some(Match { document, strength: sum?.strength() })).collect()
}

/// The documents in which words stand one after the other, in order: each of `words` is the entries it may be.
pub(super) fn phrase(segment: &Segment, words: &[Vec<u32>], scope: &Scope) -> Vec<Match> {
    let mut cursors: Vec<Cursor<'_>> = words.iter().map(|entries| Cursor::of(segment, entries)).collect();
    let (mut found, mut starts, mut places) = (Vec::new(), Vec::new(), Vec::new());
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
        if scope.counts[wanted as usize] {
            first.places(&mut starts);
            for (behind, cursor) in (1..).zip(others) {
                if starts.is_empty() {
                    break;
                }
                cursor.places(&mut places);
                keep_followed(&mut starts, &places, behind);
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

/// Keeps those of `starts` that have one of `places` so far `behind` them. Both ascend.
fn keep_followed(starts: &mut Vec<u32>, places: &[u32], behind: u32) {
    let mut at = 0;
    starts.retain(|start| {
        let wanted = start + behind;
        while places.get(at).is_some_and(|&place| place < wanted) {
            at += 1;
        }
        places.get(at) == Some(&wanted)
    });
}

/// A walk through the documents in which one word of a phrase stands.
enum Cursor<'a> {
    /// A word that is one entry.
    One { postings: Postings<'a>, here: Option<Posting<'a>> },
    /// A word that may be several: document and place, in order.
    Several { stands: Vec<(u32, u32)>, here: Range<usize> },
}

impl<'a> Cursor<'a> {
    fn of(segment: &'a Segment, entries: &[u32]) -> Self {
        if let [entry] = entries {
            let mut postings = segment.postings(*entry);
            let here = postings.next();
            return Self::One { postings, here };
        }
        let mut stands = Vec::new();
        for posting in entries.iter().flat_map(|&entry| segment.postings(entry)) {
            stands.extend(posting.places().map(|place| (posting.document, place)));
        }
        stands.sort_unstable();
        Self::Several { stands, here: 0..0 }
    }

    /// The first document from `wanted` on.
    fn seek(&mut self, wanted: u32) -> Option<u32> {
        match self {
            Self::One { postings, here } => {
                while here.is_some_and(|posting| posting.document < wanted) {
                    *here = postings.next();
                }
                here.map(|posting| posting.document)
            }
            Self::Several { stands, here } => {
                while stands.get(here.start).is_some_and(|(document, _)| *document < wanted) {
                    here.start += 1;
                }
                let (document, _) = *stands.get(here.start)?;
                here.end = here.start;
                while stands.get(here.end).is_some_and(|(other, _)| *other == document) {
                    here.end += 1;
                }
                Some(document)
            }
        }
    }

    /// The places in the document it stands at.
    fn places(&self, into: &mut Vec<u32>) {
        into.clear();
        match self {
            Self::One { here, .. } => into.extend(here.iter().flat_map(Posting::places)),
            Self::Several { stands, here } => {
                into.extend(stands[here.clone()].iter().map(|(_, place)| place));
            }
        }
    }
}
