//! The reference of the configuration, as an essay: what each key means, takes and comes to.
//!
//! Nothing is said here that is said elsewhere. Meanings and examples are the comments of the `config.toml` in the
//! repository; keys and what they take are those that the reader of files asks for; defaults are what an empty file
//! comes to; and what waits for a restart is found out by changing each setting.

mod sample;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use self::sample::{Group, Section, Setting};
use super::file::asked;
use super::reader::Asked;
use super::{Config, File, Overrides, resolve};

/// The configuration of the sample capsule, in which every key is explained.
pub const SAMPLE: &str = include_str!("../../config.toml");

const HEAD: &str = "---
title: Every setting
description: What each key of config.toml means, what it takes, and what holds without it.
series: Guides
series_order: 7
lang: en
---

All of this stands as comments in the file that `lamplit init` writes. Every key is optional, but for a folder of essays; \
an unknown one is an error, and the message names the nearest that there is. A change is in force as soon as the file is \
saved, unless it says here that it waits for a restart. `lamplit config` prints what is in force, and where each value \
comes from.
";

/// The whole of it, as Markdown.
pub fn reference() -> String {
    let keys = asked(&sample::uncommented(SAMPLE));
    let defaults = defaults();
    let mut out = HEAD.to_owned();
    for section in sample::sections(SAMPLE) {
        let heading =
            if section.table.is_empty() { "Outside of any table".to_owned() } else { code(section.table) };
        let _ = writeln!(out, "\n## {heading}");
        paragraph(&mut out, &section.prose);
        for group in &section.groups {
            let names: Vec<String> = group.settings.iter().map(|setting| code(setting.key)).collect();
            let _ = writeln!(out, "\n### {}", names.join(", "));
            paragraph(&mut out, &group.prose);
            for setting in &group.settings {
                let facts = facts(&section, group, setting, &keys, &defaults);
                let _ = writeln!(out, "\n{} ({})", code(setting.line), facts.join("; "));
            }
        }
        others(&mut out, &section, &keys);
    }
    out
}

/// What a key takes, what it is without being said, and when a change of it counts.
fn facts(
    section: &Section<'_>,
    group: &Group<'_>,
    setting: &Setting<'_>,
    keys: &[Asked],
    defaults: &Table,
) -> Vec<String> {
    let Some(key) = keys.iter().find(|key| key.table == section.table && key.name == setting.key) else {
        return Vec::new();
    };
    let mut facts = vec![key.accepts.clone()];
    let inner = format!("{}.{}", section.table.trim_matches(['[', ']']), setting.key);
    let within: Vec<String> = keys
        .iter()
        .filter(|key| key.table.trim_matches(['[', ']']) == inner)
        .map(|key| format!("{} {}", code(key.name), key.accepts))
        .collect();
    if !within.is_empty() {
        facts.push(format!("within it {}", within.join(", ")));
    }
    if let Some(default) = default(section.table, setting.key, defaults).filter(|_| !group.says_default()) {
        facts.push(format!("default {}", code(&default)));
    }
    if waits(section.table, setting, key) {
        facts.push("waits for a restart".to_owned());
    }
    facts
}

/// The keys that the sample does not show, because they are like those that it does.
fn others(out: &mut String, section: &Section<'_>, keys: &[Asked]) {
    let shown = |key: &Asked| {
        section.groups.iter().flat_map(|group| &group.settings).any(|setting| setting.key == key.name)
    };
    let others: Vec<&Asked> =
        keys.iter().filter(|key| key.table == section.table && !key.is_table && !shown(key)).collect();
    if let Some(first) = others.first() {
        let names: Vec<String> = others.iter().map(|key| code(key.name)).collect();
        let _ = writeln!(out, "\nIn the same way: {} ({})", names.join(", "), first.accepts);
    }
}

/// What a folder of essays is served with if nothing more is said.
fn defaults() -> Table {
    let flags = Overrides { content: Some(PathBuf::new()), ..Overrides::default() };
    let config = resolve(&flags, None, Path::new(""), Path::new(""));
    config.map(|config| config.to_table()).unwrap_or_default()
}

/// What `key` is when nobody says it, if that can be said in one value.
fn default(table: &str, key: &str, defaults: &Table) -> Option<String> {
    let table = match table.trim_matches(['[', ']']) {
        "" => defaults,
        name => match defaults.get(name)? {
            Value::Array(items) => items.first()?.as_table()?,
            value => value.as_table()?,
        },
    };
    match table.get(key)? {
        Value::String(text) if text.is_empty() => None,
        Value::Array(items) if items.is_empty() => None,
        value => Some(value.to_string()),
    }
}

