//! A folder becomes a list of source files.

use std::fs;
use std::io;
use std::path::Path;

use super::reading::FolderContents;
use super::walk::{Walk, identity};

/// Reads everything below `root` that may be published.
///
/// Left out with a problem: names that are not UTF-8, files that cannot be read, text above
/// [`MAX_TEXT`](super::MAX_TEXT), links that lead out of the folder, anything that is neither file nor folder. Left out
/// silently: what is hidden (a leading dot, except `.well-known`), the [`SETTINGS_FILE`](super::SETTINGS_FILE) of the capsule, what
/// `ignore` (patterns of gitignore, good ones) or a file `.capsuleignore` says, and what site generators keep beside
/// essays. Files unchanged since `previous` keep their identity.
///
/// # Errors
///
/// When the folder itself cannot be read, or goes away meanwhile; single files never fail the whole.
pub fn read(root: &Path, ignore: &[String], previous: Option<&FolderContents>) -> io::Result<FolderContents> {
    read_limited(u64::MAX, root, ignore, previous)
}

/// As [`read`], of a folder with at most `most` bytes in its texts and names, which is found out before any text is
/// read.
///
/// # Errors
///
/// As [`read`], and if there is more.
pub fn read_limited(
    most: u64,
    root: &Path,
    ignore: &[String],
    previous: Option<&FolderContents>,
) -> io::Result<FolderContents> {
    let canonical = fs::canonicalize(root)?;
    let began_as = identity(&fs::metadata(&canonical)?);
    fs::read_dir(&canonical)?;
    let mut walk = Walk::new(&canonical, ignore, previous, most);
    if !walk.folders() {
        let megabytes = most / 1_000_000;
        return Err(io::Error::other(format!("it holds more than the {megabytes} MB that may be loaded")));
    }
    let reading = walk.finish();
    // What is not found in a folder that went away meanwhile was not deleted.
    if identity(&fs::metadata(&canonical)?) != began_as {
        return Err(io::Error::other("another folder took its place while it was read"));
    }
    Ok(reading)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::sync::Arc;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::capsule::Content;

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

    fn paths(reading: &FolderContents) -> Vec<&str> {
        reading.files.iter().map(|file| file.path.as_str()).collect()
    }

    fn text(reading: &FolderContents, path: &str) -> Vec<u8> {
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
            ("capsule.toml", "t"),
            ("a/capsule.toml", "t"),
            (".well-known/security.txt", "s"),
        ]);
        let reading = read(folder.path(), &[], None).expect("read");
        assert_eq!(
            paths(&reading),
            ["/.well-known/security.txt", "/a/capsule.toml", "/a/x.png", "/a/y.MD", "/b.md"]
        );
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
    fn a_folder_that_holds_more_than_it_may_is_not_read() {
        let folder = folder(&[("a.md", &"a".repeat(3_000)), ("b.png", &"b".repeat(90_000))]);
        assert!(read_limited(6_000, folder.path(), &[], None).is_ok());
        let refused = read_limited(4_000, folder.path(), &[], None).expect_err("too much");
        assert!(refused.to_string().contains("more than"), "{refused}");
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
