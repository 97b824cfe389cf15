//! Reading a content folder: what is listed, what is left out and reported, and what a saved file costs, counted and
//! not timed.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::slice;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use lamplit::capsule::{Capsule, CapsulePath, Content, Essay, FileRef, PrivateArea, build};
use lamplit::disk::{
    self, AttachmentOpener, FileWatcher, FolderContents, FolderWatcher, ReadLimits, SETTINGS_FILE, Writers,
    read_settings,
};
use lamplit::generator;
use lamplit::publish::{CapsulePublisher, CapsuleSnapshot, PublishOptions};
use lamplit::site::{Lookup, Medium, Site, SiteOptions, lint};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use testkit::capsule::build_options;
use time::OffsetDateTime;
use tokio::time::timeout;

use crate::support::scratch_folder;

/// Writes a file with a modification time of ten seconds ago, so that it counts as complete.
fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("below the folder")).expect("writable");
    fs::write(&path, text).expect("writable");
    settle(&path);
}

fn settle(path: &Path) {
    let file = fs::File::options().write(true).open(path).expect("there");
    file.set_modified(SystemTime::now() - Duration::from_secs(10)).expect("ours");
}

fn write_essay(folder: &Path, number: usize, words: &str) {
    let day = number % 28 + 1;
    let text = format!("---\ntitle: Essay {number}\ndate: 2024-05-{day:02}\ntags: [a]\n---\n\n{words}\n");
    write(folder, &format!("{}/essay-{number}.md", number % 7), &text);
}

/// Reads a folder without patterns or bounds.
fn read(folder: &Path, previous: Option<&FolderContents>) -> FolderContents {
    disk::read(folder, &[], &[], &[], previous, ReadLimits::NONE).expect("a folder")
}

fn capsule(reading: &FolderContents, previous: Option<&Capsule>) -> Arc<Capsule> {
    let options = build_options(1_900_000_000);
    let (capsule, problems) = build(&reading.files, &options, previous);
    assert!(problems.is_empty(), "{problems:?}");
    Arc::new(capsule)
}

fn page(site: &Site, essay: &Essay) -> *const u8 {
    let Lookup::Page(page) = site.lookup(&essay.address(), Medium::Gemini) else { panic!("{}", essay.base) };
    page.bytes.as_ptr()
}

#[test]
fn saved_file_costs_one_parsed_file_in_archives_of_any_size() {
    for essays in [10, 1_000] {
        let folder = scratch_folder();
        (0..essays).for_each(|number| write_essay(folder.path(), number, "The lamp is lit."));
        let reading = read(folder.path(), None);
        let first = capsule(&reading, None);
        let options = SiteOptions::standard(&"example.org".parse().expect("a host"));
        let site = Site::new(Arc::clone(&first), &options, None);
        let pages: Vec<_> = first.essays().iter().map(|essay| page(&site, essay)).collect();

        write_essay(folder.path(), 3, "The lamp is out.");
        let again = read(folder.path(), Some(&reading));
        let second = capsule(&again, Some(&first));
        let changed = reading.files.iter().zip(&again.files).filter(|(was, is)| !Arc::ptr_eq(was, is)).count();
        // An essay that was not parsed again is the same value.
        let parsed: Vec<&CapsulePath> = first
            .essays()
            .iter()
            .zip(second.essays())
            .filter(|(was, is)| !Arc::ptr_eq(was, is))
            .map(|(_, is)| &is.source.path)
            .collect();
        assert_eq!(changed, 1, "of {essays} files");
        assert_eq!(parsed.iter().map(|path| path.as_str()).collect::<Vec<_>>(), ["/3/essay-3.md"]);

        let edition = Site::new(Arc::clone(&second), &options, Some(&site));
        let made = second.essays().iter().zip(&pages).filter(|(essay, was)| page(&edition, essay) != **was);
        assert_eq!(made.count(), 1, "pages of {essays} essays");

        // Without a saved file nothing is parsed.
        let same = read(folder.path(), Some(&again));
        let third = capsule(&same, Some(&second));
        assert!(second.essays().iter().zip(third.essays()).all(|(was, is)| Arc::ptr_eq(was, is)));
    }
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = scratch_folder();
    for (name, text) in files {
        write(folder.path(), name, text);
    }
    folder
}

fn paths(reading: &FolderContents) -> Vec<&str> {
    let read = reading.files.iter().filter(|file| !matches!(file.content, Content::Unread));
    read.map(|file| file.path.as_str()).collect()
}

fn text(reading: &FolderContents, path: &str) -> Vec<u8> {
    match &reading.files.iter().find(|file| file.path.as_str() == path).expect("listed").content {
        Content::Text(text) => text.bytes().into(),
        Content::File(_) | Content::Unread => panic!("{path} is no text that was read"),
    }
}

#[test]
fn publishable_files_are_listed_in_order() {
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
    let reading = read(folder.path(), None);
    assert_eq!(paths(&reading), ["/.well-known/security.txt", "/a/x.png", "/a/y.MD", "/b.md"]);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    assert_eq!(reading.read_again, None);
}

