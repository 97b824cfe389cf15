//! Arguments that several subcommands share, and the configuration that they select.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::config::{Capsule, Config, File, Overrides, resolve, state_folder};
use crate::problem::Problem;

pub(super) const DEFAULT_FILE: &str = "config.toml";

#[derive(Debug, Clone, Args)]
pub(super) struct ConfigFile {
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// The arguments that select a folder of essays, or the capsules of a configuration.
#[derive(Debug, Clone, Args)]
pub(super) struct Archive {
    #[arg(value_name = "DIR")]
    pub(super) content: Option<PathBuf>,
    #[command(flatten)]
    file: ConfigFile,
}

#[derive(Debug, Clone, Args)]
pub(super) struct NamedArchive {
    #[command(flatten)]
    archive: Archive,
    #[arg(long, value_name = "NAME")]
    hostname: Option<String>,
}

#[derive(Debug, Clone, Args)]
pub(super) struct Settings {
    #[command(flatten)]
    archive: NamedArchive,
    #[arg(long, value_name = "ADDR:PORT")]
    gemini: Vec<String>,
    #[arg(long, value_name = "ADDR:PORT")]
    gopher: Vec<String>,
    #[arg(long, value_name = "DIR")]
    certs: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    #[arg(long)]
    ephemeral_keys: bool,
}

impl ConfigFile {
    /// Returns whether there is a file to read: named by the argument or the environment, or the default one.
    pub(super) fn exists(&self) -> bool {
        self.named().is_some() || Path::new(DEFAULT_FILE).exists()
    }

    fn named(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| env::var_os("LAMPLIT_CONFIG").map(PathBuf::from))
    }

    /// Returns the configuration that results from `flags`, the environment and the file.
    ///
    /// If flags or environment name a folder, it has default settings: a file in the working folder is not read.
    pub(super) fn load(&self, flags: Overrides) -> anyhow::Result<Config> {
        let variable = |name: &str| env::var(name).ok();
        let overrides = flags.or_environment(&variable);
        let default = Some(PathBuf::from(DEFAULT_FILE));
        let path = self.named().or(default.filter(|file| overrides.content.is_none() && file.exists()));
        let file = path.as_deref().map(read).transpose()?;
        let base = path.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let user =
            overrides.user.is_some() || file.as_ref().is_some_and(|file| file.settings.privileges.user.is_some());
        let config = resolve(&overrides, file.as_ref(), base, &state_folder(&variable, user))?;
        Ok(Config { file: path, ..config })
    }

    /// Returns the configuration, or `None` if the default file is not valid: another program may own it.
    pub(super) fn load_if_valid(&self, flags: Overrides) -> anyhow::Result<Option<Config>> {
        self.load(flags).map(Some).or_else(|error| if self.named().is_none() { Ok(None) } else { Err(error) })
    }
}

fn read(path: &Path) -> anyhow::Result<File> {
    let name = path.display().to_string();
    let text = crate::identity::read_regular_file(path)
        .and_then(|bytes| String::from_utf8(bytes).map_err(std::io::Error::other))
        .with_context(|| format!("cannot read `{name}`"))?;
    Ok(File::parse(&name, &text)?)
}

impl Archive {
    pub(super) fn load(&self, flags: Overrides) -> anyhow::Result<Config> {
        let content = self.content.clone().map(|content| (content, "DIR"));
        self.file.load(Overrides { content, ..flags })
    }
}

impl NamedArchive {
    pub(super) fn load(&self, flags: Overrides) -> anyhow::Result<Config> {
        let hostname = self.hostname.clone().map(|name| (name, "--hostname"));
        self.archive.load(Overrides { hostname, ..flags })
    }
}

impl Settings {
    pub(super) fn load(&self) -> anyhow::Result<Config> {
        let list = |list: &[String], flag| (!list.is_empty()).then(|| (list.to_vec(), flag));
        self.archive.load(Overrides {
            gemini: list(&self.gemini, "--gemini"),
            gopher: list(&self.gopher, "--gopher"),
            certs: self.certs.clone().map(|folder| (folder, "--certs")),
            user: self.user.clone().map(|name| (name, "--user")),
            ephemeral_keys: self.ephemeral_keys.then_some((true, "--ephemeral-keys")),
            ..Overrides::default()
        })
    }
}

/// Returns the path under which messages name `file`, whose own path is relative to the content folder of `capsule`.
pub(super) fn file_name(capsule: &Capsule, file: &str) -> String {
    let file = capsule.content.join(file);
    file.strip_prefix(".").unwrap_or(&file).display().to_string()
}

/// Fails with `hint` if `config` has hosted capsules only: a command that reads a capsule needs its folder.
pub(super) fn require_capsule(config: &Config, hint: &str) -> Result<(), Problem> {
    let problem = || Problem::error("the configuration has no `[[capsule]]`, only hosted capsules").hint(hint);
    if config.capsules.is_empty() { Err(problem()) } else { Ok(()) }
}
