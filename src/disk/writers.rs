//! [`Writers`]: which files of a content folder are still being written, so that none is published in part.
//!
//! A file is complete once reported as closed or, without reports, after a pause, which grows when it was too short.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use nix::unistd::geteuid;
use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};

use super::stamp::{FileIdentity, FileStamp, changed_at, identity};

/// Time without a write after which an open file counts as complete: uploads over bad lines pause for some seconds.
const IDLE: Duration = Duration::from_secs(60);

/// Time after which an open file is published between writes, as a log never ends: enough for 30 MB at 10 KB a second.
const ENDLESS: Duration = Duration::from_secs(3_600);

/// Time without a write after which a file first counts as complete if closing is not reported: uploads pause less.
pub(super) const PATIENCE: Duration = Duration::from_millis(1_500);

/// The longest such time, and for how long it is remembered that a file was unfinished.
const MAX_PATIENCE: Duration = Duration::from_secs(30);

/// Time after the creation of a folder from which all writes in it are reported.
const NEW_FOLDER: Duration = Duration::from_millis(50);

/// What is known of the programs that write the files of a folder. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Writers(Arc<parking_lot::Mutex<State>>);

impl PartialEq for Writers {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Debug, Default)]
struct State {
    /// When each open file was written first and last.
    open: HashMap<FileIdentity, (Instant, Instant)>,
    /// Unfinished files where closing is not reported: size and last write, since when, and how long they must stay so.
    unfinished: HashMap<FileIdentity, ((u64, SystemTime), Instant, Duration)>,
    /// Since when all changes in the folder are reported, if they are.
    watched_since: Option<SystemTime>,
    /// When a change that may concern readers was reported last.
    last_report: Option<SystemTime>,
    /// Whether a change was found that was not reported.
    has_missed: bool,
}

impl Writers {
    /// Notes whether all changes are reported from now on. A file that was open may have been closed before.
    pub(super) fn watch(&self, is_watched: bool) {
        let mut state = self.0.lock();
        state.open.clear();
        state.watched_since = is_watched.then(SystemTime::now);
    }

    /// Notes a writer from a relevant `event`. Returns whether to read the folder now rather than when the file closes.
    pub(super) fn note(&self, event: &notify::Event) -> bool {
        let now = SystemTime::now();
        let mut state = self.0.lock();
        state.last_report = Some(now);
        if event.need_rescan() {
            state.watched_since = Some(now);
        }
        let Some(Ok(metadata)) = event.paths.last().map(fs::symlink_metadata) else { return true };
        // A hard link creates a name without opening the file.
        let may_be_open = metadata.is_file() && (metadata.len() == 0 || !event.kind.is_create());
        match event.kind {
            // Other systems do not report when a file is closed.
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Data(_))
                if may_be_open && cfg!(target_os = "linux") =>
            {
                let now = Instant::now();
                state.open.entry(identity(&metadata)).or_insert((now, now)).1 = now;
                return false;
            }
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => _ = state.open.remove(&identity(&metadata)),
            // Writes in a new folder before it was watched were not reported.
            EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(RenameMode::To)) if metadata.is_dir() => {
                state.watched_since = Some(now + NEW_FOLDER);
            }
            _ => {}
        }
        true
    }

    /// Returns how long it takes until a new or changed file may count as complete; `None` if it does already.
    pub(super) fn wait(&self, metadata: &Metadata) -> Option<Duration> {
        if let Some(wait) = FileStamp::of(metadata).settles_in() {
            return Some(wait);
        }
        let (file, modified, now) = (identity(metadata), metadata.modified().ok()?, Instant::now());
        let content = (metadata.len(), modified);
        let mut state = self.0.lock();
        let changed = changed_at(metadata);
        let is_old = changed.elapsed().is_ok_and(|age| age > PATIENCE * 2);
        let is_watched = state.watched_since.is_some_and(|since| since + NEW_FOLDER < changed);
        state.has_missed |= is_old && is_watched && state.last_report.is_none_or(|last| last < changed);
        if let Some((first, last)) = state.open.get(&file) {
            return IDLE.checked_sub(last.elapsed()).filter(|_| first.elapsed() < ENDLESS);
        }
        if !state.has_missed && state.watched_since.is_some_and(|since| since <= modified) {
            return None;
        }
        let is_over = |since: Instant, patience: Duration| now - since >= patience + MAX_PATIENCE;
        // Cleaned up only before the map grows: an archive may have many thousand files.
        if state.unfinished.len() == state.unfinished.capacity() {
            state.unfinished.retain(|_, (_, since, patience)| !is_over(*since, *patience));
        }
        let (known, since, patience) = state.unfinished.entry(file).or_insert((content, now, PATIENCE));
        if is_over(*since, *patience) {
            (*known, *since, *patience) = (content, now, PATIENCE);
        }
        if *known != content {
            (*known, *since, *patience) = (content, now, (*patience * 2).min(MAX_PATIENCE));
        }
        // A modification time in the future is ignored.
        let age = modified.elapsed().unwrap_or_default().max(since.elapsed());
        patience.checked_sub(age).filter(|wait| !wait.is_zero())
    }

    /// Notes the files below `folder` that programs have open for writing, as far as `/proc` shows them.
    pub(super) fn find(&self, folder: &Path) {
        let entries = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let open_for_writing = |process: &Path, file: &OsStr| {
            let path = fs::read_link(process.join("fd").join(file)).ok().filter(|path| path.starts_with(folder))?;
            let info = fs::read_to_string(process.join("fdinfo").join(file)).ok()?;
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:"))?;
            let flags = i32::from_str_radix(flags.trim(), 8).ok()?;
            fs::metadata(path).ok().filter(|_| flags & libc::O_ACCMODE != libc::O_RDONLY)
        };
        let now = Instant::now();
        for process in entries("/proc".into()).map(|process| process.path()) {
            let files = entries(process.join("fd"));
            let files = files.filter_map(|file| open_for_writing(&process, &file.file_name()));
            self.0.lock().open.extend(files.map(|metadata| (identity(&metadata), (now, now))));
        }
    }

    /// Returns whether `/proc` shows which files the programs of the owner of a file have open. It does not within the
    /// sandbox, nor to other users.
    pub(super) fn sees_owner(metadata: &Metadata) -> bool {
        let can_list = |folder| fs::read_dir(folder).is_ok();
        can_list("/proc/1/fd") || metadata.uid() == geteuid().as_raw() && can_list("/proc")
    }

    /// Returns whether a program has the file open for writing.
    pub(super) fn is_open(&self, file: FileIdentity) -> bool {
        self.0.lock().open.contains_key(&file)
    }

    /// Returns whether a change was found that the system has not reported.
    pub fn has_missed(&self) -> bool {
        self.0.lock().has_missed
    }
}