#[test]
fn ignored_files_are_not_listed() {
    let files: &[(&str, &str)] = &[
        (".capsuleignore", "old/\n*.later.md\na[\n"),
        ("a.md", "a"),
        ("a.later.md", "b"),
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
    let reading = disk::read(folder.path(), &["/notes".to_owned()], &[], &[], None, ReadLimits::NONE).expect("read");
    assert_eq!(paths(&reading), ["/_posts/e.md", "/a.md", "/films/keep.md"]);
    assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
    // The watcher says that something changed; then the patterns are read again.
    write(folder.path(), ".capsuleignore", "# nothing\n");
    let again = read(folder.path(), Some(&reading));
    assert_eq!(paths(&again), ["/_posts/e.md", "/a.later.md", "/a.md", "/films/keep.md", "/notes/f.md", "/old/c.md"]);
}

/// Names that keep a file from being published, by what the file is.
const TOOL_FILES: &[(&str, &[&str])] = &[
    (
        "a backup or temporary file",
        &[
            "a.md~",
            "a.md.~1~",
            "#a.md#",
            "a.bak",
            "a.md.bak2",
            "a.md.orig",
            "a.md.rej",
            "a.md.swp",
            "a.SWO",
            "4913",
            "a.tmp",
            "~$a.docx",
            "~WRL0001.tmp",
            "a.md.temp",
            "a.mp3.part",
            "a.jpg.x1y2.partial",
            "a.zip.crdownload",
            "~syncthing~a.md.tmp",
            "Thumbs.db",
            "desktop.ini",
            "a.md.kate-swp",
            ".a.md.un~",
            "nohup.out",
            "a.md.save.1",
            "a.md___jb_tmp___",
            "a.md.backup",
            "a.bak.md",
            "a.orig.mdx",
            "a.tmp.gmi",
            "a~.md",
            "a.md.sb-1a2b3c4d-x9y8z7",
        ],
    ),
    (
        "a copy from an editing conflict",
        &[
            "a.sync-conflict-20240501-101010-ABCDEFG.md",
            "a (Ann's conflicted copy 2024-05-01).md",
            "a (conflicted copy 2024-05-01 101010).md",
            "a (Konfliktkopie von Ann 2024-05-01).md",
            "a_conflict-20240501-101010.md",
            "a.md.conflict",
            "a.md.conflict1",
            "a_LOCAL_4711.md",
            "a.BASE.4711.md",
            "a_REMOTE_4711.gmi",
            "a (Case Conflict).md",
            "a (SFConflict ann@lamp.example 2024-05-01-10-10-10).md",
            "a (copy 1 of conflict with lamp on 2024-05-01).md",
            "a (conflict ann 2024-05-01).md",
            "a (Konflikt 2024-05-01).md",
            "a [conflicted].md",
            "a (已冲突的副本 2024-05-01).md",
        ],
    ),
    (
        "a configuration file",
        &[
            "config.toml",
            "x/config.toml",
            "x/capsule.toml",
            "hugo.toml",
            "hugo.yaml",
            "hugo.json",
            "_config.yml",
            "_config.toml",
            "book.toml",
            "mkdocs.yml",
            "_quarto.yml",
            "eleventy.config.js",
            "astro.config.mjs",
            "next.config.js",
            "gatsby-config.js",
            "gatsby-node.ts",
            "docusaurus.config.ts",
            "sidebars.js",
            "pelicanconf.py",
            "publishconf.py",
            "package.json",
            "package-lock.json",
            "yarn.lock",
            "pnpm-lock.yaml",
            "Gemfile",
            "Gemfile.lock",
            "Cargo.lock",
            "poetry.lock",
            "go.sum",
            "config.yaml",
            "config.json",
        ],
    ),
    (
        "a private key or password file",
        &[
            "prod.env",
            "env",
            "x/server.pem",
            "server.key",
            "id_rsa",
            "id_ed25519_work",
            "a.kdbx",
            "htpasswd",
            "a.p12",
            "secrets.yml",
            "client_secret_1.json",
        ],
    ),
    (
        "a file of a site generator or system",
        &["_draft-partial.html", "node_modules/a/README.md", "vendor/bundle/a.md", "_site/a.md", "@eaDir/a.jpg"],
    ),
    ("a text in Jupyter, which is not read", &["a.ipynb"]),
    ("a text in Org, which is not read", &["x/a.org"]),
    ("a text in reStructuredText, which is not read", &["a.rst"]),
    ("a text in AsciiDoc, which is not read", &["a.adoc", "a.asciidoc"]),
    ("a text in R Markdown, which is not read", &["a.Rmarkdown"]),
    ("a text in Lektor, which is not read", &["a/contents.lr", "a/contents+de.lr"]),
    ("a text in an export of Medium, which is not read", &["posts/draft_Lamps-1f2e.html"]),
];

/// Names that resemble those of tools and are an author's own.
const AUTHORS_FILES: &[&str] = &[
    "config.md",
    "x/config.json",
    "x/config.yaml",
    "data.json",
    "key.pub",
    "id_rsa.pub",
    "a.asc",
    "LICENSE",
    "notes.txt",
    "id_rsa.md",
    "package.json.md",
    "next.config.md",
    "conflict.md",
    "the conflicted copy.md",
    "a_conflict-of-aims.md",
    "a.conflict.md",
    "a (conflict of aims).md",
    "a.tmpl.md",
    "x_local_5.md",
    "base.5.md",
    "backup.md",
    "bak.md",
    "tmp.md",
    "4913.md",
    "part.md",
    "old.md",
    "secrets.md",
    "env.md",
    "keys.md",
    "lock.md",
    "org.md",
    "core",
    "404.html",
    "a.swf",
    "sidebars.md",
    "C#.md",
    "vendor/a.md",
    "x~y.md",
    "_index.md",
    "gemfile.gmi",
    "a.key.txt",
    "requirements.txt",
    "style.css",
    "app.js",
];

#[test]
fn files_of_tools_are_left_out_unless_a_pattern_includes_them() {
    let left_out: Vec<&str> = TOOL_FILES.iter().flat_map(|(_, names)| *names).copied().collect();
    let files: Vec<(&str, &str)> = left_out.iter().chain(AUTHORS_FILES).map(|name| (*name, "x")).collect();
    let folder = folder(&files);
    let reading = read(folder.path(), None);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let mut published: Vec<String> = AUTHORS_FILES.iter().map(|name| format!("/{name}")).collect();
    published.sort_unstable();
    assert_eq!(paths(&reading), published);
    for (what, names) in TOOL_FILES {
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            let is_here = |left_out: &str| name.starts_with(left_out);
            let (_, why) = reading.left_out.iter().find(|(left_out, _)| is_here(left_out)).expect(name);
            assert_eq!(why.to_string(), *what, "{name}");
        }
    }
    let named = ["config.toml", "a.rst", "a.bak", "server.key", "package.json", "_draft-partial.html"];
    let include: Vec<String> = named.iter().map(|name| format!("!/{name}")).collect();
    let again = disk::read(folder.path(), &include, &[], &[], None, ReadLimits::NONE).expect("read");
    for name in named {
        assert!(paths(&again).contains(&format!("/{name}").as_str()), "{name}");
    }
    assert_eq!(again.files.len(), reading.files.len() + named.len());
}

#[test]
fn left_out_files_name_the_pattern_and_where_it_is_written() {
    let folder = folder(&[
        (".capsuleignore", "old/\n"),
        ("old/a.md", "a"),
        ("x/.capsuleignore", "*.png\n!a.bak\n"),
        ("x/a.png", "p"),
        ("x/a.bak", "b"),
        ("x/b.bak", "b"),
        ("notes.md", "n"),
    ]);
    let reading = disk::read(folder.path(), &["/notes.md".to_owned()], &[], &[], None, ReadLimits::NONE).expect("read");
    let left_out: Vec<String> = reading.left_out.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert_eq!(
        left_out,
        [
            "notes.md: ignored by `/notes.md` of the configuration",
            "old: ignored by `old/` of `.capsuleignore`",
            "x/a.png: ignored by `*.png` of `x/.capsuleignore`",
            "x/b.bak: a backup or temporary file",
        ]
    );
    assert_eq!(paths(&reading), ["/x/a.bak"]);
}

#[test]
fn nearest_matching_pattern_decides() {
    let patterns = ["*.bak".to_owned(), "/private/".to_owned()];
    let rules = [
        (".capsuleignore", "# comment\nold/\n/notes.md\n!_data/\n"),
        ("films/.capsuleignore", "*.md\n!keep.md\n!old/\n/b\n"),
    ];
    for (path, is_folder, is_ignored) in [
        ("a.md", false, false),
        ("a.bak", false, true),
        ("x/y/a.bak", false, true),
        ("private", true, true),
        ("x/private", true, false),
        ("old", true, true),
        ("old", false, false),
        ("x/old", true, true),
        ("notes.md", false, true),
        ("x/notes.md", false, false),
        ("_data", true, false),
        ("_site", true, true),
        ("x/node_modules", true, true),
        ("_posts", true, false),
        ("_config.yml", false, true),
        ("x/_index.md", false, false),
        ("_index.fr.md", false, false),
        ("films/a.md", false, true),
        ("films/keep.md", false, false),
        ("films/old", true, false),
        ("films/a.bak", false, true),
        ("films/b", false, true),
        ("films/x/b", false, false),
    ] {
        let file = if is_folder { format!("{path}/inside") } else { path.to_owned() };
        let folder = folder(&[rules[0], rules[1], (&file, "text")]);
        let reading = disk::read(folder.path(), &patterns, &[], &[], None, ReadLimits::NONE).expect("a folder");
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let expected = if is_ignored { vec![] } else { vec![format!("/{file}")] };
        assert_eq!(paths(&reading), expected, "{path}");
    }
}

