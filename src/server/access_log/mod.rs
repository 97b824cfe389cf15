//! The access log: one line for each connection, written by a thread of its own.
//!
//! A connection sends its [`ConnectionRecord`] into a bounded channel when it ends; the thread formats and writes in
//! batches. When the channel is full, lines are dropped and counted rather than clients delayed.

mod line;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::iter::once;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::Builder;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

pub use line::{LineStyle, LogAddresses, LogFormat, LogLine};

use super::record::ConnectionRecord;

/// Records that may wait to be written: a second of a very busy server.
const QUEUE: usize = 8192;

/// Time for which lines are collected before they are written. During the pause connections need not wake the thread;
/// after a longer pause the batch would occupy a processor for long enough to delay clients.
const BATCH: Duration = Duration::from_millis(10);

/// Time between two warnings about lost lines, so that warnings do not fill the disk that is full already.
const WARNING_INTERVAL: Duration = Duration::from_secs(60);

/// Access mode of a new log: readable by its owner and group.
const MODE: u32 = 0o640;

/// The number of lines that were not written, for the metrics.
pub type LostLines = prometheus_client::metrics::counter::Counter;

/// The sending half of the access log; cheap to clone.
#[derive(Debug, Clone)]
pub struct AccessLog {
    /// Boxed, so that the channel, which is allocated as a whole, is small.
    records: SyncSender<Box<ConnectionRecord>>,
    lost: LostLines,
}

impl AccessLog {
    /// Starts the thread that writes lines of this `style` with `write`, and counts those not written in `lost`. Fails
    /// if it cannot. The receiver is disconnected once every line is written, after the last [`AccessLog`] was dropped.
    pub fn start(
        write: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
        style: LineStyle,
        lost: LostLines,
    ) -> io::Result<(Self, Receiver<()>)> {
        let (records, queue) = sync_channel(QUEUE);
        let log = Self { records, lost: lost.clone() };
        let (end, ended) = channel();
        let work = move || {
            // Dropped at the end, and also if the thread panics.
            let _end = end;
            write_all(write, &style, &queue, &lost);
        };
        Builder::new().name("access-log".to_owned()).spawn(work)?;
        Ok((log, ended))
    }

    /// Queues the line of `record`, or counts it as lost if too many wait.
    pub(super) fn write(&self, record: ConnectionRecord) {
        if self.records.try_send(Box::new(record)).is_err() {
            self.lost.inc();
        }
    }
}

fn write_all(
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
    style: &LineStyle,
    queue: &Receiver<Box<ConnectionRecord>>,
    lost: &LostLines,
) {
    let mut text = Vec::new();
    let (mut known, mut reported, mut reason) = (lost.get(), lost.get(), String::new());
    let mut last_warning: Option<Instant> = None;
    while let Ok(first) = queue.recv() {
        std::thread::sleep(BATCH);
        let mut lines = 0;
        for record in once(first).chain(queue.try_iter().take(QUEUE)) {
            style.write(&record, &mut text);
            lines += 1;
        }
        // A log that cannot be written, as on a full disk, does not stop the server.
        let written = write(&text);
        text.clear();
        if written.is_err() {
            lost.inc_by(lines);
        }
        if lost.get() > known {
            known = lost.get();
            reason = written.map_or_else(|error| error.to_string(), |()| "there were too many at once".to_owned());
        }
        if known > reported && last_warning.is_none_or(|last| last.elapsed() >= WARNING_INTERVAL) {
            warn(known - reported, &reason);
            (reported, last_warning) = (known, Some(Instant::now()));
        }
    }
    if known > reported {
        warn(known - reported, &reason);
    }
}

fn warn(lost: u64, reason: &str) {
    tracing::warn!(lost, "lines of the access log could not be written: {reason}");
}

/// A file that lines are appended to. Clones are handles to it. It need not exist, nor be writable: each write tries.
#[derive(Debug, Clone)]
pub struct LogFile(Arc<Mutex<FileState>>);

#[derive(Debug)]
struct FileState {
    path: PathBuf,
    file: Option<File>,
    /// Whether the open file is to be replaced as soon as the path can be opened.
    is_stale: bool,
    /// Whether the last write was cut off within a line, as on a full disk.
    is_torn: bool,
}

impl LogFile {
    /// Uses the file at `path`, which is created with the first line if it does not exist.
    pub fn new(path: PathBuf) -> Self {
        Self(Arc::new(Mutex::new(FileState { path, file: None, is_stale: true, is_torn: false })))
    }

    /// Opens the file that is at the path now, and closes the previous one, which may have been moved away. Fails if it
    /// cannot be opened: each later write tries again, and until one succeeds, lines go to the previous file.
    pub fn reopen(&self) -> io::Result<()> {
        self.0.lock().open()
    }

    /// Appends `lines`, after a line end if the previous ones were cut off.
    pub fn append(&self, lines: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        let tried = if state.is_stale { state.open() } else { Ok(()) };
        let FileState { file: Some(file), is_torn, .. } = &mut *state else { return tried };
        let ended = if *is_torn { file.write_all(b"\n") } else { Ok(()) };
        let written = ended.and_then(|()| file.write_all(lines));
        *is_torn = written.is_err();
        written
    }

    /// Returns whether a file is open.
    pub fn is_open(&self) -> bool {
        self.0.lock().file.is_some()
    }
}

impl FileState {
    fn open(&mut self) -> io::Result<()> {
        self.is_stale = true;
        // Opening a FIFO without a reader would wait for one.
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        let file = OpenOptions::new().append(true).create(true).mode(MODE).custom_flags(flags).open(&self.path)?;
        self.file = Some(file);
        self.is_stale = false;
        Ok(())
    }
}
