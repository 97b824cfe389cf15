//! [`WorkerPool`]: a few threads for one kind of work that takes more than a moment.
//!
//! Each kind has its own: what waits for a slow disk cannot keep the others, and however much there is to do, no more
//! of it is done at a time. They are always the same ones, too, so that the memory which one piece of work leaves
//! behind is there for the next, and not once more for every thread that ever came by.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that do one job after the other. They end when this is dropped and everything was done.
#[derive(Debug)]
pub struct WorkerPool {
    jobs: Mutex<Sender<Job>>,
}

impl WorkerPool {
    /// Of so many `threads`, each called `name`.
    ///
    /// # Errors
    ///
    /// If there are no threads to be had.
    pub fn start(name: &str, threads: usize) -> io::Result<Self> {
        let (jobs, waiting) = channel::<Job>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads {
            let waiting = Arc::clone(&waiting);
            thread::Builder::new().name(name.to_owned()).spawn(move || work(&waiting))?;
        }
        Ok(Self { jobs: Mutex::new(jobs) })
    }

    /// Of as many threads as there are processors: for what only computes, more would take longer each.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start).
    pub fn per_processor(name: &str) -> io::Result<Self> {
        Self::start(name, thread::available_parallelism().map_or(1, usize::from))
    }

    /// Does `job` when its turn comes, whoever waits for it or not.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // The threads take jobs for as long as there is somebody to send them.
        let _ = jobs.send(Box::new(job));
    }

    /// Does `job`, and says when it is done; an error if it panicked.
    pub fn run_and_notify(&self, job: impl FnOnce() + Send + 'static) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        self.run(move || {
            job();
            // Whoever asked may have left.
            let _ = done.send(());
        });
        is_done
    }

    /// What comes of `job`, unless nobody waits for that any more when its turn comes; an error if it panicked.
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

fn work(waiting: &Mutex<Receiver<Job>>) {
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A bug in one job must not end the doing of others; the panic is printed where it happens.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn everybody_gets_an_answer_and_few_are_made_at_once() {
        let crew = WorkerPool::start("crew", 2).expect("threads");
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let answers: Vec<_> = (0..32)
            .map(|number| {
                let (inside, most) = (inside.clone(), most.clone());
                crew.compute(move || {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Long enough for others to come in, if they could.
                    thread::sleep(Duration::from_millis(1));
                    inside.fetch_sub(1, Ordering::SeqCst);
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
    async fn nothing_is_computed_for_who_has_left() {
        let crew = WorkerPool::start("crew", 1).expect("threads");
        let (go, wait) = channel::<()>();
        let busy = crew.run_and_notify(move || wait.recv().expect("a word"));
        let count = Arc::new(AtomicUsize::new(0));
        let counting = |count: &Arc<AtomicUsize>| {
            let count = count.clone();
            move || count.fetch_add(1, Ordering::SeqCst)
        };
        let (left, stays) = (crew.compute(counting(&count)), crew.compute(counting(&count)));
        drop(left);
        go.send(()).expect("somebody waits");
        busy.await.expect("done");
        assert_eq!(stays.await.expect("an answer"), 0, "the other one was made before");
    }

    #[tokio::test]
    async fn a_panic_costs_one_answer() {
        let crew = WorkerPool::start("crew", 1).expect("threads");
        assert!(crew.compute::<()>(|| panic!("a bug")).await.is_err());
        assert_eq!(crew.compute(|| 7).await, Ok(7));
    }
}
