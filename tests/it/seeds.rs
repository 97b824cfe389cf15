//! The checks of the fuzz targets, run on their seeds and on real posts.

use std::fs;
use std::path::{Path, PathBuf};

use testkit::checks::{Check, TARGETS};
use testkit::{corpus, files_below};

#[test]
fn fuzz_checks_hold_for_the_seeds() {
    for (name, check) in TARGETS {
        let seeds = files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(name), "");
        assert!(!seeds.is_empty(), "no seeds for {name}");
        ask(name, check, &seeds);
    }
}

#[test]
fn fuzz_checks_hold_for_real_posts() {
    let Some(corpus) = corpus() else { return };
    let posts = files_below(&corpus, "md");
    assert!(!posts.is_empty(), "no posts in {}", corpus.display());
    for (name, check) in TARGETS {
        // These make an index for each post, which takes as long as all the rest.
        let step = if matches!(name, "search" | "held_back") { 16 } else { 1 };
        let posts: Vec<PathBuf> = posts.iter().step_by(step).cloned().collect();
        ask(name, check, &posts);
    }
}

/// Runs a check on each file, and names the first that fails.
fn ask(name: &str, check: Check, files: &[PathBuf]) {
    for path in files {
        let bytes = fs::read(path).expect("a readable file");
        if let Err(wrong) = std::panic::catch_unwind(|| check(&bytes)) {
            eprintln!("{name}: {}", path.display());
            std::panic::resume_unwind(wrong);
        }
    }
}
