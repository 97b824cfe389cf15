//! Site generators: what the files of a site state about it, so that Lamplit serves it as its author configured it.
//!
//! [`Recognised`] is read from file names and settings; `table.toml` has a row for each generator.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use jiff::fmt::temporal::DateTimeParser;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

use crate::capsule::{CapsulePath, Rules, usual_key};
use crate::disk::pattern_error;
use crate::problem::Problem;

mod settings;

pub use settings::Fact;
use settings::{Settings, UNREAD, matching};

/// The rows of `table.toml`, which explains their keys.
static TABLE: LazyLock<Table> =
    LazyLock::new(|| toml::from_str(include_str!("table.toml")).expect("a table of strings"));

#[derive(serde::Deserialize)]
struct Table {
    any: Row,
    generator: Vec<Row>,
}

/// Facts about the sites of one generator, by the keys that `table.toml` explains.
type Row = HashMap<String, String>;

/// How many levels above the content folder the files of its generator may lie: two for `src/content` of Astro.
const MAX_ABOVE: usize = 3;

/// The most bytes of patterns of a site that are compiled at each reading: some hundred patterns.
const MAX_PATTERNS: usize = 8 << 10;

/// What the files of a site state about it. Paths are relative to the folder of the site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recognised {
    /// The folder of the site.
    pub folder: PathBuf,
    /// The name of the generator, such as `Hugo`.
    pub generator: &'static str,
    /// The content folder; empty for the site itself.
    pub content: String,
    /// The only folders in it that are content; empty if all of it is.
    pub parts: Vec<CapsulePath>,
    /// The folders whose files are published at the same addresses as those of the content folder.
    pub statics: Vec<String>,
    /// Patterns of gitignore for files in these folders that are not published.
    pub left_out_statics: Vec<String>,
    /// Patterns of gitignore for files that are not content, relative to the content folder.
    pub left_out: Vec<String>,
    /// Regular expressions for the paths of files that are not content, relative to the folder of the site.
    pub ignored: Vec<String>,
    /// Lists of patterns for files in the content folder, of which the last one that matches counts.
    pub filters: Vec<Vec<String>>,
    /// Values for keys of `config.toml`: `title`, `author`, `language`, `web` and `time_zone`.
    pub facts: Vec<(&'static str, Fact)>,
    /// How it addresses and shows essays.
    pub rules: Rules,
    /// Whether the texts beside and below an `index` are parts of its page.
    pub leaf_bundles: bool,
    /// Former addresses, each with the path that it leads to.
    pub redirects: Vec<(CapsulePath, CapsulePath)>,
    /// The number of posts and pages in an export in another format.
    pub posts: usize,
    /// A program that makes Markdown of the site, if it is an export in another format; else empty.
    pub converter: &'static str,
    /// The sites in folders of the content folder, each with its own content folder there, which they alone concern.
    pub below: Vec<(CapsulePath, Self)>,
    /// The files with settings.
    pub files: Vec<String>,
    /// Why some of them cannot be read.
    pub problems: Vec<Problem>,
}

/// Recognises the site in the folder `named` or, with `above`, the site whose content folder it is. What the sites in
/// its own folders withhold is left out there.
pub fn recognise(named: &Path, above: bool) -> Option<Recognised> {
    let folder = fs::canonicalize(named).ok()?;
    let content_of = |site: &Recognised| fs::canonicalize(site.folder.join(&site.content)).ok();
    let is_content = |site: &Recognised| content_of(site).as_ref() == Some(&folder);
    let mut above = folder.ancestors().skip(1).take(if above { MAX_ABOVE } else { 0 });
    let found = above.find_map(|root| Recognised::of(root, Some(&folder), false).filter(is_content));
    let found = found.or_else(|| Recognised::of(&folder, None, false));
    let below = sites_in(found.as_ref().and_then(content_of).as_deref().unwrap_or(&folder));
    // A folder with a site in one of its folders is a repository.
    let repository = || Some(Recognised::read(TABLE.generator.last()?, Vec::new(), &folder, None, false));
    let site = found.or_else(|| repository().filter(|_| !below.is_empty()))?;
    let place = if site.folder == folder { named.to_owned() } else { site.folder.clone() };
    Some(Recognised { folder: place, ..site.with_sites(below) })
}

