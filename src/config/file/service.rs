//! How everything is served: `[gemini]`, `[gopher]`, `[limits]`, `[log]`, `[metrics]`, `[proxy]`, `[privileges]`.

use std::time::Duration;

use toml::de::DeTable;

use super::capsule::{HoleTable, hole, port};
use crate::config::reader::{At, Reader, Source};
use crate::config::{LogAddresses, LogFormat};
use crate::privileges::SandboxMode;
use crate::server::tls::TlsVersions;

/// `[gemini]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct GeminiTable {
    pub(in crate::config) listen: Option<Vec<At<String>>>,
    pub(in crate::config) port: Option<u16>,
    pub(in crate::config) check_port: Option<bool>,
    pub(in crate::config) min_tls: Option<TlsVersions>,
}

/// `[gopher]`: the hole of the first capsule, and what holds for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct GopherTable {
    pub(in crate::config) enabled: Option<bool>,
    pub(in crate::config) hole: HoleTable,
    pub(in crate::config) width: Option<usize>,
}

/// `[limits]`; times in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct LimitsTable {
    pub(in crate::config) connections: Option<usize>,
    pub(in crate::config) per_address: Option<usize>,
    pub(in crate::config) handshake: Option<Duration>,
    pub(in crate::config) request: Option<Duration>,
    pub(in crate::config) write: Option<Duration>,
    pub(in crate::config) linger: Option<Duration>,
    pub(in crate::config) grace: Option<Duration>,
    /// Megabytes.
    pub(in crate::config) memory: Option<u64>,
}

/// `[log]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct LogTable {
    pub(in crate::config) file: Option<At<String>>,
    pub(in crate::config) addresses: Option<LogAddresses>,
    pub(in crate::config) format: Option<LogFormat>,
}

/// `[metrics]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct MetricsTable {
    pub(in crate::config) listen: Option<Vec<At<String>>>,
}

/// `[proxy]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct ProxyTable {
    pub(in crate::config) from: Vec<At<String>>,
}

/// `[privileges]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct PrivilegesTable {
    pub(in crate::config) sandbox: Option<SandboxMode>,
    pub(in crate::config) user: Option<String>,
}

pub(super) fn gemini(table: &DeTable<'_>, source: &mut Source<'_>) -> GeminiTable {
    let mut reader = Reader::new(table, "[gemini]");
    let versions = [("1.2", TlsVersions::From12), ("1.3", TlsVersions::Only13)];
    let gemini = GeminiTable {
        listen: reader.strings(source, "listen"),
        port: port(&mut reader, source),
        check_port: reader.boolean(source, "check_port"),
        min_tls: reader.choice(source, "min_tls", &versions),
    };
    reader.finish(source);
    gemini
}

pub(super) fn gopher(table: &DeTable<'_>, source: &mut Source<'_>) -> GopherTable {
    let mut reader = Reader::new(table, "[gopher]");
    let gopher = GopherTable {
        enabled: reader.boolean(source, "enabled"),
        hole: hole(&mut reader, source),
        width: reader.integer(source, "width", 40..=200).and_then(|width| usize::try_from(width).ok()),
    };
    reader.finish(source);
    gopher
}

pub(super) fn limits(table: &DeTable<'_>, source: &mut Source<'_>) -> LimitsTable {
    let mut reader = Reader::new(table, "[limits]");
    let limits = LimitsTable {
        connections: count(&mut reader, source, "connections"),
        per_address: count(&mut reader, source, "per_address"),
        handshake: seconds(&mut reader, source, "handshake"),
        request: seconds(&mut reader, source, "request"),
        write: seconds(&mut reader, source, "write"),
        linger: seconds(&mut reader, source, "linger"),
        grace: seconds(&mut reader, source, "grace"),
        memory: reader.integer(source, "memory", 16..=1_000_000),
    };
    reader.finish(source);
    limits
}

/// A number of connections, up to what descriptors a system can give.
fn count(reader: &mut Reader<'_, '_>, source: &mut Source<'_>, key: &'static str) -> Option<usize> {
    reader.integer(source, key, 1..=1_000_000).and_then(|count| usize::try_from(count).ok())
}

/// A time, up to an hour: a deadline that never comes is none.
fn seconds(reader: &mut Reader<'_, '_>, source: &mut Source<'_>, key: &'static str) -> Option<Duration> {
    reader.integer(source, key, 1..=3_600).map(Duration::from_secs)
}

pub(super) fn log(table: &DeTable<'_>, source: &mut Source<'_>) -> LogTable {
    let mut reader = Reader::new(table, "[log]");
    let addresses =
        [("off", LogAddresses::Off), ("hashed", LogAddresses::Hashed), ("full", LogAddresses::Full)];
    let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
    let log = LogTable {
        file: reader.string(source, "file"),
        addresses: reader.choice(source, "addresses", &addresses),
        format: reader.choice(source, "format", &formats),
    };
    reader.finish(source);
    log
}

pub(super) fn metrics(table: &DeTable<'_>, source: &mut Source<'_>) -> MetricsTable {
    let mut reader = Reader::new(table, "[metrics]");
    let metrics = MetricsTable { listen: reader.strings(source, "listen") };
    reader.finish(source);
    metrics
}

pub(super) fn proxy(table: &DeTable<'_>, source: &mut Source<'_>) -> ProxyTable {
    let mut reader = Reader::new(table, "[proxy]");
    let proxy = ProxyTable { from: reader.strings(source, "from").unwrap_or_default() };
    reader.finish(source);
    proxy
}

pub(super) fn privileges(table: &DeTable<'_>, source: &mut Source<'_>) -> PrivilegesTable {
    let mut reader = Reader::new(table, "[privileges]");
    let modes = [
        ("best-effort", SandboxMode::BestEffort),
        ("require", SandboxMode::Require),
        ("off", SandboxMode::Off),
    ];
    let privileges = PrivilegesTable {
        sandbox: reader.choice(source, "sandbox", &modes),
        user: reader.string(source, "user").map(|(user, _)| user),
    };
    reader.finish(source);
    privileges
}
