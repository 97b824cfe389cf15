//! Pictures: their alternative text is plain words, gathered from whatever markup stands in it.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use super::builder::Builder;
use super::source::{Pieces, one_line};
use crate::markup::{Image, Inline, Link, LinkKind};

/// A picture whose alternative text is being read.
pub(super) struct Picture<'a> {
    image: Image<'a>,
    alt: Pieces,
    link_type: LinkType,
    /// Pictures within the alternative text that are still open, with the words for them so far.
    inner: Vec<(Image<'a>, String)>,
}

impl<'a> Builder<'a, '_> {
    pub(super) fn start_picture(
        &mut self,
        link_type: LinkType,
        source: CowStr<'_>,
        title: CowStr<'_>,
        at: usize,
    ) {
        let image = self.image(source, title, at);
        self.picture = Some(Picture { image, alt: Pieces::Nothing, link_type, inner: Vec::new() });
    }

    /// Alternative text is plain words. Links and pictures in it are put behind the picture.
    pub(super) fn in_picture(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.alt_words(&text),
            Event::InlineMath(tex) | Event::DisplayMath(tex) => self.alt_words(&tex),
            Event::SoftBreak | Event::HardBreak => self.alt_words(" "),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let link = self.link(link_type, dest_url, title, range.start);
                self.run.link_behind(link);
            }
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                let image = self.image(dest_url, title, range.start);
                if let Some(picture) = &mut self.picture {
                    picture.inner.push((image, String::new()));
                }
            }
            Event::End(TagEnd::Image) => {
                match self.picture.as_mut().and_then(|picture| picture.inner.pop()) {
                    Some((image, alt)) => {
                        self.run.image_behind(Image { alt: one_line(Cow::Owned(alt)), ..image });
                    }
                    None => self.end_picture(),
                }
            }
            _ => {}
        }
    }

    /// Adds words to the alternative text, and to that of the innermost picture within it.
    fn alt_words(&mut self, words: &str) {
        let Some(picture) = &mut self.picture else { return };
        picture.alt.push(self.source, words);
        if let Some((_, alt)) = picture.inner.last_mut() {
            alt.push_str(words);
        }
    }

    fn end_picture(&mut self) {
        let Some(Picture { mut image, mut alt, link_type, .. }) = self.picture.take() else { return };
        image.alt = one_line(alt.take(self.source));
        if let LinkType::WikiLink { .. } = link_type {
            if !names_a_picture(&image.source) {
                return self.embedded_page(image);
            }
            // Without a label the parser repeats the name; a number is the width to show it at.
            let is_width = image.alt.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x');
            if image.alt == image.source || is_width {
                image.alt = Cow::Borrowed("");
            }
        }
        self.run.push(Inline::Image(Box::new(image)));
        self.run.settle();
    }

    /// `![[page]]` shows another page within this one; here it is a link to it.
    fn embedded_page(&mut self, image: Image<'a>) {
        let kind = if image.alt == image.source { LinkKind::Wiki } else { LinkKind::WikiLabelled };
        let Image { source: destination, alt, title, offset } = image;
        self.run.whole_link(Link { destination, title, kind, offset }, alt);
        self.run.settle();
    }

    fn image(&self, source: CowStr<'_>, title: CowStr<'_>, at: usize) -> Image<'a> {
        let title = self.title(title);
        let source = self.source.keep_event(source);
        Image { source, alt: Cow::Borrowed(""), title, offset: self.source_offset(at) }
    }
}

fn names_a_picture(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico", "tif", "tiff"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(extension))
}
