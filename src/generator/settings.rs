//! [`Settings`]: the values in the settings files of a site, in any format, by their keys.

use std::collections::HashMap;
use std::path::Path;

use crate::capsule::{CapsulePath, Content, MAX_METADATA, SourceFile, TextKind, introduces_folder, settings_in};
use crate::disk;
use crate::markup::front_matter::Mistake;
use crate::markup::markdown::{self, MarkdownOptions};
use crate::problem::{Problem, SourceText};

/// Ends of host names in the examples of generators, at which there is no site.
const EXAMPLES: [&str; 3] = [".example.com", ".example.org", ".example.net"];

/// The hint for settings that cannot be read: what they hide must not be published.
pub(super) const UNREAD: &str =
    "correct or shorten the file, or write `recognise = false` to serve the folder without it";

/// Returns the names of the files in the folder `site` that match `name`, sorted; `*` in its last part stands for any
/// characters.
pub(super) fn matching(site: &Path, name: &str) -> Vec<String> {
    if !name.contains('*') {
        return site.join(name).exists().then(|| name.to_owned()).into_iter().collect();
    }
    let folder = name.rfind('/').map_or("", |slash| &name[..=slash]);
    let entries = std::fs::read_dir(site.join(folder)).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter(|name| !name.starts_with('.')).map(|name| format!("{folder}{name}"));
    let pattern = disk::compiled(&[format!("/{name}")]);
    let fits = |file: &String| pattern.matched(file.to_lowercase(), false).is_ignore();
    let mut fitting: Vec<String> = names.filter(fits).collect();
    fitting.sort();
    fitting
}

/// A value that a site states, and the file that states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The value.
    pub value: String,
    /// The file, relative to the folder of the site.
    pub file: String,
}

/// The values in files of settings, in the order of the files.
#[derive(Default)]
pub(super) struct Settings {
    values: Vec<(String, Fact)>,
    /// The files, each once.
    pub(super) files: Vec<String>,
    /// Why some files cannot be read.
    pub(super) problems: Vec<Problem>,
}

impl Settings {
    /// Returns these settings with those in the files `names` of the folder `site`, at a canonical path.
    pub(super) fn with(mut self, site: &Path, names: impl IntoIterator<Item = String>) -> Self {
        for name in names.into_iter().flat_map(|name| matching(site, &name)) {
            let path = site.join(&name);
            // Folders are marks of some generators.
            if self.files.contains(&name) || path.is_dir() {
                continue;
            }
            let shown = path.to_string_lossy();
            let problem =
                |what: &str| Problem::error(format!("the settings of the site cannot be read: {what}")).hint(UNREAD);
            let read = disk::read_small(site, Path::new(&name), MAX_METADATA);
            let read = read.map_err(|error| self.problems.push(problem(&error.to_string()).in_file(&*shown)));
            // An empty file has no settings, and was probably emptied to be written anew.
            if !matches!(&read, Ok(Some((text, _))) if text.trim().is_empty()) {
                self.files.push(name.clone());
            }
            let Ok(Some((text, _))) = read else { continue };
            let values = match name.rsplit(['.', '/']).next() {
                Some("xml") => elements(&text),
                Some("md") if name != "config.md" => {
                    let links = markdown::parse(&text, &MarkdownOptions::STANDARD).links;
                    let paths = links.iter().filter_map(|link| written_path(&link.destination, &CapsulePath::root()));
                    paths.map(|path| ("link".to_owned(), path.as_relative().to_owned())).collect()
                }
                Some("_redirects") => {
                    let words = text.lines().flat_map(|line| ["from", "to"].into_iter().zip(line.split_whitespace()));
                    words.map(|(key, word)| (key.to_owned(), word.to_owned())).collect()
                }
                Some(ignore) if ignore.ends_with("ignore") => {
                    text.lines().map(|line| ("ignore".to_owned(), line.to_owned())).collect()
                }
                _ => settings_in(&name, &text).unwrap_or_else(|Mistake { what, range, .. }| {
                    let place = SourceText::new(&*shown, &text).place(range);
                    self.problems.push(problem(&what).at(place));
                    Vec::new()
                }),
            };
            // Files of Hugo may hold one table each, as in `languages.en.toml`, and those of Obsidian have keys in common.
            let folders = ["config/_default/", "config/production/", "data/authors/", ".obsidian/"];
            let within = folders.iter().find_map(|folder| name.strip_prefix(folder));
            let stem = within.and_then(|name| name.rsplit_once('.'));
            let table = stem.map(|(stem, _)| stem.to_lowercase() + ".").unwrap_or_default();
            let table = if matches!(&*table, "hugo." | "config.") { String::new() } else { table };
            let fact = |(key, value)| (format!("{table}{key}"), Fact { value, file: name.clone() });
            self.values.extend(values.into_iter().map(fact));
        }
        self
    }

