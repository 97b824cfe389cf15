//! The pages that no folder stands for: the archive, the tags, the series, the languages, and the essays of each.

use super::feed;
use super::index::introduce;
use super::links::Links;
use super::listing::Listing;
use super::parts::{self, ARCHIVE, Part, WHOLE};
use super::register::{Group, Kind};
use super::translations;
use crate::capsule::{CapsulePath, Essay};

/// What such a page shows.
pub(super) enum Overview<'a> {
    All(Kind, &'a [Group]),
    /// Of a long list of groups those from this number on.
    More(Kind, &'a [Group], usize),
    One(Kind, &'a Group),
    Part(Part<'a>),
}

/// How many columns the longest bar of a drawing takes: with its year and number a line fits a menu.
const LONGEST_BAR: usize = 48;

impl<'a> Overview<'a> {
    /// The page at `path`, if it is one of these.
    pub(super) fn at(path: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        let catalogue = links.catalogue();
        for kind in Kind::ALL {
            let groups = catalogue.groups(kind);
            if *path == kind.address() && !groups.is_empty() {
                return Some(Self::All(kind, groups));
            }
        }
        match catalogue.group(path) {
            Some((kind, group)) if kind != Kind::Year => Some(Self::One(kind, group)),
            _ => Part::at(path, links).map(Self::Part).or_else(|| more(path, links)),
        }
    }

    /// The language of the page, where it is not that of the capsule.
    pub(super) fn language(&self) -> Option<&'a str> {
        match self {
            Self::One(Kind::Language, group) => Some(&group.name),
            _ => None,
        }
    }

    /// The page, with what the author of the capsule says about the folder at `path`, if anything.
    pub(super) fn listing(self, path: &CapsulePath, links: &Links<'a>) -> Listing {
        let introduction = links.capsule.introduction(path);
        let title = introduction.map(|introduction| introduction.title.clone());
        let mut page = match self {
            Self::All(kind, groups) => all(kind, groups, title),
            Self::More(kind, groups, from) => {
                let mut page = Listing::new(stretch(kind, groups, from));
                list(kind, groups, from, &mut page);
                page.gap().link(kind.title(), kind.address());
                page
            }
            Self::One(kind, group) => one(kind, group, title, path, links),
            Self::Part(part) => part.listing(links),
        };
        page.gap().link(&links.options.pages.back_label, CapsulePath::root());
        if let Some(introduction) = introduction {
            introduce(introduction, links, &mut page);
        }
        page
    }
}

fn all(kind: Kind, groups: &[Group], title: Option<String>) -> Listing {
    let mut page = Listing::new(title.unwrap_or_else(|| kind.title().to_owned()));
    if kind == Kind::Year {
        page.drawing("Essays per year as bars; the links below say the same in numbers", bars(groups));
        page.gap();
    }
    list(kind, groups, 0, &mut page);
    page.gap();
    for from in (WHOLE..groups.len()).step_by(WHOLE) {
        page.link(stretch(kind, groups, from), more_at(kind, from));
    }
    page
}

/// The groups from number `from` on, as many as a page takes.
fn list(kind: Kind, groups: &[Group], from: usize, page: &mut Listing) {
    for group in groups.iter().skip(from).take(WHOLE) {
        page.link(format!("{} ({})", name(kind, group), group.essays.len()), group.address.clone());
    }
}

/// `Tags 201–400`.
fn stretch(kind: Kind, groups: &[Group], from: usize) -> String {
    format!("{} {}–{}", kind.title(), from + 1, (from + WHOLE).min(groups.len()))
}

/// Where the groups from number `from` on are listed: `/tags/archive/2/`, as no tag has an address of two parts.
fn more_at(kind: Kind, from: usize) -> CapsulePath {
    let below = format!("{ARCHIVE}/{}/", from / WHOLE + 1);
    kind.address().join(&below).unwrap_or_else(|_| kind.address())
}

/// The page at `path` if it is the second or a later one of a long list of groups.
fn more<'a>(path: &CapsulePath, links: &Links<'a>) -> Option<Overview<'a>> {
    let kind = Kind::ALL.into_iter().find(|kind| path.parent().parent() == kind.address())?;
    let groups = links.catalogue().groups(kind);
    let from = (WHOLE..groups.len()).step_by(WHOLE).find(|&from| *path == more_at(kind, from))?;
    Some(Overview::More(kind, groups, from))
}

fn one<'a>(
    kind: Kind,
    group: &'a Group,
    title: Option<String>,
    path: &CapsulePath,
    links: &Links<'a>,
) -> Listing {
    // Read as a feed, the page stands among those of other capsules.
    let ours = || format!("{}: {}", links.capsule.title(), name(kind, group));
    let mut page = Listing::new(title.unwrap_or_else(ours));
    let essays = group.essays.iter().map(|&index| links.capsule.essays()[index as usize].as_ref());
    let essays: Vec<&Essay> = essays.filter(|essay| kind != Kind::Series || links.lists(essay)).collect();
    if kind == Kind::Series {
        for essay in essays {
            page.entry(essay, links);
        }
    } else {
        parts::entries(&essays, path, &mut page, links);
    }
    page.gap();
    if let Some(feed) = feed::of_page(path, links) {
        page.link(feed::LABEL, feed);
    }
    page.link(kind.title(), kind.address());
    page
}

/// What a group is called on pages.
pub(super) fn name(kind: Kind, group: &Group) -> String {
    match kind {
        Kind::Language => translations::name(&group.name),
        Kind::Year | Kind::Tag | Kind::Series => group.name.clone(),
    }
}

/// `2024 ███ 3`, a line for each year, in proportion where there are too many for one column each.
fn bars(years: &[Group]) -> String {
    let most = years.iter().map(|year| year.essays.len()).max().unwrap_or_default().max(LONGEST_BAR);
    let line = |year: &Group| {
        let essays = year.essays.len();
        format!("{} {} {essays}", year.name, "█".repeat((essays * LONGEST_BAR).div_ceil(most)))
    };
    years.iter().map(line).collect::<Vec<_>>().join("\n")
}
