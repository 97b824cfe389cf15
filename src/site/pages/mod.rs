//! [`Page`]: the title and lines of a page, written as gemtext or as a Gopher menu.
//!
//! Feed readers take every line `=> URL YYYY-MM-DD Title` of a page for an entry, count each address once, and some
//! require these lines to follow each other without a gap. So lists link to no address twice, and only essays get
//! lines that look like an entry.

pub(super) mod essay;
pub(super) mod lists;
pub(super) mod pagination;
pub(super) mod results;

use std::collections::HashSet;

use super::links::Links;
use super::options::Authority;
use crate::capsule::{CapsulePath, Essay, PageSnippet, TextKind};
use crate::host::GEMINI_PORT;
use crate::markup::{Block, Document};
use crate::render::lines::Lines;
use crate::render::menu::{ItemType, Menu};

/// The address of the search, in decoded form.
const SEARCH: &str = "/search";

/// Returns the address of the search.
pub(super) fn search_address() -> CapsulePath {
    CapsulePath::from_decoded(SEARCH).unwrap_or_else(|_| CapsulePath::root())
}

/// A page under construction.
#[derive(Debug)]
pub(super) struct Page {
    /// The title; `None` if the introduction contains it.
    title: Option<String>,
    /// What the author writes under the title, rendered for the medium.
    introduction: String,
    lines: Vec<Line>,
    /// The targets of [`Page::link`].
    linked: HashSet<CapsulePath>,
    /// The address of the page. Pages without one, the search results, get no header or footer of the author.
    address: Option<CapsulePath>,
}

/// A line of a [`Page`].
#[derive(Debug)]
enum Line {
    Text(String),
    Item(String),
    /// Text that belongs to the link above it, and is indented in menus.
    Excerpt(String),
    /// A link within the capsule. In menus the label is shortened so that the `date` behind it stays whole.
    Link {
        label: String,
        date: String,
        to: CapsulePath,
    },
    /// A link to a URL, or only its label if clients could not request one so long.
    Url {
        label: String,
        url: Option<String>,
    },
    /// Preformatted text with its description.
    Drawing {
        caption: String,
        text: String,
    },
    /// A blank line between what stands before and behind it.
    Gap,
}

impl Line {
    fn link(label: impl Into<String>, to: CapsulePath) -> Self {
        Self::Link { label: label.into(), date: String::new(), to }
    }
}

impl Page {
    /// Creates an empty page that stands at `address`.
    fn new(title: impl Into<String>, address: Option<&CapsulePath>) -> Self {
        Self {
            title: Some(title.into()),
            introduction: String::new(),
            lines: Vec::new(),
            linked: HashSet::new(),
            address: address.cloned(),
        }
    }

    /// Adds a link, unless the page has one to this address already.
    fn link(&mut self, label: impl Into<String>, to: CapsulePath) -> &mut Self {
        if self.linked.insert(to.clone()) {
            self.lines.push(Line::link(label, to));
        }
        self
    }

    /// Adds the entry of an essay: `2024-05-01 Title`, or the title of an undated one.
    fn entry(&mut self, essay: &Essay, links: &Links<'_>) {
        let date = essay.date.map(|date| format!("{date} ")).unwrap_or_default();
        self.link(format!("{date}{}", essay.title), links.address(essay));
    }

    fn text(&mut self, text: impl Into<String>) -> &mut Self {
        self.lines.push(Line::Text(text.into()));
        self
    }

    fn gap(&mut self) -> &mut Self {
        self.lines.push(Line::Gap);
        self
    }

    /// Puts the text of `introduction` under the title, with its headings below level 1.
    fn introduce(&mut self, introduction: &Essay, links: &Links<'_>) {
        let text = introduction.text();
        let mut document = text.document(&links.site.options.markdown);
        document.blocks.drain(..usize::from(essay::opens_with_title(&document, introduction)));
        let document = lowered(document);
        self.introduction = match links.menu_host() {
            Some(_) => links.plain(&document),
            None => links.gemtext(&document),
        };
    }

    /// Returns the addresses that the page links to, in no order.
    pub(super) fn targets(&self) -> impl Iterator<Item = &CapsulePath> {
        self.linked.iter()
    }

    fn has_header(&self) -> bool {
        self.address.as_ref() == Some(&CapsulePath::root())
    }

    /// Writes the page as gemtext.
    pub(super) fn gemtext(&self, links: &Links<'_>) -> String {
        let mut out = Lines::default();
        if let Some(title) = &self.title {
            out.heading(1, title);
        }
        if self.has_header() {
            out.gemtext(&snippet_gemtext(PageSnippet::Header, links));
        }
        out.gemtext(&self.introduction).blank();
        for line in &self.lines {
            match line {
                Line::Text(text) | Line::Excerpt(text) => out.text(text),
                Line::Item(text) => out.item(text),
                Line::Link { label, date, to } => out.link(&links.url(to), &format!("{label}{date}")),
                Line::Url { label, url: Some(url) } => out.link(url, label),
                Line::Url { label, url: None } => out.text(label),
                Line::Drawing { caption, text } => out.preformatted(caption, text),
                Line::Gap => out.blank(),
            };
        }
        if self.address.is_some() {
            out.gemtext(&snippet_gemtext(PageSnippet::Footer, links));
        }
        out.finish()
    }

