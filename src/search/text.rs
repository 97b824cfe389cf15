//! What an essay says, piece by piece: the words of each block, free of markup.

use crate::markup::outline::plain_words;
use crate::markup::{Block, Document};

/// Shows the words of each block of `document` that has any, in reading order, notes last.
pub(super) fn each(document: &Document<'_>, see: &mut dyn FnMut(&str)) {
    blocks(&document.blocks, see);
    for note in &document.footnotes {
        blocks(&note.blocks, see);
    }
}

/// The headings of `document` that stand in no container.
pub(super) fn headings<'d>(document: &'d Document<'_>) -> impl Iterator<Item = String> + 'd {
    document.blocks.iter().filter_map(|block| match block {
        Block::Heading { text, .. } => Some(plain_words(text)),
        _ => None,
    })
}

/// Recursion is bounded by [`crate::markup::MAX_DEPTH`].
fn blocks(all: &[Block<'_>], see: &mut dyn FnMut(&str)) {
    for block in all {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => see(&plain_words(text)),
            Block::Code(code) => see(&code.text),
            Block::Table(table) => {
                for row in [&table.header].into_iter().chain(&table.rows) {
                    let cells: Vec<String> = row.iter().map(|cell| plain_words(cell)).collect();
                    see(&cells.join(" | "));
                }
            }
            Block::Quote { alert, blocks: inner } => {
                if let Some(alert) = alert {
                    see(&plain_words(&alert.title));
                }
                blocks(inner, see);
            }
            Block::List(list) => list.items.iter().for_each(|item| blocks(&item.blocks, see)),
            Block::Definitions(definitions) => {
                for definition in definitions {
                    see(&plain_words(&definition.term));
                    definition.meanings.iter().for_each(|meaning| blocks(meaning, see));
                }
            }
            Block::Rule => {}
        }
    }
}
