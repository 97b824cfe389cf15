//! The meaning of front matter: [`Metadata`], and the table of the keys that state it.

use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use strsim::osa_distance;

use super::holding::{FALSE, HoldingKey, TRUE};
use super::tree::{Entries, Node, Value};
use crate::capsule::date::{DayOrder, shown_order};
use crate::capsule::visibility::{HiddenReason, Visibility};
use crate::capsule::{EssayDate, nfc};
use crate::markup::front_matter::KeyClass;

/// What an author says about an essay, with rarely used values in [`ExtraMetadata`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The title.
    pub title: Option<String>,
    /// The date of the essay.
    pub date: Option<EssayDate>,
    /// Why the author hides the essay, if so.
    pub hidden: Option<HiddenReason>,
    /// Whether lists, feeds and search leave it out.
    pub unlisted: bool,
    /// Tags and categories, as written, each once.
    pub tags: Vec<String>,
    /// The language it is written in (BCP 47).
    pub language: Option<String>,
    /// Whether it is left out over Gemini.
    pub not_over_gemini: bool,
    /// Whether it is left out over Gopher.
    pub not_over_gopher: bool,
    /// Boxed, because it takes 350 bytes and most essays state none of it: 3.5 MB for an archive of 10,000 essays
    /// (`cargo bench --bench scale -- 10000 5`, resident memory).
    extra: Option<Box<ExtraMetadata>>,
}

/// Rarely used values of [`Metadata`], which dereferences to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExtraMetadata {
    /// The date from which it is visible, where that is stated apart from `date`.
    pub publish: Option<EssayDate>,
    /// The date of its last change.
    pub updated: Option<EssayDate>,
    /// The date from which it is hidden.
    pub expiry: Option<EssayDate>,
    /// A short description.
    pub summary: Option<String>,
    /// The last part of its address.
    pub slug: Option<String>,
    /// Its addresses on the Web: paths, perhaps without slashes around them.
    pub web_paths: Vec<String>,
    /// Its former addresses.
    pub aliases: Vec<String>,
    /// Other titles, for wiki links and search.
    pub synonyms: Vec<String>,
    /// The names of its authors.
    pub authors: Vec<String>,
    /// The picture at its head.
    pub cover: Option<Cover>,
    /// The series it belongs to.
    pub series: Option<String>,
    /// Its place in the series; the author chooses where to start counting.
    pub series_order: Option<i64>,
    /// A key shared by its translations, where their file names do not connect them.
    pub translation: Option<String>,
    /// The terms of use: words or an address.
    pub license: Option<String>,
    /// An identifier that outlives a change of address.
    pub id: Option<String>,
    /// Where the essay has moved to: an address in the capsule or elsewhere.
    pub redirect: Option<String>,
    /// The order of day and month that a date shows, for others in the folder.
    pub(in crate::capsule) day_order: Option<DayOrder>,
    /// Whether a date may mean two days.
    pub(in crate::capsule) is_ambiguous: bool,
    /// The author's own keys that it has, as bits by their index in [`FrontMatterKeys`].
    pub(in crate::capsule) own_keys: u32,
}

/// The picture at the head of an essay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// The address as written.
    pub source: String,
    /// The alternative text; may be empty.
    pub alt: String,
}

impl Deref for Metadata {
    type Target = ExtraMetadata;

    fn deref(&self) -> &ExtraMetadata {
        static EMPTY: LazyLock<ExtraMetadata> = LazyLock::new(ExtraMetadata::default);
        self.extra.as_deref().unwrap_or(&EMPTY)
    }
}

/// The keys, in lower case, that seldom start a line of prose: those that state one thing between two commas, the usual one
/// first.
const DISTINCT_KEYS: &str = "date, title, publishdate pubdate pubdatetime publish_date, published publish, \
                             updated lastmod modified moddatetime last_modified_at, expirydate unpublishdate, \
                             tags tag categories category, description, summary, excerpt, slug, permalink url path, \
                             aliases alias redirect_from, redirect_to, author authors, language lang";

/// The other keys, as in [`DISTINCT_KEYS`].
const OTHER_KEYS: &str = "image images cover, image_alt cover_alt alt image-alt, series, series_order series_index \
                          series_weight series_part part, weight, translationkey translation_key, license licence rights, \
                          id guid, gemini, gopher";

