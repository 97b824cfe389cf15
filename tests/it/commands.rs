//! The command line as scripts see it: exit codes, what goes to which stream, what packages and programs need.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use clap::error::ErrorKind;
use lamplit::cli::definitions;
use tempfile::TempDir;

use crate::support::{Server, ask_gopher, ended, lamplit, run, scratch_folder, serve};

const OWLS: &str = "---\ntitle: Owls\ndate: 2024-05-01\n---\n\nThey call at night.\n";

/// Folders called `good` and `bad`, and what else the rows below name.
fn home() -> TempDir {
    let home = scratch_folder();
    let write = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        fs::write(path, text).expect("writable");
    };
    write("good/owls.md", OWLS);
    write("bad/owls.md", "# Owls\n\n[Nothing](nothing.md) there.\n");
    write("good.toml", "certs = \"certs\"\n[[capsule]]\ncontent = \"good\"\n");
    write("bad.toml", "[[capsule]]\ncontnt = \"good\"\n");
    write("access.log", "2026-11-22T08:00:00.000Z gemini - 20 served /owls.gmi 1000 5ms whole\n");
    home
}

fn start(folder: &Path, arguments: &[&str]) -> Output {
    ended(lamplit().current_dir(folder).args(arguments))
}

/// The most lines of a help text: one screen.
const SCREEN: usize = 40;

/// Returns `command` and all commands below it.
fn with_subcommands(command: &clap::Command) -> Vec<&clap::Command> {
    [command].into_iter().chain(command.get_subcommands().flat_map(with_subcommands)).collect()
}

/// Returns the name as it is typed, such as `lamplit cert show`.
fn name(command: &clap::Command) -> &str {
    command.get_bin_name().unwrap_or("lamplit")
}

#[test]
fn arguments_are_consistent_and_every_help_fits_one_screen() {
    definitions().debug_assert();
    for command in with_subcommands(&definitions()) {
        let words = name(command).split(' ').chain(["--help"]);
        let help = definitions().try_get_matches_from(words).expect_err("help");
        assert_eq!(help.kind(), ErrorKind::DisplayHelp, "{help}");
        let help = help.to_string();
        assert!(help.lines().count() <= SCREEN, "{help}");
    }
}

#[test]
fn every_help_has_an_example_that_parses() {
    for command in with_subcommands(&definitions()) {
        let name = name(command);
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let (_, examples) = after.split_once("Example").unwrap_or_else(|| panic!("`{name}` has no example"));
        let mut parsed = 0;
        for example in examples.lines().skip(1) {
            assert!(example.starts_with("  "), "{example}");
            for arguments in calls(example) {
                parsed += 1;
                let result = definitions().try_get_matches_from(&arguments);
                assert!(result.is_ok(), "{example}: {arguments:?}\n{}", result.expect_err("a mistake"));
            }
        }
        assert!(parsed > 0 && examples.contains(name), "{name}: {examples}");
    }
}

/// Returns the words of each call of `lamplit` in a line of a shell.
fn calls(line: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    for (at, _) in line.match_indices("lamplit ") {
        // Neither the name of a folder nor an argument of another program.
        if !line[..at].ends_with(['(', ' ']) || line[..at].ends_with("-u ") {
            continue;
        }
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        for c in line[at..].chars() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None, '|' | ')' | '>' | '#') => break,
                (None, ' ') => {
                    words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
                }
                (_, c) => word.push(c),
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        calls.push(words);
    }
    calls
}

