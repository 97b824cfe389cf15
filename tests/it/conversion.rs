//! Properties of pages rendered from real archives and from random and hostile Markdown.

use std::fs;
use std::path::Path;

use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::markup::{Block, Code, Document, Inline, Node};
use lamplit::render::gemtext::{self, GemtextOptions};
use lamplit::render::plain::{self, PlainOptions};
use lamplit::render::{Resolve, Target};

use testkit::classifier::{Line, assert_well_formed, classify};
use testkit::{AsWritten, body, corpus, files_below};

#[test]
fn no_word_and_no_link_of_real_archives_is_lost() {
    let Some(folder) = corpus() else { return };
    for path in files_below(&folder, "md") {
        let bytes = fs::read(&path).expect("a readable essay");
        let source = String::from_utf8_lossy(&bytes);
        let document = markdown::parse(body(&source), &MarkdownOptions::STANDARD);
        let gemtext = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
        let text = plain::render(&document, &PlainOptions::default(), &AsWritten);
        assert_well_formed(&gemtext);
        assert_words_survive(&document, &gemtext, &path);
        assert_words_survive(&document, &text, &path);
        assert_links_survive(&document, &gemtext, &path);
        assert_headings_are_meant(&document, &gemtext, &path);
        assert_lines_fit(&text, PlainOptions::default().width, &path);
        assert_nothing_leaks(&gemtext, &source, &path);
    }
}

/// Checks that no notation is left outside of code: no tag of HTML or of a site generator, no marker of a note or an
/// alert, no link definition.
fn assert_nothing_leaks(page: &str, source: &str, path: &Path) {
    const ELEMENTS: &str = "a abbr b blockquote br center code dd del details div dl dt em figcaption figure font h1 h2 \
        h3 hr i iframe img ins kbd li mark ol p pre s small span strike strong sub summary sup table tbody td th thead \
        tr u ul video";
    for line in classify(page) {
        let (Line::Text(said) | Line::Item(said) | Line::Quote(said) | Line::Heading { text: said, .. }) = line else {
            continue;
        };
        // Text between backticks is code.
        let prose: String = said.split('`').step_by(2).collect();
        for note in prose.split("[^").skip(1).filter_map(|rest| rest.split_once(']')) {
            // A reference without a note is text.
            let defined = source.contains(&format!("[^{}]:", note.0));
            assert!(!defined, "{}: `[^{}]` leaks in {said}", path.display(), note.0);
        }
        for marker in ["[!", "{{<", "{{%", "{%", "<!--"] {
            assert!(!prose.contains(marker), "{}: `{marker}` leaks in {said}", path.display());
        }
        assert!(!prose.starts_with(":::"), "{}: {said}", path.display());
        let defines = prose.starts_with('[') && prose.contains("]: http");
        assert!(!defines, "{}: a definition leaks: {said}", path.display());
        for tag in prose.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
            let known = ELEMENTS.split_whitespace().any(|element| element.eq_ignore_ascii_case(name));
            assert!(!known || !tag.contains('>'), "{}: `<{tag}` leaks", path.display());
        }
    }
}

/// Checks that every word of the document is on the page.
fn assert_words_survive(document: &Document<'_>, page: &str, path: &Path) {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    };
    let there: std::collections::HashSet<String> =
        ["", "`~", "`~_*"].iter().flat_map(|marks| words(&without_marks(page, marks))).collect();
    let mut said = words_of(document);
    said.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    for word in words(&said) {
        assert!(there.contains(&word), "{}: `{word}` is lost", path.display());
    }
}

/// Returns the page without `marks` (of code, of emphasis) and the numbers of links, which may divide a word.
pub(crate) fn without_marks(page: &str, marks: &str) -> String {
    let mut pieces = page.split(" [");
    let mut bare = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(']') {
            Some((number, behind)) if number.bytes().all(|byte| byte.is_ascii_digit()) => {
                bare.push_str(behind);
            }
            _ => {
                bare.push_str(" [");
                bare.push_str(piece);
            }
        }
    }
    bare.retain(|c| !marks.contains(c));
    bare
}

