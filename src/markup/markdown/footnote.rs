//! Footnotes are numbered by where they are first referred to, also from within other notes. While the page is
//! read they are numbered by first sight; at its end all is put in order.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use crate::markup::traversal::change_texts;
use crate::markup::{Block, Footnote, Inline};

/// The notes seen so far.
#[derive(Default)]
pub(super) struct Footnotes<'a> {
    notes: Vec<Footnote<'a>>,
    /// From label to index; labels are equal without regard to case.
    by_label: HashMap<String, usize>,
}

impl<'a> Footnotes<'a> {
    /// The index of the note called `label`.
    pub(super) fn index(&mut self, label: Cow<'a, str>) -> usize {
        let next = self.notes.len();
        let index = *self.by_label.entry(label.to_lowercase()).or_insert(next);
        if index == next {
            self.notes.push(Footnote { label, blocks: Vec::new() });
        }
        index
    }

    /// What note `index` says. A note that is written twice says both.
    pub(super) fn define(&mut self, index: usize, blocks: Vec<Block<'a>>) {
        if let Some(note) = self.notes.get_mut(index) {
            note.blocks.extend(blocks);
        }
    }

    /// The notes in order. The references in `blocks` and in the notes are renumbered.
    pub(super) fn finish(mut self, blocks: &mut [Block<'a>]) -> Vec<Footnote<'a>> {
        if self.notes.is_empty() {
            return self.notes;
        }
        let mut order =
            Order { number: vec![None; self.notes.len()], indices: Vec::new(), unread: VecDeque::new() };
        order.renumber(blocks);
        for index in 0..self.notes.len() {
            while let Some(referred) = order.unread.pop_front() {
                order.renumber(&mut self.notes[referred].blocks);
            }
            order.number_of(index);
        }
        while let Some(referred) = order.unread.pop_front() {
            order.renumber(&mut self.notes[referred].blocks);
        }
        let mut notes: Vec<_> = self.notes.into_iter().map(Some).collect();
        order.indices.into_iter().filter_map(|index| notes[index].take()).collect()
    }
}

struct Order {
    /// From index by first sight to number, counted from 1.
    number: Vec<Option<u32>>,
    /// From number to index.
    indices: Vec<usize>,
    /// Notes that have a number and whose own references are not numbered yet.
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

    fn renumber(&mut self, blocks: &mut [Block<'_>]) {
        change_texts(blocks, &mut |text| {
            for inline in text {
                if let Inline::FootnoteRef(seen) = inline {
                    *seen = self.number_of(*seen as usize);
                }
            }
        });
    }
}
