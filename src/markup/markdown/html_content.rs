//! HTML elements whose content is not ordinary text: it is dropped, or preformatted.

use std::borrow::Cow;

use memchr::memmem;
use pulldown_cmark::Event;

use super::builder::Builder;
use super::detail::language;
use super::element::{Element, element};
use super::tag::Tag;
use crate::markup::{Block, Code};

/// The elements whose content may be dropped, with how they are closed.
pub(super) const HIDING: [(&str, &str); 8] = [
    ("script", "</script"),
    ("style", "</style"),
    ("svg", "</svg"),
    ("template", "</template"),
    ("iframe", "</iframe"),
    ("video", "</video"),
    ("audio", "</audio"),
    ("object", "</object"),
];

impl Builder<'_, '_> {
    /// An event within an element whose content is dropped or preformatted.
    pub(super) fn in_html(&mut self, event: Event<'_>) {
        if self.html.hidden.is_some() {
            return;
        }
        let Some((_, text)) = &mut self.html.preformatted else { return };
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::InlineMath(tex) | Event::DisplayMath(tex) => text.push_str(&tex),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }

    pub(super) fn hide(&mut self, tag: Tag<'_>, at: usize) {
        if self.hide_content(tag, at) {
            self.notice(at, format!("`<{}>` is left out with its content", tag.name));
        }
    }

    /// Drops all up to the closing tag. In running text only if there is one: a sentence about the script
    /// element must not swallow what follows.
    pub(super) fn hide_content(&mut self, tag: Tag<'_>, at: usize) -> bool {
        if tag.closes_itself() {
            return true;
        }
        if !self.html.in_block && !self.closes_within_block(tag.name, at) {
            return false;
        }
        self.html.hidden = Some(tag.name.to_owned());
        true
    }

    /// Whether the element `name`, one of [`HIDING`], is closed after `at` and before the block ends. Where it
    /// is closed next is remembered, so that asking again and again costs one pass over the text.
    pub(super) fn closes_within_block(&mut self, name: &str, at: usize) -> bool {
        let Some(slot) = HIDING.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)) else {
            return false;
        };
        let next = &mut self.html.closings[slot];
        if next.is_none_or(|next| next < at) {
            let found = memmem::find(&self.text.as_bytes()[at..], HIDING[slot].1.as_bytes());
            *next = Some(found.map_or(usize::MAX, |found| at + found));
        }
        next.is_some_and(|next| next < self.block_end)
    }

    pub(super) fn end_preformatted(&mut self) {
        let Some((language, text)) = self.html.preformatted.take() else { return };
        let text = text.strip_prefix('\n').unwrap_or(&text).trim_end();
        if !text.is_empty() {
            self.stack.push_block(Block::Code(Code { language, text: Cow::Owned(text.to_owned()) }));
        }
    }

    pub(super) fn tag_in_preformatted(&mut self, tag: Tag<'_>, closing: bool) {
        match element(tag.name) {
            Some(Element::Preformatted) if closing => self.end_preformatted(),
            Some(Element::Code) if !closing => {
                let found = class_language(tag);
                if let Some((language, _)) = &mut self.html.preformatted
                    && language.is_empty()
                {
                    *language = found;
                }
            }
            Some(Element::Break) => {
                if let Some((_, text)) = &mut self.html.preformatted {
                    text.push('\n');
                }
            }
            _ => {}
        }
    }
}

/// The language that highlighters read from a class: `language-rust`, `lang-rust`.
pub(super) fn class_language(tag: Tag<'_>) -> Cow<'static, str> {
    let Some(classes) = tag.attribute("class") else { return Cow::Borrowed("") };
    let named = classes
        .split_whitespace()
        .find_map(|class| class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")));
    named.map_or(Cow::Borrowed(""), |name| Cow::Owned(language(name).to_owned()))
}
