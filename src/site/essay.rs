//! The page of an essay: its title, its body, and what stands around it.

use crate::capsule::{CapsulePath, Essay, EssayText, PageSnippet, TextKind};
use crate::markup::{Block, Document, Inline, plain_words};
use crate::render::lines::Lines;
use crate::render::{Resolve, Target, gemtext, plain};

use super::links::{Links, has_scheme};
use super::{Medium, MetaLine, foot, snippet, translations};

/// The essay as gemtext.
pub(super) fn gemtext(essay: &Essay, links: &Links<'_>) -> String {
    let words = essay.text();
    let document = body(essay, &words, links);
    let rendered = match essay.kind {
        TextKind::Gemtext => words.body().replace("\r\n", "\n"),
        _ => gemtext::render(&document, &links.options.gemtext, links),
    };
    let mut page = Lines::new();
    let mut rest = rendered.as_str();
    if opens_with_title(&document) {
        let (title, body) = rest.trim_start().split_once('\n').unwrap_or((rest, ""));
        page.gemtext(title);
        rest = body;
    } else {
        page.heading(1, &essay.title);
    }
    let place = links.options.pages.meta;
    let meta = meta_line(essay, links).unwrap_or_default();
    if place == MetaLine::Header {
        page.text(&meta).blank();
    }
    for (label, path) in translations(essay, links) {
        page.link(&links.url(&path), &label);
    }
    cover(essay, &document, links, &mut page);
    page.gemtext(rest).blank();
    if place == MetaLine::Footer {
        page.text(&meta);
    }
    match license(essay) {
        Some(License::Words(words)) => page.text(words),
        Some(License::Address(url)) => page.link(url, url),
        None => &mut page,
    };
    for block in foot::blocks(essay, links) {
        page.blank().text(block.words.as_deref().unwrap_or_default());
        for (label, path) in &block.links {
            page.link(&links.url(path), label);
        }
    }
    page.gemtext(&snippet::gemtext(PageSnippet::Footer, links));
    page.finish()
}

/// The essay as wrapped text, with LF line ends.
pub(super) fn text(essay: &Essay, links: &Links<'_>) -> String {
    if essay.kind == TextKind::Text {
        return essay.text().whole().to_owned();
    }
    let words = essay.text();
    let mut document = body(essay, &words, links);
    if !opens_with_title(&document) {
        let text = vec![Inline::Text(essay.title.as_str().into())];
        document.blocks.insert(0, Block::Heading { level: 1, text });
    }
    if let Some(meta) = meta_line(essay, links) {
        document.blocks.insert(1, Block::Paragraph(vec![Inline::Text(meta.into())]));
    }
    let mut text = plain::render(&document, &links.options.plain, links);
    if let Some(License::Words(license) | License::Address(license)) = license(essay) {
        paragraph(&mut text, license, links);
    }
    for (label, path) in translations(essay, links) {
        paragraph(&mut text, &label, links);
        text.extend([links.url(&path).as_str(), "\n"]);
    }
    for block in foot::blocks(essay, links) {
        if let Some(words) = block.words {
            paragraph(&mut text, &words, links);
        }
        for (label, path) in &block.links {
            paragraph(&mut text, label, links);
            text.extend([links.url(path).as_str(), "\n"]);
        }
    }
    let footer = snippet::plain(PageSnippet::Footer, links);
    if !footer.is_empty() {
        text.extend(["\n", &footer]);
    }
    text
}

/// Words below the text, wrapped like it and set apart.
fn paragraph(text: &mut String, words: &str, links: &Links<'_>) {
    let blocks = vec![Block::Paragraph(vec![Inline::Text(words.into())])];
    let document = Document { blocks, ..Document::default() };
    text.extend(["\n", &plain::render(&document, &links.options.plain, links)]);
}

/// The body without what the frame says itself.
fn body<'a>(essay: &Essay, words: &'a EssayText, links: &Links<'_>) -> Document<'a> {
    let mut document = words.document(&links.options.markdown);
    let closing = |block: &Block<'_>| match block {
        Block::Paragraph(text) => plain_words(text) == links.options.pages.back_label,
        _ => false,
    };
    if essay.kind == TextKind::Markdown && document.blocks.last().is_some_and(closing) {
        document.blocks.pop();
        if document.blocks.last() == Some(&Block::Rule) {
            document.blocks.pop();
        }
    }
    if links.options.pages.shift_headings {
        shift_headings(&mut document);
    }
    document
}

/// Takes all headings one level down but for the one that is the title, if any other is of level 1.
fn shift_headings(document: &mut Document<'_>) {
    let titles = usize::from(opens_with_title(document));
    let below = &mut document.blocks[titles..];
    if below.iter().any(|block| matches!(block, Block::Heading { level: 1, .. })) {
        for block in below {
            if let Block::Heading { level, .. } = block {
                *level = (*level + 1).min(6);
            }
        }
    }
}

fn opens_with_title(document: &Document<'_>) -> bool {
    matches!(document.blocks.first(), Some(Block::Heading { level: 1, .. }))
}

/// The picture at the head, unless the body shows it itself.
fn cover(essay: &Essay, document: &Document<'_>, links: &Links<'_>, page: &mut Lines) {
    let Some(cover) = &essay.metadata.cover else { return };
    let target = links.image(&cover.source);
    let url = match &target {
        Target::Url(url) => url,
        Target::Unknown if cover.source.contains("://") => &cover.source,
        Target::Unknown | Target::Nowhere => return,
    };
    let shown = document
        .pictures()
        .any(|picture| picture.source == cover.source || links.image(&picture.source) == target);
    if opens_with_title(document) && shown {
        return;
    }
    let words = if cover.alt.is_empty() { &essay.title } else { &cover.alt };
    page.blank().link(url, words).blank();
}

/// The essay in its other languages: `Français: La peau douce`.
fn translations(essay: &Essay, links: &Links<'_>) -> Vec<(String, CapsulePath)> {
    let others = links.capsule.translations(essay).map(AsRef::as_ref);
    others
        .filter(|other| other.base != essay.base && links.serves(other))
        .map(|other| {
            let language = translations::name(translations::language(other, links.options));
            let label = if language.is_empty() {
                other.title.clone()
            } else {
                format!("{language}: {}", other.title)
            };
            (label, links.address(other))
        })
        .collect()
}

/// On what terms an essay may be used.
enum License<'a> {
    Words(&'a str),
    Address(&'a str),
}

fn license(essay: &Essay) -> Option<License<'_>> {
    let license = essay.metadata.license.as_deref()?;
    let is_address = has_scheme(license) && !license.contains(' ');
    Some(if is_address { License::Address(license) } else { License::Words(license) })
}

/// `2024-05-01 · 6 min · Cinema, Truffaut`.
fn meta_line(essay: &Essay, links: &Links<'_>) -> Option<String> {
    if links.options.pages.meta == MetaLine::None {
        return None;
    }
    let date = essay.date.map(|date| date.to_string());
    let minutes = format!("{} min", essay.minutes());
    let tags = Some(essay.metadata.tags.join(", ")).filter(|tags| !tags.is_empty());
    Some([date, Some(minutes), tags].into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// A page of text for `medium`: Gopher wants other line ends.
pub(super) fn for_medium(text: String, medium: Medium) -> String {
    match medium {
        Medium::Gemini => text,
        Medium::Gopher => plain::for_gopher(&text),
    }
}
