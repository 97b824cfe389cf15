//! What is known of each hosted capsule while not loaded: problems reported, keys, settings, and whether it is slow.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::host::Fingerprint;
use crate::problem::{Problem, Severity};

/// The number of problems that are printed for one capsule, so that no tenant floods the log.
const MAX_PROBLEMS: usize = 5;

/// Prints one message for the operator.
pub type Print = fn(&dyn Display);

pub(super) struct Reports {
    print: Print,
    capsules: Mutex<HashMap<String, Report>>,
    folder_is_missing: AtomicBool,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Report {
    /// The digest of the errors that were printed last.
    errors: Option<Fingerprint>,
    pub(super) had_key: bool,
    /// Whether the settings file held any text when it was last read.
    pub(super) had_settings: bool,
    /// The number of files with settings of a site generator when they were last read.
    pub(super) site_files: usize,
    pub(super) is_slow: bool,
}

impl Reports {
    pub(super) fn new(print: Print) -> Self {
        Self { print, capsules: Mutex::default(), folder_is_missing: false.into() }
    }

    /// Prints the errors among the `problems` of `host` in `folder`, unless these were its errors the last time.
    pub(super) fn print(&self, host: &str, folder: &Path, problems: &[Problem]) {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        let with_full_path = |problem: &Problem| {
            let mut problem = problem.clone();
            // Mistakes in settings name the whole path, and those in essays the path in the folder.
            if let Some(place) = problem.place.as_mut().filter(|place| !Path::new(&*place.file).starts_with(folder)) {
                place.file = folder.join(&*place.file).display().to_string().into();
            }
            problem.to_string()
        };
        let shown: Vec<String> = errors.map(with_full_path).collect();
        let errors = Some(Fingerprint::of(shown.concat().as_bytes()));
        let previous = self.update(host, |report| std::mem::replace(&mut report.errors, errors));
        if shown.is_empty() || previous == errors {
            return;
        }
        for problem in shown.iter().take(MAX_PROBLEMS) {
            (self.print)(problem);
        }
        if let Some(more) = shown.len().checked_sub(MAX_PROBLEMS).filter(|more| *more > 0) {
            let folder = folder.display();
            (self.print)(&format!("and {more} more errors of `{host}`: `lamplit check {folder}` shows them"));
        }
    }

    /// Prints why the folder of all capsules cannot be read, once until it can be read again.
    pub(super) fn set_folder_problem(&self, problem: Option<&Problem>) {
        let was_missing = self.folder_is_missing.swap(problem.is_some(), Ordering::Relaxed);
        if let Some(problem) = problem.filter(|_| !was_missing) {
            (self.print)(problem);
            (self.print)(&"Loaded capsules are still served.");
        }
    }

    /// Forgets a capsule whose folder was removed: a later folder of that name is a new capsule with a new key.
    pub(super) fn forget(&self, host: &str) {
        self.capsules.lock().remove(host);
    }

    pub(super) fn of(&self, host: &str) -> Report {
        self.capsules.lock().get(host).copied().unwrap_or_default()
    }

    pub(super) fn update<T>(&self, host: &str, note: impl FnOnce(&mut Report) -> T) -> T {
        note(self.capsules.lock().entry(host.to_owned()).or_default())
    }
}
