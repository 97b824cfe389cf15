//! [`Loaders`]: the threads that load capsules.
//!
//! They are the loaders' own: readers of attachments on a slow disk cannot keep them, and however many capsules are
//! asked for at once, no more are loaded at a time. Few threads also leave the memory of what was dropped where the
//! next capsule finds it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

/// More than there are processors on small machines, so that one large capsule does not keep all others waiting.
const THREADS: usize = 4;

type Job = Box<dyn FnOnce() + Send>;

/// The threads that load capsules. They end when this is dropped and everything was done.
pub(super) struct Loaders {
    jobs: Mutex<Sender<Job>>,
}

impl Loaders {
    pub(super) fn start() -> io::Result<Self> {
        let (jobs, waiting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 1..=THREADS {
            let waiting = Arc::clone(&waiting);
            thread::Builder::new().name(format!("loader-{number}")).spawn(move || work(&waiting))?;
        }
        Ok(Self { jobs: Mutex::new(jobs) })
    }

    /// Does `job` when its turn comes, whoever waits for it or not.
    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // The threads take jobs for as long as there is somebody to send them.
        let _ = jobs.send(Box::new(job));
    }

    /// Does `job`, and says when it is done; an error if it panicked.
    pub(super) fn ask(&self, job: impl FnOnce() + Send + 'static) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        self.run(move || {
            job();
            // Whoever asked may have left.
            let _ = done.send(());
        });
        is_done
    }
}

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A bug in loading one capsule must not end the loading of others; the panic is printed where it happens.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
