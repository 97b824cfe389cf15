//! The edition on the shelf: immutable, looked up by [`CapsulePath`].
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
mod mentions;
mod options;
mod overview;
mod parts;
mod reader;
mod register;
mod results;
mod shelf;
mod snippet;
mod take_over;
#[cfg(test)]
mod tests;
mod titles;
mod translations;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

pub use area::Area;
pub use lint::lint;
pub use options::{Authority, MetaLine, PageOptions, SiteOptions};
pub use reader::{NoReaderId, ReaderId};
pub use shelf::Shelf;

use crate::capsule::media::{self, Media};
use crate::capsule::{Capsule, CapsulePath, Essay, FileRef, Kind, Section};
use crate::search::{Index, IndexOptions};
use catalogue::Catalogues;
use feed::Feed;
use gone::Gone;
use links::Links;
use listing::Listing;
use mentions::Mentions;
use overview::Overview;
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
    Page(Page),
    /// A file of the author's, sent as it is.
    File(FileRef, Media),
    /// Another address, permanently.
    Moved(CapsulePath),
    /// The search, which wants words: page number so and so of [`Site::results`], counted from 1.
    Search(usize),
    /// Nothing any more: the author said so.
    Gone,
    /// Nothing.
    Missing,
}

/// A page made by us, in the bytes of one [`Medium`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The media type with its parameters, as in `text/gemini; lang=en`.
    pub media_type: Arc<str>,
    /// The Gopher item type (RFC 1436, section 3.8): `0` for text, `1` for a menu.
    pub item_type: char,
    /// The whole page.
    pub bytes: Bytes,
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
    areas: Vec<Area>,
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
    pages: Cache<(Medium, CapsulePath), Page, ByBytes>,
}

/// What crawlers are asked, where the author says nothing: not to walk through searches.
const ROBOTS: &str = "User-agent: *\nDisallow: /search\n";

/// A page and its key weigh what they hold, and a little for the cache's own books.
#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<(Medium, CapsulePath), Page> for ByBytes {
    fn weight(&self, (_, path): &(Medium, CapsulePath), page: &Page) -> u64 {
        (path.as_str().len() + page.bytes.len() + 128) as u64
    }
}

/// What an essay is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Gemtext,
    Text,
    Source,
}

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
            pages: cache(options.cache_bytes),
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
    pub fn made_bytes(&self) -> usize {
        let pages = usize::try_from(self.pages.weight()).unwrap_or(usize::MAX);
        let areas: usize = self.areas.iter().map(|area| area.site().made_bytes()).sum();
        let mentions = self.mentions.get().map_or(0, Mentions::bytes);
        pages + self.index.get().map_or(0, Index::bytes) + mentions + areas
    }

    /// Looks up now what the first reader of an essay would have to wait for: who mentions whom, which takes a tenth
    /// of a second for some thousand essays.
    pub(super) fn prepare(&self) {
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
            return Lookup::Gone;
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
    pub fn results(&self, typed: &str, page: usize, medium: Medium) -> Page {
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
            "gmi" => Form::Gemtext,
            "txt" => Form::Text,
            "md" => Form::Source,
            _ => return None,
        };
        let essay = self.capsule.essay(&path.without_extension())?;
        let has = match form {
            Form::Gemtext => essay.kind != Kind::Text,
            Form::Text => true,
            Form::Source => essay.kind == Kind::Markdown,
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

    fn section(&self, section: &Section, medium: Medium) -> Page {
        self.kept(medium, &section.address, || {
            let source = section.introduction.as_ref().map_or(&section.address, |essay| &essay.source.path);
            let links = self.links(source, medium, false);
            let language = section.introduction.as_ref().and_then(|e| e.metadata.language.as_deref());
            self.listing(&index::listing(section, &links), &section.address, &links, language)
        })
    }

    /// A page of links in the form of its medium.
    fn listing(
        &self,
        listing: &Listing,
        at: &CapsulePath,
        links: &Links<'_>,
        language: Option<&str>,
    ) -> Page {
        match (links.medium, &self.options.gopher) {
            (Medium::Gopher, Some(gopher)) => page("text/plain", '1', listing.menu(at, links, gopher)),
            _ => page(&self.gemtext_type(language), '0', listing.gemtext(at, links)),
        }
    }

    /// The page of years, of tags or of one of them at `path`, if there is one.
    fn overview(&self, path: &CapsulePath, medium: Medium) -> Option<Page> {
        if !path.is_folder() {
            return None;
        }
        if let Some(page) = self.pages.get(&(medium, path.clone())) {
            return Some(page);
        }
        let links = self.links(path, medium, false);
        let overview = Overview::at(path, &links)?;
        Some(self.kept(medium, path, || {
            let language = overview.language();
            self.listing(&overview.listing(path, &links), path, &links, language)
        }))
    }

    /// The feed at `path`, if there is one.
    fn feed(&self, path: &CapsulePath, medium: Medium) -> Option<Page> {
        let links = self.links(path, medium, true);
        let feed = Feed::at(path, &links)?;
        Some(
            self.kept(medium, path, || {
                page(feed::MEDIA_TYPE, '0', essay::for_medium(feed.atom(&links), medium))
            }),
        )
    }

    fn essay(&self, essay: &Essay, form: Form, path: &CapsulePath, medium: Medium) -> Page {
        self.kept(medium, path, || match form {
            Form::Source => page("text/markdown", '0', essay.source.text()),
            Form::Gemtext => {
                let links = self.links(&essay.source.path, medium, false);
                let text = essay::for_medium(essay::gemtext(essay, &links), medium);
                page(&self.gemtext_type(essay.metadata.language.as_deref()), '0', text)
            }
            Form::Text => {
                let links = self.links(&essay.source.path, medium, true);
                page("text/plain", '0', essay::for_medium(essay::text(essay, &links), medium))
            }
        })
    }

    fn gemtext_type(&self, language: Option<&str>) -> String {
        match language.unwrap_or(&self.options.language) {
            "" => "text/gemini".to_owned(),
            language => format!("text/gemini; lang={language}"),
        }
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

    /// The page at `path` from the cache, or freshly made.
    fn kept(&self, medium: Medium, path: &CapsulePath, make: impl FnOnce() -> Page) -> Page {
        let key = (medium, path.clone());
        if let Some(page) = self.pages.get(&key) {
            return page;
        }
        let page = make();
        self.pages.insert(key, page.clone());
        page
    }
}

/// Whether there is nothing in a folder but an introduction.
fn is_bare(section: &Section) -> bool {
    section.address != CapsulePath::root() && section.essays.is_empty() && section.subsections.is_empty()
}

fn cache(bytes: u64) -> Cache<(Medium, CapsulePath), Page, ByBytes> {
    // The number of pages is only a hint for the first allocation: pages of some four kilobytes.
    let pages = usize::try_from(bytes / 4096).unwrap_or(usize::MAX).clamp(16, 1 << 16);
    Cache::with_weighter(pages, bytes, ByBytes)
}

fn page(media_type: &str, item_type: char, bytes: impl Into<Vec<u8>>) -> Page {
    // What a page has room for besides its bytes would stay with it in the cache, and nobody would count it.
    let bytes: Vec<u8> = bytes.into();
    Page { media_type: media_type.into(), item_type, bytes: Bytes::from(bytes.into_boxed_slice()) }
}
