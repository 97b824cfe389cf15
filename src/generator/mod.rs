//! Site generators: what a folder of one says of itself, so that its archive is served as its author configured it.
//!
//! [`Recognised`] is read from the names of files and the texts of settings; `table.toml` says what they mean for each
//! generator.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::capsule::Rules;

mod settings;

pub use settings::Fact;
use settings::{Folder, Settings};

/// The rows of `table.toml`, which explains their keys.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("table.toml")).expect("a table of strings"));

#[derive(Deserialize)]
struct Table {
    any: Row,
    generator: Vec<Row>,
}

type Row = HashMap<String, String>;

/// What is known of the sites of one generator.
#[derive(Clone, Copy)]
struct Generator(&'static Row);

impl Generator {
    /// Returns what the row has for `key`, else what applies to any generator.
    fn get(self, key: &str) -> &'static str {
        self.0.get(key).or_else(|| TABLE.any.get(key)).map_or("", String::as_str)
    }

    /// Returns the two keys or values in the list for `key`.
    fn pair(self, key: &str) -> Option<(&'static str, &'static str)> {
        self.get(key).split_once(' ')
    }
}

/// Taxonomies whose keys of front matter have meanings of their own.
const USUAL_TAXONOMIES: [&str; 4] = ["tags", "categories", "series", "authors"];

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
    /// Regular expressions for the paths of files that are no content, from the folder of the site.
    pub ignored: Vec<String>,
    /// What the files say of the site, by the keys of these settings in `config.toml`: `title`, `author`, `language`, `web`
    /// and `time_zone`.
    pub facts: Vec<(&'static str, Fact)>,
    /// How it addresses and shows essays.
    pub rules: Rules,
    /// A program that makes Markdown of the site, if it is an export in another format; else empty.
    pub converter: &'static str,
    /// The files that were read.
    pub files: Vec<String>,
}

/// Recognises the site in the folder `named` or, with `above`, the site whose content folder it is.
pub fn recognise(named: &Path, above: bool) -> Option<Recognised> {
    let folder = fs::canonicalize(named).ok()?;
    let is_inside =
        |root: &Path, inner: &str| fs::canonicalize(root.join(inner)).is_ok_and(|own| own.starts_with(root));
    let content_of = |root: &Path| {
        let site = Recognised::of(root).filter(|site| !site.content.is_empty())?;
        let is_content = fs::canonicalize(root.join(&site.content)).is_ok_and(|own| own == folder);
        is_content.then(|| Recognised {
            folder: root.to_owned(),
            statics: site.statics.clone().filter(|statics| is_inside(root, statics)),
            ..site
        })
    };
    let mut above = folder.ancestors().skip(1).take(if above { MAX_ABOVE } else { 0 });
    if let Some(site) = above.find_map(content_of) {
        return Some(site);
    }
    let site = Recognised::of(&folder)?;
    Some(Recognised {
        folder: named.to_owned(),
        statics: site.statics.filter(|statics| is_inside(&folder, statics)),
        content: Some(site.content).filter(|content| is_inside(&folder, content)).unwrap_or_default(),
        ..site
    })
}

impl Recognised {
    /// Recognises the generator of the site at the canonical path `root`, by the first row of the table that fits.
    fn of(root: &Path) -> Option<Self> {
        let site = Folder(root);
        let files = |generator: Generator| -> Vec<String> {
            let marks = generator.get("marks").split_whitespace();
            marks.filter_map(|mark| marked_file(site, mark)).collect()
        };
        let mut found = TABLE.generator.iter().map(Generator).map(|generator| (generator, files(generator)));
        let (generator, marks) = found.find(|(_, marks)| !marks.is_empty())?;
        Some(Self::read(generator, marks, site))
    }

    fn read(generator: Generator, marks: Vec<String>, site: Folder<'_>) -> Self {
        let settings = generator.get("settings").split_whitespace().map(str::to_owned);
        let settings = Settings::read(site, settings.chain(marks));
        let is_inside =
            |folder: &str| Path::new(folder).components().all(|part| matches!(part, Component::Normal(_)));
        let exists = |folder: &String| !folder.is_empty() && is_inside(folder) && site.exists(folder);
        let folder = |key| settings.folders(generator.get(key)).into_iter().find(exists);
        let content = folder("content").unwrap_or_default();
        let mut left_out: Vec<String> = Vec::new();
        if content.is_empty() {
            let lists = ["left_out", "contributors"].map(|key| generator.get(key).split_whitespace());
            left_out.extend(lists.into_iter().flatten().map(str::to_owned));
        }
        // A README beside an index is that of the repository.
        if ["index.md", "_index.md", "index.qmd"].iter().any(|index| site.exists(index)) {
            left_out.push("/README.*".to_owned());
        }
        left_out.extend(settings.patterns(generator.get("excluded")));
        left_out
            .extend(generator.pair("unpublished").map(|keys| settings.unpublished(keys)).unwrap_or_default());
        let language = settings.first(generator.get("language"));
        // Some sites have a title in each language.
        let tag = language.as_ref().map(|fact| fact.value.to_lowercase()).unwrap_or_default();
        let facts = [
            ("title", settings.first(&generator.get("title").replace('@', &tag))),
            ("author", settings.first(generator.get("author"))),
            ("language", language),
            ("web", settings.web(generator.get("web"))),
            ("time_zone", settings.first(generator.get("time_zone"))),
        ];
        let mut taxonomies = settings.patterns(generator.get("taxonomies"));
        taxonomies.retain(|name| !USUAL_TAXONOMIES.contains(&&**name));
        Self {
            folder: PathBuf::new(),
            generator: generator.get("name"),
            statics: folder("statics").filter(|folder| *folder != content),
            left_out,
            ignored: settings.patterns(generator.get("ignored")),
            facts: facts.into_iter().filter_map(|(key, fact)| Some((key, fact?))).collect(),
            rules: Rules {
                permalinks: settings.permalinks(generator.get("permalinks")),
                languages: settings.names(generator.get("languages")),
                taxonomies,
                shows_future: settings.has(generator.get("future"), "true"),
                holds_back: generator.pair("held").is_some_and(|(key, value)| settings.has(key, value)),
            },
            converter: generator.get("converter"),
            files: settings.files,
            content,
        }
    }

    /// Returns what the files say of the setting `key`.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|(known, _)| *known == key).map(|(_, fact)| fact)
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
        let Self { generator, content, statics, facts, .. } = self;
        let taken_from = |file: &String| {
            let taken = facts.iter().filter(|(_, fact)| fact.file == *file);
            let taken: Vec<_> =
                taken.map(|(key, _)| key.replace("web", "Web address").replace('_', " ")).collect();
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
