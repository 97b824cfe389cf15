//! Containers fenced with colons, as Docusaurus, `VuePress`, Astro and Pandoc have them:
//!
//! ```text
//! :::info[Edit]
//! Words.
//! :::
//! ```
//!
//! One that says something of its own, by its kind or with a title, becomes a call-out; of others, which only
//! arrange a page, the fences are removed.

use std::ops::Range;

use memchr::memmem;

/// The kinds that are call-outs even without a title.
const CALLOUTS: &[&str] = &[
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

/// A line of colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fence<'s> {
    /// The first line of a container.
    Opening {
        /// As its author wrote it.
        kind: &'s str,
        /// Markdown.
        title: &'s str,
    },
    /// Its last line.
    Closing,
}

impl Fence<'_> {
    /// What stands in the place of the fence when it and its counterpart are known; `prefix` is what the line
    /// starts with. A quotation in HTML can hold any Markdown and end between any two lines.
    pub(super) fn translated(self, is_callout: bool, prefix: &str) -> String {
        match self {
            Fence::Opening { kind, title } if is_callout => {
                format!("<blockquote>\n{prefix}\n{prefix}[!{kind}] {title}\n{prefix}")
            }
            Fence::Closing if is_callout => format!("</blockquote>\n{prefix}"),
            Fence::Opening { .. } | Fence::Closing => String::new(),
        }
    }

    /// Whether a container that is opened so says something of its own.
    pub(super) fn is_callout(self) -> bool {
        match self {
            Fence::Opening { kind, title } => {
                !title.is_empty() || CALLOUTS.iter().any(|callout| kind.eq_ignore_ascii_case(callout))
            }
            Fence::Closing => false,
        }
    }
}

/// All lines of colons in `source`, in order, each from its first colon to the end of its line.
pub(super) fn fences(source: &str) -> Vec<(Range<usize>, Fence<'_>)> {
    let mut found = Vec::new();
    let mut next_line = 0;
    for at in memmem::find_iter(source.as_bytes(), b":::") {
        // Only the first colons of a line may be a fence: no line is looked at twice.
        if at < next_line {
            continue;
        }
        let end =
            memchr::memchr2(b'\n', b'\r', &source.as_bytes()[at..]).map_or(source.len(), |end| at + end);
        next_line = end;
        if prefix(source, at).bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>'))
            && let Some(fence) = read(&source[at..end])
        {
            found.push((at..end, fence));
        }
    }
    found
}

/// What the line of `at` holds before it.
pub(super) fn prefix(source: &str, at: usize) -> &str {
    let start = memchr::memrchr(b'\n', &source.as_bytes()[..at]).map_or(0, |end| end + 1);
    &source[start..at]
}

/// Reads a line from its first colon on.
fn read(line: &str) -> Option<Fence<'_>> {
    let rest = line.trim_start_matches(':').trim();
    if rest.is_empty() {
        return Some(Fence::Closing);
    }
    let name_end =
        rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(rest.len());
    let (kind, rest) = rest.split_at(name_end);
    // Pandoc closes the line with colons, too.
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
    // `{.note title="Title"}`, `{.callout-note}`: only attributes may stand without a name.
    let class =
        attributes.trim_end_matches('}').split_whitespace().find_map(|word| word.strip_prefix('.'))?;
    let class_end =
        class.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(class.len());
    let kind = class[..class_end].strip_prefix("callout-").unwrap_or(&class[..class_end]);
    let quoted = attributes.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"'));
    let title = quoted.map_or(title, |(title, _)| title);
    kind.starts_with(char::is_alphabetic).then_some(Fence::Opening { kind, title })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_are_found() {
        let opening = |kind, title| Some(Fence::Opening { kind, title });
        for (line, expected) in [
            (":::", Some(Fence::Closing)),
            ("::::: ", Some(Fence::Closing)),
            (":::note", opening("note", "")),
            ("  > ::: tip Mind the *gap*", opening("tip", "Mind the *gap*")),
            (":::info[Edit — May 12]", opening("info", "Edit — May 12")),
            (":::danger[Stop]{#stop .x}", opening("danger", "Stop")),
            ("::: {.callout-note title=\"A title\" collapse=true}", opening("note", "A title")),
            ("::: {.columns}", opening("columns", "")),
            ("::: warning :::::", opening("warning", "")),
            ("::: {#id}", None),
            (":::1", None),
            ("std::: x", None),
            ("a :::note", None),
            ("::note", None),
        ] {
            let found = fences(line).first().map(|(_, fence)| *fence);
            assert_eq!(found, expected, "{line}");
        }
    }
}
