//! Every address of an edition, without a reader who asks for it: for copies of it, and for tests that leave nothing out.

use std::collections::BTreeSet;

use super::feed::{self, Feed};
use super::listing::Listing;
use super::overview::Overview;
use super::register::Kind;
use super::{Lookup, Medium, Site, index, is_bare};
use crate::capsule::{CapsulePath, media};

impl Site {
    /// Every address at which readers of `medium` find a page or a file, in order. What answers questions is not one
    /// of them, and neither is what only leads elsewhere.
    pub fn addresses(&self, medium: Medium) -> Vec<CapsulePath> {
        let capsule = &self.capsule;
        let mut found: BTreeSet<CapsulePath> = self.folders(medium);
        let feeds: Vec<CapsulePath> =
            found.iter().filter_map(|folder| self.feed_of(folder, medium)).collect();
        found.extend(feeds);
        found.extend(self.fixed.keys().filter(|(of, _)| *of == medium).map(|(_, path)| path.clone()));
        found.extend(capsule.files().map(|(path, _)| path.clone()));
        found.extend(capsule.texts().map(|text| text.path.clone()));
        for essay in capsule.essays() {
            let forms = media::ESSAY_FORMS.map(|extension| essay.base.with_suffix(extension));
            found.extend(forms.into_iter().filter(|path| self.essay_at(path, medium).is_some()));
        }
        let in_area = |path: &CapsulePath| self.area.as_ref().is_none_or(|area| path.is_within(area));
        found.into_iter().filter(|path| in_area(path) && !self.gone.has(path)).collect()
    }

    /// The addresses by which an essay was known before, or is known on the Web, each with where it stands now: those
    /// that its author names.
    pub fn moved(&self, medium: Medium) -> Vec<(CapsulePath, CapsulePath)> {
        let named = self.capsule.essays().iter().flat_map(|essay| {
            essay
                .metadata
                .aliases
                .iter()
                .chain(&essay.metadata.web_paths)
                .filter(|written| !written.contains(':'))
        });
        let paths: BTreeSet<CapsulePath> =
            named.filter_map(|written| CapsulePath::root().join(written).ok()).collect();
        let target = |path: CapsulePath| match self.lookup(&path, medium) {
            Lookup::Moved(target) => Some((path, target)),
            _ => None,
        };
        paths.into_iter().filter_map(target).collect()
    }

    /// The pages of lists: those that stand by themselves, and whatever they lead to.
    fn folders(&self, medium: Medium) -> BTreeSet<CapsulePath> {
        let sections = self.capsule.sections().map(|section| section.address.clone());
        let mut next: Vec<CapsulePath> = sections.chain(Kind::ALL.map(Kind::address)).collect();
        let mut found = BTreeSet::new();
        while let Some(path) = next.pop() {
            if found.contains(&path) {
                continue;
            }
            if let Some(listing) = self.list_at(&path, medium) {
                next.extend(listing.targets().filter(|target| target.is_folder()).cloned());
                found.insert(path);
            }
        }
        found
    }

    /// The page of a folder before it is written down, as [`Site::lookup`] chooses it.
    fn list_at(&self, path: &CapsulePath, medium: Medium) -> Option<Listing> {
        let section = self.capsule.section(path);
        let links = self.links(path, medium, false);
        if let Some(section) = section.filter(|section| !is_bare(section)) {
            return Some(index::listing(section, &links));
        }
        let overview = Overview::at(path, &links).map(|overview| overview.listing(path, &links));
        overview.or_else(|| section.map(|section| index::listing(section, &links)))
    }

    fn feed_of(&self, folder: &CapsulePath, medium: Medium) -> Option<CapsulePath> {
        let path = folder.join(feed::NAME).ok()?;
        Feed::at(&path, &self.links(folder, medium, true)).map(|_| path.clone())
    }
}
