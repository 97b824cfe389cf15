//! [`Capsule`]: all published essays and files, found by address and other names, and its [`Section`]s.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::CapsulePath;
use super::essay::{Essay, readable};
use super::lookup::{Names, bare_name};
use super::placement::PageSnippet;
use super::source::{FileRef, SourceFile};
use super::visibility::HiddenReason;

/// Memory for one essay, attachment and section besides words and names, in bytes, measured with made-up archives.
const ESSAY_OVERHEAD: usize = 1_000;
const FILE_OVERHEAD: usize = 200;
const SECTION_OVERHEAD: usize = 300;

/// The introductions of folders or lists, by their addresses.
pub(super) type Introductions = BTreeMap<CapsulePath, Arc<Essay>>;

/// Everything published under one host name. Immutable.
#[derive(Debug, Clone, Default)]
pub struct Capsule {
    /// The title.
    pub title: String,
    /// The language of pages without their own: the configured one, else that of most essays (BCP 47).
    pub language: Option<String>,
    /// The visible essays in order, then the unlisted ones.
    pub(super) essays: Vec<Arc<Essay>>,
    /// The number of essays that are not unlisted.
    pub(super) listed: usize,
    pub(super) by_base: HashMap<CapsulePath, u32>,
    pub(super) names: Names,
    /// The folders with essays in them, by address. After a build the root is always among them.
    pub sections: BTreeMap<CapsulePath, Section>,
    /// The texts that are served unchanged, by address.
    pub texts: BTreeMap<CapsulePath, Arc<SourceFile>>,
    /// The attachments, by address.
    pub files: HashMap<CapsulePath, FileRef>,
    /// The indices of an essay and its translations, if it has any, by its address without extension.
    pub translations: HashMap<CapsulePath, Arc<[u32]>>,
    /// The header and footer texts.
    pub snippets: Vec<(PageSnippet, Arc<Essay>)>,
    /// The introductions of the essays in one language, by the pages that list these essays.
    pub(super) language_introductions: Introductions,
    /// The numbers of hidden essays.
    pub hidden: BTreeMap<HiddenReason, usize>,
    /// The number of essays and introductions that are in no list.
    pub unlisted: usize,
    /// When an essay next appears or expires, so that the capsule must be built again.
    pub next_change: Option<time::OffsetDateTime>,
    /// Every text that could be read, hidden ones included, by its file.
    pub read: HashMap<CapsulePath, Arc<Essay>>,
}

impl Capsule {
    /// Returns the visible essays, newest first; undated ones follow, sorted by title. Unlisted ones are not included.
    pub fn essays(&self) -> &[Arc<Essay>] {
        &self.essays[..self.listed]
    }

    /// Returns every essay that has an address: the [visible ones](Self::essays), then the unlisted ones.
    pub fn addressable(&self) -> &[Arc<Essay>] {
        &self.essays
    }

    /// Returns the essay whose address without extension is `base`.
    pub fn essay(&self, base: &CapsulePath) -> Option<&Arc<Essay>> {
        self.by_base.get(base).map(|&index| &self.essays[index as usize])
    }

    /// Returns the essay that `path` is another name of: as a Web page, a former address, or its address on the Web.
    pub fn essay_known_as(&self, path: &CapsulePath) -> Option<&Arc<Essay>> {
        let name = bare_name(path)?;
        self.essay(&name).or_else(|| self.names.by_name.get(&name).map(|&index| &self.essays[index as usize]))
    }

    /// Returns the folder whose introduction lists `path` as a former address.
    pub fn folder_known_as(&self, path: &CapsulePath) -> Option<&CapsulePath> {
        self.names.folders.get(&bare_name(path)?)
    }

    /// Returns the only essay that the last part of an unmatched `path` names, as in permalinks of site generators.
    pub fn essay_by_last_part(&self, path: &CapsulePath) -> Option<&Arc<Essay>> {
        let index = self.names.find_by_last_part(&bare_name(path)?, &self.essays)?;
        Some(&self.essays[index as usize])
    }

    /// Returns the index in [`addressable`](Self::addressable) of the essay whose address without extension is `base`.
    pub fn index_of(&self, base: &CapsulePath) -> Option<u32> {
        self.by_base.get(base).copied()
    }

