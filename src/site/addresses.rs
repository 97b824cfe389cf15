//! The addresses of a site: for copies of it, and for tests that visit every page.

use std::collections::BTreeSet;

use super::feed::{self, Feed};
use super::lookup::{Lookup, is_bare};
use super::options::Medium;
use super::pages::Page;
use super::pages::lists;
use super::snapshot::Site;
use super::taxonomies::Kind;
use crate::capsule::{CapsulePath, media};

impl Site {
    /// Returns every address at which readers of `medium` get a page or a file, in order. The search and redirects are
    /// not included.
    pub fn addresses(&self, medium: Medium) -> Vec<CapsulePath> {
        let capsule = self.capsule();
        let mut found = self.lists(medium);
        let feeds = found.iter().filter_map(|folder| {
            let path = folder.join(feed::NAME).ok()?;
            Feed::at(&path, &self.links(folder, medium)).is_some().then_some(path)
        });
        let feeds: Vec<CapsulePath> = feeds.collect();
        found.extend(feeds);
        found.extend(self.generated.keys().filter(|(of, _)| *of == medium).map(|(_, path)| path.clone()));
        found.extend(capsule.files().map(|(path, _)| path.clone()));
        found.extend(capsule.texts().map(|text| text.path.clone()));
        for essay in capsule.addressable() {
            let forms = media::ESSAY_FORMS.map(|extension| essay.base.with_suffix(extension));
            found.extend(forms.into_iter().filter(|path| self.context.essay_at(path, medium).is_some()));
        }
        let area = self.context.private_area.as_ref();
        found.retain(|path| area.is_none_or(|area| path.is_within(area)) && !self.withdrawn.contains(path));
        found.into_iter().collect()
    }

    /// Returns the former addresses and Web addresses that authors give their essays, each with its target.
    pub fn moved(&self, medium: Medium) -> Vec<(CapsulePath, CapsulePath)> {
        let metadata = self.capsule().addressable().iter().map(|essay| &essay.metadata);
        let named = metadata.flat_map(|metadata| metadata.aliases.iter().chain(&metadata.web_paths));
        let local = named.filter(|written| !written.contains(':'));
        let paths: BTreeSet<CapsulePath> =
            local.filter_map(|written| CapsulePath::root().join(written).ok()).collect();
        let target = |path: CapsulePath| match self.lookup(&path, medium) {
            Lookup::Moved(target) => Some((path, target)),
            _ => None,
        };
        paths.into_iter().filter_map(target).collect()
    }

    /// Returns the addresses of list pages: of folders, of taxonomies, and of the lists that these link to.
    fn lists(&self, medium: Medium) -> BTreeSet<CapsulePath> {
        let sections = self.capsule().sections().map(|section| section.address.clone());
        let mut next: Vec<CapsulePath> = sections.chain(Kind::ALL.map(Kind::address)).collect();
        let mut found = BTreeSet::new();
        while let Some(path) = next.pop() {
            if found.contains(&path) {
                continue;
            }
            if let Some(page) = self.list_at(&path, medium) {
                next.extend(page.targets().filter(|target| target.is_folder()).cloned());
                found.insert(path);
            }
        }
        found
    }

    /// Returns the list page that [`Site::lookup`] shows at `path`.
    fn list_at(&self, path: &CapsulePath, medium: Medium) -> Option<Page> {
        let links = self.links(path, medium);
        let section = self.capsule().section(path);
        let folder = |section| lists::folder(section, &links);
        if let Some(section) = section.filter(|section| !is_bare(section)) {
            return Some(folder(section));
        }
        lists::taxonomy(path, &links).or_else(|| section.map(folder))
    }
}
