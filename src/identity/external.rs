//! Keys and certificates that other programs made: read where they are, or taken over.

use std::fs;
use std::io;
use std::path::Path;

use super::certificate::Identity;
use super::messages::{REPAIR, broken, or_hint, unreadable};
use super::pair::{Pair, Privacy, chain_in, key_in, read_secret};
use crate::problem::Problem;

/// Hint for a certificate that lacks a name of its capsule.
const ADD_NAMES: &str = "have it made for every name of the capsule, or take the name out of `aliases`";

/// Hint for files that are no key and certificate.
const NOTHING_CHANGED: &str =
    "nothing was changed; name the file of the certificate and then that of its key";

pub(super) fn load_for(certificate: &Path, key: &Path, names: &[String]) -> Result<Identity, Problem> {
    load(certificate, key)?.for_names(names, ADD_NAMES)
}

pub(super) fn load(certificate: &Path, key: &Path) -> Result<Identity, Problem> {
    let secret =
        read_secret(key, Privacy::Group)?.ok_or_else(|| unreadable(key, &io::ErrorKind::NotFound.into()))?;
    let pair = read(certificate, key, &secret).and_then(|pair| pair.identity(key, certificate));
    pair.map_err(or_hint(REPAIR))
}

/// Reads the pair of another server, with the certificate of its key first.
pub(super) fn read_foreign(certificate: &Path, key: &Path) -> Result<(Pair, Identity), Problem> {
    // The permissions of the source do not matter: the copy will be for the owner alone.
    let secret = fs::read(key).map_err(|error| unreadable(key, &error))?;
    let pair = read(certificate, key, &secret).and_then(|pair| leaf_first(pair, key, certificate));
    pair.map_err(or_hint(NOTHING_CHANGED))
}

/// Reads the certificate in one file and the key in `secret`, the content of another or of the same one.
fn read(certificate: &Path, key: &Path, secret: &[u8]) -> Result<Pair, Problem> {
    let public = fs::read(certificate).map_err(|error| unreadable(certificate, &error))?;
    Ok(Pair { key: key_in(key, secret)?, chain: chain_in(certificate, &public)? })
}

/// Moves the certificate of the key before the others: some servers want them the other way round.
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
