//! The capsule's key and certificate: made once, kept for ever after.
//!
//! Gemini readers trust the public key they saw first (trust on first use) and are warned when it changes.
//! So an [`Identity`] is one PEM file with both halves in it, written whole or not at all, and never
//! overwritten: a damaged file stops the start with words instead of being replaced. Renewal keeps the
//! key, which readers do not notice.

mod store;

mod mint;
mod names;
mod pem;
mod words;
mod write;

mod fingerprint;
mod resolver;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::sign::CertifiedKey;

use crate::problem::Problem;

pub use fingerprint::Fingerprint;
pub use resolver::Certificates;

/// A key pair with a certificate for it, ready to be used.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The file both halves are kept in.
    pub file: PathBuf,
    /// The host names and addresses the certificate is made for, in its order.
    pub names: Vec<String>,
    /// SHA-256 of the public key (its `SubjectPublicKeyInfo`, RFC 5280 section 4.1): what Lagrange and
    /// Amfora pin.
    pub public_key: Fingerprint,
    /// SHA-256 of the whole certificate.
    pub certificate: Fingerprint,
    /// The first moment at which the certificate is no longer valid, in seconds since 1970.
    pub expires: i64,
    /// Both halves in the form that TLS uses.
    pub certified: Arc<CertifiedKey>,
}

/// What [`obtain`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The file was there and whole.
    Loaded,
    /// There was none: a new key was made. The first start.
    Created,
    /// The file held a key and no certificate: the same key was certified anew.
    Certified,
}

/// The identity for a capsule: loaded from `folder`, or made there at the first start.
///
/// `names` are the host names and IP literals of the capsule, the first one naming the file.
///
/// # Errors
///
/// If the file is damaged, its halves do not belong together, others may read it, or the certificate
/// lacks one of `names`; nothing was changed then. If the folder or file cannot be read or written.
pub fn obtain(folder: &Path, names: &[String]) -> Result<(Identity, Origin), Problem> {
    store::obtain(folder, names)
}

/// Loads the identity in `folder` for the capsule whose first name is `name`, for looking at it.
///
/// # Errors
///
/// As [`obtain`], and if there is none.
pub fn load(folder: &Path, name: &str) -> Result<Identity, Problem> {
    store::load(folder, name)
}

/// Certifies the key in `folder` anew, for `names` and from now on. Readers who pinned the key notice
/// nothing. The old certificate stays in place until the new one is safely written.
///
/// # Errors
///
/// As [`load`], and if the file cannot be written.
pub fn renew(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    store::renew(folder, names)
}

/// Makes a new key. The old identity is kept beside the new one under a name with its fingerprint.
/// Every reader who trusted the old key will be warned.
///
/// # Errors
///
/// If the folder or file cannot be read or written.
pub fn new_key(folder: &Path, names: &[String]) -> Result<Identity, Problem> {
    store::new_key(folder, names)
}
