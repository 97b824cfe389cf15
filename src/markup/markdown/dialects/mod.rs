//! Translates what dialects of Markdown add before the parser sees it: template [`tags`](mod@tags) of Hugo, Zola and
//! Jekyll, which occur where Markdown allows no element, such as in the destination of a link or around a block of code;
//! lines of [`blocks`]; and [`inline`] marks, comments and attributes.
//!
//! Only essays that have any of these outside of code are copied. The origin of each byte is recorded, so that all
//! offsets in the document refer to the source.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::source::{Offsets, line_before};
use super::{MarkdownOptions, Shortcodes};
use crate::markup::Notice;
use meaning::{Meaning, escaped, meaning};
use tags::{ShortTag, tags};

mod blocks;
mod inline;
mod meaning;
mod tags;

/// Parts of a source and their replacements.
type Edits = Vec<(Range<usize>, String)>;

/// Translates what in `source` is not in code and unknown to the parser. Returns `None` if there is nothing.
pub(super) fn translate(source: &str, options: MarkdownOptions) -> Option<Translation<'_>> {
    let code = Code::new(source, options.for_parser());
    let (mut edits, mut notes, mut found) = (Vec::new(), Vec::new(), Vec::new());
    if options.shortcodes == Shortcodes::Strip {
        inline::comments(source, &code, &mut edits);
        notes = inline::marks(source, &code, &mut edits);
        found = tags(source);
    }
    blocks::rewrite(source, &code, options, &mut edits);
    // Code may contain closing tags of those that enclose it.
    let is_shown = |tag: &ShortTag<'_>| !tag.is_escaped && code.contains(tag.range.start);
    if edits.is_empty() && found.iter().all(is_shown) {
        return None;
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut edits = edits.into_iter().peekable();
    let mut translation = Translation::new(source, code);
    let counterparts = counterparts(&found);
    let mut index = 0;
    loop {
        let tag =
            found.get(index).filter(|tag| edits.peek().is_none_or(|(at, _)| tag.range.start < at.start));
        if let Some(tag) = tag {
            // A tag and its counterpart may enclose others, and a fence or comment.
            if tag.range.start >= translation.at
                && (tag.is_escaped || !translation.code.contains(tag.range.start))
            {
                index = translation.tag(&found, index, counterparts[index]);
            }
            index += 1;
        } else if let Some((range, markdown)) = edits.next() {
            if range.start >= translation.at {
                translation.copy_to(range.start);
                translation.replace(range.end, &markdown);
            }
        } else {
            break;
        }
    }
    translation.copy_to(source.len());
    for (index, note) in notes.into_iter().enumerate() {
        translation.replace(note.start, &format!("\n\n[^inline-{index}]: "));
        translation.copy_to(note.end);
    }
    Some(translation)
}

/// The ranges of code and HTML in a source, which are found when they are first asked for.
struct Code<'s> {
    source: &'s str,
    options: Options,
    found: OnceCell<[Vec<Range<usize>>; 3]>,
}

impl<'s> Code<'s> {
    /// Lists of definitions are not read: they may be meant only where no code span is.
    fn new(source: &'s str, options: Options) -> Self {
        Self { source, options: options - Options::ENABLE_DEFINITION_LIST, found: OnceCell::new() }
    }

    fn is_in(&self, kind: usize, at: usize) -> bool {
        let found = self.found.get_or_init(|| {
            let mut found = <[Vec<Range<usize>>; 3]>::default();
            for (event, range) in Parser::new_ext(self.source, self.options).into_offset_iter() {
                match event {
                    Event::Code(_) => found[0].push(range),
                    Event::Start(Tag::CodeBlock(_)) => found[1].push(range),
                    Event::Start(Tag::HtmlBlock) => found[2].push(range),
                    _ => {}
                }
            }
            found
        });
        let next = found[kind].partition_point(|range| range.end <= at);
        found[kind].get(next).is_some_and(|range| range.contains(&at))
    }

    /// Returns whether `at` is in a code span or block.
    fn contains(&self, at: usize) -> bool {
        self.is_in(0, at) || self.is_in(1, at)
    }

    fn is_block(&self, at: usize) -> bool {
        self.is_in(1, at)
    }

    fn is_html(&self, at: usize) -> bool {
        self.is_in(2, at)
    }
}

/// Returns for each opening tag the index of its closing tag.
fn counterparts(tags: &[ShortTag<'_>]) -> Vec<Option<usize>> {
    let mut closing: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut found = vec![None; tags.len()];
    for (index, tag) in tags.iter().enumerate().rev() {
        if tag.closes {
            closing.entry(tag.name).or_default().push(index);
        } else if !tag.is_whole {
            found[index] = closing.get_mut(tag.name).and_then(Vec::pop);
        }
    }
    found
}

/// The translation of an essay.
pub(super) struct Translation<'s> {
    source: &'s str,
    code: Code<'s>,
    /// The Markdown for closing tags, by their indices.
    closings: HashMap<usize, String>,
    /// The number of bytes of the source that are translated.
    at: usize,
    pub(super) text: String,
    pub(super) offsets: Offsets,
    pub(super) notices: Vec<Notice>,
}

impl<'s> Translation<'s> {
    fn new(source: &'s str, code: Code<'s>) -> Self {
        Self {
            source,
            code,
            closings: HashMap::new(),
            at: 0,
            text: String::with_capacity(source.len()),
            offsets: Offsets::default(),
            notices: Vec::new(),
        }
    }

