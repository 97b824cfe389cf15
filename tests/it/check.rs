//! `lamplit check`, as an author runs it.

use std::fs;

use crate::support::{lamplit, run, scratch_folder};

#[test]
fn each_finding_is_a_line_and_errors_end_with_code_1() {
    let folder = scratch_folder();
    for (name, text) in [
        ("a.md", "---\ntitle: A\n---\n\n[gone](gone.md) and [b](b.md)\n"),
        ("b.md", "![](lamp.png)\n"),
        ("c.md", "---\ntitle: [\"C\n---\n"),
        ("d.md", "# D\n"),
        ("d.txt", "D\n"),
        ("e.md", "---\nslug: d\n---\n"),
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
        format!("{} error duplicate-address: the address `/d.gmi` already belongs to `d.md`\n", at("e.md")),
        "1  error    dead-link\n".to_owned(),
    ] {
        assert!(stdout.contains(&expected), "`{expected}` is missing in:\n{stdout}");
    }

    let verbose =
        lamplit().args(["check", "-v", "."]).current_dir(folder.path()).output().expect("it starts");
    let verbose = String::from_utf8(verbose.stdout).expect("UTF-8");
    let expected = "  --> a.md:5:1\n   |\n 5 | [gone](gone.md) and [b](b.md)\n   | ^^^^^^^^^^^^^^\n";
    assert!(verbose.contains(expected), "{verbose}");

    let json = lamplit().args(["check", "--json"]).arg(folder.path()).output().expect("it starts");
    assert_eq!(json.status.code(), Some(1));
    let json = String::from_utf8(json.stdout).expect("UTF-8");
    assert!(json.starts_with("[\n{\"file\":") && json.contains("\"kind\":\"dead-link\""), "{json}");
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
fn the_sample_capsule_has_no_errors() {
    let said = run(lamplit().args(["check", concat!(env!("CARGO_MANIFEST_DIR"), "/capsule")]));
    // Its one picture without words is there to show what becomes of such.
    assert!(said.ends_with("\n\n1  warning  missing-alt\n"), "{said}");
}

#[test]
fn private_folders_are_looked_at_too() {
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
    // What everybody reads leads nowhere where only some may go.
    for expected in [
        "a.md:1:1 error dead-link: `desk/letter.md` leads to nothing in the capsule\n",
        "desk/letter.md:1:5 error dead-link: `gone.md` leads to nothing in the capsule\n",
    ] {
        assert!(stdout.contains(expected), "`{expected}` is missing in:\n{stdout}");
    }
    assert_eq!(stdout.matches(" dead-link: ").count(), 2, "{stdout}");
}
