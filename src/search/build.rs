//! Builds segments from essays, and merges segments.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use super::language::Language;
use super::postings::PostingsWriter;
use super::segment::{Document, Part, REMOVED, Segment, SegmentWriter, tag_entry, year_entry};
use super::words;
use crate::capsule::Essay;
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

/// Builds the segment of `essays`, which come with their numbers.
pub(super) fn build(essays: &[(u32, &Essay)], options: &IndexOptions) -> Part {
    let mut builder = Builder::default();
    for (_, essay) in essays {
        builder.add(essay, options);
    }
    let segment = builder.finish().into();
    Part { segment, essays: essays.iter().map(|(number, _)| *number).collect() }
}

/// Adds a language unless it is there.
fn add_language(languages: &mut Vec<Language>, language: Language) {
    if !languages.contains(&language) {
        languages.push(language);
    }
}

#[derive(Default)]
struct Builder {
    ids: HashMap<Box<str>, u32>,
    entries: Vec<Entry>,
    documents: Vec<Document>,
    languages: Vec<Language>,
    /// The entries of the essay being added, each with its position.
    occurrences: Vec<(u32, u32)>,
    /// The next position in that essay.
    position: u32,
}

#[derive(Default)]
struct Entry {
    postings: PostingsWriter,
    spelling: Option<Box<str>>,
}

impl Builder {
    fn add(&mut self, essay: &Essay, options: &IndexOptions) {
        let metadata = &essay.metadata;
        let language = Language::of(metadata.language.as_deref().unwrap_or(&options.language));
        if let Some(language) = language {
            add_language(&mut self.languages, language);
        }
        self.position = 0;
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
        let lead_end = self.position;
        let before = self.occurrences.len();
        words::for_each_text(&document, &mut |text| self.text(text));
        let length = u32::try_from(self.occurrences.len() - before).unwrap_or(u32::MAX);
        for tag in &metadata.tags {
            self.occurrence(&tag_entry(tag), None);
        }
        if let Some(date) = essay.date {
            self.occurrence(&year_entry(date.year()), None);
        }
        self.close(Document { title_end, tags_end, lead_end, length });
    }

    /// Adds the words of one text.
    fn text(&mut self, text: &str) {
        words::for_each_word(text, &mut |word, range| self.occurrence(word, Some(&text[range])));
        self.position += 1;
    }

    /// Adds `entry` at the next position; a word comes with its spelling.
    fn occurrence(&mut self, entry: &str, written: Option<&str>) {
        let id = if let Some(&id) = self.ids.get(entry) {
            id
        } else {
            let id = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let spelling = written.filter(|written| !written.is_ascii()).map(str::to_lowercase);
            let spelling = spelling.filter(|spelling| spelling != entry).map(String::into_boxed_str);
            self.entries.push(Entry { postings: PostingsWriter::default(), spelling });
            self.ids.insert(entry.into(), id);
            id
        };
        self.occurrences.push((id, self.position));
        self.position += 1;
    }

    /// Writes the postings of the essay being added.
    fn close(&mut self, document: Document) {
        let number = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        self.occurrences.sort_unstable();
        for occurrences in self.occurrences.chunk_by(|a, b| a.0 == b.0) {
            let postings = &mut self.entries[occurrences[0].0 as usize].postings;
            postings.push(number, occurrences.iter().map(|&(_, position)| position));
        }
        self.occurrences.clear();
        self.documents.push(document);
    }

    fn finish(mut self) -> Segment {
        let mut order: Vec<(Box<str>, u32)> = self.ids.into_iter().collect();
        order.sort_unstable();
        let mut writer = SegmentWriter::default();
        for (entry, id) in order {
            let Entry { postings, spelling } = std::mem::take(&mut self.entries[id as usize]);
            writer.push(&entry, spelling, &postings.bytes);
        }
        writer.finish(self.documents, self.languages)
    }
}

/// Merges `parts` into one without removed essays.
pub(super) fn merge(parts: &[Part]) -> Part {
    let mut documents = Vec::new();
    let mut essays = Vec::new();
    let mut languages = Vec::new();
    // The new number of each document of each part.
    let mut numbers: Vec<Vec<u32>> = Vec::with_capacity(parts.len());
    for part in parts {
        let mut of_part = Vec::with_capacity(part.essays.len());
        for (document, &essay) in part.segment.documents.iter().zip(&part.essays) {
            if essay == REMOVED {
                of_part.push(REMOVED);
            } else {
                of_part.push(u32::try_from(essays.len()).unwrap_or(REMOVED));
                essays.push(essay);
                documents.push(*document);
            }
        }
        numbers.push(of_part);
        for language in &part.segment.languages {
            add_language(&mut languages, *language);
        }
    }
    let mut writer = SegmentWriter::default();
    let mut heads: BinaryHeap<Reverse<(&str, usize, u32)>> = BinaryHeap::new();
    let head = |part: usize, id: u32| {
        let segment = &parts[part].segment;
        (id < segment.len()).then(|| Reverse((segment.entry(id), part, id)))
    };
    heads.extend((0..parts.len()).filter_map(|part| head(part, 0)));
    while let Some(&Reverse((entry, _, _))) = heads.peek() {
        let mut postings = PostingsWriter::default();
        let mut spelling = None;
        // The heads of one entry come in order of parts, and so of documents.
        while let Some(&Reverse((same, part, id))) = heads.peek().filter(|head| head.0.0 == entry) {
            heads.pop();
            heads.extend(head(part, id + 1));
            let segment = &parts[part].segment;
            if spelling.is_none() && segment.spelling(id) != same {
                spelling = Some(segment.spelling(id).into());
            }
            for posting in segment.postings(id) {
                let number = numbers[part][posting.document as usize];
                if number != REMOVED {
                    postings.copy(number, &posting);
                }
            }
        }
        if !postings.bytes.is_empty() {
            writer.push(entry, spelling, &postings.bytes);
        }
    }
    Part { segment: writer.finish(documents, languages).into(), essays: essays.into() }
}
