//! `lamplit config`: prints the configuration that results from flags, environment, file and defaults.

use std::io::{IsTerminal, Write};

use super::arguments::Settings;
use crate::app::predict_gopher_port;
use crate::config::reference;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[arg(long)]
    json: bool,
    #[arg(long, conflicts_with = "json")]
    reference: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let shown = if arguments.reference {
        reference()
    } else {
        let mut config = arguments.settings.load()?;
        predict_gopher_port(&mut config);
        if arguments.json { serde_json::to_string_pretty(&config.to_table())? + "\n" } else { config.to_toml() }
    };
    // A program reads the values as they are.
    let shown = if std::io::stdout().is_terminal() { crate::problem::printable_lines(&shown) } else { shown };
    Ok(std::io::stdout().write_all(shown.as_bytes())?)
}
