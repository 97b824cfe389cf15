//! Pages of search results, for readers of either medium.
//!
//! They must not look like a feed: the date of an essay stands behind its title.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::links::Links;
use super::register::Kind;
use super::{Authority, Medium};
use crate::capsule::{CapsulePath, Essay};
use crate::render::lines::Lines;
use crate::render::menu::{ItemType, Menu};
use crate::search::{Context, Found, Index, IndexOptions, Matched, Query};

/// What links to the search are called.
pub(super) const LABEL: &str = "Search";

/// Results on a page.
const ON_PAGE: usize = 10;

/// Everything in a query but what RFC 3986 never reserves (section 2.3): clients send it back as it is.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The longest URL of ours that a client can ask for ("Requests" of the Gemini specification), its scheme and
/// host left out.
const LONGEST_LINK: usize = 900;

/// How much of a query a heading repeats, in characters.
const SHOWN: usize = 120;

/// How queries are written, for readers who found nothing or asked for nothing.
const HELP: [&str; 4] = [
    "Several words find essays that have all of them, in any of their forms.",
    "\"Words in quotes\" are found as they are, one after the other.",
    "A hyphen in front leaves out essays with a word, as in -word.",
    "tag:name finds essays with a tag, year:2024 or year:2019-2024 those of a time.",
];

/// Where readers search.
pub(super) fn address() -> CapsulePath {
    CapsulePath::root().join("search").unwrap_or_else(|_| CapsulePath::root())
}

/// The page of results that stands at `path`, counted from 1: `/search` and `/search/2`.
pub(super) fn page_at(path: &CapsulePath) -> Option<usize> {
    let mut segments = path.segments();
    if path.is_folder() || segments.next() != Some("search") {
        return None;
    }
    let number = match segments.next() {
        None => return Some(1),
        Some(number) if number.len() <= 6 && number.bytes().all(|byte| byte.is_ascii_digit()) => number,
        Some(_) => return None,
    };
    number.parse().ok().filter(|&page| page > 1 && segments.next().is_none())
}

/// What a reader is asked who has not said yet what to look for, in one line.
pub(super) fn prompt(title: &str) -> String {
    let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN).collect();
    format!("Search {title}: words, \"a phrase\", -without, tag:name, year:2024")
}

/// One page of results.
pub(super) struct Results<'a> {
    title: String,
    lines: Vec<Line<'a>>,
}

enum Line<'a> {
    Text(String),
    Item(String),
    Essay {
        essay: &'a Essay,
        context: Context,
    },
    /// Another page, with a query already in its address.
    Query {
        label: String,
        page: usize,
        query: String,
    },
    Link {
        label: &'a str,
        to: CapsulePath,
    },
    Gap,
}

impl<'a> Results<'a> {
    /// Page number `page` of what `index` has for `typed`.
    pub(super) fn of(
        typed: &str,
        page: usize,
        index: &Index,
        options: &IndexOptions,
        links: &Links<'a>,
    ) -> Self {
        let query = Query::read(typed);
        let mut results = Self { title: heading(&query), lines: Vec::new() };
        if query.is_empty() {
            results.help(links);
        } else {
            let essays = links.capsule.essays();
            let visible = |number: u32| essays.get(number as usize).is_some_and(|essay| links.serves(essay));
            let start = (page - 1).saturating_mul(ON_PAGE);
            let found = index.search(&query, &visible, start..start.saturating_add(ON_PAGE));
            if query.is_cut() {
                results.text("The query is long: its end was not looked for.");
            }
            results.count(&found, start);
            if found.matched == Matched::Some {
                results.near(&query, index, &visible);
            }
            results.gap();
            results.essays(&found.essays, &found, options, links);
            if start == 0 && !found.others.is_empty() {
                results.text("All but one of these words:");
                results.gap();
                results.essays(&found.others, &found, options, links);
            }
            if found.total == 0 {
                results.help(links);
            }
            let shown = start.saturating_add(found.essays.len());
            if shown < found.total && !found.essays.is_empty() {
                let last = (shown + ON_PAGE).min(found.total);
                results.query(
                    format!("Next: {} to {last} of {}", shown + 1, found.total),
                    page + 1,
                    query.text(),
                );
            }
        }
        results.link("Search again", address());
        results.link(&links.options.pages.back_label, CapsulePath::root());
        results
    }

    fn essays(&mut self, numbers: &[u32], found: &Found, options: &IndexOptions, links: &Links<'a>) {
        let essays = links.capsule.essays();
        for essay in numbers.iter().filter_map(|&number| essays.get(number as usize)) {
            let context = Context::of(essay, &found.marks, options);
            self.lines.push(Line::Essay { essay, context });
            self.gap();
        }
    }

