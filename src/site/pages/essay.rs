//! Essay pages: title, body, and what surrounds them.

use super::{Line, Page, snippet_plain};
use crate::capsule::{CapsulePath, Essay, EssayDate, EssayText, PageSnippet, TextKind};
use crate::markup::{Block, Document, Image, Inline, Nodes, markdown, plain_words};
use crate::render::words::Words;
use crate::render::{Resolve, Target};
use crate::site::links::{Backlinks, Links, has_scheme};
use crate::site::options::MetaLine;
use crate::site::taxonomies::Kind;
use crate::site::{feed, languages};

/// The length in characters beyond which a paragraph is more than a link home.
const MAX_WAY_HOME: usize = 40;

type LabelledLink = (String, CapsulePath);

/// Returns the essay as a page of gemtext. Without `backlinks` it does not list the essays that mention it.
pub(in crate::site) fn gemtext(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>) -> Page {
    let text = essay.text();
    let mut ways = ways_up(essay, links);
    let mut document = body(essay, &text, links, &mut ways);
    let mut page = Page::new(&essay.title, Some(&essay.base));
    let rendered = if essay.kind == TextKind::Gemtext {
        text.body().replace("\r\n", "\n")
    } else {
        arrange_opening(&mut document, essay, links);
        links.gemtext(&document)
    };
    let mut rest = rendered.as_str();
    if opens_with_title(&document, essay) {
        let (title, body) = rest.trim_start().split_once('\n').unwrap_or((rest, ""));
        page.title_line = match essay.mark.as_deref().filter(|_| essay.kind == TextKind::Gemtext) {
            Some(mark) => Some(title.replacen("# ", &format!("# {mark} "), 1)),
            None => Some(title.to_owned()),
        };
        rest = body;
    }
    let meta = meta_line(essay, false, links);
    if links.site.options.pages.meta == MetaLine::Header {
        page.text(&meta).gap();
    }
    page.lines.push(Line::Gemtext(rest.to_owned()));
    if !rest.trim_end().ends_with("\n---") {
        page.gap().text("---");
    }
    if links.site.options.pages.meta == MetaLine::Footer {
        page.text(meta);
    }
    page.lines.extend(license(essay));
    page.lines.extend(tags(essay, links));
    page.lines.extend(footer(essay, links, backlinks, ways));
    page
}

/// Returns the essay as wrapped text, with LF line ends.
pub(in crate::site) fn plain(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>) -> String {
    let text = essay.text();
    if essay.kind == TextKind::Text {
        let mark = essay.mark.as_ref().map(|mark| format!("{mark}\n\n")).unwrap_or_default();
        return mark + text.whole();
    }
    let mut ways = ways_up(essay, links);
    let mut document = body(essay, &text, links, &mut ways);
    if !opens_with_title(&document, essay) {
        let title = vec![Inline::Text(essay.title.as_str().into())];
        document.blocks.insert(0, Block::Heading { level: 1, text: title });
    }
    let description = description(essay, &document, links);
    let meta = Some(meta_line(essay, true, links)).filter(|meta| !meta.is_empty());
    let opening = meta.into_iter().chain(description).map(|words| paragraph(words));
    document.blocks.splice(1..1, opening);
    let mut out = links.plain(&document);
    let foot = license(essay).into_iter().chain(footer(essay, links, backlinks, ways));
    let foot = foot.filter_map(|line| match line {
        // The label of a license's URL is the URL itself.
        Line::Text(text) | Line::Url { label: text, .. } => Some(paragraph(text)),
        Line::Link { label, to, .. } => {
            let url = Inline::Text(links.url(&to).into());
            Some(Block::Paragraph(vec![Inline::Text(label.into()), Inline::HardBreak, url]))
        }
        _ => None,
    });
    let blocks = std::iter::once(Block::Rule).chain(foot).collect();
    out.extend(["\n", &links.plain(&Document { blocks, ..Document::default() })]);
    let footer = snippet_plain(PageSnippet::Footer, links);
    if !footer.is_empty() {
        out.extend(["\n", &footer]);
    }
    out
}

