//! [`Pair`]: a key with its certificates, made here or read from files, with a message for what is wrong with these.
//!
//! Files may be PEM, with other text between blocks, or DER, as some servers write it; keys PKCS #8, SEC 1 or PKCS #1.

use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use pem::{EncodeConfig, LineEnding, Pem};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SerialNumber};
use time::{Duration, OffsetDateTime};
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::certificate::{Identity, KeyOrigin, names_in};
use super::messages::{REPAIR, broken, error_in, or_hint, unreadable};
use crate::host::Fingerprint;
use crate::problem::Problem;

/// How long a certificate is valid: a hundred years. Clients pin the key; an earlier end would only lock readers out.
const VALID_FOR: Duration = Duration::days(100 * 365);

/// How far the validity starts in the past: clocks of small machines are off by hours.
const BACKDATED: Duration = Duration::days(2);

/// The permissions that the file of a managed key may not have: only its owner may have any.
pub(super) const FORBIDDEN: u32 = 0o077;

/// The permissions that an external key may not have, which the group may read: services are given keys this way.
const FORBIDDEN_EXTERNAL: u32 = 0o027;

/// A key with the certificates for it, that of the capsule first.
pub(super) struct Pair {
    pub(super) key: PrivateKeyDer<'static>,
    pub(super) chain: Vec<CertificateDer<'static>>,
}

impl Pair {
    /// Makes and certifies an ECDSA key on P-256: every Gemini client supports it, and its handshake is the cheapest.
    pub(super) fn generate(names: &[String]) -> Result<Self, rcgen::Error> {
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        Self::certify(PrivatePkcs8KeyDer::from(key.serialize_der()).into(), names)
    }

    /// Makes a self-signed certificate for `key`, valid from now on, with each of `names` as a subject alternative name
    /// (RFC 5280, section 4.2.1.6) and the first as common name.
    pub(super) fn certify(key: PrivateKeyDer<'static>, names: &[String]) -> Result<Self, rcgen::Error> {
        let now = OffsetDateTime::now_utc();
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = DistinguishedName::new();
        let common = names.first().map_or("localhost", String::as_str);
        params.distinguished_name.push(DnType::CommonName, common);
        // Random, positive and below 2^127 (RFC 5280, section 4.1.2.2).
        let mut serial = [0; 16];
        aws_lc_rs::rand::fill(&mut serial).map_err(|_| rcgen::Error::RingUnspecified)?;
        serial[0] = serial[0] & 0x7f | 0x40;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.not_before = now - BACKDATED;
        params.not_after = now + VALID_FOR;
        let certificate = params.self_signed(&KeyPair::try_from(&key)?)?;
        Ok(Self { key, chain: vec![certificate.into()] })
    }

    /// Returns the identity, whose files may be one. Fails if key or certificate cannot be used or do not match.
    pub(super) fn identity(&self, key_file: &Path, certificate_file: &Path) -> Result<Identity, Problem> {
        let unusable = |why: &str| broken(certificate_file, why);
        let leaf = self.chain.first().ok_or_else(|| unusable("there is no certificate in it"))?;
        let (rest, certificate) = X509Certificate::from_der(leaf)
            .map_err(|error| unusable(&format!("its certificate cannot be read: {error}")))?;
        if !rest.is_empty() {
            return Err(unusable("its certificate has bytes behind its end"));
        }
        let key = any_supported_type(&self.key)
            .map_err(|error| broken(key_file, &format!("its key cannot be used: {error}")))?;
        let is_self_signed = certificate.issuer() == certificate.subject();
        // SHA-1 identifies a certificate here, but proves nothing.
        let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, leaf);
        let sha1: Vec<String> = sha1.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
        let identity = Identity {
            origin: KeyOrigin::Loaded,
            key_file: key_file.to_owned(),
            certificate_file: certificate_file.to_owned(),
            names: names_in(&certificate),
            public_key: Fingerprint::of(certificate.public_key().raw),
            certificate: Fingerprint::of(leaf),
            certificate_sha1: sha1.join(":"),
            valid_from: certificate.validity().not_before.timestamp(),
            expires: certificate.validity().not_after.timestamp(),
            issuer: (!is_self_signed).then(|| certificate.issuer().to_string()),
            certified: Arc::new(CertifiedKey::new(self.chain.clone(), key)),
        };
        let is_pair = identity.certified.keys_match();
        is_pair.map_err(|_| unusable("its key and its certificate do not belong together"))?;
        Ok(identity)
    }

    /// Returns key and certificates as one PEM file.
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

