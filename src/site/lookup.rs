//! [`Site`]: one snapshot of a capsule, looked up by path.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::cache::{PageCache, RenderedPage, same_outline};
use super::context::{Form, SiteContext};
use super::feed::{self, Feed};
use super::links::{Backlinks, Links};
use super::options::{Medium, SiteOptions};
use super::pages::{Page, essay, lists, results, search_address};
use crate::capsule::media::{self, Media};
use crate::capsule::{Capsule, CapsulePath, Essay, FileRef, Section, bare_name};
use crate::host::Fingerprint;
use crate::render::lines::Lines;
use crate::search::{Index, IndexOptions};

/// The generated `robots.txt`: crawlers are asked not to follow searches.
const ROBOTS: &str = "User-agent: *\nDisallow: /search\n";

/// The address of the page that tells how to get into private areas.
const ACCESS_PATH: &str = "/access.gmi";

/// What stands at an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// A generated page.
    Page(RenderedPage),
    /// A file of the author, sent unchanged.
    File(FileRef, Media),
    /// A permanent redirect.
    Moved(CapsulePath),
    /// The search, which needs a query: the page of this number, counted from 1, of [`Site::results`].
    Search(usize),
    /// An address that the author has withdrawn.
    Withdrawn,
    /// Nothing.
    Missing,
}

/// One immutable snapshot of a capsule.
///
/// Pages are rendered on the first request and kept in a cache bounded in bytes, so that memory follows what is read
/// and not what is stored. Equal capsules and options give equal bytes.
#[derive(Debug)]
pub struct Site {
    pub(super) context: SiteContext,
    host: Arc<str>,
    private_sites: Vec<PrivateSite>,
    withdrawn: Withdrawn,
    /// Generated files for names that the author does not use.
    generated: HashMap<(Medium, CapsulePath), RenderedPage>,
    /// Built by the first search and updated with each snapshot from then on.
    index: OnceLock<Index>,
    /// Built for the first essay that is shown.
    backlinks: OnceLock<Backlinks>,
    cache: PageCache,
}

/// A private area: who may read it, and the site they get.
///
/// The public site is built from a capsule without the private texts, so forgetting to check a reader leads to an
/// address that is missing instead of letting the reader in.
#[derive(Debug, Clone)]
pub struct PrivateSite {
    path: CapsulePath,
    readers: Vec<Fingerprint>,
    site: Arc<Site>,
}

impl PrivateSite {
    /// Opens `site`, made by [`Site::for_private_area`], to `readers`.
    ///
    /// # Panics
    ///
    /// If `site` was not made for a private area.
    pub fn new(site: Arc<Site>, readers: Vec<Fingerprint>) -> Self {
        let path = site.context.private_area.clone().expect("a site that was made for a private area");
        Self { path, readers, site }
    }

    /// Returns the folder of the area, with a slash at its end.
    pub fn path(&self) -> &CapsulePath {
        &self.path
    }

    /// Whether any of `ids`, the fingerprints of a certificate and its public key, is that of a reader.
    pub fn admits(&self, ids: &[Fingerprint]) -> bool {
        self.readers.iter().any(|reader| ids.contains(reader))
    }

    /// Returns the site that readers of the area get.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }
}

impl Site {
    /// Creates a snapshot of `capsule` without rendering anything. Pages of the `previous` snapshot that cannot have
    /// changed are reused.
    pub fn new(capsule: Arc<Capsule>, options: &SiteOptions, previous: Option<&Self>) -> Self {
        Self::build(capsule, None, options, previous)
    }

    /// Creates a snapshot for the readers of the private area at `area`, of a capsule built for them. It answers within
    /// the area only, has no feeds, and its index is the page of the area.
    pub fn for_private_area(
        capsule: Arc<Capsule>,
        area: CapsulePath,
        options: &SiteOptions,
        previous: Option<&Self>,
    ) -> Self {
        Self::build(capsule, Some(area), options, previous)
    }

