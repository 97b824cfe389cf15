//! Private areas as readers meet them: a door before a [`Site`] of its own.
//!
//! The site of everybody was made of a capsule that does not hold what is private, so a door that somebody forgets
//! leads to nothing instead of letting people in.

use std::sync::Arc;

use super::{ReaderId, Site};
use crate::capsule::CapsulePath;
use crate::render::lines::Lines;

/// Where everybody can read how to get in, unless an essay stands there.
pub(super) const ACCESS: &str = "/access.gmi";

/// A private area, with what its readers get.
#[derive(Debug, Clone)]
pub struct Area {
    path: CapsulePath,
    readers: Vec<ReaderId>,
    site: Arc<Site>,
}

impl Area {
    /// The area that `site`, made by [`Site::for_area`], shows to `readers`.
    ///
    /// # Panics
    ///
    /// If `site` was not made for an area.
    pub fn new(site: Arc<Site>, readers: Vec<ReaderId>) -> Self {
        let path = site.area.clone().expect("a site that was made for an area");
        Self { path, readers, site }
    }

    /// The folder it is, with a slash at its end.
    pub fn path(&self) -> &CapsulePath {
        &self.path
    }

    /// Whether somebody who may be listed under any of `ids` is on the list.
    pub fn admits(&self, ids: &[ReaderId]) -> bool {
        self.readers.iter().any(|reader| ids.contains(reader))
    }

    /// What its readers get.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }
}

/// The page that says how to get in. It names no area: whoever knows of one was told its address.
pub(super) fn access_page(back_label: &str) -> String {
    let mut page = Lines::new();
    page.heading(1, "How to read what is private").blank();
    for text in [
        "A part of this capsule is for readers whom its author knows. They are known by an identity: a client \
         certificate, which your client makes in a moment. It need not hold your name.",
        "1. Make a new identity in your client, and use it for the address that you were given.",
        "2. Open that address. The answer shows the fingerprint of your identity. If it asks for a certificate \
         again, the identity is not in use there yet.",
        "3. Send the fingerprint to the author. It is no secret: it only tells your identity from others.",
        "4. Once the author has put it on the list, open the address again.",
        "Keep the identity: with another one you are somebody else here.",
    ] {
        page.text(text).blank();
    }
    page.link("/", back_label);
    page.finish()
}
