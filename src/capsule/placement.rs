//! Where a text stands in the capsule, judged by its name and its neighbours alone.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::essay::TextKind;
use super::language::{LanguageVariant, Languages};
use super::{CapsulePath, Content, PrivateArea, SourceFile};

/// What a text is, before anybody has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placement {
    /// An essay.
    Essay(Place),
    /// The introduction of the folder at its base; of several, the one with the lowest rank is taken.
    Introduction(Place, u8),
    /// What introduces the essays in one language, as the page at its base lists them.
    LanguageIntroduction(Place),
    /// What the author wants at the head or the foot of pages.
    PageSnippet(Place, PageSnippet),
    /// A text to be handed out as it is.
    Plain,
    /// Nothing to readers: a partial or template.
    Ignored,
}

/// Where a text is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Its address without extension; for an introduction that of its folder.
    pub(super) base: CapsulePath,
    /// Its language, where its file name states one.
    pub(super) variant: Option<Box<LanguageVariant>>,
}

/// A text of the author's that stands on pages made by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageSnippet {
    /// `header.*` in the content folder: at the head of the index.
    Header,
    /// `footer.*` in the content folder: at the foot of every page.
    Footer,
}

/// What of the other files matters for the place of one.
pub(super) struct Neighbours<'a> {
    /// The folders that hold more than one text, themselves or below: an `index.md` there introduces them.
    /// Alone in its folder it is an essay with its pictures beside it.
    texts: HashMap<CapsulePath, u32>,
    languages: Languages,
    /// Folders whose `index.md` introduces them in any case.
    private: &'a [PrivateArea],
}

impl<'a> Neighbours<'a> {
    pub(super) fn of(sources: &[Arc<SourceFile>], private: &'a [PrivateArea]) -> Self {
        let languages = Languages::of(sources);
        let mut texts: HashMap<CapsulePath, u32> = HashMap::new();
        let mut translated: HashSet<(CapsulePath, &str)> = HashSet::new();
        for source in sources {
            if !matches!(source.content, Content::Text(_))
                || TextKind::of(&source.path) == Some(TextKind::Text)
            {
                continue;
            }
            let mut folder = source.path.parent();
            // Translations of one text count as one.
            let (bare, _) = languages.divide(source.path.stem());
            let first = languages.is_empty() || translated.insert((folder.clone(), bare));
            // Whether a folder holds one text or more is all that is asked: its first two count for the folders
            // above it too, later ones tell them nothing new.
            if !first {
                continue;
            }
            loop {
                let count = texts.entry(folder.clone()).or_default();
                *count += 1;
                let parent = folder.parent();
                if parent == folder || *count > 2 {
                    break;
                }
                folder = parent;
            }
        }
        Self { texts, languages, private }
    }

    fn alone_in(&self, folder: &CapsulePath) -> bool {
        self.texts.get(folder).is_none_or(|&count| count <= 1)
    }

    pub(super) fn place(&self, path: &CapsulePath) -> Placement {
        let Some(kind) = TextKind::of(path) else { return Placement::Ignored };
        let folder = path.parent();
        let root = folder == CapsulePath::root();
        let (stem, tag) = match kind {
            TextKind::Text => (path.stem(), None),
            TextKind::Markdown | TextKind::Gemtext => self.languages.divide(path.stem()),
        };
        let is = |name: &str| stem.eq_ignore_ascii_case(name);
        let snippet = [("header", PageSnippet::Header), ("footer", PageSnippet::Footer)];
        if let Some((_, snippet)) = snippet.into_iter().find(|(name, _)| root && tag.is_none() && is(name)) {
            return Placement::PageSnippet(Place { base: path.without_extension(), variant: None }, snippet);
        }
        if kind == TextKind::Text {
            return match super::date::in_path(&[stem]).0 {
                Some(_) => essay(path.without_extension(), None),
                None => Placement::Plain,
            };
        }
        let rank = if stem == "_index" {
            0
        } else if is("index") {
            1
        } else if is("readme") {
            2
        } else if stem.starts_with('_') {
            return Placement::Ignored;
        } else {
            let of = folder.join(stem).ok();
            return essay(path.without_extension(), of.zip(tag));
        };
        let private = self.private.iter().any(|area| area.path == folder);
        if rank == 1 && !root && !private && self.alone_in(&folder) {
            let bundle = folder.as_str().trim_end_matches('/');
            let Ok(base) = CapsulePath::from_decoded(bundle) else { return Placement::Ignored };
            return match tag {
                Some(tag) => essay(base.with_suffix(tag), Some((base, tag))),
                None => essay(base, None),
            };
        }
        match tag {
            // In another language the introduction of the capsule is that of the essays in this language.
            Some(tag) if root => Placement::LanguageIntroduction(Place {
                base: language_folder(tag),
                variant: Some(boxed((folder, tag))),
            }),
            Some(tag) => introduction(folder.clone(), Some((folder, tag)), rank + 3),
            None => introduction(folder, None, rank),
        }
    }
}

/// The folder that lists what is written in the language `tag`.
fn language_folder(tag: &str) -> CapsulePath {
    let path = format!("/languages/{}/", tag.replace('_', "-").to_lowercase());
    CapsulePath::from_decoded(&path).unwrap_or_else(|_| CapsulePath::root())
}

fn essay(base: CapsulePath, variant: Option<(CapsulePath, &str)>) -> Placement {
    Placement::Essay(Place { base, variant: variant.map(boxed) })
}

fn introduction(base: CapsulePath, variant: Option<(CapsulePath, &str)>, rank: u8) -> Placement {
    Placement::Introduction(Place { base, variant: variant.map(boxed) }, rank)
}

fn boxed((of, tag): (CapsulePath, &str)) -> Box<LanguageVariant> {
    Box::new(LanguageVariant { of, language: tag.replace('_', "-") })
}
