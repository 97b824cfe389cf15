//! [`RenderedPage`]: what readers get, and [`Pages`]: those that were made, for the next reader.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Medium;
use crate::capsule::CapsulePath;

/// A page made by us, in the bytes of one [`Medium`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedPage {
    /// The media type with its parameters, as in `text/gemini; lang=en`.
    pub media_type: Arc<str>,
    /// The Gopher item type (RFC 1436, section 3.8): `0` for text, `1` for a menu.
    pub item_type: char,
    /// The whole page.
    pub bytes: Bytes,
}

/// The page of these `bytes`.
pub(super) fn page(media_type: &str, item_type: char, bytes: impl Into<Vec<u8>>) -> RenderedPage {
    // What a page has room for besides its bytes would stay with it in the cache, and nobody would count it.
    let bytes: Vec<u8> = bytes.into();
    RenderedPage { media_type: media_type.into(), item_type, bytes: Bytes::from(bytes.into_boxed_slice()) }
}

/// Finished pages, of a bounded size in all.
#[derive(Debug)]
pub(super) struct Pages(Cache<Key, RenderedPage, ByBytes>);

type Key = (Medium, CapsulePath);

impl Pages {
    /// At most `bytes` of them.
    pub(super) fn of(bytes: u64) -> Self {
        // The number of pages is only a hint for the first allocation: pages of some four kilobytes.
        let pages = usize::try_from(bytes / 4096).unwrap_or(usize::MAX).clamp(16, 1 << 16);
        Self(Cache::with_weighter(pages, bytes, ByBytes))
    }

    /// The page at `path`, if it was made before.
    pub(super) fn get(&self, medium: Medium, path: &CapsulePath) -> Option<RenderedPage> {
        self.0.get(&(medium, path.clone()))
    }

    /// The page at `path`, made now if it was not before.
    pub(super) fn kept(
        &self,
        medium: Medium,
        path: &CapsulePath,
        make: impl FnOnce() -> RenderedPage,
    ) -> RenderedPage {
        let key = (medium, path.clone());
        if let Some(page) = self.0.get(&key) {
            return page;
        }
        let page = make();
        self.0.insert(key, page.clone());
        page
    }

    /// Keeps what another edition made.
    pub(super) fn take(&self, medium: Medium, path: CapsulePath, page: RenderedPage) {
        self.0.insert((medium, path), page);
    }

    /// Each of them, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, RenderedPage)> {
        self.0.iter()
    }

    /// What they take of memory.
    pub(super) fn bytes(&self) -> usize {
        usize::try_from(self.0.weight()).unwrap_or(usize::MAX)
    }
}

/// A page and its key weigh what they hold, and a little for the cache's own books.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Key, RenderedPage> for ByBytes {
    fn weight(&self, (_, path): &Key, page: &RenderedPage) -> u64 {
        (path.as_str().len() + page.bytes.len() + 128) as u64
    }
}
