//! [`CapsulePublisher`]: one content folder and its successive snapshots.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::options::PublishOptions;
use super::unmatched::unmatched;
use crate::capsule::{self, Audience, BuildOptions, CapsulePath, Content, Essay, SourceFile, TextKind, Visibility};
use crate::disk::{FolderContents, Writers};
use crate::generator::Recognised;
use crate::problem::{Problem, Severity, Topic};
use crate::site::{PrivateSite, Site, SiteOptions};

/// How often a folder is compared where the system reports changes: at 10,000 essays 0.2 % of a processor.
const POLL: Duration = Duration::from_secs(60);

/// How often a folder is compared where the system reports no changes: at 10,000 essays less than 2 % of a processor.
const POLL_UNREPORTED: Duration = Duration::from_secs(5);

/// The least time until a folder is read again.
const LEAST_WAIT: Duration = Duration::from_millis(60);

type PublishedFiles<'s> = HashMap<&'s CapsulePath, &'s Arc<SourceFile>>;

/// A capsule built from the state of its folder at one moment.
#[derive(Debug)]
pub struct CapsuleSnapshot {
    /// The public site, with those of private areas if [`PublishOptions::with_areas`] is set.
    pub site: Arc<Site>,
    /// The site generator that was recognised, what was taken from which of its files, and the dialects of its essays.
    pub recognised: Option<String>,
    /// The mistakes in the files of the folder.
    pub problems: Vec<Problem>,
}

impl CapsuleSnapshot {
    /// Reads the content folder and builds the snapshot for `now`; returns it with what the folder held.
    pub fn read(options: &PublishOptions, now: OffsetDateTime) -> Result<(Self, FolderContents), Problem> {
        let contents = options.read_folder(None)?;
        Ok((Self::of(&contents, options, now, None), contents))
    }

    fn of(contents: &FolderContents, options: &PublishOptions, now: OffsetDateTime, previous: Option<&Self>) -> Self {
        let build_options = options.build_options(now);
        let previous_site = previous.map(|previous| &*previous.site);
        let known = previous_site.map(|site| &**site.capsule());
        let (capsule, mut problems) = capsule::build(&contents.files, &build_options, known);
        problems.extend(unmatched(options, contents, &capsule));
        let site = Site::new(Arc::new(capsule), &options.site, previous_site);
        let mut areas = Vec::new();
        for area in build_options.private.iter().filter(|_| options.with_areas) {
            let previous = previous_site.and_then(|previous| previous.private_site(area));
            // The public capsule was built from the same files: an area seen for the first time reuses its essays.
            let known = previous.map_or(site.capsule(), |previous| previous.capsule());
            let build_options = BuildOptions { audience: Audience::Area(area.clone()), ..build_options.clone() };
            let (capsule, found) = capsule::build(&contents.files, &build_options, Some(known));
            problems.extend(not_in(found, &problems));
            let site = SiteOptions { private_area: Some(area.path.clone()), ..options.site.clone() };
            let site = Arc::new(Site::new(Arc::new(capsule), &site, previous));
            areas.push(PrivateSite { area: area.clone(), site });
        }
        problems.extend(contents.problems.iter().cloned());
        let below = options.recognised.iter().flat_map(|site| &site.below);
        problems.extend(below.flat_map(|(_, site)| site.problems.clone()));
        let recognised = options.recognised.as_ref().map(|site| described(site, contents));
        Self { site: Arc::new(site.with_private_sites(areas)), recognised, problems }
    }

    /// Returns the public site, then those of private areas.
    fn sites(&self) -> impl Iterator<Item = &Arc<Site>> {
        [&self.site].into_iter().chain(self.site.private_sites.iter().map(|private| &private.site))
    }

    /// Returns the files of `contents`, from which the snapshot was built, that at least one reader gets. A file that
    /// cannot be read is represented by its last good version.
    fn published_files<'s>(&'s self, contents: &'s FolderContents) -> PublishedFiles<'s> {
        let capsules = || self.sites().map(|site| site.capsule());
        let essays = capsules().flat_map(|capsule| capsule.addressable().iter().chain(capsule.page_texts()));
        let unread = contents.files.iter().filter(|file| {
            capsules().any(|capsule| capsule.files.contains_key(&file.path) || capsule.texts.contains_key(&file.path))
        });
        essays.map(|essay| &essay.source).chain(unread).map(|file| (&file.path, file)).collect()
    }
}

/// Describes a recognised site, as in `Astro site: src/content/, 8 files in MDX are read`, or how to convert an export.
fn described(site: &Recognised, contents: &FolderContents) -> String {
    let dialects = [("mdx", "MDX"), ("qmd", "Quarto"), ("rmd", "R Markdown")];
    let read = dialects.into_iter().filter_map(|(extension, dialect)| {
        let is_one = |file: &&Arc<SourceFile>| file.path.extension().eq_ignore_ascii_case(extension);
        let number = contents.files.iter().filter(is_one).count();
        let (one, many) = (format!("file in {dialect} is"), format!("files in {dialect} are"));
        (number > 0).then(|| format!("{} read", count(number, &one, &many)))
    });
    let mut description = site.description(read);
    let has_essays = || contents.files.iter().any(|file| TextKind::of(&file.path).is_some());
    if !site.converter.is_empty() && !has_essays() {
        let Recognised { generator, converter, posts, .. } = site;
        let posts = if *posts > 0 { format!("its {}", count(posts, "post", "posts")) } else { "it".to_owned() };
        description +=
            &format!(". Exports of {generator} are not read: make Markdown of {posts}, as with `{converter}`");
    }
    description
}

