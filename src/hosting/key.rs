//! The key and certificate of a hosted capsule, and the TLS configuration made with them.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::rustls::server::{ProducesTickets, ServerConfig};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::reports::Reports;
use crate::disk::FileStamp;
use crate::identity::{Identity, KeyOrigin, KeyStore};
use crate::problem::Problem;
use crate::server::tls::{self, TlsVersions};

/// The key and certificate of one hosted capsule, created when the capsule is first requested.
#[derive(Default)]
pub(super) struct HostedKey {
    /// The identity, and the key of session tickets, which is replaced with the identity's key so that sessions end.
    loaded: Option<(Identity, Arc<dyn ProducesTickets>)>,
    /// The state of the file when it was last read.
    stamp: Option<FileStamp>,
    pub(super) problem: Option<Problem>,
}

impl HostedKey {
    /// Returns the TLS configuration with this key, or `None` while there is no usable key.
    pub(super) fn tls(&self, versions: TlsVersions, client_auth: bool) -> Option<Arc<ServerConfig>> {
        let (identity, tickets) = self.loaded.as_ref()?;
        let certificates = Arc::new(SingleCertAndKey::from(CertifiedKey::clone(&identity.certified)));
        let tickets = (!client_auth).then(|| tickets.clone());
        // The start would have failed if there were no configuration for these versions.
        tls::server_config(versions, certificates, tickets).ok().map(Arc::new)
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
        let read = match key_store.reload(&names) {
            // A capsule is loaded many times in one run: a file missing later was lost, and another key alarms readers.
            Err(_) if !reports.of(host).had_key => key_store.load_or_create(&names),
            reloaded => reloaded,
        };
        let read = read.and_then(|identity| {
            let same_key = self.loaded.as_ref().filter(|(old, _)| old.public_key == identity.public_key);
            let tickets = same_key.map_or_else(tls::tickets, |(_, tickets)| Ok(tickets.clone()));
            let problem = |error| Problem::error(format!("cannot create session tickets: {error}"));
            Ok((identity, tickets.map_err(problem)?))
        });
        let (identity, tickets) = match read {
            Ok(read) => read,
            Err(problem) => {
                self.stamp = self.loaded.as_ref().and_then(stamp_of);
                let previous = self.problem.replace(problem);
                return previous != self.problem;
            }
        };
        reports.update(host, |report| report.had_key = true);
        log_new_key(host, self.loaded.as_ref().map(|(previous, _)| previous), &identity);
        self.problem = identity.warning(time::OffsetDateTime::now_utc().unix_timestamp());
        self.stamp = FileStamp::at(&identity.key_file);
        self.loaded = Some((identity, tickets));
        true
    }
}

/// Logs that the key of a capsule was created while the server runs, or is another one than before.
pub fn log_new_key(host: &str, previous: Option<&Identity>, identity: &Identity) {
    if previous.is_some_and(|previous| previous.public_key != identity.public_key) {
        tracing::warn!("`{host}` has another key: clients warn readers who trusted the previous one");
    } else if identity.origin == KeyOrigin::Created {
        tracing::info!("created a key for `{host}` in {}: back it up", identity.key_file.display());
    }
}
