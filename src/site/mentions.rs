//! [`Mentions`]: which essays lead to which, so that a page can say who mentions it.
//!
//! Reading the markup of a whole archive for one page would be dear. So texts are only searched for what looks like
//! a destination, which costs about as much as copying them; what is found leads to more essays than the markup
//! would, never to fewer. Whoever shows mentions reads the few texts in question properly ([`Mentions::of`] with
//! [`really_mentions`]). Of the edition before, what did not change is taken over.

use std::collections::HashMap;
use std::sync::Arc;

use memchr::memmem;

use super::links::Links;
use crate::capsule::{Capsule, Essay, Kind};

/// The most texts that are read for the mentions of one essay: the newest ones.
const MOST: usize = 100;

/// Which essays seem to lead to which, by their indices in the capsule.
#[derive(Debug)]
pub(super) struct Mentions {
    /// For each essay those that it seems to lead to, each once, in order.
    to: Vec<Box<[u32]>>,
    /// For each essay those that seem to lead to it, newest first; most have none.
    from: HashMap<u32, Vec<u32>>,
}

impl Mentions {
    /// Those of `capsule`; `links` knows where its links lead. What `known` says of essays that are still the same
    /// is taken over: it must come from a capsule with the same outline.
    pub(super) fn new(capsule: &Capsule, links: &Links<'_>, known: Option<(&Capsule, &Self)>) -> Self {
        let mut to = Vec::with_capacity(capsule.essays().len());
        for (index, essay) in capsule.essays().iter().enumerate() {
            let before = known.filter(|(old, _)| Arc::ptr_eq(&old.essays()[index], essay));
            to.push(match before {
                Some((_, mentions)) => mentions.to[index].clone(),
                None => targets(essay, index, links),
            });
        }
        let mut from: HashMap<u32, Vec<u32>> = HashMap::new();
        for (index, targets) in (0..).zip(&to) {
            for &target in targets {
                from.entry(target).or_default().push(index);
            }
        }
        Self { to, from }
    }

    /// The essays that mention number `index`, for readers of the medium of `links`.
    pub(super) fn of<'a>(&self, index: u32, links: &Links<'a>) -> Vec<&'a Essay> {
        let seeming = self.from.get(&index).map_or(&[][..], Vec::as_slice).iter().take(MOST);
        let essays = seeming.map(|&from| links.capsule.essays()[from as usize].as_ref());
        essays.filter(|essay| links.serves(essay) && really_mentions(essay, index, links)).collect()
    }

    /// Those that number `index` seems to mention.
    pub(super) fn by(&self, index: usize) -> &[u32] {
        &self.to[index]
    }
}

/// Whether a link in the markup of `essay` leads to number `index`.
fn really_mentions<'a>(essay: &'a Essay, index: u32, links: &Links<'a>) -> bool {
    let here = Links { page: &essay.source.path, ..*links };
    let words = essay.text();
    let document = words.document(&links.options.markdown);
    document.links.iter().any(|link| here.essay_of(link) == Some(index))
}

fn targets<'a>(essay: &'a Essay, index: usize, links: &Links<'a>) -> Box<[u32]> {
    let here = Links { page: &essay.source.path, ..*links };
    let mut found = Vec::new();
    destinations(essay, |written, is_wiki| {
        let target = if is_wiki { here.wiki_essay(written) } else { here.essay_named(written) };
        found.extend(target.filter(|&target| target as usize != index));
    });
    found.sort_unstable();
    found.dedup();
    found.into()
}

/// Calls `found` with everything in `essay` that looks like a destination within the capsule, and with whether it
/// is the name in a wiki link.
fn destinations(essay: &Essay, mut found: impl FnMut(&str, bool)) {
    let words = essay.text();
    let body = words.body();
    match essay.kind {
        Kind::Text => {}
        Kind::Gemtext => {
            let links = body.lines().filter_map(|line| line.strip_prefix("=>"));
            links.filter_map(|link| link.split_whitespace().next()).for_each(|written| found(written, false));
        }
        Kind::Markdown => {
            let bytes = body.as_bytes();
            for at in memchr::memchr_iter(b']', bytes) {
                if matches!(bytes.get(at + 1), Some(b'(' | b':')) {
                    found(first_word(&body[at + 2..]), false);
                }
            }
            for at in memmem::find_iter(bytes, "[[") {
                let inner = &body[at + 2..];
                let end = inner.find([']', '|', '\n']).unwrap_or(inner.len());
                found(&inner[..end], true);
            }
            // Attributes of HTML, and the shortcodes and tags of site generators.
            for opener in ["href=", "{{", "{%"] {
                for at in memmem::find_iter(bytes, opener) {
                    let rest = body[at + opener.len()..].lines().next().unwrap_or_default();
                    let quoted = |c| matches!(c, '"' | '\'' | ' ' | '>' | '`');
                    rest.split(quoted)
                        .filter(|word| !word.is_empty())
                        .take(5)
                        .for_each(|word| found(word, false));
                }
            }
        }
    }
}

/// The destination that `rest` starts with: in angle brackets, else up to a blank or to the bracket that closes it.
fn first_word(rest: &str) -> &str {
    let rest = rest.trim_start();
    if let Some(inner) = rest.strip_prefix('<') {
        return &inner[..inner.find(['>', '\n']).unwrap_or(inner.len())];
    }
    let mut depth = 0_u32;
    let end = rest.find(|c: char| match c {
        '(' => {
            depth += 1;
            false
        }
        ')' if depth > 0 => {
            depth -= 1;
            false
        }
        _ => c == ')' || c.is_whitespace(),
    });
    &rest[..end.unwrap_or(rest.len())]
}
