//! An ordinary reader, whose waiting times are measured.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};

use crate::target::Target;

/// A request that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pause between two requests, so that the reader itself is no load.
const PAUSE: Duration = Duration::from_millis(5);

/// The results of a reader.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    /// How long each page took, in milliseconds, the shortest first.
    took: Vec<f64>,
    pub(crate) failed: usize,
    /// The first failure.
    pub(crate) complaint: Option<String>,
}

impl Readings {
    pub(crate) fn read(&self) -> usize {
        self.took.len()
    }

    /// Returns the percentile `part` of the times, in milliseconds.
    pub(crate) fn percentile(&self, part: usize) -> f64 {
        self.took.get(self.took.len() * part / 100).copied().unwrap_or(f64::NAN)
    }

    /// Returns the share of requests that got their page.
    pub(crate) fn success(&self) -> f64 {
        let (read, failed) = (as_float(self.read()), as_float(self.failed));
        if read + failed > 0.0 { read / (read + failed) } else { 0.0 }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.took.extend(other.took);
        self.took.sort_by(f64::total_cmp);
        self.failed += other.failed;
        self.complaint = self.complaint.take().or(other.complaint);
    }
}

/// A reader on a thread of its own, so that crowds in this process do not delay it.
pub(crate) struct Reader {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Readings>,
}

impl Reader {
    /// Reads one page of `target` over and over. It must always be the same.
    pub(crate) fn start(target: &Target) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let (target, ended) = (target.clone(), Arc::clone(&done));
        let work = move || {
            let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(read(&target, &ended))
        };
        Self { done, thread: thread::spawn(work) }
    }

    /// Ends the reader and returns its results.
    pub(crate) fn stop(self) -> Readings {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().expect("a reader does not fail")
    }

    /// Reads for `time`, at least once, and returns the results.
    pub(crate) fn of(target: &Target, time: Duration) -> Readings {
        let reader = Self::start(target);
        thread::sleep(time);
        reader.stop()
    }
}

async fn read(target: &Target, done: &AtomicBool) -> Readings {
    let mut readings = Readings::default();
    let mut first = None;
    loop {
        let start = Instant::now();
        let page = match timeout(PATIENCE, target.get(&target.page)).await {
            Ok(page) => page.and_then(|page| {
                let whole = first.get_or_insert(page.len());
                if page.len() == *whole { Ok(()) } else { Err(io::Error::other("not the page it was")) }
            }),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        };
        match page {
            Ok(()) => readings.took.push(start.elapsed().as_secs_f64() * 1_000.0),
            Err(error) => {
                readings.failed += 1;
                readings.complaint.get_or_insert_with(|| error.to_string());
            }
        }
        if done.load(Ordering::Relaxed) {
            break;
        }
        sleep(PAUSE).await;
    }
    readings.took.sort_by(f64::total_cmp);
    readings
}

/// Converts a count for ratios.
#[allow(clippy::cast_precision_loss, reason = "counts of requests")]
pub(crate) fn as_float(count: usize) -> f64 {
    count as f64
}
