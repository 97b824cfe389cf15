//! `lamplit new` and `lamplit init`: the files they create.

use std::fs;

use crate::support::{lamplit, run, scratch_folder};

#[test]
fn new_essay_follows_the_style_of_the_archive_and_overwrites_nothing() {
    let folder = scratch_folder();
    let content = folder.path().join("essays");
    let posts = content.join("blog");
    fs::create_dir_all(&posts).expect("writable");
    let new = |arguments: &[&str]| {
        lamplit().arg("new").args(arguments).current_dir(folder.path()).output().expect("the program starts")
    };
    let made = |arguments: &[&str]| {
        let output = new(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let path = String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned();
        (fs::read_to_string(folder.path().join(&path)).expect("a file"), path)
    };

    // In an empty archive: YAML, in the given folder.
    let (text, path) = made(&["What's \"new\"?", "essays"]);
    assert_eq!(path, "essays/whats-new.md");
    let date = text.lines().find_map(|line| line.strip_prefix("date: ")).expect("a date").to_owned();
    assert_eq!(text, format!("---\ntitle: \"What's \\\"new\\\"?\"\ndate: {date}\ndraft: true\n---\n\n"));
    let shown = run(lamplit().arg("show").arg(folder.path().join(&path)));
    assert!(shown.starts_with("# What's \"new\"?\n") && shown.contains(&date), "{shown}");

    let found = lamplit().args(["search", "new", "essays"]).current_dir(folder.path()).output();
    assert_eq!(found.expect("the program starts").status.code(), Some(1), "a draft is not found");
    let (public, other) = made(&["Owls", "essays", "--public"]);
    assert_eq!(public, format!("---\ntitle: \"Owls\"\ndate: {date}\n---\n\n"));
    fs::remove_file(folder.path().join(other)).expect("there");

    let again = new(&["Whats new", "essays"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("already exists"));
    assert_eq!(fs::read_to_string(folder.path().join(&path)).expect("a file"), text);

    // Beside other essays: TOML, a date in the name, their folder, the author's own keys.
    fs::remove_file(folder.path().join(&path)).expect("there");
    for day in 1..4 {
        let text = format!("+++\ntitle = \"A\"\nwhen = 2024-05-0{day}\ntags = [\"a\"]\n+++\n\nText.\n");
        fs::write(posts.join(format!("2024-05-0{day}-a.md")), text).expect("writable");
    }
    let config = "[[capsule]]\ncontent = \"essays\"\n[front_matter]\ndate = \"when\"\n";
    fs::write(folder.path().join("config.toml"), config).expect("writable");
    let (text, path) = made(&["The Soft Skin", "--draft"]);
    assert_eq!(path, format!("essays/blog/{date}-the-soft-skin.md"));
    assert_eq!(text, format!("+++\ntitle = \"The Soft Skin\"\nwhen = {date}\ntags = []\ndraft = true\n+++\n\n"));
    assert_eq!(new(&["Other", "no-such-folder"]).status.code(), Some(1));
}

#[test]
fn initial_configuration_is_valid_and_overwrites_nothing() {
    let folder = scratch_folder();
    let content = folder.path().join("essays");
    fs::create_dir(&content).expect("writable");
    fs::write(content.join("a.md"), "# A\n").expect("writable");
    let init = || lamplit().arg("init").current_dir(folder.path()).output().expect("the program starts");
    assert!(init().status.success());
    let text = fs::read_to_string(folder.path().join("config.toml")).expect("a file");
    assert!(text.contains("content = \"essays\"\n") && text.contains("# width = 67\n"), "{text}");
    let config = run(lamplit().arg("config").current_dir(folder.path()));
    assert!(config.contains("content = \"essays\""), "{config}");

    let again = init();
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("was not changed"));
    let among = lamplit().args(["init", "."]).current_dir(&content).output().expect("the program starts");
    assert_eq!(among.status.code(), Some(1));
    assert_eq!(fs::read_dir(&content).expect("a folder").count(), 1);
}

/// Each row: the existing files, the working folder, the arguments, and whether a file is written.
#[test]
fn configuration_is_never_written_among_essays() {
    for (files, working, arguments, is_written) in [
        (&["essays/a.md"][..], ".", &[][..], true),
        (&[], ".", &[], true),
        (&["README.md", "LICENSE.md", "essays/a.md"], ".", &[], true),
        (&["README.md"], ".", &[], true),
        (&["README.md", "content/a.md"], ".", &["content"], true),
        (&["README.md", "content/a.md"], ".", &[], false),
        (&["a.md"], ".", &[], false),
        (&["a.gmi"], ".", &[], false),
        (&["index.markdown"], ".", &[], false),
        (&["a.md", "essays/b.md"], ".", &[], false),
        (&["films/a.md"], ".", &[], false),
        (&["films/a.md"], "films", &[], false),
        (&["films/a.md"], ".", &["."], false),
        (&["films/a.md"], "films", &[".."], false),
        (&["x/films/a.md"], "x/films", &["../../x"], false),
        (&["x/a.md"], ".", &["x"], true),
        (&[".git/a.md"], ".", &[], true),
        (&["pictures/a.png"], ".", &[], true),
    ] {
        let folder = scratch_folder();
        for file in files {
            let file = folder.path().join(file);
            fs::create_dir_all(file.parent().expect("a folder")).expect("writable");
            fs::write(file, "# A\n").expect("writable");
        }
        let working = folder.path().join(working);
        let output = lamplit().arg("init").args(arguments).current_dir(&working).output().expect("it starts");
        assert_eq!(output.status.success(), is_written, "{files:?} {working:?} {arguments:?}: {output:?}");
        assert_eq!(working.join("config.toml").exists(), is_written, "{files:?} {working:?} {arguments:?}");
    }
}

#[test]
fn title_becomes_a_file_name_and_a_quoted_value() {
    let folder = scratch_folder();
    for (title, name, value) in [
        ("The \"Soft\" \\ Skin\n", "the-soft-skin", r#""The \"Soft\" \\ Skin""#),
        ("  What's new?  ", "whats-new", r#""What's new?""#),
        ("Été à 東京", "été-à-東京", r#""Été à 東京""#),
        ("../../etc/passwd", "etc-passwd", r#""../../etc/passwd""#),
        ("C++ & Rust: 1/2", "c-rust-1-2", r#""C++ & Rust: 1/2""#),
        ("\u{1b}[2J\tx", "2j-x", r#""[2J x""#),
        ("?!", "essay", r#""?!""#),
    ] {
        let path = run(lamplit().args(["new", title, "."]).current_dir(folder.path()));
        assert_eq!(path, format!("./{name}.md\n"), "{title:?}");
        let text = fs::read_to_string(folder.path().join(path.trim_end())).expect("a file");
        assert!(text.starts_with(&format!("---\ntitle: {value}\ndate: ")), "{title:?}: {text}");
    }
    fs::remove_file(folder.path().join("essay.md")).expect("there");
    assert_eq!(run(lamplit().args(["new", "", "."]).current_dir(folder.path())), "./essay.md\n");
}

#[test]
fn written_configuration_equals_that_of_the_same_arguments() {
    let folder = scratch_folder();
    let config = |arguments: &[&str]| {
        let mut command = lamplit();
        let json = run(command.args(["config", "--json"]).args(arguments).current_dir(folder.path()));
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON")
    };
    let arguments = ["my \"essays\"", "--hostname", "example.org"];
    let expected = config(&arguments);
    run(lamplit().arg("init").args(arguments).current_dir(folder.path()));
    assert_eq!(config(&[]), expected);
    let text = fs::read_to_string(folder.path().join("config.toml")).expect("a file");
    assert!(text.lines().filter(|line| line.starts_with("# ")).count() > 40, "{text}");
}
