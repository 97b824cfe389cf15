//! `lamplit serve`: serves until told to stop.

use std::path::PathBuf;

use clap::Args;

use super::settings;
use crate::app;
use crate::config::{Config, Overrides};

#[derive(Debug, Args)]
#[command(
    after_help = "Without DIR the capsules of `--config FILE` or of `config.toml` in the working folder are \
                  served.\n\nExample:\n  lamplit serve ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

/// Every setting that a flag can give.
#[derive(Debug, Args)]
pub(super) struct Settings {
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

impl Settings {
    /// The configuration that these flags, the environment and the file come to.
    pub(super) fn load(self) -> anyhow::Result<Config> {
        let flags = Overrides {
            content: self.content,
            hostname: self.hostname,
            gemini: self.gemini,
            gopher: self.gopher,
            certs: self.certs,
        };
        let (config, _) = settings::load(flags, self.config.as_deref())?;
        Ok(config)
    }
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<()> {
    app::run(&arguments.settings.load()?)
}
