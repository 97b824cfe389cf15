//! A folder becomes a list of source files.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::ignore::{self, Rules};
use super::open::open_inside;
use super::stamp::{Stamp, is_settled};
use super::texts::{self, Wanted};
use crate::capsule::source::Content;
use crate::capsule::{CapsulePath, FileRef, SourceFile, Text};
use crate::problem::{Problem, Topic};

/// The most bytes one text source may hold: 4 MiB, some thirty times the longest essay among 2,324 real
/// ones. More is refused, so that one stray file cannot fill the memory.
pub const MAX_TEXT: u64 = 4 * 1024 * 1024;

/// The permissions of a file that everybody may read.
const READABLE: u32 = 0o444;

/// What a content folder held at one moment.
#[derive(Debug, Default)]
pub struct Reading {
    /// Everything that may be published, in the order of paths.
    pub files: Vec<Arc<SourceFile>>,
    /// What was left out, and why.
    pub problems: Vec<Problem>,
    /// Whether a file was being written while it was read: read again soon. What stands here for such a
    /// file is its previous content; nothing, if it had none.
    pub unsettled: bool,
    /// What each of `files` was like.
    stamps: Vec<Stamp>,
}

impl Reading {
    /// The file of that name, and what it was like.
    fn find(&self, path: &CapsulePath) -> Option<(Stamp, &Arc<SourceFile>)> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        Some((self.stamps[at], &self.files[at]))
    }
}

/// Reads everything below `root` that may be published.
///
/// Left out with a problem: names that are not UTF-8, files that cannot be read, text above [`MAX_TEXT`],
/// links that lead out of the folder, anything that is neither file nor folder. Left out silently: what is
/// hidden (a leading dot, except `.well-known`), what `ignore` (patterns of gitignore, good ones) or a file
/// `.capsuleignore` says, and what site generators keep beside essays. Files unchanged since `previous` keep their
/// identity.
///
/// # Errors
///
/// When the folder itself cannot be read, or goes away meanwhile; single files never fail the whole.
pub fn read(root: &Path, ignore: &[String], previous: Option<&Reading>) -> io::Result<Reading> {
    let canonical = fs::canonicalize(root)?;
    let began_as = identity(&fs::metadata(&canonical)?);
    fs::read_dir(&canonical)?;
    let mut walk = Walk {
        root: Arc::from(canonical.as_path()),
        previous,
        reading: Reading::default(),
        folders: vec![(PathBuf::new(), Rules::configured(ignore))],
        visited: HashSet::new(),
        unread: Vec::new(),
        taken: Vec::new(),
    };
    while let Some((folder, rules)) = walk.folders.pop() {
        walk.folder(&folder, &rules);
    }
    walk.texts();
    // What is not found in a folder that went away meanwhile was not deleted.
    if identity(&fs::metadata(&canonical)?) != began_as {
        return Err(io::Error::other("another folder took its place while it was read"));
    }
    let mut reading = walk.reading;
    walk.taken.sort_unstable_by(|(a, _), (b, _)| a.path.cmp(&b.path));
    (reading.files, reading.stamps) = walk.taken.into_iter().unzip();
    reading.problems.sort_by_key(place);
    Ok(reading)
}

/// Which folder it is: device and inode.
fn identity(folder: &Metadata) -> (u64, u64) {
    (folder.dev(), folder.ino())
}

fn place(problem: &Problem) -> Option<Arc<str>> {
    problem.place.as_ref().map(|place| place.file.clone())
}

struct Walk<'a> {
    root: Arc<Path>,
    previous: Option<&'a Reading>,
    reading: Reading,
    /// Folders still to be read, relative to the root, with what is left out in the folder they lie in.
    folders: Vec<(PathBuf, Arc<Rules>)>,
    /// Folders already read, by device and inode: links may lead round in a circle.
    visited: HashSet<(u64, u64)>,
    /// Texts that are new or have changed.
    unread: Vec<Unread>,
    /// What is published, in no order yet.
    taken: Vec<(Arc<SourceFile>, Stamp)>,
}

/// A text that is new or has changed, as it was listed.
struct Unread {
    path: CapsulePath,
    wanted: Wanted,
    /// Whether it was left alone for long enough.
    settled: bool,
}

