//! The documentation of every setting, from the definitions of the tables: as Markdown, and as a configuration file
//! with comments.

use std::fmt::Write;

use super::settings::{CapsuleTable, GopherListener, PrivateTable, Settings};
use super::table::{Definition, Field, Origin, Setting, Table, View};

const HEAD: &str = "---
title: Every setting
description: What each key of config.toml means, its type and default, and whether a change waits for a restart.
series: Guides
series_order: 7
lang: en
---

`lamplit init` writes a file with these explanations as comments. Every key is optional except for a folder of essays. An \
unknown key is an error; the message suggests the nearest known one. A change is in force as soon as the file is saved, \
unless the key is marked \"waits for a restart\". `lamplit config` prints the settings in force and where each value comes from.
";

/// The first lines of a file with comments, after the one that says what the file is for.
const FILE_HEAD: &str = "\
# Every key is optional; an unknown key is an error. Relative paths start from the folder of this file.
# A running server reads the file again when it changes, or on SIGHUP. If the file, or a key or folder that it names,
# has a mistake, everything stays as it was. Settings that wait for a restart say so here; the log names them too.
";

/// A table with its settings.
struct Section {
    /// As in `[gemini]`; empty for the root.
    header: String,
    doc: &'static [&'static str],
    /// Settings in groups, each of which has one explanation.
    groups: Vec<Vec<Entry>>,
}

/// A setting, or a table that is shown as one.
struct Entry {
    definition: Definition,
    /// The setting as a line of a file: with its example, else with its default. `None` if it has neither.
    line: Option<String>,
    /// The type, the keys within, the default, and whether a change waits for a restart.
    facts: String,
}

/// Returns the reference of all settings as Markdown.
pub fn reference() -> String {
    let mut out = HEAD.to_owned();
    for section in sections() {
        let heading =
            if section.header.is_empty() { "Outside of tables".to_owned() } else { code(&section.header) };
        let _ = writeln!(out, "\n## {heading}\n\n{}", text(section.doc));
        for group in &section.groups {
            let names = |is_shown: bool| {
                let entries = group.iter().filter(|entry| entry.line.is_some() == is_shown);
                entries.map(|entry| code(entry.definition.name)).collect::<Vec<_>>().join(", ")
            };
            let _ = writeln!(out, "\n### {}\n\n{}", names(true), text(group[0].definition.doc));
            for entry in group {
                if let Some(line) = &entry.line {
                    let _ = writeln!(out, "\n{} ({})", code(line), entry.facts);
                }
            }
            if let Some(first) = group.iter().find(|entry| entry.line.is_none()) {
                let _ = writeln!(out, "\nLikewise {} ({})", names(false), first.facts);
            }
        }
    }
    out
}

/// Returns a configuration file with all settings, each with its explanation as a comment. `purpose` is the first line
/// of the file. Settings in `given`, which are table header, key and value in TOML, are in force; the others are
/// comments.
pub fn commented_file(purpose: &str, given: &[(&str, &str, String)]) -> String {
    let mut out = format!("# {purpose}\n{FILE_HEAD}");
    for Section { header, doc, groups } in sections() {
        out.push('\n');
        let all_wait = groups.iter().flatten().all(|entry| entry.definition.restart);
        if !header.is_empty() {
            comment(&mut out, doc, all_wait.then_some("Changes in this table wait for a restart."));
            let _ = writeln!(out, "{header}");
        }
        for group in &groups {
            let waits = group[0].definition.restart && !all_wait;
            comment(&mut out, group[0].definition.doc, waits.then_some("A change waits for a restart."));
            for Entry { definition, line, .. } in group {
                let given = given.iter().find(|(table, key, _)| *table == header && *key == definition.name);
                let _ = match (given, line) {
                    (Some((_, key, value)), _) => writeln!(out, "{key} = {value}"),
                    (None, Some(line)) => writeln!(out, "# {line}"),
                    (None, None) => Ok(()),
                };
            }
        }
    }
    out
}

/// Returns the root and the tables in it.
fn sections() -> Vec<Section> {
    let mut capsule = CapsuleTable { gopher: Some(GopherListener::default()), ..CapsuleTable::default() };
    capsule.details.private.push(Setting::<PrivateTable>::default());
    let settings = Settings { capsule: vec![Setting::new(capsule, Origin::Default)], ..Settings::default() };
    let mut sections = vec![section(String::new(), &settings)];
    for (Definition { name, .. }, field) in settings.fields() {
        match field.view() {
            View::Setting(..) => {}
            View::Table(table) => sections.push(section(format!("[{name}]"), table)),
            View::Tables(tables) => sections.push(section(format!("[[{name}]]"), tables[0])),
        }
    }
    sections
}

/// Returns the settings of one table. A table within it is shown as a setting if it has an example; a setting without
/// an explanation belongs to the one before it.
fn section(header: String, table: &dyn Table) -> Section {
    let mut groups: Vec<Vec<Entry>> = Vec::new();
    for (definition, field) in table.fields() {
        if definition.example.is_none() && !matches!(field.view(), View::Setting(..)) {
            continue;
        }
        let entry = entry(&header, definition, field);
        match groups.last_mut() {
            Some(group) if definition.doc.is_empty() => group.push(entry),
            _ => groups.push(vec![entry]),
        }
    }
    Section { header, doc: table.doc(), groups }
}

fn entry(header: &str, definition: Definition, field: &dyn Field) -> Entry {
    let path = format!("{}.{}", header.trim_matches(['[', ']']), definition.name);
    let mut facts = vec![field.accepts(path.trim_start_matches('.'))];
    let (default, within) = match field.view() {
        View::Setting(default, _) => (default, Vec::new()),
        View::Table(table) => (None, table.fields()),
        View::Tables(tables) => (None, tables[0].fields()),
    };
    let key =
        |(key, field): &(Definition, &dyn Field)| format!("{} {}", code(key.name), field.accepts(key.name));
    let keys: Vec<String> = within.iter().map(key).collect();
    facts.extend(within.first().map(|_| format!("within it {}", keys.join(", "))));
    let default = default.filter(|value| value.as_array().is_none_or(|list| !list.is_empty()));
    let default = default.map(|value| value.to_string());
    facts.extend(default.as_deref().map(|default| format!("default {}", code(default))));
    facts.extend(definition.restart.then(|| "waits for a restart".to_owned()));
    let value = definition.example.map(str::to_owned).or(default);
    let line = value.map(|value| format!("{} = {value}", definition.name));
    Entry { definition, line, facts: facts.join("; ") }
}

/// Returns the lines of a doc comment as one paragraph.
fn text(doc: &[&str]) -> String {
    doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

fn comment(out: &mut String, doc: &[&str], more: Option<&str>) {
    for line in doc.iter().map(|line| line.trim()).chain(more) {
        let _ = writeln!(out, "# {line}");
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}
