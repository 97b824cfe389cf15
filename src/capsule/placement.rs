//! The place of each file in the capsule, by its name and its neighbours: computed once for each file and build.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::language::{LanguageVariant, Languages, has_markup, split_tag};
use super::media::TextKind;
use super::source::{Content, SourceFile};
use super::visibility::PrivateArea;
use super::{CapsulePath, EssayDate, date};

/// Stems of the texts that introduce their folder, by precedence; `_index` (Hugo, Zola) counts in lower case only.
const INTRODUCTIONS: [&str; 3] = ["_index", "index", "readme"];

/// Index in [`INTRODUCTIONS`] of `index`, which may be the essay of a page bundle.
const INDEX: usize = 1;

/// Returns whether a text named `stem`, without extension and language, introduces its folder.
pub fn introduces_folder(stem: &str) -> bool {
    introduction_rank(stem).is_some()
}

fn introduction_rank(stem: &str) -> Option<usize> {
    // SvelteKit names each page after its folder.
    let stem = if stem == "+page" { INTRODUCTIONS[INDEX] } else { stem };
    let [exact, ..] = INTRODUCTIONS;
    INTRODUCTIONS.iter().position(|name| stem == *name || *name != exact && stem.eq_ignore_ascii_case(name))
}

/// A file with its place.
pub(super) struct Placed<'s> {
    pub(super) source: &'s Arc<SourceFile>,
    pub(super) placement: Placement,
}

/// What a file is in the capsule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placement {
    Essay(Place),
    /// A candidate for the introduction of the folder at its base, with its rank: the lowest one wins.
    Introduction(Place, usize),
    /// The introduction of the essays in one language, on the page at its base that lists them.
    LanguageIntroduction(Place),
    /// A text for the header or footer of pages.
    Snippet(Place, PageSnippet),
    /// A text that is served unchanged.
    Plain,
    Attachment,
    /// A partial or template, which readers do not get.
    Ignored,
}

impl Placement {
    /// Returns the place of a text that is read, or `None` for files that are not.
    pub(super) fn place(&self) -> Option<&Place> {
        match self {
            Self::Essay(place)
            | Self::Introduction(place, _)
            | Self::LanguageIntroduction(place)
            | Self::Snippet(place, _) => Some(place),
            Self::Plain | Self::Attachment | Self::Ignored => None,
        }
    }
}

/// The address and language that the name of a text gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The address without extension; for an introduction that of its folder.
    pub(super) base: CapsulePath,
    /// The language, where the file name states one. Boxed because few texts have one.
    pub(super) variant: Option<Box<LanguageVariant>>,
}

impl Place {
    fn in_language(base: CapsulePath, of: CapsulePath, tag: &str) -> Self {
        let language = tag.replace('_', "-");
        Self { base, variant: Some(Box::new(LanguageVariant { of, language })) }
    }

    /// Returns the language that the text at `source` has as a part of its name.
    pub(super) fn suffix<'p>(&self, source: &'p CapsulePath) -> Option<&'p str> {
        let language = &self.variant.as_ref()?.language;
        source.stem().rsplit_once('.').map(|(_, tag)| tag).filter(|tag| tag.replace('_', "-") == *language)
    }

    /// Returns the date in the path of the text at `source`, and its name without that date, extension and language.
    /// An introduction has the name of its folder and no date.
    pub(super) fn date_and_name<'p>(&self, source: &'p CapsulePath) -> (Option<EssayDate>, &'p str) {
        let mut segments: Vec<&str> = source.segments().collect();
        segments.pop();
        let stem = source.stem();
        let bare = self.suffix(source).map_or(stem, |tag| &stem[..stem.len() - tag.len() - 1]);
        if !introduces_folder(bare) {
            segments.push(bare.strip_suffix(".html").unwrap_or(bare));
        }
        let (date, name) = date::in_path(&segments);
        (date.filter(|_| !self.base.is_folder()), name)
    }
}

/// A text of the author that is part of generated pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PageSnippet {
    /// `header.*` in the content folder: at the head of the index.
    Header,
    /// `footer.*` in the content folder: at the foot of every page.
    Footer,
}

