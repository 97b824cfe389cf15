//! [`Credential`]: the client certificate a reader has shown.

use crate::host::Fingerprint;

/// A certificate that a reader has shown in the handshake, where the key in it was proved to be theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the certificate: what clients show as the fingerprint of an identity.
    pub certificate: Fingerprint,
    /// SHA-256 of the public key in it, which outlives the certificate.
    pub public_key: Fingerprint,
    /// How today stands to its dates.
    pub validity: Validity,
}

/// How a moment stands to the dates of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Between them.
    Valid,
    /// Before the first.
    NotYet,
    /// After the second.
    Expired,
}