/// The keys of descriptions; of several, the first in this order counts.
const SUMMARIES: [&str; 3] = ["description", "summary", "excerpt"];

/// The tables in which Zola and Hugo keep further keys, with the keys that are read there.
const TABLES: &[(&str, &str)] = &[
    ("taxonomies", "tags tag categories category authors series"),
    ("extra", EXTRA_KEYS),
    ("params", EXTRA_KEYS),
    ("build", ""),
    ("_build", ""),
];

const EXTRA_KEYS: &str =
    "image images cover image_alt cover_alt series series_order license licence gemini gopher";

/// Values of Eleventy that stand for a time of the file or its commit. They are ignored: neither is the date of the
/// essay.
const FILE_TIMES: [&str; 4] = ["last modified", "created", "git last modified", "git created"];

/// Returns the usual key of each meaning, for which an archive may use a key of its own.
pub fn usual_keys() -> impl Iterator<Item = &'static str> {
    let groups = [DISTINCT_KEYS, OTHER_KEYS].into_iter().flat_map(|keys| keys.split(", "));
    groups.filter_map(|keys| keys.split(' ').next()).chain(["draft"])
}

/// Returns the usual key with the meaning of `key`, and whether such keys seldom start a line of prose.
fn usual_key(key: &str) -> Option<(&'static str, bool)> {
    // Each line at the start of a text is looked up.
    static KEYS: LazyLock<HashMap<&str, (&str, bool), RandomState>> = LazyLock::new(|| {
        let groups = [(OTHER_KEYS, false), (DISTINCT_KEYS, true)].into_iter();
        let groups =
            groups.flat_map(|(keys, is_distinct)| keys.split(", ").zip(std::iter::repeat(is_distinct)));
        let usual = |group: &'static str| group.split(' ').next().unwrap_or(group);
        groups.flat_map(|(group, is)| group.split(' ').map(move |key| (key, (usual(group), is)))).collect()
    });
    KEYS.get(key).copied()
}

/// Returns whether `word` is one of `words`, which blanks divide.
fn is_among(words: &str, word: &str) -> bool {
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
    fn usual(&self, own: &str) -> Option<(usize, &str)> {
        let at = self.own.iter().position(|(known, _)| known == own)?;
        Some((at, &self.own[at].1))
    }

    /// Returns the own keys in tables that none of `essays` has, each with its usual key.
    pub(in crate::capsule) fn unknown<'k>(
        &'k self,
        essays: impl Iterator<Item = &'k Metadata>,
    ) -> impl Iterator<Item = (&'k str, &'k str)> {
        let known = essays.fold(0, |known, metadata| known | metadata.own_keys);
        let is_unknown =
            move |(at, (own, _)): &(u32, &(String, String))| own.contains('.') && known >> at & 1 == 0;
        (0..u32::BITS).zip(&self.own).filter(is_unknown).map(|(_, (own, usual))| (&**own, &**usual))
    }

    /// Writes the keys of the table at `path` in lower case, and moves values under the author's own keys into `own`,
    /// each with the index of its key.
    fn sort<'a>(&self, entries: Entries<'a>, path: &str, own: &mut Vec<(usize, Node<'a>)>) -> Entries<'a> {
        let mut sorted = Vec::with_capacity(entries.len());
        for (key, mut node) in entries {
            let key = nfc(key.trim()).to_lowercase();
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            if let Some((at, _)) = self.usual(&path) {
                own.push((at, node));
                continue;
            }
            if let Value::Map(inner) = node.value {
                node.value = Value::Map(self.sort(inner, &path, own));
            }
            sorted.push((key.into(), node));
        }
        sorted
    }
}

