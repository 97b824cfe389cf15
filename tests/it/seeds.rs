//! The checks of the fuzzers, asked of what is at hand: the seeds they start from and posts that people wrote.

use std::fs;
use std::path::{Path, PathBuf};

use testkit::checks::{Check, TARGETS};
use testkit::corpus;

#[test]
fn seeds_hold_what_fuzzers_ask() {
    for (name, check) in TARGETS {
        let seeds = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(name));
        assert!(!seeds.is_empty(), "no seeds for {name}");
        ask(name, check, &seeds);
    }
}

#[test]
fn real_posts_hold_what_fuzzers_ask() {
    let Some(corpus) = corpus() else { return };
    let mut posts = files(&corpus);
    posts.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    assert!(!posts.is_empty(), "no posts in {}", corpus.display());
    for (name, check) in TARGETS {
        // Every post is searched in a test of its own; to make an index of each takes as long as all the rest.
        let posts: Vec<PathBuf> =
            posts.iter().step_by(if name == "search" { 16 } else { 1 }).cloned().collect();
        ask(name, check, &posts);
    }
}

/// Asks each file, and names the first that fails.
fn ask(name: &str, check: Check, files: &[PathBuf]) {
    for path in files {
        let bytes = fs::read(path).expect("a readable file");
        if let Err(wrong) = std::panic::catch_unwind(|| check(&bytes)) {
            eprintln!("{name}: {}", path.display());
            std::panic::resume_unwind(wrong);
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
