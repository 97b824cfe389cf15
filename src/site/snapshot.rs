//! [`Site`]: one immutable snapshot of a capsule with what is derived from it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use super::cache::{PageCache, RenderedPage, same_outline};
use super::context::SiteContext;
use super::links::{Backlinks, Links};
use super::options::{Medium, SiteOptions};
use crate::capsule::{Capsule, CapsulePath, PrivateArea, bare_name};
use crate::host::{GEMINI_PORT, HostName};
use crate::search::Index;

/// The generated `robots.txt`: crawlers are asked not to follow searches.
const ROBOTS: &str = "User-agent: *\nDisallow: /search\n";

/// The largest capsule whose index is built by the first search, in bytes of text: it takes some 20 ms.
const INDEXED_QUICKLY: usize = 256 << 10;

/// The address of the page that tells how to get into private areas.
const ACCESS_PATH: &str = "/access.gmi";

/// The page at [`ACCESS_PATH`]. It names no area: the owner of one tells its readers the address.
const ACCESS_PAGE: &str = include_str!("access.gmi");

/// One immutable snapshot of a capsule. Equal capsules and options give equal bytes.
///
/// Pages are rendered on the first request and kept in a cache bounded in bytes, so that memory follows what is read.
#[derive(Debug)]
pub struct Site {
    pub(super) context: SiteContext,
    /// The first host name that it is published under.
    pub host: Arc<str>,
    /// The sites of private areas; none if this is one of them.
    pub private_sites: Vec<PrivateSite>,
    /// Withdrawn folders, and the addresses of withdrawn essays without extension.
    withdrawn: Vec<CapsulePath>,
    /// Generated files for names that the author does not use.
    pub(super) generated: HashMap<(Medium, CapsulePath), RenderedPage>,
    /// Built in the background, or by the first search if the capsule is small.
    pub(super) index: OnceLock<Index>,
    /// Built for the first essay that is shown.
    backlinks: OnceLock<Backlinks>,
    pub(super) cache: PageCache,
}

/// A private area: who may read it, and the site they get.
///
/// The public site is built without the private texts, so forgetting a check hides an address instead of exposing it.
#[derive(Debug, Clone)]
pub struct PrivateSite {
    /// The area with its readers.
    pub area: PrivateArea,
    /// The site that readers of the area get.
    pub site: Arc<Site>,
}

impl Site {
    /// Creates a snapshot of `capsule`. Pages of the `previous` snapshot that cannot have changed are reused.
    pub fn new(capsule: Arc<Capsule>, options: &SiteOptions, previous: Option<&Self>) -> Self {
        let mut options = options.clone();
        if let Some(language) = capsule.language.as_deref().filter(|_| options.language.is_empty()) {
            language.clone_into(&mut options.language);
        }
        let bare_or_folder = |path: &CapsulePath| if path.is_folder() { Some(path.clone()) } else { bare_name(path) };
        let mut site = Self {
            host: Arc::from(&*options.gemini.host),
            private_sites: Vec::new(),
            withdrawn: options.gone.iter().filter_map(bare_or_folder).collect(),
            generated: HashMap::new(),
            index: OnceLock::new(),
            backlinks: OnceLock::new(),
            cache: PageCache::new(options.cache_bytes),
            context: SiteContext::new(capsule, options.clone()),
        };
        site.generate("robots.txt", ROBOTS);
        if let Some(icon) = &options.icon {
            site.generate("favicon.txt", &format!("{icon}\n"));
        }
        if let Some(previous) = previous.filter(|previous| previous.context.options == options) {
            site.reuse(previous);
        }
        // Built now, so that readers who could search do not wait: the previous snapshot is served until then.
        if previous.is_some_and(|previous| previous.index.get().is_some()) {
            site.prepare_search(previous);
        }
        site
    }

    /// Returns whether the author has withdrawn `path`, or a folder that it lies in.
    pub(super) fn is_withdrawn(&self, path: &CapsulePath) -> bool {
        let bare = if self.withdrawn.is_empty() { None } else { bare_name(path) };
        let covers = |gone: &CapsulePath| gone.is_folder() && path.is_within(gone) || bare.as_ref() == Some(gone);
        self.withdrawn.iter().any(covers)
    }

    /// Adds a text file unless the author has one of that name.
    fn generate(&mut self, name: &str, text: &str) {
        let Ok(path) = CapsulePath::root().join(name) else { return };
        if !self.context.capsule.texts.contains_key(&path) {
            for medium in Medium::ALL {
                let page = RenderedPage::new("text/plain", '0', medium.with_line_ends(text.to_owned()));
                self.generated.insert((medium, path.clone()), page);
            }
        }
    }

    /// Reuses the pages and backlinks of `previous`, a snapshot with equal options, that cannot have changed.
    fn reuse(&mut self, previous: &Self) {
        let (old, new) = (&previous.context, &self.context);
        let same_outline = same_outline(&old.capsule, &new.capsule);
        let mut affected = HashSet::new();
        if let Some(backlinks) = previous.backlinks.get() {
            let updated;
            (updated, affected) = backlinks.updated(&old.capsule, new, same_outline);
            self.backlinks = updated.into();
        }
        if same_outline {
            self.cache.reuse(&previous.cache, old, new, &affected);
        }
    }

