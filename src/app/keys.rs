//! The identities of the configured capsules, and the TLS configuration that presents them.

use std::collections::HashSet;
use std::sync::Arc;

use anyhow::Context;
use tokio_rustls::rustls::server::ProducesTickets;

use crate::config::{Capsule, Config};
use crate::hosting::log_new_key;
use crate::identity::{CertificateResolver, Identity, KeyStore};
use crate::problem::Problem;
use crate::server::tls::{self, Tls};

const NO_TLS: &str = "TLS cannot be set up";

/// The identities of the capsules of one configuration, all of them valid.
pub(super) struct Keys {
    /// One identity for each capsule, in order; without capsules that of `localhost`, so that requests can be refused.
    pub(super) identities: Vec<Identity>,
    /// Encrypts the session tickets. Replaced when a key changes, so that no session outlives the key.
    tickets: Arc<dyn ProducesTickets>,
}

impl Keys {
    /// Loads the identities of `config`, and creates missing ones unless they would not outlast the process. In a
    /// reload, `current` are the keys and the configuration in force: what a capsule in that is missing was lost.
    pub(super) fn load(config: &Config, current: Option<(&Self, &Config)>) -> anyhow::Result<Self> {
        let (mut identities, mut has_new_key) = (Vec::new(), false);
        for capsule in &config.capsules {
            let names = capsule.certified_names();
            let previous = current.and_then(|(keys, current)| keys.find(capsule, current));
            // The key of a public capsule must outlast the process: readers trust it.
            let is_public = capsule.hosts.iter().any(|host| !host.is_local());
            if previous.is_none() && is_public && !*config.settings.ephemeral_keys {
                capsule.key_store.check_persistence(&names)?;
            }
            let identity = match previous {
                Some(_) => capsule.key_store.reload(&names)?,
                None => capsule.key_store.load_or_create(&names)?,
            };
            has_new_key |= previous.is_some_and(|previous| previous.public_key != identity.public_key);
            identities.push(identity);
        }
        let tickets = match current {
            Some((keys, _)) if !has_new_key => keys.tickets.clone(),
            _ => tls::tickets().context(NO_TLS)?,
        };
        let managed = KeyStore::Managed { folder: config.certs.clone() };
        if config.capsules.is_empty() {
            let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
            identities.push(managed.load_or_create(&names)?);
        }
        if current.is_none() && config.hosting_folder().is_some() && !*config.settings.ephemeral_keys {
            // The keys of hosted capsules do not exist yet: any file name stands for them.
            managed.check_persistence(&["*".to_owned()])?;
        }
        Ok(Self { identities, tickets })
    }

    /// Logs which keys, those of `config`, differ from the `previous` ones, those of `current`.
    pub(super) fn log_changes(&self, config: &Config, previous: &Self, current: &Config) {
        for (capsule, identity) in config.capsules.iter().zip(&self.identities) {
            let host = &capsule.hosts[0];
            let previous = previous.find(capsule, current);
            log_new_key(host, previous, identity);
            if previous
                .is_some_and(|old| old.public_key == identity.public_key && old.certificate != identity.certificate)
            {
                tracing::info!(
                    "`{host}` has another certificate for the same key; clients that remember the key do not warn"
                );
            }
        }
    }

    pub(super) fn warnings(&self, now: time::OffsetDateTime) -> Vec<Problem> {
        self.identities.iter().filter_map(|identity| identity.warning(now.unix_timestamp())).collect()
    }

    /// Returns the identity with the host name and key store of `capsule`. These keys are those of `config`.
    fn find(&self, capsule: &Capsule, config: &Config) -> Option<&Identity> {
        let is_same = |old: &Capsule| old.hosts[0] == capsule.hosts[0] && old.key_store == capsule.key_store;
        let mut known = config.capsules.iter().zip(&self.identities);
        known.find(|(old, _)| is_same(old)).map(|(_, identity)| identity)
    }

    /// Returns the TLS configuration of the server, which requests client certificates for capsules with private areas.
    pub(super) fn tls(&self, config: &Config) -> anyhow::Result<Tls> {
        let first = self.identities.first().context("there is no identity")?;
        let of_hosts = |(capsule, identity): (&Capsule, &Identity)| {
            capsule.hosts.iter().map(|host| (host.clone(), identity.certified.clone())).collect::<Vec<_>>()
        };
        let by_name = config.capsules.iter().zip(&self.identities).flat_map(of_hosts).collect();
        let certificates = Arc::new(CertificateResolver { first: first.certified.clone(), by_name });
        let versions = *config.settings.gemini.min_tls;
        let configuration = |tickets| tls::server_config(versions, certificates.clone(), tickets).context(NO_TLS);
        let has_areas = |capsule: &&Capsule| !capsule.private.is_empty();
        let hosts = config.capsules.iter().filter(has_areas).flat_map(|capsule| &capsule.hosts).cloned().map(Some);
        // Clients that send no server name get the first capsule.
        let unnamed = config.capsules.first().filter(has_areas).map(|_| None);
        let hosts: HashSet<_> = hosts.chain(unnamed).collect();
        let client_auth = (!hosts.is_empty()).then(|| configuration(None).map(|config| (Arc::new(config), hosts)));
        let default = Arc::new(configuration(Some(self.tickets.clone()))?);
        Ok(Tls { default, client_auth: client_auth.transpose()? })
    }
}
