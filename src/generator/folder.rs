//! [`recognise`]: the site that a folder on disk is, or is the content of.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::recognised::Recognised;
use super::settings::Source;

/// The largest file of settings that is read, in bytes. An export of Ghost is one file with all posts.
const MAX_SETTINGS: u64 = 8 << 20;

/// How many folders above the content folder may have the files of its generator, as for `src/content` in Astro.
const MAX_ABOVE: usize = 3;

/// A folder on disk.
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
        // A link may lead out of the folder.
        let path = fs::canonicalize(self.0.join(path)).ok().filter(|path| path.starts_with(self.0))?;
        let mut text = String::new();
        let file = fs::File::open(path).ok()?;
        let is_short = file.metadata().ok()?.len() <= MAX_SETTINGS;
        is_short.then(|| file.take(MAX_SETTINGS).read_to_string(&mut text).ok())??;
        Some(text)
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
