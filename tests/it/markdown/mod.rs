//! Properties of parsed Markdown for any input: no word and no link is lost, and everything is within bounds.

use std::collections::BTreeMap;
use std::fs;

use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::markup::{Block, Document, Inline, MAX_DEPTH, Node, Nodes, Text, gemtext as native};
use lamplit::render::gemtext::{self, GemtextOptions};
use lamplit::render::plain::{self, PlainOptions};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

use testkit::hostile::{CLOSERS, HOSTILE, SCANNED};
use testkit::{AsWritten, body, corpus, files_below};

mod constructs;
mod dialects;
mod flavours;
mod shortcodes;

/// Template tags are kept, so that no word may be missing.
const OPTIONS: MarkdownOptions = MarkdownOptions { dialects: false, ..MarkdownOptions::STANDARD };

#[test]
fn real_essays_lose_no_word_and_no_link() {
    let Some(corpus) = corpus() else { return };
    let mut read = 0;
    for path in files_below(&corpus, "md") {
        let Ok(source) = fs::read_to_string(&path) else { continue };
        let body = body(&source);
        let document = markdown::parse(body, &OPTIONS);
        check_shape(&document, body.len()).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
        check_nothing_lost(&document, body).unwrap_or_else(|lost| panic!("{}: {lost}", path.display()));
        let translated = markdown::parse(body, &MarkdownOptions::STANDARD);
        check_shape(&translated, body.len()).unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
        read += 1;
    }
    assert!(read > 0, "no essays in {}", corpus.display());
}

#[test]
fn random_markdown_keeps_its_shape_and_its_words() {
    let mut random = Random(0x5eed);
    for round in 0..4_000 {
        let length = random.below(40) + 1;
        let source: String = (0..length).map(|_| TOKENS[random.below(TOKENS.len())]).collect();
        for options in [OPTIONS, MarkdownOptions::STANDARD] {
            let document = markdown::parse(&source, &options);
            check_shape(&document, source.len()).unwrap_or_else(|wrong| panic!("{round}: {wrong}\n{source:?}"));
        }
        // HTML and template tags may remove words.
        if !source.contains(['<', '{']) {
            let document = markdown::parse(&source, &OPTIONS);
            check_nothing_lost(&document, &source).unwrap_or_else(|lost| panic!("{round}: {lost}\n{source:?}"));
        }
    }
}

#[test]
fn hostile_input_yields_no_more_than_it_holds() {
    let units = HOSTILE.iter().map(|unit| (unit, "")).chain(SCANNED.iter().map(|unit| (unit, CLOSERS)));
    for (unit, closers) in units {
        let sizes = [1_000, 2_000].map(|count| {
            let source = unit.repeat(count) + closers;
            let document = markdown::parse(&source, &MarkdownOptions::STANDARD);
            check_shape(&document, source.len()).unwrap_or_else(|wrong| panic!("{unit:?}: {wrong}"));
            size(&document)
        });
        assert!(sizes[1] <= 2 * sizes[0] + 64, "{unit:?} grows from {} to {}", sizes[0], sizes[1]);
    }
}

#[test]
fn hostile_input_yields_pages_that_grow_with_it_and_no_faster() {
    for unit in HOSTILE {
        let [once, twice] = [2_000, 4_000].map(|count| {
            let source = unit.repeat(count);
            let document = markdown::parse(&source, &MarkdownOptions::STANDARD);
            let gemtext = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
            [gemtext.len(), plain::render(&document, &PlainOptions::default(), &AsWritten).len()]
        });
        for (form, once, twice) in [("gemtext", once[0], twice[0]), ("text", once[1], twice[1])] {
            // The numbers of notes get longer.
            assert!(twice <= 2 * once + once / 4 + 256, "{form} of {unit:?} grows from {once} to {twice}");
        }
    }
    // Depth is clamped, which bounds the call stack and the prefix of each line.
    let deep = "> ".repeat(40_000) + "at the bottom";
    let document = markdown::parse(&deep, &MarkdownOptions::STANDARD);
    let page = gemtext::render(&document, &GemtextOptions::default(), &AsWritten);
    assert_eq!(page, "> > > at the bottom\n");
}

#[test]
fn markup_beyond_the_limit_is_kept_as_preformatted_text() {
    for unit in ["[[a]] ", "[a](b) ", "* x\n", "a\n\n", "[", "<a", "$", "https://a.b ", "<video src=a>"] {
        let source = unit.repeat((4 << 20) / unit.len());
        let document = markdown::parse(&source, &MarkdownOptions::STANDARD);
        let Some(Block::Code(rest)) = document.blocks.last() else { panic!("{unit:?}") };
        assert!(document.links.len() < 200_000 && document.nodes().inlines().count() < 700_000, "{unit:?}");
        assert!(source.ends_with(&format!("{}{}", rest.text, &source[source.trim_end_matches('\n').len()..])));
        let whats: Vec<&str> = document.notices.iter().map(|notice| &*notice.what).collect();
        assert_eq!(whats, ["the rest of the essay has too much markup and is shown as written"], "{unit:?}");
    }
    let words = "words that go on for a while, as they do in a book, ".repeat(8);
    let prose = format!("The *title*: {words}[a link](https://a.example/b),\n`code` and {words}.\n\n");
    let prose = prose.repeat((4 << 20) / prose.len());
    assert!(markdown::parse(&prose, &MarkdownOptions::STANDARD).notices.is_empty());
    let lines = native::parse(&"=> a\n".repeat(800_000)).blocks.len();
    assert!(lines < 200_000, "{lines}");
}

