//! [`Names`]: every name an essay answers to besides its address.

use std::collections::HashMap;
use std::sync::Arc;

use super::{CapsulePath, Essay};

/// Addresses of the past and of the Web, each with the index of its essay. FrontMatterKeys have neither a slash at their
/// end nor an extension of web pages; the first essay to claim a name keeps it.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    by_path: HashMap<CapsulePath, u32>,
}

impl Names {
    pub(super) fn of(essays: &[Arc<Essay>]) -> Self {
        let mut names = Self::default();
        for (index, essay) in (0..).zip(essays) {
            for written in essay.metadata.aliases.iter().chain(&essay.metadata.web_paths) {
                // An address with a scheme is a page elsewhere; one with a colon is a Jekyll pattern.
                if !written.contains(':') {
                    names.claim(CapsulePath::root().join(written).ok().as_ref(), index);
                }
            }
        }
        for (index, essay) in (0..).zip(essays) {
            let file = essay.source.path.without_extension();
            if file != essay.base {
                names.claim(Some(&file), index);
            }
            let Some(date) = essay.date else { continue };
            let (dated, bare) = super::date::in_path(&[essay.source.path.stem()]);
            if dated.is_some() {
                let folder = essay.base.parent();
                names.claim(folder.join(bare).ok().as_ref(), index);
                let web = format!("/{}/{bare}", date.to_string().replace('-', "/"));
                names.claim(CapsulePath::from_decoded(&web).ok().as_ref(), index);
            }
        }
        for (index, essay) in (0..).zip(essays) {
            // Hugo reads an alias without a slash in front from the folder of the page.
            for written in essay.metadata.aliases.iter().filter(|alias| !alias.starts_with('/')) {
                names.claim(essay.base.join(written).ok().as_ref(), index);
            }
            names.claim(essay.variant.as_ref().map(|variant| &variant.of), index);
        }
        names
    }

    fn claim(&mut self, path: Option<&CapsulePath>, index: u32) {
        if let Some(path) = path.and_then(without_web_suffix) {
            self.by_path.entry(path).or_insert(index);
        }
    }

    /// The index of the essay that answers to `name`, a plain one.
    pub(super) fn find(&self, name: &CapsulePath) -> Option<u32> {
        self.by_path.get(name).copied()
    }
}

/// The form in which a name is kept: `/a/b/`, `/a/b/index.html` and `/a/b.html` are all `/a/b`; the root has
/// none. A file with a slash behind it is no other name of that file.
pub fn without_web_suffix(path: &CapsulePath) -> Option<CapsulePath> {
    let text = path.as_str();
    let ends = ["/index.html", "/index.htm", ".html", ".htm", ".md", ".markdown", ".gmi", ".txt"];
    let text = match text.strip_suffix('/') {
        Some(folder) => folder,
        None => ends.iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text),
    };
    if text.is_empty() { None } else { CapsulePath::from_decoded(text).ok() }
}
