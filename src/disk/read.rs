//! [`read`]: walks through a content folder, decides what may be published, and reports what is left out.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::contents::{FolderContents, SETTINGS_FILE, VANISHED, read_small};
use super::files::{CHANGING, Files};
use super::ignore::{self, CONFIGURATION, Exclusion, Rules, TOOLS, is_hidden};
use super::names::ToolFile;
use super::open::unreported;
use super::stamp::{FileIdentity, identity};
use crate::capsule::{CapsulePath, PrivateArea, draft_names};
use crate::problem::Problem;

/// Bytes that a name in a folder counts for, published or not: about what an attachment takes while it is loaded.
const NAME_COST: u64 = 4_000;

/// Returns the bytes that the lines of a file of patterns count for, by the time and memory of compiling them. Those
/// without wildcards are looked up by name.
fn pattern_cost<'a>(lines: impl IntoIterator<Item = &'a str>) -> u64 {
    let cost =
        |line: &str| if line.contains(['*', '?', '[', '{']) { 4_096 * line.len() } else { 32 * (line.len() + 32) };
    lines.into_iter().map(|line| cost(line) as u64).sum()
}

/// The deepest folder that is read. Real archives have up to twelve levels, and an address has at most 1,024 bytes.
const MAX_DEPTH: usize = 64;

/// What reading a folder may cost.
#[derive(Debug, Clone, Copy)]
pub struct ReadLimits {
    /// Upper bound for the bytes of texts, names and patterns, checked before any text is read.
    pub bytes: u64,
    /// Upper bound for the time in which the folder is listed.
    pub time: Duration,
}

impl ReadLimits {
    /// No limits, for folders of the operator.
    pub const NONE: Self = Self { bytes: u64::MAX, time: Duration::MAX };
}

/// Reads everything below `root` that may be published, within `limits`.
///
/// Left out with a problem: what cannot be read, texts above 4 MiB, links that lead out of the folder or to something
/// that is left out or `private` where it lies, and folders below the 64th level. Left out silently: hidden names. Left
/// out and listed: the [`SETTINGS_FILE`], files of tools ([`ToolFile`]), and what valid patterns of gitignore exclude.
/// These are in `ignore`, in files `.capsuleignore`, and, with the lowest precedence, in `tools` (those of a site
/// generator). Files unchanged since `previous` are shared with it.
///
/// It is an error if the folder itself cannot be read, holds too much, or is replaced meanwhile.
pub fn read(
    root: &Path,
    ignore: &[String],
    tools: &[String],
    private: &[PrivateArea],
    previous: Option<&FolderContents>,
    limits: ReadLimits,
) -> io::Result<FolderContents> {
    let canonical = fs::canonicalize(root)?;
    let folder = identity(&fs::metadata(&canonical)?);
    fs::read_dir(&canonical)?;
    if pattern_cost(tools.iter().map(String::as_str)) > limits.bytes {
        return Err(io::Error::other("the settings of its site generator have too many patterns"));
    }
    let mut files = Files::new(Arc::from(&*canonical), previous);
    let tools = files.rules(TOOLS.into(), &tools.join("\n"), None, None);
    let configured = files.rules(CONFIGURATION.into(), &ignore.join("\n"), None, Some(tools));
    let mut walk = Walk {
        root: &canonical,
        private,
        configured,
        pending: vec![PathBuf::new()],
        links: BTreeSet::new(),
        rules: HashMap::new(),
        visited: HashSet::new(),
        started: Instant::now(),
        left: limits,
        files,
    };
    walk.list(limits)?;
    let contents = walk.files.finish();
    // If the folder was replaced while it was read, its missing files were not deleted.
    if identity(&fs::metadata(&canonical)?) != folder {
        return Err(io::Error::other("another folder took its place while it was read"));
    }
    Ok(contents)
}

struct Walk<'a> {
    root: &'a Path,
    private: &'a [PrivateArea],
    /// The patterns of the configuration.
    configured: Arc<Rules>,
    /// Folders still to be listed, relative to the root.
    pending: Vec<PathBuf>,
    /// Links still to be followed, relative to the root.
    links: BTreeSet<PathBuf>,
    /// The rules in each listed folder.
    rules: HashMap<PathBuf, Arc<Rules>>,
    /// Identities of listed folders: links may form a circle.
    visited: HashSet<FileIdentity>,
    started: Instant,
    left: ReadLimits,
    files: Files<'a>,
}