#[test]
fn notices_beyond_the_limit_are_counted() {
    let source = "{{< a >}}\n\n<Foo/>\n\n".repeat(1_000);
    let notices = markdown::parse(&source, &MarkdownOptions::STANDARD).notices;
    assert_eq!(notices.len(), 101);
    let last = &notices[100].what;
    assert_eq!(last, "1900 more elements, components or template tags are left out");
}

const TOKENS: &[&str] = &[
    "word",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    "*",
    "**",
    "_",
    "~~",
    "`",
    "```",
    "~~~\n",
    "# ",
    "## ",
    "> ",
    "- ",
    "1. ",
    "    ",
    "\t",
    "[a](b)",
    "[",
    "](c)",
    "![",
    "![p](q)",
    "[[w]]",
    "[[w|l]]",
    "![[x.png]]",
    "[^1]",
    "[^1]: ",
    "[^n]",
    "[^n]: ",
    "[r]",
    "[r]: d\n",
    "https://a.b/c",
    "<https://a.b>",
    "mailto:a@b",
    "$",
    "$$",
    "| a | b |\n",
    "|-|-|\n",
    "|",
    ": ",
    "\n: ",
    "---\n",
    "===\n",
    "***\n",
    "\\",
    "&amp;",
    "<b>",
    "</b>",
    "<a href=x>",
    "</a>",
    "<p>",
    "</p>",
    "<ul>",
    "<li>",
    "</ul>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "<figure>",
    "</figure>",
    "<figcaption>",
    "</figcaption>",
    "<h2>",
    "</h2>",
    "<br>",
    "<img src=i>",
    "<!-- ",
    " -->",
    "<script>",
    "</script>",
    "<sup>",
    "</sup>",
    "<code>",
    "</code>",
    "<T>",
    "<Foo>",
    "</Foo>",
    "<table>",
    "<tr>",
    "<td>",
    "<iframe src=f>",
    "[!note] ",
    "> [!tip] ",
    "- [ ] ",
    "- [x] ",
    "{{< a >}}",
    "{{< highlight x >}}",
    "{{< /highlight >}}",
    "{% b %}",
    "{% raw %}",
    "{% endraw %}",
    "{{",
    "{%",
    "{#id}",
    "日本",
    "é",
    "\r\n",
    "\u{feff}",
    "\0",
    "\u{301}",
    "<",
    "\"",
    "'",
];

/// Checks what must hold for every document.
fn check_shape(document: &Document<'_>, length: usize) -> Result<(), String> {
    for notice in &document.notices {
        if notice.what.contains("could not be read") {
            return Err("reading panicked".to_owned());
        }
        within("notice", notice.offset, length)?;
    }
    for link in &document.links {
        within("link", link.offset, length)?;
    }
    check_blocks(&document.blocks, document, length, 0)?;
    for note in &document.footnotes {
        check_blocks(&note.blocks, document, length, 0)?;
    }
    let mut next = 1;
    for number in Nodes::new(document.blocks.iter()).inlines().filter_map(note_number) {
        if number > next {
            return Err(format!("note {number} is referred to before note {next}"));
        }
        next = next.max(number + 1);
    }
    Ok(())
}

fn check_blocks(blocks: &[Block<'_>], document: &Document<'_>, length: usize, depth: usize) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Err(format!("{depth} containers deep"));
    }
    let text = |text: &Text<'_>| check_text(text, document, length);
    for block in blocks {
        match block {
            Block::Heading { level, text: words } => {
                if !(1..=6).contains(level) || words.is_empty() {
                    return Err(format!("a heading of level {level} with {words:?}"));
                }
                text(words)?;
            }
            Block::Paragraph(words) => {
                if words.is_empty() {
                    return Err("an empty paragraph".to_owned());
                }
                text(words)?;
            }
            Block::Quote { alert, blocks } => {
                alert.iter().try_for_each(|alert| text(&alert.title))?;
                check_blocks(blocks, document, length, depth + 1)?;
            }
            Block::List(list) => {
                if list.items.is_empty() {
                    return Err("a list without items".to_owned());
                }
                for item in &list.items {
                    check_blocks(&item.blocks, document, length, depth + 1)?;
                }
            }
            Block::Definitions(definitions) => {
                for definition in definitions {
                    text(&definition.term)?;
                    for meaning in &definition.meanings {
                        check_blocks(meaning, document, length, depth + 1)?;
                    }
                }
            }
            Block::Table(table) => {
                let columns = table.alignments.len();
                for row in std::iter::once(&table.header).chain(&table.rows) {
                    if row.len() != columns {
                        return Err(format!("{} cells in {columns} columns", row.len()));
                    }
                    row.iter().try_for_each(text)?;
                }
            }
            Block::Code(_) | Block::Rule => {}
        }
    }
    Ok(())
}

