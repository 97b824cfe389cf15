//! [`Overrides`]: what flags and environment may say.

use std::path::PathBuf;

/// Settings that a flag or an environment variable may give; empty where nothing was said.
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
    /// Who the process becomes: `--user`, `LAMPLIT_USER`.
    pub user: Option<String>,
    /// Whether a key may be made where it does not last: `--ephemeral-keys`, `LAMPLIT_EPHEMERAL_KEYS`.
    pub ephemeral_keys: Option<bool>,
}

impl Overrides {
    /// What the environment says; `variable` looks a name up.
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
        }
    }

    /// These, and where they say nothing, `weaker`.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        let list = |strong: Vec<String>, weak| if strong.is_empty() { weak } else { strong };
        Self {
            content: self.content.or(weaker.content),
            hostname: self.hostname.or(weaker.hostname),
            gemini: list(self.gemini, weaker.gemini),
            gopher: list(self.gopher, weaker.gopher),
            certs: self.certs.or(weaker.certs),
            user: self.user.or(weaker.user),
            ephemeral_keys: self.ephemeral_keys.or(weaker.ephemeral_keys),
        }
    }
}
