//! [`build`]: the files of a folder become a [`Capsule`].
//!
//! Each text is placed by its name, read on its own (or taken over from the previous build if its file is the
//! same), judged by the date of the day, and put in order with the others. Only then do neighbours matter: two
//! essays with one address, the sections, the names of the past.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::thread;

use time::OffsetDateTime;

use super::area::{Audience, PrivateArea};
use super::bundles::Bundles;
use super::essay::place_of;
use super::names::Names;
use super::placement::{Neighbours, Placement};
use super::section;
use super::translations::Translations;
use super::visibility::{self, Visibility};
use super::{Capsule, CapsulePath, Content, Essay, FileRef, FrontMatterKeys, SourceFile, TextKind};
use crate::markup::markdown::MarkdownOptions;
use crate::problem::{Problem, Topic};

/// So many essays are read by several threads; fewer are read before threads have started.
const MANY: usize = 256;

/// What a build needs to know besides the files.
#[derive(Debug, Clone)]
pub struct BuildOptions {
    /// Now, for essays that are to appear or to vanish on a day.
    pub now: OffsetDateTime,
    /// The title of the capsule; otherwise that of its introduction, else `name`.
    pub title: Option<String>,
    /// What to call the capsule if nobody says: usually the name of the folder.
    pub name: String,
    /// FrontMatterKeys of the author's own.
    pub keys: FrontMatterKeys,
    /// How Markdown is read, for titles.
    pub markdown: MarkdownOptions,
    /// What of the folder is not for everybody.
    pub private: Vec<PrivateArea>,
}

/// Makes the capsule that everybody gets of `sources`, which stand in order of their paths: without the private
/// areas. What `previous` holds of unchanged files is taken over, and the last good version of files that cannot be
/// read now.
pub fn build(
    sources: &[Arc<SourceFile>],
    options: &BuildOptions,
    previous: Option<&Capsule>,
) -> (Capsule, Vec<Problem>) {
    make(sources, Build::new(options, previous, Audience::Everybody))
}

/// As [`build`], for the readers of `area`, which is one of the private ones: what everybody gets, and what lies in
/// the area. Only its pages may be made of this.
pub fn build_area(
    sources: &[Arc<SourceFile>],
    options: &BuildOptions,
    area: &PrivateArea,
    previous: Option<&Capsule>,
) -> (Capsule, Vec<Problem>) {
    make(sources, Build::new(options, previous, Audience::Readers(area)))
}

/// As [`build`], but the text at `shown` is published whatever it says about being a draft or having its day; if it
/// lies in a private area, with the others there.
pub fn preview(
    sources: &[Arc<SourceFile>],
    options: &BuildOptions,
    shown: &CapsulePath,
) -> (Capsule, Vec<Problem>) {
    make(sources, Build::new(options, None, Audience::Author(shown)))
}

fn make(sources: &[Arc<SourceFile>], mut build: Build<'_>) -> (Capsule, Vec<Problem>) {
    let mut introductions: BTreeMap<CapsulePath, Vec<(u8, Arc<Essay>)>> = BTreeMap::new();
    let mut bundles = Bundles::default();
    let private = &build.options.private;
    let kept: Vec<Arc<SourceFile>>;
    let sources = if private.is_empty() {
        sources
    } else {
        let gets = |source: &&Arc<SourceFile>| build.audience.gets(&source.path, private);
        kept = sources.iter().filter(gets).cloned().collect();
        &kept
    };
    let neighbours = Neighbours::of(sources, private);
    build.read_ahead(sources, &neighbours);
    for source in sources {
        if Visibility::is_hidden_by(&source.path) && place_of(&neighbours.place(&source.path)).is_none() {
            if let Content::File(file) = &source.content {
                build.keep_hidden(&source.path, file.clone());
            }
            continue;
        }
        if let Content::File(file) = &source.content {
            build.capsule.files.insert(source.path.clone(), file.clone());
            continue;
        }
        let placement = neighbours.place(&source.path);
        if placement == Placement::Plain {
            build.capsule.texts.insert(source.path.clone(), Arc::clone(source));
        }
        let Some(essay) = build.read(source, &placement) else { continue };
        build.problems.extend(essay.problems.iter().cloned());
        let visible = build.visible(&essay);
        bundles.count(&essay, &placement, visible.as_ref().is_some_and(|visible| visible.base == essay.base));
        let Some(essay) = visible else { continue };
        match placement {
            Placement::Introduction(place, rank) => {
                introductions.entry(place.base).or_default().push((rank, essay));
            }
            Placement::LanguageIntroduction(place) => {
                build.capsule.language_introductions.entry(place.base).or_insert(essay);
            }
            Placement::PageSnippet(_, which) => build.capsule.snippets.push((which, essay)),
            _ => build.capsule.essays.push(essay),
        }
    }
    if bundles.any_hidden() {
        build.capsule.texts.retain(|path, _| !bundles.hide(path));
        let hidden: Vec<_> = build.capsule.files.extract_if(|path, _| bundles.hide(path)).collect();
        for (path, file) in hidden {
            build.keep_hidden(&path, file);
        }
    }
    let introductions =
        introductions.into_iter().map(|(folder, texts)| (folder, build.introduction(texts))).collect();
    build.finish(introductions)
}

