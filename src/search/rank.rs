//! Ranks the essays that a query finds.
//!
//! Every condition is matched in every segment first, since the weight of a word depends on how rare it is in the whole
//! index (the inverse document frequency of BM25). An essay must meet all conditions; if none does, those that meet
//! some are returned, and [`Found::complete`] is false.

use std::collections::HashSet;
use std::ops::Range;

use super::excerpt::Marks;
use super::index::Index;
use super::matching::{Match, Scope, any, float, phrase, starting_with, word_entries};
use super::query::{Clause, Query, Sense};
use super::segment::{PART, REMOVED, Segment, marked};

/// Weights of the entries that match a word, in the order of [`word_entries`].
const GROUPS: [f32; 4] = [1.0, 0.75, 0.35, 0.2];

/// Weights of another way to write a condition, and of the nearest words in place of one that occurs nowhere.
const VARIANT: f32 = 0.8;
const NEAREST: f32 = 0.5;

/// Weight of two words that follow each other in the query and in the text.
const NEIGHBOURS: f32 = 0.8;

/// Weight of an essay in the language of the capsule among essays in several languages: it decides between equals.
const OWN_LANGUAGE: f32 = 1.05;

/// The shortest word that is replaced by the nearest ones if it occurs nowhere, in letters, and the most such words.
const MIN_REPLACED: usize = 5;
const MAX_REPLACED: usize = 3;

/// If fewer than `FEW` essays meet a longer query, up to `OTHERS` that lack one of its words are returned as well.
const FEW: usize = 3;
const OTHERS: usize = 5;

/// The answer to a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The numbers of the wanted pages, best first, equal ones newest first; one of several translations.
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

/// A word of a query that occurs nowhere, and similar words that do occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The word as typed.
    pub word: String,
    /// Similar words as they are spelled, the best first.
    pub instead: Vec<String>,
}

/// Matches with a weight.
type Group = (f32, Vec<Match>);

#[derive(Clone, Copy, Default)]
struct Score {
    sum: f32,
    /// The number of conditions on words that it meets.
    met: usize,
    excluded: bool,
}

impl Index {
    /// Returns the pages that `query` finds among those whose number is `visible`, limited to the ranks in `wanted`.
    pub fn search(&self, query: &Query, visible: &dyn Fn(u32) -> bool, wanted: Range<usize>) -> Found {
        let scope = self.scope(visible);
        let (mut marks, mut suggestions, mut words) = (Marks::default(), Vec::new(), Vec::new());
        let hidden = |&visible: &bool| Score { excluded: !visible, ..Score::default() };
        let mut scores: Vec<Score> = scope.visible.iter().map(hidden).collect();
        for clause in &query.clauses {
            let mut groups = self.meeting(clause, &scope, &mut marks);
            let is_absent = clause.word().is_some() && is_empty(&groups);
            if is_absent && suggestions.len() < MAX_REPLACED {
                let (similar, suggestion) = self.similar(clause, &scope, &mut marks);
                groups = similar;
                suggestions.extend(suggestion);
            }
            let count = add_clause(&mut scores, clause, &groups, scope.count);
            if clause.is_required() {
                words.push((clause.written.clone(), if is_absent { 0 } else { count }));
            }
        }
        for pair in query.clauses.windows(2) {
            add_matches(&mut scores, NEIGHBOURS, &self.neighbours(pair, &scope), scope.count);
        }
        let required = words.len();
        let (mut all, mut lacking_one, mut some) = (Vec::new(), Vec::new(), Vec::new());
        let pages = self.parts.iter().flat_map(|part| &part.pages);
        let candidates = scores.iter().zip(pages).filter(|(score, _)| !score.excluded && !query.is_empty());
        for (Score { sum, met, .. }, &page) in candidates {
            if *met == required {
                all.push((*sum, page));
            } else if *met > 0 {
                some.push((sum * float(*met), page));
                lacking_one.extend((met + 1 == required).then_some((*sum, page)));
            }
        }
        let few = (1..FEW).contains(&all.len()) && required > 2;
        let others = if few { self.best(lacking_one, 0..OTHERS).1 } else { Vec::new() };
        let complete = !all.is_empty();
        let (total, pages) = self.best(if complete { all } else { some }, wanted);
        Found { pages, total, complete, others, words, suggestions, marks }
    }

