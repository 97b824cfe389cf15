//! What HTML tags do to the page. Tags come one by one in running text, or as a block of them; both do the same.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memmem;
use pulldown_cmark::Event;

use super::builder::Builder;
use super::element::{Element, element};
use super::entity;
use super::html_content::{HIDING, class_language};
use super::run::Span;
use super::source::{Pieces, Source};
use super::stack::Container;
use super::tag::{Tag, Token, Tokens};
use crate::markup::{Block, Inline};

/// What HTML has begun and not ended.
#[derive(Default)]
pub(super) struct Html<'a> {
    /// The level of the heading whose words are being collected.
    pub(super) heading: Option<u8>,
    /// The HTML block that is being put together, and where it starts.
    block: Option<(Pieces, usize)>,
    /// The name of the element whose content is dropped.
    pub(super) hidden: Option<String>,
    /// The preformatted text that is being collected.
    pub(super) preformatted: Option<(Cow<'a, str>, String)>,
    /// The names that are closed somewhere in the page, once somebody asked.
    closed_names: Option<HashSet<String>>,
    /// Where each of [`HIDING`] is closed next, once somebody asked.
    pub(super) closings: [Option<usize>; HIDING.len()],
    /// Whether the tags come from an HTML block, not from running text.
    pub(super) in_block: bool,
}

impl<'a> Html<'a> {
    pub(super) fn start_block(&mut self) {
        self.block = Some((Pieces::Nothing, 0));
    }

    /// Adds a line to the HTML block.
    pub(super) fn collect(&mut self, source: Source<'a>, line: &str, at: usize) {
        let (pieces, start) = self.block.get_or_insert((Pieces::Nothing, at));
        if matches!(pieces, Pieces::Nothing) {
            *start = at;
        }
        pieces.push(source, line);
    }

    /// Whether `event` belongs to an element whose content is not ordinary text.
    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        (self.hidden.is_some() || self.preformatted.is_some())
            && !matches!(event, Event::Start(_) | Event::End(_) | Event::Html(_) | Event::InlineHtml(_))
    }
}

impl Builder<'_, '_> {
    /// Ends what cannot go on beyond a block.
    pub(super) fn end_html(&mut self) {
        self.html.hidden = None;
        self.end_preformatted();
    }

    pub(super) fn end_html_block(&mut self) {
        if let Some((mut pieces, at)) = self.html.block.take() {
            let html = pieces.take(self.source);
            self.html.in_block = true;
            self.html(&html, at);
            self.html.in_block = false;
        }
        self.end_html();
        self.end_paragraph();
    }

    /// A piece of HTML that starts at `at` of the text.
    pub(super) fn html(&mut self, html: &str, at: usize) {
        for (offset, token) in Tokens::new(html) {
            let at = at + offset;
            if let Some(name) = &self.html.hidden {
                match token {
                    Token::Close(tag) if tag.name.eq_ignore_ascii_case(name) => {
                        self.html.hidden = None;
                        self.run.skip_space();
                    }
                    Token::Open(tag) if self.medium().is_some() => self.in_medium(tag, at),
                    _ => {}
                }
                continue;
            }
            match token {
                Token::Text(text) => self.html_text(text, at),
                Token::Comment => self.run.skip_space(),
                Token::Open(tag) => match element(tag.name) {
                    Some(_) if self.html.preformatted.is_some() => self.tag_in_preformatted(tag, false),
                    Some(element) => self.open_element(element, tag, at),
                    None => self.unknown(tag, at, tag.closes_itself() || tag.has_attributes()),
                },
                Token::Close(tag) => match element(tag.name) {
                    Some(_) if self.html.preformatted.is_some() => self.tag_in_preformatted(tag, true),
                    Some(element) => self.close_element(element),
                    None => self.unknown(tag, at, true),
                },
            }
        }
    }

    /// Text in an HTML block, where white space collapses.
    fn html_text(&mut self, text: &str, at: usize) {
        if let Some((_, preformatted)) = &mut self.html.preformatted {
            preformatted.push_str(&entity::decode(text));
            return;
        }
        let mut next = at;
        for (index, line) in text.split('\n').enumerate() {
            let at = next;
            next += line.len() + 1;
            let line = line.trim_end_matches('\r');
            let words = if index > 0 { line.trim_start() } else { line };
            if index > 0 {
                self.run.soft_break();
            }
            if !(words.is_empty() || self.run.is_empty() && words.trim().is_empty()) {
                self.run.words(&entity::decode(words), at + line.len() - words.len());
            }
        }
    }

    /// A tag that HTML does not know: a component of a page generator, or prose.
    fn unknown(&mut self, tag: Tag<'_>, at: usize, is_marked: bool) {
        if !is_component(tag.name) || !(is_marked || self.is_closed(tag.name)) {
            self.html_text(tag.raw, at);
            return;
        }
        if !tag.raw.starts_with("</") {
            self.notice(at, format!("the component `<{}>` is left out", tag.name));
        }
        if self.may_break() {
            self.end_paragraph();
        }
    }