#[test]
fn invalid_pattern_is_reported_with_its_line() {
    let folder = folder(&[("films/.capsuleignore", "ok/\na[\n")]);
    let problems = read(folder.path(), None).problems;
    let place = problems[0].place.as_ref().expect("a place");
    assert_eq!((problems.len(), &*place.file), (1, "films/.capsuleignore"));
    assert_eq!(place.span.as_ref().map(|span| span.line), Some(2));
    // Too many to be compiled: what they exclude is not published either.
    let mut many = vec!["*n*b?".to_owned(); 40_000];
    many.push("mine.md".to_owned());
    let folder = self::folder(&[("mine.md", "Mine.")]);
    let contents = disk::read(folder.path(), &many, &[], &[], None, disk::ReadLimits::NONE).expect("a folder");
    assert!(contents.files.is_empty());
    assert!(disk::pattern_error("a[").is_some() && disk::pattern_error("a/**/b").is_none());
}

#[test]
fn unpublishable_files_are_left_out_with_a_problem() {
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

    let reading = read(folder.path(), None);
    let problems: Vec<String> = reading.problems.iter().map(|p| p.what.clone()).collect();
    for part in ["bad", "fifo.md", "huge.md", "loop.md", "secret.md"] {
        assert!(problems.iter().any(|problem| problem.contains(part)), "{part}: {problems:?}");
    }
    // The superuser reads regardless of permissions.
    let left: Vec<&str> = paths(&reading).into_iter().filter(|path| *path != "/locked.md").collect();
    assert_eq!(left, ["/good.md"]);
}

#[test]
fn unchanged_file_is_the_same_value() {
    let folder = folder(&[("a.md", "one"), ("b.md", "two"), ("c.png", "three")]);
    let first = read(folder.path(), None);
    write(folder.path(), "b.md", "other");
    let second = read(folder.path(), Some(&first));
    let same = |at: usize| Arc::ptr_eq(&first.files[at], &second.files[at]);
    assert_eq!((same(0), same(1), same(2)), (true, false, true));
    assert_eq!(text(&second, "/b.md"), b"other");
}

#[test]
fn unsettled_file_keeps_its_previous_content() {
    let folder = folder(&[("a.md", "whole")]);
    let first = read(folder.path(), None);
    fs::write(folder.path().join("a.md"), "").expect("truncated");
    let second = read(folder.path(), Some(&first));
    assert!(second.read_again.is_some());
    assert_eq!(text(&second, "/a.md"), b"whole");
    write(folder.path(), "a.md", "whole again");
    let third = read(folder.path(), Some(&second));
    assert_eq!(third.read_again, None);
    assert_eq!(text(&third, "/a.md"), b"whole again");
}

#[test]
fn folder_above_its_limit_is_not_read() {
    let folder = folder(&[("a.md", &"a".repeat(3_000)), ("b.png", &"b".repeat(90_000))]);
    let read = |bytes, time| disk::read(folder.path(), &[], &[], &[], None, ReadLimits { bytes, time });
    assert!(read(12_000, Duration::MAX).is_ok());
    let refused = read(10_000, Duration::MAX).expect_err("too much");
    assert!(refused.to_string().contains("more than"), "{refused}");
    let refused = read(12_000, Duration::ZERO).expect_err("too slow");
    assert!(refused.to_string().contains("takes longer than"), "{refused}");
}

#[test]
fn missing_folder_is_an_error_and_a_deleted_file_is_not() {
    let folder = folder(&[("a.md", "a"), ("b.md", "b")]);
    let first = read(folder.path(), None);
    fs::remove_file(folder.path().join("a.md")).expect("removed");
    let second = read(folder.path(), Some(&first));
    assert_eq!(paths(&second), ["/b.md"]);
    assert!(disk::read(&folder.path().join("missing"), &[], &[], &[], Some(&second), ReadLimits::NONE).is_err());
}

#[test]
fn settings_are_a_settled_text_inside_the_folder() {
    let folder = scratch_folder();
    let path = folder.path().join(SETTINGS_FILE);
    assert_eq!(read_settings(folder.path()).expect("absent"), None);
    fs::write(&path, "title = \"Lamps\"\n").expect("writable");
    let text = "title = \"Lamps\"\n".to_owned();
    assert_eq!(read_settings(folder.path()).expect("being written"), Some((text.clone(), false)));
    settle(&path);
    assert_eq!(read_settings(folder.path()).expect("text"), Some((text, true)));
    fs::write(&path, vec![b'#'; 70_000]).expect("writable");
    settle(&path);
    assert!(read_settings(folder.path()).expect_err("refused").to_string().contains("64 KiB"));
    fs::remove_file(&path).expect("there");
    symlink("/etc/hostname", &path).expect("a link");
    assert!(read_settings(folder.path()).is_err(), "another's file");
}

/// Returns `text` in the decomposed form that a Mac gives to file names, for the few letters that the tests use.
fn decomposed(text: &str) -> String {
    let letters = [("é", "e\u{301}"), ("Ü", "U\u{308}"), ("ü", "u\u{308}"), ("ä", "a\u{308}"), ("ç", "c\u{327}")];
    letters.iter().fold(text.to_owned(), |text, (composed, apart)| text.replace(composed, apart))
}

/// P26.
#[test]
fn names_in_either_unicode_form_are_one_name() {
    let texts = [
        ("Café d’été.md", "# In one form\n\nText.\n"),
        ("Übung/einheit.md", "---\ntags: [été]\naliases: [/façade]\n---\n# Einheit\n\nText.\n"),
        ("über.md", "---\ntags: [ÉTÉ]\n---\n# Über\n\nText.\n"),
        ("Imäge.png", "x"),
        ("noté.txt", "plain\n"),
        (
            "links.md",
            "# Links\n\n[a](Café%20d’été.md) [[Café d’été]] [b](Übung/einheit.md) ![p](Imäge.png) ![[Imäge.png|a picture]] \
             [o](über.md) [[über]] [[Über|titled]] [t](/tags/été/) [f](/façade) [n](noté.txt) [[Übung/einheit]]\n",
        ),
    ];
    for (is_name_apart, is_text_apart) in [(true, false), (false, true), (true, true), (false, false)] {
        let form = |text: &str, apart: bool| if apart { decomposed(text) } else { text.to_owned() };
        let files = texts.map(|(name, text)| (form(name, is_name_apart), form(text, is_text_apart)));
        let folder = folder(&files.each_ref().map(|(name, text)| (name.as_str(), text.as_str())));
        let reading = read(folder.path(), None);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let site =
            Site::new(capsule(&reading, None), &SiteOptions::standard(&"example.org".parse().expect("a host")), None);
        let case = format!("names {is_name_apart}, texts {is_text_apart}");
        let problems = lint(&site, OffsetDateTime::from_unix_timestamp(1_900_000_000).expect("a time"));
        assert!(problems.is_empty(), "{case}: {problems:?}");
        for (path, is_moved) in [
            ("/Café d’été.gmi", false),
            ("/Café d’été.md", false),
            ("/Übung/", false),
            ("/Übung", true),
            ("/Imäge.png", false),
            ("/noté.txt", false),
            ("/tags/été/", false),
            ("/façade", true),
        ] {
            for asked in [path.to_owned(), decomposed(path)] {
                let url = percent_encode(asked.as_bytes(), NON_ALPHANUMERIC).to_string();
                let selector = CapsulePath::from_decoded(&asked).expect("a path").to_selector();
                for path in [
                    CapsulePath::from_decoded(&asked),
                    CapsulePath::from_url(&url.replace("%2F", "/")),
                    CapsulePath::from_selector(&selector),
                ] {
                    match site.lookup(&path.expect("a path"), Medium::Gemini) {
                        Lookup::Page(_) | Lookup::File(..) => assert!(!is_moved, "{case}: {asked}"),
                        Lookup::Moved(_) => assert!(is_moved, "{case}: {asked}"),
                        other => panic!("{case}: {asked} is {other:?}"),
                    }
                }
            }
        }
        let term = site.addresses(Medium::Gemini).into_iter().filter(|path| path.as_str().contains("/tags/é"));
        assert_eq!(term.count(), 1, "{case}");
        let Some(Content::File(picture)) =
            reading.files.iter().map(|file| file.content.clone()).find(|content| matches!(content, Content::File(_)))
        else {
            panic!("a picture")
        };
        assert!(disk::open_attachment(&picture).is_ok(), "{case}");
    }
}

