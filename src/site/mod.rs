//! The edition on the shelf: immutable, looked up by [`CapsulePath`].

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::capsule::media::Media;
use crate::capsule::{CapsulePath, FileRef};

/// The forms in which a capsule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Gemtext with link lines; text with LF line ends.
    Gemini,
    /// Menus and wrapped text, with CRLF line ends.
    Gopher,
}

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// A page made by us, ready to be sent.
    Page(Page),
    /// A file of the author's, sent as it is.
    File(FileRef, Media),
    /// Another address, permanently.
    Moved(CapsulePath),
    /// Nothing any more: the author said so.
    Gone,
    /// Nothing.
    Missing,
}

/// A page made by us, in the bytes of one [`Medium`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The media type with its parameters, as in `text/gemini; lang=en`.
    pub media_type: Arc<str>,
    /// The Gopher item type (RFC 1436, section 3.8): `0` for text, `1` for a menu.
    pub item_type: char,
    /// The whole page.
    pub bytes: Bytes,
}

/// One immutable edition of a capsule.
#[derive(Debug, Default)]
pub struct Site {
    pages: HashMap<(Medium, CapsulePath), Lookup>,
}

impl Site {
    /// What stands at `path` for readers of `medium`.
    pub fn lookup(&self, path: &CapsulePath, medium: Medium) -> Lookup {
        self.pages.get(&(medium, path.clone())).cloned().unwrap_or(Lookup::Missing)
    }
}

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

    /// The capsule published as `host`: without case, in punycode, without a trailing dot.
    pub fn by_host(&self, host: &str) -> Option<&Arc<Site>> {
        self.by_host.get(host).map(|&index| &self.sites[index])
    }

    /// The capsule for readers who name no host; the first configured one.
    pub fn first(&self) -> Option<&Arc<Site>> {
        self.sites.first()
    }
}
