//! Parses Markdown into a [`Document`].
//!
//! 1. [`dialects`] translates template tags, containers and comments into Markdown, in a copy if there are any.
//! 2. The [`builder`] receives the [`events`] of pulldown-cmark, and the [`elements`] into which [`html`] divides HTML.
//! 3. It collects inline text in a [`run`] and blocks on a [`stack`], which is explicit: deep input costs no call stack.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pulldown_cmark::{Options, Parser};

use super::{Block, Code, Document, Notice};
use builder::Builder;
pub use typography::decode;

mod bare_url;
mod builder;
mod dialects;
mod elements;
mod events;
mod html;
mod references;
mod run;
mod source;
mod stack;
mod typography;

/// The most markup that is parsed in one essay, in the units of [`end_of_budget`]. It bounds the memory that a hostile
/// essay costs to 40 MB; 1 MiB of real essays about programming, which are rich in links and code, has 110,000.
const MAX_MARKUP: usize = 300_000;

/// The highest cost of one byte in [`end_of_budget`].
const MAX_COST: usize = 5;

/// The length in bytes from which on a line is not short.
const SHORT_LINE: usize = 12;

/// The most notices about one essay: a longer list does not help its author.
const MAX_NOTICES: usize = 100;

/// The choices of a Markdown dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MarkdownOptions {
    /// Whether straight quotes become curly ones, `--` a dash and `...` an ellipsis.
    pub smart_punctuation: bool,
    /// Whether line ends within a paragraph stay, as in verse.
    pub line_breaks: bool,
    /// Whether constructs are read that GitHub does not have: TeX, wiki links, definitions, template tags and more.
    pub dialects: bool,
}

impl MarkdownOptions {
    /// The default dialect, which suits most archives.
    pub const STANDARD: Self = Self { smart_punctuation: false, line_breaks: false, dialects: true };

    fn for_parser(self) -> Options {
        let mut options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_GFM;
        options.set(Options::ENABLE_SMART_PUNCTUATION, self.smart_punctuation);
        let dialects = Options::ENABLE_MATH | Options::ENABLE_WIKILINKS | Options::ENABLE_DEFINITION_LIST;
        options.set(dialects, self.dialects);
        options
    }
}

/// Parses the body of an essay. Never fails: markup it cannot understand is text. All offsets are in bytes of `source`.
pub fn parse<'a>(source: &'a str, options: &MarkdownOptions) -> Document<'a> {
    // pulldown-cmark has panicked on rare input (pulldown-cmark/pulldown-cmark#949, #1110), which may cost one essay.
    let document = catch_unwind(AssertUnwindSafe(|| read(source, *options)));
    let mut document = document.unwrap_or_else(|_| unread(source));
    limit_notices(&mut document.notices);
    document
}

fn read(source: &str, options: MarkdownOptions) -> Document<'_> {
    let markdown = &source[..end_of_budget(source, options)];
    let translation = Some(options).filter(|options| options.dialects);
    let translation = translation.and_then(|options| dialects::translate(markdown, options.for_parser()));
    let text = translation.as_ref().map_or(markdown, |translation| &translation.text);
    let offsets = translation.as_ref().map(|translation| &translation.offsets);
    let mut builder = Builder::new(markdown, text, offsets);
    builder.run.keeps_line_ends = options.line_breaks;
    for (event, range) in Parser::new_ext(text, options.for_parser()).into_offset_iter() {
        builder.event(event, range);
    }
    let mut document = builder.finish();
    document.notices.extend(translation.into_iter().flat_map(|translation| translation.notices));
    if markdown.len() < source.len() {
        keep_as_written(&mut document, source, markdown.len(), "the rest of the essay has too much markup");
    }
    document
}

/// Returns where to cut `source` so that its markup stays within [`MAX_MARKUP`]: at an empty line, else between others.
fn end_of_budget(source: &str, options: MarkdownOptions) -> usize {
    // A count is faster than the exact sum, and enough for nearly all sources.
    let others = || source.bytes().filter(|byte| !byte.is_ascii_alphabetic()).count();
    if source.len() * MAX_COST <= MAX_MARKUP || others() * MAX_COST <= MAX_MARKUP {
        return source.len();
    }
    let (mut spent, mut line, mut is_prefix, mut before) = (0, 0, true, 0_u8);
    let within = source.bytes().enumerate().position(|(at, byte)| {
        // Upper bounds of the memory that the parser and the document need, in units of about 100 bytes.
        let cost = match byte {
            // Each line may be a block, and short ones are many.
            b'\n' if at - line < SHORT_LINE => MAX_COST,
            // Markers of containers, of which a line may open many.
            b' ' | b'\t' if is_prefix && matches!(before, b'+' | b'-' | b'*' | b'.' | b')') => 4,
            b'>' if is_prefix => 3,
            b'!' => MAX_COST,
            b'(' if before == b']' => MAX_COST,
            b'[' | b'|' | b'$' => 4,
            b'/' if before == b':' => 2,
            b':' | b'<' => 3,
            b'*' | b'_' | b'~' | b'&' | b'+' | b'{' => 2,
            b'\n' | b'`' | b'(' | b']' | b'>' | b'\\' | b'=' | b'%' | b'^' => 1,
            b'-' | b'.' | b'"' | b'\'' if options.smart_punctuation => 1,
            _ => 0,
        };
        let continues = matches!(byte, b' ' | b'\t' | b'0'..=b'9' | b'+' | b'-' | b'*' | b'.' | b')' | b'>');
        (before, is_prefix) = (byte, byte == b'\n' || is_prefix && continues);
        line = if byte == b'\n' { at + 1 } else { line };
        spent += cost;
        spent > MAX_MARKUP
    });
    let Some(end) = within else { return source.len() };
    let head = &source.as_bytes()[..end];
    let between_blocks = memchr::memmem::rfind(head, b"\n\n").map(|at| at + 2).filter(|at| *at >= end / 2);
    between_blocks.or_else(|| memchr::memrchr(b'\n', head).map(|at| at + 1)).unwrap_or(end)
}

/// Sorts the notices by offset and replaces those after the first [`MAX_NOTICES`] by their number.
fn limit_notices(notices: &mut Vec<Notice>) {
    notices.sort_by_key(|notice| notice.offset);
    let more = notices.len().saturating_sub(MAX_NOTICES);
    if more > 1 {
        notices[MAX_NOTICES].what = format!("{more} more elements, components or template tags are left out");
        notices.truncate(MAX_NOTICES + 1);
    }
}

/// Adds `source` from `offset` on as preformatted text, with a notice that begins with `why`.
fn keep_as_written<'a>(document: &mut Document<'a>, source: &'a str, offset: usize, why: &str) {
    let text = std::borrow::Cow::Borrowed(source[offset..].trim_end_matches('\n'));
    document.blocks.push(Block::Code(Code { language: std::borrow::Cow::Borrowed(""), text }));
    document.notices.push(Notice { offset, what: format!("{why} and is shown as written") });
}

/// Returns the source as preformatted text, for when the parser has failed.
fn unread(source: &str) -> Document<'_> {
    let mut document = Document::default();
    keep_as_written(&mut document, source, 0, "the Markdown could not be read");
    document
}

#[cfg(test)]
#[path = "../../../tests/unit/markdown.rs"]
mod tests;