/// Reads a file of the operator without waiting for the writer of a FIFO, which is refused.
pub fn read_regular_file(path: &Path) -> io::Result<Vec<u8>> {
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map(|_| bytes)
}

/// Loads the identity in the files of an external key store.
pub(super) fn load(certificate: &Path, key: &Path) -> Result<Identity, Problem> {
    let secret = read_secret(key, FORBIDDEN_EXTERNAL)?;
    let secret = secret.ok_or_else(|| unreadable(key, &io::ErrorKind::NotFound.into()))?;
    read(certificate, key, &secret).and_then(|pair| pair.identity(key, certificate)).map_err(or_hint(REPAIR))
}

/// Reads the pair of another server, and moves the certificate of its key before the others: some servers keep it last.
pub(super) fn read_foreign(certificate: &Path, key: &Path) -> Result<(Pair, Identity), Problem> {
    // The permissions of the source do not matter: only the owner may read the copy.
    let secret = read_regular_file(key).map_err(|error| unreadable(key, &error))?;
    let with_hint = or_hint("nothing was changed; name the file of the certificate and then that of its key");
    let mut pair = read(certificate, key, &secret).map_err(&with_hint)?;
    let mut found = pair.identity(key, certificate);
    for at in 1..pair.chain.len() {
        if found.is_err() {
            pair.chain.swap(0, at);
            // If none fits, the first problem is reported.
            found = pair.identity(key, certificate).or(found);
        }
    }
    Ok((pair, found.map_err(with_hint)?))
}

/// Reads the certificates in one file and the key in `secret`, the content of the file `key`.
fn read(certificate: &Path, key: &Path, secret: &[u8]) -> Result<Pair, Problem> {
    let public = read_regular_file(certificate).map_err(|error| unreadable(certificate, &error))?;
    Ok(Pair { key: key_in(key, secret)?, chain: chain_in(certificate, &public)? })
}

/// Reads a private key file, if it exists. Fails if it cannot be read or has one of the `forbidden` permissions.
pub(super) fn read_secret(file: &Path, forbidden: u32) -> Result<Option<Vec<u8>>, Problem> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(file, &error)),
    };
    if metadata.mode() & forbidden != 0 {
        let hint = format!("remove their access with `chmod {:o} {}`", 0o666 & !forbidden, file.display());
        return Err(error_in(file, "the private key may be read or written by others").hint(hint));
    }
    read_regular_file(file).map(Some).map_err(|error| unreadable(file, &error))
}

pub(super) fn key_in(file: &Path, bytes: &[u8]) -> Result<PrivateKeyDer<'static>, Problem> {
    let key = if is_pem(bytes) {
        PrivateKeyDer::from_pem_slice(bytes).ok()
    } else {
        PrivateKeyDer::try_from(bytes.to_vec()).ok()
    };
    key.ok_or_else(|| {
        if !is_pem(bytes) || memchr::memmem::find(bytes, b"ENCRYPTED").is_none() {
            return broken(file, "there is no whole private key in it");
        }
        broken(file, "its key is locked with a passphrase")
            .hint(format!("unlock it with `openssl pkey -in {} -out unlocked.pem`", file.display()))
    })
}

/// Returns the certificates in `bytes`, the content of `file`.
pub(super) fn chain_in(file: &Path, bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Problem> {
    if !is_pem(bytes) {
        return Ok(vec![CertificateDer::from(bytes.to_vec())]);
    }
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    chain.map_err(|error| broken(file, &format!("a certificate in it is damaged: {error}")))
}

/// Returns whether a file ends right after a key: its certificate was cut out. Anything else there is damage.
pub(super) fn is_key_alone(bytes: &[u8]) -> bool {
    let has = |what: &[u8]| memchr::memmem::find(bytes, what).is_some();
    bytes.trim_ascii_end().ends_with(b"PRIVATE KEY-----") && has(b"-----END ") && !has(b"CERTIFICATE")
}

fn is_pem(bytes: &[u8]) -> bool {
    // DER begins with the tag of a sequence.
    bytes.first() != Some(&0x30)
}
