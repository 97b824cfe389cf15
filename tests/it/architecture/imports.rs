//! Reads which file of `src` imports which, from `use` items and from paths in the code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use testkit::files_below;

/// A path from the root of the crate, such as `["site", "links", "Links"]`.
type ModulePath = Vec<String>;

/// The files of the crate and what they import.
pub(super) struct Imports {
    /// The file of each module, relative to `src`.
    files: BTreeMap<ModulePath, String>,
    found: Vec<Import>,
}

/// A path to something in this crate that a file names.
pub(super) struct Import {
    /// The module of the file.
    pub(super) from: ModulePath,
    /// The path, from the root of the crate.
    pub(super) path: ModulePath,
    /// The name that a `use` item gives it in the module of the file.
    name: Option<String>,
    /// Whether only tests import it.
    pub(super) for_tests: bool,
}

impl Imports {
    /// Reads the files below `source`.
    pub(super) fn read(source: &Path) -> Self {
        let texts: Vec<(ModulePath, String, String)> = files_below(source, "rs")
            .into_iter()
            .map(|file| {
                let name = file.strip_prefix(source).expect("below `src`").display().to_string();
                (module_of(&name), name, fs::read_to_string(&file).expect("a source file"))
            })
            .collect();
        let files: BTreeMap<ModulePath, String> =
            texts.iter().map(|(module, name, _)| (module.clone(), name.clone())).collect();
        let found = texts.iter().flat_map(|(module, _, text)| imports_of(module, text, &files)).collect();
        Self { files, found }
    }

