//! [`WorkerPool`]: a fixed number of threads for one kind of work.
//!
//! Each kind of work has a pool of its own, so that what waits for a slow disk does not delay the others. The threads
//! stay the same, so that memory which the allocator keeps for a job is used again by the next one.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// A queue of jobs and the threads that run them. The threads end once the pool is dropped and the queue is empty.
#[derive(Debug)]
pub struct WorkerPool {
    jobs: Mutex<Sender<Job>>,
}

impl WorkerPool {
    /// Starts `threads` threads named `name`.
    ///
    /// # Errors
    ///
    /// If the system cannot create a thread.
    pub fn start(name: &str, threads: usize) -> io::Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..threads {
            let queue = Arc::clone(&queue);
            thread::Builder::new().name(name.to_owned()).spawn(move || run_jobs(&queue))?;
        }
        Ok(Self { jobs: Mutex::new(jobs) })
    }

    /// Starts one thread for each processor: the most that helps for work that only computes. Fails like
    /// [`start`](Self::start).
    pub fn per_processor(name: &str) -> io::Result<Self> {
        Self::start(name, thread::available_parallelism().map_or(1, usize::from))
    }

    /// Queues `job`.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // The threads receive for as long as this sender exists.
        let _ = jobs.send(Box::new(job));
    }

    /// Queues `job`; the receiver is ready when it ended, with an error if it panicked.
    pub fn run_and_notify(&self, job: impl FnOnce() + Send + 'static) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        self.run(move || {
            job();
            // The receiver may have been dropped.
            let _ = done.send(());
        });
        is_done
    }

    /// Queues `job`; the receiver gets its result, or an error if it panicked. The job is skipped if the receiver was
    /// dropped before it starts.
    pub fn compute<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
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
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A panic, which is reported where it happens, must not end the thread.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn all_jobs_run_and_few_at_once() {
        let pool = WorkerPool::start("pool", 2).expect("threads");
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let answers: Vec<_> = (0..32)
            .map(|number| {
                let (running, most) = (running.clone(), most.clone());
                pool.compute(move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Long enough for a third job to start, if it could.
                    thread::sleep(Duration::from_millis(1));
                    running.fetch_sub(1, Ordering::SeqCst);
                    number
                })
            })
            .collect();
        for (number, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer.await.expect("an answer"), number);
        }
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn job_is_skipped_once_its_receiver_is_dropped() {
        let pool = WorkerPool::start("pool", 1).expect("threads");
        let (go, wait) = channel::<()>();
        let busy = pool.run_and_notify(move || wait.recv().expect("a word"));
        let count = Arc::new(AtomicUsize::new(0));
        let counting = |count: &Arc<AtomicUsize>| {
            let count = count.clone();
            move || count.fetch_add(1, Ordering::SeqCst)
        };
        let (dropped, kept) = (pool.compute(counting(&count)), pool.compute(counting(&count)));
        drop(dropped);
        go.send(()).expect("received");
        busy.await.expect("done");
        assert_eq!(kept.await.expect("an answer"), 0, "the other job ran");
    }

    #[tokio::test]
    async fn panic_fails_one_job() {
        let pool = WorkerPool::start("pool", 1).expect("threads");
        assert!(pool.compute::<()>(|| panic!("a bug")).await.is_err());
        assert_eq!(pool.compute(|| 7).await, Ok(7));
    }
}