/// Returns `1 essay` or `2 essays`.
pub fn count(number: impl Display, one: &str, many: &str) -> String {
    let number = number.to_string();
    format!("{number} {}", if number == "1" { one } else { many })
}

/// Renders a capsule in which `file` is published even if it is a draft or has a future date, for its author. The other
/// files of the content folder are read too, unless `file` is to stand `alone` or the folder cannot be read.
pub fn preview(file: SourceFile, options: &PublishOptions, alone: bool, now: OffsetDateTime) -> (Site, Vec<Problem>) {
    let contents = if alone { None } else { options.read_folder(None).ok() };
    let mut files = contents.map(|contents| contents.files).unwrap_or_default();
    let file = Arc::new(file);
    files.retain(|other| other.path != file.path);
    let at = files.partition_point(|other| other.path < file.path);
    files.insert(at, file.clone());
    let build_options = BuildOptions { audience: Audience::Author(file.path.clone()), ..options.build_options(now) };
    let (capsule, problems) = capsule::build(&files, &build_options, None);
    (Site::new(Arc::new(capsule), &options.site, None), problems)
}

/// How a snapshot of one or several capsules differs from the previous one.
#[derive(Debug, Default)]
pub struct Update {
    /// Whether a snapshot was replaced.
    pub is_new: bool,
    /// Problems that the previous snapshot did not have.
    pub problems: Vec<Problem>,
    /// Folders that could not be read, unless for the same reason as the last time; their previous sites stay.
    pub failures: Vec<Problem>,
    /// The paths of added (`+`), removed (`-`) and changed files.
    pub changes: Vec<String>,
}

/// A content folder and its successive snapshots, each reusing what did not change since the one before.
#[derive(Debug)]
pub struct CapsulePublisher {
    /// How the folder is read, built and rendered.
    pub options: PublishOptions,
    /// What the folder held when it was last read.
    pub contents: Option<Arc<FolderContents>>,
    /// What was built from these contents.
    pub snapshot: Option<Arc<CapsuleSnapshot>>,
    /// Whether the snapshot was built with these options.
    is_current: bool,
    /// Why the folder could not be read the last time.
    pub failure: Option<Problem>,
}

impl CapsulePublisher {
    /// Returns a publisher that has not read its folder. It takes over contents from `previous`, and the snapshot if
    /// that has the same essays and readers: what became private must not stay public while the folder cannot be read.
    pub fn new(options: PublishOptions, previous: Option<&Self>) -> Self {
        let contents = previous.and_then(|previous| previous.contents.clone());
        let reusable = previous.filter(|previous| options.builds_like(&previous.options));
        let snapshot = reusable.and_then(|previous| previous.snapshot.clone());
        Self { options, contents, snapshot, is_current: false, failure: None }
    }

    /// Reads the folder and updates the snapshot to `now`, or keeps it on failure. Returns `None` if nothing changed.
    pub fn publish(&mut self, now: OffsetDateTime) -> Option<Update> {
        let mut contents = match self.options.read_folder(self.contents.as_deref()) {
            Ok(contents) => contents,
            Err(failure) => {
                let is_new = self.failure.as_ref() != Some(&failure);
                self.failure = Some(failure.clone());
                return is_new.then(|| Update { failures: vec![failure], ..Update::default() });
            }
        };
        if let Some(previous) = &self.contents {
            contents.keep_vanished(previous, |file| self.withholds(file, now));
        }
        let could_be_read = self.failure.take().is_none();
        let is_due = !self.is_current || self.next_change().is_some_and(|moment| moment <= now);
        let is_unchanged = |before: &Arc<FolderContents>| {
            before.files.iter().map(Arc::as_ptr).eq(contents.files.iter().map(Arc::as_ptr))
                && before.problems == contents.problems
        };
        if !is_due && self.contents.as_ref().is_some_and(is_unchanged) {
            // What the contents record of unfinished files may differ.
            self.contents = Some(Arc::new(contents));
            return (!could_be_read).then(Update::default);
        }
        let snapshot = CapsuleSnapshot::of(&contents, &self.options, now, self.snapshot.as_deref());
        let before = self.snapshot.as_ref().zip(self.contents.as_ref());
        let before = before.map(|(before, held)| before.published_files(held));
        let changes = before.map_or(Vec::new(), |before| changes(&before, &snapshot.published_files(&contents)));
        let problems = not_in(snapshot.problems.clone(), self.problems());
        self.contents = Some(Arc::new(contents));
        self.snapshot = Some(Arc::new(snapshot));
        self.is_current = true;
        Some(Update { is_new: true, problems, changes, ..Update::default() })
    }

