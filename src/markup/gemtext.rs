//! Native gemtext becomes a [`Document`], so that readers without Gemini can have it too.
//!
//! The first three characters of a line decide its type (gemtext specification, "Line types"), and nothing
//! a line says changes another line, but for the preformatting toggle. So nothing here can fail.

use std::borrow::Cow;

use super::Lines;
use super::{Block, Code, Document, Inline, Item, Link, LinkId, LinkKind, List, Text};

/// Reads gemtext. Lines of text that follow each other become one paragraph with hard breaks, list items one
/// list, quoted lines one quote, and every link a paragraph of its own.
pub fn parse(source: &str) -> Document<'_> {
    let mut reader = Reader::default();
    let mut lines = Lines::from(source, 0);
    while let Some((offset, line)) = lines.next() {
        if let Some(alt) = line.strip_prefix("```") {
            reader.close();
            let text = preformatted(source, &mut lines);
            reader.document.blocks.push(Block::Code(Code { language: Cow::Borrowed(alt.trim()), text }));
        } else if let Some(rest) = line.strip_prefix("=>") {
            reader.link(rest.trim(), offset);
        } else if line.starts_with('#') {
            reader.heading(line);
        } else if let Some(item) = line.strip_prefix("* ") {
            reader.item(item.trim());
        } else if let Some(quoted) = line.strip_prefix('>') {
            reader.quoted(quoted.trim());
        } else {
            reader.text(line.trim_end());
        }
    }
    reader.close();
    reader.document
}

/// The lines up to the closing toggle or the end, as one piece of the source where its line ends allow.
fn preformatted<'a>(source: &'a str, lines: &mut Lines<'a>) -> Cow<'a, str> {
    let first = lines.at();
    let mut end = first;
    for (offset, line) in lines.by_ref() {
        if line.starts_with("```") {
            break;
        }
        end = offset + line.len();
    }
    let text = &source[first..end];
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// What is being collected while lines of one type follow each other.
#[derive(Default)]
struct Reader<'a> {
    document: Document<'a>,
    text: Text<'a>,
    items: Vec<Item<'a>>,
    quoted: Vec<Block<'a>>,
    /// The paragraph at the end of `quoted`; a bare `>` ends it.
    quoted_text: Text<'a>,
}

impl<'a> Reader<'a> {
    fn text(&mut self, line: &'a str) {
        if line.is_empty() {
            self.close();
            return;
        }
        self.close_items();
        self.close_quote();
        push_line(&mut self.text, line);
    }

    fn item(&mut self, text: &'a str) {
        self.close_text();
        self.close_quote();
        if !text.is_empty() {
            self.items.push(Item { task: None, blocks: vec![Block::Paragraph(words(text))] });
        }
    }

    fn quoted(&mut self, line: &'a str) {
        self.close_text();
        self.close_items();
        if line.is_empty() {
            self.close_quoted_paragraph();
        } else {
            push_line(&mut self.quoted_text, line);
        }
    }

    fn heading(&mut self, line: &'a str) {
        self.close();
        let level = line.bytes().take(3).take_while(|&byte| byte == b'#').count();
        let text = line[level..].trim();
        if !text.is_empty() {
            let level = u8::try_from(level).expect("at most 3");
            self.document.blocks.push(Block::Heading { level, text: words(text) });
        }
    }

    /// `rest` is what follows `=>`. A line without an address says nothing.
    fn link(&mut self, rest: &'a str, offset: usize) {
        self.close();
        if rest.is_empty() {
            return;
        }
        let (destination, label) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let label = label.trim_start();
        let kind = if label.is_empty() { LinkKind::Bare } else { LinkKind::Labelled };
        let id = LinkId(u32::try_from(self.document.links.len()).unwrap_or(u32::MAX));
        self.document.links.push(Link {
            destination: Cow::Borrowed(destination),
            title: Cow::Borrowed(""),
            kind,
            offset,
        });
        let shown = if label.is_empty() { destination } else { label };
        self.document.blocks.push(Block::Paragraph(vec![
            Inline::LinkOpen(id),
            Inline::Text(Cow::Borrowed(shown)),
            Inline::LinkClose,
        ]));
    }

