//! What stands below an essay: its series, who mentions it, its neighbours, and the way back.

use super::links::Links;
use super::register::Kind;
use super::translations;
use crate::capsule::{CapsulePath, Essay};

/// A block of links, perhaps with words above it.
pub(super) struct Block {
    pub(super) words: Option<String>,
    pub(super) links: Vec<(String, CapsulePath)>,
}

/// The blocks below `essay`, none of them empty. A page leads to each essay once here: what stands in its series or
/// beside it needs no second line.
pub(super) fn blocks(essay: &Essay, links: &Links<'_>) -> Vec<Block> {
    let series = series(essay, links);
    let mut beside = neighbours(essay, links);
    beside.retain(|(_, to)| series.iter().all(|(_, there)| there != to));
    let near: Vec<&CapsulePath> = series.iter().chain(&beside).map(|(_, to)| to).collect();
    let mentions = mentions(essay, &near, links);
    beside.extend(language(essay, links));
    beside.push(links.way_back());
    let words = Some(links.options.pages.mentions_label.clone());
    let blocks =
        [(None, series), (words, mentions), (None, beside)].map(|(words, links)| Block { words, links });
    blocks.into_iter().filter(|block| !block.links.is_empty()).collect()
}

/// Where the essay stands in its series, and the parts before and after it.
fn series(essay: &Essay, links: &Links<'_>) -> Vec<(String, CapsulePath)> {
    let register = links.catalogue().register(Kind::Series);
    let group = essay.metadata.series.as_ref().and_then(|name| register.named(Kind::Series, name));
    let Some(group) = group else { return Vec::new() };
    let parts = group.essays.iter().map(|&index| links.capsule.essays()[index as usize].as_ref());
    let parts: Vec<&Essay> = parts.filter(|part| links.companions(essay, part)).collect();
    let Some(at) = parts.iter().position(|part| part.base == essay.base).filter(|_| parts.len() > 1) else {
        return Vec::new();
    };
    let part = |at: usize, arrow: &str| {
        let part = parts.get(at)?;
        Some((format!("{arrow} {}. {}", at + 1, part.title), links.address(part)))
    };
    let place = (format!("{} ({}/{})", group.name, at + 1, parts.len()), group.address.clone());
    // Of a private area no page lists series.
    let place = Some(place).filter(|_| links.area.is_none());
    let before = at.checked_sub(1).and_then(|at| part(at, "←"));
    [place, before, part(at + 1, "→")].into_iter().flatten().collect()
}

/// The essays before and after this one in its folder, by date.
fn neighbours(essay: &Essay, links: &Links<'_>) -> Vec<(String, CapsulePath)> {
    let section = links.capsule.section(&essay.base.parent()).filter(|_| essay.date.is_some());
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

/// The list of what is there in the language of the essay, where that is not the language of the capsule.
fn language(essay: &Essay, links: &Links<'_>) -> Option<(String, CapsulePath)> {
    let tag = translations::language(essay, links.options);
    let group = links.catalogue().register(Kind::Language).named(Kind::Language, tag)?;
    let own = translations::same(tag, &links.options.language);
    (!own).then(|| (translations::name(tag), group.address.clone()))
}

/// The essays that mention this one, besides those that stand near it anyhow.
fn mentions(essay: &Essay, near: &[&CapsulePath], links: &Links<'_>) -> Vec<(String, CapsulePath)> {
    let Some(index) = links.capsule.index_of(&essay.base) else { return Vec::new() };
    if links.options.pages.mentions_label.is_empty() {
        return Vec::new();
    }
    let mentioning = links.mentions().of(index, near, links).into_iter();
    mentioning.map(|other| (other.title.clone(), links.address(other))).collect()
}
