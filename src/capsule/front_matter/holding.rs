//! The front matter keys of all generators that can hide an essay, and the meaning of their values.
//!
//! A value that does not decide whether readers may see the essay is a mistake, and so is a key that differs from one
//! of these in a single letter: the essay might be a draft.

use strsim::osa_distance;

use super::tree::{Node, Value};
use crate::capsule::visibility::{HiddenReason, Visibility};

const DRAFT: Visibility = Visibility::Hidden(HiddenReason::Draft);
const UNPUBLISHED: Visibility = Visibility::Hidden(HiddenReason::Unpublished);

/// Forms of a truth value, in lower case.
pub(super) const TRUE: &[&str] = &["true", "yes", "y", "on", "1", "always"];
pub(super) const FALSE: &[&str] = &["false", "no", "n", "off", "0", "never"];

/// The values in words, in lower case and with hyphens.
const WORDS: &[(Visibility, &str)] = &[
    (
        Visibility::Public,
        "public publish published live visible listed posted released final finished done complete completed \
         featured sent",
    ),
    (Visibility::Unlisted, "unlisted"),
    (DRAFT, "draft drafts auto-draft wip work-in-progress unfinished pending review in-review"),
    (
        UNPUBLISHED,
        "private hidden unpublished future scheduled trash trashed deleted password password-protected protected \
         members paid tiers secret internal inherit skip disabled withdrawn none",
    ),
];

/// A key, with the visibility that it states if its value is true or false.
#[derive(Debug)]
pub(super) struct HoldingKey {
    /// The key in lower case without hyphens, underscores and blanks; after its table (`build.list`) if it counts only
    /// there.
    pub(super) name: &'static str,
    yes: Option<Visibility>,
    no: Option<Visibility>,
    /// Whether the key has no other meaning. Then an unknown value is a mistake, and the key also counts in tables and
    /// when misspelt.
    pub(super) is_certain: bool,
}

const fn certain(name: &'static str, yes: Visibility, no: Visibility) -> HoldingKey {
    HoldingKey { name, yes: Some(yes), no: Some(no), is_certain: true }
}

const fn uncertain(name: &'static str, yes: Visibility, no: Visibility) -> HoldingKey {
    HoldingKey { name, yes: Some(yes), no: Some(no), is_certain: false }
}

/// Returns a key whose values are words, which state a visibility by [`WORDS`].
const fn worded(name: &'static str) -> HoldingKey {
    HoldingKey { name, yes: None, no: None, is_certain: true }
}

const KEYS: &[HoldingKey] = &[
    certain("draft", DRAFT, Visibility::Public),
    certain("isdraft", DRAFT, Visibility::Public),
    certain("published", Visibility::Public, UNPUBLISHED),
    certain("publish", Visibility::Public, UNPUBLISHED),
    certain("ispublished", Visibility::Public, UNPUBLISHED),
    certain("private", UNPUBLISHED, Visibility::Public),
    certain("hidden", UNPUBLISHED, Visibility::Public),
    certain("unlisted", Visibility::Unlisted, Visibility::Public),
    worded("status"),
    worded("poststatus"),
    worded("state"),
    worded("visibility"),
    // Hugo.
    certain("build.list", Visibility::Public, Visibility::Unlisted),
    certain("build.render", Visibility::Public, UNPUBLISHED),
    uncertain("list", Visibility::Public, Visibility::Unlisted),
    uncertain("headless", UNPUBLISHED, Visibility::Public),
    // Zola.
    uncertain("render", Visibility::Public, UNPUBLISHED),
    // Eleventy.
    uncertain("permalink", Visibility::Public, UNPUBLISHED),
    uncertain("eleventyexcludefromcollections", Visibility::Unlisted, Visibility::Public),
    // Obsidian.
    uncertain("dgpublish", Visibility::Public, UNPUBLISHED),
    uncertain("public", Visibility::Public, UNPUBLISHED),
    // Grav: whether menus show the page.
    uncertain("visible", Visibility::Public, Visibility::Unlisted),
    uncertain("wip", DRAFT, Visibility::Public),
];

/// Keys of other meanings that differ from a holding key in one letter.
const NO_MISPRINTS: &[&str] = &["publisher", "stage", "stale", "craft"];

impl HoldingKey {
    /// Returns the key that `path` names, in lower case and with the table it is in.
    pub(super) fn find(path: &str) -> Option<&'static Self> {
        let (name, is_nested) = bare(path);
        KEYS.iter().find(|key| key.name == name && (key.is_certain || key.name == "wip" || !is_nested))
    }

    /// Returns the key that `path` is a misprint of.
    pub(super) fn misprinted(path: &str) -> Option<&'static Self> {
        let (name, _) = bare(path);
        // Every line of an opening is asked, so length and ends rule out most keys first.
        let ends = |word: &str| (word.chars().next(), word.chars().next_back());
        let (length, (first, last)) = (name.chars().count(), ends(&name));
        let is_near = |key: &&Self| {
            key.is_certain
                && key.name.len().abs_diff(length) <= 1
                && (ends(key.name).0 == first || ends(key.name).1 == last)
                && osa_distance(key.name, &name) == 1
        };
        KEYS.iter().find(is_near).filter(|_| !NO_MISPRINTS.contains(&name.as_str()))
    }

    /// Returns what the value `node` says, or `None` if it says nothing about visibility.
    pub(super) fn says(&self, node: &Node<'_>) -> Option<Visibility> {
        let Value::Scalar(text) = &node.value else { return None };
        self.says_word(text)
    }

    /// As [`Self::says`], for a value as it is written.
    pub(super) fn says_word(&self, value: &str) -> Option<Visibility> {
        let value = value.trim().to_lowercase().replace([' ', '_'], "-");
        match value.as_str() {
            value if TRUE.contains(&value) => self.yes,
            value if FALSE.contains(&value) => self.no,
            _ if !self.is_certain => None,
            // Hugo: `list: local` lists the page in its own section only; `render: link` gives it an address but no
            // file.
            "local" | "link" if self.name.starts_with("build.") => Some(Visibility::Public),
            // Pelican.
            "hidden" if self.name == "status" => Some(Visibility::Unlisted),
            value => WORDS
                .iter()
                .find(|(_, words)| words.split(' ').any(|word| word == value))
                .map(|(says, _)| *says),
        }
    }

    /// Returns a hint that names the values of the key.
    pub(super) fn hint(&self) -> &'static str {
        match self.yes {
            Some(_) => "write `true` or `false`; readers do not get the essay until then",
            None => {
                "`published` and `public` publish the essay, `draft`, `private`, `pending` and `trash` hide it, \
                 `unlisted` keeps it out of lists; readers do not get it until then"
            }
        }
    }
}

/// Returns `path` without the tables in which keys count as at the top, and without hyphens, underscores and blanks; and
/// whether it was in such a table.
fn bare(path: &str) -> (String, bool) {
    let inner = ["extra.", "params."].iter().find_map(|table| path.strip_prefix(table));
    (inner.unwrap_or(path).replace([' ', '-', '_'], ""), inner.is_some())
}
