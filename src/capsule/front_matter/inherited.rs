//! [`Inherited`]: metadata that a file states for other texts: for the one beside it, or for those below its folder.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::keys::{FrontMatterKeys, HoldingKey, usual_key};
use super::node::{Entries, Node, Value, owned};
use super::{HeadOptions, format_of, metadata, refusal, settings_in, stated_visibility, tree};
use crate::capsule::media::{self, TextKind};
use crate::capsule::{CapsulePath, Content, SourceFile, Visibility, introduces_folder, nfc};
use crate::markup::front_matter::{Format, Mistake, split_knowing};
use crate::problem::{Problem, SourceText, Topic};

/// A file that states metadata for other texts.
#[derive(Debug)]
pub(in crate::capsule) struct Inherited {
    pub(in crate::capsule) file: Arc<SourceFile>,
    /// The content folder of its site, in which paths start.
    site: CapsulePath,
    /// Whether it states metadata for all texts of the site.
    is_for_all: bool,
    /// Whether a text that is hidden hides those below it, which cannot override that (Zola, Dendron).
    hides_below: bool,
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
    /// Creates the metadata of `file` for all texts below the folder `texts`, or for the one text at `texts`, in the
    /// content folder `site`.
    pub(in crate::capsule) fn new(
        file: &Arc<SourceFile>,
        texts: &CapsulePath,
        site: CapsulePath,
        hides_below: bool,
    ) -> Self {
        let (file, is_for_all) = (Arc::clone(file), *texts == site);
        Self { file, site, is_for_all, hides_below, tables: OnceLock::new() }
    }

    fn read(&self, keys: &FrontMatterKeys) -> Result<Vec<Table>, Problem> {
        let (path, bytes) = (&self.file.path, self.file.text());
        if matches!(self.file.content, Content::Unread) {
            let what = "this file cannot be read, so all that it may have metadata for is withheld";
            let problem = Problem::error(what).about(Topic::FrontMatter).in_file(path.as_relative());
            return Err(problem.hint("make it readable, or remove it"));
        }
        let text = String::from_utf8_lossy(&bytes);
        if path.name().starts_with("_meta.") && path.name() != media::FOLDER_METADATA {
            return Ok(hidden_in_menu(&path.from_root(&self.site), &text));
        }
        let (source, described) = (SourceText::new(path.as_relative(), &text), media::described_by(path));
        let (format, range) = if TextKind::of(path).is_some() {
            let split = split_knowing(&text, &|key, value| super::keys::classify(key, value, keys));
            let head = split.map_err(|mistake| refusal(&source, 0, mistake))?.head;
            head.map_or((Format::Yaml, 0..0), |head| (head.format, head.range))
        } else if text.starts_with('{') {
            (Format::Json, 0..text.len())
        } else {
            (format_of(path.as_relative()), 0..text.len())
        };
        let read = tree::read(format, &text[range.clone()]).map_err(|mistake| {
            let part = if described.is_some() { "metadata" } else { "front matter" };
            let what = format!("the {part} cannot be read: {}", mistake.what);
            refusal(&source, range.start, Mistake { what, ..mistake })
        })?;
        let mut tables = Vec::new();
        for (key, node) in read.unwrap_or_default() {
            // Before keys of programs stand the names of objects.
            let name = key.rsplit('.').next().unwrap_or_default().to_lowercase();
            let says = || node.scalar().and_then(|value| stated_visibility(&name, value));
            let hides = || ["draft", "published"].contains(&&*name) && says() != Some(Visibility::Public);
            if described.is_some() || self.hides_below && hides() {
                tables.push(Table { entries: owned(vec![(name.into(), node)]), ..Table::default() });
            } else if ["cascade", "defaults"].contains(&&*name) {
                // Introductions (Hugo) and settings (Hugo, Jekyll) have tables for other texts.
                collect(node.value, &mut tables);
            }
        }
        let tag = path.stem().split_once('.').filter(|(stem, _)| *stem == "_index");
        for table in &mut tables {
            // An introduction in one language is for texts in that language.
            table.languages = table.languages.take().or(tag.and_then(|(_, tag)| patterns(tag, &["/@"])));
            // A picture for many texts is meant for previews on other sites that link to them.
            let is_shared = described.as_ref().is_none_or(CapsulePath::is_folder);
            table.entries.retain(|(key, _)| !is_shared || !meaning(key).starts_with("image"));
            let options = HeadOptions { keys, order: None, time_zone: None, language: "", beside: &[] };
            let (_, notes) = metadata::read(table.entries.clone(), &options);
            if let Some(note) = notes.into_iter().next() {
                return Err(refusal(&source, range.start, note.mistake));
            }
        }
        Ok(tables)
    }
}

