//! [`Service`]: the state of the running service, and how a reload changes it.
//!
//! A changed configuration takes effect completely, or not at all if it names a key or folder that cannot be used.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::keys::Keys;
use super::listeners::{AdvertisedAddresses, refuse_public_drafts};
use super::{messages, resources, stderr};
use crate::config::{Capsule, Config};
use crate::disk::{VANISHED, Writers};
use crate::generator::{Recognised, possible_settings_files};
use crate::hosting::HostedCapsules;
use crate::identity::read_regular_file;
use crate::problem::{Problem, Problems};
use crate::publish::{CapsulePublisher, Publisher, Update};
use crate::server::access_log::LogFile;
use crate::server::tls::LiveTls;
use crate::server::{LiveSites, Metrics, WorkerPool};
use crate::site::Sites;

/// Loads the configuration: reads the file again each time; flags and environment stay as at startup.
pub(super) type LoadConfig = Box<dyn Fn() -> anyhow::Result<Config> + Send>;

pub(super) struct Service {
    pub(super) load: LoadConfig,
    /// The configuration at startup, for settings that need a restart.
    pub(super) startup_config: Config,
    pub(super) config: Config,
    pub(super) advertised: AdvertisedAddresses,
    pub(super) publisher: Publisher,
    pub(super) keys: Keys,
    pub(super) tls: LiveTls,
    pub(super) hosted: Option<Arc<HostedCapsules>>,
    pub(super) sites: LiveSites,
    /// Builds search indexes in the background.
    pub(super) indexer: WorkerPool,
    /// The last snapshot whose indexes are complete. Those of the next snapshot are updated from them.
    pub(super) indexed: Arc<parking_lot::Mutex<Option<Arc<Sites>>>>,
    /// The file of the access log, if it does not go to standard error.
    pub(super) log_file: Option<LogFile>,
    pub(super) metrics: Option<Metrics>,
    /// Since when settings of a site generator are missing that are still in force.
    pub(super) lost_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReloadCause {
    /// A content folder changed, or an essay appears or expires.
    Content,
    /// The configuration or a key changed, or SIGHUP was received.
    Configuration,
    /// SIGUSR1 was received, so that the log is opened again.
    Log,
    /// A day has passed, so that a certificate may be about to expire.
    Day,
}

impl Service {
    /// Publishes what changed. Returns the time until the next reload if no other cause occurs before.
    pub(super) fn reload(&mut self, cause: ReloadCause) -> Option<Duration> {
        let (now, started) = (OffsetDateTime::now_utc(), Instant::now());
        let cause = if self.lost_for() == Some(Duration::ZERO) { ReloadCause::Configuration } else { cause };
        if cause == ReloadCause::Day {
            messages::print_problems(&self.keys.warnings(now));
        }
        let reloaded = (cause == ReloadCause::Configuration).then(|| self.reload_config(now));
        if let Some(Err(error)) = &reloaded {
            stderr::print(crate::problem::print::message(error));
            stderr::print("The previous configuration and keys stay in force.");
        }
        let known = self.unreported();
        let update = reloaded.and_then(Result::ok).unwrap_or_else(|| self.publisher.publish(now));
        self.log_unreported(&known);
        messages::print_update(&update, started.elapsed());
        let next = self.publisher.next_publication(now).into_iter().chain(self.lost_for()).min();
        if update.is_new || cause == ReloadCause::Configuration {
            self.sites.store(Arc::new(self.publisher.sites()));
            self.sites.load().all.iter().for_each(|site| site.resolve_backlinks());
            self.update_indexes();
            self.update_metrics();
        }
        next
    }

    /// Builds the search indexes that the current snapshot lacks.
    pub(super) fn update_indexes(&self) {
        let (sites, indexed) = (self.sites.clone(), self.indexed.clone());
        self.indexer.run(move || {
            let mut indexed = indexed.lock();
            let current = sites.load_full();
            current.prepare_search(indexed.as_deref());
            *indexed = Some(current);
        });
    }

    pub(super) fn update_metrics(&self) {
        let Some(metrics) = &self.metrics else { return };
        metrics.snapshots.inc();
        for (capsule, identity) in self.publisher.capsules.iter().zip(&self.keys.identities) {
            let Some(site) = capsule.site() else { continue };
            let essays = site.capsule().essays().len();
            metrics.note(&site.host, essays, capsule.problems().len(), identity.expires);
        }
    }

