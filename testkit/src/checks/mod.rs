//! Checks that hold for every conversion, search, request and configuration, for any input.
//!
//! The fuzz targets in `fuzz/` run these checks on arbitrary bytes, and `cargo test` runs them on the seeds in `tests/seeds`
//! and on real posts.

mod folder;
mod held_back;
mod search;
mod wire;

pub use held_back::check_folder;

use std::collections::HashSet;

use lamplit::capsule::{Capsule, build};
use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::markup::{Block, Document, Inline, Node, gemtext as native};
use lamplit::problem::Problem;
use lamplit::render::gemtext::{self, Emphasis, GemtextOptions, LinkMarkers, LinkPlacement};
use lamplit::render::plain::{self, PlainOptions};
use lamplit::render::{Resolve, Target};

use crate::AsWritten;
use crate::capsule::{build_options, source};
use crate::classifier::{Line, assert_well_formed, classify};
use crate::resolve::is_url;

/// The time of builds, 17 March 2030, later than most dates that inputs say.
const LATER: i64 = 1_900_000_000;

/// A check of one fuzz target, which panics if something does not hold for these bytes.
pub type Check = fn(&[u8]);

/// The checks by the names of their fuzz targets, which are also the folders of their seeds.
pub const TARGETS: [(&str, Check); 12] = [
    ("front_matter", front_matter),
    ("markdown_gemtext", markdown_gemtext),
    ("markdown_text", markdown_text),
    ("gemtext", gemtext),
    ("search", search::search),
    ("gemini_request", wire::gemini_request),
    ("gopher_selector", wire::gopher_selector),
    ("proxy_header", wire::proxy_header),
    ("configuration", wire::configuration),
    ("held_back", held_back::held_back),
    ("site", folder::site),
    ("ignore_file", folder::ignore_file),
];

/// Splits a file into front matter and body without loss, and builds a capsule of it that is the same each time, with
/// messages that are safe to print.
fn front_matter(bytes: &[u8]) {
    if let Ok(source) = std::str::from_utf8(bytes) {
        let split = crate::split(source);
        assert_eq!(split.body_range.end, source.len(), "the body ends where the file does");
        match &split.head {
            Some(head) => {
                assert_eq!(&source[head.range.clone()], head.text);
                assert!(head.range.end < split.body_range.start, "a fence stands between head and body");
            }
            None => assert_eq!(&source[split.body_range], source.strip_prefix('\u{feff}').unwrap_or(source)),
        }
    }
    for name in ["/2024-05-01-essay.md", "/essay.gmi"] {
        let (files, options) = ([source(name, bytes)], build_options(LATER));
        let (capsule, problems) = build(&files, &options, None);
        let (again, same) = build(&files, &options, Some(&capsule));
        assert_eq!(
            capsule.addressable().len() + capsule.hidden.values().sum::<usize>(),
            usize::from(is_read(&problems))
        );
        assert_eq!((said(&capsule), &problems), (said(&again), &same), "a second build gives something else");
        for problem in &problems {
            let message = problem.to_string();
            assert!(!message.contains(|c: char| c.is_control() && c != '\n'), "{message:?}");
            assert!(message.len() < bytes.len() * 4 + 2_000, "{} bytes of message", message.len());
        }
        for essay in capsule.essays() {
            let text = essay.text();
            assert!(text.whole.ends_with(text.body()), "the body is not the end of the file");
            assert_eq!(text.whole.len() - text.body().len(), text.body_range.start);
            assert!(!essay.title.is_empty(), "an essay without a title");
        }
    }
}

/// Returns whether the file could be read.
fn is_read(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.severity == lamplit::problem::Severity::Warning)
}

fn said(capsule: &Capsule) -> Vec<String> {
    capsule
        .addressable()
        .iter()
        .map(|essay| format!("{} {} {:?} {:?}", essay.address(), essay.title, essay.date, essay.metadata))
        .collect()
}

/// Markdown becomes gemtext that clients read as it was meant, with the standard options and with others.
fn markdown_gemtext(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let other = GemtextOptions {
        links: LinkPlacement::End,
        link_markers: LinkMarkers::Number,
        emphasis: Emphasis::Markers,
        ..GemtextOptions::default()
    };
    for (dialect, options) in [(MarkdownOptions::STANDARD, GemtextOptions::default()), (OTHER_DIALECT, other)] {
        let document = markdown::parse(&source, &dialect);
        assert_read(&document);
        let page = gemtext::render(&document, &options, &AsWritten);
        check_gemtext(&document, &page, source.len());
        let again = gemtext::render(&markdown::parse(&source, &dialect), &options, &AsWritten);
        assert_eq!(page, again, "the same input gives other bytes");
    }
}