fn check_text(text: &Text<'_>, document: &Document<'_>, length: usize) -> Result<(), String> {
    let mut open = Vec::new();
    for inline in text {
        match inline {
            Inline::Open(mark) => open.push(Some(*mark)),
            Inline::Close(mark) if open.pop() != Some(Some(*mark)) => {
                return Err(format!("marks cross in {text:?}"));
            }
            Inline::LinkOpen(id) => {
                if open.contains(&None) || id.0 as usize >= document.links.len() {
                    return Err(format!("links nest or have no target in {text:?}"));
                }
                open.push(None);
            }
            Inline::LinkClose if open.pop() != Some(None) => return Err(format!("links cross in {text:?}")),
            Inline::Text(words) | Inline::Code(words) if words.contains('\n') => {
                return Err(format!("a line break in {words:?}"));
            }
            Inline::Image(image) => within("picture", image.offset, length)?,
            Inline::FootnoteRef(number) => {
                within("note", (*number as usize).wrapping_sub(1), document.footnotes.len())?;
            }
            _ => {}
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("something is never closed in {text:?}")) }
}

fn within(what: &str, offset: usize, length: usize) -> Result<(), String> {
    if offset < length { Ok(()) } else { Err(format!("{what} {offset} of {length}")) }
}

/// Compares the words and links with those of the bare parser. Notes are in another place than in the source, so the
/// letters of documents with notes are only counted.
fn check_nothing_lost(document: &Document<'_>, source: &str) -> Result<(), String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM;
    let mut said = String::new();
    let mut destinations = Vec::new();
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                said.push_str(&text);
            }
            Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, .. }) => {
                destinations.push(format!("mailto:{dest_url}"));
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                destinations.push(dest_url.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            _ => {}
        }
    }
    let said = letters(&said.replace("{#id}", ""));
    let kept = letters(&letters_of_document(document));
    if document.footnotes.is_empty() {
        let mut rest = kept.chars();
        for (index, letter) in said.chars().enumerate() {
            if !rest.any(|c| c == letter) {
                let around: String = said.chars().skip(index.saturating_sub(30)).take(60).collect();
                return Err(format!("words are lost near {around:?}"));
            }
        }
    } else {
        let count = |text: &str| {
            text.chars().fold(BTreeMap::<char, usize>::new(), |mut counts, c| {
                *counts.entry(c).or_default() += 1;
                counts
            })
        };
        let kept = count(&kept);
        if let Some((c, _)) = count(&said).iter().find(|(c, count)| kept.get(c).is_none_or(|kept| kept < count)) {
            return Err(format!("some of {c:?} is lost"));
        }
    }
    let lost = destinations.iter().find(|wanted| {
        document.links.iter().all(|link| link.destination.split_whitespace().collect::<Vec<_>>().join(" ") != **wanted)
    });
    lost.map_or(Ok(()), |lost| Err(format!("the link to {lost:?} is lost")))
}

/// Returns the letters and digits in lower case, raised and lowered digits as plain ones.
fn letters(text: &str) -> String {
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉";
    let level = |c: char| {
        let digit = RAISED.chars().zip('0'..='9').chain(LOWERED.chars().zip('0'..='9'));
        digit.into_iter().find(|(shifted, _)| *shifted == c).map_or(c, |(_, digit)| digit)
    };
    text.chars()
        .map(|c| if c.is_ascii() { c } else { level(c) })
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn letters_of_document(document: &Document<'_>) -> String {
    let mut out = String::new();
    for node in document.nodes() {
        match node {
            Node::Block(Block::Code(code)) => out.push_str(&code.text),
            Node::Block(Block::Quote { alert: Some(alert), .. }) => out.push_str(&alert.kind),
            Node::Block(_) => {}
            Node::Texts(texts) => texts.iter().for_each(|text| letters_of_text(text, &mut out)),
        }
    }
    out
}

fn letters_of_text(text: &Text<'_>, out: &mut String) {
    for inline in text {
        match inline {
            Inline::Text(words) | Inline::Code(words) => out.push_str(words),
            Inline::Image(image) => {
                out.push_str(&image.alt);
                out.push_str(&image.title);
                out.push_str(&image.source);
            }
            _ => {}
        }
    }
}

fn note_number(inline: &Inline<'_>) -> Option<u32> {
    match inline {
        Inline::FootnoteRef(number) => Some(*number),
        _ => None,
    }
}

/// Returns the number of pieces in a document plus the length of its words.
fn size(document: &Document<'_>) -> usize {
    let pieces = document.links.len() + document.notices.len() + document.footnotes.len();
    pieces + document.nodes().inlines().count() + letters_of_document(document).len()
}

/// A reproducible generator of pseudorandom numbers (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("below a usize")
    }
}
