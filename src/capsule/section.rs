//! [`Section`]: a folder with essays in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::essay::readable;
use super::{CapsulePath, Essay};

/// A folder of a capsule.
#[derive(Debug, Clone)]
pub struct Section {
    /// Its address, with a slash at its end.
    pub address: CapsulePath,
    /// Its name: the title of its introduction, else that of the folder.
    pub title: String,
    /// What its author says about it.
    pub introduction: Option<Arc<Essay>>,
    /// The essays that lie in it, those of its subsections not included: newest first, undated last.
    pub essays: Vec<Arc<Essay>>,
    /// The folders that lie in it, by name.
    pub subsections: Vec<CapsulePath>,
}

impl Section {
    /// Where `essay` stands among the essays of this section.
    pub fn position(&self, essay: &Essay) -> Option<usize> {
        self.essays.binary_search_by(|other| Essay::order(other, essay)).ok()
    }
}

/// The folders that hold `essays` (in order) or have an introduction, those that `always` are, and all folders above
/// them.
pub(super) fn sections(
    essays: &[Arc<Essay>],
    mut introductions: BTreeMap<CapsulePath, Arc<Essay>>,
    always: impl IntoIterator<Item = CapsulePath>,
) -> BTreeMap<CapsulePath, Section> {
    let mut sections: BTreeMap<CapsulePath, Section> = BTreeMap::new();
    let folders: Vec<CapsulePath> = introductions.keys().cloned().chain(always).collect();
    for folder in folders {
        open(&mut sections, &mut introductions, folder);
    }
    open(&mut sections, &mut introductions, CapsulePath::root());
    for essay in essays {
        let folder = essay.base.parent();
        if !sections.contains_key(&folder) {
            open(&mut sections, &mut introductions, folder.clone());
        }
        if let Some(section) = sections.get_mut(&folder) {
            section.essays.push(Arc::clone(essay));
        }
    }
    let addresses: Vec<CapsulePath> = sections.keys().cloned().collect();
    for address in addresses {
        let parent = address.parent();
        if parent != address
            && let Some(section) = sections.get_mut(&parent)
        {
            section.subsections.push(address);
        }
    }
    sections
}

/// Makes sure that `folder` and all folders above it are sections.
fn open(
    sections: &mut BTreeMap<CapsulePath, Section>,
    introductions: &mut BTreeMap<CapsulePath, Arc<Essay>>,
    mut folder: CapsulePath,
) {
    while !sections.contains_key(&folder) {
        let introduction = introductions.remove(&folder);
        let title =
            introduction.as_ref().map_or_else(|| readable(folder.name()), |essay| essay.title.clone());
        let parent = folder.parent();
        let section = Section {
            address: folder.clone(),
            title,
            introduction,
            essays: Vec::new(),
            subsections: Vec::new(),
        };
        sections.insert(folder, section);
        folder = parent;
    }
}
