//! [`Page`]: the title and lines of a page, written as gemtext or as a Gopher menu.
//!
//! Feed readers take every line `=> URL YYYY-MM-DD Title` of a page for an entry, count each address once, and some
//! require these lines to be adjacent. So no address is linked twice, and only essays get lines like an entry.

pub(super) mod essay;
pub(super) mod lists;
pub(super) mod pagination;
pub(super) mod results;

use std::collections::HashSet;

use super::links::Links;
use super::options::Authority;
use crate::capsule::{CapsulePath, Essay, PageSnippet, TextKind};
use crate::markup::{Block, Document};
use crate::render::lines::Lines;
use crate::render::menu::{ItemType, Menu};

/// The address of the search, in decoded form.
const SEARCH: &str = "/search";

pub(super) fn search_address() -> CapsulePath {
    CapsulePath::from_decoded(SEARCH).unwrap_or_else(|_| CapsulePath::root())
}

/// A page under construction.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The title; `None` if the introduction contains it.
    title: Option<String>,
    /// What the author writes under the title, rendered for the medium.
    introduction: String,
    lines: Vec<Line>,
    /// The targets of [`Page::link`].
    pub(super) linked: HashSet<CapsulePath>,
    /// The address of the page. Pages without one, the search results, get no header or footer of the author.
    address: Option<CapsulePath>,
}

#[derive(Debug)]
enum Line {
    Text(String),
    Item(String),
    /// Text that belongs to the link above it, and is indented in menus.
    Excerpt(String),
    /// A link within the capsule. In menus the label is shortened so that the `date` after it stays whole.
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
    /// A blank line between the lines before and after it.
    Gap,
}

impl Line {
    fn link(label: impl Into<String>, to: CapsulePath) -> Self {
        Self::Link { label: label.into(), date: String::new(), to }
    }
}

impl Page {
    fn new(title: impl Into<String>, address: Option<&CapsulePath>) -> Self {
        Self { title: Some(title.into()), address: address.cloned(), ..Self::default() }
    }

    /// Adds a link, unless the page has one to this address already.
    fn link(&mut self, label: impl Into<String>, to: CapsulePath) -> &mut Self {
        if self.linked.insert(to.clone()) {
            self.lines.push(Line::link(label, to));
        }
        self
    }

    /// Adds the entries of essays: `2024-05-01 Title`, or the title of an undated one.
    fn entries<'e>(&mut self, essays: impl IntoIterator<Item = &'e Essay>, links: &Links<'_>) {
        for essay in essays {
            let date = essay.date.map(|date| format!("{date} ")).unwrap_or_default();
            self.link(format!("{date}{}", essay.title), links.address(essay));
        }
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
        // A picture may come before the title.
        let title = document.blocks.iter().position(|block| essay::is_title(block, introduction));
        title.map(|at| document.blocks.remove(at));
        let document = lowered(document);
        let is_menu = links.menu_host().is_some();
        self.introduction = if is_menu { links.plain(&document) } else { links.gemtext(&document) };
    }

    pub(super) fn gemtext(&self, links: &Links<'_>) -> String {
        let mut out = Lines::default();
        if let Some(title) = &self.title {
            out.heading(1, title);
        }
        if self.address.as_ref() == Some(&CapsulePath::root()) {
            out.gemtext(&snippet(PageSnippet::Header, true, links));
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
            out.gemtext(&snippet(PageSnippet::Footer, true, links));
        }
        out.finish()
    }

    pub(super) fn menu(&self, links: &Links<'_>, host: &Authority) -> Vec<u8> {
        let mut menu = Menu::new(&host.host, host.port);
        if self.address.as_ref() == Some(&CapsulePath::root()) {
            let header = snippet(PageSnippet::Header, false, links);
            if !header.is_empty() {
                push_lines(&mut menu, &header).blank();
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
            menu.url(words.get("gemini"), &links.site.options.gemini_url(address));
            push_paragraph(&mut menu, &snippet(PageSnippet::Footer, false, links));
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

/// Adds lines of text, with a blank line before them.
fn push_paragraph(menu: &mut Menu, text: &str) {
    if !text.is_empty() {
        push_lines(menu.blank(), text);
    }
}

fn push_lines<'m>(menu: &'m mut Menu, text: &str) -> &'m mut Menu {
    text.lines().fold(menu, |menu, line| menu.text_line(line))
}

/// Renders the author's header or footer, from its form in that markup, else from Markdown; empty if there is none.
fn snippet(which: PageSnippet, is_gemtext: bool, links: &Links<'_>) -> String {
    let preferred = if is_gemtext { TextKind::Gemtext } else { TextKind::Text };
    let served = links.site.capsule.snippets(which).filter(|text| links.medium.serves(text));
    let found = served.min_by_key(|text| (text.kind != preferred, text.kind != TextKind::Markdown));
    let Some(snippet) = found else { return String::new() };
    let text = snippet.text();
    let here = Links { base: &snippet.source.path, absolute: links.absolute || !is_gemtext, ..*links };
    match (snippet.kind, is_gemtext) {
        (TextKind::Gemtext, true) => text.body().replace("\r\n", "\n"),
        (TextKind::Text, true) => {
            // Most such files are lettering of the capsule's title, so the title describes them.
            let mut out = Lines::default();
            out.preformatted(&links.site.capsule.title, text.body().trim_end());
            out.finish()
        }
        (TextKind::Markdown, true) => here.gemtext(&lowered(text.document(&links.site.options.markdown))),
        (TextKind::Text, false) => format!("{}\n", text.body().replace("\r\n", "\n").trim_matches('\n')),
        (_, false) => here.plain(&lowered(text.document(&links.site.options.markdown))),
    }
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
