//! [`Titles`]: what things are called where their address is not said.

use std::collections::HashMap;

use crate::capsule::{Capsule, CapsulePath};

/// Essays by what wiki links call them: file name, slug, title, other titles; attachments by the names of their files.
/// All without case.
#[derive(Debug, Default)]
pub(super) struct Titles {
    essays: HashMap<String, u32>,
    files: HashMap<String, Vec<CapsulePath>>,
}

impl Titles {
    pub(super) fn of(capsule: &Capsule) -> Self {
        let mut titles = Self::default();
        for (index, essay) in (0..).zip(capsule.essays()) {
            let names = [essay.base.name(), essay.source.path.stem(), &essay.title];
            let synonyms = essay.metadata.synonyms.iter().map(String::as_str);
            for name in names.into_iter().chain(synonyms) {
                titles.essays.entry(name.to_lowercase()).or_insert(index);
            }
        }
        for (path, _) in capsule.files() {
            titles.files.entry(path.name().to_lowercase()).or_default().push(path.clone());
        }
        titles
    }

    /// The index of the essay that is called `name`.
    pub(super) fn essay(&self, name: &str) -> Option<u32> {
        self.essays.get(&name.to_lowercase()).copied()
    }

    /// The one attachment whose path ends in `name`, which may have folders before it; none if there are several.
    pub(super) fn file(&self, name: &str) -> Option<&CapsulePath> {
        let end = format!("/{}", name.to_lowercase());
        let called = self.files.get(end.rsplit('/').next().unwrap_or_default())?;
        let mut found = called.iter().filter(|path| path.as_str().to_lowercase().ends_with(&end));
        found.next().filter(|_| found.next().is_none())
    }
}
