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
struct Section<'s> {
    /// As in `[gemini]`; empty for the root.
    header: String,
    doc: &'static [&'static str],
    /// Settings in groups, each of which has one explanation.
    groups: Vec<Vec<Entry<'s>>>,
}

/// A setting, or a table that is shown as one.
struct Entry<'s> {
    definition: Definition,
    field: &'s dyn Field,
    /// The dotted path of the key.
    path: String,
}

/// Returns the reference of all settings as Markdown.
pub fn reference() -> String {
    let settings = settings();
    let mut out = HEAD.to_owned();
    for section in sections(&settings) {
        let heading =
            if section.header.is_empty() { "Outside of tables".to_owned() } else { code(&section.header) };
        let _ = writeln!(out, "\n## {heading}\n\n{}", text(section.doc));
        for group in &section.groups {
            let shown = group.iter().filter(|entry| entry.line().is_some());
            let names: Vec<String> = shown.map(|entry| code(entry.definition.name)).collect();
            let _ = writeln!(out, "\n### {}\n\n{}", names.join(", "), text(group[0].definition.doc));
            for entry in group {
                let Some(line) = entry.line() else { continue };
                let _ = writeln!(out, "\n{} ({})", code(&line), entry.facts().join("; "));
            }
            let others: Vec<_> = group.iter().filter(|entry| entry.line().is_none()).collect();
            if let Some(first) = others.first() {
                let names: Vec<String> = others.iter().map(|entry| code(entry.definition.name)).collect();
                let _ = writeln!(out, "\nLikewise {} ({})", names.join(", "), first.facts().join("; "));
            }
        }
    }
    out
}

/// Returns a configuration file with all settings, each with its explanation as a comment. `purpose` is the first line
/// of the file. Settings in `given`, which are table header, key and value in TOML, are in force; the others are
/// comments.
pub fn commented_file(purpose: &str, given: &[(&str, &str, String)]) -> String {
    let settings = settings();
    let mut out = format!("# {purpose}\n{FILE_HEAD}");
    for section in sections(&settings) {
        out.push('\n');
        let entries = || section.groups.iter().flatten();
        let all_wait = !section.header.is_empty() && entries().all(|entry| entry.definition.restart);
        if !section.header.is_empty() {
            comment(&mut out, section.doc, all_wait.then_some("Changes in this table wait for a restart."));
            let _ = writeln!(out, "{}", section.header);
        }
        for group in &section.groups {
            let waits = group[0].definition.restart && !all_wait;
            comment(&mut out, group[0].definition.doc, waits.then_some("A change waits for a restart."));
            for entry in group {
                let given = given
                    .iter()
                    .find(|(header, key, _)| *header == section.header && *key == entry.definition.name);
                let _ = match (given, entry.line()) {
                    (Some((_, key, value)), _) => writeln!(out, "{key} = {value}"),
                    (None, Some(line)) => writeln!(out, "# {line}"),
                    (None, None) => Ok(()),
                };
            }
        }
    }
    out
}

/// Returns the default settings, with one of each optional table.
fn settings() -> Settings {
    let mut capsule = CapsuleTable { gopher: Some(GopherListener::default()), ..CapsuleTable::default() };
    capsule.details.private.push(Setting::<PrivateTable>::default());
    Settings { capsule: vec![Setting::new(capsule, Origin::Default)], ..Settings::default() }
}

/// Returns the root and the tables in it.
fn sections(settings: &Settings) -> Vec<Section<'_>> {
    let mut sections = vec![section(String::new(), settings)];
    for (Definition { name, .. }, field) in settings.fields() {
        match field.view() {
            View::Setting(..) => {}
            View::Table(table) => sections.push(section(format!("[{name}]"), table)),
            View::Tables(tables) => {
                sections.extend(tables.first().map(|table| section(format!("[[{name}]]"), *table)));
            }
        }
    }
    sections
}

/// Returns the settings of one table. A table within it is shown as a setting if it has an example; a setting without
/// an explanation belongs to the one before it.
fn section(header: String, table: &dyn Table) -> Section<'_> {
    let outer = header.trim_matches(['[', ']']).to_owned();
    let mut groups: Vec<Vec<Entry<'_>>> = Vec::new();
    for (definition, field) in table.fields() {
        if definition.example.is_none() && !matches!(field.view(), View::Setting(..)) {
            continue;
        }
        let path = if outer.is_empty() {
            definition.name.to_owned()
        } else {
            format!("{outer}.{}", definition.name)
        };
        let entry = Entry { definition, field, path };
        match groups.last_mut() {
            Some(group) if definition.doc.is_empty() => group.push(entry),
            _ => groups.push(vec![entry]),
        }
    }
    Section { header, doc: table.doc(), groups }
}

impl Entry<'_> {
    /// Returns the setting as a line of a file: with its example, else with its default.
    fn line(&self) -> Option<String> {
        let value = self.definition.example.map(str::to_owned).or_else(|| self.default())?;
        Some(format!("{} = {value}", self.definition.name))
    }

    /// Returns the default as TOML, if there is one that does not depend on other settings.
    fn default(&self) -> Option<String> {
        match self.field.view() {
            View::Setting(value, _) => value
                .filter(|value| value.as_array().is_none_or(|list| !list.is_empty()))
                .map(|value| value.to_string()),
            _ => None,
        }
    }

    /// Returns the type, the keys within, the default, and whether a change waits for a restart.
    fn facts(&self) -> Vec<String> {
        let mut facts = vec![self.field.accepts(&self.path)];
        let within = match self.field.view() {
            View::Setting(..) => Vec::new(),
            View::Table(table) => table.fields(),
            View::Tables(tables) => tables.first().map(|table| table.fields()).unwrap_or_default(),
        };
        if !within.is_empty() {
            let keys = within.iter().map(|(definition, field)| {
                format!("{} {}", code(definition.name), field.accepts(definition.name))
            });
            facts.push(format!("within it {}", keys.collect::<Vec<_>>().join(", ")));
        }
        facts.extend(self.default().map(|default| format!("default {}", code(&default))));
        if self.definition.restart {
            facts.push("waits for a restart".to_owned());
        }
        facts
    }
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
