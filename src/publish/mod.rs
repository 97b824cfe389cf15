//! From content folders to sites: the one place that reads, builds and assembles what is served, exported, checked,
//! searched or previewed.
//!
//! ```text
//! folder ── disk::read ──▶ FolderContents ── capsule::build ──▶ Capsule ── Site::new ──▶ Site
//! ```
//!
//! [`CapsuleSnapshot::read`] takes a folder through these steps once. A [`CapsulePublisher`] repeats them and reuses
//! what did not change; a [`Publisher`] does so for all configured capsules and returns their [`Sites`].

mod capsule;

use std::path::Path;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

pub use capsule::{CapsulePublisher, CapsuleSnapshot, CapsuleUpdate, PublishOptions, Summary, preview};

use crate::privileges::Sandbox;
use crate::problem::Problem;
use crate::site::Sites;

/// The longest wait for an essay's date. Timers cannot wait for years, and a clock that is set meanwhile, as on a small
/// machine that starts without the time, is noticed only when the wait is computed anew.
const MAX_WAIT: Duration = Duration::from_secs(3_600);

/// The configured capsules and their successive snapshots.
#[derive(Debug)]
pub struct Publisher {
    /// Each capsule with its host names.
    capsules: Vec<(Vec<String>, CapsulePublisher)>,
    /// The sandbox in which folders are read.
    pub sandbox: Sandbox,
}

/// A snapshot of all configured capsules, and how it differs from the previous one.
#[derive(Debug, Default)]
pub struct Update {
    /// The sites by host name.
    pub sites: Sites,
    /// Each capsule that was read, in numbers.
    pub summaries: Vec<Summary>,
    /// Problems that the previous snapshot did not have.
    pub problems: Vec<Problem>,
    /// Folders that could not be read, unless for the same reason as the last time; their previous sites stay.
    pub failures: Vec<Problem>,
    /// The paths of added (`+`), removed (`-`) and changed files.
    pub changes: Vec<String>,
    /// How long reading and building took.
    pub took: Duration,
    unsettled: bool,
    next_change: Option<OffsetDateTime>,
}

impl Update {
    /// Returns after how long to publish again without any notice of a change: `unsettled_wait` if a file was being
    /// written, otherwise at the next date on which an essay appears or expires.
    pub fn next_publication(&self, now: OffsetDateTime, unsettled_wait: Duration) -> Option<Duration> {
        if self.unsettled {
            return Some(unsettled_wait);
        }
        let wait = self.next_change? - now;
        Some(Duration::try_from(wait).unwrap_or(Duration::ZERO).min(MAX_WAIT))
    }

    fn add(&mut self, update: CapsuleUpdate) {
        self.summaries.push(update.summary);
        self.problems.extend(update.problems);
        self.changes.extend(update.changes);
        self.unsettled |= update.unsettled;
        self.next_change = [self.next_change, update.next_change].into_iter().flatten().min();
    }
}

impl Publisher {
    /// Returns a publisher of `capsules`, each with its host names, that reuses what `previous` knows of their folders.
    pub fn new(
        capsules: impl IntoIterator<Item = (Vec<String>, PublishOptions)>,
        previous: Option<&Self>,
    ) -> Self {
        let known = |content: &Path| {
            let mut known = previous.into_iter().flat_map(|previous| &previous.capsules);
            known.find(|(_, capsule)| capsule.content() == content)
        };
        let capsules = capsules.into_iter().map(|(hosts, options)| {
            let mut capsule = CapsulePublisher::new(options);
            if let Some((_, known)) = known(capsule.content()) {
                capsule.reuse(known);
            }
            (hosts, capsule)
        });
        let sandbox = previous.map(|previous| previous.sandbox.clone()).unwrap_or_default();
        Self { capsules: capsules.collect(), sandbox }
    }

    /// Whether every capsule was read at least once.
    pub fn is_complete(&self) -> bool {
        self.capsules.iter().all(|(_, capsule)| capsule.site().is_some())
    }

    /// The host name of each capsule with its number of public essays and of problems.
    pub fn sizes(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        self.capsules.iter().map(|(hosts, capsule)| (&*hosts[0], capsule.essays(), capsule.problems().len()))
    }

    /// Reads every folder and returns the snapshot for `now`.
    pub fn publish(&mut self, now: OffsetDateTime) -> Update {
        let started = Instant::now();
        let mut update = Update::default();
        let mut sites = Vec::new();
        for (hosts, capsule) in &mut self.capsules {
            match capsule.publish(now) {
                Ok(changed) => update.add(changed),
                Err(failure) => {
                    let failure = outside_sandbox(&self.sandbox, capsule.content()).unwrap_or(failure);
                    update.failures.extend(capsule.new_failure(failure));
                }
            }
            sites.extend(capsule.site().map(|site| (hosts.clone(), site.clone())));
        }
        update.sites = Sites::new(sites);
        update.took = started.elapsed();
        update
    }
}

/// Why `content` cannot be read, if a deployment replaced the folder by one that the sandbox does not cover.
fn outside_sandbox(sandbox: &Sandbox, content: &Path) -> Option<Problem> {
    if sandbox.permits(content) {
        return None;
    }
    let shown = content.display();
    let problem = Problem::error(format!(
        "the content folder `{shown}` was replaced by another one, which lies outside the sandbox; readers keep the \
         edition from before"
    ));
    Some(
        problem
            .hint("write `swapped = true` into its `[[capsule]]` if deployments do so, and restart Lamplit"),
    )
}
