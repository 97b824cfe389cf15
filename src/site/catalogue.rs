//! [`Catalogue`]: the essays of a capsule by year, tag, series and language, for readers of one medium.

use std::sync::OnceLock;

use super::register::{Collector, Group, Kind, Register};
use super::{Medium, SiteOptions, translations};
use crate::capsule::{Capsule, CapsulePath, Essay};

/// The groups of a capsule, made in one walk over its essays.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// Newest first.
    years: Register,
    /// Those of most essays first, then by name.
    tags: Register,
    /// By name; each in the order it is to be read in.
    series: Register,
    /// By code; none where nothing is there in two languages.
    languages: Register,
}

/// The catalogues of both media, each made when somebody first asks for it.
#[derive(Debug, Default)]
pub(super) struct Catalogues {
    gemini: OnceLock<Catalogue>,
    gopher: OnceLock<Catalogue>,
}

impl Catalogues {
    /// The one for readers of `medium`; `capsule` and `options` are the same at every call.
    pub(super) fn of(&self, capsule: &Capsule, options: &SiteOptions, medium: Medium) -> &Catalogue {
        let catalogue = match medium {
            Medium::Gemini => &self.gemini,
            Medium::Gopher => &self.gopher,
        };
        catalogue.get_or_init(|| Catalogue::of(capsule, options, medium))
    }
}

impl Catalogue {
    fn of(capsule: &Capsule, options: &SiteOptions, medium: Medium) -> Self {
        let essay = |index: u32| capsule.essays()[index as usize].as_ref();
        let years: Vec<Option<String>> = capsule.essays().iter().map(|essay| year(essay)).collect();
        let [mut by_year, mut tags, mut series, mut languages] = [(); 4].map(|()| Collector::default());
        for (index, essay) in (0..).zip(capsule.essays()).filter(|(_, essay)| medium.serves(essay)) {
            if let Some(name) = &essay.metadata.series {
                series.add(name, index);
            }
            if capsule.is_translated() {
                languages.add(essay.metadata.language.as_ref().unwrap_or(&options.language), index);
            }
            if !translations::lists(capsule, options, medium, essay) {
                continue;
            }
            if let Some(year) = &years[index as usize] {
                by_year.add(year, index);
            }
            for written in &essay.metadata.tags {
                tags.add(written, index);
            }
        }
        Self {
            years: by_year.latest_first(Kind::Year),
            tags: tags.by_size(Kind::Tag),
            series: series.by_name(Kind::Series, |group| {
                group.essays.sort_by(|&a, &b| reading_order(essay(a), essay(b)));
                group.essays.len() > 1
            }),
            languages: languages.by_name(Kind::Language, |_| true),
        }
    }

    /// The groups of one kind.
    pub(super) fn register(&self, kind: Kind) -> &Register {
        match kind {
            Kind::Year => &self.years,
            Kind::Tag => &self.tags,
            Kind::Series => &self.series,
            Kind::Language => &self.languages,
        }
    }

    /// The groups of one kind, in the order of their page.
    pub(super) fn groups(&self, kind: Kind) -> &[Group] {
        &self.register(kind).groups
    }

    /// The group whose page is `address`.
    pub(super) fn group(&self, address: &CapsulePath) -> Option<(Kind, &Group)> {
        Kind::ALL.into_iter().find_map(|kind| Some((kind, self.register(kind).at(address)?)))
    }

    /// The address of ours that `path` is another way to write: without the slash at its end, or a name as its
    /// author spells it.
    pub(super) fn canonical(&self, path: &CapsulePath) -> Option<CapsulePath> {
        let path = path.to_folder();
        if self.stands_at(&path) {
            return Some(path);
        }
        let kind = Kind::ALL.into_iter().find(|kind| path.parent() == kind.address())?;
        self.register(kind).named(kind, path.name()).map(|group| group.address.clone())
    }

    /// Whether a page of ours stands at `path`.
    pub(super) fn stands_at(&self, path: &CapsulePath) -> bool {
        let lists = |kind: &Kind| *path == kind.address() && !self.groups(*kind).is_empty();
        Kind::ALL.iter().any(lists) || self.group(path).is_some()
    }
}

fn year(essay: &Essay) -> Option<String> {
    essay.date.map(|date| format!("{:04}", date.year()))
}

/// As the author counts the parts of a series, else as they came out.
fn reading_order(a: &Essay, b: &Essay) -> std::cmp::Ordering {
    let order = |essay: &Essay| (essay.metadata.series_order.unwrap_or(i64::MAX), essay.date.is_none());
    let by_date = |a: &Essay, b: &Essay| a.date.cmp(&b.date).then_with(|| a.title.cmp(&b.title));
    order(a).cmp(&order(b)).then_with(|| by_date(a, b)).then_with(|| a.base.cmp(&b.base))
}
