//! [`Reports`]: what whoever runs the server should know of hosted capsules, said once.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::app::voice;
use crate::problem::{Problem, Severity};

/// Problems of one capsule beyond these are counted only: its author finds them with `lamplit check`.
const MAX_PROBLEMS: usize = 5;

/// What was said of each capsule, and which of them have shown a key in this run.
#[derive(Default)]
pub(super) struct Reports {
    known: Mutex<HashMap<String, Known>>,
    /// Whether it was said that the folder of all capsules cannot be read.
    away: AtomicBool,
    state: RandomState,
}

#[derive(Default)]
struct Known {
    has_key: bool,
    /// A hash of what was said last; nothing was if 0.
    said: u64,
}

impl Reports {
    /// Prints what is wrong with the capsule of `host` in `folder`, if that is not what was printed last. A capsule
    /// is loaded again and again, and its mistakes stay the same.
    pub(super) fn print(&self, host: &str, folder: &Path, problems: &[Problem]) {
        let grave = problems.iter().filter(|problem| problem.severity == Severity::Error);
        let shown: Vec<String> = grave.map(|problem| placed(problem, folder).to_string()).collect();
        let said = if shown.is_empty() { 0 } else { self.hash(&shown) };
        let is_news = self.change(host, |known| std::mem::replace(&mut known.said, said) != said);
        if !is_news || shown.is_empty() {
            return;
        }
        for problem in shown.iter().take(MAX_PROBLEMS) {
            voice::say(problem);
        }
        if let Some(more) = shown.len().checked_sub(MAX_PROBLEMS).filter(|more| *more > 0) {
            voice::say(format_args!(
                "and {more} more errors of `{host}`: `lamplit check {}` shows them",
                folder.display()
            ));
        }
    }

    /// Prints why the folder of all capsules cannot be read, once until it can be.
    pub(super) fn all_are_away(&self, problem: &Problem) {
        if !self.away.swap(true, Ordering::Relaxed) {
            voice::say(problem);
            voice::say("Capsules that are loaded are served as they were.");
        }
    }

    pub(super) fn all_are_back(&self) {
        self.away.store(false, Ordering::Relaxed);
    }

    /// Forgets a capsule whose folder was taken away. Whoever gets its name next, with a folder and no key, begins anew.
    pub(super) fn forget(&self, host: &str) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(host);
    }

    /// Whether `host` had a key before in this run; it is noted that it has one now.
    pub(super) fn had_key(&self, host: &str) -> bool {
        self.change(host, |known| known.has_key)
    }

    pub(super) fn has_key(&self, host: &str) {
        self.change(host, |known| known.has_key = true);
    }

    fn change<T>(&self, host: &str, change: impl FnOnce(&mut Known) -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get_mut(host) {
            Some(known) => change(known),
            None => change(known.entry(host.to_owned()).or_default()),
        }
    }

    fn hash(&self, shown: &[String]) -> u64 {
        self.state.hash_one(shown).max(1)
    }
}

/// The problem with its file named from where the server runs.
fn placed(problem: &Problem, folder: &Path) -> Problem {
    let mut problem = problem.clone();
    if let Some(place) = &mut problem.place
        && Path::new(&*place.file).is_relative()
    {
        place.file = folder.join(&*place.file).display().to_string().into();
    }
    problem
}