/// What the manual says of exit codes, row by row.
#[test]
fn every_command_ends_as_documented() {
    let (home, certs) = (home(), scratch_folder());
    let server = Server::start_with_keys(&home.path().join("good"), certs.path());
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let unreachable = format!("gopher://{}/", closed.local_addr().expect("bound"));
    drop(closed);
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let silence = format!("gemini://{}/", silent.local_addr().expect("bound"));
    let (page, missing) = (server.gemini("/owls.gmi"), server.gemini("/nothing"));
    let (item, no_item) = (server.gopher("/0/owls.txt"), server.gopher("/0/nothing"));
    let search = server.gemini("/search");
    let at = server.gemini_address().to_string();
    let rows: &[(&[&str], i32)] = &[
        (&["--help"], 0),
        (&["--version"], 0),
        (&["--nonsense"], 64),
        (&["chek", "good"], 64),
        (&["serve", "--gemini", "nowhere", "good"], 64),
        (&["serve", "--config", "bad.toml"], 64),
        (&["serve", "nothing"], 1),
        (&["check", "good"], 0),
        (&["check", "bad"], 1),
        (&["check", "bad", "--json"], 1),
        (&["check", "nothing"], 1),
        (&["check", "--config", "bad.toml"], 64),
        (&["show", "good/owls.md"], 0),
        (&["show", "good/nothing.md"], 1),
        (&["show"], 64),
        (&["export", "copy", "good"], 0),
        (&["export", "bad", "good"], 1),
        (&["search", "night", "good"], 0),
        (&["search", "night", "good", "--json"], 0),
        (&["search", "day", "good"], 1),
        (&["new", "Moths", "good"], 0),
        (&["new", "Moths", "good"], 1),
        (&["init", "good"], 0),
        (&["init", "good"], 1),
        (&["config", "--config", "good.toml"], 0),
        (&["config", "--config", "good.toml", "--json"], 0),
        (&["config", "--config", "bad.toml"], 64),
        (&["cert", "show", "--config", "good.toml"], 1),
        (&["cert", "new-key", "--config", "good.toml"], 0),
        (&["cert", "new-key", "--config", "good.toml"], 1),
        (&["cert", "new-key", "--config", "good.toml", "--yes"], 0),
        (&["cert", "show", "--config", "good.toml"], 0),
        (&["cert", "show", "--config", "good.toml", "--json"], 0),
        (&["cert", "renew", "--config", "good.toml"], 0),
        (&["cert"], 64),
        (&["stats", "access.log"], 0),
        (&["stats", "access.log", "--json"], 0),
        (&["stats", "--host", "a.example", "access.log"], 0),
        (&["stats", "--host", "a b", "access.log"], 64),
        (&["stats"], 0),
        (&["stats", "nothing.log"], 1),
        (&["completions", "bash"], 0),
        (&["completions", "nonsense"], 64),
        (&["man"], 0),
        (&["man", "cert", "show"], 0),
        (&["man", "nonsense"], 1),
        (&["get", &page], 0),
        (&["get", &item], 0),
        (&["get", &search], 0),
        (&["get", &missing], 1),
        (&["get", &no_item], 0),
        (&["get", &unreachable], 1),
        (&["get", "--timeout", "1", &silence], 1),
        (&["get", "nonsense"], 64),
        (&["get", "https://localhost/"], 1),
        (&["get", "--check", &page], 0),
        (&["get", "--check", &page.replace("localhost", "elsewhere.example"), "--at", &at], 1),
        (&["get", "--check", &item], 0),
        (&["get", "--check", &search], 1),
        (&["get", "--check", &missing], 1),
        (&["get", "--check", &no_item], 1),
        (&["get", "--check", &unreachable], 1),
        (&["get", "--check", "--timeout", "1", &silence], 1),
    ];
    for (arguments, code) in rows {
        let output = start(home.path(), arguments);
        let (said, printed) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {said}");
        let first = arguments.first().copied().unwrap_or_default();
        let is_help = *arguments == ["cert"];
        if (*code == 64 && !is_help) || (*code == 1 && !["check", "search", "get"].contains(&first)) {
            assert!(printed.is_empty() && said.contains("error: "), "{arguments:?}: {printed}{said}");
        }
        if arguments.contains(&"--check") {
            assert!(printed.is_empty() && said.is_empty() == (*code == 0), "{arguments:?}: {said}");
        }
        if arguments.contains(&"--json") {
            let json = serde_json::from_str::<serde_json::Value>(&printed);
            assert!(json.is_ok_and(|json| json.is_array() || json.is_object()), "{arguments:?}: {printed}");
        }
    }
}

#[test]
fn invalid_configuration_is_ignored_unless_it_is_named() {
    let home = home();
    fs::copy(home.path().join("bad.toml"), home.path().join("config.toml")).expect("writable");
    let show = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = lamplit();
        command.current_dir(home.path()).args(["show", "good/owls.md"]).args(arguments);
        ended(command.envs(environment.iter().copied())).status.code()
    };
    assert_eq!(show(&[], &[]), Some(0));
    assert_eq!(show(&[], &["--config", "bad.toml"]), Some(64));
    assert_eq!(show(&[("LAMPLIT_CONFIG", "bad.toml")], &[]), Some(64));
}

#[test]
fn misspelt_command_is_not_taken_for_a_folder() {
    let home = home();
    for (words, meant, code) in [
        ("chek good", Some("check"), 64),
        ("exprot copy", Some("export"), 64),
        ("serv", Some("serve"), 64),
        ("complettions bash", Some("completions"), 64),
        ("check", None, 64),
        ("access.log", None, 1),
        ("essays", None, 1),
        ("./chek", None, 1),
        ("--chek", None, 64),
        ("", None, 64),
    ] {
        let output = start(home.path(), &words.split(' ').collect::<Vec<&str>>());
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words}: {message}");
        let hint = message.lines().find(|line| line.starts_with("hint: did you mean"));
        let expected = meant.map(|meant| format!("hint: did you mean `lamplit {meant}`?"));
        assert_eq!(hint, expected.as_deref(), "{words}");
    }
}

