//! The guide to what is taken from each site generator equals the table of generators.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::repository;

type Row = BTreeMap<String, String>;

/// What the guide says of each key of the table, in its order.
const LABELS: [(&str, &str); 44] = [
    ("marks", "recognised by"),
    ("settings", "further settings in"),
    ("inherited", "further settings in the files named in"),
    ("content", "essays from"),
    ("statics", "other files from"),
    ("left_out", "left out"),
    ("contributors", "left out for contributors"),
    ("excluded", "left out, by patterns in"),
    ("excluded_paths", "left out, by patterns from the content folder in"),
    ("kept", "not left out by these, if named in"),
    ("filters", "left out, by patterns of which the last that matches counts, in"),
    ("excluded_statics", "static files left out, by patterns in"),
    ("only", "left out unless listed in"),
    ("chapters", "texts left out unless listed in"),
    ("summary", "texts left out unless the content folder has links to them in"),
    ("negated", "left out, by patterns after `!` in"),
    ("pages", "pages left out, named in"),
    ("hidden", "left out of any content folder"),
    ("included", "not left out, if named in"),
    ("ignored", "left out, by regular expressions in"),
    ("title", "title from"),
    ("author", "author from"),
    ("author_files", "names of authors by their keys from the files"),
    ("language", "language from"),
    ("web", "address on the Web from"),
    ("time_zone", "time zone from"),
    ("languages", "languages of essays from"),
    ("disabled", "languages that are not published from"),
    ("taxonomies", "keys whose values are tags from"),
    ("meanings", "keys with the meaning of another key from"),
    ("permalinks", "old addresses from"),
    ("redirects", "redirects from"),
    ("redirect_files", "redirects from the files"),
    ("future", "essays of the future shown by"),
    ("held", "metadata that essays have by default"),
    ("passwords", "hidden by keys of front matter, with the setting"),
    ("defaults", "metadata of essays by their paths from"),
    ("held_tags", "held back by the tags"),
    ("encrypted_tags", "held back by the tags in"),
    ("leaf_bundles", "texts beside and below an `index` are no essays"),
    ("held_names", "names such as `drafts` hide files"),
    ("hides_below", "hidden texts hide those whose paths continue theirs after"),
    ("posts", "posts counted by"),
    ("converter", "not read, but made Markdown by"),
];

const OPENING: &str = "\
---
title: What is taken from each generator
date: 2026-11-29
description: By which files each site generator is recognised, which of its settings are read, and what is left out.
---

The first generator whose files a folder has counts. Of several settings, folders or files, the first one that exists \
does. Settings are dotted paths; capitals do not matter. In them, `*` stands for any part, and `@` for the language of the \
site; in paths, `@` stands for that part, and `$` for the value.
";

fn table() -> (Row, Vec<Row>) {
    #[derive(serde::Deserialize)]
    struct Table {
        any: Row,
        generator: Vec<Row>,
    }
    let text = include_str!("../../../src/generator/table.toml");
    let Table { any, generator } = toml::from_str(text).expect("a table of strings");
    (any, generator)
}

fn item(key: &str, item: &str) -> String {
    let default = item.split_once('|').map(|(key, usual)| format!("`{key}` (by default `{usual}`)"));
    match item.split_once(':').filter(|_| key == "marks") {
        None if let Some(default) = default => default,
        Some((file, setting)) => format!("`{file}` with `{setting}`"),
        None if item == "." => "the folder itself".to_owned(),
        None => item.strip_prefix('@').map_or(format!("`{item}`"), |settings| {
            let part = |part: &str| match part.split_once('?') {
                Some((off, folder)) => {
                    let (paths, keys): (Vec<_>, Vec<_>) = off.split('+').partition(|key| key.contains(".path"));
                    let paths = paths.first().map(|path| format!(" or `{path}` is set")).unwrap_or_default();
                    format!("`{folder}` unless `{}` is `false`{paths}", keys.join("` or `"))
                }
                None => format!("`{part}`"),
            };
            let all: Vec<String> = settings.split(',').map(part).collect();
            format!("{} {}", if all.len() > 1 { "all of" } else { "the setting" }, all.join(", "))
        }),
    }
}

