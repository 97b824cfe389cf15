//! `lamplit config`: what flags, environment, file and defaults come to.

use std::io::Write;

use clap::Args;

use super::serve::Settings;

#[derive(Debug, Args)]
#[command(
    after_help = "It is printed as a configuration file, which can be used as one. Mistakes are reported all at \
                  once, with exit code 64.\n\nExample:\n  lamplit config --config /etc/lamplit/config.toml"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: Settings,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let (config, _) = arguments.settings.load()?;
    std::io::stdout().write_all(config.to_toml().as_bytes())?;
    Ok(())
}
