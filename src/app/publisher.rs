//! [`Publisher`]: the configured folders → snapshots of all sites.

use std::path::Path;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::confine;
use super::published::{Published, Round, Summary};
use super::reach::Reach;
use crate::config::Config;
use crate::privileges::Sandbox;
use crate::problem::Problem;
use crate::site::Sites;

/// Makes one edition after the other.
#[derive(Debug)]
pub(super) struct Publisher {
    /// Each capsule with its host names.
    shelves: Vec<(Vec<String>, Published)>,
    sandbox: Sandbox,
}

/// What one round of publishing came to.
#[derive(Debug, Default)]
pub(super) struct Edition {
    pub(super) sites: Sites,
    pub(super) summaries: Vec<Summary>,
    /// Problems that the round before did not have.
    pub(super) problems: Vec<Problem>,
    /// Folders that could not be read at all, unless this was so the round before; what was published of them stays.
    pub(super) failures: Vec<Problem>,
    /// The files that are new, changed or gone, as paths.
    pub(super) changes: Vec<String>,
    pub(super) took: Duration,
    unsettled: bool,
    next_change: Option<OffsetDateTime>,
}

impl Edition {
    /// When to publish again though nothing says so: a file was being written, or an essay's day comes.
    pub(super) fn again_after(&self, now: OffsetDateTime, unsettled: Duration) -> Option<Duration> {
        if self.unsettled {
            return Some(unsettled);
        }
        let wait = self.next_change? - now;
        // Timers cannot wait for years, nor know of a clock that is set meanwhile, as on a small machine that starts
        // without the time: in an hour the question is asked again.
        Some(Duration::try_from(wait).unwrap_or(Duration::ZERO).min(Duration::from_secs(3_600)))
    }

    fn add(&mut self, round: Round) {
        self.summaries.push(round.summary);
        self.problems.extend(round.problems);
        self.changes.extend(round.changes);
        self.unsettled |= round.unsettled;
        self.next_change = [self.next_change, round.next_change].into_iter().flatten().min();
    }
}

impl Publisher {
    /// For the capsules of `config`. What is known of their folders from `before` is taken over, as far as it would
    /// come out the same again.
    pub(super) fn new(config: &Config, reach: &Reach, before: Option<&Self>) -> Self {
        let known = |content: &Path| {
            let mut shelves = before.into_iter().flat_map(|before| &before.shelves);
            shelves.find(|(_, published)| published.content == content)
        };
        let shelves = config.capsules.iter().enumerate().map(|(index, capsule)| {
            let mut options = config.site_options(capsule);
            options.gemini = reach.gemini(capsule);
            options.gopher = reach.gopher(index, capsule).cloned();
            let mut published = Published::new(config, capsule, options);
            if let Some((_, known)) = known(&capsule.content) {
                published.take_over(known);
            }
            (capsule.hosts.clone(), published)
        });
        let sandbox = before.map(|before| before.sandbox.clone()).unwrap_or_default();
        Self { shelves: shelves.collect(), sandbox }
    }

    /// Says which sandbox folders are read in from now on.
    pub(super) fn confine(&mut self, sandbox: Sandbox) {
        self.sandbox = sandbox;
    }

    /// The sandbox that folders are read in.
    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Whether every capsule has something to show.
    pub(super) fn is_complete(&self) -> bool {
        self.shelves.iter().all(|(_, published)| published.site.is_some())
    }

    /// Each capsule by its name, with its essays and with what is wrong in its files.
    pub(super) fn sizes(&self) -> impl Iterator<Item = (&str, usize, usize)> {
        self.shelves
            .iter()
            .map(|(hosts, published)| (&*hosts[0], published.essays(), published.problems().len()))
    }

    /// Reads every folder and makes the edition that stands in it at `now`.
    pub(super) fn publish(&mut self, now: OffsetDateTime) -> Edition {
        let started = Instant::now();
        let mut edition = Edition::default();
        let mut sites = Vec::new();
        for (hosts, published) in &mut self.shelves {
            match published.round(now) {
                Ok(round) => edition.add(round),
                Err(failure) => {
                    let failure = confine::replaced(&self.sandbox, &published.content).unwrap_or(failure);
                    edition.failures.extend(published.news(failure));
                }
            }
            if let Some(site) = &published.site {
                sites.push((hosts.clone(), site.clone()));
            }
        }
        edition.sites = Sites::new(sites);
        edition.took = started.elapsed();
        edition
    }
}
