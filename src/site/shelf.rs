//! [`Shelf`]: the sites of a server by host name.

use std::collections::HashMap;
use std::sync::Arc;

use super::Site;

/// Every capsule this server publishes, each under its host names.
#[derive(Debug, Default)]
pub struct Shelf {
    sites: Vec<Arc<Site>>,
    by_host: HashMap<String, usize>,
}

impl Shelf {
    /// The capsules in order of configuration, each with all its host names.
    pub fn new(sites: impl IntoIterator<Item = (Vec<String>, Arc<Site>)>) -> Self {
        let mut shelf = Self::default();
        for (hosts, site) in sites {
            let index = shelf.sites.len();
            shelf.sites.push(site);
            for host in hosts {
                shelf.by_host.insert(host.to_ascii_lowercase(), index);
            }
        }
        shelf
    }

    /// Looks up now what the first reader of an essay would have to wait for.
    pub fn prepare(&self) {
        self.sites.iter().for_each(|site| site.prepare());
    }

    /// The capsule published as `host`: without case, in punycode, without a trailing dot.
    pub fn by_host(&self, host: &str) -> Option<&Arc<Site>> {
        self.by_host.get(host).map(|&index| &self.sites[index])
    }

    /// Whether there is more than one capsule.
    pub fn has_several(&self) -> bool {
        self.sites.len() > 1
    }

    /// The capsule for readers who name no host; the first configured one.
    pub fn first(&self) -> Option<&Arc<Site>> {
        self.sites.first()
    }
}
