//! The memory of this process, and what of it is left for hosted capsules.

use std::fs;

use crate::config::{Config, Hosting};
use crate::problem::Problem;

/// For the runtime, connections and what is being loaded, in bytes.
const RESERVE: u64 = 8_000_000;

/// At least this part of the memory is for hosted capsules, whatever else there is.
const LEAST: u64 = 4;

/// What the process has resident where the system will not say: about as much as with one small capsule.
const UNKNOWN: u64 = 12_000_000;

/// What of the memory that `config` allows is left for hosted capsules, in bytes, now that the configured ones are
/// loaded; a warning if that is less than it should be. Ask before the sandbox keeps `/proc` away.
pub(super) fn for_hosted(config: &Config) -> (u64, Option<Problem>) {
    let Hosting { folder: Some(_), memory } = config.hosting else { return (0, None) };
    let resident = resident().unwrap_or(UNKNOWN);
    let (left, least) = (memory.saturating_sub(resident + RESERVE), memory / LEAST);
    let warning = (left < least).then(|| {
        let (resident, memory) = (resident / 1_000_000, memory / 1_000_000);
        Problem::warning(format!(
            "what is configured takes {resident} MB of the {memory} MB of memory; hosted capsules come on top"
        ))
        .hint("allow more with `memory` in `[limits]`")
    });
    (left.max(least), warning)
}

/// Bytes of this process that are in memory (`proc_pid_status`(5)).
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1024)
}
