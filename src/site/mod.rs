//! The pages of a capsule. A [`Site`] is one immutable snapshot, looked up by path.
//!
//! `lookup` decides what stands at an address, `pages` builds it (lists, essays, search results), `feed` writes Atom,
//! and `cache` keeps what was rendered. `links` resolves the links of authors; `taxonomies` groups essays. [`lint()`]
//! reports what an author can correct. [`Sites`] holds the sites of a server by host name.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod cache;
mod context;
mod feed;
mod links;
mod lint;
mod lookup;
mod options;
mod pages;
mod snapshot;
mod taxonomies;

pub use cache::RenderedPage;
pub use links::has_scheme;
pub use lint::lint;
pub use lookup::Lookup;
pub use options::{Authority, Medium, MetaLine, SiteOptions};
pub use snapshot::{PrivateSite, Site, Sites};
