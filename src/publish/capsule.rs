//! [`CapsulePublisher`]: one content folder and its successive snapshots.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::capsule::{self, BuildOptions, Capsule, FrontMatterKeys, HiddenCounts, PrivateArea, SourceFile};
use crate::config::{self, Config, Private};
use crate::disk::{self, FolderContents};
use crate::problem::{Problem, Severity, Topic};
use crate::site::{PrivateSite, Site, SiteOptions};

/// How one content folder is read, built and rendered.
#[derive(Debug, Clone)]
pub struct PublishOptions {
    /// The content folder.
    pub content: PathBuf,
    /// Upper bound for the bytes of texts and names in the folder; a larger folder is not read.
    pub max_bytes: u64,
    /// What to leave out of the folder, as patterns of gitignore.
    pub ignore: Vec<String>,
    /// The configured title.
    pub title: Option<String>,
    /// The archive's own names for front matter keys.
    pub keys: FrontMatterKeys,
    /// The private areas, none of which is part of the public site.
    pub private: Vec<Private>,
    /// Whether the sites of private areas are built and attached to the public site.
    pub with_areas: bool,
    /// How pages are rendered.
    pub site: SiteOptions,
}

impl PublishOptions {
    /// Returns the options that serve `capsule` of `config`, with pages rendered according to `site`.
    pub fn new(config: &Config, capsule: &config::Capsule, site: SiteOptions) -> Self {
        Self {
            ignore: capsule.ignore.clone(),
            title: capsule.title.clone(),
            keys: FrontMatterKeys::new(config.front_matter.iter().cloned()),
            private: capsule.private.clone(),
            ..Self::unconfigured(&capsule.content, site)
        }
    }

    /// Returns the options for a folder that no configuration names.
    pub fn unconfigured(content: &Path, site: SiteOptions) -> Self {
        Self {
            content: content.to_owned(),
            max_bytes: u64::MAX,
            ignore: Vec::new(),
            title: None,
            keys: FrontMatterKeys::default(),
            private: Vec::new(),
            with_areas: true,
            site,
        }
    }

    /// Returns the options for a copy or a search that covers only what every reader gets.
    #[must_use]
    pub fn public_only(self) -> Self {
        Self { with_areas: false, ..self }
    }

    /// Whether pages built with `other` would contain the same essays for the same readers.
    fn builds_like(&self, other: &Self) -> bool {
        (&self.keys, self.site.markdown, &self.private) == (&other.keys, other.site.markdown, &other.private)
    }

    fn read_folder(&self, previous: Option<&FolderContents>) -> Result<FolderContents, Problem> {
        disk::read(&self.content, &self.ignore, previous, self.max_bytes).map_err(|error| {
            let shown = self.content.display();
            Problem::error(format!("the content folder `{shown}` cannot be read: {error}"))
                .hint("check its name and its permissions")
        })
    }

    fn build_options(&self, now: OffsetDateTime) -> BuildOptions {
        BuildOptions {
            now,
            title: self.title.clone(),
            name: folder_name(&self.content),
            keys: self.keys.clone(),
            markdown: self.site.markdown,
            private: self.private.iter().map(|private| private.area.clone()).collect(),
        }
    }
}

/// A capsule as it was in its folder at one moment.
#[derive(Debug)]
pub struct CapsuleSnapshot {
    /// The public site. Private areas are attached if [`PublishOptions::with_areas`] is set.
    pub site: Arc<Site>,
    /// The site of each private area.
    pub areas: Vec<(PrivateArea, Arc<Site>)>,
    /// The mistakes in the files of the folder.
    pub problems: Vec<Problem>,
    /// When an essay appears or expires without any change of a file.
    next_change: Option<OffsetDateTime>,
}

impl CapsuleSnapshot {
    /// Reads the content folder and builds the snapshot for `now`.
    ///
    /// # Errors
    ///
    /// If the folder itself cannot be read.
    pub fn read(options: &PublishOptions, now: OffsetDateTime) -> Result<Self, Problem> {
        Ok(Self::build(&options.read_folder(None)?, options, now, None))
    }

    /// Builds the snapshot of `reading`, reusing what did not change since `previous`.
    fn build(
        reading: &FolderContents,
        options: &PublishOptions,
        now: OffsetDateTime,
        previous: Option<&Self>,
    ) -> Self {
        let build_options = options.build_options(now);
        let known = previous.map(|previous| &**previous.site.capsule());
        let (capsule, mut problems) = capsule::build(&reading.files, &build_options, known);
        let mut next_change = capsule.next_change();
        let previous_site = previous.map(|previous| &*previous.site);
        let site = Site::new(Arc::new(capsule), &options.site, previous_site);
        let (mut areas, mut attached) = (Vec::new(), Vec::new());
        for Private { area, readers } in options.private.iter().filter(|_| options.with_areas) {
            let previous = previous.and_then(|previous| previous.area(area));
            // The public capsule was built from the same reading: an area seen for the first time reuses its essays.
            let known = previous.map_or(site.capsule(), |previous| previous.capsule());
            let (capsule, found) = capsule::build_area(&reading.files, &build_options, area, Some(known));
            let found: Vec<Problem> = found.into_iter().filter(|found| !problems.contains(found)).collect();
            problems.extend(found);
            next_change = [next_change, capsule.next_change()].into_iter().flatten().min();
            let site = Site::for_private_area(Arc::new(capsule), area.path.clone(), &options.site, previous);
            let site = Arc::new(site);
            attached.push(PrivateSite::new(site.clone(), readers.clone()));
            areas.push((area.clone(), site));
        }
        problems.extend(reading.problems.iter().cloned());
        Self { site: Arc::new(site.with_private_areas(attached)), areas, problems, next_change }
    }

