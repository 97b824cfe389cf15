//! The definitions of the arguments, and what their help says.

use clap::Command;
use clap::error::ErrorKind;

use super::*;

/// So many lines are one screen.
const SCREEN: usize = 40;

fn all(command: &Command) -> Vec<Command> {
    let below = command.get_subcommands().flat_map(all);
    [command.clone()].into_iter().chain(below).collect()
}

/// Every command there is, each knowing its full name.
fn commands() -> Vec<Command> {
    let mut whole = CommandLine::command().disable_help_subcommand(true);
    whole.build();
    all(&whole)
}

/// As it is typed, as in `lamplit cert show`.
fn name(command: &Command) -> &str {
    command.get_bin_name().unwrap_or("lamplit")
}

#[test]
fn the_arguments_are_consistent_and_every_help_fits_one_screen() {
    CommandLine::command().debug_assert();
    for command in commands() {
        let words = name(&command).split(' ').chain(["--help"]);
        let help = CommandLine::try_parse_from(words).expect_err("help");
        assert_eq!(help.kind(), ErrorKind::DisplayHelp, "{help}");
        let help = help.to_string();
        assert!(help.lines().count() <= SCREEN, "{help}");
    }
}

#[test]
fn every_help_has_an_example_that_can_be_typed() {
    for command in commands() {
        let name = name(&command);
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let (_, examples) = after.split_once("Example").unwrap_or_else(|| panic!("`{name}` has no example"));
        let mut typed = 0;
        for example in examples.lines().skip(1) {
            assert!(example.starts_with("  "), "{example}");
            for arguments in ours(example) {
                typed += 1;
                let parsed = CommandLine::try_parse_from(&arguments);
                assert!(parsed.is_ok(), "{example}: {arguments:?}\n{}", parsed.expect_err("a mistake"));
            }
        }
        assert!(typed > 0 && examples.contains(name), "{name}: {examples}");
    }
}

#[test]
fn a_mistyped_command_is_not_taken_for_a_folder() {
    for (words, meant) in [
        ("chek essays", Some("check")),
        ("exprot copy", Some("export")),
        ("serv", Some("serve")),
        ("complettions bash", Some("completions")),
        ("check", None),
        ("src", None),
        ("essays", None),
        ("./chek", None),
        ("--chek", None),
        ("", None),
    ] {
        let arguments: Vec<OsString> =
            ["lamplit"].into_iter().chain(words.split(' ')).map(OsString::from).collect();
        let said = mistyped(&arguments).map(|problem| problem.to_string());
        let expected = meant.map(|meant| format!("hint: did you mean `lamplit {meant}`?"));
        assert_eq!(said.as_deref().and_then(|said| said.lines().nth(1)), expected.as_deref(), "{words}");
    }
}

/// The words of each call of this program in a line of a shell.
fn ours(line: &str) -> Vec<Vec<String>> {
    let mut calls = Vec::new();
    for (at, _) in line.match_indices("lamplit ") {
        // Not the name of a folder or an argument of another program.
        if !line[..at].ends_with(['(', ' ']) || line[..at].ends_with("-u ") {
            continue;
        }
        let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
        for c in line[at..].chars() {
            match (quote, c) {
                (Some(open), c) if c == open => quote = None,
                (None, '\'' | '"') => quote = Some(c),
                (None, '|' | ')' | '>' | '#') => break,
                (None, ' ') => words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty())),
                (_, c) => word.push(c),
            }
        }
        words.extend(Some(word).filter(|word| !word.is_empty()));
        calls.push(words);
    }
    calls
}
