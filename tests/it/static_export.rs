//! `lamplit export`: exactly the pages that the server has.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use lamplit::render::menu::gophermap;
use testkit::files_below;

use crate::support::{Server, lamplit, run, scratch_folder};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("capsule")
}

/// Returns every file below `folder` by its name, which starts with a slash.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |path: &Path| format!("/{}", path.strip_prefix(folder).expect("below it").display());
    let read = |path: &PathBuf| (name(path), fs::read(path).expect("readable"));
    files_below(folder, "").iter().map(read).collect()
}

/// Returns a page as it is exported, without search.
pub(crate) fn without_search(page: &str) -> String {
    page.split_inclusive('\n').filter(|line| !line.starts_with("=> /search ")).collect()
}

/// Returns whether the name of a file ends in a dot and `extension`.
pub(crate) fn is(file: &str, extension: &str) -> bool {
    Path::new(file).extension().is_some_and(|its| its == extension)
}

/// Returns the address that readers ask for a file of an export.
pub(crate) fn address(file: &str) -> &str {
    ["index.gmi", "gophermap"].iter().find_map(|name| file.strip_suffix(name)).unwrap_or(file)
}

#[test]
fn exported_sample_equals_what_the_server_sends() {
    let folder = scratch_folder();
    let out = folder.path().join("copy");
    run(lamplit().arg("export").arg(&out).arg(sample()));
    let server = Server::start(&sample());
    let port = |url: String| url.rsplit_once(':').expect("a port").1.parse::<u16>().expect("a number");
    let (gemini, gopher) = (port(server.gemini("")), port(server.gopher("")));
    let live = |text: String| {
        let text = text.replace(&format!("localhost:{gemini}/"), "localhost/");
        text.replace(&format!("localhost:{gopher}/"), "localhost/")
    };
    let (mut texts, mut attachments) = (0, 0);
    for (file, bytes) in files(&out.join("gemini")) {
        if file.ends_with("/.meta") {
            continue;
        }
        if let Ok(text) = String::from_utf8(bytes) {
            let reply = server.ask_gemini(address(&file));
            if let Some(target) = reply.head.strip_prefix("31 ") {
                assert!(text.contains(&format!("\n=> {target} ")), "{file}: {text}");
                continue;
            }
            assert!(reply.head.starts_with("20 "), "{file}: {}", reply.head);
            assert_eq!(text, live(without_search(&reply.body)), "{file}");
            texts += 1;
        } else {
            attachments += 1;
        }
    }
    assert!(texts > 40 && attachments > 10, "{texts} texts, {attachments} attachments");
    let mut menus = 0;
    for (file, bytes) in files(&out.join("gopher")) {
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if text.starts_with("0This page has moved") {
            continue;
        }
        let answer = live(server.ask_gopher(address(&file)));
        if file.ends_with("/gophermap") {
            assert_eq!(text, gophermap(&answer, "localhost", gopher), "{file}");
            menus += 1;
        } else {
            assert_eq!(text, answer, "{file}");
        }
    }
    assert!(menus > 5, "{menus} menus");
    // Every link within the capsule leads to an exported file.
    let written = files(&out.join("gemini"));
    for (file, bytes) in written.iter().filter(|(file, _)| is(file, "gmi")) {
        let text = String::from_utf8_lossy(bytes);
        for link in text.lines().filter_map(|line| line.strip_prefix("=> /")) {
            let to = format!("/{}", link.split(' ').next().unwrap_or_default());
            let to = if to.ends_with('/') { to + "index.gmi" } else { to };
            assert!(written.contains_key(&to), "{file} leads to {to}");
        }
    }
}

