//! The words of an essay, block by block, without markup.

use crate::markup::{Block, Document, Node, plain_words};

/// Calls `see` with the words of each block of `document` in reading order, footnotes last. The cells of a table
/// row are one text.
pub(super) fn each(document: &Document<'_>, see: &mut dyn FnMut(&str)) {
    for node in document.nodes() {
        match node {
            Node::Block(Block::Code(code)) => see(&code.text),
            Node::Block(_) => {}
            Node::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| plain_words(text)).collect();
                see(&texts.join(" | "));
            }
        }
    }
}

/// Returns the headings of `document` outside of containers.
pub(super) fn headings<'d>(document: &'d Document<'_>) -> impl Iterator<Item = String> + 'd {
    document.blocks.iter().filter_map(|block| match block {
        Block::Heading { text, .. } => Some(plain_words(text)),
        _ => None,
    })
}