/// Returns the sites in the folders of the canonical path `root`, each with the path of its content folder.
fn sites_in(root: &Path) -> Vec<(CapsulePath, Recognised)> {
    let marks = TABLE.generator.iter().flat_map(|row| row["marks"].split_whitespace());
    // Most folders have none of these names, and need no closer look.
    let names: HashSet<&str> = marks.filter_map(|mark| mark.split(['/', ':']).next()).collect();
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let is_mark = |entry: fs::DirEntry| entry.file_name().to_str().is_some_and(|name| names.contains(name));
    let site = |entry: fs::DirEntry| {
        let folder = Some(entry.path()).filter(|folder| !folder.is_symlink() && entries(folder).any(is_mark))?;
        let site = Recognised::of(&folder, None, true).filter(|site| !site.files.is_empty())?;
        let content = Path::new(&entry.file_name()).join(&site.content);
        let content = CapsulePath::from_decoded(content.to_str()?).ok()?.to_folder();
        // Beside its content folders may lie others of the repository.
        Some((content, Recognised { parts: Vec::new(), ..site }))
    };
    let mut sites: Vec<_> = entries(root).filter_map(site).collect();
    sites.sort_by(|(a, _), (b, _)| a.cmp(b));
    sites
}

/// Returns the pattern for files below the content folder that `pattern` is for files below its folder `folder`.
fn below(folder: &CapsulePath, pattern: &str) -> String {
    let (sign, pattern) = pattern.strip_prefix('!').map_or(("", pattern), |pattern| ("!", pattern));
    let anywhere = if pattern.trim_end_matches('/').contains('/') { "" } else { "**/" };
    format!("{sign}{}{anywhere}{}", folder.as_str().replace('[', "[[]"), pattern.trim_start_matches('/'))
}

/// Returns the paths of the files with settings that a site in `folder` may have: one of `generator`, else one of any.
pub fn possible_settings_files(folder: &Path, generator: Option<&str>) -> impl Iterator<Item = PathBuf> {
    let rows = TABLE.generator.iter().filter(move |row| generator.is_none_or(|name| row["name"] == name));
    let lists = rows.flat_map(|row| [row.get("settings"), row.get("marks")]).flatten();
    let names = lists.flat_map(|list| list.split_whitespace().filter_map(|name| name.split(':').next()));
    // What a folder holds says nothing of settings.
    names.filter(|name| !name.contains('*')).map(|name| folder.join(name)).filter(|file| !file.is_dir())
}

