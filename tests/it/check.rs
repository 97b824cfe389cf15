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

    let summary = "

1  error    front-matter
1  error    duplicate-address
1  error    dead-link
1  warning  missing-alt
";
    assert!(verbose.ends_with(summary), "{verbose}");
}

#[test]
fn json_has_an_object_with_all_keys_on_each_line() {
    let folder = scratch_folder();
    for (name, text) in [
        ("a.md", "[x](<go\u{1b}[2Jne.md>) [\"gone\"](gone.md)\n"),
        ("b.md", "![](lamp.png)\n"),
        ("c.md", "---\nslug: b\n---\n"),
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
    assert_eq!((lines[0], lines[5], lines.len()), ("[", "]", 6), "{json}");
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
        fs::write(folder.path().join(name), "# Owls\n").expect("writable");
    }
    assert_eq!(run(lamplit().args(["check", "--json"]).arg(folder.path())), "[]\n");
    assert_eq!(run(lamplit().arg("check").arg(folder.path())), "no problems\n");
}

#[test]
fn public_capsule_lists_what_it_takes_to_be_reached() {
    let folder = scratch_folder();
    fs::write(folder.path().join("a.md"), "# Owls\n").expect("writable");
    let check = |config: &str| {
        fs::write(folder.path().join("config.toml"), format!("certs = \"/nowhere\"\n{config}"))
            .expect("writable");
        run(lamplit().arg("check").current_dir(folder.path()))
    };
    let capsule =
        "[[capsule]]\nhostname = \"example.org\"\naliases = [\"www.example.org\"]\ncontent = \".\"\n";
    let shown = check(capsule);
    for expected in [
        "to reach example.org from the Internet (as configured; the network was not tested):",
        "  gemini       listens on 0.0.0.0:1965 and [::]:1965",
        "  gopher       listens on 0.0.0.0:70 and [::]:70",
        "  certificate  will be created at the first start, for example.org, www.example.org",
        "  DNS          A and AAAA records of example.org, www.example.org must name this machine",
        "  firewall     must let 1965/tcp and 70/tcp in",
    ] {
        assert!(shown.lines().any(|line| line == expected), "no `{expected}` in\n{shown}");
    }
    for (more, expected) in [
        ("[gemini]\nlisten = \"127.0.0.1:1965\"\n", "127.0.0.1:1965: reachable from this machine only"),
        ("[gemini]\nlisten = \"0.0.0.0:1965\"\n", "not reachable over IPv6"),
        ("[gemini]\nlisten = \"[::]:1965\"\n", "not reachable over IPv4"),
        ("[gopher]\nenabled = false\n", "must let 1965/tcp in"),
        ("[gemini]\nlisten = \"0.0.0.0:4711\"\nport = 1965\n", "must let 1965/tcp and 70/tcp in"),
    ] {
        let shown = check(&format!("{capsule}{more}"));
        assert!(shown.contains(expected), "{more}{shown}");
    }
    assert_eq!(check("[[capsule]]\ncontent = \".\"\n"), "no problems\n");
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
    // A public page cannot link into a private folder.
    for expected in [
        "a.md:1:1 error dead-link: `desk/letter.md` leads to nothing in the capsule\n",
        "desk/letter.md:1:5 error dead-link: `gone.md` leads to nothing in the capsule\n",
    ] {
        assert!(stdout.contains(expected), "`{expected}` is missing in:\n{stdout}");
    }
    assert_eq!(stdout.matches(" dead-link: ").count(), 2, "{stdout}");
}