    /// Builds missing large search indexes of the site and private areas, faster with those of a `previous` snapshot.
    pub fn prepare_search(&self, previous: Option<&Self>) {
        if self.context.options.search && self.index.get().is_none() && !self.is_indexed_quickly() {
            // A search may have built the index meanwhile.
            let _ = self.index.set(self.updated_index(previous));
        }
        for PrivateSite { area, site, .. } in &self.private_sites {
            site.prepare_search(previous.and_then(|previous| previous.private_site(area)));
        }
    }

    /// Returns the site of `area`, if there is one.
    pub fn private_site(&self, area: &PrivateArea) -> Option<&Self> {
        self.private_sites.iter().find(|private| private.area == *area).map(|private| &*private.site)
    }

    /// Returns the search index if it is built or can be built at once.
    pub(super) fn index(&self) -> Option<&Index> {
        if self.is_indexed_quickly() {
            self.index.get_or_init(|| self.updated_index(None));
        }
        self.index.get()
    }

    fn is_indexed_quickly(&self) -> bool {
        let sizes = self.context.capsule.essays().iter().map(|essay| essay.source.text_len());
        sizes.sum::<usize>() <= INDEXED_QUICKLY
    }

    fn updated_index(&self, previous: Option<&Self>) -> Index {
        let options = self.options().index_options();
        let known = previous.filter(|previous| previous.options().index_options() == options);
        let empty = Index::default();
        known.and_then(|known| known.index.get()).unwrap_or(&empty).updated(&self.context.capsule, &options)
    }

    /// Adds the sites of private areas, and a page on how to enter them unless an essay stands there.
    #[must_use]
    pub fn with_private_sites(mut self, private_sites: Vec<PrivateSite>) -> Self {
        if !private_sites.is_empty()
            && let Ok(path) = CapsulePath::from_decoded(ACCESS_PATH)
            && self.context.capsule.essay(&path.without_extension()).is_none()
        {
            let text = ACCESS_PAGE.replace("{back}", self.context.options.words.get("back"));
            self.generated.insert((Medium::Gemini, path), RenderedPage::new("text/gemini; lang=en", '0', text));
        }
        self.private_sites = private_sites;
        self
    }

    /// Returns the innermost private area that `path` lies in. The page that tells how to get in lies in none.
    pub fn private_area(&self, path: &CapsulePath) -> Option<&PrivateSite> {
        let holds = |private: &&PrivateSite| path.is_within(&private.area.path) && path.as_str() != ACCESS_PATH;
        self.private_sites.iter().filter(holds).max_by_key(|private| private.area.path.segments().count())
    }

    /// Returns the URL of the page that tells how to get into private areas.
    pub fn access_url(&self) -> String {
        format!("{}{ACCESS_PATH}", self.context.options.gemini.url("gemini", GEMINI_PORT))
    }

    /// Returns the options of its pages.
    pub fn options(&self) -> &SiteOptions {
        &self.context.options
    }

    /// Returns the capsule that it shows.
    pub fn capsule(&self) -> &Arc<Capsule> {
        &self.context.capsule
    }

    /// Returns about how many bytes of memory requests have filled: rendered pages, search index, backlinks.
    pub fn cached_bytes(&self) -> usize {
        let areas: usize = self.private_sites.iter().map(|area| area.site.cached_bytes()).sum();
        let backlinks = self.backlinks.get().map_or(0, Backlinks::bytes);
        self.cache.bytes() + self.index.get().map_or(0, Index::bytes) + backlinks + areas
    }

    /// Resolves the backlinks now, so that this does not delay the first request of an essay.
    pub fn resolve_backlinks(&self) {
        if let Some(backlinks) = self.backlinks() {
            backlinks.resolve(&self.context);
        }
    }

    /// Returns the backlinks, or `None` if pages do not show them.
    pub(super) fn backlinks(&self) -> Option<&Backlinks> {
        let shown = !self.context.options.words.get("mentions").is_empty();
        shown.then(|| self.backlinks.get_or_init(|| Backlinks::new(&self.context, None)))
    }

    pub(super) fn links<'a>(&'a self, base: &'a CapsulePath, medium: Medium) -> Links<'a> {
        Links::new(&self.context, base, medium)
    }
}

/// The sites of all capsules of a server, each under its host names.
#[derive(Debug, Default)]
pub struct Sites {
    /// The sites in the order of the configuration.
    pub all: Vec<Arc<Site>>,
    by_host: HashMap<HostName, Arc<Site>>,
}

impl Sites {
    /// Creates the sites from each site with its host names, in the order of the configuration.
    pub fn new(published: impl IntoIterator<Item = (Vec<HostName>, Arc<Site>)>) -> Self {
        let mut sites = Self::default();
        for (hosts, site) in published {
            sites.by_host.extend(hosts.into_iter().map(|host| (host, Arc::clone(&site))));
            sites.all.push(site);
        }
        sites
    }

    /// Builds the search indexes that take long: see [`Site::prepare_search`].
    pub fn prepare_search(&self, previous: Option<&Self>) {
        for site in &self.all {
            let previous = previous.and_then(|previous| previous.by_host(&site.host));
            site.prepare_search(previous.map(AsRef::as_ref));
        }
    }

    /// Returns the site published as `host`: in lower case, in punycode, without a trailing dot.
    pub fn by_host(&self, host: &str) -> Option<&Arc<Site>> {
        self.by_host.get(host)
    }
}