#[test]
fn patterns_in_either_unicode_form_match() {
    for (pattern, name) in
        [("/entwürfe/", "entwürfe/a.md"), ("*é.md", "x/café.md"), ("x/é*", "x/été.md"), ("ü[ab]é.md", "übé.md")]
    {
        for pattern in [pattern.to_owned(), decomposed(pattern)] {
            for name in [name.to_owned(), decomposed(name)] {
                let folder = folder(&[("b.md", "b"), (&name, "n")]);
                let reading = disk::read(folder.path(), slice::from_ref(&pattern), &[], &[], None, ReadLimits::NONE)
                    .expect("read");
                assert_eq!(paths(&reading), ["/b.md"], "{pattern:?} in config.toml, {name:?}");
                write(folder.path(), ".capsuleignore", &pattern);
                let reading = read(folder.path(), None);
                assert_eq!(paths(&reading), ["/b.md"], "{pattern:?} in .capsuleignore, {name:?}");
            }
        }
    }
    let folder = folder(&[(&decomposed("é/.capsuleignore"), "/ü.md"), (&decomposed("é/ü.md"), "n"), ("é/a.md", "a")]);
    assert_eq!(paths(&read(folder.path(), None)), ["/é/a.md"]);
}

#[test]
fn files_that_differ_in_unicode_form_only_are_reported() {
    for name in ["é.md", "é.png", "é.txt", "ü/é.md"] {
        let apart = decomposed(name);
        let reading = read(folder(&[(&apart, "apart"), (name, "composed")]).path(), None);
        let file = &reading.files[0];
        match &file.content {
            Content::Text(_) | Content::Unread => assert_eq!(file.text(), "composed", "{name}"),
            Content::File(file) => assert_eq!(file.relative, Path::new(name)),
        }
        let problems: Vec<&str> = reading.problems.iter().map(|problem| problem.what.as_str()).collect();
        assert_eq!((reading.files.len(), problems.len()), (1, 1), "{name}: {problems:?}");
        assert!(problems[0].contains("e%CC%81") && problems[0].contains("%C3%A9"), "{problems:?}");
    }
    // The two folders are one, and of two forms that are both not composed the first counts.
    let both = folder(&[
        ("ü/a.md", "a"),
        (&decomposed("ü/b.md"), "b"),
        ("e\u{328}\u{301}.md", "1"),
        ("e\u{301}\u{328}.md", "2"),
    ]);
    let reading = read(both.path(), None);
    assert_eq!(paths(&reading), ["/ü/a.md", "/ü/b.md", "/ę\u{301}.md"]);
    assert_eq!((text(&reading, "/ę\u{301}.md"), reading.problems.len()), (b"2".to_vec(), 1));
}

/// C11.
#[test]
fn link_to_what_is_left_out_where_it_lies_is_left_out_with_a_problem() {
    let area = |path| PrivateArea { path: testkit::capsule::path(path), drafts: false, readers: Vec::new() };
    let private = [area("/desk/"), area("/desk/inner/")];
    for (link, target, reason) in [
        ("pub", "desk", Some("is private")),
        ("pub", "desk/deep", Some("is private")),
        ("linked.md", "desk/letter.md", Some("is private")),
        ("linked.jpg", "desk/photo.jpg", Some("is private")),
        ("linked.jpg", "chain.jpg", Some("is private")),
        ("linked.txt", "desk/a\nb.txt", Some("is private")),
        ("films/linked.md", "../desk/letter.md", Some("is private")),
        ("desk/out.md", "inner/secret.md", Some("is private")),
        ("desk/inner/out.md", "../letter.md", Some("is private")),
        ("desk/again.md", "letter.md", None),
        ("desk/film.md", "../films/a.md", None),
        ("film.md", "films/a.md", None),
        ("linked.md", "old/a.md", Some("is ignored")),
        ("linked", "old", Some("is ignored")),
        ("linked", "old/deep", Some("is ignored")),
        ("linked.md", "films/b.bak", Some("is ignored")),
        ("linked.md", "films/own/x.md", Some("is ignored")),
        ("linked.md", "_layouts/post.html", Some("is ignored")),
        ("linked.md", ".git/config.md", Some("is hidden")),
        ("linked", ".git", Some("is hidden")),
        ("linked.md", "films/.a.md", Some("is hidden")),
        ("linked.toml", "capsule.toml", Some("is hidden")),
        ("linked.md", "_drafts/new.md", Some("is a draft")),
        ("linked", "_drafts", Some("is a draft")),
        ("security.txt", ".well-known/security.txt", None),
        ("mounted.md", "..data/a.md", None),
        ("mounted", "..data", None),
    ] {
        let folder = folder(&[
            ("desk/letter.md", "d"),
            ("desk/photo.jpg", "p"),
            ("desk/a\nb.txt", "b"),
            ("desk/deep/a.md", "d"),
            ("desk/inner/secret.md", "s"),
            ("films/a.md", "a"),
            ("films/b.bak", "b"),
            ("films/.a.md", "h"),
            ("films/own/.capsuleignore", "x.*\n"),
            ("films/own/x.md", "x"),
            ("old/a.md", "o"),
            ("old/deep/a.md", "o"),
            ("_layouts/post.html", "l"),
            ("_drafts/new.md", "n"),
            (".git/config.md", "g"),
            (".well-known/security.txt", "s"),
            ("..2024/a.md", "k"),
            ("capsule.toml", "c"),
            (".capsuleignore", "*.bak\n"),
        ]);
        let at = |name: &str| folder.path().join(name);
        symlink("..2024", at("..data")).expect("linked");
        symlink("desk/photo.jpg", at("chain.jpg")).expect("linked");
        let ignore = ["/old/".to_owned()];
        let read = || disk::read(folder.path(), &ignore, &[], &private, None, ReadLimits::NONE).expect("read");
        let before = read();
        symlink(target, at(link)).expect("linked");
        let after = read();
        let added = paths(&after).len() - paths(&before).len();
        let new: Vec<&str> = (after.problems.iter().map(|problem| problem.what.as_str()))
            .filter(|what| !before.problems.iter().any(|problem| problem.what == *what))
            .collect();
        match reason {
            Some(reason) => {
                assert_eq!((added, new.len()), (0, 1), "{link} → {target}: {new:?}");
                assert!(new[0].starts_with(&format!("`{link}` is a link to ")), "{new:?}");
                assert!(new[0].contains(reason), "{link} → {target}: {new:?}");
            }
            None => assert_eq!((added, new.len()), (1, 0), "{link} → {target}: {new:?}"),
        }
    }
}

