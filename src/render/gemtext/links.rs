//! The placement of link lines: after their block, before the next heading or at the end; or immediately, if a paragraph
//! consists of links only.

use super::link_lines::{LinkLine, Links};
use super::page::Page;
use super::{LinkMarkers, LinkPlacement};
use crate::markup::{Block, Image, Inline, LinkId, LinkKind};
use crate::render::{Target, text};

impl Page<'_> {
    /// Collects a link. Returns the number that marks its label, if labels are marked.
    pub(super) fn add_link(&mut self, id: LinkId, label: &[Inline<'_>]) -> Option<usize> {
        if self.options.links == LinkPlacement::Off {
            return None;
        }
        let mut line = self.link_line(id, text::plain_words(label))?;
        if self.options.link_markers == LinkMarkers::Number {
            let next = self.numbers.len() + 1;
            line.number = Some(*self.numbers.entry(line.url.clone()).or_insert(next));
        }
        let number = line.number;
        self.links.add(line);
        number
    }

    /// Returns the line of a link with this label, or `None` if it leads nowhere.
    fn link_line(&self, id: LinkId, label: String) -> Option<LinkLine> {
        let Some(Target::Url(url)) = self.targets.get(id.0 as usize) else { return None };
        let link = &self.document.links[id.0 as usize];
        let title = text::one_line(&link.title);
        let label = if label.is_empty() { title.clone() } else { label };
        let bare = match link.kind {
            // A URL in another script is readable as a label only: percent-encoding hides it.
            LinkKind::Bare => label.is_ascii(),
            LinkKind::Wiki | LinkKind::WikiLabelled => label == *url,
            LinkKind::Labelled | LinkKind::Embed => {
                label == *url || (label == link.destination && label.is_ascii())
            }
        };
        let label = if bare { String::new() } else { label };
        Some(LinkLine { url: url.clone(), label, title, number: None, settled: false })
    }

    /// Returns the line of an image, or `None` if it has no URL that fits on a line.
    fn image_line(&self, image: &Image<'_>) -> Option<LinkLine> {
        let url = self.image_url(image)?;
        // The word in brackets helps in clients that draw no icon.
        let label = text::one_line(&format!("{} [image]", caption(image, &url)));
        Some(LinkLine { url, label, title: String::new(), number: None, settled: true })
    }

    fn image_url(&self, image: &Image<'_>) -> Option<String> {
        let url = text::encode_url(&text::image_url(image, self.resolve)?);
        (!url.is_empty()).then_some(url)
    }

    /// Collects an image of a sentence for the end of its block.
    pub(super) fn add_image(&mut self, image: &Image<'_>) {
        if let Some(line) = self.image_line(image) {
            if self.options.links == LinkPlacement::Block { &mut self.links } else { &mut self.images }
                .add(line);
        }
    }

    /// Writes the collected links after the top-level block that contains them.
    pub(super) fn flush_block(&mut self, block: &Block<'_>) {
        let heading = matches!(block, Block::Heading { .. });
        if self.options.links == LinkPlacement::Block {
            self.flush_links(!heading);
        }
        let images = std::mem::take(&mut self.images);
        self.write_links(&images, !heading);
    }

    /// Writes the collected links, after a blank line if `apart` is set, and before a blank line.
    pub(super) fn flush_links(&mut self, apart: bool) {
        let links = std::mem::take(&mut self.links);
        self.write_links(&links, apart);
    }

    /// Writes the collected links directly after the list item that contains them.
    pub(super) fn flush_item(&mut self) {
        let links = std::mem::take(&mut self.links);
        self.write_lines(&links);
    }

    fn write_links(&mut self, links: &Links, apart: bool) {
        if links.is_empty() {
            return;
        }
        if apart {
            self.blank();
        } else {
            self.close_gap();
        }
        self.write_lines(links);
        self.blank();
    }

    fn write_lines(&mut self, links: &Links) {
        if !links.is_empty() {
            self.outside(|out| links.write(out));
        }
    }

    /// Writes a paragraph of links and images as their lines.
    pub(super) fn links_only(&mut self, text: &[Inline<'_>]) {
        let mut found = Links::default();
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::LinkOpen(id) => open = Some((*id, at)),
                Inline::LinkClose => {
                    if let Some((id, from)) = open.take() {
                        found.add_alone(self, id, &text[from + 1..at]);
                    }
                }
                Inline::Image(image) if open.is_none() => {
                    if let Some(line) = self.image_line(image) {
                        found.add_with_label(line);
                    }
                }
                _ => {}
            }
        }
        self.write_lines(&found);
    }

    /// Returns whether a paragraph consists of links and images only, all of which have a link line.
    pub(super) fn is_links_only(&self, text: &[Inline<'_>]) -> bool {
        let (mut any, mut inside) = (false, false);
        for piece in text {
            let fits = match piece {
                Inline::Text(words) => inside || words.chars().all(is_separator),
                Inline::Code(_) => inside,
                Inline::SoftBreak | Inline::HardBreak | Inline::Open(_) | Inline::Close(_) => true,
                Inline::FootnoteRef(_) => false,
                Inline::LinkClose => {
                    inside = false;
                    true
                }
                Inline::LinkOpen(id) => {
                    (any, inside) = (true, true);
                    self.options.links != LinkPlacement::Off
                        && matches!(self.targets.get(id.0 as usize), Some(Target::Url(_)))
                }
                Inline::Image(image) => {
                    any = true;
                    self.image_url(image).is_some()
                }
            };
            if !fits {
                return false;
            }
        }
        any
    }

    /// Writes a list item that starts with its only link as a link line, with the whole text of the item as its label.
    pub(super) fn write_item_link(&mut self, lead: &str, text: &[Inline<'_>]) {
        let open = text.iter().enumerate().find_map(|(at, piece)| match piece {
            Inline::LinkOpen(id) => Some((*id, at + 1)),
            _ => None,
        });
        let Some((id, from)) = open else { return };
        let length = text[from..].iter().take_while(|piece| !matches!(piece, Inline::LinkClose)).count();
        let label = text::plain_words(&text[from..from + length]);
        let words = text::plain_words(text);
        let Some(mut line) = self.link_line(id, label.clone()) else { return };
        if line.label == label || label.is_empty() {
            line.label = words;
        } else {
            // The label is the URL, which the line contains already.
            let rest = words.strip_prefix(&*label).unwrap_or(&words);
            let rest = rest.trim_start_matches([' ', ':', ',', '-', '–', '—']);
            rest.clone_into(&mut line.label);
        }
        if !lead.is_empty() && !line.label.is_empty() {
            line.label.insert_str(0, lead);
        }
        self.outside(|out| line.write(out, false));
    }
}

impl Links {
    /// Adds the lines of a link outside of a sentence: first those of the images in its label, then its own, unless it
    /// leads to such an image.
    fn add_alone(&mut self, page: &Page<'_>, id: LinkId, label: &[Inline<'_>]) {
        let mut shown = false;
        for piece in label {
            if let Inline::Image(image) = piece
                && let Some(line) = page.image_line(image)
            {
                shown |=
                    matches!(page.targets.get(id.0 as usize), Some(Target::Url(url)) if *url == line.url);
                self.add_with_label(line);
            }
        }
        let words = label.iter().any(|piece| matches!(piece, Inline::Text(_) | Inline::Code(_)));
        if let Some(mut line) = page.link_line(id, text::plain_words(label)).filter(|_| words || !shown) {
            // The line of the picture has its words already.
            if !words && label.iter().any(|piece| matches!(piece, Inline::Image(_))) {
                let place =
                    text::url_host(&line.url).map(str::to_owned).or_else(|| text::last_segment(&line.url));
                line.label = match (line.label.is_empty(), place) {
                    (false, Some(place)) => format!("{} ({place})", line.label),
                    (true, _) => line.url.split_once("://").map_or("", |(_, place)| place).to_owned(),
                    (false, None) => line.label,
                };
            }
            self.add_with_label(line);
        }
    }
}

/// Returns whether a character may be dropped between the links of a paragraph of links.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '·' | '\u{2010}'..='\u{2027}' | '←'..='⇿' | '\u{3001}' | '\u{3002}')
}

/// Returns the alternative text and the title of an image, or the file name of `url`.
fn caption(image: &Image<'_>, url: &str) -> String {
    let (alt, title) = (text::one_line(&image.alt), text::one_line(&image.title));
    match (alt.is_empty(), title.is_empty()) {
        (true, true) => text::file_stem(url).unwrap_or_else(|| "Picture".to_owned()),
        (true, false) => title,
        (false, false) if title != alt => format!("{alt} – {title}"),
        (false, _) => alt,
    }
}
