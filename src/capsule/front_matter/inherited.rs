//! [`Inherited`]: metadata that a file states for other texts: for the one beside it, or for those below its folder.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::keys::{FrontMatterKeys, HoldingKey, usual_key};
use super::tree::{self, Entries, Value, owned};
use super::{HeadOptions, format_of, metadata, refusal};
use crate::capsule::media::{self, TextKind};
use crate::capsule::{CapsulePath, SourceFile, introduces_folder, nfc};
use crate::markup::front_matter::{Format, split_knowing};
use crate::problem::{Problem, SourceText};

/// The keys under which introductions (Hugo) and settings (Hugo, Jekyll) have tables for other texts.
const TABLES: [&str; 2] = ["cascade", "defaults"];

/// A file that states metadata of other texts.
#[derive(Debug)]
pub(in crate::capsule) struct Inherited {
    pub(in crate::capsule) file: Arc<SourceFile>,
    /// Whether it states metadata of all texts of the capsule.
    is_for_all: bool,
    /// Whether an introduction that is a draft makes drafts of the texts below its folder, as in Zola.
    drafts_below: bool,
    /// Its tables, read together with the first text that they are for.
    tables: OnceLock<Result<Vec<Table>, Problem>>,
}

/// Metadata for other texts, and which texts it is for.
#[derive(Debug, Default)]
struct Table {
    /// The paths of the texts; `None` for all of them.
    paths: Option<Gitignore>,
    /// The names of the kinds and of the languages of the texts; `None` for all of them.
    kinds: Option<Gitignore>,
    languages: Option<Gitignore>,
    entries: Entries<'static>,
}

impl Inherited {
    /// Creates the metadata of `file` for all texts below the folder `texts`, or for the one text at `texts`.
    pub(in crate::capsule) fn new(file: &Arc<SourceFile>, texts: &CapsulePath, drafts_below: bool) -> Self {
        let (file, is_for_all) = (Arc::clone(file), *texts == CapsulePath::root());
        Self { file, is_for_all, drafts_below, tables: OnceLock::new() }
    }

    fn tables(&self, keys: &FrontMatterKeys) -> Result<&[Table], Problem> {
        self.tables.get_or_init(|| self.read(keys)).as_deref().map_err(Problem::clone)
    }

    fn read(&self, keys: &FrontMatterKeys) -> Result<Vec<Table>, Problem> {
        let (path, bytes) = (&self.file.path, self.file.text());
        let text = String::from_utf8_lossy(&bytes);
        let (source, described) = (SourceText::new(path.as_relative(), &text), media::described_by(path));
        let (format, range) = if TextKind::of(path).is_some() {
            let split = split_knowing(&text, &|key, value| super::keys::classify(key, value, keys));
            let head = split.head.map(|head| (head.format, head.range));
            match split.mistake {
                Some(mistake) => return Err(refusal(&source, mistake.what, mistake.hint, mistake.range)),
                None => head.unwrap_or((Format::Yaml, 0..0)),
            }
        } else {
            (format_of(path.as_relative()), 0..text.len())
        };
        let refuse = |what: String, hint: &str, at: Range<usize>| {
            refusal(&source, what, hint, range.start + at.start..range.start + at.end)
        };
        let read = tree::read(format, &text[range.clone()]).map_err(|error| {
            let part = if described.is_some() { "metadata" } else { "front matter" };
            refuse(format!("the {part} cannot be read: {}", error.what), error.hint, error.range)
        })?;
        let mut tables = Vec::new();
        for (key, node) in read.unwrap_or_default() {
            let name = key.to_lowercase();
            // The values in a program are those that the generator states for all texts.
            let is_whole = described.is_some() || format == Format::Program;
            if is_whole || self.drafts_below && name == "draft" {
                tables.push(Table { entries: owned(vec![(key, node)]), ..Table::default() });
            } else if TABLES.contains(&&*name) {
                collect(node.value, &mut tables);
            }
        }
        for table in &mut tables {
            // A picture for many texts is meant for previews on other sites that link to them.
            let is_shared = described.as_ref().is_none_or(CapsulePath::is_folder);
            table.entries.retain(|(key, _)| !is_shared || !meaning(key).starts_with("image"));
            let options = HeadOptions { keys, order: None, time_zone: None, language: "", beside: &[] };
            let (_, notes) = metadata::read(table.entries.clone(), &options);
            if let Some(note) = notes.into_iter().next() {
                return Err(refuse(note.what, note.hint, note.range));
            }
        }
        Ok(tables)
    }
}

