//! Attachments: files sent in chunks of bounded size, on a network thread as long as no disk is waited for.
//!
//! Most files are in the page cache and read in microseconds. Only what waits for a disk goes to a blocking thread.

use std::cell::RefCell;
use std::fs::File;
use std::future::poll_fn;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{spawn_blocking, yield_now};

use super::wire::{CHUNK, ClientStream, Wire};
use crate::capsule::FileRef;

/// Chunk size in bytes while at most [`LARGE_CHUNKS_IN_FLIGHT`] are being sent. It makes 1 MiB cost a sixth less
/// (`benches/serving`, row "1 MiB"); twice the size costs half as much again, as the C library unmaps such buffers.
const LARGE_CHUNK: usize = 256 * 1024;

/// Large chunks in flight over all connections. Clients that keep up release theirs; others hold two megabytes in all.
const LARGE_CHUNKS_IN_FLIGHT: usize = 8;

/// Bytes of a file after which the task yields: half a millisecond of work, where yielding costs some 20 µs.
const YIELD_AFTER: u64 = 1024 * 1024;

thread_local! {
    /// Holds a chunk between the page cache and the wire, so that a slow client does not hold a buffer of its own.
    static READ_BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; LARGE_CHUNK].into());
}

type OpenNow = dyn Fn(&FileRef) -> Option<File> + Send + Sync;
type OpenBlocking = dyn Fn(&FileRef) -> io::Result<File> + Send + Sync;

/// Opens attachments, a limited number at once. Clones share the limit.
#[derive(Clone)]
pub struct FileOpener {
    now: Arc<OpenNow>,
    blocking: Arc<OpenBlocking>,
    slots: Arc<Semaphore>,
    large_chunks: Arc<Semaphore>,
}

impl FileOpener {
    /// Creates an opener of at most `limit` files at once. `now` opens a file without waiting; if it returns `None`,
    /// `blocking` is called on another thread, where it may wait for a disk, not for a FIFO. Both check what they open.
    pub fn new(
        now: impl Fn(&FileRef) -> Option<File> + Send + Sync + 'static,
        blocking: impl Fn(&FileRef) -> io::Result<File> + Send + Sync + 'static,
        limit: usize,
    ) -> Self {
        Self {
            now: Arc::new(now),
            blocking: Arc::new(blocking),
            slots: Arc::new(Semaphore::new(limit.clamp(1, Semaphore::MAX_PERMITS))),
            large_chunks: Arc::new(Semaphore::new(LARGE_CHUNKS_IN_FLIGHT)),
        }
    }

    async fn open(&self, file: FileRef) -> io::Result<Attachment> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.expect("the semaphore is never closed");
        let large_chunks = Arc::clone(&self.large_chunks);
        if let Some(file) = (self.now)(&file) {
            return Attachment::new(file, large_chunks, slot);
        }
        let open = Arc::clone(&self.blocking);
        spawn_blocking(move || Attachment::new(open(&file)?, large_chunks, slot)).await?
    }
}

/// Why an attachment was not sent to its end.
#[derive(Debug)]
pub(super) enum SendError {
    /// It could not be opened or read. No byte was sent, so an error can still be sent instead.
    Unsent(io::Error),
    /// The client left or stopped reading, or the file could not be read further.
    CutOff,
}

pub(super) async fn send<S: ClientStream>(
    wire: &mut Wire<S>,
    mut head: Bytes,
    file: FileRef,
    files: &FileOpener,
) -> Result<(), SendError> {
    let opened =
        tokio::time::timeout(wire.socket().stall, files.open(file)).await.unwrap_or_else(|error| Err(error.into()));
    let mut file = opened.map_err(SendError::Unsent)?;
    let mut last_yield = 0;
    loop {
        let is_first = file.position == 0;
        let read = poll_fn(|cx| Poll::Ready(file.next_cached(|chunk| wire.accept_now(cx, &mut head, chunk))));
        let rest = match read.await {
            Some(rest) => rest,
            None => file.next_blocking().await,
        };
        let rest = rest.map_err(|error| if is_first { SendError::Unsent(error) } else { SendError::CutOff })?;
        let is_last = file.position == file.end;
        let sent = wire.send(std::mem::take(&mut head), rest, is_last).await;
        sent.map_err(|_| SendError::CutOff)?;
        if is_last {
            return Ok(());
        }
        if file.position - last_yield >= YIELD_AFTER {
            last_yield = file.position;
            yield_now().await;
        }
    }
}

/// An open file: exactly the bytes that it held when it was opened.
#[derive(Debug)]
struct Attachment {
    file: Arc<File>,
    position: u64,
    end: u64,
    large_chunks: Arc<Semaphore>,
    /// Allows the chunk being sent to be a large one.
    large_chunk: Option<OwnedSemaphorePermit>,
    _slot: OwnedSemaphorePermit,
}

impl Attachment {
    fn new(file: File, large_chunks: Arc<Semaphore>, slot: OwnedSemaphorePermit) -> io::Result<Self> {
        let end = file.metadata()?.len();
        Ok(Self { file: Arc::new(file), position: 0, end, large_chunks, large_chunk: None, _slot: slot })
    }

    /// Reads the next chunk, once the one before is sent, if that needs no waiting, and passes it to `accept`, which
    /// returns how many bytes it took. Returns the rest, or `None` if [`next_blocking`](Self::next_blocking) has to
    /// read the chunk. Also fails if the file became shorter since it was opened: the reply is then visibly cut off.
    fn next_cached(&mut self, accept: impl FnOnce(&[u8]) -> usize) -> Option<io::Result<Bytes>> {
        let wanted = self.next_length();
        READ_BUFFER.with_borrow_mut(|buffer| {
            let read = read_cached(&self.file, &mut buffer[..wanted], self.position)?;
            if read == 0 && wanted > 0 {
                return Some(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.position += read as u64;
            let taken = accept(&buffer[..read]);
            Some(Ok(Bytes::copy_from_slice(&buffer[taken..read])))
        })
    }

    /// Reads the next chunk on a thread that may block. Fails like [`next_cached`](Self::next_cached).
    async fn next_blocking(&mut self) -> io::Result<Bytes> {
        let (file, position) = (Arc::clone(&self.file), self.position);
        let mut chunk = vec![0; self.next_length()];
        let chunk = spawn_blocking(move || file.read_exact_at(&mut chunk, position).map(|()| chunk)).await??;
        self.position += chunk.len() as u64;
        Ok(chunk.into())
    }

    /// Returns the length of the next chunk, and takes one of the large chunks for it if there is one.
    fn next_length(&mut self) -> usize {
        let rest = usize::try_from(self.end - self.position).unwrap_or(LARGE_CHUNK).min(LARGE_CHUNK);
        self.large_chunk = None;
        if rest > CHUNK {
            self.large_chunk = Arc::clone(&self.large_chunks).try_acquire_owned().ok();
        }
        if self.large_chunk.is_some() { rest } else { rest.min(CHUNK) }
    }
}

/// Reads from `position` on what is in the page cache; `None` if nothing is, or if the system cannot tell.
#[cfg(target_os = "linux")]
fn read_cached(file: &File, buffer: &mut [u8], position: u64) -> Option<usize> {
    use rustix::io::{IoSliceMut, ReadWriteFlags, preadv2};

    preadv2(file, &mut [IoSliceMut::new(buffer)], position, ReadWriteFlags::NOWAIT).ok()
}

#[cfg(not(target_os = "linux"))]
fn read_cached(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}
