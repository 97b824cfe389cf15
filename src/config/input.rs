//! The input of the configuration: a file ([`File`]), and flags and environment variables ([`Overrides`]).

use std::path::PathBuf;

use super::settings::{CapsuleDetails, CapsuleTable, HostedSettings, Presentation, Settings};
use super::table::{Source, names};
use crate::problem::{Problem, Problems};

/// The settings in a configuration file, not yet checked against each other.
#[derive(Debug, Clone, Default)]
pub struct File {
    /// The settings.
    pub settings: Settings,
    /// Invalid values of the right type, which [`resolve()`](super::resolve()) reports together with contradictions.
    pub(super) invalid: Vec<Problem>,
}

impl File {
    /// Parses a file, called `name` in messages. The error lists unknown keys and wrong types, or where it is not TOML.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let mut settings = Settings::default();
        let hint = "write it below a line `[[capsule]]`";
        let reserved = (names(&CapsuleTable::default()), "is a setting of a capsule", hint);
        let mut source = Source::read(name, text, reserved, &mut settings);
        if !source.problems.is_empty() {
            source.problems.append(&mut source.invalid);
        }
        Problems::refuse(source.problems)?;
        Ok(Self { settings, invalid: source.invalid })
    }
}

impl HostedSettings {
    /// Reads the `capsule.toml` of a hosted capsule. Presentation settings override the server's one by one, front
    /// matter keys as a whole; redirects are not inherited. The error lists mistakes, and keys for `config.toml` only.
    pub(super) fn parse(name: &str, text: &str, server: &Presentation) -> Result<Self, Problems> {
        let Presentation { front_matter, redirects, .. } = Presentation::default();
        let presentation = Presentation { front_matter, redirects, ..server.clone() };
        let mut settings = Self { details: CapsuleDetails::default(), presentation };
        let reserved = [names(&CapsuleTable::default()), names(&Settings::default())].concat();
        let what = "can only be set in the `config.toml` of the server";
        let hint = "remove it; the other settings of this file apply once all of it is valid";
        let mut source = Source::read(name, text, (reserved, what, hint), &mut settings);
        source.problems.append(&mut source.invalid);
        Problems::refuse(source.problems)?;
        if settings.presentation.front_matter.pairs().is_empty() {
            settings.presentation.front_matter.clone_from(&server.front_matter);
        }
        Ok(settings)
    }
}

/// A value, and the command line flag or environment variable that gives it.
type Given<T> = Option<(T, &'static str)>;

/// Settings given outside of a file, by command line flags or by the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// The folder of essays: `DIR`, `LAMPLIT_CONTENT`.
    pub content: Given<PathBuf>,
    /// The host name: `--hostname`, `LAMPLIT_HOSTNAME`.
    pub hostname: Given<String>,
    /// Addresses for Gemini: `--gemini`, `LAMPLIT_GEMINI` (separated by commas).
    pub gemini: Given<Vec<String>>,
    /// Addresses for Gopher, or `off`: `--gopher`, `LAMPLIT_GOPHER` (separated by commas).
    pub gopher: Given<Vec<String>>,
    /// The folder of the keys: `--certs`, `LAMPLIT_CERTS`.
    pub certs: Given<PathBuf>,
    /// The user that the process switches to: `--user`, `LAMPLIT_USER`.
    pub user: Given<String>,
    /// Whether a key may be generated where a restart loses it: `--ephemeral-keys`, `LAMPLIT_EPHEMERAL_KEYS`.
    pub ephemeral_keys: Given<bool>,
}

impl Overrides {
    /// Returns these values, completed by those of the environment; `variable` looks up a variable.
    #[must_use]
    pub fn or_environment(self, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let text = |name| Some((variable(name).filter(|value| !value.is_empty())?, name));
        let path = |name| text(name).map(|(value, name)| (PathBuf::from(value), name));
        let items = |value: &str| value.split(',').map(|item| item.trim().to_owned()).collect();
        let list = |name| text(name).map(|(value, name)| (items(&value), name));
        let is_true = |value: &str| !matches!(&*value.to_lowercase(), "0" | "false" | "no" | "off");
        let truth = |name| text(name).map(|(value, name)| (is_true(&value), name));
        Self {
            content: self.content.or_else(|| path("LAMPLIT_CONTENT")),
            hostname: self.hostname.or_else(|| text("LAMPLIT_HOSTNAME")),
            gemini: self.gemini.or_else(|| list("LAMPLIT_GEMINI")),
            gopher: self.gopher.or_else(|| list("LAMPLIT_GOPHER")),
            certs: self.certs.or_else(|| path("LAMPLIT_CERTS")),
            user: self.user.or_else(|| text("LAMPLIT_USER")),
            ephemeral_keys: self.ephemeral_keys.or_else(|| truth("LAMPLIT_EPHEMERAL_KEYS")),
        }
    }
}

/// Returns the default folder of the keys: a state folder that outlives restarts, never a temporary one.
///
/// `variable` looks up an environment variable. `switches_user` says whether the process switches to another user:
/// then the home of the user who starts it is not used, because the other one cannot write there.
pub fn state_folder(variable: &dyn Fn(&str) -> Option<String>, switches_user: bool) -> PathBuf {
    let absolute = |path: &str| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let home = |name: &str| variable(name).filter(|_| !switches_user).and_then(|path| absolute(&path));
    // systemd sets this variable for `StateDirectory=`, which may name several folders.
    variable("STATE_DIRECTORY")
        .and_then(|paths| absolute(paths.split(':').next()?))
        .or_else(|| home("XDG_STATE_HOME").map(|path| path.join("lamplit")))
        .or_else(|| home("HOME").map(|path| path.join(".local/state/lamplit")))
        .unwrap_or_else(|| PathBuf::from("/var/lib/lamplit"))
        .join("certs")
}
