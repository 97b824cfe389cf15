//! What stands at each address of a [`Site`], and all its addresses: for copies of it, and for tests.

use std::collections::BTreeSet;

use super::cache::RenderedPage;
use super::context::SiteContext;
use super::feed;
use super::links::{Links, has_scheme};
use super::options::Medium;
use super::pages::results::MAX_SHOWN;
use super::pages::{Page, essay, lists, results, search_address};
use super::snapshot::Site;
use super::taxonomies::Kind;
use crate::capsule::media::{self, Media};
use crate::capsule::{CapsulePath, Essay, FileRef, Section, TextKind, bare_name, list_key};
use crate::problem::{nearest, printable};

/// Redirects that are followed inside the capsule, because Gopher has none. The limit ends circles of aliases.
const MAX_MOVES: usize = 4;

/// The most names that are compared with that of a missing page, which takes a few milliseconds.
const MAX_COMPARED: usize = 200;

/// The longest name that is compared, in bytes.
const MAX_COMPARED_BYTES: usize = 64;

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

impl Site {
    /// Returns what stands at `path` for readers of `medium`.
    pub fn lookup(&self, path: &CapsulePath, medium: Medium) -> Lookup {
        let SiteContext { capsule, options, .. } = &self.context;
        if options.private_area.as_ref().is_some_and(|area| !path.is_within(area)) {
            return Lookup::Missing;
        }
        if self.is_withdrawn(path) {
            return Lookup::Withdrawn;
        }
        if let Some(page) = self.generated.get(&(medium, path.clone())) {
            return Lookup::Page(page.clone());
        }
        if let Some(number) = results::page_number(path).filter(|_| options.search) {
            return Lookup::Search(number);
        }
        if let Some(file) = capsule.files.get(path) {
            return Lookup::File(file.clone(), media::of(path));
        }
        if let Some((essay, form)) = self.context.essay_at(path, medium) {
            return self.essay(essay, form, path, medium);
        }
        if let Some(source) = capsule.texts.get(path) {
            let bytes = source.text();
            return Lookup::Page(RenderedPage::new(media::of_plain_text(&bytes), '0', bytes));
        }
        if let Some(page) = self.list(path, medium).or_else(|| self.feed(path, medium)) {
            return Lookup::Page(page);
        }
        self.canonical(path, medium).map_or(Lookup::Missing, Lookup::Moved)
    }

    /// Returns what [`lookup`](Self::lookup) finds at `path` if that needs no rendering: a cached page, a page
    /// generated with the site, or a file of the author. Else the error is the number of bytes of text to convert.
    pub fn lookup_ready(&self, path: &CapsulePath, medium: Medium) -> Result<Lookup, usize> {
        if let Some(page) = self.cache.get_or_make((medium, path.clone()), || None) {
            return Ok(Lookup::Page(page));
        }
        let is_file = self.context.capsule.files.contains_key(path);
        if is_file || self.generated.contains_key(&(medium, path.clone())) {
            return Ok(self.lookup(path, medium));
        }
        let capsule = &self.context.capsule;
        let essay = self.context.essay_at(path, medium).map(|(essay, _)| essay).or_else(|| capsule.introduction(path));
        let around = capsule.snippets.iter().map(|(_, text)| text);
        Err(essay.into_iter().chain(around).map(|text| text.source.text_len()).sum())
    }

    /// Returns what is at `path` after all redirects, or [`Lookup::Moved`] if there are too many.
    pub fn follow(&self, path: &CapsulePath, medium: Medium) -> Lookup {
        let next = |found: &Lookup| if let Lookup::Moved(to) = found { Some(self.lookup(to, medium)) } else { None };
        let found = std::iter::successors(Some(self.lookup(path, medium)), next).take(MAX_MOVES);
        found.last().unwrap_or(Lookup::Missing)
    }

    fn list(&self, path: &CapsulePath, medium: Medium) -> Option<RenderedPage> {
        if !path.is_folder() {
            return None;
        }
        self.cache.get_or_make((medium, path.clone()), || {
            let introduction = self.capsule().introduction(path);
            let links = self.links(introduction.map_or(path, |essay| &essay.source.path), medium);
            let links = links.in_language(lists::language(path, &links));
            Some(render(&self.list_at(path, &links)?, &links))
        })
    }