#[test]
fn link_to_what_metadata_or_a_generator_withholds_where_it_lies_is_withheld() {
    let cases: [(&str, &str, bool); 19] = [
        ("pub.md", "secret/one.md", false),
        ("pub.jpg", "secret/pic.jpg", false),
        ("pub.txt", "secret/plain.txt", false),
        ("films/pub.md", "../secret/one.md", false),
        ("pub.md", "chain.md", false),
        ("pub.md", "meta/m.md", false),
        ("a-photo.jpg", "trip/photo.jpg", false),
        ("zphoto.jpg", "trip/photo.jpg", false),
        ("zphoto.jpg", "films/lamp.jpg", false),
        ("pub.md", "inner/one.md", false),
        ("pub.jpg", "inner/pic.jpg", false),
        ("pub.md", "volume/one.md", false),
        ("pub.md", "later/one.md", false),
        ("pub.md", "secret/open.md", true),
        ("pub.md", "films/a.md", true),
        ("pub.jpg", "films/a.jpg", true),
        ("pub.txt", "films/a.txt", true),
        ("index.md", "films/a.md", true),
        ("apart/pub.md", "../films/a.md", true),
    ];
    let now = OffsetDateTime::from_unix_timestamp(1_760_000_000).expect("a time");
    for (link, target, is_shown) in cases {
        let folder = folder(&[
            ("mkdocs.yml", "site_name: Lamps\ndocs_dir: .\nexclude_docs: inner/\n"),
            ("secret/_index.md", "---\ndraft: true\ncascade:\n  draft: true\n---\nS.\n"),
            ("secret/one.md", "One.\n"),
            ("secret/open.md", "---\ndraft: false\n---\nOpen.\n"),
            ("secret/pic.jpg", "p"),
            ("secret/plain.txt", "p"),
            ("meta/.meta.yml", "draft: true\n"),
            ("meta/m.md", "M.\n"),
            ("trip/index.md", "---\ndraft: true\n---\nT.\n"),
            ("trip/photo.jpg", "p"),
            ("later/_index.md", "---\ncascade:\n  date: 2042-01-01\n---\nL.\n"),
            ("later/one.md", "One.\n"),
            ("inner/one.md", "One.\n"),
            ("inner/pic.jpg", "p"),
            ("..volume/.meta.yml", "draft: true\n"),
            ("..volume/one.md", "One.\n"),
            ("films/lamp.md", "---\ndraft: true\n---\nT.\n"),
            ("films/lamp.jpg", "p"),
            ("films/a.md", "A.\n"),
            ("films/a.jpg", "a"),
            ("films/a.txt", "a"),
            ("apart/b.md", "B.\n"),
        ]);
        let at = |name: &str| folder.path().join(name);
        symlink("..volume", at("volume")).expect("linked");
        symlink("secret/one.md", at("chain.md")).expect("linked");
        let site = SiteOptions::standard(&"example.org".parse().expect("a host"));
        let mut options = PublishOptions::unconfigured(folder.path(), site);
        options.recognised = generator::recognise(folder.path(), false);
        assert!(options.recognised.is_some());
        let shown = || {
            let (snapshot, _) = CapsuleSnapshot::read(&options, now).expect("a folder");
            let capsule = snapshot.site.capsule();
            capsule.addressable().len() + capsule.page_texts().count() + capsule.files.len() + capsule.texts.len()
        };
        let before = shown();
        symlink(target, at(link)).expect("linked");
        assert_eq!(shown(), before + usize::from(is_shown), "{link} → {target}");
    }
}

#[test]
fn link_that_leads_elsewhere_is_noticed_even_if_the_file_is_the_same() {
    let folder = folder(&[("open/a.md", "A.\n")]);
    symlink("open/a.md", folder.path().join("link.md")).expect("linked");
    settle(&folder.path().join("open/a.md"));
    let target = |reading: &FolderContents| {
        let link = reading.files.iter().find(|file| file.path.as_str() == "/link.md").expect("a link");
        link.target.as_ref().map(ToString::to_string)
    };
    let first = read(folder.path(), None);
    assert_eq!(target(&first).as_deref(), Some("/open/a.md"));
    fs::rename(folder.path().join("open"), folder.path().join("secret")).expect("renamed");
    fs::remove_file(folder.path().join("link.md")).expect("there");
    symlink("secret/a.md", folder.path().join("link.md")).expect("linked");
    assert_eq!(target(&read(folder.path(), Some(&first))).as_deref(), Some("/secret/a.md"));
}

#[test]
fn real_folder_keeps_its_address_before_links_in_any_order_of_creation() {
    type Step = fn(&Path);
    let steps: [Step; 4] = [
        |folder| write(folder, "films/a.md", "a"),
        |folder| symlink("films", folder.join("alpha")).expect("linked"),
        |folder| symlink("films", folder.join("zeta")).expect("linked"),
        |folder| {
            write(folder, "..volume/b.md", "b");
            symlink("..volume", folder.join("two")).expect("linked");
            symlink("..volume", folder.join("one")).expect("linked");
            symlink(".", folder.join("again")).expect("linked");
        },
    ];
    // Memory keeps names in another order than a disk does.
    for parent in [std::env::temp_dir(), "/dev/shm".into()].iter().filter(|parent| parent.is_dir()) {
        for number in 0..24 {
            let mut left: Vec<Step> = steps.to_vec();
            let folder = tempfile::tempdir_in(parent).expect("a scratch folder");
            let (first, second, third) = (number % 4, number / 4 % 3, number / 12);
            for at in [first, second, third, 0] {
                left.remove(at)(folder.path());
            }
            let reading = read(folder.path(), None);
            assert_eq!(paths(&reading), ["/films/a.md", "/one/b.md"], "order {number}");
            assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        }
    }
}

