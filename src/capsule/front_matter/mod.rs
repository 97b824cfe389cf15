//! Front matter: the metadata at the head of a text, in the dialects of several site generators.
//!
//! [`tree`] turns a head (YAML, TOML, JSON or lines of entries) into one small tree of nodes, each with its position;
//! [`metadata`] gives the keys of that tree their meaning. The size of a head and the depth and number of its nodes are
//! bounded, and YAML aliases are never expanded, so no head costs more than a page of text.

mod holding;
mod metadata;
mod tree;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use tree::Entries;

pub use metadata::{Cover, ExtraMetadata, FrontMatterKeys, Metadata, usual_keys};

use super::date::DayOrder;
use super::source::SourceFile;
use crate::markup::front_matter::{
    Format, KeyClass, Mistake, held_in_head, held_in_opening, known_key, split_knowing,
};
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
    /// Returns the front matter of a text that has none.
    pub(super) fn none(body: Range<usize>) -> Self {
        Self { metadata: Metadata::default(), body, problems: Vec::new() }
    }
}

/// Returns whether `key` and `value` in front matter hide a text or keep it out of lists.
pub fn holds_back(key: &str, value: &str) -> bool {
    metadata::classify(key, value, &FrontMatterKeys::default()) == KeyClass::Held
}

/// How front matter is read.
pub(super) struct HeadOptions<'a> {
    pub(super) keys: &'a FrontMatterKeys,
    /// The order of day and month in the dates of the folder, if it is known.
    pub(super) order: Option<DayOrder>,
    /// The files that state metadata of the text as well; its own front matter overrides them.
    pub(super) beside: &'a [Arc<SourceFile>],
}

/// Reads the metadata in the entries of a front matter and in the files beside its text, each a path with the content.
fn read_entries(
    own: Entries<'_>,
    beside: &[(&str, String)],
    options: &HeadOptions<'_>,
) -> Result<(Metadata, Vec<metadata::Note>), Problem> {
    let mut entries = Vec::new();
    for (file, text) in beside {
        let refuse = |what: &str, hint: &str, range: Range<usize>| {
            let place = SourceText::new(*file, text).place(range);
            Problem::error(what).about(Topic::FrontMatter).at(place).hint(hint)
        };
        let format = match file.rsplit('.').next() {
            Some("json") => Format::Json,
            Some("meta") => Format::Lines,
            _ => Format::Yaml,
        };
        let read = tree::read(format, text).map_err(|error| {
            refuse(&format!("the metadata cannot be read: {}", error.what), error.hint, error.range)
        })?;
        let read = read.unwrap_or_default();
        let (_, notes) = metadata::read(read.clone(), options.keys, options.order);
        if let Some(note) = notes.first() {
            return Err(refuse(&note.what, note.hint, note.range.clone()));
        }
        entries.extend(read);
    }
    entries.extend(own);
    Ok(metadata::read(entries, options.keys, options.order))
}

/// Returns the scalars of a settings file in YAML, TOML or JSON, as its name says, by their dotted keys in small letters;
/// the items of a list share the key of the list. A file that cannot be read has none.
pub fn settings_in(name: &str, text: &str) -> Vec<(String, String)> {
    let format = match name.rsplit('.').next() {
        Some("yaml" | "yml") => Format::Yaml,
        Some("toml") => Format::Toml,
        _ => Format::Json,
    };
    tree::scalars(format, text)
}

/// Reads the front matter of `file`, whose whole text is `source`.
///
/// Text between two thematic breaks without any known key is prose and belongs to the body.
///
/// # Errors
///
/// If the head is too large, cannot be read, or leaves open whether readers may see the text, which might be a draft.
pub(super) fn read(file: &str, source: &str, options: &HeadOptions<'_>) -> Result<FrontMatter, Problem> {
    let keys = options.keys;
    let text_of = |file: &Arc<SourceFile>| String::from_utf8_lossy(&file.text()).into_owned();
    let beside: Vec<_> = options.beside.iter().map(|file| (file.path.as_relative(), text_of(file))).collect();
    let classify = |key: &str, value: &str| metadata::classify(key, value, keys);
    let split = split_knowing(source, &classify);
    let text = SourceText::new(file, source);
    let refuse = |what: String, hint: &str, range: Range<usize>| {
        Err(Problem::error(what).about(Topic::FrontMatter).at(text.place(range)).hint(hint))
    };
    if let Some(Mistake { what, hint, range }) = split.mistake {
        return refuse(what, hint, range);
    }
    let mistyped = |range: Range<usize>| {
        let what = "this line seems to hide the essay, but is no front matter".to_owned();
        refuse(what, "put `---` above and below the front matter, and write `key: value` on each line", range)
    };
    let prose = |body: Range<usize>| match held_in_opening(source, 0, &classify) {
        Some(range) => mistyped(range),
        None if beside.is_empty() => Ok(FrontMatter::none(body)),
        None => {
            let (metadata, _) = read_entries(Vec::new(), &beside, options)?;
            Ok(FrontMatter { metadata, body, problems: Vec::new() })
        }
    };
    let Some(head) = &split.head else { return prose(split.body_range) };
    if head.text.len() > MAX_HEAD {
        let problem = Problem::error(format!("the front matter is larger than {} KiB", MAX_HEAD >> 10));
        return Err(problem
            .about(Topic::FrontMatter)
            .in_file(file)
            .hint("close it with the line that opened it"));
    }
    let position = |range: &Range<usize>| range.start + head.range.start..range.end + head.range.start;
    // Old editors end lines with CR alone, which TOML forbids.
    let has_only_cr = head.text.contains('\r') && !head.text.contains('\n');
    let lines = if has_only_cr { head.text.replace('\r', "\n").into() } else { Cow::Borrowed(head.text) };
    let known = known_key(head.text, &classify);
    match (tree::read(head.format, &lines), known) {
        (Ok(Some(entries)), _) => {
            let (metadata, notes) = read_entries(entries, &beside, options)?;
            if let Some(note) = notes.iter().find(|note| note.is_fatal) {
                return refuse(note.what.clone(), note.hint, position(&note.range));
            }
            let is_public = metadata.hidden.is_none() && !metadata.unlisted;
            let in_head = || held_in_head(head, &classify).map(|range| position(&range));
            // Without fences, the head may end earlier than meant.
            let is_open = head.format == Format::Lines;
            let in_body = || held_in_opening(source, split.body_range.start, &classify).filter(|_| is_open);
            let held = is_public.then(|| in_head().or_else(in_body)).flatten();
            if let Some(range) = held {
                return mistyped(range);
            }
            let problem = |note: metadata::Note| {
                let problem = Problem::warning(note.what).about(Topic::FrontMatter);
                problem.at(text.place(position(&note.range))).hint(note.hint)
            };
            let problems = notes.into_iter().map(problem).collect();
            Ok(FrontMatter { metadata, body: split.body_range.clone(), problems })
        }
        (Ok(None) | Err(_), None) => prose(0..source.len()),
        (Ok(None), Some(range)) => {
            let what = "the front matter cannot be read: it is no list of keys with values".to_owned();
            refuse(what, "write each as `key: value`, with a space behind the colon", position(&range))
        }
        (Err(error), Some(_)) => refuse(
            format!("the front matter cannot be read: {}", error.what),
            error.hint,
            position(&error.range),
        ),
    }
}