    fn scope(&self, visible: &dyn Fn(u32) -> bool) -> Scope {
        let pages = self.parts.iter().flat_map(|part| &part.pages);
        let visible: Vec<bool> = pages.map(|&page| page != REMOVED && visible(page)).collect();
        let documents = self.parts.iter().flat_map(|part| &part.segment.documents);
        let lengths = documents.zip(&visible).filter(|(_, visible)| **visible).map(|(document, _)| document.length);
        let (count, words) = lengths.fold((0, 0), |(count, words), length| (count + 1, words + length as usize));
        let average = (float(words) / float(count.max(1))).max(1.0);
        Scope { visible, count, average }
    }

    /// Returns the matches that `find` returns for each segment, with documents numbered across all segments.
    pub(super) fn matches(&self, scope: &Scope, mut find: impl FnMut(&Segment, &[bool]) -> Vec<Match>) -> Vec<Match> {
        let (mut found, mut start) = (Vec::new(), 0);
        for part in &self.parts {
            let end = start + part.pages.len();
            let matches = find(&part.segment, &scope.visible[start..end]).into_iter();
            found.extend(matches.map(|found| Match { document: found.document + start, ..found }));
            start = end;
        }
        found
    }

    /// Returns the matches of a condition, and adds the words it means to `marks` unless it excludes them.
    fn meeting(&self, clause: &Clause, scope: &Scope, marks: &mut Marks) -> Vec<Group> {
        let mut meaning = marks.clone();
        meaning.next_word();
        let mut groups = self.groups(&clause.sense, scope, &mut meaning);
        meaning.want_all();
        if clause.excluded {
            // A part of a word, such as `Java` of `JavaScript`, excludes nothing.
            groups.truncate(GROUPS.len() - 1);
        } else {
            for variant in &clause.variants {
                add_weighted(&mut groups, VARIANT, self.groups(variant, scope, &mut meaning));
            }
            *marks = meaning;
        }
        groups
    }

    /// Returns the matches of `sense`: for a word in four groups, as [`word_entries`] returns its entries.
    fn groups(&self, sense: &Sense, scope: &Scope, marks: &mut Marks) -> Vec<Group> {
        match sense {
            Sense::Word { folded, open } => {
                let folded = self.known(folded);
                marks.add(folded, *open);
                let entries: Vec<_> =
                    self.parts.iter().map(|part| word_entries(&part.segment, folded, *open)).collect();
                for (part, [_, forms, _, _]) in self.parts.iter().zip(&entries) {
                    for &id in forms {
                        marks.add(part.segment.entry(id), false);
                    }
                }
                let group = |(at, weight): (usize, f32)| {
                    let mut of_parts = entries.iter().map(|entries| &*entries[at]);
                    let find = |segment: &Segment, visible: &[bool]| {
                        any(segment, of_parts.next().unwrap_or_default(), visible, scope.average)
                    };
                    (weight, self.matches(scope, find))
                };
                GROUPS.into_iter().enumerate().map(group).collect()
            }
            Sense::Phrase { words, open } => {
                let words = (1..).zip(words).map(|(end, word)| (self.known(word), *open && end == words.len()));
                let words: Vec<(&str, bool)> = words.collect();
                for &(word, open) in &words {
                    marks.add(word, open);
                    marks.next_word();
                }
                let found = self.matches(scope, |segment, visible| {
                    let entries = words.iter().map(|&(word, open)| {
                        starting_with(segment, word, open).chain(segment.find(&marked(PART, word))).collect()
                    });
                    phrase(segment, &entries.collect::<Vec<_>>(), visible, scope.average)
                });
                vec![(1.0, found)]
            }
            Sense::Entries(entries) => {
                let found = self.matches(scope, |segment, visible| {
                    let ids: Vec<u32> = entries.iter().filter_map(|entry| segment.find(entry)).collect();
                    any(segment, &ids, visible, scope.average)
                });
                vec![(0.0, found)]
            }
        }
    }

    fn has(&self, word: &str) -> bool {
        self.parts.iter().any(|part| part.segment.find(word).is_some())
    }

