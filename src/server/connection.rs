//! One connection, from the accept to the last byte.
//!
//! First byte → handshake → request → answer → a polite end. Every step has a deadline. The end matters:
//! a reply followed by an immediate close can be destroyed on its way by the system's answer to unread
//! input, so what the reader still sends is read and thrown away for a moment.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use time::OffsetDateTime;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};

use super::access_log::{End, Entry};
use super::supervisor::Shared;
use super::{Limits, OpenFile, Transport};
use crate::capsule::FileRef;
use crate::protocol::{Answer, Body, Fault, Outcome, Peer, Protocol, Scan};
use crate::site::Shelf;

/// The first byte of every TLS connection: the content type of a handshake record (RFC 8446, section 5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// How much of what a reader sends after its request is read before the connection is closed.
const DRAINED: usize = 16 * 1024;

/// The size of the pieces a file is sent in: bounds what a stalled reader costs.
const PIECE: usize = 64 * 1024;

/// Serves one connection and logs it.
pub(super) async fn run(
    socket: TcpStream,
    peer: Peer,
    protocol: Arc<dyn Protocol>,
    transport: Transport,
    shared: Arc<Shared>,
) {
    let started = Instant::now();
    let time = OffsetDateTime::now_utc();
    let address = peer.address;
    // A socket that cannot be set up is noticed at the first read.
    let _ = socket.set_nodelay(true);
    let ended = match transport {
        Transport::Plain => converse(socket, peer, &*protocol, &shared).await,
        Transport::Tls(acceptor) => {
            let deadline = started + shared.limits.handshake;
            match timeout_at(deadline, speaks_tls(&socket)).await {
                Ok(Ok(true)) => match timeout_at(deadline, acceptor.accept(socket)).await {
                    Ok(Ok(stream)) => {
                        let name = stream.get_ref().1.server_name().map(str::to_owned);
                        // On the heap: while a handshake is awaited, this stage costs nothing yet.
                        Box::pin(converse(stream, Peer { server_name: name, ..peer }, &*protocol, &shared))
                            .await
                    }
                    Ok(Err(_)) => Ended::silently("handshake failed"),
                    Err(_) => Ended::silently("handshake timed out"),
                },
                Ok(Ok(false)) => Ended::silently("not TLS"),
                Ok(Err(_)) => Ended::silently("closed before the handshake"),
                Err(_) => Ended::silently("handshake timed out"),
            }
        }
    };
    shared.log.write(&Entry {
        time,
        protocol: protocol.name(),
        peer: address.map(|address| address.ip()),
        end: match &ended.outcome {
            Ok(outcome) => End::Answered { outcome, complete: ended.complete },
            Err(why) => End::Silent(why),
        },
        sent: ended.sent,
        took: started.elapsed(),
    });
}

/// How a connection ended.
#[derive(Debug)]
pub(super) struct Ended {
    outcome: Result<Outcome, &'static str>,
    complete: bool,
    sent: u64,
}

impl Ended {
    fn silently(why: &'static str) -> Self {
        Self { outcome: Err(why), complete: true, sent: 0 }
    }
}

/// Looks at the first byte without taking it.
async fn speaks_tls(socket: &TcpStream) -> io::Result<bool> {
    let mut first = [0];
    match socket.peek(&mut first).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(first[0] == TLS_HANDSHAKE),
    }
}

/// Reads one request, answers it and ends the connection.
async fn converse<S>(mut stream: S, peer: Peer, protocol: &dyn Protocol, shared: &Shared) -> Ended
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let limits = &shared.limits;
    let deadline = Instant::now() + limits.request;
    let request = match timeout_at(deadline, read_request(&mut stream, protocol)).await {
        Ok(Ok(Some(request))) => request,
        Ok(Ok(None)) => return Ended::silently("closed before the request was complete"),
        Ok(Err(_)) => return Ended::silently("broken before the request was complete"),
        Err(_) => return Ended::silently("request timed out"),
    };
    let shelf = shared.current.load();
    let answer = answer(protocol, &request, &peer, &shelf);
    let (answer, file) = open(answer, protocol, &shared.open).await;
    let mut sent = 0;
    let written = write_answer(&mut stream, &answer, file, limits.write, &mut sent).await;
    let complete = written.is_ok();
    if complete {
        finish(&mut stream, limits).await;
    }
    // Where the answer was cut off, TLS is not closed in order: the reader is to see that something lacks.
    Ended { outcome: Ok(answer.outcome), complete, sent }
}

