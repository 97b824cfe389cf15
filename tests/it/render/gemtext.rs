//! Gemtext from documents built by hand.

use lamplit::markup::{Block, Document, Image, Inline, Item, Link, LinkId, LinkKind, List, MAX_DEPTH, Mark};
use lamplit::render::gemtext::{Emphasis, GemtextOptions, LinkMarkers, LinkPlacement, render};
use testkit::AsWritten;

/// A builder of documents from texts with links such as `[label](destination)`.
#[derive(Default)]
struct Builder {
    links: Vec<Link<'static>>,
}

impl Builder {
    fn text(&mut self, source: &'static str) -> Vec<Inline<'static>> {
        let mut text = Vec::new();
        let mut rest = source;
        while let Some((before, link)) = rest.split_once('[') {
            let (label, link) = link.split_once("](").expect("a link");
            let (destination, behind) = link.split_once(')').expect("a link");
            let (destination, title) = destination.split_once('|').unwrap_or((destination, ""));
            let id = LinkId(u32::try_from(self.links.len()).expect("few"));
            let kind = LinkKind::Labelled;
            self.links.push(Link { destination: destination.into(), title: title.into(), kind, offset: 0 });
            if !before.is_empty() {
                text.push(Inline::Text(before.into()));
            }
            text.extend([Inline::LinkOpen(id), Inline::Text(label.into()), Inline::LinkClose]);
            rest = behind;
        }
        if !rest.is_empty() {
            text.push(Inline::Text(rest.into()));
        }
        text
    }

    fn paragraph(&mut self, source: &'static str) -> Block<'static> {
        Block::Paragraph(self.text(source))
    }

    fn item(&mut self, source: &'static str) -> Item<'static> {
        Item { task: None, blocks: vec![self.paragraph(source)] }
    }

    fn page(self, blocks: Vec<Block<'static>>) -> Document<'static> {
        Document { blocks, links: self.links, ..Document::default() }
    }
}

fn check_with(options: &GemtextOptions, document: &Document<'_>, expected: &str) {
    assert_eq!(render(document, options, &AsWritten), expected);
}

fn check_paragraphs(options: &GemtextOptions, sources: &[&'static str], expected: &str) {
    let mut builder = Builder::default();
    let blocks = sources.iter().map(|source| builder.paragraph(source)).collect();
    check_with(options, &builder.page(blocks), expected);
}

#[test]
fn link_lines_follow_their_paragraph() {
    let standard = GemtextOptions::default();
    let rows: &[(&[&'static str], &str)] = &[
        (&[], ""),
        (&["one", "two"], "one\n\ntwo\n"),
        (&["see [a](x) there", "next"], "see a there\n\n=> x a\n\nnext\n"),
        (&["see [a](x) and [b](x) there"], "see a and b there\n\n=> x a\n"),
        (&["is [here](https://www.example.org/a)"], "is here\n\n=> https://www.example.org/a here (example.org)\n"),
        (&["is [this](a/b.gmi)"], "is this\n\n=> a/b.gmi this (b.gmi)\n"),
        (&["is [here](x|The title)"], "is here\n\n=> x here (The title)\n"),
        (&["[v](a/1) or [v](a/2) then"], "v or v then\n\n=> a/1 v (1)\n=> a/2 v (2)\n"),
        (&["at [https://a.b/](https://a.b/) now"], "at https://a.b/ now\n\n=> https://a.b/\n"),
        (&["a [](x) b"], "a  b\n\n=> x\n"),
        (&["a [](x|Title) b"], "a  b\n\n=> x Title\n"),
        (&["a [part](#part) b"], "a part b\n"),
        (&["a [b](x y<z>\"ü) c"], "a b c\n\n=> x%20y%3Cz%3E%22%C3%BC b\n"),
        (&["a [b](https://bücher.example/ü?ö)"], "a b\n\n=> https://xn--bcher-kva.example/%C3%BC?%C3%B6 b\n"),
        (&["a [b](mailto:k@bücher.example)"], "a b\n\n=> mailto:k@xn--bcher-kva.example b\n"),
        (&["[a](x), [b](y).", "[c](z)", "end"], "=> x a\n=> y b\n=> z c\n\nend\n"),
        (&["[a](x) [b](x) [a](x) [](x)"], "=> x a\n=> x b\n"),
    ];
    for (sources, expected) in rows {
        check_paragraphs(&standard, sources, expected);
    }
}

#[test]
fn link_lines_follow_the_placement_option() {
    let at = |links| GemtextOptions { links, ..GemtextOptions::default() };
    for (links, expected) in [
        (LinkPlacement::Block, "see a now\n\n=> x a\n\n## T\n\nend\n"),
        (LinkPlacement::Section, "see a now\n\n=> x a\n\n## T\n\nend\n"),
        (LinkPlacement::End, "see a now\n\n## T\n\nend\n\n=> x a\n"),
        (LinkPlacement::Off, "see a now\n\n## T\n\nend\n"),
    ] {
        let mut builder = Builder::default();
        let first = builder.paragraph("see [a](x) now");
        let heading = Block::Heading { level: 2, text: builder.text("T") };
        let last = builder.paragraph("end");
        check_with(&at(links), &builder.page(vec![first, heading, last]), expected);
    }
    let numbered = GemtextOptions { link_markers: LinkMarkers::Number, ..GemtextOptions::default() };
    check_paragraphs(
        &numbered,
        &["see [a](x) now", "and [b](y), [a](x) so"],
        "see a [1] now\n\n=> x [1] a\n\nand b [2], a [1] so\n\n=> y [2] b\n=> x [1] a\n",
    );
}

#[test]
fn line_without_visible_text_is_not_written() {
    for text in ["\u{1b}", "\u{2}\u{a0} \u{6}", "\u{3000}"] {
        for block in [
            Block::Heading { level: 1, text: vec![Inline::Text(text.into())] },
            Block::Paragraph(vec![Inline::Text(text.into())]),
        ] {
            let page = Builder::default().page(vec![block, Block::Paragraph(vec![Inline::Text("x".into())])]);
            check_with(&GemtextOptions::default(), &page, "x\n");
        }
    }
}

#[test]
fn list_of_links_becomes_link_lines() {
    let list = |sources: &[&'static str]| {
        let mut builder = Builder::default();
        let items = sources.iter().map(|source| builder.item(source)).collect();
        builder.page(vec![Block::List(List { start: None, items })])
    };
    let standard = GemtextOptions::default();
    check_with(&standard, &list(&["[a](x) first", "[b](y)"]), "=> x a first\n=> y b\n");
    check_with(&standard, &list(&["see [a](x)", "[b](y)"]), "* see a\n* b\n\n=> x a\n=> y b\n");
    check_with(&standard, &list(&["[http://a/](http://a/) – first"]), "=> http://a/ first\n");
}

#[test]
fn image_has_a_link_line() {
    let image = |source: &'static str, alt: &'static str| {
        let image = Image { source: source.into(), alt: alt.into(), title: "".into(), offset: 0 };
        Inline::Image(Box::new(image))
    };
    let standard = GemtextOptions::default();
    let alone = |image| Builder::default().page(vec![Block::Paragraph(vec![image])]);
    check_with(&standard, &alone(image("a/b.jpg", "A cat")), "=> a/b.jpg A cat [image]\n");
    check_with(&standard, &alone(image("a/b.jpg", "")), "=> a/b.jpg b [image]\n");
    check_with(&standard, &alone(image("data:image/png;base64,AAAA", "A cat")), "[A cat]\n");
    let two = vec![image("a.jpg", "A cat"), image("a.jpg", "Again"), image("a.jpg", "A cat")];
    let expected = "=> a.jpg A cat [image]\n=> a.jpg Again [image]\n";
    check_with(&standard, &Builder::default().page(vec![Block::Paragraph(two)]), expected);
    let off = GemtextOptions { links: LinkPlacement::Off, ..standard };
    let sentence = vec![Inline::Text("see ".into()), image("c.png", "it"), Inline::Text(" now".into())];
    check_with(
        &off,
        &Builder::default().page(vec![Block::Paragraph(sentence)]),
        "see [it] now\n\n=> c.png it [image]\n",
    );
}

#[test]
fn unknown_wiki_link_is_written_like_its_source() {
    for (kind, expected) in [(LinkKind::Wiki, "[[the bin]]\n"), (LinkKind::WikiLabelled, "the bin\n")] {
        let link = Link { destination: "the bin".into(), title: "".into(), kind, offset: 0 };
        let text = vec![Inline::LinkOpen(LinkId(0)), Inline::Text("the bin".into()), Inline::LinkClose];
        let blocks = vec![Block::Paragraph(text)];
        let document = Document { blocks, links: vec![link], ..Document::default() };
        check_with(&GemtextOptions::default(), &document, expected);
    }
}

#[test]
fn line_end_between_wide_characters_is_dropped() {
    for (before, after, expected) in [
        ("one", "two", "one two\n"),
        ("東", "京", "東京\n"),
        ("東、", "京", "東、京\n"),
        ("東", "x", "東 x\n"),
        ("한", "국", "한 국\n"),
        ("🎉", "🎉", "🎉 🎉\n"),
    ] {
        let text = vec![Inline::Text(before.into()), Inline::SoftBreak, Inline::Text(after.into())];
        let document = Builder::default().page(vec![Block::Paragraph(text)]);
        check_with(&GemtextOptions::default(), &document, expected);
    }
}

#[test]
fn marks_follow_the_emphasis_option() {
    let text = || {
        let mut text = Vec::new();
        for mark in [Mark::Emphasis, Mark::Strong, Mark::Strike] {
            text.extend([Inline::Open(mark), Inline::Text("x".into()), Inline::Close(mark)]);
        }
        text.push(Inline::Code("y".into()));
        Builder::default().page(vec![Block::Paragraph(text)])
    };
    let standard = GemtextOptions::default();
    check_with(&standard, &text(), "xx~~x~~`y`\n");
    check_with(&GemtextOptions { emphasis: Emphasis::Markers, ..standard }, &text(), "_x_*x*~~x~~`y`\n");
}

#[test]
fn nested_item_has_a_dash_for_each_extra_level() {
    let mut builder = Builder::default();
    let inner = Block::List(List { start: None, items: vec![builder.item("b")] });
    let mut outer = builder.item("a");
    outer.blocks.push(inner);
    let page = builder.page(vec![Block::List(List { start: None, items: vec![outer] })]);
    check_with(&GemtextOptions::default(), &page, "* a\n* – b\n");
}

#[test]
fn quotation_has_at_most_three_marks() {
    let mut block = Builder::default().paragraph("x");
    for _ in 0..MAX_DEPTH {
        block = Block::Quote { alert: None, blocks: vec![block] };
    }
    check_with(&GemtextOptions::default(), &Builder::default().page(vec![block]), "> > > x\n");
}

#[test]
fn hundred_thousand_links_are_rendered_in_linear_time() {
    let count: u32 = 100_000;
    let links = (0..count)
        .map(|n| Link { destination: n.to_string().into(), title: "".into(), kind: LinkKind::Labelled, offset: 0 })
        .collect();
    let text = (0..count)
        .flat_map(|n| {
            [Inline::LinkOpen(LinkId(n)), Inline::Text("a label".into()), Inline::LinkClose, Inline::Text(" x ".into())]
        })
        .collect();
    let document = Document { blocks: vec![Block::Paragraph(text)], links, ..Document::default() };
    let page = render(&document, &GemtextOptions::default(), &AsWritten);
    assert_eq!(page.lines().filter(|line| line.starts_with("=> ")).count(), count as usize);
}