fn paragraph(text: String) -> Block<'static> {
    Block::Paragraph(vec![Inline::Text(text.into())])
}

/// Returns the body, with its title as the front matter spells it. The author's own link to the target of one of `ways`
/// is taken out, and its words become the label of that way.
fn body<'a>(
    essay: &Essay,
    text: &'a EssayText,
    links: &Links<'_>,
    ways: &mut Vec<LabelledLink>,
) -> Document<'a> {
    let options = &links.site.options;
    let mut document = text.document(&options.markdown);
    adopt_title(&mut document, essay);
    let titles = usize::from(opens_with_title(&document, essay));
    let last = document.blocks.len().saturating_sub(1);
    for at in [last, titles] {
        let Some(block) = document.blocks.get(at).filter(|_| at >= titles) else { continue };
        let by_words = at == last && at > titles;
        let Some((way, words)) = own_way(block, by_words, &document, links, ways) else { continue };
        match words.filter(|_| essay.kind == TextKind::Markdown) {
            Some(words) => {
                ways[way].0 = words;
                document.blocks.remove(at);
                if by_words && document.blocks.last() == Some(&Block::Rule) {
                    document.blocks.pop();
                }
            }
            None => {
                ways.remove(way);
            }
        }
    }
    if options.pages.shift_headings {
        shift_headings(&mut document.blocks[titles..]);
    }
    document
}

/// Returns which of `ways` a block leads, and its words if it contains nothing else. Without a link, it leads home if it
/// says so and `by_words` is set.
fn own_way(
    block: &Block<'_>,
    by_words: bool,
    document: &Document<'_>,
    links: &Links<'_>,
    ways: &[LabelledLink],
) -> Option<(usize, Option<String>)> {
    let leads_to = |piece: &Inline<'_>| {
        let Inline::LinkOpen(id) = piece else { return None };
        let target = links.link(document.links.get(id.0 as usize)?);
        ways.iter().position(|(_, to)| target == Target::Url(links.url(to)))
    };
    let Block::Paragraph(text) = block else {
        let is_list = matches!(block, Block::List(_));
        let way = Nodes::new(std::iter::once(block)).inlines().find_map(leads_to);
        return way.filter(|_| is_list).map(|way| (way, None));
    };
    let words = if text.len() > MAX_WAY_HOME { return None } else { plain_words(text) };
    if words.chars().count() > MAX_WAY_HOME {
        return None;
    }
    let count = text.iter().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count();
    if count > 0 {
        return text.iter().find_map(leads_to).map(|way| (way, (count == 1).then_some(words)));
    }
    let start = words.to_lowercase();
    let is_home = Words::everywhere("home").any(|home| start.starts_with(home));
    let is_home = by_words && is_home && !words.ends_with(['.', '!', '?', '…', '。']);
    Some((ways.len().checked_sub(1).filter(|_| is_home)?, Some(words)))
}

/// Puts the description or the first paragraph before the pictures that open the body, as its lede; then the cover.
fn arrange_opening(document: &mut Document<'_>, essay: &Essay, links: &Links<'_>) {
    let start = usize::from(opens_with_title(document, essay));
    let cover = cover(essay, document, links);
    let pictures = document.blocks[start..].iter().take_while(|block| is_picture(block)).count();
    let mut after = start;
    if let Some(description) = description(essay, document, links) {
        document.blocks.insert(start, paragraph(description));
        after += 1;
    } else if let Some(Block::Paragraph(text)) = document.blocks.get(start + pictures)
        && (pictures == 0 || !is_caption(text))
    {
        document.blocks[start..=start + pictures].rotate_right(1);
        after += 1;
    }
    if let Some(cover) = cover {
        document.blocks.insert(after, Block::Paragraph(vec![Inline::Image(Box::new(cover))]));
    }
}

