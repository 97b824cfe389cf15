//! Links and pictures of Markdown, wiki links included.

use std::borrow::Cow;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::builder::Builder;
use super::run::Span;
use super::source::{is_medium_name, is_picture_name, one_line, part, truncate};
use crate::markup::{Image, Link, LinkKind};

impl<'a> Builder<'a, '_> {
    pub(super) fn link(&self, link_type: LinkType, destination: CowStr<'_>, title: CowStr<'_>, at: usize) -> Link<'a> {
        let (kind, destination) = match link_type {
            LinkType::Email => (LinkKind::Bare, Cow::Owned(format!("mailto:{destination}"))),
            LinkType::Autolink => (LinkKind::Bare, self.source.keep(destination)),
            LinkType::WikiLink { has_pothole } => {
                let kind = if has_pothole { LinkKind::WikiLabelled } else { LinkKind::Wiki };
                (kind, one_line(self.source.keep(destination)))
            }
            _ => (LinkKind::Labelled, self.source.keep(destination)),
        };
        Link { destination, title: one_line(self.source.keep(title)), kind, offset: at }
    }

    pub(super) fn wiki_link(&mut self, has_label: bool, name: CowStr<'_>, at: usize) {
        let (page, label) = split_wiki_name(one_line(self.source.keep(name)));
        let is_within_page = page.starts_with('#');
        let kind = if has_label || label.is_some() { LinkKind::WikiLabelled } else { LinkKind::Wiki };
        let link = Link { destination: page.clone(), title: Cow::Borrowed(""), kind, offset: at };
        match (has_label, is_within_page) {
            (true, true) => return self.run.open(Span::Nothing, false),
            (true, false) => return self.run.open_link(link, false),
            _ => self.is_labelled = true,
        }
        let label = label.unwrap_or_else(|| wiki_label(page));
        if is_within_page {
            self.run.words(&label, at);
        } else {
            self.run.whole_link(link, label);
        }
    }

    pub(super) fn open_picture(&mut self, tag: Tag<'_>, at: usize) {
        let Tag::Image { link_type, dest_url, title, .. } = tag else { return };
        let (source, title) = (self.source.keep(dest_url), one_line(self.source.keep(title)));
        self.pictures.push((Image { source, alt: Cow::Borrowed(""), title, offset: at }, link_type));
    }

    /// Reads alternative text, which is plain words. Links and pictures in it are put after the picture.
    pub(super) fn in_picture(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Text(words) | Event::Code(words) | Event::InlineMath(words) | Event::DisplayMath(words) => {
                self.alt_words(&words);
            }
            Event::SoftBreak | Event::HardBreak => self.alt_words(" "),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let link = self.link(link_type, dest_url, title, at);
                self.run.defer_link(link);
            }
            Event::Start(tag @ Tag::Image { .. }) => self.open_picture(tag, at),
            Event::End(TagEnd::Image) => {
                let Some((mut image, link_type)) = self.pictures.pop() else { return };
                image.alt = one_line(image.alt);
                if self.pictures.is_empty() {
                    self.end_picture(image, link_type);
                } else {
                    self.run.image(image, true);
                }
            }
            _ => {}
        }
    }

    fn alt_words(&mut self, words: &str) {
        let Some(((image, _), inner)) = self.pictures.split_first_mut() else { return };
        for image in std::iter::once(image).chain(inner.last_mut().map(|(image, _)| image)) {
            self.source.append(&mut image.alt, words);
        }
    }

    fn end_picture(&mut self, mut image: Image<'a>, link_type: LinkType) {
        let is_wiki = matches!(link_type, LinkType::WikiLink { .. });
        if is_wiki {
            let (source, label) = split_wiki_name(image.source.clone());
            image.alt = label.unwrap_or(if image.alt == image.source { Cow::Borrowed("") } else { image.alt });
            image.source = source;
        }
        // Obsidian writes a size in pixels after a bar.
        let is_sign = |byte: u8| byte.is_ascii_digit() || byte == b'x';
        let is_size = |words: &str| words.starts_with(|c: char| c.is_ascii_digit()) && words.bytes().all(is_sign);
        while let Some(at) = image.alt.rfind('|').filter(|bar| is_size(&image.alt[bar + 1..])) {
            truncate(&mut image.alt, at);
        }
        image.alt = Some(image.alt).filter(|alt| !is_size(alt)).unwrap_or_default();
        if !is_picture_name(&image.source) && (is_wiki || is_medium_name(&image.source)) {
            // `![[page]]` embeds another page; here it is a link to it.
            let Image { source: destination, alt, title, offset } = image;
            let (kind, label) = match (is_wiki, &*alt) {
                (true, "") => (LinkKind::Wiki, wiki_label(destination.clone())),
                (true, _) => (LinkKind::WikiLabelled, alt),
                (false, "") => (LinkKind::Embed, super::html::embed_label("File", &destination).into()),
                (false, _) => (LinkKind::Embed, alt),
            };
            self.run.whole_link(Link { destination, title, kind, offset }, label);
        } else {
            self.run.image(image, false);
        }
        self.run.settle();
    }
}

/// Splits the name of a wiki link at an escaped bar, which tables need and the parser does not know.
fn split_wiki_name(mut name: Cow<'_, str>) -> (Cow<'_, str>, Option<Cow<'_, str>>) {
    let bar = name.find("\\|");
    let label = bar.map(|bar| part(&name, bar + 2..name.len()));
    let end = bar.unwrap_or(name.strip_suffix('\\').unwrap_or(&name).len());
    truncate(&mut name, end);
    (name, label)
}

/// Returns the label of a bare wiki link: `Page > Heading`, or the page without the id of a block or a place in a file.
fn wiki_label(mut name: Cow<'_, str>) -> Cow<'_, str> {
    let Some(at) = name.find('#') else { return name };
    let part = name[at + 1..].trim_start_matches('^');
    if at == 0 {
        return Cow::Owned(part.replace('#', " > "));
    }
    if name[at + 1..].starts_with('^') || name[..at].contains('.') {
        truncate(&mut name, at);
        return name;
    }
    Cow::Owned(name.replace('#', " > "))
}
