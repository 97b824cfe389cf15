//! Front matter: the metadata at the head of a text, in the dialects of several site generators.
//!
//! [`tree`] turns a head (YAML, TOML, JSON or lines of entries) into one small tree of nodes, each with its position;
//! [`metadata`] gives the keys of that tree their meaning. The size of a head and the depth and number of its nodes are
//! bounded, YAML aliases included, so no head costs more than a page of text.

mod inherited;
mod keys;
mod metadata;
mod node;
mod tree;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;

use inherited::inherit;
use keys::HoldingKey;
use metadata::Note;
use node::{Node, Value};

pub(super) use inherited::Inherited;
pub use keys::{FrontMatterKeys, usual_key, usual_keys};
pub use metadata::{Cover, ExtraMetadata, Metadata};
pub use tree::MAX_METADATA;

use super::CapsulePath;
use super::date::DayOrder;
use super::visibility::Visibility;
use crate::markup::front_matter::{
    Classify, Format, Head, Mistake, held_in_head, held_in_opening, known_key, split_knowing,
};
use crate::problem::{Problem, Severity, SourceText, Topic};

/// The largest head that is read, in bytes. Real ones hold a few hundred.
const MAX_HEAD: usize = 64 << 10;

/// The metadata of a text, and where its body is.
#[derive(Default)]
pub(super) struct FrontMatter {
    pub(super) metadata: Metadata,
    /// The bytes of the body within the file.
    pub(super) body: Range<usize>,
    /// Warnings about single values.
    pub(super) problems: Vec<Problem>,
}

/// Returns whether a line of `---` or `+++` starts `text`, as it starts front matter.
pub fn has_fence(text: &str) -> bool {
    let first = text.trim_start_matches('\u{feff}').split(['\n', '\r']).next().unwrap_or_default();
    matches!(first.trim_end(), "---" | "+++")
}

/// Returns the visibility that `key` in front matter states with `value`, if it is about visibility.
pub fn stated_visibility(key: &str, value: &str) -> Option<Visibility> {
    HoldingKey::find(key)?.says(value)
}

/// How front matter is read.
pub(super) struct HeadOptions<'a> {
    pub(super) keys: &'a FrontMatterKeys,
    /// The order of day and month in the dates of the folder, if it is known.
    pub(super) order: Option<DayOrder>,
    /// The time zone of dates without their own; by default UTC.
    pub(super) time_zone: Option<&'a TimeZone>,
    /// The language of the text, as far as its path or the site states one.
    pub(super) language: &'a str,
    /// The other files that state metadata for the text, the nearest first; its own front matter overrides them.
    pub(super) beside: &'a [Arc<Inherited>],
}

/// Returns the format of the file `name`, by its extension.
fn format_of(name: &str) -> Format {
    match name.rsplit('.').next() {
        Some("yaml" | "yml") => Format::Yaml,
        Some("toml") => Format::Toml,
        Some("meta") => Format::Lines,
        // In settings of VS Code, JSON has comments.
        Some("json") if !name.starts_with(".vscode/") => Format::Json,
        _ => Format::Program,
    }
}

/// Returns the scalars of a settings file, or the literal values of a program, by their dotted keys in lower case.
/// Items of a list have its key, those that are held back (`hidden: true`) with `held` behind it; a table of `key` and
/// `value`, or `target` and `source`, is one pair (others: `of.TARGET.KEY`). Keys of programs start with a dot.
pub fn settings_in(name: &str, text: &str) -> Result<Vec<(String, String)>, Mistake> {
    let mut scalars = Vec::new();
    collect_scalars(String::new(), tree::value(format_of(name), text)?, &mut scalars);
    Ok(scalars)
}

