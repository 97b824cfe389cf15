//! `lamplit check`, as an author runs it.

use std::fs;
use std::io::ErrorKind;

use crate::support::{ended, lamplit, run, scratch_folder};

#[test]
fn each_finding_is_a_line_and_errors_end_with_code_1() {
    let folder = scratch_folder();
    for (name, text) in [
        ("a.md", "---\ntitle: A\n---\n\n[gone](gone.md) and [b](b.md)\n"),
        ("b.md", "![](lamp.png)\n"),
        ("c.md", "---\ntitle: [\"C\n---\n"),
        ("d.md", "# D\n\nText.\n"),
        ("d.txt", "D\n"),
        ("e.md", "---\nslug: d\n---\nText.\n"),
        ("lamp.png", ""),
    ] {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    let output = lamplit().arg("check").arg(folder.path()).output().expect("the program starts");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(output.stderr.is_empty());
    let at = |name: &str| folder.path().join(name).display().to_string();
    for expected in [
        format!("{}:5:1 error dead-link: `gone.md` leads to nothing in the capsule\n", at("a.md")),
        format!("{}:1:1 warning missing-alt: ", at("b.md")),
        format!("{}:2:", at("c.md")),
        format!(
            "{} warning duplicate-address: the address `/d.gmi` already belongs to `d.md`; this essay is at",
            at("e.md")
        ),
        "1  error    dead-link\n".to_owned(),
    ] {
        assert!(stdout.contains(&expected), "`{expected}` is missing in:\n{stdout}");
    }

    let verbose = lamplit().args(["check", "-v", "."]).current_dir(folder.path()).output().expect("it starts");
    let verbose = String::from_utf8(verbose.stdout).expect("UTF-8");
    let expected = "  --> a.md:5:1\n   |\n 5 | [gone](gone.md) and [b](b.md)\n   | ^^^^^^^^^^^^^^\n";
    assert!(verbose.contains(expected), "{verbose}");

    let summary = "

1  error    front-matter
1  error    dead-link
1  warning  duplicate-address
1  warning  missing-alt

published: 4 essays, 2 attachments
";
    assert!(verbose.ends_with(summary), "{verbose}");
}

#[test]
fn json_has_an_object_with_all_keys_on_each_line() {
    let folder = scratch_folder();
    for (name, text) in [
        ("a.md", "[x](<go\u{1b}[2Jne.md>) [\"gone\"](gone.md)\n"),
        ("b.md", "![](lamp.png)\n"),
        ("c.md", "---\nslug: b\n---\nText.\n"),
        ("lamp.png", ""),
    ] {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    let check = |arguments: &[&str]| {
        let mut command = lamplit();
        let output = command.arg("check").args(arguments).current_dir(folder.path()).output();
        let output = output.expect("the program starts");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let json = check(&["--json", "."]);
    let lines: Vec<&str> = json.lines().collect();
    assert_eq!((lines[0], lines[6], lines.len()), ("[", "]", 7), "{json}");
    assert!(lines[1].contains(r"`go\u001b[2Jne.md` leads"), "{json}");
    let expected = r#"{"file":"a.md","line":1,"column":20,"length":16,"severity":"error","kind":"dead-link","message":"`gone.md` leads to nothing in the capsule","hint":null},"#;
    assert_eq!(lines[2], expected);
    assert!(lines[3].contains(r#""severity":"warning","kind":"missing-alt""#), "{json}");
    assert!(lines[4].starts_with(r#"{"file":"c.md","line":null,"column":null,"length":null,"#), "{json}");
    for arguments in [&["."][..], &["-v", "."]] {
        let text = check(arguments);
        assert!(text.contains("`go [2Jne.md` leads") && !text.contains('\u{1b}'), "{text}");
    }
    for name in ["a.md", "b.md", "c.md"] {
        fs::write(folder.path().join(name), "# Owls\n\nText.\n").expect("writable");
    }
    let published = r#"{"file":".","line":null,"column":null,"length":null,"severity":"note","kind":"published","message":"3 essays, 1 attachment","hint":null}"#;
    let here = |arguments: &[&str]| run(lamplit().arg("check").args(arguments).arg(".").current_dir(folder.path()));
    assert_eq!(here(&["--json"]), format!("[\n{published}\n]\n"));
    assert_eq!(here(&[]), "no problems\n\npublished: 3 essays, 1 attachment\n");
}

/// Returns whether this process may not bind ports below 1024.
fn lacks_privilege() -> bool {
    std::net::TcpListener::bind("127.0.0.1:70").is_err_and(|error| error.kind() == ErrorKind::PermissionDenied)
}

#[test]
fn public_host_gets_a_list_of_what_must_be_set_up() {
    let folder = scratch_folder();
    fs::write(folder.path().join("a.md"), "# Owls\n\nText.\n").expect("writable");
    let check = |config: &str| {
        fs::write(folder.path().join("config.toml"), format!("certs = \"/nowhere\"\n{config}")).expect("writable");
        run(lamplit().arg("check").current_dir(folder.path()))
    };
    let capsule = "[[capsule]]\nhostname = \"example.org\"\naliases = [\"www.example.org\"]\ncontent = \".\"\n";
    let shown = check(capsule);
    let gopher = if lacks_privilege() { "7070" } else { "70" };
    for expected in [
        "to reach example.org from the Internet (as configured; the network was not tested):",
        "  gemini       listens on 0.0.0.0:1965 and [::]:1965",
        &format!("  gopher       listens on 0.0.0.0:{gopher} and [::]:{gopher}"),
        "  certificate  will be created at the first start, for example.org, www.example.org",
        "  DNS          A and AAAA records of example.org, www.example.org must name this machine",
        &format!("  firewall     must let 1965/tcp and {gopher}/tcp in"),
    ] {
        assert!(shown.lines().any(|line| line == expected), "no `{expected}` in\n{shown}");
    }
    for (more, expected) in [
        ("[gemini]\nlisten = \"127.0.0.1:1965\"\n", "127.0.0.1:1965: reachable from this machine only"),
        ("[gemini]\nlisten = \"0.0.0.0:1965\"\n", "not reachable over IPv6"),
        ("[gemini]\nlisten = \"[::]:1965\"\n", "not reachable over IPv4"),
        ("[gopher]\nenabled = false\n", "must let 1965/tcp in"),
        ("[gemini]\nlisten = \"0.0.0.0:4711\"\nport = 1965\n", &format!("must let 1965/tcp and {gopher}/tcp in")),
    ] {
        let shown = check(&format!("{capsule}{more}"));
        assert!(shown.contains(expected), "{more}{shown}");
    }
    let accounted = "no problems\n\npublished: 1 essay\nignored: config.toml: a configuration file\n";
    assert_eq!(check("[[capsule]]\ncontent = \".\"\n"), accounted);
    let named = run(lamplit().args(["check", "--hostname", "example.org"]).arg(folder.path()));
    assert!(named.contains("to reach example.org"), "{named}");
}

#[test]
fn warnings_alone_end_with_code_0_and_usage_with_64() {
    let folder = scratch_folder();
    fs::write(folder.path().join("a.md"), "![](lamp.png)\n").expect("writable");
    fs::write(folder.path().join("lamp.png"), "").expect("writable");
    assert!(run(lamplit().arg("check").arg(folder.path())).contains("1  warning  missing-alt\n"));
    let code = |arguments: &[&str]| {
        let output = lamplit().arg("check").args(arguments).current_dir(folder.path()).output();
        output.expect("the program starts").status.code()
    };
    assert_eq!(code(&["--nonsense"]), Some(64));
    assert_eq!(code(&[]), Some(64), "neither DIR nor a configuration");
    assert_eq!(code(&["no-such-folder"]), Some(1));
}

#[test]
fn sample_capsule_has_no_errors() {
    let said = run(lamplit().args(["check", concat!(env!("CARGO_MANIFEST_DIR"), "/capsule")]));
    // Its one picture without words is there to show what becomes of such.
    let (problems, account) = said.split_once("\n\npublished: ").expect("an account");
    assert!(problems.ends_with("\n\n1  warning  missing-alt"), "{said}");
    assert!(account.contains("notes-on-rain.md:5: a draft (`draft: true`)\n"), "{said}");
}

#[test]
fn private_folders_are_checked() {
    let folder = scratch_folder();
    fs::create_dir(folder.path().join("desk")).expect("writable");
    for (name, text) in [
        ("a.md", "[a letter](desk/letter.md)\n"),
        ("desk/letter.md", "See [gone](gone.md) and [a](../a.md).\n"),
        ("config.toml", "[[capsule]]\ncontent = \".\"\nprivate = [{ path = \"/desk/\" }]\n"),
    ] {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    let output = lamplit().arg("check").current_dir(folder.path()).output().expect("the program starts");
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    // A public page cannot link into a private folder.
    for expected in [
        "a.md:1:1 error dead-link: `desk/letter.md` leads to nothing in the capsule\n",
        "desk/letter.md:1:5 error dead-link: `gone.md` leads to nothing in the capsule\n",
    ] {
        assert!(stdout.contains(expected), "`{expected}` is missing in:\n{stdout}");
    }
    assert_eq!(stdout.matches(" dead-link: ").count(), 2, "{stdout}");
}

/// Writes `files` and returns their folder.
fn archive(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = scratch_folder();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, text).expect("writable");
    }
    folder
}

const ARCHIVE: &[(&str, &str)] = &[
    ("films/a.md", "---\ntitle: A\naliases: [/old/a/]\n---\nText.\n"),
    ("films/d.md", "---\ntitle: D\ndraft: true\n---\nText.\n"),
    ("films/e.md", "---\nslug: a\n---\nText.\n"),
    ("_drafts/x.md", "# X\n\nText.\n"),
    ("future.md", "+++\ndate = 2999-01-01\n+++\nText.\n"),
    ("expired.md", "---\nexpirydate: 2001-01-01\n---\nText.\n"),
    ("unpublished.md", "---\npublished: no\naliases: [/once]\n---\nText.\n"),
    ("bad.md", "---\ntitle: [x\n---\n"),
    ("desk/p.md", "# P\n\nText.\n"),
    ("bundle/index.md", "---\ndraft: true\n---\nText.\n"),
    ("bundle/lamp.jpg", "x"),
    ("a.md~", "x"),
    ("hugo.toml", "x = 1\n"),
    ("y.org", "x"),
    ("z1.rst", "x"),
    ("z2.rst", "x"),
    ("n.ipynb", "{}"),
    (".capsuleignore", "*.png\n"),
    ("p.png", "x"),
    ("old/q.png", "x"),
    ("lamp.jpg", "x"),
    ("notes.txt", "x"),
    (".git/x.md", "x"),
    ("node_modules/m/README.md", "x"),
    ("lamplit-test.toml", "[[capsule]]\ncontent = \".\"\ngone = [\"/gone/\"]\nprivate = [{ path = \"/desk/\" }]\n"),
];

#[test]
fn account_names_what_is_published_hidden_unread_and_ignored() {
    let folder = archive(ARCHIVE);
    let check = |arguments: &[&str]| {
        let mut command = lamplit();
        command.args(["check", "--config", "lamplit-test.toml"]).args(arguments);
        let output = command.current_dir(folder.path()).output().expect("the program starts");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let shown = check(&[]);
    let (_, account) = shown.split_once("\n\nrecognised: Hugo site\npublished: ").expect("an account");
    assert_eq!(
        account,
        "2 essays in 1 section, 3 attachments
hidden: _drafts/x.md: a draft (it lies in `_drafts`)
hidden: bundle/index.md:2: a draft (`draft: true`)
hidden: expired.md:2: expired (`expirydate: 2001-01-01`)
hidden: films/d.md:3: a draft (`draft: true`)
hidden: future.md:2: dated in the future (`date = 2999-01-01`)
hidden: unpublished.md:2: not published (`published: no`)
ignored: a.md~: a backup or temporary file
ignored: hugo.toml: a configuration file
ignored: node_modules: a file of a site generator or system
ignored: old/q.png, p.png: ignored by `*.png` of `.capsuleignore`
private: desk/p.md: in the private folder `/desk/`
unread: n.ipynb: a text in Jupyter, which is not read
unread: y.org: a text in Org, which is not read
unread: z1.rst, z2.rst: a text in reStructuredText, which is not read
"
    );
    let json = check(&["--json"]);
    for expected in [
        r#"{"file":"films/d.md","line":3,"column":null,"length":null,"severity":"note","kind":"hidden","message":"a draft (`draft: true`)","hint":null}"#,
        r#""severity":"note","kind":"unread","message":"a text in Org, which is not read""#,
        r#""severity":"note","kind":"published","message":"2 essays in 1 section, 3 attachments""#,
    ] {
        assert!(json.contains(expected), "`{expected}` is missing in {json}");
    }
}

#[test]
fn why_names_the_rule_for_a_file_or_an_address() {
    let folder = archive(ARCHIVE);
    let outside = scratch_folder();
    for (path, expected) in [
        ("films/a.md", "`films/a.md` is published at /films/a.gmi, also known as /old/a/"),
        ("/films/a.gmi", "/films/a.gmi shows `films/a.md`"),
        ("/films/a", "/films/a redirects to /films/a.gmi, which shows `films/a.md`"),
        ("/old/a/", "/old/a/ redirects to /films/a.gmi, which shows `films/a.md`"),
        ("gemini://localhost/films/a.txt", "/films/a.txt shows `films/a.md`"),
        ("films/d.md", "`films/d.md` is hidden: a draft (`draft: true`), in line 3"),
        ("/once/", "/once/ is nothing: `unpublished.md` is hidden: not published (`published: no`), in line 2"),
        ("/films/d.gmi", "/films/d.gmi is nothing: `films/d.md` is hidden: a draft (`draft: true`), in line 3"),
        (
            "films/e.md",
            "`films/e.md` is published at /films/e.gmi\nwarning: the address `/films/a.gmi` already belongs to `films/a.md`; ",
        ),
        ("_drafts/x.md", "`_drafts/x.md` is hidden: a draft (it lies in `_drafts`)"),
        ("future.md", "`future.md` is hidden: dated in the future (`date = 2999-01-01`), in line 2"),
        ("expired.md", "`expired.md` is hidden: expired (`expirydate: 2001-01-01`), in line 2"),
        ("bad.md", "`bad.md` is not published\nerror: the front matter cannot be read"),
        ("/bad.gmi", "/bad.gmi is nothing: `bad.md` is not published\nerror: "),
        ("desk/p.md", "`desk/p.md` is published at /desk/p.gmi, for readers of the private folder `/desk/` only"),
        ("/desk/p.gmi", "/desk/p.gmi shows `desk/p.md`, for readers of the private folder `/desk/` only"),
        (
            "bundle/lamp.jpg",
            "`bundle/lamp.jpg` is not published: it is named after an essay that is hidden, or lies beside it or among drafts",
        ),
        (
            "a.md~",
            "`a.md~` is not published: it is a backup or temporary file; the line `!a.md~` in `.capsuleignore` publishes it",
        ),
        ("hugo.toml", "`hugo.toml` is not published: it is a configuration file; "),
        ("y.org", "`y.org` is not published: it is a text in Org, which is not read; "),
        ("p.png", "`p.png` is not published: it is ignored by `*.png` of `.capsuleignore`"),
        ("/old/q.png", "`old/q.png` is not published: it is ignored by `*.png` of `.capsuleignore`"),
        (".git/x.md", "`.git/x.md` is not published: names that start with a dot are hidden"),
        (
            "node_modules/m/README.md",
            "`node_modules/m/README.md` is not published, because `node_modules` is left out: it is a file",
        ),
        ("node_modules", "`node_modules` is not published: it is a file of a site generator or system"),
        ("lamp.jpg", "`lamp.jpg` is published at /lamp.jpg as it is, as image/jpeg"),
        ("notes.txt", "`notes.txt` is published at /notes.txt as it is, as text/plain"),
        ("films", "/films/ is a page that Lamplit generates"),
        ("/", "/ is a page that Lamplit generates"),
        ("/search", "/search is the search"),
        ("/gone/x.gmi", "/gone/x.gmi is withdrawn: `gone` in the configuration names it"),
        ("/films/b.gmi", "/films/b.gmi is nothing; the nearest address is /films/a.gmi"),
        ("/../etc", "`/../etc` is not an address: the path climbs above the root"),
        ("/wholly/different/words", "/wholly/different/words is nothing\n"),
    ] {
        let mut command = lamplit();
        command.args(["check", "--config", "lamplit-test.toml", "--why", path]).current_dir(folder.path());
        let shown = run(&mut command);
        assert!(shown.starts_with(expected), "{path}: {shown}");
    }
    // A file may be named from anywhere.
    let file = folder.path().join("films/d.md");
    let mut command = lamplit();
    command.args(["check", "--why"]).arg(&file).arg(folder.path()).current_dir(outside.path());
    assert!(run(&mut command).starts_with("`films/d.md` is hidden"));
}

/// What holds an essay back may stand in another file.
#[test]
fn why_names_the_file_that_holds_an_essay_back() {
    let folder = archive(&[
        ("hugo.toml", "title = 'Lamps'\n[[cascade]]\nbuild.list = 'never'\n[cascade.target]\npath = '/notes/**'\n"),
        ("content/notes/a.md", "A.\n"),
        ("content/n/_index.md", "---\ntitle: N\ndraft: false\ncascade:\n  draft: true\n---\n"),
        ("content/n/b.md", "B.\n"),
        ("content/n/c.md", "---\ndate: 2001-01-01\nexpiryDate: 2002-01-01\n---\nC.\n"),
        ("content/m/_metadata.yml", "publishDate: 2999-01-01\n"),
        ("content/m/d.md", "D.\n"),
        ("content/e.md", "---\ntitle: E\n---\n"),
        ("content/e2.md", "# E2\n"),
        ("content/e3.md", "# E3\n"),
        ("content/e4.md", "# E4\n"),
        ("content/f.md", "---\ndate: 2001-01-01\ncreated: 2999-01-01\n---\nF.\n"),
        ("content/g/g.json", "{\"tags\": [\"x\"], \"permalink\": false}\n"),
        ("content/g/g.md", "G.\n"),
        ("content/h/h.11tydata.js", "module.exports = { layout: 'x', permalink: () => false };\n"),
        ("content/h/h.md", "H.\n"),
        ("content/i/i.11tydata.js", "module.exports = {\n  permalink() {\n    return false;\n  },\n};\n"),
        ("content/i/i.md", "I.\n"),
        ("content/j.meta", ".. title: J\n.. status: draft\n"),
        ("content/j.md", "J.\n"),
    ]);
    for (file, expected) in [
        (
            "content/notes/a.md",
            "published at /notes/a.gmi; in no list, but at its address (`build.list = 'never'` in `hugo.toml`)",
        ),
        ("content/n/b.md", "hidden: a draft (`draft: true` in `n/_index.md`)"),
        ("content/n/c.md", "hidden: a draft (`draft: true` in `n/_index.md`)"),
        ("content/m/d.md", "hidden: dated in the future (`publishDate: 2999-01-01` in `m/_metadata.yml`)"),
        ("content/f.md", "hidden: dated in the future (`created: 2999-01-01`)"),
        ("content/g/g.md", "hidden: not published (`{\"tags\": [\"x\"], \"permalink\": false}` in `g/g.json`)"),
        (
            "content/h/h.md",
            "hidden: not published (`module.exports = { layout: 'x', permalink: () => false };` in `h/h.11tydata.js`)",
        ),
        ("content/i/i.md", "hidden: not published (in `i/i.11tydata.js`)"),
        ("content/j.md", "hidden: a draft (`.. status: draft` in `j.meta`)"),
    ] {
        let mut command = lamplit();
        command.args(["check", "--why", file, "."]).current_dir(folder.path());
        let shown = run(&mut command);
        assert!(shown.contains(expected), "{file}: {shown}");
    }
    let shown = run(lamplit().args(["check", "."]).current_dir(folder.path()));
    let unlisted = "unlisted: 4 files (content/e.md, content/e2.md, content/e3.md, …): in no list, but at its address: it has no text\n";
    assert!(shown.contains(unlisted), "{shown}");
    assert!(shown.contains("hidden: content/n/b.md: a draft (`draft: true` in `n/_index.md`)"), "{shown}");
}

/// Without a generator, names hide essays.
#[test]
fn why_names_the_folder_or_name_that_holds_an_essay_back() {
    let text = "Text.\n";
    let folder = archive(&[("films/Drafts/b.md", text), ("films/b.draft.md", text), ("Drafts/b.draft.md", text)]);
    let shown = run(lamplit().args(["check", "."]).current_dir(folder.path()));
    let expected = "hidden: Drafts/b.draft.md: a draft (it lies in `Drafts`)\n\
                    hidden: films/Drafts/b.md: a draft (it lies in `Drafts`)\n\
                    hidden: films/b.draft.md: a draft (by its name)\n";
    assert!(shown.ends_with(expected), "{shown}");
    let private = "[[capsule]]\ncontent = \".\"\nprivate = [{ path = \"/Drafts/\" }]\n";
    fs::write(folder.path().join("lamplit-test.toml"), private).expect("writable");
    let shown = run(lamplit().args(["check", "--config", "lamplit-test.toml"]).current_dir(folder.path()));
    assert!(shown.contains("private: Drafts/b.draft.md: in the private folder `/Drafts/`\n"), "{shown}");
}

/// The patterns of a generator are its settings, or come with it.
#[test]
fn why_names_the_pattern_of_the_generator_that_leaves_a_file_out() {
    let folder = archive(&[
        (".eleventy.js", "module.exports = (c) => c.ignores.add(\"content/hush/**\");\n"),
        ("content/hush/a.md", "A.\n"),
        ("content/b.njk", "B\n"),
    ]);
    let shown = run(lamplit().args(["check", "."]).current_dir(folder.path()));
    for expected in [
        "ignored: content/hush/a.md: left out by the site generator (`/hush/**`)\n",
        "ignored: content/b.njk: left out by the site generator (`*.njk`)\n",
    ] {
        assert!(shown.contains(expected), "{shown}");
    }
    let shown = run(lamplit().args(["check", "--why", "content/hush/a.md", "."]).current_dir(folder.path()));
    let hint = "it is left out by the site generator (`/hush/**`); the line `!a.md` in `.capsuleignore` publishes it";
    assert!(shown.contains(hint), "{shown}");
}

/// A setting may hold back all essays.
#[test]
fn why_names_the_setting_that_holds_an_essay_back() {
    let folder = archive(&[
        ("quartz.config.ts", "const config = { plugins: { filters: [Plugin.ExplicitPublish()] } }\n"),
        ("content/a.md", "A.\n"),
    ]);
    let shown = run(lamplit().args(["check", "."]).current_dir(folder.path()));
    let expected = "hidden: content/a.md: not published (`\"publish\": \"false\"` in `quartz.config.ts`)\n";
    assert!(shown.contains(expected), "{shown}");
}

/// Of the tags that hide an essay, the line is named.
#[test]
fn why_names_the_line_with_the_tags_that_hold_an_essay_back() {
    let folder = archive(&[
        ("conf.py", "BLOG_TITLE = \"Lamps\"\n"),
        ("posts/a.md", "---\ntitle: A\ntags: [rain, private]\n---\nA.\n"),
        ("posts/b.md", "---\ntitle: B\ntags: [rain]\npassword:\n- lamp\n---\nB.\n"),
        ("posts/c.md", "---\ntitle: C\naccess:\n  site.login: true\n---\nC.\n"),
    ]);
    let shown = run(lamplit().args(["check", "."]).current_dir(folder.path()));
    assert!(shown.contains("hidden: posts/a.md:3: not published (`tags: [rain, private]`)\n"), "{shown}");
    assert!(shown.contains("hidden: posts/b.md:4: not published (`password:`)\n"), "{shown}");
    assert!(shown.contains("hidden: posts/c.md:3: not published (`access:`)\n"), "{shown}");
}

/// Findings of a large archive are grouped by cause, the worst first; `--all` lists each.
#[test]
fn many_findings_are_grouped_by_cause() {
    let dead: Vec<String> =
        (0..1_200).map(|number| format!("[x](/en/20{:02}/12/post-{number}/)", number % 20)).collect();
    let (dead, broken) = (dead.join("\n\n"), "[y](/about.html) ".repeat(3));
    let pictures: Vec<String> = (0..30).map(|number| format!("![Lamp](lamp-{number}.png)")).collect();
    let pictures = pictures.join("\n\n");
    let folder = archive(&[
        ("a.md", &format!("# A\n\n{dead}\n")),
        ("b.md", &format!("# B\n\n{broken}\n\n{pictures}<script>x</script>\n")),
        ("c.md", "# C\n\n![](there.png)\n"),
        ("there.png", "x"),
        ("d.md", "---\ntitle: [x\n---\n"),
    ]);
    let check = |arguments: &[&str]| {
        let output = ended(lamplit().arg("check").args(arguments).arg(".").current_dir(folder.path()));
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let shown = check(&[]);
    let rows: Vec<&str> = shown.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len() % 2, 0, "a cause and an example each: {shown}");
    assert_eq!(rows[0], "1,200  error    dead-link: `/en/2000/12/name/` leads to nothing in the capsule");
    assert_eq!(rows[1], "    as in a.md:3:1 `/en/2000/12/post-0/` leads to nothing in the capsule");
    assert!(rows[2].starts_with("   30  error    missing-picture: the picture `name.png` is not there"), "{shown}");
    for expected in [
        "    3  error    dead-link: `/name.html` leads to nothing",
        "    1  error    front-matter",
        "    1  warning  missing-alt",
        "\n1,203  error    dead-link\n",
        "\nReaders would notice about 1,23",
        "in 3 files. `--all` lists each of them.\n",
    ] {
        assert!(shown.contains(expected), "no `{expected}` in {shown}");
    }
    assert!(shown.lines().count() < 40, "{shown}");
    let all = check(&["--all"]);
    assert_eq!(all.lines().filter(|line| line.contains(" error dead-link: ")).count(), 1_203);
    assert!(all.contains("a.md:3:1 error dead-link: `/en/2000/12/post-0/` leads to nothing"), "{all}");
    assert_eq!(check(&["--json"]).matches("\"dead-link\"").count(), 1_203);
}

/// Redirects of the configuration that lead to nothing are named with their line.
#[test]
fn redirect_to_nothing_is_named_with_its_line() {
    let folder = archive(&[("essays/a.md", "# A\n\nText.\n"), ("essays/films/b.md", "# B\n\nText.\n")]);
    let configuration = "[redirects]\n\"/old\" = \"/a.gmi\"\n\"/cv.html\" = \"/about.gmi\"\n\"/x\" = \"/films/\"\n\
                         \"/y\" = \"/films/none/\"\n\"/p\" = \"/q\"\n\"/q\" = \"/p\"\n\n[[capsule]]\ncontent = \"essays\"\n";
    std::fs::write(folder.path().join("config.toml"), configuration).expect("writable");
    let check = |arguments: &[&str]| {
        let output = ended(lamplit().arg("check").args(arguments).current_dir(folder.path()));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let shown = check(&[]);
    let lines: Vec<&str> = shown.lines().filter(|line| line.contains("redirected")).collect();
    assert_eq!(
        lines,
        [
            "config.toml:3:14 warning dead-link: `/cv.html` is redirected to `/about.gmi`, which leads to nothing",
            "config.toml:5:8 warning dead-link: `/y` is redirected to `/films/none/`, which leads to nothing",
            "config.toml:6:8 warning dead-link: `/p` is redirected to `/q`, which leads in a circle",
            "config.toml:7:8 warning dead-link: `/q` is redirected to `/p`, which leads in a circle",
        ],
        "{shown}"
    );
    let shown = check(&["-v"]);
    assert!(shown.contains("\"/cv.html\" = \"/about.gmi\"") && shown.contains("^^^^^^^^^^^^\n"), "{shown}");
}

/// Dates that cannot be read are one cause, whatever their keys.
#[test]
fn findings_about_dates_are_grouped() {
    let folder = archive(&[]);
    for number in 0..30 {
        let key = ["date", "publishDate", "pubDate"][number % 3];
        let text = format!("---\n{key}: the {number}th of some month\n---\nText.\n");
        std::fs::write(folder.path().join(format!("a{number}.md")), text).expect("writable");
        let text = format!("---\n{key}: 05/0{}/2020\n---\nText.\n", number % 3 + 1);
        std::fs::write(folder.path().join(format!("b{number}.md")), text).expect("writable");
    }
    let check = |arguments: &[&str]| {
        let output = ended(lamplit().arg("check").args(arguments).arg(".").current_dir(folder.path()));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let shown = check(&[]);
    assert!(
        shown.starts_with("30  error    front-matter: `key` is not a date\n    as in a0.md:2:7 `date` is not"),
        "{shown}"
    );
    assert!(
        shown.contains("\n30  warning  front-matter: `key` is not a date: which number is the month?\n    as in b"),
        "{shown}"
    );
    let all = check(&["--all"]);
    assert_eq!(all.lines().filter(|line| line.contains(" is not a date")).count(), 60, "{all}");
}