#[test]
fn hidden_and_private_essays_are_not_exported() {
    let folder = scratch_folder();
    let (content, out) = (folder.path().join("essays"), folder.path().join("copy"));
    fs::create_dir_all(content.join("closed")).expect("writable");
    fs::create_dir_all(content.join("_drafts")).expect("writable");
    for (name, head) in [
        ("draft.md", "draft: true"),
        ("future.md", "date: 2999-01-01"),
        ("expired.md", "date: 2020-01-01\nexpiryDate: 2021-01-01"),
        ("unpublished.md", "published: false"),
        ("_drafts/other.md", "date: 2020-01-01"),
        ("closed/secret.md", "date: 2020-01-01"),
    ] {
        let text = format!("---\ntitle: Mokopuna\ntags: [mokopuna]\n{head}\n---\n\nMokopuna.\n");
        fs::write(content.join(name), text).expect("writable");
    }
    fs::write(content.join("open.md"), "---\ntitle: Open\ndate: 2020-01-02\n---\n\nSee [it](draft.md).\n")
        .expect("writable");
    let config = folder.path().join("config.toml");
    fs::write(
        &config,
        "[[capsule]]\nhostname = \"example.org\"\ncontent = \"essays\"\n\n[[capsule.private]]\n\
         path = \"/closed/\"\nfingerprints = []\n",
    )
    .expect("writable");
    run(lamplit().arg("export").arg(&out).arg("--config").arg(&config));
    let written = files(&out);
    assert!(written.contains_key("/gemini/open.gmi") && written.contains_key("/gopher/open.txt"));
    for (name, bytes) in &written {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        assert!(!text.contains("mokopuna") && !name.contains("mokopuna"), "{name}: {text}");
        for hidden in ["future", "expired", "unpublished", "_drafts", "closed", "secret"] {
            assert!(!name.contains(hidden), "{name}");
        }
    }
}

