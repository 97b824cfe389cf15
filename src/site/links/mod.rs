//! [`Links`]: where the links of a page lead for readers of one medium.
//!
//! Links to essays by file, address on a site generator, folder or title resolve to the one address without a redirect.

mod backlinks;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::context::SiteContext;
use super::options::{Authority, Medium};
use super::taxonomies::{self, Taxonomies};
use crate::capsule::{CapsulePath, Essay, TextKind, introduces_folder, media};
use crate::host::GOPHER_PORT;
use crate::markup::{Document, Link, LinkKind};
use crate::render::gemtext::{self, GemtextOptions};
use crate::render::plain::{self, PlainOptions};
use crate::render::words::Words;
use crate::render::{Resolve, Target};

pub(super) use backlinks::Backlinks;

/// The marks by which Pelican tells links to files from others, as in `{filename}rain.md`.
const PELICAN_MARKS: [&str; 6] = ["{filename}", "{static}", "{attach}", "|filename|", "|static|", "|attach|"];

/// The link resolver of one page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links<'a> {
    pub(super) site: &'a SiteContext,
    pub(super) medium: Medium,
    /// Whether URLs have their scheme and host, as in plain text, where no client resolves relative URLs.
    pub(super) absolute: bool,
    /// The file or folder that relative links start from.
    pub(super) base: &'a CapsulePath,
    /// The language of the page (BCP 47); empty if unknown.
    pub(super) language: &'a str,
}

impl Resolve for Links<'_> {
    fn link(&self, link: &Link<'_>) -> Target {
        if !is_wiki(link) {
            return self.reference(link.destination.trim());
        }
        self.address_of(self.find(link)).map_or(Target::Unknown, |path| Target::Url(self.url(&path)))
    }

    fn image(&self, source: &str) -> Target {
        let source = source.trim();
        // Obsidian writes `cover: "[[lamp.png]]"`.
        let bare = source.strip_prefix("[[").and_then(|inner| inner.strip_suffix("]]"));
        self.reference(bare.unwrap_or(source))
    }
}

/// A resolver that looks up each destination of a page once: a hostile text may repeat a dead link a million times.
struct Remembered<'l> {
    links: &'l Links<'l>,
    /// By kind (`None` for images, else whether it is a wiki link) and destination.
    targets: RefCell<HashMap<(Option<bool>, String), Target>>,
}

impl Resolve for Remembered<'_> {
    fn link(&self, link: &Link<'_>) -> Target {
        let key = (Some(is_wiki(link)), link.destination.to_string());
        self.targets.borrow_mut().entry(key).or_insert_with(|| self.links.link(link)).clone()
    }

    fn image(&self, source: &str) -> Target {
        let key = (None, source.to_owned());
        self.targets.borrow_mut().entry(key).or_insert_with(|| self.links.image(source)).clone()
    }
}

/// What a path names.
pub(super) enum Resource<'a> {
    Essay(&'a Essay),
    /// Anything else, at its canonical address.
    Other(CapsulePath),
}

impl<'a> Links<'a> {
    /// Creates the resolver of a page made from `base`, with relative URLs, which clients resolve.
    pub(super) fn new(site: &'a SiteContext, base: &'a CapsulePath, medium: Medium) -> Self {
        Self { site, medium, absolute: false, base, language: &site.options.language }
    }

    /// Returns the resolver of a page in `language`, if that is known.
    pub(super) fn in_language(self, language: Option<&'a str>) -> Self {
        Self { language: language.unwrap_or(self.language), ..self }
    }

    pub(super) fn words(&self) -> Words {
        self.site.options.words.in_language(self.language)
    }

    pub(super) fn gemtext(&self, document: &Document<'_>) -> String {
        let options = GemtextOptions { words: self.words(), ..self.site.options.gemtext.clone() };
        gemtext::render(document, &options, &Remembered { links: self, targets: RefCell::default() })
    }

