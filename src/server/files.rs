//! Attachments: sent in pieces of bounded size, without a trip to another thread for what the system has in memory.
//!
//! Most of what readers ask for was read a moment ago and is still in the page cache. It is opened and read right
//! here, which takes microseconds. Only what would wait for a disk goes to a thread that may block.

use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::limits::Limits;
use crate::capsule::FileRef;

type AtOnce = dyn Fn(&FileRef) -> Option<File> + Send + Sync;
type Waiting = dyn Fn(&FileRef) -> io::Result<File> + Send + Sync;

/// How attachments are opened; whatever opens one has checked what it opened.
#[derive(Clone)]
pub struct FileOpener {
    at_once: Arc<AtOnce>,
    waiting: Arc<Waiting>,
    places: Arc<Semaphore>,
    large: Arc<Semaphore>,
}

impl FileOpener {
    /// `at_once` opens a file without waiting for anything, and gives none where it cannot; then `waiting` is asked,
    /// which may wait for a disk, but never blocks on what is no regular file.
    pub fn new(
        at_once: impl Fn(&FileRef) -> Option<File> + Send + Sync + 'static,
        waiting: impl Fn(&FileRef) -> io::Result<File> + Send + Sync + 'static,
    ) -> Self {
        let places = Arc::new(Semaphore::new(Limits::STANDARD.files));
        let large = Arc::new(Semaphore::new(LARGE_AT_ONCE));
        Self { at_once: Arc::new(at_once), waiting: Arc::new(waiting), places, large }
    }

    /// With so many files open at the same time, and not as many as is [standard](Limits::STANDARD).
    #[must_use]
    pub fn with_limit(self, files: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(files.clamp(1, Semaphore::MAX_PERMITS))), ..self }
    }
}

/// How much of a file is taken at a time: four records of TLS (RFC 8446, section 5.1). Of a reader who takes nothing,
/// the last of them wait, after what the system took of them: 38 KB in all. Half of it would save nothing of that, and
/// cost a tenth more for each file.
pub(super) const PIECE: usize = 64 * 1024;

/// How much it is while few pieces of this size are on their way: a file of a mebibyte costs a sixth less. Of twice the
/// size it would cost half as much again, for the C library gives so much memory back to the system each time.
const LARGE: usize = 256 * 1024;

/// How many. They are given for one piece, not for one file: readers who keep up hand theirs on, and those who take
/// nothing hold up two megabytes in all.
const LARGE_AT_ONCE: usize = 8;

thread_local! {
    /// Where a piece lies on its way from the page cache to the wire: no reader who stands still holds on to one.
    static DESK: RefCell<Box<[u8]>> = RefCell::new(vec![0; LARGE].into());
}

/// A file on its way out: what it held when it was opened, neither more nor less.
#[derive(Debug)]
pub(super) struct Stream {
    file: Arc<File>,
    at: u64,
    end: u64,
    large: Arc<Semaphore>,
    /// That the piece on its way may be a large one.
    this_large: Option<OwnedSemaphorePermit>,
    _place: OwnedSemaphorePermit,
}

impl Stream {
    /// Opens a file, as soon as fewer than may be are open.
    pub(super) async fn open(open: &FileOpener, file: FileRef) -> io::Result<Self> {
        let place = Arc::clone(&open.places).acquire_owned().await.expect("the semaphore is never closed");
        let large = Arc::clone(&open.large);
        if let Some(file) = (open.at_once)(&file) {
            return Self::of(file, large, place);
        }
        let open = Arc::clone(&open.waiting);
        blocking(move || Self::of(open(&file)?, large, place)).await
    }