/// Adds the scalars in the value at the dotted key `path`.
fn collect_scalars(path: String, value: Value<'_>, scalars: &mut Vec<(String, String)>) {
    let hides = |(key, node): &(Cow<'_, str>, Node<'_>)| {
        let says = node.scalar().and_then(|value| stated_visibility(&key.to_lowercase(), value));
        says.is_some_and(|says| says != Visibility::Public)
    };
    match value {
        Value::Nothing => {}
        Value::Scalar(text) => scalars.push((path, text.into_owned())),
        Value::List(items) => {
            for Node { value, .. } in items {
                let is_held = matches!(&value, Value::Map(entries) if entries.iter().any(hides));
                let path = if is_held { format!("{path}.held") } else { path.clone() };
                collect_scalars(path, value, scalars);
            }
        }
        Value::Map(entries) => {
            let is_name = |(key, _): &&(Cow<'_, str>, _)| key == "key" || key == "target";
            let named = entries.iter().find(is_name).map(|(_, node)| node.value.clone());
            let is_mount = entries.iter().any(|(key, _)| key == "source");
            for (key, node) in entries {
                let key = match &named {
                    Some(Value::Scalar(name)) if key == "value" || key == "source" => name.clone(),
                    Some(Value::Scalar(name)) if is_mount => format!("of.{name}.{key}").into(),
                    _ => key,
                };
                let dot = if path.is_empty() { "" } else { "." };
                collect_scalars(format!("{path}{dot}{}", key.to_lowercase()), node.value, scalars);
            }
        }
    }
}

/// Returns the problem of a mistake that keeps the essay from being published. Its range counts from the byte `start`.
fn refusal(text: &SourceText<'_>, start: usize, Mistake { what, hint, range }: Mistake) -> Problem {
    let place = text.place(start + range.start..start + range.end);
    Problem::error(what).about(Topic::FrontMatter).at(place).hint(hint)
}

/// Returns the metadata that other files state for the file at `path`, which has no front matter of its own.
pub(super) fn inherited_only(path: &CapsulePath, options: &HeadOptions<'_>) -> Result<Metadata, Problem> {
    Ok(metadata::read(inherit(Vec::new(), path, options)?, options).0)
}

/// Reads the front matter of `source`, the file at `path`. Text between thematic breaks without a known key is prose.
///
/// # Errors
///
/// If the head is too large, cannot be read, or leaves open whether readers may see the text, which might be a draft.
pub(super) fn read(path: &CapsulePath, source: &str, options: &HeadOptions<'_>) -> Result<FrontMatter, Problem> {
    let file = path.as_relative();
    let classify = |key: &str, value: &str| keys::classify(key, value, options.keys);
    let text = SourceText::new(file, source);
    let split = split_knowing(source, &classify).map_err(|mistake| refusal(&text, 0, mistake))?;
    let mistyped = |range: Range<usize>| {
        let what = "this line seems to hide the essay, but is not front matter".to_owned();
        let hint = "put `---` above and below the front matter, and write `key: value` on each line";
        Err(refusal(&text, 0, Mistake { what, hint, range }))
    };
    let prose = |body: Range<usize>| match held_in_opening(source, 0, &classify) {
        Some(range) => mistyped(range),
        None => Ok(FrontMatter { metadata: inherited_only(path, options)?, body, problems: Vec::new() }),
    };
    let (title, head, body) = match split.head {
        Some(head) => (None, head, split.body_range),
        None => match notion_properties(path, source, &classify) {
            Some((title, head, body)) => (Some(title), head, body),
            None => return prose(split.body_range),
        },
    };
    if head.text.len() > MAX_HEAD {
        let problem = Problem::error(format!("the front matter is larger than {} KiB", MAX_HEAD >> 10));
        let hint = "close it with the line that opened it";
        return Err(problem.about(Topic::FrontMatter).in_file(file).hint(hint));
    }
    let start = head.range.start;
    let own = match (tree::read(head.format, head.text), known_key(head.text, &classify)) {
        (Ok(Some(entries)), _) => entries,
        (Ok(None) | Err(_), None) => return prose(0..source.len()),
        (read, Some(range)) => {
            let hint = "write each as `key: value`, with a space behind the colon";
            let no_list = || Mistake { what: "it is not a list of keys with values".to_owned(), hint, range };
            let mistake = read.err().unwrap_or_else(no_list);
            let what = format!("the front matter cannot be read: {}", mistake.what);
            return Err(refusal(&text, start, Mistake { what, ..mistake }));
        }
    };
    let (mut metadata, notes) = metadata::read(inherit(own, path, options)?, options);
    metadata.title = title.map(str::to_owned).or(metadata.title);
    if let Some(note) = notes.iter().find(|note| note.is_fatal) {
        return Err(refusal(&text, start, note.mistake.clone()));
    }
    let is_public = metadata.hidden.is_none() && !metadata.unlisted;
    let in_head = || held_in_head(&head, &classify).map(|range| start + range.start..start + range.end);
    // Without fences, the head may end earlier than meant, and MDX may export more metadata below it.
    let is_open = head.format == Format::Lines || source[body.clone()].trim_start().starts_with("export ");
    let in_body = || held_in_opening(source, body.start, &classify);
    let held = || in_head().or_else(|| is_open.then(in_body).flatten());
    if let Some(range) = is_public.then(held).flatten() {
        return mistyped(range);
    }
    let warning = |note: Note| Problem { severity: Severity::Warning, ..refusal(&text, start, note.mistake) };
    Ok(FrontMatter { metadata, body, problems: notes.into_iter().map(warning).collect() })
}

/// Returns the title of a Notion export (32 hex digits end its name), its properties if a key is known, and its body.
fn notion_properties<'a>(
    path: &CapsulePath,
    source: &'a str,
    classify: Classify<'_>,
) -> Option<(&'a str, Head<'a>, Range<usize>)> {
    let (_, id) = path.stem().rsplit_once(' ')?;
    let is_export = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let start = source.find("\n\n").filter(|_| is_export && source.starts_with("# "))? + 2;
    let end = source[start..].find("\n\n").map_or(source.len(), |end| start + end + 1);
    let text = &source[start..end];
    known_key(text, classify).filter(|_| text.lines().all(|line| line.contains(": ")))?;
    let title = source[..start].trim_start_matches('#').trim();
    Some((title, Head { format: Format::Lines, text, range: start..end }, end..source.len()))
}
