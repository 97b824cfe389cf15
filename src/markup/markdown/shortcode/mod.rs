//! Translates the template [`tags`](mod@tags) of Hugo, Zola and Jekyll into Markdown before the parser sees them: they
//! occur where Markdown allows no element, such as in the destination of a link or around a block of code. Also translates
//! [`containers`] fenced with colons and removes [`comments`].
//!
//! Only essays that have any of these outside of code are copied. The origin of each byte is recorded, so that all
//! offsets in the document refer to the source.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::source::Offsets;
use crate::markup::Notice;
use containers::Fence;
use meaning::{Meaning, meaning};
use tags::{ShortTag, tags};

mod comments;
mod containers;
mod meaning;
mod tags;

/// The translation of an essay.
pub(super) struct Translated {
    pub(super) text: String,
    pub(super) offsets: Offsets,
    pub(super) notices: Vec<Notice>,
}

/// Translates the template tags, containers and comments in `source` that are not in code. Returns `None` if there are
/// none.
pub(super) fn translate(source: &str, options: Options) -> Option<Translated> {
    let tags = tags(source);
    let mut fences = containers::fences(source);
    let mut comments = comments::comments(source);
    if tags.is_empty() && fences.is_empty() && comments.is_empty() {
        return None;
    }
    let code = Code::in_source(source, options);
    fences.retain(|(range, _)| !code.contains(range.start));
    comments.retain(|range| !code.contains(range.start));
    let mut edits = edits(source, &fences);
    edits.extend(comments.into_iter().map(|range| (range, String::new())));
    edits.sort_by_key(|(range, _)| range.start);
    if edits.is_empty() && tags.iter().all(|tag| code.contains(tag.range.start)) {
        return None;
    }
    let mut translation =
        Translation { source, text: String::with_capacity(source.len()), ..Translation::default() };
    let counterparts = counterparts(&tags);
    let mut edits = edits.into_iter().peekable();
    let mut index = 0;
    loop {
        let tag = tags.get(index).filter(|tag| edits.peek().is_none_or(|(at, _)| tag.range.start < at.start));
        if tag.is_some_and(|tag| tag.range.start < translation.at || code.contains(tag.range.start)) {
            index += 1;
        } else if tag.is_some() {
            index = translation.tag(&tags, index, counterparts[index]) + 1;
        } else if let Some((range, markdown)) = edits.next() {
            // A tag and its counterpart may enclose a fence or comment.
            if range.start >= translation.at {
                translation.copy_to(range.start);
                translation.replace(range.end, &markdown);
            }
        } else {
            break;
        }
    }
    translation.copy_to(source.len());
    Some(Translated { text: translation.text, offsets: translation.offsets, notices: translation.notices })
}

