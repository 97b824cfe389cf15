//! Attachments, opened at once or on another thread, over pipes of several sizes.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use lamplit::server::{ClientStream, FileOpener, Limits, ServerContext, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex};
use tokio::task::{JoinHandle, yield_now};

use super::support::{Words, context, serve_one};

/// Sizes of the two kinds of chunks in bytes.
const CHUNK: usize = 64 * 1024;
const LARGE_CHUNK: usize = 256 * 1024;

/// Large chunks that may be in flight.
const LARGE_CHUNKS: usize = 8;

/// Returns an opener of at most `limit` times `path` for each of the two ways.
fn openers(path: &Path, limit: usize) -> [FileOpener; 2] {
    let (now, later) = (path.to_owned(), path.to_owned());
    [
        FileOpener::new(move |_| File::open(&now).ok(), |_| unreachable!("opened already"), limit),
        FileOpener::new(|_| None, move |_| File::open(&later), limit),
    ]
}

/// Requests the file over `io`.
fn start(io: impl ClientStream + 'static, context: &ServerContext) -> JoinHandle<()> {
    let context = context.clone();
    tokio::spawn(async move {
        serve_one(io, Words, Transport::Plain, &context).await;
    })
}

/// Requests the file over a pipe of this size.
async fn requested(context: &ServerContext, pipe: usize) -> DuplexStream {
    let (ours, mut theirs) = duplex(pipe);
    start(ours, context);
    theirs.write_all(b"file\n").await.expect("room");
    theirs
}

#[tokio::test]
async fn file_of_any_length_is_sent_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut context, _log) = context(Limits::STANDARD, None);
    for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, LARGE_CHUNK - 1, LARGE_CHUNK, LARGE_CHUNK + 1, 600_000, 2_100_000]
    {
        let path = folder.path().join(length.to_string());
        let bytes: Vec<u8> = (0..length).map(|at: usize| at.to_le_bytes()[1]).collect();
        fs::write(&path, &bytes).expect("written");
        for files in openers(&path, 1024) {
            context.files = files;
            for pipe in [7_001, CHUNK, 4 * LARGE_CHUNK] {
                let mut reply = Vec::new();
                requested(&context, pipe).await.read_to_end(&mut reply).await.expect("an end");
                assert!(reply.strip_prefix(b"ok ").is_some_and(|sent| sent == bytes), "{length} bytes, {pipe}");
            }
        }
    }
}

#[tokio::test]
async fn file_that_becomes_shorter_is_cut_off() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    for files in openers(&path, 1024) {
        let (mut context, log) = context(Limits::STANDARD, None);
        context.files = files;
        fs::write(&path, vec![7; 2 * LARGE_CHUNK]).expect("written");
        let mut stream = requested(&context, 1_000).await;
        stream.read_exact(&mut [0; 10]).await.expect("the beginning");
        fs::write(&path, "short").expect("written");
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.expect("an end");
        assert!(rest.len() < 2 * LARGE_CHUNK - 10, "{}", rest.len());
        drop(context);
        assert_eq!(log.endings(), ["truncated"]);
    }
}

/// C4.
#[tokio::test]
async fn open_beyond_the_limit_waits_for_a_slot() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    fs::write(&path, vec![7; LARGE_CHUNK]).expect("written");
    for files in openers(&path, 1) {
        let (mut context, _log) = context(Limits::STANDARD, None);
        context.files = files;
        let mut first = requested(&context, 10).await;
        first.read_exact(&mut [0; 3]).await.expect("the beginning");
        let mut second = requested(&context, 2 * LARGE_CHUNK).await;
        let mut reply = Vec::new();
        tokio::select! {
            biased;
            _ = second.read_to_end(&mut reply) => unreachable!("the first is still open"),
            () = async { for _ in 0..100 { yield_now().await } } => drop(first),
        }
        second.read_to_end(&mut reply).await.expect("an end");
        assert_eq!(reply.len(), 3 + LARGE_CHUNK);
    }
}

/// A client that requests the file and reads nothing; notes the most bytes that were to be written at once.
struct Stalled {
    request: &'static [u8],
    offered: Arc<Mutex<usize>>,
}

impl AsyncRead for Stalled {
    fn poll_read(mut self: Pin<&mut Self>, _: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        buf.put_slice(std::mem::take(&mut self.request));
        Poll::Ready(Ok(()))
    }
}

impl ClientStream for Stalled {}

impl AsyncWrite for Stalled {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[io::IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut offered = self.offered.lock().expect("unspoilt");
        *offered = bufs.iter().map(|buf| buf.len()).sum::<usize>().max(*offered);
        Poll::Pending
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// C4: clients that read nothing hold few large chunks, and release them when they are gone.
#[tokio::test]
async fn large_chunks_in_flight_are_limited() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    fs::write(&path, vec![7; 4 * LARGE_CHUNK]).expect("written");
    for files in openers(&path, 1024) {
        let (mut context, _log) = context(Limits::STANDARD, None);
        context.files = files;
        let stalled = async || {
            let offered = Arc::new(Mutex::new(0));
            let task = start(Stalled { request: b"file\n", offered: offered.clone() }, &context);
            let chunk = loop {
                yield_now().await;
                let chunk = *offered.lock().expect("unspoilt");
                if chunk > 0 {
                    break chunk - "ok ".len();
                }
            };
            (task, chunk)
        };
        let mut tasks = Vec::new();
        for _ in 0..LARGE_CHUNKS {
            let (task, chunk) = stalled().await;
            assert_eq!(chunk, LARGE_CHUNK);
            tasks.push(task);
        }
        assert_eq!(stalled().await.1, CHUNK);
        let gone = tasks.pop().expect("one of them");
        gone.abort();
        assert!(gone.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(stalled().await.1, LARGE_CHUNK, "released and taken again");
    }
}
