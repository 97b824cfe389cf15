//! What an author's files may cost: see [`crate::checks`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs, process};

use lamplit::capsule::build;
use lamplit::disk::{self, ReadLimits};
use lamplit::site::{Lookup, Medium, Site, lint};
use time::OffsetDateTime;

use super::LATER;
use crate::capsule::{build_options, site_options, sources};

/// The names of the files, one for each part of the input.
const NAMES: [&str; 6] = ["/index.md", "/2024-05-01-a.md", "/films/b.md", "/films/_index.md", "/films/c.gmi", "/d.txt"];

/// Builds a site of the parts between zero bytes, looks up every page, and prints every problem: nothing may grow faster
/// than the text.
pub(super) fn site(bytes: &[u8]) {
    let files: Vec<(&str, &[u8])> = NAMES.into_iter().zip(bytes.split(|&byte| byte == 0)).collect();
    let (capsule, mut problems) = build(&sources(&files), &build_options(LATER), None);
    let site = Site::new(Arc::new(capsule), &site_options(), None);
    problems.extend(lint(&site, OffsetDateTime::from_unix_timestamp(LATER).expect("a time")));
    let printed: usize = problems.iter().map(|problem| problem.to_string().len()).sum();
    let most = bytes.len() * 100 + 100_000;
    assert!(printed <= most, "{printed} bytes of messages for {} bytes", bytes.len());
    let kept: usize = problems.iter().map(lamplit::problem::Problem::bytes).sum();
    assert!(kept <= most, "{kept} bytes of problems for {} bytes", bytes.len());
    for medium in [Medium::Gemini, Medium::Gopher] {
        let pages = site.addresses(medium).into_iter().filter_map(|address| match site.lookup(&address, medium) {
            Lookup::Page(page) => Some(page.bytes.len()),
            _ => None,
        });
        let pages: usize = pages.sum();
        assert!(pages <= most * 2, "{pages} bytes of pages for {} bytes", bytes.len());
    }
}

/// Reads a folder whose file of patterns holds the input: no mistake is reported more often than there are lines, and
/// what no pattern can match stays.
pub(super) fn ignore_file(bytes: &[u8]) {
    let folder = scratch_folder();
    fs::write(folder.join(".capsuleignore"), bytes).expect("writable");
    fs::write(folder.join("essay.md"), "# Essay\n").expect("writable");
    let contents = disk::read(&folder, &[], &[], &[], None, ReadLimits::NONE).expect("a folder");
    let lines = bytes.split(|byte| b"\r\n".contains(byte)).count();
    assert!(contents.problems.len() <= lines, "{} problems of {lines} lines", contents.problems.len());
    let most = bytes.len() * 1_000 + 100_000;
    assert!(contents.bytes() <= most, "{} bytes for {} bytes of patterns", contents.bytes(), bytes.len());
    for problem in &contents.problems {
        assert!(problem.to_string().len() <= bytes.len() * 4 + 2_000, "{problem}");
    }
}

/// Returns a folder of this process for one file of patterns, in memory where the system has that.
fn scratch_folder() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
    let folder = parent.join(format!("lamplit-patterns-{}", process::id()));
    fs::create_dir_all(&folder).expect("writable");
    folder
}
