//! Search results.
//!
//! A page of results must not look like a feed: the date of an essay stands behind its title.

use std::collections::HashSet;
use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Line, Page, search_address};
use crate::capsule::{CapsulePath, Essay};
use crate::problem::printable;
use crate::render::words::Words;
use crate::search::{Excerpt, Found, Index, IndexOptions, IndexedPage, Query};
use crate::site::links::Links;
use crate::site::taxonomies::Kind;

/// Results on one page.
const PAGE_SIZE: usize = 10;

/// The characters of a query that are encoded in a URL: all but the unreserved ones (RFC 3986, section 2.3), so that
/// clients send it back unchanged.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Longest path and query of a link, in bytes: with scheme and host it must fit the 1,024 bytes of a Gemini request.
const MAX_LINK: usize = 900;

/// Longest part of a query or title that a heading repeats, in characters.
const MAX_SHOWN: usize = 120;

/// The keys of the lines that explain queries, shown if the query is empty or nothing was found.
const HELP: [&str; 4] = ["help_words", "help_phrase", "help_without", "help_filters"];

/// Returns the number of the page of results that stands at `path`: 1 for `/search`, 2 for `/search/2`.
pub(in crate::site) fn page_number(path: &CapsulePath) -> Option<usize> {
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

/// Returns the prompt of the search of the capsule `title`, in one line.
pub(in crate::site) fn prompt(title: &str, words: &Words) -> String {
    let title: String = printable(title).chars().take(MAX_SHOWN).collect();
    words.with("prompt", &[&title])
}

/// Returns the page that answers `typed` while there is no index yet.
pub(in crate::site) fn page_without_index(typed: &str, links: &Links<'_>) -> Page {
    let (query, words) = (Query::read(typed), links.words());
    let mut page = Page::new(title(&query, &words), None);
    page.text(words.get("preparing")).gap();
    page.lines.push(query_link(words.get("again").to_owned(), 1, query.text()));
    page.link(words.get("back"), CapsulePath::root());
    page
}

/// Returns page `number`, counted from 1, of the results for `typed`.
pub(in crate::site) fn page(
    typed: &str,
    number: usize,
    index: &Index,
    options: &IndexOptions,
    links: &Links<'_>,
) -> Page {
    let query = Query::read(typed);
    let words = links.words();
    let mut page = Page::new(title(&query, &words), None);
    if query.is_empty() {
        add_help(&mut page, links);
    } else {
        let visible = |number: u32| index.page(number).is_some_and(|page| serves(page, links));
        let start = (number - 1).saturating_mul(PAGE_SIZE);
        let found = index.search(&query, &visible, start..start.saturating_add(PAGE_SIZE));
        if query.is_cut() {
            page.text(words.get("cut"));
        }
        add_count(&found, start, &words, &mut page);
        add_suggestions(&query, &found, &words, &mut page);
        page.gap();
        add_pages(&found.pages, &found, index, options, links, &mut page);
        if start == 0 && !found.others.is_empty() {
            page.text(words.get("all_but_one")).gap();
            add_pages(&found.others, &found, index, options, links, &mut page);
        }
        if found.total == 0 {
            add_help(&mut page, links);
        }
        let shown = start.saturating_add(found.pages.len());
        if shown < found.total && !found.pages.is_empty() {
            let last = (shown + PAGE_SIZE).min(found.total);
            let numbers = [shown + 1, last, found.total].map(|number| number.to_string());
            let label = words.with("next", &numbers.each_ref().map(String::as_str));
            page.lines.push(query_link(label, number + 1, query.text()));
        }
    }
    page.link(words.get("again"), search_address());
    page.link(words.get("back"), CapsulePath::root());
    page
}

/// Returns whether readers of the medium get `page`.
fn serves(page: &IndexedPage, links: &Links<'_>) -> bool {
    let capsule = &links.site.capsule;
    match page {
        IndexedPage::Essay(essay) => links.serves(essay),
        IndexedPage::Folder { address, .. } => {
            let within = |essay: &&Arc<Essay>| essay.base.is_within(address);
            capsule.essays().iter().filter(within).any(|essay| links.serves(essay))
        }
    }
}

fn add_pages(
    numbers: &[u32],
    found: &Found,
    index: &Index,
    options: &IndexOptions,
    links: &Links<'_>,
    page: &mut Page,
) {
    for found_page in numbers.iter().filter_map(|&number| index.page(number)) {
        match found_page {
            IndexedPage::Essay(essay) => {
                let (label, date) = label(essay);
                page.lines.push(Line::Link { label, date, to: links.address(essay) });
                page.lines.push(Line::Excerpt(Excerpt::of(essay, &found.marks, options).text));
            }
            IndexedPage::Folder { address, title } => page.lines.push(Line::link(title, address.clone())),
        }
        page.gap();
    }
}

/// Adds how many pages were found, how they meet the query, and the words that occur nowhere.
fn add_count(found: &Found, start: usize, words: &Words, page: &mut Page) {
    let total = found.total.to_string();
    let essays = words.counted("found", found.total, &[&total]);
    let text = match (found.total, found.complete) {
        (0, _) => words.get("nothing").to_owned(),
        (_, true) => essays,
        (_, false) => words.counted("partly", found.total, &[&total, &essays]),
    };
    page.text(if found.total == 0 {
        text
    } else if found.pages.is_empty() {
        words.with("no_more", &[&text])
    } else if found.total > PAGE_SIZE {
        let (first, last) = (start + 1, start + found.pages.len());
        words.with("range", &[&text, &first.to_string(), &last.to_string()])
    } else {
        text
    });
    let mut seen = HashSet::new();
    let absent = found.words.iter().filter(|(word, count)| *count == 0 && seen.insert(word.clone()));
    let absent: Vec<&str> = absent.map(|(word, _)| word.as_str()).collect();
    // If the only word occurs nowhere, the count has said so.
    if !absent.is_empty() && (found.words.len() > 1 || found.complete) {
        page.text(words.with("nowhere", &[&absent.join(", ")]));
    }
}

/// Adds links to the query with similar words for those that occur nowhere.
fn add_suggestions(query: &Query, found: &Found, words: &Words, page: &mut Page) {
    page.gap();
    for suggestion in &found.suggestions {
        for word in &suggestion.instead {
            let corrected = query.corrected(&suggestion.word, word);
            page.lines.push(query_link(words.with("instead", &[&corrected]), 1, &corrected));
        }
    }
}

fn add_help(page: &mut Page, links: &Links<'_>) {
    page.gap();
    let words = links.words();
    page.lines.extend(HELP.map(|key| Line::Item(words.get(key).to_owned())));
    page.gap();
    for kind in [Kind::Tag, Kind::Year] {
        if !links.taxonomies().terms(kind).is_empty() {
            page.link(words.get(kind.key()), kind.address());
        }
    }
}

/// Returns the title of a page of results: `Search: soft skin`.
fn title(query: &Query, words: &Words) -> String {
    let mut shown: String = query.text().chars().take(MAX_SHOWN).collect();
    if shown.len() < query.text().len() {
        shown.push('…');
    }
    if shown.is_empty() { words.get("search").to_owned() } else { words.with("results", &[&shown]) }
}

/// Returns the title of an essay and, apart, its date. A title that starts like a date is quoted: feed readers take
/// any line that starts with a date for an entry.
fn label(essay: &Essay) -> (String, String) {
    let title = match essay.title.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..] => format!("“{}”", essay.title),
        _ => essay.title.clone(),
    };
    (title, essay.date.map(|date| format!(" ({date})")).unwrap_or_default())
}

/// Returns a link to page `number` of the results for `query`.
fn query_link(label: String, number: usize, query: &str) -> Line {
    let page = if number > 1 { format!("/{number}") } else { String::new() };
    let url = format!("{}{page}?{}", search_address(), utf8_percent_encode(query, QUERY));
    Line::Url { label, url: Some(url).filter(|url| url.len() <= MAX_LINK) }
}
