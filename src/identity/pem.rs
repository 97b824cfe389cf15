//! Reading: files with a key and a certificate become an [`Identity`], or words about what is wrong with them.
//!
//! They may be PEM, with whatever else stands between the blocks, or DER as some Gemini servers write it; the key
//! may be PKCS #8, SEC 1 or PKCS #1.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use pem::{EncodeConfig, LineEnding, Pem};
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::Identity;
use super::messages::{broken, display, unreadable};
use super::names::names_in;
use crate::host::Fingerprint;
use crate::problem::Problem;

/// Who else may see a private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Privacy {
    /// Nobody but the owner.
    Owner,
    /// The owner's group may read it too: this is how services are given a key that is not theirs.
    Group,
}

/// A key with the certificates for it, that of the capsule first.
pub(super) struct Pair {
    pub(super) key: PrivateKeyDer<'static>,
    pub(super) chain: Vec<CertificateDer<'static>>,
}

impl Pair {
    /// The key in `key_file` and the certificates in `certificate_file`, which may be the same, as [`Identity`].
    pub(super) fn identity(&self, key_file: &Path, certificate_file: &Path) -> Result<Identity, Problem> {
        let leaf =
            self.chain.first().ok_or_else(|| broken(certificate_file, "there is no certificate in it"))?;
        let (rest, certificate) = X509Certificate::from_der(leaf)
            .map_err(|error| broken(certificate_file, &format!("its certificate cannot be read: {error}")))?;
        if !rest.is_empty() {
            return Err(broken(certificate_file, "its certificate has bytes behind its end"));
        }
        let key = any_supported_type(&self.key)
            .map_err(|error| broken(key_file, &format!("its key cannot be used: {error}")))?;
        let is_self_signed = certificate.issuer() == certificate.subject();
        let identity = Identity {
            key_file: key_file.to_owned(),
            certificate_file: certificate_file.to_owned(),
            names: names_in(&certificate),
            public_key: Fingerprint::of(certificate.public_key().raw),
            certificate: Fingerprint::of(leaf),
            certificate_sha1: sha1(leaf),
            valid_from: certificate.validity().not_before.timestamp(),
            expires: certificate.validity().not_after.timestamp(),
            issuer: (!is_self_signed).then(|| certificate.issuer().to_string()),
            certified: Arc::new(CertifiedKey::new(self.chain.clone(), key)),
        };
        identity
            .certified
            .keys_match()
            .map_err(|_| broken(certificate_file, "its key and its certificate do not belong together"))?;
        Ok(identity)
    }

    /// Both halves as one PEM file.
    pub(super) fn to_pem(&self) -> String {
        let key_label = match self.key {
            PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
            PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
        let mut blocks = vec![Pem::new(key_label, self.key.secret_der())];
        blocks.extend(self.chain.iter().map(|certificate| Pem::new("CERTIFICATE", certificate.as_ref())));
        pem::encode_many_config(&blocks, EncodeConfig::new().set_line_ending(LineEnding::LF))
    }
}

/// The content of a file with a private key in it; none if there is no such file.
pub(super) fn read_secret(file: &Path, privacy: Privacy) -> Result<Option<Vec<u8>>, Problem> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(file, &error)),
    };
    let (forbidden, mode) = match privacy {
        Privacy::Owner => (0o077, "600"),
        Privacy::Group => (0o027, "640"),
    };
    if metadata.mode() & forbidden != 0 {
        return Err(Problem::error("the private key may be read or written by others")
            .in_file(display(file))
            .hint(format!("take it from them with `chmod {mode} {}`", file.display())));
    }
    fs::read(file).map(Some).map_err(|error| unreadable(file, &error))
}

/// The private key in what a file holds.
pub(super) fn key_in(file: &Path, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, Problem> {
    if !is_pem(bytes) {
        return PrivateKeyDer::try_from(bytes.to_vec())
            .map_err(|_| broken(file, "there is no whole private key in it"));
    }
    PrivateKeyDer::from_pem_slice(bytes).map_err(|_| {
        if memchr::memmem::find(bytes, b"ENCRYPTED").is_some() {
            let shown = file.display();
            broken(file, "its key is locked with a passphrase")
                .hint(format!("unlock it with `openssl pkey -in {shown} -out unlocked.pem`"))
        } else {
            broken(file, "there is no whole private key in it")
        }
    })
}

/// The certificates in what a file holds, in its order.
pub(super) fn chain_in(file: &Path, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Problem> {
    if !is_pem(bytes) {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    chain.map_err(|error| broken(file, &format!("a certificate in it is damaged: {error}")))
}

/// Whether a file ends right behind a key: its certificate was cut out. Anything else there is damage.
pub(super) fn is_key_alone(bytes: &[u8]) -> bool {
    let has = |what: &[u8]| memchr::memmem::find(bytes, what).is_some();
    bytes.trim_ascii_end().ends_with(b"PRIVATE KEY-----") && has(b"-----END ") && !has(b"CERTIFICATE")
}

fn is_pem(bytes: &[u8]) -> bool {
    // DER begins with the tag of a sequence.
    bytes.first() != Some(&0x30)
}
/// Returns the SHA-1 digest of `der` in upper-case pairs with colons, which some clients show. It identifies a
/// certificate but proves nothing.
fn sha1(der: &[u8]) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, der);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}