/// Returns the value of the key `key` of `table.toml` for a generator.
fn get(row: &'static Row, key: &str) -> &'static str {
    row.get(key).or_else(|| TABLE.any.get(key)).map_or("", String::as_str)
}

impl Recognised {
    /// Recognises the generator of the site at the canonical path `root`, by the first row of the table that fits. Of
    /// several content folders, `served` may be the only one. A site that `is_below` the served folder is a part of it.
    fn of(root: &Path, served: Option<&Path>, is_below: bool) -> Option<Self> {
        TABLE.generator.iter().find_map(|row| {
            let marks = row["marks"].split_whitespace().filter_map(|mark| marked_file(root, mark));
            let marks: Vec<String> = marks.collect();
            (!marks.is_empty()).then(|| Self::read(row, marks, root, served, is_below))
        })
    }

    fn read(row: &'static Row, marks: Vec<String>, site: &Path, served: Option<&Path>, is_below: bool) -> Self {
        let get = |key: &str| get(row, key);
        let words = |key: &str| get(key).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let settings = Settings::default().with(site, [words("settings"), marks].concat());
        let inherited = settings.patterns(get("inherited"));
        let settings = settings.with(site, inherited);
        let real = |folder: &String| fs::canonicalize(site.join(folder));
        let is_inside = |folder: &String| real(folder).is_ok_and(|real| real.starts_with(site));
        let folders = |key| {
            let lists = settings.folders(get(key)).into_iter();
            let mut inside = lists.map(|list| list.into_iter().filter(is_inside).collect::<Vec<_>>());
            inside.find(|list| list.iter().any(|folder| !folder.is_empty())).unwrap_or_default()
        };
        let mut parts = folders("content");
        if let Some(at) = parts.iter().position(|part| real(part).is_ok_and(|real| Some(&*real) == served)) {
            parts = vec![parts.swap_remove(at)];
        }
        let holds_all = |folder: &&Path| parts.iter().all(|part| Path::new(part).starts_with(folder));
        let common = parts.first().and_then(|first| Path::new(first).ancestors().find(holds_all));
        let content = common.and_then(Path::to_str).unwrap_or_default().to_owned();
        let inner = |part: &String| CapsulePath::from_decoded(&format!("{}/", &part[content.len()..])).ok();
        let languages = settings.languages(get("languages"), &content);
        let summaries = settings.folders(get("summary")).into_iter().flatten();
        let mut summaries = summaries.map(|file| format!("{content}/{file}").trim_start_matches('/').to_owned());
        let summary = Settings::default().with(site, summaries.find(|file| site.join(file).exists()));
        let mut left_out = Vec::new();
        // The papers of a part of a repository are for its readers.
        if content.is_empty() && !is_below {
            left_out.extend([words("left_out"), words("contributors")].concat());
        }
        // A README beside an index describes the repository.
        if !is_below && ["index.md", "_index.md", "index.qmd"].iter().any(|index| site.join(index).exists()) {
            left_out.push("/README.*".to_owned());
        }
        left_out.extend(settings.only(get("only"), false));
        left_out.extend(settings.only(get("chapters"), true));
        left_out.extend(summary.only("link", true));
        left_out.extend(excluded(row, &settings, &content, parts.len() > 1, &languages));
        let held_tags = get("held_tags").split(',').map(str::to_owned).chain(settings.patterns(get("encrypted_tags")));
        let read = |files| Settings::default().with(site, words(files));
        Self {
            folder: site.to_owned(),
            problems: [summary.problems, faults(&settings, &left_out, get("ignored"), get("filters"))].concat(),
            generator: get("name"),
            parts: parts.iter().filter(|part| !part.is_empty()).filter_map(inner).collect(),
            statics: folders("statics").into_iter().filter(|folder| *folder != content).collect(),
            left_out_statics: settings.patterns(get("excluded_statics")),
            left_out,
            ignored: settings.patterns(get("ignored")),
            filters: settings.filters(get("filters")),
            facts: facts(row, &settings),
            rules: Rules {
                permalinks: settings.permalinks(get("permalinks")),
                languages,
                keys: own_keys(row, &settings),
                held_tags: held_tags.map(|tag| tag.to_ascii_lowercase()).collect(),
                public_drafts: (get("held_names") == "true").then(Vec::new),
                authors: read("author_files").by_last_part("*.name"),
                hides_below: get("hides_below").chars().next(),
                defaults: settings.defaults(get("defaults"), get("held"), site).map(Arc::new),
                shows_future: settings.first(get("future")).is_some_and(|fact| fact.value.eq_ignore_ascii_case("true")),
                ..Rules::default()
            },
            redirects: [read("redirect_files").redirects(""), settings.redirects(get("redirects"))].concat(),
            leaf_bundles: get("leaf_bundles") == "true",
            posts: settings.patterns(get("posts")).len(),
            converter: get("converter"),
            files: settings.files,
            content,
            ..Self::default()
        }
    }

    /// Returns the site with the sites `below`, which withhold what they would in folders of their own.
    fn with_sites(mut self, below: Vec<(CapsulePath, Self)>) -> Self {
        for (folder, site) in &below {
            let patterns = site.left_out.iter().filter(|pattern| !pattern.trim_matches(['!', '/', ' ']).is_empty());
            let patterns = patterns.map(|pattern| self::below(folder, pattern));
            // What settings that cannot be read withhold is not known.
            let all = (!site.problems.is_empty()).then(|| folder.to_string());
            self.left_out.extend(patterns.chain(all));
            self.rules.below.push((folder.clone(), site.rules.clone()));
        }
        Self { below, ..self }
    }

    /// Returns the value for the key `key` of `config.toml`.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.iter().find(|(known, _)| *known == key).map(|(_, fact)| fact)
    }

    /// Returns the folders on disk whose static files are published too.
    pub fn static_folders(&self) -> impl Iterator<Item = PathBuf> {
        self.statics.iter().map(|folder| self.folder.join(folder))
    }

    /// Returns whether `new`, the same site read again, lacks a file with settings that this one had.
    pub fn has_lost(&self, new: Option<&Self>) -> bool {
        self.settings_files().any(|file| new.is_none_or(|new| new.settings_files().all(|other| other != file)))
    }

    /// Returns the paths of the files with settings.
    pub fn settings_files(&self) -> impl Iterator<Item = PathBuf> {
        let sites = [self].into_iter().chain(self.below.iter().map(|(_, site)| site));
        sites.flat_map(|site| site.files.iter().map(|file| site.folder.join(file)))
    }

    /// Describes the site and what is `read`, as in ``Hugo site: content/, pictures from static/, title from hugo.toml``.
    pub fn description(&self, read: impl Iterator<Item = String>) -> String {
        let Self { generator, content, statics, facts, .. } = self;
        let taken_from = |file: &String| {
            let taken = facts.iter().filter(|(_, fact)| fact.file == *file);
            let taken: Vec<_> = taken.map(|(key, _)| key.replace("web", "Web address").replace('_', " ")).collect();
            let (last, others) = taken.split_last()?;
            let and = if others.is_empty() { "" } else { " and " };
            Some(format!("{}{and}{last} from {file}", others.join(", ")))
        };
        let content = (!content.is_empty()).then(|| format!("{content}/"));
        let pictures = (!statics.is_empty()).then(|| format!("pictures from {}/", statics.join("/ and ")));
        let taken = self.files.iter().filter_map(taken_from);
        let parts = content.into_iter().chain(pictures).chain(taken).chain(read).collect::<Vec<_>>().join(", ");
        let kind = if *generator == "Markdown" { "repository" } else { "site" };
        format!("{generator} {kind}{}{parts}", if parts.is_empty() { "" } else { ": " })
    }
}

