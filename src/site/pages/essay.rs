//! Essay pages: title, body, and what surrounds them.

use super::{Line, Page, snippet_plain};
use crate::capsule::{CapsulePath, Essay, EssayText, PageSnippet, TextKind};
use crate::markup::{Block, Document, Inline, plain_words};
use crate::render::{Resolve, Target, gemtext as to_gemtext, plain as to_plain};
use crate::site::languages;
use crate::site::links::{Backlinks, Links, has_scheme};
use crate::site::options::MetaLine;
use crate::site::taxonomies::Kind;

/// Returns the essay as a page of gemtext. Without `backlinks` it does not list the essays that mention it.
pub(in crate::site) fn gemtext(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>) -> Page {
    let text = essay.text();
    let document = body(essay, &text, links);
    let rendered = match essay.kind {
        TextKind::Gemtext => text.body().replace("\r\n", "\n"),
        _ => to_gemtext::render(&document, &links.site.options.gemtext, links),
    };
    let mut page = Page::new(&essay.title, Some(&essay.base));
    page.language.clone_from(&essay.metadata.language);
    let mut rest = rendered.as_str();
    if opens_with_title(&document, essay) {
        let (title, body) = rest.trim_start().split_once('\n').unwrap_or((rest, ""));
        page.title_line = match essay.mark.as_deref().filter(|_| essay.kind == TextKind::Gemtext) {
            Some(mark) => Some(title.replacen("# ", &format!("# {mark} "), 1)),
            None => Some(title.to_owned()),
        };
        rest = body;
    }
    let place = links.site.options.pages.meta;
    let meta = meta_line(essay, links);
    if place == MetaLine::Header {
        page.text(meta.clone()).gap();
    }
    page.lines.extend(translations(essay, links));
    if let Some(cover) = cover(essay, &document, links) {
        page.gap().lines.push(cover);
        page.gap();
    }
    page.lines.push(Line::Gemtext(rest.to_owned()));
    page.gap();
    if place == MetaLine::Footer {
        page.text(meta);
    }
    page.lines.extend(license(essay));
    page.lines.extend(footer(essay, links, backlinks));
    page
}

/// Returns the essay as wrapped text, with LF line ends.
pub(in crate::site) fn plain(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>) -> String {
    let text = essay.text();
    if essay.kind == TextKind::Text {
        let mark = essay.mark.as_ref().map(|mark| format!("{mark}\n\n")).unwrap_or_default();
        return mark + text.whole();
    }
    let meta = meta_line(essay, links);
    let mut document = body(essay, &text, links);
    if !opens_with_title(&document, essay) {
        let title = vec![Inline::Text(essay.title.as_str().into())];
        document.blocks.insert(0, Block::Heading { level: 1, text: title });
    }
    if !meta.is_empty() {
        document.blocks.insert(1, paragraph(&meta));
    }
    let mut out = to_plain::render(&document, &links.site.options.plain, links);
    let below = license(essay).into_iter().chain(translations(essay, links));
    for line in below.chain(footer(essay, links, backlinks)) {
        match line {
            // The label of a license's URL is the URL itself.
            Line::Text(text) | Line::Url { label: text, .. } => push_paragraph(&mut out, &text, links),
            Line::Link { label, to, .. } => {
                push_paragraph(&mut out, &label, links);
                out.extend([links.url(&to).as_str(), "\n"]);
            }
            _ => {}
        }
    }
    let footer = snippet_plain(PageSnippet::Footer, links);
    if !footer.is_empty() {
        out.extend(["\n", &footer]);
    }
    out
}

fn push_paragraph(out: &mut String, text: &str, links: &Links<'_>) {
    let document = Document { blocks: vec![paragraph(text)], ..Document::default() };
    out.extend(["\n", &to_plain::render(&document, &links.site.options.plain, links)]);
}

fn paragraph(text: &str) -> Block<'_> {
    Block::Paragraph(vec![Inline::Text(text.into())])
}

