//! What one author's folder costs is bounded, and other capsules always get their answer.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Instant;

use super::{Host, PATIENCE, page};

/// The memory of the tests in megabytes. Twice as much may be loaded, and a name counts for 4 KB of it.
const MEMORY: usize = 16;

/// More names than the memory suffices for.
const NAMES: usize = 2 * MEMORY * 1_000_000 / 4_000 + 100;

/// The most memory that the process may take with all of these capsules, in kilobytes; without limits, it is many times
/// as much. The unoptimised program alone takes some 25 MB.
const PEAK: usize = 110_000;

/// A kind of folder, and how its content is made.
type Kind = (&'static str, &'static str, fn(&Path));

/// Makes [`NAMES`] entries of `folder` called `prefix`, a number and `suffix`.
fn each(folder: &Path, prefix: &str, suffix: &[u8], make: impl Fn(&Path)) {
    for number in 0..NAMES {
        let name = [format!("{prefix}{number}").as_bytes(), suffix].concat();
        make(&folder.join(OsStr::from_bytes(&name)));
    }
}

fn settings(folder: &Path, key: &str, entry: impl Fn(usize) -> String) {
    let entries: Vec<String> = (0..300).map(entry).collect();
    fs::write(folder.join("capsule.toml"), format!("{key} = [{}]\n", entries.join(", "))).expect("writable");
}

fn lines(number: usize, line: impl Fn(usize) -> String) -> String {
    (0..number).map(|number| line(number) + "\n").collect()
}

fn file(path: &Path, text: impl AsRef<[u8]>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
    fs::write(path, text).expect("writable");
}

/// Kinds of folders with the beginning of the reply: those that exceed a limit are not shown.
const KINDS: &[Kind] = &[
    ("attachments", "40 ", |folder| each(folder, "n", b".jpg", |path| file(path, ""))),
    ("folders", "40 ", |folder| each(folder, "n", b"", |path| fs::create_dir(path).expect("writable"))),
    ("dead-links", "40 ", |folder| {
        each(folder, "n", b"", |path| symlink("nowhere", path).expect("writable"));
    }),
    ("hidden", "40 ", |folder| each(folder, ".n", b"", |path| file(path, ""))),
    ("no-utf-8", "40 ", |folder| each(folder, "n", b"\xff", |path| file(path, ""))),
    ("pattern-files", "40 ", |folder| {
        let patterns: Vec<String> = (0..800).map(|number| format!("*{number}*b?")).collect();
        let patterns = patterns.join("\n");
        (0..6).for_each(|number| file(&folder.join(format!("f{number}/.capsuleignore")), &patterns));
    }),
    ("patterns", "40 ", |folder| settings(folder, "ignore", |number| format!("\"*{number}*b\""))),
    ("mkdocs", "40 ", |folder| {
        file(
            &folder.join("mkdocs.yml"),
            format!("exclude_docs: |\n{}", lines(18_000, |number| format!("  *{number}*b?"))),
        );
    }),
    ("jekyll", "40 ", |folder| {
        file(
            &folder.join("_config.yml"),
            format!("exclude:\n{}", lines(12_000, |number| format!("- 'x*{number}*b?'"))),
        );
    }),
    ("hugo", "40 ", |folder| {
        let patterns = lines(2_444, |_| r"'(?:\w{5}|x1){20}q',".to_owned());
        file(&folder.join("hugo.toml"), format!("ignoreFiles = [{patterns}]\n"));
        file(&folder.join("content/a.md"), "# A\n");
    }),
    ("mdbook", "20 ", |folder| {
        file(&folder.join("book.toml"), "[book]\ntitle = 'Lamps'\n");
        let chapters = lines(5_000, |number| format!("- [Chapter](part/chapter{number}.md)"));
        file(&folder.join("src/SUMMARY.md"), format!("# Summary\n\n{chapters}"));
        file(&folder.join("src/part/chapter1.md"), "# A\n");
    }),
    ("areas", "40 ", |folder| settings(folder, "private", |number| format!("{{ path = \"/a{number}/\" }}"))),
    ("texts", "40 ", |folder| {
        (0..9).for_each(|number| file(&folder.join(format!("{number}.md")), "word ".repeat(800_000)));
    }),
    // Below the 64th level, folders are left out.
    ("deep", "20 ", |folder| {
        let path: PathBuf = std::iter::repeat_n("d", 300).collect();
        fs::create_dir_all(folder.join(path)).expect("writable");
    }),
    ("wide-front-matter", "20 ", |folder| {
        let tags: Vec<String> = (0..2_000).map(|number| format!("tag{number}")).collect();
        (0..20).for_each(|number| {
            file(&folder.join(format!("{number}.md")), format!("---\ntags: [{}]\n---\nText.\n", tags.join(", ")));
        });
    }),
    ("broken-front-matter", "20 ", |folder| {
        (0..1_000).for_each(|number| file(&folder.join(format!("{number}.md")), "---\ntitle: [x\n---\n"));
    }),
];

