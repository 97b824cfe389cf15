//! A Gemini client's side of TLS: takes any certificate of a server, and shows one of its own where it has one.

use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    ClientConfig, DEFAULT_VERSIONS, DigitallySignedStruct, Error, SignatureScheme, SupportedProtocolVersion,
};

/// A certificate of a reader's own, with its key.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) key: Arc<PrivateKeyDer<'static>>,
}

/// Connects with any server, as `identity` if there is one.
pub(crate) fn connector(identity: Option<&Identity>) -> TlsConnector {
    connector_with(identity, DEFAULT_VERSIONS)
}

/// As [`connector`], in one of `versions`. Connections of one connector share their sessions.
pub(crate) fn connector_with(
    identity: Option<&Identity>,
    versions: &[&'static SupportedProtocolVersion],
) -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody));
    let config = match identity {
        None => config.with_no_client_auth(),
        Some(Identity { certificate, key }) => {
            config.with_client_auth_cert(vec![certificate.clone()], key.clone_key()).expect("a pair")
        }
    };
    TlsConnector::from(Arc::new(config))
}

/// Connects with any server, and asks `identities` for a certificate where the server asks for one.
pub(crate) fn connector_showing(identities: Arc<dyn ResolvesClientCert>) -> TlsConnector {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(DEFAULT_VERSIONS)
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody))
        .with_client_cert_resolver(identities);
    TlsConnector::from(Arc::new(config))
}

/// The name that a client asks for in the handshake. An IP address is not sent.
pub(crate) fn name(host: &str) -> ServerName<'static> {
    ServerName::try_from(host.to_owned()).expect("a name")
}

/// Trusts every server, as on first use.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
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

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