    fn build(
        capsule: Arc<Capsule>,
        private_area: Option<CapsulePath>,
        options: &SiteOptions,
        previous: Option<&Self>,
    ) -> Self {
        let mut site = Self {
            host: options.gemini.host.as_str().into(),
            private_sites: Vec::new(),
            withdrawn: Withdrawn::new(&options.gone),
            generated: HashMap::new(),
            index: OnceLock::new(),
            backlinks: OnceLock::new(),
            cache: PageCache::new(options.cache_bytes),
            context: SiteContext::new(capsule, options.clone(), private_area),
        };
        site.generate("robots.txt", ROBOTS);
        if let Some(icon) = &options.icon {
            site.generate("favicon.txt", &format!("{icon}\n"));
        }
        if let Some(previous) = previous.filter(|previous| previous.context.options == *options) {
            site.reuse(previous);
        }
        site
    }

    /// Adds a text file unless the author has one of that name.
    fn generate(&mut self, name: &str, text: &str) {
        let Ok(path) = CapsulePath::root().join(name) else { return };
        if self.context.capsule.text(&path).is_none() {
            for medium in [Medium::Gemini, Medium::Gopher] {
                let page = RenderedPage::plain(medium.with_line_ends(text.to_owned()));
                self.generated.insert((medium, path.clone()), page);
            }
        }
    }

    /// Takes over from `previous`, a snapshot with equal options, what cannot have changed.
    fn reuse(&mut self, previous: &Self) {
        let (old, new) = (&previous.context, &self.context);
        let same_outline = same_outline(&old.capsule, &new.capsule);
        let mut affected = HashSet::new();
        if let Some(backlinks) = previous.backlinks.get() {
            let updated = if same_outline {
                let (updated, changed) = backlinks.updated(&old.capsule, new);
                affected = changed;
                updated
            } else {
                Backlinks::new(new, Some((&old.capsule, backlinks)))
            };
            self.backlinks = updated.into();
        }
        if same_outline {
            self.cache.reuse(&previous.cache, old, new, &affected);
        }
        if let Some(index) = previous.index.get() {
            self.index = index.updated(&old.capsule, &new.capsule, &self.index_options()).into();
        }
    }

    /// Adds the private areas, and a page that tells how to get into them unless an essay stands there.
    #[must_use]
    pub fn with_private_areas(mut self, areas: Vec<PrivateSite>) -> Self {
        if !areas.is_empty()
            && let Ok(path) = CapsulePath::from_decoded(ACCESS_PATH)
            && self.context.capsule.essay(&path.without_extension()).is_none()
        {
            let text = access_page(&self.context.options.pages.back_label);
            let page = RenderedPage::new("text/gemini; lang=en", '0', text);
            self.generated.insert((Medium::Gemini, path), page);
        }
        self.private_sites = areas;
        self
    }

    /// Returns the innermost private area that `path` lies in. The page that tells how to get in lies in none.
    pub fn private_area(&self, path: &CapsulePath) -> Option<&PrivateSite> {
        if path.as_str() == ACCESS_PATH {
            return None;
        }
        let around = self.private_sites.iter().filter(|area| path.is_within(area.path()));
        around.max_by_key(|area| area.path().segments().count())
    }

    /// Returns the URL of the page that tells how to get into private areas.
    pub fn access_url(&self) -> String {
        format!("{}{ACCESS_PATH}", self.context.options.gemini.url("gemini", 1965))
    }

    /// Returns how its pages are made.
    pub fn options(&self) -> &SiteOptions {
        &self.context.options
    }

    /// Returns the first host name that it is published under.
    pub fn host(&self) -> &Arc<str> {
        &self.host
    }

    /// Returns the capsule that it shows.
    pub fn capsule(&self) -> &Arc<Capsule> {
        &self.context.capsule
    }

    /// Returns about how many bytes of memory requests have filled: rendered pages, search index, backlinks.
    pub fn cached_bytes(&self) -> usize {
        let areas: usize = self.private_sites.iter().map(|area| area.site().cached_bytes()).sum();
        let backlinks = self.backlinks.get().map_or(0, Backlinks::bytes);
        self.cache.bytes() + self.index.get().map_or(0, Index::bytes) + backlinks + areas
    }

    /// Resolves the backlinks now. It takes a tenth of a second for some thousand essays, which otherwise delays the
    /// first request of an essay.
    pub fn resolve_backlinks(&self) {
        if let Some(backlinks) = self.backlinks() {
            backlinks.resolve(&self.context);
        }
    }

    /// Returns the backlinks, or `None` if pages do not show them.
    fn backlinks(&self) -> Option<&Backlinks> {
        let shown = !self.context.options.pages.mentions_label.is_empty();
        shown.then(|| self.backlinks.get_or_init(|| Backlinks::new(&self.context, None)))
    }

