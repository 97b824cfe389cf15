//! Parses native gemtext into a [`Document`], so that protocols other than Gemini can serve it too.
//!
//! The first three characters of a line decide its type (gemtext specification, "Line types"). No line changes the
//! meaning of another but for the preformatting toggle, so parsing cannot fail.

use std::borrow::Cow;

use super::{Block, Code, Document, Inline, Item, Lines, Link, LinkId, LinkKind, List, Text};

/// The most lines that are parsed, which bounds the memory for a text of short lines. What follows is preformatted text.
const MAX_LINES: usize = 150_000;

/// Parses `source`. Adjacent text lines become one paragraph with hard breaks, list items one list, quoted lines one
/// quotation. Each link is a paragraph.
pub fn parse(source: &str) -> Document<'_> {
    let mut reader = Reader::default();
    let mut lines = Lines::from(source, 0);
    for _ in 0..MAX_LINES {
        let Some((offset, line)) = lines.next() else { break };
        if let Some(alt) = line.strip_prefix("```") {
            reader.close();
            let text = preformatted(source, &mut lines);
            reader.push_code(alt.trim(), text);
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
    let rest = source[lines.at()..].trim_end();
    if !rest.is_empty() {
        reader.push_code("", with_line_feeds(rest));
    }
    reader.document
}

/// Returns the lines up to the closing toggle or the end of the text.
fn preformatted<'a>(source: &'a str, lines: &mut Lines<'a>) -> Cow<'a, str> {
    let first = lines.at();
    let mut end = first;
    for (offset, line) in lines.by_ref() {
        if line.starts_with("```") {
            break;
        }
        end = offset + line.len();
    }
    with_line_feeds(&source[first..end])
}

fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

/// The document and the block that the current line may continue.
#[derive(Default)]
struct Reader<'a> {
    document: Document<'a>,
    text: Text<'a>,
    items: Vec<Item<'a>>,
    quoted: Vec<Block<'a>>,
    /// The last paragraph of the quotation; a bare `>` ends it.
    quoted_text: Text<'a>,
}

impl<'a> Reader<'a> {
    fn push_code(&mut self, language: &'a str, text: Cow<'a, str>) {
        self.document.blocks.push(Block::Code(Code { language: Cow::Borrowed(language), text }));
    }

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

    /// Reads a link line without its `=>`. A line without an address is dropped.
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
