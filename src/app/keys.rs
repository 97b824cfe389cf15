//! [`Keys`]: the identity of every capsule, and the TLS that shows them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use arc_swap::ArcSwap;
use time::OffsetDateTime;
use tokio_rustls::rustls::server::{ProducesTickets, ServerConfig};
use tokio_rustls::rustls::sign::CertifiedKey;

use crate::config::{Capsule, Config};
use crate::host::HostName;
use crate::identity::{self, CertificateResolver, Identity, KeyOrigin, KeyStore};
use crate::problem::Problem;
use crate::server::tls::{self, Tls};

/// The identities in force.
pub(super) struct Keys {
    identities: Vec<Identity>,
    /// What those get who name no host that is ours, where no capsule is configured.
    nobodys: Option<Identity>,
    tickets: Arc<dyn ProducesTickets>,
    /// What connections take; swapped when something here changes.
    server: Arc<ArcSwap<Tls>>,
}

/// The keys of a new configuration, all of them good, but not yet in force.
pub(super) struct Renewed {
    identities: Vec<Identity>,
    nobodys: Option<Identity>,
    tickets: Arc<dyn ProducesTickets>,
    server: Tls,
    /// What is worth a line.
    pub(super) news: Vec<News>,
}

/// What became of the identity of a capsule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// A capsule that is new here was given a key; where it is, to be backed up.
    FirstKey(String, PathBuf),
    /// Clients that remember the key notice nothing.
    NewCertificate(String),
    /// They are warned.
    NewKey(String),
}

impl Keys {
    /// The identities at the start, made where there are none, and what each of them went through.
    pub(super) fn obtain(config: &Config) -> anyhow::Result<(Self, Vec<KeyOrigin>)> {
        let mut identities = Vec::new();
        let mut origins = Vec::new();
        for capsule in &config.capsules {
            let (identity, origin) = first(config, capsule)?;
            identities.push(identity);
            origins.push(origin);
        }
        if config.hosting.folder.is_some() && !config.ephemeral_keys {
            // Hosts get their keys once somebody asks for them; a file for all of them is not there yet.
            let key_store = KeyStore::Managed { folder: config.certs.clone() };
            identity::check_persistence(&key_store, &["*".to_owned()])?;
        }
        let nobodys = nobodys(config)?;
        let tickets = tls::tickets().context("TLS cannot be set up")?;
        let server = server(config, &identities, nobodys.as_ref(), &tickets)?;
        let server = Arc::new(ArcSwap::from_pointee(server));
        Ok((Self { identities, nobodys, tickets, server }, origins))
    }

    /// The identities, in the order of the capsules.
    pub(super) fn identities(&self) -> &[Identity] {
        &self.identities
    }

    /// How TLS is spoken with readers of hosted capsules, as `config` says.
    pub(super) fn hosted(&self, config: &Config) -> anyhow::Result<HostedTls> {
        let first = self.identities.first().or(self.nobodys.as_ref());
        let first = &first.context("there is a key for nobody's readers")?.certified;
        // Each capsule puts its own in the place of this one.
        let certificates = Arc::new(CertificateResolver::new(Arc::clone(first)));
        let versions = config.gemini.versions;
        let usual = tls::server_config(versions, certificates.clone(), self.tickets.clone())
            .context("TLS cannot be set up")?;
        let asking = tls::client_auth_config(versions, certificates).context("TLS cannot be set up")?;
        Ok(HostedTls { usual, asking })
    }

    /// The TLS configuration that is always the one in force.
    pub(super) fn server(&self) -> Arc<ArcSwap<Tls>> {
        self.server.clone()
    }

    /// The identities that `config` names, read again. Only a capsule that `running` does not know may have its
    /// first start now: a file that is missing otherwise was lost.
    pub(super) fn read_again(&self, config: &Config, running: &Config) -> anyhow::Result<Renewed> {
        let mut identities = Vec::new();
        let mut news = Vec::new();
        for capsule in &config.capsules {
            let names = capsule.certified_names();
            let before = self.before(capsule, running);
            let read = match before {
                Some(_) => {
                    identity::reload(&capsule.key_store, &names).map(|identity| (identity, KeyOrigin::Loaded))
                }
                None => first(config, capsule),
            };
            let (identity, origin) = read?;
            let name = capsule.hosts[0].to_string();
            match before {
                None if origin == KeyOrigin::Created => {
                    news.push(News::FirstKey(name, identity.key_file.clone()));
                }
                Some(before) if before.public_key != identity.public_key => news.push(News::NewKey(name)),
                Some(before) if before.certificate != identity.certificate => {
                    news.push(News::NewCertificate(name));
                }
                _ => {}
            }
            identities.push(identity);
        }
        let nobodys = nobodys(config)?;
        let is_new_key = |news: &News| matches!(news, News::NewKey(_));
        // A session begun with a key ends with it.
        let tickets = if news.iter().any(is_new_key) { tls::tickets()? } else { self.tickets.clone() };
        let server = server(config, &identities, nobodys.as_ref(), &tickets)?;
        Ok(Renewed { identities, nobodys, tickets, server, news })
    }

