//! Ranks the essays that a query finds.
//!
//! Every condition is matched in every segment first, since the weight of a word depends on how rare it is in the whole
//! index (the inverse document frequency of BM25). An essay must meet all conditions; if none does, those that meet some
//! are returned, and [`Found::complete`] tells.

use std::collections::HashSet;
use std::ops::Range;

use super::excerpt::Marks;
use super::index::Index;
use super::matching::{Match, Meant, Scope, any, longer, meant, phrase};
use super::query::{Clause, Query, Sense};
use super::segment::{Part, REMOVED, Segment};

/// Weights of another form of a word, and of a word that only starts like it.
const FORM: f32 = 0.75;
const LONGER: f32 = 0.35;

/// Weight of two words that follow each other in the query and in the text.
const NEIGHBOURS: f32 = 0.8;

/// Most matches of two words for which neighbours are looked up: beyond, the lookup takes longer than the search.
const MAX_NEIGHBOURS: usize = 20_000;

/// If fewer than `FEW` essays meet a longer query, up to `OTHERS` that lack one of its words are returned as well.
const FEW: usize = 3;
const OTHERS: usize = 5;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The numbers of the wanted essays, best first; of equal ones the newest first.
    pub essays: Vec<u32>,
    /// The number of essays found in all.
    pub total: usize,
    /// Whether they meet the whole query. If not, no essay does, and they meet some of it.
    pub complete: bool,
    /// If very few essays meet a longer query: the best of those that lack one of its words.
    pub others: Vec<u32>,
    /// Each word and phrase of the query as typed, and the number of essays that have it.
    pub words: Vec<(String, usize)>,
    /// What to mark in the text of an essay.
    pub marks: Marks,
}

/// The matches of a condition: groups with their weight, and in each group the matches of every part.
struct Finding<'q> {
    clause: &'q Clause,
    groups: Vec<(f32, Vec<Vec<Match>>)>,
}

/// The score of a document.
#[derive(Clone, Copy, Default)]
struct Score {
    sum: f32,
    /// The number of conditions on words that it meets.
    met: u16,
    excluded: bool,
}

impl Index {
    /// Returns the essays that `query` finds among those whose number is `visible`, limited to the ranks in `wanted`.
    pub fn search(&self, query: &Query, visible: &dyn Fn(u32) -> bool, wanted: Range<usize>) -> Found {
        let scopes = self.scopes(visible);
        let count = scopes.iter().flat_map(|scope| &scope.visible).filter(|&&visible| visible).count();
        let mut marks = Marks::default();
        let findings: Vec<Finding<'_>> =
            query.clauses.iter().map(|clause| self.finding(clause, &scopes, &mut marks)).collect();
        let neighbours = self.neighbours(&findings, &scopes);
        let required = findings.iter().filter(|found| found.is_required()).count();
        let (mut all, mut lacking_one, mut some) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (part, scope)) in self.parts.iter().zip(&scopes).enumerate() {
            let scores = scores(&findings, &neighbours, at, scope, count);
            for (score, &essay) in scores.iter().zip(&part.essays) {
                let met = usize::from(score.met);
                if score.excluded || query.is_empty() {
                } else if met == required {
                    all.push((score.sum, essay));
                } else if met > 0 {
                    some.push((score.sum * f32::from(score.met), essay));
                    if met + 1 == required {
                        lacking_one.push((score.sum, essay));
                    }
                }
            }
        }
        let few = (1..FEW).contains(&all.len()) && required > 2;
        let others = if few { best(&mut lacking_one, 0..OTHERS) } else { Vec::new() };
        let complete = !all.is_empty();
        let mut ranked = if complete { all } else { some };
        let (total, essays) = (ranked.len(), best(&mut ranked, wanted));
        let words = findings.iter().filter(|found| found.is_required());
        let words = words.map(|found| (found.clause.written.clone(), found.count())).collect();
        Found { essays, total, complete, others, words, marks }
    }

    fn scopes(&self, visible: &dyn Fn(u32) -> bool) -> Vec<Scope> {
        let of_part =
            |part: &Part| part.essays.iter().map(|&essay| essay != REMOVED && visible(essay)).collect();
        let visible: Vec<Vec<bool>> = self.parts.iter().map(of_part).collect();
        let (mut essays, mut words) = (0_u64, 0_u64);
        for (part, visible) in self.parts.iter().zip(&visible) {
            for (document, _) in part.segment.documents.iter().zip(visible).filter(|(_, visible)| **visible) {
                essays += 1;
                words += u64::from(document.length);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "an average needs no more")]
        let average = (words as f32 / essays.max(1) as f32).max(1.0);
        visible.into_iter().map(|visible| Scope { visible, average }).collect()
    }

    /// Matches a condition in every part, and adds the words it means to `marks` unless it excludes them.
    fn finding<'q>(&self, clause: &'q Clause, scopes: &[Scope], marks: &mut Marks) -> Finding<'q> {
        let parts = || self.parts.iter().map(|part| &*part.segment).zip(scopes);
        let mut meaning = Marks::default();
        let groups = match &clause.sense {
            Sense::Word { folded, open } => {
                let meant: Vec<Meant> = parts().map(|(segment, _)| meant(segment, folded, *open)).collect();
                meaning.wanted = 1;
                meaning.add(folded, *open);
                for ((segment, _), meant) in parts().zip(&meant) {
                    meant.forms.iter().for_each(|&id| meaning.add(segment.entry(id), false));
                }
                let group = |weight: f32, entries: fn(&Meant) -> &[u32]| {
                    let parts = parts().zip(&meant);
                    (
                        weight,
                        parts.map(|((segment, scope), meant)| any(segment, entries(meant), scope)).collect(),
                    )
                };
                let same = group(1.0, |meant| meant.same.as_slice());
                vec![same, group(FORM, |meant| &meant.forms), group(LONGER, |meant| &meant.longer)]
            }
            Sense::Phrase { words, open } => {
                meaning.wanted = words.len();
                for (at, word) in words.iter().enumerate() {
                    meaning.add(word, *open && at + 1 == words.len());
                }
                let found = |(segment, scope)| phrase(segment, &entries(segment, words, *open), scope);
                vec![(1.0, parts().map(found).collect())]
            }
            Sense::Entries(entries) => {
                let ids = |segment: &Segment| {
                    entries.iter().filter_map(|entry| segment.find(entry)).collect::<Vec<_>>()
                };
                vec![(0.0, parts().map(|(segment, scope)| any(segment, &ids(segment), scope)).collect())]
            }
        };
        if !clause.excluded {
            marks.join(meaning);
        }
        Finding { clause, groups }
    }

    /// Returns, for each pair of words that follow each other in the query, the documents of each part in which they do
    /// so too, in any of their forms.
    fn neighbours(&self, findings: &[Finding<'_>], scopes: &[Scope]) -> Vec<Vec<Vec<Match>>> {
        let mut found = Vec::new();
        for pair in findings.windows(2) {
            let [Some(first), Some(second)] = [pair[0].word(), pair[1].word()] else { continue };
            if pair.iter().map(Finding::weight).sum::<usize>() > MAX_NEIGHBOURS {
                continue;
            }
            let of_part = |(part, scope): (&Part, &Scope)| {
                let entries = [first, second].map(|word| {
                    let meant = meant(&part.segment, word, false);
                    meant.same.into_iter().chain(meant.forms).collect::<Vec<u32>>()
                });
                phrase(&part.segment, &entries, scope)
            };
            found.push(self.parts.iter().zip(scopes).map(of_part).collect());
        }
        found
    }
}