    /// How many there are, and how they meet the query.
    fn count(&mut self, found: &Found, start: usize) {
        let essays = if found.total == 1 { "1 essay".to_owned() } else { format!("{} essays", found.total) };
        let text = match (found.total, found.matched) {
            (0, _) => "Nothing was found.".to_owned(),
            (_, Matched::All) => essays,
            (1, Matched::Some) => "No essay has all of this; one has some of it.".to_owned(),
            (_, Matched::Some) => format!("No essay has all of this; {essays} have some of it."),
        };
        if found.essays.is_empty() {
            self.text(if found.total == 0 { text } else { format!("{text}, but no more than that.") });
        } else if found.total > ON_PAGE {
            let last = start + found.essays.len();
            self.text(format!("{text} ({} to {last} here)", start + 1));
        } else {
            self.text(text);
        }
        if found.matched == Matched::Some {
            let mut seen = HashSet::new();
            let absent = found.words.iter().filter(|(word, count)| *count == 0 && seen.insert(word.clone()));
            let absent: Vec<&str> = absent.map(|(word, _)| word.as_str()).collect();
            // With a single word that stands nowhere all has been said.
            if !absent.is_empty() && found.words.len() > 1 {
                self.text(format!("Nowhere: {}", absent.join(", ")));
            }
        }
    }

    /// Queries with words that exist in the place of those that do not.
    fn near(&mut self, query: &Query, index: &Index, visible: &dyn Fn(u32) -> bool) {
        let suggestions = index.suggest(query, visible);
        self.gap();
        for suggestion in &suggestions {
            for word in &suggestion.instead {
                let corrected = query.corrected(&suggestion.word, word);
                self.query(format!("Did you mean: {corrected}"), 1, &corrected);
            }
        }
    }

    fn help(&mut self, links: &Links<'a>) {
        self.gap();
        self.lines.extend(HELP.map(|help| Line::Item(help.to_owned())));
        self.gap();
        for kind in [Kind::Tag, Kind::Year] {
            if !links.catalogue().groups(kind).is_empty() {
                self.link(kind.title(), kind.address());
            }
        }
    }

    fn text(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Text(text.into()));
    }

    fn link(&mut self, label: &'a str, to: CapsulePath) {
        self.lines.push(Line::Link { label, to });
    }

    fn query(&mut self, label: String, page: usize, query: &str) {
        self.lines.push(Line::Query { label, page, query: query.to_owned() });
    }

    fn gap(&mut self) {
        self.lines.push(Line::Gap);
    }

    /// The page as gemtext.
    pub(super) fn gemtext(&self, links: &Links<'_>) -> String {
        let mut page = Lines::new();
        page.heading(1, &self.title);
        for line in &self.lines {
            match line {
                Line::Text(text) => page.text(text),
                Line::Item(text) => page.item(text),
                Line::Essay { essay, context } => {
                    let (title, date) = label(essay);
                    page.link(&links.url(&links.address(essay)), &(title + &date)).text(&context.text)
                }
                Line::Query { label, page: number, query } => match query_url(*number, query) {
                    Some(url) => page.link(&url, label),
                    None => page.text(label),
                },
                Line::Link { label, to } => page.link(&links.url(to), label),
                Line::Gap => page.blank(),
            };
        }
        page.finish()
    }

    /// The page as a menu for `host`.
    pub(super) fn menu(&self, links: &Links<'_>, host: &Authority) -> Vec<u8> {
        let mut menu = Menu::new(&host.host, host.port);
        menu.info(&self.title);
        let mut gap = true;
        for line in &self.lines {
            if gap && !matches!(line, Line::Gap) {
                menu.blank();
            }
            gap = matches!(line, Line::Gap);
            match line {
                Line::Text(text) => menu.paragraph(text, ""),
                Line::Item(text) => menu.paragraph(text, "  "),
                Line::Essay { essay, context } => {
                    let (title, date) = label(essay);
                    let address = links.address(essay);
                    menu.entry(ItemType::Text, &title, &date, &address.to_selector());
                    menu.paragraph(&context.text, "  ")
                }
                Line::Query { label, page, query } => match query_url(*page, query) {
                    Some(selector) => menu.item(ItemType::Menu, label, &selector),
                    None => menu.info(label),
                },
                Line::Link { label, to } if *to == address() => {
                    menu.item(ItemType::Search, label, &to.to_selector())
                }
                Line::Link { label, to } => menu.item(ItemType::Menu, label, &to.to_selector()),
                Line::Gap => &mut menu,
            };
        }
        menu.to_bytes()
    }
}

/// `Search: soft skin`.
fn heading(query: &Query) -> String {
    let mut shown: String = query.text().chars().take(SHOWN).collect();
    if shown.len() < query.text().len() {
        shown.push('…');
    }
    if shown.is_empty() { "Search".to_owned() } else { format!("Search: {shown}") }
}

/// The title of an essay and, apart, its date. A title that is a date itself is put in quotes: feed readers take
/// any line that starts with one for an entry.
fn label(essay: &Essay) -> (String, String) {
    let title = match essay.title.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..] => format!("“{}”", essay.title),
        _ => essay.title.clone(),
    };
    (title, essay.date.map(|date| format!(" ({date})")).unwrap_or_default())
}

/// The address of a page of results; none if clients could not ask for one so long.
fn query_url(page: usize, query: &str) -> Option<String> {
    let address = address();
    let number = if page > 1 { format!("/{page}") } else { String::new() };
    let url = format!("{address}{number}?{}", utf8_percent_encode(query, QUERY));
    (url.len() <= LONGEST_LINK).then_some(url)
}

/// What a page of results is for, by its medium.
pub(super) fn bytes(results: &Results<'_>, links: &Links<'_>) -> Vec<u8> {
    match (links.medium, &links.options.gopher) {
        (Medium::Gopher, Some(host)) => results.menu(links, host),
        _ => results.gemtext(links).into_bytes(),
    }
}