    /// Returns what stands at `path` for readers of `medium`.
    pub fn lookup(&self, path: &CapsulePath, medium: Medium) -> Lookup {
        let SiteContext { capsule, options, private_area, .. } = &self.context;
        if private_area.as_ref().is_some_and(|area| !path.is_within(area)) {
            return Lookup::Missing;
        }
        if self.withdrawn.contains(path) {
            return Lookup::Withdrawn;
        }
        if let Some(page) = self.generated.get(&(medium, path.clone())) {
            return Lookup::Page(page.clone());
        }
        if let Some(number) = results::page_number(path).filter(|_| options.search) {
            return Lookup::Search(number);
        }
        let section = capsule.section(path);
        // A folder with nothing but an introduction may introduce a page of ours: Zola keeps one in `tags/`.
        if let Some(section) = section.filter(|section| !is_bare(section)) {
            return self.folder(section, medium);
        }
        if let Some(file) = capsule.file(path) {
            return Lookup::File(file.clone(), media::of_extension(path.extension()));
        }
        if let Some((essay, form)) = self.context.essay_at(path, medium) {
            return self.essay(essay, form, path, medium);
        }
        if let Some(source) = capsule.text(path) {
            let text = String::from_utf8_lossy(&source.text()).into_owned();
            return Lookup::Page(RenderedPage::plain(medium.with_line_ends(text)));
        }
        if let Some(page) = self.taxonomy(path, medium).or_else(|| self.feed(path, medium)) {
            return Lookup::Page(page);
        }
        if let Some(section) = section {
            return self.folder(section, medium);
        }
        self.canonical(path, medium).map_or(Lookup::Missing, Lookup::Moved)
    }

    fn folder(&self, section: &Section, medium: Medium) -> Lookup {
        let page = self.cache.get_or_insert(medium, &section.address, || {
            let base = section.introduction.as_ref().map_or(&section.address, |essay| &essay.source.path);
            let links = self.links(base, medium);
            Some(render(&lists::folder(section, &links), &links))
        });
        page.map_or(Lookup::Missing, Lookup::Page)
    }

    fn taxonomy(&self, path: &CapsulePath, medium: Medium) -> Option<RenderedPage> {
        if !path.is_folder() {
            return None;
        }
        self.cache.get_or_insert(medium, path, || {
            let links = self.links(path, medium);
            Some(render(&lists::taxonomy(path, &links)?, &links))
        })
    }

    fn feed(&self, path: &CapsulePath, medium: Medium) -> Option<RenderedPage> {
        self.cache.get_or_insert(medium, path, || {
            let links = Links { absolute: true, ..self.links(path, medium) };
            let feed = Feed::at(path, &links)?.atom(&links);
            Some(RenderedPage::new(feed::MEDIA_TYPE, '0', medium.with_line_ends(feed)))
        })
    }

    fn essay(&self, essay: &Essay, form: Form, path: &CapsulePath, medium: Medium) -> Lookup {
        let page = self.cache.get_or_insert(medium, path, || {
            let links = self.links(&essay.source.path, medium);
            Some(match form {
                Form::Source => RenderedPage::new("text/markdown", '0', essay.source.text()),
                Form::Gemtext => {
                    let page = essay::gemtext(essay, &links, self.backlinks());
                    let text = medium.with_line_ends(page.gemtext(&links));
                    RenderedPage::new(&gemtext_type(page.language.as_deref(), &links), '0', text)
                }
                Form::Plain => {
                    let text = essay::plain(essay, &Links { absolute: true, ..links }, self.backlinks());
                    RenderedPage::plain(medium.with_line_ends(text))
                }
            })
        });
        page.map_or(Lookup::Missing, Lookup::Page)
    }

    /// Returns the address that `path` is an older or shorter name of.
    fn canonical(&self, path: &CapsulePath, medium: Medium) -> Option<CapsulePath> {
        let capsule = &self.context.capsule;
        if capsule.section(&path.to_folder()).is_some() {
            return Some(path.to_folder());
        }
        if self.context.options.search && *path == search_address().to_folder() {
            return Some(search_address());
        }
        let Some(essay) = capsule.essay(path).or_else(|| capsule.essay_known_as(path)) else {
            return self.context.taxonomies(medium).canonical(path);
        };
        let links = self.links(path, medium);
        let target = links.address(essay);
        (links.serves(essay) && target != *path).then_some(target)
    }

