//! [`Backlinks`]: which essays link to which, so that an essay can list those that mention it.
//!
//! Parsing every essay for the backlinks of one page would be too slow. So each text is scanned once for candidates,
//! all that looks like a destination, and a snapshot reuses those of unchanged texts. They are resolved when the first
//! essay is shown. Code and comments have candidates too, so the few texts in question are parsed before they are
//! listed. A candidate ends before the next of its kind starts, so time and memory are linear even in hostile text.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;
use memchr::memmem;

use super::Links;
use crate::capsule::{Capsule, CapsulePath, Essay, TextKind};
use crate::site::context::SiteContext;
use crate::site::options::Medium;

/// The most essays parsed for the backlinks of one essay, newest first.
const MAX_PARSED: usize = 100;

/// The longest candidate, in bytes: a Gemini URL may not be longer (protocol specification, "Requests").
const MAX_BYTES: usize = 1024;

/// The most distinct candidates kept of one text: resolving as many takes some 20 ms, and no real essay comes near.
const MAX_PER_TEXT: usize = 16_384;

/// The most words of one template tag that are taken for addresses: the destination is among the first arguments.
const WORDS_PER_TAG: usize = 5;

/// The character before a stored candidate that is the name in a wiki link; no address starts with it.
const NAME_MARK: &str = "[";

/// The link candidates of a capsule and, once resolved, the essays they lead to.
#[derive(Debug)]
pub(in crate::site) struct Backlinks {
    /// The distinct candidates of each essay, one per line.
    candidates: Vec<Arc<str>>,
    /// Pairs of a mentioned essay and one that seems to mention it, by index and sorted, so newest first.
    pairs: OnceLock<Vec<(u32, u32)>>,
}

impl Backlinks {
    /// Collects the candidates of the capsule of `site`, taking those of unchanged essays from `previous`.
    pub(crate) fn new(site: &SiteContext, previous: Option<(&Capsule, &Self)>) -> Self {
        let stored = previous.into_iter().flat_map(|(old, links)| old.essays().iter().zip(&links.candidates));
        let known: HashMap<_, _> = stored.map(|(essay, stored)| (Arc::as_ptr(essay), stored)).collect();
        let root = CapsulePath::root();
        let links = Links::new(site, &root, Medium::Gemini);
        let of_essay = |essay: &Arc<Essay>| match known.get(&Arc::as_ptr(essay)) {
            Some(stored) => Arc::clone(stored),
            None => candidates(essay, &links),
        };
        Self { candidates: site.capsule.essays().iter().map(of_essay).collect(), pairs: OnceLock::new() }
    }

    /// Returns the backlinks of `site`, whose capsule was `old` before, and the essays for which they have changed.
    /// Without `same_outline`, these essays are not known, and the backlinks are resolved anew.
    pub(crate) fn updated(&self, old: &Capsule, site: &SiteContext, same_outline: bool) -> (Self, HashSet<u32>) {
        let backlinks = Self::new(site, Some((old, self)));
        let Some(pairs) = self.pairs.get().filter(|_| same_outline) else { return (backlinks, HashSet::new()) };
        let essays = (0..).zip(old.essays().iter().zip(site.capsule.essays()));
        let changed = essays.filter(|(_, (was, is))| !Arc::ptr_eq(was, is)).map(|(index, _)| index);
        let changed: HashSet<u32> = changed.collect();
        let (stale, mut kept): (Vec<_>, Vec<_>) = pairs.iter().partition(|(_, by)| changed.contains(by));
        let added: Vec<_> = changed.iter().flat_map(|&by| backlinks.pairs_by(by, site)).collect();
        let affected = stale.iter().chain(&added).map(|(of, _)| *of).collect();
        kept.extend(added);
        kept.sort_unstable();
        (Self { pairs: kept.into(), ..backlinks }, affected)
    }

    pub(crate) fn bytes(&self) -> usize {
        let stored: usize = self.candidates.iter().map(|text| text.len() + 2 * size_of::<Arc<str>>()).sum();
        stored + self.pairs.get().map_or(0, |pairs| size_of_val(&**pairs))
    }

