//! Essays become a [`Segment`].

use std::collections::HashMap;

use super::codec::List;
use super::index::IndexOptions;
use super::language::Language;
use super::segment::{Document, Segment, Writer, tag_entry, year_entry};
use super::{text, words};
use crate::capsule::Essay;

/// A segment of `essays`; its documents are numbered as they come.
pub(super) fn segment<'e>(essays: impl Iterator<Item = &'e Essay>, options: &IndexOptions) -> Segment {
    let mut builder = Builder::default();
    for essay in essays {
        builder.add(essay, options);
    }
    builder.finish()
}

/// Adds a language, once.
pub(super) fn add_language(languages: &mut Vec<Language>, language: Language) {
    if !languages.contains(&language) {
        languages.push(language);
    }
}

#[derive(Default)]
struct Builder {
    numbers: HashMap<Box<str>, u32>,
    entries: Vec<Entry>,
    documents: Vec<Document>,
    languages: Vec<Language>,
    /// The words of the essay at hand, by entry and place.
    stands: Vec<(u32, u32)>,
    /// The next place in it.
    place: u32,
}

#[derive(Default)]
struct Entry {
    list: List,
    spelling: Option<Box<str>>,
}

impl Builder {
    fn add(&mut self, essay: &Essay, options: &IndexOptions) {
        let metadata = &essay.metadata;
        let language = Language::of(metadata.language.as_deref().unwrap_or(&options.language));
        if let Some(language) = language {
            add_language(&mut self.languages, language);
        }
        self.place = 0;
        self.text(&essay.title);
        metadata.synonyms.iter().for_each(|title| self.text(title));
        let title_end = self.place;
        metadata.tags.iter().chain(&metadata.series).for_each(|tag| self.text(tag));
        let tags_end = self.place;
        metadata.summary.iter().chain(&metadata.authors).for_each(|words| self.text(words));
        let text = essay.text();
        let document = text.document(&options.markdown);
        text::headings(&document).for_each(|heading| self.text(&heading));
        let lead_end = self.place;
        let before = self.stands.len();
        text::each(&document, &mut |words| self.text(words));
        let length = u32::try_from(self.stands.len() - before).unwrap_or(u32::MAX);
        for tag in &metadata.tags {
            self.stand(&tag_entry(tag), None);
        }
        if let Some(date) = essay.date {
            self.stand(&year_entry(date.year()), None);
        }
        self.close(Document { title_end, tags_end, lead_end, length });
    }

    /// Takes in the words of one piece of text.
    fn text(&mut self, text: &str) {
        words::each(text, &mut |word, range| self.stand(word, Some(&text[range])));
        self.place += 1;
    }

    /// Notes that `entry` stands at the next place, written as `written` if it is a word.
    fn stand(&mut self, entry: &str, written: Option<&str>) {
        let number = if let Some(&number) = self.numbers.get(entry) {
            number
        } else {
            let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
            let spelling = written.filter(|written| !written.is_ascii()).map(str::to_lowercase);
            let spelling = spelling.filter(|spelling| spelling != entry).map(String::into_boxed_str);
            self.entries.push(Entry { list: List::default(), spelling });
            self.numbers.insert(entry.into(), number);
            number
        };
        self.stands.push((number, self.place));
        self.place += 1;
    }

    /// Writes the words of the essay at hand to their lists.
    fn close(&mut self, document: Document) {
        let number = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        self.stands.sort_unstable();
        for stands in self.stands.chunk_by(|a, b| a.0 == b.0) {
            let list = &mut self.entries[stands[0].0 as usize].list;
            list.push(number, stands.iter().map(|&(_, place)| place));
        }
        self.stands.clear();
        self.documents.push(document);
    }

    fn finish(mut self) -> Segment {
        let mut order: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        order.sort_unstable();
        let mut writer = Writer::default();
        for (entry, number) in order {
            let Entry { list, spelling } = std::mem::take(&mut self.entries[number as usize]);
            writer.push(&entry, spelling, &list.bytes);
        }
        writer.finish(self.documents, self.languages)
    }
}
