//! [`Reach`]: how readers reach this server, as its pages and protocols say of themselves.

use super::bind::{Sockets, Spoken};
use crate::config::{Capsule, Config};
use crate::host::{GEMINI_PORT, HostName};
use crate::publish::PublishOptions;
use crate::site::Authority;

/// Ports and Gopher holes. They are known once the sockets are bound, and stay as they are until the next start.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    pub(super) gemini_port: u16,
    holes: Vec<Hole>,
}

/// Listeners that speak Gopher for one capsule.
#[derive(Debug, Clone)]
struct Hole {
    /// The index of the capsule at the start.
    index: usize,
    /// Its name.
    capsule: HostName,
    authority: Authority,
}

impl Reach {
    pub(super) fn of(config: &Config, sockets: &Sockets) -> Self {
        let gemini_port = config.gemini.port.or(sockets.port(Spoken::Gemini)).unwrap_or(GEMINI_PORT);
        let hole = |(index, capsule): (usize, &Capsule)| {
            let gopher = capsule.gopher.as_ref()?;
            let port = gopher.port.or(sockets.port(Spoken::Gopher(index)))?;
            let authority = Authority { host: gopher.hostname.to_string(), port };
            Some(Hole { index, capsule: capsule.hosts[0].clone(), authority })
        };
        Self { gemini_port, holes: config.capsules.iter().enumerate().filter_map(hole).collect() }
    }

    /// The capsules of `config` with their host names, published under the advertised addresses.
    pub(super) fn publish_options<'a>(
        &'a self,
        config: &'a Config,
    ) -> impl Iterator<Item = (Vec<String>, PublishOptions)> + 'a {
        config.capsules.iter().enumerate().map(|(index, capsule)| {
            let mut site = config.site_options(capsule);
            site.gemini = self.gemini(capsule);
            site.gopher = self.gopher(index, capsule).cloned();
            let hosts = capsule.hosts.iter().map(ToString::to_string).collect();
            (hosts, PublishOptions::new(config, capsule, site))
        })
    }

    /// The address of a capsule over Gemini.
    pub(super) fn gemini(&self, capsule: &Capsule) -> Authority {
        Authority { host: capsule.hosts[0].to_string(), port: self.gemini_port }
    }

    /// The hole of the capsule that stands at `index` of the configuration. The first hole is the first capsule's,
    /// whatever that is called after a change of the configuration; the others belong to a name.
    pub(super) fn gopher(&self, index: usize, capsule: &Capsule) -> Option<&Authority> {
        let is_its = |hole: &&Hole| (hole.index == 0, &hole.capsule) == (false, &capsule.hosts[0]);
        let hole = match index {
            0 => self.holes.iter().find(|hole| hole.index == 0),
            _ => self.holes.iter().find(is_its),
        };
        hole.map(|hole| &hole.authority)
    }

    /// The URL of the index of `capsule` over Gemini.
    pub(super) fn gemini_url(&self, capsule: &Capsule) -> String {
        format!("{}/", self.gemini(capsule).url("gemini", GEMINI_PORT))
    }
}
