//! The elements of HTML, and the links and pictures made of their tags.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::run::Span;
use super::source::{Source, one_line};
use super::typography::decode;
use crate::markup::{Image, Link, LinkKind, Mark};
pub(super) use tokens::{Tag, Token, Tokens};

mod tokens;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Anchor,
    Image,
    Break,
    Rule,
    Span(Span),
    Heading(u8),
    List,
    OrderedList,
    Item,
    Quote,
    Preformatted,
    Row,
    Cell,
    Figure,
    Caption,
    /// Content that text cannot show, with a label for the link to it.
    Embed(&'static str),
    /// Removed with its content, up to this closing tag.
    Hidden(&'static str),
    Table,
    /// Starts and ends a paragraph.
    Block,
    /// Has no meaning here.
    Plain,
}

/// The length in bytes of the longest names of known elements.
const MAX_NAME: usize = 10;

/// Returns the meaning of element `name`, in any case, or `None` if HTML has none: text such as `<T>` or `<your name>`.
pub(super) fn element(name: &str) -> Option<Element> {
    let mut lower = [0; MAX_NAME];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"a" => Element::Anchor,
        b"link" if name == "Link" => Element::Anchor,
        b"img" | b"image" => Element::Image,
        b"br" => Element::Break,
        b"hr" => Element::Rule,
        b"code" | b"kbd" | b"samp" | b"tt" => Element::Span(Span::Code),
        b"em" | b"i" | b"cite" | b"dfn" | b"var" => Element::Span(Span::Mark(Mark::Emphasis)),
        b"strong" | b"b" => Element::Span(Span::Mark(Mark::Strong)),
        b"del" | b"s" | b"strike" => Element::Span(Span::Mark(Mark::Strike)),
        b"sup" => Element::Span(Span::Raised),
        b"sub" => Element::Span(Span::Lowered),
        b"q" => Element::Span(Span::Enclosed("\u{201d}")),
        b"rt" => Element::Span(Span::Enclosed(")")),
        b"rp" => Element::Hidden("</rp"),
        [b'h', level @ b'1'..=b'6'] => Element::Heading(level - b'0'),
        b"ul" | b"menu" => Element::List,
        b"ol" => Element::OrderedList,
        b"li" => Element::Item,
        b"blockquote" => Element::Quote,
        b"pre" => Element::Preformatted,
        b"table" => Element::Table,
        b"tr" => Element::Row,
        b"td" | b"th" => Element::Cell,
        b"figure" => Element::Figure,
        b"figcaption" => Element::Caption,
        b"iframe" | b"embed" | b"object" => Element::Embed("Embedded page"),
        b"video" => Element::Embed("Video"),
        b"audio" => Element::Embed("Audio"),
        b"source" => Element::Embed("Recording"),
        b"script" => Element::Hidden("</script"),
        b"style" => Element::Hidden("</style"),
        b"svg" => Element::Hidden("</svg"),
        b"template" => Element::Hidden("</template"),
        b"p" | b"div" | b"section" | b"article" | b"aside" | b"header" | b"footer" | b"main" | b"nav" | b"center"
        | b"address" | b"details" | b"summary" | b"caption" | b"colgroup" | b"col" | b"dl" | b"dt" | b"dd"
        | b"form" | b"fieldset" | b"legend" | b"hgroup" | b"search" | b"dialog" | b"body" | b"html" | b"head"
        | b"noscript" | b"picture" | b"optgroup" | b"option" | b"select" => Element::Block,
        b"thead" | b"tbody" | b"tfoot" | b"span" | b"small" | b"big" | b"font" | b"mark" | b"u" | b"ins" | b"abbr"
        | b"acronym" | b"time" | b"data" | b"bdi" | b"bdo" | b"ruby" | b"rb" | b"wbr" | b"nobr" | b"label"
        | b"button" | b"input" | b"textarea" | b"meter" | b"progress" | b"output" | b"map" | b"area" | b"canvas"
        | b"track" | b"param" | b"link" | b"meta" | b"base" | b"title" => Element::Plain,
        _ => return None,
    })
}

