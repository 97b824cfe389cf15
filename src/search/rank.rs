//! The answer to a query: which essays, in which order.
//!
//! Every condition is asked of every segment first, since how rare a word is in the whole index says how much
//! it weighs (BM25's inverse document frequency). An essay must meet all conditions; if none does, those that
//! meet some are given, and it is said so.

use std::collections::HashSet;
use std::ops::Range;

use super::context::Marks;
use super::expand;
use super::index::{GONE, Index, Part};
use super::matching::{Match, Scope, any, phrase};
use super::query::{Clause, Query, Sense};
use super::segment::Segment;

/// What another form of a word counts for, and a word that only begins like it.
const FORM: f32 = 0.75;
const LONGER: f32 = 0.35;

/// What it counts for that two words of the query follow each other in the text too.
const NEIGHBOURS: f32 = 0.8;

/// Neighbours are not looked for where a walk through the places of both words would take longer than the rest.
const MANY: usize = 20_000;

/// Where fewer essays than this meet a query of several words, those that lack one of them are shown too, up to
/// so many.
const FEW: usize = 3;
const OTHERS: usize = 5;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The numbers of the essays asked for, best first; of equals the newest.
    pub essays: Vec<u32>,
    /// How many there are in all.
    pub total: usize,
    /// How they meet the query.
    pub matched: Matched,
    /// Where very few meet all of a longer query: the best of those that lack one word of it.
    pub others: Vec<u32>,
    /// Each word and phrase that is wanted, as typed, and in how many essays it stands.
    pub words: Vec<(String, usize)>,
    /// What to look for in the text of an essay.
    pub marks: Marks,
}

/// How essays meet a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// In all that it asks for.
    All,
    /// In some of it, since no essay does in all.
    Some,
}

/// What a condition finds in the index: groups of matches, each for every part, and what they count for.
struct Finding<'q> {
    clause: &'q Clause,
    groups: Vec<(f32, Vec<Vec<Match>>)>,
}

/// How a document stands.
#[derive(Clone, Copy, Default)]
struct Standing {
    score: f32,
    /// How many conditions about words it meets.
    met: u16,
    excluded: bool,
}

impl Index {
    /// The essays that `query` is about, of those whose number is `visible`; of these the ones in `wanted`,
    /// counted from the best.
    pub fn search(&self, query: &Query, visible: &dyn Fn(u32) -> bool, wanted: Range<usize>) -> Found {
        let scopes = self.scopes(visible);
        let count = scopes.iter().flat_map(|scope| &scope.counts).filter(|&&counts| counts).count();
        let mut marks = Marks::default();
        let findings: Vec<Finding<'_>> =
            query.clauses.iter().map(|clause| self.finding(clause, &scopes, &mut marks)).collect();
        let neighbours = self.neighbours(&findings, &scopes);
        let asked = findings.iter().filter(|found| found.is_asked()).count();
        let (mut all, mut lacking_one, mut some) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (part, scope)) in self.parts.iter().zip(&scopes).enumerate() {
            let standings = standings(&findings, &neighbours, at, scope, count);
            for (standing, &essay) in standings.iter().zip(&part.essays) {
                let met = usize::from(standing.met);
                if standing.excluded || query.is_empty() {
                } else if met == asked {
                    all.push((standing.score, essay));
                } else if met > 0 {
                    some.push((standing.score * f32::from(standing.met), essay));
                    if met + 1 == asked {
                        lacking_one.push((standing.score, essay));
                    }
                }
            }
        }
        let few = (1..FEW).contains(&all.len()) && asked > 2;
        let others = if few { best(&mut lacking_one, 0..OTHERS) } else { Vec::new() };
        let (matched, mut ranked) = if all.is_empty() { (Matched::Some, some) } else { (Matched::All, all) };
        let (total, essays) = (ranked.len(), best(&mut ranked, wanted));
        let words = findings.iter().filter(|found| found.is_asked());
        let words = words.map(|found| (found.clause.written.clone(), found.count())).collect();
        Found { essays, total, matched, others, words, marks }
    }

    fn scopes(&self, visible: &dyn Fn(u32) -> bool) -> Vec<Scope> {
        let counts = |part: &Part| part.essays.iter().map(|&essay| essay != GONE && visible(essay)).collect();
        let counts: Vec<Vec<bool>> = self.parts.iter().map(counts).collect();
        let (mut essays, mut words) = (0_u64, 0_u64);
        for (part, counts) in self.parts.iter().zip(&counts) {
            for (document, _) in part.segment.documents.iter().zip(counts).filter(|(_, counts)| **counts) {
                essays += 1;
                words += u64::from(document.length);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "an average needs no more")]
        let average = (words as f32 / essays.max(1) as f32).max(1.0);
        counts.into_iter().map(|counts| Scope { counts, average }).collect()
    }

    fn finding<'q>(&self, clause: &'q Clause, scopes: &[Scope], marks: &mut Marks) -> Finding<'q> {
        let mut groups: Vec<(f32, Vec<Vec<Match>>)> = match clause.sense {
            Sense::Word { .. } => [1.0, FORM, LONGER].map(|weight| (weight, Vec::new())).into(),
            Sense::Phrase { .. } => vec![(1.0, Vec::new())],
            Sense::Entries(_) => vec![(0.0, Vec::new())],
        };
        let mut marked = Marks::default();
        match &clause.sense {
            Sense::Word { .. } => marked.want(),
            Sense::Phrase { words, .. } => words.iter().for_each(|_| marked.want()),
            Sense::Entries(_) => {}
        }
        for (part, scope) in self.parts.iter().zip(scopes) {
            let segment = &part.segment;
            match &clause.sense {
                Sense::Word { folded, open } => {
                    let meant = expand::meant(segment, folded, *open);
                    marked.add(folded, *open);
                    meant.forms.iter().for_each(|&id| marked.add(segment.entry(id), false));
                    let ids = [meant.same.as_slice(), &meant.forms, &meant.longer];
                    for ((_, of_group), ids) in groups.iter_mut().zip(ids) {
                        of_group.push(any(segment, ids, scope));
                    }
                }
                Sense::Phrase { words, open } => {
                    for (at, word) in words.iter().enumerate() {
                        marked.add(word, *open && at + 1 == words.len());
                    }
                    groups[0].1.push(phrase(segment, &entries(segment, words, *open), scope));
                }
                Sense::Entries(entries) => {
                    let ids: Vec<u32> = entries.iter().filter_map(|entry| segment.find(entry)).collect();
                    groups[0].1.push(any(segment, &ids, scope));
                }
            }
        }
        if !clause.excluded {
            marks.join(marked);
        }
        Finding { clause, groups }
    }

    /// Where words that follow each other in the query do so in the text, in any of their forms, for each part.
    fn neighbours(&self, findings: &[Finding<'_>], scopes: &[Scope]) -> Vec<Vec<Vec<Match>>> {
        let mut found = Vec::new();
        for pair in findings.windows(2) {
            let [Some(first), Some(second)] = [pair[0].word(), pair[1].word()] else { continue };
            if pair.iter().map(Finding::weight).sum::<usize>() > MANY {
                continue;
            }
            let of_part = |(part, scope): (&Part, &Scope)| {
                let entries = [first, second].map(|word| {
                    let meant = expand::meant(&part.segment, word, false);
                    meant.same.into_iter().chain(meant.forms).collect::<Vec<u32>>()
                });
                phrase(&part.segment, &entries, scope)
            };
            found.push(self.parts.iter().zip(scopes).map(of_part).collect());
        }
        found
    }
}

