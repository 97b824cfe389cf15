//! `lamplit init`: writes a configuration file with every key and its meaning.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use toml::Value;

use super::new::create;
use crate::config::commented_file;
use crate::problem::Problem;

/// The file that is written, in the working folder.
const FILE: &str = "config.toml";

#[derive(Debug, Args)]
#[command(
    about = "Write a commented config.toml",
    long_about = "Writes config.toml to the working folder, with every key and its meaning. Never overwrites a file, \
                  and never writes into the folder of essays, where the file would be published.",
    after_help = "Example:\n  mkdir -p ~/capsule && cd ~/capsule && lamplit init ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    /// Folder of essays
    #[arg(value_name = "DIR", default_value = "essays")]
    content: PathBuf,
    /// Host name of the capsule
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    hostname: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let content = &arguments.content;
    let here = fs::canonicalize(".").context("cannot find the working folder")?;
    if fs::canonicalize(content).is_ok_and(|content| here.starts_with(content)) {
        let problem = Problem::error(format!("`{FILE}` would be among the essays and published with them"));
        return Err(problem.hint("run `lamplit init DIR` in a folder beside the essays").into());
    }
    let text = text(content, &arguments.hostname).context("the name of the folder is not UTF-8")?;
    create(Path::new(FILE), &text, "`lamplit config` prints the configuration in force")?;
    writeln!(io::stdout(), "{FILE}")?;
    if !content.is_dir() {
        let shown = content.display();
        eprintln!("hint: the folder `{shown}` does not exist yet: create it, or change `content`");
    }
    Ok(())
}

/// Returns a configuration file with `content` and `hostname`, and all other settings as comments.
fn text(content: &Path, hostname: &str) -> Option<String> {
    let purpose = "Configuration of Lamplit: `lamplit serve` in this folder serves your essays.";
    let quoted = |text: &str| Value::from(text).to_string();
    let given = [("hostname", quoted(hostname)), ("content", quoted(content.to_str()?))];
    Some(commented_file(purpose, &given.map(|(key, value)| ("[[capsule]]", key, value))))
}