    /// Returns the essays that link to essay `index`, without those at the addresses `near`.
    pub(crate) fn of<'a>(&self, index: u32, near: &[&CapsulePath], links: &Links<'a>) -> Vec<&'a Essay> {
        let pairs = self.resolve(links.site);
        let start = pairs.partition_point(|&(of, _)| of < index);
        let seeming = pairs[start..].iter().take_while(|&&(of, _)| of == index).take(MAX_PARSED);
        let essays = seeming.map(|&(_, by)| links.site.essay(by));
        let shown = |essay: &&Essay| links.medium.serves(essay) && !near.contains(&&links.address(essay));
        essays.filter(|essay| shown(essay) && links_to(essay, index, links)).collect()
    }

    /// Resolves the candidates at the first call and returns the pairs.
    pub(crate) fn resolve(&self, site: &SiteContext) -> &[(u32, u32)] {
        self.pairs.get_or_init(|| {
            let indices = (0..).zip(&self.candidates).map(|(by, _)| by);
            let mut pairs: Vec<(u32, u32)> = indices.flat_map(|by| self.pairs_by(by, site)).collect();
            pairs.sort_unstable();
            pairs.shrink_to_fit();
            pairs
        })
    }

    /// Returns the pairs of the other essays that the candidates of essay `by` lead to, each once.
    fn pairs_by(&self, by: u32, site: &SiteContext) -> Vec<(u32, u32)> {
        let links = Links::new(site, &site.essay(by).source.path, Medium::Gemini);
        let target = |line: &str| match line.strip_prefix(NAME_MARK) {
            Some(name) => links.index_of(links.named(name)),
            None => links.index_of(links.at(line)),
        };
        let targets: HashSet<u32> = self.candidates[by as usize].lines().filter_map(target).collect();
        targets.into_iter().filter(|&of| of != by).map(|of| (of, by)).collect()
    }
}

fn links_to(essay: &Essay, index: u32, links: &Links<'_>) -> bool {
    let here = Links { base: &essay.source.path, ..*links };
    let text = essay.text();
    let document = text.document(&links.site.options.markdown);
    document.links.iter().any(|link| here.index_of(here.find(link)) == Some(index))
}

/// Returns the distinct candidates in `essay`, one per line. Addresses outside of the capsule are left out.
fn candidates(essay: &Essay, links: &Links<'_>) -> Arc<str> {
    let text = essay.text();
    let body = text.body();
    let (mut seen, mut stored) = (HashSet::<_, RandomState>::default(), String::new());
    let mut keep = |is_name, written| {
        let fits = (1..=MAX_BYTES).contains(&str::len(written)) && !written.contains('\n');
        let is_local = || is_name || links.local(written).is_some() && !written.starts_with(['#', '[']);
        if fits && seen.len() < MAX_PER_TEXT && !seen.contains(&(is_name, written)) && is_local() {
            seen.insert((is_name, written));
            stored.extend([if is_name { NAME_MARK } else { "" }, written, "\n"]);
        }
    };
    match essay.kind {
        TextKind::Text => {}
        TextKind::Gemtext => {
            let links = body.lines().filter_map(|line| line.strip_prefix("=>")?.split_whitespace().next());
            links.for_each(|address| keep(false, address));
        }
        TextKind::Markdown => {
            for (opener, quotes) in [("](", "<"), ("]:", "<"), ("href=", "\"'")] {
                behind_each(opener, body).for_each(|rest| keep(false, address(rest, quotes)));
            }
            for (opener, closer) in [("{{", "}}"), ("{%", "%}")] {
                for inner in between_each(opener, closer, body) {
                    let words = inner.split([' ', '\t', '\n', '\r', '"', '\'', '>', '`']);
                    let words = words.filter(|word| word.contains(char::is_alphanumeric)).take(WORDS_PER_TAG);
                    words.for_each(|word| keep(false, word));
                }
            }
            for inner in between_each("[[", "]]", body) {
                let name = inner.trim_start_matches('[').split('|').next();
                keep(true, name.unwrap_or_default());
            }
        }
    }
    stored.into()
}

/// Returns the text between each `opener` and the next one.
fn behind_each<'a>(opener: &'static str, body: &'a str) -> impl Iterator<Item = &'a str> {
    let mut openers = memmem::find_iter(body.as_bytes(), opener).peekable();
    std::iter::from_fn(move || {
        let start = openers.next()? + opener.len();
        Some(&body[start..openers.peek().copied().unwrap_or(body.len())])
    })
}

/// Returns the text between each `opener` and the `closer` before the next one.
fn between_each<'a>(opener: &'static str, closer: &'static str, body: &'a str) -> impl Iterator<Item = &'a str> {
    let closer = memmem::Finder::new(closer);
    behind_each(opener, body).filter_map(move |rest| Some(&rest[..closer.find(rest.as_bytes())?]))
}

/// Returns the address at the start of `text`: in quotes, else up to white space or the bracket that closes the link.
fn address<'a>(text: &'a str, quotes: &str) -> &'a str {
    let text = text.trim_start();
    if let Some(quote) = text.chars().next().filter(|first| quotes.contains(*first)) {
        return text[1..].split([quote, '>', '\n']).next().unwrap_or_default();
    }
    let mut depth = 0;
    let ends = |c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth < 0 || c == '>' || c.is_whitespace()
    };
    text.split(ends).next().unwrap_or_default()
}