#[test]
fn manual_pages_are_written_for_every_command() {
    let folder = scratch_folder();
    let pages = folder.path().join("man1");
    run(lamplit().args(["man", "--out"]).arg(&pages));
    let mut names: Vec<String> = fs::read_dir(&pages)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for expected in ["lamplit.1", "lamplit-serve.1", "lamplit-cert.1", "lamplit-cert-new-key.1", "lamplit-man.1"] {
        assert!(names.iter().any(|name| name == expected), "{expected}: {names:?}");
    }
    assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
    for name in &names {
        let page = fs::read_to_string(pages.join(name)).expect("a page");
        for section in [".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS", ".SH EXAMPLES", ".SH \"EXIT STATUS\""] {
            assert!(page.contains(section), "{name}: {section} is missing in:\n{page}");
        }
    }
    let whole = fs::read_to_string(pages.join("lamplit.1")).expect("a page");
    assert_eq!(whole, run(lamplit().arg("man")));
    assert!(whole.contains("LAMPLIT_CONFIG") && whole.contains("NO_COLOR"), "{whole}");
}

/// Shells complain of a script that they cannot read.
#[test]
fn completion_scripts_are_valid_in_their_shells() {
    for (shell, check) in [("bash", "bash"), ("zsh", "zsh"), ("fish", "fish")] {
        let script = run(lamplit().args(["completions", shell]));
        assert!(script.contains("new-key") && script.contains("hostname"), "{script}");
        let folder = scratch_folder();
        let file = folder.path().join("script");
        fs::write(&file, script).expect("writable");
        match Command::new(check).arg("-n").arg(&file).output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => println!("skipped: there is no {check} here"),
        }
    }
}

#[test]
fn colours_are_written_to_terminals_that_show_them() {
    let show = |setting: Option<&str>| {
        let program = lamplit();
        let line = format!("'{}' show no-such-file.md", program.get_program().display());
        let mut command = Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR").stdin(Stdio::null());
        if let Some(setting) = setting {
            command.env("NO_COLOR", setting);
        }
        command.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let mut terminal = Command::new("script");
    terminal.args(["-qec", "echo here", "/dev/null"]).stdin(Stdio::null());
    if !terminal.output().is_ok_and(|output| output.stdout.starts_with(b"here")) {
        println!("skipped: there is no script(1) here, or it has no terminal to give");
        return;
    }
    let coloured = show(None).expect("it was there just now");
    assert!(coloured.contains("\u{1b}[1;31merror:\u{1b}[0m"), "{coloured:?}");
    let plain = show(Some("1")).expect("it was there just now");
    assert!(plain.contains("error: cannot read") && !plain.contains('\u{1b}'), "{plain:?}");
    let output = start(Path::new("/"), &["show", "no-such-file.md"]);
    assert!(!output.stderr.contains(&0x1b), "no terminal, no colour");
}

#[test]
fn quiet_server_prints_no_messages_without_problems() {
    let (home, certs) = (home(), scratch_folder());
    let config = format!(
        "certs = \"{}\"\n[[capsule]]\ncontent = \"good\"\n[gemini]\nlisten = \"127.0.0.1:0\"\n[log]\nfile = \"log\"\n",
        certs.path().display()
    );
    fs::write(home.path().join("quiet.toml"), config).expect("writable");
    let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = socket.local_addr().expect("bound");
    let mut command = lamplit();
    command.current_dir(home.path()).args(["serve", "--quiet", "--config", "quiet.toml"]);
    // A socket that is there before the program: nothing else says when it is ready.
    command.stdin(Stdio::from(OwnedFd::from(socket))).stdout(Stdio::null()).stderr(Stdio::piped());
    command.envs([("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0"), ("LISTEN_FDNAMES", "gopher")]);
    let process = command.spawn().expect("the program starts");
    assert!(ask_gopher(address, "/owls.txt").contains("They call at night"));
    run(Command::new("sh").arg("-c").arg(format!("kill -TERM {}", process.id())));
    let output = process.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    // That does need attention, where tests run as root.
    let said: Vec<&str> = said.lines().filter(|line| !line.contains("this runs as root")).collect();
    assert_eq!(said, [""; 0]);
    // What needs attention is said.
    let mut command = serve(&home.path().join("nothing"), certs.path());
    let output = ended(command.arg("--quiet"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be read"));
}
