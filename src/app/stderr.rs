//! The writer of standard error.
//!
//! After startup a thread of its own writes: standard error may be a pipe that is no longer read, and no connection,
//! reload or shutdown may block on it. Messages that do not fit the queue are lost.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::server::WorkerPool;

/// How many messages can wait for the thread: more than publishing a large archive prints.
const QUEUE: usize = 1024;

static WRITER: OnceLock<WorkerPool> = OnceLock::new();

static WAITING: AtomicUsize = AtomicUsize::new(0);

pub(super) fn print(line: impl Display) {
    // A failure could only be reported to standard error.
    let _ = StderrWriter.write_all(format!("{line}\n").as_bytes());
}

pub(super) fn start_thread() -> io::Result<()> {
    if WRITER.set(WorkerPool::start("stderr", 1)?).is_ok() {
        std::panic::set_hook(Box::new(|panic| print(panic)));
    }
    Ok(())
}

pub(super) fn flush(timeout: Duration) {
    let Some(writer) = WRITER.get() else { return };
    let (done, is_done) = std::sync::mpsc::channel();
    writer.run(move || _ = done.send(()));
    // The process ends after the timeout in any case.
    let _ = is_done.recv_timeout(timeout);
}

#[derive(Debug, Clone, Copy)]
pub(super) struct StderrWriter;

impl Write for StderrWriter {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let Some(writer) = WRITER.get() else { return io::stderr().write_all(text).map(|()| text.len()) };
        let message = text.to_vec();
        if WAITING.load(Ordering::Relaxed) < QUEUE {
            WAITING.fetch_add(1, Ordering::Relaxed);
            writer.run(move || {
                _ = io::stderr().write_all(&message);
                WAITING.fetch_sub(1, Ordering::Relaxed);
            });
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