/// Returns the patterns of the files that `settings` exclude, relative to the folder `content`, which may `have_parts`.
fn excluded(
    row: &'static Row,
    settings: &Settings,
    content: &str,
    has_parts: bool,
    languages: &[(String, Option<CapsulePath>)],
) -> Vec<String> {
    let patterns = |key| settings.patterns(get(row, key)).into_iter();
    let names = |key| settings.names(get(row, key)).into_iter();
    let negated = patterns("negated").filter_map(|pattern| Some(format!("**/{}", pattern.strip_prefix('!')?.trim())));
    let below = format!("{content}/");
    let in_content = |pattern: String| match pattern.trim_start_matches(['.', '/']).strip_prefix(&below) {
        Some(inner) => format!("/{inner}"),
        // A relative pattern of a part is relative to that part.
        None if has_parts && !pattern.starts_with(['/', '*']) => format!("**/{pattern}"),
        None => pattern.trim_start_matches("./").to_owned(),
    };
    let at_top = |path: String| if path.starts_with(['/', '*', '!']) { path } else { format!("/{path}") };
    let kept = settings.patterns(get(row, "kept"));
    let paths = patterns("excluded_paths").filter(|path| !kept.contains(path)).map(in_content).map(at_top);
    let pages = names("pages").flat_map(|page| ["", ".*"].map(|end| format!("/{}{end}", page.trim_matches('/'))));
    let disabled = names("disabled").flat_map(|tag| {
        let folder = languages.iter().find(|(known, _)| *known == tag).and_then(|(_, folder)| folder.as_ref());
        [format!("*.{tag}.*"), folder.map_or(format!("/{tag}/"), ToString::to_string)]
    });
    let hidden = get(row, "hidden").split_whitespace().map(str::to_owned);
    let included = names("included").map(|name| format!("!_{}", name.trim_start_matches('_')));
    let others = paths.chain(pages).chain(disabled).chain(hidden).chain(included);
    negated.chain(patterns("excluded").map(in_content)).chain(others).collect()
}

