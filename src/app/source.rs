//! [`Source`]: where the configuration comes from, to be asked again.

use std::fmt;
use std::path::PathBuf;

use crate::config::Config;

/// How the configuration is read: flags and environment stay as they are, the file may change.
pub struct Source {
    load: Load,
    file: Option<PathBuf>,
}

type Load = Box<dyn Fn() -> anyhow::Result<Config> + Send>;

impl Source {
    /// A source that `load`s, from `file` if there is one.
    pub fn new(file: Option<PathBuf>, load: impl Fn() -> anyhow::Result<Config> + Send + 'static) -> Self {
        Self { load: Box::new(load), file }
    }

    /// The configuration as it is now.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub(super) fn load(&self) -> anyhow::Result<Config> {
        (self.load)()
    }

    /// The file that says part of it.
    pub(super) fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("file", &self.file).finish_non_exhaustive()
    }
}