fn held(line: &str) -> String {
    let [setting, value, path, own, says] =
        line.split(' ').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("five words: {line}"));
    let value = if value == "*" { String::new() } else { format!(" = `{value}`") };
    let of = if path == "-" { String::new() } else { format!(" for `{path}`") };
    format!("`{own}: {says}`{of} by `{setting}`{value}")
}

fn password((setting, key): (&str, &str)) -> String {
    format!("`{key}` with `{setting}`")
}

fn section(name: &str, row: &Row) -> String {
    let mut section = format!("\n## {name}\n\n");
    for (key, label) in LABELS {
        let Some(list) = row.get(key) else { continue };
        let items: Vec<String> = match key {
            "held" => list.lines().map(held).collect(),
            "passwords" => list.split(' ').filter_map(|item| item.split_once('=')).map(password).collect(),
            "held_names" | "leaf_bundles" => vec!["yes".to_owned()],
            "held_tags" => list.split(',').map(|tag| format!("`{tag}`")).collect(),
            "converter" => vec![format!("`{list}`")],
            _ => list.split_whitespace().map(|listed| item(key, listed)).collect(),
        };
        let shown = items.join(", ");
        section += &format!("- {label}: {shown}\n");
    }
    section
}

#[test]
fn guide_names_what_is_recognised_taken_and_left_out_for_each_generator() {
    let (any, generators) = table();
    let file = repository().join("docs/moving/generators.md");
    let name = |row: &Row| row["name"].clone();
    let sections: String = generators.iter().map(|row| section(&name(row), row)).collect();
    let guide = format!("{OPENING}{}{sections}", section("Any generator, unless its section says otherwise", &any));
    if std::env::var_os("LAMPLIT_BLESS").is_some() {
        fs::write(&file, &guide).expect("writable");
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == guide, "`LAMPLIT_BLESS=1 cargo test guide_names` writes {} anew", file.display());
}

/// Every generator also has a guide in words, which names the files that it is recognised by.
#[test]
fn each_generator_has_a_guide_in_words() {
    let read = |name: &str| fs::read_to_string(repository().join("docs/moving").join(name)).expect("a guide");
    let others = read("others.md");
    for row in table().1 {
        let (name, first) = (&row["name"], row["marks"].split([' ', ':']).next().expect("a mark"));
        let own = repository().join(format!("docs/moving/{}.md", name.to_lowercase()));
        if own.exists() {
            let guide = fs::read_to_string(own).expect("a guide");
            assert!(guide.contains(first) || name == "Zola", "{name}: `{first}`");
            continue;
        }
        let line = others.lines().find(|line| line.starts_with(&format!("| {name} |")));
        let line = line.unwrap_or_else(|| panic!("no row for {name} in others.md"));
        assert!(line.contains(first) || first.contains('*'), "{name}: `{first}` is missing in {line}");
    }
}

/// A misspelt key of the table would have no effect.
#[test]
fn table_of_generators_has_known_keys_and_marks_only() {
    let (any, generators) = table();
    let known: BTreeSet<&str> = LABELS.iter().map(|(key, _)| *key).chain(["name"]).collect();
    for row in generators.iter().chain([&any]) {
        let unknown: Vec<&String> = row.keys().filter(|key| !known.contains(&***key)).collect();
        assert!(unknown.is_empty(), "{row:?}: {unknown:?}");
    }
    let code = fs::read_to_string(repository().join("src/generator/mod.rs")).expect("a file");
    for key in known {
        assert!(code.contains(&format!("\"{key}\"")), "nothing reads `{key}`");
    }
    let names: BTreeSet<&String> = generators.iter().map(|row| &row["name"]).collect();
    assert_eq!(names.len(), generators.len());
    assert!(generators.iter().all(|row| !row["marks"].trim().is_empty()));
}
