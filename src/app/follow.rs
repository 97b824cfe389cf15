//! Following: what changes after the start is published, and what is configured anew is put in force.
//!
//! Three things are followed: the content folders, the files of the configuration and of the keys, and the clock. A
//! configuration is taken as a whole or not at all: anything wrong with it, with a key or with a folder that it
//! names is told, and everything stays as it was.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::interval;

use super::banner;
use super::keys::{Keys, News};
use super::publisher::{Edition, Publisher};
use super::reach::Reach;
use super::source::Source;
use crate::cli;
use crate::config::Config;
use crate::disk::{Files, Watch};
use crate::server::Current;

/// A file that was being written is looked at again after this long.
const UNSETTLED: Duration = Duration::from_millis(60);

/// How often the ends of certificates are looked at.
const DAY: Duration = Duration::from_secs(86_400);

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
    pub(super) current: Current,
}

/// Why a round is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// A folder changed, or an essay's day came.
    Content,
    /// A file of the configuration or of a key changed, or SIGHUP asked for it.
    Settings,
    /// A day is over.
    Day,
}

/// Who looks out for causes.
pub(super) struct Lookout {
    running: Arc<Mutex<Running>>,
    changed: Arc<Notify>,
    folders: Folders,
    files: Files,
    hangup: Signal,
}

impl Lookout {
    /// Looks out from now on. Must be called within a tokio runtime.
    pub(super) fn new(running: Running) -> std::io::Result<Self> {
        let changed = Arc::new(Notify::new());
        let mut folders = Folders::default();
        folders.watch(running.folders(), &changed);
        let mut files = Files::default();
        files.watch(running.files());
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self { running: Arc::new(Mutex::new(running)), changed, folders, files, hangup })
    }
}

/// Makes a round whenever there is a cause for one; never returns.
pub(super) async fn follow(lookout: Lookout) {
    let Lookout { running, changed, mut folders, mut files, mut hangup } = lookout;
    let mut days = interval(DAY);
    days.tick().await;
    // What changed between the first reading and the first watch would be missed otherwise.
    let mut again_after = Some(Duration::ZERO);
    loop {
        let wait = async {
            match again_after {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        let cause = tokio::select! {
            () = changed.notified() => Cause::Content,
            () = wait => Cause::Content,
            () = files.changed() => Cause::Settings,
            _ = hangup.recv() => Cause::Settings,
            _ = days.tick() => Cause::Day,
        };
        let shared = running.clone();
        let round = tokio::task::spawn_blocking(move || {
            let mut running = shared.lock().unwrap_or_else(PoisonError::into_inner);
            let again_after = running.round(cause);
            (again_after, running.folders(), running.files())
        });
        match round.await {
            Ok((again, content, settings)) => {
                again_after = again;
                folders.watch(content, &changed);
                files.watch(settings);
            }
            // A bug in reading one folder must not end the serving of what was read before.
            Err(error) => {
                again_after = None;
                tracing::error!("the folder could not be published anew: {error}");
            }
        }
    }
}

impl Running {
    /// Makes a round; says after how long to make another one though nothing says so.
    fn round(&mut self, cause: Cause) -> Option<Duration> {
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
        let again_after = edition.again_after(now, UNSETTLED);
        self.current.swap(edition.shelf);
        again_after
    }

    /// Puts the configuration in force as it is written now, with the keys that it names, and gives the edition that
    /// comes of it. If anything is wrong with them, says so and changes nothing.
    fn settings(&mut self, now: OffsetDateTime) -> Option<Edition> {
        let stays = |what: &str| {
            eprintln!("{what}");
            eprintln!("Nothing was changed: the configuration and the keys from before stay in force.");
        };
        let config = match self.source.load() {
            Ok(config) => config,
            Err(error) => {
                stays(&cli::shown(&error));
                return None;
            }
        };
        let mut publisher = Publisher::new(&config, &self.reach, Some(&self.publisher));
        let edition = publisher.publish(now);
        if !publisher.is_complete() {
            let failures: Vec<String> = edition.failures.iter().map(ToString::to_string).collect();
            stays(&failures.join("\n"));
            return None;
        }
        let renewed = match self.keys.read_again(&config, &self.config) {
            Ok(renewed) => renewed,
            Err(error) => {
                stays(&cli::shown(&error));
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
                    "`{name}` has another certificate for the same key: readers who trust the key notice nothing"
                ),
                News::NewKey(name) => {
                    tracing::warn!(
                        "`{name}` has another key: every reader who trusted the old one is warned"
                    );
                }
            }
        }
        if config != self.config {
            tracing::info!("the configuration was read again and is in force");
        }
        for setting in config.needing_restart(&self.started) {
            tracing::warn!("`{setting}` was changed, which needs a restart");
        }
        self.keys.replace(renewed);
        banner::problems(&self.keys.warnings(now));
        self.publisher = publisher;
        self.config = config;
        Some(edition)
    }

    /// The folders to watch.
    fn folders(&self) -> Vec<PathBuf> {
        self.config.capsules.iter().map(|capsule| capsule.content.clone()).collect()
    }

    /// The files to watch.
    fn files(&self) -> Vec<PathBuf> {
        let keys = self.keys.identities().iter();
        let keys = keys.flat_map(|identity| [&identity.key_file, &identity.certificate_file]);
        self.source.file().into_iter().chain(keys).cloned().collect()
    }
}

/// The content folders being watched, each by a task of its own.
#[derive(Default)]
struct Folders {
    watched: Vec<PathBuf>,
    tasks: JoinSet<()>,
}

impl Folders {
    /// Watches exactly these from now on, and tells `changed`.
    fn watch(&mut self, folders: Vec<PathBuf>, changed: &Arc<Notify>) {
        if folders == self.watched {
            return;
        }
        self.tasks.abort_all();
        for folder in &folders {
            let mut watch = Watch::new(folder);
            let changed = changed.clone();
            self.tasks.spawn(async move {
                loop {
                    watch.changed().await;
                    changed.notify_one();
                }
            });
        }
        self.watched = folders;
    }
}
