//! `config.toml`, flags and environment: precedence, mistakes, and what they result in.

mod mistakes;
mod reference;
mod resolved;
mod shown;

use std::collections::HashMap;
use std::path::Path;

use lamplit::config::{Config, File, Overrides, resolve};
use lamplit::problem::Problems;

/// A file with every setting that flags and environment can give as well.
const FILE: &str = "certs = \"keys\"\n[[capsule]]\nhostname = \"file.example\"\ncontent = \"essays\"\n\
                    [gemini]\nlisten = \"10.0.0.1:1\"\n[gopher]\nlisten = [\"10.0.0.2:2\"]\n";

/// Returns `flags`, completed by these variables of the environment.
fn with_environment(flags: Overrides, pairs: &[(&str, &str)]) -> Overrides {
    let map: HashMap<&str, &str> = pairs.iter().copied().collect();
    flags.or_environment(&|name| map.get(name).map(|value| (*value).to_owned()))
}

/// Settings given by these variables of the environment.
fn environment(pairs: &[(&str, &str)]) -> Overrides {
    with_environment(Overrides::default(), pairs)
}

/// Returns the result of `overrides` and of a file with this text in `/etc/lamplit`.
fn read(overrides: &Overrides, text: &str) -> Result<Config, Problems> {
    let file = File::parse("config.toml", text)?;
    resolve(overrides, Some(&file), Path::new("/etc/lamplit"), Path::new("/state/certs"))
}

/// Returns the result of a file with this text.
fn config(text: &str) -> Config {
    read(&Overrides::default(), text).unwrap_or_else(|problems| panic!("{text}: {problems}"))
}

/// Returns the messages about a file with this text, without places and hints.
fn mistakes(text: &str) -> Vec<String> {
    let problems = read(&Overrides::default(), text).expect_err(text);
    problems.list.iter().map(|problem| problem.what.clone()).collect()
}