/// C12.
#[test]
fn patterns_of_a_file_that_vanishes_or_is_being_written_stay_in_force() {
    type Step = fn(&Path);
    let steps: [(&str, bool, Step); 8] = [
        ("removed", true, |file| fs::remove_file(file).expect("there")),
        ("emptied", false, |file| fs::write(file, "").expect("writable")),
        ("emptied long ago", true, |file| {
            fs::write(file, "").expect("writable");
            settle(file);
        }),
        ("blank", true, |file| {
            fs::write(file, "\n \n").expect("writable");
            settle(file);
        }),
        ("a link to nothing", true, |file| {
            fs::remove_file(file).expect("there");
            symlink("nothing", file).expect("linked");
        }),
        ("not UTF-8", true, |file| {
            fs::write(file, b"\xff\xfes\0").expect("writable");
            settle(file);
        }),
        ("too large", true, |file| {
            fs::write(file, vec![b'#'; 70_000]).expect("writable");
            settle(file);
        }),
        ("half written", false, |file| fs::write(file, "/b.md").expect("writable")),
    ];
    for at in ["", "films/"] {
        for (what, is_reported, step) in steps {
            let (file, secret) = (format!("{at}.capsuleignore"), format!("{at}secret.md"));
            let folder = folder(&[("a.md", "a"), (&secret, "s"), (&file, "secret.md\n")]);
            let first = read(folder.path(), None);
            assert_eq!((paths(&first), first.read_again.is_some()), (vec!["/a.md"], false));
            step(&folder.path().join(&file));
            let mut last = first;
            for _ in 0..3 {
                let next = read(folder.path(), Some(&last));
                assert_eq!((paths(&next), next.read_again.is_some()), (vec!["/a.md"], true), "{file} {what}");
                let problems: Vec<&str> = next.problems.iter().map(|problem| problem.what.as_str()).collect();
                assert_eq!(problems.len(), usize::from(is_reported), "{file} {what}: {problems:?}");
                assert!(problems.iter().all(|problem| problem.contains("its last patterns apply for 5 s")));
                last = next;
            }
            let _ = fs::remove_file(folder.path().join(&file));
            write(folder.path(), &file, "a.md\n");
            let back = read(folder.path(), Some(&last));
            assert!(paths(&back).contains(&&*format!("/{secret}")) && back.read_again.is_none(), "{file} {what}");
            assert!(back.problems.is_empty(), "{:?}", back.problems);
        }
    }
}

/// What it says about others is not known: a draft must not get out because of a wrong permission or a broken link.
#[test]
fn unreadable_text_withholds_what_it_may_have_metadata_for() {
    let shown = |folder: &Path| {
        let site = SiteOptions::standard(&"example.org".parse().expect("a host"));
        let options = PublishOptions::unconfigured(folder, site);
        let (snapshot, _) = CapsuleSnapshot::read(&options, OffsetDateTime::UNIX_EPOCH).expect("a folder");
        let capsule = snapshot.site.capsule();
        let texts = capsule.read.keys().filter(|path| capsule.essay(&path.without_extension()).is_some());
        let mut shown: Vec<_> = texts.chain(capsule.files.keys()).map(|path| path.as_relative().to_owned()).collect();
        shown.sort();
        let problems: Vec<String> = snapshot.problems.iter().map(ToString::to_string).collect();
        (shown.join(" "), problems.join("\n"))
    };
    // The text, then what is shown without it.
    let cases = [
        ("n/_index.md", ""),
        ("n/_index.de.md", ""),
        ("n/.meta.yml", ""),
        ("n/_metadata.yml", ""),
        ("n/a.meta", "n/b.md n/b/lamp.png"),
        ("n/b.md", "n/a.md"),
        ("n/other.md", "n/a.md n/b.md n/b/lamp.png"),
        ("n/b/index.md", "n/a.md n/b.md"),
    ];
    for (name, left) in cases {
        for what in ["too large", "leads nowhere", "leads out", "fifo"] {
            let folder = folder(&[("open.md", "O.\n"), ("n/a.md", "A.\n"), ("n/b.md", "B.\n"), ("n/b/lamp.png", "l")]);
            let at = folder.path().join(name);
            let _ = fs::remove_file(&at);
            match what {
                "too large" => fs::write(&at, vec![b'#'; (4 << 20) + 1]).expect("written"),
                "leads nowhere" => symlink("missing.md", &at).expect("linked"),
                "leads out" => symlink("/etc/hostname", &at).expect("linked"),
                _ => assert!(std::process::Command::new("mkfifo").arg(&at).status().expect("it runs").success()),
            }
            let (found, problems) = shown(folder.path());
            assert_eq!(found, format!("{left} open.md").trim(), "{name} {what}\n{problems}");
            assert!(problems.contains(name.rsplit_once('/').expect("a folder").1), "{name} {what}: {problems}");
        }
    }
}

/// Editors and git remove a file and write it anew.
#[test]
fn text_that_vanishes_withholds_others_for_a_while() {
    let cases = [
        ("cascade/_index.md", "---\ntitle: C\ncascade:\n  draft: true\n---\nC.\n", "cascade/b.md"),
        ("meta/.meta.yml", "draft: true\n", "meta/b.md"),
        ("named/_metadata.yml", "draft: true\n", "named/b.md"),
        ("trip/index.md", "---\ndraft: true\n---\nT.\n", "trip/photo.jpg"),
        ("broken/index.md", "---\ndraft: [\n---\nB.\n", "broken/photo.jpg"),
        ("later/index.md", "---\ndate: 2042-01-01\n---\nL.\n", "later/photo.jpg"),
        ("lamp.md", "---\ndraft: true\n---\nL.\n", "lamp/photo.jpg"),
        ("secret/_index.md", "---\ncascade:\n  draft: true\n---\nS.\n", "linked.jpg"),
    ];
    let folder = folder(&[("open.md", "O.\n"), ("open.txt", "O.\n"), ("secret/photo.jpg", "s")]);
    cases.iter().filter(|case| case.2 != "linked.jpg").for_each(|case| write(folder.path(), case.2, "B.\n"));
    symlink("secret/photo.jpg", folder.path().join("linked.jpg")).expect("linked");
    for case in &cases {
        write(folder.path(), case.0, case.1);
    }
    let site = SiteOptions::standard(&"example.org".parse().expect("a host"));
    let mut publisher = CapsulePublisher::new(PublishOptions::unconfigured(folder.path(), site), None);
    let now = OffsetDateTime::from_unix_timestamp(1_760_000_000).expect("a time");
    let mut shown = || {
        publisher.publish(now);
        let capsule = publisher.site().expect("read").capsule();
        let texts = capsule.read.keys().filter(|path| capsule.essay(&path.without_extension()).is_some());
        let mut shown: Vec<String> = texts
            .chain(capsule.texts.keys())
            .chain(capsule.files.keys())
            .map(|path| path.as_relative().to_owned())
            .collect();
        shown.sort();
        (shown.join(" "), publisher.read_again().is_some())
    };
    assert_eq!(shown(), ("open.md open.txt".to_owned(), false));
    let remove = |name: &str| fs::remove_file(folder.path().join(name)).expect("there");
    for case in &cases {
        remove(case.0);
    }
    for _ in 0..3 {
        assert_eq!(shown(), ("open.md open.txt".to_owned(), true));
    }
    // If the files return in time, nothing changes, and what is withdrawn is gone at once.
    for case in &cases {
        write(folder.path(), case.0, case.1);
    }
    remove("open.txt");
    assert_eq!(shown(), ("open.md".to_owned(), false));
    for case in &cases {
        remove(case.0);
    }
    remove("open.md");
    assert_eq!(shown(), (String::new(), true));
    let started = Instant::now();
    while shown().1 {
        assert!(started.elapsed() < Duration::from_secs(60), "they apply for longer than a while");
        thread::sleep(Duration::from_millis(20));
    }
    let mut all: Vec<&str> = cases.iter().map(|case| case.2).chain(["secret/photo.jpg"]).collect();
    all.sort_unstable();
    assert_eq!(shown(), (all.join(" "), false));
}

