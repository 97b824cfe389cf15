//! Essay pages: title, body, and what surrounds them.

use super::{Line, Page, snippet};
use crate::capsule::{CapsulePath, Essay, EssayDate, EssayText, PageSnippet, TextKind};
use crate::markup::{Block, Document, Image, Inline, Nodes, markdown, plain_words};
use crate::render::lines::Lines;
use crate::render::words::Words;
use crate::render::{Resolve, Target};
use crate::site::links::{Backlinks, Links, has_scheme};
use crate::site::options::MetaLine;
use crate::site::taxonomies::Kind;
use crate::site::{feed, taxonomies};

/// The length in characters beyond which a paragraph is more than a link home.
const MAX_WAY_HOME: usize = 40;

/// Links to essays and lists, each with its label.
type LabelledLinks = Vec<(String, CapsulePath)>;

/// Returns the essay as a page of gemtext. Without `backlinks` it does not list the essays that mention it.
pub(in crate::site) fn gemtext(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>) -> Page {
    let text = essay.text();
    let (mut document, titles, ways) = body(essay, &text, links);
    let is_gemtext = essay.kind == TextKind::Gemtext;
    let rendered = if is_gemtext {
        text.body().replace("\r\n", "\n")
    } else {
        arrange_opening(&mut document, titles, essay, links);
        links.gemtext(&document)
    };
    let (mut out, mut rest) = (Lines::default(), rendered.as_str());
    if titles == 0 {
        out.heading(1, &essay.title);
    } else {
        let (title, body) = rest.trim_start().split_once('\n').unwrap_or((rest, ""));
        let mark = essay.mark.as_ref().filter(|_| is_gemtext).map(|mark| format!("{mark} ")).unwrap_or_default();
        out.gemtext(&title.replacen("# ", &format!("# {mark}"), 1));
        rest = body;
    }
    let meta = meta_line(essay, false, links);
    if links.site.options.meta == MetaLine::Header {
        out.text(&meta).blank();
    }
    out.gemtext(rest);
    let mut page = Page { introduction: out.finish(), address: Some(essay.base.clone()), ..Page::default() };
    if !rest.trim_end().ends_with("\n---") {
        page.gap().text("---");
    }
    if links.site.options.meta == MetaLine::Footer {
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
        return mark + &text.whole;
    }
    let (mut document, titles, ways) = body(essay, &text, links);
    let description = description(essay, &document.blocks[titles..], links);
    if titles == 0 {
        let title = vec![Inline::Text(essay.title.as_str().into())];
        document.blocks.insert(0, Block::Heading { level: 1, text: title });
    }
    let meta = Some(meta_line(essay, true, links)).filter(|meta| !meta.is_empty());
    document.blocks.splice(1..1, meta.into_iter().chain(description).map(paragraph));
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
    let footer = snippet(PageSnippet::Footer, false, links);
    out.extend(["\n", &footer].into_iter().filter(|_| !footer.is_empty()));
    out
}

fn paragraph<'a>(text: String) -> Block<'a> {
    Block::Paragraph(vec![Inline::Text(text.into())])
}

/// Returns the body, with its title as the front matter spells it, the number of its blocks that are the title, and the
/// links up. The author's own link to the target of one of these is taken out, and its words become the label.
fn body<'a>(essay: &Essay, text: &'a EssayText, links: &Links<'_>) -> (Document<'a>, usize, LabelledLinks) {
    let options = &links.site.options;
    let (mut document, mut ways) = (text.document(&options.markdown), links.ways_up(essay));
    adopt_title(&mut document, essay);
    let titles = usize::from(opens_with_title(&document, essay));
    let last = document.blocks.len().saturating_sub(1);
    for at in [last, titles] {
        let Some(block) = document.blocks.get(at).filter(|_| at >= titles) else { continue };
        let by_words = at == last && at > titles;
        let Some((way, words)) = own_way(block, by_words, &document, links, &ways) else { continue };
        if let Some(words) = words.filter(|_| essay.kind == TextKind::Markdown) {
            ways[way].0 = words;
            document.blocks.remove(at);
            document.blocks.pop_if(|block| by_words && *block == Block::Rule);
        } else {
            _ = ways.remove(way);
        }
    }
    let has_sections = |block: &Block<'_>| matches!(block, Block::Heading { level: 1, .. });
    if options.shift_headings && document.blocks[titles..].iter().any(has_sections) {
        for block in &mut document.blocks[titles..] {
            if let Block::Heading { level, .. } = block {
                *level = (*level + 1).min(6);
            }
        }
    }
    let titles = usize::from(opens_with_title(&document, essay));
    (document, titles, ways)
}