impl AsRef<Wanted> for Unread {
    fn as_ref(&self) -> &Wanted {
        &self.wanted
    }
}

impl Walk<'_> {
    fn folder(&mut self, relative: &Path, above: &Arc<Rules>) {
        let absolute = self.root.join(relative);
        let entries = fs::metadata(&absolute).and_then(|metadata| {
            let first_visit = self.visited.insert(identity(&metadata));
            if first_visit { fs::read_dir(&absolute).map(Some) } else { Ok(None) }
        });
        match entries {
            Ok(Some(entries)) => {
                let rules = self.rules(relative, above);
                for entry in entries {
                    match entry {
                        Ok(entry) => self.entry(relative, &entry, &rules),
                        Err(error) => self.skip(relative, &format!("cannot be read: {error}")),
                    }
                }
            }
            Ok(None) => {}
            Err(error) => self.skip(relative, &format!("cannot be read: {error}")),
        }
    }

    /// What is left out in the folder: what is left out above it, and what its own file says.
    fn rules(&mut self, relative: &Path, above: &Arc<Rules>) -> Arc<Rules> {
        let name = relative.join(ignore::FILE);
        let mut text = String::new();
        let said = open_inside(&self.root, &self.root.join(&name))
            .and_then(|file| file.take(ignore::MAX_FILE).read_to_string(&mut text));
        match said {
            Ok(_) => {
                let (rules, problems) = above.within(relative, &text);
                self.reading.problems.extend(problems);
                rules
            }
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    self.skip(&name, &format!("cannot be read: {error}"));
                }
                Arc::clone(above)
            }
        }
    }

    fn entry(&mut self, folder: &Path, entry: &fs::DirEntry, rules: &Arc<Rules>) {
        let name = entry.file_name();
        let relative = folder.join(&name);
        let Some(name) = name.to_str() else {
            return self.skip(&relative, "has a name that is not UTF-8");
        };
        if name.starts_with('.') && name != ".well-known" {
            return;
        }
        let Ok(kind) = entry.file_type() else { return };
        if !kind.is_symlink() && rules.ignore(&relative, kind.is_dir()) {
            return;
        }
        if kind.is_dir() {
            self.folders.push((relative, Arc::clone(rules)));
        } else if kind.is_file() {
            self.file(&relative, entry.metadata());
        } else if kind.is_symlink() {
            self.link(relative, rules);
        } else {
            self.skip(&relative, "is neither a file nor a folder");
        }
    }

    fn link(&mut self, relative: PathBuf, rules: &Arc<Rules>) {
        let target = match fs::canonicalize(self.root.join(&relative)) {
            Ok(target) if rules.ignore(&relative, target.is_dir()) => return,
            Ok(target) => target,
            Err(_) if rules.ignore(&relative, false) => return,
            Err(error) => return self.skip(&relative, &format!("is a link that leads nowhere: {error}")),
        };
        if !target.starts_with(&self.root) {
            return self.skip(&relative, "is a link that leads out of the content folder");
        }
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => self.folders.push((relative, Arc::clone(rules))),
            Ok(metadata) if metadata.is_file() => self.file(&relative, Ok(metadata)),
            Ok(_) => self.skip(&relative, "is neither a file nor a folder"),
            Err(error) => self.skip(&relative, &format!("cannot be read: {error}")),
        }
    }

    fn file(&mut self, relative: &Path, metadata: io::Result<Metadata>) {
        let metadata = match metadata {
            Ok(metadata) => metadata,
            // Deleted between the listing and now: it is simply not there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.skip(relative, &format!("cannot be read: {error}")),
        };
        let Some(path) = relative.to_str().and_then(|name| CapsulePath::from_decoded(name).ok()) else {
            return self.skip(relative, "has a name that cannot be an address");
        };
        let stamp = Stamp::of(&metadata);
        let before = self.previous.and_then(|previous| previous.find(&path));
        if let Some((known, file)) = before
            && known == stamp
        {
            let file = file.clone();
            return self.take(stamp, file);
        }
        if !is_text(&path) {
            // An attachment is only opened when it is asked for; one that not everybody may read is tried now, so
            // that its author learns of it before its readers do.
            let tried = if metadata.mode() & READABLE == READABLE { Ok(()) } else { self.try_out(relative) };
            if let Err(error) = tried {
                return self.skip(relative, &format!("cannot be read: {error}"));
            }
            let content = Content::File(FileRef {
                root: self.root.clone(),
                relative: relative.to_owned(),
                length: metadata.len(),
            });
            let file = Arc::new(SourceFile { path: path.clone(), content });
            return self.take(stamp, file);
        }
        if metadata.len() > MAX_TEXT {
            let limit = MAX_TEXT / 1024 / 1024;
            return self.skip(relative, &format!("is larger than {limit} MiB"));
        }
        let settled = is_settled(&metadata, SystemTime::now());
        self.unread.push(Unread { path, wanted: Wanted { relative: relative.to_owned(), stamp }, settled });
    }

    fn try_out(&self, relative: &Path) -> io::Result<()> {
        open_inside(&self.root, &self.root.join(relative)).map(drop)
    }

    /// Reads the texts that are new or have changed.
    fn texts(&mut self) {
        let unread = std::mem::take(&mut self.unread);
        for (unread, text) in unread.iter().zip(texts::read(&self.root, &unread)) {
            self.text(unread, text);
        }
    }

    fn text(&mut self, unread: &Unread, text: io::Result<Option<Text>>) {
        let Unread { path, wanted: Wanted { relative, stamp }, settled } = unread;
        let before = self.previous.and_then(|previous| previous.find(path));
        let file = |text| Arc::new(SourceFile { path: path.clone(), content: Content::Text(text) });
        match (text, before) {
            // At the first reading there is nothing older to show of anything: all is shown, and looked at again.
            (Ok(Some(text)), None) if *settled || self.previous.is_none() => {
                self.reading.unsettled |= !settled;
                self.take(*stamp, file(text));
            }
            (Ok(Some(text)), Some(_)) if *settled => self.take(*stamp, file(text)),
            (Ok(_), Some((known, file))) => {
                self.reading.unsettled = true;
                self.take(known, file.clone());
            }
            (Ok(_), None) => self.reading.unsettled = true,
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => self.reading.unsettled = true,
            (Err(error), _) => self.skip(relative, &format!("cannot be read: {error}")),
        }
    }

    fn take(&mut self, stamp: Stamp, file: Arc<SourceFile>) {
        self.taken.push((file, stamp));
    }

    fn skip(&mut self, relative: &Path, why: &str) {
        let name = relative.to_string_lossy();
        let name = if name.is_empty() { "the content folder" } else { &name };
        let problem = Problem::warning(format!("`{name}` {why}; it is left out"));
        self.reading.problems.push(problem.about(Topic::File).in_file(name));
    }
}

