//! The HTML elements that are markup here. Anything else in angle brackets is what somebody wrote: `<T>`,
//! `<path>`, `<your name>`.

use crate::markup::Mark;

/// What an element means to a page of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// `a`
    Anchor,
    /// `img`
    Image,
    /// `br`
    Break,
    /// `hr`
    Rule,
    /// `code` and its kin.
    Code,
    /// `em`, `strong`, `del` and their kin.
    Marked(Mark),
    /// `sup`
    Raised,
    /// `sub`
    Lowered,
    /// `q`
    Quotation,
    /// `h1` to `h6`
    Heading(u8),
    /// `ul`, `ol`
    List {
        /// Whether its items are numbered.
        ordered: bool,
    },
    /// `li`
    Item,
    /// `blockquote`
    Quote,
    /// `pre`
    Preformatted,
    /// `tr`
    Row,
    /// `td`, `th`
    Cell,
    /// `figure`
    Figure,
    /// `figcaption`
    Caption,
    /// Content that text cannot show, with a name for it.
    Embed(&'static str),
    /// Dropped with all it contains.
    Hidden,
    /// Starts and ends a line, nothing else.
    Block,
    /// No meaning of its own.
    Plain,
}

/// The longest name of a known element.
const LONGEST: usize = 10;

/// The meaning of the element `name`, in any case; none if HTML has no such element.
pub(super) fn element(name: &str) -> Option<Element> {
    let mut lower = [0; LONGEST];
    let lower = lower.get_mut(..name.len())?;
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    Some(match &*lower {
        b"a" => Element::Anchor,
        b"img" | b"image" => Element::Image,
        b"br" => Element::Break,
        b"hr" => Element::Rule,
        b"code" | b"kbd" | b"samp" | b"tt" => Element::Code,
        b"em" | b"i" | b"cite" | b"dfn" | b"var" => Element::Marked(Mark::Emphasis),
        b"strong" | b"b" => Element::Marked(Mark::Strong),
        b"del" | b"s" | b"strike" => Element::Marked(Mark::Strike),
        b"sup" => Element::Raised,
        b"sub" => Element::Lowered,
        b"q" => Element::Quotation,
        b"h1" => Element::Heading(1),
        b"h2" => Element::Heading(2),
        b"h3" => Element::Heading(3),
        b"h4" => Element::Heading(4),
        b"h5" => Element::Heading(5),
        b"h6" => Element::Heading(6),
        b"ul" | b"menu" => Element::List { ordered: false },
        b"ol" => Element::List { ordered: true },
        b"li" => Element::Item,
        b"blockquote" => Element::Quote,
        b"pre" => Element::Preformatted,
        b"tr" => Element::Row,
        b"td" | b"th" => Element::Cell,
        b"figure" => Element::Figure,
        b"figcaption" => Element::Caption,
        b"iframe" | b"embed" | b"object" => Element::Embed("Embedded page"),
        b"video" => Element::Embed("Video"),
        b"audio" => Element::Embed("Audio"),
        b"source" => Element::Embed("Recording"),
        b"script" | b"style" | b"svg" | b"template" => Element::Hidden,
        b"p" | b"div" | b"section" | b"article" | b"aside" | b"header" | b"footer" | b"main" | b"nav"
        | b"center" | b"address" | b"details" | b"summary" | b"table" | b"caption" | b"colgroup" | b"col"
        | b"dl" | b"dt" | b"dd" | b"form" | b"fieldset" | b"legend" | b"hgroup" | b"search" | b"dialog"
        | b"body" | b"html" | b"head" | b"noscript" | b"picture" | b"optgroup" | b"option" | b"select" => {
            Element::Block
        }
        b"thead" | b"tbody" | b"tfoot" | b"span" | b"small" | b"big" | b"font" | b"mark" | b"u" | b"ins"
        | b"abbr" | b"acronym" | b"time" | b"data" | b"bdi" | b"bdo" | b"ruby" | b"rt" | b"rp" | b"rb"
        | b"wbr" | b"nobr" | b"label" | b"button" | b"input" | b"textarea" | b"meter" | b"progress"
        | b"output" | b"map" | b"area" | b"canvas" | b"track" | b"param" | b"link" | b"meta" | b"base"
        | b"title" => Element::Plain,
        _ => return None,
    })
}
