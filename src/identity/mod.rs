//! Keys and certificates of capsules: made once, kept, and never replaced unasked.
//!
//! Gemini clients trust the public key they see first (trust on first use) and warn when it changes. So a managed
//! [`Identity`] is one PEM file with key and certificate, written whole or not at all and never overwritten: a damaged
//! file stops the start with a message instead of being replaced. Renewal keeps the key, which clients do not notice.
//! Files of an external key store are only ever read.

mod certificate;
mod messages;

mod pair;
mod write;

mod managed;

mod persistence;

use std::path::{Path, PathBuf};

use crate::problem::Problem;

pub use certificate::{CertificateResolver, Identity, utc_date};
pub use managed::KeyOrigin;

/// Hint for a certificate of an external store that lacks a name of its capsule.
const ADD_NAMES: &str = "have it made for every name of the capsule, or take the name out of `aliases`";

/// Where the identity of a capsule is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStore {
    /// In a file that Lamplit makes and keeps.
    Managed {
        /// The folder; the file in it is named after the first name of the capsule.
        folder: PathBuf,
    },
    /// In files that another program keeps and Lamplit only reads.
    External {
        /// The file of the certificate, and of those between it and an authority.
        certificate: PathBuf,
        /// The file of the key, which may be the same.
        key: PathBuf,
    },
}

impl KeyStore {
    /// Returns the folder of a managed store.
    ///
    /// # Errors
    ///
    /// If the store is external: it is not for Lamplit to change.
    fn folder(&self) -> Result<&Path, Problem> {
        match self {
            Self::Managed { folder } => Ok(folder),
            Self::External { certificate, .. } => Err(Problem::error(
                "this key and certificate are files of your own, which Lamplit only reads",
            )
            .in_file(messages::display(certificate))
            .hint("change them where they are made; Lamplit reads them again when they change")),
        }
    }
}

/// Loads the identity of a capsule, and makes it first if the store is managed and has none.
///
/// `names` are the host names and IP addresses of the capsule.
///
/// # Errors
///
/// If a file is damaged, key and certificate do not belong together, other users may read the key, or the certificate
/// lacks one of `names`; nothing is changed then. If the folder or file cannot be read or written.
pub fn load_or_create(key_store: &KeyStore, names: &[String]) -> Result<(Identity, KeyOrigin), Problem> {
    match key_store {
        KeyStore::Managed { folder } => managed::load_or_create(folder, names),
        KeyStore::External { .. } => Ok((reload(key_store, names)?, KeyOrigin::Loaded)),
    }
}

/// Loads or makes an identity as [`load_or_create`] does, without listing the folder if the identity is there: that of
/// hosted capsules may hold thousands of files. Temporary files that an interrupted start left are removed only when a
/// key is made, and by [`clean_up`].
///
/// # Errors
///
/// As for [`load_or_create`].
pub fn load_or_create_hosted(
    key_store: &KeyStore,
    names: &[String],
) -> Result<(Identity, KeyOrigin), Problem> {
    match key_store {
        KeyStore::Managed { folder } => managed::load_or_create_hosted(folder, names),
        KeyStore::External { .. } => load_or_create(key_store, names),
    }
}

/// Loads the identity of a capsule that had one before: a file that is missing now is an error and no first start.
///
/// # Errors
///
/// As for [`load_or_create`], and if there is none.
pub fn reload(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    match key_store {
        KeyStore::Managed { folder } => managed::load_for(folder, names),
        KeyStore::External { certificate, key } => pair::load(certificate, key)?.for_names(names, ADD_NAMES),
    }
}

/// Loads an identity to show it, even if it lacks one of `names`.
///
/// # Errors
///
/// As for [`reload`], except for the names.
pub fn load(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    match key_store {
        KeyStore::Managed { folder } => managed::load(folder, names),
        KeyStore::External { certificate, key } => pair::load(certificate, key),
    }
}

/// Returns whether the store has a key for the capsule; an external one is taken to have it.
pub fn exists(key_store: &KeyStore, names: &[String]) -> bool {
    match key_store {
        KeyStore::Managed { folder } => managed::file_of(folder, names).exists(),
        KeyStore::External { .. } => true,
    }
}

/// Refuses to make a key that would be lost before the next start. A key that exists is accepted wherever it is, as is
/// an external one.
///
/// # Errors
///
/// If the file for `names` does not exist, and its folder is lost with the container or the power.
pub fn check_persistence(key_store: &KeyStore, names: &[String]) -> Result<(), Problem> {
    match key_store {
        KeyStore::Managed { folder } if !exists(key_store, names) => persistence::check(folder),
        _ => Ok(()),
    }
}

/// Removes temporary files from `folder` that starts left there more than an hour ago.
pub fn clean_up(folder: &Path) {
    write::clean_up(folder, None);
}

/// Certifies the managed key again, for `names` and from now on. Clients that remember the key, as most do, notice
/// nothing; those that remember the certificate warn. The old certificate stays until the new one is safely written.
///
/// # Errors
///
/// If there is no key, an authority signed its certificate, the store is external, or the file cannot be written.
pub fn renew(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    managed::renew(key_store.folder()?, names)
}

/// Makes a new key. The old identity is kept beside it under a name with its fingerprint. Every client that trusts the
/// old key will warn its user.
///
/// # Errors
///
/// If the store is external, or the folder or file cannot be read or written.
pub fn new_key(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    managed::new_key(key_store.folder()?, names)
}

/// Copies a key and certificate that another server made into the managed store. The certificate may come with others
/// of its chain, and the key may be in the same file. A file that is there already is replaced if it has the same key,
/// or if `replacing`, which keeps the old file beside the new one.
///
/// # Errors
///
/// If the pair cannot be used or lacks one of `names`, or another key is there already. Nothing is changed then.
pub fn import(
    key_store: &KeyStore,
    names: &[String],
    certificate: &Path,
    key: &Path,
    replacing: bool,
) -> Result<Identity, Problem> {
    let folder = key_store.folder()?;
    let (pair, identity) = pair::read_foreign(certificate, key)?;
    managed::adopt(folder, names, &pair, &identity, replacing)
}
