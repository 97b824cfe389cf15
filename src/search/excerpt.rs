//! [`Excerpt`]: the line of an essay that shows why it was found.

use std::collections::HashSet;
use std::ops::Range;

use super::build::IndexOptions;
use super::words;
use crate::capsule::Essay;

/// The longest excerpt, in columns: a dense character takes two.
const LENGTH: usize = 180;

/// Most columns before the first hit.
const BEFORE: usize = 40;

/// What to mark in a text: the words that a query means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    words: HashSet<String>,
    starts: Vec<String>,
    /// The number of words in the query. A line with as many different hits is good enough.
    pub(super) wanted: usize,
}

impl Marks {
    /// Adds a word, or, if `open`, all words that start with it.
    pub(super) fn add(&mut self, word: &str, open: bool) {
        if open && !self.starts.iter().any(|start| start == word) {
            self.starts.push(word.to_owned());
        }
        self.words.insert(word.to_owned());
    }

    pub(super) fn join(&mut self, others: Self) {
        self.words.extend(others.words);
        self.starts.extend(others.starts);
        self.wanted += others.wanted;
    }

    fn meets(&self, word: &str) -> bool {
        self.words.contains(word) || self.starts.iter().any(|start| word.starts_with(start.as_str()))
    }
}

/// A line of an essay with marked words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// The line, with an ellipsis where it is cut; empty if the essay has no text.
    pub text: String,
    /// The byte ranges of the hits, in order.
    pub hits: Vec<Range<usize>>,
}

impl Excerpt {
    /// Returns the line of `essay` with the most different words of `marks`, or its summary or beginning if it has none.
    pub fn of(essay: &Essay, marks: &Marks, options: &IndexOptions) -> Self {
        let whole = essay.text();
        let document = whole.document(&options.markdown);
        // The excerpt of the text with the most different hits, and their number.
        let mut best: Option<(usize, Self)> = None;
        let mut opening = String::new();
        words::for_each_text(&document, &mut |text| {
            if text == essay.title {
                return;
            }
            if opening.is_empty() {
                text.clone_into(&mut opening);
            }
            let most = best.as_ref().map_or(0, |(different, _)| *different);
            if most < marks.wanted
                && let Some((different, hits)) = passage(text, marks, most)
            {
                best = Some((different, Self::around(text, &hits)));
            }
        });
        let beginning = || Self::around(essay.metadata.summary.as_deref().unwrap_or(&opening), &[]);
        best.map_or_else(beginning, |(_, excerpt)| excerpt)
    }

    /// Returns as much of `text` as fits around `hits`, in one line.
    fn around(text: &str, hits: &[Range<usize>]) -> Self {
        let first = hits.first().map_or(0, |hit| hit.start);
        let start = start_of(text, first);
        let end = end_of(text, start);
        let mut excerpt = Self::default();
        if !text[..start].trim().is_empty() {
            excerpt.text.push('…');
        }
        let mut at = start;
        for hit in hits.iter().filter(|hit| hit.start >= start && hit.end <= end) {
            // Pairs of dense characters overlap.
            let hit = hit.start.max(at)..hit.end;
            excerpt.push(&text[at..hit.start]);
            let marked = excerpt.text.len();
            excerpt.push(&text[hit.clone()]);
            let marked = marked..excerpt.text.len();
            match excerpt.hits.last_mut() {
                Some(last) if last.end == marked.start => last.end = marked.end,
                _ => excerpt.hits.push(marked),
            }
            at = hit.end;
        }
        excerpt.push(&text[at..end]);
        excerpt.text.truncate(excerpt.text.trim_end().len());
        if !text[end..].trim().is_empty() {
            excerpt.text.push('…');
        }
        excerpt
    }

    /// Appends text with white space and controls as single spaces.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            if !c.is_whitespace() && !c.is_control() {
                self.text.push(c);
            } else if !self.text.is_empty() && !self.text.ends_with(' ') {
                self.text.push(' ');
            }
        }
    }
}

/// Returns the hits from the start of the passage of `text` with the most different ones, and their number, if it is
/// above `most`.
fn passage(text: &str, marks: &Marks, most: usize) -> Option<(usize, Vec<Range<usize>>)> {
    // Each hit with a bit for its word; from the 64th word on they share a bit.
    let mut hits: Vec<(u64, Range<usize>)> = Vec::new();
    let mut different: Vec<String> = Vec::new();
    words::for_each_word(text, &mut |word, range| {
        if marks.meets(word) {
            let number = different.iter().position(|known| known == word).unwrap_or_else(|| {
                if different.len() < 64 {
                    different.push(word.to_owned());
                }
                different.len() - 1
            });
            hits.push((1 << number, range));
        }
    });
    let mut best = (most, 0);
    for (first, (_, range)) in hits.iter().enumerate() {
        let end = range.start + LENGTH - BEFORE;
        let near = hits[first..].iter().take_while(|(_, range)| range.end <= end);
        let different = near.fold(0, |all, (bit, _)| all | bit).count_ones() as usize;
        if different > best.0 {
            best = (different, first);
        }
    }
    let (different, first) = best;
    let hits = hits.into_iter().skip(first).map(|(_, range)| range);
    (different > most).then(|| (different, hits.collect()))
}

/// Returns where the excerpt with its first hit at `hit` starts: at a word, up to `BEFORE` columns ahead, on its line.
fn start_of(text: &str, hit: usize) -> usize {
    let line = text[..hit].rfind('\n').map_or(0, |at| at + 1);
    let mut width = 0;
    let mut start = hit;
    let mut word = hit;
    for (at, c) in text[line..hit].char_indices().rev() {
        width += width_of(c);
        if width > BEFORE {
            return word;
        }
        start = line + at;
        if c.is_whitespace() {
            word = start + c.len_utf8();
        } else if words::is_dense(c) {
            word = start;
        }
    }
    start
}

/// Returns where the excerpt that starts at `start` ends.
fn end_of(text: &str, start: usize) -> usize {
    let mut width = 0;
    let mut word = start;
    for (at, c) in text[start..].char_indices() {
        if c.is_whitespace() || words::is_dense(c) {
            word = start + at;
        }
        width += width_of(c);
        if width > LENGTH {
            return if word > start { word } else { start + at };
        }
    }
    text.len()
}

fn width_of(c: char) -> usize {
    if words::is_dense(c) { 2 } else { 1 }
}
