//! What the system says of a process.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What a process takes; nothing is known of one on another machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Gauge {
    /// Resident memory in millions of bytes.
    pub(crate) megabytes: f64,
    pub(crate) threads: usize,
    /// Open files.
    pub(crate) files: usize,
}

impl Gauge {
    /// What it takes now.
    pub(crate) fn of(process: Option<u64>) -> Self {
        let Some(process) = process else { return Self::default() };
        let count = |name: &str| fs::read_dir(format!("/proc/{process}/{name}")).map_or(0, Iterator::count);
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = resident.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        Self {
            megabytes: kibibytes.unwrap_or_default() * 1024.0 / 1e6,
            threads: count("task"),
            files: count("fd"),
        }
    }
}

/// Watches a process for the most that it takes of each.
pub(crate) struct Most {
    done: Arc<AtomicBool>,
    thread: JoinHandle<Gauge>,
}

impl Most {
    pub(crate) fn watch(process: Option<u64>) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&done);
        let work = move || {
            let mut most = Gauge::of(process);
            while !ended.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(200));
                let now = Gauge::of(process);
                most.megabytes = most.megabytes.max(now.megabytes);
                most.threads = most.threads.max(now.threads);
                most.files = most.files.max(now.files);
            }
            most
        };
        Self { done, thread: thread::spawn(work) }
    }

    pub(crate) fn stop(self) -> Gauge {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().expect("a gauge does not fail")
    }
}
