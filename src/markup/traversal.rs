//! One iterator over the blocks and texts of a [`Document`], and what is found with it.

use super::{Block, Document, Image, Inline, Text};

/// What [`Nodes`] yields.
#[derive(Debug, Clone, Copy)]
pub enum Node<'d, 'a> {
    /// A block; the texts and blocks in it follow.
    Block(&'d Block<'a>),
    /// The text of a heading or paragraph, the title of an alert, a defined term, or the cells of one table row.
    Texts(&'d [Text<'a>]),
}

/// An iterator over blocks and their contents in reading order, parents before children.
pub struct Nodes<'d, 'a> {
    /// The nodes that are known and not yet returned, the next one last.
    pending: Vec<Node<'d, 'a>>,
}

impl<'d, 'a> Nodes<'d, 'a> {
    /// Starts at the first of `blocks`.
    pub fn new(blocks: impl DoubleEndedIterator<Item = &'d Block<'a>>) -> Self {
        Self { pending: blocks.rev().map(Node::Block).collect() }
    }

    /// Returns the pieces of all texts.
    pub fn inlines(self) -> impl Iterator<Item = &'d Inline<'a>> {
        self.filter_map(|node| if let Node::Texts(texts) = node { Some(texts) } else { None }).flatten().flatten()
    }

    fn push_children(&mut self, block: &'d Block<'a>) {
        let one = |text: &'d Text<'a>| Node::Texts(std::slice::from_ref(text));
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => self.pending.push(one(text)),
            Block::Quote { alert, blocks } => {
                self.pending.extend(alert.iter().map(|alert| one(&alert.title)));
                self.pending.extend(blocks.iter().map(Node::Block));
            }
            Block::List(list) => self.pending.extend(list.items.iter().flat_map(|item| &item.blocks).map(Node::Block)),
            Block::Definitions(definitions) => {
                for definition in definitions {
                    self.pending.push(one(&definition.term));
                    self.pending.extend(definition.meanings.iter().flatten().map(Node::Block));
                }
            }
            Block::Table(table) => {
                self.pending.push(Node::Texts(&table.header));
                self.pending.extend(table.rows.iter().map(|cells| Node::Texts(cells)));
            }
            Block::Code(_) | Block::Rule => {}
        }
    }
}

impl<'d, 'a> Iterator for Nodes<'d, 'a> {
    type Item = Node<'d, 'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let node = self.pending.pop()?;
        if let Node::Block(block) = node {
            let first = self.pending.len();
            self.push_children(block);
            self.pending[first..].reverse();
        }
        Some(node)
    }
}

impl<'a> Document<'a> {
    /// Returns the blocks and texts of the document in reading order, footnotes last.
    pub fn nodes(&self) -> Nodes<'_, 'a> {
        Nodes::new(self.blocks.iter().chain(self.footnotes.iter().flat_map(|note| &note.blocks)))
    }

    /// Returns the pictures of the document in reading order, footnotes last.
    pub fn pictures(&self) -> impl Iterator<Item = &Image<'a>> {
        self.nodes()
            .inlines()
            .filter_map(|inline| if let Inline::Image(image) = inline { Some(&**image) } else { None })
    }

    /// Returns the words of the first heading of level 1 outside of containers.
    pub fn title(&self) -> Option<String> {
        let words = |block: &Block<'a>| {
            if let Block::Heading { level: 1, text } = block { Some(plain_words(text)) } else { None }
        };
        self.blocks.iter().find_map(words)
    }
}

/// Returns whether `inline` shows neither words nor code: it is a picture, the start or end of a link, or white space.
pub(crate) fn is_wordless(inline: &Inline<'_>) -> bool {
    match inline {
        Inline::Text(words) => words.trim().is_empty(),
        other => !matches!(other, Inline::Code(_) | Inline::FootnoteRef(_) | Inline::Open(_) | Inline::Close(_)),
    }
}

/// Returns the words of `text` as one line: without marks, links and references, and with alternative texts.
pub fn plain_words(text: &[Inline<'_>]) -> String {
    let words = text.iter().map(|inline| match inline {
        Inline::Text(text) | Inline::Code(text) => text,
        Inline::Image(image) => &*image.alt,
        Inline::SoftBreak | Inline::HardBreak => " ",
        _ => "",
    });
    collapsed(&words.collect::<String>())
}

/// Returns the words of `text` with one space between them.
pub(crate) fn collapsed(text: &str) -> String {
    // Most texts are ASCII words with one space between them.
    let has_gap = || text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !has_gap() {
        return text.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
