//! A file, and what it comes to.

use std::collections::HashMap;
use std::path::Path;

use super::resolve;
use crate::config::{Config, File, Overrides};
use crate::problem::Problems;

/// A file that says something about everything that can also be said elsewhere.
pub(super) const FILE: &str = "certs = \"keys\"\n[[capsule]]\nhostname = \"file.example\"\ncontent = \"essays\"\n\
                    [gemini]\nlisten = \"10.0.0.1:1\"\n[gopher]\nlisten = [\"10.0.0.2:2\"]\n";

/// What an environment of these variables says.
pub(super) fn overrides(pairs: &[(&str, &str)]) -> Overrides {
    let map: HashMap<&str, &str> = pairs.iter().copied().collect();
    Overrides::from_environment(&|name| map.get(name).map(|value| (*value).to_owned()))
}

/// What `overrides` and a file of this `text` come to.
pub(super) fn resolved(overrides: &Overrides, text: &str) -> Result<Config, Problems> {
    let file = File::parse("config.toml", text).expect("a file");
    resolve(overrides, Some(&file), Path::new("/etc/lamplit"), Path::new("/state/certs"))
}
