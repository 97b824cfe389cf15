//! Reading: a PEM file with key and certificate becomes an [`Identity`], or words about what is wrong with it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use rcgen::KeyPair;
use tokio_rustls::rustls::crypto::aws_lc_rs::sign::any_supported_type;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::names::names_in;
use super::words::{broken, display, missing, unreadable};
use super::{Fingerprint, Identity};
use crate::problem::Problem;

pub(super) fn parse(file: &Path) -> Result<Identity, Problem> {
    let pem = read_pem(file)?.ok_or_else(|| missing(file))?;
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|error| broken(file, &format!("it holds no whole private key: {error}")))?;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|error| broken(file, &format!("a certificate in it is damaged: {error}")))?;
    let leaf = chain.first().ok_or_else(|| broken(file, "it holds no certificate"))?;
    let (rest, certificate) = X509Certificate::from_der(leaf)
        .map_err(|error| broken(file, &format!("its certificate cannot be read: {error}")))?;
    if !rest.is_empty() {
        return Err(broken(file, "its certificate has bytes behind its end"));
    }
    let key = any_supported_type(&key)
        .map_err(|error| broken(file, &format!("its key cannot be used: {error}")))?;
    let identity = Identity {
        file: file.to_owned(),
        names: names_in(&certificate),
        public_key: Fingerprint::of(certificate.public_key().raw),
        certificate: Fingerprint::of(leaf),
        expires: certificate.validity().not_after.timestamp(),
        certified: Arc::new(CertifiedKey::new(chain.clone(), key)),
    };
    identity
        .certified
        .keys_match()
        .map_err(|_| broken(file, "its key and its certificate do not belong together"))?;
    Ok(identity)
}

pub(super) fn read_pem(file: &Path) -> Result<Option<String>, Problem> {
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(file, &error)),
    };
    if metadata.mode() & 0o077 != 0 {
        return Err(Problem::error("the private key may be read or written by others")
            .in_file(display(file))
            .hint(format!("make it yours alone with `chmod 600 {}`", file.display())));
    }
    fs::read_to_string(file).map(Some).map_err(|error| unreadable(file, &error))
}

/// Whether a file ends right behind a key: its certificate was cut out. Anything else there is damage.
pub(super) fn is_key_alone(pem: &str) -> bool {
    pem.trim_end().ends_with("PRIVATE KEY-----") && pem.contains("-----END ") && !pem.contains("CERTIFICATE")
}

pub(super) fn parse_key(file: &Path, pem: &str) -> Result<KeyPair, Problem> {
    KeyPair::from_pem(pem).map_err(|error| broken(file, &format!("its key cannot be read: {error}")))
}
