//! [`Links`]: where the links of a page lead, for readers of one medium.
//!
//! Authors link to each other's essays in many ways: by file, by the address their site generator gave
//! it, by folder, by title. All of them lead to the one address that answers without a redirect.

use std::sync::OnceLock;

use percent_encoding::percent_decode_str;

use super::catalogue::{Catalogue, Catalogues};
use super::mentions::Mentions;
use super::titles::Titles;
use super::{Medium, SiteOptions, translations};
use crate::capsule::{Capsule, CapsulePath, Essay, TextKind, introduces_folder, media};
use crate::markup::{Link, LinkKind};
use crate::render::{Resolve, Target};

/// The resolver for one page.
#[derive(Clone, Copy)]
pub(super) struct Links<'a> {
    pub(super) capsule: &'a Capsule,
    pub(super) options: &'a SiteOptions,
    /// Names for wiki links, made when the first one is met.
    pub(super) titles: &'a OnceLock<Titles>,
    pub(super) catalogues: &'a Catalogues,
    /// The private area whose readers the page is for, if it is not for everybody.
    pub(super) area: Option<&'a CapsulePath>,
    pub(super) mentions: &'a OnceLock<Mentions>,
    pub(super) medium: Medium,
    /// Whether URLs need their scheme and host: in plain text, where no client completes them.
    pub(super) absolute: bool,
    /// The file the page is made from: relative links start there.
    pub(super) page: &'a CapsulePath,
}

impl Resolve for Links<'_> {
    fn link(&self, link: &Link<'_>) -> Target {
        let destination = link.destination.trim();
        if matches!(link.kind, LinkKind::Wiki | LinkKind::WikiLabelled) {
            return self.wiki(destination).map_or(Target::Unknown, |path| self.target(&path));
        }
        self.reference(destination)
    }

    fn image(&self, source: &str) -> Target {
        let source = source.trim();
        // Obsidian writes `cover: "[[lamp.png]]"`.
        let bare = source.strip_prefix("[[").and_then(|inner| inner.strip_suffix("]]")).unwrap_or(source);
        match self.reference(bare) {
            Target::Unknown => self.named_file(bare).map_or(Target::Unknown, |path| self.target(path)),
            found => found,
        }
    }
}

