//! [`build`]: turns the files of a folder into a [`Capsule`].
//!
//! Each file gets a placement by its name and its neighbours. Each text is parsed, or reused from the previous build if
//! its file did not change. Essays that are hidden at the time of the build are left out. Finally one introduction is
//! chosen for each folder, all but one of several essays with one address are dropped, and sections, former names and
//! translations are collected.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread;

use time::OffsetDateTime;

use super::CapsulePath;
use super::essay::Essay;
use super::front_matter::FrontMatterKeys;
use super::lookup::{Names, Translations};
use super::media::TextKind;
use super::placement::{Bundles, Placed, Placement, place_all};
use super::published::{Capsule, sections};
use super::source::{Content, FileRef, SourceFile};
use super::visibility::{Audience, HiddenReason, PrivateArea, Visibility, is_in_drafts};
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Problem, Topic};

/// Number of unread texts from which they are read on several threads; fewer are read sooner than threads start.
const PARALLEL_FROM: usize = 256;

/// What a build depends on besides the files.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// The current time, for essays that appear or expire on a day.
    pub now: OffsetDateTime,
    /// The title of the capsule; by default that of its introduction, else `name`.
    pub title: Option<String>,
    /// The fallback title: usually the name of the folder.
    pub name: String,
    /// The author's own front matter keys.
    pub keys: FrontMatterKeys,
    /// How Markdown is read, for titles.
    pub markdown: MarkdownOptions,
    /// The private areas of the capsule.
    pub private: Vec<PrivateArea>,
    /// Whether drafts, unpublished and future essays are shown, marked as such.
    pub drafts: bool,
}

/// Builds the capsule of `sources`, which are sorted by path, without its private areas. Essays of unchanged files are
/// reused from `previous`, and so are the last good versions of files that cannot be read now.
pub fn build(
    sources: &[Arc<SourceFile>],
    options: &BuildOptions,
    previous: Option<&Capsule>,
) -> (Capsule, Vec<Problem>) {
    Build::new(options, previous, Audience::Public).run(sources)
}

/// Builds the capsule as [`build`] does, for the readers of `area`, one of the private areas: with what is public and
/// what lies in the area.
pub fn build_area(
    sources: &[Arc<SourceFile>],
    options: &BuildOptions,
    area: &PrivateArea,
    previous: Option<&Capsule>,
) -> (Capsule, Vec<Problem>) {
    Build::new(options, previous, Audience::Area(area)).run(sources)
}

/// Builds the capsule as [`build`] does, but includes the text at `shown` even if it is hidden, and the private area
/// that it lies in, if any.
pub fn preview(
    sources: &[Arc<SourceFile>],
    options: &BuildOptions,
    shown: &CapsulePath,
) -> (Capsule, Vec<Problem>) {
    Build::new(options, None, Audience::Author(shown)).run(sources)
}

/// The outcome of reading one text; both fields are `None` for a file that is not read.
#[derive(Default)]
struct ReadText {
    essay: Option<Arc<Essay>>,
    problem: Option<Problem>,
}

struct Build<'a> {
    options: &'a BuildOptions,
    previous: Option<&'a Capsule>,
    audience: Audience<'a>,
    capsule: Capsule,
    problems: Vec<Problem>,
    bundles: Bundles,
    /// The candidates for the introduction of each folder, with their ranks.
    introductions: BTreeMap<CapsulePath, Vec<(usize, Arc<Essay>)>>,
}

impl<'a> Build<'a> {
    fn new(options: &'a BuildOptions, previous: Option<&'a Capsule>, audience: Audience<'a>) -> Self {
        Self {
            options,
            previous,
            audience,
            capsule: Capsule::default(),
            problems: Vec::new(),
            bundles: Bundles::default(),
            introductions: BTreeMap::new(),
        }
    }

