//! Containers fenced with colons, a syntax of Docusaurus, `VuePress`, Astro and Pandoc:
//!
//! ```text
//! :::info[Edit]
//! Words.
//! :::
//! ```
//!
//! A container with a title or of a known kind becomes an alert. Others only lay out a page: their fences are removed.

use std::ops::Range;

use memchr::memmem;

use super::super::source::line_before;

/// The kinds that are alerts even without a title.
const ALERTS: &[&str] = &[
    "abstract",
    "aside",
    "attention",
    "bug",
    "caution",
    "danger",
    "error",
    "example",
    "failure",
    "fail",
    "hint",
    "important",
    "info",
    "note",
    "question",
    "quote",
    "success",
    "summary",
    "tip",
    "todo",
    "update",
    "warning",
];

/// A line that starts with three or more colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence<'s> {
    /// The first line of a container.
    Opening {
        /// Its kind as written.
        kind: &'s str,
        /// Its title in Markdown, often empty.
        title: &'s str,
    },
    /// Its last line.
    Closing,
}

impl Fence<'_> {
    /// Returns the replacement of a fence that has a counterpart. `prefix` is the text before it on its line. An HTML
    /// quotation is used because it can contain any Markdown and end between any two lines.
    pub(super) fn translated(self, is_alert: bool, prefix: &str) -> String {
        match self {
            Fence::Opening { kind, title } if is_alert => {
                format!("<blockquote>\n{prefix}\n{prefix}[!{kind}] {title}\n{prefix}")
            }
            Fence::Closing if is_alert => format!("</blockquote>\n{prefix}"),
            Fence::Opening { .. } | Fence::Closing => String::new(),
        }
    }

    /// Returns whether this opens a container that becomes an alert.
    pub(super) fn is_alert(self) -> bool {
        match self {
            Fence::Opening { kind, title } => !title.is_empty() || is_alert(kind),
            Fence::Closing => false,
        }
    }
}

/// Returns whether `kind` is that of an alert.
pub(super) fn is_alert(kind: &str) -> bool {
    ALERTS.iter().any(|alert| kind.eq_ignore_ascii_case(alert))
}

/// Returns the fences in `source` in order, each from its first colon to the end of its line.
pub(super) fn fences(source: &str) -> Vec<(Range<usize>, Fence<'_>)> {
    let mut found = Vec::new();
    let mut next_line = 0;
    for at in memmem::find_iter(source.as_bytes(), b":::") {
        // Only the first colons of a line may be a fence.
        if at < next_line {
            continue;
        }
        let end =
            memchr::memchr2(b'\n', b'\r', &source.as_bytes()[at..]).map_or(source.len(), |end| at + end);
        next_line = end;
        if line_before(source, at).bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>'))
            && let Some(fence) = read(&source[at..end])
        {
            found.push((at..end, fence));
        }
    }
    found
}

/// Parses a line from its first colon on.
fn read(line: &str) -> Option<Fence<'_>> {
    let rest = line.trim_start_matches(':').trim();
    if rest.is_empty() {
        return Some(Fence::Closing);
    }
    let (kind, rest) = split_name(rest);
    // Pandoc allows colons at the end of the line.
    let rest = rest.trim().trim_end_matches(':').trim();
    let (rest, attributes) = match rest.rsplit_once('{') {
        Some((before, attributes)) if attributes.ends_with('}') => (before.trim(), attributes),
        _ => (rest, ""),
    };
    let title = match rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(bracketed) => bracketed.trim(),
        None => rest,
    };
    if !kind.is_empty() {
        return kind.starts_with(char::is_alphabetic).then_some(Fence::Opening { kind, title });
    }
    // `{.note title="Title"}`, `{.callout-note}`: the kind is a class.
    let class =
        attributes.trim_end_matches('}').split_whitespace().find_map(|word| word.strip_prefix('.'))?;
    let (class, _) = split_name(class);
    let kind = class.strip_prefix("callout-").unwrap_or(class);
    let quoted = attributes.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"'));
    let title = quoted.map_or(title, |(title, _)| title);
    kind.starts_with(char::is_alphabetic).then_some(Fence::Opening { kind, title })
}

/// Splits the name of a kind or class off the start of `text`.
fn split_name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len());
    text.split_at(end)
}