impl Tag<'_> {
    /// Returns the value, decoded, of the first of the attributes `names` that has one.
    pub(super) fn value<'a>(self, names: &[&str], source: Source<'a, '_>) -> Option<Cow<'a, str>> {
        let rank = |found: &str| names.iter().position(|name| found.eq_ignore_ascii_case(name));
        let values = self.attributes().filter(|(_, value)| !value.is_empty());
        let values = values.filter_map(|(name, value)| Some((rank(name)?, value)));
        values.min_by_key(|(rank, _)| *rank).map(|(_, value)| source.keep(decode(value)))
    }

    fn line<'a>(self, name: &str, source: Source<'a, '_>) -> Cow<'a, str> {
        one_line(self.value(&[name], source).unwrap_or_default())
    }

    fn link_to(self, destination: Cow<'_, str>, kind: LinkKind) -> Link<'_> {
        Link { destination, title: Cow::Borrowed(""), kind, offset: self.at }
    }

    pub(super) fn anchor<'a>(self, source: Source<'a, '_>) -> Option<Link<'a>> {
        let link = self.link_to(self.value(&["href", "to"], source)?, LinkKind::Labelled);
        Some(Link { title: self.line("title", source), ..link })
    }

    pub(super) fn image<'a>(self, source: Source<'a, '_>) -> Option<Image<'a>> {
        // Pictures that are loaded later have their address elsewhere.
        let address = self.value(&["src", "data-src", "data-original"], source)?;
        let (alt, title) = (self.line("alt", source), self.line("title", source));
        Some(Image { source: address, alt, title, offset: self.at })
    }

    /// Returns the link to embedded content, and as its label the title, or else the kind of content and the file or host.
    pub(super) fn embed<'a>(self, kind: &str, source: Source<'a, '_>) -> Option<(Link<'a>, Cow<'a, str>)> {
        let destination = self.value(&["src", "data"], source)?;
        let destination = film_page(&destination).map_or(destination, Cow::Owned);
        let title = Some(self.line("title", source)).filter(|title| !title.is_empty());
        let label = title.unwrap_or_else(|| Cow::Owned(embed_label(kind, &destination)));
        Some((self.link_to(destination, LinkKind::Embed), label))
    }

    pub(super) fn component<'a>(self, source: Source<'a, '_>) -> Option<(Link<'a>, Cow<'a, str>)> {
        let name = self.name.strip_prefix("lite-").unwrap_or(self.name);
        let film = medium(name).filter(|(_, base)| !base.is_empty());
        let id = || self.value(&["id", "videoId", "video", "youTubeId"], source);
        let page = film.and_then(|(_, base)| Some(format!("{base}{}", id()?)));
        let address = || self.value(&["href", "url", "to", "src"], source);
        let destination = page.map(Cow::Owned).or_else(address)?;
        let destination = Some(destination).filter(|address| !address.starts_with('{'))?;
        let general = || film.map_or_else(|| embed_label("File", &destination), |(label, _)| label.to_owned());
        let label = self.words(source).unwrap_or_else(|| Cow::Owned(general()));
        Some((self.link_to(destination, LinkKind::Labelled), label))
    }

    pub(super) fn words<'a>(self, source: Source<'a, '_>) -> Option<Cow<'a, str>> {
        let names = ["title", "label", "text", "name", "alt", "summary", "heading", "playlabel"];
        let words = one_line(self.value(&names, source)?);
        let more = self.line("description", source);
        Some(if more.is_empty() { words } else { Cow::Owned(format!("{words} — {more}")) })
    }

    pub(super) fn language<'a>(self, source: Source<'a, '_>) -> Cow<'a, str> {
        let classes = self.value(&["class"], source).unwrap_or_default();
        let mut words = classes.split_whitespace();
        let named = words.find_map(|word| ["language-", "lang-"].iter().find_map(|start| word.strip_prefix(start)));
        source.keep(language(named.unwrap_or_default()))
    }
}