    /// Writes the page as a menu for `host`.
    pub(super) fn menu(&self, links: &Links<'_>, host: &Authority) -> Vec<u8> {
        let mut menu = Menu::new(&host.host, host.port);
        if self.has_header() {
            let header = snippet_plain(PageSnippet::Header, links);
            push_lines(&mut menu, &header);
            if !header.is_empty() {
                menu.blank();
            }
        }
        menu.info(self.title.as_deref().unwrap_or_default());
        push_paragraph(&mut menu, &self.introduction);
        let mut gap = true;
        for line in &self.lines {
            if gap && !matches!(line, Line::Gap) {
                menu.blank();
            }
            gap = matches!(line, Line::Gap);
            push_line(&mut menu, line);
        }
        if let Some(address) = &self.address {
            let words = links.words();
            if links.site.options.search {
                menu.item(ItemType::Search, words.get("search"), &search_address().to_selector());
            }
            let url = format!("{}{}", links.site.options.gemini.url("gemini", GEMINI_PORT), address.to_url());
            menu.url(words.get("gemini"), &url);
            push_paragraph(&mut menu, &snippet_plain(PageSnippet::Footer, links));
        }
        menu.to_bytes()
    }
}

fn push_line(menu: &mut Menu, line: &Line) {
    match line {
        Line::Text(text) => menu.paragraph(text, ""),
        Line::Item(text) | Line::Excerpt(text) => menu.paragraph(text, "  "),
        Line::Link { label, date, to } => {
            let item_type = match to.as_str() {
                SEARCH => ItemType::Search,
                path if path.ends_with('/') => ItemType::Menu,
                _ => ItemType::Text,
            };
            menu.entry(item_type, label, date, &to.to_selector())
        }
        Line::Url { label, url: Some(url) } => menu.item(ItemType::Menu, label, url),
        Line::Url { label, url: None } => menu.info(label),
        Line::Drawing { text, .. } => push_lines(menu, text),
        Line::Gap => menu,
    };
}

/// Adds lines to read, with a blank line before them.
fn push_paragraph(menu: &mut Menu, text: &str) {
    if !text.is_empty() {
        push_lines(menu.blank(), text);
    }
}

fn push_lines<'m>(menu: &'m mut Menu, text: &str) -> &'m mut Menu {
    text.lines().fold(menu, |menu, line| menu.text_line(line))
}

/// Renders the author's header or footer as gemtext; empty if there is none. Gemtext is preferred, then Markdown.
fn snippet_gemtext(which: PageSnippet, links: &Links<'_>) -> String {
    let kinds = [TextKind::Gemtext, TextKind::Markdown, TextKind::Text];
    let Some(snippet) = find_snippet(which, links, kinds) else { return String::new() };
    let text = snippet.text();
    match snippet.kind {
        TextKind::Gemtext => text.body().replace("\r\n", "\n"),
        TextKind::Markdown => {
            let here = Links { base: &snippet.source.path, ..*links };
            here.gemtext(&lowered(text.document(&links.site.options.markdown)))
        }
        TextKind::Text => {
            // Most such files are lettering of the capsule's title, so the title describes them.
            let mut out = Lines::default();
            out.preformatted(&links.site.capsule.title, text.body().trim_end());
            out.finish()
        }
    }
}

/// Renders the author's header or footer as plain text, preferably from plain text, then Markdown.
fn snippet_plain(which: PageSnippet, links: &Links<'_>) -> String {
    let kinds = [TextKind::Text, TextKind::Markdown, TextKind::Gemtext];
    let Some(snippet) = find_snippet(which, links, kinds) else { return String::new() };
    let text = snippet.text();
    if snippet.kind == TextKind::Text {
        return format!("{}\n", text.body().replace("\r\n", "\n").trim_matches('\n'));
    }
    let here = Links { base: &snippet.source.path, absolute: true, ..*links };
    here.plain(&lowered(text.document(&links.site.options.markdown)))
}

/// Returns the form of a snippet that comes first in `kinds`, among those that the medium serves.
fn find_snippet<'a>(which: PageSnippet, links: &Links<'a>, kinds: [TextKind; 3]) -> Option<&'a Essay> {
    let of_kind =
        |kind| links.site.capsule.snippets(which).find(|text| text.kind == kind && links.serves(text));
    kinds.into_iter().find_map(of_kind).map(AsRef::as_ref)
}

/// Returns a text that is part of a page, whose title is the only heading of level 1.
fn lowered(mut document: Document<'_>) -> Document<'_> {
    for block in &mut document.blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level).max(2);
        }
    }
    document
}
