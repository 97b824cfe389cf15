//! The checks of `tests/it/fuzz_checks.rs`, for the fuzz targets. Kept with the tests so that `cargo test` asks the
//! same of every seed.

#[path = "../../tests/it/classifier.rs"]
mod classifier;
#[path = "../../tests/it/fuzz_checks.rs"]
mod fuzz_checks;
#[path = "../../tests/it/search_checks.rs"]
mod search_checks;
#[path = "../../tests/it/wire_checks.rs"]
mod wire_checks;

/// Asks of `bytes` what the target called `name` asks; panics if it does not hold.
pub fn check(name: &str, bytes: &[u8]) {
    let target = fuzz_checks::TARGETS.iter().find(|(target, _)| *target == name);
    target.expect("a target of that name").1(bytes);
}