    /// Whether the page contains `</name`.
    fn is_closed(&mut self, name: &str) -> bool {
        let text = self.text;
        let names = self.html.closed_names.get_or_insert_with(|| {
            memmem::find_iter(text.as_bytes(), b"</")
                .map(|at| {
                    text[at + 2..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect()
                })
                .collect()
        });
        names.contains(name)
    }

    fn open_element(&mut self, element: Element, tag: Tag<'_>, at: usize) {
        match element {
            Element::Anchor => self.open_anchor(tag, at),
            Element::Image => self.html_image(tag, at),
            Element::Break => self.run.push(Inline::HardBreak),
            Element::Code => self.run.open(Span::Code, true),
            Element::Marked(mark) => self.run.open(Span::Mark(mark), true),
            Element::Raised => self.run.open(Span::Raised, true),
            Element::Lowered => self.run.open(Span::Lowered, true),
            Element::Quotation => {
                self.run.words("\u{201c}", at);
                self.run.open(Span::Quotation, true);
            }
            Element::Plain => {}
            Element::Embed(name) => self.embed(name, tag, at),
            Element::Hidden => self.hide(tag, at),
            Element::Cell => self.run.next_cell(),
            _ => self.open_block(element, tag),
        }
    }

    fn open_block(&mut self, element: Element, tag: Tag<'_>) {
        if !self.may_break() {
            // There is no room for a block here, but its words must not run into those before it.
            return self.run.soft_break();
        }
        match element {
            Element::Row => return self.run.line_break(),
            _ => self.end_paragraph(),
        }
        match element {
            Element::Heading(level) => self.html.heading = Some(level),
            Element::Rule => self.stack.push_block(Block::Rule),
            Element::Quote => {
                self.stack.open_html(Container::Quote(None));
            }
            Element::List { ordered } => {
                let first = || tag.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                let start = ordered.then(first);
                self.stack.open_html(Container::List { start, items: Vec::new() });
            }
            Element::Item => {
                self.stack.close_html(is_item, is_list);
                if !self.stack.in_html_list() {
                    self.stack.open_html(Container::List { start: None, items: Vec::new() });
                }
                self.stack.open_html(Container::Item { task: None });
            }
            Element::Figure => {
                self.stack.open_html(Container::Figure { caption: None });
            }
            Element::Preformatted => {
                self.html.preformatted = Some((class_language(tag), String::new()));
            }
            _ => {}
        }
    }

    fn close_element(&mut self, element: Element) {
        match element {
            Element::Anchor => self.run.close_html(|span| matches!(span, Span::Link | Span::Nothing)),
            Element::Code => self.run.close_html(|span| span == Span::Code),
            Element::Marked(mark) => self.run.close_html(|span| span == Span::Mark(mark)),
            Element::Raised => self.run.close_html(|span| span == Span::Raised),
            Element::Lowered => self.run.close_html(|span| span == Span::Lowered),
            Element::Quotation => self.run.close_html(|span| span == Span::Quotation),
            Element::Image
            | Element::Break
            | Element::Plain
            | Element::Embed(_)
            | Element::Hidden
            | Element::Cell
            | Element::Row
            | Element::Rule => {}
            _ => self.close_block(element),
        }
    }

    fn close_block(&mut self, element: Element) {
        if !self.may_break() {
            return self.run.soft_break();
        }
        if element == Element::Caption {
            return self.end_caption();
        }
        self.end_paragraph();
        match element {
            Element::Heading(_) => self.html.heading = None,
            Element::Quote => {
                self.stack.close_html(|container| matches!(container, Container::Quote(_)), |_| false);
            }
            Element::List { .. } => self.stack.close_html(is_list, |_| false),
            Element::Item => self.stack.close_html(is_item, is_list),
            Element::Figure => {
                self.stack.close_html(|container| matches!(container, Container::Figure { .. }), |_| false);
            }
            _ => {}
        }
    }

    /// The caption waits for the end of its figure.
    fn end_caption(&mut self) {
        match self.stack.top() {
            Some(Container::Figure { caption: caption @ None }) => *caption = self.run.take(),
            _ => self.end_paragraph(),
        }
    }
}

fn is_item(container: &Container<'_>) -> bool {
    matches!(container, Container::Item { .. })
}

fn is_list(container: &Container<'_>) -> bool {
    matches!(container, Container::List { .. })
}

/// Components of page generators have capitalised or dotted names. One capital letter is a type parameter.
fn is_component(name: &str) -> bool {
    let capitalised = name.starts_with(|c: char| c.is_ascii_uppercase());
    capitalised && name.contains(|c: char| c.is_ascii_lowercase())
}
