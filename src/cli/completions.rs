//! `lamplit completions SHELL`: what a shell needs to complete our arguments, from their definitions.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

#[derive(Debug, Args)]
#[command(
    about = "Print what a shell needs to complete arguments",
    after_help = "Examples:\n  lamplit completions bash > ~/.local/share/bash-completion/completions/lamplit\n  \
                  lamplit completions fish > ~/.config/fish/completions/lamplit.fish"
)]
pub(super) struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut command = super::CommandLine::command();
    // In memory first: what generates them cannot tell that nobody reads any more.
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "lamplit", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(())
}
