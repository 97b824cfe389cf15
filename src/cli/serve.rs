//! `lamplit serve`: serves until the process is asked to stop.

use clap::Args;

use super::arguments::Settings;
use crate::app::{self, ConfigSource, Signals};
use crate::config::Config;

#[derive(Debug, Args)]
#[command(
    about = "Serve a folder of essays; the default command",
    after_help = "Without DIR, serves the capsules of `--config FILE`, or of config.toml in the working folder.\n\n\
                  Example:\n  lamplit serve ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Show drafts and future essays as well, marked as such; on this machine only
    #[arg(long)]
    drafts: bool,
    /// Print warnings and errors only; connections are still logged
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
