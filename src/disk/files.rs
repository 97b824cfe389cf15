//! [`Files`]: the files of a content folder that may be published, while they are collected and their texts read.

use std::collections::HashMap;
use std::fs::{DirEntry, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use percent_encoding::{CONTROLS, utf8_percent_encode};

use super::contents::FolderContents;
use super::ignore::{Compiled, Exclusion, METADATA, Rules};
use super::names::ToolFile;
use super::open::{Folder, open_inside};
use super::stamp::{FileIdentity, FileStamp, changed_at, identity};
use super::writers::{PATIENCE, Writers};
use crate::capsule::{
    CapsulePath, CompressedText, Content, FileRef, SourceFile, TextCompressor, TextDictionary, TextKind, has_fence,
    media,
};
use crate::problem::{Problem, Topic};

/// The largest text that is read, in bytes: thirty times the longest real essay, so that no stray file fills memory.
const MAX_TEXT: u64 = 4 << 20;

/// The number of texts for each thread: fewer are read sooner than another thread starts.
const TEXTS_PER_THREAD: usize = 64;

/// The number of texts sampled for a dictionary.
const SAMPLES: usize = 64;

/// Bytes of text from which a dictionary saves more memory than it takes.
const DICTIONARY_FROM: u64 = 2 << 20;

/// Permission bits of a file that every user may read.
const WORLD_READABLE: u32 = 0o444;

/// How long a text stays published after its file was renamed to a backup: some editors then write a new file.
const RENAMED: Duration = Duration::from_secs(3);

/// Time until a file is read again that changed while it was read.
pub(super) const CHANGING: Duration = Duration::from_millis(60);

/// Extensions of files that site generators fill in if they start with front matter.
const FILLED_IN: &str = "html htm xhtml xml css js json text mdc vue svelte astro pug jade php j2 jinja tpl tmpl";

/// How many bytes at the start of such a file are read. Exports of `WordPress` name their format in the first 1,500.
const EXPORT_MARK: usize = 4 << 10;

/// What only exports of `WordPress`, Ghost and Blogger start with, which have drafts in them.
const EXPORTS: [&str; 4] =
    ["://wordpress.org/export/", "<wp:wxr_version>", "{\"db\":[{\"meta\":", "://schemas.google.com/blogger/"];

/// A file that may be published, as it was listed.
struct ListedFile {
    path: CapsulePath,
    /// The name of the file below the root.
    relative: PathBuf,
    metadata: Metadata,
    is_link: bool,
    /// For a link, the listed file that it leads to.
    target: Option<CapsulePath>,
}

impl ListedFile {
    fn stamp(&self) -> FileStamp {
        FileStamp::of(&self.metadata)
    }
}

/// The files that were found so far.
pub(super) struct Files<'a> {
    root: Arc<Path>,
    pub(super) previous: Option<&'a FolderContents>,
    /// Everything but the files.
    pub(super) contents: FolderContents,
    /// Files that were renamed to hidden or backup names a moment ago, and how long their texts stay published.
    renamed: HashMap<FileIdentity, Duration>,
    listed: Vec<ListedFile>,
    /// Files to be published, in no particular order.
    accepted: Vec<(Arc<SourceFile>, FileStamp)>,
}

impl<'a> Files<'a> {
    pub(super) fn new(root: Arc<Path>, previous: Option<&'a FolderContents>) -> Self {
        let writers = previous.map(|previous| previous.writers.clone()).unwrap_or_default();
        let contents = FolderContents { writers, ..FolderContents::default() };
        Self { root, previous, contents, renamed: HashMap::new(), listed: Vec::new(), accepted: Vec::new() }
    }

    /// Returns the rules with the patterns of `file` before those `above`. Known patterns are not compiled again.
    pub(super) fn rules(
        &mut self,
        file: PathBuf,
        text: &str,
        missing_since: Option<Instant>,
        above: Option<Arc<Rules>>,
    ) -> Arc<Rules> {
        let known = self.previous.and_then(|previous| previous.patterns.get(&file));
        let known = known.filter(|(known, _)| known.text == text).map(|(known, _)| Arc::clone(known));
        let own = known.unwrap_or_else(|| Arc::new(Compiled::compile(&file, text)));
        self.contents.patterns.insert(file, (Arc::clone(&own), missing_since));
        Arc::new(Rules { own, above })
    }

    /// Adds a file or a link to one. Returns the number of bytes to be read.
    pub(super) fn add(&mut self, relative: &Path, metadata: Metadata, is_link: bool) -> u64 {
        let Some(path) = path_of(relative) else {
            self.skip(relative, "has a name that cannot be an address");
            return 0;
        };
        let bytes = if is_text(&path) { metadata.len() } else { 0 };
        self.listed.push(ListedFile { path, relative: relative.to_owned(), metadata, is_link, target: None });
        bytes
    }

