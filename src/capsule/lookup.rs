//! Tables that find essays of a capsule by other names and in other languages.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use super::media::TextKind;
use super::{CapsulePath, Essay, Rules, date, introduces_folder, slug};

/// The folders of lists, whose pages are named by tags, years or authors and not by titles: a line for each kind of
/// list, with its key and the other names that site generators give such a folder.
const LISTS: &str = "tags tag label category categories topics\nseries\nlanguages\narchive archives\nauthors author";

/// Returns the key of the lists in the folder `name`, as in `tags` for `category`; `None` if it is no folder of lists.
pub fn list_key(name: &str) -> Option<&'static str> {
    LISTS.lines().find(|names| names.split(' ').any(|known| known == name))?.split(' ').next()
}

/// Former and Web addresses of essays and folders, in the form of [`bare_name`]; the first essay to claim one keeps it.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// The index of the essay with each name.
    pub(super) by_name: HashMap<CapsulePath, u32>,
    /// The folder whose introduction lists the name as a former address.
    pub(super) folders: HashMap<CapsulePath, CapsulePath>,
    /// The indices of essays by the last part of a name or, after a slash, by title; collected when first needed.
    by_last_part: OnceLock<HashMap<String, Vec<u32>>>,
}

impl Names {
    /// Collects the names of essays and of the folders with these introductions.
    pub(super) fn of(essays: &[Arc<Essay>], introductions: &BTreeMap<CapsulePath, Arc<Essay>>, rules: &Rules) -> Self {
        let mut names = Self::default();
        for (folder, introduction) in introductions {
            let path = |alias| CapsulePath::root().join(alias).ok();
            for name in introduction.former_addresses().filter_map(|alias| bare_name(&path(alias)?)) {
                names.folders.entry(name).or_insert_with(|| folder.clone());
            }
        }
        let indexed = || (0..).zip(essays);
        for (index, essay) in indexed() {
            for written in essay.former_addresses() {
                names.claim(CapsulePath::root().join(written).ok().as_ref(), index);
            }
        }
        for (index, essay) in indexed() {
            let file = essay.source.path.without_extension();
            names.claim(Some(&file).filter(|file| **file != essay.base), index);
        }
        // Hugo takes aliases relative to the page, others slugs with slashes.
        for (index, essay) in indexed() {
            for written in essay.former_addresses().filter(|written| !written.starts_with('/')) {
                names.claim(essay.base.join(written).ok().as_ref(), index);
            }
            names.claim(essay.variant().map(|variant| &variant.of), index);
        }
        let has_pattern = |essay: &Essay| essay.metadata.web_paths.iter().any(|path| path.contains("/:"));
        for (index, essay) in indexed().filter(|(_, essay)| !rules.permalinks.is_empty() || has_pattern(essay)) {
            rules.addresses(essay).for_each(|address| names.claim(Some(&address), index));
        }
        names
    }

    fn claim(&mut self, path: Option<&CapsulePath>, index: u32) {
        if let Some(name) = path.and_then(bare_name) {
            self.by_name.entry(name).or_insert(index);
        }
    }

    /// Returns the index of the only essay with the last part of `name`, perhaps without a date, as its file name,
    /// slug, former address or title. If several fit, year and month, then language and folders in `name` decide.
    pub(super) fn find_by_last_part(&self, name: &CapsulePath, essays: &[Arc<Essay>]) -> Option<u32> {
        let by_last_part = self.by_last_part.get_or_init(|| self.collect_last_parts(essays));
        let last = name.name().to_lowercase();
        let (_, dateless) = date::in_path(&[&last]);
        let is_in_list = name.segments().next().is_some_and(|folder| list_key(folder).is_some());
        let title = format!("/{}", slug(dateless));
        let titled = || by_last_part.get(&title).filter(|_| title != "/" && !is_in_list);
        let fitting = by_last_part.get(&last).or_else(|| by_last_part.get(dateless)).or_else(titled)?;
        let segments: Vec<&str> = name.segments().collect();
        let rank = |index: &u32| {
            let essay = &essays[*index as usize];
            let date = essay.date.map(|date| date.to_string()).unwrap_or_default();
            let has_date = date.split('-').take(2).all(|part| segments.contains(&part));
            let folder = essay.base.parent();
            // Jekyll marks the folders of collections.
            let shared = folder.segments().filter(|name| segments.contains(&name.trim_start_matches('_'))).count();
            let in_language = essay.variant().is_some_and(|variant| segments.contains(&&*variant.language));
            let others = folder.segments().count() - shared;
            (has_date, in_language, others == 0, shared, Reverse(others))
        };
        let best = fitting.iter().map(rank).max()?;
        let mut best = fitting.iter().filter(|index| rank(index) == best);
        best.next().filter(|_| best.next().is_none()).copied()
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
            claim(&format!("/{}", slug(&essay.title)), index);
            for name in [essay.base.name(), source.name()] {
                let (_, dateless) = date::in_path(&[name]);
                // Nuxt and Docusaurus sort pages by numbers.
                let unnumbered = dateless.trim_start_matches(|c: char| c.is_ascii_digit());
                let bare = slug(if unnumbered.starts_with(['.', '-', '_']) { unnumbered } else { dateless });
                for name in [name, dateless, &bare] {
                    claim(name, index);
                }
            }
            claim(essay.metadata.id.as_deref().unwrap_or_default(), index);
        }
        for (name, &index) in &self.by_name {
            claim(name.name(), index);
        }
        parts
    }
}

/// Returns `path` without slash, index page and extension: `/a/b/`, `/a/b/index.html` and `/a/b.gmi` are `/a/b`.
pub fn bare_name(path: &CapsulePath) -> Option<CapsulePath> {
    let bare = match path.name() {
        // `/a.html/` is a folder, and not another name of `/a.html`.
        _ if path.is_folder() => path.without_slash(),
        "index.html" | "index.htm" => path.parent().without_slash(),
        _ if matches!(path.extension(), "html" | "htm") || TextKind::of(path).is_some() => path.without_extension(),
        _ => path.clone(),
    };
    (!bare.is_folder()).then_some(bare)
}

/// Maps the base of each translation to the indices of its group, by the key in front matter, else by the file name.
pub(super) fn translations_of(essays: &[Arc<Essay>]) -> HashMap<CapsulePath, Arc<[u32]>> {
    let mut groups: HashMap<(bool, &str), Vec<u32>> = HashMap::new();
    for (index, essay) in (0..).zip(essays) {
        let key = match (&essay.metadata.translation, essay.variant()) {
            (Some(key), _) => (true, &**key),
            (None, Some(variant)) => (false, variant.of.as_str()),
            (None, None) => (false, essay.place.base.as_str()),
        };
        groups.entry(key).or_default().push(index);
    }
    let essay = |&index: &u32| &essays[index as usize];
    let has_language = |index: &u32| essay(index).metadata.translation.is_some() || essay(index).variant().is_some();
    let mut by_base = HashMap::new();
    for mut group in groups.into_values().filter(|group| group.len() > 1 && group.iter().any(has_language)) {
        group.sort_by_key(|index| &essay(index).base);
        let group: Arc<[u32]> = group.into();
        by_base.extend(group.iter().map(|index| (essay(index).base.clone(), Arc::clone(&group))));
    }
    by_base
}
