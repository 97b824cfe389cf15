//! Footnotes, numbered by their first reference, also from within other notes. While the document is read they
//! are numbered by first mention; [`Footnotes::finish`] renumbers them.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use crate::markup::traversal::change_texts;
use crate::markup::{Block, Footnote, Inline};

/// The notes found so far.
#[derive(Default)]
pub(super) struct Footnotes<'a> {
    notes: Vec<Footnote<'a>>,
    /// From label in lower case to index.
    by_label: HashMap<String, usize>,
}

impl<'a> Footnotes<'a> {
    /// Returns the index of the note `label`.
    pub(super) fn index(&mut self, label: Cow<'a, str>) -> usize {
        let next = self.notes.len();
        let index = *self.by_label.entry(label.to_lowercase()).or_insert(next);
        if index == next {
            self.notes.push(Footnote { label, blocks: Vec::new() });
        }
        index
    }

    /// Adds `blocks` to note `index`: a note that is written twice has the text of both.
    pub(super) fn define(&mut self, index: usize, blocks: Vec<Block<'a>>) {
        if let Some(note) = self.notes.get_mut(index) {
            note.blocks.extend(blocks);
        }
    }

    /// Returns the notes in order and renumbers the references in `blocks` and in the notes.
    pub(super) fn finish(mut self, blocks: &mut [Block<'a>]) -> Vec<Footnote<'a>> {
        if self.notes.is_empty() {
            return self.notes;
        }
        let mut order =
            Order { number: vec![None; self.notes.len()], indices: Vec::new(), unread: VecDeque::new() };
        order.renumber(blocks);
        order.follow(&mut self.notes);
        for index in 0..self.notes.len() {
            order.number_of(index);
            order.follow(&mut self.notes);
        }
        let mut notes: Vec<_> = self.notes.into_iter().map(Some).collect();
        order.indices.into_iter().filter_map(|index| notes[index].take()).collect()
    }
}

struct Order {
    /// From index by first mention to number, counted from 1.
    number: Vec<Option<u32>>,
    /// From number to index.
    indices: Vec<usize>,
    /// Numbered notes whose own references are not renumbered yet.
    unread: VecDeque<usize>,
}

impl Order {
    fn number_of(&mut self, index: usize) -> u32 {
        if let Some(number) = self.number[index] {
            return number;
        }
        self.indices.push(index);
        self.unread.push_back(index);
        let number = u32::try_from(self.indices.len()).unwrap_or(u32::MAX);
        self.number[index] = Some(number);
        number
    }

    /// Renumbers the references in all notes that have a number.
    fn follow(&mut self, notes: &mut [Footnote<'_>]) {
        while let Some(index) = self.unread.pop_front() {
            self.renumber(&mut notes[index].blocks);
        }
    }

    fn renumber(&mut self, blocks: &mut [Block<'_>]) {
        change_texts(blocks, &mut |text| {
            for inline in text {
                if let Inline::FootnoteRef(number) = inline {
                    *number = self.number_of(*number as usize);
                }
            }
        });
    }
}
