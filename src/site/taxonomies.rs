//! [`Taxonomies`]: the essays of a capsule by year, tag, series and language, and the addresses of their pages.

use std::cmp::{Ordering, Reverse};
use std::collections::HashMap;

use super::languages;
use super::options::{Medium, SiteOptions};
use crate::capsule::{Capsule, CapsulePath, Essay, nfc};

/// A property by which essays are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Year,
    Tag,
    Series,
    Language,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Year, Self::Tag, Self::Series, Self::Language];

    /// Returns the address of the page that lists all terms of this kind.
    pub(super) fn address(self) -> CapsulePath {
        folder(self.key(), None)
    }

    /// Returns the kind whose page stands at `address`.
    pub(super) fn at(address: &CapsulePath) -> Option<Self> {
        Self::with_key(address.as_str().strip_prefix('/')?.strip_suffix('/')?)
    }

    fn with_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Returns the segment of that address, which is also the key of its title among our words.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Year => "archive",
            Self::Tag => "tags",
            Self::Series => "series",
            Self::Language => "languages",
        }
    }
}

/// A year, tag, series or language with its essays.
#[derive(Debug)]
pub(super) struct Term {
    /// The year, or the spelling that most essays use.
    pub(super) name: String,
    /// The page that lists its essays: `/archive/2024/`, `/tags/hong-kong/`.
    pub(super) address: CapsulePath,
    /// The indices of its essays, in the order of the list.
    pub(super) essays: Vec<u32>,
}

/// The taxonomies of a capsule for readers of one medium.
///
/// Years come newest first; tags with the most essays first, then by name; series by name, the essays of each in reading
/// order; languages by code, and only if the capsule has translations.
#[derive(Debug)]
pub(super) struct Taxonomies {
    /// The terms of each [`Kind`], in the order of their page.
    terms: [Vec<Term>; 4],
    by_address: HashMap<CapsulePath, (Kind, usize)>,
}

impl Taxonomies {
    /// Groups the essays that `medium` serves.
    pub(super) fn new(capsule: &Capsule, options: &SiteOptions, medium: Medium) -> Self {
        let years: Vec<Option<String>> = capsule.essays().iter().map(|essay| year(essay)).collect();
        let mut collected: [HashMap<String, CollectedTerm<'_>>; 4] = Default::default();
        for (index, essay) in (0..).zip(capsule.essays()).filter(|(_, essay)| medium.serves(essay)) {
            if let Some(name) = &essay.metadata.series {
                add(&mut collected[Kind::Series as usize], name, index);
            }
            if capsule.is_translated() {
                add(&mut collected[Kind::Language as usize], languages::of(essay, options), index);
            }
            if !languages::lists(capsule, options, medium, essay) {
                continue;
            }
            if let Some(year) = &years[index as usize] {
                add(&mut collected[Kind::Year as usize], year, index);
            }
            for tag in &essay.metadata.tags {
                add(&mut collected[Kind::Tag as usize], tag, index);
            }
        }
        let mut terms = Kind::ALL.map(|kind| into_terms(kind, std::mem::take(&mut collected[kind as usize])));
        let [by_year, tags, series, _] = &mut terms;
        by_year.reverse();
        tags.sort_by_key(|tag| Reverse(tag.essays.len()));
        series.retain(|term| term.essays.len() > 1);
        let essay = |index: u32| capsule.essays()[index as usize].as_ref();
        for term in series {
            term.essays.sort_by(|&a, &b| reading_order(essay(a), essay(b)));
        }
        let numbered = Kind::ALL.into_iter().zip(&terms).flat_map(|(kind, terms)| {
            terms.iter().enumerate().map(move |(index, term)| (term.address.clone(), (kind, index)))
        });
        Self { by_address: numbered.collect(), terms }
    }

    /// Returns the terms of one kind, in the order of their page.
    pub(super) fn terms(&self, kind: Kind) -> &[Term] {
        &self.terms[kind as usize]
    }

    /// Returns the term of `kind` that `written` names.
    pub(super) fn named(&self, kind: Kind, written: &str) -> Option<&Term> {
        self.at(&folder(kind.key(), Some(&segment(written)?))).map(|(_, term)| term)
    }

    /// Returns the term whose page is `address`.
    pub(super) fn at(&self, address: &CapsulePath) -> Option<(Kind, &Term)> {
        self.by_address.get(address).map(|&(kind, index)| (kind, &self.terms(kind)[index]))
    }

    /// Returns the address of the page that `path` is another spelling of.
    pub(super) fn canonical(&self, path: &CapsulePath) -> Option<CapsulePath> {
        let mut segments = path.segments();
        let kind = Kind::with_key(segments.next()?)?;
        match (segments.next(), segments.next()) {
            (None, _) => Some(kind.address()).filter(|_| !self.terms(kind).is_empty()),
            (Some(name), None) => self.named(kind, name).map(|term| term.address.clone()),
            _ => None,
        }
    }
}

/// A term while essays are being added.
#[derive(Default)]
struct CollectedTerm<'a> {
    /// How many essays use each spelling.
    spellings: HashMap<&'a str, usize>,
    essays: Vec<u32>,
}

