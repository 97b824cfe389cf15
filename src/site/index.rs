//! The pages of folders: a dated list that feed readers take, and the same as a Gopher menu.

use super::catalogue;
use super::feed;
use super::links::Links;
use super::listing::Listing;
use super::{Medium, results};
use crate::capsule::{CapsulePath, Essay, Section};
use crate::markup::{Block, Document};

/// The most dated essays that the index lists in full.
const WHOLE: usize = 200;

/// How many the index lists where there are more: the rest is listed by its years, and undated ones by their
/// folders.
const NEWEST: usize = 100;

/// The page of a folder. The root lists the essays of the whole capsule; other folders their own.
pub(super) fn listing<'a>(section: &'a Section, links: &Links<'a>) -> Listing<'a> {
    let root = CapsulePath::root();
    let mut page = Listing::new(&section.title);
    if section.address == root {
        front(section, links, &mut page);
    } else {
        for essay in served(&section.essays, links) {
            page.entry(essay, links);
        }
        page.gap();
        subsections(section, links, &mut page);
        if let Some(feed) = feed::of_page(&section.address, links) {
            page.link(feed::LABEL, feed);
        }
        page.link(&links.options.pages.back_label, root);
    }
    introduce(section, links, &mut page);
    page
}

fn front(section: &Section, links: &Links<'_>, page: &mut Listing<'_>) {
    let dates = links.capsule.essays().iter().any(|essay| essay.date.is_some());
    // Undated pages at the root of an archive that dates its essays: about, contact, now.
    let is_page =
        |essay: &&Essay| dates && essay.date.is_none() && essay.base.parent() == CapsulePath::root();
    let (pages, mut essays): (Vec<&Essay>, Vec<&Essay>) =
        served(links.capsule.essays(), links).partition(is_page);
    let dated = essays.iter().take_while(|essay| essay.date.is_some()).count();
    if dated > WHOLE {
        essays.truncate(NEWEST);
    }
    for essay in &essays {
        page.entry(essay, links);
    }
    if dated > WHOLE {
        page.gap();
        for year in &links.catalogue().years {
            page.link(format!("All of {} ({})", year.name, year.essays.len()), year.address.clone());
        }
    }
    page.gap();
    subsections(section, links, page);
    for essay in pages {
        page.entry(essay, links);
    }
    page.gap();
    overviews(links, page);
}

/// The links to the pages that no folder stands for.
fn overviews(links: &Links<'_>, page: &mut Listing<'_>) {
    let catalogue = links.catalogue();
    if catalogue.years.len() > 1 {
        page.link("Archive", catalogue::archive());
    }
    if !catalogue.tags.is_empty() {
        page.link("Tags", catalogue::tags());
    }
    // Every menu has the search; pages of gemtext are for reading, and one of them is enough.
    if links.options.search && links.medium == Medium::Gemini {
        page.link(results::LABEL, results::address());
    }
    if let Some(feed) = feed::of_page(&CapsulePath::root(), links) {
        page.link(feed::LABEL, feed);
    }
}

fn subsections(section: &Section, links: &Links<'_>, page: &mut Listing<'_>) {
    for section in section.subsections.iter().filter_map(|address| links.capsule.section(address)) {
        page.link(&section.title, section.address.clone());
    }
}

/// The essays that readers of this medium get.
fn served<'a>(essays: &'a [std::sync::Arc<Essay>], links: &Links<'_>) -> impl Iterator<Item = &'a Essay> {
    essays.iter().map(AsRef::as_ref).filter(|essay| links.serves(essay))
}

/// What the author says about the folder, with its headings one level down: the page has one title.
pub(super) fn introduce<'a>(section: &'a Section, links: &Links<'_>, page: &mut Listing<'a>) {
    let Some(introduction) = &section.introduction else { return };
    let mut document: Document<'a> = introduction.document(&links.options.markdown);
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