    /// Reads the texts and returns the contents, sorted.
    pub(super) fn finish(mut self) -> FolderContents {
        let mut listed = std::mem::take(&mut self.listed);
        let is_decomposed = |file: &ListedFile| file.relative.as_os_str() != file.path.as_relative();
        listed.sort_unstable_by(|a, b| {
            (&a.path, is_decomposed(a), &a.relative).cmp(&(&b.path, is_decomposed(b), &b.relative))
        });
        listed.dedup_by(|file, served| {
            // Their names differ in the Unicode form.
            let is_other_form = file.path == served.path;
            if is_other_form {
                let [own, other] = [&file.relative, &served.relative].map(|name| name.to_string_lossy());
                let [bytes, others] = [&own, &other].map(|name| utf8_percent_encode(name, CONTROLS));
                let why = format!("has the name of `{other}` in another Unicode form (`{bytes}` beside `{others}`)");
                self.report_skipped(&file.relative, &why);
            }
            is_other_form
        });
        self.wait_for_unseen_writers(&mut listed);
        if listed.iter().any(|file| file.is_link) {
            let real = listed.iter().filter(|file| !file.is_link);
            let real: HashMap<_, _> = real.map(|file| (identity(&file.metadata), file.path.clone())).collect();
            let links = listed.iter_mut().filter(|file| file.is_link);
            links.for_each(|link| link.target = real.get(&identity(&link.metadata)).cloned());
        }
        let unread: Vec<_> = listed.into_iter().filter_map(|file| self.accept(file)).collect();
        for (file, text) in unread.iter().zip(read_texts(&self.root, &unread)) {
            match text {
                Ok(Some(text)) => self.push(file, Content::Text(text)),
                Ok(None) => {
                    self.contents.ask_again(CHANGING);
                    self.accepted.extend(self.known(file));
                }
                Err(error) => self.skip_unreadable(&file.relative, &error),
            }
        }
        self.keep_renamed();
        self.accepted.sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
        (self.contents.files, self.contents.stamps) = self.accepted.into_iter().unzip();
        self.contents.left_out.sort_unstable();
        self.contents.problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.file.clone()));
        self.contents
    }

    /// At the first reading, leaves programs that cannot be seen the time to go on writing, and removes what changed.
    fn wait_for_unseen_writers(&mut self, listed: &mut Vec<ListedFile>) {
        let is_new = |file: &ListedFile| self.contents.writers.wait(&file.metadata).is_some();
        if self.previous.is_none() && listed.iter().any(|file| is_new(file) && !Writers::sees_owner(&file.metadata)) {
            thread::sleep(PATIENCE);
            let now = |file: &ListedFile| FileStamp::at(&self.root.join(&file.relative));
            let changed = listed.extract_if(.., |file| now(file) != Some(file.stamp()));
            changed.for_each(|_| self.contents.ask_again(CHANGING));
        }
    }

    /// Returns the previous version of a file, unless it was a link to another: the stamp does not always tell.
    fn known(&self, file: &ListedFile) -> Option<(Arc<SourceFile>, FileStamp)> {
        self.previous?.find(&file.path).filter(|(known, _)| known.target == file.target)
    }

    /// Accepts a file, or returns it if its text must be read first.
    fn accept(&mut self, file: ListedFile) -> Option<ListedFile> {
        let known = self.known(&file);
        let is_unchanged = known.as_ref().is_some_and(|(_, known)| *known == file.stamp());
        if is_unchanged || self.is_being_written(&file.metadata) {
            // If the file was complete before, that version is kept.
            self.accepted.extend(known);
        } else if !is_text(&file.path) {
            self.attachment(&file);
        } else if file.metadata.len() > MAX_TEXT {
            self.skip(&file.relative, &format!("is larger than {} MiB", MAX_TEXT >> 20));
        } else {
            return Some(file);
        }
        None
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

    /// Accepts an attachment. Opens it now if not every user may read it, to report an error before the first request.
    fn attachment(&mut self, file: &ListedFile) {
        if file.metadata.mode() & WORLD_READABLE != WORLD_READABLE
            && let Err(error) = open_inside(&self.root, &self.root.join(&file.relative))
        {
            return self.skip_unreadable(&file.relative, &error);
        }
        let mut start = [0; EXPORT_MARK];
        let mut read_start = || open_inside(&self.root, &self.root.join(&file.relative))?.read(&mut start);
        if FILLED_IN.split(' ').any(|known| known == file.path.extension()) && read_start().is_ok() {
            let start = String::from_utf8_lossy(&start);
            let is_export = EXPORTS.iter().any(|mark| start.contains(mark));
            // Front matter is for a site generator, and may hide the page.
            if is_export || has_fence(&start) {
                let kind = if is_export { "the format of an export" } else { "a format of the Web with front matter" };
                return self.leave_out(&file.relative, Exclusion::Name(ToolFile::Unread(kind)));
            }
        }
        let (root, relative) = (Arc::clone(&self.root), file.relative.clone());
        self.push(file, Content::File(FileRef { root, relative, length: file.metadata.len() }));
    }

    fn push(&mut self, file: &ListedFile, content: Content) {
        let (path, target) = (file.path.clone(), file.target.clone());
        self.accepted.push((Arc::new(SourceFile { path, target, content }), file.stamp()));
    }

    /// Notes a file that got its name a moment ago: a rename counts as a change of the file.
    pub(super) fn note_renamed(&mut self, entry: &DirEntry) {
        let Ok(metadata) = entry.metadata() else { return };
        let age = changed_at(&metadata).elapsed().unwrap_or_default();
        self.renamed.extend(RENAMED.checked_sub(age).map(|wait| (identity(&metadata), wait)));
    }

    /// Keeps texts for [`RENAMED`] that an editor has renamed to backups before it writes a new file.
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

    pub(super) fn leave_out(&mut self, relative: &Path, exclusion: Exclusion) {
        self.contents.left_out.push((relative.to_string_lossy().into_owned(), exclusion));
    }

    pub(super) fn skip_unreadable(&mut self, relative: &Path, error: &io::Error) {
        match error.kind() {
            // The file was deleted after the folder was listed.
            io::ErrorKind::NotFound => self.contents.ask_again(CHANGING),
            _ => self.skip(relative, &format!("cannot be read: {error}")),
        }
    }

    /// Reports that a file or folder is left out. What a text may withhold is withheld as well.
    pub(super) fn skip(&mut self, relative: &Path, why: &str) {
        self.report_skipped(relative, why);
        let Some(path) = path_of(relative).filter(is_text) else { return };
        let known = self.previous.and_then(|previous| previous.find(&path));
        let known = known.map(|(known, _)| known).filter(|known| matches!(known.content, Content::Unread));
        let unread = || Arc::new(SourceFile { path, target: None, content: Content::Unread });
        // No file has this stamp, so that it is read again each time.
        self.accepted.push((known.unwrap_or_else(unread), FileStamp::default()));
    }

    fn report_skipped(&mut self, relative: &Path, why: &str) {
        let name = if relative.as_os_str().is_empty() { Path::new("the content folder") } else { relative };
        self.report(name, Problem::warning(format!("`{}` {why}; it is left out", name.display())));
    }

    pub(super) fn report(&mut self, file: &Path, problem: Problem) {
        self.contents.problems.push(problem.about(Topic::File).in_file(file.to_string_lossy()));
    }
}

