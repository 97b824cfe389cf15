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
use super::segment::{Part, REMOVED, Segment, part_entry};
use super::suggest::Suggestion;

/// Weights of another form of a word, of a word that only starts like it, of another way to write a condition, and of
/// the nearest words in place of one that occurs nowhere.
const FORM: f32 = 0.75;
const LONGER: f32 = 0.35;
const VARIANT: f32 = 0.6;
const NEAREST: f32 = 0.5;

/// Weight of two words that follow each other in the query and in the text.
const NEIGHBOURS: f32 = 0.8;

/// Weight of an essay in the language of the capsule among essays in several languages: it decides between equals.
const OWN_LANGUAGE: f32 = 1.05;

/// Most matches of two words for which neighbours are looked up: beyond, the lookup takes longer than the search.
const MAX_NEIGHBOURS: usize = 20_000;

/// The shortest word that is replaced by the nearest words if it occurs nowhere, in letters, the letters that each change
/// takes, and the most such words of a query.
const MIN_REPLACED: usize = 5;
const LETTERS_PER_CHANGE: usize = 4;
const MAX_REPLACED: usize = 3;

/// If fewer than `FEW` essays meet a longer query, up to `OTHERS` that lack one of its words are returned as well.
const FEW: usize = 3;
const OTHERS: usize = 5;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The numbers of the wanted pages, best first; of equal ones the newest first, and one of several translations.
    pub pages: Vec<u32>,
    /// The number of pages found in all.
    pub total: usize,
    /// Whether they meet the whole query. If not, no page does, and they meet some of it.
    pub complete: bool,
    /// If very few pages meet a longer query: the best of those that lack one of its words.
    pub others: Vec<u32>,
    /// Each word and phrase of the query as typed, and the number of pages that have it.
    pub words: Vec<(String, usize)>,
    /// The words that occur nowhere, with similar ones that do. The nearest of a long word were searched for.
    pub suggestions: Vec<Suggestion>,
    /// What to mark in the text of an essay.
    pub marks: Marks,
}

/// Matches of each part of the index, with a weight.
type Group = (f32, Vec<Vec<Match>>);

