//! Search results. Their page must not look like a feed: the date of an essay follows its title.

use std::collections::HashSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Line, Page, SEARCH, search_address};
use crate::capsule::CapsulePath;
use crate::render::words::Words;
use crate::search::{Excerpt, Found, Index, IndexedPage, Marks, Query};
use crate::site::links::Links;
use crate::site::taxonomies::Kind;

const PAGE_SIZE: usize = 10;

/// The characters that are encoded in a query or a `tag:` URI: all but the unreserved ones (RFC 3986, section 2.3).
pub(in crate::site) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The longest path and query of a link, in bytes: with scheme and host, they must fit the 1,024 bytes of a request.
const MAX_LINK: usize = 900;

/// The longest part of a query or title that a heading or prompt repeats, in characters.
pub(in crate::site) const MAX_SHOWN: usize = 120;

/// Returns the number of the page of results that stands at `path`: 1 for `/search`, 2 for `/search/2`.
pub(in crate::site) fn page_number(path: &CapsulePath) -> Option<usize> {
    let is_number = |text: &&str| text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    match path.as_str().strip_prefix(SEARCH)? {
        "" => Some(1),
        rest => rest.strip_prefix('/').filter(is_number)?.parse().ok().filter(|&page| page > 1),
    }
}

/// Returns page `number`, counted from 1, of the results for `typed`. Without an `index` it says that there is none.
pub(in crate::site) fn page(typed: &str, number: usize, index: Option<&Index>, links: &Links<'_>) -> Page {
    let (query, words) = (Query::read(typed), links.words());
    let mut page = Page::new(title(&query, &words), None);
    let again = || words.get("again").to_owned();
    match index {
        None => {
            page.text(words.get("preparing")).gap();
            page.lines.push(query_link(again(), 1, &query.text));
        }
        Some(_) if query.is_empty() => add_help(&mut page, links),
        Some(index) => add_results(&query, number, index, &mut page, links),
    }
    if index.is_some() {
        page.link(again(), search_address());
    }
    page.link(words.get("back"), CapsulePath::root());
    page
}

fn add_results(query: &Query, number: usize, index: &Index, page: &mut Page, links: &Links<'_>) {
    let words = links.words();
    let visible = |number: u32| index.page(number).is_some_and(|page| serves(page, links));
    let start = (number - 1).saturating_mul(PAGE_SIZE);
    let found = index.search(query, &visible, start..start.saturating_add(PAGE_SIZE));
    if query.is_cut {
        page.text(words.get("cut"));
    }
    add_count(&found, start, &words, page);
    page.gap();
    for suggestion in &found.suggestions {
        for word in &suggestion.instead {
            let corrected = query.corrected(&suggestion.word, word);
            page.lines.push(query_link(words.with("instead", &[&corrected]), 1, &corrected));
        }
    }
    page.gap();
    add_pages(&found.pages, &found.marks, index, page, links);
    if start == 0 && !found.others.is_empty() {
        page.text(words.get("all_but_one")).gap();
        add_pages(&found.others, &found.marks, index, page, links);
    }
    if found.total == 0 {
        add_help(page, links);
    }
    let shown = start.saturating_add(found.pages.len());
    if shown < found.total && !found.pages.is_empty() {
        let last = (shown + PAGE_SIZE).min(found.total);
        let numbers = [shown + 1, last, found.total].map(|number| number.to_string());
        let label = words.with("next", &numbers.each_ref().map(String::as_str));
        page.lines.push(query_link(label, number + 1, &query.text));
    }
}

fn serves(page: &IndexedPage, links: &Links<'_>) -> bool {
    match page {
        IndexedPage::Essay(essay) => links.medium.serves(essay),
        IndexedPage::Folder { address, .. } => {
            let mut essays = links.site.capsule.essays().iter();
            essays.any(|essay| essay.base.is_within(address) && links.medium.serves(essay))
        }
    }
}

fn add_pages(numbers: &[u32], marks: &Marks, index: &Index, page: &mut Page, links: &Links<'_>) {
    let options = links.site.options.index_options();
    for found in numbers.iter().filter_map(|&number| index.page(number)) {
        match found {
            IndexedPage::Essay(essay) => {
                let label = match essay.title.as_bytes() {
                    // Feed readers take any line that starts with a date for an entry.
                    [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'-', ..] => format!("“{}”", essay.title),
                    _ => essay.title.clone(),
                };
                let date = essay.date.map(|date| format!(" ({date})")).unwrap_or_default();
                page.lines.push(Line::Link { label, date, to: links.address(essay) });
                page.lines.push(Line::Excerpt(Excerpt::of(essay, marks, &options).text));
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
    let (first, last) = ((start + 1).to_string(), (start + found.pages.len()).to_string());
    page.text(match found.total {
        0 => text,
        _ if found.pages.is_empty() => words.with("no_more", &[&text]),
        1..=PAGE_SIZE => text,
        _ => words.with("range", &[&text, &first, &last]),
    });
    let mut seen = HashSet::new();
    let absent = found.words.iter().filter(|(word, count)| *count == 0 && seen.insert(word.clone()));
    let absent: Vec<&str> = absent.map(|(word, _)| word.as_str()).collect();
    // If the only word occurs nowhere, the count has said so.
    if !absent.is_empty() && (found.words.len() > 1 || found.complete) {
        page.text(words.with("nowhere", &[&absent.join(", ")]));
    }
}

/// Adds lines that explain queries, for readers whose query is empty or found nothing.
fn add_help(page: &mut Page, links: &Links<'_>) {
    page.gap();
    let words = links.words();
    let keys = ["help_words", "help_phrase", "help_without", "help_filters"];
    page.lines.extend(keys.map(|key| Line::Item(words.get(key).to_owned())));
    page.gap();
    for kind in [Kind::Tag, Kind::Year].into_iter().filter(|kind| !links.taxonomies().terms(*kind).is_empty()) {
        page.link(words.get(kind.key()), kind.address());
    }
}

/// Returns the title of a page of results: `Search: soft skin`.
fn title(query: &Query, words: &Words) -> String {
    let mut shown: String = query.text.chars().take(MAX_SHOWN).collect();
    if shown.len() < query.text.len() {
        shown.push('…');
    }
    if shown.is_empty() { words.get("search").to_owned() } else { words.with("results", &[&shown]) }
}

/// Returns a link to page `number` of the results for `query`.
fn query_link(label: String, number: usize, query: &str) -> Line {
    let page = if number > 1 { format!("/{number}") } else { String::new() };
    let url = format!("{SEARCH}{page}?{}", utf8_percent_encode(query, RESERVED));
    Line::Url { label, url: Some(url).filter(|url| url.len() <= MAX_LINK) }
}
