//! The pages of folders: a dated list that feed readers take, and the same as a Gopher menu.
//!
//! Feed readers take every line `=> URL YYYY-MM-DD Title` of a page for an entry, and some want those lines
//! to follow each other without a gap: so the list comes in one piece, and no other line looks like it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::capsule::{CapsulePath, Essay, Section};
use crate::markup::{Block, Document};
use crate::render::lines::Lines;
use crate::render::menu::{ItemType, Menu};
use crate::render::{Resolve, Target, gemtext, plain};

use super::links::Links;

/// What a folder shows.
struct Listing<'a> {
    /// Newest first, undated ones last.
    essays: Vec<&'a Essay>,
    /// Undated pages at the root of an archive that dates its essays: about, contact, now.
    pages: Vec<&'a Essay>,
    sections: Vec<&'a Section>,
}

impl<'a> Listing<'a> {
    /// The root lists every essay of the capsule; other folders their own.
    fn of(section: &'a Section, links: &Links<'a>) -> Self {
        let root = CapsulePath::root();
        let is_root = section.address == root;
        let all: &[Arc<Essay>] = if is_root { links.capsule.essays() } else { &section.essays };
        let served = all.iter().map(AsRef::as_ref).filter(|essay| links.serves(essay));
        let dates = is_root && all.iter().any(|essay| essay.date.is_some());
        let is_page = |essay: &&Essay| dates && essay.date.is_none() && essay.base.parent() == root;
        let (pages, essays) = served.partition(is_page);
        let sections =
            section.subsections.iter().filter_map(|address| links.capsule.section(address)).collect();
        Self { essays, pages, sections }
    }

    /// The addresses of everything listed, as links lead to them.
    fn targets(&self, links: &Links<'_>) -> HashSet<String> {
        let essays = self.essays.iter().chain(&self.pages).map(|essay| links.url(&links.address(essay)));
        essays.chain(self.sections.iter().map(|section| links.url(&section.address))).collect()
    }
}

/// A folder as gemtext.
pub(super) fn gemtext(section: &Section, links: &Links<'_>) -> String {
    let listing = Listing::of(section, links);
    let mut page = Lines::new();
    page.heading(1, &section.title);
    if let Some(document) = introduction(section, &listing, links) {
        page.gemtext(&gemtext::render(&document, &links.options.gemtext, links));
    }
    page.blank();
    for essay in &listing.essays {
        page.link(&links.url(&links.address(essay)), &entry(essay));
    }
    page.blank();
    for section in &listing.sections {
        page.link(&links.url(&section.address), &section.title);
    }
    for essay in &listing.pages {
        page.link(&links.url(&links.address(essay)), &essay.title);
    }
    if section.address != CapsulePath::root() {
        page.link("/", &links.options.pages.back_label);
    }
    page.finish()
}

/// A folder as a menu for `host` and `port`.
pub(super) fn menu(section: &Section, links: &Links<'_>, host: &str, port: u16) -> Vec<u8> {
    let listing = Listing::of(section, links);
    let mut menu = Menu::new(host, port);
    menu.info(&section.title).blank();
    if let Some(document) = introduction(section, &listing, links) {
        let text = plain::render(&document, &links.options.plain, links);
        for line in text.lines() {
            menu.info(line);
        }
        if !text.is_empty() {
            menu.blank();
        }
    }
    for essay in &listing.essays {
        menu.item(ItemType::Text, &entry(essay), links.address(essay).as_str());
    }
    menu.blank();
    for section in &listing.sections {
        menu.item(ItemType::Menu, &section.title, section.address.as_str());
    }
    for essay in &listing.pages {
        menu.item(ItemType::Text, &essay.title, links.address(essay).as_str());
    }
    if section.address != CapsulePath::root() {
        menu.item(ItemType::Menu, &links.options.pages.back_label, "/");
    }
    let url = format!("{}{}", links.options.gemini.url("gemini", 1965), section.address.to_url());
    menu.url("The same over Gemini", &url);
    menu.to_bytes()
}

/// `2024-05-01 Title`; an undated essay by its title alone.
fn entry(essay: &Essay) -> String {
    match essay.date {
        Some(date) => format!("{date} {}", essay.title),
        None => essay.title.clone(),
    }
}

/// What the author says about the folder, with its headings one level down (the page has one title) and
/// without links to what the page lists anyhow: feed readers count each address once.
fn introduction<'a>(section: &'a Section, listing: &Listing<'_>, links: &Links<'_>) -> Option<Document<'a>> {
    let mut document = section.introduction.as_ref()?.document(&links.options.markdown);
    if matches!(document.blocks.first(), Some(Block::Heading { level: 1, .. })) {
        document.blocks.remove(0);
    }
    for block in &mut document.blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level).max(2);
        }
    }
    let listed = listing.targets(links);
    document.unlink(|link| matches!(links.link(link), Target::Url(url) if listed.contains(&url)));
    (!document.blocks.is_empty()).then_some(document)
}
