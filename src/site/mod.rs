//! One immutable snapshot of a capsule, looked up by [`CapsulePath`].
//!
//! A [`Site`] is a capsule with everything needed to show it: which address shows what, and how. A page is made
//! when somebody first asks for it and kept in a cache of bounded size, so that memory follows what is read, not
//! what is stored. The same capsule and options always give the same bytes.

#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod addresses;
mod area;
mod catalogue;
mod essay;
mod feed;
mod foot;
mod gone;
mod index;
mod leads;
mod links;
mod lint;
mod list;
mod listing;
mod make;
mod mentions;
mod options;
mod overview;
mod page;
mod parts;
mod register;
mod results;
mod sites;
mod snippet;
mod take_over;
#[cfg(test)]
mod tests;
mod titles;
mod translations;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

pub use area::PrivateSite;
pub use lint::lint;
pub use options::{Authority, MetaLine, PageOptions, SiteOptions};
pub use page::RenderedPage;
pub use sites::Sites;

use crate::capsule::media::{self, Media};
use crate::capsule::{Capsule, CapsulePath, Essay, FileRef, Section, TextKind};
use crate::search::{Index, IndexOptions};
use catalogue::Catalogues;
use gone::Gone;
use links::Links;
use make::Form;
use mentions::Mentions;
use page::{Pages, page};
use results::Results;
use titles::Titles;

/// The forms in which a capsule is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Medium {
    /// Gemtext with link lines; text with LF line ends.
    Gemini,
    /// Menus and wrapped text, with CRLF line ends.
    Gopher,
}

impl Medium {
    /// Whether its readers get `essay`.
    fn serves(self, essay: &Essay) -> bool {
        match self {
            Self::Gemini => essay.metadata.gemini,
            Self::Gopher => essay.metadata.gopher,
        }
    }
}

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// A page made by us, ready to be sent.
    Page(RenderedPage),
    /// A file of the author's, sent as it is.
    File(FileRef, Media),
    /// Another address, permanently.
    Moved(CapsulePath),
    /// The search, which wants words: page number so and so of [`Site::results`], counted from 1.
    Search(usize),
    /// Nothing any more: the author said so.
    Withdrawn,
    /// Nothing.
    Missing,
}

/// One immutable edition of a capsule.
#[derive(Debug)]
pub struct Site {
    capsule: Arc<Capsule>,
    /// Its host name, shared with what is said of each request.
    host: Arc<str>,
    options: SiteOptions,
    /// The private area whose readers this edition is for; none if it is for everybody.
    area: Option<CapsulePath>,
    /// The private areas, none of which is part of the capsule.
    areas: Vec<PrivateSite>,
    gone: Gone,
    /// Files that stand where the author has none of that name.
    fixed: HashMap<(Medium, CapsulePath), Lookup>,
    /// Names for wiki links, made when the first one is met.
    titles: OnceLock<Titles>,
    catalogues: Catalogues,
    /// What can be found, made when somebody first searches and kept up with the capsule from then on.
    index: OnceLock<Index>,
    /// Which essays mention which, made for the first essay that is shown.
    mentions: OnceLock<Mentions>,
    pages: Pages,
}

/// What crawlers are asked, where the author says nothing: not to walk through searches.
const ROBOTS: &str = "User-agent: *\nDisallow: /search\n";

impl Site {
    /// An edition of `capsule`. Nothing is rendered yet. Pages that cannot have changed since the `previous`
    /// edition are taken over, so that a saved file does not cost the readers of others anything.
    pub fn new(capsule: Arc<Capsule>, options: &SiteOptions, previous: Option<&Self>) -> Self {
        Self::make(capsule, None, options, previous)
    }

    fn make(
        capsule: Arc<Capsule>,
        area: Option<CapsulePath>,
        options: &SiteOptions,
        previous: Option<&Self>,
    ) -> Self {
        let mut fixed = HashMap::new();
        for medium in [Medium::Gemini, Medium::Gopher] {
            let icon = options.icon.as_ref().map(|icon| format!("{icon}\n"));
            for (name, text) in [("robots.txt", Some(ROBOTS.to_owned())), ("favicon.txt", icon)] {
                let Ok(path) = CapsulePath::root().join(name) else { continue };
                if let Some(text) = text.filter(|_| capsule.text(&path).is_none()) {
                    let text = essay::for_medium(text, medium);
                    fixed.insert((medium, path), Lookup::Page(page("text/plain", '0', text)));
                }
            }
        }
        let mut site = Self {
            pages: Pages::of(options.cache_bytes),
            gone: Gone::of(&options.gone),
            host: options.gemini.host.as_str().into(),
            options: options.clone(),
            titles: OnceLock::new(),
            catalogues: Catalogues::default(),
            index: OnceLock::new(),
            area,
            areas: Vec::new(),
            mentions: OnceLock::new(),
            capsule,
            fixed,
        };
        if let Some(previous) = previous.filter(|previous| previous.options == site.options) {
            site.take_over(previous);
            if let Some(index) = previous.index.get() {
                let options = site.index_options();
                site.index = index.updated(&previous.capsule, &site.capsule, &options).into();
            }
        }
        site
    }

    /// How its pages are made.
    pub fn options(&self) -> &SiteOptions {
        &self.options
    }

    /// The host name it is published under; the first, if there are several.
    pub fn host(&self) -> &Arc<str> {
        &self.host
    }

    /// The capsule this is an edition of.
    pub fn capsule(&self) -> &Arc<Capsule> {
        &self.capsule
    }

