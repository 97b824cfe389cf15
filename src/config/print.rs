//! Settings as text, from the definitions of the tables: a [`Config`] as a file that results in it, and the reference
//! of all settings as Markdown and as a configuration file. Also compares a [`Config`] with another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use toml::Value as TomlValue;

use super::Config;
use super::settings::{CapsuleTable, GopherListener, PrivateTable, Settings};
use super::table::{Definition, Field, Table, View, join};

/// The column of the origins, for lines that are short enough.
const ORIGIN_COLUMN: usize = 44;

impl Config {
    /// Returns the configuration as TOML with every setting, and its origin as a comment.
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        write_table(&mut out, &*self.settings, "");
        out
    }

    /// Returns the configuration as a table of TOML, for other formats.
    pub fn to_table(&self) -> toml::Table {
        values(&*self.settings)
    }

    /// Returns the settings that wait for a restart and differ from `started`, those at the start: `[gemini] listen`.
    pub fn needing_restart(&self, started: &Self) -> Vec<String> {
        let (now, then) = (self.waiting(), started.waiting());
        let names: BTreeSet<_> = now.keys().chain(then.keys()).collect();
        names.into_iter().filter(|name| now.get(*name) != then.get(*name)).cloned().collect()
    }

    /// Returns the settings that wait for a restart, with their values in all tables.
    fn waiting(&self) -> BTreeMap<String, Vec<TomlValue>> {
        let mut waiting = BTreeMap::new();
        collect_waiting(&*self.settings, "", &mut waiting);
        // The sandbox is set up for the folders of these capsules.
        let swapped = self.capsules.iter().filter(|capsule| *capsule.settings.swapped);
        let folders = swapped.map(|capsule| TomlValue::from(&*capsule.content.to_string_lossy()));
        waiting.insert("[[capsule]] swapped".to_owned(), folders.collect());
        waiting
    }
}

fn write_table(out: &mut String, table: &dyn Table, path: &str) {
    let fields = table.fields();
    for (definition, field) in &fields {
        if let View::Setting(_, Some(value), origin) = field.view() {
            let line = format!("{} = {value}", definition.name);
            let width = ORIGIN_COLUMN.max(line.chars().count() + 1);
            let _ = writeln!(out, "{line:<width$} # {origin}");
        }
    }
    for (definition, field) in &fields {
        let path = join(path, definition.name);
        let (header, tables) = field.view().tables(&path);
        for table in tables {
            let _ = writeln!(out, "\n{header}");
            write_table(out, table, &path);
        }
    }
}

/// Returns the values of a table that a file would give.
fn values(table: &dyn Table) -> toml::Table {
    let value = |(definition, field): (Definition, &dyn Field)| Some((definition.name.to_owned(), value(field)?));
    table.fields().into_iter().filter_map(value).collect()
}

fn value(field: &dyn Field) -> Option<TomlValue> {
    match field.view() {
        View::Setting(_, value, _) => value,
        View::Table(table) => Some(values(table).into()),
        View::Tables(tables) => Some(tables.into_iter().map(values).collect::<Vec<_>>().into()),
    }
}

/// Adds the given settings of `table` that wait for a restart; tables of an array without any make no difference.
fn collect_waiting(table: &dyn Table, header: &str, waiting: &mut BTreeMap<String, Vec<TomlValue>>) {
    for (Definition { name, restart, .. }, field) in table.fields() {
        if restart {
            let name = format!("{header} {name}").trim_start().to_owned();
            waiting.entry(name).or_default().extend(value(field));
            continue;
        }
        let (header, tables) = field.view().tables(name);
        for table in tables {
            collect_waiting(table, &header, waiting);
        }
    }
}

/// A setting, or a table that is shown as one. Without an explanation, it belongs to the one before it.
struct Entry {
    definition: Definition,
    /// The setting as a line of a file: with its example, else with its default. `None` if it has neither.
    line: Option<String>,
    /// The type, the keys within, the default, and whether a change waits for a restart.
    facts: String,
}

