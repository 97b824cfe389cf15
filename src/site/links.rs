//! [`Links`]: where the links of a page lead, for readers of one medium.
//!
//! Authors link to each other's essays in many ways: by file, by the address their site generator gave
//! it, by folder, by title. All of them lead to the one address that answers without a redirect.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;

use super::catalogue::{Catalogue, Catalogues};
use super::{Medium, SiteOptions};
use crate::capsule::{Capsule, CapsulePath, Essay, media};
use crate::markup::{Link, LinkKind};
use crate::render::{Resolve, Target};

/// The resolver for one page.
pub(super) struct Links<'a> {
    pub(super) capsule: &'a Capsule,
    pub(super) options: &'a SiteOptions,
    pub(super) titles: &'a Titles,
    pub(super) catalogues: &'a Catalogues,
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
        self.reference(source.trim())
    }
}

impl<'a> Links<'a> {
    /// The essays of this medium by year and by tag.
    pub(super) fn catalogue(&self) -> &'a Catalogue {
        self.catalogues.of(self.capsule, self.medium)
    }

    fn reference(&self, written: &str) -> Target {
        if written.is_empty() || written.starts_with('#') {
            return Target::Nowhere;
        }
        if has_scheme(written) || written.starts_with("//") {
            return Target::Unknown;
        }
        if let Some(path) = self.find(written) {
            return self.target(&path);
        }
        match &self.options.web {
            Some(web) if written.starts_with('/') => {
                Target::Url(format!("{}{written}", web.trim_end_matches('/')).replace(' ', "%20"))
            }
            _ => Target::Unknown,
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

    /// The address that answers for `path` without a redirect; none if nothing does.
    fn canonical(&self, path: &CapsulePath) -> Option<CapsulePath> {
        if self.capsule.file(path).is_some() || self.capsule.text(path).is_some() {
            return Some(path.clone());
        }
        if self.capsule.section(&path.to_folder()).is_some() {
            return Some(path.to_folder());
        }
        let bare = match path.extension().to_ascii_lowercase().as_str() {
            "md" | "markdown" | "mkd" | "gmi" | "gemini" | "txt" => path.without_extension(),
            _ => path.clone(),
        };
        let essay = self.capsule.essay(&bare).or_else(|| self.capsule.essay_known_as(path));
        if let Some(essay) = essay {
            return self.serves(essay).then(|| self.address(essay));
        }
        // The file of an introduction is its folder.
        let introduces =
            ["index", "_index", "readme"].iter().any(|name| bare.name().eq_ignore_ascii_case(name));
        if introduces && self.capsule.section(&bare.parent()).is_some() {
            return Some(bare.parent());
        }
        self.catalogue().canonical(path)
    }

    fn wiki(&self, written: &str) -> Option<CapsulePath> {
        let page = written[..written.find('#').unwrap_or(written.len())].trim();
        if let Some(path) = self.find(page).filter(|_| !page.is_empty()) {
            return Some(path);
        }
        let name = page.rsplit('/').next().unwrap_or(page);
        let essay = &self.capsule.essays()[self.titles.find(page).or_else(|| self.titles.find(name))?];
        self.serves(essay).then(|| self.address(essay))
    }

    /// Whether readers of this medium get `essay`.
    pub(super) fn serves(&self, essay: &Essay) -> bool {
        serves(essay, self.medium)
    }

    /// The canonical address of `essay` for this medium.
    pub(super) fn address(&self, essay: &Essay) -> CapsulePath {
        address(essay, self.medium)
    }

    fn target(&self, path: &CapsulePath) -> Target {
        Target::Url(self.url(path))
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

/// Whether readers of `medium` get `essay`.
pub(super) fn serves(essay: &Essay, medium: Medium) -> bool {
    match medium {
        Medium::Gemini => essay.metadata.gemini,
        Medium::Gopher => essay.metadata.gopher,
    }
}

/// The address of `essay` that readers of `medium` are given.
pub(super) fn address(essay: &Essay, medium: Medium) -> CapsulePath {
    match medium {
        Medium::Gopher if !essay.base.is_folder() => essay.base.with_suffix("txt"),
        _ => essay.address(),
    }
}

/// Essays by what wiki links call them: file name, slug, title, other titles; without case.
#[derive(Debug, Default)]
pub(super) struct Titles {
    by_name: HashMap<String, u32>,
}

impl Titles {
    pub(super) fn of(capsule: &Capsule) -> Self {
        let mut by_name = HashMap::new();
        for (index, essay) in (0..).zip(capsule.essays()) {
            let names = [essay.base.name(), essay.source.path.stem(), &essay.title];
            let synonyms = essay.metadata.synonyms.iter().map(String::as_str);
            for name in names.into_iter().chain(synonyms) {
                by_name.entry(name.to_lowercase()).or_insert(index);
            }
        }
        Self { by_name }
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&name.to_lowercase()).map(|&index| index as usize)
    }
}

/// Whether `reference` starts with a scheme (RFC 3986, section 3.1).
pub(super) fn has_scheme(reference: &str) -> bool {
    reference.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}
