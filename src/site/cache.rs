//! [`PageCache`]: rendered pages, kept for the next reader and across snapshots.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::sync::Cache;

use super::context::SiteContext;
use super::options::Medium;
use crate::capsule::{Capsule, CapsulePath, Essay};

/// A generated page in the bytes of one [`Medium`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedPage {
    /// The media type with its parameters, as in `text/gemini; lang=en`.
    pub media_type: Arc<str>,
    /// The Gopher item type (RFC 1436, section 3.8): `0` for text, `1` for a menu.
    pub item_type: char,
    /// The whole page.
    pub bytes: Bytes,
}

impl RenderedPage {
    pub(super) fn new(media_type: &str, item_type: char, bytes: impl Into<Vec<u8>>) -> Self {
        // Spare capacity would stay in the cache uncounted.
        let bytes: Vec<u8> = bytes.into();
        Self { media_type: media_type.into(), item_type, bytes: Bytes::from(bytes.into_boxed_slice()) }
    }
}

/// Rendered pages, bounded in bytes.
#[derive(Debug)]
pub(super) struct PageCache(Cache<Key, RenderedPage, ByBytes>);

/// The medium and address of a page.
pub(super) type Key = (Medium, CapsulePath);

impl PageCache {
    pub(super) fn new(bytes: u64) -> Self {
        // The number of pages only sizes the first allocation; a page takes some 4 KB.
        let pages = usize::try_from(bytes / 4096).unwrap_or(usize::MAX).clamp(16, 1 << 16);
        Self(Cache::with_weighter(pages, bytes, ByBytes))
    }

    /// Returns the page of `key`, rendering it with `render` if it is not in the cache.
    pub(super) fn get_or_make(&self, key: Key, render: impl FnOnce() -> Option<RenderedPage>) -> Option<RenderedPage> {
        if let Some(page) = self.0.get(&key) {
            return Some(page);
        }
        let page = render()?;
        self.0.insert(key, page.clone());
        Some(page)
    }

    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.0.weight()).unwrap_or(usize::MAX)
    }

    /// Inserts the pages of `previous` that are those of `new` too. Both sites must have the same outline (see
    /// [`same_outline`]), and `stale` names the essays whose backlinks have changed.
    pub(super) fn reuse(&self, previous: &Self, old: &SiteContext, new: &SiteContext, stale: &HashSet<u32>) {
        let introduction = |folder: &CapsulePath| {
            let of = |capsule: &Capsule| capsule.introduction(folder).map(Arc::as_ptr);
            of(&old.capsule) == of(&new.capsule)
        };
        // Feeds name the author of the capsule, and some quote the opening of essays.
        let feeds = introduction(&CapsulePath::root())
            && !changed(&old.capsule, &new.capsule)
                .any(|(was, is)| super::feed::quotes_opening(was) || super::feed::quotes_opening(is));
        for ((medium, path), page) in previous.0.iter() {
            let unchanged = match new.essay_at(&path, medium) {
                Some((is, _)) => {
                    let same = old.capsule.essay(&is.base).is_some_and(|was| Arc::ptr_eq(was, is));
                    same && !new.capsule.index_of(&is.base).is_some_and(|index| stale.contains(&index))
                }
                None if path.is_folder() => introduction(&path),
                None => feeds,
            };
            if unchanged {
                self.0.insert((medium, path), page);
            }
        }
    }
}

/// Weighs a page and its key, with some bytes for the bookkeeping of the cache.
#[derive(Debug, Clone)]
struct ByBytes;

impl quick_cache::Weighter<Key, RenderedPage> for ByBytes {
    fn weight(&self, (_, path): &Key, page: &RenderedPage) -> u64 {
        (path.as_str().len() + page.bytes.len() + 128) as u64
    }
}

/// Returns whether two capsules are equal in all that pages show of other essays, so that only changed texts differ.
pub(super) fn same_outline(old: &Capsule, new: &Capsule) -> bool {
    let is_same = |(a, b): (&Essay, &Essay)| {
        (&a.base, a.kind, &a.title, a.date, &a.metadata) == (&b.base, b.kind, &b.title, b.date, &b.metadata)
    };
    outline(old) == outline(new) && changed(old, new).all(is_same)
}

/// Returns what pages show of a capsule besides its essays, and the numbers of these.
fn outline(capsule: &Capsule) -> impl PartialEq {
    let sections: Vec<_> = capsule.sections.values().map(|section| (&section.address, &section.title)).collect();
    let files: HashSet<_> = capsule.files.keys().chain(capsule.texts.keys()).collect();
    let snippets: Vec<_> = capsule.snippets.iter().map(|(which, text)| (which, Arc::as_ptr(text))).collect();
    (&capsule.title, capsule.essays().len(), capsule.addressable().len(), sections, files, snippets)
}

/// Returns the essays that differ between two capsules with equally many essays, each in its old and new version.
fn changed<'a>(old: &'a Capsule, new: &'a Capsule) -> impl Iterator<Item = (&'a Essay, &'a Essay)> {
    let pairs = old.addressable().iter().zip(new.addressable());
    pairs.filter(|(was, is)| !Arc::ptr_eq(was, is)).map(|(was, is)| (was.as_ref(), is.as_ref()))
}
