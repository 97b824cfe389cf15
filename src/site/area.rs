//! Private areas as readers meet them: a door before a [`Site`] of its own.
//!
//! The site of everybody was made of a capsule that does not hold what is private, so a door that somebody forgets
//! leads to nothing instead of letting people in.

use std::sync::Arc;

use super::{Lookup, Medium, Site, SiteOptions, page};
use crate::capsule::{Capsule, CapsulePath};
use crate::host::Fingerprint;
use crate::render::lines::Lines;

/// Where everybody can read how to get in, unless an essay stands there.
const ACCESS: &str = "/access.gmi";

/// A private area, with what its readers get.
#[derive(Debug, Clone)]
pub struct PrivateSite {
    path: CapsulePath,
    readers: Vec<Fingerprint>,
    site: Arc<Site>,
}

impl PrivateSite {
    /// The area that `site`, made by [`Site::for_private_area`], shows to `readers`.
    ///
    /// # Panics
    ///
    /// If `site` was not made for an area.
    pub fn new(site: Arc<Site>, readers: Vec<Fingerprint>) -> Self {
        let path = site.area.clone().expect("a site that was made for an area");
        Self { path, readers, site }
    }

    /// The folder it is, with a slash at its end.
    pub fn path(&self) -> &CapsulePath {
        &self.path
    }

    /// Whether somebody who may be listed under any of `ids` is on the list.
    pub fn admits(&self, ids: &[Fingerprint]) -> bool {
        self.readers.iter().any(|reader| ids.contains(reader))
    }

    /// What its readers get.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }
}

impl Site {
    /// An edition for the readers of the private area at `area`, of a capsule that was built for them. It answers
    /// within the area only, has no feeds, and its index is the page of the area.
    pub fn for_private_area(
        capsule: Arc<Capsule>,
        area: CapsulePath,
        options: &SiteOptions,
        previous: Option<&Self>,
    ) -> Self {
        Self::make(capsule, Some(area), options, previous)
    }

    /// The same edition with doors to private areas.
    #[must_use]
    pub fn with_private_areas(mut self, areas: Vec<PrivateSite>) -> Self {
        if !areas.is_empty()
            && let Ok(at) = CapsulePath::from_decoded(ACCESS)
            && self.capsule.essay(&at.without_extension()).is_none()
        {
            let text = access_page(&self.options.pages.back_label);
            let page = page("text/gemini; lang=en", '0', text);
            self.fixed.insert((Medium::Gemini, at), Lookup::Page(page));
        }
        self.areas = areas;
        self
    }

    /// The private area that `path` lies in, by whole segments; of several around it, the innermost. What says how
    /// to get in lies in none.
    pub fn private_area(&self, path: &CapsulePath) -> Option<&PrivateSite> {
        if path.as_str() == ACCESS {
            return None;
        }
        let around = self.areas.iter().filter(|area| path.is_within(area.path()));
        around.max_by_key(|area| area.path().segments().count())
    }

    /// Where it is said how to get into the private areas, as a URL over Gemini.
    pub fn access_url(&self) -> String {
        format!("{}{}", self.options.gemini.url("gemini", 1965), ACCESS)
    }
}

/// The page that says how to get in. It names no area: whoever knows of one was told its address.
fn access_page(back_label: &str) -> String {
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
