//! `lamplit man`: manual pages, from the definitions of the arguments.

mod page;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Command, CommandFactory};

use crate::problem::Problem;

#[derive(Debug, Args)]
#[command(
    about = "Print a manual page, or write all of them into a folder",
    after_help = "Examples:\n  lamplit man check | man -l -\n  lamplit man --out /usr/local/share/man/man1"
)]
pub(super) struct Arguments {
    /// The command whose page is printed [default: lamplit itself]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    /// Write every page into this folder, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let whole = definitions();
    let Some(folder) = &arguments.out else {
        let page = page::page(named(&whole, &arguments.command)?)?;
        return Ok(std::io::stdout().write_all(&page)?);
    };
    fs::create_dir_all(folder).with_context(|| format!("`{}` cannot be made", folder.display()))?;
    for command in all(&whole) {
        let file = folder.join(format!("{}.1", name(command)));
        fs::write(&file, page::page(command)?)
            .with_context(|| format!("`{}` cannot be written", file.display()))?;
    }
    Ok(())
}

/// The definitions, with every command knowing its full name; without the `help` that clap adds to them.
fn definitions() -> Command {
    let mut whole = super::CommandLine::command().disable_help_subcommand(true);
    whole.build();
    whole
}

/// The command at `path`, as in `cert show`.
fn named<'c>(whole: &'c Command, path: &[String]) -> anyhow::Result<&'c Command> {
    let mut command = whole;
    for word in path {
        command = command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<String> =
                command.get_subcommands().map(|known| format!("`{}`", known.get_name())).collect();
            let problem = Problem::error(format!("there is no command `{word}`"));
            problem.hint(format!("the commands here are {}", known.join(", ")))
        })?;
    }
    Ok(command)
}

/// `command` and all below it.
fn all(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().flat_map(all);
    [command].into_iter().chain(below).collect()
}

/// The name of a page, as in `lamplit-cert-show`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}
