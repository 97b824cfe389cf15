//! Atom feeds (RFC 4287): the newest essays of a list, for readers that do not take the list page as a feed.
//!
//! A feed needs a dozen elements, and the crates that know the whole format bring ten dependencies, so the writer is
//! our own. Clients need more than the format: the namespace is the default one, without a prefix; every address is
//! absolute and in the protocol of the feed; and `updated`, the date that readers see, is never that of a file.

use super::links::{Links, has_scheme};
use super::options::Medium;
use super::pages::pagination::EssayQuery;
use super::pages::results::RESERVED;
use crate::capsule::{CapsulePath, Essay, EssayDate, TextKind, media};
use crate::markup::{Block, Document, markdown, plain_words};
use crate::render::xml::Xml;

/// The file name of the feed of a list, within its folder.
pub(super) const NAME: &str = "atom.xml";

/// The media type of a feed (RFC 4287, section 7).
pub(super) const MEDIA_TYPE: &str = "application/atom+xml";

/// The most essays in a feed: more than appear between two visits of a reader, and small enough for slow lines.
const ENTRIES: usize = 50;

/// The `updated` time, which Atom requires, of a capsule without any date.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// Returns the list whose feed stands at `path`: of the capsule, or with dated essays. Private areas have no feeds.
pub(super) fn at<'a>(path: &CapsulePath, links: &Links<'a>) -> Option<EssayQuery<'a>> {
    let is_feed = !path.is_folder() && path.name() == NAME && links.site.options.private_area.is_none();
    let mut list = is_feed.then(|| EssayQuery::at(&path.parent(), links)).flatten()?;
    let dated = list.essays.iter().take_while(|essay| essay.date.is_some()).take(ENTRIES).count();
    list.essays.truncate(dated);
    // The feed of the capsule is there even if none of its essays has a date.
    (list.name.is_none() || dated > 0).then_some(list)
}

/// Writes the feed of `list` as Atom with LF line ends; `links` must be absolute.
pub(super) fn atom(list: &EssayQuery<'_>, links: &Links<'_>) -> String {
    let capsule = &links.site.capsule;
    let introduction = capsule.introduction(&CapsulePath::root()).map(AsRef::as_ref);
    let language = list.language.or_else(|| introduction?.metadata.language.as_deref());
    let language = language.unwrap_or(&links.site.options.language);
    let mut attributes = vec![("xmlns", "http://www.w3.org/2005/Atom")];
    attributes.extend((!language.is_empty()).then_some(("xml:lang", language)));
    let of_list = list.name.as_ref().map(|name| format!(": {name}")).unwrap_or_default();
    let last = list.essays.iter().filter_map(|essay| updated(essay)).max_by_key(EssayDate::instant);
    let last = last.or_else(|| introduction.and_then(updated)).map(|date| date.to_rfc3339());
    let by_introduction = introduction.map_or(&[][..], |essay| &essay.metadata.authors);
    // Atom requires an author where entries name none.
    let title = std::slice::from_ref(&capsule.title);
    let mut authors = [links.site.options.author.as_slice(), by_introduction, title].into_iter();
    let authors = authors.find(|names| !names.is_empty()).unwrap_or_default();
    let itself = list.address.join(NAME).map(|path| links.url(&path)).unwrap_or_default();
    // A menu has no media type.
    let media_type = (links.medium == Medium::Gemini).then_some("text/gemini");
    Xml::document("feed", &attributes, |xml| {
        // One identifier for both media, as they are two forms of one feed.
        xml.text("id", &links.site.options.gemini_url(&list.address));
        xml.text("title", &format!("{}{of_list}", capsule.title));
        xml.text("updated", last.as_deref().unwrap_or(NEVER));
        write_authors(xml, authors);
        xml.empty("link", &[("rel", "self"), ("type", MEDIA_TYPE), ("href", &itself)]);
        write_alternate(xml, &links.url(&list.address), media_type);
        for essay in &list.essays {
            write_entry(xml, essay, links);
        }
    })
}

/// Returns the address of the feed of the list page `page`, if it has entries.
pub(super) fn of_page(page: &CapsulePath, links: &Links<'_>) -> Option<CapsulePath> {
    let path = page.join(NAME).ok()?;
    at(&path, links).filter(|list| !list.essays.is_empty()).map(|_| path)
}