/// Places each of `sources`, which are sorted by path. Tags of `known` languages in their names are always languages. An
/// `index` in a folder of `private` always introduces it; one for which `is_page` holds does not.
pub(super) fn place_all<'s>(
    sources: &'s [Arc<SourceFile>],
    private: &[PrivateArea],
    known: &[(String, Option<CapsulePath>)],
    is_page: &dyn Fn(&SourceFile) -> bool,
) -> Vec<Placed<'s>> {
    let languages = Languages::of(sources, known);
    let mut texts: HashMap<&str, u32, RandomState> = HashMap::default();
    let mut seen = HashSet::new();
    for path in sources.iter().filter(|source| has_markup(source)).map(|source| source.path.as_str()) {
        let (stem, _) = path.rsplit_once('.').unwrap_or((path, ""));
        if languages.tags.is_empty() || seen.insert(languages.split(stem).0) {
            path.match_indices('/').for_each(|(at, _)| *texts.entry(&path[..=at]).or_default() += 1);
        }
    }
    let neighbours = Neighbours { texts, languages, private, is_page };
    let place = |source| Placed { source, placement: neighbours.place(source) };
    sources.iter().map(place).collect()
}

/// The facts about other files that the place of a file depends on.
struct Neighbours<'a> {
    /// The number of texts with markup in each folder and below it. Translations of one text count once.
    texts: HashMap<&'a str, u32, RandomState>,
    languages: Languages,
    private: &'a [PrivateArea],
    is_page: &'a dyn Fn(&SourceFile) -> bool,
}

impl Neighbours<'_> {
    fn place(&self, source: &SourceFile) -> Placement {
        let path = &source.path;
        if matches!(source.content, Content::File(_)) {
            return Placement::Attachment;
        }
        let Some(kind) = TextKind::of(path) else { return Placement::Ignored };
        let folder = path.parent();
        let (stem, tag) = match kind {
            TextKind::Text => (path.stem(), None),
            TextKind::Markdown | TextKind::Gemtext => self.languages.split(path.stem()),
        };
        let in_root = folder == CapsulePath::root();
        let mut snippets = [("header", PageSnippet::Header), ("footer", PageSnippet::Footer)].into_iter();
        let is_named = |(name, _): &(&str, _)| in_root && tag.is_none() && stem.eq_ignore_ascii_case(name);
        if let Some((_, snippet)) = snippets.find(is_named) {
            return Placement::Snippet(Place { base: path.without_extension(), variant: None }, snippet);
        }
        if kind == TextKind::Text {
            // Only plain text with a date in its name or with front matter is meant as an essay.
            return if date::in_path(&[stem]).0.is_some() || (self.is_page)(source) {
                Placement::Essay(Place { base: path.without_extension(), variant: None })
            } else {
                Placement::Plain
            };
        }
        let rank = introduction_rank(stem);
        match (rank, tag) {
            (None, _) if stem.starts_with('_') => Placement::Ignored,
            (None, _) => {
                let translated = tag.and_then(|tag| Some((folder.join(stem).ok()?, tag)));
                // In Middleman, a page has the extension of its output before that of its source.
                let base = path.without_extension();
                let base = if base.extension() == "html" { base.without_extension() } else { base };
                Placement::Essay(self.place_at(base, translated))
            }
            // The text of a bundle has the address of the folder without its slash.
            (Some(INDEX), _) if !in_root && self.is_bundle(&folder, source) => {
                let of = folder.without_slash();
                let base = tag.map_or_else(|| of.clone(), |tag| of.with_suffix(tag));
                Placement::Essay(self.place_at(base, tag.map(|tag| (of, tag))))
            }
            (Some(rank), None) => Placement::Introduction(self.place_at(folder, None), rank),
            // In another language the introduction of the capsule is that of the essays in this language.
            (Some(_), Some(tag)) if in_root => {
                Placement::LanguageIntroduction(Place::in_language(language_page(tag), folder, tag))
            }
            (Some(rank), Some(tag)) => {
                let place = Place::in_language(folder.clone(), folder, tag);
                Placement::Introduction(place, rank + INTRODUCTIONS.len())
            }
        }
    }

    /// Places a text at `base`, in the language of its name if there is one, else in that of its folder.
    fn place_at(&self, base: CapsulePath, named: Option<(CapsulePath, &str)>) -> Place {
        if let Some((of, tag)) = named {
            return Place::in_language(base, of, tag);
        }
        match self.languages.split_folder(&base) {
            Some((of, tag)) => Place::in_language(base, of, &tag),
            None => Place { base, variant: None },
        }
    }

    /// Returns whether `source`, an `index` in `folder`, is an essay with pictures: the only text there, or a dated one.
    fn is_bundle(&self, folder: &CapsulePath, source: &SourceFile) -> bool {
        let is_alone = || self.texts.get(folder.as_str()).is_none_or(|&count| count <= 1);
        let names: Vec<&str> = folder.segments().collect();
        let is_dated = || date::in_path(&names).0.is_some() || (self.is_page)(source);
        !self.private.iter().any(|area| area.path == *folder) && (is_alone() || is_dated())
    }
}

