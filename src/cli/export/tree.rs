//! [`Tree`]: pages written as files, where servers of static files look for them.
//!
//! The page of a folder is its `index.gmi` for Gemini and its `gophermap` for Gopher; everything else is a file at its
//! address, with the bytes that are served. What a file cannot express is written beside it to `.meta`, which agate
//! reads: the language of a page, redirects, withdrawn addresses. For other servers, an old address is a page that
//! links to the new one.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

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
    /// Of a tree for Gopher, the server whose name and port menus omit, as gophermaps do.
    gopher: Option<Authority>,
    written: HashSet<CapsulePath>,
    /// For each folder, what `.meta` says about its files by name.
    meta: BTreeMap<CapsulePath, BTreeMap<String, String>>,
    problems: Vec<Problem>,
}

impl Tree {
    /// Returns an empty tree at `root`, for Gopher if the name and port of its server are given, else for Gemini.
    pub(super) fn new(root: PathBuf, gopher: Option<Authority>) -> Self {
        Self { root, gopher, written: HashSet::new(), meta: BTreeMap::new(), problems: Vec::new() }
    }

    pub(super) fn add(&mut self, address: &CapsulePath, found: Lookup) -> anyhow::Result<()> {
        match found {
            Lookup::Page(page) => self.page(address, &page),
            Lookup::File(file, _) => {
                let mut source =
                    disk::open_attachment(&file).with_context(|| format!("cannot read `{address}`"))?;
                self.write(address, |target| io::copy(&mut source, &mut File::create(target)?).map(drop))
            }
            Lookup::Search(_) | Lookup::Moved(_) | Lookup::Withdrawn | Lookup::Missing => Ok(()),
        }
    }

    fn page(&mut self, address: &CapsulePath, page: &RenderedPage) -> anyhow::Result<()> {
        let file = self.file(address);
        match &self.gopher {
            Some(own) if page.item_type == '1' => {
                let map = menu::gophermap(&String::from_utf8_lossy(&page.bytes), &own.host, own.port);
                return self.write(&file, |target| fs::write(target, map));
            }
            None if *page.media_type != *media::of(&file).mime => self.add_meta(&file, &page.media_type),
            _ => {}
        }
        self.write(&file, |target| fs::write(target, &page.bytes))
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
            self.write(&stub, |target| fs::write(target, page))?;
            for name in [from, &stub] {
                self.add_meta(name, &format!("31 {}", to.to_url()));
            }
        }
        for path in withdrawn.iter().filter(|path| !path.is_folder()) {
            self.add_meta(path, "52 What stood here has been withdrawn");
        }
        if self.gopher.is_none() {
            for (folder, lines) in &self.meta {
                let lines: String = lines.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
                let folder = self.root.join(folder.as_relative());
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(".meta"), lines)?;
            }
        }
        Ok((self.written.len(), self.problems))
    }

    fn stub(&self, to: &CapsulePath) -> String {
        if self.gopher.is_none() {
            let mut page = Lines::new();
            page.heading(1, "Moved").link(&to.to_url(), "This page has moved here");
            return page.finish();
        }
        let kind = if to.is_folder() { ItemType::Menu } else { ItemType::Text };
        let mut page = Menu::new("", 0);
        page.item(kind, "This page has moved here", &to.to_selector());
        menu::gophermap(&String::from_utf8_lossy(&page.to_bytes()), "", 0)
    }

    fn file(&self, address: &CapsulePath) -> CapsulePath {
        let name = if self.gopher.is_none() { "index.gmi" } else { "gophermap" };
        let folder = Some(address).filter(|address| address.is_folder());
        folder.and_then(|folder| folder.join(name).ok()).unwrap_or_else(|| address.clone())
    }

    /// Writes `file` with `write`, unless it has too long a name or was written before.
    fn write(
        &mut self,
        file: &CapsulePath,
        write: impl FnOnce(&Path) -> io::Result<()>,
    ) -> anyhow::Result<()> {
        if is_too_long(file) {
            let what = format!("`{file}` is left out: file systems have names of at most {MAX_NAME} bytes");
            self.problems.push(Problem::warning(what).hint("give it a shorter `slug`, tag or alias"));
            return Ok(());
        }
        if !self.written.insert(file.clone()) {
            let what = format!("`{file}` is the page of its folder; another file with this name is left out");
            self.problems.push(Problem::warning(what).hint("rename the other file, or give it a `slug`"));
            return Ok(());
        }
        let target = self.root.join(file.as_relative());
        let folder = target.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
        write(&target).with_context(|| format!("cannot write `{}`", target.display()))
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
