//! What a page says at a glance: its title, its opening, its length, where it leads.

use super::{Block, Document, Inline, Item};

/// The first heading of level 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// Its words.
    pub words: String,
    /// Whether it is the very first block of the page.
    pub opens_page: bool,
}

/// The first heading of level 1 that stands in no container.
pub fn title(document: &Document<'_>) -> Option<Title> {
    document.blocks.iter().enumerate().find_map(|(index, block)| match block {
        Block::Heading { level: 1, text } => Some(Title { words: plain_words(text), opens_page: index == 0 }),
        _ => None,
    })
}

/// The first paragraph that has words and stands in no container, for summaries.
pub fn opening(document: &Document<'_>) -> Option<String> {
    document.blocks.iter().find_map(|block| match block {
        Block::Paragraph(text) => Some(plain_words(text)).filter(|words| !words.is_empty()),
        _ => None,
    })
}

/// How many words the page has, its code and its notes included: runs of anything but white space.
pub fn word_count(document: &Document<'_>) -> usize {
    let notes = document.footnotes.iter().map(|note| words_in(&note.blocks)).sum::<usize>();
    words_in(&document.blocks) + notes
}

/// Where the page leads, as written, in reading order; the same destination as often as it is linked.
pub fn destinations<'d>(document: &'d Document<'_>) -> impl Iterator<Item = &'d str> {
    document.links.iter().map(|link| link.destination.as_ref())
}

/// The words of `text` in one line: marks, links and notes dropped, white space collapsed, pictures by their
/// alternative text.
pub fn plain_words(text: &[Inline<'_>]) -> String {
    let mut words = String::new();
    for inline in text {
        match inline {
            Inline::Text(text) | Inline::Code(text) => push_collapsed(&mut words, text),
            Inline::Image(image) => push_collapsed(&mut words, &image.alt),
            Inline::SoftBreak | Inline::HardBreak => push_collapsed(&mut words, " "),
            Inline::Open(_)
            | Inline::Close(_)
            | Inline::LinkOpen(_)
            | Inline::LinkClose
            | Inline::FootnoteRef(_) => {}
        }
    }
    words.truncate(words.trim_end().len());
    words
}

fn push_collapsed(words: &mut String, text: &str) {
    for (index, word) in text.split(char::is_whitespace).enumerate() {
        if index > 0 && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        words.push_str(word);
    }
}

fn words_in(blocks: &[Block<'_>]) -> usize {
    blocks.iter().map(words_of).sum()
}

/// Recursion is bounded by [`super::MAX_DEPTH`].
fn words_of(block: &Block<'_>) -> usize {
    match block {
        Block::Heading { text, .. } | Block::Paragraph(text) => words_of_text(text),
        Block::Quote { blocks, .. } => words_in(blocks),
        Block::List(list) => list.items.iter().map(|Item { blocks, .. }| words_in(blocks)).sum(),
        Block::Definitions(definitions) => definitions
            .iter()
            .map(|definition| {
                let meanings = definition.meanings.iter().map(|blocks| words_in(blocks)).sum::<usize>();
                words_of_text(&definition.term) + meanings
            })
            .sum(),
        Block::Code(code) => count(&code.text),
        Block::Table(table) => {
            table.header.iter().chain(table.rows.iter().flatten()).map(|cell| words_of_text(cell)).sum()
        }
        Block::Rule => 0,
    }
}

fn words_of_text(text: &[Inline<'_>]) -> usize {
    text.iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => count(text),
            Inline::Image(image) => count(&image.alt),
            _ => 0,
        })
        .sum()
}

fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markup::markdown::{self, MarkdownOptions};

    fn read(source: &str) -> Document<'_> {
        markdown::parse(source, &MarkdownOptions::STANDARD)
    }

    #[test]
    fn the_title_is_the_first_heading_of_level_1() {
        for (source, expected) in [
            ("# A *b* `c`\n\ntext", Some(("A b c", true))),
            ("text\n\n# [A](b)[^1]\n\n[^1]: c", Some(("A", false))),
            ("## A\n\n# B\n\n# C", Some(("B", false))),
            ("## A", None),
            ("> # A", None),
            ("", None),
        ] {
            let found = title(&read(source));
            let found = found.as_ref().map(|title| (title.words.as_str(), title.opens_page));
            assert_eq!(found, expected, "{source:?}");
        }
    }

    #[test]
    fn the_opening_is_the_first_paragraph_with_words() {
        for (source, expected) in [
            ("# A\n\n![](p.png)\n\nOne  *two*\nthree\\\nfour.\n\nFive", Some("One two three four.")),
            ("![alt](p.png)\n\nOne", Some("alt")),
            ("- One\n\n> two\n\n    three", None),
            ("", None),
        ] {
            assert_eq!(opening(&read(source)).as_deref(), expected, "{source:?}");
        }
    }

    #[test]
    fn words_are_counted_everywhere() {
        for (source, expected) in [
            ("# One\n\ntwo *three* [four](x)\nfive `six`", 6),
            ("- one\n  - two\n\n> three\n\n```sh\nfour five\n```", 5),
            ("a|b\n-|-\nc|d e\n\nTerm\n: meaning", 7),
            ("one[^n]\n\n[^n]: two three", 3),
            ("![one two](x)", 2),
            ("", 0),
        ] {
            assert_eq!(word_count(&read(source)), expected, "{source:?}");
        }
    }

    #[test]
    fn destinations_are_listed_in_order() {
        let document = read("[a](x) https://y.example [b](x) [[z]]");
        assert_eq!(destinations(&document).collect::<Vec<_>>(), ["x", "https://y.example", "x", "z"]);
    }
}
