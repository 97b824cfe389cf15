//! TLS configurations. The certificate resolver is passed in; it must also serve clients that send no server name.

use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{self, CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::server::{
    NoServerSessionStorage, ProducesTickets, ResolvesServerCert, ServerConfig, WebPkiClientVerifier,
};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{
    ALL_VERSIONS, CertificateError, CipherSuite, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme,
};
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::host::HostName;

/// The versions of TLS that a server supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersions {
    /// TLS 1.2 and 1.3, as the Gemini specification requires of servers.
    From12,
    /// TLS 1.3 only, which excludes some clients.
    Only13,
}

/// Creates the key that encrypts session tickets (RFC 8446, section 4.6.1). Clients resume only with a server that has
/// it, so it must be used for as long as the certificates have the same keys. It rotates by itself.
pub fn tickets() -> Result<Arc<dyn ProducesTickets>, Error> {
    aws_lc_rs::Ticketer::new()
}

/// The TLS configurations of a server.
#[derive(Debug)]
pub struct Tls {
    /// The configuration for clients of which no certificate is requested.
    pub default: Arc<ServerConfig>,
    /// The configuration that requests client certificates, and the server names it is for: `None` if none is sent.
    pub client_auth: Option<(Arc<ServerConfig>, HashSet<Option<HostName>>)>,
}

/// The TLS configurations that new connections load, swapped when keys change.
pub type LiveTls = Arc<ArcSwap<Tls>>;

/// Creates a configuration with the certificates of `resolver`. Either it sends session tickets, which `tickets`
/// encrypts, or it requests a client certificate: a client that resumes a session presents none, so a user who has just
/// chosen an identity would still be anonymous.
pub fn server_config(
    versions: TlsVersions,
    resolver: Arc<dyn ResolvesServerCert>,
    tickets: Option<Arc<dyn ProducesTickets>>,
) -> Result<ServerConfig, Error> {
    let versions = match versions {
        TlsVersions::From12 => ALL_VERSIONS,
        TlsVersions::Only13 => const { &[&TLS13] },
    };
    let clients: Arc<dyn ClientCertVerifier> = match tickets {
        Some(_) => WebPkiClientVerifier::no_client_auth(),
        None => Arc::new(AnyCertificate(provider().signature_verification_algorithms)),
    };
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(versions)?
        .with_client_cert_verifier(clients)
        .with_cert_resolver(resolver);
    // The server orders suites by cost; clients often by length of key.
    config.ignore_client_order = true;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    // A second ticket would serve only clients that resume twice at once, and cost its encryption in every handshake.
    config.send_tls13_tickets = usize::from(tickets.is_some());
    if let Some(tickets) = tickets {
        config.ticketer = tickets;
    }
    // A request in early data could be replayed.
    config.max_early_data_size = 0;
    Ok(config)
}

/// Returns the provider of the library with AES-128-GCM as its first suite, which costs a fifth less than AES-256-GCM.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

/// Accepts any certificate of a peer that proves that it has the key.
///
/// Clients sign their certificates themselves, so there is no authority to verify; the protocol decides which of them
/// are admitted, and can give the reason in words. `lamplit get`, a client, has no earlier key of a server to compare.
#[derive(Debug)]
pub struct AnyCertificate(pub WebPkiSupportedAlgorithms);

/// The methods that `ClientCertVerifier` and `ServerCertVerifier` have in common. Signatures are verified with the key
/// alone: some clients have certificates of X.509 version 1, which the library rejects.
macro_rules! verify_signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            let certificate = parse_certificate(certificate)?;
            let key = &certificate.public_key().subject_public_key.data;
            // A scheme of TLS 1.2 does not determine the curve (RFC 5246, section 7.4.1.4.1).
            let schemes = self.0.mapping.iter().filter(|(scheme, _)| *scheme == signature.scheme);
            let mut algorithms = schemes.flat_map(|(_, algorithms)| *algorithms);
            algorithms
                .any(|algorithm| algorithm.verify_signature(key, message, signature.signature()).is_ok())
                .then(HandshakeSignatureValid::assertion)
                .ok_or_else(|| CertificateError::BadSignature.into())
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            certificate: &CertificateDer<'_>,
            signature: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            let certificate = parse_certificate(certificate)?;
            let key = SubjectPublicKeyInfoDer::from(certificate.public_key().raw);
            crypto::verify_tls13_signature_with_raw_key(message, &key, signature, &self.0)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.0.supported_schemes()
        }
    };
}

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        parse_certificate(end_entity).map(|_| ClientCertVerified::assertion())
    }

    verify_signatures!();
}

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    verify_signatures!();
}

/// Parses a certificate. Bytes after its end are an error.
pub(super) fn parse_certificate<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, Error> {
    match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(CertificateError::BadEncoding.into()),
    }
}
