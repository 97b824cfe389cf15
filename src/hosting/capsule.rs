//! One hosted capsule in memory: its settings, key and site, brought up to date with its folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::key::HostedKey;
use super::reports::Reports;
use crate::config::Config;
use crate::disk::{self, FileStamp, ReadLimits, SETTINGS_FILE, VANISHED};
use crate::generator::{Recognised, possible_settings_files};
use crate::host::HostName;
use crate::problem::{Problem, Problems};
use crate::publish::{CapsulePublisher, PublishOptions};
use crate::server::Hosted;
use crate::site::Sites;

/// How long a capsule is served without reading its folder again.
const FRESH: Duration = Duration::from_millis(500);

/// As [`FRESH`], but while a file is being written or the folder of all capsules is missing.
const FRESH_UNSETTLED: Duration = Duration::from_millis(60);

/// How long a folder must stay unchanged before its capsule is loaded for the first time, and the longest wait for
/// that: an editor or git may be replacing the settings or patterns that keep texts private.
const QUIET: Duration = Duration::from_secs(1);

/// The fixed overhead of a loaded capsule besides its site, in bytes: its key, TLS configuration and options.
const FIXED_OVERHEAD: usize = 8 << 10;

/// The share of the memory of all hosted capsules that the rendered pages of one may take: one 64th.
const PAGES_SHARE: u64 = 64;

/// The largest size of the texts of a capsule, as a multiple of the memory for all: compressed, they may fill that.
const MAX_TEXTS: u64 = 2;

/// The longest time that listing the folder of a capsule may take: a thousand times what is usual.
const MAX_LISTING: Duration = Duration::from_secs(10);

/// The most private areas of a hosted capsule, each of which has lists, feeds and a search of its own.
const MAX_AREAS: usize = 32;

/// The most patterns in the settings of a hosted capsule, each of which is compiled.
const MAX_PATTERNS: usize = 200;

/// What all hosted capsules share; replaced as a whole when the configuration changes.
pub struct HostingContext {
    /// The folder that contains a folder for each capsule.
    pub folder: PathBuf,
    /// The configuration in force.
    pub config: Config,
    /// The advertised port of Gemini.
    pub gemini_port: u16,
}

#[derive(Default)]
pub(super) struct HostedCapsule {
    /// The context and the states of the files with settings when these were read; `None` before that.
    settings: Option<(Arc<HostingContext>, Vec<Option<FileStamp>>)>,
    /// When the wait for settings began: their file had text before and is missing or empty, or the folder is changing.
    awaited_since: Option<Instant>,
    /// The mistakes in the settings; while there are any, the previous settings stay in force.
    settings_problems: Vec<Problem>,
    /// `None` until the settings are valid.
    publisher: Option<CapsulePublisher>,
    /// Whether the settings were being written when they were read.
    unsettled: bool,
    key: HostedKey,
    hosted: Arc<Hosted>,
    /// The approximate memory use, without pages and indexes that were made on demand.
    pub(super) bytes: usize,
}

pub(super) struct LoadOutcome {
    /// What to serve, or `None` if there is no such capsule.
    pub(super) hosted: Option<Arc<Hosted>>,
    /// Until when `hosted` is used without another load.
    fresh_until: Instant,
    context: Arc<HostingContext>,
    /// Whether the capsule cannot be served before its settings are complete.
    pub(super) awaits_settings: bool,
}

impl LoadOutcome {
    fn new(hosted: Option<Arc<Hosted>>, fresh: Duration, context: &Arc<HostingContext>) -> Self {
        let (fresh_until, context) = (Instant::now() + fresh, Arc::clone(context));
        Self { hosted, fresh_until, context, awaits_settings: false }
    }

    pub(super) fn is_fresh(&self, context: &Arc<HostingContext>) -> bool {
        Arc::ptr_eq(&self.context, context) && Instant::now() < self.fresh_until
    }
}

