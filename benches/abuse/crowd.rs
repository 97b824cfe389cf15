//! The kinds of hostile or idle clients, and how each behaves. A crowd is a number of clients of one kind.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::target::{Speech, Target, bare};

/// The behaviour of the clients of a crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crowd {
    /// Connect and disconnect, repeatedly.
    Flood,
    /// Connect and send nothing.
    Silent,
    /// Begin a handshake or a selector and do not finish it.
    Half,
    /// Complete the handshake and send no request.
    Held,
    /// Send a byte of a request each second.
    Drip,
    /// Request a large file and read nothing of it.
    Unread,
}

/// How many clients of a crowd connect at the same time: more would wait in the backlog of the system.
const ARRIVING: usize = 200;

impl Crowd {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Silent => "silent",
            Self::Half => "half",
            Self::Held => "held",
            Self::Drip => "drip",
            Self::Unread => "unread",
        }
    }

    /// Returns whether clients can behave like this over the protocol `speech`.
    pub(crate) fn speaks(self, speech: Speech) -> bool {
        self != Self::Held || speech == Speech::Gemini
    }
}

/// The outcome of a crowd.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// How many clients were connected.
    pub(crate) inside: usize,
    /// How long each connection that the server closed was held, the shortest first.
    pub(crate) held: Vec<Duration>,
}

/// Limits how many clients of a crowd connect at the same time, and counts those that are done, connected or not.
#[derive(Debug, Clone)]
pub(crate) struct Arrivals {
    arriving: Arc<Semaphore>,
    arrived: Arc<AtomicUsize>,
}

impl Arrivals {
    pub(crate) fn new() -> Self {
        Self { arriving: Arc::new(Semaphore::new(ARRIVING)), arrived: Arc::default() }
    }

    pub(crate) fn arrived(&self) -> usize {
        self.arrived.load(Ordering::Relaxed)
    }
}

/// Runs a crowd until `until`.
pub(crate) async fn come(crowd: Crowd, size: usize, target: Target, until: Instant, arrivals: Arrivals) -> Outcome {
    let mut all = JoinSet::new();
    for number in 0..size {
        let (target, arrivals) = (target.clone(), arrivals.clone());
        all.spawn(async move { one(crowd, number, &target, until, &arrivals).await });
    }
    let mut visit = Outcome::default();
    for held in all.join_all().await.into_iter().flatten() {
        visit.inside += 1;
        visit.held.extend(held);
    }
    visit.held.sort();
    visit
}

/// Runs one client; returns how long its connection was held, if the server closed it.
pub(crate) async fn one(
    crowd: Crowd,
    number: usize,
    target: &Target,
    until: Instant,
    arrivals: &Arrivals,
) -> io::Result<Option<Duration>> {
    let arriving = arrivals.arriving.acquire().await.expect("the arrivals is never closed");
    let is_bare = matches!(crowd, Crowd::Flood | Crowd::Silent | Crowd::Half);
    let stream = if is_bare { target.reach(number).await.map(bare) } else { target.connect(number).await };
    arrivals.arrived.fetch_add(1, Ordering::Relaxed);
    drop(arriving);
    let mut stream = stream?;
    let start = Instant::now();
    match (crowd, target.speech) {
        (Crowd::Half, Speech::Gemini) => stream.write_all(&[0x16, 0x03, 0x01]).await?,
        (Crowd::Half, Speech::Gopher) => stream.write_all(b"/half a selec").await?,
        (Crowd::Unread, _) => stream.write_all(target.request(&target.large).as_bytes()).await?,
        (Crowd::Flood, _) => {
            drop(stream);
            while Instant::now() < until {
                drop(target.reach(number).await);
            }
            return Ok(None);
        }
        _ => {}
    }
    let (mut reads, writes) = split(stream);
    let mut nothing = [0; 1];
    tokio::select! {
        // A client that reads nothing notices a closed connection only by writing.
        () = drip(number, writes), if matches!(crowd, Crowd::Drip | Crowd::Unread) => {}
        _ = reads.read(&mut nothing), if crowd != Crowd::Unread => {}
        () = sleep_until(until) => return Ok(None),
    }
    Ok(Some(start.elapsed()))
}

/// Writes a byte each second for as long as the server takes it. Clients write at different moments, so that a measured
/// request does not wait for the crowd's own processor time.
async fn drip(number: usize, mut stream: impl AsyncWrite + Unpin) {
    sleep(Duration::from_millis(number as u64 * 7 % 1_000)).await;
    while stream.write_all(b"g").await.is_ok() && stream.flush().await.is_ok() {
        sleep(Duration::from_secs(1)).await;
    }
}
