//! [`Metrics`]: counters in the text format of `OpenMetrics`, with no client address and no path.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;

use super::access_log::LostLines;
use super::record::ConnectionRecord;

/// Upper bounds of the duration buckets in seconds, from a cached page to a large file read slowly.
const SECONDS: [f64; 8] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10.0, 60.0];

type Labels<const COUNT: usize, Value = &'static str> = [(&'static str, Value); COUNT];

/// All counters of a server. Clones are handles to the same counters.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    requests: Family<Labels<2>, Counter>,
    connections: Family<Labels<2>, Counter>,
    sent: Family<Labels<1>, Counter>,
    durations: Durations,
    pub(super) open: Gauge,
    /// Lines of the access log that were not written.
    pub lost_lines: LostLines,
    essays: Family<Labels<1, String>, Gauge>,
    problems: Family<Labels<1, String>, Gauge>,
    /// Published snapshots.
    pub snapshots: Counter,
    expiry: Family<Labels<1, String>, Gauge>,
}

#[derive(Debug, Clone)]
struct Durations(Family<Labels<1>, Histogram>);

impl Default for Durations {
    fn default() -> Self {
        Self(Family::new_with_constructor(|| Histogram::new(SECONDS)))
    }
}

impl Metrics {
    pub(super) fn connection_closed(&self, record: &ConnectionRecord) {
        let protocol = ("protocol", record.protocol);
        self.open.dec();
        if let Some(request) = &record.request {
            self.requests.get_or_create(&[protocol, ("outcome", request.class.name())]).inc();
        }
        self.connections.get_or_create(&[protocol, ("ending", record.outcome.name())]).inc();
        self.sent.get_or_create(&[protocol]).inc_by(record.sent);
        self.durations.0.get_or_create(&[protocol]).observe(record.duration.as_secs_f64());
    }

    /// Sets the gauges of a capsule: essays, problems in its content, and when its certificate ends, as Unix time.
    pub fn note(&self, hostname: &str, essays: usize, problems: usize, expiry: i64) {
        let capsule = [("hostname", hostname.to_owned())];
        let size = |count| i64::try_from(count).unwrap_or(i64::MAX);
        self.essays.get_or_create(&capsule).set(size(essays));
        self.problems.get_or_create(&capsule).set(size(problems));
        self.expiry.get_or_create(&capsule).set(expiry);
    }

    /// Removes the gauges of all capsules.
    pub fn forget(&self) {
        self.essays.clear();
        self.problems.clear();
        self.expiry.clear();
    }

    /// Returns all counters in the text format of `OpenMetrics` 1.0.
    pub fn text(&self) -> String {
        let mut registry = prometheus_client::registry::Registry::with_prefix("lamplit");
        registry.register("requests", "Requests by protocol and outcome", self.requests.clone());
        let connections = "Connections by protocol and how they ended, those beyond a limit included";
        registry.register("connections", connections, self.connections.clone());
        registry.register("sent_bytes", "Bytes sent, those of TLS included", self.sent.clone());
        registry.register("open_connections", "Connections now", self.open.clone());
        let lost_lines = "Lines of the access log that were not written";
        registry.register("log_lines_lost", lost_lines, self.lost_lines.clone());
        registry.register("essays", "Essays that readers may see", self.essays.clone());
        registry.register("problems", "Problems in the content of a capsule", self.problems.clone());
        registry.register("editions", "Snapshots published since the start", self.snapshots.clone());
        let expiry = "When the certificate of a capsule ends, in seconds since 1970";
        registry.register("certificate_expiry_timestamp_seconds", expiry, self.expiry.clone());
        registry.register("duration_seconds", "How long connections took", self.durations.0.clone());
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &registry);
        text
    }
}
