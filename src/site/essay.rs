//! The page of an essay: its title, its body, and what stands around it.

use std::sync::Arc;

use crate::capsule::{CapsulePath, Essay, EssayText, Kind};
use crate::markup::{Block, Document, Inline, outline};
use crate::render::lines::Lines;
use crate::render::{Resolve, Target, gemtext, plain};

use super::links::Links;
use super::{Medium, MetaLine};

/// The essay as gemtext.
pub(super) fn gemtext(essay: &Essay, links: &Links<'_>) -> String {
    let words = essay.text();
    let document = body(essay, &words, links);
    let rendered = match essay.kind {
        Kind::Gemtext => words.body().replace("\r\n", "\n"),
        _ => gemtext::render(&document, &links.options.gemtext, links),
    };
    let place = links.options.pages.meta;
    let meta = meta_line(essay, links).unwrap_or_default();
    let mut page = Lines::new();
    let mut rest = rendered.as_str();
    if !opens_with_title(&document) {
        page.heading(1, &essay.title);
    } else if place == MetaLine::Header {
        let (title, body) = rest.trim_start().split_once('\n').unwrap_or((rest, ""));
        page.gemtext(title);
        rest = body;
    }
    if place == MetaLine::Header {
        page.text(&meta).blank();
    }
    if !opens_with_title(&document) {
        cover(essay, links, &mut page);
    }
    page.gemtext(rest).blank();
    if place == MetaLine::Footer {
        page.text(&meta).blank();
    }
    for (label, path) in way_out(essay, links) {
        page.link(&links.url(&path), &label);
    }
    page.finish()
}

/// The essay as wrapped text, with LF line ends.
pub(super) fn text(essay: &Essay, links: &Links<'_>) -> String {
    if essay.kind == Kind::Text {
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
    for (label, path) in way_out(essay, links) {
        text.extend(["\n", &label, "\n", &links.url(&path), "\n"]);
    }
    text
}

/// The body without what the frame says itself.
fn body<'a>(essay: &Essay, words: &'a EssayText, links: &Links<'_>) -> Document<'a> {
    let mut document = words.document(&links.options.markdown);
    let closing = |block: &Block<'_>| match block {
        Block::Paragraph(text) => outline::plain_words(text) == links.options.pages.back_label,
        _ => false,
    };
    if essay.kind == Kind::Markdown && document.blocks.last().is_some_and(closing) {
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

fn cover(essay: &Essay, links: &Links<'_>, page: &mut Lines) {
    let Some(cover) = &essay.metadata.cover else { return };
    let url = match links.image(&cover.source) {
        Target::Url(url) => url,
        Target::Unknown if cover.source.contains("://") => cover.source.clone(),
        Target::Unknown | Target::Nowhere => return,
    };
    let words = if cover.alt.is_empty() { &essay.title } else { &cover.alt };
    page.blank().link(&url, words).blank();
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

/// The links at the foot: the neighbours in the same section by date, and the way back.
fn way_out(essay: &Essay, links: &Links<'_>) -> Vec<(String, CapsulePath)> {
    let mut out = Vec::with_capacity(3);
    if essay.date.is_some()
        && let Some(section) = links.capsule.section(&essay.base.parent())
    {
        // Searched by halves: a folder may hold a whole archive.
        let essays = &section.essays;
        if let Ok(at) = essays.binary_search_by(|other| other.in_order(essay)) {
            let shown = |other: &&Arc<Essay>| other.date.is_some() && links.serves(other);
            let link = |arrow, other: &Arc<Essay>| (format!("{arrow} {}", other.title), links.address(other));
            let older = essays[at + 1..].iter().take_while(|other| other.date.is_some()).find(shown);
            let newer = essays[..at].iter().rev().find(shown);
            out.extend(older.map(|other| link("←", other)));
            out.extend(newer.map(|other| link("→", other)));
        }
    }
    out.push((links.options.pages.back_label.clone(), CapsulePath::root()));
    out
}

/// A page of text for `medium`: Gopher wants other line ends.
pub(super) fn for_medium(text: String, medium: Medium) -> String {
    match medium {
        Medium::Gemini => text,
        Medium::Gopher => plain::for_gopher(&text),
    }
}
