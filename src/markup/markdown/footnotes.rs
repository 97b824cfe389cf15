//! Footnotes, numbered by their first reference, also from within other notes. While the document is read they
//! are numbered by first mention; [`Footnotes::finish`] renumbers them.

use std::borrow::Cow;
use std::collections::HashMap;

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
        let mut order = Order { number: vec![None; self.notes.len()], indices: Vec::new() };
        order.renumber(blocks);
        let mut unread = 0..self.notes.len();
        for at in 0..self.notes.len() {
            // Notes without a reference follow those with one.
            if at == order.indices.len() {
                unread
                    .by_ref()
                    .find(|index| order.number[*index].is_none())
                    .map(|index| order.number_of(index));
            }
            let index = order.indices[at];
            order.renumber(&mut self.notes[index].blocks);
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
}

impl Order {
    fn number_of(&mut self, index: usize) -> u32 {
        *self.number[index].get_or_insert_with(|| {
            self.indices.push(index);
            u32::try_from(self.indices.len()).unwrap_or(u32::MAX)
        })
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
