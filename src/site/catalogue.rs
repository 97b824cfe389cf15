//! [`Catalogue`]: the essays of a capsule by year and by tag, for readers of one medium.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::Medium;
use super::links::serves;
use crate::capsule::{Capsule, CapsulePath};

/// Essays that have a year or a tag in common.
#[derive(Debug)]
pub(super) struct Group {
    /// The year, or the tag in the spelling that most essays use.
    pub(super) name: String,
    /// Where they are listed: `/archive/2024/`, `/tags/hong-kong/`.
    pub(super) address: CapsulePath,
    /// Which of the capsule's essays they are, in order.
    pub(super) essays: Vec<u32>,
}

/// The groups of a capsule, made in one walk over its essays.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// Newest first.
    pub(super) years: Vec<Group>,
    /// Those of most essays first, then by name.
    pub(super) tags: Vec<Group>,
    tag_at: HashMap<CapsulePath, usize>,
}

/// The catalogues of both media, each made when somebody first asks for it.
#[derive(Debug, Default)]
pub(super) struct Catalogues {
    gemini: OnceLock<Catalogue>,
    gopher: OnceLock<Catalogue>,
}

impl Catalogues {
    /// The one for readers of `medium`; `capsule` is the same at every call.
    pub(super) fn of(&self, capsule: &Capsule, medium: Medium) -> &Catalogue {
        let catalogue = match medium {
            Medium::Gemini => &self.gemini,
            Medium::Gopher => &self.gopher,
        };
        catalogue.get_or_init(|| Catalogue::of(capsule, medium))
    }
}

/// The address that lists the years.
pub(super) fn archive() -> CapsulePath {
    folder("archive", None)
}

/// The address that lists the tags.
pub(super) fn tags() -> CapsulePath {
    folder("tags", None)
}

impl Catalogue {
    pub(super) fn of(capsule: &Capsule, medium: Medium) -> Self {
        let mut years: Vec<Group> = Vec::new();
        let mut tags: HashMap<String, Tag<'_>> = HashMap::new();
        for (index, essay) in (0..).zip(capsule.essays()).filter(|(_, essay)| serves(essay, medium)) {
            if let Some(date) = essay.date {
                let name = format!("{:04}", date.year());
                // The essays come in order of their dates.
                if let Some(year) = years.last_mut().filter(|year| year.name == name) {
                    year.essays.push(index);
                } else {
                    let address = folder("archive", Some(&name));
                    years.push(Group { name, address, essays: vec![index] });
                }
            }
            for written in &essay.metadata.tags {
                if let Some(segment) = segment(written) {
                    tags.entry(segment).or_default().add(written.trim(), index);
                }
            }
        }
        let mut tags: Vec<Group> = tags.into_iter().map(|(segment, tag)| tag.into_group(&segment)).collect();
        tags.sort_by(|a, b| (b.essays.len().cmp(&a.essays.len())).then_with(|| a.address.cmp(&b.address)));
        let tag_at = tags.iter().enumerate().map(|(index, tag)| (tag.address.clone(), index)).collect();
        Self { years, tags, tag_at }
    }

    /// The tag whose page is `address`.
    pub(super) fn tag(&self, address: &CapsulePath) -> Option<&Group> {
        self.tag_at.get(address).map(|&index| &self.tags[index])
    }

    /// The year whose page is `address`.
    pub(super) fn year(&self, address: &CapsulePath) -> Option<&Group> {
        self.years.iter().find(|year| year.address == *address)
    }

    /// The address of ours that `path` is another way to write: without the slash at its end, or a tag as its
    /// author spells it.
    pub(super) fn canonical(&self, path: &CapsulePath) -> Option<CapsulePath> {
        let path = path.to_folder();
        if self.stands_at(&path) {
            return Some(path);
        }
        let spelt = (path.parent() == tags()).then(|| segment(path.name())).flatten()?;
        Some(folder("tags", Some(&spelt))).filter(|address| self.tag(address).is_some())
    }

    /// Whether a page of ours stands at `path`.
    pub(super) fn stands_at(&self, path: &CapsulePath) -> bool {
        (*path == archive() && !self.years.is_empty())
            || (*path == tags() && !self.tags.is_empty())
            || self.tag(path).is_some()
            || self.year(path).is_some()
    }
}

/// A tag while essays are still coming in.
#[derive(Default)]
struct Tag<'a> {
    spellings: HashMap<&'a str, usize>,
    essays: Vec<u32>,
}

impl<'a> Tag<'a> {
    fn add(&mut self, written: &'a str, index: u32) {
        *self.spellings.entry(written).or_default() += 1;
        if self.essays.last() != Some(&index) {
            self.essays.push(index);
        }
    }

    fn into_group(self, segment: &str) -> Group {
        // Of two spellings used as often, the first in the alphabet: the order of a table must not decide.
        let spellings = self.spellings.into_iter().map(|(name, count)| (count, std::cmp::Reverse(name)));
        let name = spellings.max().map_or_else(String::new, |(_, name)| name.0.to_owned());
        Group { name, address: folder("tags", Some(segment)), essays: self.essays }
    }
}

/// The part of an address that stands for a tag: in lower case, with a hyphen for everything that could divide an
/// address or hide it. Tags that come to the same are the same tag.
fn segment(tag: &str) -> Option<String> {
    let mut segment: String = (tag.trim().chars())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_is_one_safe_part_of_an_address() {
        for (tag, expected) in [
            ("Cinema", Some("/tags/cinema/")),
            (" Hong  Kong ", Some("/tags/hong--kong/")),
            ("hong-kong", Some("/tags/hong-kong/")),
            ("AC/DC", Some("/tags/ac-dc/")),
            ("..", Some("/tags/-./")),
            (".", Some("/tags/-/")),
            ("/", Some("/tags/-/")),
            (".hidden", Some("/tags/-hidden/")),
            (".well-known", Some("/tags/-well-known/")),
            ("C#", Some("/tags/c%23/")),
            ("100 %?", Some("/tags/100-%25%3F/")),
            ("a\r\nb\tc", Some("/tags/a--b-c/")),
            ("ÉTÉ", Some("/tags/%C3%A9t%C3%A9/")),
            ("東京", Some("/tags/%E6%9D%B1%E4%BA%AC/")),
            (" ", None),
            ("", None),
        ] {
            let url = segment(tag).map(|segment| folder("tags", Some(&segment)).to_url());
            assert_eq!(url.as_deref(), expected, "{tag:?}");
        }
    }
}
