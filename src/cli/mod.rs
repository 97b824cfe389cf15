//! The command line: arguments in, exit code out, with one file for each subcommand.
//!
//! Data is written to standard output, messages to standard error. Exit codes: 0 for success, 64 for mistakes in
//! arguments or configuration, 1 for everything else, such as errors that `check` found or a `search` without results.

mod arguments;
mod cert;
mod check;
mod config;
mod export;
mod get;
mod hosted;
mod init;
mod new;
mod packaging;
mod search;
mod serve;
mod show;
mod stats;
mod why;

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::builder::{Resettable, StyledStr};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::app::Signals;
use crate::problem::{EX_USAGE, Problem, Problems, nearest};

#[derive(Debug, Parser)]
#[command(name = "lamplit", version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Arguments),
    Check(check::Arguments),
    Show(show::Arguments),
    Export(export::Arguments),
    New(new::Arguments),
    Init(init::Arguments),
    Search(search::Arguments),
    Get(get::Arguments),
    Stats(stats::Arguments),
    // The options of the command may precede or follow its action.
    #[command(mut_args(|argument| argument.global(true)))]
    Cert(cert::Arguments),
    Config(config::Arguments),
    Completions(packaging::Completions),
    Man(packaging::Man),
}

/// Runs one command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    execute(arguments.into_iter().collect()).unwrap_or_else(|error| crate::problem::print::report(&error))
}

fn execute(arguments: Vec<OsString>) -> anyhow::Result<ExitCode> {
    // Before anything else: SIGHUP and SIGUSR1 are harmless to each command, and `serve` obeys them.
    let signals = Signals::handle()?;
    if let Some(problem) = misspelt_command(&arguments) {
        return Err(Problems::usage(problem).into());
    }
    let parsed = command_line().try_get_matches_from(arguments);
    let parsed = parsed.and_then(|parsed| CommandLine::from_arg_matches(&parsed));
    let CommandLine { command, serve } = match parsed {
        Ok(command_line) => command_line,
        Err(error) => {
            // There is no other place to report that the stream is closed.
            let _ = error.print();
            return Ok(if error.use_stderr() { ExitCode::from(EX_USAGE) } else { ExitCode::SUCCESS });
        }
    };
    let done = match command.unwrap_or(Command::Serve(serve)) {
        Command::Check(arguments) => return check::run(&arguments),
        Command::Search(arguments) => return search::run(&arguments),
        Command::Serve(arguments) => serve::run(arguments, signals),
        Command::Show(arguments) => show::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Get(arguments) => get::run(&arguments),
        Command::Stats(arguments) => stats::run(&arguments),
        Command::Cert(arguments) => cert::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Completions(arguments) => packaging::print_completions(&arguments),
        Command::Man(arguments) => packaging::write_manual(&arguments),
    };
    done.map(|()| ExitCode::SUCCESS)
}

/// The help texts of each command and its arguments, by the names of the command; `any` has those of shared arguments.
static HELP: LazyLock<HashMap<String, HashMap<String, String>>> =
    LazyLock::new(|| toml::from_str(include_str!("help.toml")).expect("tables of texts"));

fn command_line() -> clap::Command {
    with_help("lamplit", CommandLine::command())
}

/// Adds the help texts to the command with these names, and to the commands below it.
fn with_help(names: &str, mut command: clap::Command) -> clap::Command {
    let text = |kind: &str| Some(StyledStr::from(HELP.get(names)?.get(kind)?));
    let argument = |id: &str| text(id).or_else(|| Some(HELP["any"].get(id)?.into()));
    let [about, long, after] = ["about", "long", "after"].map(|kind| Resettable::from(text(kind)));
    command = command.about(about).long_about(long).after_help(after);
    command = command.mut_args(|shown| match argument(shown.get_id().as_str()) {
        Some(text) => shown.help(text),
        None => shown,
    });
    let below: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    below.iter().fold(command, |command, name| {
        command.mut_subcommand(name, |below| with_help(&format!("{names} {name}"), below))
    })
}

/// Returns the definitions of all commands, each with its full name, without the `help` command that clap adds.
pub fn definitions() -> clap::Command {
    let mut definitions = command_line().disable_help_subcommand(true);
    definitions.build();
    definitions
}

fn with_subcommands(command: &clap::Command) -> Vec<&clap::Command> {
    [command].into_iter().chain(command.get_subcommands().flat_map(with_subcommands)).collect()
}

/// Reports a first word that is almost the name of a command, which would be taken for a folder to serve otherwise.
fn misspelt_command(arguments: &[OsString]) -> Option<Problem> {
    let word = arguments.get(1)?.to_str()?;
    if word.starts_with('-') || word.contains('/') || Path::new(word).exists() {
        return None;
    }
    let command = command_line();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let nearest = nearest(word, names).filter(|name| *name != word)?;
    let problem = Problem::error(format!("there is neither a command nor a folder `{word}`"));
    Some(problem.hint(format!("did you mean `lamplit {nearest}`?")))
}
