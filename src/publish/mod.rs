//! From content folders to sites: reads, builds and assembles capsules for all commands, from `serve` to `search`.
//!
//! ```text
//! folder ── disk::read ──▶ FolderContents ── capsule::build ──▶ Capsule ── Site::new ──▶ Site
//! ```
//!
//! [`CapsuleSnapshot::read`] takes these steps once, [`CapsulePublisher`] per change, [`Publisher`] for all capsules.

mod capsule;
mod inventory;
mod options;
mod unmatched;

use std::path::Path;
use std::time::Duration;

use time::OffsetDateTime;

pub use capsule::{CapsulePublisher, CapsuleSnapshot, Update, count, preview};
pub use inventory::{Inventory, Withheld, held_back, left_out_counts};
pub use options::{PublishOptions, folder_name};

use crate::privileges::Sandbox;
use crate::problem::Problem;
use crate::site::Sites;

/// The configured capsules and their successive snapshots.
#[derive(Debug)]
pub struct Publisher {
    /// The capsules, in the order of the configuration.
    pub capsules: Vec<CapsulePublisher>,
    /// The sandbox in which folders are read.
    pub sandbox: Sandbox,
}

impl Publisher {
    /// Returns a publisher of capsules with these options that reuses their snapshots in `previous`.
    pub fn new(capsules: Vec<PublishOptions>, previous: Option<&Self>) -> Self {
        let capsules = capsules.into_iter().map(|options| {
            let is_known = |known: &&CapsulePublisher| known.options.content == options.content;
            let known = previous.and_then(|previous| previous.capsules.iter().find(is_known));
            CapsulePublisher::new(options, known)
        });
        let sandbox = previous.map(|previous| previous.sandbox.clone()).unwrap_or_default();
        Self { capsules: capsules.collect(), sandbox }
    }

    /// Reads every folder, and replaces the snapshots that changed by new ones for the time `now`.
    pub fn publish(&mut self, now: OffsetDateTime) -> Update {
        let mut update = Update::default();
        for capsule in &mut self.capsules {
            let Some(changed) = capsule.publish(now) else { continue };
            update.is_new |= changed.is_new;
            update.problems.extend(changed.problems);
            update.changes.extend(changed.changes);
            let content = &capsule.options.content;
            let is_covered = self.sandbox.permits(content);
            let failure = |failure| if is_covered { failure } else { outside_sandbox(content) };
            update.failures.extend(changed.failures.into_iter().map(failure));
        }
        update
    }

    /// Returns the time until folders are to be read again, or an essay is due, without any report of a change.
    pub fn next_publication(&self, now: OffsetDateTime) -> Option<Duration> {
        let until = |date: OffsetDateTime| Duration::try_from(date - now).unwrap_or(Duration::ZERO);
        let dates = self.capsules.iter().filter_map(CapsulePublisher::next_change).map(until);
        self.capsules.iter().map(CapsulePublisher::next_reading).chain(dates).min()
    }

    /// Returns the sites by host name.
    pub fn sites(&self) -> Sites {
        let published = |capsule: &CapsulePublisher| Some((capsule.options.hosts.clone(), capsule.site()?.clone()));
        Sites::new(self.capsules.iter().filter_map(published))
    }
}

/// Returns the problem that a deployment replaced the folder `content` by one that the sandbox does not cover.
fn outside_sandbox(content: &Path) -> Problem {
    let shown = content.display();
    let what = format!("the content folder `{shown}` was replaced by another one, which lies outside the sandbox");
    Problem::error(format!("{what}; readers keep the previous version"))
        .hint("write `swapped = true` into its `[[capsule]]` if deployments do so, and restart Lamplit")
}