/// Returns how far a line with `key` and `value`, as written, suggests that it belongs to front matter.
pub(super) fn classify(key: &str, value: &str, keys: &FrontMatterKeys) -> KeyClass {
    let key = nfc(key).to_lowercase();
    let usual = keys.usual(&key).map_or(&*key, |(_, usual)| usual);
    let known = usual_key(usual);
    let misprinted = || known.is_none().then(|| HoldingKey::misprinted(usual)).flatten();
    if let Some(holding) = HoldingKey::find(usual).or_else(misprinted) {
        let says = holding.says_word(value);
        match (holding.is_certain, matches!(says, Some(Visibility::Hidden(_) | Visibility::Unlisted))) {
            (true, true) => return KeyClass::Held,
            (true, false) | (false, true) => return KeyClass::Known,
            (false, false) => {}
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

/// A problem with a value.
pub(super) struct Note {
    pub(super) what: String,
    pub(super) hint: &'static str,
    /// Whether the text must not be published with this value.
    pub(super) is_fatal: bool,
    /// The bytes within the head.
    pub(super) range: Range<usize>,
}

/// Reads the metadata in the entries of a head. A key of the author's own, by `keys`, overrides the usual key; `order` is
/// that of day and month in the dates of the folder, if it is known.
pub(super) fn read(
    entries: Entries<'_>,
    keys: &FrontMatterKeys,
    order: Option<DayOrder>,
) -> (Metadata, Vec<Note>) {
    let mut reader = Reader { order, ..Reader::default() };
    let mut own = Vec::new();
    for (key, node) in keys.sort(entries, "", &mut own) {
        reader.entry(&key, &key, node);
    }
    for (at, node) in own {
        let usual = &*keys.own[at].1;
        reader.extra.own_keys |= 1 << at;
        reader.says.retain(|(key, _)| *key != usual);
        if SUMMARIES.contains(&usual) {
            reader.summary = None;
        }
        reader.entry(usual, usual, node);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader {
    order: Option<DayOrder>,
    metadata: Metadata,
    extra: ExtraMetadata,
    notes: Vec<Note>,
    /// The date of a key that may also hold a truth value.
    published: Option<EssayDate>,
    /// The latest date that an ambiguous one may mean: readers do not get the essay before it.
    not_before: Option<EssayDate>,
    /// The description, with the rank of its key.
    summary: Option<(usize, String)>,
    cover: Option<String>,
    cover_alt: Option<String>,
    /// The keys about visibility, with what each states.
    says: Vec<(&'static str, Visibility)>,
}

impl Reader {
    fn finish(self) -> (Metadata, Vec<Note>) {
        let Self { mut metadata, mut extra, .. } = self;
        metadata.date = metadata.date.or(extra.publish).or(self.published);
        // Each date that is given holds the essay back until then.
        let held_until = [extra.publish, self.not_before, self.published].into_iter().flatten();
        extra.publish = held_until.max_by_key(EssayDate::instant);
        let reason = |(_, says): &(_, Visibility)| match says {
            Visibility::Hidden(reason) => Some(*reason),
            _ => None,
        };
        metadata.hidden = self.says.iter().filter_map(reason).min();
        metadata.unlisted = self.says.iter().any(|(_, says)| *says == Visibility::Unlisted);
        extra.summary = self.summary.map(|(_, text)| text);
        let alt = self.cover_alt.unwrap_or_default();
        extra.cover = self.cover.map(|source| Cover { source, alt });
        metadata.extra = (extra != ExtraMetadata::default()).then(|| Box::new(extra));
        (metadata, self.notes)
    }

    /// Reads the value of `key`, whose full name with the table it is in is `path`.
    fn entry(&mut self, path: &str, key: &str, node: Node<'_>) {
        let Some((_, allowed)) = TABLES.iter().find(|(table, _)| *table == path) else {
            self.visibility(path, &node);
            self.strange_table(path, &node);
            return usual_key(key).into_iter().for_each(|(usual, _)| self.field(usual, key, &node));
        };
        let Value::Map(entries) = node.value else { return };
        for (key, node) in entries {
            let field = if is_among(allowed, &key) { &*key } else { "" };
            self.entry(&format!("{path}.{key}"), field, node);
        }
    }

    /// Notes what the value of `path` says about visibility; a value or key that leaves this open is a mistake.
    fn visibility(&mut self, path: &str, node: &Node<'_>) {
        if let Some(key) = HoldingKey::find(path) {
            match key.says(node) {
                Some(says) => self.says.push((key.name, says)),
                // A date as the value of `published` makes the essay public too.
                None if key.is_certain && !is_date(key.name, node) => {
                    self.refuse(format!("`{path}` does not say whether to publish"), key.hint(), node);
                }
                None => {}
            }
        } else if usual_key(path).is_none()
            && let Some(key) = HoldingKey::misprinted(path)
            && key.says(node).is_some()
        {
            let what = format!("unknown key `{path}`: is it `{}`?", key.name);
            let hint = "correct the key, or rename it if it means something else";
            self.refuse(what, hint, node);
        }
    }

    /// Refuses a table that no generator reads if it has a key that hides the essay elsewhere. Other tables than misspelt
    /// ones have keys such as `hidden` for other purposes.
    fn strange_table(&mut self, table: &str, node: &Node<'_>) {
        let Value::Map(entries) = &node.value else { return };
        let is_misspelt = TABLES.iter().any(|(known, _)| (1..=2).contains(&osa_distance(known, table)));
        for (key, node) in entries {
            let held = HoldingKey::find(key).filter(|held| held.is_certain);
            let counts = is_misspelt || matches!(held, Some(held) if held.name.ends_with("draft"));
            if counts && matches!(held.and_then(|held| held.says(node)), Some(Visibility::Hidden(_))) {
                let what =
                    format!("`{table}.{key}` seems to hide the essay, but `{table}` is no table for that");
                self.refuse(what, "move the key out of the table, or correct the name of the table", node);
            }
        }
    }

    fn refuse(&mut self, what: String, hint: &'static str, node: &Node<'_>) {
        self.notes.push(Note { what, hint, is_fatal: true, range: node.range.clone() });
    }

    /// Reads the value of `key`, which has the meaning of the key `usual`.
    fn field(&mut self, usual: &str, key: &str, node: &Node<'_>) {
        let (metadata, extra) = (&mut self.metadata, &mut self.extra);
        let first = |names| texts(node, names).into_iter().next();
        match usual {
            "title" => metadata.title = text(node),
            "date" => self.metadata.date = self.date(key, node).or(self.metadata.date),
            "publishdate" => self.extra.publish = self.date(key, node),
            "published" if is_date(key, node) => self.published = self.date(key, node),
            "updated" => self.extra.updated = self.date(key, node),
            "expirydate" => self.extra.expiry = self.date(key, node),
            "tags" => self.tags(node),
            "description" | "summary" | "excerpt" => self.summary(usual, node),
            "slug" => extra.slug = text(node),
            // With `permalink: false` the essay is hidden instead.
            "permalink" => extra.web_paths.extend(text(node).filter(|_| truth(node) != Some(false))),
            "aliases" => self.aliases(node),
            "redirect_to" => extra.redirect = first(&[]),
            "author" => extra.authors.extend(texts(node, &["name"])),
            "language" => metadata.language = text(node).filter(|tag| is_language(tag)),
            "image" => self.cover(node),
            "image_alt" => self.cover_alt = text(node),
            "series" => extra.series = first(&["name", "title"]).map(|name| nfc(&name).into_owned()),
            "series_order" => extra.series_order = number(node),
            "weight" => extra.series_order = extra.series_order.or(number(node)),
            "translationkey" => extra.translation = text(node).map(|key| nfc(&key).into_owned()),
            "license" => extra.license = first(&["name", "title", "url"]),
            "id" => extra.id = text(node),
            "gemini" => metadata.not_over_gemini = truth(node) == Some(false),
            "gopher" => metadata.not_over_gopher = truth(node) == Some(false),
            // `visibility` reads truth values and words.
            _ => {}
        }
    }

    /// Reads a date; of a list, the first one.
    fn date(&mut self, key: &str, node: &Node<'_>) -> Option<EssayDate> {
        const HINT: &str = "write dates as `2024-05-01`, or with a time as `2024-05-01T10:00:00Z`";
        let written = match &node.value {
            Value::Scalar(written) => written.trim(),
            Value::List(items) => return items.first().and_then(|first| self.date(key, first)),
            Value::Map(_) => "",
            Value::Nothing => return None,
        };
        let is_map = matches!(node.value, Value::Map(_));
        if !is_map && written.is_empty() || FILE_TIMES.contains(&written.to_lowercase().as_str()) {
            return None;
        }
        self.extra.day_order = self.extra.day_order.or(shown_order(written));
        let date = EssayDate::parse_in_order(written, self.order);
        if date.is_some() {
            return date;
        }
        let note = |what, is_fatal| Note { what, hint: HINT, is_fatal, range: node.range.clone() };
        let is = |usual: &str| usual_key(key).is_some_and(|(found, _)| found == usual);
        let day = written.split_whitespace().next().and_then(EssayDate::parse);
        // A colon and a blank belong to another entry, whose line is joined with this one.
        if let Some(day) = day.filter(|_| !written.contains(": ")) {
            self.notes.push(note(format!("the time in `{key}` cannot be read"), false));
            return Some(day);
        }
        if let Some(latest) = EssayDate::latest_reading(written).filter(|_| !is("expirydate")) {
            self.notes.push(note(format!("`{key}` is not a date: which number is the month?"), false));
            self.not_before = self.not_before.max(Some(latest));
            self.extra.is_ambiguous = true;
            return None;
        }
        self.notes.push(note(format!("`{key}` is not a date"), !is("updated")));
        None
    }

    /// Reads a list of names, or one string: divided by commas where it has any, else by white space (Jekyll).
    fn tags(&mut self, node: &Node<'_>) {
        let found = match &node.value {
            Value::Scalar(one) if one.contains(',') => one.split(',').map(str::to_owned).collect(),
            Value::Scalar(one) => one.split_whitespace().map(str::to_owned).collect(),
            _ => texts(node, &["name"]),
        };
        for tag in found.iter().map(|tag| crate::problem::printable(tag)) {
            let tag = nfc(tag.trim().trim_start_matches('#'));
            let known = self.metadata.tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
            if !tag.is_empty() && !known {
                self.metadata.tags.push(tag.into_owned());
            }
        }
    }

    fn summary(&mut self, key: &str, node: &Node<'_>) {
        let Some(rank) = SUMMARIES.iter().position(|summary| *summary == key) else { return };
        let is_better = self.summary.as_ref().is_none_or(|(known, _)| rank < *known);
        if let Some(text) = text(node).filter(|_| is_better) {
            self.summary = Some((rank, text));
        }
    }

    /// Reads aliases by their form: paths are former addresses (Hugo, Zola, Jekyll), others are titles (Obsidian).
    fn aliases(&mut self, node: &Node<'_>) {
        let is_address = |alias: &String| [".html", ".htm"].iter().any(|end| alias.ends_with(end));
        let is_address = |alias: &String| alias.contains('/') || is_address(alias);
        let (addresses, titles): (Vec<_>, Vec<_>) = texts(node, &[]).into_iter().partition(is_address);
        self.extra.aliases.extend(addresses);
        self.extra.synonyms.extend(titles);
    }

    fn cover(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Scalar(_) => self.cover = text(node).or(self.cover.take()),
            Value::Map(entries) => {
                for (key, node) in entries {
                    match &**key {
                        "src" | "source" | "image" | "path" | "url" | "file" => {
                            self.cover = text(node).or(self.cover.take());
                        }
                        "alt" | "caption" => self.cover_alt = self.cover_alt.take().or(text(node)),
                        _ => {}
                    }
                }
            }
            Value::List(items) => items.first().into_iter().for_each(|first| self.cover(first)),
            Value::Nothing => {}
        }
    }
}

/// Returns the printable words of a scalar on one line, or `None` if there are none.
fn text(node: &Node<'_>) -> Option<String> {
    let line = crate::problem::printable(scalar(node)?).split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

fn scalar<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Scalar(text) => Some(text.trim()),
        _ => None,
    }
}

/// Returns the texts of a scalar, of a list, or of maps under one of `names`.
fn texts(node: &Node<'_>, names: &[&str]) -> Vec<String> {
    match &node.value {
        Value::Scalar(_) => text(node).into_iter().collect(),
        Value::List(items) => items.iter().flat_map(|item| texts(item, names)).collect(),
        Value::Map(entries) => {
            let named = entries.iter().filter(|(key, _)| names.contains(&key.to_lowercase().as_str()));
            named.filter_map(|(_, node)| text(node)).collect()
        }
        Value::Nothing => Vec::new(),
    }
}

fn number(node: &Node<'_>) -> Option<i64> {
    scalar(node)?.parse().ok()
}

/// Returns whether `node` is a date under a key that takes dates as well as truth values.
fn is_date(key: &str, node: &Node<'_>) -> bool {
    matches!(key, "published" | "publish") && scalar(node).and_then(EssayDate::parse).is_some()
}

fn truth(node: &Node<'_>) -> Option<bool> {
    let word = scalar(node)?.to_lowercase();
    let truths = [(true, TRUE), (false, FALSE)];
    truths.into_iter().find(|(_, words)| words.contains(&&*word)).map(|(truth, _)| truth)
}

/// Returns whether `tag` has the form of a language tag (RFC 5646, section 2.1) and is safe in a header.
fn is_language(tag: &str) -> bool {
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (2..=35).contains(&tag.len()) && tag.split('-').all(is_part)
}
