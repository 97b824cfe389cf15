//! A picture and the words under it.

use std::borrow::Cow;

use crate::markup::{Block, Inline, Text, plain_words};

/// Puts the caption of a figure to use: as the title of its picture if that has no words of its own, else as
/// a paragraph under it.
pub(super) fn with_caption<'a>(mut blocks: Vec<Block<'a>>, caption: Option<Text<'a>>) -> Vec<Block<'a>> {
    let Some(caption) = caption else { return blocks };
    let plain = caption.iter().all(|inline| {
        matches!(inline, Inline::Text(_) | Inline::Code(_) | Inline::SoftBreak | Inline::HardBreak)
    });
    if plain {
        let words = plain_words(&caption);
        let pictures = blocks.iter_mut().filter_map(|block| match block {
            Block::Paragraph(text) => Some(text),
            _ => None,
        });
        for inline in pictures.flatten() {
            if let Inline::Image(image) = inline {
                if image.alt == words {
                    return blocks;
                }
                if image.alt.is_empty() && image.title.is_empty() {
                    image.title = Cow::Owned(words);
                    return blocks;
                }
                break;
            }
        }
    }
    blocks.push(Block::Paragraph(caption));
    blocks
}
