//! How essays are read and shown: `[front_matter]`, `[pages]`, `[gemtext]`.

use toml::de::DeTable;

use crate::config::reader::{Reader, Source};
use crate::render::gemtext::{Emphasis, LinkMarkers, LinkPlacement};
use crate::site::MetaLine;

/// The keys of essays that `[front_matter]` may rename.
const FRONT_MATTER_KEYS: &[&str] = &[
    "title",
    "date",
    "publishdate",
    "updated",
    "expirydate",
    "draft",
    "published",
    "tags",
    "description",
    "summary",
    "slug",
    "aliases",
    "author",
    "language",
    "image",
    "image_alt",
    "series",
    "series_order",
    "translationkey",
    "license",
    "gemini",
    "gopher",
    "id",
];

/// `[pages]`: what readers of both forms see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct PagesTable {
    pub(in crate::config) meta: Option<MetaLine>,
    pub(in crate::config) back_label: Option<String>,
    pub(in crate::config) mentions_label: Option<String>,
    pub(in crate::config) shift_headings: Option<bool>,
    pub(in crate::config) smart: Option<bool>,
}

/// `[gemtext]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct GemtextTable {
    pub(in crate::config) emphasis: Option<Emphasis>,
    pub(in crate::config) links: Option<LinkPlacement>,
    pub(in crate::config) link_markers: Option<LinkMarkers>,
}

pub(super) fn front_matter(table: &DeTable<'_>, source: &mut Source<'_>) -> Vec<(String, String)> {
    let mut reader = Reader::new(table, "[front_matter]");
    let keys = FRONT_MATTER_KEYS
        .iter()
        .filter_map(|usual| reader.string(source, usual).map(|(own, _)| ((*usual).to_owned(), own)))
        .collect();
    reader.finish(source);
    keys
}

pub(super) fn pages(table: &DeTable<'_>, source: &mut Source<'_>) -> PagesTable {
    let mut reader = Reader::new(table, "[pages]");
    let places = [("footer", MetaLine::Footer), ("header", MetaLine::Header), ("none", MetaLine::None)];
    let pages = PagesTable {
        meta: reader.choice(source, "meta", &places),
        back_label: reader.string(source, "back_label").map(|(label, _)| label),
        mentions_label: reader.string(source, "mentions_label").map(|(label, _)| label),
        shift_headings: reader.boolean(source, "shift_headings"),
        smart: reader.boolean(source, "smart"),
    };
    reader.finish(source);
    pages
}

pub(super) fn gemtext(table: &DeTable<'_>, source: &mut Source<'_>) -> GemtextTable {
    let mut reader = Reader::new(table, "[gemtext]");
    let emphasis = [("plain", Emphasis::Plain), ("markers", Emphasis::Markers)];
    let links = [
        ("block", LinkPlacement::Block),
        ("section", LinkPlacement::Section),
        ("end", LinkPlacement::End),
        ("off", LinkPlacement::Off),
    ];
    let markers = [("none", LinkMarkers::None), ("number", LinkMarkers::Number)];
    let gemtext = GemtextTable {
        emphasis: reader.choice(source, "emphasis", &emphasis),
        links: reader.choice(source, "links", &links),
        link_markers: reader.choice(source, "link_markers", &markers),
    };
    reader.finish(source);
    gemtext
}