    /// Returns the introduction of the folder at `address`, or of the essays in the language listed there.
    pub fn introduction(&self, address: &CapsulePath) -> Option<&Arc<Essay>> {
        let section = self.sections.get(address).and_then(|section| section.introduction.as_ref());
        section.or_else(|| self.language_introductions.get(address))
    }

    /// Returns the texts that are parts of pages but not essays: introductions, header and footer.
    pub fn page_texts(&self) -> impl Iterator<Item = &Arc<Essay>> {
        self.introductions().chain(self.snippets.iter().map(|(_, text)| text))
    }

    /// Returns the introductions of folders and of the lists in one language.
    pub fn introductions(&self) -> impl Iterator<Item = &Arc<Essay>> {
        let of_folders = self.sections.values().filter_map(|section| section.introduction.as_ref());
        of_folders.chain(self.language_introductions.values())
    }

    /// Returns `essay` and its translations, sorted by address; nothing if it has none.
    pub fn translations(&self, essay: &Essay) -> impl Iterator<Item = &Arc<Essay>> {
        let group = self.translations.get(&essay.base).into_iter().flat_map(|group| group.iter());
        group.map(|&index| &self.essays[index as usize])
    }

    /// Returns the header or the footer texts, one for each kind of markup that the author wrote one in.
    pub fn snippets(&self, which: PageSnippet) -> impl Iterator<Item = &Arc<Essay>> {
        self.snippets.iter().filter(move |(is, _)| *is == which).map(|(_, text)| text)
    }

    /// Adds the sections: folders that hold essays or have an introduction, `always`, and all folders above them.
    pub(super) fn add_sections(&mut self, mut introductions: Introductions, always: Option<CapsulePath>) {
        let mut held: BTreeMap<CapsulePath, Vec<Arc<Essay>>> = BTreeMap::new();
        for essay in self.essays() {
            held.entry(essay.base.parent()).or_default().push(Arc::clone(essay));
        }
        let named = held.keys().chain(introductions.keys()).cloned().chain(always).chain([CapsulePath::root()]);
        let above = |folder: CapsulePath| folder.ancestors().chain([folder.clone()]).collect::<Vec<_>>();
        let folders: BTreeSet<CapsulePath> = named.flat_map(above).collect();
        // A folder follows the one that it is in.
        for folder in folders {
            if let Some(parent) = self.sections.get_mut(&folder.parent()) {
                parent.subsections.push(folder.clone());
            }
            let introduction = introductions.remove(&folder);
            let title = introduction.as_ref().map(|essay| essay.title.clone());
            let section = Section {
                title: title.unwrap_or_else(|| readable(folder.name())),
                introduction,
                essays: held.remove(&folder).unwrap_or_default(),
                subsections: Vec::new(),
                address: folder.clone(),
            };
            self.sections.insert(folder, section);
        }
    }

    /// Returns about how many bytes of memory the capsule takes besides its texts, which belong to the folder.
    pub fn bytes(&self) -> usize {
        let essays: usize = self.read.values().map(|essay| ESSAY_OVERHEAD + essay.bytes()).sum();
        let names = |(path, file): (&CapsulePath, &FileRef)| path.as_str().len() + file.relative.as_os_str().len();
        let files = self.files.len() * (FILE_OVERHEAD + size_of::<FileRef>());
        let names: usize = self.files.iter().map(names).sum();
        essays + files + names + self.sections.len() * SECTION_OVERHEAD
    }
}

/// A folder of a capsule.
#[derive(Debug, Clone)]
pub struct Section {
    /// The address of the folder, with a slash at its end.
    pub address: CapsulePath,
    /// The title of the introduction, else the name of the folder.
    pub title: String,
    /// The author's introduction.
    pub introduction: Option<Arc<Essay>>,
    /// The essays directly in the folder, newest first, undated ones last.
    pub essays: Vec<Arc<Essay>>,
    /// The folders directly in it, sorted by address.
    pub subsections: Vec<CapsulePath>,
}

impl Section {
    /// Returns whether no list leads to the folder, because its introduction is unlisted.
    pub fn is_unlisted(&self) -> bool {
        self.introduction.as_ref().is_some_and(|introduction| introduction.metadata.unlisted)
    }

    /// Returns the index of `essay` among the essays of this section.
    pub fn position(&self, essay: &Essay) -> Option<usize> {
        self.essays.binary_search_by(|other| Essay::order(other, essay)).ok()
    }
}
