//! The essays that a list page shows, and the division of long lists into pages.
//!
//! A page with thousands of lines helps no reader. So a long list shows its newest essays, which is what feed readers
//! want, and links to the rest: `/films/` to `/films/archive/2024/`, and that to `/films/archive/2024/05/` if it is
//! long itself. Undated essays and long months are divided by number.

use super::Page;
use crate::capsule::{CapsulePath, Essay};
use crate::site::languages;
use crate::site::links::Links;
use crate::site::taxonomies::Kind;

/// Most lines of a list that one page shows.
pub(in crate::site) const PAGE_SIZE: usize = 200;

/// How many of its newest essays a longer list shows.
const NEWEST: usize = 100;

/// The segment of an address below which the parts of a list stand.
pub(super) const ARCHIVE: &str = "archive";

/// The segment that stands for essays without a date.
const UNDATED: &str = "undated";

/// The essays of a list page, of its feed and of its parts.
pub(in crate::site) struct EssayQuery<'a> {
    /// The name of the list; `None` for the index, which bears the title of the capsule.
    pub(in crate::site) name: Option<String>,
    /// The language of all its essays, if that is what the list is about.
    pub(in crate::site) language: Option<&'a str>,
    /// Newest first, undated ones last.
    pub(in crate::site) essays: Box<dyn Iterator<Item = &'a Essay> + 'a>,
}

impl<'a> EssayQuery<'a> {
    /// Returns the essays of the list at `address`: those of the whole capsule, a tag, a language or a folder.
    pub(in crate::site) fn at(address: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        let (links, capsule) = (*links, &links.site.capsule);
        if *address == CapsulePath::root() {
            let essays = capsule.essays().iter().map(AsRef::as_ref).filter(move |essay| links.lists(essay));
            return Some(Self { name: None, language: None, essays: Box::new(essays) });
        }
        if let Some((kind, term)) = links.taxonomies().at(address) {
            let name = match kind {
                Kind::Tag => term.name.clone(),
                Kind::Language => languages::name(&term.name),
                // A year is a part of another list, and a series has an order of its own.
                Kind::Year | Kind::Series => return None,
            };
            let essays = term.essays.iter().map(move |&index| links.site.essay(index));
            let language = Some(term.name.as_str()).filter(|_| kind == Kind::Language);
            return Some(Self { name: Some(name), language, essays: Box::new(essays) });
        }
        let section = capsule.section(address)?;
        let essays = section.essays.iter().map(AsRef::as_ref).filter(move |e| links.lists_in_folder(e));
        Some(Self { name: Some(section.title.clone()), language: None, essays: Box::new(essays) })
    }
}

/// Adds the list of `essays`, newest first, to the page at `address`: all of them, or the newest with links to its
/// parts.
pub(super) fn add_entries(essays: &[&Essay], address: &CapsulePath, page: &mut Page, links: &Links<'_>) {
    if essays.len() <= PAGE_SIZE {
        add_all(essays, page, links);
        return;
    }
    add_all(&essays[..NEWEST], page, links);
    page.gap();
    let Ok(archive) = address.join(&format!("{ARCHIVE}/")) else { return };
    let dated = essays.iter().take_while(|essay| essay.date.is_some()).count();
    for year in essays[..dated].chunk_by(|a, b| year_of(a) == year_of(b)) {
        let name = year_of(year[0]);
        add_part(page, &archive, &name, format!("All of {name} ({})", year.len()));
    }
    if dated < essays.len() {
        add_part(page, &archive, UNDATED, format!("Undated ({})", essays.len() - dated));
    }
}

fn add_all(essays: &[&Essay], page: &mut Page, links: &Links<'_>) {
    for essay in essays {
        page.entry(essay, links);
    }
}

/// Adds a link to the part that `segment` names of what stands at `address`.
fn add_part(page: &mut Page, address: &CapsulePath, segment: &str, label: String) {
    if let Ok(to) = address.join(&format!("{segment}/")) {
        page.link(label, to);
    }
}