/// Returns the reference of all settings as Markdown.
pub fn reference() -> String {
    let mut out = include_str!("reference_head.md").to_owned();
    for (header, doc, entries) in sections() {
        let heading = if header.is_empty() { "Outside of tables".to_owned() } else { format!("`{header}`") };
        let _ = writeln!(out, "\n## {heading}\n\n{}", doc.join(" "));
        for group in entries.chunk_by(|_, next| next.definition.doc.is_empty()) {
            let doc = group[0].definition.doc.join(" ");
            let (shown, others): (Vec<_>, Vec<_>) = group.iter().partition(|entry| entry.line.is_some());
            let _ = writeln!(out, "\n### {}\n\n{doc}", names(&shown));
            for Entry { line, facts, .. } in &shown {
                let _ = writeln!(out, "\n`{}` ({facts})", line.as_deref().unwrap_or_default());
            }
            if let Some(first) = others.first() {
                let _ = writeln!(out, "\nLikewise {} ({})", names(&others), first.facts);
            }
        }
    }
    out
}

/// Returns a configuration file with all settings, each with its explanation as a comment. `purpose` is the first line
/// of the file. Settings in `given` (table header, key and value in TOML) are in force; the others are comments.
pub fn commented_file(purpose: &str, given: &[(&str, &str, String)]) -> String {
    let mut out = format!("# {purpose}\n{}", include_str!("file_head.toml"));
    for (header, doc, entries) in sections() {
        out.push('\n');
        let all_wait = entries.iter().all(|entry| entry.definition.restart);
        if !header.is_empty() {
            comment(&mut out, doc, all_wait.then_some("Changes in this table wait for a restart."));
            let _ = writeln!(out, "{header}");
        }
        for Entry { definition: Definition { name, doc, restart, .. }, line, .. } in entries {
            let waits = restart && !all_wait && !doc.is_empty();
            comment(&mut out, doc, waits.then_some("A change waits for a restart."));
            let given = given.iter().find(|(table, key, _)| *table == header && *key == name);
            let _ = match (given, line) {
                (Some((_, key, value)), _) => writeln!(out, "{key} = {value}"),
                (None, Some(line)) => writeln!(out, "# {line}"),
                (None, None) => Ok(()),
            };
        }
    }
    out
}

/// Returns the root and the tables in it: the header, which is empty for the root, the explanation and the settings.
fn sections() -> Vec<(String, &'static [&'static str], Vec<Entry>)> {
    let mut capsule = CapsuleTable { gopher: Some(GopherListener::default()), ..CapsuleTable::default() };
    capsule.details.private.push(PrivateTable::default().into());
    let settings = Settings { capsule: vec![capsule.into()], ..Settings::default() };
    let mut sections = vec![(String::new(), settings.doc(), entries("", &settings))];
    for (Definition { name, doc, .. }, field) in settings.fields() {
        let (header, tables) = field.view().tables(name);
        if let Some(table) = tables.first() {
            let entries = entries(&header, *table);
            sections.push((header, if doc.is_empty() { table.doc() } else { doc }, entries));
        }
    }
    sections
}

/// Returns the settings of one table. A table within it is shown as a setting if it has an example.
fn entries(header: &str, table: &dyn Table) -> Vec<Entry> {
    let is_shown = |(definition, field): &(Definition, &dyn Field)| {
        definition.example.is_some() || matches!(field.view(), View::Setting(..))
    };
    let fields = table.fields().into_iter().filter(is_shown);
    fields.map(|(definition, field)| entry(header, definition, field)).collect()
}

fn entry(header: &str, definition: Definition, field: &dyn Field) -> Entry {
    let (default, within) = match field.view() {
        View::Setting(_, default, _) => (default, Vec::new()),
        view => (None, view.tables("").1[0].fields()),
    };
    let keys: Vec<String> =
        within.iter().map(|(key, field)| format!("`{}` {}", key.name, field.view().accepts(key.name))).collect();
    let default = default.filter(|value| value.as_array().is_none_or(|list| !list.is_empty()));
    let default = default.map(|value| value.to_string());
    let facts = [
        Some(field.view().accepts(&join(header.trim_matches(['[', ']']), definition.name))),
        (!keys.is_empty()).then(|| format!("within it {}", keys.join(", "))),
        default.as_deref().map(|default| format!("default `{default}`")),
        definition.restart.then(|| "waits for a restart".to_owned()),
    ];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    let value = definition.example.map(str::to_owned).or(default);
    Entry { definition, line: value.map(|value| format!("{} = {value}", definition.name)), facts }
}

fn names(entries: &[&Entry]) -> String {
    entries.iter().map(|entry| format!("`{}`", entry.definition.name)).collect::<Vec<_>>().join(", ")
}

fn comment(out: &mut String, doc: &[&str], more: Option<&str>) {
    for line in doc.iter().copied().chain(more) {
        let _ = writeln!(out, "# {line}");
    }
}
