//! [`read`]: walks through a content folder, decides what may be published, and reports what is left out.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::{self, DirEntry, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::contents::{FolderContents, PatternFile, SETTINGS_FILE, VANISHED, read_small};
use super::ignore::{self, Compiled, Exclusion, Patterns, Rules, is_hidden};
use super::names::ToolFile;
use super::open::{open_inside, unreported};
use super::stamp::{FileIdentity, FileStamp, changed_at, identity};
use super::texts::{self, UnreadText};
use crate::capsule::{
    CapsulePath, CompressedText, Content, FileRef, PrivateArea, SourceFile, TextKind, is_in_drafts, media,
};
use crate::problem::{Problem, Topic};

/// Largest text that is read, in bytes: thirty times the longest of 2,324 real essays. It keeps one stray file from
/// filling the memory.
const MAX_TEXT: u64 = 4 << 20;

/// What each name in a folder counts, published or not, in bytes: about what an attachment takes while it is loaded.
const NAME_COST: u64 = 4_000;

/// What each byte of a file of patterns counts, in bytes: patterns are compiled, which takes time and memory.
const PATTERN_COST: u64 = 4_096;

/// The deepest folder that is read. Archives of people have up to twelve levels, and addresses 1,024 bytes.
const MAX_DEPTH: usize = 64;

/// Permission bits of a file that every user may read.
const WORLD_READABLE: u32 = 0o444;

/// How long a text stays published whose file an editor has renamed to a backup before it writes the text anew.
const RENAMED: Duration = Duration::from_secs(3);

/// Time until a file is read again that changed while it was read.
const CHANGING: Duration = Duration::from_millis(60);

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
/// Left out with a problem: names that are not UTF-8, files that cannot be read, texts above 4 MiB, links that lead out
/// of the folder or to something that is left out or `private` where it lies, folders below the 64th level, anything that
/// is neither file nor folder.
/// Left out silently: hidden names (with a leading dot, except `.well-known`). Left out and listed: the
/// [`SETTINGS_FILE`], what `ignore` (valid patterns of gitignore) or a file `.capsuleignore` names, and what is no
/// essay by its name ([`ToolFile`]). Files unchanged since `previous` are shared with it.
///
/// # Errors
///
/// If the folder itself cannot be read, holds too much, or is replaced meanwhile. A single file never fails the whole.
pub fn read(
    root: &Path,
    ignore: &Patterns<'_>,
    private: &[PrivateArea],
    previous: Option<&FolderContents>,
    limits: ReadLimits,
) -> io::Result<FolderContents> {
    let started = Instant::now();
    let canonical = fs::canonicalize(root)?;
    let folder = identity(&fs::metadata(&canonical)?);
    fs::read_dir(&canonical)?;
    let writers = previous.map(|previous| previous.writers.clone()).unwrap_or_default();
    let known = previous.and_then(|previous| previous.configured.as_ref());
    let patterns = [ignore.own.to_vec(), ignore.tools.to_vec()];
    let configured = match known.filter(|(known, _)| *known == patterns) {
        Some((_, rules)) => Arc::clone(rules),
        None => Rules::configured(ignore),
    };
    let mut walk = Walk {
        root: Arc::from(&*canonical),
        private,
        previous,
        contents: FolderContents {
            writers,
            configured: Some((patterns, Arc::clone(&configured))),
            ..FolderContents::default()
        },
        configured,
        pending: vec![PathBuf::new()],
        links: BTreeSet::new(),
        rules: HashMap::new(),
        visited: HashSet::new(),
        renamed: HashMap::new(),
        unread: Vec::new(),
        other_forms: Vec::new(),
        accepted: Vec::new(),
        started,
        limits,
    };
    walk.list()?;
    let contents = walk.finish();
    // The files of a folder that was replaced meanwhile were not deleted.
    if identity(&fs::metadata(&canonical)?) != folder {
        return Err(io::Error::other("another folder took its place while it was read"));
    }
    Ok(contents)
}