/// Names that other servers and generators give to the feed of a list.
const NAMES: &str = "feed rss rss2 atom feed.xml rss.xml rss2.xml index.xml feed.atom feed.rss feed.json \
                     index.json all.atom.xml all.rss.xml";

/// Returns the feed that generators have at `path`: `/feed/`, `/rss.xml`, or that of a tag or category, as in
/// `/feeds/rain.atom.xml` (Pelican) and `/feed/by_tag/rain.xml` (Jekyll).
pub(super) fn known_as(path: &CapsulePath, links: &Links<'_>) -> Option<CapsulePath> {
    let mut folder = path.parent();
    let mut ends = &[".atom.xml", ".rss.xml"][..];
    while matches!(folder.name(), "feed" | "feeds" | "by_tag") {
        (folder, ends) = (folder.parent(), &[".atom.xml", ".rss.xml", ".xml"]);
    }
    let list = if NAMES.split(' ').any(|name| name == path.name()) {
        folder
    } else {
        let name = ends.iter().find_map(|end| path.name().strip_suffix(end))?;
        folder.join(&format!("category/{name}")).ok()?
    };
    of_page(&links.address_of(links.resource(&list))?, links)
}

fn updated(essay: &Essay) -> Option<EssayDate> {
    essay.metadata.updated.or(essay.date)
}

fn write_entry(xml: &mut Xml, essay: &Essay, links: &Links<'_>) {
    let (Some(date), Some(updated)) = (essay.date, updated(essay)) else { return };
    let language = essay.metadata.language.as_deref().map(|language| ("xml:lang", language));
    let address = links.address(essay);
    xml.element("entry", language.as_slice(), |xml| {
        xml.text("id", &id(essay, date, links));
        xml.text("title", &essay.title);
        xml.text("published", &date.to_rfc3339());
        xml.text("updated", &updated.to_rfc3339());
        write_authors(xml, &essay.metadata.authors);
        write_alternate(xml, &links.url(&address), Some(media::of(&address).mime));
        for tag in &essay.metadata.tags {
            xml.empty("category", &[("term", tag)]);
        }
        if let Some(license) = &essay.metadata.license {
            xml.text("rights", license);
        }
        let options = &links.site.options.markdown;
        let quoted = || Some(paragraphs(&markdown::parse(opening(essay, essay.text().body())?, options)));
        if let Some(summary) = essay.metadata.summary.clone().or_else(quoted).filter(|words| !words.is_empty()) {
            xml.text("summary", &summary);
        }
    });
}

fn write_authors(xml: &mut Xml, names: &[String]) {
    for name in names {
        xml.element("author", &[], |xml| xml.text("name", name));
    }
}

pub(super) fn quotes_opening(essay: &Essay) -> bool {
    essay.metadata.summary.is_none() && opening(essay, essay.text().body()).is_some()
}

/// Returns the text before the mark with which authors end the opening.
fn opening<'b>(essay: &Essay, body: &'b str) -> Option<&'b str> {
    let mut marks = ["<!--more-->", "<!-- more -->"].into_iter().filter(|_| essay.kind == TextKind::Markdown);
    Some(&body[..marks.find_map(|mark| body.find(mark))?])
}

pub(super) fn paragraphs(document: &Document<'_>) -> String {
    let words = |block: &Block<'_>| if let Block::Paragraph(text) = block { Some(plain_words(text)) } else { None };
    document.blocks.iter().filter_map(words).filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Returns the permanent identifier of an essay: the author's, or a `tag:` URI (RFC 4151) of host, date and address.
fn id(essay: &Essay, date: EssayDate, links: &Links<'_>) -> String {
    let specific = match essay.metadata.id.as_deref().map(str::trim) {
        Some(id) if has_scheme(id) && id.bytes().all(|byte| byte.is_ascii_graphic()) => return id.to_owned(),
        Some(id) if !id.is_empty() => percent_encoding::utf8_percent_encode(id, RESERVED).to_string(),
        _ => essay.base.to_url(),
    };
    format!("tag:{},{date}:{specific}", links.site.options.gemini.host)
}

fn write_alternate(xml: &mut Xml, url: &str, media_type: Option<&str>) {
    let mut attributes = vec![("rel", "alternate")];
    attributes.extend(media_type.map(|media_type| ("type", media_type)));
    attributes.push(("href", url));
    xml.empty("link", &attributes);
}
