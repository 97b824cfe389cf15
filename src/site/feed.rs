//! Atom (RFC 4287): the newest essays of a page, for readers that do not take the page itself as a feed.
//!
//! The writer is our own: a feed takes a dozen elements, and the crates that know the whole format bring ten
//! more with them. What clients ask for beyond the format is here too: the namespace is the default one, without
//! a prefix; every address is absolute and in the protocol that the feed is read over; and `updated`, the date
//! that readers are shown, is what the author says and never the time of a file.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Medium;
use super::links::{Links, has_scheme};
use super::list::List;
use crate::capsule::{CapsulePath, Essay, EssayDate, TextKind, media};
use crate::markup::{Block, markdown, plain_words};
use crate::render::xml::Xml;

/// The name of the feed of a folder, within that folder.
pub(super) const NAME: &str = "atom.xml";

/// What links to a feed say.
pub(super) const LABEL: &str = "Atom feed";

/// The media type of a feed (RFC 4287, section 7).
pub(super) const MEDIA_TYPE: &str = "application/atom+xml";

/// How many essays a feed holds: more than anybody writes between two looks, and little for a slow line.
const ENTRIES: usize = 50;

/// When a capsule without a dated essay was last changed: Atom wants a moment, and nobody gave one.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// What may stand unencoded in the last part of a `tag:` URI besides letters and digits.
const SPECIFIC: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a feed is about.
pub(super) struct Feed<'a> {
    /// The page that lists the same essays.
    page: CapsulePath,
    title: String,
    /// The language of all its essays, where that is what it is about.
    language: Option<&'a str>,
    /// Dated ones, newest first.
    essays: Vec<&'a Essay>,
}

impl<'a> Feed<'a> {
    /// The feed at `path`: of the whole capsule, or of a tag or a folder with dated essays in it.
    pub(super) fn at(path: &CapsulePath, links: &Links<'a>) -> Option<Self> {
        // What is private is announced nowhere.
        if path.is_folder() || path.name() != NAME || links.area.is_some() {
            return None;
        }
        let page = path.parent();
        let list = List::at(&page, links)?;
        let essays: Vec<&Essay> =
            list.essays.take_while(|essay| essay.date.is_some()).take(ENTRIES).collect();
        let (title, language) = (links.capsule.title(), list.language);
        match list.name {
            None => Some(Self { page, title: title.to_owned(), language, essays }),
            Some(name) => (!essays.is_empty()).then(|| Self {
                page,
                title: format!("{title}: {name}"),
                language,
                essays,
            }),
        }
    }

    /// The feed as Atom, with LF line ends; `links` are absolute ones.
    pub(super) fn atom(&self, links: &Links<'_>) -> String {
        let capsule = links.capsule;
        let introduction =
            capsule.section(&CapsulePath::root()).and_then(|section| section.introduction.as_deref());
        let language = self.language.or_else(|| introduction?.metadata.language.as_deref());
        let language = language.unwrap_or(&links.options.language);
        let mut attributes = vec![("xmlns", "http://www.w3.org/2005/Atom")];
        attributes.extend((!language.is_empty()).then_some(("xml:lang", language)));
        let mut xml = Xml::new("feed", &attributes);

        // One identifier for both media: it is the same feed in two forms.
        let id = format!("{}{}", links.options.gemini.url("gemini", 1965), self.page.to_url());
        xml.text("id", &id).text("title", &self.title);
        let last = self.essays.iter().filter_map(|essay| updated(essay)).max_by_key(EssayDate::instant);
        let last = last.or_else(|| introduction.and_then(updated));
        xml.text("updated", &last.map_or_else(|| NEVER.to_owned(), |date| date.to_rfc3339()));
        let by_introduction = introduction.map_or(&[][..], |essay| &essay.metadata.authors);
        match &links.options.author {
            Some(author) => write_author(&mut xml, author),
            // Atom wants an author where the entries name none.
            None if by_introduction.is_empty() => write_author(&mut xml, capsule.title()),
            None => by_introduction.iter().for_each(|author| write_author(&mut xml, author)),
        }
        let itself = self.page.join(NAME).map(|path| links.url(&path)).unwrap_or_default();
        xml.empty("link", &[("rel", "self"), ("type", MEDIA_TYPE), ("href", &itself)]);
        write_alternate(&mut xml, &links.url(&self.page), page_type(links.medium));
        for essay in &self.essays {
            write_entry(&mut xml, essay, links);
        }
        xml.finish()
    }
}