impl Walk<'_> {
    /// Lists every folder. Fails if that exceeds the `limits`.
    ///
    /// Links are followed after all folders were listed, in the order of their names: a folder is listed once, and in
    /// any other order the file system would decide whether it keeps its address or gets that of a link to it.
    fn list(&mut self, limits: ReadLimits) -> io::Result<()> {
        while !self.is_over() {
            if let Some(folder) = self.pending.pop() {
                self.folder(&folder);
            } else if let Some(link) = self.links.pop_first() {
                self.link(link);
            } else {
                return Ok(());
            }
        }
        Err(io::Error::other(if self.left.bytes == 0 {
            format!("it holds more than the {} MB that may be loaded", limits.bytes / 1_000_000)
        } else {
            format!("listing it takes longer than {} s", limits.time.as_secs())
        }))
    }

    fn is_over(&self) -> bool {
        self.left.bytes == 0 || self.started.elapsed() > self.left.time
    }

    fn spend(&mut self, bytes: u64) {
        self.left.bytes = self.left.bytes.saturating_sub(bytes);
    }

    fn folder(&mut self, relative: &Path) {
        if relative.iter().count() > MAX_DEPTH {
            return self.files.skip(relative, &format!("lies deeper than {MAX_DEPTH} folders"));
        }
        let absolute = self.root.join(relative);
        let visited = &mut self.visited;
        let entries = fs::metadata(&absolute)
            .and_then(|metadata| visited.insert(identity(&metadata)).then(|| fs::read_dir(&absolute)).transpose());
        let entries = match entries {
            Ok(Some(entries)) => entries,
            Ok(None) => return,
            Err(error) => return self.files.skip_unreadable(relative, &error),
        };
        let contents = &mut self.files.contents;
        contents.unreported = contents.unreported.or_else(|| unreported(&absolute));
        let Some(rules) = self.rules(relative) else { return };
        self.rules.insert(relative.to_owned(), Arc::clone(&rules));
        for entry in entries {
            self.spend(NAME_COST);
            if self.is_over() {
                return;
            }
            match entry {
                Ok(entry) => self.entry(relative, &entry, &rules),
                Err(error) => self.files.skip_unreadable(relative, &error),
            }
        }
    }

    /// Returns the rules of a folder and those above it, or `None` if its own, which may hide any file, cannot be read.
    fn rules(&mut self, relative: &Path) -> Option<Arc<Rules>> {
        let above = Arc::clone(relative.parent().map_or(&self.configured, |folder| &self.rules[folder]));
        let name = relative.join(ignore::FILE);
        let shown = name.display();
        let known = self.files.previous.and_then(|previous| previous.patterns.get(&name));
        let is_kept = |text: &str, since: Instant| !text.trim().is_empty() && since.elapsed() < VANISHED;
        let kept = known.map(|(known, since)| (&known.text, since.unwrap_or_else(Instant::now)));
        let kept = kept.filter(|(text, since)| is_kept(text, *since));
        let (text, missing_since) = match (read_small(self.root, &name, ignore::MAX_FILE), kept) {
            (Ok(Some((text, true))), _) if !text.trim().is_empty() => (text, None),
            (Ok(Some((text, _))), None) => (text, None),
            (Ok(None), None) => return Some(above),
            (Err(error), None) => {
                let what = format!("`{shown}` cannot be read, so its folder is left out: {error}");
                let problem = Problem::error(what).hint("it must be a short file of UTF-8 text");
                self.files.report(&name, problem);
                return None;
            }
            (read, Some((text, since))) => {
                self.files.contents.ask_again(CHANGING);
                if !matches!(read, Ok(Some((_, false)))) {
                    let why = read.err().map(|error| format!("cannot be read: {error}"));
                    let why = why.as_deref().unwrap_or("is missing or empty");
                    let what = format!("`{shown}` {why}; its last patterns apply for {} s", VANISHED.as_secs());
                    self.files.report(&name, Problem::warning(what));
                }
                (text.clone(), Some(since))
            }
        };
        self.spend(pattern_cost(text.lines()));
        if self.is_over() {
            return None;
        }
        let rules = self.files.rules(name, &text, missing_since, Some(above));
        self.files.contents.problems.extend(rules.own.problems.iter().cloned());
        Some(rules)
    }

    fn entry(&mut self, folder: &Path, entry: &DirEntry, rules: &Rules) {
        let name = entry.file_name();
        let relative = folder.join(&name);
        let Some(name) = name.to_str() else { return self.files.skip(&relative, "has a name that is not UTF-8") };
        if is_hidden(name.as_ref()) || name.starts_with("..") {
            return self.files.note_renamed(entry);
        }
        let Ok(kind) = entry.file_type() else { return };
        if name == SETTINGS_FILE && folder.as_os_str().is_empty() {
            // No pattern can include the settings.
            return self.files.leave_out(&relative, Exclusion::Name(ToolFile::Configuration));
        }
        if kind.is_symlink() {
            self.links.insert(relative);
        } else if let Some(exclusion) = rules.exclusion(&relative, kind.is_dir()) {
            if exclusion == Exclusion::Name(ToolFile::Temporary) {
                self.files.note_renamed(entry);
            }
            self.files.leave_out(&relative, exclusion);
        } else {
            match entry.metadata() {
                Ok(metadata) => self.publish(relative, metadata, false),
                Err(error) => self.files.skip_unreadable(&relative, &error),
            }
        }
    }

    /// Follows a link, unless its target is private, ignored or hidden at its own place.
    fn link(&mut self, relative: PathBuf) {
        let rules = relative.parent().map_or(&self.configured, |folder| &self.rules[folder]);
        if let Some(exclusion) = rules.exclusion(&relative, self.root.join(&relative).is_dir()) {
            return self.files.leave_out(&relative, exclusion);
        }
        match self.target(&relative) {
            Ok(metadata) => self.publish(relative, metadata, true),
            Err(why) => self.files.skip(&relative, &why),
        }
    }

    /// Returns the metadata of what a link leads to, or why it is not followed.
    fn target(&self, relative: &Path) -> Result<Metadata, String> {
        let target = fs::canonicalize(self.root.join(relative));
        let target = target.map_err(|error| format!("is a link that leads nowhere: {error}"))?;
        let real = target.strip_prefix(self.root);
        let real = real.map_err(|_| "is a link that leads out of the content folder".to_owned())?;
        match self.concealed(relative, real, target.is_dir()) {
            Some(reason) => Err(format!("is a link to `{}`, which {reason}", real.display())),
            None => fs::metadata(&target).map_err(|error| format!("cannot be read: {error}")),
        }
    }

    /// Publishes a file, a link to one, or the files of a folder.
    fn publish(&mut self, relative: PathBuf, metadata: Metadata, is_link: bool) {
        if metadata.is_dir() {
            self.pending.push(relative);
        } else if metadata.is_file() {
            let bytes = self.files.add(&relative, metadata, is_link);
            self.spend(bytes);
        } else {
            self.files.skip(&relative, "is neither a file nor a folder");
        }
    }

    /// Returns why a link at `address` must not lead to `real`, or `None` if it may.
    fn concealed(&self, address: &Path, real: &Path, is_folder: bool) -> Option<&'static str> {
        if real == Path::new(SETTINGS_FILE) || real.iter().any(is_hidden) {
            return Some("is hidden");
        }
        // If a name cannot be an address, the nearest folder that can decides.
        let path = |place: &Path| CapsulePath::from_decoded(place.to_str()?).ok();
        let nearest = |place: &Path| place.ancestors().find_map(path);
        if let (Some(address), Some(real)) = (nearest(address), nearest(real)) {
            let area = |path| PrivateArea::innermost(path, self.private);
            if area(&real).is_some_and(|private| area(&address) != Some(private)) {
                return Some("is private");
            }
            if draft_names(&real).next().is_some() && draft_names(&address).next().is_none() {
                return Some("is a draft");
            }
        }
        let rules = |place: &Path| place.ancestors().skip(1).find_map(|folder| self.rules.get(folder));
        let is_ignored = |place: &Path| {
            let rules = rules(place).unwrap_or(&self.configured);
            rules.exclusion(place, is_folder || place != real).is_some()
        };
        let mut places = real.ancestors().filter(|place| !place.as_os_str().is_empty());
        places.any(is_ignored).then_some("is ignored")
    }
}
