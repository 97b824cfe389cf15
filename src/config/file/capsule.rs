//! `[[capsule]]` and the tables within it.

use std::ops::Range;

use toml::de::DeTable;

use crate::config::reader::{At, Reader, Source};

/// `[[capsule]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct CapsuleTable {
    pub(in crate::config) place: Range<usize>,
    pub(in crate::config) hostname: Option<At<String>>,
    pub(in crate::config) aliases: Vec<At<String>>,
    pub(in crate::config) content: Option<At<String>>,
    pub(in crate::config) swapped: Option<bool>,
    pub(in crate::config) title: Option<String>,
    pub(in crate::config) author: Option<String>,
    pub(in crate::config) language: Option<String>,
    pub(in crate::config) web: Option<At<String>>,
    pub(in crate::config) icon: Option<At<String>>,
    pub(in crate::config) ignore: Vec<At<String>>,
    pub(in crate::config) gone: Vec<At<String>>,
    pub(in crate::config) certificate: Option<At<String>>,
    pub(in crate::config) key: Option<At<String>>,
    pub(in crate::config) gopher: Option<HoleTable>,
    pub(in crate::config) private: Vec<PrivateTable>,
}

/// `[[capsule.private]]`: a folder that only some readers get.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct PrivateTable {
    pub(in crate::config) place: Range<usize>,
    pub(in crate::config) path: Option<At<String>>,
    pub(in crate::config) fingerprints: Vec<At<String>>,
    pub(in crate::config) drafts: Option<bool>,
}

/// `[capsule.gopher]`: the Gopher hole of one capsule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::config) struct HoleTable {
    pub(in crate::config) listen: Option<Vec<At<String>>>,
    pub(in crate::config) hostname: Option<At<String>>,
    pub(in crate::config) port: Option<u16>,
    pub(in crate::config) tls: Option<bool>,
}

pub(super) fn capsule(table: &DeTable<'_>, place: Range<usize>, source: &mut Source<'_>) -> CapsuleTable {
    let mut reader = Reader::new(table, "[[capsule]]");
    let capsule = CapsuleTable {
        place,
        hostname: reader.string(source, "hostname"),
        aliases: reader.strings(source, "aliases").unwrap_or_default(),
        content: reader.string(source, "content"),
        swapped: reader.boolean(source, "swapped"),
        certificate: reader.string(source, "certificate"),
        key: reader.string(source, "key"),
        gopher: reader.table(source, "gopher").map(|table| capsule_gopher(table, source)),
        ..words(&mut reader, source, "[[capsule.private]]")
    };
    reader.finish(source);
    capsule
}

/// What a capsule says of its words and their readers, wherever it does; a table of a private folder is called `private`
/// there.
pub(super) fn words(
    reader: &mut Reader<'_, '_>,
    source: &mut Source<'_>,
    private: &'static str,
) -> CapsuleTable {
    CapsuleTable {
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
            .map(|(table, place)| private_folder(table, place, private, source))
            .collect(),
        ..CapsuleTable::default()
    }
}

/// A table of a private folder, which is called `name`.
fn private_folder(
    table: &DeTable<'_>,
    place: Range<usize>,
    name: &'static str,
    source: &mut Source<'_>,
) -> PrivateTable {
    let mut reader = Reader::new(table, name);
    let private = PrivateTable {
        place,
        path: reader.string(source, "path"),
        fingerprints: reader.strings(source, "fingerprints").unwrap_or_default(),
        drafts: reader.boolean(source, "drafts"),
    };
    reader.finish(source);
    private
}

fn capsule_gopher(table: &DeTable<'_>, source: &mut Source<'_>) -> HoleTable {
    let mut reader = Reader::new(table, "[capsule.gopher]");
    let hole = hole(&mut reader, source);
    reader.finish(source);
    hole
}

/// The keys of a hole, wherever they stand.
pub(super) fn hole(reader: &mut Reader<'_, '_>, source: &mut Source<'_>) -> HoleTable {
    HoleTable {
        listen: reader.strings(source, "listen"),
        hostname: reader.string(source, "hostname"),
        port: port(reader, source),
        tls: reader.boolean(source, "tls"),
    }
}

pub(super) fn port(reader: &mut Reader<'_, '_>, source: &mut Source<'_>) -> Option<u16> {
    reader.integer(source, "port", 1..=65535).and_then(|port| u16::try_from(port).ok())
}