/// Returns which of the links up, `ways`, a block repeats, and the words of the block if it contains nothing else. A
/// block without a link counts as one home if its words say so and `by_words` is set.
fn own_way(
    block: &Block<'_>,
    by_words: bool,
    document: &Document<'_>,
    links: &Links<'_>,
    ways: &[(String, CapsulePath)],
) -> Option<(usize, Option<String>)> {
    let is_link = |piece: &&Inline<'_>| matches!(piece, Inline::LinkOpen(_));
    let leads_to = |piece: &Inline<'_>| {
        let Inline::LinkOpen(id) = piece else { return None };
        let target = links.link(document.links.get(id.0 as usize)?);
        ways.iter().position(|(_, to)| target == Target::Url(links.url(to)))
    };
    // A paragraph may read like a link home, in any language.
    let is_sentence = |words: &str| words.ends_with(['.', '!', '?', '…', '。']);
    let says_home = |words: String| Words::everywhere("home").any(|home| words.starts_with(home));
    match block {
        Block::List(_) => Nodes::new([block].into_iter()).inlines().find_map(leads_to).map(|way| (way, None)),
        Block::Paragraph(text) if text.len() <= MAX_WAY_HOME => {
            let words = Some(plain_words(text)).filter(|words| words.chars().count() <= MAX_WAY_HOME)?;
            match text.iter().filter(is_link).count() {
                0 if by_words && !is_sentence(&words) && says_home(words.to_lowercase()) => {
                    Some((ways.len().checked_sub(1)?, Some(words)))
                }
                count => Some((text.iter().find_map(leads_to)?, Some(words).filter(|_| count == 1))),
            }
        }
        _ => None,
    }
}

