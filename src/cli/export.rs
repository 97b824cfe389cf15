//! `lamplit export`: writes a copy of a capsule for servers of static files.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, bail, ensure};
use ignore::{DirEntry, WalkBuilder};

use super::arguments::{NamedArchive, require_capsule};
use crate::capsule::{CapsulePath, media};
use crate::config::{Capsule, Overrides};
use crate::problem::{Problem, Severity};
use crate::publish::{CapsuleSnapshot, PublishOptions};
use crate::render::lines::Lines;
use crate::render::menu::{self, ItemType, Menu};
use crate::site::{Authority, Lookup, Medium, RenderedPage, Site};

/// The file that marks a folder as an export. After its first line, it lists the files that may be replaced.
const MARKER: &str = ".lamplit-export";

const MARKER_TEXT: &str = "Written by `lamplit export`, which replaces these files and keeps all others:\n";

/// The longest name of a file, in bytes.
const MAX_NAME: usize = 255;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "OUT")]
    out: PathBuf,
    #[command(flatten)]
    archive: NamedArchive,
    #[arg(long, conflicts_with = "gopher")]
    gemini: bool,
    #[arg(long)]
    gopher: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let config = arguments.archive.load(Overrides::default())?;
    require_capsule(&config, "name its folder and host: `lamplit export OUT DIR --hostname NAME`")?;
    let destination = Destination::prepare(&arguments.out, &config.capsules)?;
    let mut files = 0;
    for capsule in &config.capsules {
        // Static files cannot answer a search.
        let mut options = PublishOptions { with_areas: false, ..PublishOptions::new(&config, capsule) };
        options.site.search = false;
        let (snapshot, _) = CapsuleSnapshot::read(&options, time::OffsetDateTime::now_utc())?;
        for problem in snapshot.problems.iter().filter(|problem| problem.severity == Severity::Error) {
            eprintln!("{problem}");
        }
        let (site, host) = (snapshot.site, &*capsule.hosts[0]);
        let gopher = site.options().gopher.clone().filter(|_| !arguments.gemini);
        ensure!(gopher.is_some() || !arguments.gopher, "`{host}` is not served over Gopher");
        let folder = if config.capsules.len() > 1 { host } else { "" };
        let tree = |name, gopher| Tree { root: destination.draft.join(name).join(folder), gopher, ..Tree::default() };
        let gemini = (!arguments.gopher).then(|| (tree("gemini", None), Medium::Gemini));
        let gopher = gopher.map(|authority| (tree("gopher", Some(authority)), Medium::Gopher));
        for (mut tree, medium) in gemini.into_iter().chain(gopher) {
            let addresses = site.addresses(medium);
            addresses.iter().try_for_each(|address| tree.add(address, site.lookup(address, medium)))?;
            files += tree.finish(&site, medium)?;
        }
    }
    destination.replace()?;
    eprintln!("{files} files written to {}", destination.out.display());
    Ok(())
}

/// The folder of an export. It is written beside the folder it replaces, and removed on drop if it replaced none.
struct Destination {
    out: PathBuf,
    draft: PathBuf,
}

impl Destination {
    fn prepare(out: &Path, capsules: &[Capsule]) -> anyhow::Result<Self> {
        let shown = out.display();
        let out = canonical(out).with_context(|| format!("cannot create `{shown}`"))?;
        for Capsule { content, .. } in capsules {
            let content = fs::canonicalize(content).unwrap_or_else(|_| content.clone());
            if out.starts_with(&content) || content.starts_with(&out) {
                let what = format!("`{shown}` and the essays in `{}` overlap", content.display());
                bail!(Problem::error(what).hint("name a folder beside the essays, which are never modified"));
            }
        }
        let entries = out.exists().then(|| fs::read_dir(&out)).transpose();
        let entries = entries.with_context(|| format!("cannot replace `{shown}`"))?;
        if entries.into_iter().flatten().next().is_some() && !out.join(MARKER).is_file() {
            let problem = Problem::error(format!("`{shown}` is neither empty nor an earlier export"));
            bail!(problem.hint("name a new folder, or empty this one"));
        }
        let draft = beside(&out, "new");
        fs::create_dir(&draft).with_context(|| format!("cannot create `{}`", draft.display()))?;
        let destination = Self { out, draft };
        if let Ok(replaced) = fs::metadata(&destination.out) {
            // With the set-group bit, what is written below gets the group too.
            let _ = chown(&destination.draft, None, Some(replaced.gid()));
            fs::set_permissions(&destination.draft, replaced.permissions())?;
        }
        Ok(destination)
    }

    /// Replaces the files of the earlier export by those of this one, and keeps all others.
    fn replace(&self) -> anyhow::Result<()> {
        let Self { out, draft } = self;
        let made: Vec<String> = files(draft)?.iter().map(|file| file.display().to_string()).collect();
        fs::write(draft.join(MARKER), format!("{MARKER_TEXT}{}\n", made.join("\n")))?;
        fs::create_dir_all(out)?;
        let old = beside(out, "old");
        let rename = |from: &Path, to: &Path| {
            fs::rename(from, to).with_context(|| format!("cannot move `{}` to `{}`", from.display(), to.display()))
        };
        rename(out, &old)?;
        let others = self.others(&old).and_then(|others| rename(draft, out).map(|()| others));
        if others.is_err() {
            rename(&old, out)?;
        }
        for file in others? {
            fs::create_dir_all(out.join(&file).parent().unwrap_or(out))?;
            rename(&old.join(&file), &out.join(&file))?;
        }
        fs::remove_dir_all(&old).with_context(|| format!("cannot remove `{}`", old.display()))
    }

