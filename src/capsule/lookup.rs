//! Tables that find essays of a capsule by other names and in other languages.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::media::TextKind;
use super::{CapsulePath, Essay, Rules, date, introduces_folder, slug};

/// Names of index pages on the Web.
const WEB_INDEXES: [&str; 2] = ["/index.html", "/index.htm"];

/// Folders of lists, whose pages are named by tags and the like and not by titles.
const LISTS: &str = "tags tag series categories category topics authors author languages archive";

/// The names of essays and folders besides their addresses: former addresses and those on the Web. Keys are in the form
/// of [`bare_name`]; the first essay to claim a name keeps it.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// The index of the essay with each name.
    by_name: HashMap<CapsulePath, u32>,
    /// The folder whose introduction lists the name as a former address.
    folders: HashMap<CapsulePath, CapsulePath>,
    /// The indices of the essays with each last part of a name, collected at the first request for an unknown address.
    by_last_part: OnceLock<HashMap<String, Vec<u32>>>,
    /// The indices of the essays with each title in the form of a name, collected likewise.
    by_title: OnceLock<HashMap<String, Vec<u32>>>,
}

impl Names {
    /// Collects the names of essays and of the folders with these introductions.
    pub(super) fn of(
        essays: &[Arc<Essay>],
        introductions: &BTreeMap<CapsulePath, Arc<Essay>>,
        rules: &Rules,
    ) -> Self {
        let mut names = Self::default();
        for (folder, introduction) in introductions {
            for alias in introduction.metadata.aliases.iter().filter(|alias| !alias.contains(':')) {
                if let Some(name) = CapsulePath::root().join(alias).ok().as_ref().and_then(bare_name) {
                    names.folders.entry(name).or_insert_with(|| folder.clone());
                }
            }
        }
        for claim in [Self::claim_written, Self::claim_file, Self::claim_relative] {
            (0..).zip(essays).for_each(|(index, essay)| claim(&mut names, essay, index));
        }
        for (index, essay) in (0..).zip(essays).filter(|_| !rules.permalinks.is_empty()) {
            rules.addresses(essay).for_each(|address| names.claim(Some(&address), index));
        }
        names
    }

    /// Claims the addresses that the front matter lists.
    fn claim_written(&mut self, essay: &Essay, index: u32) {
        for written in essay.metadata.aliases.iter().chain(&essay.metadata.web_paths) {
            // An address with a scheme is a page elsewhere; one with a colon is a Jekyll pattern.
            if !written.contains(':') {
                self.claim(CapsulePath::root().join(written).ok().as_ref(), index);
            }
        }
    }

    /// Claims the file name, and for a dated one the addresses that Jekyll makes of it.
    fn claim_file(&mut self, essay: &Essay, index: u32) {
        let file = essay.source.path.without_extension();
        if file != essay.base {
            self.claim(Some(&file), index);
        }
        let (Some(date), (Some(_), bare)) = (essay.date, date::in_path(&[essay.source.path.stem()])) else {
            return;
        };
        self.claim(essay.base.parent().join(bare).ok().as_ref(), index);
        let web = format!("/{}/{bare}", date.to_string().replace('-', "/"));
        self.claim(CapsulePath::from_decoded(&web).ok().as_ref(), index);
    }

    /// Claims aliases without a leading slash relative to the page, as Hugo does, and the name without a language.
    fn claim_relative(&mut self, essay: &Essay, index: u32) {
        for written in essay.metadata.aliases.iter().filter(|alias| !alias.starts_with('/')) {
            self.claim(essay.base.join(written).ok().as_ref(), index);
        }
        self.claim(essay.variant().map(|variant| &variant.of), index);
    }

    fn claim(&mut self, path: Option<&CapsulePath>, index: u32) {
        if let Some(name) = path.and_then(bare_name) {
            self.by_name.entry(name).or_insert(index);
        }
    }

    /// Returns the index of the essay with the bare `name`.
    pub(super) fn find(&self, name: &CapsulePath) -> Option<u32> {
        self.by_name.get(name).copied()
    }

    /// Returns the folder with the bare `name`.
    pub(super) fn find_folder(&self, name: &CapsulePath) -> Option<&CapsulePath> {
        self.folders.get(name)
    }

