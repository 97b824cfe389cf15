//! [`Key`]: the key and certificate of one hosted capsule, made when its name is first asked for.

use std::path::PathBuf;
use std::sync::Arc;

use time::OffsetDateTime;
use tokio_rustls::rustls::server::ProducesTickets;
use tokio_rustls::rustls::sign::CertifiedKey;

use super::Ground;
use super::reports::Reports;
use crate::disk::FileStamp;
use crate::host::Fingerprint;
use crate::identity::{self, Identity, KeyOrigin, KeyStore};
use crate::problem::Problem;
use crate::server::tls;

/// The key and certificate of one hosted capsule.
#[derive(Default)]
pub(super) struct Key {
    held: Option<Held>,
    /// The file and what it was like when it was last read.
    file: Option<(PathBuf, Option<FileStamp>)>,
    problem: Option<Problem>,
}

/// A key that can be used.
pub(super) struct Held {
    pub(super) certified: Arc<CertifiedKey>,
    /// What seals the sessions that begin with it.
    pub(super) tickets: Arc<dyn ProducesTickets>,
    public_key: Fingerprint,
}

impl Key {
    /// What TLS needs of it; none while it cannot be used.
    pub(super) fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// What is wrong with it.
    pub(super) fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// Reads it if its file changed, or makes one for a capsule that had none before; whether anything changed. While
    /// its file cannot be used, the one that is held stays.
    pub(super) fn look(&mut self, host: &str, ground: &Ground, reports: &Reports) -> bool {
        if let Some((file, stamp)) = &self.file
            && FileStamp::at(file) == *stamp
        {
            return false;
        }
        let key_store = KeyStore::Managed { folder: ground.config.certs.clone() };
        let names = [host.to_owned()];
        // A capsule is loaded many times in one run. A file that is missing then was lost, and no first start.
        let read = if reports.had_key(host) {
            identity::reload(&key_store, &names).map(|identity| (identity, KeyOrigin::Loaded))
        } else {
            identity::load_or_create_hosted(&key_store, &names)
        };
        let read = read.and_then(|(identity, origin)| Ok((self.hold(&identity)?, identity, origin)));
        match read {
            Ok((held, identity, origin)) => {
                reports.has_key(host);
                let file = identity.key_file.clone();
                if origin == KeyOrigin::Created {
                    let shown = file.display();
                    tracing::info!("the key of `{host}` was made now and is in {shown}: back it up");
                }
                if self.held.as_ref().is_some_and(|before| before.public_key != held.public_key) {
                    tracing::warn!(
                        "`{host}` has another key: every reader who trusted the old one is warned"
                    );
                }
                self.problem = identity.warning(OffsetDateTime::now_utc().unix_timestamp());
                let stamp = FileStamp::at(&file);
                self.file = Some((file, stamp));
                self.held = Some(held);
                true
            }
            Err(problem) => {
                if let Some((file, stamp)) = &mut self.file {
                    *stamp = FileStamp::at(file);
                }
                // Looked at again each time, for as long as there is none: somebody puts it right.
                let is_news = self.problem.as_ref() != Some(&problem);
                self.problem = Some(problem);
                is_news
            }
        }
    }

    /// What is held of `identity`: sessions go on while the key is the same.
    fn hold(&self, identity: &Identity) -> Result<Held, Problem> {
        let before = self.held.as_ref().filter(|held| held.public_key == identity.public_key);
        let tickets = match before {
            Some(before) => Arc::clone(&before.tickets),
            None => tls::tickets()
                .map_err(|error| Problem::error(format!("sessions cannot be sealed: {error}")))?,
        };
        Ok(Held { certified: Arc::clone(&identity.certified), tickets, public_key: identity.public_key })
    }
}