/// Whether another value of a setting is not in force before the next start.
fn waits(table: &str, setting: &Setting<'_>, key: &Asked) -> bool {
    let Some(before) = read("", "") else { return false };
    let values = key.values.iter().map(|value| format!("{} = {value}", setting.key));
    values.chain([setting.line.to_owned()]).any(|line| {
        let after = read(table, &line);
        after.is_some_and(|after| !after.needing_restart(&before).is_empty())
    })
}

/// What a file comes to that says `line` in `table`, of two capsules in that of the second, and nothing else.
fn read(table: &str, line: &str) -> Option<Config> {
    let capsules = "[[capsule]]\nhostname = \"a.example\"\ncontent = \"a\"\n\
                    [[capsule]]\nhostname = \"b.example\"\ncontent = \"b\"\n";
    let text = match table {
        "" => format!("{line}\n{capsules}"),
        "[[capsule]]" => format!("{capsules}{line}\n"),
        table => format!("{capsules}{table}\n{line}\n"),
    };
    let file = File::parse("", &text).ok()?;
    resolve(&Overrides::default(), Some(&file), Path::new("/"), Path::new("/state")).ok()
}

fn paragraph(out: &mut String, prose: &str) {
    if !prose.is_empty() {
        let _ = writeln!(out, "\n{}", sample::as_markdown(prose));
    }
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every key that can be shown, with the table it stands in and a line that says it.
    fn keys() -> Vec<(&'static str, &'static str, String)> {
        let mut lines = Vec::new();
        for section in sample::sections(SAMPLE) {
            for setting in section.groups.iter().flat_map(|group| &group.settings) {
                lines.push((section.table, setting.key, setting.line.to_owned()));
            }
        }
        for key in asked(&sample::uncommented(SAMPLE)) {
            if key.table == "[front_matter]" {
                lines.push((key.table, key.name, format!("{} = \"own\"", key.name)));
            }
        }
        lines
    }

    #[test]
    fn every_key_of_the_reference_is_accepted_and_no_other() {
        let reference = reference();
        let keys = keys();
        assert!(keys.len() > 60, "{}", keys.len());
        for (table, key, line) in keys {
            assert!(reference.contains(&code(key)), "`{key}` of `{table}` is missing");
            let file = |line: &str| File::parse("config.toml", &format!("{table}\n{line}\n"));
            assert!(file(&line).is_ok(), "{table} {line}: {:?}", file(&line));
            let mistyped = line.replacen(key, &format!("{key}q"), 1);
            let problems = file(&mistyped).expect_err("an unknown key");
            let said = problems.iter().map(ToString::to_string).collect::<String>();
            let nearest = format!("did you mean `{key}`?");
            assert!(said.contains("unknown key") && said.contains(&nearest), "{table} {mistyped}: {said}");
        }
    }

    #[test]
    fn no_key_that_is_read_is_missing() {
        let reference = reference();
        let mut tables = Vec::new();
        for key in asked(&sample::uncommented(SAMPLE)) {
            assert!(reference.contains(&code(key.name)) || key.is_table, "`{}` of `{}`", key.name, key.table);
            tables.push(key.table);
        }
        for table in ["", "[[capsule]]", "[capsule.gopher]", "[[capsule.private]]", "[front_matter]"] {
            assert!(tables.contains(&table), "{table}: {tables:?}");
        }
    }

    #[test]
    fn what_waits_for_a_restart_is_found_out() {
        let reference = reference();
        for (line, expected) in [
            ("`min_tls = \"1.2\"` (", false),
            ("`check_port = true` (", true),
            ("`width = 67` (", false),
            ("`linger = 1` (", true),
            ("`swapped = true` (", true),
            ("`title = \"Essays by lamplight\"` (", false),
            ("`smart = false` (", false),
            ("`file = \"/var/log/lamplit/access.log\"` (", true),
            ("`gopher = { listen = [\"0.0.0.0:7071\", \"[::]:7071\"] }` (", true),
        ] {
            let found = reference.lines().find(|said| said.starts_with(line));
            let found = found.unwrap_or_else(|| panic!("{line} in:\n{reference}"));
            assert_eq!(found.contains("waits for a restart"), expected, "{found}");
        }
    }
}
