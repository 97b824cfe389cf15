//! Parses native gemtext into a [`Document`], so that protocols other than Gemini can serve it too.
//!
//! Each line has its type from its first three characters (gemtext specification, "Line types"): parsing cannot fail.

use std::borrow::Cow;

use super::{Block, Code, Document, Inline, Item, Link, LinkId, LinkKind, List, lines};

/// The most lines that are parsed, which bounds the memory for a text of short lines. What follows is preformatted.
const MAX_LINES: usize = 150_000;

/// Parses `source`. Adjacent lines of text, items or quotes become one block; each link is a paragraph.
pub fn parse(source: &str) -> Document<'_> {
    let end = lines(source).nth(MAX_LINES).map_or(source.len(), |(at, _)| at);
    let (read, rest) = source.split_at(end);
    let mut document = Document::default();
    let mut lines = lines(read).peekable();
    while let Some((at, line)) = lines.next() {
        // Returns this line and those after it of its kind, without what marks them.
        let mut group = |content: fn(&str) -> Option<&str>| -> Vec<&str> {
            let next = || content(lines.peek()?.1).inspect(|_| _ = lines.next());
            content(line).into_iter().chain(std::iter::from_fn(next)).collect()
        };
        let block = match line.as_bytes() {
            [b'`', b'`', b'`', ..] => {
                let first = lines.peek().map_or(end, |(at, _)| *at);
                let last = lines.by_ref().take_while(|(_, line)| !line.starts_with("```")).last();
                let text = &source[first..last.map_or(first, |(at, line)| at + line.len())];
                Some(code(line[3..].trim(), text))
            }
            [b'=', b'>', ..] => link(line[2..].trim(), at, &mut document.links),
            [b'#', ..] => heading(line),
            [b'*', b' ', ..] => list(&group(|line| line.strip_prefix("* ").map(str::trim))),
            [b'>', ..] => quotation(&group(|line| line.strip_prefix('>').map(str::trim))),
            _ => paragraph(&group(text_line)),
        };
        document.blocks.extend(block);
    }
    let rest = rest.trim_end();
    document.blocks.extend((!rest.is_empty()).then(|| code("", rest)));
    document
}

fn code<'a>(language: &'a str, text: &'a str) -> Block<'a> {
    let text = if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) };
    Block::Code(Code { language: Cow::Borrowed(language), text })
}

/// Reads a link line without its `=>`. A line without an address is dropped.
fn link<'a>(line: &'a str, offset: usize, links: &mut Vec<Link<'a>>) -> Option<Block<'a>> {
    let (destination, label) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let (kind, label) = match (destination, label.trim_start()) {
        ("", _) => return None,
        (_, "") => (LinkKind::Bare, destination),
        (_, label) => (LinkKind::Labelled, label),
    };
    let id = LinkId(u32::try_from(links.len()).unwrap_or(u32::MAX));
    links.push(Link { destination: Cow::Borrowed(destination), title: Cow::Borrowed(""), kind, offset });
    Some(Block::Paragraph(vec![Inline::LinkOpen(id), words(label), Inline::LinkClose]))
}

fn heading(line: &str) -> Option<Block<'_>> {
    let level = line.bytes().take(3).map(|byte| u8::from(byte == b'#')).take_while(|one| *one > 0).sum();
    let text = line[usize::from(level)..].trim();
    (!text.is_empty()).then(|| Block::Heading { level, text: vec![words(text)] })
}

fn list<'a>(items: &[&'a str]) -> Option<Block<'a>> {
    let items = items.iter().filter_map(|item| paragraph(&[item]));
    let items: Vec<_> = items.map(|text| Item { task: None, blocks: vec![text] }).collect();
    (!items.is_empty()).then_some(Block::List(List { start: None, items }))
}

fn quotation<'a>(lines: &[&'a str]) -> Option<Block<'a>> {
    let blocks: Vec<_> = lines.split(|line| line.is_empty()).filter_map(paragraph).collect();
    (!blocks.is_empty()).then_some(Block::Quote { alert: None, blocks })
}

/// Returns a paragraph of `lines`, unless all of them are empty.
fn paragraph<'a>(lines: &[&'a str]) -> Option<Block<'a>> {
    let text = lines.iter().flat_map(|line| [Inline::HardBreak, words(line)]).skip(1).collect();
    lines.iter().any(|line| !line.is_empty()).then_some(Block::Paragraph(text))
}

/// Returns the words of `line` if it is a line of text and not blank.
fn text_line(line: &str) -> Option<&str> {
    let is_other = ["```", "=>", "#", "* ", ">"].iter().any(|sign| line.starts_with(sign));
    Some(line.trim_end()).filter(|words| !is_other && !words.is_empty())
}

fn words(text: &str) -> Inline<'_> {
    Inline::Text(Cow::Borrowed(text))
}
