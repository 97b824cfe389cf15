//! The pages that no folder stands for: the archive by year, the tags, and the essays of each.

use super::catalogue::{self, Catalogue, Group};
use super::feed;
use super::index::introduce;
use super::links::Links;
use super::listing::Listing;
use crate::capsule::{CapsulePath, EssayText};

/// What such a page shows.
#[derive(Clone, Copy)]
pub(super) enum Overview<'a> {
    Years(&'a [Group]),
    Tags(&'a [Group]),
    Year(&'a Group),
    Tag(&'a Group),
}

/// How many columns the longest bar of a drawing takes: with its year and number a line fits a menu.
const LONGEST_BAR: usize = 48;

impl<'a> Overview<'a> {
    /// The page at `path`, if it is one of these.
    pub(super) fn at(path: &CapsulePath, catalogue: &'a Catalogue) -> Option<Self> {
        if !catalogue.stands_at(path) {
            return None;
        }
        if *path == catalogue::archive() {
            return Some(Self::Years(&catalogue.years));
        }
        if *path == catalogue::tags() {
            return Some(Self::Tags(&catalogue.tags));
        }
        catalogue.year(path).map(Self::Year).or_else(|| catalogue.tag(path).map(Self::Tag))
    }

    /// The page, with what the author of the capsule says about the folder at `path`, if anything.
    pub(super) fn listing<'w>(
        self,
        path: &CapsulePath,
        introduction: Option<&'w EssayText>,
        links: &Links<'a>,
    ) -> Listing<'w> {
        let section = links.capsule.section(path);
        let title = match (self, section) {
            (_, Some(section)) => section.title.clone(),
            (Self::Years(_), _) => "Archive".to_owned(),
            (Self::Tags(_), _) => "Tags".to_owned(),
            // Read as a feed, the page stands among those of other capsules.
            (Self::Year(group) | Self::Tag(group), _) => format!("{}: {}", links.capsule.title(), group.name),
        };
        let mut page = Listing::new(title);
        match self {
            Self::Years(years) => {
                page.drawing("Essays per year as bars; the links below say the same in numbers", bars(years));
                page.gap();
                groups(years, &mut page);
            }
            Self::Tags(tags) => groups(tags, &mut page),
            Self::Year(group) => {
                essays(group, links, &mut page);
                page.link("Archive", catalogue::archive());
            }
            Self::Tag(group) => {
                essays(group, links, &mut page);
                if let Some(feed) = feed::of_page(path, links) {
                    page.link(feed::LABEL, feed);
                }
                page.link("Tags", catalogue::tags());
            }
        }
        page.gap().link(&links.options.pages.back_label, CapsulePath::root());
        introduce(introduction, links, &mut page);
        page
    }
}

fn groups(groups: &[Group], page: &mut Listing<'_>) {
    for group in groups {
        page.link(format!("{} ({})", group.name, group.essays.len()), group.address.clone());
    }
}

fn essays(group: &Group, links: &Links<'_>, page: &mut Listing<'_>) {
    for &index in &group.essays {
        page.entry(&links.capsule.essays()[index as usize], links);
    }
    page.gap();
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
