//! The key and certificate of a hosted capsule, and the TLS configuration made with them.

use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;
use tokio_rustls::rustls::Error;
use tokio_rustls::rustls::server::{ProducesTickets, ServerConfig};
use tokio_rustls::rustls::sign::CertifiedKey;

use super::reports::Reports;
use crate::disk::FileStamp;
use crate::identity::{self, CertificateResolver, Identity, KeyOrigin, KeyStore};
use crate::problem::Problem;
use crate::server::tls::{self, TlsVersions};

/// TLS configurations that are copied for each hosted capsule, so that only the certificate differs.
pub struct HostedTls {
    without_client_auth: ServerConfig,
    with_client_auth: ServerConfig,
}

impl HostedTls {
    /// Creates the configurations with `placeholder` as their certificate.
    pub fn new(
        versions: TlsVersions,
        placeholder: &Arc<CertifiedKey>,
        tickets: Arc<dyn ProducesTickets>,
    ) -> Result<Self, Error> {
        let certificates = Arc::new(CertificateResolver::new(Arc::clone(placeholder)));
        Ok(Self {
            without_client_auth: tls::server_config(versions, certificates.clone(), tickets)?,
            with_client_auth: tls::client_auth_config(versions, certificates)?,
        })
    }
}

/// The key and certificate of one hosted capsule, created when the capsule is first requested.
#[derive(Default)]
pub(super) struct HostedKey {
    /// With what seals the session tickets of connections that use this key, so that sessions end with the key.
    loaded: Option<(Identity, Arc<dyn ProducesTickets>)>,
    /// The state of the file when it was last read.
    stamp: Option<FileStamp>,
    pub(super) problem: Option<Problem>,
}

impl HostedKey {
    /// Returns the TLS configuration with this key, or `None` while there is no usable key.
    pub(super) fn tls(&self, tls: &HostedTls, client_auth: bool) -> Option<Arc<ServerConfig>> {
        let (identity, tickets) = self.loaded.as_ref()?;
        let mut config = if client_auth { &tls.with_client_auth } else { &tls.without_client_auth }.clone();
        config.cert_resolver = Arc::new(CertificateResolver::new(identity.certified.clone()));
        if !client_auth {
            config.ticketer = tickets.clone();
        }
        Some(Arc::new(config))
    }

    /// Reads the key again if its file in `certs` changed, and creates the key of a capsule that never had one. Returns
    /// whether the key or its problem changed. A file that cannot be used leaves the loaded key in place.
    pub(super) fn refresh(&mut self, host: &str, certs: &Path, reports: &Reports) -> bool {
        let stamp_of = |(identity, _): &(Identity, _)| FileStamp::at(&identity.key_file);
        if self.loaded.as_ref().is_some_and(|loaded| stamp_of(loaded) == self.stamp) {
            return false;
        }
        let key_store = KeyStore::Managed { folder: certs.to_owned() };
        let names = [host.to_owned()];
        // Tried first because creating a key lists its folder, which may hold thousands of files.
        let read = match identity::reload(&key_store, &names) {
            // A capsule is loaded many times during one run: a file that is missing after the first time was lost, and
            // another key would alarm readers.
            Err(_) if !reports.had_key(host) => identity::load_or_create(&key_store, &names),
            reloaded => reloaded.map(|identity| (identity, KeyOrigin::Loaded)),
        };
        let read = read.and_then(|(identity, origin)| Ok((self.tickets_for(&identity)?, identity, origin)));
        let (tickets, identity, origin) = match read {
            Ok(read) => read,
            Err(problem) => {
                self.stamp = self.loaded.as_ref().and_then(stamp_of);
                let previous = self.problem.replace(problem);
                return previous != self.problem;
            }
        };
        reports.set_has_key(host);
        if origin == KeyOrigin::Created {
            log_created_key(host, &identity.key_file);
        }
        if self.loaded.as_ref().is_some_and(|(old, _)| old.public_key != identity.public_key) {
            log_replaced_key(host);
        }
        self.problem = identity.warning(OffsetDateTime::now_utc().unix_timestamp());
        self.stamp = FileStamp::at(&identity.key_file);
        self.loaded = Some((identity, tickets));
        true
    }

    /// Returns what seals session tickets for `identity`: that of the loaded key if it is the same key.
    fn tickets_for(&self, identity: &Identity) -> Result<Arc<dyn ProducesTickets>, Problem> {
        match &self.loaded {
            Some((loaded, tickets)) if loaded.public_key == identity.public_key => Ok(tickets.clone()),
            _ => tls::tickets()
                .map_err(|error| Problem::error(format!("cannot create session tickets: {error}"))),
        }
    }
}

/// Logs that the key of a capsule was created while the server runs.
pub fn log_created_key(host: &str, file: &Path) {
    tracing::info!("created a key for `{host}` in {}: back it up", file.display());
}

/// Logs that a capsule has another key than before.
pub fn log_replaced_key(host: &str) {
    tracing::warn!("`{host}` has another key: clients warn readers who trusted the previous one");
}
