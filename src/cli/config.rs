//! `lamplit config`: prints the configuration that flags, environment, file and defaults result in.

use std::io::{IsTerminal, Write};

use clap::Args;

use super::arguments::Settings;
use crate::config::reference;
use crate::problem::printable_lines;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[arg(long)]
    json: bool,
    #[arg(long, conflicts_with = "json")]
    reference: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let shown = match arguments {
        Arguments { reference: true, .. } => reference(),
        Arguments { settings, json: true, .. } => {
            serde_json::to_string_pretty(&settings.load()?.0.to_table())? + "\n"
        }
        Arguments { settings, .. } => settings.load()?.0.to_toml(),
    };
    // A program reads the values as they are.
    let shown = if std::io::stdout().is_terminal() { printable_lines(&shown) } else { shown };
    Ok(std::io::stdout().write_all(shown.as_bytes())?)
}
