//! File descriptors: as many as the system allows, and never more connections than they are enough for.

use crate::problem::Problem;
use crate::server::Limits;

/// What the process itself has open: standard streams, the runtime, listeners, the files it is reading just now.
const OURS: u64 = 64;

/// What each capsule adds: its listeners and the watch on its folder.
const OF_A_CAPSULE: u64 = 4;

/// What a connection has open: its socket and the attachment that is sent.
const OF_A_CONNECTION: u64 = 2;

/// Raises the limit of this process to the highest that it may have, and lowers the connections in `limits` where
/// even that is not enough for them; says so then.
pub(super) fn make_room(limits: &mut Limits, capsules: usize) -> Option<Problem> {
    // A system that has no such limit, or will not say, is no reason not to start.
    let allowed = rlimit::increase_nofile_limit(u64::MAX).ok()?;
    let enough_for = enough_for(allowed, capsules);
    let wanted = limits.connections;
    limits.connections = wanted.min(enough_for);
    (wanted > enough_for).then(|| {
        Problem::warning(format!(
            "this process may open {allowed} files, which is enough for {enough_for} connections at once, not for \
             {wanted}"
        ))
        .hint("allow more (`LimitNOFILE=` in a unit of systemd), or lower `connections` in `[limits]`")
    })
}

/// The connections for which `allowed` descriptors are enough; one at least, however little that is.
fn enough_for(allowed: u64, capsules: usize) -> usize {
    let ours = OURS + OF_A_CAPSULE * capsules as u64;
    usize::try_from(allowed.saturating_sub(ours) / OF_A_CONNECTION).unwrap_or(usize::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_rest() {
        for (allowed, capsules, expected) in
            [(0, 1, 1), (64, 1, 1), (256, 1, 94), (1024, 1, 478), (1024, 100, 280), (524_288, 1, 262_110)]
        {
            assert_eq!(enough_for(allowed, capsules), expected, "{allowed} files, {capsules} capsules");
        }
    }
}