fn is_picture(block: &Block<'_>) -> bool {
    let Block::Paragraph(text) = block else { return false };
    let has_words = |piece: &Inline<'_>| match piece {
        Inline::Text(words) | Inline::Code(words) => words.contains(char::is_alphanumeric),
        _ => false,
    };
    text.iter().any(|piece| matches!(piece, Inline::Image(_))) && !text.iter().any(has_words)
}

/// Returns whether a paragraph below a picture describes it: it is emphasised as a whole, or is no sentence.
fn is_caption(text: &[Inline<'_>]) -> bool {
    let is_emphasised = matches!(text, [Inline::Open(first), .., Inline::Close(last)] if first == last);
    is_emphasised || !plain_words(text).contains(['.', '!', '?', '…', ':', '。', '！', '？', '।', '؟', '۔'])
}

/// Returns the author's description, unless the body opens with it.
fn description(essay: &Essay, document: &Document<'_>, links: &Links<'_>) -> Option<String> {
    let summary = essay.metadata.summary.as_deref()?;
    let words = feed::paragraphs(&markdown::parse(summary, &links.site.options.markdown));
    let start = usize::from(opens_with_title(document, essay));
    let first = document.blocks[start..].iter().find(|block| !is_picture(block));
    let opening = match first {
        Some(Block::Paragraph(text)) => letters(&plain_words(text)),
        _ => String::new(),
    };
    let own = letters(&words);
    let repeats = opening.starts_with(&own) || !opening.is_empty() && own.starts_with(&opening);
    (!repeats && own != letters(&essay.title)).then_some(words)
}

/// Returns the letters and digits of `words` in lower case.
fn letters(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Moves headings one level down if one of them has level 1.
fn shift_headings(blocks: &mut [Block<'_>]) {
    if blocks.iter().any(|block| matches!(block, Block::Heading { level: 1, .. })) {
        for block in blocks {
            if let Block::Heading { level, .. } = block {
                *level = (*level + 1).min(6);
            }
        }
    }
}

/// Makes a first heading that repeats the title of `essay` the title, as the front matter spells it.
fn adopt_title(document: &mut Document<'_>, essay: &Essay) {
    if let Some(Block::Heading { level, text }) = document.blocks.first_mut()
        && repeats_title(text, essay)
    {
        *level = 1;
        if (essay.metadata.title.is_some() || essay.mark.is_some()) && plain_words(text) != essay.title {
            *text = vec![Inline::Text(essay.title.clone().into())];
        }
    }
}

/// Returns whether a heading has the words of the title of `essay`, apart from capitals and signs.
fn repeats_title(text: &[Inline<'_>], essay: &Essay) -> bool {
    let words = plain_words(text);
    let unmarked = essay.mark.as_deref().and_then(|mark| essay.title.strip_prefix(mark));
    let is_title =
        |title: &str| words == title || letters(&words) == letters(title) && !letters(&words).is_empty();
    is_title(&essay.title) || unmarked.is_some_and(is_title)
}

/// Returns whether the first block is the title of `essay`.
pub(super) fn opens_with_title(document: &Document<'_>, essay: &Essay) -> bool {
    match document.blocks.first() {
        Some(Block::Heading { level: 1, text }) => repeats_title(text, essay),
        _ => false,
    }
}

/// Returns the cover picture, unless the body shows it.
fn cover(essay: &Essay, document: &Document<'_>, links: &Links<'_>) -> Option<Image<'static>> {
    let cover = essay.metadata.cover.as_ref()?;
    let target = links.image(&cover.source);
    let is_shown = |picture: &Image<'_>| {
        picture.source == cover.source || target != Target::Unknown && links.image(&picture.source) == target
    };
    let is_there = matches!(target, Target::Url(_)) || cover.source.contains("://");
    if !is_there || document.pictures().any(is_shown) {
        return None;
    }
    let alt = if cover.alt.is_empty() { &essay.title } else { &cover.alt };
    Some(Image { source: cover.source.clone().into(), alt: alt.clone().into(), title: "".into(), offset: 0 })
}

/// Returns the license as a link if it is a URL, else as text.
fn license(essay: &Essay) -> Option<Line> {
    let license = essay.metadata.license.clone()?;
    Some(if has_scheme(&license) && !license.contains(' ') {
        Line::Url { label: license.clone(), url: Some(license) }
    } else {
        Line::Text(license)
    })
}

/// Formats `2024-05-01 · 1 min read · by Ada · updated 2024-06-01`, with tags where they are no links.
fn meta_line(essay: &Essay, with_tags: bool, links: &Links<'_>) -> String {
    if links.site.options.pages.meta == MetaLine::None {
        return String::new();
    }
    let (metadata, words) = (&essay.metadata, links.words());
    let date = essay.date.map(|date| date.to_string());
    let minutes = words.with("minutes", &[&essay.minutes().to_string()]);
    let authors = Some(&metadata.authors).filter(|authors| !links.site.are_authors(authors));
    let authors = authors.map(|authors| words.with("by", &[&authors.join(", ")]));
    let day = |date: EssayDate| date.to_string();
    let is_later = |updated: &EssayDate| essay.date.is_none_or(|date| day(*updated) > day(date));
    let updated = metadata.updated.filter(is_later).map(|date| words.with("updated", &[&day(date)]));
    let tags = Some(metadata.tags.join(", ")).filter(|tags| !tags.is_empty());
    let tags = tags.filter(|_| with_tags || links.site.private_area.is_some());
    [date, Some(minutes), authors, updated, tags].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Returns links to the pages of the essay's tags. A private area has none.
fn tags(essay: &Essay, links: &Links<'_>) -> Vec<Line> {
    let is_shown = links.site.options.pages.meta != MetaLine::None && links.site.private_area.is_none();
    let named = essay.metadata.tags.iter().filter(|_| is_shown);
    let terms = named.filter_map(|tag| Some((tag, links.taxonomies().named(Kind::Tag, tag)?)));
    terms.map(|(tag, term)| Line::link(links.words().with("tag", &[tag]), term.address.clone())).collect()
}

/// Returns the ways from an essay up to the list of its folder and to that of the capsule, the latter last.
fn ways_up(essay: &Essay, links: &Links<'_>) -> Vec<LabelledLink> {
    let back = links.back();
    let folder = links.site.capsule.section(&essay.base.parent());
    let folder = folder.filter(|folder| folder.address != CapsulePath::root() && folder.address != back.1);
    let up = folder.map(|folder| (links.words().with("up", &[&folder.title]), folder.address.clone()));
    up.into_iter().chain([back]).collect()
}

/// Returns the blocks of links below an essay: its translations and series, the essays that mention it, and its
/// neighbours with the `ways` up. They link to each essay once.
fn footer(
    essay: &Essay,
    links: &Links<'_>,
    backlinks: Option<&Backlinks>,
    ways: Vec<LabelledLink>,
) -> Vec<Line> {
    let words = links.words();
    let series = series(essay, links, &words);
    let mut neighbours = neighbours(essay, links, &words);
    neighbours.retain(|(_, to)| series.iter().all(|(_, other)| other != to));
    let near: Vec<&CapsulePath> = series.iter().chain(&neighbours).map(|(_, to)| to).collect();
    let index = links.site.capsule.index_of(&essay.base);
    let mentioned_by = match (backlinks, index) {
        (Some(backlinks), Some(index)) => backlinks.of(index, &near, links),
        _ => Vec::new(),
    };
    let mentioned_by: Vec<LabelledLink> =
        mentioned_by.into_iter().map(|other| (other.title.clone(), links.address(other))).collect();
    neighbours.extend(language(essay, links));
    neighbours.extend(ways);
    let heading = words.get("mentions").to_owned();
    let blocks = [
        (None, translations(essay, links)),
        (None, series),
        (Some(heading), mentioned_by),
        (None, neighbours),
    ];
    let mut lines = Vec::new();
    for (heading, block) in blocks.into_iter().filter(|(_, block)| !block.is_empty()) {
        lines.push(Line::Gap);
        lines.extend(heading.map(Line::Text));
        lines.extend(block.into_iter().map(|(label, to)| Line::link(label, to)));
    }
    lines
}

/// Returns links to the translations of the essay: `Français: La peau douce`.
fn translations(essay: &Essay, links: &Links<'_>) -> Vec<LabelledLink> {
    let others = links.site.capsule.translations(essay).map(AsRef::as_ref);
    let others = others.filter(|other| other.base != essay.base && links.serves(other));
    let link = |other: &Essay| {
        let label = match languages::name(languages::of(other, &links.site.options)).as_str() {
            "" => other.title.clone(),
            language => format!("{language}: {}", other.title),
        };
        (label, links.address(other))
    };
    others.map(link).collect()
}

/// Returns links to the essay's series and to the parts before and after it.
fn series(essay: &Essay, links: &Links<'_>, words: &Words) -> Vec<LabelledLink> {
    let name = essay.metadata.series.as_ref();
    let Some(term) = name.and_then(|name| links.taxonomies().named(Kind::Series, name)) else {
        return Vec::new();
    };
    let parts = term.essays.iter().map(|&index| links.site.essay(index));
    let parts: Vec<&Essay> = parts.filter(|part| links.companions(essay, part)).collect();
    let Some(at) = parts.iter().position(|part| part.base == essay.base).filter(|_| parts.len() > 1) else {
        return Vec::new();
    };
    let part = |at: usize, key: &str| {
        let part = parts.get(at)?;
        Some((words.with(key, &[&(at + 1).to_string(), &part.title]), links.address(part)))
    };
    let (number, count) = ((at + 1).to_string(), parts.len().to_string());
    let whole = (words.with("part_of", &[&term.name, &number, &count]), term.address.clone());
    // A private area has no pages of series.
    let whole = Some(whole).filter(|_| links.site.private_area.is_none());
    let before = at.checked_sub(1).and_then(|at| part(at, "part_before"));
    [whole, before, part(at + 1, "part_after")].into_iter().flatten().collect()
}

/// Returns links to the essays before and after this one in its folder, by date.
fn neighbours(essay: &Essay, links: &Links<'_>, words: &Words) -> Vec<LabelledLink> {
    let section = links.site.capsule.section(&essay.base.parent()).filter(|_| essay.date.is_some());
    let Some((section, at)) = section.and_then(|section| Some((section, section.position(essay)?))) else {
        return Vec::new();
    };
    let dated = |other: &&Essay| other.date.is_some();
    let fits = |other: &&Essay| links.companions(essay, other);
    let older = section.essays[at + 1..].iter().map(AsRef::as_ref).take_while(dated).find(fits);
    let newer = section.essays[..at].iter().rev().map(AsRef::as_ref).find(fits);
    let link = |other: Option<&Essay>, key: &str| {
        other.map(|other| (words.with(key, &[&other.title]), links.address(other)))
    };
    [link(older, "older"), link(newer, "newer")].into_iter().flatten().collect()
}

/// Returns a link to the list of essays in the language of this one, if that is not the language of the capsule.
fn language(essay: &Essay, links: &Links<'_>) -> Option<LabelledLink> {
    let tag = languages::of(essay, &links.site.options);
    let term = links.taxonomies().named(Kind::Language, tag)?;
    let is_own = languages::equal(tag, &links.site.options.language);
    (!is_own).then(|| (languages::name(tag), term.address.clone()))
}