    /// Reads the imports of a text as those of the module `from`, in a crate of `modules`.
    pub(super) fn of_text(from: &str, text: &str, modules: &[&str]) -> Vec<String> {
        let files = modules.iter().map(|module| (split(module), (*module).to_owned())).collect();
        let found = imports_of(&split(from), text, &files);
        found.iter().map(|import| import.path.join("::")).collect()
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = &ModulePath> {
        self.files.keys()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Import> {
        self.found.iter()
    }

    pub(super) fn file(&self, module: &[String]) -> &str {
        &self.files[module]
    }

    /// Returns the files that each file needs, re-exports followed to the file that defines the name.
    ///
    /// Left out are imports of tests, and what the file of a module imports from its own submodules: it is their
    /// facade.
    pub(super) fn graph(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut graph: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for import in self.found.iter().filter(|import| !import.for_tests) {
            let target = self.definition(&import.path, 8);
            let is_facade = target.starts_with(&import.from);
            if !is_facade {
                graph.entry(self.file(&import.from)).or_default().insert(self.file(&target));
            }
        }
        graph
    }

    /// Returns the module that defines `path`, at most `depth` re-exports away.
    fn definition(&self, path: &[String], depth: usize) -> ModulePath {
        let module = self.module(path);
        let rest = &path[module.len()..];
        let Some(name) = rest.first().filter(|_| depth > 0) else { return module };
        let is_its = |import: &&Import| import.from == module && import.name.as_ref() == Some(name);
        match self.found.iter().filter(|import| !import.for_tests).find(is_its) {
            Some(import) => self.definition(&[&import.path, &rest[1..]].concat(), depth - 1),
            None => module,
        }
    }

    /// Returns the longest beginning of `path` that is a module.
    fn module(&self, path: &[String]) -> ModulePath {
        (0..=path.len())
            .rev()
            .map(|end| path[..end].to_vec())
            .find(|start| self.files.contains_key(start))
            .unwrap_or_default()
    }
}

fn split(path: &str) -> ModulePath {
    path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// `site/links/mod.rs` and `site/links.rs` → `site::links`; the roots of the library and the program are the root.
fn module_of(file: &str) -> ModulePath {
    let mut parts: ModulePath = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

fn imports_of(from: &[String], text: &str, files: &BTreeMap<ModulePath, String>) -> Vec<Import> {
    let tokens = tokens(text);
    let is_test_file = from.last().is_some_and(|name| matches!(name.as_str(), "tests" | "support"));
    let mut found = Vec::new();
    let mut inline: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at].as_str();
        let is_use = token == "use";
        let starts_path =
            ["crate", "self", "super"].contains(&token) && tokens.get(at + 1).is_some_and(|next| next == "::");
        match token {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inline.pop_if(|(_, opened)| *opened == depth);
            }
            "mod" if tokens.get(at + 2).is_some_and(|next| next == "{") => {
                inline.push((tokens[at + 1].clone(), depth));
            }
            _ => {}
        }
        at += 1;
        if !(is_use || starts_path) {
            continue;
        }
        let start = if is_use { at } else { at - 1 };
        let mut paths = Vec::new();
        at = read_tree(&tokens, start, &[], &mut paths);
        let module = [from, &inline.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()].concat();
        for (path, name) in paths {
            if let Some(path) = absolute(&module, &path, files) {
                let name = name.filter(|_| is_use && inline.is_empty());
                let for_tests = is_test_file || !inline.is_empty();
                found.push(Import { from: from.to_vec(), path, name, for_tests });
            }
        }
    }
    found
}

/// Reads `a::b`, `a::{b, c::d}`, `a::*` or `a as b` from `at`; gives where it ends.
fn read_tree(
    tokens: &[String],
    mut at: usize,
    before: &[String],
    paths: &mut Vec<(ModulePath, Option<String>)>,
) -> usize {
    let mut path = before.to_vec();
    loop {
        let token = tokens.get(at).map_or("", String::as_str);
        if token == "{" {
            at += 1;
            while tokens.get(at).is_some_and(|token| token != "}") {
                at = read_tree(tokens, at, &path, paths);
                at += usize::from(tokens.get(at).is_some_and(|token| token == ","));
            }
            return at + 1;
        }
        if !(token == "*" || token.starts_with(|c: char| c.is_alphabetic() || c == '_')) {
            // The end of something that is no path, such as a turbofish.
            paths.push((path, None));
            return at.max(1);
        }
        // `a::{self}` is `a`.
        if token != "self" || path.is_empty() {
            path.push(token.to_owned());
        }
        at += 1;
        match tokens.get(at).map(String::as_str) {
            Some("::") => at += 1,
            Some("as") => {
                paths.push((path, tokens.get(at + 1).cloned()));
                return at + 2;
            }
            _ => {
                let name = path.last().cloned();
                paths.push((path, name));
                return at;
            }
        }
    }
}

/// Returns the path from the root of the crate; none if it leads elsewhere.
fn absolute(module: &[String], path: &[String], files: &BTreeMap<ModulePath, String>) -> Option<ModulePath> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([module, rest].concat()),
        "super" => {
            let (_, parent) = module.split_last()?;
            if rest.first().is_some_and(|next| next == "super") {
                return absolute(parent, rest, files);
            }
            Some([parent, rest].concat())
        }
        _ => {
            let path = [module, path].concat();
            files.contains_key(&path[..=module.len()]).then_some(path)
        }
    }
}

/// Returns the words, `::` and other signs of a Rust text, without comments and literals.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = rest.len() - rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        let length = match c {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            '"' => literal(rest),
            '\'' => character(rest),
            _ if word > 0 => {
                let raw = raw_literal(&rest[..word], &rest[word..]);
                if raw == 0 {
                    tokens.push(rest[..word].to_owned());
                }
                word + raw
            }
            _ if rest.starts_with("::") => {
                tokens.push("::".to_owned());
                2
            }
            _ => {
                if !c.is_whitespace() {
                    tokens.push(c.to_string());
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    tokens
}

/// Returns the length of the string literal that `text` starts with.
fn literal(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the length of the character literal that `text` starts with, or of the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut chars = text.char_indices().skip(1);
    match (chars.next(), chars.next()) {
        (Some((_, '\\')), Some((next, _))) => text[next + 1..].find('\'').map_or(text.len(), |end| next + 2 + end),
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// Returns the length of the raw string literal behind a prefix such as `r`; 0 if it is none.
fn raw_literal(prefix: &str, text: &str) -> usize {
    let hashes = text.len() - text.trim_start_matches('#').len();
    if !["r", "br", "cr"].contains(&prefix) || !text[hashes..].starts_with('"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    text[hashes + 1..].find(&end).map_or(text.len(), |at| hashes + 1 + at + end.len())
}
