//! [`Taxonomies`]: essays by year, tag, series and language, with page addresses. Lists show one translation of each.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::options::{Medium, SiteOptions};
use crate::capsule::{Capsule, CapsulePath, Essay, bare_name, list_key, nfc};

/// The native names of the languages with the most pages; other languages are shown by their code.
const NAMES: &str = include_str!("language_names.txt");

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

    /// Returns the address of the page that lists all terms of this kind, whose only segment is its key.
    pub(super) fn address(self) -> CapsulePath {
        folder(&format!("/{}/", self.key()))
    }

    /// Returns the address of the page of the term that `written` names.
    fn address_of(self, written: &str) -> Option<CapsulePath> {
        Some(folder(&format!("/{}/{}/", self.key(), segment(written)?)))
    }

    pub(super) fn with_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    pub(super) fn key(self) -> &'static str {
        ["archive", "tags", "series", "languages"][self as usize]
    }
}

/// A year, tag, series or language with its essays.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) kind: Kind,
    /// The year, or the spelling that most essays use.
    pub(super) name: String,
    /// The page that lists its essays: `/archive/2024/`, `/tags/hong-kong/`.
    pub(super) address: CapsulePath,
    /// The indices of its essays, in the order of the list.
    pub(super) essays: Vec<u32>,
}

impl Term {
    /// Returns the name that readers see; for a language, its native name.
    pub(super) fn label(&self) -> String {
        if self.kind == Kind::Language { language_name(&self.name) } else { self.name.clone() }
    }
}

/// The taxonomies of a capsule for readers of one medium.
///
/// Years come newest first, tags by size and name, series by name, in reading order, languages, if several, by code.
#[derive(Debug)]
pub(super) struct Taxonomies {
    /// The terms of each [`Kind`], in the order of their page.
    terms: [Vec<Term>; 4],
    by_address: HashMap<CapsulePath, (Kind, usize)>,
}

impl Taxonomies {
    pub(super) fn new(capsule: &Capsule, options: &SiteOptions, medium: Medium) -> Self {
        // The kind of each term, how many essays use each spelling, and its essays.
        let mut collected: HashMap<_, (Kind, HashMap<String, usize>, Vec<u32>)> = HashMap::new();
        for (index, essay) in (0..).zip(capsule.essays()).filter(|(_, essay)| medium.serves(essay)) {
            let metadata = &essay.metadata;
            let mut add = |kind: Kind, written: &str| {
                let Some(address) = kind.address_of(written) else { return };
                let (_, spellings, essays) = collected.entry(address).or_insert((kind, HashMap::new(), Vec::new()));
                *spellings.entry(written.trim().to_owned()).or_default() += 1;
                if essays.last() != Some(&index) {
                    essays.push(index);
                }
            };
            metadata.series.iter().for_each(|name| add(Kind::Series, name));
            if !capsule.translations.is_empty() {
                add(Kind::Language, language_of(essay, options));
            }
            if lists(capsule, options, medium, essay) {
                essay.date.iter().for_each(|date| add(Kind::Year, &format!("{:04}", date.year())));
                metadata.tags.iter().for_each(|tag| add(Kind::Tag, tag));
            }
        }
        let mut terms: [Vec<Term>; 4] = Default::default();
        for (address, (kind, spellings, essays)) in collected {
            // If two spellings are equally frequent, the first in the alphabet is used: hash order must not decide.
            let name = spellings.into_iter().map(|(name, count)| (count, Reverse(name))).max();
            let name = name.map_or_else(String::new, |(_, name)| name.0);
            terms[kind as usize].push(Term { kind, name, address, essays });
        }
        for terms in &mut terms {
            terms.sort_by(|a, b| a.address.cmp(&b.address));
        }
        let [by_year, tags, series, _] = &mut terms;
        by_year.reverse();
        tags.sort_by_key(|tag| Reverse(tag.essays.len()));
        series.retain(|term| term.essays.len() > 1);
        let essay = |index: u32| capsule.essays()[index as usize].as_ref();
        for term in series {
            // By the numbers that the author gives them, else by date.
            term.essays.sort_by_key(|&index| {
                let Essay { metadata, date, title, base, .. } = essay(index);
                (metadata.series_order.unwrap_or(i64::MAX), date.is_none(), date, title, base)
            });
        }
        let numbered = terms.iter().flat_map(|terms| terms.iter().enumerate());
        let by_address = numbered.map(|(index, term)| (term.address.clone(), (term.kind, index))).collect();
        Self { terms, by_address }
    }

