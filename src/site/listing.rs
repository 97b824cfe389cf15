//! [`Listing`]: a page of links, said once and written for readers of either medium.
//!
//! Feed readers take every line `=> URL YYYY-MM-DD Title` of a page for an entry, count each address once, and
//! some want those lines to follow each other without a gap. So a listing leads nowhere twice, and what looks like
//! an entry is one.

use std::collections::HashSet;

use super::links::Links;
use super::{Authority, results, snippet};
use crate::capsule::{CapsulePath, Essay, PageSnippet};
use crate::markup::Document;
use crate::render::lines::Lines;
use crate::render::menu::{ItemType, Menu};
use crate::render::{Resolve, Target, gemtext, plain};

/// A page under construction.
pub(super) struct Listing {
    title: String,
    /// What the author says, under the title, as readers get it.
    introduction: String,
    lines: Vec<Line>,
    /// Where the lines lead.
    listed: HashSet<CapsulePath>,
}

enum Line {
    Link { label: String, to: CapsulePath },
    Drawing { caption: String, text: String },
    Gap,
}

impl Listing {
    pub(super) fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), introduction: String::new(), lines: Vec::new(), listed: HashSet::new() }
    }

    /// A link, unless the page leads there already.
    pub(super) fn link(&mut self, label: impl Into<String>, to: CapsulePath) -> &mut Self {
        if self.listed.insert(to.clone()) {
            self.lines.push(Line::Link { label: label.into(), to });
        }
        self
    }

    /// The entry of an essay: `2024-05-01 Title`, or the title of an undated one.
    pub(super) fn entry(&mut self, essay: &Essay, links: &Links<'_>) -> &mut Self {
        let label = match essay.date {
            Some(date) => format!("{date} {}", essay.title),
            None => essay.title.clone(),
        };
        self.link(label, links.address(essay))
    }

    /// Where its lines lead, in no order.
    pub(super) fn targets(&self) -> impl Iterator<Item = &CapsulePath> {
        self.listed.iter()
    }

    /// A drawing in characters, with words for those who cannot see it.
    pub(super) fn drawing(&mut self, caption: &str, text: String) -> &mut Self {
        self.lines.push(Line::Drawing { caption: caption.to_owned(), text });
        self
    }

    /// A blank line, wherever one is needed before what follows.
    pub(super) fn gap(&mut self) -> &mut Self {
        self.lines.push(Line::Gap);
        self
    }

    /// Puts what the author says under the title, without links to what the page lists anyhow.
    pub(super) fn introduce(&mut self, mut document: Document<'_>, links: &Links<'_>) {
        let listed: HashSet<String> = self.listed.iter().map(|path| links.url(path)).collect();
        document.unlink(|link| matches!(links.link(link), Target::Url(url) if listed.contains(&url)));
        self.introduction = if links.is_menu() {
            plain::render(&document, &links.options.plain, links)
        } else {
            gemtext::render(&document, &links.options.gemtext, links)
        };
    }

    /// The page, which stands at `address`, as gemtext.
    pub(super) fn gemtext(&self, address: &CapsulePath, links: &Links<'_>) -> String {
        let mut page = Lines::new();
        page.heading(1, &self.title);
        if *address == CapsulePath::root() {
            page.gemtext(&snippet::gemtext(PageSnippet::Header, links));
        }
        page.gemtext(&self.introduction).blank();
        for line in &self.lines {
            match line {
                Line::Link { label, to } => page.link(&links.url(to), label),
                Line::Drawing { caption, text } => page.preformatted(caption, text),
                Line::Gap => page.blank(),
            };
        }
        page.gemtext(&snippet::gemtext(PageSnippet::Footer, links));
        page.finish()
    }

    /// The page, which stands at `address`, as a menu for `host`.
    pub(super) fn menu(&self, address: &CapsulePath, links: &Links<'_>, host: &Authority) -> Vec<u8> {
        let mut menu = Menu::new(&host.host, host.port);
        if *address == CapsulePath::root() {
            let header = snippet::plain(PageSnippet::Header, links);
            header.lines().for_each(|line| {
                menu.info(line);
            });
            if !header.is_empty() {
                menu.blank();
            }
        }
        menu.info(&self.title);
        let mut gap = true;
        paragraph(&mut menu, &self.introduction);
        for line in &self.lines {
            if gap && !matches!(line, Line::Gap) {
                menu.blank();
            }
            gap = matches!(line, Line::Gap);
            match line {
                Line::Link { label, to } if to.is_folder() => {
                    menu.item(ItemType::Menu, label, &to.to_selector());
                }
                Line::Link { label, to } => {
                    menu.item(ItemType::Text, label, &to.to_selector());
                }
                Line::Drawing { text, .. } => text.lines().for_each(|line| {
                    menu.info(line);
                }),
                Line::Gap => {}
            }
        }
        if links.options.search {
            menu.item(ItemType::Search, results::LABEL, &results::address().to_selector());
        }
        let url = format!("{}{}", links.options.gemini.url("gemini", 1965), address.to_url());
        menu.url("The same over Gemini", &url);
        paragraph(&mut menu, &snippet::plain(PageSnippet::Footer, links));
        menu.to_bytes()
    }
}

/// Lines to read, set apart from what stands above them.
fn paragraph(menu: &mut Menu, text: &str) {
    if !text.is_empty() {
        menu.blank();
    }
    text.lines().for_each(|line| {
        menu.info(line);
    });
}
