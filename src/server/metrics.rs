//! [`Metrics`]: what is counted for whoever watches the server, in the text format of `OpenMetrics`.
//!
//! The thread that writes the access log counts, so no connection waits for a counter; only the number of open
//! connections is kept where they begin and end, in one atomic number. Nobody's address is counted, and no page's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::access_log::{ConnectionOutcome, class_name, connection_outcome_name};
use crate::protocol::Outcome;

/// Upper bounds of the buckets of durations, in seconds: from a page out of the cache to a slow reader of a large file.
const SECONDS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    protocol: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Connection {
    protocol: &'static str,
    ending: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Spoken {
    protocol: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Capsule {
    hostname: String,
}

/// Everything that is counted. All clones are the same one.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Request, Counter>,
    connections: Family<Connection, Counter>,
    sent: Family<Spoken, Counter>,
    durations: Family<Spoken, Histogram>,
    /// Connections that are open now.
    open: Gauge<i64, AtomicI64>,
    lost: Counter<u64, AtomicU64>,
    essays: Family<Capsule, Gauge>,
    problems: Family<Capsule, Gauge>,
    editions: Counter,
    expiry: Family<Capsule, Gauge>,
}

impl Metrics {
    /// Counters that stand at nothing.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("lamplit");
        let mut metrics = Self {
            registry: Arc::default(),
            requests: Family::default(),
            connections: Family::default(),
            sent: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            open: Gauge::default(),
            lost: Counter::default(),
            essays: Family::default(),
            problems: Family::default(),
            editions: Counter::default(),
            expiry: Family::default(),
        };
        registry.register("requests", "Requests by protocol and outcome", metrics.requests.clone());
        registry.register(
            "connections",
            "Connections by protocol and how they ended, those beyond a limit included",
            metrics.connections.clone(),
        );
        registry.register("sent_bytes", "Bytes sent, those of TLS included", metrics.sent.clone());
        registry.register("duration_seconds", "How long connections took", metrics.durations.clone());
        registry.register("open_connections", "Connections now", metrics.open.clone());
        registry.register(
            "log_lines_lost",
            "Lines of the access log that were not written",
            metrics.lost.clone(),
        );
        registry.register("essays", "Essays that readers may see", metrics.essays.clone());
        registry.register("problems", "Problems in the content of a capsule", metrics.problems.clone());
        registry.register("editions", "Editions published since the start", metrics.editions.clone());
        registry.register(
            "certificate_expiry_timestamp_seconds",
            "When the certificate of a capsule ends, in seconds since 1970",
            metrics.expiry.clone(),
        );
        metrics.registry = Arc::new(registry);
        metrics
    }

    /// Notes that a connection begins.
    pub(super) fn come(&self) {
        self.open.inc();
    }

    /// Notes that a connection ends.
    pub(super) fn go(&self) {
        self.open.dec();
    }

    /// Counts a connection that has ended.
    pub(super) fn count(
        &self,
        protocol: &'static str,
        outcome: Option<&Outcome>,
        ending: ConnectionOutcome,
        sent: u64,
        seconds: f64,
    ) {
        if let Some(outcome) = outcome {
            let request = Request { protocol, outcome: class_name(outcome.class) };
            self.requests.get_or_create(&request).inc();
        }
        self.connections
            .get_or_create(&Connection { protocol, ending: connection_outcome_name(ending) })
            .inc();
        self.sent.get_or_create(&Spoken { protocol }).inc_by(sent);
        self.durations.get_or_create(&Spoken { protocol }).observe(seconds);
    }

    /// Counts lines that were not written.
    pub(super) fn lose(&self, lines: u64) {
        self.lost.inc_by(lines);
    }

    /// Counts an edition.
    pub fn published(&self) {
        self.editions.inc();
    }

    /// Notes what a capsule is now: its essays that readers may see, the problems in its content, and when its
    /// certificate ends, in seconds since 1970.
    pub fn note(&self, hostname: &str, essays: usize, problems: usize, expiry: i64) {
        let capsule = Capsule { hostname: hostname.to_owned() };
        let size = |count| i64::try_from(count).unwrap_or(i64::MAX);
        self.essays.get_or_create(&capsule).set(size(essays));
        self.problems.get_or_create(&capsule).set(size(problems));
        self.expiry.get_or_create(&capsule).set(expiry);
    }

    /// Forgets what capsules are.
    pub fn forget(&self) {
        self.essays.clear();
        self.problems.clear();
        self.expiry.clear();
    }

    /// All of it, as collectors read it (`OpenMetrics` 1.0, text).
    pub fn text(&self) -> String {
        let mut text = String::new();
        // A string takes everything.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Class;

    #[test]
    fn what_happened_is_on_the_page() {
        let metrics = Metrics::new();
        let resource = "/secret-name.gmi".to_owned();
        let served = Outcome { class: Class::Served, status: "20", resource, host: None };
        metrics.count("gemini", Some(&served), ConnectionOutcome::Whole, 4_000, 0.002);
        metrics.count("gemini", None, ConnectionOutcome::Silent, 0, 10.0);
        metrics.count("gopher", None, ConnectionOutcome::Refused, 0, 0.0);
        metrics.open.inc();
        metrics.lose(3);
        metrics.published();
        metrics.note("gone.example", 1, 0, 5);
        metrics.forget();
        metrics.note("a.example", 12, 2, 4_000_000_000);
        let text = metrics.text();
        for line in [
            "lamplit_requests_total{protocol=\"gemini\",outcome=\"served\"} 1",
            "lamplit_connections_total{protocol=\"gemini\",ending=\"silent\"} 1",
            "lamplit_connections_total{protocol=\"gopher\",ending=\"refused\"} 1",
            "lamplit_sent_bytes_total{protocol=\"gemini\"} 4000",
            "lamplit_duration_seconds_bucket{le=\"0.005\",protocol=\"gemini\"} 1",
            "lamplit_duration_seconds_count{protocol=\"gemini\"} 2",
            "lamplit_open_connections 1",
            "lamplit_log_lines_lost_total 3",
            "lamplit_editions_total 1",
            "lamplit_essays{hostname=\"a.example\"} 12",
            "lamplit_problems{hostname=\"a.example\"} 2",
            "lamplit_certificate_expiry_timestamp_seconds{hostname=\"a.example\"} 4000000000",
            "# EOF",
        ] {
            assert!(text.lines().any(|shown| shown == line), "no `{line}` in\n{text}");
        }
        assert!(!text.contains("secret-name") && !text.contains("gone.example"), "{text}");
    }
}
