//! The essays that a list page shows, and the division of long lists into pages.
//!
//! A page with thousands of lines helps no reader. So a long list shows its newest essays, which is what feed readers
//! want, and links to the rest: `/films/` to `/films/archive/2024/`, and that to `/films/archive/2024/05/` if it is
//! long itself. Undated essays and long months are divided by number.

use super::Page;
use crate::capsule::{CapsulePath, Essay};
use crate::render::words::Words;
use crate::site::links::Links;
use crate::site::taxonomies::Kind;

/// The most lines of a list that one page shows.
pub(in crate::site) const PAGE_SIZE: usize = 200;

/// How many of its newest essays a longer list shows.
const NEWEST: usize = 100;

/// The segment of an address below which the parts of a list are.
pub(super) const ARCHIVE: &str = "archive";

/// A list page, and its essays for the page itself, for its feed and for its parts.
pub(in crate::site) struct EssayQuery<'a> {
    pub(in crate::site) address: CapsulePath,
    /// The name of the list; `None` for the index, which has the title of the capsule.
    pub(in crate::site) name: Option<String>,
    /// The language of all its essays, if that is what the list is about.
    pub(in crate::site) language: Option<&'a str>,
    /// Newest first, undated ones last.
    pub(in crate::site) essays: Vec<&'a Essay>,
}

impl<'a> EssayQuery<'a> {
    /// Returns the list at `address`: the whole capsule, a tag, a language or a folder.
    pub(in crate::site) fn at(address: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        let capsule = &links.site.capsule;
        let (mut name, mut language) = (None, None);
        let essays = if *address == CapsulePath::root() {
            capsule.essays().iter().map(AsRef::as_ref).filter(|essay| links.lists(essay)).collect()
        } else if let Some(term) = links.taxonomies().at(address) {
            // A year is a part of another list, and a series has an order of its own.
            if matches!(term.kind, Kind::Year | Kind::Series) {
                return None;
            }
            name = Some(term.label());
            language = Some(term.name.as_str()).filter(|_| term.kind == Kind::Language);
            term.essays.iter().map(|&index| links.site.essay(index)).collect()
        } else {
            let section = capsule.sections.get(address)?;
            name = Some(section.title.clone());
            section.essays.iter().map(AsRef::as_ref).filter(|essay| links.lists_in_folder(essay)).collect()
        };
        Some(Self { address: address.clone(), name, language, essays })
    }
}

/// Adds all `essays`, newest first, to the page at `address`, or the newest and links to parts.
pub(super) fn add_entries(essays: &[&Essay], address: &CapsulePath, page: &mut Page, links: &Links<'_>) {
    let shown = if essays.len() <= PAGE_SIZE { essays } else { &essays[..NEWEST] };
    page.entries(shown.iter().copied(), links);
    if shown.len() < essays.len()
        && let Ok(archive) = address.join(&format!("{ARCHIVE}/"))
    {
        page.gap();
        Part { essays, ..Part::default() }.add_parts(&archive, page, &links.words());
    }
}

/// Returns the page at `address` that shows a part of a list, if there is one.
pub(super) fn part(address: &CapsulePath, links: &Links<'_>) -> Option<Page> {
    let segments: Vec<&str> = address.segments().collect();
    let archive = segments.iter().rposition(|segment| *segment == ARCHIVE).filter(|_| address.is_folder())?;
    let (above, below) = (&segments[..archive], &segments[archive + 1..]);
    let list = CapsulePath::from_decoded(&format!("/{}/", above.join("/"))).ok()?.to_folder();
    let EssayQuery { name, essays, .. } = EssayQuery::at(&list, links)?;
    // The years of the capsule have pages however few essays there are.
    if below.is_empty() || essays.len() <= PAGE_SIZE && !above.is_empty() {
        return None;
    }
    let words = links.words();
    let whole = Part { essays: &essays, ..Part::default() };
    let part = below.iter().enumerate().try_fold(whole, |part, (depth, segment)| {
        let is_divided = depth == 0 || part.essays.len() > PAGE_SIZE;
        part.divide(&words).into_iter().find(|part| is_divided && part.segment == *segment)
    })?;
    let of_list = name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
    let title = format!("{}: {of_list}{}", links.site.capsule.title, part.title);
    let mut page = Page::new(title, Some(address));
    if part.essays.len() <= PAGE_SIZE {
        page.entries(part.essays.iter().copied(), links);
    } else {
        part.add_parts(address, &mut page, &words);
    }
    page.gap();
    match name {
        Some(name) => page.link(name, list),
        None if links.taxonomies().terms(Kind::Year).is_empty() => &mut page,
        None => page.link(words.get(Kind::Year.key()), Kind::Year.address()),
    };
    Some(page)
}

/// A part of a list, or the whole list, which has no names.
#[derive(Default)]
struct Part<'e, 'a> {
    /// The last segment of its address.
    segment: String,
    /// Its name in the title of its page, as in `2024-05`.
    title: String,
    /// Its name in links to it.
    label: String,
    essays: &'e [&'a Essay],
    division: Division,
}

/// What a part is divided by if it is long.
#[derive(Default)]
enum Division {
    #[default]
    Years,
    Months,
    Numbers,
}

impl<'e, 'a> Part<'e, 'a> {
    /// Returns the parts of this part.
    fn divide(&self, words: &Words) -> Vec<Self> {
        let part = |segment, title, label, essays, division| Self { segment, title, label, essays, division };
        let chunk = |(index, essays): (usize, &'e [&'a Essay])| {
            let first = index * PAGE_SIZE + 1;
            let title = format!("{} ({first}–{})", self.title, first - 1 + essays.len());
            let label = format!("{} … {}", essays[0].title, essays[essays.len() - 1].title);
            part((index + 1).to_string(), title, label, essays, Division::Numbers)
        };
        let dated = self.essays.iter().take_while(|essay| essay.date.is_some()).count();
        let (dated, undated) = self.essays.split_at(dated);
        let year = |essays: &'e [&'a Essay]| {
            let (year, label) = (year_of(essays[0]), words.with("all_of", &[&year_of(essays[0])]));
            part(year.clone(), year, label, essays, Division::Months)
        };
        let name = words.get("undated").to_owned();
        let undated = part("undated".to_owned(), name.clone(), name, undated, Division::Numbers);
        let undated = Some(undated).filter(|part| !part.essays.is_empty());
        let month = |essays: &'e [&'a Essay]| {
            let month = month_of(essays[0]);
            let title = format!("{}-{month}", self.title);
            part(month, title.clone(), title, essays, Division::Numbers)
        };
        match self.division {
            Division::Years => dated.chunk_by(|a, b| year_of(a) == year_of(b)).map(year).chain(undated).collect(),
            Division::Months => dated.chunk_by(|a, b| month_of(a) == month_of(b)).map(month).collect(),
            Division::Numbers => self.essays.chunks(PAGE_SIZE).enumerate().map(chunk).collect(),
        }
    }

    /// Adds links to the parts of this part, which stand below `address`.
    fn add_parts(&self, address: &CapsulePath, page: &mut Page, words: &Words) {
        for part in self.divide(words) {
            if let Ok(to) = address.join(&format!("{}/", part.segment)) {
                page.link(format!("{} ({})", part.label, part.essays.len()), to);
            }
        }
    }
}

fn year_of(essay: &Essay) -> String {
    essay.date.map_or_else(String::new, |date| format!("{:04}", date.year()))
}

fn month_of(essay: &Essay) -> String {
    essay.date.map_or_else(String::new, |date| format!("{:02}", date.month()))
}
