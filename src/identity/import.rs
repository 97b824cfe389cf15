//! Taking over the pair of another server, so that its readers need not be warned.

use std::fs;
use std::path::Path;

use super::pem::Pair;
use super::words::{broken, unreadable};
use super::{Identity, owners, store};
use crate::problem::Problem;

pub(super) fn import(
    folder: &Path,
    names: &[String],
    certificate: &Path,
    key: &Path,
    replacing: bool,
) -> Result<Identity, Problem> {
    // Whoever could read it here could have read it before; the copy will be for the owner alone.
    let secret = fs::read(key).map_err(|error| unreadable(key, &error))?;
    let pair = owners::read(certificate, key, &secret)?;
    let (pair, found) = leaf_first(pair, key, certificate)?;
    store::adopt(folder, names, &pair, &found, replacing)
}

/// The pair with the certificate of its key before the others: some servers want them the other way round.
fn leaf_first(mut pair: Pair, key: &Path, certificate: &Path) -> Result<(Pair, Identity), Problem> {
    let mut first = None;
    for at in 0..pair.chain.len().max(1) {
        match pair.identity(key, certificate) {
            Ok(found) => return Ok((pair, found)),
            Err(problem) => first = first.or(Some(problem)),
        }
        if at + 1 < pair.chain.len() {
            pair.chain.swap(0, at + 1);
        }
    }
    Err(first.unwrap_or_else(|| broken(certificate, "there is no certificate in it")))
}