    /// About how many bytes of memory readers have had made of the capsule: pages, the index, who mentions whom.
    pub fn cached_bytes(&self) -> usize {
        let areas: usize = self.areas.iter().map(|area| area.site().cached_bytes()).sum();
        let mentions = self.mentions.get().map_or(0, Mentions::bytes);
        self.pages.bytes() + self.index.get().map_or(0, Index::bytes) + mentions + areas
    }

    /// Looks up now what the first reader of an essay would have to wait for: who mentions whom, which takes a tenth
    /// of a second for some thousand essays.
    pub(super) fn resolve_backlinks(&self) {
        if !self.options.pages.mentions_label.is_empty() {
            let root = CapsulePath::root();
            let links = self.links(&root, Medium::Gemini, false);
            links.mentions().ends(&links);
        }
    }

    /// What stands at `path` for readers of `medium`.
    pub fn lookup(&self, path: &CapsulePath, medium: Medium) -> Lookup {
        if self.area.as_ref().is_some_and(|area| !path.is_within(area)) {
            return Lookup::Missing;
        }
        if self.gone.has(path) {
            return Lookup::Withdrawn;
        }
        if let Some(fixed) = self.fixed.get(&(medium, path.clone())) {
            return fixed.clone();
        }
        if let Some(page) = results::page_at(path).filter(|_| self.options.search) {
            return Lookup::Search(page);
        }
        let section = self.capsule.section(path);
        // A folder that holds no more than an introduction, as Zola wants one for its tags, introduces ours.
        if let Some(section) = section.filter(|section| !is_bare(section)) {
            return Lookup::Page(self.section(section, medium));
        }
        if let Some(file) = self.capsule.file(path) {
            return Lookup::File(file.clone(), media::of_extension(path.extension()));
        }
        if let Some((essay, form)) = self.essay_at(path, medium) {
            return Lookup::Page(self.essay(essay, form, path, medium));
        }
        if let Some(source) = self.capsule.text(path) {
            let text = String::from_utf8_lossy(&source.text()).into_owned();
            return Lookup::Page(page("text/plain", '0', essay::for_medium(text, medium)));
        }
        if let Some(page) = self.overview(path, medium).or_else(|| self.feed(path, medium)) {
            return Lookup::Page(page);
        }
        if let Some(section) = section {
            return Lookup::Page(self.section(section, medium));
        }
        self.elsewhere(path, medium).map_or(Lookup::Missing, Lookup::Moved)
    }

    /// What readers of the search are asked, in one line.
    pub fn search_prompt(&self) -> String {
        results::prompt(self.capsule.title())
    }

    /// Page number `page` of the essays for a query, as it was typed. Never kept: nobody asks twice.
    ///
    /// The first call makes the index, which takes a second for some thousand essays.
    pub fn results(&self, typed: &str, page: usize, medium: Medium) -> RenderedPage {
        let at = results::address();
        let links = self.links(&at, medium, false);
        let results = Results::of(typed, page, self.index(), &self.index_options(), &links);
        let bytes = results::bytes(&results, &links);
        match (medium, &self.options.gopher) {
            (Medium::Gopher, Some(_)) => self::page("text/plain", '1', bytes),
            _ => self::page(&self.gemtext_type(None), '0', bytes),
        }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.capsule, &self.index_options()))
    }

    fn index_options(&self) -> IndexOptions {
        IndexOptions { language: self.options.language.clone(), markdown: self.options.markdown }
    }

    /// The essay whose address `path` is, and the form it asks for.
    fn essay_at(&self, path: &CapsulePath, medium: Medium) -> Option<(&Arc<Essay>, Form)> {
        let form = match path.extension() {
            media::GEMTEXT_PAGE => Form::Gemtext,
            media::TEXT_PAGE => Form::Text,
            media::MARKDOWN_SOURCE => Form::Source,
            _ => return None,
        };
        let essay = self.capsule.essay(&path.without_extension())?;
        let has = match form {
            Form::Gemtext => essay.kind != TextKind::Text,
            Form::Text => true,
            Form::Source => essay.kind == TextKind::Markdown,
        };
        (has && medium.serves(essay)).then_some((essay, form))
    }

    /// The address that `path` is an older or shorter name of.
    fn elsewhere(&self, path: &CapsulePath, medium: Medium) -> Option<CapsulePath> {
        if self.capsule.section(&path.to_folder()).is_some() {
            return Some(path.to_folder());
        }
        if self.options.search && *path == results::address().to_folder() {
            return Some(results::address());
        }
        let Some(essay) = self.capsule.essay(path).or_else(|| self.capsule.essay_known_as(path)) else {
            return self.catalogues.of(&self.capsule, &self.options, medium).canonical(path);
        };
        let target = links::address(essay, medium);
        (medium.serves(essay) && target != *path).then_some(target)
    }

    fn links<'a>(&'a self, page: &'a CapsulePath, medium: Medium, absolute: bool) -> Links<'a> {
        Links {
            capsule: &self.capsule,
            options: &self.options,
            titles: &self.titles,
            catalogues: &self.catalogues,
            area: self.area.as_ref(),
            mentions: &self.mentions,
            medium,
            absolute,
            page,
        }
    }
}

/// Whether there is nothing in a folder but an introduction.
fn is_bare(section: &Section) -> bool {
    section.address != CapsulePath::root() && section.essays.is_empty() && section.subsections.is_empty()
}
