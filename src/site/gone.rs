//! [`Gone`]: what the author withdrew, so that readers and crawlers are told so instead of nothing.

use std::collections::HashSet;

use crate::capsule::{CapsulePath, bare_name};

/// The addresses of what was withdrawn.
#[derive(Debug, Default)]
pub(super) struct Gone {
    /// Single texts, in the form without extension, so that all their forms are gone, and anything else as it is.
    names: HashSet<CapsulePath>,
    /// Folders, with everything below them.
    folders: Vec<CapsulePath>,
}

impl Gone {
    pub(super) fn of(addresses: &[CapsulePath]) -> Self {
        let (folders, names): (Vec<_>, Vec<_>) = addresses.iter().partition(|address| address.is_folder());
        Self {
            names: names.into_iter().filter_map(bare_name).collect(),
            folders: folders.into_iter().cloned().collect(),
        }
    }

    /// Whether what stood at `path` was withdrawn, whatever form of it is asked for.
    pub(super) fn has(&self, path: &CapsulePath) -> bool {
        self.folders.iter().any(|folder| path.is_within(folder))
            || !self.names.is_empty() && bare_name(path).is_some_and(|name| self.names.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_text_and_all_of_a_folder_are_gone() {
        let path = |raw: &str| CapsulePath::from_decoded(raw).expect("a name");
        let gone = Gone::of(&["/films/old.gmi", "/diary/", "/lamp.png"].map(path));
        for (at, expected) in [
            ("/films/old.gmi", true),
            ("/films/old.txt", true),
            ("/films/old.md", true),
            ("/films/old", true),
            ("/films/old/", true),
            ("/films/older.gmi", false),
            ("/films/", false),
            ("/diary/", true),
            ("/diary", true),
            ("/diary/a/b.gmi", true),
            ("/diaries/a.gmi", false),
            ("/lamp.png", true),
            ("/lamp.gmi", false),
            ("/", false),
        ] {
            assert_eq!(gone.has(&path(at)), expected, "{at}");
        }
    }
}