/// Returns the address of the page that lists the essays in the language `tag`.
pub(super) fn language_page(tag: &str) -> CapsulePath {
    let path = format!("/languages/{}/", tag.replace('_', "-").to_lowercase());
    CapsulePath::from_decoded(&path).unwrap_or_else(|_| CapsulePath::root())
}

/// Which texts are visible that files may belong to by name. The files of a text that is hidden in every language are
/// hidden with it.
#[derive(Debug, Default)]
pub(super) struct Bundles {
    /// The folders of page bundles, each with whether its essay is visible.
    folders: HashMap<CapsulePath, bool>,
    /// Folders, and [what the names of files start with](name_of_files), each with whether a text there is visible.
    names: HashMap<Box<str>, bool, RandomState>,
}

impl Bundles {
    /// Records whether a text is visible at its own address; does nothing for other files.
    pub(super) fn note(&mut self, placed: &Placed<'_>, is_visible: bool) {
        let (path, folder) = (&placed.source.path, placed.source.path.parent());
        let Some(place) = placed.placement.place() else { return };
        // A folder whose name starts with a number or a date is one page (Grav, Kirby).
        let is_page = folder.name().trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', '-', '_']);
        if is_visible || is_page && folder.name().starts_with(|c: char| c.is_ascii_digit()) {
            *self.names.entry(folder.without_slash().as_str().into()).or_default() |= is_visible;
        }
        *self.names.entry(name_of_files(path).into()).or_default() |= is_visible;
        if matches!(placed.placement, Placement::Essay(_)) && place.base.parent() != folder {
            *self.folders.entry(folder).or_default() |= is_visible;
        }
    }

    /// Returns whether the innermost bundle that `path` lies in has an essay that is hidden in every language.
    pub(super) fn hide(&self, path: &CapsulePath) -> bool {
        !self.folders.is_empty() && path.ancestors().find_map(|folder| self.folders.get(&folder)) == Some(&false)
    }

    /// Returns whether the file at `path` belongs to a hidden text by its name, or by that of the folder it is in.
    pub(super) fn hide_file(&self, path: &CapsulePath) -> bool {
        let is_visible = |name: &str| {
            let bare = name.rsplit_once('.').filter(|(_, end)| !end.contains('/')).map_or(name, |(bare, _)| bare);
            // Quarto has folders of figures.
            let names = [name, name.trim_end_matches("_files"), bare];
            names.iter().find_map(|name| self.names.get(*name).copied())
        };
        let whole = path.as_str();
        let folders = whole.rmatch_indices('/').map(|(end, _)| &whole[..end]).filter(|folder| !folder.is_empty());
        self.hide(path) || [whole].into_iter().chain(folders).find_map(is_visible) == Some(false)
    }
}

/// Returns what the names of files that belong to the text at `path` start with: its own name without extension and
/// language, or the name of the folder that it introduces.
fn name_of_files(path: &CapsulePath) -> &str {
    let bare = split_tag(path.stem()).map_or(path.stem(), |(bare, _)| bare);
    let start = path.as_str().len() - path.name().len();
    if introduces_folder(bare) { &path.as_str()[..start - 1] } else { &path.as_str()[..start + bare.len()] }
}