    /// Returns the prompt of the search, in one line.
    pub fn search_prompt(&self) -> String {
        results::prompt(self.context.capsule.title())
    }

    /// Returns page `number`, counted from 1, of the results for a query as it was typed. It is not cached, as queries
    /// seldom repeat.
    ///
    /// The first call builds the index, which takes a second for some thousand essays.
    pub fn results(&self, typed: &str, number: usize, medium: Medium) -> RenderedPage {
        let address = search_address();
        let links = self.links(&address, medium);
        let options = self.index_options();
        let index = self.index.get_or_init(|| Index::of(&self.context.capsule, &options));
        render(&results::page(typed, number, index, &options, &links), &links)
    }

    fn index_options(&self) -> IndexOptions {
        let options = &self.context.options;
        IndexOptions { language: options.language.clone(), markdown: options.markdown }
    }

    pub(super) fn links<'a>(&'a self, base: &'a CapsulePath, medium: Medium) -> Links<'a> {
        Links::new(&self.context, base, medium)
    }

    /// Returns the addresses of generated files for `medium`.
    pub(super) fn generated(&self, medium: Medium) -> impl Iterator<Item = &CapsulePath> {
        self.generated.keys().filter(move |(of, _)| *of == medium).map(|(_, path)| path)
    }

    /// Whether the site answers at `path` at all.
    pub(super) fn answers_at(&self, path: &CapsulePath) -> bool {
        let area = self.context.private_area.as_ref();
        area.is_none_or(|area| path.is_within(area)) && !self.withdrawn.contains(path)
    }
}

/// Writes a list page as a menu or as gemtext.
fn render(page: &Page, links: &Links<'_>) -> RenderedPage {
    match links.menu_host() {
        Some(host) => RenderedPage::new("text/plain", '1', page.menu(links, host)),
        None => RenderedPage::new(&gemtext_type(page.language.as_deref(), links), '0', page.gemtext(links)),
    }
}

/// Returns the media type of gemtext in `language`, or in the language of the capsule.
fn gemtext_type(language: Option<&str>, links: &Links<'_>) -> String {
    match language.unwrap_or(&links.site.options.language) {
        "" => "text/gemini".to_owned(),
        language => format!("text/gemini; lang={language}"),
    }
}

/// Returns the page that tells how to get into private areas. It names none: readers were told the address.
fn access_page(back_label: &str) -> String {
    let mut page = Lines::new();
    page.heading(1, "How to read what is private").blank();
    for text in [
        "A part of this capsule is for readers whom its author knows. They are known by an identity: a client \
         certificate, which your client makes in a moment. It need not hold your name.",
        "1. Make a new identity in your client, and use it for the address that you were given.",
        "2. Open that address. The answer shows the fingerprint of your identity. If it asks for a certificate \
         again, the identity is not in use there yet.",
        "3. Send the fingerprint to the author. It is no secret: it only tells your identity from others.",
        "4. Once the author has put it on the list, open the address again.",
        "Keep the identity: with another one you are somebody else here.",
    ] {
        page.text(text).blank();
    }
    page.link("/", back_label);
    page.finish()
}

/// Whether there is nothing in a folder but an introduction.
pub(super) fn is_bare(section: &Section) -> bool {
    section.address != CapsulePath::root() && section.essays.is_empty() && section.subsections.is_empty()
}

/// The addresses that the author has withdrawn.
#[derive(Debug)]
struct Withdrawn {
    /// Essays without extension, so that all their forms are withdrawn, and other files.
    names: HashSet<CapsulePath>,
    /// Folders, with everything below them.
    folders: Vec<CapsulePath>,
}

impl Withdrawn {
    fn new(addresses: &[CapsulePath]) -> Self {
        let (folders, names): (Vec<_>, Vec<_>) = addresses.iter().partition(|address| address.is_folder());
        Self {
            names: names.into_iter().filter_map(bare_name).collect(),
            folders: folders.into_iter().cloned().collect(),
        }
    }

    fn contains(&self, path: &CapsulePath) -> bool {
        self.folders.iter().any(|folder| path.is_within(folder))
            || !self.names.is_empty() && bare_name(path).is_some_and(|name| self.names.contains(&name))
    }
}
