//! `lamplit serve`: serves until the process is asked to stop.

use super::arguments::Settings;
use crate::app::{self, ConfigSource, Signals};
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
    let (config, path) = arguments.settings.load()?;
    let (quiet, drafts) = (arguments.quiet, arguments.drafts);
    let reload = move || Ok(Config { drafts, ..arguments.settings.load()?.0 });
    let source = ConfigSource { file: path, load: Box::new(reload) };
    app::run(Config { drafts, ..config }, source, signals, quiet)
}
