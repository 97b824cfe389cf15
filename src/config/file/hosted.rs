//! `capsule.toml`: what a hosted capsule may say of itself, in its own folder.
//!
//! It is a part of `config.toml`: keys of `[[capsule]]` and the tables about pages, all at the top. What is not about
//! the words of one capsule is for whoever runs the server.

use toml::de::DeTable;

use super::capsule::words;
use super::{File, asked, looks};
use crate::config::reader::{Reader, Source};

pub(super) fn read(root: &DeTable<'_>, source: &mut Source<'_>) -> File {
    let mut reader = Reader::new(root, "");
    let capsule = words(&mut reader, source, "[[private]]");
    let file = File { capsules: vec![capsule], ..looks(&mut reader, source) };
    // Keys of `config.toml` that its author may look for here.
    let all = asked("[[capsule]]\n").into_iter();
    let operators = all.filter(|key| ["", "[[capsule]]"].contains(&key.table)).map(|key| key.name);
    reader.refuse(source, operators);
    reader.finish(source);
    file
}
