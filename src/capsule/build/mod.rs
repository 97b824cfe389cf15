//! [`build`]: turns the files of a folder into a [`Capsule`].

mod withheld;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread;

use super::CapsulePath;
use super::date::DayOrder;
use super::essay::{Essay, ReadOptions};
use super::front_matter::{self, FrontMatterKeys, HeadOptions, Inherited, Metadata};
use super::lookup::{Names, translations_of};
use super::media::{self, TextKind};
use super::permalink::Rules;
use super::placement::{Bundles, Placed, Placement, language_page, place_all};
use super::published::{Capsule, Introductions};
use super::source::{Content, SourceFile};
use super::visibility::{Audience, HiddenReason, PrivateArea};
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Problem, Topic};

/// The number of unread texts from which they are read on several threads; fewer are read sooner than threads start.
const PARALLEL_FROM: usize = 256;

/// What a build depends on besides the files.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The readers that the capsule is for.
    pub audience: Audience,
    /// The current time, for essays that appear or expire on a day.
    pub now: time::OffsetDateTime,
    /// The title of the capsule; by default that of its introduction, else `name`.
    pub title: Option<String>,
    /// The fallback title: usually the name of the folder.
    pub name: String,
    /// The author's own front matter keys.
    pub keys: FrontMatterKeys,
    /// How Markdown is read, for titles.
    pub markdown: MarkdownOptions,
    /// The language of the capsule, if it is configured. Otherwise the languages of texts are recognised.
    pub language: Option<String>,
    /// The private areas of the capsule.
    pub private: Vec<PrivateArea>,
    /// How the configuration of a site generator addresses and shows essays.
    pub rules: Rules,
    /// Whether drafts, unpublished and future essays are shown, marked as such.
    pub drafts: bool,
}

/// Builds the capsule of `files`, sorted by path. Essays of unchanged or unreadable files are taken from `previous`.
pub fn build(files: &[Arc<SourceFile>], options: &BuildOptions, previous: Option<&Capsule>) -> (Capsule, Vec<Problem>) {
    let may_see = |source: &&Arc<SourceFile>| options.audience.may_see(&source.path, &options.private);
    let visible: Vec<Arc<SourceFile>> = files.iter().filter(may_see).cloned().collect();
    let mut build = Build {
        options,
        previous,
        capsule: Capsule::default(),
        problems: Vec::new(),
        bundles: Bundles::default(),
        described: HashMap::new(),
        introductions: BTreeMap::new(),
    };
    build.read(&visible);
    build.finish()
}

/// An essay, or its last good version, and why its file cannot be read; neither for a file that is not read.
type ReadText = (Option<Arc<Essay>>, Option<Problem>);

struct Build<'a> {
    options: &'a BuildOptions,
    previous: Option<&'a Capsule>,
    capsule: Capsule,
    problems: Vec<Problem>,
    bundles: Bundles,
    /// The files that state metadata for texts, by the paths of those texts without extension or of their folder.
    described: HashMap<CapsulePath, Vec<Arc<Inherited>>>,
    /// The candidates for the introduction of each folder, with their ranks.
    introductions: BTreeMap<CapsulePath, Vec<(usize, Arc<Essay>)>>,
}

impl<'a> Build<'a> {
    /// Reads `sources` and adds each of them to the capsule.
    fn read(&mut self, sources: &[Arc<SourceFile>]) {
        let rules = &self.options.rules;
        let below = rules.below.iter().map(|(folder, rules)| (folder.clone(), &rules.defaults));
        let defaults = [(CapsulePath::root(), &rules.defaults)].into_iter().chain(below);
        for (folder, file) in defaults.filter_map(|(folder, file)| Some((folder, file.as_ref()?))) {
            let inherited = Inherited::new(file, &folder, folder.clone(), false);
            self.described.insert(folder, vec![Arc::new(inherited)]);
        }
        for source in sources.iter().filter(|source| !matches!(source.content, Content::File(_))) {
            self.describe(source);
        }
        let is_page = |source: &SourceFile| self.is_page(source);
        let BuildOptions { private, rules, .. } = self.options;
        let placed = place_all(sources, private, &rules.languages, &is_page);
        let mut read = self.read_all(&placed);
        self.settle_dates(&placed, &mut read);
        let mut read: Vec<_> = placed.iter().zip(read).collect();
        // Links are withheld with the files that they lead to, and files with the texts that they belong to.
        read.sort_by_key(|(placed, _)| (placed.source.target.is_some(), placed.placement == Placement::Attachment));
        for (placed, (essay, problem)) in read {
            // A file with metadata of several texts is reported once.
            self.problems.extend(problem.filter(|problem| self.problems.last() != Some(problem)));
            if let Some(essay) = essay {
                self.add_essay(placed, &essay);
            } else {
                // The files beside a text that is withheld are withheld as well.
                self.bundles.note(placed, false);
                self.add_file(placed);
            }
        }
        self.hide_bundles();
    }

