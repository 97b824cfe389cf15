//! Plain text from documents built by hand.

use lamplit::markup::{Block, Code, Document, Image, Inline, Item, Link, LinkId, LinkKind, List};
use lamplit::render::plain::{PlainOptions, for_gopher, render};
use testkit::AsWritten;

fn check(document: &Document<'_>, width: usize, expected: &str) {
    let options = PlainOptions { width, ..PlainOptions::default() };
    assert_eq!(render(document, &options, &AsWritten), expected);
}

fn page(blocks: Vec<Block<'_>>) -> Document<'_> {
    Document { blocks, ..Document::default() }
}

fn words(text: &str) -> Block<'_> {
    Block::Paragraph(vec![Inline::Text(text.into())])
}

#[test]
fn paragraphs_are_wrapped_and_separated() {
    check(&page(vec![]), 10, "");
    check(&page(vec![words("one two three"), words("four")]), 8, "one two\nthree\n\nfour\n");
    check(&page(vec![words("a\tb\u{1b}c")]), 8, "a bc\n");
}

#[test]
fn empty_line_before_a_quotation_has_no_mark() {
    let quote = Block::Quote { alert: None, blocks: vec![words("one two"), words("three")] };
    check(&page(vec![words("x"), quote, words("y")]), 7, "x\n\n> one\n> two\n>\n> three\n\ny\n");
}

#[test]
fn items_have_hanging_indentation() {
    let item = |text| Item { task: None, blocks: vec![words(text)] };
    let inner = Block::List(List { start: None, items: vec![item("five six")] });
    let outer = Item { task: Some(true), blocks: vec![words("three four"), inner] };
    let list = Block::List(List { start: Some(9), items: vec![item("one two"), outer] });
    check(&page(vec![list]), 13, "9. one two\n10. [x] three\n        four\n        * five\n          six\n");
}

#[test]
fn adjacent_brackets_are_separated() {
    let picture = |alt: &'static str| {
        let image = Image { source: alt.into(), alt: alt.into(), title: "".into(), offset: 0 };
        Inline::Image(Box::new(image))
    };
    let paragraph = Block::Paragraph(vec![picture("a"), picture("b"), Inline::Text("c".into()), picture("d")]);
    check(
        &page(vec![paragraph]),
        80,
        "[image: a] [1] [image: b] [2]c[image: d] [3]\n\nReferences\n----------\n\n[1] a\n[2] b\n[3] d\n",
    );
}

#[test]
fn one_destination_has_one_number() {
    let link = |destination: &'static str| Link {
        destination: destination.into(),
        title: "".into(),
        kind: LinkKind::Labelled,
        offset: 0,
    };
    let mut text = Vec::new();
    for id in 0..3 {
        text.extend([Inline::LinkOpen(LinkId(id)), Inline::Text("x".into()), Inline::LinkClose]);
    }
    let document = Document {
        blocks: vec![Block::Paragraph(text)],
        links: vec![link("a"), link("b c"), link("a")],
        ..Document::default()
    };
    check(&document, 67, "x [1]x [2]x [1]\n\nReferences\n----------\n\n[1] a\n[2] b%20c\n");
}

#[test]
fn code_is_indented_and_never_wrapped() {
    for (code, expected) in [
        ("a\n\n\tb and a long line", "    a\n\n        b and a long line\n"),
        ("\n \n  a\n\n\n b\n\n\t\n", "      a\n\n\n     b\n"),
        ("\n\u{1b}\n", ""),
    ] {
        let code = Code { language: "".into(), text: code.into() };
        check(&page(vec![Block::Code(code)]), 8, expected);
    }
}

#[test]
fn heading_without_visible_text_is_not_written() {
    for text in ["\u{1b}", "\u{1}\u{2} "] {
        let heading = Block::Heading { level: 1, text: vec![Inline::Text(text.into())] };
        check(&page(vec![heading, words("x")]), 8, "x\n");
    }
}

#[test]
fn text_for_gopher_has_no_line_that_starts_with_a_dot() {
    for (text, wire) in [
        ("", ""),
        ("a\nb\n", "a\r\nb\r\n"),
        (".\n..a\n .b\n", " .\r\n ..a\r\n .b\r\n"),
        ("a\r\nb\u{1b}[0m", "a\r\nb[0m\r\n"),
    ] {
        assert_eq!(for_gopher(text), wire);
    }
}