/// Markdown becomes plain text that is safe on a terminal and on the wire.
fn markdown_text(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let other = PlainOptions { width: 40, emphasis: Emphasis::Plain, ..PlainOptions::default() };
    for (dialect, options) in [(MarkdownOptions::STANDARD, PlainOptions::default()), (OTHER_DIALECT, other)] {
        let document = markdown::parse(&source, &dialect);
        assert_read(&document);
        let page = plain::render(&document, &options, &AsWritten);
        check_plain(&document, &page, source.len());
        let again = plain::render(&markdown::parse(&source, &dialect), &options, &AsWritten);
        assert_eq!(page, again, "the same input gives other bytes");
    }
}

/// A dialect in which every option differs from [`MarkdownOptions::STANDARD`].
const OTHER_DIALECT: MarkdownOptions = MarkdownOptions { smart_punctuation: true, line_breaks: true, dialects: false };

/// Gemtext keeps every line with its type on the way through a document, and becomes plain text too.
fn gemtext(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let document = native::parse(&source);
    let page = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
    check_gemtext(&document, &page, source.len());
    assert_eq!(shape(&source), shape(&page), "lines have changed on the way:\n{page}");
    let text = plain::render(&document, &PlainOptions::default(), &AsWritten);
    check_plain(&document, &text, source.len());
}

/// Returns the lines of gemtext with visible text, each reduced to its letters, which no conversion may change.
fn shape(page: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for line in classify(page) {
        let line = match line {
            Line::Toggle { .. } => Line::Toggle { alt: String::new() },
            Line::Preformatted(code) => Line::Preformatted(cleaned(&code)),
            Line::Link { url, label } if url.starts_with('#') => {
                Line::Text(letters(if label.is_empty() { &url } else { &label }))
            }
            Line::Link { url, .. } if url.is_empty() => continue,
            Line::Link { .. } => Line::Link { url: String::new(), label: String::new() },
            Line::Text(text) => Line::Text(letters(&text)),
            Line::Heading { level, text } => Line::Heading { level, text: letters(&text) },
            Line::Item(text) => Line::Item(letters(&text)),
            Line::Quote(text) => Line::Quote(letters(&text)),
        };
        let (Line::Text(said) | Line::Item(said) | Line::Quote(said) | Line::Heading { text: said, .. }) = &line else {
            match (&line, lines.last_mut()) {
                (Line::Preformatted(next), Some(Line::Preformatted(block))) => {
                    block.push('\n');
                    block.push_str(next);
                }
                _ => lines.push(line),
            }
            continue;
        };
        if !said.is_empty() {
            lines.push(line);
        }
    }
    // A block that is never closed ends with the page.
    if lines.iter().filter(|line| matches!(line, Line::Toggle { .. })).count() % 2 == 1 {
        lines.push(Line::Toggle { alt: String::new() });
    }
    // Preformatted text of no line at all is written as one that is blank.
    lines.retain(|line| !matches!(line, Line::Preformatted(code) if code.is_empty()));
    lines
}

/// Returns a line of code as it may be written: without control characters, and never like a fence.
fn cleaned(line: &str) -> String {
    let clean: String = line.chars().filter(|&c| !c.is_control() || c == '\t').collect();
    if clean.starts_with("```") { format!(" {clean}") } else { clean }
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Asserts that the parser has not panicked.
fn assert_read(document: &Document<'_>) {
    for notice in &document.notices {
        assert!(!notice.what.contains("could not be read"), "reading panicked");
    }
}

fn check_gemtext(document: &Document<'_>, page: &str, source: usize) {
    assert_well_formed(page);
    assert!(!page.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')), "a control character:\n{page:?}");
    assert_bounded(page, source);
    assert_words_survive(document, page);
    let lines = classify(page);
    let links: HashSet<&str> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Link { url, .. } => Some(url.as_str()),
            _ => None,
        })
        .collect();
    for link in destinations(document) {
        assert!(links.contains(link), "the link to {link} is lost:\n{page}");
    }
    assert_code_survives(document, &lines);
}

