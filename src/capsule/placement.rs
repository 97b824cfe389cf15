//! Where a text stands in the capsule, judged by its name and its neighbours alone.

use std::collections::HashMap;
use std::sync::Arc;

use super::essay::Kind;
use super::{CapsulePath, Content, SourceFile};

/// What a text is, before anybody has read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placement {
    /// An essay at this address, which has no extension yet.
    Essay(CapsulePath),
    /// The introduction of this folder; of several, the one with the lowest rank is taken.
    Introduction(CapsulePath, u8),
    /// A text to be handed out as it is.
    Plain,
    /// Nothing to readers: a partial or template.
    Ignored,
}

/// The folders that hold more than one text, themselves or below: an `index.md` there introduces them.
/// Alone in its folder it is an essay with its pictures beside it.
pub(super) struct Neighbours {
    texts: HashMap<CapsulePath, u32>,
}

impl Neighbours {
    pub(super) fn of(sources: &[Arc<SourceFile>]) -> Self {
        let mut texts: HashMap<CapsulePath, u32> = HashMap::new();
        for source in sources {
            if !matches!(source.content, Content::Text(_)) || Kind::of(&source.path) == Some(Kind::Text) {
                continue;
            }
            // Whether a folder holds one text or more is all that is asked: its first two count for the folders
            // above it too, later ones tell them nothing new.
            let mut folder = source.path.parent();
            loop {
                let count = texts.entry(folder.clone()).or_default();
                *count += 1;
                let parent = folder.parent();
                if parent == folder || *count > 2 {
                    break;
                }
                folder = parent;
            }
        }
        Self { texts }
    }

    fn alone_in(&self, folder: &CapsulePath) -> bool {
        self.texts.get(folder).is_none_or(|&count| count <= 1)
    }

    pub(super) fn place(&self, path: &CapsulePath) -> Placement {
        let folder = path.parent();
        let stem = path.stem();
        let root = folder == CapsulePath::root();
        match (stem, Kind::of(path)) {
            (_, None) => Placement::Ignored,
            (_, Some(Kind::Text)) => match super::date::in_path(&[stem]).0 {
                Some(_) => Placement::Essay(path.without_extension()),
                None => Placement::Plain,
            },
            ("_index", _) => Placement::Introduction(folder, 0),
            (_, Some(_)) if stem.eq_ignore_ascii_case("index") => {
                if root || !self.alone_in(&folder) {
                    return Placement::Introduction(folder, 1);
                }
                let bundle = folder.as_str().trim_end_matches('/');
                CapsulePath::from_decoded(bundle).map_or(Placement::Ignored, Placement::Essay)
            }
            (_, Some(_)) if stem.eq_ignore_ascii_case("readme") => Placement::Introduction(folder, 2),
            (_, Some(_)) if stem.starts_with('_') => Placement::Ignored,
            _ => Placement::Essay(path.without_extension()),
        }
    }
}
