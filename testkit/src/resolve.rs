//! A resolver of links for conversions without a capsule.

use lamplit::markup::{Link, LinkKind};
use lamplit::render::{Resolve, Target};

/// Leaves every destination as it is written. Links to fragments lead nowhere, and wiki links only to URLs.
pub struct AsWritten;

impl Resolve for AsWritten {
    fn link(&self, link: &Link<'_>) -> Target {
        let is_wiki = matches!(link.kind, LinkKind::Wiki | LinkKind::WikiLabelled);
        match &*link.destination {
            "" => Target::Nowhere,
            fragment if fragment.starts_with('#') => Target::Nowhere,
            // A wiki link that is resolved loses its brackets.
            page if is_wiki && is_url(page) => Target::Url(page.to_owned()),
            _ => Target::Unknown,
        }
    }

    fn image(&self, source: &str) -> Target {
        if source.is_empty() { Target::Nowhere } else { Target::Unknown }
    }
}

pub(crate) fn is_url(destination: &str) -> bool {
    !destination.is_empty() && destination.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte))
}
