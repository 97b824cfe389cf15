//! Files that tests read: the corpus of real posts, split or whole, and all files of a folder.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use lamplit::markup::front_matter::{KeyClass, Split, split_knowing};

/// Returns the folder of real posts: `LAMPLIT_CORPUS`, or `shared/corpus` beside the checkout. Says so and returns `None`
/// if there is none.
pub fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let folder = env::var_os("LAMPLIT_CORPUS").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: no corpus of essays beside the checkout, nor in LAMPLIT_CORPUS");
        return None;
    }
    Some(folder)
}

/// Returns the files below `folder` with this extension, or all files if it is empty, in order of their paths.
///
/// # Panics
///
/// If a folder cannot be read.
pub fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(files_below(&path, extension));
        } else if extension.is_empty() || path.extension().is_some_and(|own| own == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Splits a text into front matter between fences and body.
pub fn split(source: &str) -> Split<'_> {
    let none = Split { head: None, body_range: 0..source.len() };
    split_knowing(source, &|_, _| KeyClass::Unknown).unwrap_or(none)
}

/// Returns a text without front matter between fences.
pub fn body(source: &str) -> &str {
    &source[split(source).body_range]
}