    /// Notes which texts `source` states metadata for.
    fn describe(&mut self, source: &Arc<SourceFile>) {
        let (site, Rules { hides_below, .. }) = self.options.rules.at(&source.path);
        let has_markup = TextKind::has_markup(&source.path);
        let is_section = source.path.stem().split('.').next() == Some("_index") && has_markup;
        let hides = || *hides_below == Some('/') && source.may_contain("raft");
        let hands_down = || is_section && (source.may_cascade() || hides());
        let below = || match hides_below {
            Some('.') => (has_markup && source.may_contain("ublished")).then(|| source.path.without_extension()),
            _ => hands_down().then(|| source.path.parent()),
        };
        let described = media::described_by(&source.path);
        let hides_below = hides_below.is_some() && described.is_none();
        if let Some(texts) = described.or_else(below) {
            let inherited = Inherited::new(source, &texts, site, hides_below);
            self.described.entry(texts).or_default().push(Arc::new(inherited));
        }
    }

    /// Returns whether the front matter of `source` makes a page of it: for an index, if it has a date or hides a
    /// bundle of parts of other pages (Hugo); for a plain text, if it has a title, a date or a key that hides it.
    fn is_page(&self, source: &SourceFile) -> bool {
        let text = source.text();
        let text = String::from_utf8_lossy(&text);
        let beside = &*self.beside(&source.path);
        let options = HeadOptions { keys: &self.options.keys, order: None, time_zone: None, language: "", beside };
        let read = front_matter::read(&source.path, &text, &options);
        if TextKind::of(&source.path) == Some(TextKind::Text) {
            let says = |read: Metadata| read.title.is_some() || read.date.is_some() || read.hidden.is_some();
            return front_matter::has_fence(&text) && read.map_or(true, |read| says(read.metadata));
        }
        let is_page = |read: Metadata| read.date.is_some() || read.hidden.is_some() && text.contains("headless");
        read.is_ok_and(|read| is_page(read.metadata))
    }