/// Whether a file takes part in the capsule as text.
fn is_text(path: &CapsulePath) -> bool {
    let extension = path.extension();
    ["md", "markdown", "mkd", "gmi", "gemini", "txt"].iter().any(|text| extension.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::time::Duration;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for (name, text) in files {
            write(folder.path(), name, text);
        }
        folder
    }

    /// Writes a file that was left alone for a while.
    fn write(folder: &Path, name: &str, text: &str) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("below the folder")).expect("made");
        fs::write(&path, text).expect("written");
        let file = fs::File::options().write(true).open(&path).expect("opened");
        file.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("dated");
    }

    fn paths(reading: &Reading) -> Vec<&str> {
        reading.files.iter().map(|file| file.path.as_str()).collect()
    }

    fn text(reading: &Reading, path: &str) -> Vec<u8> {
        match &reading.files.iter().find(|file| file.path.as_str() == path).expect("listed").content {
            Content::Text(text) => text.bytes().into(),
            Content::File(_) => panic!("{path} is an attachment"),
        }
    }

    #[test]
    fn everything_that_may_be_published_is_listed_in_order() {
        let folder = folder(&[
            ("b.md", "b"),
            ("a/x.png", "x"),
            ("a/y.MD", "y"),
            (".hidden/z.md", "z"),
            (".git", "g"),
            (".well-known/security.txt", "s"),
        ]);
        let reading = read(folder.path(), &[], None).expect("read");
        assert_eq!(paths(&reading), ["/.well-known/security.txt", "/a/x.png", "/a/y.MD", "/b.md"]);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert!(!reading.unsettled);
    }

    #[test]
    fn what_an_ignore_file_names_is_not_there() {
        let files: &[(&str, &str)] = &[
            (".capsuleignore", "old/\n*.bak.md\na[\n"),
            ("a.md", "a"),
            ("a.bak.md", "b"),
            ("old/c.md", "c"),
            ("films/.capsuleignore", "*\n!keep.md\n"),
            ("films/d.md", "d"),
            ("films/keep.md", "k"),
            ("_layouts/post.html", "l"),
            ("_config.yml", "c"),
            ("_posts/e.md", "e"),
            ("notes/f.md", "f"),
        ];
        let folder = folder(files);
        let reading = read(folder.path(), &["/notes".to_owned()], None).expect("read");
        assert_eq!(paths(&reading), ["/_posts/e.md", "/a.md", "/films/keep.md"]);
        assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
        // The watcher says that something changed; then the patterns are read anew.
        write(folder.path(), ".capsuleignore", "");
        let again = read(folder.path(), &[], Some(&reading)).expect("read");
        assert_eq!(
            paths(&again),
            ["/_posts/e.md", "/a.bak.md", "/a.md", "/films/keep.md", "/notes/f.md", "/old/c.md"]
        );
    }

    #[test]
    fn what_cannot_be_published_is_named_and_left_out() {
        let outside = folder(&[("secret.md", "s")]);
        let folder = folder(&[("good.md", "g"), ("locked.md", "l")]);
        let at = |name: &str| folder.path().join(name);
        symlink(outside.path().join("secret.md"), at("secret.md")).expect("linked");
        symlink("loop.md", at("loop.md")).expect("linked");
        symlink(".", at("again")).expect("linked");
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"bad\xff.md")), "x").expect("written");
        fs::write(at("huge.md"), vec![b'x'; 4 * 1024 * 1024 + 1]).expect("written");
        let made = std::process::Command::new("mkfifo").arg(at("fifo.md")).status().expect("mkfifo runs");
        assert!(made.success());
        fs::set_permissions(at("locked.md"), fs::Permissions::from_mode(0o000)).expect("locked");

        let reading = read(folder.path(), &[], None).expect("read");
        let problems: Vec<String> = reading.problems.iter().map(|p| p.what.clone()).collect();
        for part in ["bad", "fifo.md", "huge.md", "loop.md", "secret.md"] {
            assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:?}");
        }
        // The superuser reads whatever the permissions are.
        let left: Vec<&str> = paths(&reading).into_iter().filter(|path| *path != "/locked.md").collect();
        assert_eq!(left, ["/good.md"]);
    }

    #[test]
    fn an_unchanged_file_keeps_its_identity() {
        let folder = folder(&[("a.md", "one"), ("b.md", "two"), ("c.png", "three")]);
        let first = read(folder.path(), &[], None).expect("read");
        write(folder.path(), "b.md", "other");
        let second = read(folder.path(), &[], Some(&first)).expect("read");
        let same = |at: usize| Arc::ptr_eq(&first.files[at], &second.files[at]);
        assert_eq!((same(0), same(1), same(2)), (true, false, true));
        assert_eq!(text(&second, "/b.md"), b"other");
    }

    #[test]
    fn a_file_just_written_shows_its_older_content_until_it_settles() {
        let folder = folder(&[("a.md", "whole")]);
        let first = read(folder.path(), &[], None).expect("read");
        fs::write(folder.path().join("a.md"), "").expect("truncated");
        let second = read(folder.path(), &[], Some(&first)).expect("read");
        assert!(second.unsettled);
        assert_eq!(text(&second, "/a.md"), b"whole");
        write(folder.path(), "a.md", "whole again");
        let third = read(folder.path(), &[], Some(&second)).expect("read");
        assert!(!third.unsettled);
        assert_eq!(text(&third, "/a.md"), b"whole again");
    }

    #[test]
    fn a_missing_folder_is_an_error_and_a_deleted_file_is_not() {
        let folder = folder(&[("a.md", "a"), ("b.md", "b")]);
        let first = read(folder.path(), &[], None).expect("read");
        fs::remove_file(folder.path().join("a.md")).expect("removed");
        let second = read(folder.path(), &[], Some(&first)).expect("read");
        assert_eq!(paths(&second), ["/b.md"]);
        assert!(read(&folder.path().join("missing"), &[], Some(&second)).is_err());
    }
}
