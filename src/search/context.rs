//! [`Context`]: the line of an essay that shows why it was found.

use std::collections::HashSet;
use std::ops::Range;

use super::index::IndexOptions;
use super::{text, words};
use crate::capsule::Essay;

/// The longest context in characters of a script with spaces; characters of other scripts count twice.
const LENGTH: usize = 180;

/// How much of that stands before the first hit.
const BEFORE: usize = 40;

/// What to look for in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    words: HashSet<String>,
    starts: Vec<String>,
    /// How many words were asked for; a line with so many hits cannot be bettered by much.
    wanted: u32,
}

impl Marks {
    pub(super) fn add(&mut self, word: &str, open: bool) {
        if open && !self.starts.iter().any(|start| start == word) {
            self.starts.push(word.to_owned());
        }
        if !self.words.contains(word) {
            self.words.insert(word.to_owned());
        }
    }

    /// Notes that one more word was asked for.
    pub(super) fn want(&mut self) {
        self.wanted += 1;
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

/// A line of an essay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// The line, with an ellipsis where it is cut. Empty if the essay says nothing.
    pub text: String,
    /// The hits in it, as bytes, in order.
    pub hits: Vec<Range<usize>>,
}

/// A stretch of a piece that is worth showing.
struct Stretch {
    /// How many different words are hit in it.
    different: u32,
    piece: String,
    hits: Vec<Range<usize>>,
}

impl Context {
    /// The line of `essay` that most of `marks` stand in; its summary or beginning if none does.
    pub fn of(essay: &Essay, marks: &Marks, options: &IndexOptions) -> Self {
        let whole = essay.text();
        let document = whole.document(&options.markdown);
        let mut best: Option<Stretch> = None;
        let mut opening = String::new();
        text::each(&document, &mut |piece| {
            if opening.is_empty() && piece != essay.title {
                piece.clone_into(&mut opening);
            }
            if piece == essay.title {
                return;
            }
            let known = best.as_ref().map_or(0, |best| best.different);
            if known >= marks.wanted {
                return;
            }
            if let Some(found) = stretch(piece, marks, known) {
                best = Some(found);
            }
        });
        match best {
            Some(best) => Self::around(&best.piece, &best.hits),
            None => Self::around(essay.metadata.summary.as_deref().unwrap_or(&opening), &[]),
        }
    }

    /// As much of `piece` as fits around `hits`, in one line.
    fn around(piece: &str, hits: &[Range<usize>]) -> Self {
        let first = hits.first().map_or(0, |hit| hit.start);
        let start = before(piece, first);
        let end = behind(piece, start);
        let mut context = Self::default();
        if !piece[..start].trim().is_empty() {
            context.text.push('…');
        }
        let mut at = start;
        for hit in hits.iter().filter(|hit| hit.start >= start && hit.end <= end) {
            // Pairs of a dense script overlap.
            let hit = hit.start.max(at)..hit.end;
            context.push(&piece[at..hit.start]);
            let marked = context.text.len();
            context.push(&piece[hit.clone()]);
            let marked = marked..context.text.len();
            match context.hits.last_mut() {
                Some(last) if last.end == marked.start => last.end = marked.end,
                _ => context.hits.push(marked),
            }
            at = hit.end;
        }
        context.push(&piece[at..end]);
        context.text.truncate(context.text.trim_end().len());
        if !piece[end..].trim().is_empty() {
            context.text.push('…');
        }
        context
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

/// The stretch of `piece` with the most different hits, if those are more than `known`.
fn stretch(piece: &str, marks: &Marks, known: u32) -> Option<Stretch> {
    // Each hit as one bit, by its word; of more words than there are bits, the rest count as one.
    let mut hits: Vec<(u64, Range<usize>)> = Vec::new();
    let mut different: Vec<String> = Vec::new();
    words::each(piece, &mut |word, range| {
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
    let mut best = (known, 0);
    for (first, (_, range)) in hits.iter().enumerate() {
        let end = range.start + LENGTH - BEFORE;
        let near = hits[first..].iter().take_while(|(_, range)| range.end <= end);
        let different = near.fold(0, |all, (bit, _)| all | bit).count_ones();
        if different > best.0 {
            best = (different, first);
        }
    }
    let (different, first) = best;
    (different > known).then(|| Stretch {
        different,
        piece: piece.to_owned(),
        hits: hits[first..].iter().map(|(_, range)| range.clone()).collect(),
    })
}

/// Where a context begins whose first hit is at `hit`: some way before it, at a word, not before its line.
fn before(piece: &str, hit: usize) -> usize {
    let line = piece[..hit].rfind('\n').map_or(0, |at| at + 1);
    let mut width = 0;
    let mut start = hit;
    let mut word = hit;
    for (at, c) in piece[line..hit].char_indices().rev() {
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

/// Where a context ends that begins at `start`.
fn behind(piece: &str, start: usize) -> usize {
    let mut width = 0;
    let mut word = start;
    for (at, c) in piece[start..].char_indices() {
        if c.is_whitespace() || words::is_dense(c) {
            word = start + at;
        }
        width += width_of(c);
        if width > LENGTH {
            return if word > start { word } else { start + at };
        }
    }
    piece.len()
}

fn width_of(c: char) -> usize {
    if words::is_dense(c) { 2 } else { 1 }
}