    /// Puts what was read again in force, for connections from now on.
    pub(super) fn replace(&mut self, renewed: Renewed) {
        self.server.store(Arc::new(renewed.server));
        (self.identities, self.tickets) = (renewed.identities, renewed.tickets);
        self.nobodys = renewed.nobodys;
    }

    /// What to say at `now` about certificates that end soon.
    pub(super) fn warnings(&self, now: OffsetDateTime) -> Vec<Problem> {
        self.identities.iter().filter_map(|identity| identity.warning(now.unix_timestamp())).collect()
    }

    /// When the certificate of each capsule ends, in seconds since 1970.
    pub(super) fn expiries(&self) -> impl Iterator<Item = i64> {
        self.identities.iter().map(|identity| identity.expires)
    }

    /// The identity that a capsule has so far: the one of the same name kept in the same place.
    fn before(&self, capsule: &Capsule, running: &Config) -> Option<&Identity> {
        let is_it = |old: &&Capsule| old.hosts[0] == capsule.hosts[0] && old.key_store == capsule.key_store;
        let mut known = running.capsules.iter().zip(&self.identities);
        known.find(|(old, _)| is_it(old)).map(|(_, identity)| identity)
    }
}

/// How TLS is spoken with readers of hosted capsules.
pub(super) struct HostedTls {
    usual: ServerConfig,
    asking: ServerConfig,
}

impl HostedTls {
    /// With those of the capsule that shows `certified` and, if it `asks`, wants to see theirs. Its sessions are
    /// sealed by `tickets`: they end with its key, and none begins with another capsule's.
    pub(super) fn with(
        &self,
        certified: &Arc<CertifiedKey>,
        tickets: &Arc<dyn ProducesTickets>,
        asks: bool,
    ) -> Arc<ServerConfig> {
        let mut config = if asks { self.asking.clone() } else { self.usual.clone() };
        config.cert_resolver = Arc::new(CertificateResolver::new(Arc::clone(certified)));
        if !asks {
            config.ticketer = Arc::clone(tickets);
        }
        Arc::new(config)
    }
}

/// The identity of `localhost`, where no capsule is configured: somebody who names no host, or one that is not hosted
/// here, must be told so, and over Gemini that takes a certificate.
fn nobodys(config: &Config) -> anyhow::Result<Option<Identity>> {
    if !config.capsules.is_empty() {
        return Ok(None);
    }
    let key_store = KeyStore::Managed { folder: config.certs.clone() };
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let (identity, _) = identity::load_or_create(&key_store, &names)?;
    Ok(Some(identity))
}

/// The identity of a capsule that may be new here. A key that readers shall trust must outlive this process.
fn first(config: &Config, capsule: &Capsule) -> Result<(Identity, KeyOrigin), Problem> {
    let names = capsule.certified_names();
    let has_readers = capsule.hosts.iter().any(|host| !host.is_local());
    if has_readers && !config.ephemeral_keys {
        identity::check_persistence(&capsule.key_store, &names)?;
    }
    identity::load_or_create(&capsule.key_store, &names)
}

fn server(
    config: &Config,
    identities: &[Identity],
    nobodys: Option<&Identity>,
    tickets: &Arc<dyn ProducesTickets>,
) -> anyhow::Result<Tls> {
    let first = identities.first().or(nobodys).context("there is a key for nobody's readers")?;
    let mut certificates = CertificateResolver::new(first.certified.clone());
    for (capsule, identity) in config.capsules.iter().zip(identities) {
        certificates.add(capsule.hosts.iter().map(HostName::as_str), &identity.certified);
    }
    let certificates = Arc::new(certificates);
    let versions = config.gemini.versions;
    let usual = tls::server_config(versions, certificates.clone(), tickets.clone())
        .context("TLS cannot be set up")?;
    let has_private = |capsule: &&Capsule| !capsule.private.is_empty();
    if !config.capsules.iter().any(|capsule| has_private(&capsule)) {
        return Ok(Tls::new(usual));
    }
    let asking = tls::client_auth_config(versions, certificates).context("TLS cannot be set up")?;
    let asked = config
        .capsules
        .iter()
        .filter(has_private)
        .flat_map(|capsule| capsule.hosts.iter().map(ToString::to_string));
    let unnamed = config.capsules.first().is_some_and(|first| has_private(&first));
    Ok(Tls::new(usual).with_client_auth(asking, asked.collect(), unnamed))
}