    pub(super) fn plain(&self, document: &Document<'_>) -> String {
        let options = PlainOptions { words: self.words(), ..self.site.options.plain.clone() };
        plain::render(document, &options, &Remembered { links: self, targets: RefCell::default() })
    }

    pub(super) fn taxonomies(&self) -> &'a Taxonomies {
        self.site.taxonomies(self.medium)
    }

    fn reference(&self, written: &str) -> Target {
        if written.is_empty() || written.starts_with('#') {
            return Target::Nowhere;
        }
        if let Some(path) = self.address_of(self.at(written)) {
            return Target::Url(self.url(&path));
        }
        // A page that exists on the Web only.
        let is_path = written.starts_with('/') && self.local(written) == Some(written);
        let web = self.site.options.web.as_ref().filter(|_| is_path).map(|web| web.trim_end_matches('/'));
        web.map_or(Target::Unknown, |web| Target::Url(format!("{web}{written}").replace(' ', "%20")))
    }

    /// Returns what of `written` may name a resource: all if it has no scheme, else the path below the Web address.
    fn local<'w>(&self, written: &'w str) -> Option<&'w str> {
        let written = PELICAN_MARKS.iter().find_map(|mark| written.strip_prefix(mark)).unwrap_or(written);
        if let Some(web) = &self.site.options.web
            && let Some(rest) = after_scheme(written).strip_prefix(after_scheme(web).trim_end_matches('/'))
            && written.contains("://")
        {
            return Some(if rest.is_empty() { "/" } else { rest }).filter(|rest| rest.starts_with('/'));
        }
        (!has_scheme(written) && !written.starts_with("//")).then_some(written)
    }

    fn find(&self, link: &Link<'_>) -> Option<Resource<'a>> {
        let written = link.destination.trim();
        if is_wiki(link) { self.named(written) } else { self.at(written) }
    }

    /// Returns what the address `written` leads to.
    fn at(&self, written: &str) -> Option<Resource<'a>> {
        let local = self.local(written).filter(|local| !local.is_empty() && !local.starts_with('#'))?;
        let paths = self.paths(local);
        // Programs for notes write addresses from the top of the folder.
        let is_below_top = !local.starts_with(['/', '.', '@', '?']);
        let below_top = || self.resource(&CapsulePath::root().join(&decoded_path(local)).ok()?);
        let similar = || self.similar(paths.first()?);
        let file = || self.file(without_fragment(local)).or_else(|| self.file(local));
        self.first(&paths).or_else(|| is_below_top.then(below_top)?).or_else(similar).or_else(file)
    }

    fn named(&self, written: &str) -> Option<Resource<'a>> {
        let name = Some(without_fragment(written)).filter(|name| !name.is_empty())?;
        let titles = self.site.titles();
        let last = || titles.essay(name.rsplit('/').next().unwrap_or(name));
        let titled = || titles.essay(name).or_else(last).map(|index| Resource::Essay(self.site.essay(index)));
        let paths = self.paths(name);
        self.first(&paths).or_else(titled).or_else(|| self.file(name)).or_else(|| self.similar(paths.first()?))
    }

    fn index_of(&self, resource: Option<Resource<'_>>) -> Option<u32> {
        let Resource::Essay(essay) = resource? else { return None };
        self.site.capsule.index_of(&essay.base)
    }

    /// Returns the only attachment whose path ends in `written`: Obsidian names pictures this way, wherever they lie.
    /// If a path leads out of the content folder (`../../assets/a.png`, or `~/assets/a.png` of Astro), any end counts.
    fn file(&self, written: &str) -> Option<Resource<'a>> {
        let climbs = written.matches("../").count() >= self.base.as_str().matches('/').count();
        let is_outside = climbs || ["~", "@", "/src/"].iter().any(|start| written.starts_with(start));
        if written.is_empty() || has_scheme(written) || written.starts_with(['/', '.', '#']) && !is_outside {
            return None;
        }
        let decoded = percent_decode_str(written).decode_utf8_lossy();
        let inner = if is_outside { decoded.trim_start_matches(['.', '/', '~', '@']) } else { &decoded };
        // A hostile path may have many parts, each of which would be compared with the rest of it.
        let ends = inner.match_indices('/').map(|(at, _)| &inner[at + 1..]).take(if is_outside { 8 } else { 0 });
        let found = [inner].into_iter().chain(ends).find_map(|end| self.site.titles().file(end));
        found.cloned().map(Resource::Other)
    }

    /// Returns the paths that `written` may mean: beside the base, or on the Web, where a page is a folder.
    pub(super) fn paths(&self, written: &str) -> Vec<CapsulePath> {
        let decoded = decoded_path(written);
        // Zola writes `@/` for the root of the content.
        let rooted = decoded.strip_prefix('@').filter(|rest| rest.starts_with('/')).unwrap_or(&decoded);
        // Pelican names lists by `{tag}rain`.
        let list = rooted.strip_prefix('{').map(|list| format!("/{}", list.replacen('}', "/", 1)));
        let rooted = list.as_deref().unwrap_or(rooted);
        let folder = self.base.without_extension().to_folder();
        [self.base.join(rooted), folder.join(rooted)].into_iter().flatten().collect()
    }

    /// Returns the first resource at one of `paths`, from the root or, for readers of a private area, else within it.
    fn first(&self, paths: &[CapsulePath]) -> Option<Resource<'a>> {
        let within_area = |path: &CapsulePath| self.site.options.private_area.as_ref()?.join(path.as_relative()).ok();
        paths.iter().find_map(|path| self.resource(path).or_else(|| self.resource(&within_area(path)?)))
    }

    /// Returns the address that answers for `resource` without a redirect.
    pub(super) fn address_of(&self, resource: Option<Resource<'_>>) -> Option<CapsulePath> {
        match resource? {
            Resource::Essay(essay) => self.medium.serves(essay).then(|| self.address(essay)),
            Resource::Other(path) => Some(path),
        }
    }

    /// Returns what `path` names, whether or not readers of the medium get it.
    pub(super) fn resource(&self, path: &CapsulePath) -> Option<Resource<'a>> {
        let capsule = &self.site.capsule;
        if capsule.files.contains_key(path) || capsule.texts.contains_key(path) {
            return Some(Resource::Other(path.clone()));
        }
        if capsule.sections.contains_key(&path.to_folder()) {
            return Some(Resource::Other(path.to_folder()));
        }
        if let Some(essay) = capsule.essay_known_as(path) {
            return Some(Resource::Essay(essay));
        }
        // The index page of a folder stands for the folder, under the names of all servers and generators.
        let is_page = TextKind::of(path).is_some() || matches!(path.extension(), "" | "html" | "htm" | "php");
        let is_index = || is_page && introduces_folder(path.stem()) && capsule.sections.contains_key(&path.parent());
        let folder = capsule.folder_known_as(path).cloned().or_else(|| is_index().then(|| path.parent()));
        folder.or_else(|| self.taxonomies().canonical(path)).map(Resource::Other)
    }

    /// Returns the essay that the last part of `path` names, or a file beside the essay that the part before it names.
    pub(super) fn similar(&self, path: &CapsulePath) -> Option<Resource<'a>> {
        let capsule = &self.site.capsule;
        let essay = match capsule.essay_by_last_part(path) {
            Some(essay) => return Some(Resource::Essay(essay)),
            None => capsule.essay_by_last_part(&path.parent())?,
        };
        let folders = [essay.base.to_folder(), essay.source.path.parent()];
        let mut files = folders.iter().filter_map(|folder| folder.join(path.name()).ok());
        files.find(|file| capsule.files.contains_key(file)).map(Resource::Other)
    }

    /// Returns the link that leads back from a page: to the index of the capsule or of the private area.
    pub(super) fn back(&self) -> (String, CapsulePath) {
        let area = self.site.options.private_area.as_ref().and_then(|area| self.site.capsule.sections.get(area));
        let home = || (self.words().get("back").to_owned(), CapsulePath::root());
        area.map_or_else(home, |area| (self.words().with("up", &[&area.title]), area.address.clone()))
    }

    /// Returns the links up from `essay`: to the list of its folder, and last to that of the capsule or private area.
    pub(super) fn ways_up(&self, essay: &Essay) -> Vec<(String, CapsulePath)> {
        let back = self.back();
        let folder = self.site.capsule.sections.get(&essay.base.parent());
        let folder = folder.filter(|folder| ![&CapsulePath::root(), &back.1].contains(&&folder.address));
        let up = folder.map(|folder| (self.words().with("up", &[&folder.title]), folder.address.clone()));
        up.into_iter().chain([back]).collect()
    }

    /// Returns whether lists of the whole capsule show `essay`: of several translations they show one.
    pub(super) fn lists(&self, essay: &Essay) -> bool {
        taxonomies::lists(&self.site.capsule, &self.site.options, self.medium, essay)
    }

    /// Returns whether the list of the folder of `essay` shows it, rather than a translation in that folder.
    pub(super) fn lists_in_folder(&self, essay: &Essay) -> bool {
        let listed = taxonomies::listed(&self.site.capsule, &self.site.options, self.medium, essay);
        let shows_it = |listed: &Essay| listed.base == essay.base || listed.base.parent() != essay.base.parent();
        self.medium.serves(essay) && listed.is_none_or(shows_it)
    }

    /// Returns whether `essay` may link to `other` as a neighbour: the lists show both, or both are in one language.
    pub(super) fn companions(&self, essay: &Essay, other: &Essay) -> bool {
        if self.lists_in_folder(essay) {
            return self.lists_in_folder(other);
        }
        let language = |essay| taxonomies::language_of(essay, &self.site.options);
        self.medium.serves(other) && taxonomies::equal_languages(language(essay), language(other))
    }

    pub(super) fn address(&self, essay: &Essay) -> CapsulePath {
        let is_text = self.medium == Medium::Gopher && !essay.base.is_folder();
        if is_text { essay.base.with_suffix(media::TEXT_PAGE) } else { essay.address() }
    }

    /// Returns the Gopher server that menus lead to, or `None` where lists are gemtext.
    pub(super) fn menu_host(&self) -> Option<&'a Authority> {
        self.site.options.gopher.as_ref().filter(|_| self.medium == Medium::Gopher)
    }

    pub(super) fn url(&self, path: &CapsulePath) -> String {
        if let Some(gopher) = self.menu_host() {
            let item_type = if path.is_folder() { '1' } else { media::of(path).item_type };
            return format!("{}/{item_type}{}", gopher.url("gopher", GOPHER_PORT), path.to_selector());
        }
        if self.absolute { self.site.options.gemini_url(path) } else { path.to_url() }
    }
}

/// Returns whether a link names its destination instead of stating an address.
pub(super) fn is_wiki(link: &Link<'_>) -> bool {
    matches!(link.kind, LinkKind::Wiki | LinkKind::WikiLabelled)
}

/// Returns the path of an address, without query, fragment and percent-encoding.
fn decoded_path(written: &str) -> Cow<'_, str> {
    percent_decode_str(written.split(['#', '?']).next().unwrap_or_default()).decode_utf8_lossy()
}

fn without_fragment(written: &str) -> &str {
    written[..written.find('#').unwrap_or(written.len())].trim()
}

/// Returns a Web address without its scheme: an archive may be linked as `http` or `https`.
fn after_scheme(url: &str) -> &str {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url)
}

/// Returns whether `reference` starts with a scheme (RFC 3986, section 3.1).
pub fn has_scheme(reference: &str) -> bool {
    let scheme = reference.split_once(':').map_or("", |(scheme, _)| scheme);
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(is_sign)
}
