//! HTML that stands in running text and leads elsewhere: anchors, pictures, films and frames.

use std::borrow::Cow;

use super::builder::Builder;
use super::run::Span;
use super::source::one_line;
use super::tag::Tag;
use crate::markup::{Image, Inline, Link, LinkKind};

impl<'a> Builder<'a, '_> {
    pub(super) fn open_anchor(&mut self, tag: Tag<'_>, at: usize) {
        let Some(destination) = tag.attribute("href").filter(|href| !href.is_empty()) else {
            return self.run.open(Span::Nothing, true);
        };
        // HTML has no link within a link: the next one ends the one before.
        self.run.close_html(|span| span == Span::Link);
        let link = Link {
            destination: self.source.keep_cow(destination),
            title: one_line(self.attribute(tag, "title")),
            kind: LinkKind::Labelled,
            offset: self.source_offset(at),
        };
        self.run.open_link(link, true);
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
            self.run.whole_link(link, label);
        }
        if tag.name.eq_ignore_ascii_case("iframe") && !tag.closes_itself() {
            // What a frame contains is for browsers without frames.
            self.hide_content(tag, at);
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