    fn list_at(&self, path: &CapsulePath, links: &Links<'_>) -> Option<Page> {
        let section = self.capsule().sections.get(path);
        let folder = |section| lists::folder(section, links);
        // A folder with nothing but an introduction may introduce a generated page: Zola keeps one in `tags/`.
        let has_pages = |section: &&Section| !section.essays.is_empty() || !section.subsections.is_empty();
        let full = section.filter(|section| *path == CapsulePath::root() || has_pages(section)).map(folder);
        full.or_else(|| lists::taxonomy(path, links)).or_else(|| section.map(folder))
    }

    fn feed(&self, path: &CapsulePath, medium: Medium) -> Option<RenderedPage> {
        self.cache.get_or_make((medium, path.clone()), || {
            let links = Links { absolute: true, ..self.links(path, medium) };
            let feed = feed::atom(&feed::at(path, &links)?, &links);
            Some(RenderedPage::new(feed::MEDIA_TYPE, '0', medium.with_line_ends(feed)))
        })
    }

    /// Returns the address in the capsule that `essay` has moved to, by its front matter.
    fn redirect(&self, essay: &Essay, medium: Medium) -> Option<CapsulePath> {
        let written = essay.metadata.redirect.as_ref().filter(|to| !has_scheme(to))?;
        let path = essay.base.join(written).ok()?;
        let target = self.canonical(&path, medium).unwrap_or(path);
        let itself = self.context.essay_at(&target, medium).filter(|(other, _)| other.base == essay.base);
        itself.is_none().then_some(target)
    }

    fn essay(&self, essay: &Essay, form: TextKind, path: &CapsulePath, medium: Medium) -> Lookup {
        if let Some(target) = self.redirect(essay, medium) {
            return Lookup::Moved(target);
        }
        let page = self.cache.get_or_make((medium, path.clone()), || {
            let language = essay.metadata.language.as_deref();
            let links = self.links(&essay.source.path, medium).in_language(language);
            Some(match form {
                TextKind::Markdown => RenderedPage::new("text/markdown", '0', essay.source.text()),
                TextKind::Gemtext => gemtext(&essay::gemtext(essay, &links, self.backlinks()), &links),
                TextKind::Text => {
                    let text = essay::plain(essay, &Links { absolute: true, ..links }, self.backlinks());
                    RenderedPage::new("text/plain", '0', medium.with_line_ends(text))
                }
            })
        });
        page.map_or(Lookup::Missing, Lookup::Page)
    }

    /// Returns the address that `path` is an older or shorter name of.
    fn canonical(&self, path: &CapsulePath, medium: Medium) -> Option<CapsulePath> {
        if self.context.options.search && *path == search_address().to_folder() {
            return Some(search_address());
        }
        let links = self.links(path, medium);
        let bare = bare_name(path);
        let mut redirects = self.context.options.redirects.iter();
        let is_old = |old: &CapsulePath| old == path || bare.is_some() && bare_name(old) == bare;
        if let Some((_, target)) = redirects.find(|(old, _)| is_old(old)) {
            let named = || links.address_of(links.resource(target).or_else(|| links.similar(target)));
            let named = if self.context.essay_at(target, medium).is_some() { None } else { named() };
            return Some(named.unwrap_or_else(|| target.clone()));
        }
        let named = |path: &CapsulePath| {
            let named = links.address_of(links.resource(path)).or_else(|| feed::known_as(path, &links));
            named.or_else(|| links.address_of(links.similar(path)))
        };
        named(path).or_else(|| named(&first_page(path)?)).filter(|target| target != path)
    }

    /// Returns the address of the essay whose name is most similar to that of `path`, at which nothing stands.
    pub fn nearest(&self, path: &CapsulePath) -> Option<CapsulePath> {
        let wanted = path.stem().to_lowercase();
        let first = wanted.chars().next()?;
        let essays = self.context.capsule.essays();
        let names = essays.iter().map(|essay| essay.base.name()).filter(|name| name.len() <= MAX_COMPARED_BYTES);
        let similar = names.filter(|name| name.len().abs_diff(wanted.len()) <= 2 && name.starts_with(first));
        let name = nearest(&wanted, similar.take(MAX_COMPARED))?;
        essays.iter().find(|essay| essay.base.name() == name).map(|essay| essay.address())
    }

    /// Returns the prompt of the search, in one line.
    pub fn search_prompt(&self) -> String {
        let SiteContext { capsule, options, .. } = &self.context;
        let title: String = printable(&capsule.title).chars().take(MAX_SHOWN).collect();
        options.words.in_language(&options.language).with("prompt", &[&title])
    }

