//! The placement of link lines: after their block, before the next heading or at the end; or immediately, if a paragraph
//! consists of links only.

use super::link_lines::{LinkLine, Links, Role};
use super::page::Page;
use super::{LinkMarkers, LinkPlacement};
use crate::markup::{Block, Image, Inline, LinkId, LinkKind};
use crate::render::{Target, text};

impl Page<'_> {
    /// Returns the URL that a link leads to, if it has one.
    pub(super) fn url(&self, id: LinkId) -> Option<&str> {
        match self.targets.get(id.0 as usize)? {
            Target::Url(url) => Some(url),
            Target::Nowhere | Target::Unknown => None,
        }
    }

    /// Collects a link. Returns the number that marks its label, if labels are marked.
    pub(super) fn add_link(&mut self, id: LinkId, label: &[Inline<'_>]) -> Option<usize> {
        if self.options.links == LinkPlacement::Off {
            return None;
        }
        let mut line = self.link_line(id, text::plain_words(label))?;
        line.role = Role::Sentence;
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
        let url = self.url(id)?;
        let link = &self.document.links[id.0 as usize];
        let title = text::one_line(&link.title);
        let label = if label.is_empty() { title.clone() } else { label };
        let is_bare = match link.kind {
            // A URL in another script is readable as a label only: percent-encoding hides it.
            LinkKind::Bare => label.is_ascii(),
            LinkKind::Wiki | LinkKind::WikiLabelled => label == url,
            LinkKind::Labelled | LinkKind::Embed => {
                label == url || label == link.destination && label.is_ascii()
            }
        };
        let label = if is_bare { String::new() } else { label };
        Some(LinkLine { url: url.to_owned(), label, title, number: None, role: Role::Alone })
    }

    /// Returns the line of an image, or `None` if it has no URL that fits on a line.
    fn image_line(&self, image: &Image<'_>) -> Option<LinkLine> {
        let url = self.image_url(image)?;
        let label = caption(image, &url).unwrap_or_else(|| self.options.words.get("picture").to_owned());
        Some(LinkLine { url, label, title: String::new(), number: None, role: Role::Image })
    }

    fn image_url(&self, image: &Image<'_>) -> Option<String> {
        let url = text::encode_url(&text::image_url(image, self.resolve)?);
        (!url.is_empty()).then_some(url)
    }

    /// Collects an image of a sentence for the end of its block.
    pub(super) fn add_image(&mut self, image: &Image<'_>) {
        let Some(line) = self.image_line(image) else { return };
        let after_block = self.options.links == LinkPlacement::Block;
        if after_block { &mut self.links } else { &mut self.images }.add(line);
    }

    /// Writes the collected links after the top-level block that contains them.
    pub(super) fn flush_block(&mut self, block: &Block<'_>) {
        let is_apart = !matches!(block, Block::Heading { .. });
        if self.options.links == LinkPlacement::Block {
            self.links.drop_repeated(&self.written);
            self.flush_links(is_apart);
        }
        let images = std::mem::take(&mut self.images);
        self.write_links(&images, is_apart);
    }

    /// Writes the collected links, after a blank line if `apart` is set, and before a blank line.
    pub(super) fn flush_links(&mut self, apart: bool) {
        let links = std::mem::take(&mut self.links);
        self.write_links(&links, apart);
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

    /// Writes link lines directly after the last line.
    pub(super) fn write_lines(&mut self, links: &Links) {
        if !links.is_empty() {
            let (mut written, options) = (std::mem::take(&mut self.written), self.options);
            self.outside(|out| links.write(out, &mut written, &options.words));
            self.written = written;
        }
    }

    /// Writes a paragraph of links and images as their lines.
    pub(super) fn links_only(&mut self, text: &[Inline<'_>]) {
        let mut found = Links::default();
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::LinkOpen(id) => open = Some((*id, at + 1)),
                Inline::LinkClose => {
                    if let Some((id, from)) = open.take() {
                        self.add_alone(&mut found, id, &text[from..at]);
                    }
                }
                Inline::Image(image) if open.is_none() => {
                    self.image_line(image).into_iter().for_each(|line| found.add(line));
                }
                _ => {}
            }
        }
        self.write_lines(&found);
    }

    /// Adds the lines of a link outside of a sentence: those of the images in its label, then its own, unless equal.
    fn add_alone(&self, found: &mut Links, id: LinkId, label: &[Inline<'_>]) {
        let has_words = label.iter().any(|piece| matches!(piece, Inline::Text(_) | Inline::Code(_)));
        let (mut has_images, mut is_shown) = (false, false);
        for piece in label {
            let Inline::Image(image) = piece else { continue };
            has_images = true;
            if let Some(line) = self.image_line(image) {
                is_shown |= self.url(id) == Some(&*line.url);
                found.add(line);
            }
        }
        let line = self.link_line(id, text::plain_words(label)).filter(|_| has_words || !is_shown);
        let Some(mut line) = line else { return };
        // The line of the picture has its words already.
        if has_images && !has_words {
            let host = text::url_host(&line.url).map(str::to_owned);
            line.label = match host.or_else(|| text::last_segment(&line.url)) {
                _ if line.label.is_empty() => {
                    line.url.split_once("://").map_or("", |(_, place)| place).to_owned()
                }
                Some(place) => format!("{} ({place})", line.label),
                None => line.label,
            };
        }
        found.add(line);
    }

    /// Returns whether a paragraph consists of links and images only, all of which have a link line.
    pub(super) fn is_links_only(&self, text: &[Inline<'_>]) -> bool {
        let (mut any, mut inside) = (false, false);
        let fits = |piece: &Inline<'_>| match piece {
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
                self.options.links != LinkPlacement::Off && self.url(*id).is_some()
            }
            Inline::Image(image) => {
                any = true;
                self.image_url(image).is_some()
            }
        };
        text.iter().all(fits) && any
    }

    /// Writes a list item that starts with its only link as a link line, with the whole text of the item as its label.
    pub(super) fn write_item_link(&mut self, lead: &str, text: &[Inline<'_>]) {
        let open = text.iter().enumerate().find_map(|(at, piece)| match piece {
            Inline::LinkOpen(id) => Some((*id, &text[at + 1..])),
            _ => None,
        });
        let Some((id, rest)) = open else { return };
        let length = rest.iter().take_while(|piece| !matches!(piece, Inline::LinkClose)).count();
        let (label, words) = (text::plain_words(&rest[..length]), text::plain_words(text));
        let Some(mut line) = self.link_line(id, label.clone()) else { return };
        if line.label == label || label.is_empty() {
            line.label = words;
        } else {
            // The label is the URL, which the line contains already.
            let rest = words.strip_prefix(&*label).unwrap_or(&words);
            rest.trim_start_matches([' ', ':', ',', '-', '–', '—']).clone_into(&mut line.label);
        }
        if !line.label.is_empty() {
            line.label.insert_str(0, lead);
        }
        let mut links = Links::default();
        links.add(line);
        self.write_lines(&links);
    }
}

/// Returns whether a character may be dropped between the links of a paragraph of links.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '·' | '\u{2010}'..='\u{2027}' | '←'..='⇿' | '\u{3001}' | '\u{3002}')
}

/// Returns the alternative text and the title of an image, or the file name of `url` if it is made of words. An
/// alternative text that is a file name counts as none.
fn caption(image: &Image<'_>, url: &str) -> Option<String> {
    let (mut alt, title) = (text::one_line(&image.alt), text::one_line(&image.title));
    if text::is_file_name(&alt, url) {
        alt.clear();
    }
    match (alt.is_empty(), title.is_empty()) {
        (true, true) => text::file_stem(url),
        (true, false) => Some(title),
        (false, false) if title != alt => Some(format!("{alt} – {title}")),
        (false, _) => Some(alt),
    }
}
