//! Holds the floor plan: a room imports only from rooms on lower floors, or from those it is allowed on
//! its own. Taste alone does not keep floors apart; a test does.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with all the rooms it may import, from the ground up. `protocol/gemini` names a room within
/// a room: it may import its own parent, never a sibling.
const ROOMS: &[(&str, &[&str])] = &[
    ("problem", &[]),
    ("host", &[]),
    ("markup", &["problem"]),
    ("capsule", &["markup", "problem"]),
    ("render", &["markup", "capsule", "problem"]),
    ("search", &["markup", "capsule", "render"]),
    ("site", &["host", "markup", "capsule", "render", "search", "problem"]),
    ("protocol", &["host", "site", "search", "capsule"]),
    ("protocol/gemini", &["host", "protocol", "site", "search", "capsule"]),
    ("protocol/gopher", &["host", "protocol", "site", "search", "capsule", "render"]),
    ("protocol/metrics", &["protocol", "site"]),
    ("disk", &["capsule", "problem"]),
    ("identity", &["host", "problem"]),
    ("privileges", &["problem"]),
    ("server", &["host", "protocol", "site", "capsule"]),
    (
        "config",
        &[
            "host",
            "problem",
            "markup",
            "capsule",
            "render",
            "site",
            "search",
            "protocol",
            "protocol/gemini",
            "protocol/gopher",
            "disk",
            "identity",
            "privileges",
            "server",
        ],
    ),
    ("publish", &["problem", "capsule", "site", "disk", "privileges", "config"]),
    ("hosting", &["problem", "host", "site", "disk", "identity", "server", "config", "publish"]),
];

/// The desk may import anything.
const DESK: &[&str] = &["cli", "app", "main", "lib"];

#[test]
fn imports_run_strictly_downward() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let violations: Vec<String> =
        files_below(&source).iter().flat_map(|file| violations_in(&source, file)).collect();
    assert!(violations.is_empty(), "\n{}", violations.join("\n"));
}

#[test]
fn every_file_has_a_room() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in files_below(&source) {
        let room = room_of(&source, &file);
        assert!(
            DESK.contains(&first_part(&room)) || allowed(&room).is_some(),
            "{} is in no room of the floor plan",
            file.display()
        );
    }
}

#[test]
fn an_upward_import_is_noticed() {
    for (room, line, expected) in [
        ("markup", "use crate::render::gemtext;", Some("render")),
        ("protocol/gemini", "    crate::protocol::gopher::scan(b\"\")", Some("protocol/gopher")),
        ("server", "use crate::{protocol::gemini, site::Site};", Some("protocol/gemini")),
        ("server", "use crate::config::Config;", Some("config")),
        ("render", "use crate::markup::{Document, Block};", None),
        ("protocol", "//! crate::server is above us", None),
    ] {
        let found = imports_of(line).into_iter().find(|target| !may_import(room, target));
        assert_eq!(found.as_deref(), expected, "{room}: {line}");
    }
}

fn violations_in(source: &Path, file: &Path) -> Vec<String> {
    let room = room_of(source, file);
    if DESK.contains(&first_part(&room)) {
        return Vec::new();
    }
    let text = fs::read_to_string(file).expect("a source file");
    imports_of(&text)
        .into_iter()
        .filter(|target| !may_import(&room, target))
        .map(|target| format!("{}: `{room}` may not import `{target}`", file.display()))
        .collect()
}

fn may_import(room: &str, target: &str) -> bool {
    let within = target == room || first_part(target) == room;
    let child = |parent: &str| target.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'));
    within
        || allowed(room).unwrap_or(&[]).iter().any(|&may| {
            // Permission for a room covers its inside, except where that inside is a room of its own.
            target == may || (child(may) && allowed(target).is_none())
        })
}

fn allowed(room: &str) -> Option<&'static [&'static str]> {
    ROOMS.iter().find(|(name, _)| *name == room).map(|(_, may)| *may)
}

/// The rooms that `crate::…` paths in `text` lead to. Comments do not count; brace groups are followed one
/// level deep, which is as deep as the house style goes.
fn imports_of(text: &str) -> Vec<String> {
    let code: String =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut targets = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let paths = match rest.strip_prefix('{') {
            Some(group) => top_level_entries(group),
            None => vec![rest.to_owned()],
        };
        for path in paths {
            targets.insert(target_of(&path));
        }
    }
    targets.into_iter().filter(|target| !target.is_empty()).collect()
}

/// The entries of a brace group whose opening brace is already read, split at top-level commas.
fn top_level_entries(group: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut depth = 1;
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (c, depth) {
            (_, 0) => break,
            (',', 1) => entries.push(String::new()),
            _ => entries.last_mut().expect("never empty").push(c),
        }
    }
    entries.into_iter().map(|entry| entry.trim().to_owned()).collect()
}

/// `protocol::gemini::Request` → `protocol/gemini`, since that is a room; `site::Site` → `site`.
fn target_of(path: &str) -> String {
    let mut parts = path
        .split("::")
        .map(|part| part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>());
    let first = parts.next().unwrap_or_default();
    let inner = format!("{first}/{}", parts.next().unwrap_or_default());
    if allowed(&inner).is_some() { inner } else { first }
}

fn room_of(source: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(source).expect("below src").with_extension("");
    let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let inner = parts.iter().take(2).cloned().collect::<Vec<_>>().join("/");
    if allowed(&inner).is_some() { inner } else { parts[0].clone() }
}

fn first_part(room: &str) -> &str {
    room.split('/').next().unwrap_or(room)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