/// Returns the page at `address` that shows a part of a list, if there is one.
pub(super) fn part(address: &CapsulePath, links: &Links<'_>) -> Option<Page> {
    let part = Part::at(address, links)?;
    let capsule = links.site.capsule.title();
    let title = match &part.list_name {
        Some(name) => format!("{capsule}: {name}, {}", part.title),
        None => format!("{capsule}: {}", part.title),
    };
    let mut page = Page::new(title, Some(address));
    if part.essays.len() <= PAGE_SIZE {
        add_all(&part.essays, &mut page, links);
    } else {
        part.add_divisions(address, &mut page);
    }
    page.gap();
    match part.list_name {
        Some(name) => page.link(name, part.list),
        None => page.link(Kind::Year.title(), Kind::Year.address()),
    };
    Some(page)
}

/// A part of a list.
struct Part<'a> {
    /// The page of the whole list.
    list: CapsulePath,
    list_name: Option<String>,
    /// The name of the part, as in `2024`.
    title: String,
    essays: Vec<&'a Essay>,
    division: Division,
}

/// What a part is divided by if it is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Division {
    Months,
    Numbers,
    None,
}

impl<'a> Part<'a> {
    fn at(address: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        let segments: Vec<&str> = address.segments().collect();
        let archive = segments.iter().rposition(|segment| *segment == ARCHIVE)?;
        let (above, below) = (&segments[..archive], &segments[archive + 1..]);
        let (&first, rest) = below.split_first().filter(|_| address.is_folder())?;
        let list = CapsulePath::from_decoded(&format!("/{}/", above.join("/"))).ok()?.to_folder();
        let query = EssayQuery::at(&list, links)?;
        let mut essays: Vec<&Essay> = query.essays.collect();
        // The years of the capsule have pages however few essays there are.
        if essays.len() <= PAGE_SIZE && !above.is_empty() {
            return None;
        }
        essays.retain(|essay| if first == UNDATED { essay.date.is_none() } else { year_of(essay) == first });
        let (title, division) =
            if first == UNDATED { ("Undated", Division::Numbers) } else { (first, Division::Months) };
        let part = Self { list, list_name: query.name, title: title.to_owned(), essays, division };
        let part = rest.iter().try_fold(part, |part, segment| part.within(segment))?;
        (!part.essays.is_empty()).then_some(part)
    }

    /// Returns the part of this part that `segment` names.
    fn within(mut self, segment: &str) -> Option<Self> {
        if self.essays.len() <= PAGE_SIZE {
            return None;
        }
        match self.division {
            Division::Months => {
                self.title = format!("{}-{segment}", self.title);
                self.essays.retain(|essay| month_of(essay) == segment);
                self.division = Division::Numbers;
            }
            Division::Numbers => {
                // Each part has one address: `/2/` and not `/02/`.
                let number: usize =
                    segment.parse().ok().filter(|number: &usize| number.to_string() == segment)?;
                let start = number.checked_sub(1)?.checked_mul(PAGE_SIZE)?;
                let end = start.saturating_add(PAGE_SIZE).min(self.essays.len());
                self.essays = self.essays.get(start..end)?.to_vec();
                self.title = format!("{} ({}–{end})", self.title, start + 1);
                self.division = Division::None;
            }
            Division::None => return None,
        }
        Some(self)
    }

    /// Adds links to the parts of this part, which stands at `address`.
    fn add_divisions(&self, address: &CapsulePath, page: &mut Page) {
        if self.division == Division::Months {
            for month in self.essays.chunk_by(|a, b| month_of(a) == month_of(b)) {
                let name = month_of(month[0]);
                add_part(page, address, &name, format!("{}-{name} ({})", self.title, month.len()));
            }
            return;
        }
        for (number, essays) in (1_usize..).zip(self.essays.chunks(PAGE_SIZE)) {
            let (first, last) = (&essays[0].title, &essays[essays.len() - 1].title);
            add_part(page, address, &number.to_string(), format!("{first} … {last} ({})", essays.len()));
        }
    }
}

fn year_of(essay: &Essay) -> String {
    essay.date.map_or_else(String::new, |date| format!("{:04}", date.year()))
}

fn month_of(essay: &Essay) -> String {
    essay.date.map_or_else(String::new, |date| format!("{:02}", date.month()))
}
