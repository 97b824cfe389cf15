//! List pages: of folders, and of years, tags, series and languages.

use super::pagination::{self, ARCHIVE, PAGE_SIZE};
use super::{Line, Page, search_address};
use crate::capsule::{CapsulePath, Essay, Section};
use crate::site::links::Links;
use crate::site::options::Medium;
use crate::site::taxonomies::{Kind, Term};
use crate::site::{feed, taxonomies};

/// Columns of the longest bar of the archive's plot: with its year and number a line fits a menu.
const LONGEST_BAR: usize = 48;

/// Returns the page of a folder. The root lists the essays of the whole capsule, other folders their own.
pub(in crate::site) fn folder(section: &Section, links: &Links<'_>) -> Page {
    let mut page = Page::new(&section.title, Some(&section.address));
    if section.address == CapsulePath::root() {
        add_index(section, links, &mut page);
    } else {
        let (mut back, mut up) = links.back();
        if links.site.options.private_area.as_ref() == Some(&section.address) {
            let essays = links.site.capsule.essays().iter().map(AsRef::as_ref);
            let within = |essay: &&Essay| essay.base.is_within(&section.address);
            page.entries(essays.filter(within).filter(|essay| links.medium.serves(essay)), links);
            (back, up) = (links.words().get("back").to_owned(), CapsulePath::root());
        } else {
            let essays = section.essays.iter().map(AsRef::as_ref);
            let essays: Vec<&Essay> = essays.filter(|essay| links.lists_in_folder(essay)).collect();
            pagination::add_entries(&essays, &section.address, &mut page, links);
        }
        page.gap();
        add_subsections(section, links, &mut page);
        add_feed(&section.address, links, &mut page);
        page.link(back, up);
    }
    if let Some(introduction) = &section.introduction {
        page.introduce(introduction, links);
    }
    page
}

fn add_index(section: &Section, links: &Links<'_>, page: &mut Page) {
    let essays = links.site.capsule.essays().iter().map(AsRef::as_ref);
    let listed: Vec<&Essay> = essays.filter(|essay| links.lists(essay)).collect();
    // In an archive that dates its essays, undated ones at the root are pages such as About or Contact.
    let dates = listed.first().is_some_and(|essay| essay.date.is_some());
    let is_page = |essay: &Essay| dates && essay.date.is_none() && essay.base.parent() == CapsulePath::root();
    let (mut pages, mut essays): (Vec<&Essay>, Vec<&Essay>) = listed.iter().copied().partition(|essay| is_page(essay));
    // If they fill more than a page, they are essays without dates.
    if pages.len() > PAGE_SIZE {
        (pages, essays) = (Vec::new(), listed);
    }
    pagination::add_entries(&essays, &CapsulePath::root(), page, links);
    page.gap();
    add_subsections(section, links, page);
    page.entries(pages, links);
    page.gap();
    let has_terms = |(kind, fewest): &(Kind, usize)| links.taxonomies().terms(*kind).len() >= *fewest;
    for (kind, _) in [(Kind::Year, 2), (Kind::Tag, 1), (Kind::Series, 1)].into_iter().filter(has_terms) {
        page.link(links.words().get(kind.key()), kind.address());
    }
    let is_foreign = |term: &&Term| !taxonomies::equal_languages(&term.name, &links.site.options.language);
    for term in links.taxonomies().terms(Kind::Language).iter().filter(is_foreign) {
        page.link(term.label(), term.address.clone());
    }
    // Every menu links to the search; of gemtext pages only the index does.
    if links.site.options.search && links.medium == Medium::Gemini {
        page.link(links.words().get("search"), search_address());
    }
    add_feed(&CapsulePath::root(), links, page);
}

fn add_subsections(section: &Section, links: &Links<'_>, page: &mut Page) {
    let sections = section.subsections.iter().filter_map(|address| links.site.capsule.sections.get(address));
    for section in sections.filter(|section| !section.is_unlisted()) {
        page.link(&section.title, section.address.clone());
    }
}

fn add_feed(address: &CapsulePath, links: &Links<'_>, page: &mut Page) {
    if let Some(feed) = feed::of_page(address, links) {
        page.link(links.words().get("feed"), feed);
    }
}