    fn area(&self, wanted: &PrivateArea) -> Option<&Site> {
        self.areas.iter().find(|(area, _)| area == wanted).map(|(_, site)| &**site)
    }
}

/// Renders a capsule in which `file` is published even if it is a draft or has a future date, for its author. Its
/// neighbours are read from the content folder unless it `stands_alone`; a folder that cannot be read has no neighbours.
pub fn preview(
    file: SourceFile,
    options: &PublishOptions,
    stands_alone: bool,
    now: OffsetDateTime,
) -> (Site, Vec<Problem>) {
    let reading = if stands_alone { None } else { options.read_folder(None).ok() };
    let mut files = reading.map(|reading| reading.files).unwrap_or_default();
    let file = Arc::new(file);
    match files.binary_search_by(|other| other.path.cmp(&file.path)) {
        Ok(at) => files[at] = file.clone(),
        Err(at) => files.insert(at, file.clone()),
    }
    let (capsule, problems) = capsule::preview(&files, &options.build_options(now), &file.path);
    (Site::new(Arc::new(capsule), &options.site, None), problems)
}

/// One content folder and its successive snapshots, each reusing what did not change since the one before.
#[derive(Debug)]
pub struct CapsulePublisher {
    options: PublishOptions,
    reading: Option<Arc<FolderContents>>,
    snapshot: Option<Arc<CapsuleSnapshot>>,
    /// Why the folder could not be read the last time.
    failure: Option<Problem>,
}

/// The difference between two snapshots of a capsule.
#[derive(Debug)]
pub struct CapsuleUpdate {
    pub(super) summary: Summary,
    /// Problems that the previous snapshot did not have.
    pub(super) problems: Vec<Problem>,
    /// The paths of added (`+`), removed (`-`) and changed files.
    pub(super) changes: Vec<String>,
    /// Whether a file was being written while the folder was read.
    pub unsettled: bool,
    /// When an essay appears or expires without any change of a file.
    pub next_change: Option<OffsetDateTime>,
}

/// A capsule in numbers, for the startup message.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The title of the capsule.
    pub title: String,
    /// Where the title comes from, in words.
    pub title_source: &'static str,
    /// The content folder.
    pub content: PathBuf,
    /// Public essays.
    pub essays: usize,
    /// Folders below the root that are published.
    pub sections: usize,
    /// Published files that are no text.
    pub attachments: usize,
    /// Essays that readers do not get.
    pub hidden: HiddenCounts,
    /// Files that cannot be published.
    pub left_out: usize,
    /// Private areas.
    pub private: usize,
}

impl CapsulePublisher {
    /// Returns a publisher that has not read its folder yet.
    pub fn new(options: PublishOptions) -> Self {
        Self { options, reading: None, snapshot: None, failure: None }
    }

    /// Reuses what `previous` knows of the same folder: the bytes in any case, and its snapshot if the options publish
    /// the same essays to the same readers. Otherwise essays that just became private would stay public while the
    /// folder cannot be read.
    pub fn reuse(&mut self, previous: &Self) {
        self.reading.clone_from(&previous.reading);
        if self.options.builds_like(&previous.options) {
            self.snapshot.clone_from(&previous.snapshot);
        }
    }

    /// The content folder.
    pub(super) fn content(&self) -> &Path {
        &self.options.content
    }

    /// The public site, once the folder was read.
    pub fn site(&self) -> Option<&Arc<Site>> {
        self.snapshot.as_ref().map(|snapshot| &snapshot.site)
    }

    /// The number of public essays.
    pub(super) fn essays(&self) -> usize {
        self.site().map_or(0, |site| site.capsule().essays().len())
    }

    /// The mistakes in the files of the current snapshot.
    pub fn problems(&self) -> &[Problem] {
        self.snapshot.as_ref().map_or(&[], |snapshot| &snapshot.problems)
    }

    /// Returns the approximate memory use in bytes, without pages and indexes that readers caused to be made.
    pub fn bytes(&self) -> usize {
        let reading = self.reading.as_ref().map_or(0, |reading| reading.bytes());
        let sites = self.snapshot.iter().flat_map(|snapshot| {
            let areas = snapshot.areas.iter().map(|(_, site)| site);
            [&snapshot.site].into_iter().chain(areas)
        });
        reading + sites.map(|site| site.capsule().bytes()).sum::<usize>()
    }

