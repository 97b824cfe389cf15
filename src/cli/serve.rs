//! `lamplit serve`: serves until told to stop.

use std::path::PathBuf;

use clap::Args;

use super::settings;
use crate::app;
use crate::config::Overrides;

#[derive(Debug, Args)]
#[command(
    after_help = "Without DIR the capsules of `--config FILE` or of `config.toml` in the working folder are \
                  served.\n\nExample:\n  lamplit serve ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    /// Folder of essays; it is only ever read
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Host name of the capsule
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
    /// Address for Gemini, repeatable
    #[arg(long, value_name = "ADDR:PORT")]
    gemini: Vec<String>,
    /// Address for Gopher, repeatable, or `off`
    #[arg(long, value_name = "ADDR:PORT")]
    gopher: Vec<String>,
    /// Folder of the keys
    #[arg(long, value_name = "DIR")]
    certs: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<()> {
    let flags = Overrides {
        content: arguments.content,
        hostname: arguments.hostname,
        gemini: arguments.gemini,
        gopher: arguments.gopher,
        certs: arguments.certs,
    };
    let (config, _) = settings::load(flags, arguments.config.as_deref())?;
    app::run(&config)
}
