//! The entry point of all fuzz targets: the checks of `testkit`, which `cargo test` also runs on the seeds.

/// Runs the check of the target `name` on `bytes`.
///
/// # Panics
///
/// If the check fails, or if there is no target of that name.
pub fn check(name: &str, bytes: &[u8]) {
    let target = testkit::checks::TARGETS.iter().find(|(target, _)| *target == name);
    target.expect("a target of that name").1(bytes);
}
