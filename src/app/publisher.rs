//! [`Publisher`]: folders → editions, each built on what the one before already knew.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use time::OffsetDateTime;

use super::confine;
use super::reach::Reach;
use crate::capsule::{BuildOptions, Capsule, Hidden, Keys, PrivateArea, build, build_area};
use crate::config::{Config, Private};
use crate::disk::{self, Reading};
use crate::privileges::Sandbox;
use crate::problem::Problem;
use crate::site::{Area, Shelf, Site, SiteOptions};

/// Makes one edition after the other.
#[derive(Debug)]
pub(super) struct Publisher {
    shelves: Vec<Published>,
    sandbox: Sandbox,
}

/// One capsule and what is known of it.
#[derive(Debug)]
struct Published {
    hosts: Vec<String>,
    content: PathBuf,
    ignore: Vec<String>,
    title: Option<String>,
    keys: Keys,
    options: SiteOptions,
    private: Vec<Private>,
    /// What readers of each private area get.
    areas: HashMap<PrivateArea, Arc<Site>>,
    reading: Option<Arc<Reading>>,
    capsule: Arc<Capsule>,
    site: Option<Arc<Site>>,
    problems: Vec<Problem>,
    /// Why the folder could not be read the last time.
    failure: Option<Problem>,
}

/// What one round of publishing came to.
#[derive(Debug)]
pub(super) struct Edition {
    pub(super) shelf: Shelf,
    pub(super) summaries: Vec<Summary>,
    /// Problems that the round before did not have.
    pub(super) problems: Vec<Problem>,
    /// Folders that could not be read at all, unless this was so the round before; what was published of them stays.
    pub(super) failures: Vec<Problem>,
    /// The files that are new, changed or gone, as paths.
    pub(super) changes: Vec<String>,
    pub(super) took: Duration,
    unsettled: bool,
    next_change: Option<OffsetDateTime>,
}

/// One capsule in numbers.
#[derive(Debug, Clone)]
pub(super) struct Summary {
    pub(super) title: String,
    pub(super) content: PathBuf,
    pub(super) essays: usize,
    pub(super) sections: usize,
    pub(super) attachments: usize,
    pub(super) hidden: Hidden,
    pub(super) left_out: usize,
    pub(super) private: usize,
}

impl Edition {
    /// When to publish again though nothing says so: a file was being written, or an essay's day comes.
    pub(super) fn again_after(&self, now: OffsetDateTime, unsettled: Duration) -> Option<Duration> {
        if self.unsettled {
            return Some(unsettled);
        }
        let wait = self.next_change? - now;
        // Timers cannot wait for years; a day from now the question is asked again.
        Some(Duration::try_from(wait).unwrap_or(Duration::ZERO).min(Duration::from_secs(86_400)))
    }
}

impl Publisher {
    /// For the capsules of `config`. What is known of their folders from `before` is taken over, as far as it would
    /// come out the same again.
    pub(super) fn new(config: &Config, reach: &Reach, before: Option<&Self>) -> Self {
        let known = |content: &Path| {
            before.and_then(|before| before.shelves.iter().find(|published| published.content == content))
        };
        let shelves = config.capsules.iter().enumerate().map(|(index, capsule)| {
            let mut options = config.site_options(capsule);
            options.gemini = reach.gemini(capsule);
            options.gopher = reach.gopher(index, capsule).cloned();
            let mut published = Published {
                hosts: capsule.hosts.clone(),
                content: capsule.content.clone(),
                ignore: capsule.ignore.clone(),
                title: capsule.title.clone(),
                keys: Keys::new(config.front_matter.iter().cloned()),
                options,
                private: capsule.private.clone(),
                areas: HashMap::new(),
                reading: None,
                capsule: Arc::default(),
                site: None,
                problems: Vec::new(),
                failure: None,
            };
            if let Some(known) = known(&capsule.content) {
                published.take_over(known);
            }
            published
        });
        let sandbox = before.map(|before| before.sandbox.clone()).unwrap_or_default();
        Self { shelves: shelves.collect(), sandbox }
    }

    /// Says which sandbox folders are read in from now on.
    pub(super) fn confine(&mut self, sandbox: Sandbox) {
        self.sandbox = sandbox;
    }

    /// The sandbox that folders are read in.
    pub(super) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Whether every capsule has something to show.
    pub(super) fn is_complete(&self) -> bool {
        self.shelves.iter().all(|published| published.site.is_some())
    }

    /// Reads every folder and makes the edition that stands in it at `now`.
    pub(super) fn publish(&mut self, now: OffsetDateTime) -> Edition {
        let started = Instant::now();
        let mut edition = Edition {
            shelf: Shelf::default(),
            summaries: Vec::new(),
            problems: Vec::new(),
            failures: Vec::new(),
            changes: Vec::new(),
            took: Duration::ZERO,
            unsettled: false,
            next_change: None,
        };
        let mut sites = Vec::new();
        for published in &mut self.shelves {
            published.round(now, &self.sandbox, &mut edition);
            if let Some(site) = &published.site {
                sites.push((published.hosts.clone(), site.clone()));
            }
        }
        edition.shelf = Shelf::new(sites);
        edition.took = started.elapsed();
        edition
    }
}

