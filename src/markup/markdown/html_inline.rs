//! HTML that stands in running text and leads elsewhere: anchors, pictures, films and frames.

use std::borrow::Cow;

use super::builder::Builder;
use super::element::{Element, element};
use super::run::Span;
use super::source::one_line;
use super::tag::Tag;
use crate::markup::{Image, Inline, Link, LinkKind};

impl<'a> Builder<'a, '_> {
    pub(super) fn open_anchor(&mut self, tag: Tag<'_>, at: usize) {
        let Some(link) = self.anchor_link(tag, at) else {
            return self.run.open(Span::Nothing, true);
        };
        // HTML has no link within a link: the next one ends the one before.
        self.run.close_html(|span| span == Span::Link);
        self.run.open_link(link, true);
    }

    /// The link that an anchor opens, if it leads anywhere.
    fn anchor_link(&self, tag: Tag<'_>, at: usize) -> Option<Link<'a>> {
        let destination = tag.attribute("href").filter(|href| !href.is_empty())?;
        Some(Link {
            destination: self.source.keep_cow(destination),
            title: one_line(self.attribute(tag, "title")),
            kind: LinkKind::Labelled,
            offset: self.source_offset(at),
        })
    }

    pub(super) fn html_image(&mut self, tag: Tag<'_>, at: usize) {
        let Some(source) = tag.attribute("src").filter(|source| !source.is_empty()) else { return };
        let image = Image {
            source: self.source.keep_cow(source),
            alt: one_line(self.attribute(tag, "alt")),
            title: one_line(self.attribute(tag, "title")),
            offset: self.source_offset(at),
        };
        self.run.push(Inline::Image(Box::new(image)));
    }

    /// A frame, a film or a recording: a link with a label that says what it is.
    pub(super) fn embed(&mut self, name: &str, tag: Tag<'_>, at: usize) {
        let name = self.medium().unwrap_or(name);
        let address = ["src", "data"].iter().find_map(|key| tag.attribute(key).filter(|src| !src.is_empty()));
        if let Some(address) = address {
            let label = match one_line(self.attribute(tag, "title")) {
                title if title.is_empty() => Cow::Owned(embed_label(name, &address)),
                title => title,
            };
            let link = Link {
                destination: self.source.keep_cow(address),
                title: Cow::Borrowed(""),
                kind: LinkKind::Embed,
                offset: self.source_offset(at),
            };
            if self.medium().is_some() {
                self.run.soft_break();
            }
            self.run.whole_link(link, label);
        }
        let has_fallback = ["iframe", "video", "audio", "object"];
        if has_fallback.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) && !tag.closes_itself() {
            // What it contains is for browsers that cannot show it.
            self.hide_content(tag, at);
        }
    }

    /// What the film or recording is called whose recordings and words for browsers without it are being read.
    pub(super) fn medium(&self) -> Option<&'static str> {
        let hidden = self.html.hidden.as_deref()?;
        [("video", "Video"), ("audio", "Audio"), ("object", "Embedded page")]
            .iter()
            .find_map(|(element, name)| hidden.eq_ignore_ascii_case(element).then_some(*name))
    }

    /// A tag within a film or a recording: of its content only links and pictures count.
    pub(super) fn in_medium(&mut self, tag: Tag<'_>, at: usize) {
        match element(tag.name) {
            Some(Element::Embed(name)) if !tag.name.eq_ignore_ascii_case("iframe") => {
                self.embed(name, tag, at);
            }
            Some(Element::Image) => self.html_image(tag, at),
            Some(Element::Anchor) => {
                if let Some(link) = self.anchor_link(tag, at) {
                    self.run.soft_break();
                    self.run.whole_link(link, Cow::Borrowed(""));
                }
            }
            _ => {}
        }
    }

    fn attribute(&self, tag: Tag<'_>, name: &str) -> Cow<'a, str> {
        tag.attribute(name).map_or(Cow::Borrowed(""), |value| self.source.keep_cow(value))
    }
}

/// What an embedded thing is called if its author did not name it.
fn embed_label(name: &str, address: &str) -> String {
    let (_, behind_scheme) = address.split_once("//").unwrap_or(("", address));
    let host = behind_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    match host {
        "youtube.com" | "youtube-nocookie.com" | "youtu.be" => "YouTube video".to_owned(),
        "vimeo.com" | "player.vimeo.com" => "Vimeo video".to_owned(),
        _ if name == "Embedded page" && !host.is_empty() => format!("{name}: {host}"),
        _ => {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            match path.rsplit('/').next() {
                Some(file) if !file.is_empty() => format!("{name}: {file}"),
                _ => name.to_owned(),
            }
        }
    }
}
