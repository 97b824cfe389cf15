//! The corpus of real posts.

use std::env;
use std::path::{Path, PathBuf};

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
