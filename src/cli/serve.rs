//! `lamplit serve`: serves until the process is asked to stop.

use super::arguments::Settings;
use crate::app::{self, Signals};
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    #[arg(long)]
    drafts: bool,
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(arguments: Arguments, signals: Signals) -> anyhow::Result<()> {
    let Arguments { settings, drafts, quiet } = arguments;
    app::run(Box::new(move || Ok(Config { drafts, ..settings.load()? })), signals, quiet)
}