/// Returns the entries that each word of a phrase may be.
fn entries(segment: &Segment, words: &[String], open: bool) -> Vec<Vec<u32>> {
    let entries = words.iter().enumerate().map(|(at, word)| {
        let longer = if open && at + 1 == words.len() { longer(segment, word) } else { 0..0 };
        if longer.is_empty() { segment.find(word).into_iter().collect() } else { longer.collect() }
    });
    entries.collect()
}

impl Finding<'_> {
    /// Returns the word it looks for, if it is one.
    fn word(&self) -> Option<&str> {
        match &self.clause.sense {
            Sense::Word { folded, .. } if !self.clause.excluded => Some(folded),
            _ => None,
        }
    }

    /// Returns the number of matches of the word itself and its forms.
    fn weight(&self) -> usize {
        self.groups.iter().take(2).flat_map(|(_, parts)| parts).map(Vec::len).sum()
    }

    /// Returns whether it is one of the conditions on words that an essay should meet.
    fn is_required(&self) -> bool {
        !self.clause.excluded && self.clause.sense.ranks()
    }

    /// Returns the number of essays that meet it.
    fn count(&self) -> usize {
        let parts = self.groups.first().map_or(0, |(_, parts)| parts.len());
        let of_part = |part: usize| -> usize {
            let groups = self.groups.iter().flat_map(|(_, parts)| &parts[part]);
            groups.map(|found| found.document).collect::<HashSet<u32>>().len()
        };
        (0..parts).map(of_part).sum()
    }
}

/// Returns the score of each document of part `at`; `count` is the number of visible documents.
fn scores(
    findings: &[Finding<'_>],
    neighbours: &[Vec<Vec<Match>>],
    at: usize,
    scope: &Scope,
    count: usize,
) -> Vec<Score> {
    let mut scores: Vec<Score> =
        scope.visible.iter().map(|&visible| Score { excluded: !visible, ..Score::default() }).collect();
    let mut meets = vec![false; scores.len()];
    for finding in findings {
        meets.fill(false);
        for (weight, parts) in &finding.groups {
            let weight = weight * rarity(parts, count);
            for found in &parts[at] {
                let document = found.document as usize;
                meets[document] = true;
                if !finding.clause.excluded {
                    scores[document].sum += weight * found.strength;
                }
            }
        }
        for (score, &meets) in scores.iter_mut().zip(&meets) {
            if finding.is_required() {
                score.met += u16::from(meets);
            } else {
                score.excluded |= meets == finding.clause.excluded;
            }
        }
    }
    for parts in neighbours {
        let weight = NEIGHBOURS * rarity(parts, count);
        for found in &parts[at] {
            scores[found.document as usize].sum += weight * found.strength;
        }
    }
    scores
}

/// Returns the inverse document frequency of BM25, in the form that is never negative.
fn rarity(parts: &[Vec<Match>], count: usize) -> f32 {
    let within = parts.iter().map(Vec::len).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "a weight needs no more")]
    let (within, count) = (within as f32, count as f32);
    (1.0 + (count - within + 0.5) / (within + 0.5)).ln()
}

/// Returns the essays at the ranks `wanted`, without sorting the rest.
fn best(ranked: &mut [(f32, u32)], wanted: Range<usize>) -> Vec<u32> {
    let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    let end = wanted.end.min(ranked.len());
    if end < ranked.len() && end > 0 {
        ranked.select_nth_unstable_by(end - 1, order);
    }
    let ranked = &mut ranked[..end];
    ranked.sort_unstable_by(order);
    ranked.iter().skip(wanted.start).map(|(_, essay)| *essay).collect()
}
