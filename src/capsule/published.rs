//! [`Capsule`]: what is published, as readers and pages look it up.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use time::OffsetDateTime;

use super::names::{self, Names};
use super::placement::{PageSnippet, Place};
use super::section::Section;
use super::translations::Translations;
use super::{CapsulePath, Essay, FileRef, SourceFile};

/// Everything published under one host name: immutable.
#[derive(Debug, Clone, Default)]
pub struct Capsule {
    pub(super) title: String,
    pub(super) essays: Vec<Arc<Essay>>,
    pub(super) by_base: HashMap<CapsulePath, u32>,
    pub(super) names: Names,
    pub(super) sections: BTreeMap<CapsulePath, Section>,
    pub(super) texts: BTreeMap<CapsulePath, Arc<SourceFile>>,
    pub(super) files: HashMap<CapsulePath, FileRef>,
    pub(super) translations: Translations,
    pub(super) snippets: Vec<(PageSnippet, Arc<Essay>)>,
    /// The introductions of the essays in one language, by the pages that list these.
    pub(super) language_introductions: BTreeMap<CapsulePath, Arc<Essay>>,
    pub(super) hidden: HiddenCounts,
    pub(super) next_change: Option<OffsetDateTime>,
    /// Every text that was read, hidden ones included, for the next build.
    pub(super) read: HashMap<CapsulePath, (Place, Arc<Essay>)>,
}

/// How many essays readers do not get to see, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HiddenCounts {
    /// Drafts.
    pub drafts: usize,
    /// Those whose author says that they are not published.
    pub unpublished: usize,
    /// Those whose day is yet to come.
    pub future: usize,
    /// Those whose day is over.
    pub expired: usize,
}

impl HiddenCounts {
    /// All of them.
    pub fn total(&self) -> usize {
        self.drafts + self.unpublished + self.future + self.expired
    }
}

impl Capsule {
    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The essays readers may see, newest first, undated ones after them by title.
    pub fn essays(&self) -> &[Arc<Essay>] {
        &self.essays
    }

    /// The essay whose address without extension is `base`.
    pub fn essay(&self, base: &CapsulePath) -> Option<&Arc<Essay>> {
        self.by_base.get(base).map(|&index| &self.essays[index as usize])
    }

    /// The essay that `path` is another name of: its address in the form of Web pages, where it used to be, where
    /// it is on the Web.
    pub fn essay_known_as(&self, path: &CapsulePath) -> Option<&Arc<Essay>> {
        let name = names::without_web_suffix(path)?;
        self.essay(&name).or_else(|| self.names.find(&name).map(|index| &self.essays[index as usize]))
    }

    /// The index of the essay whose address without extension is `base`.
    pub fn index_of(&self, base: &CapsulePath) -> Option<u32> {
        self.by_base.get(base).copied()
    }

    /// What the author says about the folder at `address`, or about the essays in the language listed there.
    pub fn introduction(&self, address: &CapsulePath) -> Option<&Arc<Essay>> {
        let section = self.sections.get(address).and_then(|section| section.introduction.as_ref());
        section.or_else(|| self.language_introductions.get(address))
    }

    /// The texts that stand on pages besides essays: introductions, header and footer.
    pub fn page_texts(&self) -> impl Iterator<Item = &Arc<Essay>> {
        let introductions = self.sections.values().filter_map(|section| section.introduction.as_ref());
        let snippets = self.snippets.iter().map(|(_, text)| text);
        introductions.chain(self.language_introductions.values()).chain(snippets)
    }

    /// The folders with essays in them, in order of their addresses; the root is always there after a build.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.values()
    }

    /// The folder at `address`.
    pub fn section(&self, address: &CapsulePath) -> Option<&Section> {
        self.sections.get(address)
    }

    /// A text that is handed out as it is.
    pub fn text(&self, path: &CapsulePath) -> Option<&Arc<SourceFile>> {
        self.texts.get(path)
    }

    /// The texts that are handed out as they are, in order of their addresses.
    pub fn texts(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        self.texts.values()
    }

    /// An attachment.
    pub fn file(&self, path: &CapsulePath) -> Option<&FileRef> {
        self.files.get(path)
    }

    /// The attachments, in no order.
    pub fn files(&self) -> impl Iterator<Item = (&CapsulePath, &FileRef)> {
        self.files.iter()
    }

    /// What `essay` is called in all its languages, itself included, in order of addresses; nothing if it is
    /// there in one only.
    pub fn translations(&self, essay: &Essay) -> impl Iterator<Item = &Arc<Essay>> {
        self.translations.of_base(&essay.base).iter().map(|&index| &self.essays[index as usize])
    }

    /// Whether any essay is there in several languages.
    pub fn is_translated(&self) -> bool {
        !self.translations.is_empty()
    }

    /// What the author wants on pages, in the languages it is written in.
    pub fn snippets(&self, which: PageSnippet) -> impl Iterator<Item = &Arc<Essay>> {
        self.snippets.iter().filter(move |(is, _)| *is == which).map(|(_, text)| text)
    }

    /// Every text that could be read, whether readers may see it or not, in no order.
    pub fn all_read(&self) -> impl Iterator<Item = &Arc<Essay>> {
        self.read.values().map(|(_, essay)| essay)
    }

    /// What readers do not get to see.
    pub fn hidden(&self) -> HiddenCounts {
        self.hidden
    }

    /// When an essay is next to appear or to vanish: a build after that moment gives another capsule.
    pub fn next_change(&self) -> Option<OffsetDateTime> {
        self.next_change
    }
}
