//! Hostile content: control characters in front matter and file names.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::support::{Server, eventually, lamplit, scratch_folder};

/// Pieces of Markdown that cost much memory when an essay of the largest size consists of them.
const COSTLY: &[&str] = &[
    "+ - ",
    "> ",
    "1. ",
    "](",
    "[a](b) ",
    "[[nowhere]] ",
    "https://a.b ",
    "<video src=a>",
    "灯**\u{201c}",
    "{% verse %}a\n",
];

/// The most memory that a page of such an essay may take, in kilobytes, with that of the program.
const MOST_MEMORY: usize = 64_000;

/// Every field that ends up in a header, a menu, a list or a message, each with what would break out of it.
const EVIL: &str = "---\ntitle: \"Evil\\e[2J\\r\\n51 no\\tx\\x9b\"\ndate: 2024-05-01\nlang: \"en\\r\\n31 gemini://e.example/\"\n\
                    tags: [\"a\\r\\nb\\tc\", \"\\e]0;x\\a\"]\nsummary: \"s\\e[2J\\r\\n\"\nseries: \"x\\ty\\r\\n\"\n\
                    author: \"me\\r\\n\"\naliases: [\"/old\\r\\n20 text/html\", \"/a\\tb\"]\nunknown\\e: [\n---\n";

const BODY: &str = "---\ntitle: \"Evil\\e[2J\\r\\n51 no\\tx\\x9b\"\ndate: 2024-05-01\nlang: \"en\\r\\n31 gemini://e.example/\"\n\
                    tags: [\"a\\r\\nb\\tc\", \"\\e]0;x\\a\"]\nsummary: \"s\\e[2J\\r\\n\"\nseries: \"x\\ty\\r\\n\"\n\
                    aliases: [\"/old\\r\\n20 text/html\"]\n---\n\n# Head\u{1b}[2J\n\n[a\u{7}b](x\u{1b}y)\n\n    code\u{9b}\n";

fn assert_harmless(what: &str, text: &str, allowed: &str) {
    let harmful = text.chars().find(|&c| c.is_control() && !allowed.contains(c));
    assert_eq!(harmful, None, "{what}: {text:?}");
}

#[test]
fn control_characters_never_reach_a_header_a_menu_or_a_log() {
    let folder = scratch_folder();
    fs::write(folder.path().join("evil.md"), BODY).expect("writable");
    fs::write(folder.path().join("broken.md"), EVIL).expect("writable");
    fs::write(folder.path().join("name\u{1b}[2J.md"), "# Name\n").expect("writable");
    // F9: a file name that would write a line of the log.
    let forged = "2026-01-01T00:00:00.000Z gemini - 20 served ";
    fs::write(folder.path().join(format!("x\n{forged}.md")), EVIL).expect("writable");
    fs::write(folder.path().join("index.md"), "# Home\u{1b}[2J\u{9b}\n\nWords.\n").expect("writable");
    let server = Server::start(folder.path());
    let pages = ["/", "/evil.gmi", "/evil.txt", "/archive/", "/tags/", "/atom.xml", "/search?evil", "/old", "/nothing"];
    for path in pages {
        let reply = server.ask_gemini(path);
        assert_harmless(path, &reply.head, "");
        let status = reply.head.get(..3).unwrap_or_default().to_owned();
        assert!(["20 ", "31 ", "51 "].contains(&status.as_str()), "{path}: {}", reply.head);
        assert_harmless(path, &reply.body, "\n\t");
    }
    for selector in ["", "/evil.txt", "/archive/", "/tags/", "/atom.xml", "/search\tevil", "/\u{1b}[2J", "/nothing"] {
        let answer = server.ask_gopher(selector);
        assert_harmless(selector, &answer, "\r\n\t");
        let Some(menu) = answer.strip_suffix("\r\n.\r\n") else { continue };
        assert!(menu.split("\r\n").all(|item| item.split('\t').count() == 4), "{selector:?}: {menu}");
    }
    // An edit is named in the log as well.
    fs::write(folder.path().join("evil.md"), BODY.replace("Words", "Others")).expect("writable");
    fs::write(folder.path().join("evil\u{1b}.md"), BODY).expect("writable");
    fs::write(folder.path().join("last.md"), "# Last\n").expect("writable");
    eventually(Duration::from_secs(20), || server.said(), |said| said.contains("last.md"));
    let said = server.said();
    assert!(said.contains("broken.md") && said.contains("/evil.gmi"), "{said}");
    assert_harmless("messages and log", &said, "\n");
    assert!(said.contains(forged) && !said.lines().any(|line| line.starts_with(forged)), "{said}");

    for command in [&["check", "-v"][..], &["search", "evil"]] {
        let output = lamplit().args(command).arg(folder.path()).output().expect("the program starts");
        for printed in [output.stdout, output.stderr] {
            assert_harmless(command[0], &String::from_utf8(printed).expect("UTF-8"), "\n\t");
        }
    }
}

