//! Site generators: what a folder of one says of itself, so that its archive is served as its author configured it.
//!
//! [`Recognised`] is read from the names of files and the texts of settings; `table` says what they mean for each
//! generator.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::capsule::Rules;

mod settings;
mod table;

pub use settings::Fact;
use settings::{Folder, Settings};
use table::{CONTRIBUTOR_FILES, GENERATORS, Generator};

/// How many folders above the content folder may have the files of its generator, as for `src/content` in Astro.
const MAX_ABOVE: usize = 3;

/// What a site says of itself. Paths are relative to the folder of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The folder of the site.
    pub folder: PathBuf,
    /// The name of the generator, such as `Hugo`.
    pub generator: &'static str,
    /// The content folder; empty for the site itself.
    pub content: String,
    /// The folder whose files are published at the same addresses as those of the content folder, if there is one.
    pub statics: Option<String>,
    /// Patterns of what is no content, relative to the content folder.
    pub left_out: Vec<String>,
    /// The title of the site.
    pub title: Option<Fact>,
    /// Its author.
    pub author: Option<Fact>,
    /// Its language.
    pub language: Option<Fact>,
    /// Its address on the Web, with a scheme.
    pub web: Option<Fact>,
    /// How it addresses and shows essays.
    pub rules: Rules,
    /// The files that were read.
    pub files: Vec<String>,
}

/// Recognises the site in the folder `named` or, with `above`, the site whose content folder it is.
pub fn recognise(named: &Path, above: bool) -> Option<Recognised> {
    let folder = fs::canonicalize(named).ok()?;
    let content_of = |root: &Path| {
        let site = Recognised::of(root).filter(|site| !site.content.is_empty())?;
        let is_content = fs::canonicalize(root.join(&site.content)).is_ok_and(|own| own == folder);
        // Only what lies in the named folder is published: not the pictures beside it.
        is_content.then(|| Recognised { folder: root.to_owned(), statics: None, ..site })
    };
    let mut above = folder.ancestors().skip(1).take(if above { MAX_ABOVE } else { 0 });
    if let Some(site) = above.find_map(content_of) {
        return Some(site);
    }
    let site = Recognised::of(&folder)?;
    let is_inside =
        |inner: &String| fs::canonicalize(folder.join(inner)).is_ok_and(|own| own.starts_with(&folder));
    Some(Recognised {
        folder: named.to_owned(),
        statics: site.statics.filter(is_inside),
        content: Some(site.content).filter(is_inside).unwrap_or_default(),
        ..site
    })
}

impl Recognised {
    /// Recognises the generator of the site at the canonical path `root`, by the first row of the table that fits.
    fn of(root: &Path) -> Option<Self> {
        let site = Folder(root);
        let files = |generator: &Generator| -> Vec<String> {
            generator.marks.split_whitespace().filter_map(|mark| marked_file(site, mark)).collect()
        };
        let mut found = GENERATORS.iter().map(|generator| (generator, files(generator)));
        let (generator, marks) = found.find(|(_, marks)| !marks.is_empty())?;
        Some(Self::read(generator, marks, site))
    }

    fn read(generator: &'static Generator, marks: Vec<String>, site: Folder<'_>) -> Self {
        let settings =
            Settings::read(site, generator.settings.split_whitespace().map(str::to_owned).chain(marks));
        let is_inside =
            |folder: &str| Path::new(folder).components().all(|part| matches!(part, Component::Normal(_)));
        let exists = |folder: &String| !folder.is_empty() && is_inside(folder) && site.exists(folder);
        let folder = |list: &str| settings.folders(list).into_iter().find(exists);
        let content = folder(generator.content).unwrap_or_default();
        let mut left_out: Vec<String> = Vec::new();
        if content.is_empty() {
            let lists = generator.left_out.split_whitespace().chain(CONTRIBUTOR_FILES.split_whitespace());
            left_out.extend(lists.map(str::to_owned));
        }
        // A README beside an index is that of the repository.
        if ["index.md", "_index.md", "index.qmd"].iter().any(|index| site.exists(index)) {
            left_out.push("/README.*".to_owned());
        }
        left_out.extend(settings.patterns(generator.excluded));
        left_out.extend(settings.unpublished(generator.unpublished));
        Self {
            folder: PathBuf::new(),
            generator: generator.name,
            statics: folder(generator.statics).filter(|folder| *folder != content),
            left_out,
            title: settings.first(generator.title),
            author: settings.first(generator.author),
            language: settings.first(generator.language),
            web: settings.web(generator.web),
            rules: Rules {
                permalinks: settings.permalinks(generator.permalinks),
                shows_future: settings.has(generator.future, "true"),
                holds_back: generator.held.is_some_and(|(key, value)| settings.has(key, value)),
            },
            files: settings.files,
            content,
        }
    }

    /// Returns the content folder on disk if the folder `named` is that of the site.
    pub fn content_folder(&self, named: &Path) -> Option<PathBuf> {
        (self.folder == named && !self.content.is_empty()).then(|| named.join(&self.content))
    }

    /// Returns the folder on disk whose static files are published too.
    pub fn static_folder(&self) -> Option<PathBuf> {
        self.statics.as_ref().map(|folder| self.folder.join(folder))
    }

    /// Describes the site, as in ``Hugo site: content/, pictures from static/, title from hugo.toml``.
    pub fn description(&self) -> String {
        let Self { generator, content, statics, title, author, language, web, .. } = self;
        let facts = [("title", title), ("author", author), ("language", language), ("Web address", web)];
        let taken_from = |file: &String| {
            let is_taken = |fact: &Option<Fact>| fact.as_ref().is_some_and(|fact| fact.file == *file);
            let taken = facts.iter().filter(|(_, fact)| is_taken(fact)).map(|(what, _)| *what);
            let taken: Vec<&str> = taken.collect();
            let (last, others) = taken.split_last()?;
            let and = if others.is_empty() { "" } else { " and " };
            Some(format!("{}{and}{last} from {file}", others.join(", ")))
        };
        let content = (!content.is_empty()).then(|| format!("{content}/"));
        let pictures = statics.as_ref().map(|folder| format!("pictures from {folder}/"));
        let taken = self.files.iter().filter_map(taken_from);
        let parts = content.into_iter().chain(pictures).chain(taken).collect::<Vec<_>>().join(", ");
        let kind = if *generator == "Markdown" { "repository" } else { "site" };
        format!("{generator} {kind}{}{parts}", if parts.is_empty() { "" } else { ": " })
    }
}

/// Returns the file of a mark, as in `config.toml:base_url` or `*.ghost.*.json`, if the site has it.
fn marked_file(site: Folder<'_>, mark: &str) -> Option<String> {
    let (file, key) = mark.split_once(':').map_or((mark, None), |(file, key)| (file, Some(key)));
    if file.contains('*') {
        return site.names().find(|name| fits(file, &name.to_lowercase()));
    }
    let has_key = |key: &str| Settings::read(site, [file.to_owned()]).first(key).is_some();
    (site.exists(file) && key.is_none_or(has_key)).then(|| file.to_owned())
}

/// Returns whether `name` fits `pattern`, in which `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let ends = |name: &str| name.char_indices().any(|(at, _)| fits(rest, &name[at..]));
    name.strip_prefix(start).is_some_and(|name| rest.is_empty() || ends(name))
}
