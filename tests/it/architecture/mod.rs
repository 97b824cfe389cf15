//! The rules of ARCHITECTURE.md that a compiler does not check: layers, circles and the words of comments.

mod imports;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use imports::Imports;

/// The modules in layers, from the lowest up. A module imports only from lower layers.
const LAYERS: &[&[&str]] = &[
    &["host", "problem"],
    &["markup"],
    &["capsule"],
    &["render", "search"],
    &["site"],
    &["protocol"],
    &["disk", "identity", "privileges", "server"],
    &["generator"],
    &["config"],
    &["publish"],
    &["hosting"],
    &["app"],
    &["cli"],
];

/// Modules that may import less than their layer permits, each with all that it may import. A submodule that is named
/// here may be imported only where it is listed, or by a module that is not.
const NARROW: &[(&str, &[&str])] = &[
    // Host names are written in punycode.
    ("render", &["host", "markup", "capsule", "problem"]),
    ("search", &["markup", "capsule", "problem"]),
    ("protocol", &["host", "capsule", "search", "site"]),
    ("protocol::gemini", &["host", "capsule", "search", "site", "protocol"]),
    ("protocol::gopher", &["host", "capsule", "render", "search", "site", "protocol"]),
    ("protocol::metrics", &["site", "protocol"]),
    ("disk", &["problem", "capsule"]),
    ("generator", &["problem", "markup", "capsule", "disk"]),
    ("identity", &["host", "problem"]),
    ("privileges", &["problem"]),
    // The server knows no protocol by name.
    ("server", &["host", "capsule", "site", "protocol"]),
];

fn source() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn imports_run_strictly_downward() {
    let imports = Imports::read(&source());
    let upward: Vec<String> = imports
        .all()
        .filter(|import| !may_import(&import.from, &import.path))
        .map(|import| format!("{} may not import `{}`", imports.file(&import.from), import.path.join("::")))
        .collect();
    assert!(upward.is_empty(), "\n{}", upward.join("\n"));
}

#[test]
fn every_module_has_a_layer() {
    let imports = Imports::read(&source());
    let modules: BTreeSet<&str> = imports.modules().filter_map(|module| module.first()).map(String::as_str).collect();
    let layered: BTreeSet<&str> = LAYERS.iter().flat_map(|layer| layer.iter().copied()).collect();
    assert_eq!(modules, layered);
}

#[test]
fn files_do_not_import_each_other_in_circles() {
    let imports = Imports::read(&source());
    let graph = imports.graph();
    let found: Vec<String> = circles(&graph).iter().map(|files| files.join(", ")).collect();
    assert!(
        found.is_empty(),
        "files import each other in a circle; move what they share into a file below them:\n{}",
        found.join("\n")
    );
}

#[test]
fn import_is_found_in_every_form() {
    let modules = ["", "a", "a::b", "a::c", "d"];
    for (from, text, expected) in [
        ("a", "use crate::d;", &["d"][..]),
        ("a", "pub(crate) use crate::{d::{self, X as Y}, a::*};", &["d", "d::X", "a::*"]),
        ("a", "use b::{X, Y};\nuse std::fmt;\nuse other::b;", &["a::b::X", "a::b::Y"]),
        (
            "a::b",
            "use super::{X, c::Z};\nfn f() { crate::d::g::<u8>(); self::h() }",
            &["a::X", "a::c::Z", "d::g", "a::b::h"],
        ),
        (
            "a::b",
            "mod tests { use super::*; fn f() { super::super::c::g() } }\nuse super::X;",
            &["a::b::*", "a::c::g", "a::X"],
        ),
        ("a", "// use crate::d;\n/* crate::d */ \"crate::d\" r#\"crate::\"d\"#; 'c'; '\\''; &'crate crate::d", &["d"]),
    ] {
        let found = Imports::of_text(from, text, &modules);
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn upward_import_is_refused() {
    let path = |text: &str| text.split("::").map(str::to_owned).collect::<Vec<_>>();
    for (from, target, allowed) in [
        ("markup", "render::gemtext", false),
        ("render::plain", "markup::Document", true),
        ("render", "search::Index", false),
        ("protocol::gemini", "protocol::gopher::scan", false),
        ("protocol::gemini::request", "protocol::Answer", true),
        ("server", "protocol::gemini", false),
        ("server", "protocol::Protocol", true),
        ("server::tls", "identity::Identity", false),
        ("app", "protocol::gemini::Gemini", true),
        ("app", "cli::Arguments", false),
        ("cli", "app::run", true),
    ] {
        assert_eq!(may_import(&path(from), &path(target)), allowed, "{from}: {target}");
    }
}

#[test]
fn circle_is_found() {
    let graph = [("a", ["b"]), ("b", ["c"]), ("c", ["b"]), ("d", ["a"])];
    let graph = graph.map(|(file, imports)| (file, BTreeSet::from(imports)));
    assert_eq!(circles(&BTreeMap::from(graph)), BTreeSet::from([vec!["b", "c"]]));
}

/// Returns whether the module `from` may import `target`, both as paths from the root of the crate.
fn may_import(from: &[String], target: &[String]) -> bool {
    let (from, target) = (unit(from), unit(target));
    // The root of the crate only declares its modules.
    let is_own = from == target || target.split("::").next() == Some(&from) || from.is_empty();
    let narrow = |name: &str| NARROW.iter().find(|(narrow, _)| *narrow == name).map(|(_, may)| *may);
    is_own
        || match narrow(&from) {
            Some(may) => may.contains(&target.as_str()),
            None => layer(&target) < layer(&from),
        }
}

/// Returns the module that rules apply to: `protocol::gemini`, or `site` for `site::links`.
fn unit(path: &[String]) -> String {
    let inner = path.iter().take(2).cloned().collect::<Vec<_>>().join("::");
    let is_ruled = NARROW.iter().any(|(name, _)| *name == inner);
    if is_ruled { inner } else { path.first().cloned().unwrap_or_default() }
}

fn layer(unit: &str) -> usize {
    let top = unit.split("::").next().unwrap_or(unit);
    LAYERS.iter().position(|layer| layer.contains(&top)).unwrap_or(LAYERS.len())
}

/// Returns the sets of files that reach each other.
fn circles<'g>(graph: &BTreeMap<&'g str, BTreeSet<&'g str>>) -> BTreeSet<Vec<&'g str>> {
    let reach = |from: &'g str| {
        let mut reached = BTreeSet::new();
        let mut next = vec![from];
        while let Some(file) = next.pop() {
            next.extend(graph.get(file).into_iter().flatten().copied().filter(|&file| reached.insert(file)));
        }
        reached
    };
    let reached: BTreeMap<&str, BTreeSet<&str>> = graph.keys().map(|&file| (file, reach(file))).collect();
    let circle = |(&file, ahead): (&&'g str, &BTreeSet<&'g str>)| {
        let back = |other: &&&str| reached.get(**other).is_some_and(|its| its.contains(file));
        ahead.contains(file).then(|| ahead.iter().filter(back).copied().collect())
    };
    reached.iter().filter_map(circle).collect()
}
