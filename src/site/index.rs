//! The pages of folders: a dated list that feed readers take, and the same as a Gopher menu.

use super::feed;
use super::links::Links;
use super::listing::Listing;
use super::parts::{self, WHOLE};
use super::register::Kind;
use super::translations;
use super::{Medium, results};
use crate::capsule::{CapsulePath, Essay, Section};
use crate::markup::{Block, Document};

/// The page of a folder. The root lists the essays of the whole capsule; other folders their own.
pub(super) fn listing(section: &Section, links: &Links<'_>) -> Listing {
    let root = CapsulePath::root();
    let mut page = Listing::new(&section.title);
    if section.address == root {
        front(section, links, &mut page);
    } else if links.area == Some(&section.address) {
        let here = |essay: &&Essay| essay.base.is_within(&section.address) && links.serves(essay);
        for essay in links.capsule.essays().iter().map(AsRef::as_ref).filter(here) {
            page.entry(essay, links);
        }
        page.gap();
        subsections(section, links, &mut page);
        page.link(&links.options.pages.back_label, root);
    } else {
        let essays = section.essays.iter().map(AsRef::as_ref).filter(|essay| links.lists_in_folder(essay));
        let essays: Vec<&Essay> = essays.collect();
        parts::entries(&essays, &section.address, &mut page, links);
        page.gap();
        subsections(section, links, &mut page);
        if let Some(feed) = feed::of_page(&section.address, links) {
            page.link(feed::LABEL, feed);
        }
        let (label, back) = links.way_back();
        page.link(label, back);
    }
    if let Some(introduction) = &section.introduction {
        introduce(introduction, links, &mut page);
    }
    page
}

fn front(section: &Section, links: &Links<'_>, page: &mut Listing) {
    let listed: Vec<&Essay> =
        links.capsule.essays().iter().map(AsRef::as_ref).filter(|essay| links.lists(essay)).collect();
    // Undated pages at the root of an archive that dates its essays: about, contact, now.
    let dates = listed.first().is_some_and(|essay| essay.date.is_some());
    let is_page =
        |essay: &&Essay| dates && essay.date.is_none() && essay.base.parent() == CapsulePath::root();
    let (mut pages, mut essays): (Vec<&Essay>, Vec<&Essay>) = listed.iter().copied().partition(is_page);
    // So many are no pages but an archive that does not date all its essays.
    if pages.len() > WHOLE {
        pages.clear();
        essays = listed;
    }
    parts::entries(&essays, &CapsulePath::root(), page, links);
    page.gap();
    subsections(section, links, page);
    for essay in pages {
        page.entry(essay, links);
    }
    page.gap();
    overviews(links, page);
}

/// The links to the pages that no folder stands for.
fn overviews(links: &Links<'_>, page: &mut Listing) {
    let catalogue = links.catalogue();
    for (kind, fewest) in [(Kind::Year, 2), (Kind::Tag, 1), (Kind::Series, 1)] {
        if catalogue.groups(kind).len() >= fewest {
            page.link(kind.title(), kind.address());
        }
    }
    for group in catalogue.groups(Kind::Language) {
        if !translations::same(&group.name, &links.options.language) {
            page.link(translations::name(&group.name), group.address.clone());
        }
    }
    // Every menu has the search; pages of gemtext are for reading, and one of them is enough.
    if links.options.search && links.medium == Medium::Gemini {
        page.link(results::LABEL, results::address());
    }
    if let Some(feed) = feed::of_page(&CapsulePath::root(), links) {
        page.link(feed::LABEL, feed);
    }
}

fn subsections(section: &Section, links: &Links<'_>, page: &mut Listing) {
    for section in section.subsections.iter().filter_map(|address| links.capsule.section(address)) {
        page.link(&section.title, section.address.clone());
    }
}

/// What the author says about the folder, with its headings one level down: the page has one title.
pub(super) fn introduce(introduction: &Essay, links: &Links<'_>, page: &mut Listing) {
    let words = introduction.text();
    let mut document: Document<'_> = words.document(&links.options.markdown);
    if matches!(document.blocks.first(), Some(Block::Heading { level: 1, .. })) {
        document.blocks.remove(0);
    }
    for block in &mut document.blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level).max(2);
        }
    }
    page.introduce(document, links);
}
