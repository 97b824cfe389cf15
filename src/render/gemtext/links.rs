//! Where link lines go: after their block, before the next heading, at the end; or at once, where a
//! paragraph is nothing but links.

use super::link_lines::{LinkLine, Links};
use super::options::{LinkMarkers, LinkPlacement};
use super::page::Page;
use crate::markup::{Block, Document, Image, Inline, Link, LinkId, LinkKind};
use crate::render::words::{is_inlined, plain};
use crate::render::{Resolve, Target, address, lines};

/// Where every link of the document leads; a destination nobody knows is kept as it is.
pub(super) fn destinations(document: &Document<'_>, resolve: &dyn Resolve) -> Vec<Target> {
    document.links.iter().map(|link| destination(link, resolve)).collect()
}

fn destination(link: &Link<'_>, resolve: &dyn Resolve) -> Target {
    let url = match resolve.link(link) {
        Target::Url(url) => url,
        Target::Unknown if !matches!(link.kind, LinkKind::Wiki | LinkKind::WikiLabelled) => {
            link.destination.clone().into_owned()
        }
        target => return target,
    };
    let url = address::encoded(&url);
    if url.is_empty() { Target::Nowhere } else { Target::Url(url) }
}

impl Page<'_> {
    /// Keeps the link for its place; returns the number that marks it in the text, if any.
    pub(super) fn add_link(&mut self, id: LinkId, label: &[Inline<'_>]) -> Option<usize> {
        if self.options.links == LinkPlacement::Off {
            return None;
        }
        let mut line = self.link_line(id, plain(label))?;
        if self.options.link_markers == LinkMarkers::Number {
            let next = self.numbers.len() + 1;
            line.number = Some(*self.numbers.entry(line.url.clone()).or_insert(next));
        }
        let number = line.number;
        self.links.add(line);
        number
    }

    /// The line for a link with this label; none if it leads nowhere.
    fn link_line(&self, id: LinkId, label: String) -> Option<LinkLine> {
        let Some(Target::Url(url)) = self.targets.get(id.0 as usize) else { return None };
        let link = &self.document.links[id.0 as usize];
        let mut title = String::new();
        lines::push_one_line(&mut title, &link.title);
        let label = if label.is_empty() { title.clone() } else { label };
        let bare = match link.kind {
            // Percent-encoding made the address of another script unreadable: the label is not.
            LinkKind::Bare => label.is_ascii(),
            LinkKind::Wiki | LinkKind::WikiLabelled => label == *url,
            LinkKind::Labelled | LinkKind::Embed => {
                label == *url || (label == link.destination && label.is_ascii())
            }
        };
        let label = if bare { String::new() } else { label };
        Some(LinkLine { url: url.clone(), label, title, number: None, settled: false })
    }

    /// The line for a picture; none if it has no address that fits on a line.
    fn picture_line(&self, image: &Image<'_>) -> Option<LinkLine> {
        let url = self.picture_address(image)?;
        let words = caption(image, &url);
        let label = self.options.image_label.replace("{alt}", &words);
        let mut one_line = String::with_capacity(label.len());
        lines::push_one_line(&mut one_line, &label);
        Some(LinkLine { url, label: one_line, title: String::new(), number: None, settled: true })
    }

    fn picture_address(&self, image: &Image<'_>) -> Option<String> {
        if is_inlined(&image.source) {
            return None;
        }
        let url = match self.resolve.image(&image.source) {
            Target::Url(url) => address::encoded(&url),
            Target::Unknown => address::encoded(&image.source),
            Target::Nowhere => return None,
        };
        (!url.is_empty()).then_some(url)
    }

    /// Keeps a picture that stands in a sentence for the end of its block.
    pub(super) fn add_picture(&mut self, image: &Image<'_>) {
        if let Some(line) = self.picture_line(image) {
            if self.options.links == LinkPlacement::Block { &mut self.links } else { &mut self.pictures }
                .add(line);
        }
    }

    /// Writes the links that wait, after the top-level block they stood in.
    pub(super) fn flush_block(&mut self, block: &Block<'_>) {
        let heading = matches!(block, Block::Heading { .. });
        if self.options.links == LinkPlacement::Block {
            self.flush_links(!heading);
        }
        let pictures = std::mem::take(&mut self.pictures);
        self.write_links(&pictures, !heading);
    }

    /// Writes the links that wait, between blank lines; `apart` from what stands above them, or close to it.
    pub(super) fn flush_links(&mut self, apart: bool) {
        let links = std::mem::take(&mut self.links);
        self.write_links(&links, apart);
    }

    /// Writes the links that wait right after the item they stood in.
    pub(super) fn flush_item(&mut self) {
        let links = std::mem::take(&mut self.links);
        self.outside_if(&links);
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
        self.outside_if(links);
        self.blank();
    }

    fn outside_if(&mut self, links: &Links) {
        if !links.is_empty() {
            self.outside(|out| links.write(out));
        }
    }

    /// Writes a paragraph that is nothing but links and pictures as their lines.
    pub(super) fn links_only(&mut self, text: &[Inline<'_>]) {
        let mut found = Links::default();
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::LinkOpen(id) => open = Some((*id, at)),
                Inline::LinkClose => {
                    if let Some((id, from)) = open.take() {
                        found.lines_of_link(self, id, &text[from + 1..at]);
                    }
                }
                Inline::Image(image) if open.is_none() => {
                    if let Some(line) = self.picture_line(image) {
                        found.add_with_label(line);
                    }
                }
                _ => {}
            }
        }
        self.outside_if(&found);
    }

    /// Whether a paragraph is nothing but links and pictures, all of which have a line of their own.
    pub(super) fn is_links_only(&self, text: &[Inline<'_>]) -> bool {
        let (mut any, mut inside) = (false, false);
        for piece in text {
            let fits = match piece {
                Inline::Text(words) => inside || words.chars().all(divides),
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
                    self.picture_address(image).is_some()
                }
            };
            if !fits {
                return false;
            }
        }
        any
    }

    /// The line of a list item that starts with, or is, one link: its whole text is the label.
    pub(super) fn add_item_link(&mut self, lead: &str, text: &[Inline<'_>]) {
        let open = text.iter().enumerate().find_map(|(at, piece)| match piece {
            Inline::LinkOpen(id) => Some((*id, at + 1)),
            _ => None,
        });
        let Some((id, from)) = open else { return };
        let length = text[from..].iter().take_while(|piece| !matches!(piece, Inline::LinkClose)).count();
        let label = plain(&text[from..from + length]);
        let words = plain(text);
        let Some(mut line) = self.link_line(id, label.clone()) else { return };
        if line.label == label || label.is_empty() {
            line.label = words;
        } else {
            // The label is the address, which the line shows anyway.
            let behind = words.strip_prefix(&*label).unwrap_or(&words);
            let behind = behind.trim_start_matches([' ', ':', ',', '-', '–', '—']);
            behind.clone_into(&mut line.label);
        }
        if !lead.is_empty() && !line.label.is_empty() {
            line.label.insert_str(0, lead);
        }
        self.outside(|out| line.write(out, false));
    }
}

