//! Pronouns whose noun a reader has to guess, such as *somebody*. Their number in comments and documents only falls.

use std::fs;
use std::path::{Path, PathBuf};

use testkit::files_below;

const VAGUE: [&str; 7] = ["somebody", "nobody", "whoever", "whatever", "everybody", "anybody", "whom"];

/// How often they may stand in the comments of `src`. To be lowered, never raised.
const MAX_IN_COMMENTS: usize = 0;

/// How often they may stand in names and messages in `src`. To be lowered, never raised.
const MAX_IN_CODE: usize = 0;

/// How often they may stand in the documents. To be lowered, never raised.
const MAX_IN_DOCUMENTS: usize = 0;

#[test]
fn vague_words_in_source_only_become_fewer() {
    let (mut comments, mut code) = (Vec::new(), Vec::new());
    for file in files_below(&root().join("src"), "rs") {
        for (line, text) in lines(&file) {
            let comment = comment_start(&text);
            collect(&mut code, &line, &text[..comment]);
            collect(&mut comments, &line, &text[comment..]);
        }
    }
    check(&comments, "MAX_IN_COMMENTS", MAX_IN_COMMENTS);
    check(&code, "MAX_IN_CODE", MAX_IN_CODE);
}

#[test]
fn vague_words_in_documents_only_become_fewer() {
    let top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "config.toml"];
    let files = top.map(|name| root().join(name)).into_iter().chain(files_below(&root().join("docs"), "md"));
    let mut found = Vec::new();
    for file in files {
        for (line, text) in lines(&file) {
            collect(&mut found, &line, &text);
        }
    }
    check(&found, "MAX_IN_DOCUMENTS", MAX_IN_DOCUMENTS);
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the lines of a file, each with its place.
fn lines(file: &Path) -> Vec<(String, String)> {
    let name = file.strip_prefix(root()).unwrap_or(file).display();
    let text = fs::read_to_string(file).expect("a text");
    text.lines().enumerate().map(|(at, line)| (format!("{name}:{}", at + 1), line.to_owned())).collect()
}

/// Returns where the comment of a line of Rust starts.
fn comment_start(line: &str) -> usize {
    let indent = line.len() - line.trim_start().len();
    if line[indent..].starts_with("//") { indent } else { line.find(" // ").unwrap_or(line.len()) }
}

fn collect(found: &mut Vec<String>, place: &str, text: &str) {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let vague = words.filter(|word| VAGUE.contains(&word.to_lowercase().as_str()));
    found.extend(vague.map(|word| format!("  {place}: {word}")));
}

fn check(found: &[String], name: &str, max: usize) {
    let count = found.len();
    assert!(
        count <= max,
        "{count} vague words, and `{name}` is {max}. Name the person or the thing that each stands for:\n{}",
        found.join("\n")
    );
    assert_eq!(count, max, "there are fewer vague words now: lower `{name}`");
}
