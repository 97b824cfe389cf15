//! What the renderer writes is read back as it was meant.

use lamplit::markup::{Block, Code, Document, Inline};
use lamplit::render::gemtext::{self, GemtextOptions};

use testkit::AsWritten;
use testkit::classifier::{Line, assert_well_formed, classify};

/// Every short sequence of the pieces that lines of other types are made of stays a paragraph.
#[test]
fn prose_stays_prose_whatever_it_starts_with() {
    let pieces =
        ["=>", "```", "#", ">", "*", "* ", " ", "\t", "=", "`", "a", "- ", "1. ", "\u{1b}", "\u{a0}", "東"];
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
                let page = gemtext::render(&document, &GemtextOptions::standard(), &AsWritten);
                assert_well_formed(&page);
                for line in classify(&page) {
                    assert!(matches!(line, Line::Text(_)), "{first:?} {second:?} {third:?} became {line:?}");
                }
            }
        }
    }
}

#[test]
fn code_comes_back_as_it_went_in() {
    for code in ["", "a\n\n\n  b", "# x\n=> y\n* z\n> q", "x\n\ty", " ```", "``"] {
        let block = Code { language: "rust".into(), text: code.into() };
        let document = Document { blocks: vec![Block::Code(block)], ..Document::default() };
        let page = gemtext::render(&document, &GemtextOptions::standard(), &AsWritten);
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

/// Control characters go, and what they hid does not become a fence.
#[test]
fn code_stays_inside_its_fences() {
    for code in ["```", "```x", "\u{1b}```", "a\n\u{7}\u{9b}```\nb"] {
        let block = Code { language: "".into(), text: code.into() };
        let document = Document { blocks: vec![Block::Code(block)], ..Document::default() };
        let page = gemtext::render(&document, &GemtextOptions::standard(), &AsWritten);
        assert_well_formed(&page);
        let fences = classify(&page).iter().filter(|line| matches!(line, Line::Toggle { .. })).count();
        assert_eq!(fences, 2, "{code:?} became\n{page}");
    }
}
