//! What the keys of a head mean.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::fields::{Cover, ExtraMetadata, Metadata, NOTHING};
use super::{Node, Value};
use crate::capsule::EssayDate;

/// Names of an archive's own for meanings that have a usual name: `date = "published_at"`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatterKeys {
    /// Own key in lower case → usual key.
    own: HashMap<String, String>,
}

impl FrontMatterKeys {
    /// From pairs of usual key and own key.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self {
            own: pairs.into_iter().map(|(usual, own)| (own.to_lowercase(), usual.to_lowercase())).collect(),
        }
    }

    /// The usual key that `own` stands for; `own` is in lower case and may name a value in a table: `extra.when`.
    fn usual(&self, own: &str) -> Option<&str> {
        self.own.get(own).map(String::as_str)
    }
}

/// Something odd about a value.
pub(super) struct Note {
    pub(super) what: String,
    pub(super) hint: &'static str,
    pub(super) range: Range<usize>,
}

/// The meaning of the entries of a head.
pub(super) fn read(entries: Vec<(Cow<'_, str>, Node<'_>)>, keys: &FrontMatterKeys) -> (Metadata, Vec<Note>) {
    let mut reader = Reader {
        keys,
        metadata: Metadata::default(),
        rest: NOTHING.clone(),
        notes: Vec::new(),
        published: None,
        best: Best::default(),
        own: Vec::new(),
    };
    for (key, node) in entries {
        let key = key.to_lowercase();
        match keys.usual(&key) {
            Some(usual) => reader.own.push((usual, node)),
            None => reader.entry(&key, node),
        }
    }
    // A key that the archive gave its meaning has the last word.
    for (usual, node) in std::mem::take(&mut reader.own) {
        if matches!(usual, "description" | "summary" | "excerpt") {
            reader.best.summary = None;
        }
        reader.entry(usual, node);
    }
    let Reader { mut metadata, mut rest, notes, published, best, .. } = reader;
    metadata.date = metadata.date.or(rest.publish).or(published);
    rest.summary = best.summary.map(|(_, text)| text);
    if let Some(source) = best.cover {
        rest.cover = Some(Cover { source, alt: best.alt.unwrap_or_default() });
    }
    // There is one of these for every essay, for as long as the program runs.
    let ExtraMetadata { web_paths, aliases, synonyms, authors, .. } = &mut rest;
    [&mut metadata.tags, web_paths, aliases, synonyms, authors].into_iter().for_each(Vec::shrink_to_fit);
    metadata.rest = Some(rest).filter(|rest| *rest != NOTHING).map(Box::new);
    (metadata, notes)
}

struct Reader<'k, 'a> {
    keys: &'k FrontMatterKeys,
    metadata: Metadata,
    rest: ExtraMetadata,
    notes: Vec<Note>,
    /// `published:` with a date in it.
    published: Option<EssayDate>,
    best: Best,
    /// Values under keys of the archive's own, with the usual keys for them.
    own: Vec<(&'k str, Node<'a>)>,
}

/// Values that several keys can give.
#[derive(Default)]
struct Best {
    /// With the rank of its key; the lowest wins.
    summary: Option<(u8, String)>,
    cover: Option<String>,
    alt: Option<String>,
}