    fn of(file: File, large: Arc<Semaphore>, place: OwnedSemaphorePermit) -> io::Result<Self> {
        let end = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), at: 0, end, large, this_large: None, _place: place })
    }

    /// Hands the next piece to `take`, which says how many bytes of it it took, if that piece needs no waiting; the
    /// rest comes back. None where it does: then [`next`](Self::next) gets it. The piece before it has gone out.
    ///
    /// An error if the file has become shorter since it was opened: the reader then gets a reply that is visibly cut
    /// off instead of one that only looks whole.
    pub(super) fn now(&mut self, take: impl FnOnce(&[u8]) -> usize) -> Option<io::Result<Bytes>> {
        let wanted = self.wanted();
        DESK.with_borrow_mut(|desk| {
            let read = read_now(&self.file, &mut desk[..wanted], self.at)?;
            if read == 0 && wanted > 0 {
                return Some(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.at += read as u64;
            let taken = take(&desk[..read]);
            Some(Ok(Bytes::copy_from_slice(&desk[taken..read])))
        })
    }

    /// The next piece, which may have to be waited for. Errors are those of [`now`](Self::now).
    pub(super) async fn next(&mut self) -> io::Result<Bytes> {
        let (file, at) = (self.file.clone(), self.at);
        let mut piece = vec![0; self.wanted()];
        let piece = blocking(move || file.read_exact_at(&mut piece, at).map(|()| piece)).await?;
        self.at += piece.len() as u64;
        Ok(piece.into())
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.at == self.end
    }

    /// How much of the file was read.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// How long the next piece may be.
    fn wanted(&mut self) -> usize {
        let rest = usize::try_from(self.end - self.at).unwrap_or(LARGE).min(LARGE);
        self.this_large = None;
        if rest > PIECE {
            self.this_large = Arc::clone(&self.large).try_acquire_owned().ok();
        }
        if self.this_large.is_some() { rest } else { rest.min(PIECE) }
    }
}

/// Reads from `at` on what is in the page cache, without waiting; none if nothing is, or if the system cannot say.
#[cfg(target_os = "linux")]
fn read_now(file: &File, space: &mut [u8], at: u64) -> Option<usize> {
    use rustix::io::{IoSliceMut, ReadWriteFlags, preadv2};

    preadv2(file, &mut [IoSliceMut::new(space)], at, ReadWriteFlags::NOWAIT).ok()
}

#[cfg(not(target_os = "linux"))]
fn read_now(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn file_ref() -> FileRef {
        FileRef { root: Arc::from(Path::new("/nowhere")), relative: PathBuf::from("a"), length: 0 }
    }

    /// Both ways to open `path`.
    fn ways(path: &Path) -> [FileOpener; 2] {
        let (here, there) = (path.to_owned(), path.to_owned());
        [
            FileOpener::new(move |_| File::open(&here).ok(), |_| unreachable!("it was opened at once")),
            FileOpener::new(|_| None, move |_| File::open(&there)),
        ]
    }

    /// Everything, where of a piece `take` of its bytes are taken at once.
    async fn read_all(open: &FileOpener, take: fn(usize) -> usize) -> io::Result<Vec<u8>> {
        let mut stream = Stream::open(open, file_ref()).await?;
        let mut all = Vec::new();
        while !stream.is_done() {
            let now = stream.now(|piece| {
                assert!(piece.len() <= LARGE);
                let taken = take(piece.len());
                all.extend_from_slice(&piece[..taken]);
                taken
            });
            let rest = match now {
                Some(rest) => rest?,
                None => stream.next().await?,
            };
            all.extend_from_slice(&rest);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn a_file_arrives_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, LARGE - 1, LARGE, LARGE + 1, 600_000] {
            let path = folder.path().join(length.to_string());
            let bytes: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[1]).collect();
            std::fs::write(&path, &bytes).expect("written");
            for open in ways(&path) {
                for take in [|all| all, |_| 0, |all| all / 3] {
                    let all = read_all(&open, take).await.expect("readable");
                    assert!(all == bytes, "{length} bytes");
                }
            }
        }
    }

    #[tokio::test]
    async fn a_file_cut_short_on_the_way_is_an_error() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        for open in ways(&path) {
            std::fs::write(&path, vec![7; 2 * LARGE]).expect("written");
            let mut stream = Stream::open(&open, file_ref()).await.expect("readable");
            assert!(stream.now(<[u8]>::len).is_none_or(|rest| rest.is_ok()));
            std::fs::write(&path, "short").expect("written");
            // A system that cannot say at once leaves the answer to the way that waits.
            assert!(stream.now(<[u8]>::len).is_none_or(|rest| rest.is_err()));
            assert!(stream.next().await.is_err());
        }
    }

    /// How long the next piece of `stream` is.
    async fn next_length(stream: &mut Stream) -> usize {
        let mut length = 0;
        let piece = stream.now(|piece| {
            length = piece.len();
            length
        });
        match piece {
            Some(rest) => assert!(rest.expect("readable").is_empty(), "all was taken"),
            None => length = stream.next().await.expect("readable").len(),
        }
        length
    }

    /// C4: readers who take nothing hold up few large pieces; those who take theirs hand them on.
    #[tokio::test]
    async fn few_pieces_on_their_way_are_large() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, vec![7; 4 * LARGE]).expect("written");
        for open in ways(&path) {
            let mut standing = Vec::new();
            for _ in 0..LARGE_AT_ONCE {
                let mut stream = Stream::open(&open, file_ref()).await.expect("readable");
                assert_eq!(next_length(&mut stream).await, LARGE);
                standing.push(stream);
            }
            let mut reader = Stream::open(&open, file_ref()).await.expect("readable");
            assert_eq!(next_length(&mut reader).await, PIECE);
            let mut taker = standing.pop().expect("one of them");
            assert_eq!(next_length(&mut taker).await, LARGE, "it hands its own on to itself");
            drop(taker);
            assert_eq!(next_length(&mut reader).await, LARGE);
        }
    }

    /// C4: who comes when too many files are open waits for one of them to be sent.
    #[tokio::test]
    async fn files_are_opened_one_after_the_other_where_few_may_be() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, "words").expect("written");
        let open =
            FileOpener::new(move |_| File::open(&path).ok(), |_| unreachable!("it was opened at once"))
                .with_limit(1);
        let first = Stream::open(&open, file_ref()).await.expect("readable");
        let mut second = std::pin::pin!(Stream::open(&open, file_ref()));
        tokio::select! {
            biased;
            _ = &mut second => unreachable!("the first is still open"),
            () = tokio::task::yield_now() => drop(first),
        }
        assert!(!second.await.expect("readable").is_done());
    }
}
