//! The TLS of a Gemini client that accepts any certificate of a server and can show one of its own.

use std::sync::Arc;

use lamplit::server::tls::AnyCertificate;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::{ResolvesClientCert, WantsClientCert};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ConfigBuilder, DEFAULT_VERSIONS, SupportedProtocolVersion};

/// A client certificate with its key.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: CertificateDer<'static>,
    /// Its private key.
    pub key: Arc<PrivateKeyDer<'static>>,
}

/// Connects with any server, as `identity` if there is one.
pub fn connector(identity: Option<&Identity>) -> TlsConnector {
    connector_with(identity, DEFAULT_VERSIONS)
}

/// As [`connector`], in one of `versions`. Connections of one connector share their sessions.
pub fn connector_with(identity: Option<&Identity>, versions: &[&'static SupportedProtocolVersion]) -> TlsConnector {
    let config = trusting(versions);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some(Identity { certificate, key }) => {
            config.with_client_auth_cert(vec![certificate.clone()], key.clone_key()).expect("a pair")
        }
    };
    TlsConnector::from(Arc::new(config))
}

/// Connects with any server in one of `versions`, and asks `identities` for a certificate where the server asks for one.
pub fn connector_showing(
    identities: Arc<dyn ResolvesClientCert>,
    versions: &[&'static SupportedProtocolVersion],
) -> TlsConnector {
    let config = trusting(versions).with_client_cert_resolver(identities);
    TlsConnector::from(Arc::new(config))
}

/// Trusts every server, as on first use.
fn trusting(versions: &[&'static SupportedProtocolVersion]) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider.signature_verification_algorithms)))
}

/// Returns the name that a client asks for in the handshake. An IP address is not sent.
pub fn name(host: &str) -> ServerName<'static> {
    ServerName::try_from(host.to_owned()).expect("a name")
}
