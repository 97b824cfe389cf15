//! [`SiteContext`]: what all pages of a site are made from.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::SiteOptions;
use super::options::Medium;
use super::taxonomies::Taxonomies;
use crate::capsule::{Capsule, CapsulePath, Essay, TextKind, media, nfc};

/// A form of an essay, chosen by the extension of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Gemtext,
    Plain,
    Source,
}

/// A capsule with its options and the indexes that pages need, each built on first use.
#[derive(Debug)]
pub(super) struct SiteContext {
    pub(super) capsule: Arc<Capsule>,
    pub(super) options: SiteOptions,
    authors: OnceLock<Vec<String>>,
    titles: OnceLock<TitleIndex>,
    /// One for each [`Medium`].
    taxonomies: [OnceLock<Taxonomies>; 2],
}

impl SiteContext {
    pub(super) fn new(capsule: Arc<Capsule>, options: SiteOptions) -> Self {
        let (authors, titles, taxonomies) = Default::default();
        Self { capsule, options, authors, titles, taxonomies }
    }

    /// Returns essay `index` of the capsule.
    pub(super) fn essay(&self, index: u32) -> &Essay {
        &self.capsule.addressable()[index as usize]
    }

    /// Returns the essay and the form of it that stand at `path`.
    pub(super) fn essay_at(&self, path: &CapsulePath, medium: Medium) -> Option<(&Arc<Essay>, Form)> {
        let form = match path.extension() {
            media::GEMTEXT_PAGE => Form::Gemtext,
            media::TEXT_PAGE => Form::Plain,
            media::MARKDOWN_SOURCE => Form::Source,
            _ => return None,
        };
        let essay = self.capsule.essay(&path.without_extension())?;
        let has_form = match form {
            Form::Gemtext => essay.kind != TextKind::Text,
            Form::Plain => true,
            Form::Source => essay.kind == TextKind::Markdown,
        };
        (has_form && medium.serves(essay)).then_some((essay, form))
    }

    /// Returns whether `names`, the authors of an essay, are those of the capsule: the configured one, those of its
    /// introduction, or those that all essays with authors name.
    pub(super) fn are_authors(&self, names: &[String]) -> bool {
        let own = self.authors.get_or_init(|| {
            if let Some(author) = &self.options.author {
                return vec![author.clone()];
            }
            let is_named = |names: &&Vec<String>| !names.is_empty();
            let introduction = self.capsule.introduction(&CapsulePath::root());
            let stated = introduction.map(|introduction| &introduction.metadata.authors).filter(is_named);
            let mut all = self.capsule.essays().iter().map(|essay| &essay.metadata.authors).filter(is_named);
            let common = || all.next().filter(|first| all.all(|names| names == *first));
            stated.or_else(common).cloned().unwrap_or_default()
        });
        let folded =
            |names: &[String]| names.iter().map(|name| name.trim().to_lowercase()).collect::<Vec<_>>();
        names.is_empty() || folded(names) == folded(own)
    }

    pub(super) fn titles(&self) -> &TitleIndex {
        self.titles.get_or_init(|| TitleIndex::new(&self.capsule))
    }

    /// Returns the taxonomies of the essays that `medium` serves.
    pub(super) fn taxonomies(&self, medium: Medium) -> &Taxonomies {
        let taxonomies = &self.taxonomies[medium as usize];
        taxonomies.get_or_init(|| Taxonomies::new(&self.capsule, &self.options, medium))
    }
}

/// The names of essays (file name, slug, titles) and attachments in wiki links, without regard to case.
#[derive(Debug, Default)]
pub(super) struct TitleIndex {
    essays: HashMap<String, u32>,
    files: HashMap<String, Vec<CapsulePath>>,
}

impl TitleIndex {
    fn new(capsule: &Capsule) -> Self {
        let mut index = Self::default();
        for (number, essay) in (0..).zip(capsule.addressable()) {
            let names = [essay.base.name(), essay.source.path.stem(), &essay.title];
            let synonyms = essay.metadata.synonyms.iter().map(String::as_str);
            for name in names.into_iter().chain(synonyms) {
                index.essays.entry(folded(name)).or_insert(number);
            }
        }
        for (path, _) in capsule.files() {
            index.files.entry(path.name().to_lowercase()).or_default().push(path.clone());
        }
        index
    }

    /// Returns the index of the essay called `name`.
    pub(super) fn essay(&self, name: &str) -> Option<u32> {
        self.essays.get(&folded(name)).copied()
    }

    /// Returns the attachment whose path ends in `name`, which may include folders; `None` if several do.
    pub(super) fn file(&self, name: &str) -> Option<&CapsulePath> {
        let end = format!("/{}", folded(name));
        let called = self.files.get(end.rsplit('/').next().unwrap_or_default())?;
        let mut found = called.iter().filter(|path| path.as_str().to_lowercase().ends_with(&end));
        found.next().filter(|_| found.next().is_none())
    }
}

/// Returns the form in which names of wiki links are compared.
fn folded(name: &str) -> String {
    nfc(name).to_lowercase()
}