fn check_plain(document: &Document<'_>, page: &str, source: usize) {
    assert!(page.is_empty() || page.ends_with('\n'), "no final newline:\n{page}");
    assert!(!page.ends_with("\n\n") && !page.starts_with('\n'), "a blank line at an end:\n{page:?}");
    assert!(!page.contains(|c: char| c.is_control() && c != '\n'), "a control character:\n{page:?}");
    assert_bounded(page, source);
    assert_words_survive(document, page);
    for link in destinations(document) {
        // A mail address that is its own label needs no link line.
        let link = link.strip_prefix("mailto:").unwrap_or(link);
        assert!(page.contains(link), "the link to {link} is lost:\n{page}");
    }
    let wire = plain::for_gopher(page);
    assert_eq!(wire.matches("\r\n").count(), page.lines().count(), "lines are lost on the wire");
    assert!(!wire.starts_with('.') && !wire.contains("\n."), "a line that some clients take for the end");
}

/// What is written stays in proportion to what was read. A row of a table may be two bytes and is padded to the
/// page; a destination defined once may be referred to until the parser stops, at 100 kB, and is then written
/// with three bytes for each.
fn assert_bounded(page: &str, source: usize) {
    let limit = source * 100 + 400_000;
    assert!(page.len() < limit, "{source} bytes became {}", page.len());
}

/// Destinations that are written as they are: no fragments, nothing that has to be encoded, and nothing for browsers only.
fn destinations<'d>(document: &'d Document<'_>) -> impl Iterator<Item = &'d str> {
    let is_for_browsers = |destination: &str| {
        let scheme = destination.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
        ["data", "javascript", "vbscript", "livescript"].contains(&&*scheme)
    };
    document
        .links
        .iter()
        .filter(|link| is_url(&link.destination) && AsWritten.link(link) != Target::Nowhere)
        .map(|link| &*link.destination)
        .filter(move |destination| !is_for_browsers(destination))
}

/// Every ASCII word of the document stands on the page; other scripts may be divided or encoded.
fn assert_words_survive(document: &Document<'_>, page: &str) {
    let apart = |c: char| !c.is_ascii_alphanumeric();
    let there: HashSet<&str> = page.split(apart).collect();
    let check = |words: &str| {
        for word in words.split(apart).filter(|word| !there.contains(word)) {
            assert!(word.is_empty() || page.contains(word), "`{word}` is lost:\n{page}");
        }
    };
    blocks(document).for_each(|block| match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => words(text).for_each(check),
        Block::Quote { alert: Some(alert), .. } => words(&alert.title).for_each(check),
        Block::Definitions(all) => all.iter().flat_map(|one| words(&one.term)).for_each(check),
        Block::Code(code) => check(&code.text),
        // A narrow column divides long words.
        Block::Table(table) => {
            for cell in table.header.iter().chain(table.rows.iter().flatten()) {
                if let [Inline::Text(text)] = &**cell {
                    text.split_whitespace().filter(|word| word.len() <= 8).for_each(check);
                }
            }
        }
        Block::Quote { .. } | Block::List(_) | Block::Rule => {}
    });
}

fn words<'d>(text: &'d [Inline<'_>]) -> impl Iterator<Item = &'d str> {
    text.iter().filter_map(|piece| match piece {
        Inline::Text(words) | Inline::Code(words) => Some(&**words),
        _ => None,
    })
}

/// Code comes back byte for byte, in order, but for control characters and the space before a fence.
fn assert_code_survives(document: &Document<'_>, lines: &[Line]) {
    let mut written = Vec::new();
    let mut table = false;
    for pair in lines.windows(2) {
        match pair {
            [Line::Toggle { alt }, Line::Preformatted(first)] => {
                table = alt.starts_with("table");
                if !table {
                    written.push(first.clone());
                }
            }
            [Line::Preformatted(_), Line::Preformatted(next)] if !table => {
                let block = written.last_mut().expect("a first line");
                block.push('\n');
                block.push_str(next);
            }
            _ => {}
        }
    }
    let mut meant = Vec::new();
    blocks(document).for_each(|block| {
        if let Block::Code(code) = block
            && !code.language.starts_with("table")
        {
            meant.push(code.text.split('\n').map(cleaned).collect::<Vec<_>>().join("\n"));
        }
    });
    assert_eq!(written, meant, "code has changed");
}

/// Returns the blocks of the page, notes last, containers before what they hold.
fn blocks<'d, 'a>(document: &'d Document<'a>) -> impl Iterator<Item = &'d Block<'a>> {
    document.nodes().filter_map(|node| match node {
        Node::Block(block) => Some(block),
        Node::Texts(_) => None,
    })
}
