//! [`Tree`]: addresses as files, in the way that servers of files find them.
//!
//! A page of a folder is its `index.gmi` for Gemini and its `gophermap` for Gopher; everything else is a file at its
//! address, with the bytes that readers get. What a file cannot say stands beside it in `.meta`, which agate reads:
//! the language of a page, where something has moved, what is gone. For other servers an address of the past is a
//! page that leads to the new one.

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

pub(super) struct Tree {
    root: PathBuf,
    kind: Kind,
    /// The files that are there, as paths.
    written: HashSet<CapsulePath>,
    /// What is said beside the files of a folder, by their names.
    meta: BTreeMap<CapsulePath, BTreeMap<String, String>>,
    /// What could not be written.
    problems: Vec<Problem>,
}

enum Kind {
    Gemini,
    /// With the server that menus name as their own.
    Gopher(Authority),
}

impl Tree {
    pub(super) fn gemini(root: PathBuf) -> Self {
        Self {
            root,
            kind: Kind::Gemini,
            written: HashSet::new(),
            meta: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn gopher(root: PathBuf, authority: Authority) -> Self {
        Self {
            root,
            kind: Kind::Gopher(authority),
            written: HashSet::new(),
            meta: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// Writes what stands at `address`.
    pub(super) fn add(&mut self, address: &CapsulePath, found: Lookup) -> anyhow::Result<()> {
        match found {
            Lookup::Page(page) => self.page(address, &page),
            Lookup::File(file, _) => {
                let mut source =
                    disk::open_attachment(&file).with_context(|| format!("`{address}` cannot be read"))?;
                let Some(target) = self.claim(address)? else { return Ok(()) };
                let copied = File::create(&target).and_then(|mut to| io::copy(&mut source, &mut to));
                copied.with_context(|| format!("`{}` cannot be written", target.display()))?;
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
        if matches!(self.kind, Kind::Gemini)
            && *page.media_type != *media::of_extension(file.extension()).mime
        {
            self.say(&file, &page.media_type);
        }
        self.write(&file, &page.bytes)
    }

    /// Writes what no page says: where things have `moved`, and what is `gone`. Gives the number of files, and
    /// what could not be written.
    pub(super) fn finish(
        mut self,
        moved: &[(CapsulePath, CapsulePath)],
        gone: &[CapsulePath],
    ) -> anyhow::Result<(usize, Vec<Problem>)> {
        for (from, to) in moved {
            let stub = self.file(&from.to_folder());
            if self.written.contains(&stub) || self.written.contains(from) {
                continue;
            }
            let page = self.stub(to);
            self.write(&stub, page.as_bytes())?;
            for name in [from, &stub] {
                self.say(name, &format!("31 {}", to.to_url()));
            }
        }
        for path in gone.iter().filter(|path| !path.is_folder()) {
            self.say(path, "52 What stood here has been withdrawn");
        }
        if matches!(self.kind, Kind::Gemini) {
            for (folder, lines) in std::mem::take(&mut self.meta) {
                let lines: Vec<String> =
                    lines.iter().map(|(name, said)| format!("{name}: {said}\n")).collect();
                let folder = self.root.join(relative(&folder));
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(".meta"), lines.concat())?;
            }
        }
        Ok((self.written.len(), self.problems))
    }

    /// The page at an address of the past.
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

    /// The file of the page at `address`.
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
        fs::write(&target, bytes).with_context(|| format!("`{}` cannot be written", target.display()))
    }

    /// The place of `file`, in a folder that is there; none if another page has it already.
    fn claim(&mut self, file: &CapsulePath) -> anyhow::Result<Option<PathBuf>> {
        if !self.written.insert(file.clone()) {
            let problem = Problem::warning(format!(
                "`{file}` is the page of its folder; what has that name is left out"
            ));
            self.problems.push(problem.hint("give it another name, or a `slug` of its own"));
            return Ok(None);
        }
        let target = self.root.join(relative(file));
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
        }
        Ok(Some(target))
    }

    /// Notes in `.meta` what a server should say of `path`. Names that mean something else there have to do without.
    fn say(&mut self, path: &CapsulePath, said: &str) {
        let name = path.name();
        if !name.is_empty() && !name.contains([':', '=', '#', ';', '*', '?', '[', ']', '\\', '{', '}']) {
            self.meta.entry(path.parent()).or_default().insert(name.to_owned(), said.to_owned());
        }
    }
}

fn relative(path: &CapsulePath) -> &str {
    path.as_relative()
}