/// The first bytes that the protocol calls complete; none if the reader closed before.
async fn read_request<S>(stream: &mut S, protocol: &dyn Protocol) -> io::Result<Option<BytesMut>>
where
    S: AsyncRead + Unpin,
{
    let mut received = BytesMut::with_capacity(256);
    loop {
        if stream.read_buf(&mut received).await? == 0 {
            return Ok(None);
        }
        if let Scan::Complete(length) = protocol.scan(&received) {
            received.truncate(length.min(received.len()));
            return Ok(Some(received));
        }
    }
}

/// The protocol's answer. A bug in it costs this one reader an error, and nobody else anything.
fn answer(protocol: &dyn Protocol, request: &[u8], peer: &Peer, shelf: &Shelf) -> Answer {
    catch_unwind(AssertUnwindSafe(|| protocol.answer(request, peer, shelf))).unwrap_or_else(|_| {
        tracing::error!(protocol = protocol.name(), "a request could not be answered; this is a bug");
        protocol.fault(Fault::Internal)
    })
}

/// Opens the file of an answer before its head is sent, so that a missing file can still be an error.
async fn open(answer: Answer, protocol: &dyn Protocol, open: &OpenFile) -> (Answer, Option<std::fs::File>) {
    let Body::File(reference) = &answer.body else { return (answer, None) };
    match open_blocking(reference.clone(), open.clone()).await {
        Ok(file) => (answer, Some(file)),
        Err(error) => {
            let fault = match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied => Fault::Missing,
                _ => Fault::Internal,
            };
            let resource = answer.outcome.resource;
            let mut answer = protocol.fault(fault);
            answer.outcome.resource = resource;
            (answer, None)
        }
    }
}

async fn open_blocking(reference: FileRef, open: OpenFile) -> io::Result<std::fs::File> {
    tokio::task::spawn_blocking(move || open(&reference)).await.map_err(io::Error::other)?
}

async fn write_answer<S>(
    stream: &mut S,
    answer: &Answer,
    file: Option<std::fs::File>,
    patience: Duration,
    sent: &mut u64,
) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    let body = match &answer.body {
        Body::Bytes(bytes) => bytes.clone(),
        Body::Empty | Body::File(_) => Bytes::new(),
    };
    write_both(stream, &answer.head, &body, patience, sent).await?;
    let Some(mut file) = file else { return Ok(()) };
    // Reading blocks, so it happens on a blocking thread, a piece at a time; no thread waits for the reader.
    let mut piece = Vec::new();
    loop {
        let (read, back, buffer) = tokio::task::spawn_blocking(move || {
            let mut buffer = piece;
            buffer.resize(PIECE, 0);
            let read = io::Read::read(&mut file, &mut buffer);
            (read, file, buffer)
        })
        .await
        .map_err(io::Error::other)?;
        (file, piece) = (back, buffer);
        match read? {
            0 => return Ok(()),
            read => write_both(stream, &piece[..read], &[], patience, sent).await?,
        }
    }
}

/// Writes two stretches as one where the stream can; the deadline is renewed by every bit of progress.
async fn write_both<S>(
    stream: &mut S,
    mut first: &[u8],
    mut second: &[u8],
    patience: Duration,
    sent: &mut u64,
) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    while !first.is_empty() || !second.is_empty() {
        let slices = [io::IoSlice::new(first), io::IoSlice::new(second)];
        let written = timeout(patience, stream.write_vectored(&slices)).await??;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        *sent += written as u64;
        let from_first = written.min(first.len());
        first = &first[from_first..];
        second = &second[written - from_first..];
    }
    timeout(patience, stream.flush()).await?
}

/// Says goodbye (in TLS: `close_notify`), then reads what still comes for a moment, then lets go.
async fn finish<S>(stream: &mut S, limits: &Limits)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if !matches!(timeout(limits.write, stream.shutdown()).await, Ok(Ok(()))) {
        return;
    }
    let mut drained = 0;
    let mut buffer = [0; 1024];
    // The end of the input, an error, too much of it or too long a wait: all mean that we may go.
    let _ = timeout(limits.linger, async {
        while drained < DRAINED {
            match stream.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(read) => drained += read,
            }
        }
    })
    .await;
}

#[cfg(test)]
mod tests;
