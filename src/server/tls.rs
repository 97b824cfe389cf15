//! How TLS is spoken. Which certificate is shown is the business of the resolver that is handed in; a
//! client without a server name, or with an IP address as one, must get one from it too.

use std::collections::HashSet;
use std::sync::Arc;

use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::server::{
    NoServerSessionStorage, ProducesTickets, ResolvesServerCert, ServerConfig,
};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{CipherSuite, Error, SupportedProtocolVersion};

use super::credential::AnyReader;

/// Which versions of TLS are spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersions {
    /// TLS 1.2 and 1.3: what the Gemini specification asks of servers.
    From12,
    /// TLS 1.3 only, for those who can choose their readers.
    Only13,
}

static FROM_12: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
static ONLY_13: [&SupportedProtocolVersion; 1] = [&TLS13];

/// What seals session tickets (RFC 8446, section 4.6.1): they keep the sessions with the clients, under a key that
/// rotates. Clients resume only with a server that still has it, so one is kept for as long as the server's own
/// keys are the same.
pub fn tickets() -> Result<Arc<dyn ProducesTickets>, Error> {
    aws_lc_rs::Ticketer::new()
}

/// How TLS is spoken with whom: only readers of certain hosts are asked for a certificate of their own.
#[derive(Debug, Clone)]
pub struct Tls {
    usual: Arc<ServerConfig>,
    asking: Option<Asking>,
}

#[derive(Debug, Clone)]
struct Asking {
    config: Arc<ServerConfig>,
    hosts: HashSet<String>,
    unnamed: bool,
}

impl Tls {
    /// With everybody as `usual` says.
    pub fn new(usual: ServerConfig) -> Self {
        Self { usual: Arc::new(usual), asking: None }
    }

    /// With readers of `hosts`, and if `unnamed` is true also with those who name no host, as `config` says, which
    /// [`client_auth_config`] made.
    #[must_use]
    pub fn with_client_auth(self, config: ServerConfig, hosts: HashSet<String>, unnamed: bool) -> Self {
        Self { asking: Some(Asking { config: Arc::new(config), hosts, unnamed }), ..self }
    }

    /// The same, with nobody being asked.
    pub(super) fn without_client_auth(&self) -> Self {
        Self { usual: self.usual.clone(), asking: None }
    }

    /// What is spoken with a client that named `host` in the handshake.
    pub(super) fn with(&self, host: Option<&str>) -> &Arc<ServerConfig> {
        let is_asked = |asking: &&Asking| match host {
            Some(host) => asking.hosts.contains(&host.trim_end_matches('.').to_ascii_lowercase()),
            None => asking.unnamed,
        };
        self.asking.as_ref().filter(is_asked).map_or(&self.usual, |asking| &asking.config)
    }
}

/// A configuration that asks for a client certificate. It seals no tickets: a client that resumes a session shows no
/// certificate, so one that has just chosen an identity would still be nobody.
pub fn client_auth_config(
    versions: TlsVersions,
    certificates: Arc<dyn ResolvesServerCert>,
) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(spoken(versions))?
        .with_client_cert_verifier(Arc::new(AnyReader::new(&provider())))
        .with_cert_resolver(certificates);
    config.ignore_client_order = true;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.max_early_data_size = 0;
    Ok(config)
}

/// The configuration of all connections. `certificates` chooses the one that a client gets, and `tickets` outlive
/// this configuration.
pub fn server_config(
    versions: TlsVersions,
    certificates: Arc<dyn ResolvesServerCert>,
    tickets: Arc<dyn ProducesTickets>,
) -> Result<ServerConfig, Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(spoken(versions))?
        .with_no_client_auth()
        .with_cert_resolver(certificates);
    // Our order of cipher suites is by what they cost, and the client's is often by length of key.
    config.ignore_client_order = true;
    // A second ticket would only serve clients that resume twice at once, at the price of sealing it in every
    // handshake.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.ticketer = tickets;
    config.send_tls13_tickets = 1;
    // A request in early data could be replayed.
    config.max_early_data_size = 0;
    Ok(config)
}

fn spoken(versions: TlsVersions) -> &'static [&'static SupportedProtocolVersion] {
    match versions {
        TlsVersions::From12 => &FROM_12,
        TlsVersions::Only13 => &ONLY_13,
    }
}

/// The library's suites, all of them AEAD, with the cheapest first: AES-128 costs a fifth less of a whole
/// handshake than AES-256, and nobody breaks either.
fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::SupportedCipherSuite;

    use super::*;

    #[test]
    fn the_cheapest_suite_comes_first_and_all_are_aead() {
        let suites: Vec<CipherSuite> =
            provider().cipher_suites.iter().map(SupportedCipherSuite::suite).collect();
        assert_eq!(suites[0], CipherSuite::TLS13_AES_128_GCM_SHA256);
        for suite in suites {
            let name = format!("{suite:?}");
            assert!(name.contains("GCM") || name.contains("CHACHA20_POLY1305"), "{name}"); // T1
        }
    }
}
