//! [`Tally`]: counts over the lines of an access log, within bounded memory.

use std::collections::{BTreeMap, HashMap};

use time::Date;

use crate::capsule::{CapsulePath, media};
use crate::protocol::Class;
use crate::server::ConnectionOutcome;
use crate::server::access_log::LogLine;

/// The most names that one [`Counter`] holds: with [`MAX_NAME`] characters each, some 50 MB.
const CAPACITY: usize = 50_000;

/// The length in characters beyond which a name is cut. Gemini and Gopher requests are shorter.
const MAX_NAME: usize = 1024;

/// The most days that are counted: a log has fewer, unless its dates are made up.
const MAX_DAYS: usize = 10_000;

/// Generated pages whose extension is that of an essay.
const GENERATED: [&str; 4] = ["/robots.txt", "/favicon.txt", "/caps.txt", "/access.gmi"];

#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The host name of the only capsule to count, or `None` to count all of them.
    pub(super) only: Option<String>,
    /// Whether any line names the host that answered.
    pub(super) names_hosts: bool,
    pub(super) hosts: Counter,
    pub(super) days: BTreeMap<Date, u64>,
    pub(super) protocols: Counter,
    pub(super) outcomes: BTreeMap<Class, u64>,
    pub(super) unanswered: Counter,
    pub(super) truncated: u64,
    pub(super) sent: u64,
    pub(super) essays: Counter,
    pub(super) feeds: Counter,
    pub(super) not_found: Counter,
    pub(super) other_lines: u64,
}

impl Tally {
    pub(super) fn requests(&self) -> u64 {
        self.outcomes.values().sum()
    }

    pub(super) fn is_approximate(&self) -> bool {
        [&self.hosts, &self.essays, &self.feeds, &self.not_found].iter().any(|counter| counter.is_approximate)
    }

    pub(super) fn outcomes(&self) -> Vec<(&str, u64)> {
        self.outcomes.iter().map(|(class, count)| (class.name(), *count)).collect()
    }

    pub(super) fn add(&mut self, line: &str) {
        match LogLine::read(line) {
            Some(line) => self.add_connection(&line),
            None if line.trim().is_empty() => {}
            None => self.other_lines += 1,
        }
    }

    fn add_connection(&mut self, line: &LogLine<'_>) {
        let host = line.host.as_deref();
        self.names_hosts |= host.is_some();
        if self.only.is_some() && self.only.as_deref() != host {
            return;
        }
        self.sent = self.sent.saturating_add(line.sent);
        let (Some(outcome), Some(resource)) = (line.outcome, &line.resource) else {
            return self.unanswered.add(line.ending.name());
        };
        let day = line.time.date();
        if self.days.len() < MAX_DAYS || self.days.contains_key(&day) {
            *self.days.entry(day).or_default() += 1;
        }
        self.protocols.add(&*line.protocol);
        *self.outcomes.entry(outcome).or_default() += 1;
        self.truncated += u64::from(line.ending != ConnectionOutcome::Whole);
        // One path in two capsules is two essays.
        let host = host.filter(|_| self.only.is_none()).unwrap_or_default();
        if !host.is_empty() {
            self.hosts.add(host);
        }
        let path = canonical(resource);
        match outcome {
            Class::Served if path.ends_with("/atom.xml") => self.feeds.add(name(host, &path)),
            Class::Served => essay(&path).into_iter().for_each(|essay| self.essays.add(name(host, essay))),
            Class::NotFound => self.not_found.add(name(host, &path)),
            Class::Redirected | Class::Refused | Class::Failed => {}
        }
    }
}

fn canonical(resource: &str) -> String {
    let from = if resource.contains('%') { CapsulePath::from_url } else { CapsulePath::from_selector };
    from(resource).map_or_else(|_| resource.to_owned(), |path| path.as_str().to_owned())
}

/// Returns `path` without the extension of its form, or `None` if it is not the path of an essay.
fn essay(path: &str) -> Option<&str> {
    let essay = media::ESSAY_FORMS.iter().find_map(|form| path.strip_suffix(form)?.strip_suffix('.'))?;
    (!GENERATED.contains(&path) && !path.starts_with("/.well-known/")).then_some(essay)
}

/// Returns `path` after its host, cut to [`MAX_NAME`] characters.
fn name(host: &str, path: &str) -> String {
    host.chars().chain(path.chars()).take(MAX_NAME).collect()
}

/// Counts how often each name occurs. When it is full, it drops the rarer half of the names.
#[derive(Debug, Default)]
pub(super) struct Counter {
    counts: HashMap<String, u64>,
    /// Whether names were dropped, so that counts may be too low.
    pub(super) is_approximate: bool,
}

impl Counter {
    fn add(&mut self, name: impl Into<String>) {
        if self.counts.len() >= CAPACITY {
            let mut counts: Vec<u64> = self.counts.values().copied().collect();
            let (_, &mut median, _) = counts.select_nth_unstable(CAPACITY / 2);
            self.counts.retain(|_, count| *count > median);
            self.is_approximate = true;
        }
        *self.counts.entry(name.into()).or_default() += 1;
    }

    pub(super) fn top(&self, number: usize) -> Vec<(&str, u64)> {
        let mut names: Vec<(&str, u64)> =
            self.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        names.sort_by(|(a, m), (b, n)| n.cmp(m).then_with(|| a.cmp(b)));
        names.truncate(number);
        names
    }
}
