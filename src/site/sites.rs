//! [`Sites`]: the sites of a server by host name.

use std::collections::HashMap;
use std::sync::Arc;

use super::snapshot::Site;

/// The sites of all capsules of a server, each under its host names.
#[derive(Debug, Default)]
pub struct Sites {
    sites: Vec<Arc<Site>>,
    by_host: HashMap<String, usize>,
}

impl Sites {
    /// Creates the sites from each site with its host names, in the order of the configuration.
    pub fn new(sites: impl IntoIterator<Item = (Vec<String>, Arc<Site>)>) -> Self {
        let mut by_name = Self::default();
        for (hosts, site) in sites {
            let index = by_name.sites.len();
            by_name.sites.push(site);
            for host in hosts {
                by_name.by_host.insert(host.to_ascii_lowercase(), index);
            }
        }
        by_name
    }

    /// Resolves the backlinks of all sites, which otherwise delays the first request of an essay.
    pub fn resolve_backlinks(&self) {
        self.sites.iter().for_each(|site| site.resolve_backlinks());
    }

    /// Returns the site published as `host`: in lower case, in punycode, without a trailing dot.
    pub fn by_host(&self, host: &str) -> Option<&Arc<Site>> {
        self.by_host.get(host).map(|&index| &self.sites[index])
    }

    /// Returns whether there is more than one capsule.
    pub fn has_several(&self) -> bool {
        self.sites.len() > 1
    }

    /// Returns the first configured site, for requests without a host name.
    pub fn first(&self) -> Option<&Arc<Site>> {
        self.sites.first()
    }
}
