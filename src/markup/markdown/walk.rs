//! Visits every text of a tree, in reading order.

use crate::markup::{Block, Text};

/// Calls `visit` with every text in `blocks`. Recursion is bounded by [`crate::markup::MAX_DEPTH`].
pub(super) fn texts<'a>(blocks: &mut [Block<'a>], visit: &mut impl FnMut(&mut Text<'a>)) {
    for block in blocks {
        match block {
            Block::Heading { text, .. } | Block::Paragraph(text) => visit(text),
            Block::Quote { alert, blocks } => {
                if let Some(alert) = alert {
                    visit(&mut alert.title);
                }
                texts(blocks, visit);
            }
            Block::List(list) => {
                for item in &mut list.items {
                    texts(&mut item.blocks, visit);
                }
            }
            Block::Definitions(definitions) => {
                for definition in definitions {
                    visit(&mut definition.term);
                    for meaning in &mut definition.meanings {
                        texts(meaning, visit);
                    }
                }
            }
            Block::Table(table) => {
                table.header.iter_mut().chain(table.rows.iter_mut().flatten()).for_each(&mut *visit);
            }
            Block::Code(_) | Block::Rule => {}
        }
    }
}
