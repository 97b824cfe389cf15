//! [`Tree`]: pages written as files, where servers of static files look for them.
//!
//! The page of a folder is its `index.gmi` for Gemini and its `gophermap` for Gopher; everything else is a file at its
//! address, with the bytes that are served. What a file cannot express is written beside it to `.meta`, which agate
//! reads: the language of a page, redirects, withdrawn addresses. For other servers, an old address is a page that
//! links to the new one.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use anyhow::Context;

use crate::capsule::CapsulePath;
use crate::capsule::media;
use crate::disk;
use crate::problem::Problem;
use crate::render::lines::Lines;
use crate::render::menu::{self, ItemType, Menu};
use crate::site::{Authority, Lookup, RenderedPage};

/// The longest name of a file, in bytes.
const MAX_NAME: usize = 255;

pub(super) struct Tree {
    root: PathBuf,
    kind: Kind,
    written: HashSet<CapsulePath>,
    /// For each folder, what `.meta` says about its files by name.
    meta: BTreeMap<CapsulePath, BTreeMap<String, String>>,
    problems: Vec<Problem>,
}

enum Kind {
    Gemini,
    /// With the server whose name and port menus omit, as gophermaps do.
    Gopher(Authority),
}

impl Tree {
    pub(super) fn gemini(root: PathBuf) -> Self {
        Self::new(root, Kind::Gemini)
    }

    pub(super) fn gopher(root: PathBuf, authority: Authority) -> Self {
        Self::new(root, Kind::Gopher(authority))
    }

    fn new(root: PathBuf, kind: Kind) -> Self {
        Self { root, kind, written: HashSet::new(), meta: BTreeMap::new(), problems: Vec::new() }
    }

    pub(super) fn add(&mut self, address: &CapsulePath, found: Lookup) -> anyhow::Result<()> {
        match found {
            Lookup::Page(page) => self.page(address, &page),
            Lookup::File(file, _) => {
                let mut source =
                    disk::open_attachment(&file).with_context(|| format!("cannot read `{address}`"))?;
                let Some(target) = self.claim(address)? else { return Ok(()) };
                let copied = File::create(&target).and_then(|mut to| io::copy(&mut source, &mut to));
                copied.with_context(|| format!("cannot write `{}`", target.display()))?;
                Ok(())
            }
            Lookup::Search(_) | Lookup::Moved(_) | Lookup::Withdrawn | Lookup::Missing => Ok(()),
        }
    }

    fn page(&mut self, address: &CapsulePath, page: &RenderedPage) -> anyhow::Result<()> {
        let file = self.file(address);
        if let Kind::Gopher(own) = &self.kind
            && page.item_type == '1'
        {
            let map = menu::gophermap(&String::from_utf8_lossy(&page.bytes), &own.host, own.port);
            return self.write(&file, map.as_bytes());
        }
        if matches!(self.kind, Kind::Gemini) && *page.media_type != *media::of(&file).mime {
            self.add_meta(&file, &page.media_type);
        }
        self.write(&file, &page.bytes)
    }

    /// Writes redirects of the addresses that `moved` and the `.meta` files, which also list the `withdrawn` addresses.
    /// Returns the number of files, and the files that could not be written.
    pub(super) fn finish(
        mut self,
        moved: &[(CapsulePath, CapsulePath)],
        withdrawn: &[CapsulePath],
    ) -> anyhow::Result<(usize, Vec<Problem>)> {
        for (from, to) in moved {
            let stub = self.file(&from.to_folder());
            if self.written.contains(&stub) || self.written.contains(from) {
                continue;
            }
            let page = self.stub(to);
            self.write(&stub, page.as_bytes())?;
            for name in [from, &stub] {
                self.add_meta(name, &format!("31 {}", to.to_url()));
            }
        }
        for path in withdrawn.iter().filter(|path| !path.is_folder()) {
            self.add_meta(path, "52 What stood here has been withdrawn");
        }
        if matches!(self.kind, Kind::Gemini) {
            for (folder, lines) in std::mem::take(&mut self.meta) {
                let lines: Vec<String> =
                    lines.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
                let folder = self.root.join(folder.as_relative());
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(".meta"), lines.concat())?;
            }
        }
        Ok((self.written.len(), self.problems))
    }

    fn stub(&self, to: &CapsulePath) -> String {
        match self.kind {
            Kind::Gemini => {
                let mut page = Lines::new();
                page.heading(1, "Moved").link(&to.to_url(), "This page has moved here");
                page.finish()
            }
            Kind::Gopher(_) => {
                let kind = if to.is_folder() { ItemType::Menu } else { ItemType::Text };
                let mut page = Menu::new("", 0);
                page.item(kind, "This page has moved here", &to.to_selector());
                menu::gophermap(&String::from_utf8_lossy(&page.to_bytes()), "", 0)
            }
        }
    }

    fn file(&self, address: &CapsulePath) -> CapsulePath {
        let name = match self.kind {
            Kind::Gemini => "index.gmi",
            Kind::Gopher(_) => "gophermap",
        };
        if address.is_folder() {
            address.join(name).unwrap_or_else(|_| address.clone())
        } else {
            address.clone()
        }
    }

    fn write(&mut self, file: &CapsulePath, bytes: &[u8]) -> anyhow::Result<()> {
        let Some(target) = self.claim(file)? else { return Ok(()) };
        fs::write(&target, bytes).with_context(|| format!("cannot write `{}`", target.display()))
    }

    fn claim(&mut self, file: &CapsulePath) -> anyhow::Result<Option<PathBuf>> {
        if is_too_long(file) {
            let what = format!("`{file}` is left out: file systems have names of at most {MAX_NAME} bytes");
            self.problems.push(Problem::warning(what).hint("give it a shorter `slug`, tag or alias"));
            return Ok(None);
        }
        if !self.written.insert(file.clone()) {
            let problem = Problem::warning(format!(
                "`{file}` is the page of its folder; another file with this name is left out"
            ));
            self.problems.push(problem.hint("rename the other file, or give it a `slug`"));
            return Ok(None);
        }
        let target = self.root.join(file.as_relative());
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
        }
        Ok(Some(target))
    }

    /// Adds a line about `path` to `.meta`, unless its name has characters with a meaning there.
    fn add_meta(&mut self, path: &CapsulePath, value: &str) {
        let name = path.name();
        if !name.is_empty()
            && !is_too_long(path)
            && !name.contains([':', '=', '#', ';', '*', '?', '[', ']', '\\', '{', '}'])
        {
            self.meta.entry(path.parent()).or_default().insert(name.to_owned(), value.to_owned());
        }
    }
}

fn is_too_long(file: &CapsulePath) -> bool {
    file.segments().any(|name| name.len() > MAX_NAME)
}
