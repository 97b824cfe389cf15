//! Which files of a content folder are still being written, so that none of them is published in part.
//!
//! Where the system reports when a writer closes a file, that is waited for ([`OpenFiles`]). Elsewhere a file must have
//! been left alone for a while, which gets longer each time the file proves to be unfinished ([`Arrivals`]).

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use notify::Event;
use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RenameMode};

use super::stamp::{FileIdentity, FileStamp, identity, settles_in};

/// Time without a write after which a file counts as complete although a program keeps it open: uploads over bad lines
/// pause for some seconds.
const IDLE: Duration = Duration::from_secs(60);

/// Time after which a file that is still open counts as one that never ends, such as a log, and is published between
/// two writes: enough for 30 MB at 10 KB a second.
const ENDLESS: Duration = Duration::from_secs(3_600);

/// Time for which a file must be left alone at first where closed files are not reported. Uploads write at least once
/// a second.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The longest such time.
const MAX_PATIENCE: Duration = Duration::from_secs(30);

/// How long it is remembered that a file was unfinished.
const MEMORY: Duration = Duration::from_secs(120);

/// Time after the creation of a folder from which writes in it are surely reported.
const NEW_FOLDER: Duration = Duration::from_millis(50);

/// How long the system may take to report a change.
const REPORTED_WITHIN: Duration = Duration::from_secs(3);

/// The files of a folder that programs have open for writing, as far as the system reports that. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct OpenFiles(Arc<Mutex<State>>);

impl PartialEq for OpenFiles {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Debug, Default)]
struct State {
    /// When each file was written first and last.
    written: HashMap<FileIdentity, (Instant, Instant)>,
    /// Since when all changes in the folder are reported, if they are.
    watched_since: Option<SystemTime>,
    /// When a change that may concern readers was reported last.
    last_report: Option<SystemTime>,
    /// Whether a change was found that was not reported.
    is_unreported: bool,
}

/// What is known of the writer of a file.
enum Writer {
    /// A program has the file open, and it counts as complete after this time unless it is written again.
    Open(Duration),
    Closed,
    Unknown,
}

impl OpenFiles {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts anew, with changes reported from now on, if `is_watched`.
    pub(super) fn reset(&self, is_watched: bool) {
        self.state().watched_since = is_watched.then(SystemTime::now);
    }

    /// Notes what `event`, which may concern readers, tells of a writer. Returns whether it calls for reading the folder:
    /// a write does not, as long as the file has to be closed.
    pub(super) fn note(&self, event: &Event) -> bool {
        let now = SystemTime::now();
        let mut state = self.state();
        state.last_report = Some(now);
        if event.need_rescan() {
            state.watched_since = Some(now);
        }
        let metadata = event.paths.last().and_then(|path| fs::symlink_metadata(path).ok());
        let Some(metadata) = metadata else { return true };
        let file = identity(&metadata);
        match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => _ = state.written.remove(&file),
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(RenameMode::To))
                if metadata.is_dir() =>
            {
                // What was written in it before it was watched is not known.
                state.watched_since = Some(now + NEW_FOLDER);
            }
            // Elsewhere no event tells when a file is closed. A link to an existing file is created without being opened.
            EventKind::Modify(ModifyKind::Data(_)) | EventKind::Create(CreateKind::File)
                if cfg!(target_os = "linux") && metadata.is_file() =>
            {
                let is_write = !matches!(event.kind, EventKind::Create(_));
                if is_write || metadata.len() == 0 {
                    let now = Instant::now();
                    state.written.entry(file).or_insert((now, now)).1 = now;
                    return false;
                }
            }
            _ => {}
        }
        true
    }

    /// Finds the files below `folder` that programs have open for writing, as far as this process may see that, and
    /// takes them for open until they are closed.
    pub(super) fn find(&self, folder: &Path) {
        let now = Instant::now();
        for path in open_for_writing(folder) {
            if let Ok(metadata) = fs::metadata(path) {
                self.state().written.insert(identity(&metadata), (now, now));
            }
        }
    }

    fn writer(&self, file: FileIdentity, modified: SystemTime) -> Writer {
        let mut state = self.state();
        if let Some((first, last)) = state.written.get(&file) {
            match IDLE.checked_sub(last.elapsed()) {
                Some(left) if first.elapsed() < ENDLESS => return Writer::Open(left),
                Some(_) => {}
                None => _ = state.written.remove(&file),
            }
            return Writer::Closed;
        }
        match state.watched_since {
            Some(since) if since <= modified && !state.is_unreported => Writer::Closed,
            _ => Writer::Unknown,
        }
    }

    /// Notes that a file which changed at the time `changed` is found, and that the system does not report changes if it
    /// should have reported this one long ago.
    pub(super) fn note_found(&self, changed: SystemTime) {
        let mut state = self.state();
        let is_old = changed.elapsed().is_ok_and(|age| age > REPORTED_WITHIN);
        let is_watched = state.watched_since.is_some_and(|since| since + NEW_FOLDER < changed);
        let is_reported = state.last_report.is_some_and(|last| last + NEW_FOLDER >= changed);
        state.is_unreported |= is_old && is_watched && !is_reported;
    }

    /// Returns whether a change was found that the system has not reported.
    pub fn is_unreported(&self) -> bool {
        self.state().is_unreported
    }

    /// Returns whether a program was found that has the file open for writing.
    pub(super) fn contains(&self, file: FileIdentity) -> bool {
        self.state().written.contains_key(&file)
    }
}

