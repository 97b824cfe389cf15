//! The 652 examples of the `CommonMark` specification (version 0.31.2), each with its HTML: an independent check of the
//! words, links and headings of pages.
//!
//! The examples are among the tests in the package of the parser, which is in cargo's registry.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::render::gemtext::{self, Emphasis, GemtextOptions};
use lamplit::render::plain::{self, PlainOptions};
use percent_encoding::percent_decode_str;

use crate::conversion::without_marks;
use testkit::AsWritten;
use testkit::classifier::{Line, assert_well_formed, classify};

/// `CommonMark` with as few extensions as possible: the examples have none.
const COMMONMARK: MarkdownOptions = MarkdownOptions { smart_punctuation: false, line_breaks: false, dialects: false };

#[test]
fn examples_of_the_specification_lose_nothing() {
    let Some(file) = specification() else {
        eprintln!("skipped: no specification in cargo's registry, nor in LAMPLIT_COMMONMARK");
        return;
    };
    let source = fs::read_to_string(&file).expect("a readable specification");
    let examples = examples(&source);
    assert_eq!(examples.len(), 652, "{}", file.display());
    let failures: Vec<String> = (1..)
        .zip(&examples)
        .flat_map(|(number, (markdown, html))| {
            failures(markdown, html).into_iter().map(move |what| format!("{number}: {what}"))
        })
        .collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

/// Returns what is missing or superfluous on the pages of an example.
fn failures(markdown: &str, html: &str) -> Vec<String> {
    for options in [MarkdownOptions::STANDARD, COMMONMARK] {
        let document = markdown::parse(markdown, &options);
        assert_well_formed(&gemtext::render(&document, &GemtextOptions::default(), &AsWritten));
    }
    let document = markdown::parse(markdown, &COMMONMARK);
    let gemtext = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
    // Wide enough that no line is wrapped, and without marks that could be within a word.
    let wide = PlainOptions { width: 1_000, emphasis: Emphasis::Plain, ..PlainOptions::default() };
    let text = plain::render(&document, &wide, &AsWritten);
    let meant = Page::of(html);
    let mut failures = Vec::new();
    let mut expect = |good: bool, what: String| {
        if !good {
            failures.push(format!("{what}\n{markdown}\n{html}\n{gemtext}\n{text}"));
        }
    };
    for page in [&gemtext, &text] {
        let bare = ["", "`~", "`~_*"].map(|marks| without_marks(page, marks));
        let there: HashSet<String> = bare.iter().chain([page]).flat_map(|page| words(page)).collect();
        for word in words(&meant.text) {
            expect(there.contains(&word), format!("`{word}` is lost"));
        }
        let decoded = decoded(page);
        for address in &meant.addresses {
            // A mail address that is its own label needs no link line.
            let shown = address.strip_prefix("mailto:").unwrap_or(address);
            expect(decoded.contains(shown), format!("`{address}` is lost"));
        }
        let prose = outside_code(page);
        for tag in KNOWN_TAGS {
            // Without a closing bracket it is no tag.
            let there = prose.split_once(tag).is_some_and(|(_, rest)| rest.contains('>'));
            expect(!there || meant.text.contains(tag), format!("`{tag}` leaks"));
        }
    }
    let lines = classify(&gemtext);
    let count = |wanted: fn(&Line) -> bool| lines.iter().filter(|line| wanted(line)).count();
    let headings = count(|line| matches!(line, Line::Heading { .. }));
    expect(headings == meant.headings, format!("{headings} headings for {}", meant.headings));
    let quotes = count(|line| matches!(line, Line::Quote(_)));
    expect(quotes == 0 || html.contains("<blockquote"), format!("{quotes} lines of quotes"));
    let items = count(|line| matches!(line, Line::Item(_)));
    expect(items == 0 || html.contains("<ul"), format!("{items} items"));
    let fences = count(|line| matches!(line, Line::Toggle { .. }));
    expect(fences == 2 * meant.code_blocks, format!("{fences} fences for {} blocks", meant.code_blocks));
    for line in &lines {
        if let Line::Link { url, .. } = line {
            // In the examples, bare URLs and links within alternative texts are text.
            let url = decoded(url);
            let meant = meant.addresses.contains(&url) || markdown.contains(&url);
            expect(meant, format!("`{url}` is no address"));
        }
    }
    failures
}

/// Elements in the examples that no page shows.
const KNOWN_TAGS: &[&str] = &[
    "<a ",
    "</a>",
    "<b>",
    "</b>",
    "<div",
    "</div",
    "<p>",
    "</p>",
    "<table",
    "</table",
    "<td",
    "</td",
    "<tr",
    "</tr",
    "<pre",
    "</pre",
    "<script",
    "</script",
    "<style",
    "</style",
    "<del",
    "</del",
    "<ins",
    "<img",
    "<!--",
    "<textarea",
    "<em",
    "<strong",
    "<code",
    "<iframe",
    "<br",
    "<hr",
    "<i>",
    "<?php",
    "<![CDATA",
];

/// The content of the HTML of an example.
#[derive(Default)]
struct Page {
    /// The visible words and the alternative texts of pictures.
    text: String,
    /// The decoded addresses of links and pictures.
    addresses: HashSet<String>,
    /// The headings outside of quotations and lists, where gemtext has no headings.
    headings: usize,
    /// The number of open quotations and lists.
    containers: usize,
    code_blocks: usize,
}

impl Page {
    fn of(html: &str) -> Self {
        let mut page = Self::default();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            page.text.push_str(&unescaped(&rest[..at]));
            rest = &rest[at..];
            let end = invisible_end(rest).unwrap_or_else(|| page.tag(rest));
            rest = &rest[end..];
        }
        page.text.push_str(&unescaped(rest));
        page
    }

    /// Reads the tag at the start of `rest` and returns its length.
    fn tag(&mut self, rest: &str) -> usize {
        let end = tag_end(rest);
        let tag = &rest[..end];
        let name: String = tag[1..].chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        for attribute in ["href=\"", "src=\""] {
            if let Some(address) = attribute_of(tag, attribute).filter(|address| !address.is_empty()) {
                self.addresses.insert(decoded(&unescaped(address)));
            }
        }
        match name.as_str() {
            "img" => self.text.push_str(&unescaped(attribute_of(tag, "alt=\"").unwrap_or_default())),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let counts = self.containers == 0 && !rest[end..].starts_with("</h");
                self.headings += usize::from(counts);
            }
            "blockquote" | "ul" | "ol" => self.containers += 1,
            "pre" => self.code_blocks += 1,
            "" if ["</blockquote", "</ul", "</ol"].iter().any(|close| tag.starts_with(close)) => {
                self.containers -= 1;
            }
            // Adjacent links become separate lines.
            "" if tag == "</a>" && rest[end..].starts_with("<a ") => self.text.push('\n'),
            _ => {}
        }
        if !matches!(name.as_str(), "em" | "strong" | "code" | "a" | "img" | "del" | "") {
            self.text.push('\n');
        }
        end
    }
}