    /// Returns page `number`, counted from 1, of the results for a query as it was typed. While a large capsule has no
    /// index, the page says so; that of a small one is built by the first search.
    pub fn results(&self, typed: &str, number: usize, medium: Medium) -> RenderedPage {
        let address = search_address();
        let links = self.links(&address, medium);
        render(&results::page(typed, number, self.index(), &links), &links)
    }

    /// Returns every address at which readers of `medium` get a page or a file, except the search, in order.
    pub fn addresses(&self, medium: Medium) -> Vec<CapsulePath> {
        let capsule = self.capsule();
        let mut found = self.lists(medium);
        let feeds = found.iter().filter_map(|folder| folder.join(feed::NAME).ok());
        let feeds: Vec<_> = feeds.filter(|path| feed::at(path, &self.links(path, medium)).is_some()).collect();
        found.extend(feeds);
        found.extend(self.generated.keys().filter(|(of, _)| *of == medium).map(|(_, path)| path.clone()));
        found.extend(capsule.files.keys().chain(capsule.texts.keys()).cloned());
        for essay in capsule.addressable() {
            let forms = media::ESSAY_FORMS.map(|extension| essay.base.with_suffix(extension));
            found.extend(forms.into_iter().filter(|path| self.context.essay_at(path, medium).is_some()));
        }
        let area = self.context.options.private_area.as_ref();
        found.retain(|path| area.is_none_or(|area| path.is_within(area)) && !self.is_withdrawn(path));
        found.into_iter().collect()
    }

    /// Returns the former addresses and Web addresses that authors give their essays, each with its target.
    pub fn moved(&self, medium: Medium) -> Vec<(CapsulePath, CapsulePath)> {
        let written = self.capsule().addressable().iter().flat_map(|essay| essay.former_addresses());
        let paths = written.filter_map(|written| CapsulePath::root().join(written).ok());
        let paths: BTreeSet<CapsulePath> = paths.collect();
        let target = |path: CapsulePath| match self.lookup(&path, medium) {
            Lookup::Moved(target) => Some((path, target)),
            _ => None,
        };
        paths.into_iter().filter_map(target).collect()
    }

    /// Returns the addresses of list pages: of folders, of taxonomies, and of the lists that these link to.
    fn lists(&self, medium: Medium) -> BTreeSet<CapsulePath> {
        let sections = self.capsule().sections.keys().cloned();
        let mut next: Vec<CapsulePath> = sections.chain(Kind::ALL.map(Kind::address)).collect();
        let mut found = BTreeSet::new();
        while let Some(path) = next.pop() {
            if !found.contains(&path)
                && let Some(page) = self.list_at(&path, &self.links(&path, medium))
            {
                next.extend(page.linked.into_iter().filter(CapsulePath::is_folder));
                found.insert(path);
            }
        }
        found
    }
}

/// Returns the address of which `path` is a later page or other form on the Web: `/page/2/`, `/index2.html`,
/// `/blog/2/`, `/tag/rain2.html`, `/a/amp/`.
fn first_page(path: &CapsulePath) -> Option<CapsulePath> {
    let bare = bare_name(path)?;
    let (name, folder) = (bare.name(), bare.parent());
    let unnumbered = name.trim_end_matches(|digit: char| digit.is_ascii_digit());
    match (folder.name(), unnumbered) {
        ("page", "") => Some(folder.parent()),
        // A longer number is a year.
        (_, "") if name.len() < 4 && path.extension().is_empty() => Some(folder),
        (_, "page" | "index") => Some(folder),
        (_, "amp" | "feed") if name == unnumbered => Some(folder),
        (list, _) if !unnumbered.is_empty() && list_key(list).is_some() => folder.join(unnumbered).ok(),
        _ => None,
    }
}

fn render(page: &Page, links: &Links<'_>) -> RenderedPage {
    let menu = |host| RenderedPage::new("text/plain", '1', page.menu(links, host));
    links.menu_host().map_or_else(|| gemtext(page, links), menu)
}

fn gemtext(page: &Page, links: &Links<'_>) -> RenderedPage {
    let tag = links.language;
    let media_type = if tag.is_empty() { "text/gemini".to_owned() } else { format!("text/gemini; lang={tag}") };
    RenderedPage::new(&media_type, '0', links.medium.with_line_ends(page.gemtext(links)))
}
