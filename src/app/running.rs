//! [`Running`]: everything that may change while the server runs, and how it does.
//!
//! A configuration is taken as a whole or not at all: anything wrong with it, with a key or with a folder that it
//! names is told, and everything stays as it was.

use std::path::{Path, PathBuf};
use std::time::Duration;

use time::OffsetDateTime;

use super::banner;
use super::confine;
use super::hosting::Hosts;
use super::keys::{Keys, News};
use super::reach::Reach;
use super::source::Source;
use super::voice;
use crate::config::Config;
use crate::problem::{self, Problem};
use crate::publish::{Publisher, Update};
use crate::server::access_log::LogFile;
use crate::server::{LiveSites, Metrics};

/// A file that was being written is looked at again after this long.
const UNSETTLED: Duration = Duration::from_millis(60);

/// Everything that may change while the server runs.
pub(super) struct Running {
    pub(super) source: Source,
    /// The configuration at the start, for what needs a restart.
    pub(super) started: Config,
    /// The configuration in force.
    pub(super) config: Config,
    pub(super) reach: Reach,
    pub(super) publisher: Publisher,
    pub(super) keys: Keys,
    /// The hosted capsules, if there are any.
    pub(super) hosts: Option<Hosts>,
    pub(super) current: LiveSites,
    /// Where connections are logged, if that is a file.
    pub(super) log_file: Option<LogFile>,
    /// What is counted, if anybody wants to know.
    pub(super) metrics: Option<Metrics>,
}

/// Why a round is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// A folder changed, or an essay's day came.
    Content,
    /// A file of the configuration or of a key changed, or SIGHUP asked for it.
    Settings,
    /// A day is over.
    Day,
}

impl Running {
    /// Makes a round; says after how long to make another one though nothing says so.
    pub(super) fn round(&mut self, cause: Cause) -> Option<Duration> {
        let now = OffsetDateTime::now_utc();
        let edition = match cause {
            Cause::Content => None,
            Cause::Settings => self.settings(now),
            Cause::Day => {
                banner::problems(&self.keys.warnings(now));
                None
            }
        };
        let edition = edition.unwrap_or_else(|| self.publisher.publish(now));
        banner::reload(&edition);
        let again_after = edition.next_publication(now, UNSETTLED);
        self.current.swap(edition.sites);
        self.current.load().resolve_backlinks();
        self.count();
        again_after
    }

    /// Counts the edition in force, and notes what its capsules are.
    pub(super) fn count(&self) {
        let Some(metrics) = &self.metrics else { return };
        metrics.published();
        for ((hostname, essays, problems), expiry) in self.publisher.sizes().zip(self.keys.expiries()) {
            metrics.note(hostname, essays, problems, expiry);
        }
    }

    /// Opens the file of the log anew, which may have been moved away; a warning if it cannot be opened, which every
    /// line will try again.
    pub(super) fn reopen_log(&self) -> Option<Problem> {
        let log = self.log_file.as_ref()?;
        let error = log.reopen().err()?;
        let path = self.started.log.file.as_deref().unwrap_or(Path::new(""));
        let lines = if log.is_open() { "go on into the file from before" } else { "are lost" };
        let what = format!("the log `{}` cannot be opened, and its lines {lines}: {error}", path.display());
        let hint = "make its folder, let this user write there, and restart Lamplit";
        Some(Problem::warning(what).hint(hint))
    }

    /// Puts the configuration in force as it is written now, with the keys that it names, and gives the edition that
    /// comes of it. If anything is wrong with them, says so and changes nothing.
    fn settings(&mut self, now: OffsetDateTime) -> Option<Update> {
        let stays = |what: &str| {
            voice::say(what);
            voice::say("Nothing was changed: the configuration and the keys from before stay in force.");
        };
        let config = match self.source.load() {
            Ok(config) => config,
            Err(error) => {
                stays(&problem::print::message(&error));
                return None;
            }
        };
        if let Some(problem) = confine::outside(&self.publisher.sandbox, &config) {
            stays(&problem.to_string());
            return None;
        }
        let mut publisher = Publisher::new(self.reach.publish_options(&config), Some(&self.publisher));
        let edition = publisher.publish(now);
        if !publisher.is_complete() {
            let failures: Vec<String> = edition.failures.iter().map(ToString::to_string).collect();
            stays(&failures.join("\n"));
            return None;
        }
        let renewed = match self.keys.read_again(&config, &self.config) {
            Ok(renewed) => renewed,
            Err(error) => {
                stays(&problem::print::message(&error));
                return None;
            }
        };
        for news in &renewed.news {
            match news {
                News::FirstKey(name, file) => {
                    tracing::info!(
                        "the key of `{name}` was made now and is in {}: back it up",
                        file.display()
                    );
                }
                News::NewCertificate(name) => tracing::info!(
                    "`{name}` has another certificate for the same key; clients that remember the key notice nothing"
                ),
                News::NewKey(name) => {
                    tracing::warn!(
                        "`{name}` has another key: every reader who trusted the old one is warned"
                    );
                }
            }
        }
        tracing::info!("the configuration and the keys were read again and are in force");
        for setting in config.needing_restart(&self.started) {
            tracing::warn!("`{setting}` was changed, which needs a restart");
        }
        self.keys.replace(renewed);
        self.hosted(&config);
        banner::problems(&self.keys.warnings(now));
        self.publisher = publisher;
        self.config = config;
        // Some may not be there any more.
        self.metrics.as_ref().inspect(|metrics| metrics.forget());
        Some(edition)
    }

    /// Puts what hosted capsules have in common in force anew. Where they are, and how much they take, waits for a
    /// restart.
    fn hosted(&self, config: &Config) {
        let Some(hosts) = &self.hosts else { return };
        match self.keys.hosted(config) {
            Ok(tls) => hosts.replace(config.clone(), tls),
            Err(error) => tracing::error!("hosted capsules stay as they were: {error:#}"),
        }
    }

    /// The folders to watch.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        self.config.capsules.iter().map(|capsule| capsule.content.clone()).collect()
    }

    /// The files to watch.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let keys = self.keys.identities().iter();
        let keys = keys.flat_map(|identity| [&identity.key_file, &identity.certificate_file]);
        self.source.file().into_iter().chain(keys).cloned().collect()
    }
}