/// Returns the values for keys of `config.toml` in `settings`.
fn facts(row: &'static Row, settings: &Settings) -> Vec<(&'static str, Fact)> {
    let first = |key| settings.first(get(row, key));
    let is_zone = |fact: &Fact| DateTimeParser::new().parse_time_zone(&fact.value).is_ok();
    let language = first("language");
    // Some sites have a title in each language.
    let tag = language.as_ref().map(|fact| fact.value.to_lowercase()).unwrap_or_default();
    let facts = [
        ("title", settings.first(&get(row, "title").replace('@', &tag))),
        ("author", first("author")),
        ("language", language),
        ("web", settings.web(get(row, "web"))),
        ("time_zone", first("time_zone").filter(is_zone)),
    ];
    facts.into_iter().filter_map(|(key, fact)| Some((key, fact?))).collect()
}

/// Returns the site's own keys of front matter in `settings`, each after the usual key of its meaning.
fn own_keys(row: &'static Row, settings: &Settings) -> Vec<(String, String)> {
    let taxonomies = settings.patterns(get(row, "taxonomies")).into_iter();
    let tags = taxonomies.flat_map(|name| [format!("taxonomies.{name}"), name]).map(|own| ("tags".to_owned(), own));
    let passwords = get(row, "passwords").split_whitespace().filter_map(|item| item.split_once('='));
    let passwords = passwords.filter(|(setting, _)| settings.first(setting).is_some());
    let passwords = passwords.map(|(_, own)| ("password".to_owned(), own.to_owned()));
    let keys = tags.chain(settings.pairs(get(row, "meanings"))).chain(passwords);
    keys.filter(|(_, own)| !own.starts_with(':') && usual_key(&own.to_lowercase()).is_none()).collect()
}

/// Compiles regular expressions for the paths of files that are not content, within a bound. The error is the position
/// of an invalid one; `None` if they are too large.
pub fn ignored_paths(regexes: &[String]) -> Result<Regex, Option<usize>> {
    // As in Go, classes such as `\w` are ASCII.
    let syntax = syntax::Config::new().unicode(false).utf8(false);
    let config = Regex::config().nfa_size_limit(Some(1 << 20)).utf8_empty(false);
    let compiled = Regex::builder().syntax(syntax).configure(config).build_many(regexes);
    compiled.map_err(|error| error.pattern().map(|at| at.as_usize()))
}

/// Returns the problems of `settings`, and those of invalid or too many patterns and regular expressions in them.
fn faults(settings: &Settings, left_out: &[String], ignored: &str, filters: &str) -> Vec<Problem> {
    let (regexes, filters) = (settings.patterns(ignored), settings.patterns(filters));
    let fault = |what: &str| Problem::error(format!("the settings of the site have {what}")).hint(UNREAD);
    let invalid = |pattern: &String| fault(&format!("an invalid pattern: `{pattern}`"));
    let globs = left_out.iter().chain(&filters).filter(|pattern| pattern_error(pattern).is_some()).map(invalid);
    let is_short = [&filters, &regexes].iter().all(|list| list.concat().len() <= MAX_PATTERNS);
    let at_fault = match ignored_paths(if is_short { &regexes } else { &[] }) {
        Ok(_) if is_short => None,
        Err(Some(at)) => Some(invalid(&regexes[at])),
        Ok(_) | Err(None) => Some(fault("more patterns than can be compiled")),
    };
    settings.problems.iter().cloned().chain(globs).chain(at_fault).collect()
}

/// Returns the file of a mark, as in `config.toml:base_url` or `*.ghost.*.json`, if the site has it.
fn marked_file(site: &Path, mark: &str) -> Option<String> {
    let (file, key) = mark.split_once(':').map_or((mark, None), |(file, key)| (file, Some(key)));
    let has = |file: &String, key| {
        let settings = Settings::default().with(site, [file.clone()]);
        // A file that cannot be read may be meant.
        settings.first(key).is_some() || !settings.problems.is_empty() && !mark.contains('*')
    };
    matching(site, file).into_iter().find(|file| key.is_none_or(|key| has(file, key)))
}