impl Links {
    /// Adds the lines of a link that stands alone: first the picture it is made of, if it is. A link to that
    /// same picture has nothing to add.
    fn lines_of_link(&mut self, page: &Page<'_>, id: LinkId, label: &[Inline<'_>]) {
        let mut shown = false;
        for piece in label {
            if let Inline::Image(image) = piece
                && let Some(picture) = page.picture_line(image)
            {
                shown |=
                    matches!(page.targets.get(id.0 as usize), Some(Target::Url(url)) if *url == picture.url);
                self.add_with_label(picture);
            }
        }
        let words = label.iter().any(|piece| matches!(piece, Inline::Text(_) | Inline::Code(_)));
        if let Some(line) = page.link_line(id, plain(label)).filter(|_| words || !shown) {
            self.add_with_label(line);
        }
    }
}

/// Whether a character may stand between links that make up a paragraph without being missed there.
fn divides(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '·' | '\u{2010}'..='\u{2027}' | '←'..='⇿' | '\u{3001}' | '\u{3002}')
}

/// All the words there are for a picture; `url` provides a last resort.
fn caption(image: &Image<'_>, url: &str) -> String {
    let mut words = String::new();
    lines::push_one_line(&mut words, &image.alt);
    let mut title = String::new();
    lines::push_one_line(&mut title, &image.title);
    if words.is_empty() {
        words = title;
    } else if !title.is_empty() && title != words {
        words.push_str(" – ");
        words.push_str(&title);
    }
    if words.is_empty() { address::file_stem(url).unwrap_or_default() } else { words }
}