/// Returns the path of the file that is named `relative` below the root, if that can be an address.
fn path_of(relative: &Path) -> Option<CapsulePath> {
    let is_metadata = relative.file_name().is_some_and(|name| name == METADATA);
    let named = if is_metadata { &*relative.with_file_name(media::FOLDER_METADATA) } else { relative };
    CapsulePath::from_decoded(named.to_str()?).ok()
}

/// Returns whether a file at `path` is read as text, or kept on disk.
fn is_text(path: &CapsulePath) -> bool {
    TextKind::of(path).is_some() || media::described_by(path).is_some()
}

/// Reads and compresses `texts` on all processors. A text is `None` if its file has changed since it was listed.
fn read_texts(root: &Path, texts: &[ListedFile]) -> Vec<io::Result<Option<CompressedText>>> {
    let folder = Folder::new(root);
    let dictionary = dictionary(&folder, texts);
    let work = |share: &[ListedFile]| {
        let mut compressor = TextCompressor::new(dictionary.as_ref());
        let mut bytes = Vec::new();
        let read = |text| Ok(read_one(&folder, text, &mut bytes)?.then(|| compressor.compress(&bytes)));
        share.iter().map(read).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let shares = texts.chunks(texts.len().div_ceil(threads).max(TEXTS_PER_THREAD));
    thread::scope(|scope| {
        let readers: Vec<_> = shares.map(|share| scope.spawn(move || work(share))).collect();
        readers.into_iter().flat_map(|reader| reader.join().expect("reading does not panic")).collect()
    })
}

/// Makes a dictionary of samples from `texts`, if these are many.
fn dictionary(folder: &Folder<'_>, texts: &[ListedFile]) -> Option<TextDictionary> {
    let bytes: u64 = texts.iter().map(|text| text.metadata.len()).sum();
    if texts.len() < SAMPLES || bytes < DICTIONARY_FROM {
        return None;
    }
    let read = |text: &ListedFile| {
        let mut bytes = Vec::new();
        read_one(folder, text, &mut bytes).ok().map(|_| bytes)
    };
    let samples: Vec<Vec<u8>> = texts.iter().step_by(texts.len() / SAMPLES).filter_map(read).collect();
    Some(TextDictionary::of(&samples))
}

/// Reads a text into `bytes`. Returns whether it is whole: `false` if the file has changed since it was listed.
fn read_one(folder: &Folder<'_>, text: &ListedFile, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let file = folder.open(&text.relative)?;
    // Files above `MAX_TEXT` are not listed, so this is bounded.
    bytes.resize(usize::try_from(text.metadata.len()).unwrap_or(0), 0);
    match (&file).read_exact(bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.and_then(|()| Ok(FileStamp::of(&file.metadata()?) == text.stamp())),
    }
}