/// The state of a walk.
struct Walk<'a> {
    root: Arc<Path>,
    private: &'a [PrivateArea],
    previous: Option<&'a FolderContents>,
    contents: FolderContents,
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
    /// Files that got hidden names, or those of backups, a moment ago, and how long their texts stay published.
    renamed: HashMap<FileIdentity, Duration>,
    unread: Vec<UnreadText>,
    /// Files whose names are not in the form of their paths, to be accepted where no other file has the path.
    other_forms: Vec<(PathBuf, CapsulePath, Metadata)>,
    /// Files to be published, in no particular order.
    accepted: Vec<(Arc<SourceFile>, FileStamp)>,
    started: Instant,
    /// What may still be spent.
    limits: ReadLimits,
}

impl Walk<'_> {
    /// Lists every folder. An error if that exceeds the limits.
    ///
    /// Links are followed after all folders were listed, in the order of their names: a folder is listed once, and in
    /// any other order the file system would decide whether it keeps its address or gets that of a link to it.
    fn list(&mut self) -> io::Result<()> {
        let limits = self.limits;
        while !self.is_over() {
            if let Some(folder) = self.pending.pop() {
                self.folder(&folder);
            } else if let Some(link) = self.links.pop_first() {
                self.link(link);
            } else {
                return Ok(());
            }
        }
        Err(io::Error::other(if self.limits.bytes == 0 {
            format!("it holds more than the {} MB that may be loaded", limits.bytes / 1_000_000)
        } else {
            format!("listing it takes longer than {} s", limits.time.as_secs())
        }))
    }

    fn is_over(&self) -> bool {
        self.limits.bytes == 0 || self.started.elapsed() > self.limits.time
    }

    fn spend(&mut self, bytes: u64) {
        self.limits.bytes = self.limits.bytes.saturating_sub(bytes);
    }

    /// Reads the listed texts and returns the contents, sorted.
    fn finish(mut self) -> FolderContents {
        self.accept_other_forms();
        let unread = std::mem::take(&mut self.unread);
        for (unread, text) in unread.iter().zip(texts::read(&self.root, &unread)) {
            self.text(unread, text);
        }
        self.keep_renamed();
        self.accepted.sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        (self.contents.files, self.contents.stamps) = self.accepted.into_iter().unzip();
        self.contents.left_out.sort_unstable();
        self.contents.problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.file.clone()));
        self.contents
    }

    fn folder(&mut self, relative: &Path) {
        if relative.iter().count() > MAX_DEPTH {
            return self.skip(relative, &format!("lies deeper than {MAX_DEPTH} folders"));
        }
        let absolute = self.root.join(relative);
        let entries = fs::metadata(&absolute).and_then(|metadata| {
            let folder = identity(&metadata);
            if !self.visited.iter().any(|known| known.0 == folder.0) {
                self.contents.unreported = self.contents.unreported.or_else(|| unreported(&absolute));
            }
            let is_first_visit = self.visited.insert(folder);
            if is_first_visit { fs::read_dir(&absolute).map(Some) } else { Ok(None) }
        });
        match entries {
            Ok(Some(entries)) => {
                let Some(rules) = self.rules(relative) else { return };
                self.rules.insert(relative.to_owned(), Arc::clone(&rules));
                for entry in entries {
                    self.spend(NAME_COST);
                    if self.is_over() {
                        return;
                    }
                    match entry {
                        Ok(entry) => self.entry(relative, &entry, &rules),
                        Err(error) => self.skip_unreadable(relative, &error),
                    }
                }
            }
            Ok(None) => {}
            Err(error) => self.skip_unreadable(relative, &error),
        }
    }

    /// Returns the rules for a folder: those of the folder above it, and those of its own file of patterns. Returns
    /// `None` if that file cannot be read, because it may keep anything from being published.
    fn rules(&mut self, relative: &Path) -> Option<Arc<Rules>> {
        let above = Arc::clone(relative.parent().map_or(&self.configured, |folder| &self.rules[folder]));
        let name = relative.join(ignore::FILE);
        let known = self.previous.and_then(|previous| previous.patterns.get(relative));
        let kept = known.and_then(|known| known.kept(Instant::now()));
        let read = read_small(&self.root, &name, ignore::MAX_FILE);
        let report = |problem: Problem| problem.about(Topic::File).in_file(name.display().to_string());
        let shown = name.display();
        let file = match (read, kept) {
            (Ok(Some((text, true))), _) if !text.trim().is_empty() => PatternFile::new(&text),
            (read, Some(kept)) => {
                self.contents.ask_again(CHANGING);
                let what = match read {
                    Ok(Some((_, false))) => None,
                    Ok(_) => Some("is missing or empty".to_owned()),
                    Err(error) => Some(format!("cannot be read: {error}")),
                };
                let time = VANISHED.as_secs();
                let what = what.map(|what| format!("`{shown}` {what}; its last patterns apply for {time} s"));
                self.contents.problems.extend(what.map(|what| report(Problem::warning(what))));
                kept
            }
            (Ok(Some((text, _))), None) => PatternFile::new(&text),
            (Ok(None), None) => return Some(above),
            (Err(error), None) => {
                let what = format!("`{shown}` cannot be read, so its folder is left out: {error}");
                let problem = report(Problem::error(what)).hint("it must be a short file of UTF-8 text");
                self.contents.problems.push(problem);
                return None;
            }
        };
        self.spend(PATTERN_COST * file.text.len() as u64);
        if self.is_over() {
            return None;
        }
        let compiled = known.filter(|known| known.text == file.text).and_then(|known| known.compiled.clone());
        let compiled = compiled.unwrap_or_else(|| Arc::new(Compiled::compile(relative, &file.text)));
        self.contents.problems.extend(compiled.problems.iter().cloned());
        let file = PatternFile { compiled: Some(Arc::clone(&compiled)), ..file };
        self.contents.patterns.insert(relative.to_owned(), file);
        Some(Arc::new(Rules { own: compiled, above: Some(above) }))
    }

    fn entry(&mut self, folder: &Path, entry: &DirEntry, rules: &Rules) {
        let name = entry.file_name();
        let relative = folder.join(&name);
        let Some(name) = name.to_str() else {
            return self.skip(&relative, "has a name that is not UTF-8");
        };
        if is_hidden(name.as_ref()) || name.starts_with("..") {
            return self.note_renamed(entry);
        }
        let Ok(kind) = entry.file_type() else { return };
        if name == SETTINGS_FILE && folder.as_os_str().is_empty() {
            // No pattern includes it.
            return self.leave_out(&relative, Exclusion::Name(ToolFile::Configuration));
        }
        if !kind.is_symlink()
            && let Some(exclusion) = rules.exclusion(&relative, kind.is_dir())
        {
            if exclusion == Exclusion::Name(ToolFile::Temporary) {
                self.note_renamed(entry);
            }
            return self.leave_out(&relative, exclusion);
        }
        if kind.is_dir() {
            self.pending.push(relative);
        } else if kind.is_file() {
            self.file(&relative, entry.metadata());
        } else if kind.is_symlink() {
            self.links.insert(relative);
        } else {
            self.skip(&relative, "is neither a file nor a folder");
        }
    }

    /// Follows a link, unless its target is private, ignored or hidden at its own place.
    fn link(&mut self, relative: PathBuf) {
        let rules = relative.parent().map_or(&self.configured, |folder| &self.rules[folder]);
        let target = fs::canonicalize(self.root.join(&relative));
        let is_folder = target.as_ref().is_ok_and(|target| target.is_dir());
        if let Some(exclusion) = rules.exclusion(&relative, is_folder) {
            return self.leave_out(&relative, exclusion);
        }
        let target = match target {
            Ok(target) => target,
            Err(error) => return self.skip(&relative, &format!("is a link that leads nowhere: {error}")),
        };
        let Ok(real) = target.strip_prefix(&self.root) else {
            return self.skip(&relative, "is a link that leads out of the content folder");
        };
        if let Some(reason) = self.concealed(&relative, real, target.is_dir()) {
            return self.skip(&relative, &format!("is a link to `{}`, which {reason}", real.display()));
        }
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => self.pending.push(relative),
            Ok(metadata) if metadata.is_file() => self.file(&relative, Ok(metadata)),
            Ok(_) => self.skip(&relative, "is neither a file nor a folder"),
            Err(error) => self.skip_unreadable(&relative, &error),
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
            if is_in_drafts(&real) && !is_in_drafts(&address) {
                return Some("is a draft");
            }
        }
        let mut rules = &self.configured;
        let mut place = PathBuf::new();
        for name in real {
            rules = self.rules.get(&place).unwrap_or(rules);
            place.push(name);
            if rules.exclusion(&place, is_folder || place != real).is_some() {
                return Some("is ignored");
            }
        }
        None
    }

    fn file(&mut self, relative: &Path, metadata: io::Result<Metadata>) {
        let metadata = match metadata {
            Ok(metadata) => metadata,
            // The file was deleted after the folder was listed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.skip_unreadable(relative, &error),
        };
        let Some(path) = relative.to_str().and_then(|name| CapsulePath::from_decoded(name).ok()) else {
            return self.skip(relative, "has a name that cannot be an address");
        };
        if Path::new(path.as_relative()) == relative {
            self.accept(relative, path, &metadata);
        } else {
            self.other_forms.push((relative.to_owned(), path, metadata));
        }
    }

    /// Accepts the files whose names are not in the form of their paths. Of several files with one path, that in this
    /// form counts, else the first by the bytes of the name.
    fn accept_other_forms(&mut self) {
        let mut others = std::mem::take(&mut self.other_forms);
        if others.is_empty() {
            return;
        }
        others.sort_unstable_by(|(a, ..), (b, ..)| a.cmp(b));
        let paths = self.accepted.iter().map(|(file, _)| &file.path);
        let paths = paths.chain(self.unread.iter().map(|unread| &unread.path));
        let mut names: HashMap<CapsulePath, PathBuf> =
            paths.map(|path| (path.clone(), path.as_relative().into())).collect();
        for (relative, path, metadata) in others {
            if let Some(served) = names.get(&path) {
                let [served, own] = [served, &relative].map(|name| name.to_string_lossy().into_owned());
                let [bytes, others] = [&own, &served].map(|name| utf8_percent_encode(name, CONTROLS));
                let beside = format!("`{bytes}` beside `{others}`");
                self.skip(
                    &relative,
                    &format!("has the name of `{served}` in another Unicode form ({beside})"),
                );
            } else {
                self.accept(&relative, path.clone(), &metadata);
                names.insert(path, relative);
            }
        }
    }

    fn accept(&mut self, relative: &Path, path: CapsulePath, metadata: &Metadata) {
        let is_text = TextKind::of(&path).is_some() || media::described_by(&path).is_some();
        let bytes = if is_text { metadata.len() } else { 0 };
        self.spend(bytes);
        let stamp = FileStamp::of(metadata);
        let known = self.previous.and_then(|previous| previous.find(&path));
        if let Some((_, file)) = known.filter(|(known, _)| *known == stamp) {
            return self.accepted.push((Arc::clone(file), stamp));
        }
        if self.is_being_written(metadata) {
            // Of a file that was complete before, this version is kept.
            return self.accepted.extend(known.map(|(stamp, file)| (Arc::clone(file), stamp)));
        }
        if !is_text {
            return self.attachment(relative, path, metadata, stamp);
        }
        if metadata.len() > MAX_TEXT {
            return self.skip(relative, &format!("is larger than {} MiB", MAX_TEXT >> 20));
        }
        self.unread.push(UnreadText { path, relative: relative.to_owned(), stamp });
    }

    /// Returns whether a new or changed file is being written, and asks for another reading if it may be. The first
    /// reading shows files unless a program is found that has them open: an archive may just have been copied here.
    fn is_being_written(&mut self, metadata: &Metadata) -> bool {
        let writers = self.contents.writers.clone();
        let Some(wait) = writers.wait(metadata) else { return false };
        if self.previous.is_none() && self.contents.read_again.is_none() {
            writers.find(&self.root);
        }
        self.contents.ask_again(wait);
        self.previous.is_some() || writers.is_open(identity(metadata))
    }

    /// Accepts an attachment, which is not opened until it is requested. One that not every user may read is opened
    /// now, so that an error is reported before a reader requests it.
    fn attachment(&mut self, relative: &Path, path: CapsulePath, metadata: &Metadata, stamp: FileStamp) {
        if metadata.mode() & WORLD_READABLE != WORLD_READABLE
            && let Err(error) = open_inside(&self.root, &self.root.join(relative))
        {
            return self.skip_unreadable(relative, &error);
        }
        let root = Arc::clone(&self.root);
        let reference = FileRef { root, relative: relative.to_owned(), length: metadata.len() };
        self.accepted.push((Arc::new(SourceFile { path, content: Content::File(reference) }), stamp));
    }

    /// Accepts a text that was read, or its previous version if it changed meanwhile.
    fn text(&mut self, unread: &UnreadText, text: io::Result<Option<CompressedText>>) {
        let UnreadText { path, relative, stamp } = unread;
        match text {
            Ok(Some(text)) => {
                let file = SourceFile { path: path.clone(), content: Content::Text(text) };
                self.accepted.push((Arc::new(file), *stamp));
            }
            Ok(None) => {
                self.contents.ask_again(CHANGING);
                let known = self.previous.and_then(|previous| previous.find(path));
                self.accepted.extend(known.map(|(stamp, file)| (Arc::clone(file), stamp)));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.contents.ask_again(CHANGING),
            Err(error) => self.skip_unreadable(relative, &error),
        }
    }

    /// Notes a file that got its name a moment ago: a rename counts as a change of the file.
    fn note_renamed(&mut self, entry: &DirEntry) {
        let Ok(metadata) = entry.metadata() else { return };
        let age = changed_at(&metadata).elapsed().unwrap_or_default();
        self.renamed.extend(RENAMED.checked_sub(age).map(|wait| (identity(&metadata), wait)));
    }

    /// Keeps the texts for a moment that an editor has renamed to backups. Some write a text anew after that.
    fn keep_renamed(&mut self) {
        let Some(previous) = self.previous else { return };
        for (file, stamp) in previous.files.iter().zip(&previous.stamps) {
            if let Some(wait) = self.renamed.get(&stamp.identity)
                && !self.accepted.iter().any(|(listed, _)| listed.path == file.path)
            {
                self.contents.ask_again(*wait);
                self.accepted.push((Arc::clone(file), *stamp));
            }
        }
    }

    fn leave_out(&mut self, relative: &Path, exclusion: Exclusion) {
        self.contents.left_out.push((relative.to_string_lossy().into_owned(), exclusion));
    }

    fn skip_unreadable(&mut self, relative: &Path, error: &io::Error) {
        self.skip(relative, &format!("cannot be read: {error}"));
    }

    fn skip(&mut self, relative: &Path, why: &str) {
        let name = relative.to_string_lossy();
        let name = if name.is_empty() { "the content folder" } else { &name };
        let problem = Problem::warning(format!("`{name}` {why}; it is left out"));
        self.contents.problems.push(problem.about(Topic::File).in_file(name));
    }
}
