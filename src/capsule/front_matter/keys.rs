//! The keys of front matter: those with a usual meaning, those that can hide an essay, and the author's own.
//!
//! An unknown value of a key that hides essays is a mistake, as is a key that is one letter off: it might be a draft.

use std::borrow::Cow;
use std::collections::HashMap;
use std::iter::repeat;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::node::{Entries, Node, Value};
use crate::capsule::visibility::{HiddenReason, Visibility};
use crate::capsule::{EssayDate, nfc};
use crate::markup::front_matter::KeyClass;

/// A line of keys for each meaning, the usual key first. Those above the blank line seldom start a line of prose.
const MEANINGS: &str = include_str!("meanings.txt");

/// The tables in which Zola and Hugo keep further keys, with the keys that are read there.
pub(super) const TABLES: &[(&str, &str)] = &[
    ("taxonomies", "tags tag categories category authors series"),
    ("extra", EXTRA_KEYS),
    ("params", EXTRA_KEYS),
    ("build", ""),
    ("_build", ""),
    ("permalink", ""),
    ("eleventycomputed", ""),
];

const EXTRA_KEYS: &str = "image images cover image_alt cover_alt series series_order license licence gemini gopher";

/// Returns the usual key of each meaning. An archive may have keys of its own for these meanings.
pub fn usual_keys() -> impl Iterator<Item = &'static str> {
    MEANINGS.lines().filter_map(|keys| keys.split_whitespace().next()).chain(["draft"])
}

/// Returns the usual key with the meaning of `key`, and whether such keys seldom start a line of prose.
pub fn usual_key(key: &str) -> Option<(&'static str, bool)> {
    // Each line at the start of a text is looked up.
    static KEYS: LazyLock<HashMap<&str, (&str, bool), RandomState>> = LazyLock::new(|| {
        let (distinct, others) = MEANINGS.split_once("\n\n").unwrap_or((MEANINGS, ""));
        let meaning = |(keys, is_distinct): (&'static str, bool)| {
            let usual = keys.split(' ').next().unwrap_or(keys);
            keys.split(' ').map(move |key| (key, (usual, is_distinct)))
        };
        let (distinct, others) = (distinct.lines().zip(repeat(true)), others.lines().zip(repeat(false)));
        distinct.chain(others).flat_map(meaning).collect()
    });
    KEYS.get(key).or_else(|| KEYS.get(&*gapless(key))).copied()
}

/// Returns whether `word` is one of `words`, which are separated by spaces.
pub(super) fn is_among(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// The author's own keys for meanings that have a usual key, as in `date = "published_at"`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatterKeys {
    /// Each own key, in lower case and perhaps with the tables it is in (`book.title`), with the usual key.
    own: Vec<(String, String)>,
}

impl FrontMatterKeys {
    /// Creates the mapping from pairs of usual key and own key.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        let entry = |(usual, own): (String, String)| (nfc(&own).to_lowercase(), usual.to_lowercase());
        Self { own: pairs.into_iter().map(entry).collect() }
    }

    /// Returns the index and the usual key for `own`, which is in lower case and may name a value in a table.
    fn usual(&self, own: &str) -> Option<(u32, &str)> {
        (0..).zip(&self.own).find(|(_, (known, _))| known == own).map(|(at, (_, usual))| (at, &**usual))
    }

    /// Returns the own keys in tables whose bits are not set in `known`, each with its usual key. Bit 0 is the first.
    pub(in crate::capsule) fn unknown(&self, known: u32) -> impl Iterator<Item = (&str, &str)> {
        // Those in the table of taxonomies come from a site generator.
        let is_own = |own: &str| own.contains('.') && !own.starts_with("taxonomies.");
        let is_unknown = move |(at, (own, _)): &(u32, &(String, String))| is_own(own) && known >> at & 1 == 0;
        (0..u32::BITS).zip(&self.own).filter(is_unknown).map(|(_, (own, usual))| (&**own, &**usual))
    }

    /// Returns the `entries` of the table at `path`, with keys in lower case, except those under the author's own keys.
    /// Their values go into `own`, each with the index of its key and the usual key.
    pub(super) fn separate<'a, 'k>(
        &'k self,
        entries: Entries<'a>,
        path: &str,
        own: &mut Vec<(u32, &'k str, Node<'a>)>,
    ) -> Entries<'a> {
        let mut sorted = Vec::with_capacity(entries.len());
        for (key, mut node) in entries {
            let key = nfc(key.trim()).to_lowercase();
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            if let Some((at, usual)) = self.usual(&path) {
                own.push((at, usual, node));
                continue;
            }
            if let Value::Map(inner) = node.value {
                node.value = Value::Map(self.separate(inner, &path, own));
            }
            sorted.push((key.into(), node));
        }
        sorted
    }
}