struct Build<'a> {
    options: &'a BuildOptions,
    previous: Option<&'a Capsule>,
    audience: Audience<'a>,
    capsule: Capsule,
    problems: Vec<Problem>,
    /// Essays that were read ahead of their turn, by the names of their sources.
    ahead: HashMap<CapsulePath, Result<Essay, Problem>>,
}

impl<'a> Build<'a> {
    fn new(options: &'a BuildOptions, previous: Option<&'a Capsule>, audience: Audience<'a>) -> Self {
        let (capsule, problems, ahead) = (Capsule::default(), Vec::new(), HashMap::new());
        Self { options, previous, audience, capsule, problems, ahead }
    }

    /// Takes in an attachment of something that is not public yet, where its readers get that.
    fn keep_hidden(&mut self, path: &CapsulePath, file: FileRef) {
        if let Some(path) = self.audience.place_for_hidden(path) {
            self.capsule.files.insert(path, file);
        }
    }

    /// Reads the essays that have to be read, if they are many, on all processors: the first edition of a large archive
    /// waits for nothing else. What comes of it is the same.
    fn read_ahead(&mut self, sources: &[Arc<SourceFile>], neighbours: &Neighbours<'_>) {
        let is_known = |source: &SourceFile| {
            let last = self.previous.and_then(|previous| previous.read.get(&source.path));
            last.is_some_and(|(_, last)| std::ptr::eq(Arc::as_ptr(&last.source), source))
        };
        let is_text = |source: &&Arc<SourceFile>| matches!(source.content, Content::Text(_));
        let unread: Vec<_> = sources.iter().filter(is_text).filter(|source| !is_known(source)).collect();
        if unread.len() < MANY {
            return;
        }
        let read = |source: &&Arc<SourceFile>| {
            let placement = neighbours.place(&source.path);
            let (place, kind) = (place_of(&placement)?, TextKind::of(&source.path)?);
            let read = Essay::read(source, kind, place, &self.options.keys, &self.options.markdown);
            Some((source.path.clone(), read))
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        self.ahead = thread::scope(|scope| {
            let parts = unread.chunks(unread.len().div_ceil(threads));
            let read = |part: &[_]| part.iter().filter_map(read).collect::<Vec<_>>();
            let threads: Vec<_> = parts.map(|part| scope.spawn(move || read(part))).collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("reading never fails")).collect()
        });
    }

    /// The essay in `source`: taken over, read, or in its last good version.
    fn read(&mut self, source: &Arc<SourceFile>, placement: &Placement) -> Option<Arc<Essay>> {
        let place = place_of(placement)?;
        let kind = TextKind::of(&source.path)?;
        let last = self.previous.and_then(|previous| previous.read.get(&source.path));
        let last = last.filter(|(placed, _)| placed == place).map(|(_, essay)| essay);
        let essay = match last {
            Some(last) if Arc::ptr_eq(&last.source, source) => Arc::clone(last),
            _ => match self.ahead.remove(&source.path).unwrap_or_else(|| {
                Essay::read(source, kind, place, &self.options.keys, &self.options.markdown)
            }) {
                Ok(essay) => Arc::new(essay),
                Err(problem) => {
                    self.problems.push(problem);
                    Arc::clone(last?)
                }
            },
        };
        self.capsule.read.insert(source.path.clone(), (place.clone(), Arc::clone(&essay)));
        Some(essay)
    }