/// Checks that every destination but fragments of the page has a link line.
fn assert_links_survive(document: &Document<'_>, page: &str, path: &Path) {
    let there: std::collections::HashSet<String> = classify(page)
        .into_iter()
        .filter_map(|line| match line {
            Line::Link { url, .. } => Some(url),
            _ => None,
        })
        .collect();
    for link in &document.links {
        let plain = link.destination.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte));
        if plain && !link.destination.is_empty() && AsWritten.link(link) == Target::Unknown {
            assert!(there.contains(&*link.destination), "{}: {} is lost", path.display(), link.destination);
        }
    }
}

/// Checks that the page has as many headings as the document.
fn assert_headings_are_meant(document: &Document<'_>, page: &str, path: &Path) {
    let meant = document.blocks.iter().filter(|block| matches!(block, Block::Heading { .. })).count();
    let there = classify(page).iter().filter(|line| matches!(line, Line::Heading { .. })).count();
    assert_eq!(there, meant, "{}", path.display());
}

/// Checks that no line is wider than the page, unless it is code (indented) or has a word that is nearly as wide.
fn assert_lines_fit(text: &str, width: usize, path: &Path) {
    for line in text.lines().filter(|line| line.chars().count() > width && line.is_ascii()) {
        let words = line.trim_start_matches(['>', ' ', '*']).trim_start();
        let code = line.trim_start_matches(['>', ' ', '*']).len() + 4 <= line.len();
        assert!(code || words.split(' ').count() <= 2, "{}: {line}", path.display());
    }
}

fn words_of(document: &Document<'_>) -> String {
    let mut words = String::new();
    for node in document.nodes() {
        match node {
            Node::Block(Block::Code(code)) => words.push_str(&code.text),
            Node::Block(_) => {}
            Node::Texts(texts) => {
                for text in texts {
                    collect_text(text, &mut words);
                    words.push('\n');
                }
            }
        }
        words.push('\n');
    }
    words
}

fn collect_text(text: &[Inline<'_>], words: &mut String) {
    for piece in text {
        match piece {
            Inline::Text(text) | Inline::Code(text) => words.push_str(text),
            Inline::Image(image) => {
                for part in [" ", &image.alt, " "] {
                    words.push_str(part);
                }
            }
            // These may be within a word.
            Inline::Open(_) | Inline::Close(_) | Inline::LinkOpen(_) | Inline::LinkClose => {}
            Inline::SoftBreak | Inline::HardBreak | Inline::FootnoteRef(_) => words.push(' '),
        }
    }
}

/// The size of a page is proportional to the size of its source.
#[test]
fn output_stays_in_proportion_to_input() {
    let wide_row = "|x".repeat(200);
    let rows: &[(&str, String)] = &[
        ("quotes", ">".repeat(20_000) + "x"),
        ("items", "- ".repeat(20_000) + "x"),
        ("lines in deep quotes", "> > > > > > > > > > > > x\n".repeat(5_000)),
        ("links", "[a](b) ".repeat(20_000)),
        ("one word", "x".repeat(200_000)),
        ("wide characters", "東".repeat(50_000)),
        ("wide table", format!("{wide_row}|\n{}|\n{}", "|-".repeat(200), "|y\n".repeat(2_000))),
        ("long header", format!("|a|{}|\n|-|-|\n{}", "h".repeat(20_000), "|x|y|\n".repeat(5_000))),
        ("long table", format!("|a|b|\n|-|-|\n{}", "|x|y|\n".repeat(20_000))),
        ("one wide cell", format!("|a|b|\n|-|-|\n{}|{}|y|\n", "|x|y|\n".repeat(5_000), "w ".repeat(9_000))),
        ("notes", "[^a] ".repeat(20_000) + "\n\n[^a]: x\n"),
    ];
    for (name, source) in rows {
        let document = markdown::parse(source, &MarkdownOptions::STANDARD);
        let gemtext = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
        let text = plain::render(&document, &PlainOptions::default(), &AsWritten);
        assert_well_formed(&gemtext);
        // A row of a table of six bytes may be padded to the width of the page.
        let limit = source.len() * 30 + 1_000;
        assert!(gemtext.len() < limit, "{name}: {} bytes became {}", source.len(), gemtext.len());
        assert!(text.len() < limit, "{name}: {} bytes became {}", source.len(), text.len());
    }
}

/// Pages made of pieces of Markdown in any order are well formed and lose no word.
#[test]
fn pages_from_scrambled_markdown_are_well_formed() {
    const PIECES: &[&str] = &[
        "# ",
        "> ",
        "- ",
        "1. ",
        "* ",
        "    ",
        "  ",
        "\n",
        "\n",
        "\n\n",
        "```",
        "`",
        "``",
        "=>",
        "=> x",
        "|",
        "|a|b|\n|-|-|\n",
        " [a](b) ",
        "[",
        "](x)",
        "![p](q.png)",
        "![",
        "[^n]",
        "[^n]: ",
        " [[w]] ",
        "<b>",
        "</b>",
        "<br>",
        "<details>",
        "*",
        "_",
        "~~",
        "word",
        "東京",
        "\\\n",
        "&nbsp;",
        "&#10;",
        "&#27;",
        "---\n",
        ": ",
        "[!NOTE]",
        "[ ] ",
        "https://e.org/",
        "$x$",
        "\t",
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..4_000 {
        let mut source = String::new();
        for _ in 0..12 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = state % PIECES.len() as u64;
            source.push_str(PIECES[usize::try_from(at).expect("small")]);
        }
        let document = markdown::parse(&source, &MarkdownOptions::STANDARD);
        let gemtext = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
        // Wide enough that no text in a script without spaces is divided.
        let options = PlainOptions { width: 1_000, ..PlainOptions::default() };
        let text = plain::render(&document, &options, &AsWritten);
        assert_well_formed(&gemtext);
        let said = words_of(&document);
        for word in ["word", "東京"].iter().filter(|word| said.contains(**word)) {
            assert!(gemtext.contains(word) && text.contains(word), "`{word}` is lost from {source:?}");
        }
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "a control character from {source:?}");
    }
}

