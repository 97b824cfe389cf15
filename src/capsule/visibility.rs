//! Who may see an essay: [`Visibility`] on a given day, and private areas with the [`Audience`] of a build.
//!
//! A capsule is built for one audience and holds only what that may see; nothing made from it can show anything else.

use super::CapsulePath;
use crate::host::Fingerprint;

/// Whether readers may see an essay, and find it in lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Visibility {
    /// Readers may see the essay.
    Public,
    /// Readers get the essay at its address, but no list, feed, search or taxonomy leads to it.
    Unlisted,
    /// Readers may not see the essay.
    Hidden(HiddenReason),
}

/// Why readers may not see an essay; the first reason that holds is the one reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HiddenReason {
    /// It is a draft, by its front matter, its folder or its name.
    Draft,
    /// Its front matter says that it is not published.
    Unpublished,
    /// Its expiry date has passed.
    Expired,
    /// Its publication date lies in the future.
    Future,
}

/// Returns the names in `path` that mark a draft; with a site generator, only `_drafts` (Jekyll) does.
pub fn draft_names(path: &CapsulePath) -> impl Iterator<Item = &str> {
    let is_mark = |name: &str| ["drafts", "draft", "private", "unpublished", "wip"].contains(&name);
    let is_folder = move |name: &&str| is_mark(name.to_lowercase().trim_start_matches('_'));
    let name = path.name().to_lowercase();
    let is_marked = [".draft.", "(draft)", "[draft]"].iter().any(|mark| name.contains(mark));
    path.segments().filter(is_folder).chain(is_marked.then_some(".draft"))
}

/// A folder that only readers with certain client certificates may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PrivateArea {
    /// The folder, with a slash at its end; everything below it belongs to the area, by whole segments.
    pub path: CapsulePath,
    /// Whether drafts, unpublished and future essays outside show in it: `/films/new.md` as `/drafts/films/new.gmi`.
    pub drafts: bool,
    /// The fingerprints of its readers' certificates, or of the keys in them.
    pub readers: Vec<Fingerprint>,
}

impl PrivateArea {
    /// Returns which of `areas` the file at `path` lies in; of nested ones, the innermost.
    pub fn innermost<'a>(path: &CapsulePath, areas: &'a [Self]) -> Option<&'a Self> {
        areas.iter().filter(|area| path.is_within(&area.path)).max_by_key(|area| area.path.segments().count())
    }
}

/// The intended readers of a capsule.
#[derive(Debug, Clone)]
pub enum Audience {
    /// All readers.
    Public,
    /// The author, who sees the file of this name even if it is hidden.
    Author(CapsulePath),
    /// The readers of one private area, who also see what is public so that links can lead there.
    Area(PrivateArea),
}

impl Audience {
    /// Returns whether the audience may see the file at `path`, where `areas` are all private areas.
    pub(super) fn may_see(&self, path: &CapsulePath, areas: &[PrivateArea]) -> bool {
        match (PrivateArea::innermost(path, areas), self) {
            (None, _) => true,
            (Some(_), Self::Public) => false,
            (Some(area), Self::Author(shown)) => PrivateArea::innermost(shown, areas) == Some(area),
            (Some(area), Self::Area(own)) => area.path == own.path,
        }
    }

    /// Returns the base address at which the audience sees the essay in `source`, which is hidden for `reason`, or
    /// `None` if it stays hidden. An area has no page for a folder outside it, and so none for its introduction.
    pub(super) fn preview(
        &self,
        source: &CapsulePath,
        base: &CapsulePath,
        reason: HiddenReason,
    ) -> Option<CapsulePath> {
        match self {
            Self::Author(shown) if source == shown => Some(base.clone()),
            Self::Area(area) if reason != HiddenReason::Expired => {
                self.address_in_area(base).filter(|_| source.is_within(&area.path) || !base.is_folder())
            }
            _ => None,
        }
    }

    /// Returns the address at which the audience sees the hidden file or essay of `path`, if it may see it.
    pub(super) fn address_in_area(&self, path: &CapsulePath) -> Option<CapsulePath> {
        let area = self.area().filter(|area| area.drafts)?;
        if path.is_within(&area.path) { Some(path.clone()) } else { area.path.join(path.as_relative()).ok() }
    }

    /// Returns the private area whose readers are the audience.
    pub(super) fn area(&self) -> Option<&PrivateArea> {
        if let Self::Area(area) = self { Some(area) } else { None }
    }
}
