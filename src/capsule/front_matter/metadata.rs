//! The meaning of front matter: [`Metadata`], and how it is read from the values of keys.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::LazyLock;

use jiff::tz::TimeZone;

use super::HeadOptions;
use super::keys::{HoldingKey, TABLES, is_among, truth, usual_key};
use super::node::{Entries, Node, Value};
use crate::capsule::date::{DayOrder, shown_order};
use crate::capsule::language::is_language;
use crate::capsule::visibility::{HiddenReason, Visibility};
use crate::capsule::{EssayDate, nfc, slug};
use crate::markup::front_matter::Mistake;
use crate::problem::printable;

/// What an author says about an essay, with rarely used values in [`ExtraMetadata`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "an author states each of them apart")]
pub struct Metadata {
    /// The title.
    pub title: Option<String>,
    /// The date of the essay.
    pub date: Option<EssayDate>,
    /// Why the author hides the essay; `None` if the author does not.
    pub hidden: Option<HiddenReason>,
    /// Whether lists, feeds and search leave it out.
    pub unlisted: bool,
    /// Whether the author says that it is no draft, or published.
    pub is_published: bool,
    /// Tags and categories, as written, each once.
    pub tags: Vec<String>,
    /// Its categories as a part of an address, as in `films/french`.
    pub categories: Box<str>,
    /// The language it is written in (BCP 47).
    pub language: Option<String>,
    /// Whether it is left out over Gemini.
    pub not_over_gemini: bool,
    /// Whether it is left out over Gopher.
    pub not_over_gopher: bool,
    /// Boxed: most essays need none of its 350 bytes, 3.5 MB resident in `cargo bench --bench scale -- 10000 5`.
    pub(in crate::capsule) extra: Option<Box<ExtraMetadata>>,
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
    /// The author's own keys that it has, as bits by their index in [`super::FrontMatterKeys`].
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

/// The keys of descriptions; if an essay has several, the first in this order counts.
const SUMMARIES: [&str; 3] = ["description", "summary", "excerpt"];

/// Values that are not a date: an empty one, and words that make Eleventy and Quarto take another time.
const NO_DATES: [&str; 8] =
    ["", "last modified", "created", "git last modified", "git created", "last-modified", "today", "now"];

/// The tables in which databases and editorial systems export what they know of a text.
const EXPORTED: &str = "sys fields attributes data workflow publication publishing meta metadata page post entry cms";

/// A mistake in a value, with the bytes of that within the head.
pub(super) struct Note {
    pub(super) mistake: Mistake,
    /// Whether the text must not be published with this value.
    pub(super) is_fatal: bool,
}

/// Reads the entries of a head. The author's own keys override usual ones.
pub(super) fn read(entries: Entries<'_>, options: &HeadOptions<'_>) -> (Metadata, Vec<Note>) {
    let HeadOptions { keys, order, time_zone, .. } = *options;
    let mut reader = Reader { order, time_zone, ..Reader::default() };
    let mut own = Vec::new();
    for (key, node) in keys.separate(entries, "", &mut own) {
        reader.entry(&key, &key, &node);
    }
    for (at, usual, node) in own {
        reader.extra.own_keys |= 1_u32.checked_shl(at).unwrap_or(0);
        reader.says.retain(|(key, _)| *key != usual);
        if SUMMARIES.contains(&usual) {
            reader.summary = None;
        }
        reader.entry(usual, usual, &node);
    }
    reader.finish()
}

#[derive(Default)]
struct Reader<'a> {
    order: Option<DayOrder>,
    time_zone: Option<&'a TimeZone>,
    metadata: Metadata,
    extra: ExtraMetadata,
    notes: Vec<Note>,
    /// The tags of the metadata in lower case.
    seen_tags: HashSet<String>,
    /// The date of a key that may also hold a truth value.
    published: Option<EssayDate>,
    /// The latest date that an ambiguous one may mean, or that of the first version: before it, the essay is hidden.
    not_before: Option<EssayDate>,
    /// The description, with the rank of its key.
    summary: Option<(Option<usize>, String)>,
    cover: Option<String>,
    cover_alt: Option<String>,
    /// The keys about visibility, with what each states.
    says: Vec<(&'static str, Visibility)>,
}

impl Reader<'_> {
    fn finish(self) -> (Metadata, Vec<Note>) {
        let Self { mut metadata, mut extra, .. } = self;
        metadata.date = metadata.date.or(extra.publish).or(self.published);
        // Each date that is given holds the essay back until then.
        let held_until = [extra.publish, self.not_before, self.published].into_iter().flatten();
        extra.publish = held_until.max_by_key(EssayDate::instant);
        let reason = |(_, says): &(_, _)| if let Visibility::Hidden(reason) = says { Some(*reason) } else { None };
        metadata.hidden = self.says.iter().filter_map(reason).min();
        let publishes = |key: &str| ["draft", "isdraft", "published", "publish", "ispublished"].contains(&key);
        metadata.is_published = self.says.iter().any(|(key, says)| *says == Visibility::Public && publishes(key));
        metadata.unlisted = self.says.iter().any(|(_, says)| *says == Visibility::Unlisted);
        extra.summary = self.summary.map(|(_, text)| text);
        let alt = self.cover_alt.unwrap_or_default();
        // PaperMod has `<image path/url>` as a placeholder.
        let cover = self.cover.filter(|source| !source.starts_with('<'));
        extra.cover = cover.map(|source| Cover { source, alt });
        metadata.extra = (extra != ExtraMetadata::default()).then(|| Box::new(extra));
        (metadata, self.notes)
    }

