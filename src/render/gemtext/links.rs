//! Where link lines go: after their block, before the next heading, at the end, or in place of a paragraph of links.

use std::borrow::Cow;

use super::link_lines::{LinkLine, Role, write};
use super::{Gap, LinkMarkers, LinkPlacement, Page};
use crate::markup::{Image, Inline, LinkId, LinkKind};
use crate::render::{Target, text};

impl<'p> Page<'p> {
    pub(super) fn url(&self, id: LinkId) -> Option<&'p str> {
        if let Target::Url(url) = &self.targets[id.0 as usize] { Some(url) } else { None }
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
        self.links.push(line);
        number
    }

    /// Returns the line of a link with this label, or `None` if it leads nowhere.
    fn link_line(&self, id: LinkId, mut label: String) -> Option<LinkLine<'p>> {
        let url = self.url(id)?;
        let link = &self.document.links[id.0 as usize];
        let title = text::one_line(&link.title);
        if label.is_empty() {
            label.push_str(&title);
        }
        let is_bare = match link.kind {
            // A URL in another script is readable as a label only: percent-encoding hides it.
            LinkKind::Bare => label.is_ascii(),
            LinkKind::Wiki | LinkKind::WikiLabelled => label == url,
            LinkKind::Labelled | LinkKind::Embed => label == url || label == link.destination && label.is_ascii(),
        };
        if is_bare {
            label.clear();
        }
        Some(LinkLine { url: url.into(), label, title, number: None, role: Role::Alone })
    }

    /// Returns the line of an image, or `None` if it has no URL that fits on a line.
    pub(super) fn image_line(&self, image: &Image<'_>) -> Option<LinkLine<'p>> {
        let url = text::encode_url(&text::image_url(image, self.resolve)?);
        let url = Some(url).filter(|url| !url.is_empty())?;
        let label = caption(image, &url).unwrap_or_else(|| self.options.words.get("picture").to_owned());
        Some(LinkLine { url: url.into(), label, title: Cow::default(), number: None, role: Role::Image })
    }

    /// Writes the links or images collected in `scope`, after a blank line if `apart` is set, and before a blank line.
    pub(super) fn flush(&mut self, scope: fn(&mut Self) -> &mut Vec<LinkLine<'p>>, apart: bool) {
        let links = std::mem::take(scope(self));
        if !links.is_empty() {
            self.gap = if apart { Gap::Blank } else { Gap::None };
            self.write_lines(links);
            self.gap = Gap::Blank;
        }
    }

    pub(super) fn write_lines(&mut self, links: Vec<LinkLine<'p>>) {
        if !links.is_empty() {
            self.outside(|page| write(links, &mut page.out, &mut page.written, &page.options.words));
        }
    }

    /// Returns the lines of a paragraph that consists of links and images only, all of which have a line; else `None`.
    pub(super) fn links_only(&self, text: &[Inline<'_>]) -> Option<Vec<LinkLine<'p>>> {
        // Most paragraphs end with words, and need no lines.
        if matches!(text.last(), Some(Inline::Text(words)) if !words.chars().all(is_separator)) {
            return None;
        }
        let mut found = Vec::new();
        let mut open = None;
        for (at, piece) in text.iter().enumerate() {
            match piece {
                Inline::Text(words) if open.is_none() && !words.chars().all(is_separator) => return None,
                Inline::Code(_) if open.is_none() => return None,
                Inline::FootnoteRef(_) => return None,
                Inline::LinkOpen(_) if self.options.links == LinkPlacement::Off => return None,
                Inline::LinkOpen(id) => {
                    self.url(*id)?;
                    open = Some((*id, at + 1));
                }
                Inline::LinkClose => {
                    if let Some((id, from)) = open.take() {
                        self.add_alone(&mut found, id, &text[from..at])?;
                    }
                }
                Inline::Image(image) if open.is_none() => found.push(self.image_line(image)?),
                _ => {}
            }
        }
        Some(found).filter(|found| !found.is_empty())
    }

    /// Adds the lines of a link by itself: images in its label, then its own, unless equal; `None` if one has no line.
    fn add_alone(&self, found: &mut Vec<LinkLine<'p>>, id: LinkId, label: &[Inline<'_>]) -> Option<()> {
        let has_words = label.iter().any(|piece| matches!(piece, Inline::Text(_) | Inline::Code(_)));
        let (mut has_images, mut is_shown) = (false, false);
        for piece in label {
            let Inline::Image(image) = piece else { continue };
            let line = self.image_line(image)?;
            has_images = true;
            is_shown |= self.url(id) == Some(&line.url);
            found.push(line);
        }
        if is_shown && !has_words {
            return Some(());
        }
        let mut line = self.link_line(id, text::plain_words(label))?;
        // The line of the picture has its words already.
        if has_images && !has_words {
            let host = text::url_host(&line.url).map(str::to_owned);
            if line.label.is_empty() {
                line.url.split_once("://").map_or("", |(_, place)| place).clone_into(&mut line.label);
            } else if let Some(place) = host.or_else(|| text::last_segment(&line.url)) {
                line.label.push_str(&format!(" ({place})"));
            }
        }
        found.push(line);
        Some(())
    }

    /// Returns the line of a list item that starts with its only link, with the whole text of the item as its label.
    pub(super) fn item_line(&self, lead: &str, text: &[Inline<'_>]) -> Option<LinkLine<'p>> {
        let first = text.iter().position(|piece| !matches!(piece, Inline::Open(_)))?;
        let Inline::LinkOpen(id) = text[first] else { return None };
        let rest = &text[first + 1..];
        if rest.iter().any(|piece| matches!(piece, Inline::LinkOpen(_) | Inline::Image(_))) {
            return None;
        }
        let label = rest.split(|piece| *piece == Inline::LinkClose).next().unwrap_or_default();
        let (label, words) = (text::plain_words(label), text::plain_words(text));
        let mut line = self.link_line(id, label.clone())?;
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
        Some(line)
    }
}

/// Returns whether a character may be dropped between the links of a paragraph of links.
fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '·' | '\u{2010}'..='\u{2027}' | '←'..='⇿' | '\u{3001}' | '\u{3002}')
}

/// Returns the title and alternative text of an image, unless that is a file name; else the words in the name of `url`.
fn caption(image: &Image<'_>, url: &str) -> Option<String> {
    let (alt, title) = (text::one_line(&image.alt), text::one_line(&image.title));
    let name = text::last_segment(url).unwrap_or_default();
    let is_name = alt == name || name.rsplit_once('.').is_some_and(|(stem, _)| stem == alt);
    let has_alt = !alt.is_empty() && !is_name;
    match (has_alt, title.is_empty()) {
        (false, true) => text::file_stem(url),
        (false, false) => Some(title.into_owned()),
        (true, false) if title != alt => Some(format!("{alt} – {title}")),
        (true, _) => Some(alt.into_owned()),
    }
}