impl HostedCapsule {
    /// Loads the capsule `host`, or refreshes `previous`. Returns it for the next load, or `None` if there is none.
    pub(super) fn load(
        previous: Option<Self>,
        host: &HostName,
        context: &Arc<HostingContext>,
        reports: &Reports,
    ) -> (Option<Self>, LoadOutcome) {
        let Some(folder) = capsule_folder(&context.folder, host) else {
            let Err(problem) = check_folder(&context.folder) else {
                reports.forget(host);
                return (None, LoadOutcome::new(None, FRESH, context));
            };
            // While a deployment replaces the folder of all capsules, the previous one is served and keeps its key.
            reports.set_folder_problem(Some(&problem));
            let hosted = previous.as_ref().map(|capsule| capsule.hosted.clone()).unwrap_or_default();
            return (previous, LoadOutcome::new(Some(hosted), FRESH_UNSETTLED, context));
        };
        reports.set_folder_problem(None);
        let started = Instant::now();
        let mut capsule = previous.unwrap_or_default();
        capsule.unsettled = false;
        let new_settings = capsule.refresh_settings(host, context, reports);
        let new_key = capsule.key.refresh(host, &context.config.certs, reports);
        let publisher = capsule.publisher.as_mut();
        let new_site = publisher.is_some_and(|publisher| publisher.publish(time::OffsetDateTime::now_utc()).is_some());
        if new_settings || new_key || new_site {
            capsule.replace_hosted(host, context);
            reports.print(host, &folder, &capsule.problems());
        }
        let read_again = capsule.publisher.as_ref().and_then(CapsulePublisher::read_again);
        let unsettled = capsule.unsettled || read_again.is_some();
        // A slow load is repeated less often, so that it takes at most half of the time of a loader.
        let fresh = if unsettled { FRESH_UNSETTLED } else { FRESH }.max(started.elapsed());
        let mut outcome = LoadOutcome::new(Some(Arc::clone(&capsule.hosted)), fresh, context);
        outcome.awaits_settings = capsule.unsettled && capsule.publisher.is_none();
        (Some(capsule), outcome)
    }

    /// Reads the settings if the file or context changed, and returns whether. Invalid ones change and publish nothing.
    fn refresh_settings(&mut self, host: &HostName, context: &Arc<HostingContext>, reports: &Reports) -> bool {
        let folder = &context.folder.join(&**host);
        let site = self.publisher.as_ref().and_then(|publisher| publisher.options.recognised.as_ref());
        let known = site.into_iter().flat_map(Recognised::settings_files);
        let (place, generator) = site.map_or((folder, None), |site| (&site.folder, Some(site.generator)));
        let files = known.chain(possible_settings_files(place, generator)).chain([folder.join(SETTINGS_FILE)]);
        let stamps: Vec<_> = files.map(|file| FileStamp::at(&file)).collect();
        if self.settings.as_ref().is_some_and(|(known, was)| Arc::ptr_eq(known, context) && *was == stamps) {
            self.awaited_since = None;
            return false;
        }
        let settings = disk::read_settings(folder);
        let is_being_written = stamps.iter().flatten().any(|stamp| stamp.settles_in().is_some());
        if is_being_written || matches!(settings, Ok(Some((_, false)))) {
            self.unsettled = true;
            return false;
        }
        let is_empty = |(text, _): &(String, bool)| text.trim().is_empty();
        let is_missing = settings.as_ref().is_ok_and(|settings| settings.as_ref().is_none_or(is_empty));
        let has_vanished = is_missing && reports.of(host).had_settings;
        let patience = if has_vanished { VANISHED } else { QUIET };
        // Since an entry of the folder was added, removed or renamed.
        let elapsed = || fs::metadata(folder).ok()?.modified().ok()?.elapsed().ok();
        let is_changing = || elapsed().is_some_and(|elapsed| elapsed < QUIET);
        let is_awaited = has_vanished || self.settings.is_none() && is_changing();
        if is_awaited && self.awaited_since.get_or_insert_with(Instant::now).elapsed() < patience {
            self.unsettled = true;
            if !has_vanished {
                return false;
            }
            let seconds = VANISHED.as_secs();
            let what = format!("this file is missing or empty; its last settings apply for {seconds} s");
            let problems = vec![Problem::error(what).in_file(SETTINGS_FILE)];
            let previous = std::mem::replace(&mut self.settings_problems, problems);
            return previous != self.settings_problems;
        }
        let config = capsule_config(&context.config, host, folder, settings);
        let new = config.as_ref().ok().and_then(|config| config.capsules.first());
        let site_files = new.and_then(|new| new.site.as_ref()).map_or(0, |site| site.settings_files().count());
        if new.is_some_and(|new| *new.settings.details.recognise)
            && site_files < reports.of(host).site_files
            && self.awaited_since.get_or_insert_with(Instant::now).elapsed() < VANISHED
        {
            self.unsettled = true;
            return false;
        }
        self.awaited_since = None;
        reports.update(host, |report| (report.had_settings, report.site_files) = (!is_missing, site_files));
        self.settings = Some((Arc::clone(context), stamps));
        match config {
            Ok(config) => {
                self.settings_problems.clear();
                self.replace_publisher(&config, context.gemini_port);
            }
            Err(problems) => self.settings_problems = problems.list,
        }
        true
    }

