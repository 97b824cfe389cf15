//! Documents as tests see them: their blocks of code and their links.

use std::fs;
use std::path::Path;

use lamplit::markup::markdown::{self, MarkdownOptions};

use super::repository;

/// Returns every document that readers of the repository are given, with its path in it.
pub(super) fn documents() -> Vec<(String, String)> {
    let mut names: Vec<String> = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(str::to_owned).to_vec();
    below(Path::new("docs"), &mut names);
    if repository().join("packaging").is_dir() {
        below(Path::new("packaging"), &mut names);
    }
    let read = |name: String| {
        let text = fs::read_to_string(repository().join(&name)).expect("text");
        (name, text)
    };
    names.into_iter().map(read).collect()
}

fn below(folder: &Path, names: &mut Vec<String>) {
    let mut entries: Vec<_> =
        fs::read_dir(repository().join(folder)).expect("a folder").map(|entry| entry.expect("read")).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = folder.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            below(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            names.push(path.to_str().expect("UTF-8").to_owned());
        }
    }
}

/// A block of code.
pub(super) struct Code {
    pub(super) language: String,
    pub(super) text: String,
    /// The line of its fence, from 1.
    pub(super) line: usize,
}

/// Returns the fenced blocks of code that stand at the margin.
pub(super) fn blocks(document: &str) -> impl Iterator<Item = Code> + '_ {
    let mut lines = (1..).zip(document.lines());
    std::iter::from_fn(move || {
        let (line, language) = lines.by_ref().find_map(|(line, text)| Some((line, text.strip_prefix("```")?)))?;
        let inside = lines.by_ref().map(|(_, text)| text).take_while(|text| *text != "```");
        let text = inside.flat_map(|text| [text, "\n"]).collect();
        Some(Code { language: language.to_owned(), text, line })
    })
}

/// Returns where the links and pictures of a document lead, as written.
pub(super) fn links(document: &str) -> Vec<String> {
    let document = markdown::parse(document, &MarkdownOptions::STANDARD);
    let links = document.links.iter().map(|link| link.destination.to_string());
    let pictures = document.pictures().map(|picture| picture.source.to_string());
    links.chain(pictures).collect()
}
