//! [`Recognised`]: what a site says of itself, as far as the table of generators knows where to look.

use std::path::{Component, Path, PathBuf};

use super::settings::{Fact, Settings, Source};
use super::table::{self, GENERATORS, Generator};
use crate::capsule::Rules;

/// What a site says of itself. Paths are relative to the folder of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The folder of the site; empty where it is not on disk.
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

impl Recognised {
    /// Recognises the generator of a site, by the first row of the table that fits.
    pub fn of(site: &dyn Source) -> Option<Self> {
        let files = |generator: &Generator| -> Vec<String> {
            let marks = generator.marks.split_whitespace();
            marks.filter_map(|mark| marked_file(site, mark)).collect()
        };
        let mut found = GENERATORS.iter().map(|generator| (generator, files(generator)));
        let (generator, marks) = found.find(|(_, marks)| !marks.is_empty())?;
        Some(Self::read(generator, &marks, site))
    }

    fn read(generator: &'static Generator, marks: &[String], site: &dyn Source) -> Self {
        let names = generator.settings.split_whitespace().map(str::to_owned).chain(marks.iter().cloned());
        let settings = Settings::read(site, names);
        let exists = |folder: &String| !folder.is_empty() && is_inside(folder) && site.exists(folder);
        let folder = |list: &str| settings.folders(list).into_iter().find(exists);
        let content = folder(generator.content).unwrap_or_default();
        let own: Vec<String> =
            if content.is_empty() { table::left_out(generator).collect() } else { Vec::new() };
        let excluded = settings.patterns(generator.excluded);
        let unpublished = settings.unpublished(generator.unpublished);
        // A README beside an index is that of the repository.
        let readme = ["index.md", "_index.md", "index.qmd"].iter().any(|index| site.exists(index));
        Self {
            folder: PathBuf::new(),
            generator: generator.name,
            statics: folder(generator.statics).filter(|folder| *folder != content),
            left_out: own
                .into_iter()
                .chain(readme.then(|| "/README.*".to_owned()))
                .chain(excluded)
                .chain(unpublished)
                .collect(),
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

    /// Returns the folder on disk whose files are published besides.
    pub fn static_folder(&self) -> Option<PathBuf> {
        self.statics.as_ref().map(|folder| self.folder.join(folder))
    }

    /// Describes the site, as in ``Hugo site: content/, pictures from static/, title from hugo.toml``.
    pub fn description(&self) -> String {
        let Self { generator, content, statics, .. } = self;
        let mut parts = Vec::new();
        parts.extend(Some(format!("{content}/")).filter(|_| !content.is_empty()));
        parts.extend(statics.as_ref().map(|folder| format!("pictures from {folder}/")));
        let facts = [
            ("title", &self.title),
            ("author", &self.author),
            ("language", &self.language),
            ("Web address", &self.web),
        ];
        let facts: Vec<_> =
            facts.into_iter().filter_map(|(what, fact)| Some((what, fact.as_ref()?))).collect();
        for file in &self.files {
            let taken = facts.iter().filter(|(_, fact)| fact.file == *file).map(|(what, _)| *what);
            let mut taken: Vec<&str> = taken.collect();
            let last = taken.pop();
            if let Some(last) = last {
                let list = if taken.is_empty() {
                    last.to_owned()
                } else {
                    format!("{} and {last}", taken.join(", "))
                };
                parts.push(format!("{list} from {file}"));
            }
        }
        let kind = if *generator == "Markdown" { "repository" } else { "site" };
        let parts = parts.join(", ");
        format!("{generator} {kind}{}{parts}", if parts.is_empty() { "" } else { ": " })
    }
}

/// Returns the file of a mark, as in `config.toml:base_url` or `*.ghost.*.json`, if the site has it.
fn marked_file(site: &dyn Source, mark: &str) -> Option<String> {
    let (file, key) = mark.split_once(':').map_or((mark, None), |(file, key)| (file, Some(key)));
    if file.contains('*') {
        return site.names().into_iter().find(|name| fits(file, &name.to_lowercase()));
    }
    let has_key = |key: &str| Settings::read(site, [file.to_owned()]).first(key).is_some();
    (site.exists(file) && key.is_none_or(has_key)).then(|| file.to_owned())
}

/// Returns whether `name` fits `pattern`, in which `*` stands for any characters.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| fits(rest, &name[at..]))
        }),
    }
}

/// Returns whether a relative path stays in its folder.
fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}
