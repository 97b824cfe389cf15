//! List pages: of folders, and of years, tags, series and languages.

use super::pagination::{self, ARCHIVE, PAGE_SIZE};
use super::{Line, Page, search_address};
use crate::capsule::{CapsulePath, Essay, Section};
use crate::render::words::Words;
use crate::site::links::Links;
use crate::site::options::Medium;
use crate::site::taxonomies::{Kind, Term};
use crate::site::{feed, languages};

/// Columns of the longest bar of the archive's plot: with its year and number a line fits a menu.
const LONGEST_BAR: usize = 48;

/// Returns the page of a folder. The root lists the essays of the whole capsule, other folders their own.
pub(in crate::site) fn folder(section: &Section, links: &Links<'_>) -> Page {
    let mut page = Page::new(&section.title, Some(&section.address));
    if section.address == CapsulePath::root() {
        add_index(section, links, &mut page);
    } else if links.site.private_area.as_ref() == Some(&section.address) {
        let here = |essay: &&Essay| essay.base.is_within(&section.address) && links.serves(essay);
        for essay in links.site.capsule.essays().iter().map(AsRef::as_ref).filter(here) {
            page.entry(essay, links);
        }
        page.gap();
        add_subsections(section, links, &mut page);
        page.link(links.words().get("back"), CapsulePath::root());
    } else {
        let essays = section.essays.iter().map(AsRef::as_ref).filter(|essay| links.lists_in_folder(essay));
        let essays: Vec<&Essay> = essays.collect();
        pagination::add_entries(&essays, &section.address, &mut page, links);
        page.gap();
        add_subsections(section, links, &mut page);
        add_feed(&section.address, links, &mut page);
        let (label, back) = links.back();
        page.link(label, back);
    }
    if let Some(introduction) = &section.introduction {
        page.introduce(introduction, links);
    }
    page
}

fn add_index(section: &Section, links: &Links<'_>, page: &mut Page) {
    let listed: Vec<&Essay> =
        links.site.capsule.essays().iter().map(AsRef::as_ref).filter(|essay| links.lists(essay)).collect();
    // In an archive that dates its essays, undated ones at the root are pages such as About or Contact.
    let dates = listed.first().is_some_and(|essay| essay.date.is_some());
    let is_page =
        |essay: &&Essay| dates && essay.date.is_none() && essay.base.parent() == CapsulePath::root();
    let (mut pages, mut essays): (Vec<&Essay>, Vec<&Essay>) = listed.iter().copied().partition(is_page);
    // More than a page holds are essays without dates.
    if pages.len() > PAGE_SIZE {
        pages.clear();
        essays = listed;
    }
    pagination::add_entries(&essays, &CapsulePath::root(), page, links);
    page.gap();
    add_subsections(section, links, page);
    for essay in pages {
        page.entry(essay, links);
    }
    page.gap();
    for (kind, fewest) in [(Kind::Year, 2), (Kind::Tag, 1), (Kind::Series, 1)] {
        if links.taxonomies().terms(kind).len() >= fewest {
            page.link(links.words().get(kind.key()), kind.address());
        }
    }
    for term in links.taxonomies().terms(Kind::Language) {
        if !languages::equal(&term.name, &links.site.options.language) {
            page.link(languages::name(&term.name), term.address.clone());
        }
    }
    // Every menu links to the search; of gemtext pages only the index does.
    if links.site.options.search && links.medium == Medium::Gemini {
        page.link(links.words().get("search"), search_address());
    }
    add_feed(&CapsulePath::root(), links, page);
}

fn add_subsections(section: &Section, links: &Links<'_>, page: &mut Page) {
    let sections = section.subsections.iter().filter_map(|address| links.site.capsule.section(address));
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
    let introduction = links.site.capsule.introduction(address);
    let listed = links.taxonomies().at(address).filter(|(kind, _)| *kind == Kind::Language);
    let by_introduction = introduction.and_then(|essay| essay.metadata.language.as_deref());
    listed.map(|(_, term)| term.name.as_str()).or(by_introduction)
}

