//! Front matter: the metadata at the head of a text, in the dialects of several site generators.
//!
//! [`tree`] turns a head (YAML or TOML) into one small tree of nodes, each with its position; [`metadata`] gives the
//! keys of that tree their meaning. The size of a head and the depth and number of its nodes are bounded, and YAML
//! aliases are never expanded, so no head costs more than a page of text.

mod metadata;
mod tree;

use std::ops::Range;

pub use metadata::{Cover, ExtraMetadata, FrontMatterKeys, Metadata};

use crate::markup::front_matter::{Head, Split};
use crate::problem::{Problem, SourceText, Topic};

/// Largest head that is read, in bytes. Real ones hold a few hundred.
const MAX_HEAD: usize = 64 << 10;

/// The metadata of a text, and where its body is.
pub(super) struct FrontMatter {
    pub(super) metadata: Metadata,
    /// The bytes of the body within the file.
    pub(super) body: Range<usize>,
    /// Warnings about single values.
    pub(super) problems: Vec<Problem>,
}

impl FrontMatter {
    /// The front matter of a text without any.
    pub(super) fn none(body: Range<usize>) -> Self {
        Self { metadata: Metadata::default(), body, problems: Vec::new() }
    }
}

/// Reads the front matter of `file`, whose whole text is `source`.
///
/// Text between two thematic breaks that is no mapping is prose and belongs to the body.
///
/// # Errors
///
/// If the head is too large or is neither metadata nor prose.
pub(super) fn read(
    split: &Split<'_>,
    file: &str,
    source: &str,
    keys: &FrontMatterKeys,
) -> Result<FrontMatter, Problem> {
    let Some(head) = &split.head else { return Ok(FrontMatter::none(split.body_range.clone())) };
    if head.text.len() > MAX_HEAD {
        let problem = Problem::error(format!("the front matter is larger than {} KiB", MAX_HEAD >> 10));
        return Err(problem
            .about(Topic::FrontMatter)
            .in_file(file)
            .hint("close it with the line that opened it"));
    }
    let position =
        |head: &Head<'_>, range: &Range<usize>| range.start + head.range.start..range.end + head.range.start;
    let text = SourceText::new(file, source);
    match tree::read(head) {
        Ok(None) => Ok(FrontMatter::none(0..source.len())),
        Ok(Some(entries)) => {
            let (metadata, notes) = metadata::read(entries, keys);
            let problem = |note: metadata::Note| {
                let problem = Problem::warning(note.what).about(Topic::FrontMatter);
                problem.at(text.place(position(head, &note.range))).hint(note.hint)
            };
            let problems = notes.into_iter().map(problem).collect();
            Ok(FrontMatter { metadata, body: split.body_range.clone(), problems })
        }
        Err(error) => Err(Problem::error(format!("the front matter cannot be read: {}", error.what))
            .about(Topic::FrontMatter)
            .at(text.place(position(head, &error.range)))
            .hint(error.hint)),
    }
}
