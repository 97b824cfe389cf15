//! The capsule's key and certificate: made once, kept for ever after.
//!
//! Gemini readers trust the public key they saw first (trust on first use) and are warned when it changes.
//! So an [`Identity`] of ours is one PEM file with both halves in it, written whole or not at all, and never
//! overwritten: a damaged file stops the start with words instead of being replaced. Renewal keeps the
//! key, which readers do not notice. Files of the owner's own are only ever read.

mod store;

mod persistence;

mod external;
mod import;

mod generate;
mod messages;
mod names;
mod pem;
mod write;

mod expiry;
mod resolver;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::sign::CertifiedKey;

use crate::host::Fingerprint;
use crate::problem::Problem;

pub use expiry::utc_date;
pub use persistence::check_persistence;
pub use resolver::CertificateResolver;

/// Where the identity of a capsule is kept, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStore {
    /// By us, in a file of this folder that is named for the capsule.
    Managed {
        /// The folder.
        folder: PathBuf,
    },
    /// By the owner of the capsule, who may have other programs for it.
    External {
        /// The file of the certificate, and of those between it and an authority.
        certificate: PathBuf,
        /// The file of the key, which may be the same.
        key: PathBuf,
    },
}

/// A key pair with a certificate for it, ready to be used.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The file the key is kept in.
    pub key_file: PathBuf,
    /// The file the certificate is kept in; the same where we keep both.
    pub certificate_file: PathBuf,
    /// The host names and addresses the certificate is made for, in its order.
    pub names: Vec<String>,
    /// SHA-256 of the public key (its `SubjectPublicKeyInfo`, RFC 5280 section 4.1): what clients pin that know
    /// renewal, Lagrange and Amfora among them.
    pub public_key: Fingerprint,
    /// SHA-256 of the whole certificate.
    pub certificate: Fingerprint,
    /// SHA-1 of it in upper-case pairs with colons: what Bombadillo pins, as it writes it.
    pub certificate_sha1: String,
    /// The first moment at which the certificate is valid, in seconds since 1970.
    pub valid_from: i64,
    /// The last moment at which it is.
    pub expires: i64,
    /// Who signed the certificate, as a distinguished name; none if it signs itself.
    pub issuer: Option<String>,
    /// Both halves in the form that TLS uses.
    pub certified: Arc<CertifiedKey>,
}

/// What [`load_or_create`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrigin {
    /// The file was there and whole.
    Loaded,
    /// There was none: a new key was made. The first start.
    Created,
    /// The file held a key and no certificate: the same key was certified anew.
    Certified,
}

/// The identity for a capsule: loaded, or made at the first start if we keep it.
///
/// `names` are the host names and IP literals of the capsule, the first one naming a file of ours.
///
/// # Errors
///
/// If a file is damaged, the halves do not belong together, others may read the key, or the certificate
/// lacks one of `names`; nothing was changed then. If the folder or file cannot be read or written.
pub fn load_or_create(key_store: &KeyStore, names: &[String]) -> Result<(Identity, KeyOrigin), Problem> {
    match key_store {
        KeyStore::Managed { folder } => store::load_or_create(folder, names),
        KeyStore::External { certificate, key } => {
            external::load_for(certificate, key, names).map(|identity| (identity, KeyOrigin::Loaded))
        }
    }
}

/// Whether there is a key for a capsule already; its owner's is taken to be there.
pub fn exists(key_store: &KeyStore, names: &[String]) -> bool {
    match (key_store, names) {
        (KeyStore::Managed { folder }, [name, ..]) => store::file_of(folder, name).exists(),
        _ => true,
    }
}

/// As [`load_or_create`], for one of very many capsules, whose folder of keys takes a while to look through: what killed
/// starts left behind is only removed where a key is made, and by [`clean_up`].
///
/// # Errors
///
/// As [`load_or_create`].
pub fn load_or_create_hosted(
    key_store: &KeyStore,
    names: &[String],
) -> Result<(Identity, KeyOrigin), Problem> {
    match key_store {
        KeyStore::Managed { folder } => store::load_or_create_hosted(folder, names),
        KeyStore::External { .. } => load_or_create(key_store, names),
    }
}

/// Removes from `folder` what starts that were killed left behind in it more than an hour ago.
pub fn clean_up(folder: &Path) {
    write::clean_up_all(folder);
}

/// The identity for a capsule that had one before: a file that is missing now is not a first start.
///
/// # Errors
///
/// As [`load_or_create`], and if there is none.
pub fn reload(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    match key_store {
        KeyStore::Managed { folder } => store::load_for(folder, names),
        KeyStore::External { certificate, key } => external::load_for(certificate, key, names),
    }
}

/// Loads an identity to look at it, whatever names it is made for.
///
/// # Errors
///
/// As [`reload`], but for the names.
pub fn load(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    match key_store {
        KeyStore::Managed { folder } => store::load(folder, names),
        KeyStore::External { certificate, key } => external::load(certificate, key),
    }
}

/// Certifies a key of ours anew, for `names` and from now on. Clients that remember the key, as most do, notice
/// nothing; those that remember the certificate warn. The old
/// certificate stays in place until the new one is safely written.
///
/// # Errors
///
/// If there is no key, or it is not ours to certify: others signed for it, or others keep it. If the file cannot be
/// written.
pub fn renew(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    store::renew(external::not(key_store)?, names)
}

/// Makes a new key. The old identity is kept beside the new one under a name with its fingerprint.
/// Every reader who trusted the old key will be warned.
///
/// # Errors
///
/// If it is not ours to make, or the folder or file cannot be read or written.
pub fn new_key(key_store: &KeyStore, names: &[String]) -> Result<Identity, Problem> {
    store::new_key(external::not(key_store)?, names)
}

/// Takes over a pair that another server made: its certificate, with others behind it or not, and its key, which
/// may stand in the same file. Both are copied into a file of ours; what was there is replaced if it has the same
/// key, or if `replacing`, which keeps the old file beside the new one.
///
/// # Errors
///
/// If the pair cannot be used or lacks one of `names`, or another key is there already. Nothing was changed then.
pub fn import(
    key_store: &KeyStore,
    names: &[String],
    certificate: &Path,
    key: &Path,
    replacing: bool,
) -> Result<Identity, Problem> {
    import::import(external::not(key_store)?, names, certificate, key, replacing)
}