/// Returns how strongly a line with `key` and `value`, as written, suggests that it belongs to front matter.
pub(super) fn classify(key: &str, value: &str, keys: &FrontMatterKeys) -> KeyClass {
    let key = nfc(key).to_lowercase();
    let usual = keys.usual(&key).map_or(&*key, |(_, usual)| usual);
    let known = usual_key(usual);
    let misprinted = || known.is_none().then(|| HoldingKey::misprinted(usual)).flatten();
    if let Some(holding) = HoldingKey::find(usual).or_else(misprinted) {
        let is_held = matches!(holding.says(value), Some(Visibility::Hidden(_) | Visibility::Unlisted));
        match (holding.is_certain, is_held) {
            // Logseq writes `public:: false` and `public:: true`.
            (certain, true) if certain || holding.name == "public" => return KeyClass::Held,
            (false, false) if holding.name == "public" && holding.says(value).is_some() => return KeyClass::Opening,
            (false, false) => {}
            _ => return KeyClass::Known,
        }
    }
    match known {
        Some(("title", _)) => KeyClass::Opening,
        Some(("date", _)) if EssayDate::parse(value).is_some() => KeyClass::Opening,
        Some((_, true)) => KeyClass::Known,
        None if usual == "layout" => KeyClass::Known,
        _ => KeyClass::Unknown,
    }
}

const DRAFT: Visibility = Visibility::Hidden(HiddenReason::Draft);
const UNPUBLISHED: Visibility = Visibility::Hidden(HiddenReason::Unpublished);

/// Values that are words, in lower case and with hyphens. Each line has those for one entry of [`WORDED_AS`].
const WORDS: &str = include_str!("visibility_words.txt");
const WORDED_AS: [Visibility; 5] = [Visibility::Public, Visibility::Unlisted, DRAFT, UNPUBLISHED, UNPUBLISHED];

/// A key that can hide an essay.
#[derive(Debug)]
pub(super) struct HoldingKey {
    /// The key without hyphens, underscores and blanks; after its table (`build.list`) if it counts only there.
    pub(super) name: &'static str,
    /// What the key does, as its line in the file says.
    states: &'static str,
    /// What the values true and false state; `None` if the values are words.
    yes_no: Option<(Visibility, Visibility)>,
    /// Whether the key has no other meaning: unknown values are then mistakes, and it counts in tables and misspelt.
    pub(super) is_certain: bool,
}

/// The keys, with what their values state. `!` marks certain ones, which come first.
static KEYS: LazyLock<Vec<HoldingKey>> = LazyLock::new(|| {
    let keys = |(states, names): (&'static str, &'static str)| {
        let yes_no = match states.trim_end_matches('!') {
            "drafts" => Some((DRAFT, Visibility::Public)),
            "hides" | "encrypts" => Some((UNPUBLISHED, Visibility::Public)),
            "publishes" | "dates" => Some((Visibility::Public, UNPUBLISHED)),
            "lists" => Some((Visibility::Public, Visibility::Unlisted)),
            "unlists" => Some((Visibility::Unlisted, Visibility::Public)),
            _ => None,
        };
        names.split(' ').map(move |name| HoldingKey { name, states, yes_no, is_certain: states.ends_with('!') })
    };
    include_str!("holding_keys.txt").lines().filter_map(|line| line.split_once(": ")).flat_map(keys).collect()
});

/// Keys of other meanings that differ in one letter from a key that can hide an essay.
const NO_MISPRINTS: &[&str] = &["publisher", "stage", "stale", "craft", "scheduler"];