/// The names of media that tags and components embed, each with a label and the URL before the id.
static MEDIA: LazyLock<Vec<(&str, (&str, &str))>> = LazyLock::new(|| {
    let lines = include_str!("media.txt").lines().filter_map(|line| line.split_once('|'));
    let media = lines.filter_map(|(names, medium)| Some((names, medium.split_once('|')?)));
    media.flat_map(|(names, medium)| names.split(' ').map(move |name| (name, medium))).collect()
});

/// Returns the label and the start of the address of the medium that `name` embeds. Themes add to the longer names.
pub(super) fn medium(name: &str) -> Option<(&'static str, &'static str)> {
    let starts = |known: &str| name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known));
    let is_it = |known: &str| starts(known) && (name.len() == known.len() || known.len() > 4);
    MEDIA.iter().find(|(known, _)| is_it(known)).map(|(_, medium)| *medium)
}

/// Returns the page of a film instead of the address of its player, which shows nothing outside of a frame.
pub(super) fn film_page(player: &str) -> Option<String> {
    let address = player.trim_start_matches("https:").trim_start_matches("http:").strip_prefix("//")?;
    let address = address.strip_prefix("www.").unwrap_or(address);
    let youtube = ["youtube.com/embed/", "youtube-nocookie.com/embed/"].iter().find_map(|p| address.strip_prefix(p));
    let id = youtube.or_else(|| address.strip_prefix("player.vimeo.com/video/"))?;
    let (id, query) = id.split_once('?').unwrap_or((id, ""));
    let id = id.trim_end_matches('/');
    let list = query.split('&').find_map(|pair| pair.trim_start_matches("amp;").strip_prefix("list="));
    match (youtube, id, list) {
        (None, ..) => Some(format!("https://vimeo.com/{id}")),
        (_, "videoseries" | "", Some(list)) => Some(format!("https://www.youtube.com/playlist?list={list}")),
        _ if id.is_empty() => None,
        _ => Some(format!("https://www.youtube.com/watch?v={id}")),
    }
}

pub(super) fn embed_label(kind: &str, address: &str) -> String {
    let place = address.split_once("//").map(|(_, place)| place);
    let host = place.unwrap_or(address).split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let site = host.rsplit('.').nth(1).filter(|site| place.is_some() && site.len() > 4).and_then(medium);
    let path = address.split(['?', '#']).next().unwrap_or_default();
    match (site, path.rsplit('/').next().unwrap_or_default()) {
        (Some((label, base)), _) if !base.is_empty() => label.to_owned(),
        _ if kind == "Embedded page" && !host.is_empty() => format!("{kind}: {host}"),
        (_, "") => kind.to_owned(),
        (_, file) => format!("{kind}: {file}"),
    }
}

/// Returns whether `name` is spelt like a component of a page generator: capitalised, and no single capital letter.
pub(super) fn is_component(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase())
}

/// Returns what follows a directive of `MyST` for code in an info string, such as `{code-cell} python`.
pub(super) fn behind_directive(info: &str) -> Option<&str> {
    let (name, language) = info.trim_start().strip_prefix('{')?.split_once('}')?;
    matches!(name, "code" | "code-block" | "code-cell" | "sourcecode").then_some(language)
}

/// Returns the language in an info string: its first word, also from `{.rust}`, `rust,ignore` and `rust{1,3}`.
pub(super) fn language(info: &str) -> &str {
    let info = behind_directive(info).unwrap_or(info).trim_start().trim_start_matches(['{', '.']);
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}')).unwrap_or(info.len());
    let word = &info[..end];
    // `title=x` is an attribute of a block without a language.
    if word.contains('=') { "" } else { word }
}