/// Returns the body without the author's own link back, which the page has anyway.
fn body<'a>(essay: &Essay, text: &'a EssayText, links: &Links<'_>) -> Document<'a> {
    let options = &links.site.options;
    let mut document = text.document(&options.markdown);
    let leads_back = |block: &Block<'_>| match block {
        Block::Paragraph(text) => plain_words(text) == options.pages.back_label,
        _ => false,
    };
    if essay.kind == TextKind::Markdown && document.blocks.last().is_some_and(leads_back) {
        document.blocks.pop();
        if document.blocks.last() == Some(&Block::Rule) {
            document.blocks.pop();
        }
    }
    adopt_title(&mut document, essay);
    if options.pages.shift_headings {
        let titles = usize::from(opens_with_title(&document, essay));
        shift_headings(&mut document.blocks[titles..]);
    }
    document
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
    let letters = |words: &str| -> String {
        words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
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

/// Returns the link to the cover picture, unless the body shows the picture.
fn cover(essay: &Essay, document: &Document<'_>, links: &Links<'_>) -> Option<Line> {
    let cover = essay.metadata.cover.as_ref()?;
    let target = links.image(&cover.source);
    let url = match &target {
        Target::Url(url) => url,
        Target::Unknown if cover.source.contains("://") => &cover.source,
        Target::Unknown | Target::Nowhere => return None,
    };
    let shown = document
        .pictures()
        .any(|picture| picture.source == cover.source || links.image(&picture.source) == target);
    if opens_with_title(document, essay) && shown {
        return None;
    }
    let label = if cover.alt.is_empty() { &essay.title } else { &cover.alt };
    Some(Line::Url { label: label.clone(), url: Some(url.clone()) })
}

/// Returns links to the translations of the essay: `Français: La peau douce`.
fn translations(essay: &Essay, links: &Links<'_>) -> Vec<Line> {
    let others = links.site.capsule.translations(essay).map(AsRef::as_ref);
    let others = others.filter(|other| other.base != essay.base && links.serves(other));
    let line = |other: &Essay| {
        let language = languages::name(languages::of(other, &links.site.options));
        let label = match language.as_str() {
            "" => other.title.clone(),
            language => format!("{language}: {}", other.title),
        };
        Line::link(label, links.address(other))
    };
    others.map(line).collect()
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

/// Formats date, reading time and tags: `2024-05-01 · 1 min · Cinema, Truffaut`.
fn meta_line(essay: &Essay, links: &Links<'_>) -> String {
    if links.site.options.pages.meta == MetaLine::None {
        return String::new();
    }
    let date = essay.date.map(|date| date.to_string());
    let minutes = format!("{} min", essay.minutes());
    let tags = Some(essay.metadata.tags.join(", ")).filter(|tags| !tags.is_empty());
    [date, Some(minutes), tags].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

type LabelledLink = (String, CapsulePath);

/// Returns the blocks of links below an essay: its series, its backlinks, and its neighbours with the way back. They
/// link to each essay once.
fn footer(essay: &Essay, links: &Links<'_>, backlinks: Option<&Backlinks>) -> Vec<Line> {
    let series = series(essay, links);
    let mut neighbours = neighbours(essay, links);
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
    neighbours.push(links.back());
    let heading = links.site.options.pages.mentions_label.clone();
    let mut lines = Vec::new();
    for (heading, block) in [(None, series), (Some(heading), mentioned_by), (None, neighbours)] {
        if !block.is_empty() {
            lines.push(Line::Gap);
            lines.extend(heading.map(Line::Text));
            lines.extend(block.into_iter().map(|(label, to)| Line::link(label, to)));
        }
    }
    lines
}

/// Returns links to the essay's series and to the parts before and after it.
fn series(essay: &Essay, links: &Links<'_>) -> Vec<LabelledLink> {
    let name = essay.metadata.series.as_ref();
    let Some(term) = name.and_then(|name| links.taxonomies().named(Kind::Series, name)) else {
        return Vec::new();
    };
    let parts = term.essays.iter().map(|&index| links.site.essay(index));
    let parts: Vec<&Essay> = parts.filter(|part| links.companions(essay, part)).collect();
    let Some(at) = parts.iter().position(|part| part.base == essay.base).filter(|_| parts.len() > 1) else {
        return Vec::new();
    };
    let part = |at: usize, arrow: &str| {
        let part = parts.get(at)?;
        Some((format!("{arrow} {}. {}", at + 1, part.title), links.address(part)))
    };
    let whole = (format!("{} ({}/{})", term.name, at + 1, parts.len()), term.address.clone());
    // A private area has no pages of series.
    let whole = Some(whole).filter(|_| links.site.private_area.is_none());
    let before = at.checked_sub(1).and_then(|at| part(at, "←"));
    [whole, before, part(at + 1, "→")].into_iter().flatten().collect()
}

/// Returns links to the essays before and after this one in its folder, by date.
fn neighbours(essay: &Essay, links: &Links<'_>) -> Vec<LabelledLink> {
    let section = links.site.capsule.section(&essay.base.parent()).filter(|_| essay.date.is_some());
    let Some((section, at)) = section.and_then(|section| Some((section, section.position(essay)?))) else {
        return Vec::new();
    };
    let dated = |other: &&Essay| other.date.is_some();
    let fits = |other: &&Essay| links.companions(essay, other);
    let older = section.essays[at + 1..].iter().map(AsRef::as_ref).take_while(dated).find(fits);
    let newer = section.essays[..at].iter().rev().map(AsRef::as_ref).find(fits);
    let link = |other: Option<&Essay>, arrow: &str| {
        other.map(|other| (format!("{arrow} {}", other.title), links.address(other)))
    };
    [link(older, "←"), link(newer, "→")].into_iter().flatten().collect()
}

/// Returns a link to the list of essays in the language of this one, if that is not the language of the capsule.
fn language(essay: &Essay, links: &Links<'_>) -> Option<LabelledLink> {
    let tag = languages::of(essay, &links.site.options);
    let term = links.taxonomies().named(Kind::Language, tag)?;
    let is_own = languages::equal(tag, &links.site.options.language);
    (!is_own).then(|| (languages::name(tag), term.address.clone()))
}