    fn run(mut self, sources: &[Arc<SourceFile>]) -> (Capsule, Vec<Problem>) {
        let private = &self.options.private;
        let visible: Vec<Arc<SourceFile>>;
        let sources = if private.is_empty() {
            sources
        } else {
            let may_see = |source: &&Arc<SourceFile>| self.audience.may_see(&source.path, private);
            visible = sources.iter().filter(may_see).cloned().collect();
            &visible
        };
        let placed = place_all(sources, private);
        let read = self.read_all(&placed);
        for (placed, ReadText { essay, problem }) in placed.iter().zip(read) {
            self.problems.extend(problem);
            if let Some(essay) = essay {
                self.add_essay(placed, &essay);
            } else {
                // The files beside a text that is withheld are withheld as well.
                self.bundles.note(placed, false);
                self.add_file(placed);
            }
        }
        self.hide_bundles();
        self.finish()
    }

    /// Reads every text, on all processors if many are unread: a large archive is served once this is done.
    fn read_all(&self, placed: &[Placed<'_>]) -> Vec<ReadText> {
        let read = |part: &[Placed<'_>]| part.iter().map(|placed| self.read(placed)).collect::<Vec<_>>();
        let is_unread =
            |placed: &&Placed<'_>| placed.placement.place().is_some() && self.known(placed).is_none();
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
        self.last_version(placed).filter(|last| Arc::ptr_eq(&last.source, placed.source))
    }

    /// Returns the essay that the previous build read from an earlier version of the file.
    fn last_version(&self, placed: &Placed<'_>) -> Option<&'a Arc<Essay>> {
        let last = self.previous?.read.get(&placed.source.path)?;
        (Some(last.place()) == placed.placement.place()).then_some(last)
    }

    fn read(&self, placed: &Placed<'_>) -> ReadText {
        if let Some(known) = self.known(placed) {
            return ReadText { essay: Some(Arc::clone(known)), problem: None };
        }
        let (Some(place), Some(kind)) = (placed.placement.place(), TextKind::of(&placed.source.path)) else {
            return ReadText::default();
        };
        match Essay::read(placed.source, kind, place, &self.options.keys, &self.options.markdown) {
            Ok(essay) => ReadText { essay: Some(Arc::new(essay)), problem: None },
            Err(problem) => {
                ReadText { essay: self.last_version(placed).map(Arc::clone), problem: Some(problem) }
            }
        }
    }

    /// Adds a file that is not read: an attachment or a text that is served unchanged.
    fn add_file(&mut self, placed: &Placed<'_>) {
        let path = &placed.source.path;
        match &placed.source.content {
            Content::File(file) if is_in_drafts(path) && !self.options.drafts => {
                self.add_hidden_attachment(path, file.clone());
            }
            Content::File(file) => {
                self.capsule.files.insert(path.clone(), file.clone());
            }
            Content::Text(_)
                if placed.placement == Placement::Plain && (self.options.drafts || !is_in_drafts(path)) =>
            {
                self.capsule.texts.insert(path.clone(), Arc::clone(placed.source));
            }
            Content::Text(_) => {}
        }
    }

    /// Adds an attachment of a hidden essay, if the audience may see hidden essays.
    fn add_hidden_attachment(&mut self, path: &CapsulePath, file: FileRef) {
        if let Some(path) = self.audience.preview_attachment(path) {
            self.capsule.files.insert(path, file);
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
                self.introductions.entry(place.base.clone()).or_default().push((*rank, essay));
            }
            Placement::LanguageIntroduction(place) => {
                self.capsule.language_introductions.entry(place.base.clone()).or_insert(essay);
            }
            Placement::Snippet(_, which) => self.capsule.snippets.push((*which, essay)),
            _ => self.capsule.essays.push(essay),
        }
    }

    /// Returns the essay as the audience sees it now, or counts it as hidden.
    fn visible(&mut self, essay: &Arc<Essay>) -> Option<Arc<Essay>> {
        let visibility = essay.visibility(self.options.now);
        match visibility {
            Visibility::Public | Visibility::Hidden(HiddenReason::Future) => self.note_changes(essay),
            Visibility::Unlisted => {
                self.note_changes(essay);
                self.capsule.hidden.unlisted += 1;
            }
            Visibility::Hidden(_) => {}
        }
        let Visibility::Hidden(reason) = visibility else { return Some(Arc::clone(essay)) };
        if self.options.drafts && reason != HiddenReason::Expired {
            return Some(Arc::new(essay.marked(reason)));
        }
        let Some(base) = self.audience.preview(&essay.source.path, &essay.base, reason) else {
            self.capsule.hidden.add(reason);
            return None;
        };
        Some(if base == essay.base { Arc::clone(essay) } else { Arc::new(essay.moved_to(base)) })
    }

    /// Records when `essay` next appears or expires.
    fn note_changes(&mut self, essay: &Essay) {
        let changes = [essay.appears(), essay.disappears()].into_iter().flatten();
        let ahead = changes.filter(|&at| at > self.options.now);
        self.capsule.next_change = self.capsule.next_change.into_iter().chain(ahead).min();
    }

    /// Removes the files beside essays that are hidden in every language.
    fn hide_bundles(&mut self) {
        let bundles = std::mem::take(&mut self.bundles);
        self.capsule.texts.retain(|path, _| !bundles.hide(path));
        let hidden: Vec<_> = self.capsule.files.extract_if(|path, _| bundles.hide(path)).collect();
        for (path, file) in hidden {
            self.add_hidden_attachment(&path, file);
        }
    }

    fn finish(mut self) -> (Capsule, Vec<Problem>) {
        let introductions = self.choose_introductions();
        self.drop_clashes();
        let capsule = &mut self.capsule;
        capsule
            .essays
            .sort_by(|a, b| a.metadata.unlisted.cmp(&b.metadata.unlisted).then_with(|| Essay::order(a, b)));
        capsule.listed = capsule.essays.partition_point(|essay| !essay.metadata.unlisted);
        capsule.by_base =
            (0..).zip(&capsule.essays).map(|(index, essay)| (essay.base.clone(), index)).collect();
        capsule.names = Names::of(&capsule.essays, &introductions);
        capsule.translations = Translations::of(capsule.essays());
        let introduced = introductions.get(&CapsulePath::root()).map(|essay| essay.title.clone());
        // An area has a page even while it is empty.
        let always = self.audience.area().map(|area| area.path.clone());
        capsule.sections = sections(capsule.essays(), introductions, always);
        let title = self.options.title.clone().or(introduced);
        capsule.title = title.unwrap_or_else(|| self.options.name.clone());
        if let Some(root) = capsule.sections.get_mut(&CapsulePath::root()) {
            root.title.clone_from(&capsule.title);
        }
        (self.capsule, self.problems)
    }

    /// Chooses the introduction of each folder, and reports every other candidate as a problem.
    fn choose_introductions(&mut self) -> BTreeMap<CapsulePath, Arc<Essay>> {
        let mut chosen = BTreeMap::new();
        for (folder, mut texts) in std::mem::take(&mut self.introductions) {
            texts.sort_by_key(|(rank, _)| *rank);
            let mut texts = texts.into_iter().map(|(_, text)| text);
            let Some(first) = texts.next() else { continue };
            for other in texts {
                let winner = first.source.path.as_relative();
                let what = format!("readers do not get this: `{winner}` introduces the folder");
                self.problems.push(
                    Problem::warning(what)
                        .about(Topic::DuplicateAddress)
                        .in_file(other.source.path.as_relative())
                        .hint(
                            "keep one of `_index.md`, `index.md` and `README.md`, which count in this order",
                        ),
                );
            }
            chosen.insert(folder, first);
        }
        chosen
    }

    /// Drops all but the first of several essays with one address.
    fn drop_clashes(&mut self) {
        let mut owners: HashMap<CapsulePath, CapsulePath> = HashMap::new();
        let problems = &mut self.problems;
        self.capsule.essays.retain(|essay| {
            let source = &essay.source.path;
            let owner = owners.entry(essay.base.clone()).or_insert_with(|| source.clone());
            if owner == source {
                return true;
            }
            let what =
                format!("the address `{}` already belongs to `{}`", essay.address(), owner.as_relative());
            problems.push(
                Problem::error(what)
                    .about(Topic::DuplicateAddress)
                    .in_file(source.as_relative())
                    .hint("rename one of the two, or give it a `slug` of its own"),
            );
            false
        });
    }
}