    /// Reads every text, on all processors if many are unread: no page of a large archive is served before.
    fn read_all(&self, placed: &[Placed<'_>]) -> Vec<ReadText> {
        let read = |part: &[Placed<'_>]| part.iter().map(|placed| self.read_text(placed, None)).collect::<Vec<_>>();
        let is_unread = |placed: &&Placed<'_>| placed.placement.place().is_some() && self.known(placed).is_none();
        if placed.iter().filter(is_unread).count() < PARALLEL_FROM {
            return read(placed);
        }
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let parts = placed.chunks(placed.len().div_ceil(threads));
        thread::scope(|scope| {
            let threads: Vec<_> = parts.map(|part| scope.spawn(|| read(part))).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("reading never fails")).collect()
        })
    }

    /// Returns the essay that the previous build read from the unchanged file.
    fn known(&self, placed: &Placed<'_>) -> Option<&'a Arc<Essay>> {
        let beside = self.beside(&placed.source.path);
        let files = || beside.iter().map(|inherited| Arc::as_ptr(&inherited.file));
        let is_same = |last: &Essay| last.beside.iter().map(Arc::as_ptr).eq(files());
        self.last_version(placed).filter(|last| Arc::ptr_eq(&last.source, placed.source) && is_same(last))
    }

    /// Returns the files that state metadata for the text at `path`: its own, then those of its folders up to the root.
    fn beside(&self, path: &CapsulePath) -> Vec<Arc<Inherited>> {
        if self.described.is_empty() {
            return Vec::new();
        }
        let is_hierarchy = self.options.rules.at(path).1.hides_below == Some('.');
        let shorter = |name: &CapsulePath| Some(name.without_extension()).filter(|above| is_hierarchy && above != name);
        let names = std::iter::successors(Some(path.without_extension()), shorter).chain(path.ancestors());
        let found = names.filter_map(|name| self.described.get(&name)).flat_map(|files| files.iter().rev());
        found.cloned().collect()
    }

    /// Returns the essay that the previous build read from an earlier version of the file.
    fn last_version(&self, placed: &Placed<'_>) -> Option<&'a Arc<Essay>> {
        let last = self.previous?.read.get(&placed.source.path)?;
        (Some(&last.place) == placed.placement.place()).then_some(last)
    }

    /// Reads essays with a date such as `05/06/2024` again, in the order of day and month of other dates around them.
    fn settle_dates(&self, placed: &[Placed<'_>], read: &mut [ReadText]) {
        let mut orders: HashMap<CapsulePath, Option<DayOrder>> = HashMap::new();
        let essays = read.iter().filter_map(|(essay, _)| essay.as_ref());
        for (essay, order) in essays.filter_map(|essay| Some((essay, essay.metadata.day_order?))) {
            for folder in essay.source.path.ancestors() {
                let known = orders.entry(folder).or_insert(Some(order));
                *known = known.filter(|known| *known == order);
            }
        }
        let is_ambiguous = |essay: &Arc<Essay>| essay.metadata.is_ambiguous;
        for (placed, text) in placed.iter().zip(read).filter(|(_, text)| text.0.as_ref().is_some_and(is_ambiguous)) {
            let order = placed.source.path.ancestors().find_map(|folder| orders.get(&folder));
            if let Some(&order @ Some(_)) = order {
                *text = self.read_text(placed, order);
            }
        }
    }

    /// Reads a text, with dates in the order `order` if it is known, or reuses it from the previous build.
    fn read_text(&self, placed: &Placed<'_>, order: Option<DayOrder>) -> ReadText {
        let (Some(place), Some(kind)) = (placed.placement.place(), TextKind::of(&placed.source.path)) else {
            return (None, None);
        };
        if matches!(placed.source.content, Content::Unread) {
            // Reported where it was read.
            return (None, None);
        }
        if let Some(known) = self.known(placed).filter(|_| order.is_none()) {
            return (Some(Arc::clone(known)), None);
        }
        let BuildOptions { keys, markdown, language, rules, .. } = self.options;
        let beside = &*self.beside(&placed.source.path);
        let tag = place.variant.as_ref().map(|variant| &variant.language).or(language.as_ref()).map_or("en", |tag| tag);
        let head = HeadOptions { keys, order, time_zone: rules.time_zone.as_ref(), language: tag, beside };
        let options = ReadOptions { head, markdown, recognises_languages: language.is_none() };
        match Essay::read(placed.source, kind, place, &options) {
            Ok(mut essay) => {
                let held_tags = &rules.at(&placed.source.path).1.held_tags;
                let holds = |tag: &String| held_tags.contains(&tag.to_ascii_lowercase());
                let is_held = essay.metadata.tags.iter().any(holds);
                let is_draft = self.is_named_draft(&placed.source.path, essay.metadata.is_published);
                let held = is_draft.then_some(HiddenReason::Draft).or(essay.metadata.hidden);
                essay.metadata.hidden = held.or(is_held.then_some(HiddenReason::Unpublished));
                for author in essay.metadata.extra.iter_mut().flat_map(|extra| &mut extra.authors) {
                    if let Some(name) = rules.authors.get(&author.to_lowercase()) {
                        author.clone_from(name);
                    }
                }
                (Some(Arc::new(essay)), None)
            }
            Err(problem) => (self.last_version(placed).map(Arc::clone), Some(problem)),
        }
    }

    /// Adds a file that is not read: an attachment or a text that is served unchanged.
    fn add_file(&mut self, placed: &Placed<'_>) {
        let path = &placed.source.path;
        let is_draft = self.is_named_draft(path, false) || self.is_hidden_above(path);
        let is_withheld = (is_draft || self.leads_to_withheld(placed.source)) && !self.options.drafts;
        match &placed.source.content {
            Content::File(file) => {
                let path = if is_withheld { self.options.audience.address_in_area(path) } else { Some(path.clone()) };
                self.capsule.files.extend(path.map(|path| (path, file.clone())));
            }
            Content::Text(_) if placed.placement == Placement::Plain && !is_withheld => {
                self.capsule.texts.insert(path.clone(), Arc::clone(placed.source));
            }
            Content::Text(_) | Content::Unread => {}
        }
    }

    fn add_essay(&mut self, placed: &Placed<'_>, essay: &Arc<Essay>) {
        self.capsule.read.insert(placed.source.path.clone(), Arc::clone(essay));
        self.problems.extend(essay.problems.iter().cloned());
        let visible = self.visible(essay);
        let is_in_place = visible.as_ref().is_some_and(|visible| visible.base == essay.base);
        self.bundles.note(placed, is_in_place);
        let Some(essay) = visible else { return };
        match &placed.placement {
            Placement::Introduction(place, rank) => {
                // The introduction of the folder of a language is also that of the list of its essays.
                if let Some(variant) = essay.variant().filter(|variant| variant.of == CapsulePath::root()) {
                    let page = language_page(&variant.language);
                    self.capsule.language_introductions.entry(page).or_insert_with(|| Arc::clone(&essay));
                }
                self.introductions.entry(place.base.clone()).or_default().push((*rank, essay));
            }
            Placement::LanguageIntroduction(place) => {
                self.capsule.language_introductions.entry(place.base.clone()).or_insert(essay);
            }
            Placement::Snippet(_, which) => self.capsule.snippets.push((*which, essay)),
            _ => self.capsule.essays.push(essay),
        }
    }

    /// Reports the author's own keys that no essay has, most likely because of a typing error.
    fn report_unknown_keys(&mut self) {
        let problem = |(own, usual): (&str, &str)| {
            let what = format!("no essay has the front matter key `{own}`, which `[front_matter]` names for `{usual}`");
            Problem::error(what).hint("name the tables and the key as they are in the essays, with dots between them")
        };
        let keys = self.capsule.read.values().map(|essay| essay.metadata.own_keys);
        if let Some(known) = keys.reduce(|known, keys| known | keys)
            && !matches!(self.options.audience, Audience::Author(_))
        {
            self.problems.extend(self.options.keys.unknown(known).map(problem));
        }
    }

    fn finish(mut self) -> (Capsule, Vec<Problem>) {
        self.report_unknown_keys();
        let introductions = self.choose_introductions();
        self.settle_clashes();
        let capsule = &mut self.capsule;
        let is_unlisted = |essay: &Essay| essay.metadata.unlisted;
        capsule.essays.sort_by(|a, b| is_unlisted(a).cmp(&is_unlisted(b)).then_with(|| Essay::order(a, b)));
        capsule.listed = capsule.essays.partition_point(|essay| !is_unlisted(essay));
        capsule.by_base = (0..).zip(&capsule.essays).map(|(index, essay)| (essay.base.clone(), index)).collect();
        capsule.names = Names::of(&capsule.essays, &introductions, &self.options.rules);
        capsule.translations = translations_of(capsule.essays());
        capsule.language = self.options.language.clone().or_else(|| commonest_language(&capsule.essays));
        let introduction = introductions.get(&CapsulePath::root());
        let introduced = introduction.map(|essay| essay.title.clone()).filter(|title| !title.is_empty());
        // An area has a page even while it is empty.
        let always = self.options.audience.area().map(|area| area.path.clone());
        capsule.add_sections(introductions, always);
        let title = self.options.title.clone().or(introduced);
        capsule.title = title.unwrap_or_else(|| self.options.name.clone());
        if let Some(root) = capsule.sections.get_mut(&CapsulePath::root()) {
            root.title.clone_from(&capsule.title);
        }
        (self.capsule, self.problems)
    }

    /// Chooses the introduction of each folder, and reports every other candidate as a problem.
    fn choose_introductions(&mut self) -> Introductions {
        let mut chosen = BTreeMap::new();
        for (folder, mut texts) in std::mem::take(&mut self.introductions) {
            texts.sort_by_key(|(rank, _)| *rank);
            let mut texts = texts.into_iter().map(|(_, text)| text);
            let Some(first) = texts.next() else { continue };
            for other in texts {
                let winner = first.source.path.as_relative();
                let what = format!("readers do not get this: `{winner}` introduces the folder");
                let hint = "keep one of `_index.md`, `index.md` and `README.md`, which count in this order";
                let problem = Problem::warning(what).about(Topic::DuplicateAddress).hint(hint);
                self.problems.push(problem.in_file(other.source.path.as_relative()));
            }
            chosen.insert(folder, first);
        }
        chosen
    }

    /// Makes addresses unique: the file name replaces a taken slug, and of `a.md` and `a.gmi` only the first is kept.
    fn settle_clashes(&mut self) {
        let essays = &mut self.capsule.essays;
        let mut owners: HashMap<CapsulePath, CapsulePath> = HashMap::new();
        let has_slug = |essay: &Essay| essay.base != essay.place.base;
        essays.sort_by(|a, b| has_slug(a).cmp(&has_slug(b)).then_with(|| a.source.path.cmp(&b.source.path)));
        let problems = &mut self.problems;
        essays.retain_mut(|essay| {
            let file = &essay.source.path;
            let Some(owner) = owners.get(&essay.base) else {
                owners.insert(essay.base.clone(), file.clone());
                return true;
            };
            let what = format!("the address `{}` already belongs to `{}`", essay.address(), owner.as_relative());
            let is_free = !owners.contains_key(&essay.place.base);
            let problem = if is_free {
                owners.insert(essay.place.base.clone(), file.clone());
                *essay = essay.moved_to(essay.place.base.clone());
                let what = format!("{what}; this essay is at `{}`", essay.address());
                Problem::warning(what).hint("give it a `slug` of its own")
            } else {
                Problem::error(what).hint("rename one of the two, or give it a `slug` of its own")
            };
            problems.push(problem.about(Topic::DuplicateAddress).in_file(essay.source.path.as_relative()));
            is_free
        });
    }
}

/// Returns the language that more than half of `essays` are written in.
fn commonest_language(essays: &[Arc<Essay>]) -> Option<String> {
    let mut counts: HashMap<&String, usize> = HashMap::new();
    for language in essays.iter().filter_map(|essay| essay.metadata.language.as_ref()) {
        *counts.entry(language).or_default() += 1;
    }
    counts.into_iter().find(|(_, count)| count * 2 > essays.len()).map(|(language, _)| language.clone())
}
