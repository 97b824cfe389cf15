//! Taking links away and leaving their words.

use super::{Block, Document, Inline, Link, Text};

impl Document<'_> {
    /// Turns every link for which `unwanted` holds into plain words: where a page leads there anyhow.
    pub fn unlink(&mut self, unwanted: impl Fn(&Link<'_>) -> bool) {
        let unwanted: Vec<bool> = self.links.iter().map(unwanted).collect();
        blocks(&mut self.blocks, &unwanted);
        for note in &mut self.footnotes {
            blocks(&mut note.blocks, &unwanted);
        }
    }
}

/// Depth is bounded by [`MAX_DEPTH`](super::MAX_DEPTH).
fn blocks(list: &mut [Block<'_>], unwanted: &[bool]) {
    for block in list {
        match block {
            Block::Heading { text: words, .. } | Block::Paragraph(words) => text(words, unwanted),
            Block::Quote { alert, blocks: inner } => {
                if let Some(alert) = alert {
                    text(&mut alert.title, unwanted);
                }
                blocks(inner, unwanted);
            }
            Block::List(list) => {
                for item in &mut list.items {
                    blocks(&mut item.blocks, unwanted);
                }
            }
            Block::Definitions(definitions) => {
                for definition in definitions {
                    text(&mut definition.term, unwanted);
                    for meaning in &mut definition.meanings {
                        blocks(meaning, unwanted);
                    }
                }
            }
            Block::Table(table) => {
                for cell in table.header.iter_mut().chain(table.rows.iter_mut().flatten()) {
                    text(cell, unwanted);
                }
            }
            Block::Code(_) | Block::Rule => {}
        }
    }
}

fn text(words: &mut Text<'_>, unwanted: &[bool]) {
    let mut inside = false;
    words.retain(|inline| match inline {
        Inline::LinkOpen(id) => {
            inside = unwanted.get(id.0 as usize).copied().unwrap_or(false);
            !inside
        }
        // Links do not nest, so this closes the one that was opened last.
        Inline::LinkClose => !std::mem::take(&mut inside),
        _ => true,
    });
}

#[cfg(test)]
mod tests {
    use crate::markup::markdown::{MarkdownOptions, parse};
    use crate::markup::outline;

    #[test]
    fn words_stay_and_other_links_too() {
        let mut document = parse("- a [b](x) [c](y)\n\n> [d](x)", &MarkdownOptions::STANDARD);
        let before: Vec<String> = words(&document);
        document.unlink(|link| link.destination == "x");
        assert_eq!(words(&document), before);
        let shown = format!("{:?}", document.blocks);
        assert_eq!((shown.matches("LinkOpen").count(), shown.matches("LinkClose").count()), (1, 1));
    }

    fn words(document: &crate::markup::Document<'_>) -> Vec<String> {
        vec![outline::word_count(document).to_string()]
    }
}
