//! [`Rounds`]: the thread that makes them.
//!
//! It is always the same one: what the memory of a round leaves behind is then there for the next, and not once more
//! for every thread that ever made one.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use std::{io, thread};

use tokio::sync::oneshot;

use super::banner;
use super::running::{Cause, Running};

/// Makes rounds, one after the other, until it is dropped.
pub(super) struct Rounds(Sender<Order>);

/// A round that is wanted.
struct Order {
    cause: Cause,
    reopens_log: bool,
    done: oneshot::Sender<Option<Round>>,
}

/// What a round left to be followed.
pub(super) struct Round {
    /// When to make another one though nothing says so.
    pub(super) again_after: Option<Duration>,
    /// The folders to watch from now on.
    pub(super) folders: Vec<PathBuf>,
    /// The files to watch from now on.
    pub(super) files: Vec<PathBuf>,
}

impl Rounds {
    /// Of `running`. An error if there is no thread to be had.
    pub(super) fn of(running: Running) -> io::Result<Self> {
        let (orders, coming) = channel();
        thread::Builder::new().name("rounds".to_owned()).spawn(move || make_all(running, &coming))?;
        Ok(Self(orders))
    }

    /// Makes one, and opens the log anew before that if it is asked to; none if it failed.
    pub(super) async fn make(&self, cause: Cause, reopens_log: bool) -> Option<Round> {
        let (done, round) = oneshot::channel();
        self.0.send(Order { cause, reopens_log, done }).ok()?;
        round.await.ok().flatten()
    }
}

fn make_all(mut running: Running, orders: &Receiver<Order>) {
    for Order { cause, reopens_log, done } in orders {
        let round = catch_unwind(AssertUnwindSafe(|| {
            if reopens_log {
                banner::problems(running.reopen_log().as_slice());
            }
            let again_after = running.round(cause);
            Round { again_after, folders: running.folders(), files: running.files() }
        }));
        // A bug in reading one folder must not end the serving of what was read before. Its words are out already.
        let round = round.map_err(|_| tracing::error!("the folder could not be published anew")).ok();
        // Whoever asked may be gone, at the end.
        let _: Result<(), _> = done.send(round);
    }
}
