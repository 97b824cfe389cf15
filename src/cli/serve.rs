//! `lamplit serve`: serves until told to stop.

use std::path::PathBuf;

use clap::Args;

use super::settings::{self, Loaded};
use crate::app::{self, Source};
use crate::config::{Config, Overrides};

#[derive(Debug, Args)]
#[command(
    after_help = "Without DIR the capsules of `--config FILE` or of `config.toml` in the working folder are \
                  served.\n\nExample:\n  lamplit serve ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Say only what needs attention; connections are logged as ever
    #[arg(short, long)]
    quiet: bool,
}

/// Every setting that a flag can give.
#[derive(Debug, Clone, Args)]
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
    /// User to become when started as root
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Make keys even where they are lost with the container or the power
    #[arg(long)]
    ephemeral_keys: bool,
}

impl Settings {
    /// The configuration that these flags, the environment and the file come to, with the file it was read from.
    fn load(&self) -> anyhow::Result<(Config, Option<PathBuf>)> {
        let Loaded { config, path, .. } = self.load_all()?;
        Ok((config, path))
    }

    /// The same, with all it comes from.
    pub(super) fn load_all(&self) -> anyhow::Result<Loaded> {
        let flags = Overrides {
            content: self.content.clone(),
            hostname: self.hostname.clone(),
            gemini: self.gemini.clone(),
            gopher: self.gopher.clone(),
            certs: self.certs.clone(),
            user: self.user.clone(),
            ephemeral_keys: self.ephemeral_keys.then_some(true),
        };
        settings::load_all(flags, self.config.as_deref())
    }
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<()> {
    let (config, file) = arguments.settings.load()?;
    let quiet = arguments.quiet;
    let again = move || arguments.settings.load().map(|(config, _)| config);
    app::run(config, Source::new(file, again), quiet)
}