fn collect(value: Value<'_>, tables: &mut Vec<Table>) {
    match value {
        Value::List(items) => items.into_iter().for_each(|item| collect(item.value, tables)),
        Value::Map(mut entries) => {
            let mut take = |name: &str| {
                let at = entries.iter().position(|(key, _)| key.eq_ignore_ascii_case(name))?;
                if let Value::Map(inner) = entries.remove(at).1.value { Some(inner) } else { None }
            };
            // In Jekyll, the path of a folder stands for all paths below it; in Hugo it does not.
            let (scope, values) = (take("scope"), take("values"));
            let below = if scope.is_some() { "/**" } else { "" };
            let target = scope.or_else(|| take("target")).or_else(|| take("_target")).unwrap_or_default();
            let stated = |name: &str| {
                let (_, node) = target.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
                metadata::scalar(node).filter(|value| !value.is_empty())
            };
            let names = |key| stated(key).and_then(|names| patterns(names, ""));
            // Hugo publishes what it builds in this environment.
            if fits(names("environment").as_ref(), "production") {
                tables.push(Table {
                    paths: stated("path").and_then(|path| patterns(path, below)),
                    kinds: names("kind").or(names("type")),
                    languages: names("lang"),
                    entries: owned(values.unwrap_or(entries)),
                });
            }
        }
        Value::Scalar(_) | Value::Nothing => {}
    }
}

/// Returns patterns for `path`, which may list alternatives in braces, and for the paths `below` it.
fn patterns(path: &str, below: &str) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    let listed = path.strip_prefix('{').and_then(|list| list.strip_suffix('}'));
    for path in listed.map_or_else(|| vec![path], |list| list.split(',').collect()) {
        let path = path.trim().trim_matches('/').to_lowercase();
        builder.add_line(None, &format!("/{path}")).ok()?;
        builder.add_line(None, &format!("/{path}{below}")).ok()?;
    }
    builder.build().ok()
}

/// Returns whether `name` is one of `names`, if there are any.
fn fits(names: Option<&Gitignore>, name: &str) -> bool {
    names.is_none_or(|names| names.matched(name.to_lowercase(), false).is_ignore())
}

impl Table {
    /// Returns whether the entries are for the text at the path `text`, which is written in `language`.
    fn is_for(&self, text: &CapsulePath, language: &str) -> bool {
        let is = |kind: &str| fits(self.kinds.as_ref(), kind);
        let is_section = text.stem().starts_with("_index");
        let is_of_kind = if is_section { is("home") || is("section") } else { is("page") }
            || text.segments().any(|folder| folder.strip_prefix('_').is_some_and(is))
            || is("pages") && !text.as_str().contains("/_");
        let main = language.split('-').next().unwrap_or(language);
        let is_candidate = is_of_kind && [language, main].iter().any(|tag| fits(self.languages.as_ref(), tag));
        let Some(paths) = self.paths.as_ref().filter(|_| is_candidate) else { return is_candidate };
        let (file, page) = (text.as_relative().to_lowercase(), text.without_extension());
        let page = page.as_relative().to_lowercase();
        let is_index = |stem: &str| introduces_folder(stem.split('.').next().unwrap_or_default());
        let folder = page.rsplit_once('/').filter(|(_, stem)| is_index(stem)).map_or("", |(folder, _)| folder);
        // Below the folder of a language, paths start anew.
        let in_language = page.split_once('/').map_or("", |(_, rest)| rest);
        [&*file, &*page, folder, in_language].into_iter().any(|name| paths.matched(name, false).is_ignore())
    }
}

/// Adds to the entries of the text at `path` those that other files state for it. For a key, the nearest file counts.
pub(super) fn inherit<'a>(
    mut own: Entries<'a>,
    path: &CapsulePath,
    options: &HeadOptions<'_>,
) -> Result<Entries<'a>, Problem> {
    for inherited in options.beside {
        // Metadata of all texts, which each text may override, is not meant for attachments.
        let is_narrow = !inherited.is_for_all || TextKind::of(path).is_some();
        let counts = |table: &&Table| table.is_for(path, options.language) && (is_narrow || table.paths.is_some());
        for table in inherited.tables(options.keys)?.iter().filter(counts) {
            for (key, node) in &table.entries {
                if own.iter().all(|(known, _)| meaning(known) != meaning(key)) {
                    own.push((key.clone(), node.clone()));
                }
            }
        }
    }
    Ok(own)
}

/// Returns the usual key with the meaning of `key`: keys with one meaning override each other.
fn meaning(key: &str) -> Cow<'static, str> {
    let key = nfc(key.trim()).to_lowercase();
    let held = HoldingKey::find(&key).map(|held| held.name);
    held.or_else(|| usual_key(&key).map(|(usual, _)| usual)).map_or_else(|| key.into(), Cow::Borrowed)
}