/// Returns the page at `address` that lists the terms of a taxonomy, the essays of a term, or a part of a long list.
pub(in crate::site) fn taxonomy(address: &CapsulePath, links: &Links<'_>) -> Option<Page> {
    let introduction = links.site.capsule.introduction(address);
    let title = introduction.map(|introduction| introduction.title.clone());
    let taxonomies = links.taxonomies();
    let mut page = if let Some(kind) = Kind::at(address) {
        terms(kind, title, links)?
    } else if let Some((kind, found)) = taxonomies.at(address).filter(|(kind, _)| *kind != Kind::Year) {
        term(kind, found, title, links)
    } else {
        pagination::part(address, links).or_else(|| more_terms(address, links))?
    };
    page.gap().link(links.words().get("back"), CapsulePath::root());
    if let Some(introduction) = introduction {
        page.introduce(introduction, links);
    }
    Some(page)
}

/// Returns the page of all terms of a kind, or `None` if there are none.
fn terms(kind: Kind, title: Option<String>, links: &Links<'_>) -> Option<Page> {
    let terms = Some(links.taxonomies().terms(kind)).filter(|terms| !terms.is_empty())?;
    let words = links.words();
    let mut page =
        Page::new(title.unwrap_or_else(|| words.get(kind.key()).to_owned()), Some(&kind.address()));
    if kind == Kind::Year {
        page.lines.push(Line::Drawing { caption: words.get("bars").to_owned(), text: bars(terms) });
        page.gap();
    }
    add_terms(kind, terms, 0, &mut page);
    page.gap();
    for from in (PAGE_SIZE..terms.len()).step_by(PAGE_SIZE) {
        page.link(range(kind, terms, from, &words), more_address(kind, from));
    }
    Some(page)
}

/// Adds links to the terms from number `from` on, as many as a page shows.
fn add_terms(kind: Kind, terms: &[Term], from: usize, page: &mut Page) {
    for term in terms.iter().skip(from).take(PAGE_SIZE) {
        page.link(format!("{} ({})", name(kind, term), term.essays.len()), term.address.clone());
    }
}

/// Returns the second or a later page of a long list of terms.
fn more_terms(address: &CapsulePath, links: &Links<'_>) -> Option<Page> {
    let kind = Kind::at(&address.parent().parent())?;
    let terms = links.taxonomies().terms(kind);
    let from =
        (PAGE_SIZE..terms.len()).step_by(PAGE_SIZE).find(|&from| *address == more_address(kind, from))?;
    let words = links.words();
    let mut page = Page::new(range(kind, terms, from, &words), Some(address));
    add_terms(kind, terms, from, &mut page);
    page.gap().link(words.get(kind.key()), kind.address());
    Some(page)
}

/// Formats which terms a page shows: `Tags 201–400`.
fn range(kind: Kind, terms: &[Term], from: usize, words: &Words) -> String {
    format!("{} {}–{}", words.get(kind.key()), from + 1, (from + PAGE_SIZE).min(terms.len()))
}

/// Returns the address of the page of the terms from number `from` on: `/tags/archive/2/`.
fn more_address(kind: Kind, from: usize) -> CapsulePath {
    let below = format!("{ARCHIVE}/{}/", from / PAGE_SIZE + 1);
    kind.address().join(&below).unwrap_or_else(|_| kind.address())
}

/// Returns the page of one tag, series or language.
fn term(kind: Kind, term: &Term, title: Option<String>, links: &Links<'_>) -> Page {
    // Subscribed to as a feed, the page stands among those of other capsules, so its title names the capsule.
    let default = || format!("{}: {}", links.site.capsule.title(), name(kind, term));
    let mut page = Page::new(title.unwrap_or_else(default), Some(&term.address));
    let essays = term.essays.iter().map(|&index| links.site.essay(index));
    if kind == Kind::Series {
        for essay in essays.filter(|essay| links.lists(essay)) {
            page.entry(essay, links);
        }
    } else {
        pagination::add_entries(&essays.collect::<Vec<_>>(), &term.address, &mut page, links);
    }
    page.gap();
    add_feed(&term.address, links, &mut page);
    page.link(links.words().get(kind.key()), kind.address());
    page
}

fn name(kind: Kind, term: &Term) -> String {
    match kind {
        Kind::Language => languages::name(&term.name),
        Kind::Year | Kind::Tag | Kind::Series => term.name.clone(),
    }
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
