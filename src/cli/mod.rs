//! The command line: one file for each subcommand.
//!
//! Data goes to standard output, everything said about it to standard error. Exit codes: 0 when all went
//! well, 64 for mistakes in arguments and configuration, 1 for everything else: errors that `check`
//! found, a search that finds nothing, a server that is not well.

mod cert;
mod check;
mod completions;
mod config;
mod export;
mod get;
mod hosted;
mod init;
mod man;
mod new;
mod search;
mod serve;
mod settings;
mod show;
mod stats;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::problem::print::report;
use crate::problem::{Problem, Problems};

/// What a usage or configuration mistake ends with, as in `sysexits.h`.
const USAGE: u8 = 64;

/// Serves a folder of Markdown essays over Gemini and Gopher.
#[derive(Debug, Parser)]
#[command(
    name = "lamplit",
    version,
    about = "Serves a folder of Markdown essays over Gemini and Gopher, live, with no build step",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  lamplit serve ~/essays            # read them at gemini://localhost/\n  \
                  lamplit get gemini://localhost/   # fetch any address and print it"
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a folder of essays (what `lamplit` does without a subcommand)
    Serve(serve::Arguments),
    Check(check::Arguments),
    /// Print an essay as readers see it
    Show(show::Arguments),
    Export(export::Arguments),
    New(new::Arguments),
    Init(init::Arguments),
    Search(search::Arguments),
    Get(get::Arguments),
    Stats(stats::Arguments),
    /// Show or renew the key and certificate
    Cert(cert::Arguments),
    /// Print the configuration in force, and where each value comes from
    Config(config::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Runs one command line and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if let Some(problem) = mistyped(&arguments) {
        return report(&Problems::usage(problem).into());
    }
    let arguments = match CommandLine::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nothing can be done if even this cannot be printed.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let ended = match arguments.command {
        Some(Command::Check(arguments)) => {
            return check::run(&arguments).unwrap_or_else(|error| report(&error));
        }
        Some(Command::Search(arguments)) => {
            return search::run(&arguments).unwrap_or_else(|error| report(&error));
        }
        None => serve::run(arguments.serve),
        Some(Command::Serve(arguments)) => serve::run(arguments),
        Some(Command::Show(arguments)) => show::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        Some(Command::New(arguments)) => new::run(&arguments),
        Some(Command::Init(arguments)) => init::run(&arguments),
        Some(Command::Get(arguments)) => get::run(&arguments),
        Some(Command::Stats(arguments)) => stats::run(&arguments),
        Some(Command::Cert(arguments)) => cert::run(&arguments),
        Some(Command::Config(arguments)) => config::run(&arguments),
        Some(Command::Completions(arguments)) => completions::run(&arguments),
        Some(Command::Man(arguments)) => man::run(&arguments),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// What to say of a first word that is nearly the name of a command: it would be taken for a folder to serve.
fn mistyped(arguments: &[OsString]) -> Option<Problem> {
    let word = arguments.get(1)?.to_str()?;
    if word.starts_with('-') || word.contains('/') || Path::new(word).exists() {
        return None;
    }
    let command = CommandLine::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    let near = names.map(|name| (strsim::osa_distance(name, word), name)).min()?;
    let problem = || Problem::error(format!("there is neither a command nor a folder `{word}`"));
    // One slip in a short word, two in a long one.
    let slips = if word.len() < 6 { 1 } else { 2 };
    (1..=slips).contains(&near.0).then(|| problem().hint(format!("did you mean `lamplit {}`?", near.1)))
}

#[cfg(test)]
mod tests;
