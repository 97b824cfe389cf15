//! `lamplit completions` and `lamplit man`: what packages install, generated from the definitions of the arguments.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::builder::{Resettable, StyledStr};
use clap::{Args, Command};
use clap_complete::{Shell, generate};
use roff::{Roff, bold, roman};

use super::{definitions, with_subcommands};
use crate::problem::Problem;

/// Sections of manual pages: a heading, then names with meanings. Only the first is on the pages of subcommands too.
const SECTIONS: &str = include_str!("manual.txt");

#[derive(Debug, Args)]
pub(super) struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Vec<String>,
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn print_completions(arguments: &Completions) -> anyhow::Result<()> {
    // Into memory first: `generate` panics if standard output is closed.
    let mut script = Vec::new();
    generate(arguments.shell, &mut definitions(), "lamplit", &mut script);
    Ok(io::stdout().write_all(&script)?)
}

pub(super) fn write_manual(arguments: &Man) -> anyhow::Result<()> {
    let definitions = definitions();
    let Some(folder) = &arguments.out else {
        let page = page(named(&definitions, &arguments.command)?)?;
        return Ok(io::stdout().write_all(&page)?);
    };
    fs::create_dir_all(folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    for command in with_subcommands(&definitions) {
        let file = folder.join(clap_mangen::Man::new(command.clone()).get_filename());
        fs::write(&file, page(command)?).with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}

fn named<'c>(definitions: &'c Command, path: &[String]) -> Result<&'c Command, Problem> {
    path.iter().try_fold(definitions, |command, word| {
        command.find_subcommand(word).ok_or_else(|| {
            let known: Vec<&str> = command.get_subcommands().map(Command::get_name).collect();
            let problem = Problem::error(format!("there is no command `{word}`"));
            problem.hint(format!("the commands are `{}`", known.join("`, `")))
        })
    })
}

/// Returns the manual page of `command` in roff: the sections that clap renders, and what clap does not know.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let usage = command.clone().render_usage().to_string().trim_start_matches("Usage: ").to_owned();
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (remarks, examples) = after.split_once("Example").unwrap_or((&after, ""));
    let description = format!("{about}\n\n{remarks}").trim_end().to_owned();
    let is_root = command.get_name() == "lamplit";
    let command = command.clone().override_usage(usage).long_about(description);
    let command = command.after_help(Resettable::<StyledStr>::Reset);
    let mut page = Vec::new();
    clap_mangen::Man::new(command).manual("Lamplit").render(&mut page)?;
    let mut sections = Roff::new();
    sections.control("SH", ["EXAMPLES"]);
    for example in examples.lines().skip(1) {
        sections.control("PP", []).control("EX", []).text([roman(example.trim())]).control("EE", []);
    }
    let shown = if is_root { usize::MAX } else { 1 };
    SECTIONS.split("\n\n").take(shown).for_each(|section| list(&mut sections, section));
    sections.to_writer(&mut page)?;
    Ok(page)
}

fn list(page: &mut Roff, section: &str) {
    let (heading, rows) = section.split_once('\n').unwrap_or((section, ""));
    page.control("SH", [heading]);
    for (name, meaning) in rows.lines().filter_map(|row| row.split_once(": ")) {
        page.control("TP", []).text([bold(name)]).text([roman(meaning)]);
    }
}