/// The matches of a condition.
struct Finding<'q> {
    clause: &'q Clause,
    groups: Vec<Group>,
    /// Whether it occurs nowhere, so that `groups` are those of similar words.
    is_absent: bool,
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
    /// Returns the pages that `query` finds among those whose number is `visible`, limited to the ranks in `wanted`.
    pub fn search(&self, query: &Query, visible: &dyn Fn(u32) -> bool, wanted: Range<usize>) -> Found {
        let scopes = self.scopes(visible);
        let count = scopes.iter().flat_map(|scope| &scope.visible).filter(|&&visible| visible).count();
        let (mut marks, mut suggestions) = (Marks::default(), Vec::new());
        let findings = query.clauses.iter().map(|clause| {
            let mut finding = self.finding(clause, &scopes, &mut marks);
            if finding.is_absent && suggestions.len() < MAX_REPLACED {
                self.replace(&mut finding, &scopes, &mut marks, &mut suggestions);
            }
            finding
        });
        let findings: Vec<Finding<'_>> = findings.collect();
        let neighbours = self.neighbours(&findings, &scopes);
        let required = findings.iter().filter(|found| found.is_required()).count();
        let (mut all, mut lacking_one, mut some) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (part, scope)) in self.parts.iter().zip(&scopes).enumerate() {
            let scores = scores(&findings, &neighbours, at, scope, count);
            for (score, &page) in scores.iter().zip(&part.pages) {
                let met = usize::from(score.met);
                if score.excluded || query.is_empty() {
                } else if met == required {
                    all.push((score.sum, page));
                } else if met > 0 {
                    some.push((score.sum * f32::from(score.met), page));
                    if met + 1 == required {
                        lacking_one.push((score.sum, page));
                    }
                }
            }
        }
        let few = (1..FEW).contains(&all.len()) && required > 2;
        let others = if few { self.best(lacking_one, 0..OTHERS).1 } else { Vec::new() };
        let complete = !all.is_empty();
        let (total, pages) = self.best(if complete { all } else { some }, wanted);
        let words = findings.iter().filter(|found| found.is_required());
        let words = words.map(|found| (found.clause.written.clone(), found.count())).collect();
        Found { pages, total, complete, others, words, suggestions, marks }
    }

    fn scopes(&self, visible: &dyn Fn(u32) -> bool) -> Vec<Scope> {
        let of_part = |part: &Part| part.pages.iter().map(|&page| page != REMOVED && visible(page)).collect();
        let visible: Vec<Vec<bool>> = self.parts.iter().map(of_part).collect();
        let (mut pages, mut words) = (0_u64, 0_u64);
        for (part, visible) in self.parts.iter().zip(&visible) {
            for (document, _) in part.segment.documents.iter().zip(visible).filter(|(_, visible)| **visible) {
                pages += 1;
                words += u64::from(document.length);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "an average needs no more")]
        let average = (words as f32 / pages.max(1) as f32).max(1.0);
        visible.into_iter().map(|visible| Scope { visible, average }).collect()
    }

    /// Matches a condition in every part, and adds the words it means to `marks` unless it excludes them.
    fn finding<'q>(&self, clause: &'q Clause, scopes: &[Scope], marks: &mut Marks) -> Finding<'q> {
        let mut meaning = marks.clone();
        meaning.next_word();
        let mut groups = self.groups(&clause.sense, scopes, &mut meaning);
        meaning.want_all();
        if clause.excluded {
            // A part of a word, such as `Java` of `JavaScript`, excludes nothing.
            groups.truncate(3);
        } else {
            for variant in &clause.variants {
                let found = self.groups(variant, scopes, &mut meaning).into_iter();
                groups.extend(found.map(|(weight, parts)| (weight * VARIANT, parts)));
            }
            *marks = meaning;
        }
        let is_empty = groups.iter().flat_map(|(_, parts)| parts).all(Vec::is_empty);
        Finding { clause, groups, is_absent: is_empty && clause.word().is_some() }
    }

    /// Matches `sense` in every part: of a word, first itself, then its forms, longer words and longer words with it as
    /// a part.
    fn groups(&self, sense: &Sense, scopes: &[Scope], marks: &mut Marks) -> Vec<Group> {
        let parts = || self.parts.iter().map(|part| &*part.segment).zip(scopes);
        match sense {
            Sense::Word { folded, open } => {
                let folded = self.known(folded);
                let meant: Vec<Meant> = parts().map(|(segment, _)| meant(segment, folded, *open)).collect();
                marks.add(folded, *open);
                for ((segment, _), meant) in parts().zip(&meant) {
                    meant.forms.iter().for_each(|&id| marks.add(segment.entry(id), false));
                }
                let group = |weight: f32, entries: fn(&Meant) -> &[u32]| {
                    let found = parts().zip(&meant);
                    let found = found.map(|((segment, scope), meant)| any(segment, entries(meant), scope));
                    (weight, found.collect())
                };
                vec![
                    group(1.0, |meant| meant.same.as_slice()),
                    group(FORM, |meant| &meant.forms),
                    group(LONGER, |meant| &meant.longer),
                    group(LONGER, |meant| meant.part.as_slice()),
                ]
            }
            Sense::Phrase { words, open } => {
                let words: Vec<&str> = words.iter().map(|word| self.known(word)).collect();
                for (at, word) in words.iter().enumerate() {
                    marks.add(word, *open && at + 1 == words.len());
                    marks.next_word();
                }
                let found = |(segment, scope)| phrase(segment, &entries(segment, &words, *open), scope);
                vec![(1.0, parts().map(found).collect())]
            }
            Sense::Entries(entries) => {
                let ids = |segment: &Segment| {
                    entries.iter().filter_map(|entry| segment.find(entry)).collect::<Vec<_>>()
                };
                vec![(0.0, parts().map(|(segment, scope)| any(segment, &ids(segment), scope)).collect())]
            }
        }
    }

    /// Returns `word`, without its symbols if no page has it with them.
    fn known<'w>(&self, word: &'w str) -> &'w str {
        let is_known = || self.parts.iter().any(|part| part.segment.find(word).is_some());
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
        if bare.len() == word.len() || is_known() { word } else { bare }
    }

    /// Replaces the matches of a word that occurs nowhere by those of its halves in a row or, if it is long, of the
    /// nearest words.
    fn replace(
        &self,
        finding: &mut Finding<'_>,
        scopes: &[Scope],
        marks: &mut Marks,
        suggestions: &mut Vec<Suggestion>,
    ) {
        let Some(folded) = finding.clause.word() else { return };
        let halves =
            (1..folded.len()).filter(|at| folded.is_char_boundary(*at)).map(|at| folded.split_at(at));
        for (first, second) in halves.filter(|(first, second)| self.has(first) && self.has(second)) {
            let halves = Sense::Phrase { words: vec![first.to_owned(), second.to_owned()], open: false };
            let mut meaning = marks.clone();
            let found = self.groups(&halves, scopes, &mut meaning);
            if found.iter().flat_map(|(_, parts)| parts).any(|found| !found.is_empty()) {
                *marks = meaning;
                finding.groups = found;
                return;
            }
        }
        let near = self.nearest(folded, scopes);
        if near.is_empty() {
            return;
        }
        let letters = folded.chars().count();
        for (distance, entry, _) in &near {
            if letters >= MIN_REPLACED && *distance == near[0].0 && distance * LETTERS_PER_CHANGE <= letters {
                let word = Sense::Word { folded: (*entry).to_owned(), open: false };
                let found = self.groups(&word, scopes, marks).into_iter();
                finding.groups.extend(found.map(|(weight, parts)| (weight * NEAREST, parts)));
            }
        }
        let instead = near.into_iter().map(|(_, _, spelling)| spelling.to_owned()).collect();
        suggestions.push(Suggestion { word: finding.clause.written.clone(), instead });
    }

    fn has(&self, word: &str) -> bool {
        self.parts.iter().any(|part| part.segment.find(word).is_some())
    }

    /// Returns, for each pair of words that follow each other in the query, the documents of each part in which they do
    /// so too, in any of their forms.
    fn neighbours(&self, findings: &[Finding<'_>], scopes: &[Scope]) -> Vec<Vec<Vec<Match>>> {
        let mut found = Vec::new();
        for pair in findings.windows(2) {
            let [Some(first), Some(second)] = [pair[0].clause.word(), pair[1].clause.word()] else {
                continue;
            };
            if pair.iter().map(Finding::weight).sum::<usize>() > MAX_NEIGHBOURS {
                continue;
            }
            let of_part = |(part, scope): (&Part, &Scope)| {
                let entries = [first, second].map(|word| {
                    let meant = meant(&part.segment, word, false);
                    meant.same.into_iter().chain(meant.forms).chain(meant.part).collect::<Vec<u32>>()
                });
                phrase(&part.segment, &entries, scope)
            };
            found.push(self.parts.iter().zip(scopes).map(of_part).collect());
        }
        found
    }

    /// Returns the number of `ranked` pages, and the pages at the ranks `wanted`, without sorting the rest. Of several
    /// translations the best counts.
    fn best(&self, mut ranked: Vec<(f32, u32)>, wanted: Range<usize>) -> (usize, Vec<u32>) {
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if !self.translations.is_empty() {
            let translation =
                |page: u32| self.translations.get(page as usize).copied().unwrap_or((page, false));
            for (score, page) in &mut ranked {
                *score *= if translation(*page).1 { 1.0 } else { OWN_LANGUAGE };
            }
            ranked.sort_unstable_by(order);
            let mut seen = HashSet::new();
            ranked.retain(|(_, page)| seen.insert(translation(*page).0));
        }
        let end = wanted.end.min(ranked.len());
        if end < ranked.len() && end > 0 {
            ranked.select_nth_unstable_by(end - 1, order);
        }
        let first = &mut ranked[..end];
        first.sort_unstable_by(order);
        let pages = first.iter().skip(wanted.start).map(|(_, page)| *page).collect();
        (ranked.len(), pages)
    }
}

/// Returns the entries that each word of a phrase may be.
fn entries(segment: &Segment, words: &[&str], open: bool) -> Vec<Vec<u32>> {
    let entries = words.iter().enumerate().map(|(at, word)| {
        let longer = if open && at + 1 == words.len() { longer(segment, word) } else { 0..0 };
        let whole = longer.is_empty().then(|| segment.find(word)).flatten();
        whole.into_iter().chain(longer).chain(segment.find(&part_entry(word))).collect()
    });
    entries.collect()
}

impl Finding<'_> {
    /// Returns the number of matches of the word itself and its forms.
    fn weight(&self) -> usize {
        self.groups.iter().take(2).flat_map(|(_, parts)| parts).map(Vec::len).sum()
    }

    /// Returns whether it is one of the conditions on words that an essay should meet.
    fn is_required(&self) -> bool {
        !self.clause.excluded && self.clause.sense.ranks()
    }

    /// Returns the number of pages that meet it as it was typed.
    fn count(&self) -> usize {
        let parts = self.groups.first().map_or(0, |(_, parts)| if self.is_absent { 0 } else { parts.len() });
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
