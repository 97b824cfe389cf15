//! Builds segments from pages, and merges segments.

use std::collections::HashMap;
use std::sync::Arc;

use super::postings::PostingsWriter;
use super::segment::{Document, PART, Part, REMOVED, Segment, TAG, YEAR, language_entry, marked};
use super::words;
use crate::capsule::{CapsulePath, Essay};
use crate::markup::markdown::MarkdownOptions;
use crate::markup::{Block, plain_words};

/// What an index needs to know besides the essays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexOptions {
    /// The language of essays that do not state theirs (BCP 47); empty if unknown.
    pub language: String,
    /// How Markdown is read.
    pub markdown: MarkdownOptions,
}

/// A page that a search can find.
#[derive(Debug, Clone)]
pub enum IndexedPage {
    /// An essay, or the introduction of a folder.
    Essay(Arc<Essay>),
    /// A folder without an introduction.
    Folder {
        /// The address of the folder.
        address: CapsulePath,
        /// Its title.
        title: String,
    },
}

impl IndexedPage {
    /// Returns what identifies this version of the page: the address in memory, as capsules share unchanged essays.
    pub(super) fn identity(&self) -> (Option<*const Essay>, Option<(&CapsulePath, &str)>) {
        match self {
            Self::Essay(essay) => (Some(Arc::as_ptr(essay)), None),
            Self::Folder { address, title } => (None, Some((address, title))),
        }
    }
}

/// Builds the segment of `pages`, each given with its number.
pub(super) fn build(pages: &[(u32, &IndexedPage)], options: &IndexOptions) -> Part {
    let mut builder = Builder::default();
    for (_, page) in pages {
        match page {
            IndexedPage::Essay(essay) => builder.essay(essay, options),
            IndexedPage::Folder { title, .. } => {
                builder.text(title);
                builder.close(Document { zone_ends: [builder.position; 4], length: 0 });
            }
        }
    }
    let segment = builder.finish().into();
    Part { segment, pages: pages.iter().map(|(number, _)| *number).collect() }
}

#[derive(Default)]
struct Builder {
    ids: HashMap<Box<str>, u32, foldhash::fast::RandomState>,
    /// The postings of each entry, and its spelling if that differs.
    entries: Vec<(PostingsWriter, Option<Box<str>>)>,
    segment: Segment,
    /// The entries of the page being added.
    present: Vec<u32>,
    /// The next position in that page.
    position: u32,
}

impl Builder {
    fn essay(&mut self, essay: &Essay, options: &IndexOptions) {
        let metadata = &essay.metadata;
        let tag = metadata.language.as_deref().unwrap_or(&options.language);
        self.text(&essay.title);
        metadata.synonyms.iter().for_each(|title| self.text(title));
        let title_end = self.position;
        metadata.tags.iter().chain(&metadata.series).for_each(|tag| self.text(tag));
        let tags_end = self.position;
        metadata.summary.iter().chain(&metadata.authors).for_each(|words| self.text(words));
        let text = essay.text();
        let document = text.document(&options.markdown);
        for block in &document.blocks {
            if let Block::Heading { text, .. } = block {
                self.text(&plain_words(text));
            }
        }
        let (lead_end, mut length) = (self.position, 0);
        words::for_each_text(&document, &mut |text| {
            let start = self.position;
            self.text(text);
            // Without the number left out between two texts.
            length += self.position - start - 1;
        });
        let body_end = self.position;
        words::addresses(&document).for_each(|address| self.text(address));
        metadata.tags.iter().for_each(|tag| self.occurrence(&marked(TAG, tag), None, self.position));
        if let Some(date) = essay.date {
            self.occurrence(&marked(YEAR, &format!("{:04}", date.year())), None, self.position);
        }
        self.occurrence(&language_entry(tag), None, self.position);
        self.close(Document { zone_ends: [title_end, tags_end, lead_end, body_end], length });
    }

    /// Adds the words of one text.
    fn text(&mut self, text: &str) {
        words::for_each_word(text, &mut |word, range| {
            let written = &text[range.clone()];
            for (position, part) in (self.position..).zip(words::parts(written)) {
                self.occurrence(&marked(PART, part), None, position);
            }
            if let Some(range) = words::with_symbols(text, &range) {
                self.occurrence(&text[range].to_lowercase(), None, self.position);
            }
            self.occurrence(word, Some(written), self.position);
            self.position += 1;
        });
        self.position += 1;
    }

    /// Adds `entry` at a position; a word is `written` as in the text.
    fn occurrence(&mut self, entry: &str, written: Option<&str>, position: u32) {
        let id = if let Some(&id) = self.ids.get(entry) {
            id
        } else {
            let id = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let spelling = written.filter(|written| !written.is_ascii()).map(str::to_lowercase);
            let spelling = spelling.filter(|spelling| spelling != entry).map(String::into_boxed_str);
            self.entries.push((PostingsWriter::default(), spelling));
            self.ids.insert(entry.into(), id);
            id
        };
        let positions = &mut self.entries[id as usize].0.positions;
        if positions.is_empty() {
            self.present.push(id);
        }
        positions.push(position);
    }

    /// Writes the postings of the page being added.
    fn close(&mut self, document: Document) {
        let number = u32::try_from(self.segment.documents.len()).unwrap_or(u32::MAX);
        let mut encoded = Vec::new();
        for id in self.present.drain(..) {
            self.entries[id as usize].0.push(number, &mut encoded);
        }
        self.position = 0;
        self.segment.documents.push(document);
    }

    fn finish(mut self) -> Segment {
        let mut order: Vec<(Box<str>, u32)> = self.ids.into_iter().collect();
        order.sort_unstable();
        for (entry, id) in order {
            let (postings, spelling) = std::mem::take(&mut self.entries[id as usize]);
            self.segment.push(&entry, spelling, &postings.bytes);
        }
        self.segment.finish()
    }
}

/// Merges `parts` into one without removed pages.
pub(super) fn merge(parts: &[Part]) -> Part {
    let documents = parts.iter().flat_map(|part| part.pages.iter().zip(&part.segment.documents));
    let (pages, documents): (Vec<u32>, _) = documents.filter(|(page, _)| **page != REMOVED).unzip();
    let mut merged = Segment::default();
    merged.documents = documents;
    let mut count = 0..;
    let mut number = |page: &u32| if *page == REMOVED { None } else { count.next() };
    // The new number of each document of each part.
    let numbers: Vec<Vec<Option<u32>>> =
        parts.iter().map(|part| part.pages.iter().map(&mut number).collect()).collect();
    let mut entries: Vec<(&str, usize, u32)> = Vec::new();
    for (at, Part { segment, .. }) in parts.iter().enumerate() {
        entries.extend((0..segment.len()).map(|id| (segment.entry(id), at, id)));
    }
    // A stable sort merges the entries of the parts, which are in order. Those of one entry stay in order of documents.
    entries.sort_by_key(|(entry, ..)| *entry);
    for equal in entries.chunk_by(|a, b| a.0 == b.0) {
        let entry = equal[0].0;
        let mut postings = PostingsWriter::default();
        for &(_, part, id) in equal {
            for posting in parts[part].segment.postings(id) {
                if let Some(number) = numbers[part][posting.document as usize] {
                    postings.copy(number, &posting);
                }
            }
        }
        let mut spellings = equal.iter().map(|&(_, part, id)| parts[part].segment.spelling(id));
        if !postings.bytes.is_empty() {
            merged.push(entry, spellings.find(|spelling| *spelling != entry).map(Box::from), &postings.bytes);
        }
    }
    Part { segment: merged.finish().into(), pages: pages.into() }
}
