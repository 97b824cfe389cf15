//! Where the settings of a command come from: flags, environment, file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::config::{Config, File, Layers, Overrides, resolve, state_folder};

/// The file that is read when nothing else is said.
const FILE: &str = "config.toml";

/// Whether there is a file to be read: one that is named, here or in the environment, or one in the working folder.
pub(super) fn is_configured(file: Option<&Path>) -> bool {
    file.is_some() || env::var_os("LAMPLIT_CONFIG").is_some() || Path::new(FILE).exists()
}

/// A configuration, and everything that had a say in it.
pub(super) struct Loaded {
    pub(super) config: Config,
    /// The file that was read.
    pub(super) path: Option<PathBuf>,
    file: Option<File>,
    flags: Overrides,
    environment: Overrides,
}

impl Loaded {
    /// What said what.
    pub(super) fn layers(&self) -> Layers<'_> {
        Layers { flags: &self.flags, environment: &self.environment, file: self.file.as_ref() }
    }
}

/// The configuration for `flags`, with the file it was read from.
pub(super) fn load(flags: Overrides, file: Option<&Path>) -> anyhow::Result<(Config, Option<PathBuf>)> {
    let Loaded { config, path, .. } = load_all(flags, file)?;
    Ok((config, path))
}

/// The configuration for `flags`, with all it comes from.
///
/// Without a file named, `config.toml` in the working folder is read, unless a folder of essays is named:
/// then that folder is served with defaults, wherever one happens to stand.
pub(super) fn load_all(flags: Overrides, file: Option<&Path>) -> anyhow::Result<Loaded> {
    let variable = |name: &str| env::var(name).ok();
    let environment = Overrides::from_environment(&variable);
    let overrides = flags.clone().or(environment.clone());
    let named = file.map(Path::to_owned).or_else(|| variable("LAMPLIT_CONFIG").map(PathBuf::from));
    let path = match named {
        Some(path) => Some(path),
        None if overrides.content.is_some() => None,
        None => Some(PathBuf::from(FILE)).filter(|path| path.exists()),
    };
    let file = match &path {
        None => None,
        Some(path) => {
            let name = path.display().to_string();
            let text = fs::read_to_string(path).with_context(|| format!("cannot read `{name}`"))?;
            Some(File::parse(&name, &text)?)
        }
    };
    let base = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let user = overrides.user.is_some() || file.as_ref().is_some_and(File::names_a_user);
    let state = state_folder(&variable, user);
    let config = resolve(&overrides, file.as_ref(), base, &state)?;
    Ok(Loaded { config, path, file, flags, environment })
}