    /// Returns what no export made in the folder `old`; a folder as a whole unless exports put files there too. Fails
    /// if something is in the way of this export.
    fn others(&self, old: &Path) -> anyhow::Result<Vec<PathBuf>> {
        let made = fs::read_to_string(old.join(MARKER)).unwrap_or_default();
        let made: HashSet<&Path> = made.lines().skip(1).chain([MARKER]).map(Path::new).collect();
        let folders: HashSet<&Path> = made.iter().flat_map(|file| file.ancestors().skip(1)).collect();
        let (mut others, mut pending) = (Vec::new(), vec![PathBuf::new()]);
        while let Some(folder) = pending.pop() {
            for entry in fs::read_dir(old.join(&folder))? {
                let entry = entry?;
                let (path, is_folder) = (folder.join(entry.file_name()), entry.file_type()?.is_dir());
                if is_folder && (folders.contains(&*path) || self.draft.join(&path).is_dir()) {
                    pending.push(path);
                } else if is_folder || !made.contains(&*path) {
                    others.push(path);
                }
            }
        }
        let is_file = |path: &Path| self.draft.join(path).is_file();
        let is_in_the_way = |file: &&PathBuf| self.draft.join(file).exists() || file.ancestors().any(is_file);
        if let Some(file) = others.iter().find(is_in_the_way) {
            let what = format!("`{}` was not made by an export, and is in its way", file.display());
            bail!(Problem::error(what).hint("move it elsewhere, or name a new folder"));
        }
        Ok(others)
    }
}

/// Returns the files below `root`, by their paths relative to it.
fn files(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let is_folder = |entry: &DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
    let walk = WalkBuilder::new(root).standard_filters(false).sort_by_file_name(Ord::cmp).build();
    let files = walk.filter(|entry| !entry.as_ref().is_ok_and(is_folder));
    files.map(|file| Ok(file?.path().strip_prefix(root)?.to_owned())).collect()
}

impl Drop for Destination {
    fn drop(&mut self) {
        // After `replace`, there is no such folder.
        let _ = fs::remove_dir_all(&self.draft);
    }
}

fn canonical(out: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(out).or_else(|_| {
        let out = absolute(out)?;
        let (parent, name) = out.parent().zip(out.file_name()).ok_or(io::ErrorKind::InvalidInput)?;
        fs::create_dir_all(parent)?;
        Ok(fs::canonicalize(parent)?.join(name))
    })
}

fn beside(out: &Path, what: &str) -> PathBuf {
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    out.with_file_name(format!(".{name}.{what}-{}", std::process::id()))
}

/// Pages written as files, where servers of static files look for them.
///
/// The page of a folder is its `index.gmi` for Gemini and its `gophermap` for Gopher; everything else is a file at its
/// address, with the bytes that are served. What a file cannot express is written beside it to `.meta`, which agate
/// reads: the language of a page, redirects, withdrawn addresses. Elsewhere, an old address is a page with a link.
#[derive(Default)]
struct Tree {
    root: PathBuf,
    /// The server whose name and port menus omit, as gophermaps do; `None` in a tree for Gemini.
    gopher: Option<Authority>,
    written: HashSet<CapsulePath>,
    /// For each folder, the lines of `.meta` by the name of the file that they are about.
    meta: BTreeMap<CapsulePath, BTreeMap<String, String>>,
}

impl Tree {
    fn add(&mut self, address: &CapsulePath, found: Lookup) -> anyhow::Result<()> {
        match found {
            Lookup::Page(page) => self.page(address, &page),
            Lookup::File(file, _) => {
                let mut source =
                    crate::disk::open_attachment(&file).with_context(|| format!("cannot read `{address}`"))?;
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

    /// Writes redirects and the `.meta` files, which also list withdrawn addresses; returns the number of files.
    fn finish(mut self, site: &Site, medium: Medium) -> anyhow::Result<usize> {
        for (from, to) in &site.moved(medium) {
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
        for path in site.options().gone.iter().filter(|path| !path.is_folder()) {
            self.add_meta(path, "52 What stood here has been withdrawn");
        }
        if self.gopher.is_none() {
            for (folder, lines) in &self.meta {
                let lines: String = lines.values().map(String::as_str).collect();
                let folder = self.root.join(folder.as_relative());
                fs::create_dir_all(&folder)?;
                fs::write(folder.join(".meta"), lines)?;
            }
        }
        Ok(self.written.len())
    }

    fn stub(&self, to: &CapsulePath) -> String {
        if self.gopher.is_none() {
            let mut page = Lines::default();
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

    /// Writes `file` with `write`. Warns instead if it has too long a name or was written before.
    fn write(&mut self, file: &CapsulePath, write: impl FnOnce(&Path) -> io::Result<()>) -> anyhow::Result<()> {
        if is_too_long(file) {
            let what = format!("`{file}` is left out: file systems have names of at most {MAX_NAME} bytes");
            eprintln!("{}", Problem::warning(what).hint("give it a shorter `slug`, tag or alias"));
            return Ok(());
        }
        if !self.written.insert(file.clone()) {
            let what = format!("`{file}` is the page of its folder; another file with this name is left out");
            eprintln!("{}", Problem::warning(what).hint("rename the other file, or give it a `slug`"));
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
        let has_sign = name.contains([':', '=', '#', ';', '*', '?', '[', ']', '\\', '{', '}']);
        if !name.is_empty() && !is_too_long(path) && !has_sign {
            self.meta.entry(path.parent()).or_default().insert(name.to_owned(), format!("{name}: {value}\n"));
        }
    }
}

fn is_too_long(file: &CapsulePath) -> bool {
    file.segments().any(|name| name.len() > MAX_NAME)
}
