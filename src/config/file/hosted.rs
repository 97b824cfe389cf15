//! `capsule.toml`: what a hosted capsule may say of itself, in its own folder.
//!
//! It is a part of `config.toml`: keys of `[[capsule]]` and the tables about pages, all at the top. What is not about
//! the words of one capsule is for whoever runs the server.

use toml::de::DeTable;

use super::capsule::{CapsuleTable, private};
use super::{File, pages};
use crate::config::reader::{Reader, Source};

/// Keys of `config.toml` that its author may look for here.
const OPERATORS: &[&str] = &[
    "hostname",
    "aliases",
    "content",
    "swapped",
    "certificate",
    "key",
    "gopher",
    "gemini",
    "limits",
    "log",
    "privileges",
    "certs",
    "proxy",
    "ephemeral_keys",
    "capsules",
    "capsule",
];

pub(super) fn read(root: &DeTable<'_>, source: &mut Source<'_>) -> File {
    let mut reader = Reader::new(root, "");
    reader.refuse(source, OPERATORS);
    let capsule = CapsuleTable {
        title: reader.string(source, "title").map(|(title, _)| title),
        author: reader.string(source, "author").map(|(author, _)| author),
        language: reader.string(source, "language").map(|(language, _)| language),
        web: reader.string(source, "web"),
        icon: reader.string(source, "icon"),
        ignore: reader.strings(source, "ignore").unwrap_or_default(),
        gone: reader.strings(source, "gone").unwrap_or_default(),
        private: reader
            .tables(source, "private")
            .into_iter()
            .map(|(table, place)| private(table, place, "[[private]]", source))
            .collect(),
        ..CapsuleTable::default()
    };
    let file = File {
        name: source.name.clone(),
        text: source.text.to_owned(),
        capsules: vec![capsule],
        front_matter: reader
            .table(source, "front_matter")
            .map(|table| pages::front_matter(table, source))
            .unwrap_or_default(),
        pages: reader.table(source, "pages").map(|table| pages::pages(table, source)).unwrap_or_default(),
        gemtext: reader
            .table(source, "gemtext")
            .map(|table| pages::gemtext(table, source))
            .unwrap_or_default(),
        ..File::default()
    };
    reader.finish(source);
    file
}
