//! The parts of a long list: its years, the months of a long year, and what bears no date.
//!
//! A page with thousands of lines is of no use to anybody. So a long list shows the newest essays, which is what
//! feed readers want of it, and leads to the rest: `/films/` to `/films/archive/2024/`, that to
//! `/films/archive/2024/05/` if it is long itself. What cannot be divided by its dates is counted off.

use super::links::Links;
use super::list::List;
use super::listing::Listing;
use super::register::Kind;
use crate::capsule::{CapsulePath, Essay};

/// The most essays that a page lists in full.
pub(super) const WHOLE: usize = 200;

/// How many of the newest a page lists where there are more.
const NEWEST: usize = 100;

/// What parts are called in addresses, below the page of the whole list.
pub(super) const ARCHIVE: &str = "archive";
const UNDATED: &str = "undated";

/// Puts a list of `essays`, newest first, on the page at `at`: all of them, or the newest and the way to the rest.
pub(super) fn entries(essays: &[&Essay], at: &CapsulePath, page: &mut Listing, links: &Links<'_>) {
    if essays.len() <= WHOLE {
        all(essays, page, links);
        return;
    }
    all(&essays[..NEWEST], page, links);
    page.gap();
    let dated = essays.iter().take_while(|essay| essay.date.is_some()).count();
    for year in essays[..dated].chunk_by(|a, b| year(a) == year(b)) {
        let name = year_name(year[0]);
        link(page, at, &[&name], format!("All of {name} ({})", year.len()));
    }
    if dated < essays.len() {
        link(page, at, &[UNDATED], format!("Undated ({})", essays.len() - dated));
    }
}

fn all(essays: &[&Essay], page: &mut Listing, links: &Links<'_>) {
    for essay in essays {
        page.entry(essay, links);
    }
}

/// A part of a list, with what it holds.
pub(super) struct Part<'a> {
    /// The page of the whole list, and what that is called.
    list: CapsulePath,
    name: Option<String>,
    /// What the part is called, as in `2024`, and where it stands below the list.
    title: String,
    below: Vec<String>,
    essays: Vec<&'a Essay>,
    /// What the part is divided by if it is long.
    by: Division,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Division {
    Months,
    Counting,
    Nothing,
}

impl<'a> Part<'a> {
    /// The part whose page is `path`, if there is one.
    pub(super) fn at(path: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        let segments: Vec<&str> = path.segments().collect();
        let archive =
            segments.iter().rposition(|segment| *segment == ARCHIVE).filter(|_| path.is_folder())?;
        let (above, below) = (&segments[..archive], &segments[archive + 1..]);
        let list = CapsulePath::from_decoded(&format!("/{}/", above.join("/"))).ok()?.to_folder();
        let whole = List::at(&list, links)?;
        let essays: Vec<&Essay> = whole.essays.collect();
        // The years of the capsule have their pages however few essays there are.
        if essays.len() <= WHOLE && !above.is_empty() {
            return None;
        }
        let (first, rest) = below.split_first()?;
        let part = Self {
            list,
            name: whole.name,
            title: (*first).to_owned(),
            below: vec![(*first).to_owned()],
            essays,
            by: Division::Months,
        };
        let part = if *first == UNDATED {
            part.only(|essay| essay.date.is_none()).divided_by(Division::Counting, "Undated")
        } else {
            part.only(|essay| essay.date.is_some() && year_name(essay) == *first)
        };
        rest.iter()
            .try_fold(part, |part, segment| part.within(segment))
            .filter(|part| !part.essays.is_empty())
    }

    fn only(mut self, which: impl Fn(&Essay) -> bool) -> Self {
        self.essays.retain(|essay| which(essay));
        self
    }

    fn divided_by(self, by: Division, title: &str) -> Self {
        Self { by, title: title.to_owned(), ..self }
    }

    /// The part of this part that `segment` names.
    fn within(mut self, segment: &str) -> Option<Self> {
        if self.essays.len() <= WHOLE {
            return None;
        }
        match self.by {
            Division::Months => {
                let title = format!("{}-{segment}", self.title);
                self = self.only(|essay| month_name(essay) == segment).divided_by(Division::Counting, &title);
            }
            Division::Counting => {
                let number: usize = segment.parse().ok().filter(|number| *number > 0)?;
                let start = (number - 1).checked_mul(WHOLE).filter(|start| *start < self.essays.len())?;
                let end = (start + WHOLE).min(self.essays.len());
                let title = format!("{} ({}–{end})", self.title, start + 1);
                self.essays = self.essays[start..end].to_vec();
                self = self.divided_by(Division::Nothing, &title);
                // One address for each part: `/2/` and not `/02/`.
                if segment != number.to_string() {
                    return None;
                }
            }
            Division::Nothing => return None,
        }
        self.below.push(segment.to_owned());
        Some(self)
    }

    /// The page of the part.
    pub(super) fn listing(self, links: &Links<'a>) -> Listing {
        let capsule = links.capsule.title();
        let mut page = Listing::new(match &self.name {
            Some(name) => format!("{capsule}: {name}, {}", self.title),
            None => format!("{capsule}: {}", self.title),
        });
        if self.essays.len() <= WHOLE {
            all(&self.essays, &mut page, links);
        } else {
            self.divisions(&mut page);
        }
        page.gap();
        match self.name {
            Some(name) => page.link(name, self.list),
            None => page.link(Kind::Year.title(), Kind::Year.address()),
        };
        page
    }

    fn divisions(&self, page: &mut Listing) {
        let below: Vec<&str> = self.below.iter().map(String::as_str).collect();
        if self.by == Division::Months {
            for month in self.essays.chunk_by(|a, b| month_name(a) == month_name(b)) {
                let name = month_name(month[0]);
                let label = format!("{}-{name} ({})", self.title, month.len());
                link(page, &self.list, &[&below[..], &[&name]].concat(), label);
            }
            return;
        }
        for (number, essays) in (1..).zip(self.essays.chunks(WHOLE)) {
            let number: usize = number;
            let (first, last) = (&essays[0].title, &essays[essays.len() - 1].title);
            let label = format!("{first} … {last} ({})", essays.len());
            link(page, &self.list, &[&below[..], &[&number.to_string()]].concat(), label);
        }
    }
}

/// A link to the part that stands at `below` within the archive of the list at `list`.
fn link(page: &mut Listing, list: &CapsulePath, below: &[&str], label: String) {
    if let Ok(to) = list.join(&format!("{ARCHIVE}/{}/", below.join("/"))) {
        page.link(label, to);
    }
}

fn year(essay: &Essay) -> Option<i32> {
    essay.date.map(|date| date.year())
}

fn year_name(essay: &Essay) -> String {
    year(essay).map_or_else(String::new, |year| format!("{year:04}"))
}

fn month_name(essay: &Essay) -> String {
    essay.date.map_or_else(String::new, |date| format!("{:02}", date.month()))
}
