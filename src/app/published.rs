//! [`Published`]: one folder → one edition after the other, each built on what the one before already knew.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::capsule::{
    BuildOptions, Capsule, FrontMatterKeys, HiddenCounts, PrivateArea, SourceFile, build, build_area,
};
use crate::config::{self, Config, Private};
use crate::disk::{self, FolderContents};
use crate::problem::{Problem, Severity, Topic};
use crate::site::{PrivateSite, Site, SiteOptions};

/// One capsule and what is known of it.
#[derive(Debug)]
pub(super) struct Published {
    pub(super) content: PathBuf,
    /// The most bytes that the folder may hold.
    most: u64,
    ignore: Vec<String>,
    title: Option<String>,
    keys: FrontMatterKeys,
    options: SiteOptions,
    private: Vec<Private>,
    /// What readers of each private area get.
    areas: HashMap<PrivateArea, Arc<Site>>,
    reading: Option<Arc<FolderContents>>,
    capsule: Arc<Capsule>,
    /// What everybody gets, once the folder was read.
    pub(super) site: Option<Arc<Site>>,
    problems: Vec<Problem>,
    /// Why the folder could not be read the last time.
    failure: Option<Problem>,
}

/// What one round of publishing came to for one capsule.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) summary: Summary,
    /// Problems that the round before did not have.
    pub(super) problems: Vec<Problem>,
    /// The files that are new, changed or gone, as paths.
    pub(super) changes: Vec<String>,
    /// Whether a file was being written.
    pub(super) unsettled: bool,
    /// When an essay comes or goes though no file changes.
    pub(super) next_change: Option<OffsetDateTime>,
}

/// One capsule in numbers.
#[derive(Debug, Clone)]
pub(super) struct Summary {
    pub(super) title: String,
    /// Where that comes from, in words.
    pub(super) titled: &'static str,
    pub(super) content: PathBuf,
    pub(super) essays: usize,
    pub(super) sections: usize,
    pub(super) attachments: usize,
    pub(super) hidden: HiddenCounts,
    pub(super) left_out: usize,
    pub(super) private: usize,
}

impl Published {
    /// A capsule of `config` with pages made as `options` say; nothing is read yet.
    pub(super) fn new(config: &Config, capsule: &config::Capsule, options: SiteOptions) -> Self {
        Self {
            content: capsule.content.clone(),
            most: u64::MAX,
            ignore: capsule.ignore.clone(),
            title: capsule.title.clone(),
            keys: FrontMatterKeys::new(config.front_matter.iter().cloned()),
            options,
            private: capsule.private.clone(),
            areas: HashMap::new(),
            reading: None,
            capsule: Arc::default(),
            site: None,
            problems: Vec::new(),
            failure: None,
        }
    }