    fn replace_publisher(&mut self, config: &Config, gemini_port: u16) {
        let [capsule] = config.capsules.as_slice() else { return };
        let memory = config.settings.limits.memory.bytes();
        let mut options = PublishOptions::new(config, capsule);
        options.site.gemini.port = gemini_port;
        options.site.cache_bytes = options.site.cache_bytes.min(memory / PAGES_SHARE);
        options.limits = ReadLimits { bytes: memory * MAX_TEXTS, time: MAX_LISTING };
        self.publisher = Some(CapsulePublisher::new(options, self.publisher.as_ref()));
    }

    fn replace_hosted(&mut self, host: &HostName, context: &HostingContext) {
        let publisher = self.publisher.as_ref();
        let site = publisher.and_then(|publisher| publisher.site().cloned());
        let site = site.inspect(|site| site.resolve_backlinks());
        let sites = site.map(|site| Arc::new(Sites::new([(vec![host.clone()], site)])));
        self.bytes = FIXED_OVERHEAD + publisher.map_or(0, CapsulePublisher::bytes);
        let client_auth = publisher.is_some_and(|publisher| !publisher.options.build.private.is_empty());
        let tls = self.key.tls(*context.config.settings.gemini.min_tls, client_auth);
        self.hosted = Arc::new(Hosted { tls, sites });
    }

    fn problems(&self) -> Vec<Problem> {
        let publisher = self.publisher.iter();
        let in_folder = publisher.flat_map(|publisher| publisher.failure.iter().chain(publisher.problems()));
        self.settings_problems.iter().chain(&self.key.problem).chain(in_folder).cloned().collect()
    }
}

/// Checks that the folder of hosted capsules can be read.
pub fn check_folder(folder: &Path) -> Result<(), Problem> {
    fs::read_dir(folder).map(drop).map_err(|error| {
        let shown = folder.display();
        Problem::error(format!("the folder of capsules `{shown}` cannot be read: {error}"))
            .hint("check its name and its permissions")
    })
}

/// Returns the folder of the capsule `host` inside `folder`, or `None` if there is none. A symbolic link to another
/// folder inside `folder` gives a capsule a second name; links that lead elsewhere, or into a capsule, which may have
/// private areas, are ignored.
pub fn capsule_folder(folder: &Path, host: &str) -> Option<PathBuf> {
    let own = folder.join(host);
    let kind = fs::symlink_metadata(&own).ok()?.file_type();
    if kind.is_symlink() {
        let (folder, target) = (folder.canonicalize().ok()?, own.canonicalize().ok()?);
        let inside = target.strip_prefix(&folder).ok()?;
        let top = HostName::from_folder_name(inside.iter().next()?.to_str()?);
        return (target.is_dir() && (top.is_none() || inside.iter().count() == 1)).then_some(own);
    }
    kind.is_dir().then_some(own)
}

/// Returns the configuration of the capsule `host` in `content`: `config` with `settings` of [`disk::read_settings`].
pub fn capsule_config(
    config: &Config,
    host: &HostName,
    content: &Path,
    settings: std::io::Result<Option<(String, bool)>>,
) -> Result<Config, Problems> {
    let file = content.join(SETTINGS_FILE).display().to_string();
    let settings = settings.map_err(|error| {
        let what = format!("cannot read the settings of the capsule: {error}");
        let hint = format!("`{SETTINGS_FILE}` must be a short file of UTF-8 text in the folder of the capsule");
        Problems::usage(Problem::error(what).in_file(&*file).hint(hint))
    })?;
    let settings = settings.as_ref().map(|(text, _)| (&*file, text.as_str()));
    let config = config.hosted(host, content, settings)?;
    let Some(capsule) = config.capsules.first() else { return Ok(config) };
    let entries = [
        ("private", capsule.private.len(), MAX_AREAS),
        ("ignore", capsule.settings.details.ignore.len(), MAX_PATTERNS),
    ];
    let problems = entries.into_iter().filter(|(_, length, most)| length > most).map(|(key, length, most)| {
        let what = format!("`{key}` has {length} entries, and that of a hosted capsule at most {most}");
        Problem::error(what).in_file(&*file).hint("name folders that contain the others")
    });
    Problems::refuse(problems.collect())?;
    Ok(config)
}