    /// Returns the values of `keys` in their order, each with the text that `*` in its key stands for.
    fn all<'a>(&'a self, keys: &'a str) -> impl Iterator<Item = (&'a str, &'a Fact)> {
        let values = |key: &'a str| {
            let (start, end) = key.split_once('*').unwrap_or((key, ""));
            let inner = move |(name, fact): &'a (String, Fact)| {
                // Before keys of programs may stand the names of objects.
                let is_key = |(at, _): &(usize, &str)| *at == 0 || name.starts_with('.') && name[..*at].ends_with('.');
                let starts = name.match_indices(start).filter(is_key);
                let mut inner = starts.filter_map(|(at, _)| name[at + start.len()..].strip_suffix(end));
                Some((inner.find(|inner| inner.is_empty() != key.contains('*'))?, fact))
            };
            self.values.iter().filter_map(inner)
        };
        keys.split_whitespace().flat_map(values).filter(|(_, fact)| !fact.value.trim().is_empty())
    }

    pub(super) fn first(&self, keys: &str) -> Option<Fact> {
        self.all(keys).next().map(|(_, fact)| fact.clone())
    }

    /// Returns the names that `*` stands for in `keys`, and the values of keys without `*`. Values `false` are ignored.
    pub(super) fn names(&self, keys: &str) -> Vec<String> {
        let set = self.all(keys).filter(|(_, fact)| fact.value != "false");
        let name = |(inner, fact): (&str, &Fact)| match inner.split('.').next() {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => fact.value.clone(),
        };
        set.map(name).collect()
    }

    /// Returns the [`names`](Self::names) of languages, each with its own folder below `content`, if it has one.
    pub(super) fn languages(&self, keys: &str, content: &str) -> Vec<(String, Option<CapsulePath>)> {
        let folder = |tag: &str| {
            let value = self.first(&format!("languages.{tag}.contentdir"))?.value;
            let below = value.trim_matches(['.', '/']).strip_prefix(content)?.trim_start_matches('/');
            CapsulePath::from_decoded(below).ok().map(|path| path.to_folder()).filter(|_| !below.is_empty())
        };
        self.names(keys).into_iter().map(|tag| (tag.clone(), folder(&tag))).collect()
    }

    /// Returns the folders that each item of `list` stands for, in the notation of the key `content` in `table.toml`.
    pub(super) fn folders(&self, list: &str) -> Vec<Vec<String>> {
        let folder = |folder: &str| {
            // `${__dirname}` is the folder of a program; a pattern for files starts with their folder.
            let inside = folder.strip_prefix("${__dirname}").unwrap_or(folder);
            let plain = inside.split('*').next().unwrap_or_default();
            plain.trim_start_matches("./").trim_matches(['/', '.']).to_owned()
        };
        let named = |item: &str| match item.strip_suffix(['/', '.']) {
            Some(named) => {
                let (keys, named) = named.split_once('?').unwrap_or((named, named));
                let is_off = |key: &str| match &*self.patterns(key).join(" ") {
                    list if key.starts_with("only") => !list.is_empty() && !list.contains("current"),
                    list => list == "false" || !list.is_empty() && key.contains(".path"),
                };
                if keys.split('+').any(is_off) { Vec::new() } else { vec![folder(named)] }
            }
            None => self.patterns(item).iter().map(|value| folder(value)).collect(),
        };
        let folders = |item: &str| match item.strip_prefix('@') {
            Some(items) => items.split(',').flat_map(named).collect(),
            None => vec![folder(item)],
        };
        list.split_whitespace().map(folders).collect()
    }

    /// Returns the lines of the values of `keys`, without empty ones and comments; after a bar stands a default.
    pub(super) fn patterns(&self, keys: &str) -> Vec<String> {
        let lines = |item| {
            let (key, usual) = str::split_once(item, '|').unwrap_or((item, ""));
            let set = self.all(key).flat_map(|(_, fact)| fact.value.lines()).collect::<Vec<_>>();
            if set.is_empty() { vec![usual] } else { set }
        };
        let lines = keys.split_whitespace().flat_map(lines).map(str::trim);
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
    }

    /// Returns patterns that leave out all texts but those in the lists `keys`, if there are any, and if all settings
    /// that have a value there have that value; see `table.toml`. `chapters` lists texts only, no folders.
    pub(super) fn only(&self, keys: &str, chapters: bool) -> Vec<String> {
        let (keys, further) = keys.split_once('+').unwrap_or((keys, ""));
        let mut conditions = keys.split_whitespace().filter_map(|item| item.split_once('='));
        if conditions.any(|(key, value)| self.first(key).is_none_or(|fact| fact.value != value)) {
            return Vec::new();
        }
        let all = ["*.md", "*.mdx", "*.markdown", "*.qmd", "*.[Rr]md"].map(str::to_owned);
        let one = |value: String| match value.strip_prefix('!') {
            Some(left_out) => [left_out.trim().to_owned(), String::new()],
            None if chapters => {
                let path = value.trim_start_matches(['.', '/']);
                let is_file = CapsulePath::from_decoded(path).is_ok_and(|path| TextKind::has_markup(&path));
                ["", ".*"].map(|end| if is_file && !end.is_empty() { String::new() } else { format!("!/{path}{end}") })
            }
            None if value.contains('*') => [format!("!{value}"), String::new()],
            // Dendron lists the starts of names.
            None if value == "root" => ["!*.md".to_owned(), String::new()],
            None if value.contains('.') => [format!("!/{value}"), format!("!{value}.*")],
            None => [format!("!/{}/**", value.trim_end_matches('/')), format!("!{value}.*")],
        };
        let mut listed = self.patterns(keys);
        listed.sort_by_key(|value| value.starts_with('!'));
        if listed.iter().all(|value| value.starts_with('!')) {
            return listed.into_iter().flat_map(one).collect();
        }
        let listed = [self.patterns(further), listed].concat().into_iter();
        all.into_iter().chain(listed.flat_map(one)).collect()
    }

    /// Returns the patterns of each of `keys`, each also for all files below what it matches.
    pub(super) fn filters(&self, keys: &str) -> Vec<Vec<String>> {
        let both = |pattern: String| {
            let (sign, path) = pattern.strip_prefix('!').map_or(("", &*pattern), |path| ("!", path));
            let path = path.trim_end_matches('/');
            let below = format!("{sign}{}{path}/**", if path.contains('/') { "" } else { "**/" });
            [pattern, below]
        };
        keys.split_whitespace().map(|key| self.patterns(key).into_iter().flat_map(both).collect()).collect()
    }

    /// Returns default metadata: the file with any of `keys`, else tables of the lines of `held`; see `table.toml`.
    pub(super) fn defaults(&self, keys: &str, held: &str, site: &Path) -> Option<SourceFile> {
        let text = |file: &String| Some(disk::read_small(site, Path::new(file), MAX_METADATA).ok()??.0);
        let stated = self.first(keys).and_then(|Fact { file, .. }| Some((text(&file)?, file)));
        let table = |line: &str| {
            let [key, value, path, own, says] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
            let found: Vec<_> = self.all(key).filter(|(_, fact)| value == "*" || fact.value == value).collect();
            let one = |(name, fact): &(&str, &Fact)| str::replace(path, '@', name).replace('$', &fact.value);
            let paths = found.iter().map(one).filter(|path| path != "-").collect::<Vec<_>>().join(",");
            let path = if paths.is_empty() { paths } else { format!("{{{paths}}}") };
            // A line of its own is shown to the author.
            let table = format!("{{\"scope\":{{\"path\":\"{path}\"}},\"values\":{{\n\"{own}\": \"{says}\"\n}}}}");
            Some((table, found.first()?.1.file.clone()))
        };
        let held = || {
            let (tables, files): (Vec<_>, Vec<_>) = held.lines().filter_map(table).unzip();
            Some((format!("{{\"defaults\":[{}]}}", tables.join(",")), files.into_iter().next()?))
        };
        let (text, file) = stated.or_else(held)?;
        Some(SourceFile {
            path: CapsulePath::from_decoded(&file.trim_start_matches('.').replace("/.", "/")).ok()?,
            target: None,
            content: Content::Text(text.into()),
        })
    }

    /// Returns the text that `*` in `keys` stands for, each time with the value.
    pub(super) fn pairs(&self, keys: &str) -> Vec<(String, String)> {
        self.all(keys).map(|(inner, fact)| (inner.to_owned(), fact.value.clone())).collect()
    }

    /// Returns the values of `keys` by the last part of the text that `*` stands for; of several, the first.
    pub(super) fn by_last_part(&self, keys: &str) -> HashMap<String, String> {
        let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
        self.pairs(keys).into_iter().rev().map(|(key, value)| (last(&key), value)).collect()
    }

    /// Returns former addresses with their targets, from pairs of settings and from `keys`, where `*` is the address.
    pub(super) fn redirects(&self, keys: &str) -> Vec<(CapsulePath, CapsulePath)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        let side = |(key, fact): &'_ (String, Fact)| match key.rsplit('.').next() {
            Some("from" | "source") => Some((true, fact.value.clone())),
            Some("to" | "destination") => Some((false, fact.value.clone())),
            _ => None,
        };
        for file in self.values.chunk_by(|(_, a), (_, b)| a.file == b.file) {
            let mut sides: Vec<(bool, String)> = file.iter().filter_map(side).collect();
            // Either address of a pair may come first.
            if sides.first().is_some_and(|(is_old, _)| !is_old) {
                sides.reverse();
            }
            let groups: Vec<_> = sides.chunk_by(|(a, _), (b, _)| a == b).collect();
            for pair in groups.chunks_exact(2) {
                pairs.extend(pair[0].iter().map(|(_, old)| (old.clone(), pair[1][0].1.clone())));
            }
        }
        pairs.retain(|(old, _)| old.starts_with('/'));
        // The target may be in an object.
        pairs.extend(self.pairs(keys).into_iter().map(|(old, new)| (old.replace(".destination", ""), new)));
        let path = |written: &str, base: &CapsulePath| {
            let path = written_path(written, base).filter(|_| !written.contains([':', '*']))?;
            let page = if TextKind::has_markup(&path) { path.without_extension() } else { path };
            Some(if introduces_folder(page.name()) { page.parent() } else { page })
        };
        let pair = |(old, new): &(String, String)| {
            let old = path(old, &CapsulePath::root())?;
            // In mdBook, targets are relative to the former address.
            let base = if new.starts_with('.') { old.clone() } else { CapsulePath::root() };
            Some((old, path(new, &base)?))
        };
        pairs.iter().filter_map(pair).collect()
    }

    /// Returns the address of the site on the Web, unless it is that of an example.
    pub(super) fn web(&self, keys: &str) -> Option<Fact> {
        let mut fact = self.first(keys)?;
        if !fact.value.contains("://") {
            fact.value = format!("https://{}", fact.value.trim_start_matches('/'));
        }
        let url = url::Url::parse(&fact.value).ok()?;
        let host = url.host_str()?;
        let is_example = EXAMPLES.iter().any(|example| format!(".{host}").ends_with(example));
        (host.contains('.') && !is_example).then_some(fact)
    }

    /// Returns the patterns of addresses in the settings `keys`, each with its section; else the patterns among `keys`.
    pub(super) fn permalinks(&self, keys: &str) -> Vec<(String, String)> {
        // Jekyll also has names of styles, such as `pretty`.
        let is_pattern =
            |(section, pattern): &(String, String)| !section.contains('.') && pattern.contains([':', '{', '%']);
        let stated: Vec<_> = self.pairs(keys).into_iter().filter(is_pattern).collect();
        let usual = keys.split_whitespace().filter(|key| key.starts_with('/'));
        if stated.is_empty() { usual.map(|usual| (String::new(), usual.to_owned())).collect() } else { stated }
    }
}

/// Returns the path in `address`, which may be relative to `base`, percent-decoded.
fn written_path(address: &str, base: &CapsulePath) -> Option<CapsulePath> {
    let path = address.split(['#', '?']).next()?;
    base.join(&percent_encoding::percent_decode_str(path).decode_utf8().ok()?).ok()
}

/// Returns the texts of the first 400 elements in an export of `WordPress`, and the kinds of its posts and pages.
fn elements(text: &str) -> Vec<(String, String)> {
    let element = |part: &str| {
        let (name, rest) = part.split_once('>')?;
        Some((name.to_lowercase(), rest.trim().replace("&amp;", "&")))
    };
    let kinds = text.split("<wp:post_type>").skip(1).map(|part| part.trim_start_matches("<![CDATA["));
    let kinds = kinds.filter(|kind| kind.starts_with("post") || kind.starts_with("page"));
    let posts = kinds.map(|kind| ("wp:post".to_owned(), kind[..4].to_owned()));
    text.split('<').take(400).filter_map(element).chain(posts).collect()
}
