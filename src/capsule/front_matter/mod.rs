//! Front matter: what an author says about an essay, in the dialects of several site generators.
//!
//! The head of a file (YAML or TOML) becomes one small tree of [`Node`]s, each of which knows where it stands;
//! [`metadata`] reads the meaning out of that tree. The size of a head, the depth and the number of its nodes
//! are bounded, and YAML aliases are never expanded: no head can cost more than a page of text.

mod fields;
mod metadata;
mod toml;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;

pub use fields::{Cover, ExtraMetadata, Metadata};
pub use metadata::FrontMatterKeys;

use crate::markup::front_matter::{Format, Head};
use crate::problem::{Problem, Topic};

/// The largest head that is read, in bytes. Real ones hold a few hundred.
const MAX_HEAD: usize = 64 << 10;

/// The deepest nesting and the most nodes of a head.
const MAX_DEPTH: usize = 16;
const MAX_NODES: usize = 4_096;

/// A value of the head, and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node<'a> {
    value: Value<'a>,
    /// Bytes of the head, for a caret.
    range: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value<'a> {
    /// Nothing, an alias, or something too deep.
    Nothing,
    /// A string, number, truth value or date, as it is written.
    Scalar(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// Why a head cannot be read.
struct Broken {
    what: String,
    hint: &'static str,
    range: Range<usize>,
}

/// What came of a head.
pub(super) enum Reading {
    /// It says this; the problems are warnings.
    Metadata(Box<Metadata>, Vec<Problem>),
    /// It is no head after all: text between two thematic breaks.
    Prose,
    /// It cannot be read.
    Broken(Problem),
}

/// Reads the head of `file`, whose whole text is `source`.
pub(super) fn read(head: &Head<'_>, file: &str, source: &str, keys: &FrontMatterKeys) -> Reading {
    if head.text.len() > MAX_HEAD {
        let problem = Problem::error(format!("the front matter is larger than {} KiB", MAX_HEAD >> 10));
        return Reading::Broken(
            problem.about(Topic::FrontMatter).in_file(file).hint("close it with the line that opened it"),
        );
    }
    let tree = match head.format {
        Format::Yaml => yaml::read(head.text),
        Format::Toml => toml::read(head.text),
    };
    let offset = head.range.start;
    match tree {
        Ok(Node { value: Value::Map(entries), .. }) => {
            let (metadata, notes) = metadata::read(entries, keys);
            let problems = notes.into_iter().map(|note| {
                let range = note.range.start + offset..note.range.end + offset;
                Problem::warning(note.what).about(Topic::FrontMatter).at(file, source, range).hint(note.hint)
            });
            Reading::Metadata(Box::new(metadata), problems.collect())
        }
        Ok(Node { value: Value::Nothing, .. }) => Reading::Metadata(Box::default(), Vec::new()),
        Ok(_) => Reading::Prose,
        Err(broken) => {
            let range = broken.range.start + offset..broken.range.end + offset;
            Reading::Broken(
                Problem::error(format!("the front matter cannot be read: {}", broken.what))
                    .about(Topic::FrontMatter)
                    .at(file, source, range)
                    .hint(broken.hint),
            )
        }
    }
}