#[test]
fn a_text_of_more_than_4_mib_is_refused_by_name() {
    const MOST: usize = 4 << 20;
    let folder = scratch_folder();
    let line = "A line of this essay.\n";
    let text = |length: usize| format!("# Long\n\n{}", line.repeat(length / line.len() + 1))[..length].to_owned();
    fs::write(folder.path().join("longest.md"), text(MOST)).expect("writable");
    fs::write(folder.path().join("too-long.md"), text(MOST + 1)).expect("writable");
    fs::write(folder.path().join("owls.md"), "# Owls\n\nThey call.\n").expect("writable");
    let server = Server::start(folder.path());
    assert!(server.said().contains("too-long.md"), "{}", server.said());
    assert!(server.ask_gemini("/too-long.gmi").head.starts_with("51 "));
    assert!(server.ask_gopher("/longest.txt").len() > MOST);
    assert!(server.ask_gopher("/owls.txt").contains("They call"));
}

/// Runs the program with `arguments` and little memory. An allocation beyond the limit ends it.
fn assert_fits(what: &str, arguments: [&str; 2]) {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -d {MOST_MEMORY} && exec \"$0\" \"$@\" > /dev/null"));
    let output = command.arg(lamplit().get_program()).args(arguments).output().expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| [0, 1, 64].contains(&code)), "{what}: {:?} {said}", output.status);
}

#[test]
fn page_of_any_essay_is_made_in_64_mb() {
    let folder = scratch_folder();
    let essay = folder.path().join("a.md");
    for piece in COSTLY {
        fs::write(&essay, piece.repeat((4 << 20) / piece.len())).expect("writable");
        assert_fits(piece, ["show", essay.to_str().expect("UTF-8")]);
    }
}