#[test]
fn export_replaces_only_an_earlier_export() {
    let folder = scratch_folder();
    let (content, out) = (folder.path().join("essays"), folder.path().join("copy"));
    fs::create_dir(&content).expect("writable");
    let write = |name: &str, text: &str| fs::write(content.join(name), text).expect("writable");
    write("a.md", "---\ntitle: A\ndate: 2020-01-01\naliases: [/old/, /older.html]\nlang: fr\n---\n\nBon.\n");
    write("b.md", "# B\n");
    let export = |out: &Path, arguments: &[&str]| {
        lamplit().arg("export").arg(out).arg(&content).args(arguments).output().expect("the program starts")
    };
    assert!(export(&out, &["--hostname", "example.org"]).status.success());
    let first = files(&out);
    let text = |name: &str| String::from_utf8_lossy(&first[name]).into_owned();
    assert!(text("/gemini/old/index.gmi").contains("=> /a.gmi "), "{first:?}");
    assert_eq!(text("/gopher/old/gophermap"), "0This page has moved here\t/a.txt\n");
    let meta = "a.gmi: text/gemini; lang=fr\natom.xml: application/atom+xml\nold: 31 /a.gmi\nolder.html: 31 /a.gmi\n";
    assert_eq!(text("/gemini/.meta"), meta);
    assert!(text("/gemini/atom.xml").contains("gemini://example.org/a.gmi"), "{first:?}");
    assert!(text("/gopher/atom.xml").contains("gopher://example.org/0/a.txt"), "{first:?}");

    fs::remove_file(content.join("b.md")).expect("there");
    assert!(export(&out, &["--hostname", "example.org", "--gemini"]).status.success());
    let second = files(&out);
    assert!(!second.contains_key("/gemini/b.gmi") && !second.keys().any(|name| name.starts_with("/gopher")));
    write("b.md", "# B\n");
    assert!(export(&out, &["--hostname", "example.org"]).status.success());
    assert_eq!(files(&out), first, "the same folder gives the same bytes");

    // What is not ours is not touched, and a mistake leaves nothing behind.
    let other = folder.path().join("other");
    fs::create_dir(&other).expect("writable");
    fs::write(other.join("dear.txt"), "dear").expect("writable");
    for refused in [&other, &content, &content.join("copy"), &folder.path().to_owned()] {
        let output = export(refused, &[]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("hint: "), "{said}");
    }
    assert_eq!(files(&other).len(), 1);
    let names: Vec<_> = fs::read_dir(folder.path()).expect("a folder").map(|e| e.expect("one").file_name()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(fs::read_dir(&content).expect("a folder").count(), 2);
}

/// F22: an export removes only what an earlier export made.
#[test]
fn export_keeps_files_that_no_export_made() {
    let folder = scratch_folder();
    let (content, out) = (folder.path().join("essays"), folder.path().join("copy"));
    fs::create_dir(&content).expect("writable");
    fs::write(content.join("a.md"), "# A\n").expect("writable");
    fs::write(content.join("b.md"), "# B\n").expect("writable");
    let export = || {
        let output = lamplit().arg("export").arg(&out).arg(&content).output().expect("the program starts");
        (output.status.success(), String::from_utf8(output.stderr).expect("UTF-8"))
    };
    let add = |name: &str| {
        fs::create_dir_all(out.join(name).parent().expect("below the folder")).expect("writable");
        fs::write(out.join(name), "dear").expect("writable");
    };
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap_or_default();
    assert!(export().0);
    let added = [
        "README",
        ".git/HEAD",
        "gemini/cgi-bin/guests/book",
        "gemini/c.gmi",
        "gemini/.meta.old",
        "gopher/tags/own.txt",
    ];
    for name in added {
        add(name);
    }
    std::os::unix::fs::symlink(&content, out.join("gemini/essays")).expect("writable");
    // Folders too, with their permissions.
    let folders = [("", 0o2775), (".git/refs/tags", 0o755), ("my/empty", 0o750), ("gemini/cgi-bin", 0o700)];
    for (name, mode) in folders {
        fs::create_dir_all(out.join(name)).expect("writable");
        fs::set_permissions(out.join(name), fs::Permissions::from_mode(mode)).expect("own folder");
    }
    fs::remove_file(content.join("b.md")).expect("there");
    for _ in 0..2 {
        assert!(export().0);
        for name in added {
            assert_eq!(read(name), "dear", "{name}");
        }
        assert!(out.join("gemini/essays").is_symlink());
        for (name, mode) in folders {
            let permissions = out.join(name).metadata().map(|metadata| metadata.permissions().mode() & 0o7777);
            assert_eq!(permissions.ok(), Some(mode), "{name}");
        }
        assert!(read("gemini/a.gmi").starts_with("# A") && !out.join("gemini/b.gmi").exists());
    }
    // A file in the way of the export: nothing changes until it is moved.
    for (essay, in_the_way) in [("c.md", "gemini/c.gmi"), ("d/e.md", "gemini/d"), ("f.md", "gemini/f.gmi/g")] {
        if essay != "c.md" {
            add(in_the_way);
        }
        fs::create_dir_all(content.join("d")).expect("writable");
        fs::write(content.join(essay), "# New\n").expect("writable");
        let before = files(&out);
        let (good, said) = export();
        assert!(!good && said.contains("was not made by an export"), "{essay}: {said}");
        assert!(said.contains(in_the_way.trim_end_matches("/g")), "{essay}: {said}");
        assert_eq!(files(&out), before, "{essay}");
        fs::remove_file(content.join(essay)).expect("there");
        fs::remove_file(out.join(in_the_way)).expect("there");
    }
    // The marker of an export that listed nothing permits nothing.
    fs::write(out.join(".lamplit-export"), "Written by `lamplit export`.\n").expect("writable");
    let before = files(&out);
    assert!(!export().0);
    assert_eq!(files(&out), before);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing is left beside it");
}

/// F22: a name that no file system has is left out with a message, and the rest is written.
#[test]
fn names_too_long_for_a_file_are_left_out() {
    let folder = scratch_folder();
    let (content, out) = (folder.path().join("essays"), folder.path().join("copy"));
    fs::create_dir(&content).expect("writable");
    let long = "x".repeat(300);
    for (name, key) in [("slug", "slug: LONG"), ("tag", "tags: [LONG]"), ("alias", "aliases: [/LONG/]")] {
        let text = format!("---\n{}\n---\n# A {name}\n\nText.\n", key.replace("LONG", &long));
        fs::write(content.join(format!("{name}.md")), text).expect("writable");
    }
    let output = lamplit().arg("export").arg(&out).arg(&content).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("names of at most 255 bytes"), "{said}");
    let written = files(&out.join("gemini"));
    assert!(written.contains_key("/tag.gmi") && written.contains_key("/alias.gmi"), "{:?}", written.keys());
}
