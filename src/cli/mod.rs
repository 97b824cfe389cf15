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

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::app::Signals;
use crate::problem::print::report;
use crate::problem::{EX_USAGE, Problem, Problems, nearest};

#[derive(Debug, Parser)]
#[command(
    name = "lamplit",
    version,
    about = "Serve a folder of Markdown essays over Gemini and Gopher, without a build step",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  lamplit serve ~/essays            # then open gemini://localhost/\n  \
                  lamplit get gemini://localhost/   # fetch a page and print it"
)]
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
    // Its options may stand before the action as well as after it.
    #[command(mut_args(|argument| argument.global(true)))]
    Cert(cert::Arguments),
    /// Print the configuration in force, and where each value comes from
    Config(config::Arguments),
    Completions(packaging::Completions),
    Man(packaging::Man),
}

/// Runs one command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    execute(arguments.into_iter().collect()).unwrap_or_else(|error| report(&error))
}

fn execute(arguments: Vec<OsString>) -> anyhow::Result<ExitCode> {
    // Before anything else: SIGHUP and SIGUSR1 are harmless to each command, and `serve` obeys them.
    let signals = Signals::handle()?;
    if let Some(problem) = misspelt_command(&arguments) {
        return Err(Problems::usage(problem).into());
    }
    let CommandLine { command, serve } = match CommandLine::try_parse_from(arguments) {
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

/// Returns the definitions of all commands, each with its full name, without the `help` command that clap adds.
pub fn definitions() -> clap::Command {
    let mut definitions = CommandLine::command().disable_help_subcommand(true);
    definitions.build();
    definitions
}

fn with_subcommands(command: &clap::Command) -> Vec<&clap::Command> {
    let below = command.get_subcommands().flat_map(with_subcommands);
    [command].into_iter().chain(below).collect()
}

/// Reports a first word that is almost the name of a command, which would be taken for a folder to serve otherwise.
fn misspelt_command(arguments: &[OsString]) -> Option<Problem> {
    let word = arguments.get(1)?.to_str()?;
    if word.starts_with('-') || word.contains('/') || Path::new(word).exists() {
        return None;
    }
    let command = CommandLine::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let nearest = nearest(word, names).filter(|name| *name != word)?;
    let problem = Problem::error(format!("there is neither a command nor a folder `{word}`"));
    Some(problem.hint(format!("did you mean `lamplit {nearest}`?")))
}