    /// Opens the log file again after it was renamed. Returns a warning on failure; each later line tries again.
    pub(super) fn reopen_log(&self) -> Option<Problem> {
        let log = self.log_file.as_ref()?;
        let error = log.reopen().err()?;
        let path = self.startup_config.settings.log.file.as_deref().unwrap_or(Path::new(""));
        let lines = if log.is_open() { "are written to the previous file" } else { "are lost" };
        let what = format!("the log `{}` cannot be opened, and its lines {lines}: {error}", path.display());
        let hint = match error.raw_os_error() {
            Some(libc::ENXIO) => "start the program that reads this FIFO; each later line tries again",
            _ => "make its folder, let this user write there, and restart Lamplit",
        };
        Some(Problem::warning(what).hint(hint))
    }

    /// Returns for how long missing settings of a site generator stay in force, if there are any.
    fn lost_for(&self) -> Option<Duration> {
        self.lost_since.map(|since| VANISHED.saturating_sub(since.elapsed()))
    }

    /// Reads the configuration and the keys that it names, and puts both in force.
    fn reload_config(&mut self, now: OffsetDateTime) -> anyhow::Result<Update> {
        let lost_since = self.lost_since.take().unwrap_or_else(Instant::now);
        resources::check_inside(&self.publisher.sandbox, self.startup_config.file.iter())?;
        let config = (self.load)()?;
        let lacks = |(old, new): (&Capsule, &Capsule)| {
            let is_same = old.settings.content.value == new.settings.content.value && *new.settings.details.recognise;
            is_same && old.site.as_ref().is_some_and(|site| site.has_lost(new.site.as_ref()))
        };
        if self.config.capsules.iter().zip(&config.capsules).any(lacks) && lost_since.elapsed() < VANISHED {
            self.lost_since = Some(lost_since);
            let what =
                format!("settings of a site generator are missing; the last ones apply for {} s", VANISHED.as_secs());
            return Err(Problem::error(what).into());
        }
        refuse_public_drafts(&config, &[])?;
        // A program may empty the file before it writes it. Without its settings, private folders would be public.
        let file = self.startup_config.file.as_deref();
        let is_empty = |file| read_regular_file(file).is_ok_and(|text| text.trim_ascii().is_empty());
        if config != self.config && file.is_some_and(is_empty) {
            let problem = Problem::error("the configuration file is empty");
            return Err(problem.hint("restart Lamplit to serve without settings").into());
        }
        resources::check_inside(&self.publisher.sandbox, resources::named_paths(&config))?;
        let capsules = self.advertised.publish_options(&config);
        let mut publisher = Publisher::new(capsules, Some(&self.publisher));
        let mut update = publisher.publish(now);
        if publisher.capsules.iter().any(|capsule| capsule.site().is_none()) {
            Problems::refuse(std::mem::take(&mut update.failures))?;
        }
        let keys = Keys::load(&config, Some((&self.keys, &self.config)))?;
        self.tls.store(Arc::new(keys.tls(&config)?));
        keys.log_changes(&config, &self.keys, &self.config);
        self.keys = keys;
        tracing::info!("the configuration and the keys were reloaded");
        for setting in config.needing_restart(&self.startup_config) {
            tracing::warn!("`{setting}` was changed, which needs a restart");
        }
        // A change of the folder of hosted capsules, or of their memory, needs a restart.
        self.hosted.as_ref().inspect(|hosted| hosted.replace_config(config.clone()));
        messages::print_problems(&self.keys.warnings(now));
        self.publisher = publisher;
        self.config = config;
        // Forgets capsules that are no longer configured.
        self.metrics.as_ref().inspect(|metrics| metrics.forget());
        Ok(update)
    }

    /// Returns the reasons why the system may not report changes in some of the folders.
    fn unreported(&self) -> Vec<String> {
        self.publisher.capsules.iter().filter_map(CapsulePublisher::unreported).collect()
    }

    /// Logs the reasons why changes may not be reported, except those in `known`.
    pub(super) fn log_unreported(&self, known: &[String]) {
        let new = self.unreported().into_iter().filter(|reason| !known.contains(reason));
        new.for_each(|reason| tracing::info!("{reason}"));
    }

    /// Returns the folders to watch, each with what is known of the programs that write files in it.
    pub(super) fn content_folders(&self) -> Vec<(PathBuf, Writers)> {
        self.publisher.capsules.iter().flat_map(CapsulePublisher::watched).collect()
    }

    pub(super) fn watched_files(&self) -> Vec<PathBuf> {
        let identities = self.keys.identities.iter();
        let keys = identities.flat_map(|identity| [&identity.key_file, &identity.certificate_file]);
        // Those at the start count too: settings that are missing may come back.
        let capsules = [&self.startup_config, &self.config].into_iter().flat_map(|config| &config.capsules);
        let sites = capsules.filter_map(|capsule| capsule.site.as_ref());
        let known = sites.clone().flat_map(Recognised::settings_files);
        let possible = sites.flat_map(|site| possible_settings_files(&site.folder, Some(site.generator)));
        self.startup_config.file.iter().chain(keys).cloned().chain(known).chain(possible).collect()
    }
}