    /// Reads the folder and replaces the snapshot by the one for `now`.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read; the previous snapshot stays.
    pub fn publish(&mut self, now: OffsetDateTime) -> Result<CapsuleUpdate, Problem> {
        let reading = self.options.read_folder(self.reading.as_deref())?;
        Ok(self.replace_snapshot(reading, now))
    }

    /// As [`publish`](Self::publish), but returns `None` if nothing in the folder changed and no essay `is_due`.
    ///
    /// # Errors
    ///
    /// Those of [`publish`](Self::publish).
    pub fn publish_changes(
        &mut self,
        now: OffsetDateTime,
        is_due: bool,
    ) -> Result<Option<CapsuleUpdate>, Problem> {
        let reading = self.options.read_folder(self.reading.as_deref())?;
        if !is_due && self.reading.as_ref().is_some_and(|before| is_unchanged(before, &reading)) {
            return Ok(None);
        }
        Ok(Some(self.replace_snapshot(reading, now)))
    }

    /// Remembers why the folder cannot be read; returns the reason unless it is the one of the last attempt.
    pub(super) fn new_failure(&mut self, failure: Problem) -> Option<Problem> {
        let is_new = self.failure.as_ref() != Some(&failure);
        self.failure = Some(failure.clone());
        is_new.then_some(failure)
    }

    fn replace_snapshot(&mut self, reading: FolderContents, now: OffsetDateTime) -> CapsuleUpdate {
        self.failure = None;
        let snapshot = CapsuleSnapshot::build(&reading, &self.options, now, self.snapshot.as_deref());
        let broken: HashSet<Arc<str>> = snapshot.problems.iter().filter_map(unpublished_file).collect();
        let is_new = |problem: &&Problem| !self.problems().contains(problem);
        let update = CapsuleUpdate {
            summary: self.summary(snapshot.site.capsule(), reading.problems.len() + broken.len()),
            problems: snapshot.problems.iter().filter(is_new).cloned().collect(),
            changes: self.reading.as_ref().map_or(Vec::new(), |before| changes(before, &reading, &broken)),
            unsettled: reading.unsettled,
            next_change: snapshot.next_change,
        };
        self.reading = Some(Arc::new(reading));
        self.snapshot = Some(Arc::new(snapshot));
        update
    }

    fn summary(&self, capsule: &Capsule, left_out: usize) -> Summary {
        let title_source = match &self.options.title {
            Some(_) => "as configured",
            None if capsule.title() == folder_name(&self.options.content) => "as its folder is called",
            None => "as its introduction says",
        };
        Summary {
            title: capsule.title().to_owned(),
            title_source,
            content: self.options.content.clone(),
            essays: capsule.essays().len(),
            sections: capsule.sections().count() - 1,
            attachments: capsule.files().count(),
            hidden: capsule.hidden(),
            left_out,
            private: self.options.private.len(),
        }
    }
}

/// Whether both readings hold the same files, none of them half written.
fn is_unchanged(before: &FolderContents, after: &FolderContents) -> bool {
    let same = |(a, b): (&Arc<SourceFile>, &Arc<SourceFile>)| Arc::ptr_eq(a, b);
    !(before.unsettled || after.unsettled)
        && before.files.len() == after.files.len()
        && before.files.iter().zip(&after.files).all(same)
        && before.problems == after.problems
}

/// The file that this problem keeps from being published: its front matter cannot be read.
fn unpublished_file(problem: &Problem) -> Option<Arc<str>> {
    let is_fatal = problem.severity == Severity::Error && problem.topic == Topic::FrontMatter;
    problem.place.as_ref().filter(|_| is_fatal).map(|place| Arc::clone(&place.file))
}

/// The paths that differ between two readings, without the `broken` files, of which readers keep the previous version.
fn changes(before: &FolderContents, after: &FolderContents, broken: &HashSet<Arc<str>>) -> Vec<String> {
    let is_broken = |file: &SourceFile| broken.contains(file.path.as_relative());
    let mut changes = Vec::new();
    let (mut old, mut new) = (before.files.iter().peekable(), after.files.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.path.cmp(&new.path),
        };
        let removed = if order.is_le() { old.next() } else { None };
        let added = if order.is_ge() { new.next() } else { None };
        match (removed, added.filter(|file| !is_broken(file))) {
            (Some(old), None) if added.is_none() => changes.push(format!("-{}", old.path)),
            (None, Some(new)) => changes.push(format!("+{}", new.path)),
            (Some(old), Some(new)) if !Arc::ptr_eq(old, new) => changes.push(new.path.to_string()),
            _ => {}
        }
    }
}

/// The name of a folder, which is the title of a capsule that has no other.
fn folder_name(folder: &Path) -> String {
    let real = folder.canonicalize();
    let real = real.as_deref().unwrap_or(folder);
    real.file_name().map_or_else(|| "essays".to_owned(), |name| name.to_string_lossy().into_owned())
}