/// Returns the files below `folder` that a process of this system has open for writing.
fn open_for_writing(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let processes = entries("/proc".into()).map(|process| process.path());
    let files = processes.flat_map(|process| {
        let here = entries(process.join("fd")).filter_map(|file| {
            let path = fs::read_link(file.path()).ok().filter(|path| path.starts_with(folder))?;
            let info = fs::read_to_string(process.join("fdinfo").join(file.file_name())).ok()?;
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
            let flags = i32::from_str_radix(flags.trim(), 8).ok()?;
            (flags & libc::O_ACCMODE != libc::O_RDONLY).then_some(path)
        });
        here.collect::<Vec<_>>()
    });
    files.collect()
}

/// Files that were unfinished when the folder was read last, where closed files are not reported.
#[derive(Debug, Clone, Default)]
pub(super) struct Arrivals(HashMap<PathBuf, Arrival>);

#[derive(Debug, Clone, Copy)]
struct Arrival {
    stamp: FileStamp,
    /// When the file was first seen like this.
    since: Instant,
    /// How long it must stay like this.
    patience: Duration,
}

impl Arrivals {
    /// Returns how long it takes until the file at `path`, last modified at `modified`, may count as complete; `None` if
    /// it does already.
    pub(super) fn wait(
        &mut self,
        previous: Option<&Self>,
        open: &OpenFiles,
        path: &Path,
        metadata: &Metadata,
    ) -> Option<Duration> {
        let (stamp, modified) = (FileStamp::of(metadata), metadata.modified().ok()?);
        // A time in the future tells nothing.
        let age = modified.elapsed().unwrap_or(MAX_PATIENCE);
        if let Some(wait) = settles_in(metadata) {
            return Some(wait);
        }
        match open.writer(stamp.identity(), modified) {
            Writer::Open(left) => return Some(left),
            Writer::Closed => return None,
            Writer::Unknown => {}
        }
        let arrival = match previous.and_then(|previous| previous.0.get(path)) {
            Some(known) if known.stamp == stamp => *known,
            known => {
                let patience = known.map_or(PATIENCE, |known| (known.patience * 2).min(MAX_PATIENCE));
                Arrival { stamp, since: Instant::now(), patience }
            }
        };
        self.0.insert(path.to_owned(), arrival);
        arrival.patience.checked_sub(age.max(arrival.since.elapsed())).filter(|wait| !wait.is_zero())
    }

    /// Takes over what is to be remembered of `previous`.
    pub(super) fn remember(&mut self, previous: &Self) {
        for (path, arrival) in previous.0.iter().filter(|(_, arrival)| arrival.since.elapsed() < MEMORY) {
            self.0.entry(path.clone()).or_insert(*arrival);
        }
    }
}
