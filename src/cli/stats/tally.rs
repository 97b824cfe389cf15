//! [`Tally`]: what the lines of a log come to.

use std::borrow::Cow;
use std::collections::BTreeMap;

use time::Date;

use super::count::Counter;
use crate::capsule::CapsulePath;
use crate::protocol::Class;
use crate::server::access_log::{ConnectionOutcome, LogLine, LoggedRequest};

/// How many names of each kind are told apart.
const NAMES: usize = 50_000;

/// How many days and protocols are told apart: more than a log has, unless somebody makes one up.
const DAYS: usize = 10_000;
const PROTOCOLS: usize = 100;

/// Pages that are written as essays are and are none.
const NO_ESSAYS: [&str; 4] = ["/robots.txt", "/favicon.txt", "/caps.txt", "/access.gmi"];

/// Numbers and names, and nobody's address.
#[derive(Debug)]
pub(super) struct Tally {
    /// The host name of the only capsule that is counted; none if all are.
    only: Option<String>,
    /// Whether any line says which capsule answered.
    names_hosts: bool,
    /// Requests by the capsule that answered, where lines name it.
    pub(super) hosts: Counter,
    /// Requests by day, in UTC.
    pub(super) days: BTreeMap<Date, u64>,
    /// Requests by protocol.
    pub(super) protocols: BTreeMap<String, u64>,
    /// Requests by what became of them.
    pub(super) outcomes: BTreeMap<Class, u64>,
    /// Connections without a request, by how they ended.
    pub(super) unanswered: BTreeMap<ConnectionOutcome, u64>,
    /// Replies that were cut off.
    pub(super) truncated: u64,
    pub(super) sent: u64,
    pub(super) essays: Counter,
    pub(super) feeds: Counter,
    pub(super) missing: Counter,
    /// Lines that are not of the log.
    pub(super) other_lines: u64,
}

impl Tally {
    /// Of all capsules, or of the one with the host name `only`.
    pub(super) fn new(only: Option<String>) -> Self {
        let counter = || Counter::new(NAMES);
        Self {
            only,
            names_hosts: false,
            hosts: counter(),
            days: BTreeMap::new(),
            protocols: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            unanswered: BTreeMap::new(),
            truncated: 0,
            sent: 0,
            essays: counter(),
            feeds: counter(),
            missing: counter(),
            other_lines: 0,
        }
    }

    /// Whether one capsule was to be counted, and no line says which capsule answered.
    pub(super) fn is_in_vain(&self) -> bool {
        self.only.is_some() && !self.names_hosts
    }

    /// Takes a line in, whatever it is.
    pub(super) fn add(&mut self, line: &str) {
        match LogLine::read(line) {
            Some(line) => self.add_connection(&line),
            None if line.trim().is_empty() => {}
            None => self.other_lines += 1,
        }
    }

    /// Takes in that there was a line too long to be one of ours.
    pub(super) fn add_other(&mut self) {
        self.other_lines += 1;
    }

    fn add_connection(&mut self, line: &LogLine) {
        let host = line.request.as_ref().and_then(|request| request.host.as_deref());
        self.names_hosts |= host.is_some();
        if self.only.as_deref().is_some_and(|only| host != Some(only)) {
            return;
        }
        // The same name in two capsules is two essays.
        let host = host.filter(|_| self.only.is_none());
        if let Some(host) = host {
            self.hosts.add(host);
        }
        self.sent = self.sent.saturating_add(line.sent);
        let Some(request) = &line.request else {
            *self.unanswered.entry(line.ending).or_default() += 1;
            return;
        };
        add_to(&mut self.days, &line.day, DAYS);
        add_to(&mut self.protocols, &line.protocol, PROTOCOLS);
        *self.outcomes.entry(request.class).or_default() += 1;
        if line.ending != ConnectionOutcome::Whole {
            self.truncated += 1;
        }
        let LoggedRequest { class, resource, .. } = request;
        match class {
            Class::Served => match kind(resource) {
                Kind::Essay(name) => self.essays.add(&of_host(host, &name)),
                Kind::Feed => self.feeds.add(&of_host(host, &display(resource))),
                Kind::Other => {}
            },
            Class::NotFound => self.missing.add(&of_host(host, &display(resource))),
            Class::Redirected | Class::Refused | Class::Failed => {}
        }
    }
}

fn of_host<'n>(host: Option<&str>, name: &'n str) -> Cow<'n, str> {
    host.map_or(Cow::Borrowed(name), |host| Cow::Owned(format!("{host}{name}")))
}

fn add_to<K: Clone + Ord>(counts: &mut BTreeMap<K, u64>, key: &K, room: usize) {
    if let Some(count) = counts.get_mut(key) {
        *count += 1;
    } else if counts.len() < room {
        counts.insert(key.clone(), 1);
    }
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Kind<'r> {
    /// An essay in whatever form, by its address without an extension.
    Essay(Cow<'r, str>),
    Feed,
    Other,
}

fn kind(resource: &str) -> Kind<'_> {
    let name = display(resource);
    if name.ends_with("/atom.xml") {
        return Kind::Feed;
    }
    let form = [".gmi", ".txt", ".md"].iter().find(|form| name.ends_with(*form));
    match form {
        Some(form) if !NO_ESSAYS.contains(&&*name) && !name.starts_with("/.well-known/") => {
            let length = name.len() - form.len();
            Kind::Essay(match name {
                Cow::Borrowed(name) => Cow::Borrowed(&name[..length]),
                Cow::Owned(mut name) => {
                    name.truncate(length);
                    Cow::Owned(name)
                }
            })
        }
        _ => Kind::Other,
    }
}

/// The same name for the same resource, however it is written in URLs and in selectors.
fn display(resource: &str) -> Cow<'_, str> {
    let path = if resource.contains('%') {
        CapsulePath::from_url(resource)
    } else if resource.contains('_') {
        CapsulePath::from_selector(resource)
    } else {
        return Cow::Borrowed(resource);
    };
    path.map_or(Cow::Borrowed(resource), |path| Cow::Owned(path.as_str().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_essay_is_one_in_every_form() {
        for resource in ["/the%20skin.gmi", "/the_20skin.txt", "/the skin.md"] {
            assert_eq!(kind(resource), Kind::Essay("/the skin".into()), "{resource}");
        }
        assert_eq!(kind("/the_soft_skin.txt"), Kind::Essay("/the_soft_skin".into()));
        assert_eq!(kind("/films/atom.xml"), Kind::Feed);
        for resource in ["/", "/tags/", "/robots.txt", "/caps.txt", "/.well-known/security.txt", "/a.png", ""]
        {
            assert_eq!(kind(resource), Kind::Other, "{resource}");
        }
    }

    #[test]
    fn made_up_days_cost_no_memory() {
        let mut counts = BTreeMap::new();
        for key in 0..100 {
            add_to(&mut counts, &(key % 50), 10);
        }
        assert_eq!((counts.len(), counts[&9]), (10, 2));
    }
}