impl Published {
    /// Takes over what is known of the same folder: bytes always, essays and pages where they are read in the same
    /// way and for the same readers. What has just become private must not stay public because its folder cannot be
    /// read at this moment.
    fn take_over(&mut self, known: &Self) {
        self.reading.clone_from(&known.reading);
        let how = |published: &Self| {
            (published.keys.clone(), published.options.markdown, published.private.clone())
        };
        if how(self) != how(known) {
            return;
        }
        self.capsule = known.capsule.clone();
        self.problems.clone_from(&known.problems);
        self.site.clone_from(&known.site);
        self.areas.clone_from(&known.areas);
    }

    /// The private areas as they stand in `reading`.
    fn private(
        &mut self,
        reading: &Reading,
        options: &BuildOptions,
        edition: &mut Edition,
        problems: &mut Vec<Problem>,
    ) -> Vec<Area> {
        let mut sites = HashMap::new();
        let mut areas = Vec::new();
        for Private { area, readers } in &self.private {
            let before = self.areas.get(area);
            // At first everything public was read just now.
            let previous = before.map_or(&self.capsule, |site| site.capsule());
            let (capsule, found) = build_area(&reading.files, options, area, Some(previous));
            problems
                .extend(found.into_iter().filter(|problem| !problems.contains(problem)).collect::<Vec<_>>());
            edition.next_change = [edition.next_change, capsule.next_change()].into_iter().flatten().min();
            let before = before.map(AsRef::as_ref);
            let site = Site::for_area(Arc::new(capsule), area.path.clone(), &self.options, before);
            let site = Arc::new(site);
            areas.push(Area::new(site.clone(), readers.clone()));
            sites.insert(area.clone(), site);
        }
        self.areas = sites;
        areas
    }

    fn round(&mut self, now: OffsetDateTime, sandbox: &Sandbox, edition: &mut Edition) {
        let reading = match disk::read(&self.content, &self.ignore, self.reading.as_deref()) {
            Ok(reading) => reading,
            Err(error) => {
                let shown = self.content.display().to_string();
                let problem = Problem::error(format!("the content folder `{shown}` cannot be read: {error}"));
                let problem = problem.hint("check its name and its permissions");
                let problem = confine::replaced(sandbox, &self.content).unwrap_or(problem);
                if self.failure.as_ref() != Some(&problem) {
                    edition.failures.push(problem.clone());
                }
                self.failure = Some(problem);
                return;
            }
        };
        self.failure = None;
        edition.changes.extend(changes(self.reading.as_deref(), &reading));
        edition.unsettled |= reading.unsettled;
        let options = BuildOptions {
            now,
            title: self.title.clone(),
            name: name_of(&self.content),
            keys: self.keys.clone(),
            markdown: self.options.markdown,
            private: self.private.iter().map(|private| private.area.clone()).collect(),
        };
        let (capsule, mut problems) = build(&reading.files, &options, Some(&self.capsule));
        self.capsule = Arc::new(capsule);
        let site = Site::new(self.capsule.clone(), &self.options, self.site.as_deref());
        let areas = self.private(&reading, &options, edition, &mut problems);
        self.site = Some(Arc::new(site.with_areas(areas)));
        edition.summaries.push(Summary {
            title: self.capsule.title().to_owned(),
            content: self.content.clone(),
            essays: self.capsule.essays().len(),
            sections: self.capsule.sections().count() - 1,
            attachments: self.capsule.files().count(),
            hidden: self.capsule.hidden(),
            left_out: reading.problems.len(),
            private: self.private.len(),
        });
        problems.extend(reading.problems.iter().cloned());
        edition.problems.extend(problems.iter().filter(|problem| !self.problems.contains(problem)).cloned());
        edition.next_change = [edition.next_change, self.capsule.next_change()].into_iter().flatten().min();
        self.problems = problems;
        self.reading = Some(Arc::new(reading));
    }
}

/// The paths that differ between two readings; none for the first one.
fn changes(before: Option<&Reading>, after: &Reading) -> Vec<String> {
    let Some(before) = before else { return Vec::new() };
    let mut changes = Vec::new();
    let (mut old, mut new) = (before.files.iter().peekable(), after.files.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return changes,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(old), Some(new)) => old.path.cmp(&new.path),
        };
        match order {
            std::cmp::Ordering::Less => changes.extend(old.next().map(|file| format!("-{}", file.path))),
            std::cmp::Ordering::Greater => changes.extend(new.next().map(|file| format!("+{}", file.path))),
            std::cmp::Ordering::Equal => {
                if let (Some(old), Some(new)) = (old.next(), new.next())
                    && !Arc::ptr_eq(old, new)
                {
                    changes.push(new.path.to_string());
                }
            }
        }
    }
}

/// What a folder is called.
pub(crate) fn name_of(folder: &Path) -> String {
    let whole = folder.canonicalize();
    let whole = whole.as_deref().unwrap_or(folder);
    whole.file_name().map_or_else(|| "essays".to_owned(), |name| name.to_string_lossy().into_owned())
}
