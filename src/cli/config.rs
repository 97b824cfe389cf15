//! `lamplit config`: prints the configuration that flags, environment, file and defaults result in.

use std::io::{IsTerminal, Write};

use clap::Args;

use super::arguments::Settings;
use crate::config::reference;
use crate::problem::printable_lines;

#[derive(Debug, Args)]
#[command(
    after_help = "The output can be used as a configuration file. The comment after each value names its source: a \
                  flag, a variable, a line of the file, or `default`. All mistakes are reported at once, with exit \
                  code 64.\n\n\
                  Examples:\n  lamplit config --config /etc/lamplit/config.toml\n  \
                  lamplit config ~/essays --json | jq .gemini.listen\n  lamplit config --reference"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Print one JSON object, for programs
    #[arg(long)]
    json: bool,
    /// Print what every key means, as Markdown
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
