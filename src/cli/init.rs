//! `lamplit init`: writes a configuration file with every key and its meaning.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::arguments::DEFAULT_FILE;
use super::new::create;
use crate::capsule::{CapsulePath, TextKind};
use crate::problem::Problem;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[arg(value_name = "DIR")]
    content: Option<PathBuf>,
    #[arg(long, value_name = "NAME", default_value = "localhost")]
    hostname: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let here = fs::canonicalize(".").context("cannot find the working folder")?;
    let named = arguments.content.as_deref();
    let content = named.unwrap_or(Path::new("essays"));
    let is_among_essays = match named {
        Some(content) => fs::canonicalize(content).is_ok_and(|content| here.starts_with(content)),
        None => holds_essays(&here)? || !content.is_dir() && subfolder_holds_essays(&here)?,
    };
    if is_among_essays {
        let what = format!("`{DEFAULT_FILE}` does not belong among essays, and there are essays here");
        let hint = "run `lamplit init DIR` in a folder beside the essays, where DIR names theirs";
        bail!(Problem::error(what).hint(hint));
    }
    let text = text(content, &arguments.hostname).context("the name of the folder is not UTF-8")?;
    create(Path::new(DEFAULT_FILE), &text, "`lamplit config` prints the configuration in force")?;
    writeln!(io::stdout(), "{DEFAULT_FILE}")?;
    if !content.is_dir() {
        let content = content.display();
        eprintln!("hint: the folder `{content}` does not exist yet: create it, or change `content`");
    }
    Ok(())
}

/// Returns whether essays lie directly in `folder`. Files named in capitals, such as `README.md`, do not count.
fn holds_essays(folder: &Path) -> io::Result<bool> {
    let is_essay = |path: &CapsulePath| TextKind::has_markup(path) && path.stem().chars().any(char::is_lowercase);
    let path = |entry: fs::DirEntry| CapsulePath::from_decoded(&entry.file_name().to_string_lossy()).ok();
    Ok(folder.read_dir()?.flatten().filter_map(path).any(|path| is_essay(&path)))
}

fn subfolder_holds_essays(folder: &Path) -> io::Result<bool> {
    let is_shown = |entry: &fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut folders = folder.read_dir()?.flatten().filter(is_shown).map(|entry| entry.path());
    Ok(folders.any(|path| path.is_dir() && holds_essays(&path).unwrap_or(false)))
}

fn text(content: &Path, hostname: &str) -> Option<String> {
    let purpose = "Configuration of Lamplit: `lamplit serve` in this folder serves your essays.";
    let site = crate::generator::recognise(content, true).unwrap_or_default();
    let facts = site.facts.into_iter().map(|(key, fact)| (key, fact.value));
    let given = [("hostname", hostname.to_owned()), ("content", content.to_str()?.to_owned())];
    let given = given.into_iter().chain(facts);
    let given: Vec<_> = given.map(|(key, value)| ("[[capsule]]", key, toml::Value::from(value).to_string())).collect();
    Some(crate::config::commented_file(purpose, &given))
}
