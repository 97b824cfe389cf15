//! [`Guest`]: one hosted capsule that is loaded, and how it follows what changes in its folder.

use std::path::PathBuf;
use std::sync::Arc;

use time::OffsetDateTime;

use super::reports::Reports;
use super::slot::Look;
use super::{Ground, folder_of, key};
use crate::disk::{self, CapsuleSettings, FileStamp, SETTINGS_FILE};
use crate::problem::{Problem, Problems};
use crate::publish::{CapsulePublisher, PublishOptions};
use crate::server::Hosted;
use crate::site::Sites;
use key::Key;

/// About what a capsule takes besides its site: its key, its TLS, options, places in tables.
const FURNITURE: usize = 8 << 10;

/// The pages of one capsule that are kept at most, as a part of the memory of all.
const PAGES: u64 = 64;

/// A capsule may have texts of so many times the memory of all: packed they are about as large as that.
const TEXTS: u64 = 2;

/// One hosted capsule.
pub(super) struct Guest {
    host: String,
    folder: PathBuf,
    /// What the settings were read against, and what they were then; none before that.
    settings: Option<(Arc<Ground>, Option<FileStamp>)>,
    /// What is wrong with the settings; those from before are in force.
    mistakes: Vec<Problem>,
    /// None until there are good settings.
    published: Option<CapsulePublisher>,
    /// Why the folder could not be read at the last look.
    unreadable: Option<Problem>,
    /// When essays come or go though no file changes.
    next_change: Option<OffsetDateTime>,
    unsettled: bool,
    key: Key,
    /// Whether some of it is for readers with certificates only.
    asks: bool,
    hosted: Arc<Hosted>,
    weight: usize,
}

impl Guest {
    /// Looks at the capsule of `host`: what is known from `before` is kept as far as it still holds.
    pub(super) fn look(
        before: Option<Self>,
        host: &str,
        ground: &Arc<Ground>,
        reports: &Reports,
    ) -> (Option<Self>, Look) {
        let Some(folder) = folder_of(&ground.folder, host) else {
            return match super::check(&ground.folder) {
                Ok(()) => {
                    reports.forget(host);
                    (None, Look { hosted: None, unsettled: false })
                }
                Err(problem) => {
                    // All of them are away, as while one folder of capsules takes the place of another: nobody's
                    // capsule was given up, and nobody gets to see another key.
                    reports.all_are_away(&problem);
                    let known = before.as_ref().map(|guest| Arc::clone(&guest.hosted));
                    let hosted = known.unwrap_or_else(|| Arc::new(Hosted { tls: None, sites: None }));
                    (before, Look { hosted: Some(hosted), unsettled: true })
                }
            };
        };
        reports.all_are_back();
        let mut guest = before.unwrap_or_else(|| Self::new(host, folder));
        guest.unsettled = false;
        let restated = guest.settle(ground);
        let renewed = guest.key.look(host, ground, reports);
        let republished = guest.publish(restated);
        if restated || renewed || republished {
            guest.show(ground);
            reports.print(&guest.host, &guest.folder, &guest.problems());
        }
        let look = Look { hosted: Some(Arc::clone(&guest.hosted)), unsettled: guest.unsettled };
        (Some(guest), look)
    }

    fn new(host: &str, folder: PathBuf) -> Self {
        Self {
            host: host.to_owned(),
            folder,
            settings: None,
            mistakes: Vec::new(),
            published: None,
            unreadable: None,
            next_change: None,
            unsettled: false,
            key: Key::default(),
            asks: false,
            hosted: Arc::new(Hosted { tls: None, sites: None }),
            weight: FURNITURE,
        }
    }

    /// Bytes that it took when it was last made.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// Reads the settings where they, or what all capsules have in common, changed. Bad ones change nothing: what
    /// was private must not become public for a slip.
    fn settle(&mut self, ground: &Arc<Ground>) -> bool {
        let stamp = FileStamp::at(&self.folder.join(SETTINGS_FILE));
        let is_known =
            |(known, was): &(Arc<Ground>, Option<FileStamp>)| Arc::ptr_eq(known, ground) && *was == stamp;
        if self.settings.as_ref().is_some_and(is_known) {
            return false;
        }
        let text = match disk::read_settings(&self.folder) {
            Ok(CapsuleSettings::Unsettled(_)) => {
                self.unsettled = true;
                return false;
            }
            Ok(CapsuleSettings::Absent) => Ok(None),
            Ok(CapsuleSettings::Text(text)) => Ok(Some(text)),
            Err(error) => {
                let what = format!("the settings of the capsule cannot be read: {error}");
                let hint = "it must be a short file of UTF-8 text in the folder of the capsule";
                Err(Problems::usage(Problem::error(what).in_file(SETTINGS_FILE).hint(hint)))
            }
        };
        let read = text.and_then(|text| {
            let named = text.as_deref().map(|text| (SETTINGS_FILE, text));
            ground.config.hosted(&self.host, &self.folder, named)
        });
        self.settings = Some((Arc::clone(ground), stamp));
        match read {
            Ok(config) => {
                self.mistakes.clear();
                let [capsule] = config.capsules.as_slice() else { return true };
                let mut options = config.site_options(capsule);
                options.gemini.port = ground.gemini_port;
                options.cache_bytes = options.cache_bytes.min(config.hosting.memory / PAGES);
                let most = config.hosting.memory * TEXTS;
                let options =
                    PublishOptions { max_bytes: most, ..PublishOptions::new(&config, capsule, options) };
                let mut published = CapsulePublisher::new(options);
                if let Some(before) = &self.published {
                    published.reuse(before);
                }
                self.asks = !capsule.private.is_empty();
                self.published = Some(published);
            }
            Err(mistakes) => self.mistakes = mistakes.to_vec(),
        }
        true
    }

    /// Makes the edition that stands in the folder, if that is another one, or if the settings are.
    fn publish(&mut self, restated: bool) -> bool {
        let Some(published) = &mut self.published else { return false };
        let now = OffsetDateTime::now_utc();
        let is_due = restated || self.next_change.is_some_and(|moment| moment <= now);
        match published.publish_changes(now, is_due) {
            Ok(None) => self.unreadable.take().is_some(),
            Ok(Some(round)) => {
                self.unreadable = None;
                self.unsettled |= round.unsettled;
                self.next_change = round.next_change;
                true
            }
            Err(unreadable) => self.unreadable.replace(unreadable).is_none(),
        }
    }

    /// What readers get from now on.
    fn show(&mut self, ground: &Ground) {
        let held = self.key.held();
        let tls = held.map(|held| ground.tls.with(&held.certified, &held.tickets, self.asks));
        let site = self.published.as_ref().and_then(|published| published.site().cloned());
        let sites = site.map(|site| Sites::new([(vec![self.host.clone()], site)]));
        if let Some(sites) = &sites {
            sites.resolve_backlinks();
        }
        let published = self.published.as_ref().map_or(0, CapsulePublisher::bytes);
        self.weight = FURNITURE + published;
        self.hosted = Arc::new(Hosted { tls, sites: sites.map(Arc::new) });
    }

    /// Everything that is wrong with it now.
    fn problems(&self) -> Vec<Problem> {
        let of_essays = self.published.as_ref().map(CapsulePublisher::problems).unwrap_or_default();
        let rest = self.key.problem().into_iter().chain(&self.unreadable);
        self.mistakes.iter().chain(rest).chain(of_essays).cloned().collect()
    }
}
