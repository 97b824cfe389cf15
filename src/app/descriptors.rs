//! File descriptors: as many as the system allows, and never more connections than they are enough for.
//!
//! Each connection has its socket open, and an attachment while that is being sent. Where there are not two descriptors
//! for each, most of what there is goes to connections: whoever has one can be told something, and hardly anybody reads
//! an attachment at the same time as everybody else.

use crate::problem::Problem;
use crate::server::Limits;

/// What the process itself has open: standard streams, the runtime, listeners, the files it is reading just now.
const OURS: u64 = 64;

/// What each capsule adds: its listeners and the watch on its folder.
const OF_A_CAPSULE: u64 = 4;

/// The part of what is left that attachments get where that is not enough for all: one of so many.
const FOR_FILES: u64 = 4;

/// Raises the limit of this process to the highest that it may have, and lowers the connections and files in `limits`
/// where even that is not enough for them; says so then.
pub(super) fn make_room(limits: &mut Limits, capsules: usize) -> Option<Problem> {
    // A system that has no such limit, or will not say, is no reason not to start.
    let allowed = rlimit::increase_nofile_limit(u64::MAX).ok()?;
    let wanted = limits.connections;
    (limits.connections, limits.files) = divide(allowed, capsules, wanted);
    let enough_for = limits.connections;
    (wanted > enough_for).then(|| {
        Problem::warning(format!(
            "this process may open {allowed} files, which is enough for {enough_for} connections at once, not for \
             {wanted}"
        ))
        .hint("allow more (`LimitNOFILE=` in a unit of systemd), or lower `connections` in `[limits]`")
    })
}

/// How many connections, at most those `wanted`, and attachments `allowed` descriptors are enough for; one of each at
/// least, however few they are.
fn divide(allowed: u64, capsules: usize, wanted: usize) -> (usize, usize) {
    let ours = OURS + OF_A_CAPSULE * capsules as u64;
    let left = allowed.saturating_sub(ours);
    let number = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
    let connections = wanted.min(number(left - left / FOR_FILES));
    (connections, connections.min(number(left.saturating_sub(connections as u64))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_descriptors_for_the_rest() {
        for (allowed, capsules, wanted, expected) in [
            (0, 1, 1024, (1, 1)),
            (64, 1, 1024, (1, 1)),
            (256, 1, 1024, (141, 47)),
            (1024, 1, 1024, (717, 239)),
            (1024, 1, 500, (500, 456)),
            (1024, 100, 1024, (420, 140)),
            (20_000, 1, 1024, (1024, 1024)),
            (20_000, 1, 12_000, (12_000, 7_932)),
            (524_288, 1, 1024, (1024, 1024)),
        ] {
            assert_eq!(divide(allowed, capsules, wanted), expected, "{allowed} files, {capsules} capsules");
        }
    }
}
