//! [`Register`]: essays by what they have in common, and the addresses under which they are listed.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::capsule::CapsulePath;

/// What essays can have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Year,
    Tag,
    Series,
    Language,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Year, Self::Tag, Self::Series, Self::Language];

    /// The page that lists all groups of this kind.
    pub(super) fn address(self) -> CapsulePath {
        folder(self.segment(), None)
    }

    /// The title of that page.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Year => "Archive",
            Self::Tag => "Tags",
            Self::Series => "Series",
            Self::Language => "Languages",
        }
    }

    fn segment(self) -> &'static str {
        match self {
            Self::Year => "archive",
            Self::Tag => "tags",
            Self::Series => "series",
            Self::Language => "languages",
        }
    }
}

/// Essays that have something in common.
#[derive(Debug)]
pub(super) struct Group {
    /// What that is: the year, or the tag in the spelling that most essays use.
    pub(super) name: String,
    /// Where they are listed: `/archive/2024/`, `/tags/hong-kong/`.
    pub(super) address: CapsulePath,
    /// Which of the capsule's essays they are, in the order of the list.
    pub(super) essays: Vec<u32>,
}

/// The groups of one kind, in the order of their page.
#[derive(Debug, Default)]
pub(super) struct Register {
    pub(super) groups: Vec<Group>,
    at: HashMap<CapsulePath, usize>,
}

impl Register {
    fn of(groups: Vec<Group>) -> Self {
        let at = groups.iter().enumerate().map(|(index, group)| (group.address.clone(), index)).collect();
        Self { groups, at }
    }

    /// The group whose page is `address`.
    pub(super) fn at(&self, address: &CapsulePath) -> Option<&Group> {
        self.at.get(address).map(|&index| &self.groups[index])
    }

    /// The group that `written` names.
    pub(super) fn named(&self, kind: Kind, written: &str) -> Option<&Group> {
        self.at(&folder(kind.segment(), Some(&segment(written)?)))
    }
}

/// Groups while essays are still coming in.
#[derive(Default)]
pub(super) struct Collector<'a> {
    groups: HashMap<String, Collected<'a>>,
}

#[derive(Default)]
struct Collected<'a> {
    spellings: HashMap<&'a str, usize>,
    essays: Vec<u32>,
}

impl<'a> Collector<'a> {
    /// The essay number `index` bears the name `written`; essays come in order.
    pub(super) fn add(&mut self, written: &'a str, index: u32) {
        let Some(segment) = segment(written) else { return };
        let group = self.groups.entry(segment).or_default();
        *group.spellings.entry(written.trim()).or_default() += 1;
        if group.essays.last() != Some(&index) {
            group.essays.push(index);
        }
    }

    /// The groups, those of most essays first, then by address.
    pub(super) fn by_size(self, kind: Kind) -> Register {
        let mut groups = self.into_groups(kind);
        groups.sort_by(|a, b| (b.essays.len().cmp(&a.essays.len())).then_with(|| a.address.cmp(&b.address)));
        Register::of(groups)
    }

    /// The groups in order of their addresses; `arrange` puts the essays of each in order.
    pub(super) fn by_name(self, kind: Kind, arrange: impl Fn(&mut Group) -> bool) -> Register {
        let mut groups = self.into_groups(kind);
        groups.retain_mut(|group| arrange(group));
        groups.sort_by(|a, b| a.address.cmp(&b.address));
        Register::of(groups)
    }

    /// The groups, latest names first.
    pub(super) fn latest_first(self, kind: Kind) -> Register {
        let mut groups = self.into_groups(kind);
        groups.sort_by(|a, b| b.address.cmp(&a.address));
        Register::of(groups)
    }

    fn into_groups(self, kind: Kind) -> Vec<Group> {
        let group = |(segment, collected): (String, Collected<'a>)| {
            // Of two spellings used as often, the first in the alphabet: the order of a table must not decide.
            let spellings = collected.spellings.into_iter().map(|(name, count)| (count, Reverse(name)));
            let name = spellings.max().map_or_else(String::new, |(_, name)| name.0.to_owned());
            Group { name, address: folder(kind.segment(), Some(&segment)), essays: collected.essays }
        };
        self.groups.into_iter().map(group).collect()
    }
}

/// The part of an address that stands for a name: in lower case, with a hyphen for everything that could divide an
/// address or hide it. Names that come to the same are the same.
fn segment(name: &str) -> Option<String> {
    let mut segment: String = (name.trim().chars())
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