    fn close(&mut self) {
        self.close_text();
        self.close_items();
        self.close_quote();
    }

    fn close_text(&mut self) {
        if !self.text.is_empty() {
            self.document.blocks.push(Block::Paragraph(std::mem::take(&mut self.text)));
        }
    }

    fn close_items(&mut self) {
        if !self.items.is_empty() {
            let items = std::mem::take(&mut self.items);
            self.document.blocks.push(Block::List(List { start: None, items }));
        }
    }

    fn close_quote(&mut self) {
        self.close_quoted_paragraph();
        if !self.quoted.is_empty() {
            let blocks = std::mem::take(&mut self.quoted);
            self.document.blocks.push(Block::Quote { alert: None, blocks });
        }
    }

    fn close_quoted_paragraph(&mut self) {
        if !self.quoted_text.is_empty() {
            self.quoted.push(Block::Paragraph(std::mem::take(&mut self.quoted_text)));
        }
    }
}

fn push_line<'a>(text: &mut Text<'a>, line: &'a str) {
    if !text.is_empty() {
        text.push(Inline::HardBreak);
    }
    text.push(Inline::Text(Cow::Borrowed(line)));
}

fn words(text: &str) -> Text<'_> {
    vec![Inline::Text(Cow::Borrowed(text))]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> Inline<'_> {
        Inline::Text(Cow::Borrowed(words))
    }

    fn paragraph(words: &str) -> Block<'_> {
        Block::Paragraph(vec![line(words)])
    }

    #[test]
    fn every_line_type_becomes_a_block() {
        let heading = |level, text| Block::Heading { level, text: vec![line(text)] };
        let code = |language, text| {
            Block::Code(Code { language: Cow::Borrowed(language), text: Cow::Borrowed(text) })
        };
        let item = |words| Item { task: None, blocks: vec![paragraph(words)] };
        let list = |items| Block::List(List { start: None, items });
        let quote = |blocks| Block::Quote { alert: None, blocks };
        for (source, expected) in [
            (
                "# One\n##Two\n### Three\n#### Four\n#\n",
                vec![heading(1, "One"), heading(2, "Two"), heading(3, "Three"), heading(3, "# Four")],
            ),
            (
                "one\ntwo\n\n\nthree",
                vec![Block::Paragraph(vec![line("one"), Inline::HardBreak, line("two")]), paragraph("three")],
            ),
            (
                "* one\n*two\n* three\n* \n* four",
                vec![list(vec![item("one")]), paragraph("*two"), list(vec![item("three"), item("four")])],
            ),
            (
                ">one\n> two\n>\n> three",
                vec![quote(vec![
                    Block::Paragraph(vec![line("one"), Inline::HardBreak, line("two")]),
                    paragraph("three"),
                ])],
            ),
            ("```sh\n=> a\n\n* b\n```ignored\nc", vec![code("sh", "=> a\n\n* b"), paragraph("c")]),
            ("```\r\na\r\nb\r\n```\r\n", vec![code("", "a\nb")]),
            ("```\nnever closed\n", vec![code("", "never closed")]),
            ("```\n```\n", vec![code("", "")]),
            ("=>\n=> \n", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(parse(source).blocks, expected, "{source:?}");
        }
    }

    #[test]
    fn links_stand_alone() {
        let document = parse("before\n=> gemini://a.example/  A label\n=>b.gmi\n=>\tc\tC\nafter");
        let found: Vec<_> =
            document.links.iter().map(|link| (link.destination.as_ref(), link.kind, link.offset)).collect();
        assert_eq!(
            found,
            [
                ("gemini://a.example/", LinkKind::Labelled, 7),
                ("b.gmi", LinkKind::Bare, 39),
                ("c", LinkKind::Labelled, 47),
            ]
        );
        assert_eq!(document.blocks.len(), 5);
        assert_eq!(
            document.blocks[1],
            Block::Paragraph(vec![Inline::LinkOpen(LinkId(0)), line("A label"), Inline::LinkClose])
        );
    }
}