    pub(super) fn terms(&self, kind: Kind) -> &[Term] {
        &self.terms[kind as usize]
    }

    pub(super) fn named(&self, kind: Kind, written: &str) -> Option<&Term> {
        self.at(&kind.address_of(written)?)
    }

    pub(super) fn at(&self, address: &CapsulePath) -> Option<&Term> {
        self.by_address.get(address).map(|&(kind, index)| &self.terms(kind)[index])
    }

    /// Returns the address of the page that `path` names in another spelling or as site generators do. Where these give
    /// a part of a site lists of its own, as in `/blog/tags/rain/`, the lists here are those of the capsule.
    pub(super) fn canonical(&self, path: &CapsulePath) -> Option<CapsulePath> {
        let bare = bare_name(path)?;
        let segments: Vec<&str> = bare.segments().collect();
        (0..2).find_map(|from| self.list(segments.get(from..)?))
    }

    fn list(&self, segments: &[&str]) -> Option<CapsulePath> {
        let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let (kind, names) = match segments {
            [year, ..] if year.len() == 4 && is_number(year) => (Kind::Year, segments),
            [folder, names @ ..] => match list_key(folder)? {
                // Authors have no pages: the index has the essays of all.
                "authors" if names.len() < 2 && !names.concat().contains('.') => return Some(CapsulePath::root()),
                key => (Kind::with_key(key)?, names),
            },
            [] => return None,
        };
        let name = match names {
            [] => return Some(kind.address()).filter(|_| !self.terms(kind).is_empty()),
            // Months and days.
            [year, rest @ ..] if kind == Kind::Year => rest.iter().all(is_number).then_some(year)?,
            // Hexo nests categories.
            [.., name] => name,
        };
        self.named(kind, name).map(|term| term.address.clone())
    }
}

/// Returns the segment of a term in addresses: in lower case, with hyphens. Names with equal segments are one term.
fn segment(name: &str) -> Option<String> {
    let sign = |c: char| if c == '/' || c.is_whitespace() || c.is_control() { '-' } else { c };
    let mut segment: String = nfc(name.trim()).chars().flat_map(char::to_lowercase).map(sign).collect();
    if segment.starts_with('.') {
        segment.replace_range(..1, "-");
    }
    (!segment.is_empty()).then_some(segment)
}

fn folder(path: &str) -> CapsulePath {
    CapsulePath::from_decoded(path).expect("the segments of a term cannot climb, hide or divide its path")
}

/// Returns the native name of the language `tag`, with its region or script: `Português (BR)`.
pub(super) fn language_name(tag: &str) -> String {
    let (code, rest) = tag.split_once('-').unwrap_or((tag, ""));
    let mut names = NAMES.lines().filter_map(|pair| pair.split_once(' '));
    match names.find(|(known, _)| known.eq_ignore_ascii_case(code)) {
        Some((_, name)) if rest.is_empty() => name.to_owned(),
        Some((_, name)) => format!("{name} ({rest})"),
        None => tag.to_owned(),
    }
}

/// Returns whether two tags mean one language, in any regions.
pub(super) fn equal_languages(a: &str, b: &str) -> bool {
    let code = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    code(a) == code(b)
}

/// Returns the language of `essay`, or an empty string if it is unknown.
pub(super) fn language_of<'a>(essay: &'a Essay, options: &'a SiteOptions) -> &'a str {
    essay.metadata.language.as_ref().unwrap_or(&options.language)
}

/// Returns whether lists of the whole capsule show `essay` to readers of `medium`.
pub(super) fn lists(capsule: &Capsule, options: &SiteOptions, medium: Medium, essay: &Essay) -> bool {
    medium.serves(essay) && listed(capsule, options, medium, essay).is_none_or(|listed| listed.base == essay.base)
}

/// Returns the translation of `essay` that lists show: in the language of the capsule, else without a language suffix.
pub(super) fn listed<'a>(
    capsule: &'a Capsule,
    options: &SiteOptions,
    medium: Medium,
    essay: &Essay,
) -> Option<&'a Essay> {
    let served = capsule.translations(essay).map(AsRef::as_ref).filter(|other| medium.serves(other));
    let is_foreign = |other: &Essay| !equal_languages(language_of(other, options), &options.language);
    served.min_by_key(|other| (is_foreign(other), other.variant().is_some()))
}