impl<'a> Links<'a> {
    /// The essays of this medium by year and by tag.
    pub(super) fn catalogue(&self) -> &'a Catalogue {
        self.catalogues.of(self.capsule, self.options, self.medium)
    }

    /// Which essays mention which.
    pub(super) fn mentions(&self) -> &'a Mentions {
        self.mentions.get_or_init(|| Mentions::new(self, None))
    }

    fn reference(&self, written: &str) -> Target {
        if written.is_empty() || written.starts_with('#') {
            return Target::Nowhere;
        }
        let Some(local) = self.local(written) else { return Target::Unknown };
        if let Some(path) = self.find(local) {
            return self.target(&path);
        }
        match &self.options.web {
            Some(web) if local.starts_with('/') && local == written => {
                Target::Url(format!("{}{written}", web.trim_end_matches('/')).replace(' ', "%20"))
            }
            _ => Target::Unknown,
        }
    }

    /// The part of `written` that can name something here: all of it where it has no scheme, else the path of an
    /// address that begins as the archive does on the Web.
    pub(super) fn local<'w>(&self, written: &'w str) -> Option<&'w str> {
        if let Some(web) = &self.options.web
            && let Some(rest) = after_scheme(written).strip_prefix(after_scheme(web).trim_end_matches('/'))
            && written.contains("://")
        {
            return Some(if rest.is_empty() { "/" } else { rest }).filter(|rest| rest.starts_with('/'));
        }
        (!has_scheme(written) && !written.starts_with("//")).then_some(written)
    }

    /// The index of the essay that `written` leads to.
    pub(super) fn essay_named(&self, written: &str) -> Option<u32> {
        let local = self.local(written).filter(|local| !local.is_empty() && !local.starts_with('#'))?;
        self.candidates(local).iter().find_map(|path| self.thing(path)).and_then(|thing| thing.essay(self))
    }

    /// The index of the essay that a link in a text leads to.
    pub(super) fn essay_of(&self, link: &Link<'_>) -> Option<u32> {
        let destination = link.destination.trim();
        match link.kind {
            LinkKind::Wiki | LinkKind::WikiLabelled => self.wiki_essay(destination),
            LinkKind::Labelled | LinkKind::Bare | LinkKind::Embed => self.essay_named(destination),
        }
    }

    /// The canonical address of what `written` names.
    fn find(&self, written: &str) -> Option<CapsulePath> {
        self.candidates(written).iter().find_map(|path| self.canonical(path))
    }

    /// What `written` may name: first as a file beside this one; then as on the Web, where this page is a folder
    /// of its own.
    pub(super) fn candidates(&self, written: &str) -> Vec<CapsulePath> {
        let bare = &written[..written.find(['#', '?']).unwrap_or(written.len())];
        let decoded = percent_decode_str(bare).decode_utf8_lossy();
        // Zola writes `@/` for the root of the content.
        let rooted = decoded.strip_prefix('@').filter(|rest| rest.starts_with('/')).unwrap_or(&decoded);
        let folder = self.page.without_extension().to_folder();
        [self.page.join(rooted), folder.join(rooted)].into_iter().flatten().collect()
    }

    /// The address that answers for `path` without a redirect; none if nothing does. For readers of a private area,
    /// what is not public yet is looked for there.
    fn canonical(&self, path: &CapsulePath) -> Option<CapsulePath> {
        self.canonical_at(path).or_else(|| {
            let inner = self.area?.join(path.as_relative()).ok()?;
            self.canonical_at(&inner)
        })
    }

    fn canonical_at(&self, path: &CapsulePath) -> Option<CapsulePath> {
        match self.thing(path)? {
            Thing::Essay(essay) => self.serves(essay).then(|| self.address(essay)),
            Thing::Other(path) => Some(path),
        }
    }

    /// What `path` names, whether readers of this medium get it or not.
    fn thing(&self, path: &CapsulePath) -> Option<Thing<'a>> {
        if self.capsule.file(path).is_some() || self.capsule.text(path).is_some() {
            return Some(Thing::Other(path.clone()));
        }
        if self.capsule.section(&path.to_folder()).is_some() {
            return Some(Thing::Other(path.to_folder()));
        }
        let bare = if TextKind::of(path).is_some() { path.without_extension() } else { path.clone() };
        let essay = self.capsule.essay(&bare).or_else(|| self.capsule.essay_known_as(path));
        if let Some(essay) = essay {
            return Some(Thing::Essay(essay));
        }
        // The file of an introduction is its folder.
        if introduces_folder(bare.name()) && self.capsule.section(&bare.parent()).is_some() {
            return Some(Thing::Other(bare.parent()));
        }
        self.catalogue().canonical(path).map(Thing::Other)
    }

    fn wiki(&self, written: &str) -> Option<CapsulePath> {
        let page = written[..written.find('#').unwrap_or(written.len())].trim();
        if let Some(path) = self.find(page).filter(|_| !page.is_empty()) {
            return Some(path);
        }
        let essay = &self.capsule.essays()[self.titled(page)? as usize];
        self.serves(essay).then(|| self.address(essay))
    }

    /// The link that leads back from a page: its label, and the index of whatever the page is part of.
    pub(super) fn way_back(&self) -> (String, CapsulePath) {
        match self.area.and_then(|area| self.capsule.section(area)) {
            Some(area) => (format!("← {}", area.title), area.address.clone()),
            None => (self.options.pages.back_label.clone(), CapsulePath::root()),
        }
    }

    /// The index of the essay that a wiki link leads to.
    pub(super) fn wiki_essay(&self, written: &str) -> Option<u32> {
        let page = written[..written.find('#').unwrap_or(written.len())].trim();
        if page.is_empty() {
            return None;
        }
        match self.candidates(page).iter().find_map(|path| self.thing(path)) {
            Some(thing) => thing.essay(self),
            None => self.titled(page),
        }
    }

    /// The index of the essay that is called `page`, or as its last part.
    fn titled(&self, page: &str) -> Option<u32> {
        let titles = self.titles.get_or_init(|| Titles::of(self.capsule));
        let name = page.rsplit('/').next().unwrap_or(page);
        titles.essay(page).or_else(|| titles.essay(name))
    }

    /// The one attachment whose path ends in `written`: Obsidian names pictures so, wherever they are kept.
    fn named_file(&self, written: &str) -> Option<&'a CapsulePath> {
        if written.is_empty() || has_scheme(written) || written.starts_with(['/', '.', '#']) {
            return None;
        }
        let decoded = percent_decode_str(written).decode_utf8_lossy();
        let titles = self.titles.get_or_init(|| Titles::of(self.capsule));
        titles.file(&decoded)
    }

    /// Whether readers of this medium get `essay`.
    pub(super) fn serves(&self, essay: &Essay) -> bool {
        self.medium.serves(essay)
    }

    /// Whether lists for all readers of this medium show `essay`: of translations they show one.
    pub(super) fn lists(&self, essay: &Essay) -> bool {
        translations::lists(self.capsule, self.options, self.medium, essay)
    }

    /// Whether the list of its folder shows `essay`.
    pub(super) fn lists_in_folder(&self, essay: &Essay) -> bool {
        translations::lists_in_folder(self.capsule, self.options, self.medium, essay)
    }

    /// Whether who reads `essay` may go on with `other`: the lists show both, or both are in one language.
    pub(super) fn companions(&self, essay: &Essay, other: &Essay) -> bool {
        if self.lists_in_folder(essay) {
            return self.lists_in_folder(other);
        }
        let language = |essay| translations::language(essay, self.options);
        self.serves(other) && translations::same(language(essay), language(other))
    }

    /// The canonical address of `essay` for this medium.
    pub(super) fn address(&self, essay: &Essay) -> CapsulePath {
        address(essay, self.medium)
    }

    fn target(&self, path: &CapsulePath) -> Target {
        Target::Url(self.url(path))
    }

    /// Whether lists are menus for these readers, and not gemtext.
    pub(super) fn is_menu(&self) -> bool {
        self.medium == Medium::Gopher && self.options.gopher.is_some()
    }

    /// The URL of a canonical address.
    pub(super) fn url(&self, path: &CapsulePath) -> String {
        match (self.medium, &self.options.gopher) {
            (Medium::Gopher, Some(gopher)) => {
                let item_type =
                    if path.is_folder() { '1' } else { media::of_extension(path.extension()).item_type };
                format!("{}/{item_type}{}", gopher.url("gopher", 70), path.to_selector())
            }
            _ if self.absolute => format!("{}{}", self.options.gemini.url("gemini", 1965), path.to_url()),
            _ => path.to_url(),
        }
    }
}

/// What a path names.
enum Thing<'a> {
    Essay(&'a Essay),
    /// Something else, at its canonical address.
    Other(CapsulePath),
}

impl Thing<'_> {
    fn essay(&self, links: &Links<'_>) -> Option<u32> {
        match self {
            Self::Essay(essay) => links.capsule.index_of(&essay.base),
            Self::Other(_) => None,
        }
    }
}

/// The address of `essay` that readers of `medium` are given.
pub(super) fn address(essay: &Essay, medium: Medium) -> CapsulePath {
    match medium {
        Medium::Gopher if !essay.base.is_folder() => essay.base.with_suffix(media::TEXT_PAGE),
        _ => essay.address(),
    }
}

/// What an address on the Web says besides whether it is read in secret: archives are older than that.
fn after_scheme(url: &str) -> &str {
    url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url)
}

/// Whether `reference` starts with a scheme (RFC 3986, section 3.1).
pub(super) fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}