    /// `essay` as readers may see it now; if they may not, counts it.
    fn visible(&mut self, essay: &Arc<Essay>) -> Option<Arc<Essay>> {
        let visibility = Visibility::of(essay, self.options.now);
        if matches!(visibility, Visibility::Visible | Visibility::Future) {
            self.note_changes(essay);
        }
        if visibility == Visibility::Visible {
            return Some(Arc::clone(essay));
        }
        if let Some(preview) = self.audience.preview(essay, visibility) {
            return Some(preview);
        }
        let hidden = &mut self.capsule.hidden;
        let count = match visibility {
            Visibility::Visible => return None,
            Visibility::Draft => &mut hidden.drafts,
            Visibility::Unpublished => &mut hidden.unpublished,
            Visibility::Expired => &mut hidden.expired,
            Visibility::Future => &mut hidden.future,
        };
        *count += 1;
        None
    }

    /// Notes the next moment at which `essay` is to appear or to vanish.
    fn note_changes(&mut self, essay: &Essay) {
        let now = self.options.now;
        let changes = [visibility::appears(essay), visibility::vanishes(essay)].into_iter().flatten();
        let next = &mut self.capsule.next_change;
        *next = next.iter().copied().chain(changes.filter(|&at| at > now)).min();
    }

    fn finish(mut self, introductions: BTreeMap<CapsulePath, Arc<Essay>>) -> (Capsule, Vec<Problem>) {
        self.drop_clashes();
        let capsule = &mut self.capsule;
        capsule.essays.sort_by(|a, b| Essay::order(a, b));
        capsule.by_base =
            (0..).zip(&capsule.essays).map(|(index, essay)| (essay.base.clone(), index)).collect();
        capsule.names = Names::of(&capsule.essays);
        capsule.translations = Translations::of(&capsule.essays, |essay| {
            capsule.read.get(&essay.source.path).map(|(place, _)| &place.base)
        });
        let introduced = introductions.get(&CapsulePath::root()).map(|essay| essay.title.clone());
        // The page of an area stands even while nothing lies in it.
        let always = self.audience.area().map(|area| area.path.clone());
        capsule.sections = section::sections(&capsule.essays, introductions, always);
        let title = self.options.title.clone().or(introduced);
        capsule.title = title.unwrap_or_else(|| self.options.name.clone());
        if let Some(root) = capsule.sections.get_mut(&CapsulePath::root()) {
            root.title.clone_from(&capsule.title);
        }
        (self.capsule, self.problems)
    }

    /// The one of several texts that introduces a folder; of the others their author is told.
    fn introduction(&mut self, mut texts: Vec<(u8, Arc<Essay>)>) -> Arc<Essay> {
        texts.sort_by_key(|(rank, _)| *rank);
        let (_, chosen) = texts.remove(0);
        let file = |essay: &Essay| essay.source.path.as_str().trim_start_matches('/').to_owned();
        for (_, other) in texts {
            let what = format!("readers do not get this: `{}` introduces the folder", file(&chosen));
            self.problems.push(
                Problem::warning(what)
                    .about(Topic::DuplicateAddress)
                    .in_file(file(&other))
                    .hint("keep one of `_index.md`, `index.md` and `README.md`, which count in this order"),
            );
        }
        chosen
    }

    /// Of two essays with one address, the first keeps it.
    fn drop_clashes(&mut self) {
        let mut owners: HashMap<CapsulePath, CapsulePath> = HashMap::new();
        let problems = &mut self.problems;
        self.capsule.essays.retain(|essay| {
            let owner = owners.entry(essay.base.clone()).or_insert_with(|| essay.source.path.clone());
            let keeps = *owner == essay.source.path;
            if !keeps {
                let (owner, address) = (owner.as_str().trim_start_matches('/'), essay.address());
                let what = format!("the address `{address}` already belongs to `{owner}`");
                let file = essay.source.path.as_str().trim_start_matches('/');
                problems.push(
                    Problem::error(what)
                        .about(Topic::DuplicateAddress)
                        .in_file(file)
                        .hint("rename one of the two, or give it a `slug` of its own"),
                );
            }
            keeps
        });
    }
}
