//! Finding the pictures of a page.

use super::{Block, Document, Image, Inline, Text};

impl<'a> Document<'a> {
    /// Every picture of the page, notes included, in reading order.
    pub fn pictures(&self) -> Vec<&Image<'a>> {
        let mut found = Vec::new();
        blocks(&self.blocks, &mut found);
        for note in &self.footnotes {
            blocks(&note.blocks, &mut found);
        }
        found
    }
}

/// Depth is bounded by [`MAX_DEPTH`](super::MAX_DEPTH).
fn blocks<'d, 'a>(list: &'d [Block<'a>], found: &mut Vec<&'d Image<'a>>) {
    for block in list {
        match block {
            Block::Heading { text: words, .. } | Block::Paragraph(words) => text(words, found),
            Block::Quote { alert, blocks: inner } => {
                if let Some(alert) = alert {
                    text(&alert.title, found);
                }
                blocks(inner, found);
            }
            Block::List(list) => list.items.iter().for_each(|item| blocks(&item.blocks, found)),
            Block::Definitions(definitions) => {
                for definition in definitions {
                    text(&definition.term, found);
                    definition.meanings.iter().for_each(|meaning| blocks(meaning, found));
                }
            }
            Block::Table(table) => {
                table.header.iter().chain(table.rows.iter().flatten()).for_each(|cell| text(cell, found));
            }
            Block::Code(_) | Block::Rule => {}
        }
    }
}

fn text<'d, 'a>(words: &'d Text<'a>, found: &mut Vec<&'d Image<'a>>) {
    found.extend(words.iter().filter_map(|inline| match inline {
        Inline::Image(image) => Some(&**image),
        _ => None,
    }));
}

#[cfg(test)]
mod tests {
    use crate::markup::markdown::{MarkdownOptions, parse};

    #[test]
    fn pictures_are_found_wherever_they_stand() {
        let source = "# ![a](1.png)\n\n> ![b](2.png)\n\n* x\n  * [![c](3.png)](/)\n\n\
                      | ![d](4.png) |\n|---|\n| ![e](5.png) |\n\nNote[^1].\n\n[^1]: ![f](6.png)\n\n\
                      `![g](7.png)`\n";
        let document = parse(source, &MarkdownOptions::STANDARD);
        let alts: Vec<&str> = document.pictures().iter().map(|image| &*image.alt).collect();
        assert_eq!(alts, ["a", "b", "c", "d", "e", "f"]);
    }
}