/// Returns the length of a comment, an instruction, or an element whose content is not shown.
fn invisible_end(rest: &str) -> Option<usize> {
    let pairs = [
        ("<!-->", "<!-->"),
        ("<!--->", "<!--->"),
        ("<!--", "-->"),
        ("<?", "?>"),
        ("<![CDATA[", "]]>"),
        ("<script", "</script>"),
        ("<style", "</style>"),
    ];
    let (_, close) = pairs.iter().find(|(open, _)| rest.starts_with(open))?;
    Some(rest.find(close).map_or(rest.len(), |at| at + close.len()))
}

/// Returns the length of the tag at the start of `rest`. Quoted values may contain `>`.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '>') => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn attribute_of<'t>(tag: &'t str, start: &str) -> Option<&'t str> {
    let (_, value) = tag.split_once(start)?;
    value.split('"').next()
}

fn unescaped(text: &str) -> String {
    text.replace("&ouml;", "ö").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn decoded(url: &str) -> String {
    percent_decode_str(url).decode_utf8_lossy().into_owned()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Returns the page without preformatted and indented lines, code spans, and addresses.
fn outside_code(page: &str) -> String {
    let prose = |line: Line| match line {
        Line::Preformatted(_) | Line::Toggle { .. } => None,
        Line::Link { label, .. } => Some(label),
        Line::Heading { text, .. } | Line::Text(text) | Line::Item(text) | Line::Quote(text) => {
            (!text.contains("    ")).then_some(text)
        }
    };
    let lines: Vec<String> = classify(page).into_iter().filter_map(prose).collect();
    lines.join("\n").split('`').step_by(2).collect()
}

/// Returns the examples: Markdown and HTML.
fn examples(source: &str) -> Vec<(&str, &str)> {
    let literal = |text: &str| -> Option<usize> { text.find("\"##;") };
    source
        .split("let original = r##\"")
        .skip(1)
        .filter_map(|test| {
            let markdown = &test[..literal(test)?];
            let html = test.split_once("let expected = r##\"")?.1;
            Some((markdown, &html[..literal(html)?]))
        })
        .collect()
}

/// Returns the file of the parser that contains the examples.
fn specification() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("LAMPLIT_COMMONMARK") {
        return Some(PathBuf::from(named)).filter(|file| file.is_file());
    }
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = fs::read_dir(home.join("registry/src")).ok()?;
    registries
        .filter_map(Result::ok)
        .filter_map(|registry| fs::read_dir(registry.path()).ok())
        .flatten()
        .filter_map(Result::ok)
        .filter(|package| package.file_name().to_string_lossy().starts_with("pulldown-cmark-0.13"))
        .map(|package| package.path().join("tests/suite/spec.rs"))
        .find(|file| file.is_file())
}