/// Returns tables for the pages beside `path` and below that Nextra shows in no menu, and for others that it does.
fn hidden_in_menu(path: &CapsulePath, text: &str) -> Vec<Table> {
    let table = |(key, value): &(String, String)| {
        // In programs, names of other objects may stand before that of the first folder.
        let names = key.strip_suffix(".display")?.split(".items.").filter_map(|names| names.rsplit('.').next());
        // An index in no menu is still the page of its folder.
        let page =
            path.parent().join(&names.collect::<Vec<_>>().join("/")).ok().filter(|page| page.name() != "index")?;
        let value = Value::Scalar((value == "hidden").to_string().into());
        let entries = vec![("unlisted".into(), Node { value, range: 0..0 })];
        Some(Table { paths: patterns(page.as_relative(), WITH_FOLDER), entries, ..Table::default() })
    };
    settings_in(path.as_relative(), text).unwrap_or_default().iter().filter_map(table).collect()
}

fn collect(value: Value<'_>, tables: &mut Vec<Table>) {
    match value {
        Value::List(items) => items.into_iter().for_each(|item| collect(item.value, tables)),
        Value::Map(mut entries) => {
            let mut take = |name: &str| {
                let at = entries.iter().position(|(key, _)| key.eq_ignore_ascii_case(name))?;
                if let Value::Map(inner) = entries.remove(at).1.value { Some(inner) } else { None }
            };
            let (scope, values) = (take("scope"), take("values"));
            // In Hugo, paths count in the folder of a language too.
            let forms = if scope.is_some() { WITH_FOLDER } else { &["/@", "/*/@"] };
            let target = scope.or_else(|| take("target")).or_else(|| take("_target")).unwrap_or_default();
            let stated = |name: &str| {
                let (_, node) = target.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
                node.scalar().filter(|value| !value.is_empty())
            };
            let names = |key| stated(key).and_then(|names| patterns(names, &["/@"]));
            // Hugo publishes what it builds in this environment.
            if fits(names("environment").as_ref(), "production") {
                tables.push(Table {
                    paths: stated("path").and_then(|path| patterns(path, forms)),
                    kinds: names("kind").or(names("type")),
                    languages: names("lang"),
                    entries: owned(values.unwrap_or(entries)),
                });
            }
        }
        Value::Scalar(_) | Value::Nothing => {}
    }
}

/// What a path stands for in Jekyll: itself, its variants, and all below its folder.
const WITH_FOLDER: &[&str] = &["/@", "/@.*", "/@/**"];

/// Returns patterns of all `forms`, where `@` stands for `path`, which may list alternatives in braces.
fn patterns(path: &str, forms: &[&str]) -> Option<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    let listed = path.strip_prefix('{').and_then(|list| list.strip_suffix('}'));
    for path in listed.map_or_else(|| vec![path], |list| list.split(',').collect()) {
        let path = path.trim().trim_matches('/').to_lowercase();
        for form in forms {
            builder.add_line(None, &form.replace('@', &path)).ok()?;
        }
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
        let end = text.stem().rsplit('.').next().unwrap_or_default();
        let is_candidate = is_of_kind && [language, main, end].iter().any(|tag| fits(self.languages.as_ref(), tag));
        let Some(paths) = self.paths.as_ref().filter(|_| is_candidate) else { return is_candidate };
        let (file, page) = (text.as_relative().to_lowercase(), text.without_extension());
        let page = page.as_relative().to_lowercase();
        let is_index = |stem: &str| introduces_folder(stem.split('.').next().unwrap_or_default());
        let folder = page.rsplit_once('/').filter(|(_, stem)| is_index(stem)).map_or("", |(folder, _)| folder);
        [&*file, &*page, folder].into_iter().any(|name| paths.matched(name, false).is_ignore())
    }
}

/// Adds to the entries of the text at `path` those that other files state for it. For a key, the nearest file counts.
pub(super) fn inherit<'a>(
    mut own: Entries<'a>,
    path: &CapsulePath,
    options: &HeadOptions<'_>,
) -> Result<Entries<'a>, Problem> {
    if options.beside.is_empty() {
        return Ok(own);
    }
    let mut stated: HashSet<_> = own.iter().map(|(key, _)| meaning(key)).collect();
    for inherited in options.beside {
        // Metadata of all texts, which each text may override, is not meant for attachments.
        let is_narrow = !inherited.is_for_all || TextKind::of(path).is_some();
        let inner = path.from_root(&inherited.site);
        let counts = |table: &&Table| table.is_for(&inner, options.language) && (is_narrow || table.paths.is_some());
        let tables = inherited.tables.get_or_init(|| inherited.read(options.keys));
        for table in tables.as_deref().map_err(Problem::clone)?.iter().filter(counts) {
            for (key, node) in &table.entries {
                if stated.insert(meaning(key)) || inherited.hides_below {
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