/// Returns the replacement of each fence that has a counterpart.
fn edits(source: &str, fences: &[(Range<usize>, Fence<'_>)]) -> Vec<(Range<usize>, String)> {
    let mut open: Vec<usize> = Vec::new();
    let mut edits = Vec::new();
    let mut edit = |(range, fence): &(Range<usize>, Fence<'_>), is_alert| {
        let prefix = containers::prefix(source, range.start);
        edits.push((range.clone(), fence.translated(is_alert, prefix)));
    };
    for (index, (_, fence)) in fences.iter().enumerate() {
        if *fence != Fence::Closing {
            open.push(index);
        } else if let Some(opening) = open.pop() {
            let is_alert = fences[opening].1.is_alert();
            edit(&fences[opening], is_alert);
            edit(&fences[index], is_alert);
        }
    }
    edits
}

/// The ranges of code in a source, in order.
struct Code(Vec<Range<usize>>);

impl Code {
    fn in_source(source: &str, options: Options) -> Self {
        let events = Parser::new_ext(source, options).into_offset_iter();
        let is_code = |event: &Event<'_>| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_)));
        Self(events.filter(|(event, _)| is_code(event)).map(|(_, range)| range).collect())
    }

    fn contains(&self, at: usize) -> bool {
        let next = self.0.partition_point(|range| range.end <= at);
        self.0.get(next).is_some_and(|range| range.contains(&at))
    }
}

/// Returns for each opening tag the index of the next closing tag of that name.
fn counterparts(tags: &[ShortTag<'_>]) -> Vec<Option<usize>> {
    let mut next_closing = HashMap::new();
    let mut found = vec![None; tags.len()];
    for (index, tag) in tags.iter().enumerate().rev() {
        if tag.closes {
            next_closing.insert(tag.name, index);
        } else {
            found[index] = next_closing.get(tag.name).copied();
        }
    }
    found
}

#[derive(Default)]
struct Translation<'s> {
    source: &'s str,
    /// The number of bytes of the source that are translated.
    at: usize,
    text: String,
    offsets: Offsets,
    notices: Vec<Notice>,
}

impl Translation<'_> {
    /// Translates the tag at `index`, with its counterpart if it has one. Returns the index of the last tag translated.
    fn tag(&mut self, tags: &[ShortTag<'_>], index: usize, counterpart: Option<usize>) -> usize {
        let tag = &tags[index];
        self.copy_to(tag.range.start);
        if tag.closes {
            self.replace(tag.range.end, "");
            return index;
        }
        match (meaning(tag), counterpart) {
            (Meaning::Markdown(markdown), _) => self.replace(tag.range.end, &markdown),
            (Meaning::Figure { picture, caption }, _) => {
                let alone = self.text.is_empty() || self.text.ends_with('\n');
                let markdown = if alone {
                    format!("{picture}\n\n{caption}\n\n")
                } else {
                    format!("{picture} {caption}")
                };
                self.replace(tag.range.end, &markdown);
            }
            (Meaning::Code(language), Some(closing)) => {
                self.code(&language, tag, &tags[closing]);
                return closing;
            }
            (Meaning::Comment, Some(closing)) => {
                self.replace(tags[closing].range.end, "");
                return closing;
            }
            (Meaning::Raw, Some(closing)) => {
                self.replace(tag.range.end, "");
                self.copy_to(tags[closing].range.start);
                self.replace(tags[closing].range.end, "");
                return closing;
            }
            (Meaning::Unknown | Meaning::Code(_), _) => {
                self.notices.push(Notice {
                    offset: tag.range.start,
                    what: format!("the template tag `{}` is left out", tag.name),
                });
                self.replace(tag.range.end, "");
            }
            (Meaning::Nothing | Meaning::Comment | Meaning::Raw, _) => {
                self.replace(tag.range.end, "");
            }
        }
        index
    }

    /// Makes a fenced code block of the text between two tags.
    fn code(&mut self, language: &str, opening: &ShortTag<'_>, closing: &ShortTag<'_>) {
        let content = &self.source[opening.range.end..closing.range.start];
        let fence = "`".repeat(longest_backtick_run(content).max(2) + 1);
        let language: String = language.chars().filter(|c| !c.is_whitespace() && *c != '`').collect();
        let mut head = format!("{fence}{language}");
        if !self.only_prefix_on_line() {
            head.insert(0, '\n');
        }
        if !content.trim_start_matches([' ', '\t', '\r']).starts_with('\n') {
            head.push('\n');
        }
        self.replace(opening.range.end, &head);
        self.copy_to(closing.range.start);
        let mut tail = fence;
        if !self.only_prefix_on_line() {
            tail.insert(0, '\n');
        }
        if !self.source[closing.range.end..].starts_with(['\n', '\r']) {
            tail.push('\n');
        }
        self.replace(closing.range.end, &tail);
    }

    /// Whether the current line of the translation contains only text that may precede a fence.
    fn only_prefix_on_line(&self) -> bool {
        let line_start = memchr::memrchr(b'\n', self.text.as_bytes()).map_or(0, |end| end + 1);
        self.text[line_start..].bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>'))
            || is_list_marker(self.text[line_start..].trim())
    }

    /// Copies the source up to `end`.
    fn copy_to(&mut self, end: usize) {
        if end > self.at {
            self.offsets.push(self.text.len(), self.at, true);
            self.text.push_str(&self.source[self.at..end]);
            self.at = end;
        }
    }

    /// Replaces the source up to `end` by `markdown`.
    fn replace(&mut self, end: usize, markdown: &str) {
        if !markdown.is_empty() {
            self.offsets.push(self.text.len(), self.at, false);
            self.text.push_str(markdown);
        }
        self.at = end;
    }
}

fn is_list_marker(text: &str) -> bool {
    let digits = text.trim_end_matches(['.', ')']);
    matches!(text, "-" | "*" | "+")
        || (digits.len() + 1 == text.len() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn longest_backtick_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
