//! Client certificates: asked for where something private is published, never required, and believed only with a
//! signature by their key.
//!
//! Readers make their own certificates, so nobody else's word about them is asked for: whoever holds the key is
//! the reader.

use time::OffsetDateTime;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature_with_raw_key,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::host::Fingerprint;
use crate::protocol::{Credential, Validity};

/// Takes any certificate that its sender holds the key of.
#[derive(Debug)]
pub(super) struct AnyReader {
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyReader {
    pub(super) fn new(provider: &CryptoProvider) -> Self {
        Self { algorithms: provider.signature_verification_algorithms }
    }
}

impl ClientCertVerifier for AnyReader {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    /// Whose it is and whether it holds today is for the protocol to judge, which can say so in words.
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        parse(end_entity).map(|_| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    /// By the key alone: some clients make certificates of X.509's first version, which others refuse to read.
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let certificate = parse(certificate)?;
        let key = SubjectPublicKeyInfoDer::from(certificate.public_key().raw);
        verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What there is to know of a certificate that was verified by [`AnyReader`], at `now`.
pub(super) fn credential(certificate: &CertificateDer<'_>, now: OffsetDateTime) -> Option<Credential> {
    let parsed = parse(certificate).ok()?;
    let validity = parsed.validity();
    let now = now.unix_timestamp();
    let validity = if now < validity.not_before.timestamp() {
        Validity::NotYet
    } else if now > validity.not_after.timestamp() {
        Validity::Expired
    } else {
        Validity::Valid
    };
    Some(Credential {
        certificate: Fingerprint::of(certificate),
        public_key: Fingerprint::of(parsed.public_key().raw),
        validity,
    })
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, Error> {
    match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(CertificateError::BadEncoding.into()),
    }
}
