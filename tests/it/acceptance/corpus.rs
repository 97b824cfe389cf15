//! Checks 5 to 7, with real archives: no text is lost, no markup is left, no line is too wide.
//!
//! The expected text comes from the Markdown parser alone, not from the document tree.

use std::collections::HashSet;
use std::sync::Arc;

use lamplit::capsule::{Essay, TextKind, build};
use lamplit::disk::{self, ReadLimits};
use lamplit::site::{Lookup, Medium, Site, SiteOptions};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use testkit::capsule::build_options;
use unicode_width::UnicodeWidthStr;

use testkit::classifier::{Line, classify};
use testkit::corpus;

fn site() -> Option<Site> {
    let reading = disk::read(&corpus()?, &[], &[], &[], None, ReadLimits::NONE).expect("a folder");
    let (capsule, problems) = build(&reading.files, &build_options(1_900_000_000), None);
    assert!(problems.is_empty(), "{problems:?}");
    Some(Site::new(Arc::new(capsule), &SiteOptions::standard(&"example.org".parse().expect("a host")), None))
}

fn page_of(site: &Site, essay: &Essay, form: &str, medium: Medium) -> String {
    let Lookup::Page(page) = site.lookup(&essay.base.with_suffix(form), medium) else {
        panic!("{} is no page", essay.base)
    };
    String::from_utf8(page.bytes.to_vec()).expect("UTF-8")
}

fn events(body: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    Parser::new_ext(body, options)
}

/// Returns the text and code of an essay without HTML.
fn said(essay: &Essay) -> String {
    let text = essay.text();
    let words = events(text.body()).map(|event| match event {
        Event::Text(text) | Event::Code(text) => text.into_string(),
        Event::SoftBreak | Event::HardBreak | Event::End(_) => "\n".to_owned(),
        _ => String::new(),
    });
    words.collect()
}

/// Returns the lines of a page that are no code.
fn prose(page: &str) -> Vec<&str> {
    let mut fenced = false;
    let lines = page.lines().filter(|line| {
        let fence = line.starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    });
    lines.collect()
}

#[test]
fn check_5_every_post_of_real_archives_comes_out_whole() {
    let Some(site) = site() else { return };
    let (mut pages, mut addresses) = (0, 0);
    for essay in site.capsule().essays() {
        let at = &essay.source.path;
        let page = page_of(&site, essay, "gmi", Medium::Gemini);
        let lines = classify(&page);
        assert!(matches!(lines[0], Line::Heading { level: 1, .. }), "{at} has no title");
        addresses += every_address_outside_is_there(essay, &lines);
        no_tag_and_no_marker_is_left(essay, &page);
        let text = essay.text();
        let head = &text.whole[..text.body_range.start];
        for line in head.lines().filter(|line| line.len() > 12 && line.contains([':', '='])) {
            assert!(!page.lines().any(|shown| shown == line), "{at}: `{line}` of its head is on the page");
        }
        pages += 1;
    }
    println!("{pages} pages with all of {addresses} addresses outside");
    assert!(pages > 400 && addresses > 4_000, "{pages} {addresses}");
}

fn every_address_outside_is_there(essay: &Essay, lines: &[Line]) -> usize {
    let there: HashSet<&str> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Link { url, .. } => Some(url.as_str()),
            _ => None,
        })
        .collect();
    let mut found = 0;
    let text = essay.text();
    for event in events(text.body()) {
        let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else {
            continue;
        };
        let outside = dest_url.starts_with("http") || dest_url.starts_with("gemini://");
        let plain = dest_url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"{}".contains(&byte));
        if outside && plain {
            assert!(there.contains(&*dest_url), "{}: {dest_url} is lost", essay.source.path);
            found += 1;
        }
    }
    found
}

fn no_tag_and_no_marker_is_left(essay: &Essay, page: &str) {
    const TAGS: &[&str] = &[
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "center",
        "code",
        "details",
        "div",
        "em",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "hr",
        "i",
        "iframe",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "script",
        "small",
        "span",
        "strong",
        "style",
        "sub",
        "summary",
        "sup",
        "table",
        "td",
        "th",
        "tr",
        "u",
        "ul",
        "video",
    ];
    let said = said(essay);
    for line in prose(page) {
        for (at, _) in line.match_indices('<') {
            let inner = line[at + 1..].trim_start_matches('/');
            let name: String = inner.chars().take_while(char::is_ascii_alphanumeric).collect();
            let tag = line[at..].split_inclusive('>').next().unwrap_or_default();
            let is_tag = TAGS.contains(&&*name.to_ascii_lowercase()) && tag.ends_with('>');
            assert!(!is_tag || said.contains(tag), "{}: {tag} is left in `{line}`", essay.source.path);
        }
        for (at, _) in line.match_indices("[^") {
            let marker = line[at..].split_inclusive(']').next().unwrap_or_default();
            assert!(said.contains(marker), "{}: {marker} is left in `{line}`", essay.source.path);
        }
    }
}

