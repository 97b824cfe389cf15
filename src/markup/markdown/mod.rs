//! Markdown becomes a [`Document`].
//!
//! The parser hands out events; a [`builder`] turns them into the tree in one pass and on an explicit stack, so
//! that neither depth nor length of the input can hurt. Words are collected in a [`run`], containers on a
//! [`stack`]. HTML goes through the same two by way of [`html`], so that Markdown within HTML within Markdown
//! comes out in order. Template tags are translated into Markdown before all that, in a copy that only essays
//! with such tags pay for ([`shortcode`]).

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pulldown_cmark::{Options, Parser};

use super::{Block, Code, Document, Notice};
use builder::Builder;
use shortcode::Offsets;

mod bare_url;
mod builder;
mod callout;
mod detail;
mod element;
mod entity;
mod figure;
mod footnote;
mod html;
mod html_content;
mod html_inline;
mod picture;
mod run;
mod script;
mod shortcode;
mod source;
mod stack;
mod tag;
mod trim;

/// What authors disagree on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the dialect, named where they are set"
)]
pub struct MarkdownOptions {
    /// Straight quotes become curly ones, `--` a dash, `...` an ellipsis.
    pub smart_punctuation: bool,
    /// `$x$` and `$$x$$` are TeX, kept verbatim and shielded from emphasis.
    pub math: bool,
    /// `[[page]]` and `[[page|label]]` are links.
    pub wiki_links: bool,
    /// A line with `: ` under a term is its meaning.
    pub definition_lists: bool,
    /// What becomes of template tags.
    pub shortcodes: Shortcodes,
}

/// What becomes of the template tags of Hugo, Zola and Jekyll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shortcodes {
    /// Those with a meaning here are translated, the others removed; text between a pair is kept.
    Strip,
    /// They stay as text.
    Keep,
}

impl MarkdownOptions {
    /// What suits most archives.
    pub const STANDARD: Self = Self {
        smart_punctuation: false,
        math: true,
        wiki_links: true,
        definition_lists: true,
        shortcodes: Shortcodes::Strip,
    };

    fn for_parser(self) -> Options {
        let mut options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_GFM;
        options.set(Options::ENABLE_SMART_PUNCTUATION, self.smart_punctuation);
        options.set(Options::ENABLE_MATH, self.math);
        options.set(Options::ENABLE_WIKILINKS, self.wiki_links);
        options.set(Options::ENABLE_DEFINITION_LIST, self.definition_lists);
        options
    }
}

/// Reads `source`, the body of an essay without its front matter. Never fails: what cannot be understood is
/// kept as text. All offsets of the document are bytes of `source`.
pub fn parse<'a>(source: &'a str, options: &MarkdownOptions) -> Document<'a> {
    // The parser has panicked on rare input before (pulldown-cmark/pulldown-cmark#949, #1110); an essay must
    // not take others down with it.
    catch_unwind(AssertUnwindSafe(|| read(source, *options))).unwrap_or_else(|_| unread(source))
}

fn read(source: &str, options: MarkdownOptions) -> Document<'_> {
    let translated = match options.shortcodes {
        Shortcodes::Strip => shortcode::translate(source, options.for_parser()),
        Shortcodes::Keep => None,
    };
    match translated {
        None => build(source, source, &Offsets::default(), options),
        Some(translated) => {
            let mut document = build(source, &translated.text, &translated.offsets, options);
            document.notices.extend(translated.notices);
            document.notices.sort_by_key(|notice| notice.offset);
            document
        }
    }
}

/// Reads `text`, which is `source` or a translation of it.
fn build<'a>(source: &'a str, text: &str, offsets: &Offsets, options: MarkdownOptions) -> Document<'a> {
    let mut builder = Builder::new(source, text, offsets);
    for (event, range) in Parser::new_ext(text, options.for_parser()).into_offset_iter() {
        builder.event(event, range);
    }
    builder.finish()
}

/// The page as it stands, for want of anything better.
fn unread(source: &str) -> Document<'_> {
    Document {
        blocks: vec![Block::Code(Code {
            language: Cow::Borrowed(""),
            text: Cow::Borrowed(source.trim_end_matches('\n')),
        })],
        notices: vec![Notice {
            offset: 0,
            what: "the Markdown could not be read and is shown as it stands".to_owned(),
        }],
        ..Document::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_markdown_is_kept_as_preformatted_text() {
        let document = unread("a *b*\n");
        let [Block::Code(code)] = &document.blocks[..] else { panic!("{document:?}") };
        assert_eq!((&*code.text, document.notices.len()), ("a *b*", 1));
    }
}