/// The address of the feed that a page offers: one with essays in it.
pub(super) fn of_page(page: &CapsulePath, links: &Links<'_>) -> Option<CapsulePath> {
    let path = page.join(NAME).ok()?;
    Feed::at(&path, links).filter(|feed| !feed.essays.is_empty()).map(|_| path)
}

fn updated(essay: &Essay) -> Option<EssayDate> {
    essay.metadata.updated.or(essay.date)
}

fn write_entry(xml: &mut Xml, essay: &Essay, links: &Links<'_>) {
    let (Some(date), Some(updated)) = (essay.date, updated(essay)) else { return };
    let language = essay.metadata.language.as_deref().map(|language| ("xml:lang", language));
    let address = links.address(essay);
    xml.open("entry", language.as_slice());
    xml.text("id", &id(essay, date, links)).text("title", &essay.title);
    xml.text("published", &date.to_rfc3339()).text("updated", &updated.to_rfc3339());
    for author in &essay.metadata.authors {
        write_author(xml, author);
    }
    write_alternate(xml, &links.url(&address), Some(media::of_extension(address.extension()).mime));
    for tag in &essay.metadata.tags {
        xml.empty("category", &[("term", tag)]);
    }
    if let Some(license) = &essay.metadata.license {
        xml.text("rights", license);
    }
    if let Some(summary) = essay.metadata.summary.clone().or_else(|| opening(essay, links)) {
        xml.text("summary", &summary);
    }
    xml.close();
}

/// Whether a feed shows something of the text itself: how it begins.
pub(super) fn tells_opening(essay: &Essay) -> bool {
    essay.metadata.summary.is_none()
        && essay.kind == TextKind::Markdown
        && end_of_opening(essay.text().body()).is_some()
}

/// Where the mark stands with which authors end what is shown of an essay elsewhere.
fn end_of_opening(body: &str) -> Option<usize> {
    ["<!--more-->", "<!-- more -->"].iter().find_map(|mark| body.find(mark))
}

/// The words before that mark.
fn opening(essay: &Essay, links: &Links<'_>) -> Option<String> {
    if essay.kind != TextKind::Markdown {
        return None;
    }
    let words = essay.text();
    let body = words.body();
    let document = markdown::parse(&body[..end_of_opening(body)?], &links.options.markdown);
    let paragraphs = document.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(text) => Some(plain_words(text)).filter(|words| !words.is_empty()),
        _ => None,
    });
    Some(paragraphs.collect::<Vec<_>>().join(" ")).filter(|words| !words.is_empty())
}

/// What names the essay for ever: the author's own identifier, else a `tag:` URI (RFC 4151) of the host, the day
/// it was first published and its address, the same over both media.
fn id(essay: &Essay, date: EssayDate, links: &Links<'_>) -> String {
    let specific = match essay.metadata.id.as_deref().map(str::trim) {
        Some(id) if has_scheme(id) && id.bytes().all(|byte| byte.is_ascii_graphic()) => return id.to_owned(),
        Some(id) if !id.is_empty() => utf8_percent_encode(id, SPECIFIC).to_string(),
        _ => essay.base.to_url(),
    };
    format!("tag:{},{date}:{specific}", links.options.gemini.host)
}

fn write_author(xml: &mut Xml, name: &str) {
    xml.open("author", &[]).text("name", name).close();
}

fn write_alternate(xml: &mut Xml, url: &str, media_type: Option<&str>) {
    let mut attributes = vec![("rel", "alternate")];
    attributes.extend(media_type.map(|media_type| ("type", media_type)));
    attributes.push(("href", url));
    xml.empty("link", &attributes);
}

/// The media type of the page of a folder; that of a menu has none.
fn page_type(medium: Medium) -> Option<&'static str> {
    match medium {
        Medium::Gemini => Some("text/gemini"),
        Medium::Gopher => None,
    }
}
