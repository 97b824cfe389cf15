//! What a saved file costs, counted and not timed: one text is read from disk, one is parsed, and the pages of the
//! others stay what they are, however large the archive.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use lamplit::capsule::{BuildOptions, Capsule, CapsulePath, Essay, FrontMatterKeys, build};
use lamplit::disk::{self, FolderContents};
use lamplit::markup::markdown::MarkdownOptions;
use lamplit::site::{Lookup, Medium, Site, SiteOptions};
use time::OffsetDateTime;

use crate::support::scratch_folder;

/// Writes an essay that was left alone for a while.
fn write(folder: &Path, number: usize, words: &str) {
    let path = folder.join(format!("{}/essay-{number}.md", number % 7));
    fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
    let day = number % 28 + 1;
    let text = format!("---\ntitle: Essay {number}\ndate: 2024-05-{day:02}\ntags: [a]\n---\n\n{words}\n");
    fs::write(&path, text).expect("writable");
    let file = fs::File::options().write(true).open(&path).expect("there");
    file.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("ours");
}

fn capsule(reading: &FolderContents, previous: Option<&Capsule>) -> Arc<Capsule> {
    let options = BuildOptions {
        now: OffsetDateTime::from_unix_timestamp(1_900_000_000).expect("a time"),
        title: None,
        name: "Essays".to_owned(),
        keys: FrontMatterKeys::default(),
        markdown: MarkdownOptions::STANDARD,
        private: Vec::new(),
    };
    let (capsule, problems) = build(&reading.files, &options, previous);
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(capsule)
}

fn page(site: &Site, essay: &Essay) -> *const u8 {
    let Lookup::Page(page) = site.lookup(&essay.address(), Medium::Gemini) else { panic!("{}", essay.base) };
    page.bytes.as_ptr()
}

#[test]
fn one_saved_file_costs_one_parsed_file_however_large_the_archive() {
    for essays in [10, 1_000] {
        let folder = scratch_folder();
        (0..essays).for_each(|number| write(folder.path(), number, "The lamp is lit."));
        let reading = disk::read(folder.path(), &[], None).expect("a folder");
        let first = capsule(&reading, None);
        let options = SiteOptions::standard("example.org");
        let site = Site::new(Arc::clone(&first), &options, None);
        let pages: Vec<_> = first.essays().iter().map(|essay| page(&site, essay)).collect();

        write(folder.path(), 3, "The lamp is out.");
        let again = disk::read(folder.path(), &[], Some(&reading)).expect("a folder");
        let second = capsule(&again, Some(&first));
        let read = reading.files.iter().zip(&again.files).filter(|(was, is)| !Arc::ptr_eq(was, is)).count();
        // What was not parsed anew is the very same value.
        let parsed: Vec<&CapsulePath> = first
            .essays()
            .iter()
            .zip(second.essays())
            .filter(|(was, is)| !Arc::ptr_eq(was, is))
            .map(|(_, is)| &is.source.path)
            .collect();
        assert_eq!(read, 1, "of {essays} files");
        assert_eq!(parsed.iter().map(|path| path.as_str()).collect::<Vec<_>>(), ["/3/essay-3.md"]);

        let edition = Site::new(Arc::clone(&second), &options, Some(&site));
        let made = second.essays().iter().zip(&pages).filter(|(essay, was)| page(&edition, essay) != **was);
        assert_eq!(made.count(), 1, "pages of {essays} essays");

        // Nothing saved costs nothing.
        let same = disk::read(folder.path(), &[], Some(&again)).expect("a folder");
        let third = capsule(&same, Some(&second));
        assert!(second.essays().iter().zip(third.essays()).all(|(was, is)| Arc::ptr_eq(was, is)));
    }
}
