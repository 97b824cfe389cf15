//! What was reported about each hosted capsule, so that loading a capsule again does not repeat its problems.

use std::collections::HashMap;
use std::fmt::Display;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::problem::{Problem, Severity};

/// The number of problems that are printed for one capsule; `lamplit check` shows its author the others.
const MAX_PROBLEMS: usize = 5;

/// Prints one message for the operator.
pub type Print = fn(&dyn Display);

/// The problems that were printed for each hosted capsule, and which capsules had a key during this run.
pub(super) struct Reports {
    print: Print,
    capsules: Mutex<HashMap<String, Reported>>,
    /// Whether the folder of all capsules was reported as unreadable.
    folder_is_missing: AtomicBool,
    hasher: RandomState,
}

#[derive(Default)]
struct Reported {
    had_key: bool,
    /// A hash of the printed problems; 0 if there were none.
    problems: u64,
}

impl Reports {
    /// Returns empty reports that are printed with `print`.
    pub(super) fn new(print: Print) -> Self {
        Self {
            print,
            capsules: Mutex::default(),
            folder_is_missing: AtomicBool::default(),
            hasher: RandomState::new(),
        }
    }

    /// Prints the errors among the `problems` of `host` in `folder`, unless these were its errors the last time.
    pub(super) fn print(&self, host: &str, folder: &Path, problems: &[Problem]) {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
        let shown: Vec<String> = errors.map(|problem| with_full_path(problem, folder).to_string()).collect();
        let hash = if shown.is_empty() { 0 } else { self.hasher.hash_one(&shown).max(1) };
        let is_new = self.update(host, |known| std::mem::replace(&mut known.problems, hash) != hash);
        if !is_new || shown.is_empty() {
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

    /// Prints once, until [`folder_is_back`](Self::folder_is_back), why the folder of all capsules cannot be read.
    pub(super) fn folder_is_missing(&self, problem: &Problem) {
        if !self.folder_is_missing.swap(true, Ordering::Relaxed) {
            (self.print)(problem);
            (self.print)(&"Capsules that are loaded are served as they were.");
        }
    }

    /// Notes that the folder of all capsules can be read.
    pub(super) fn folder_is_back(&self) {
        self.folder_is_missing.store(false, Ordering::Relaxed);
    }

    /// Forgets a capsule whose folder was removed: a later folder of that name is a new capsule with a new key.
    pub(super) fn forget(&self, host: &str) {
        self.capsules.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
    }

    /// Returns whether `host` had a key during this run.
    pub(super) fn had_key(&self, host: &str) -> bool {
        self.update(host, |known| known.had_key)
    }

    /// Notes that `host` has a key.
    pub(super) fn set_has_key(&self, host: &str) {
        self.update(host, |known| known.had_key = true);
    }

    fn update<T>(&self, host: &str, update: impl FnOnce(&mut Reported) -> T) -> T {
        let mut capsules = self.capsules.lock().unwrap_or_else(PoisonError::into_inner);
        match capsules.get_mut(host) {
            Some(known) => update(known),
            None => update(capsules.entry(host.to_owned()).or_default()),
        }
    }
}

/// The problem with its file named relative to the working folder of the server.
fn with_full_path(problem: &Problem, folder: &Path) -> Problem {
    let mut problem = problem.clone();
    if let Some(place) = &mut problem.place
        && Path::new(&*place.file).is_relative()
    {
        place.file = folder.join(&*place.file).display().to_string().into();
    }
    problem
}