    /// Returns whether `file` is a text that readers do not get, which may withhold others, or hides those below it.
    fn withholds(&self, file: &SourceFile, now: OffsetDateTime) -> bool {
        let is_shown = |essay: &Arc<Essay>| !matches!(essay.visibility(now), Visibility::Hidden(_));
        let shows = |site: &Site| {
            let (texts, essay) = (&site.capsule().texts, site.capsule().read.get(&file.path));
            texts.contains_key(&file.path) || essay.is_some_and(is_shown)
        };
        let mut sites = self.snapshot.iter().flat_map(|snapshot| snapshot.sites());
        !matches!(file.content, Content::File(_)) && (!sites.any(|site| shows(site)) || file.may_cascade())
    }

    /// Returns the public site, once the folder was read.
    pub fn site(&self) -> Option<&Arc<Site>> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.site)
    }

    /// Returns after how long to read the folder again because a file was being written, or patterns just vanished.
    pub fn read_again(&self) -> Option<Duration> {
        self.contents.as_ref().filter(|_| self.failure.is_none())?.read_again
    }

    /// Returns the time until the folder should be read again if no change is reported.
    pub(super) fn next_reading(&self) -> Duration {
        let is_reported = self.failure.is_none() && self.unreported().is_none();
        let usual = if is_reported { POLL } else { POLL_UNREPORTED };
        let poll = self.options.poll.unwrap_or(usual);
        self.read_again().map_or(poll, |wait| wait.clamp(LEAST_WAIT, poll))
    }

    /// Returns why the system may not report changes in the folder, if it may not, and what is done about that.
    pub fn unreported(&self) -> Option<String> {
        let contents = self.contents.as_ref()?;
        let shown = self.options.content.display();
        let why = match contents.unreported {
            Some(kind) => format!("changes by others in `{shown}`, which is on {kind}, are not reported"),
            None if contents.writers.has_missed() => format!("a change in `{shown}` was not reported"),
            None => return None,
        };
        let poll = self.options.poll.unwrap_or(POLL_UNREPORTED).as_secs();
        Some(format!("{why}; the folder is compared with what is published every {poll} s"))
    }

    /// Returns the folders that are read, each with what is known of the programs that write in it, for watchers.
    pub fn watched(&self) -> Vec<(PathBuf, Writers)> {
        let contents = self.contents.as_deref();
        let statics = self.options.recognised.iter().flat_map(Recognised::static_folders);
        let folders = [self.options.content.clone()].into_iter().chain(statics);
        let part = |at| contents.and_then(|contents| contents.parts.get(at).or(Some(contents)));
        let writers = |at| part(at).map(|read| read.writers.clone()).unwrap_or_default();
        folders.enumerate().map(|(at, folder)| (folder, writers(at))).collect()
    }

    /// Returns when an essay appears or expires without any change of a file; `None` while the folder cannot be read.
    pub(super) fn next_change(&self) -> Option<OffsetDateTime> {
        let snapshot = self.snapshot.as_ref().filter(|_| self.failure.is_none())?;
        snapshot.sites().filter_map(|site| site.capsule().next_change).min()
    }

    /// Returns the mistakes in the files of the current snapshot.
    pub fn problems(&self) -> &[Problem] {
        self.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.problems)
    }

    /// Returns the number of files that cannot be published.
    pub fn left_out(&self) -> usize {
        let unreadable = self.contents.as_ref().map_or(0, |contents| contents.problems.len());
        let is_fatal = |problem: &&Problem| problem.severity == Severity::Error && problem.topic == Topic::FrontMatter;
        let places = self.problems().iter().filter(is_fatal).filter_map(|problem| problem.place.as_ref());
        unreadable + places.map(|place| &place.file).collect::<HashSet<_>>().len()
    }

    /// Returns the approximate memory use in bytes, without pages and indexes that readers caused to be made.
    pub fn bytes(&self) -> usize {
        let sites = self.snapshot.iter().flat_map(|snapshot| snapshot.sites());
        let sites = sites.map(|site| site.capsule().bytes());
        let problems = self.problems().iter().map(Problem::bytes);
        self.contents.as_ref().map_or(0, |contents| contents.bytes()) + sites.chain(problems).sum::<usize>()
    }
}

fn not_in(mut problems: Vec<Problem>, known: &[Problem]) -> Vec<Problem> {
    let known: HashSet<_> = known.iter().map(|known| (known.position(), &*known.what)).collect();
    problems.retain(|problem| !known.contains(&(problem.position(), &*problem.what)));
    problems
}

fn changes(before: &PublishedFiles<'_>, after: &PublishedFiles<'_>) -> Vec<String> {
    let paths: BTreeSet<&CapsulePath> = before.keys().chain(after.keys()).copied().collect();
    let change = |path: &CapsulePath| match (before.get(path), after.get(path)) {
        (Some(old), Some(new)) => (!Arc::ptr_eq(old, new)).then(|| path.to_string()),
        (old, _) => Some(format!("{}{path}", if old.is_some() { "-" } else { "+" })),
    };
    paths.into_iter().filter_map(change).collect()
}