    /// Returns the index of the only essay of which the last part of `name`, with or without a date, is the file name,
    /// the slug, a former address or the title. Where several fit, those count whose year and month, then whose folders
    /// occur in `name`.
    pub(super) fn find_by_last_part(&self, name: &CapsulePath, essays: &[Arc<Essay>]) -> Option<u32> {
        let by_last_part = self.by_last_part.get_or_init(|| self.collect_last_parts(essays));
        let last = name.name().to_lowercase();
        let (_, dateless) = date::in_path(&[&last]);
        let is_in_list = LISTS.split(' ').any(|list| name.segments().next() == Some(list));
        let titles = || self.by_title.get_or_init(|| Self::collect_titles(essays));
        let by_title = || titles().get(&slug(dateless)).filter(|_| !is_in_list);
        let fitting = by_last_part.get(&last).or_else(|| by_last_part.get(dateless)).or_else(by_title)?;
        let segments: Vec<&str> = name.as_relative().split('/').collect();
        let has_date = |essay: &Essay| {
            essay.date.is_some_and(|date| {
                let date = date.to_string();
                date.split('-').take(2).all(|part| segments.contains(&part))
            })
        };
        let has_folder = |essay: &Essay| {
            let folder = essay.base.parent();
            let mut folders = folder.as_relative().split('/').filter(|folder| !folder.is_empty());
            folders.all(|folder| segments.contains(&folder))
        };
        let only = |passes: &dyn Fn(&Essay) -> bool| {
            let mut passing = fitting.iter().filter(|&&index| passes(&essays[index as usize]));
            passing.next().filter(|_| passing.next().is_none()).copied()
        };
        only(&|_| true)
            .or_else(|| only(&|essay| has_date(essay)))
            .or_else(|| only(&|essay| has_folder(essay)))
            .or_else(|| only(&|essay| has_date(essay) && has_folder(essay)))
    }

    /// Returns the indices of essays by the names that many generators make of their titles.
    fn collect_titles(essays: &[Arc<Essay>]) -> HashMap<String, Vec<u32>> {
        let mut titles: HashMap<String, Vec<u32>> = HashMap::new();
        for (index, essay) in (0..).zip(essays) {
            titles.entry(slug(&essay.title)).or_default().push(index);
        }
        titles.remove("");
        titles
    }

    fn collect_last_parts(&self, essays: &[Arc<Essay>]) -> HashMap<String, Vec<u32>> {
        let mut parts: HashMap<String, Vec<u32>> = HashMap::new();
        let mut claim = |name: &str, index: u32| {
            let name = name.to_lowercase();
            // An index page has the name of its folder.
            if name.is_empty() || introduces_folder(&name) {
                return;
            }
            let indices = parts.entry(name).or_default();
            if !indices.contains(&index) {
                indices.push(index);
            }
        };
        for (index, essay) in (0..).zip(essays) {
            let source = essay.source.path.without_extension();
            for name in [essay.base.name(), source.name()] {
                claim(name, index);
                claim(date::in_path(&[name]).1, index);
            }
        }
        for (name, &index) in &self.by_name {
            claim(name.name(), index);
        }
        parts
    }
}

/// Returns `path` without a final slash, the name of an index page and the extension of a page: `/a/b/`,
/// `/a/b/index.html`, `/a/b.html` and `/a/b.gmi` are all `/a/b`. The root has no such name.
pub fn bare_name(path: &CapsulePath) -> Option<CapsulePath> {
    let text = path.as_str();
    let extension = path.extension();
    let is_page = matches!(extension, "html" | "htm") || TextKind::of_extension(extension).is_some();
    let bare = if let Some(folder) = text.strip_suffix('/') {
        // `/a.html/` is a folder, and not another name of `/a.html`.
        folder
    } else if let Some(folder) = WEB_INDEXES.iter().find_map(|end| text.strip_suffix(end)) {
        folder
    } else if is_page {
        &text[..text.len() - extension.len() - 1]
    } else {
        text
    };
    if bare.is_empty() { None } else { CapsulePath::from_decoded(bare).ok() }
}

/// The groups of essays that are translations of each other, found by the base of any member.
#[derive(Debug, Clone, Default)]
pub(super) struct Translations {
    by_base: HashMap<CapsulePath, Arc<[u32]>>,
}

impl Translations {
    /// Groups essays by the key in their front matter, else by their file names.
    pub(super) fn of(essays: &[Arc<Essay>]) -> Self {
        let mut keyed: HashMap<&str, Vec<u32>> = HashMap::new();
        let mut named: HashMap<&CapsulePath, Vec<u32>> = HashMap::new();
        for (index, essay) in (0..).zip(essays) {
            match (&essay.metadata.translation, essay.variant()) {
                (Some(key), _) => keyed.entry(key).or_default().push(index),
                (None, Some(variant)) => named.entry(&variant.of).or_default().push(index),
                (None, None) => {}
            }
        }
        for (index, essay) in (0..).zip(essays) {
            if essay.variant().is_none()
                && essay.metadata.translation.is_none()
                && let Some(group) = named.get_mut(&essay.place().base)
            {
                group.push(index);
            }
        }
        let mut by_base = HashMap::new();
        for mut group in keyed.into_values().chain(named.into_values()).filter(|group| group.len() > 1) {
            group.sort_by_key(|&index| &essays[index as usize].base);
            let group: Arc<[u32]> = group.into();
            for &index in &*group {
                by_base.insert(essays[index as usize].base.clone(), Arc::clone(&group));
            }
        }
        Self { by_base }
    }

    /// Returns the indices of the essay at `base` and of its translations; empty if it has none.
    pub(super) fn of_base(&self, base: &CapsulePath) -> &[u32] {
        self.by_base.get(base).map_or(&[], |group| group)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_base.is_empty()
    }
}
