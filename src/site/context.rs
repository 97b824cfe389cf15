//! [`SiteContext`]: what all pages of a site are made from.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::options::Medium;
use super::taxonomies::Taxonomies;
use crate::capsule::{Capsule, CapsulePath, Essay, TextKind, media, nfc};

/// A capsule with its options and the indexes that pages need, each built on first use.
#[derive(Debug)]
pub(super) struct SiteContext {
    pub(super) capsule: Arc<Capsule>,
    pub(super) options: super::SiteOptions,
    authors: OnceLock<Vec<String>>,
    titles: OnceLock<TitleIndex>,
    /// One for each [`Medium`].
    taxonomies: [OnceLock<Taxonomies>; 2],
}

impl SiteContext {
    pub(super) fn new(capsule: Arc<Capsule>, options: super::SiteOptions) -> Self {
        let (authors, titles, taxonomies) = Default::default();
        Self { capsule, options, authors, titles, taxonomies }
    }

    pub(super) fn essay(&self, index: u32) -> &Essay {
        &self.capsule.addressable()[index as usize]
    }

    /// Returns the essay that stands at `path` and its form there: as gemtext, plain text or its Markdown source.
    pub(super) fn essay_at(&self, path: &CapsulePath, medium: Medium) -> Option<(&Arc<Essay>, TextKind)> {
        let essay = self.capsule.essay(&path.without_extension()).filter(|essay| medium.serves(essay))?;
        let form = match (path.extension(), essay.kind) {
            (media::GEMTEXT_PAGE, TextKind::Markdown | TextKind::Gemtext) => TextKind::Gemtext,
            (media::TEXT_PAGE, _) => TextKind::Text,
            (media::MARKDOWN_SOURCE, TextKind::Markdown) => TextKind::Markdown,
            _ => return None,
        };
        Some((essay, form))
    }

    /// Returns whether `names`, authors of an essay, are those of the configuration, the introduction or all essays.
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
        let folded = |name: &String| name.trim().to_lowercase();
        names.is_empty() || names.iter().map(folded).eq(own.iter().map(folded))
    }

    pub(super) fn titles(&self) -> &TitleIndex {
        self.titles.get_or_init(|| TitleIndex::new(&self.capsule))
    }

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
            for name in names.into_iter().chain(essay.metadata.synonyms.iter().map(String::as_str)) {
                index.essays.entry(folded(name)).or_insert(number);
            }
        }
        for path in capsule.files.keys() {
            index.files.entry(path.name().to_lowercase()).or_default().push(path.clone());
        }
        index
    }

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