#[test]
fn folder_with_unreadable_patterns_is_left_out() {
    type Step<'s> = &'s dyn Fn(&Path);
    let utf16: Vec<u8> = "\u{feff}secret.md\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, Step<'_>); 4] = [
        ("UTF-16", &|file| fs::write(file, &utf16).expect("writable")),
        ("too large", &|file| fs::write(file, "secret.md\n".repeat(7_000)).expect("writable")),
        ("a link out of the folder", &|file| symlink("/etc/hostname", file).expect("linked")),
        ("a folder", &|file| fs::create_dir(file).expect("writable")),
    ];
    for (what, make) in cases {
        let folder = folder(&[("a.md", "a"), ("films/secret.md", "s"), ("films/deep/b.md", "b")]);
        make(&folder.path().join("films/.capsuleignore"));
        let reading = read(folder.path(), None);
        assert_eq!(paths(&reading), ["/a.md"], "{what}");
        assert!(reading.problems[0].what.contains("so its folder is left out"), "{:?}", reading.problems);
    }
    for text in ["\u{feff}secret.md\n", "# Mac\rsecret.md\r", "# DOS\r\nsecret.md\r\n"] {
        let folder = folder(&[("a.md", "a"), ("secret.md", "s"), (".capsuleignore", text)]);
        let reading = read(folder.path(), None);
        assert_eq!((paths(&reading), reading.problems.len()), (vec!["/a.md"], 0), "{text:?}");
    }
}

#[tokio::test]
async fn every_kind_of_change_to_a_file_is_noticed() {
    let folder = scratch_folder();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| fs::write(path(name), text).expect("writable");
    write("a", "one");
    write("b", "one");
    let mut files = FileWatcher::default();
    files.watch([path("a"), path("absent")]);
    let changes: [(&str, &dyn Fn()); 5] = [
        ("written", &|| write("a", "two, which is longer")),
        ("replaced", &|| {
            write("new", "three");
            fs::rename(path("new"), path("a")).expect("same folder");
        }),
        ("removed", &|| fs::remove_file(path("a")).expect("there")),
        ("a link", &|| symlink("b", path("a")).expect("a link")),
        ("appeared", &|| write("absent", "here")),
    ];
    for (what, change) in changes {
        change();
        let noticed = timeout(Duration::from_secs(20), files.changed()).await;
        assert!(noticed.is_ok(), "{what}");
    }
    write("b", "two, which is longer");
    // A key and its certificate may be one file.
    files.watch([path("a"), path("a")]);
    let noticed = timeout(Duration::from_secs(20), files.changed()).await;
    assert!(noticed.is_ok(), "before it was watched again");
}

#[test]
fn setting_that_holds_nothing_back_is_a_warning_with_what_was_probably_meant() {
    let folder = folder(&[
        ("diary/2024/first-day.md", "# First\n\nText.\n"),
        ("films/old.md", "# Old\n\nText.\n"),
        ("films/seven-samurai.md", "# Seven\n\nText.\n"),
        ("films/poster-1.png", "p"),
        ("notes/secret.md", "# Secret\n"),
        (&decomposed("entwürfe/a.md"), "# A\n"),
        ("posts/12.md", "# Twelve\n\nText.\n"),
        ("_drafts/new.md", "# New\n"),
    ]);
    fs::create_dir(folder.path().join("empty")).expect("writable");
    let warnings = |private: &str, drafts: bool, ignore: &str, gone: &str| {
        let site = SiteOptions::standard(&"example.org".parse().expect("a host"));
        let mut options = PublishOptions::unconfigured(folder.path(), site);
        if !private.is_empty() {
            let path = testkit::capsule::path(private);
            options.build.private = vec![PrivateArea { path, drafts, readers: Vec::new() }];
        }
        options.ignore.extend(Some(ignore.to_owned()).filter(|ignore| !ignore.is_empty()));
        options.site.gone.extend(Some(gone).filter(|gone| !gone.is_empty()).map(testkit::capsule::path));
        let now = OffsetDateTime::from_unix_timestamp(1_900_000_000).expect("a time");
        let problems = CapsuleSnapshot::read(&options, now).expect("a folder").0.problems;
        problems.iter().map(|problem| format!("{} ({})", problem.what, problem.hint.as_deref().unwrap_or(""))).collect()
    };
    for (private, meant) in [
        ("/diray/", Some("/diary/")),
        ("/Diary/", Some("/diary/")),
        ("/diary/2042/", Some("/diary/2024/")),
        ("/note/", Some("/notes/")),
        ("/entwurfe/", Some("/entwürfe/")),
        ("/workshop-of-others/", Some("with its capitals")),
        ("/diary/", None),
        ("/diary/2024/", None),
        ("/entwürfe/", None),
        ("/empty/", None),
        ("/", None),
    ] {
        let found: Vec<String> = warnings(private, false, "", "");
        assert_eq!(found.len(), usize::from(meant.is_some()), "{private}: {found:?}");
        assert!(found.iter().all(|found| found.contains(meant.unwrap_or_default())), "{private}: {found:?}");
    }
    assert_eq!(warnings("/preview/", true, "", ""), Vec::<String>::new());
    for (ignore, meant) in [
        ("dairy/", Some("diary")),
        ("/Notes/", Some("notes")),
        ("note/*.md", Some("notes")),
        ("films/odl.md", Some("films/old.md")),
        ("secrets.md", Some("secret.md")),
        ("entwurfe", Some("entwürfe")),
        ("nothing-like-it-at-all", Some("with its capitals")),
        ("diary/", None),
        ("entwürfe/", None),
        ("secret.md", None),
        ("films/*.png", None),
        ("/posts/12.md", None),
        ("*.bak", None),
        ("**/old/", None),
        (".obsidian/", None),
        ("!films", None),
    ] {
        let found: Vec<String> = warnings("", false, ignore, "");
        assert_eq!(found.len(), usize::from(meant.is_some()), "{ignore}: {found:?}");
        assert!(found.iter().all(|found| found.contains(meant.unwrap_or_default())), "{ignore}: {found:?}");
    }
    for (gone, meant) in [
        ("/filsm/old.gmi", Some("/films/old.gmi")),
        ("/films/seven-samurais.gmi", Some("/films/seven-samurai.gmi")),
        ("/Films/Seven-Samurai.gmi", Some("/films/seven-samurai.gmi")),
        ("/film/", Some("/films/")),
        ("/film/poster-1.png", Some("/films/poster-1.png")),
        ("/films/old.gmi", None),
        ("/films/old.md", None),
        ("/films/", None),
        ("/notes/secret.gmi", None),
        // What was deleted is no slip, even beside something similar.
        ("/films/odd.gmi", None),
        ("/posts/13.gmi", None),
        ("/films/poster-2.png", None),
        ("/a-page-of-former-times.gmi", None),
    ] {
        let found: Vec<String> = warnings("", false, "", gone);
        assert_eq!(found.len(), usize::from(meant.is_some()), "{gone}: {found:?}");
        assert!(found.iter().all(|found| found.contains(meant.unwrap_or_default())), "{gone}: {found:?}");
    }
}

