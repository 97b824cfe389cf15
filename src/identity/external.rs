//! Files of the owner's own: a certificate, perhaps with the chain to an authority behind it, and its key. They are
//! read and never written: another program looks after them.

use std::fs;
use std::io;
use std::path::Path;

use super::messages::{MEND, or_hint, unreadable};
use super::pem::{Pair, Privacy, chain_in, key_in, read_secret};
use super::{Identity, KeyStore, names};
use crate::problem::Problem;

/// What to do when a certificate of the owner's lacks a name of its capsule.
const ADD_NAMES: &str = "have it made for every name of the capsule, or take the name out of `aliases`";

pub(super) fn load_for(certificate: &Path, key: &Path, names: &[String]) -> Result<Identity, Problem> {
    let identity = load(certificate, key)?;
    names::check_names(&identity, names, ADD_NAMES)?;
    Ok(identity)
}

pub(super) fn load(certificate: &Path, key: &Path) -> Result<Identity, Problem> {
    let secret =
        read_secret(key, Privacy::Group)?.ok_or_else(|| unreadable(key, &io::ErrorKind::NotFound.into()))?;
    let pair = read(certificate, key, &secret).and_then(|pair| pair.identity(key, certificate));
    pair.map_err(or_hint(MEND))
}

/// The pair of the certificate in one file and the key in `secret`, the content of another or the same.
pub(super) fn read(certificate: &Path, key: &Path, secret: &[u8]) -> Result<Pair, Problem> {
    let public = fs::read(certificate).map_err(|error| unreadable(certificate, &error))?;
    Ok(Pair { key: key_in(key, secret)?, chain: chain_in(certificate, &public)? })
}

/// Our folder, unless the owner keeps the identity.
pub(super) fn not(key_store: &KeyStore) -> Result<&Path, Problem> {
    match key_store {
        KeyStore::Managed { folder } => Ok(folder),
        KeyStore::External { certificate, .. } => {
            let shown = certificate.display().to_string();
            Err(Problem::error("this key and certificate are files of your own, which Lamplit only reads")
                .in_file(shown)
                .hint("change them where they are made; Lamplit reads them again when they change"))
        }
    }
}