    /// The same, for a folder that is not read if it holds more than `most` bytes of texts and names.
    pub(super) fn within(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// Notes why the folder cannot be read; gives it back if it is another reason than the last time.
    pub(super) fn news(&mut self, failure: Problem) -> Option<Problem> {
        let is_known = self.failure.as_ref() == Some(&failure);
        self.failure = Some(failure.clone());
        (!is_known).then_some(failure)
    }

    /// Takes over what is known of the same folder: bytes always, essays and pages where they are read in the same
    /// way and for the same readers. What has just become private must not stay public because its folder cannot be
    /// read at this moment.
    pub(super) fn take_over(&mut self, known: &Self) {
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

    /// Reads the folder and makes the edition that stands in it at `now`.
    ///
    /// # Errors
    ///
    /// If the folder cannot be read at all; what was published of it stays.
    pub(super) fn round(&mut self, now: OffsetDateTime) -> Result<Round, Problem> {
        let reading = self.read()?;
        self.failure = None;
        Ok(self.edition(reading, now))
    }

    /// As [`Self::round`], but only if anything changed in the folder since the round before, or `due` says so.
    pub(super) fn look(&mut self, now: OffsetDateTime, due: bool) -> Result<Option<Round>, Problem> {
        let reading = self.read()?;
        let is_same = |before: &Arc<FolderContents>| {
            let same = |(a, b): (&Arc<_>, &Arc<_>)| Arc::ptr_eq(a, b);
            !(before.unsettled || reading.unsettled)
                && before.files.len() == reading.files.len()
                && before.files.iter().zip(&reading.files).all(same)
                && before.problems == reading.problems
        };
        if !due && self.reading.as_ref().is_some_and(is_same) {
            return Ok(None);
        }
        Ok(Some(self.edition(reading, now)))
    }

    /// How many essays everybody may see.
    pub(super) fn essays(&self) -> usize {
        self.capsule.essays().len()
    }

    /// Everything that is wrong with the files of the edition.
    pub(super) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// About how many bytes of memory it takes, besides what readers have had made of it.
    pub(super) fn bytes(&self) -> usize {
        let reading = self.reading.as_ref().map_or(0, |reading| reading.bytes());
        let areas: usize = self.areas.values().map(|site| site.capsule().bytes()).sum();
        reading + self.capsule.bytes() + areas
    }

    fn titled(&self) -> &'static str {
        match &self.title {
            Some(_) => "as configured",
            None if self.capsule.title() == name_of(&self.content) => "as its folder is called",
            None => "as its introduction says",
        }
    }

    fn read(&self) -> Result<FolderContents, Problem> {
        disk::read_limited(self.most, &self.content, &self.ignore, self.reading.as_deref()).map_err(|error| {
            let shown = self.content.display().to_string();
            Problem::error(format!("the content folder `{shown}` cannot be read: {error}"))
                .hint("check its name and its permissions")
        })
    }

    fn edition(&mut self, reading: FolderContents, now: OffsetDateTime) -> Round {
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
        let mut next_change = self.capsule.next_change();
        let site = Site::new(self.capsule.clone(), &self.options, self.site.as_deref());
        let areas = self.private(&reading, &options, &mut next_change, &mut problems);
        self.site = Some(Arc::new(site.with_private_areas(areas)));
        let broken: HashSet<Arc<str>> = problems.iter().filter_map(broken).collect();
        problems.extend(reading.problems.iter().cloned());
        let round = Round {
            summary: Summary {
                title: self.capsule.title().to_owned(),
                titled: self.titled(),
                content: self.content.clone(),
                essays: self.capsule.essays().len(),
                sections: self.capsule.sections().count() - 1,
                attachments: self.capsule.files().count(),
                hidden: self.capsule.hidden(),
                left_out: reading.problems.len() + broken.len(),
                private: self.private.len(),
            },
            problems: problems.iter().filter(|problem| !self.problems.contains(problem)).cloned().collect(),
            changes: changes(self.reading.as_deref(), &reading, &broken),
            unsettled: reading.unsettled,
            next_change,
        };
        self.problems = problems;
        self.reading = Some(Arc::new(reading));
        round
    }

    /// The private areas as they stand in `reading`.
    fn private(
        &mut self,
        reading: &FolderContents,
        options: &BuildOptions,
        next_change: &mut Option<OffsetDateTime>,
        problems: &mut Vec<Problem>,
    ) -> Vec<PrivateSite> {
        let mut sites = HashMap::new();
        let mut areas = Vec::new();
        for Private { area, readers } in &self.private {
            let before = self.areas.get(area);
            // At first everything public was read just now.
            let previous = before.map_or(&self.capsule, |site| site.capsule());
            let (capsule, found) = build_area(&reading.files, options, area, Some(previous));
            problems
                .extend(found.into_iter().filter(|problem| !problems.contains(problem)).collect::<Vec<_>>());
            *next_change = [*next_change, capsule.next_change()].into_iter().flatten().min();
            let before = before.map(AsRef::as_ref);
            let site = Site::for_private_area(Arc::new(capsule), area.path.clone(), &self.options, before);
            let site = Arc::new(site);
            areas.push(PrivateSite::new(site.clone(), readers.clone()));
            sites.insert(area.clone(), site);
        }
        self.areas = sites;
        areas
    }
}

/// The text that cannot be published for this problem: what it says of itself cannot be read.
fn broken(problem: &Problem) -> Option<Arc<str>> {
    let keeps_back = problem.severity == Severity::Error && problem.topic == Topic::FrontMatter;
    problem.place.as_ref().filter(|_| keeps_back).map(|place| Arc::clone(&place.file))
}

/// The paths that differ between two readings for readers, who do not get the `broken` ones; none for the first
/// reading.
fn changes(
    before: Option<&FolderContents>,
    after: &FolderContents,
    broken: &HashSet<Arc<str>>,
) -> Vec<String> {
    let Some(before) = before else { return Vec::new() };
    let is_broken = |file: &SourceFile| broken.contains(file.path.as_str().trim_start_matches('/'));
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
            std::cmp::Ordering::Greater => {
                let new = new.next().filter(|file| !is_broken(file));
                changes.extend(new.map(|file| format!("+{}", file.path)));
            }
            std::cmp::Ordering::Equal => {
                if let (Some(old), Some(new)) = (old.next(), new.next())
                    && !Arc::ptr_eq(old, new)
                    && !is_broken(new)
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