impl HoldingKey {
    /// Returns the key at `path`, which is in lower case and includes the table that the key is in.
    pub(super) fn find(path: &str) -> Option<&'static Self> {
        let (name, is_nested) = bare(path);
        KEYS.iter()
            .find(|key| key.name == name)
            .filter(|key| key.is_certain || key.needs_value() || key.name == "wip" || !is_nested)
    }

    /// Returns the key that `path` differs from in one letter, or in two that are swapped.
    pub(super) fn misprinted(path: &str) -> Option<&'static Self> {
        let (name, _) = bare(path);
        let ends = |word: &str| (word.bytes().next(), word.bytes().next_back());
        let ((first, last), length) = (ends(&name), name.chars().count());
        // Called for every line at the head of a text, so lengths and the first and last letters rule out most keys.
        let has_end = |word: &str| ends(word).0 == first || ends(word).1 == last;
        let is_near = |key: &&Self| key.name.len().abs_diff(length) < 2 && has_end(key.name);
        let mut near = KEYS.iter().take_while(|key| key.is_certain).filter(is_near);
        let key = near.find(|key| strsim::osa_distance(key.name, &name) == 1);
        key.filter(|_| !NO_MISPRINTS.contains(&&*name))
    }

    /// Returns the visibility that `value`, as written, states, or `None` if it states none.
    pub(super) fn says(&self, value: &str) -> Option<Visibility> {
        let value = value.trim().to_lowercase().replace([' ', '_'], "-");
        if let Some(is_true) = truth(&value) {
            return self.yes_no.map(|(yes, no)| if is_true { yes } else { no });
        }
        match &*value {
            "" => self.needs_value().then_some(UNPUBLISHED),
            // Any value but a negation hides the essay, as a password does.
            _ if self.states == "encrypts" => Some(UNPUBLISHED),
            _ if !self.is_certain && (self.yes_no.is_some() || value == "none") => None,
            // Hugo: `list: local` lists the page in its own section only; `render: link` gives it an address only.
            "local" | "link" if self.name.starts_with("build.") => Some(Visibility::Public),
            // Pelican.
            "hidden" if self.name == "status" => Some(Visibility::Unlisted),
            value => {
                WORDED_AS.into_iter().zip(WORDS.lines()).find(|(_, words)| is_among(words, value)).map(|(says, _)| says)
            }
        }
    }

    /// Returns whether the essay is hidden while the key has no value.
    pub(super) fn needs_value(&self) -> bool {
        self.states == "dates"
    }

    /// Returns whether the values of the key are words, not truth values.
    pub(super) fn takes_words(&self) -> bool {
        self.yes_no.is_none()
    }

    /// Returns a hint that names the values of the key.
    pub(super) fn hint(&self) -> &'static str {
        if !self.takes_words() {
            return "write `true` or `false`; readers do not get the essay until then";
        }
        "`published` and `public` publish the essay, `draft`, `private`, `pending` and `trash` hide it, \
         `unlisted` keeps it out of lists; readers do not get it until then"
    }
}

/// Returns the truth value of `word`, which is in lower case.
pub(super) fn truth(word: &str) -> Option<bool> {
    match word {
        "true" | "yes" | "y" | "on" | "1" | "always" => Some(true),
        "false" | "no" | "n" | "off" | "0" | "never" => Some(false),
        _ => None,
    }
}

/// Returns `path` without a leading `extra.` or `params.` and without gaps, and whether it had such a table.
fn bare(path: &str) -> (Cow<'_, str>, bool) {
    let inner = ["extra.", "params."].iter().find_map(|table| path.strip_prefix(table));
    let name = inner.unwrap_or(path);
    (gapless(name), inner.is_some())
}

/// Returns `name` without spaces, hyphens and underscores.
fn gapless(name: &str) -> Cow<'_, str> {
    let has_gap = name.bytes().any(|byte| matches!(byte, b' ' | b'-' | b'_'));
    if has_gap { name.replace([' ', '-', '_'], "").into() } else { Cow::Borrowed(name) }
}
