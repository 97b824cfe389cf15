//! [`Turns`]: answers that take more than a moment are made a few at a time, beside everything else.

use std::sync::Arc;
use std::thread;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

/// As many turns at once as there are processors: more answers side by side would only take longer each, and every one
/// of them costs the process a thread.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self::at_once(thread::available_parallelism().map_or(1, usize::from))
    }
}

impl Turns {
    fn at_once(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }

    /// Waits for a turn and does `work` on it. The other connections of this thread move to another one meanwhile; a
    /// runtime of one thread has none.
    pub(super) async fn take<T>(&self, work: impl FnOnce() -> T) -> T {
        let _turn = self.0.acquire().await.expect("the semaphore is never closed");
        if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
            return work();
        }
        block_in_place(work)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn everybody_gets_a_turn_and_few_have_one_at_once() {
        let turns = Turns::at_once(2);
        let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut all = tokio::task::JoinSet::new();
        for number in 0..32 {
            let (turns, inside, most) = (turns.clone(), inside.clone(), most.clone());
            all.spawn(async move {
                let work = || {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Long enough for others to come in, if they could.
                    thread::sleep(Duration::from_millis(1));
                    inside.fetch_sub(1, Ordering::SeqCst);
                    number
                };
                turns.take(work).await
            });
        }
        let mut served = all.join_all().await;
        served.sort_unstable();
        assert_eq!(served, (0..32).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }
}