    /// Reads the value of `key`; `path` is the key with the tables that it is in.
    fn entry(&mut self, path: &str, key: &str, node: &Node<'_>) {
        // A cascade is for other texts.
        if path == "cascade" {
            return;
        }
        let table = TABLES.iter().find(|(table, _)| *table == path);
        if let (Some((_, allowed)), Value::Map(entries)) = (table, &node.value) {
            for (key, node) in entries {
                let field = if is_among(allowed, key) { key } else { "" };
                self.entry(&format!("{path}.{key}"), field, node);
            }
            return;
        }
        self.visibility(path, node);
        self.strange_table(path, node);
        if let Some((usual, _)) = usual_key(key) {
            self.field(usual, key, node);
        }
    }

    /// Notes what the value of `path` says about visibility; a value or key that leaves this open is a mistake.
    fn visibility(&mut self, path: &str, node: &Node<'_>) {
        // In Grav, `access` is a table of rights, and several readers may have a password each.
        let may_be_several = |key: &HoldingKey| key.name == "access" || key.name.ends_with("password");
        let says = |key: &HoldingKey| match &node.value {
            Value::Map(_) if may_be_several(key) => key.says("restricted"),
            Value::List(_) if may_be_several(key) => node.texts(&[]).iter().find_map(|word| key.says(word)),
            Value::Nothing => key.says(""),
            _ => key.says(node.scalar()?),
        };
        let Some(key) = HoldingKey::find(path) else {
            if usual_key(path).is_none()
                && let Some(key) = HoldingKey::misprinted(path).filter(|key| says(key).is_some())
            {
                let what = format!("unknown key `{path}`: is it `{}`?", key.name);
                self.refuse(what, "correct the key, or rename it if it means something else", node);
            }
            return;
        };
        // A date as the value of `published` makes the essay public too, and forms have an empty `status`.
        let may_be_open = || is_date(key.name, node) || key.takes_words() && node.value == Value::Nothing;
        if let Some(says) = says(key) {
            self.says.push((key.name, says));
        } else if key.is_certain && !may_be_open() {
            self.refuse(format!("`{path}` does not say whether to publish"), key.hint(), node);
        }
    }