/// Puts the description or the first paragraph before the pictures that open the body, as its lede; then the cover.
fn arrange_opening(document: &mut Document<'_>, titles: usize, essay: &Essay, links: &Links<'_>) {
    let cover = cover(essay, document, links);
    let blocks = &mut document.blocks;
    let pictures = blocks[titles..].iter().take_while(|block| is_picture(block)).count();
    let mut after = titles;
    if let Some(description) = description(essay, &blocks[titles..], links) {
        blocks.insert(titles, paragraph(description));
        after += 1;
    } else if let Some(Block::Paragraph(text)) = blocks.get(titles + pictures)
        && (pictures == 0 || !is_caption(text))
    {
        blocks[titles..=titles + pictures].rotate_right(1);
        after += 1;
    }
    if let Some(cover) = cover {
        blocks.insert(after, Block::Paragraph(vec![Inline::Image(Box::new(cover))]));
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

/// Returns whether a paragraph below a picture describes it: it is emphasised as a whole, or is not a sentence.
fn is_caption(text: &[Inline<'_>]) -> bool {
    let is_emphasised = matches!(text, [Inline::Open(first), .., Inline::Close(last)] if first == last);
    is_emphasised || !plain_words(text).contains(['.', '!', '?', '…', ':', '。', '！', '？', '।', '؟', '۔'])
}

/// Returns the author's description, unless the body, which has no title, opens with it.
fn description(essay: &Essay, body: &[Block<'_>], links: &Links<'_>) -> Option<String> {
    let summary = essay.metadata.summary.as_deref()?;
    let words = feed::paragraphs(&markdown::parse(summary, &links.site.options.markdown));
    let opening = body.iter().find(|block| !is_picture(block));
    let opening = if let Some(Block::Paragraph(text)) = opening { letters(&plain_words(text)) } else { String::new() };
    let own = letters(&words);
    let repeats = opening.starts_with(&own) || !opening.is_empty() && own.starts_with(&opening);
    (!repeats && own != letters(&essay.title)).then_some(words)
}

fn letters(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
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
    let folded = letters(&words);
    let is_title = |title: &str| words == title || !folded.is_empty() && folded == letters(title);
    let unmarked = essay.mark.as_deref().and_then(|mark| essay.title.strip_prefix(mark));
    is_title(&essay.title) || unmarked.is_some_and(is_title)
}

pub(super) fn is_title(block: &Block<'_>, essay: &Essay) -> bool {
    matches!(block, Block::Heading { level: 1, text } if repeats_title(text, essay))
}

fn opens_with_title(document: &Document<'_>, essay: &Essay) -> bool {
    document.blocks.first().is_some_and(|block| is_title(block, essay))
}

/// Returns the cover picture, unless the body shows it.
fn cover(essay: &Essay, document: &Document<'_>, links: &Links<'_>) -> Option<Image<'static>> {
    let cover = essay.metadata.cover.as_ref()?;
    let target = links.image(&cover.source);
    let is_shown = |picture: &Image<'_>| {
        picture.source == cover.source || target != Target::Unknown && links.image(&picture.source) == target
    };
    let is_there = matches!(target, Target::Url(_)) || cover.source.contains("://");
    let (source, alt) = (&cover.source, if cover.alt.is_empty() { &essay.title } else { &cover.alt });
    let image = || Image { source: source.clone().into(), alt: alt.clone().into(), title: "".into(), offset: 0 };
    (is_there && !document.pictures().any(is_shown)).then(image)
}

fn license(essay: &Essay) -> Option<Line> {
    let license = essay.metadata.license.clone()?;
    let is_url = has_scheme(&license) && !license.contains(' ');
    Some(Line::Url { url: is_url.then(|| license.clone()), label: license })
}

/// Formats `2024-05-01 · 1 min read · by Ada · updated 2024-06-01`, with tags where these are not links.
fn meta_line(essay: &Essay, with_tags: bool, links: &Links<'_>) -> String {
    if links.site.options.meta == MetaLine::None {
        return String::new();
    }
    let (metadata, words) = (&essay.metadata, links.words());
    let day = |date: EssayDate| date.to_string();
    let is_later = |updated: &EssayDate| essay.date.is_none_or(|date| day(*updated) > day(date));
    let has_authors = !links.site.are_authors(&metadata.authors);
    let has_tags = (with_tags || links.site.options.private_area.is_some()) && !metadata.tags.is_empty();
    let parts = [
        essay.date.map(day),
        Some(words.with("minutes", &[&essay.minutes().to_string()])),
        has_authors.then(|| words.with("by", &[&metadata.authors.join(", ")])),
        metadata.updated.filter(is_later).map(|date| words.with("updated", &[&day(date)])),
        has_tags.then(|| metadata.tags.join(", ")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// Returns links to the pages of the essay's tags. A private area has none.
fn tags(essay: &Essay, links: &Links<'_>) -> Vec<Line> {
    let is_shown = links.site.options.meta != MetaLine::None && links.site.options.private_area.is_none();
    let named = essay.metadata.tags.iter().filter(|_| is_shown);
    let terms = named.filter_map(|tag| Some((tag, links.taxonomies().named(Kind::Tag, tag)?)));
    terms.map(|(tag, term)| Line::link(links.words().with("tag", &[tag]), term.address.clone())).collect()
}

/// Returns the links below an essay, each once: translations, series, essays that mention it, neighbours and `ways` up.
fn footer(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>, ways: LabelledLinks) -> Vec<Line> {
    let words = links.words();
    let series = series(essay, links, &words).unwrap_or_default();
    let mut neighbours = neighbours(essay, links, &words).unwrap_or_default();
    neighbours.retain(|(_, to)| series.iter().all(|(_, other)| other != to));
    let near: Vec<&CapsulePath> = series.iter().chain(&neighbours).map(|(_, to)| to).collect();
    let index = links.site.capsule.index_of(&essay.base);
    let mentioning = backlinks.zip(index).map_or_else(Vec::new, |(backlinks, index)| backlinks.of(index, &near, links));
    let mentioned_by = mentioning.into_iter().map(|other| (other.title.clone(), links.address(other))).collect();
    neighbours.extend(language(essay, links));
    neighbours.extend(ways);
    let mut lines = Vec::new();
    let mut add = |heading: Option<&str>, block: LabelledLinks| {
        if !block.is_empty() {
            lines.push(Line::Gap);
            lines.extend(heading.map(|heading| Line::Text(heading.to_owned())));
            lines.extend(block.into_iter().map(|(label, to)| Line::link(label, to)));
        }
    };
    add(None, translations(essay, links));
    add(None, series);
    add(Some(words.get("mentions")), mentioned_by);
    add(None, neighbours);
    lines
}

/// Returns links to the translations of the essay: `Français: La peau douce`.
fn translations(essay: &Essay, links: &Links<'_>) -> LabelledLinks {
    let others = links.site.capsule.translations(essay).map(AsRef::as_ref);
    let others = others.filter(|other| other.base != essay.base && links.medium.serves(other));
    let link = |other: &Essay| {
        let language = taxonomies::language_name(taxonomies::language_of(other, &links.site.options));
        let separator = if language.is_empty() { "" } else { ": " };
        (format!("{language}{separator}{}", other.title), links.address(other))
    };
    others.map(link).collect()
}

/// Returns links to the essay's series and to the parts before and after it.
fn series(essay: &Essay, links: &Links<'_>, words: &Words) -> Option<LabelledLinks> {
    let term = links.taxonomies().named(Kind::Series, essay.metadata.series.as_ref()?)?;
    let parts = term.essays.iter().map(|&index| links.site.essay(index));
    let parts: Vec<&Essay> = parts.filter(|part| links.companions(essay, part)).collect();
    let at = parts.iter().position(|part| part.base == essay.base).filter(|_| parts.len() > 1)?;
    let part = |at: usize, key: &str| {
        let part = parts.get(at)?;
        Some((words.with(key, &[&(at + 1).to_string(), &part.title]), links.address(part)))
    };
    let (number, count) = ((at + 1).to_string(), parts.len().to_string());
    let whole = (words.with("part_of", &[&term.name, &number, &count]), term.address.clone());
    // A private area has no pages of series.
    let whole = Some(whole).filter(|_| links.site.options.private_area.is_none());
    let before = at.checked_sub(1).and_then(|at| part(at, "part_before"));
    Some([whole, before, part(at + 1, "part_after")].into_iter().flatten().collect())
}

/// Returns links to the essays before and after this one in its folder, by date.
fn neighbours(essay: &Essay, links: &Links<'_>, words: &Words) -> Option<LabelledLinks> {
    let section = links.site.capsule.sections.get(&essay.base.parent()).filter(|_| essay.date.is_some())?;
    let at = section.position(essay)?;
    let dated = |other: &&Essay| other.date.is_some();
    let fits = |other: &&Essay| links.companions(essay, other);
    let link = |other: &Essay, key| (words.with(key, &[&other.title]), links.address(other));
    let mut older = section.essays[at + 1..].iter().map(AsRef::as_ref).take_while(dated);
    let mut newer = section.essays[..at].iter().rev().map(AsRef::as_ref);
    let older = older.find(fits).map(|other| link(other, "older"));
    let newer = newer.find(fits).map(|other| link(other, "newer"));
    Some(older.into_iter().chain(newer).collect())
}

/// Returns a link to the list of essays in the language of this one, if that is not the language of the capsule.
fn language(essay: &Essay, links: &Links<'_>) -> Option<(String, CapsulePath)> {
    let tag = taxonomies::language_of(essay, &links.site.options);
    let term = links.taxonomies().named(Kind::Language, tag)?;
    let is_own = taxonomies::equal_languages(tag, &links.site.options.language);
    (!is_own).then(|| (taxonomies::language_name(tag), term.address.clone()))
}
