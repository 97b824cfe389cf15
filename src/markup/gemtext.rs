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

/// The document, whose last block the current line may continue.
#[derive(Default)]
struct Reader<'a> {
    document: Document<'a>,
    /// Whether the last block is a paragraph, list or quotation that the next line of its kind belongs to.
    is_open: bool,
    /// Whether the next line of a quotation starts a paragraph.
    starts_paragraph: bool,
}

impl<'a> Reader<'a> {
    fn push(&mut self, block: Block<'a>, is_open: bool) {
        self.document.blocks.push(block);
        self.is_open = is_open;
    }

    fn push_code(&mut self, language: &'a str, text: Cow<'a, str>) {
        self.push(Block::Code(Code { language: Cow::Borrowed(language), text }), false);
    }

    /// Returns the block that is still open.
    fn open(&mut self) -> Option<&mut Block<'a>> {
        self.document.blocks.last_mut().filter(|_| self.is_open)
    }

    fn text(&mut self, line: &'a str) {
        match self.open() {
            _ if line.is_empty() => self.is_open = false,
            Some(Block::Paragraph(text)) => push_line(text, line),
            _ => self.push(paragraph(line), true),
        }
    }

    fn item(&mut self, text: &'a str) {
        let mut items = Vec::new();
        if !text.is_empty() {
            items.push(Item { task: None, blocks: vec![paragraph(text)] });
        }
        match self.open() {
            Some(Block::List(list)) => list.items.append(&mut items),
            _ if items.is_empty() => self.is_open = false,
            _ => self.push(Block::List(List { start: None, items }), true),
        }
    }

    fn quoted(&mut self, line: &'a str) {
        let starts_paragraph = std::mem::replace(&mut self.starts_paragraph, line.is_empty());
        match self.open() {
            Some(Block::Quote { blocks, .. }) => match blocks.last_mut() {
                _ if line.is_empty() => {}
                Some(Block::Paragraph(text)) if !starts_paragraph => push_line(text, line),
                _ => blocks.push(paragraph(line)),
            },
            _ if line.is_empty() => self.is_open = false,
            _ => self.push(Block::Quote { alert: None, blocks: vec![paragraph(line)] }, true),
        }
    }

    fn heading(&mut self, line: &'a str) {
        self.is_open = false;
        let level = line.bytes().take(3).take_while(|&byte| byte == b'#').count();
        let text = line[level..].trim();
        if !text.is_empty() {
            let level = u8::try_from(level).expect("at most 3");
            self.push(Block::Heading { level, text: words(text) }, false);
        }
    }

    /// Reads a link line without its `=>`. A line without an address is dropped.
    fn link(&mut self, rest: &'a str, offset: usize) {
        self.is_open = false;
        if rest.is_empty() {
            return;
        }
        let (destination, label) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
        let label = label.trim_start();
        let (kind, shown) =
            if label.is_empty() { (LinkKind::Bare, destination) } else { (LinkKind::Labelled, label) };
        let id = LinkId(u32::try_from(self.document.links.len()).unwrap_or(u32::MAX));
        let (destination, title) = (Cow::Borrowed(destination), Cow::Borrowed(""));
        self.document.links.push(Link { destination, title, kind, offset });
        let label = Inline::Text(Cow::Borrowed(shown));
        self.push(Block::Paragraph(vec![Inline::LinkOpen(id), label, Inline::LinkClose]), false);
    }
}

fn push_line<'a>(text: &mut Text<'a>, line: &'a str) {
    text.extend([Inline::HardBreak, Inline::Text(Cow::Borrowed(line))]);
}

fn words(text: &str) -> Text<'_> {
    vec![Inline::Text(Cow::Borrowed(text))]
}

fn paragraph(line: &str) -> Block<'_> {
    Block::Paragraph(words(line))
}
