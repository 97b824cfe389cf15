//! [`Overrides`]: the settings that command line flags and environment variables give; and the default folder of the
//! keys, which depends on the environment too.

use std::path::{Path, PathBuf};

use super::table::Origin;

/// Settings given by command line flags, and by the environment where a flag is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The folder of essays: `DIR`, `LAMPLIT_CONTENT`.
    pub content: Option<PathBuf>,
    /// The host name: `--hostname`, `LAMPLIT_HOSTNAME`.
    pub hostname: Option<String>,
    /// Addresses for Gemini: `--gemini`, `LAMPLIT_GEMINI` (separated by commas).
    pub gemini: Vec<String>,
    /// Addresses for Gopher, or `off`: `--gopher`, `LAMPLIT_GOPHER` (separated by commas).
    pub gopher: Vec<String>,
    /// The folder of the keys: `--certs`, `LAMPLIT_CERTS`.
    pub certs: Option<PathBuf>,
    /// The user that the process switches to: `--user`, `LAMPLIT_USER`.
    pub user: Option<String>,
    /// Whether a key may be generated in a folder that is lost at a restart: `--ephemeral-keys`,
    /// `LAMPLIT_EPHEMERAL_KEYS`.
    pub ephemeral_keys: Option<bool>,
    /// The values of the environment.
    pub environment: Option<Box<Self>>,
}

impl Overrides {
    /// Returns the values that the environment gives; `variable` looks up a variable.
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let list = |name: &str| {
            set(name)
                .map(|value| value.split(',').map(|item| item.trim().to_owned()).collect())
                .unwrap_or_default()
        };
        Self {
            content: set("LAMPLIT_CONTENT").map(PathBuf::from),
            hostname: set("LAMPLIT_HOSTNAME"),
            gemini: list("LAMPLIT_GEMINI"),
            gopher: list("LAMPLIT_GOPHER"),
            certs: set("LAMPLIT_CERTS").map(PathBuf::from),
            user: set("LAMPLIT_USER"),
            ephemeral_keys: set("LAMPLIT_EPHEMERAL_KEYS")
                .map(|value| !matches!(value.to_lowercase().as_str(), "0" | "false" | "no" | "off")),
            environment: None,
        }
    }

    /// Adds the values of the environment, for flags that are absent.
    #[must_use]
    pub fn or(self, environment: Self) -> Self {
        Self { environment: Some(Box::new(environment)), ..self }
    }

    /// Returns the folder of essays, if one is given.
    pub fn content(&self) -> Option<&Path> {
        self.get(|layer| layer.content.as_deref(), "DIR", "LAMPLIT_CONTENT").map(|(content, _)| content)
    }

    /// Returns whether a user for the process is given.
    pub fn names_a_user(&self) -> bool {
        self.get(|layer| layer.user.as_ref(), "--user", "LAMPLIT_USER").is_some()
    }

    /// Returns the value that `field` selects, from `flag` or else from `variable`, and its origin.
    pub(super) fn get<'o, T>(
        &'o self,
        field: impl Fn(&'o Self) -> Option<T>,
        flag: &'static str,
        variable: &'static str,
    ) -> Option<(T, Origin)> {
        let environment = || self.environment.as_deref().and_then(&field);
        match field(self) {
            Some(value) => Some((value, Origin::Flag(flag))),
            None => environment().map(|value| (value, Origin::Environment(variable))),
        }
    }
}

/// Returns the default folder of the keys: a state folder that outlives restarts, never a temporary one.
///
/// `variable` looks up an environment variable. `switches_user` says whether the process switches to another user:
/// then the home of the user who starts it is not used, because the other one cannot write there.
pub fn state_folder(variable: &dyn Fn(&str) -> Option<String>, switches_user: bool) -> PathBuf {
    let set = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = |name: &str| set(name).filter(|_| !switches_user);
    // systemd sets this variable for `StateDirectory=`, which may name several folders.
    let first = |paths: PathBuf| {
        paths.to_str().and_then(|paths| paths.split(':').next()).map(PathBuf::from).unwrap_or(paths)
    };
    set("STATE_DIRECTORY")
        .map(first)
        .or_else(|| home("XDG_STATE_HOME").map(|path| path.join("lamplit")))
        .or_else(|| home("HOME").map(|path| path.join(".local/state/lamplit")))
        .unwrap_or_else(|| PathBuf::from("/var/lib/lamplit"))
        .join("certs")
}