/// A text that starts with any sequence of characters that mark other line types stays a paragraph.
#[test]
fn prose_stays_prose_whatever_it_starts_with() {
    let pieces = ["=>", "```", "#", ">", "*", "* ", " ", "\t", "=", "`", "a", "- ", "1. ", "\u{1b}", "\u{a0}", "東"];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let words = vec![
                    Inline::Text(first.into()),
                    Inline::Code(second.into()),
                    Inline::HardBreak,
                    Inline::Text(second.into()),
                    Inline::Text(third.into()),
                ];
                let document = Document { blocks: vec![Block::Paragraph(words)], ..Document::default() };
                let page = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
                assert_well_formed(&page);
                for line in classify(&page) {
                    assert!(matches!(line, Line::Text(_)), "{first:?} {second:?} {third:?} became {line:?}");
                }
            }
        }
    }
}

#[test]
fn code_is_rendered_unchanged() {
    for code in ["", "a\n\n\n  b", "# x\n=> y\n* z\n> q", "x\n\ty", " ```", "``"] {
        let block = Code { language: "rust".into(), text: code.into() };
        let document = Document { blocks: vec![Block::Code(block)], ..Document::default() };
        let page = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
        let lines: Vec<String> = classify(&page)
            .into_iter()
            .filter_map(|line| match line {
                Line::Preformatted(text) => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(lines.join("\n"), code);
        assert!(page.starts_with("```rust\n") && page.ends_with("\n```\n"), "{page}");
    }
}

/// Control characters are removed, and the text around them does not become a fence.
#[test]
fn code_stays_inside_its_fences() {
    for code in ["```", "```x", "\u{1b}```", "a\n\u{7}\u{9b}```\nb"] {
        let block = Code { language: "".into(), text: code.into() };
        let document = Document { blocks: vec![Block::Code(block)], ..Document::default() };
        let page = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
        assert_well_formed(&page);
        let fences = classify(&page).iter().filter(|line| matches!(line, Line::Toggle { .. })).count();
        assert_eq!(fences, 2, "{code:?} became\n{page}");
    }
}
