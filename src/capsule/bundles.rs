//! [`Bundles`]: essays whose pictures lie beside them in a folder of their own.

use std::collections::HashSet;

use super::placement::Placement;
use super::{CapsulePath, Essay};

/// The folders of essays with what lies beside them: where readers get no essay, they get nothing of it.
#[derive(Debug, Default)]
pub(super) struct Bundles {
    hidden: HashSet<CapsulePath>,
    visible: HashSet<CapsulePath>,
}

impl Bundles {
    pub(super) fn count(&mut self, essay: &Essay, placement: &Placement, visible: bool) {
        let folder = essay.source.path.parent();
        let is_bundle = matches!(placement, Placement::Essay(place) if place.base.parent() != folder);
        if is_bundle {
            if visible { &mut self.visible } else { &mut self.hidden }.insert(folder);
        }
    }

    pub(super) fn any_hidden(&self) -> bool {
        !self.hidden.is_empty()
    }

    /// Whether `path` lies in the folder of an essay that readers get in no language.
    pub(super) fn hide(&self, path: &CapsulePath) -> bool {
        let mut folder = path.parent();
        loop {
            if self.hidden.contains(&folder) && !self.visible.contains(&folder) {
                return true;
            }
            let parent = folder.parent();
            if parent == folder {
                return false;
            }
            folder = parent;
        }
    }
}
