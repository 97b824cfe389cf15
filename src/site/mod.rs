//! The pages of a capsule: a [`Site`] is one snapshot, looked up by [`CapsulePath`](crate::capsule::CapsulePath).
//!
//! `lookup` decides what stands at an address. `pages` builds list pages, essays and search results, which `links`,
//! `taxonomies` and `languages` tell where to lead; `feed` writes Atom; `cache` keeps what was rendered. [`lint`]
//! reports what the author can correct. [`Sites`] holds the sites of a server by host name.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod options;

mod languages;
mod taxonomies;

mod context;
mod links;

mod feed;
mod pages;

mod cache;

mod addresses;
mod lint;
mod lookup;
mod sites;

pub use cache::RenderedPage;
pub use lint::lint;
pub use lookup::{Lookup, PrivateSite, Site};
pub use options::{Authority, Medium, MetaLine, PageOptions, SiteOptions};
pub use sites::Sites;