impl<'a> Reader<'_, 'a> {
    fn entry(&mut self, key: &str, node: Node<'a>) {
        match key {
            "title" => self.metadata.title = text(&node),
            "date" => self.metadata.date = self.date(key, &node).or(self.metadata.date),
            "publishdate" | "pubdate" | "publish_date" => self.rest.publish = self.date(key, &node),
            "published" | "publish" => match truth(&node) {
                Some(published) => self.metadata.unpublished |= !published,
                None => self.published = self.date(key, &node),
            },
            "lastmod" | "updated" | "modified" | "last_modified_at" => {
                self.rest.updated = self.date(key, &node);
            }
            "expirydate" | "unpublishdate" => self.rest.expiry = self.date(key, &node),
            "draft" => self.metadata.draft = truth(&node).unwrap_or(false),
            "render" => self.metadata.unpublished |= truth(&node) == Some(false),
            "headless" => self.metadata.unpublished |= truth(&node) == Some(true),
            "tags" | "tag" | "categories" | "category" => self.tags(node),
            "taxonomies" | "extra" | "params" | "build" | "_build" => self.nested(key, node),
            "description" => self.summary(0, &node),
            "summary" => self.summary(1, &node),
            "excerpt" => self.summary(2, &node),
            "slug" => self.rest.slug = text(&node),
            // Eleventy writes `permalink: false` for a page that is not to be.
            "permalink" if truth(&node) == Some(false) => self.metadata.unpublished = true,
            "permalink" | "url" | "path" => self.rest.web_paths.extend(text(&node)),
            "aliases" | "alias" | "redirect_from" => self.aliases(node),
            "author" | "authors" => self.rest.authors.extend(texts(node, &["name"])),
            "lang" | "language" => self.metadata.language = text(&node).filter(|tag| is_language(tag)),
            "image" | "images" | "cover" => self.cover(node),
            "image_alt" | "cover_alt" | "alt" | "image-alt" => self.best.alt = text(&node),
            "series" => self.rest.series = texts(node, &["name", "title"]).into_iter().next(),
            "series_order" | "series_index" | "series_weight" | "series_part" | "part" => {
                self.rest.series_order = number(&node);
            }
            "weight" => self.rest.series_order = self.rest.series_order.or(number(&node)),
            "translationkey" | "translation_key" => self.rest.translation = text(&node),
            "license" | "licence" | "rights" => {
                self.rest.license = texts(node, &["name", "title", "url"]).into_iter().next();
            }
            "id" | "guid" => self.rest.id = text(&node),
            "gemini" => self.metadata.gemini = truth(&node).unwrap_or(true),
            "gopher" => self.metadata.gopher = truth(&node).unwrap_or(true),
            _ => {}
        }
    }

    /// The tables in which Zola and Hugo keep what is not theirs.
    fn nested(&mut self, key: &str, node: Node<'a>) {
        let Value::Map(entries) = node.value else { return };
        for (inner, node) in entries {
            let inner = inner.to_lowercase();
            if let Some(usual) = self.keys.usual(&format!("{key}.{inner}")) {
                self.own.push((usual, node));
                continue;
            }
            match (key, inner.as_str()) {
                ("taxonomies", "tags" | "categories" | "category" | "tag") => self.tags(node),
                ("taxonomies", "authors") => self.rest.authors.extend(texts(node, &["name"])),
                ("taxonomies", "series") => self.rest.series = texts(node, &[]).into_iter().next(),
                ("build" | "_build", "render") => {
                    let never = matches!(&node.value, Value::Scalar(word) if word == "never");
                    self.metadata.unpublished |= never || truth(&node) == Some(false);
                }
                (
                    "extra" | "params",
                    "image" | "images" | "cover" | "image_alt" | "cover_alt" | "series" | "series_order"
                    | "license" | "licence" | "gemini" | "gopher",
                ) => self.entry(&inner, node),
                _ => {}
            }
        }
    }

    fn date(&mut self, key: &str, node: &Node<'_>) -> Option<EssayDate> {
        let Value::Scalar(written) = &node.value else { return None };
        let date = EssayDate::parse(written);
        // Eleventy's words for a file's own time say nothing that we would use.
        let words = ["last modified", "created", "git last modified", "git created"];
        if date.is_none() && !words.contains(&written.to_lowercase().as_str()) {
            self.notes.push(Note {
                what: format!("`{key}` is not a date"),
                hint: "write dates as `2024-05-01`, or with a time as `2024-05-01T10:00:00Z`",
                range: node.range.clone(),
            });
        }
        date
    }

    /// A list of names, or one string: divided by commas where it has any, else by blanks (Jekyll).
    fn tags(&mut self, node: Node<'_>) {
        let found = match node.value {
            Value::Scalar(one) if one.contains(',') => one.split(',').map(str::to_owned).collect(),
            Value::Scalar(one) => one.split_whitespace().map(str::to_owned).collect(),
            _ => texts(node, &["name"]),
        };
        for tag in found {
            let tag = tag.trim().trim_start_matches('#');
            let known = self.metadata.tags.iter().any(|known| known.to_lowercase() == tag.to_lowercase());
            if !tag.is_empty() && !known {
                self.metadata.tags.push(tag.to_owned());
            }
        }
    }

    fn summary(&mut self, rank: u8, node: &Node<'_>) {
        if let Some(text) = text(node)
            && self.best.summary.as_ref().is_none_or(|(known, _)| rank < *known)
        {
            self.best.summary = Some((rank, text));
        }
    }

    /// Paths redirect; anything else is another name (Obsidian).
    /// Addresses, for Hugo, Zola and Jekyll, or other titles, for Obsidian: their looks decide.
    fn aliases(&mut self, node: Node<'_>) {
        let is_page = |alias: &str| [".html", ".htm"].iter().any(|end| alias.ends_with(end));
        for alias in texts(node, &[]) {
            if alias.contains('/') || is_page(&alias) {
                self.rest.aliases.push(alias);
            } else {
                self.rest.synonyms.push(alias);
            }
        }
    }

    fn cover(&mut self, node: Node<'_>) {
        match node.value {
            Value::Scalar(source) if !source.trim().is_empty() => {
                self.best.cover = Some(source.trim().to_owned());
            }
            Value::Map(entries) => {
                for (key, node) in entries {
                    match key.to_lowercase().as_str() {
                        "src" | "source" | "image" | "path" | "url" | "file" => {
                            self.best.cover = text(&node).or(self.best.cover.take());
                        }
                        "alt" | "caption" => self.best.alt = self.best.alt.take().or(text(&node)),
                        _ => {}
                    }
                }
            }
            Value::List(items) => {
                if let Some(first) = items.into_iter().next() {
                    self.cover(first);
                }
            }
            Value::Scalar(_) | Value::Nothing => {}
        }
    }
}

/// One line of text; none if there is nothing in it.
fn text(node: &Node<'_>) -> Option<String> {
    let Value::Scalar(text) = &node.value else { return None };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// The texts of a scalar, of a list, or of maps under one of `names`.
fn texts(node: Node<'_>, names: &[&str]) -> Vec<String> {
    match node.value {
        Value::Scalar(_) => text(&node).into_iter().collect(),
        Value::List(items) => items.into_iter().flat_map(|item| texts(item, names)).collect(),
        Value::Map(entries) => entries
            .iter()
            .filter(|(key, _)| names.contains(&key.to_lowercase().as_str()))
            .filter_map(|(_, node)| text(node))
            .collect(),
        Value::Nothing => Vec::new(),
    }
}

fn number(node: &Node<'_>) -> Option<i64> {
    let Value::Scalar(text) = &node.value else { return None };
    text.trim().parse().ok()
}

fn truth(node: &Node<'_>) -> Option<bool> {
    let Value::Scalar(text) = &node.value else { return None };
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Whether `tag` may stand in a header (RFC 5646, section 2.1, in its outline).
fn is_language(tag: &str) -> bool {
    (2..=35).contains(&tag.len())
        && tag
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