    /// Translates the tag at `index`, with its counterpart if it has one. Returns the index of the last tag translated.
    fn tag(&mut self, tags: &[ShortTag<'_>], index: usize, counterpart: Option<usize>) -> usize {
        let tag = &tags[index];
        self.copy_to(tag.range.start);
        if tag.is_escaped {
            let closing = if tag.opening == "{{<" { ">}}" } else { "%}}" };
            let shown = format!("{}{}{closing}", tag.opening, tag.arguments);
            let in_code = self.code.contains(tag.range.start);
            self.replace(tag.range.end, &if in_code { shown } else { escaped(&shown) });
            return index;
        }
        if tag.closes {
            let markdown = self.closings.remove(&index).unwrap_or_default();
            self.replace(tag.range.end, &markdown);
            return index;
        }
        let end = counterpart.map(|end| (end, &tags[end]));
        match (meaning(tag, end.is_some(), self.is_alone(&tag.range)), end) {
            (Meaning::Destination(address), _) => self.replace(tag.range.end, &address),
            // In a block of HTML, Markdown stands between blank lines.
            (Meaning::Markdown(markdown), _) if self.code.is_html(tag.range.start) => {
                self.replace(tag.range.end, &format!("\n\n{markdown}\n\n"));
            }
            (Meaning::Markdown(markdown), _) => self.replace(tag.range.end, &markdown),
            (Meaning::Enclosing { opening, closing }, Some(end)) => {
                self.enclose(tag, &opening, &closing, end);
            }
            (Meaning::Label(link), Some((index, end))) => {
                let label = &self.source[tag.range.end..end.range.start];
                let (opening, closing) =
                    if label.contains(['\n', ']']) { ("", &*link) } else { ("[", &link[1..]) };
                self.replace(tag.range.end, opening);
                self.closings.insert(index, closing.to_owned());
            }
            (Meaning::Code(language), Some((index, end))) => {
                self.code(&language, tag, end);
                return index;
            }
            (Meaning::Removed { with_notice }, Some((index, end))) => {
                if with_notice {
                    self.notice(tag, " with its content");
                }
                self.replace(end.range.end, "");
                return index;
            }
            // Without its end it is no tag, but text about one.
            (Meaning::Removed { with_notice: true }, None) => self.copy_to(tag.range.end),
            (Meaning::Raw, Some((index, end))) => {
                self.replace(tag.range.end, "");
                self.copy_to(end.range.start);
                self.replace(end.range.end, "");
                return index;
            }
            (Meaning::Nothing | Meaning::Removed { .. } | Meaning::Raw, _) => {
                self.replace(tag.range.end, "");
            }
            (Meaning::Unknown | Meaning::Code(_) | Meaning::Label(_) | Meaning::Enclosing { .. }, _) => {
                self.notice(tag, "");
                self.replace(tag.range.end, "");
            }
        }
        index
    }

    fn notice(&mut self, tag: &ShortTag<'_>, how: &str) {
        let what = format!("the template tag `{}` is left out{how}", tag.name);
        self.notices.push(Notice { offset: tag.range.start, what });
    }

    /// Returns whether nothing else is on the lines of `range`.
    fn is_alone(&self, range: &Range<usize>) -> bool {
        let behind = self.source[range.end..].trim_start_matches([' ', '\t', '\r']);
        self.only_prefix_on_line() && (behind.is_empty() || behind.starts_with('\n'))
    }

    /// Makes a quotation of the text between two tags.
    fn enclose(&mut self, tag: &ShortTag<'_>, opening: &str, closing: &str, end: (usize, &ShortTag<'_>)) {
        let in_html = self.code.is_html(tag.range.start);
        let gap = if self.only_prefix_on_line() && !in_html { "" } else { "\n\n" };
        // Later lines are within the same quotation or list item.
        let in_container = |text: &str, at| {
            let prefix = line_before(self.source, at);
            let prefix = match prefix.trim_matches([' ', '\t', '>']) {
                "" if !in_html => prefix.to_owned(),
                _ if is_list_marker(prefix.trim()) => " ".repeat(prefix.len()),
                _ => String::new(),
            };
            text.replace('\n', &format!("\n{prefix}"))
        };
        let opening = in_container(opening, tag.range.start);
        let closing = in_container(&format!("\n\n{closing}\n"), end.1.range.start);
        self.replace(tag.range.end, &format!("{gap}{opening}"));
        self.closings.insert(end.0, closing);
    }

    /// Makes a fenced code block of the text between two tags.
    fn code(&mut self, language: &str, opening: &ShortTag<'_>, closing: &ShortTag<'_>) {
        let content = &self.source[opening.range.end..closing.range.start];
        let fence = "`".repeat(longest_backtick_run(content).max(2) + 1);
        let language: String = language.chars().filter(|c| !c.is_whitespace() && *c != '`').collect();
        let before = if self.only_prefix_on_line() { "" } else { "\n" };
        let has_line = content.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        let behind = if has_line { "" } else { "\n" };
        self.replace(opening.range.end, &format!("{before}{fence}{language}{behind}"));
        self.copy_to(closing.range.start);
        let before = if self.only_prefix_on_line() { "" } else { "\n" };
        let ends_line = self.source[closing.range.end..].starts_with(['\n', '\r']);
        let behind = if ends_line { "" } else { "\n" };
        self.replace(closing.range.end, &format!("{before}{fence}{behind}"));
    }

    /// Returns whether the current line of the translation contains only text that may precede a fence.
    fn only_prefix_on_line(&self) -> bool {
        let line = line_before(&self.text, self.text.len());
        line.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'>')) || is_list_marker(line.trim())
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