/// Loading, resolving links, linting and reporting cost memory in proportion to what an author wrote.
#[test]
fn archive_with_many_mistakes_is_checked_in_64_mb() {
    let lines = |count, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let many = |line: &dyn Fn(usize) -> String| lines(20_000, line);
    for (what, text) in [
        ("dead links", many(&|number| format!("[a{number}](gone-{number}.md)\n"))),
        ("missing pictures", many(&|number| format!("![](gone-{number}.png)\n"))),
        ("wiki links to nothing", many(&|number| format!("[[gone {number}]]\n"))),
        ("notes", many(&|number| format!("a[^{number}]\n\n[^{number}]: b\n\n"))),
        ("headings", many(&|number| format!("# H {number}\n"))),
        ("keys", format!("---\n{}---\n", many(&|number| format!("key{number}: value\n")))),
        ("tags", format!("---\ntags: [{}a]\n---\n", many(&|number| format!("t{number}, ")))),
        ("aliases", format!("---\naliases: [{}/a]\n---\n", many(&|number| format!("/a{number}, ")))),
        ("a head of tags", format!("---\ntags: [{}]\n---\n", lines(9_000, &|number| format!("{number}, ")))),
        ("one value in many places", {
            let value = format!("\\t{}", "x".repeat(30 << 10));
            format!("---\nx: &x \"{value}\"\ntags: [{}*x]\n---\n", "*x, ".repeat(7_000))
        }),
        ("brackets", "[".repeat(4 << 20)),
    ] {
        let folder = scratch_folder();
        fs::write(folder.path().join("a.md"), text).expect("writable");
        fs::write(folder.path().join("b.md"), "# Owls\n\nThey call.\n").expect("writable");
        assert_fits(what, ["check", folder.path().to_str().expect("UTF-8")]);
    }
    for (file, start, unit, end) in [
        ("hugo.toml", "", "[[a]]\nb = \"x\"\n", ""),
        ("mkdocs.yml", "", "a: [x, y]\n", ""),
        ("docs.json", "{\"a\":[", "{\"b\":\"x\"},", "{}]}"),
        ("docusaurus.config.js", "module.exports = {\n", "a: ['x', 'y'],\n", "}"),
        ("b.11tydata.json", "{\"title\":\"A\",\"a\":[", "{\"b\":\"x\"},", "{}]}"),
        ("c.md", "{\"title\":\"A\",\"a\":[", "{\"b\":\"x\"},", "{}]}"),
    ] {
        for length in [250 << 10, 4_000 << 10] {
            let folder = scratch_folder();
            fs::write(folder.path().join("b.md"), "# Owls\n\nThey call.\n").expect("writable");
            let text = [start, &unit.repeat(length / unit.len()), end].concat();
            fs::write(folder.path().join(file), text).expect("writable");
            assert_fits(file, ["check", folder.path().to_str().expect("UTF-8")]);
        }
    }
    let folder = scratch_folder();
    let keys = |indent: &str| lines(4_000, &|number| format!("{indent}key{number}: x\n"));
    fs::write(folder.path().join("_index.md"), format!("---\ncascade:\n{}---\n", keys("  "))).expect("writable");
    fs::write(folder.path().join("a.md"), format!("---\n{}---\nA.\n", keys("own-"))).expect("writable");
    assert_fits("many keys in an essay and in its folder", ["check", folder.path().to_str().expect("UTF-8")]);
    let folder = scratch_folder();
    fs::create_dir(folder.path().join("_data")).expect("writable");
    let names = lines(6_000, &|number| format!("a{number}:\n  name: A\n"));
    let authors = lines(6_000, &|number| format!("a{number}, "));
    for (file, text) in [("_config.yml", ""), ("_data/authors.yml", &*names)] {
        fs::write(folder.path().join(file), text).expect("writable");
    }
    fs::write(folder.path().join("a.md"), format!("---\nauthors: [{authors}]\n---\nA.\n")).expect("writable");
    assert_fits("many authors", ["check", folder.path().to_str().expect("UTF-8")]);
    let folder = scratch_folder();
    let patterns = lines(6_000, &|number| format!("  posts: /{number}/:year/:slug/\n"));
    fs::write(folder.path().join("hugo.yaml"), format!("baseURL: /\npermalinks:\n{patterns}")).expect("writable");
    fs::create_dir_all(folder.path().join("content/posts")).expect("writable");
    for number in 0..300 {
        let name = format!("content/posts/a{number}.md");
        fs::write(folder.path().join(name), "---\ndate: 2024-01-02\n---\nA.\n").expect("writable");
    }
    assert_fits("many patterns of addresses", ["check", folder.path().to_str().expect("UTF-8")]);
    let folder = scratch_folder();
    for number in 0..3_000 {
        let text = format!("---\ntitle: [a\ndate: someday {number}\n---\n");
        fs::write(folder.path().join(format!("{number}.md")), text).expect("writable");
    }
    let patterns = "*a*[\n*b*b?\n".repeat(200);
    fs::write(folder.path().join(".capsuleignore"), patterns).expect("writable");
    assert_fits("unreadable essays and patterns", ["check", folder.path().to_str().expect("UTF-8")]);
}
