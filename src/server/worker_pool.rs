//! [`WorkerPool`]: threads for one kind of work, which delays no other. They are kept, so that their memory is reused.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// The increment of the nice value that gives a thread the lowest priority.
#[cfg(target_os = "linux")]
const LOWEST_PRIORITY: i32 = 19;

/// What a thread does next: a job, or `None` to end.
type Job = Option<Box<dyn FnOnce() + Send>>;

/// A queue of jobs and the threads that run them. The threads end once the pool is dropped and the queue is empty.
#[derive(Debug)]
pub struct WorkerPool {
    name: String,
    jobs: Sender<Job>,
    queue: Arc<Mutex<Receiver<Job>>>,
}

impl WorkerPool {
    /// Starts `threads` threads named `name`. Fails if the system cannot create a thread.
    pub fn start(name: &str, threads: usize) -> io::Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let pool = Self { name: name.to_owned(), jobs, queue: Arc::new(Mutex::new(queue)) };
        (0..threads).try_for_each(|_| pool.add_thread())?;
        Ok(pool)
    }

    /// Starts one more thread, for example while a slow job holds another. Fails like [`start`](Self::start).
    pub fn add_thread(&self) -> io::Result<()> {
        let queue = Arc::clone(&self.queue);
        Builder::new().name(self.name.clone()).spawn(move || run_jobs(&queue)).map(drop)
    }

    /// Ends one thread after the jobs that are queued.
    pub fn remove_thread(&self) {
        // Cannot fail, because the pool holds the receiver.
        let _ = self.jobs.send(None);
    }

    /// Starts one thread for work that must not delay replies, because other threads go first; fails like `start`.
    pub fn in_background(name: &str) -> io::Result<Self> {
        let pool = Self::start(name, 1)?;
        // On Linux this is the priority of the thread, elsewhere that of the process.
        #[cfg(target_os = "linux")]
        pool.run(|| rustix::process::nice(LOWEST_PRIORITY).map(drop).unwrap_or_default());
        Ok(pool)
    }

    /// Queues `job`.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let _ = self.jobs.send(Some(Box::new(job)));
    }

    /// Queues `job`; the receiver gets its result, or an error if it panicked. A dropped receiver cancels a queued job.
    pub fn compute<T: Send + 'static>(&self, job: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
        let (done, result) = oneshot::channel();
        self.run(move || {
            if !done.is_closed() {
                let _ = done.send(job());
            }
        });
        result
    }
}

fn run_jobs(queue: &Mutex<Receiver<Job>>) {
    loop {
        let Ok(Some(job)) = queue.lock().recv() else { return };
        // A panic, which is reported where it happens, must not end the thread.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}
