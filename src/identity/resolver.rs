//! [`CertificateResolver`]: which certificate a client gets.

use std::collections::HashMap;
use std::sync::Arc;

use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;

/// The certificates of every capsule, chosen by the name in the handshake (RFC 6066, section 3).
///
/// A client that names no host, an address, or a host that is not ours gets the first one: the request
/// itself will tell which capsule is meant.
#[derive(Debug)]
pub struct CertificateResolver {
    first: Arc<CertifiedKey>,
    by_name: HashMap<String, Arc<CertifiedKey>>,
}

impl CertificateResolver {
    /// `first` serves whoever names no host.
    pub fn new(first: Arc<CertifiedKey>) -> Self {
        Self { first, by_name: HashMap::new() }
    }

    /// Adds the certificate of one capsule under its names.
    pub fn add<'a>(&mut self, names: impl IntoIterator<Item = &'a str>, certified: &Arc<CertifiedKey>) {
        for name in names {
            self.by_name.insert(name.to_ascii_lowercase(), certified.clone());
        }
    }

    /// The certificate for a client that named `name`.
    pub fn for_name(&self, name: Option<&str>) -> &Arc<CertifiedKey> {
        name.and_then(|name| self.by_name.get(&name.trim_end_matches('.').to_ascii_lowercase()))
            .unwrap_or(&self.first)
    }
}

impl ResolvesServerCert for CertificateResolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.for_name(hello.server_name()).clone())
    }
}