/// Returns the language of the list page at `address`, if it differs from that of the capsule.
pub(in crate::site) fn language<'a>(address: &CapsulePath, links: &Links<'a>) -> Option<&'a str> {
    let listed = links.taxonomies().at(address).filter(|term| term.kind == Kind::Language);
    let introduction = || links.site.capsule.introduction(address)?.metadata.language.as_deref();
    listed.map(|term| term.name.as_str()).or_else(introduction)
}

/// Returns the page at `address` that lists the terms of a taxonomy, the essays of a term, or a part of a long list.
pub(in crate::site) fn taxonomy(address: &CapsulePath, links: &Links<'_>) -> Option<Page> {
    let kind = |address: &CapsulePath| Kind::with_key(address.as_str().trim_matches('/'));
    let kind = kind(address).or_else(|| kind(&address.parent().parent()));
    let of_term = || Some(term(links.taxonomies().at(address)?, links));
    let of_kind = kind.and_then(|kind| terms(kind, address, links));
    let mut page = of_kind.or_else(|| pagination::part(address, links)).or_else(of_term)?;
    page.gap().link(links.words().get("back"), CapsulePath::root());
    if let Some(introduction) = links.site.capsule.introduction(address) {
        page.title = Some(introduction.title.clone()).filter(|title| !title.is_empty()).or(page.title);
        page.introduce(introduction, links);
    }
    Some(page)
}

/// Returns the page at `address` of the terms of a kind, or of a part of them if there are many.
fn terms(kind: Kind, address: &CapsulePath, links: &Links<'_>) -> Option<Page> {
    let words = links.words();
    let pages = || links.taxonomies().terms(kind).chunks(PAGE_SIZE).enumerate();
    let range = |index: usize, shown: &[Term]| {
        let before = index * PAGE_SIZE;
        format!("{} {}–{}", words.get(kind.key()), before + 1, before + shown.len())
    };
    let (index, shown) = pages().find(|(index, _)| *address == page_of_terms(kind, *index))?;
    let title = if index == 0 { words.get(kind.key()).to_owned() } else { range(index, shown) };
    let mut page = Page::new(title, Some(address));
    if kind == Kind::Year && index == 0 {
        let text = bars(links.taxonomies().terms(kind));
        page.lines.push(Line::Drawing { caption: words.get("bars").to_owned(), text });
        page.gap();
    }
    for term in shown {
        page.link(format!("{} ({})", term.label(), term.essays.len()), term.address.clone());
    }
    page.gap();
    if index == 0 {
        for (index, shown) in pages().skip(1) {
            page.link(range(index, shown), page_of_terms(kind, index));
        }
    } else {
        page.link(words.get(kind.key()), kind.address());
    }
    Some(page)
}

/// Returns the address of a page of the terms of a kind: `/tags/`, and `/tags/archive/2/` for the second one.
fn page_of_terms(kind: Kind, index: usize) -> CapsulePath {
    let below = if index == 0 { String::new() } else { format!("{ARCHIVE}/{}/", index + 1) };
    kind.address().join(&below).unwrap_or_else(|_| kind.address())
}

fn term(term: &Term, links: &Links<'_>) -> Page {
    // Feed readers list the page among those of other capsules, so its title names the capsule.
    let title = format!("{}: {}", links.site.capsule.title, term.label());
    let mut page = Page::new(title, Some(&term.address));
    let essays = term.essays.iter().map(|&index| links.site.essay(index));
    if term.kind == Kind::Series {
        page.entries(essays.filter(|essay| links.lists(essay)), links);
    } else {
        pagination::add_entries(&essays.collect::<Vec<_>>(), &term.address, &mut page, links);
    }
    page.gap();
    add_feed(&term.address, links, &mut page);
    page.link(links.words().get(term.kind.key()), term.kind.address());
    page
}

/// Draws a bar for each year, `2024 ███ 3`: one column per essay, or in proportion where that is too wide.
fn bars(years: &[Term]) -> String {
    let most = years.iter().map(|year| year.essays.len()).max().unwrap_or_default().max(LONGEST_BAR);
    let bar = |year: &Term| {
        let essays = year.essays.len();
        format!("{} {} {essays}", year.name, "█".repeat((essays * LONGEST_BAR).div_ceil(most)))
    };
    years.iter().map(bar).collect::<Vec<_>>().join("\n")
}
