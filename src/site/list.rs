//! [`List`]: the essays that a page lists, whoever asks: the page itself, its parts, its feed.

use super::links::Links;
use super::register::Kind;
use crate::capsule::{CapsulePath, Essay};

/// The essays that a page is about.
pub(super) struct List<'a> {
    /// What the page is called; none for the index, which bears the title of the capsule.
    pub(super) name: Option<String>,
    /// The language they are in, where that is what they have in common.
    pub(super) language: Option<&'a str>,
    /// Newest first, undated ones last.
    pub(super) essays: Box<dyn Iterator<Item = &'a Essay> + 'a>,
}

impl<'a> List<'a> {
    /// That of the page at `page`: of the whole capsule, or of a tag, a language or a folder with essays in it.
    pub(super) fn at(page: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        let (links, capsule) = (*links, links.capsule);
        if *page == CapsulePath::root() {
            let essays = capsule.essays().iter().map(AsRef::as_ref).filter(move |essay| links.lists(essay));
            return Some(Self { name: None, language: None, essays: Box::new(essays) });
        }
        if let Some((kind, group)) = links.catalogue().group(page) {
            let name = match kind {
                Kind::Tag => group.name.clone(),
                Kind::Language => super::translations::name(&group.name),
                // A year is a part of a list itself, and a series is read in an order of its own.
                Kind::Year | Kind::Series => return None,
            };
            let essays = group.essays.iter().map(move |&index| capsule.essays()[index as usize].as_ref());
            let language = Some(group.name.as_str()).filter(|_| kind == Kind::Language);
            return Some(Self { name: Some(name), language, essays: Box::new(essays) });
        }
        let section = capsule.section(page)?;
        let essays = section.essays.iter().map(AsRef::as_ref).filter(move |e| links.lists_in_folder(e));
        Some(Self { name: Some(section.title.clone()), language: None, essays: Box::new(essays) })
    }
}