/// The entries that each word of a phrase may be.
fn entries(segment: &Segment, words: &[String], open: bool) -> Vec<Vec<u32>> {
    let entries = words.iter().enumerate().map(|(at, word)| {
        let longer = if open && at + 1 == words.len() { expand::longer(segment, word) } else { 0..0 };
        if longer.is_empty() { segment.find(word).into_iter().collect() } else { longer.collect() }
    });
    entries.collect()
}

impl Finding<'_> {
    /// The word it asks for, if it is one.
    fn word(&self) -> Option<&str> {
        match &self.clause.sense {
            Sense::Word { folded, .. } if !self.clause.excluded => Some(folded),
            _ => None,
        }
    }

    /// How many matches the word itself and its forms have.
    fn weight(&self) -> usize {
        self.groups.iter().take(2).flat_map(|(_, parts)| parts).map(Vec::len).sum()
    }

    /// Whether it counts for the number of conditions that an essay should meet.
    fn is_asked(&self) -> bool {
        !self.clause.excluded && self.clause.sense.ranks()
    }

    /// How many essays meet it.
    fn count(&self) -> usize {
        let parts = self.groups.first().map_or(0, |(_, parts)| parts.len());
        let of_part = |part: usize| -> usize {
            let groups = self.groups.iter().flat_map(|(_, parts)| &parts[part]);
            groups.map(|found| found.document).collect::<HashSet<u32>>().len()
        };
        (0..parts).map(of_part).sum()
    }
}

/// How each document of part number `at` stands.
fn standings(
    findings: &[Finding<'_>],
    neighbours: &[Vec<Vec<Match>>],
    at: usize,
    scope: &Scope,
    count: usize,
) -> Vec<Standing> {
    let mut standings: Vec<Standing> =
        scope.counts.iter().map(|&counts| Standing { excluded: !counts, ..Standing::default() }).collect();
    let mut meets = vec![false; standings.len()];
    for finding in findings {
        meets.fill(false);
        for (weight, parts) in &finding.groups {
            let weight = weight * rarity(parts, count);
            for found in &parts[at] {
                let document = found.document as usize;
                meets[document] = true;
                if !finding.clause.excluded {
                    standings[document].score += weight * found.strength;
                }
            }
        }
        for (standing, &meets) in standings.iter_mut().zip(&meets) {
            if finding.is_asked() {
                standing.met += u16::from(meets);
            } else {
                standing.excluded |= meets == finding.clause.excluded;
            }
        }
    }
    for parts in neighbours {
        let weight = NEIGHBOURS * rarity(parts, count);
        for found in &parts[at] {
            standings[found.document as usize].score += weight * found.strength;
        }
    }
    standings
}

/// The inverse document frequency of BM25, in the form that is never negative.
fn rarity(parts: &[Vec<Match>], count: usize) -> f32 {
    let within = parts.iter().map(Vec::len).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "a weight needs no more")]
    let (within, count) = (within as f32, count as f32);
    (1.0 + (count - within + 0.5) / (within + 0.5)).ln()
}

/// Those of `ranked` in `wanted` from the best, without sorting the rest.
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
