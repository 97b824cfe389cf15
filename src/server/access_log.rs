//! The access log: one line for each connection, whatever became of it, written off the hot path.
//!
//! A connection keeps a [`Record`] and sends it into a bounded channel when it ends; a thread of its own
//! formats and writes in batches. When the channel is full, lines are dropped and counted rather than
//! readers delayed.

mod file;
mod line;
mod names;
mod read;

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

pub use file::LogFile;
pub use line::{Addresses, Format, Style};
pub use names::{class_name, connection_outcome_name};
pub use read::{LogLine, LoggedRequest};

use super::metrics::Metrics;
use crate::protocol::Outcome;

/// How many lines may wait: a second of a very busy server.
const WAITING: usize = 8192;

/// How long lines are collected before they are written. While the thread pauses, connections need not wake it; and
/// what came together in a longer pause would take it so long that readers wait for the processor.
const BATCH: Duration = Duration::from_millis(10);

/// How often lost lines are told of, while there are some.
const REMINDER: Duration = Duration::from_secs(60);

/// Where connections leave their line; cheap to clone.
#[derive(Debug, Clone)]
pub struct AccessLog {
    /// Boxed, so that the places that are free take little: there are thousands.
    lines: SyncSender<Box<Entry>>,
    dropped: Arc<AtomicU64>,
    metrics: Option<Metrics>,
}

/// The thread that writes. Keep it to [`finish`](Self::finish) at the end.
#[derive(Debug)]
pub struct Writer {
    ended: Receiver<()>,
}

impl AccessLog {
    /// A log that is written to `out` as `style` says, and the thread that does so; it also counts, where there are
    /// `metrics`.
    ///
    /// # Errors
    ///
    /// If there can be no thread.
    pub fn start(
        out: impl Write + Send + 'static,
        style: Style,
        metrics: Option<Metrics>,
    ) -> io::Result<(Self, Writer)> {
        let (lines, waiting) = sync_channel(WAITING);
        let log = Self { lines, dropped: Arc::default(), metrics: metrics.clone() };
        let dropped = Arc::clone(&log.dropped);
        let (at_the_end, ended) = channel();
        let work = move || {
            write_all(out, &style, &waiting, &dropped, metrics.as_ref());
            // Nobody may wait for it.
            let _ = at_the_end.send(());
        };
        thread::Builder::new().name("access-log".to_owned()).spawn(work)?;
        Ok((log, Writer { ended }))
    }
}

impl Writer {
    /// Waits until every line is written, at most for `patience`; says whether it is. Call it after the last
    /// [`AccessLog`] is dropped; blocks.
    pub fn finish(self, patience: Duration) -> bool {
        // Had the thread panicked, that would have been printed.
        self.ended.recv_timeout(patience) != Err(RecvTimeoutError::Timeout)
    }
}

fn write_all(
    mut out: impl Write,
    style: &Style,
    waiting: &Receiver<Box<Entry>>,
    dropped: &AtomicU64,
    metrics: Option<&Metrics>,
) {
    let mut text = String::new();
    let take = |entry: &Entry, text: &mut String| {
        style.write(entry, text);
        if let Some(metrics) = metrics {
            let seconds = entry.took.as_secs_f64();
            metrics.count(entry.protocol, entry.outcome.as_ref(), entry.ending, entry.sent, seconds);
        }
    };
    let mut losses = Losses::default();
    while let Ok(first) = waiting.recv() {
        take(&first, &mut text);
        let mut lines = 1;
        thread::sleep(BATCH);
        for entry in waiting.try_iter().take(WAITING) {
            take(&entry, &mut text);
            lines += 1;
        }
        // A log that cannot be written (a full disk, a closed pipe) must not stop the server.
        let dropped = dropped.swap(0, Ordering::Relaxed);
        let (lost, why) = match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => (dropped, "there were too many at once".to_owned()),
            Err(error) => (lines + dropped, error.to_string()),
        };
        losses.add(lost, &why);
        metrics.inspect(|metrics| metrics.lose(lost));
        losses.tell(Instant::now());
        text.clear();
    }
    losses.tell_all();
}

/// Lines that nobody will read, and that their owner is yet to be told of.
#[derive(Debug, Default)]
struct Losses {
    lines: u64,
    why: String,
    told: Option<Instant>,
}

impl Losses {
    fn add(&mut self, lines: u64, why: &str) {
        if lines > 0 {
            self.lines += lines;
            why.clone_into(&mut self.why);
        }
    }

    /// Tells of them at `now`, unless some were told of just before: what fills the disk must not be our complaints.
    fn tell(&mut self, now: Instant) {
        if self.told.is_none_or(|told| now.duration_since(told) >= REMINDER) {
            self.told = (self.lines > 0).then_some(now);
            self.tell_all();
        }
    }

    fn tell_all(&mut self) {
        if self.lines > 0 {
            tracing::warn!(lost = self.lines, "lines of the access log could not be written: {}", self.why);
            self.lines = 0;
        }
    }
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectionOutcome {
    /// The whole reply went out.
    Whole,
    /// The reply was cut off: the reader left or stopped reading, or a file could not be read to its end.
    Truncated,
    /// Nothing came before the deadline.
    Silent,
    /// What came first belongs to another protocol.
    OtherProtocol,
    /// The handshake failed.
    HandshakeFailed,
    /// The handshake took too long.
    HandshakeTimeout,
    /// The reader left before the request was complete.
    Unfinished,
    /// The request took too long.
    RequestTimeout,
    /// There were too many connections from the same address.
    Refused,
    /// The request was not finished when somebody else needed the place.
    MadeRoom,
    /// It began with what a proxy says, and there is no proxy where it came from.
    UnlistedProxy,
    /// It came from a proxy, which did not say whose connection it is.
    NoProxyHeader,
    /// The server stopped, and did not wait any longer.
    Stopped,
    /// Something broke on our side.
    Broken,
}

/// What there is to say about a connection.
#[derive(Debug)]
struct Entry {
    when: SystemTime,
    protocol: &'static str,
    peer: Option<SocketAddr>,
    outcome: Option<Outcome>,
    ending: ConnectionOutcome,
    sent: u64,
    took: Duration,
}

/// The line of one connection, in the making. It is logged when dropped, so also when the task panics or is given up.
#[derive(Debug)]
pub(super) struct Record {
    log: AccessLog,
    protocol: &'static str,
    /// Who it is with, as soon as that is known.
    pub(super) peer: Option<SocketAddr>,
    started: Instant,
    /// What became of the request, if there was one.
    pub(super) outcome: Option<Outcome>,
    /// How the connection ended.
    pub(super) ending: ConnectionOutcome,
    /// Bytes sent, those of TLS included.
    pub(super) sent: u64,
}

impl Record {
    pub(super) fn new(log: AccessLog, protocol: &'static str, peer: Option<SocketAddr>) -> Self {
        log.metrics.as_ref().inspect(|metrics| metrics.come());
        Self {
            log,
            protocol,
            peer,
            started: Instant::now(),
            outcome: None,
            ending: ConnectionOutcome::Stopped,
            sent: 0,
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.log.metrics.as_ref().inspect(|metrics| metrics.go());
        if thread::panicking() {
            self.ending = ConnectionOutcome::Broken;
        }
        let entry = Box::new(Entry {
            when: SystemTime::now(),
            protocol: self.protocol,
            peer: self.peer,
            outcome: self.outcome.take(),
            ending: self.ending,
            sent: self.sent,
            took: self.started.elapsed(),
        });
        if self.log.lines.try_send(entry).is_err() {
            self.log.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}