#[test]
fn only_regular_files_inside_the_folder_are_opened() {
    let outside = folder(&[("secret", "secret")]);
    let folder = folder(&[("sub/a.png", "picture")]);
    let at = |name: &str| folder.path().join(name);
    // Both folders lie in the system's folder for temporary files, so this path exists.
    let name = outside.path().file_name().and_then(|name| name.to_str()).expect("a name");
    let climbing = format!("../{name}/secret");
    let absolute = outside.path().join("secret");
    for (name, target) in [
        ("inside", Path::new("sub/a.png")),
        ("absolute", &at("sub/a.png")),
        ("outside", &absolute),
        ("folder-outside", outside.path()),
        ("loop", Path::new("loop")),
        ("device", Path::new("/dev/null")),
        ("climbing", Path::new(&climbing)),
    ] {
        symlink(target, at(name)).expect("linked");
    }
    let made = std::process::Command::new("mkfifo").arg(at("fifo")).status().expect("mkfifo runs");
    assert!(made.success());

    let opener = AttachmentOpener::default();
    for (relative, opens) in [
        ("sub/a.png", true),
        ("inside", true),
        ("absolute", true),
        ("outside", false),
        ("folder-outside/secret", false),
        ("loop", false),
        ("fifo", false),
        ("device", false),
        ("sub", false),
        ("missing", false),
        ("climbing", false),
        (&climbing, false),
    ] {
        let reference = FileRef { root: Arc::from(folder.path()), relative: relative.into(), length: 7 };
        let expected = opens.then_some("picture");
        let text = |file: io::Result<fs::File>| file.and_then(io::read_to_string).ok();
        assert_eq!(text(opener.open(&reference)).as_deref(), expected, "{relative}");
        assert_eq!(text(disk::open_attachment(&reference)).as_deref(), expected, "{relative}");
        // Opening at once may fail for its own reasons, but opens nothing that `open` refuses.
        let at_once = opener.open_at_once(&reference).map(|file| io::read_to_string(file).expect("text"));
        assert!(at_once.is_none() || at_once.as_deref() == expected, "{relative}");
    }
}

#[tokio::test]
async fn change_of_a_hidden_file_is_not_reported() {
    let folder = folder(&[("films/a.md", "a"), (".git/config", "g")]);
    let write = |name: &str| fs::write(folder.path().join(name), name).expect("writable");
    for name in [".owls.md.swp", "films/.a.md.swp", ".git/.well-known", ".git/index"] {
        let mut watcher = FolderWatcher::new(folder.path(), Writers::default());
        write(name);
        fs::rename(folder.path().join(name), folder.path().join(format!("{name}~"))).expect("writable");
        let noticed = timeout(Duration::from_millis(300), watcher.changed()).await;
        assert!(noticed.is_err(), "{name}");
    }
    fs::create_dir(folder.path().join(".well-known")).expect("writable");
    for name in ["b.md", ".capsuleignore", "films/.capsuleignore", ".well-known/security.txt", "new/c.md"] {
        let mut watcher = FolderWatcher::new(folder.path(), Writers::default());
        fs::create_dir_all(folder.path().join("new")).expect("writable");
        write(name);
        let noticed = timeout(Duration::from_secs(20), watcher.changed()).await;
        assert!(noticed.is_ok(), "{name}");
    }
    let mut watcher = FolderWatcher::new(folder.path(), Writers::default());
    write(".~tmp~");
    fs::rename(folder.path().join(".~tmp~"), folder.path().join("d.md")).expect("writable");
    assert!(timeout(Duration::from_secs(20), watcher.changed()).await.is_ok(), "renamed from a hidden name");
}

/// Where a file really lies decides, however many links lead to it.
#[test]
fn links_in_chains_and_to_parents_lead_where_their_ends_lie() {
    let private = [PrivateArea { path: testkit::capsule::path("/desk/"), drafts: false, readers: Vec::new() }];
    let files = [
        ("desk/letter.md", "d"),
        ("desk/cover.jpg", "p"),
        ("films/a.md", "a"),
        ("films/.store/b.md", "b"),
        ("films/poster.png", "p"),
        ("old/c.md", "c"),
        (".capsuleignore", "old/\n"),
    ];
    for (links, published) in [
        // Chains of links.
        (&[("one.md", "two.md"), ("two.md", "three.md"), ("three.md", "desk/letter.md")][..], &[][..]),
        (&[("one.md", "two.md"), ("two.md", "films/a.md")], &["/one.md", "/two.md"]),
        (&[("one", "two"), ("two", "old")], &[]),
        (&[("x", "desk"), ("films/y.md", "../x/letter.md")], &[]),
        // To a parent, to the folder itself, in a circle.
        (&[("films/up", "..")], &[]),
        (&[("films/here", ".")], &[]),
        (&[("one", "two"), ("two", "one")], &[]),
        (&[("films/up.md", "../films/../desk/letter.md")], &[]),
        // To files in hidden folders, and through them.
        (&[("b.md", "films/.store/b.md")], &[]),
        (&[(".link", "desk"), ("b.md", ".link/letter.md")], &[]),
        (&[(".link", "films"), ("b.md", ".link/a.md")], &["/b.md"]),
        // Attachments and covers.
        (&[("cover.jpg", "desk/cover.jpg")], &[]),
        (&[("films/cover.jpg", "../desk/cover.jpg"), ("films/p.png", "poster.png")], &["/films/p.png"]),
        // A folder in a folder that is linked.
        (&[("films/deep", "../desk"), ("pub", "films")], &[]),
        // An absolute link.
        (&[("abs.md", "films/a.md")], &["/abs.md"]),
        // A name in another case is another name.
        (&[("Desk", "films")], &[]),
        (&[("DESK.md", "desk/letter.md")], &[]),
    ] {
        let folder = folder(&files);
        let read = || disk::read(folder.path(), &[], &[], &private, None, ReadLimits::NONE).expect("read");
        let before = read();
        for (link, target) in links {
            let target = if *link == "abs.md" { folder.path().join(target) } else { target.into() };
            symlink(target, folder.path().join(link)).expect("linked");
        }
        let after = read();
        let before = paths(&before);
        let new: Vec<&str> = paths(&after).into_iter().filter(|path| !before.contains(path)).collect();
        assert_eq!(new, published, "{links:?}: {:?}", after.problems);
    }
    // A hard link is the file itself, and lies in both places.
    let folder = folder(&files);
    fs::hard_link(folder.path().join("desk/letter.md"), folder.path().join("mine.md")).expect("one file system");
    assert!(paths(&read(folder.path(), None)).contains(&"/mine.md"));
}

/// Patterns of a file that is reached by a link apply like its own, and stay in force if the link or its target goes.
#[test]
fn patterns_reached_by_a_link_apply_and_stay_in_force() {
    type Step = fn(&Path);
    let steps: [(&str, Step); 4] = [
        ("target removed", |folder| fs::remove_file(folder.join("rules/shared.txt")).expect("there")),
        ("link removed", |folder| fs::remove_file(folder.join("films/.capsuleignore")).expect("there")),
        ("folder of the target renamed", |folder| {
            fs::rename(folder.join("rules"), folder.join("away")).expect("writable");
        }),
        ("target emptied", |folder| fs::write(folder.join("rules/shared.txt"), "").expect("writable")),
    ];
    for (what, step) in steps {
        let folder = folder(&[("rules/shared.txt", "secret.*\n"), ("films/secret.md", "s"), ("films/a.md", "a")]);
        symlink("../rules/shared.txt", folder.path().join("films/.capsuleignore")).expect("linked");
        let first = read(folder.path(), None);
        assert!(!paths(&first).contains(&"/films/secret.md"), "{what}");
        step(folder.path());
        let second = read(folder.path(), Some(&first));
        assert!(!paths(&second).contains(&"/films/secret.md"), "{what}");
        assert!(paths(&second).contains(&"/films/a.md") && second.read_again.is_some(), "{what}");
    }
}