    /// Refuses an unknown table in which `draft`, or any certain key if its name is misspelt or that of an export,
    /// seems to hide the essay.
    fn strange_table(&mut self, table: &str, node: &Node<'_>) {
        let Value::Map(entries) = &node.value else { return };
        let is_misspelt = TABLES.iter().any(|(known, _)| (1..=2).contains(&strsim::osa_distance(known, table)));
        let counts_all = is_misspelt || table.split('.').next().is_some_and(|outer| is_among(EXPORTED, outer));
        let hides = |key: &HoldingKey, node: &Node<'_>| {
            let counts = (key.is_certain || key.needs_value()) && (counts_all || key.name.ends_with("draft"));
            let value = if node.value == Value::Nothing { Some("") } else { node.scalar() };
            counts && matches!(value.and_then(|value| key.says(value)), Some(Visibility::Hidden(_)))
        };
        for (key, node) in entries {
            self.strange_table(&format!("{table}.{key}"), node);
            if HoldingKey::find(key).is_some_and(|held| hides(held, node)) {
                let what = format!("`{table}.{key}` seems meant to hide the essay, but has no effect in this table");
                self.refuse(what, "move the key out of the table, or correct the name of the table", node);
            }
        }
    }

    fn refuse(&mut self, what: String, hint: &'static str, node: &Node<'_>) {
        self.note(what, hint, node, true);
    }

    fn note(&mut self, what: String, hint: &'static str, node: &Node<'_>, is_fatal: bool) {
        self.notes.push(Note { mistake: Mistake { what, hint, range: node.range.clone() }, is_fatal });
    }

    /// Reads the value of `key`, which has the meaning of the key `usual`.
    fn field(&mut self, usual: &str, key: &str, node: &Node<'_>) {
        let (metadata, extra) = (&mut self.metadata, &mut self.extra);
        let first = |names| node.texts(names).into_iter().next();
        let number = || node.scalar()?.parse().ok();
        match usual {
            "title" => metadata.title = node.text(),
            "date" => self.metadata.date = self.date(key, node).or(self.metadata.date),
            "publishdate" => self.extra.publish = self.date(key, node).max(self.extra.publish),
            "published" if is_date(key, node) => self.published = self.date(key, node).max(self.published),
            "created" if is_date(key, node) => self.not_before = self.date(key, node).max(self.not_before),
            "updated" => self.extra.updated = self.date(key, node),
            "expirydate" => self.extra.expiry = self.date(key, node),
            "tags" => self.tags(key, node),
            "description" | "summary" | "excerpt" => {
                let rank = SUMMARIES.iter().position(|key| *key == usual);
                let found = node.text().map(|text| (rank, text));
                self.summary = self.summary.take().into_iter().chain(found).min_by_key(|(rank, _)| *rank);
            }
            "slug" => match node.text() {
                Some(path) if path.trim_matches('/').contains('/') => extra.web_paths.push(path),
                slug => extra.slug = slug,
            },
            // With `permalink: false` the essay is hidden instead.
            "permalink" => extra.web_paths.extend(node.text().filter(|_| says_truth(node) != Some(false))),
            "aliases" => self.aliases(node),
            "redirect_to" => extra.redirect = first(&[]),
            "author" => extra.authors.extend(node.texts(&["name"])),
            "language" => metadata.language = node.text().filter(|tag| is_language(tag)),
            "image" => self.cover(node),
            "image_alt" => self.cover_alt = node.text(),
            "series" => extra.series = first(&["name", "title"]).map(|name| nfc(&name).into_owned()),
            "series_order" => extra.series_order = number(),
            "weight" => extra.series_order = extra.series_order.or(number()),
            "translationkey" => extra.translation = node.text().map(|key| nfc(&key).into_owned()),
            "license" => extra.license = first(&["name", "title", "url"]),
            "id" => extra.id = node.text(),
            "gemini" => metadata.not_over_gemini = says_truth(node) == Some(false),
            "gopher" => metadata.not_over_gopher = says_truth(node) == Some(false),
            // `visibility` reads truth values and words.
            _ => {}
        }
    }

    /// Reads a date; of a list, the first one.
    fn date(&mut self, key: &str, node: &Node<'_>) -> Option<EssayDate> {
        const HINT: &str = "write dates as `2024-05-01`, or with a time as `2024-05-01T10:00:00Z`";
        let is = |usual: &str| usual_key(key).is_some_and(|(found, _)| found == usual);
        let written = match &node.value {
            Value::Scalar(written) if NO_DATES.contains(&&*written.trim().to_lowercase()) => return None,
            // R Markdown and Quarto: a program that tells the day on which the page is made.
            Value::Scalar(written) if is("date") && written.trim().starts_with('`') => return None,
            Value::Scalar(written) => written.trim(),
            Value::List(items) => return items.first().and_then(|first| self.date(key, first)),
            // Material for MkDocs and Docusaurus have tables of dates.
            Value::Map(entries) => match entries.iter().find(|(key, _)| key == "created" || key == "date") {
                Some((_, created)) => return self.date(key, created),
                None => "",
            },
            Value::Nothing => return None,
        };
        self.extra.day_order = self.extra.day_order.or(shown_order(written));
        let zone = self.time_zone;
        let date = EssayDate::parse_in_order(written, self.order).map(|date| date.in_zone(zone));
        if date.is_some() {
            return date;
        }
        let day = written.split_whitespace().next().and_then(EssayDate::parse);
        // A colon and a blank belong to another entry, whose line is joined with this one.
        if let Some(day) = day.filter(|_| !written.contains(": ")) {
            self.note(format!("the time in `{key}` cannot be read"), HINT, node, false);
            return Some(day.in_zone(zone));
        }
        if let Some(latest) = EssayDate::latest_reading(written).filter(|_| !is("expirydate")) {
            self.note(format!("`{key}` is not a date: which number is the month?"), HINT, node, false);
            self.not_before = self.not_before.max(Some(latest));
            self.extra.is_ambiguous = true;
            return None;
        }
        self.note(format!("`{key}` is not a date"), HINT, node, !is("updated"));
        None
    }

    /// Reads a list of names, or one string: divided by commas where it has any, else by white space (Jekyll).
    fn tags(&mut self, key: &str, node: &Node<'_>) {
        let found = match &node.value {
            Value::Scalar(one) if one.contains(',') => one.split(',').map(str::to_owned).collect(),
            Value::Scalar(one) => one.split_whitespace().map(str::to_owned).collect(),
            _ => node.texts(&["name"]),
        };
        if key.starts_with("categor") {
            self.metadata.categories = found.iter().map(|name| slug(name)).collect::<Vec<_>>().join("/").into();
        }
        for tag in found.iter().map(|tag| printable(tag)) {
            let tag = nfc(tag.trim().trim_start_matches('#'));
            if !tag.is_empty() && self.seen_tags.insert(tag.to_lowercase()) {
                self.metadata.tags.push(tag.into_owned());
            }
        }
    }

    /// Reads aliases by their form: paths are former addresses (Hugo, Zola, Jekyll), others are titles (Obsidian).
    fn aliases(&mut self, node: &Node<'_>) {
        let is_address =
            |alias: &String| alias.contains('/') || [".html", ".htm"].iter().any(|end| alias.ends_with(end));
        let (addresses, titles): (Vec<_>, Vec<_>) = node.texts(&[]).into_iter().partition(is_address);
        self.extra.aliases.extend(addresses);
        self.extra.synonyms.extend(titles);
    }

    fn cover(&mut self, node: &Node<'_>) {
        match &node.value {
            Value::Scalar(_) => self.cover = node.text().or(self.cover.take()),
            Value::Map(entries) => {
                for (key, node) in entries {
                    match &**key {
                        "src" | "source" | "image" | "path" | "url" | "file" => self.cover(node),
                        "alt" | "caption" => self.cover_alt = self.cover_alt.take().or(node.text()),
                        _ => {}
                    }
                }
            }
            Value::List(items) => items.first().into_iter().for_each(|first| self.cover(first)),
            Value::Nothing => {}
        }
    }
}

fn says_truth(node: &Node<'_>) -> Option<bool> {
    truth(&node.scalar()?.to_lowercase())
}

/// Returns whether `node` is a date under a key that takes dates as well as truth values.
fn is_date(key: &str, node: &Node<'_>) -> bool {
    let takes_dates = usual_key(key).is_some_and(|(usual, _)| matches!(usual, "published" | "created"));
    takes_dates && node.scalar().and_then(EssayDate::parse).is_some()
}