#[test]
fn check_6_prose_is_joined_and_code_is_left_alone() {
    let Some(site) = site() else { return };
    let (mut breaks, mut blocks) = (0, 0);
    // The parser does not know code in template tags.
    let plain = |essay: &&Arc<Essay>| essay.kind == TextKind::Markdown && !essay.text().body().contains("{{<");
    for essay in site.capsule().essays().iter().filter(plain) {
        let at = &essay.source.path;
        let page = page_of(&site, essay, "gmi", Medium::Gemini);
        let joined = prose(&page).join("\n");
        for pair in soft_breaks(essay) {
            assert!(joined.contains(&pair), "{at}: a line ends within `{pair}`");
            breaks += 1;
        }
        for code in code_blocks(essay) {
            assert!(page.contains(&code), "{at}: code is not as it was:\n{code}");
            blocks += 1;
        }
    }
    println!("{breaks} soft line breaks joined, {blocks} blocks of code as they were");
    assert!(breaks > 2_000 && blocks > 500, "{breaks} {blocks}");
}

/// Returns the words on both sides of each line break within a paragraph, as they must stand on the page. Breaks next
/// to marks and links are left out.
fn soft_breaks(essay: &Essay) -> Vec<String> {
    let text = essay.text();
    let events: Vec<Event<'_>> = events(text.body()).collect();
    let word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let pairs = events.windows(3).filter_map(|three| match three {
        [Event::Text(before), Event::SoftBreak, Event::Text(after)] => {
            let (before, after) = (before.rsplit(' ').next()?, after.split(' ').next()?);
            (word(before) && word(after)).then(|| format!("{before} {after}"))
        }
        _ => None,
    });
    pairs.collect()
}

/// Returns each fenced block of code, without the line break at its end.
fn code_blocks(essay: &Essay) -> Vec<String> {
    let (mut blocks, mut inside) = (Vec::<String>::new(), false);
    let text = essay.text();
    for event in events(text.body()) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                blocks.push(String::new());
                inside = true;
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            Event::Text(text) if inside => blocks.last_mut().expect("one was opened").push_str(&text),
            _ => {}
        }
    }
    // A fence within would end the block, and control characters are for terminals.
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t';
    let plain = |code: &String| !code.contains("```") && !code.contains(odd);
    let trimmed = blocks.into_iter().filter(plain).map(|code| code.trim_end_matches('\n').to_owned());
    trimmed.filter(|code| !code.is_empty()).collect()
}

#[test]
fn check_7_nothing_over_gopher_is_too_wide_but_code() {
    let Some(site) = site() else { return };
    let mut labels = 0;
    let mut folders: Vec<_> = site.capsule().sections.values().map(|section| section.address.clone()).collect();
    let years = ["/archive/", "/archive/2015/", "/tags/"];
    folders.extend(years.map(|at| lamplit::capsule::CapsulePath::from_decoded(at).expect("an address")));
    for at in folders {
        let Lookup::Page(page) = site.lookup(&at, Medium::Gopher) else { continue };
        let menu = String::from_utf8(page.bytes.to_vec()).expect("UTF-8");
        for line in menu.lines().filter(|line| line.contains('\t')) {
            let label = &line[1..line.find('\t').expect("a tab")];
            assert!(label.width() <= 70, "{at}: {label}");
            labels += 1;
        }
    }
    assert!(labels > 300, "{labels}");
    for essay in site.capsule().essays().iter().filter(|essay| essay.kind == TextKind::Markdown) {
        let text = essay.text();
        let body = text.body();
        let code: Vec<String> = all_code(body);
        for line in page_of(&site, essay, "txt", Medium::Gopher).lines().filter(|line| line.width() > 70) {
            let bare = line.trim_start_matches(['>', ' ', '|', '*', '.', '-']).trim_start();
            let is_code = code.iter().any(|code| code.contains(&collapsed(bare)));
            // HTML and formulas are left out too, because the parser does not parse their content.
            let as_written = || {
                let mut lines = body.lines();
                body.contains("<pre") || lines.any(|line| collapsed(line).contains(&collapsed(bare)))
            };
            let is_code = is_code || line.starts_with("    ") && as_written();
            // An address, a table drawn in characters, or a word that is longer than the line.
            let cannot_break = bare.split_whitespace().any(|word| word.width() > 48) || bare.contains("://");
            assert!(is_code || cannot_break, "{}: {line}", essay.source.path);
        }
    }
}

/// Collapses white space, because a tab is written as several blanks.
fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the lines in blocks of code.
fn all_code(body: &str) -> Vec<String> {
    let mut inside = false;
    let text = events(body).filter_map(|event| match event {
        Event::Start(Tag::CodeBlock(_)) => {
            inside = true;
            None
        }
        Event::End(TagEnd::CodeBlock) => {
            inside = false;
            None
        }
        Event::Text(text) if inside => Some(collapsed(&text)),
        _ => None,
    });
    text.collect()
}