/// Returns the most memory that the process `id` has taken, in kilobytes.
fn peak(id: u32) -> usize {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// C13.
#[tokio::test]
async fn costs_of_one_folder_are_bounded_and_others_get_their_answer() {
    let honest: Vec<String> = (0..30).map(|number| format!("good{number}.example")).collect();
    let names: Vec<&str> = honest.iter().map(String::as_str).collect();
    let host =
        Host::new(&format!("[limits]\nmemory = {MEMORY}\nper_address = 300\nhandshake = 100\nrequest = 100\n"), &names);
    for (kind, _, make) in KINDS {
        host.write(&format!("{kind}.example"), "index.md", "# Hello\n");
        make(&host.content(&format!("{kind}.example")));
    }
    let (server, client) = host.start();
    let client = Arc::new(client);
    let mut hostile = tokio::task::JoinSet::new();
    for (kind, expected, _) in KINDS {
        let client = client.clone();
        hostile.spawn(async move {
            client.until(&format!("{kind}.example"), "/", expected).await;
        });
    }
    for name in &names {
        let asked = Instant::now();
        client.until(name, "/", &page(name)).await;
        assert!(asked.elapsed() < PATIENCE / 4, "{name} waited {:?}", asked.elapsed());
    }
    hostile.join_all().await;
    let peak = peak(server.id());
    assert!(peak < PEAK, "{peak} KB");
    let said = server.said();
    for words in [
        "may be loaded",
        "`private` has 300 entries",
        "`ignore` has 300 entries",
        "the settings of the site have more patterns than can be compiled",
        "the settings of its site generator have too many patterns",
    ] {
        assert!(said.contains(words), "no `{words}` in {said}");
    }
}

#[tokio::test]
async fn pages_of_another_capsule_are_answered_while_long_ones_are_made() {
    let long_pages = available_parallelism().map_or(1, usize::from) + 1;
    let (long, other) = ("long.example", "other.example");
    let host = Host::new("[limits]\nhandshake = 100\nrequest = 100\n", &[long, other]);
    let text = "* x\n".repeat(1 << 19);
    (0..long_pages).for_each(|number| host.write(long, &format!("{number}.md"), &text));
    (0..5).for_each(|number| host.write(other, &format!("{number}.md"), "# Short\n\nText.\n"));
    let (_server, client) = host.start();
    let client = Arc::new(client);
    for host in [long, other] {
        client.until(host, "/", &page(host)).await;
    }
    let make = |number| {
        let asking = Arc::clone(&client);
        tokio::spawn(async move { asking.ask(long, &format!("/{number}.gmi")).await.whole().len() })
    };
    let making: Vec<_> = (0..long_pages).map(make).collect();
    for number in 0..5 {
        client.until(other, &format!("/{number}.gmi"), &page("Short")).await;
        let are_made = making.iter().all(tokio::task::JoinHandle::is_finished);
        assert!(!are_made, "page {number} waited for the long ones");
    }
    for made in making {
        assert!(made.await.expect("a reply") > 2_000_000);
    }
}