/// Adds essay `index` to the term `written`; essays come in order.
fn add<'a>(terms: &mut HashMap<String, CollectedTerm<'a>>, written: &'a str, index: u32) {
    let Some(segment) = segment(written) else { return };
    let term = terms.entry(segment).or_default();
    *term.spellings.entry(written.trim()).or_default() += 1;
    if term.essays.last() != Some(&index) {
        term.essays.push(index);
    }
}

/// Returns terms by address, each under the spelling that most essays use.
fn into_terms(kind: Kind, collected: HashMap<String, CollectedTerm<'_>>) -> Vec<Term> {
    let term = |(segment, collected): (String, CollectedTerm<'_>)| {
        // Of two spellings used equally often, the first in the alphabet: hash order must not decide.
        let spellings = collected.spellings.into_iter().map(|(name, count)| (count, Reverse(name)));
        let name = spellings.max().map_or_else(String::new, |(_, name)| name.0.to_owned());
        Term { name, address: folder(kind.key(), Some(&segment)), essays: collected.essays }
    };
    let mut terms: Vec<Term> = collected.into_iter().map(term).collect();
    terms.sort_by(|a, b| a.address.cmp(&b.address));
    terms
}

fn year(essay: &Essay) -> Option<String> {
    essay.date.map(|date| format!("{:04}", date.year()))
}

/// Compares two essays of a series: as the author numbers them, else by date.
fn reading_order(a: &Essay, b: &Essay) -> Ordering {
    let number = |essay: &Essay| (essay.metadata.series_order.unwrap_or(i64::MAX), essay.date.is_none());
    let by_date = |a: &Essay, b: &Essay| a.date.cmp(&b.date).then_with(|| a.title.cmp(&b.title));
    number(a).cmp(&number(b)).then_with(|| by_date(a, b)).then_with(|| a.base.cmp(&b.base))
}

/// Returns the segment of an address that stands for a term: in lower case, with hyphens. Equal segments are one term.
fn segment(name: &str) -> Option<String> {
    let mut segment: String = (nfc(name.trim()).chars())
        .flat_map(char::to_lowercase)
        .map(|c| if c == '/' || c.is_whitespace() || c.is_control() { '-' } else { c })
        .collect();
    if segment.starts_with('.') {
        segment.replace_range(..1, "-");
    }
    (!segment.is_empty()).then_some(segment)
}

fn folder(name: &str, inner: Option<&str>) -> CapsulePath {
    let path = inner.map_or_else(|| format!("/{name}/"), |inner| format!("/{name}/{inner}/"));
    CapsulePath::from_decoded(&path).expect("neither part can climb, hide or divide the path")
}
