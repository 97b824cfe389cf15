//! Site generators: what a folder of one says of itself, so that its archive is served as its author configured it.
//!
//! [`Recognised::of`] is pure: it looks at the names of files and the texts of settings that a [`Source`] gives it, and
//! `table` says what they mean for each generator. [`recognise`] does so for a folder on disk.

use std::fs;
use std::path::Path;

use crate::disk;

mod recognised;
mod settings;
mod table;

pub use recognised::Recognised;
pub use settings::{Fact, Source};

/// The largest file of settings that is read, in bytes. An export of Ghost is one file with all posts.
const MAX_SETTINGS: u64 = 8 << 20;

/// How many folders above the content folder may have the files of its generator, as for `src/content` in Astro.
const MAX_ABOVE: usize = 3;

/// A folder at a canonical path.
struct Folder<'a>(&'a Path);

impl Source for Folder<'_> {
    fn exists(&self, path: &str) -> bool {
        self.0.join(path).exists()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    fn text(&self, path: &str) -> Option<String> {
        let read = disk::read_small(self.0, Path::new(path), MAX_SETTINGS);
        read.ok().flatten().map(|(text, _)| text)
    }
}

/// Recognises the site that the folder `named` is or, with `above`, whose content folder it is.
pub fn recognise(named: &Path, above: bool) -> Option<Recognised> {
    let folder = fs::canonicalize(named).ok()?;
    let content_of = |root: &Path| {
        let site = Recognised::of(&Folder(root)).filter(|site| !site.content.is_empty())?;
        let is_content = fs::canonicalize(root.join(&site.content)).is_ok_and(|own| own == folder);
        // Only what lies in the named folder is published: not the pictures beside it.
        is_content.then(|| Recognised { folder: root.to_owned(), statics: None, ..site })
    };
    let mut above = folder.ancestors().skip(1).take(if above { MAX_ABOVE } else { 0 });
    if let Some(site) = above.find_map(content_of) {
        return Some(site);
    }
    let mut site = Recognised::of(&Folder(&folder))?;
    let is_inside =
        |inner: &str| fs::canonicalize(folder.join(inner)).is_ok_and(|own| own.starts_with(&folder));
    named.clone_into(&mut site.folder);
    site.statics = site.statics.filter(|statics| is_inside(statics));
    site.content = Some(site.content).filter(|content| is_inside(content)).unwrap_or_default();
    Some(site)
}
