//! `lamplit init`: a configuration to start from, with every key and what it is for.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::config::SAMPLE;
use crate::problem::Problem;

/// The file that is made, in the working folder.
const FILE: &str = "config.toml";

/// Where essays are expected if nobody says.
const ESSAYS: &str = "essays";

#[derive(Debug, Args)]
#[command(
    about = "Write a commented config.toml",
    long_about = "Writes `config.toml` into the working folder, with every key and what it is for. Nothing is \
                  overwritten, and nothing is written into the folder of essays: it would be published.",
    after_help = "Example:\n  mkdir -p ~/capsule && cd ~/capsule && lamplit init ~/essays --hostname example.org"
)]
pub(super) struct Arguments {
    /// Folder of essays [default: essays]
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    /// The name readers ask for
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    hostname: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let content = arguments.content.clone().unwrap_or_else(|| PathBuf::from(ESSAYS));
    let here = fs::canonicalize(".").context("there is no working folder")?;
    if fs::canonicalize(&content).is_ok_and(|content| here.starts_with(content)) {
        let problem =
            Problem::error(format!("`{FILE}` would lie among the essays and be published with them"));
        return Err(problem.hint("run `lamplit init DIR` in a folder beside them").into());
    }
    let text = text(&content, &arguments.hostname).context("the name of the folder is not UTF-8")?;
    match File::create_new(FILE) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).with_context(|| format!("`{FILE}` cannot be written"))?;
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let problem = Problem::error(format!("`{FILE}` is there already, and was not touched"));
            return Err(problem.hint("`lamplit config` prints what it comes to").into());
        }
        Err(error) => return Err(error).with_context(|| format!("`{FILE}` cannot be made")),
    }
    writeln!(io::stdout(), "{FILE}")?;
    if !content.is_dir() {
        eprintln!(
            "There is no folder `{}` yet: put your essays there, or change `content`.",
            content.display()
        );
    }
    Ok(())
}

/// The sample with `content` and `hostname` in it, and everything that only suits the sample as a comment.
fn text(content: &Path, hostname: &str) -> Option<String> {
    let mut text =
        String::from("# Lamplit serves your essays with this file: `lamplit serve` in this folder.\n");
    for line in SAMPLE.lines().skip(1) {
        let key = line.split('=').next().unwrap_or_default().trim_end();
        if line.starts_with("# (The sample") {
            continue;
        }
        let line = match key {
            "hostname" if !line.starts_with('#') => format!("hostname = {}", quoted(hostname)),
            "content" => format!("content = {}", quoted(content.to_str()?)),
            _ if line.is_empty() || line.starts_with(['#', '[']) => line.to_owned(),
            _ => format!("# {line}"),
        };
        text.push_str(&line);
        text.push('\n');
    }
    Some(text)
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{File, Overrides, resolve};

    #[test]
    fn it_comes_to_what_a_start_without_a_file_comes_to() {
        let state = Path::new("/var/lib/state");
        let text = text(Path::new("/srv/my \"essays\""), "example.org").expect("UTF-8");
        let file = File::parse("config.toml", &text).expect("no mistakes");
        let written = resolve(&Overrides::default(), Some(&file), Path::new(""), state).expect("no mistakes");
        let flags = Overrides {
            content: Some(PathBuf::from("/srv/my \"essays\"")),
            hostname: Some("example.org".to_owned()),
            ..Overrides::default()
        };
        assert_eq!(written, resolve(&flags, None, Path::new(""), state).expect("no mistakes"));
        assert!(text.lines().filter(|line| line.starts_with("# ")).count() > 40, "{text}");
    }
}