    /// Returns `word`, without its symbols if no page has it with them.
    fn known<'w>(&self, word: &'w str) -> &'w str {
        let bare = word.trim_matches(|c: char| c.is_ascii_punctuation());
        if bare.len() == word.len() || self.has(word) { word } else { bare }
    }

    /// Returns matches for an unknown word: its halves as a phrase, else, if long, the nearest words, as suggestions.
    fn similar(&self, clause: &Clause, scope: &Scope, marks: &mut Marks) -> (Vec<Group>, Option<Suggestion>) {
        let Some(folded) = clause.word() else { return (Vec::new(), None) };
        let halves = folded.char_indices().skip(1).map(|(at, _)| folded.split_at(at));
        for (first, second) in halves.filter(|(first, second)| self.has(first) && self.has(second)) {
            let halves = Sense::Phrase { words: vec![first.to_owned(), second.to_owned()], open: false };
            let mut meaning = marks.clone();
            let found = self.groups(&halves, scope, &mut meaning);
            if !is_empty(&found) {
                *marks = meaning;
                return (found, None);
            }
        }
        let near = self.nearest(folded, scope);
        let Some(&(least, ..)) = near.first() else { return (Vec::new(), None) };
        let instead = near.iter().map(|(_, _, spelling)| (*spelling).to_owned()).collect();
        let suggestion = Suggestion { word: clause.written.clone(), instead };
        let mut groups = Vec::new();
        if folded.chars().count() >= MIN_REPLACED {
            for (_, entry, _) in near.iter().filter(|(distance, ..)| *distance == least) {
                let word = Sense::Word { folded: (*entry).to_owned(), open: false };
                add_weighted(&mut groups, NEAREST, self.groups(&word, scope, marks));
            }
        }
        (groups, Some(suggestion))
    }

    /// Returns the documents in which two adjacent words of the query are adjacent too, in any of their forms.
    fn neighbours(&self, clauses: &[Clause], scope: &Scope) -> Vec<Match> {
        let words: Option<Vec<&str>> = clauses.iter().map(Clause::word).collect();
        let Some(words) = words else { return Vec::new() };
        self.matches(scope, |segment, visible| {
            let entries = words.iter().map(|word| word_entries(segment, word, false).concat());
            phrase(segment, &entries.collect::<Vec<_>>(), visible, scope.average)
        })
    }

    /// Returns the number of `ranked` pages, of which translations count once, and the pages at the ranks `wanted`.
    fn best(&self, mut ranked: Vec<(f32, u32)>, wanted: Range<usize>) -> (usize, Vec<u32>) {
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if !self.translations.is_empty() {
            let of_page = |page: u32| self.translations.get(page as usize).copied().unwrap_or((page, false));
            for (score, page) in &mut ranked {
                *score *= if of_page(*page).1 { 1.0 } else { OWN_LANGUAGE };
            }
            ranked.sort_unstable_by(order);
            let mut seen = HashSet::new();
            ranked.retain(|(_, page)| seen.insert(of_page(*page).0));
        }
        let end = wanted.end.min(ranked.len());
        if end < ranked.len() && end > 0 {
            ranked.select_nth_unstable_by(end - 1, order);
        }
        ranked[..end].sort_unstable_by(order);
        let pages = ranked[..end].iter().skip(wanted.start).map(|(_, page)| *page).collect();
        (ranked.len(), pages)
    }
}

fn is_empty(groups: &[Group]) -> bool {
    groups.iter().all(|(_, matches)| matches.is_empty())
}

fn add_weighted(groups: &mut Vec<Group>, factor: f32, more: Vec<Group>) {
    groups.extend(more.into_iter().map(|(weight, matches)| (weight * factor, matches)));
}

/// Adds the matches of `clause` to the scores, and returns how many documents meet it.
fn add_clause(scores: &mut [Score], clause: &Clause, groups: &[Group], count: usize) -> usize {
    let mut meets = vec![false; scores.len()];
    for (weight, matches) in groups {
        add_matches(scores, *weight, matches, count);
        for found in matches {
            meets[found.document] = true;
        }
    }
    for (score, &meets) in scores.iter_mut().zip(&meets) {
        if clause.is_required() {
            score.met += usize::from(meets);
        } else {
            score.excluded |= meets == clause.excluded;
        }
    }
    meets.into_iter().filter(|meets| *meets).count()
}

/// Adds `matches` to the scores, with more weight if rare among `count` documents (the IDF of BM25, never negative).
fn add_matches(scores: &mut [Score], weight: f32, matches: &[Match], count: usize) {
    let (within, count) = (float(matches.len()), float(count));
    let weight = weight * (1.0 + (count - within + 0.5) / (within + 0.5)).ln();
    for found in matches {
        scores[found.document].sum += weight * found.strength;
    }
}
