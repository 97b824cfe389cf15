//! [`Wire`]: a plain or TLS stream, with the operations that requests and replies need.
//!
//! Head, body and `close_notify` go into one write where they fit. A write may take any time, as long as it makes
//! progress.

use std::future::poll_fn;
use std::io::{self, IoSlice, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, sleep};
use tokio_rustls::server::TlsStream;

/// Bytes read at once, into a buffer on the stack; a request is hardly ever longer.
const READ: usize = 2048;

/// Bytes of a file that are written at once: four TLS records (RFC 8446, section 5.1). For a client that
/// reads nothing, 38 KB of them wait in memory beyond what the system takes. Half the size would not lower that, and
/// cost a tenth more per file.
pub(super) const CHUNK: usize = 64 * 1024;

/// Bytes that TLS may encrypt ahead of the network: a chunk and the head before it. A client that reads nothing costs
/// this much memory.
const TLS_BUFFER: usize = CHUNK + 2048;

/// A stream with bytes that were read from it put back in front, which counts the bytes sent.
#[derive(Debug)]
pub(super) struct Socket<S> {
    io: S,
    put_back: Bytes,
    sent: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Puts `put_back` in front of what is yet to be read from `io`.
    pub(super) fn new(io: S, put_back: Bytes) -> Self {
        Self { io, put_back, sent: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.put_back.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let length = self.put_back.len().min(buf.remaining());
        buf.put_slice(&self.put_back.split_to(length));
        if self.put_back.is_empty() {
            // An empty view would keep the memory.
            self.put_back = Bytes::new();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> Socket<S> {
    fn count(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(length)) = written {
            self.sent += length as u64;
        }
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write(cx, buf);
        self.count(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.io).poll_write_vectored(cx, bufs);
        self.count(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// Reads once; no bytes mean the end. The buffer is on the stack of the poll, so that an idle client costs none.
pub(super) async fn read_once(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    poll_fn(|cx| {
        let mut space = [0; READ];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut *io).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
    })
    .await
}

/// Reads once and discards the bytes; returns how many there were.
async fn discard_once(io: &mut (impl AsyncRead + Unpin)) -> io::Result<usize> {
    poll_fn(|cx| {
        let mut space = [0; 4 * READ];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut *io).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}

/// A connection that is ready for its request.
#[derive(Debug)]
pub(super) enum Wire<S> {
    /// Without TLS.
    Plain(Socket<S>),
    /// After a completed handshake.
    Tls(Box<TlsStream<Socket<S>>>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Wraps the stream of a completed handshake.
    pub(super) fn tls(mut stream: Box<TlsStream<Socket<S>>>) -> Self {
        stream.get_mut().1.set_buffer_limit(Some(TLS_BUFFER));
        Self::Tls(stream)
    }

    /// Reads once; no bytes mean the end.
    pub(super) async fn read(&mut self) -> io::Result<Bytes> {
        match self {
            Self::Plain(socket) => read_once(socket).await,
            Self::Tls(stream) => read_once(stream).await,
        }
    }

    /// Sends `head` and `body`, and after the `last` of them the end of the TLS stream.
    ///
    /// # Errors
    ///
    /// Also if no byte could be written for as long as `stall`.
    pub(super) async fn send(
        &mut self,
        mut head: Bytes,
        mut body: Bytes,
        last: bool,
        stall: Duration,
    ) -> io::Result<()> {
        let mut timer = pin!(sleep(stall));
        let mut sent_before = self.sent();
        poll_fn(|cx| {
            if let Poll::Ready(result) = self.poll_send(cx, &mut head, &mut body, last) {
                return Poll::Ready(result);
            }
            if self.sent() != sent_before {
                sent_before = self.sent();
                timer.as_mut().reset(Instant::now() + stall);
            }
            timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
        })
        .await
    }

    /// Takes as much of `head`, which is advanced, and then of `chunk` as goes without waiting; returns how many bytes
    /// of `chunk` were taken. An error is met again when the rest is [sent](Self::send).
    pub(super) fn accept_now(&mut self, cx: &mut Context<'_>, head: &mut Bytes, chunk: &[u8]) -> usize {
        if let Self::Tls(stream) = self {
            // A chunk is encrypted as a whole, large or not.
            stream.get_mut().1.set_buffer_limit(Some(TLS_BUFFER.max(head.len() + chunk.len())));
        }
        let Poll::Ready(Ok(taken)) = self.poll_accept(cx, &[IoSlice::new(head), IoSlice::new(chunk)]) else {
            return 0;
        };
        let of_head = taken.min(head.len());
        head.advance(of_head);
        taken - of_head
    }

    /// Ends the outgoing direction, then discards up to `bytes` of input, for at most `linger`, until the client ends
    /// the other one. Otherwise the system would answer such input with a reset, which may overtake the reply.
    pub(super) async fn close(mut self, linger: Duration, mut bytes: usize) {
        let socket = self.socket();
        let drain = async {
            socket.io.shutdown().await?;
            while bytes > 0 {
                match discard_once(&mut socket.io).await? {
                    0 => break,
                    length => bytes = bytes.saturating_sub(length),
                }
            }
            io::Result::Ok(())
        };
        // The reply is sent, so neither an error nor a timeout matters.
        let _: Result<io::Result<()>, _> = tokio::time::timeout(linger, drain).await;
    }

    /// Returns the number of bytes sent, including those that TLS adds.
    pub(super) fn sent(&mut self) -> u64 {
        self.socket().sent
    }

    fn socket(&mut self) -> &mut Socket<S> {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_mut().0,
        }
    }

    fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        head: &mut Bytes,
        body: &mut Bytes,
        last: bool,
    ) -> Poll<io::Result<()>> {
        while !(head.is_empty() && body.is_empty()) {
            let taken = ready!(self.poll_accept(cx, &[IoSlice::new(head), IoSlice::new(body)]))?;
            let of_head = taken.min(head.len());
            head.advance(of_head);
            body.advance(taken - of_head);
            if body.is_empty() {
                // TLS holds an encrypted copy, which may wait long for a slow client: free the original.
                *body = Bytes::new();
            }
        }
        match self {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => {
                if last {
                    // Repeated calls send it once.
                    stream.get_mut().1.send_close_notify();
                }
                Pin::new(stream).poll_flush(cx)
            }
        }
    }

    /// Writes as many bytes of `parts` as the stream accepts, and returns their number. TLS only fills its buffer here, and
    /// writes when the buffer is full or flushed, so that a whole reply is one write.
    fn poll_accept(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let taken = match self {
            Self::Plain(socket) => ready!(Pin::new(socket).poll_write_vectored(cx, parts))?,
            Self::Tls(stream) => match stream.get_mut().1.writer().write_vectored(parts)? {
                0 => {
                    ready!(Pin::new(&mut *stream).poll_flush(cx))?;
                    stream.get_mut().1.writer().write_vectored(parts)?
                }
                taken => taken,
            },
        };
        if taken == 0 { Poll::Ready(Err(io::ErrorKind::WriteZero.into())) } else { Poll::Ready(Ok(taken)) }
    }
}
