//! The wire: a stream, plain or TLS, with exactly what a reply needs of it.
//!
//! Bytes that were read to see what they are can be put back ([`Socket`]). Head, body and `close_notify` go
//! into one write where they fit. A write may take any time as long as it moves.

use std::future::poll_fn;
use std::io::{self, IoSlice, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, sleep};
use tokio_rustls::server::TlsStream;

use super::files::{PIECE, Stream};

/// Room on the stack for one read; a request is hardly ever longer.
const READ: usize = 2048;

/// How much of a reply is sealed ahead of its reader: a piece of a file and the head before it. Each of those who read
/// nothing makes us keep so much.
const SEALED: usize = PIECE + 2048;

/// A stream with the bytes that were read ahead of time in front of it. Counts what goes out.
#[derive(Debug)]
pub(super) struct Socket<S> {
    io: S,
    ahead: Bytes,
    sent: u64,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Socket<S> {
    /// Puts `ahead` in front of what `io` has yet to say.
    pub(super) fn new(io: S, ahead: Bytes) -> Self {
        Self { io, ahead, sent: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ahead.is_empty() {
            return Pin::new(&mut self.io).poll_read(cx, buf);
        }
        let length = self.ahead.len().min(buf.remaining());
        buf.put_slice(&self.ahead.split_to(length));
        if self.ahead.is_empty() {
            // Gives the memory back, instead of keeping an empty view of it.
            self.ahead = Bytes::new();
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

/// Reads once. The buffer lives on the stack of the poll, so that a reader who says nothing costs none.
pub(super) async fn read_once(io: &mut (impl AsyncRead + Unpin)) -> io::Result<Bytes> {
    poll_fn(|cx| {
        let mut space = [0; READ];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut *io).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
    })
    .await
}

/// Reads once and throws it away; says how much. Here too the buffer lives on the stack of the poll.
async fn waste(io: &mut (impl AsyncRead + Unpin)) -> io::Result<usize> {
    poll_fn(|cx| {
        let mut space = [0; 4 * READ];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut *io).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}

/// One connection that is ready for its request.
#[derive(Debug)]
pub(super) enum Wire<S> {
    /// As it comes.
    Plain(Socket<S>),
    /// After a completed handshake.
    Tls(Box<TlsStream<Socket<S>>>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// The wire of a completed handshake.
    pub(super) fn tls(mut stream: Box<TlsStream<Socket<S>>>) -> Self {
        stream.get_mut().1.set_buffer_limit(Some(SEALED));
        Self::Tls(stream)
    }

    /// Reads once; nothing means that the reader has finished.
    pub(super) async fn read(&mut self) -> io::Result<Bytes> {
        match self {
            Self::Plain(socket) => read_once(socket).await,
            Self::Tls(stream) => read_once(stream).await,
        }
    }

    /// Sends `head` and `body`, and with the `last` of them the end of the TLS stream. Fails when nothing at
    /// all has moved for as long as `stall`.
    pub(super) async fn send(
        &mut self,
        mut head: Bytes,
        mut body: Bytes,
        last: bool,
        stall: Duration,
    ) -> io::Result<()> {
        let mut alarm = pin!(sleep(stall));
        let mut seen = self.sent();
        poll_fn(|cx| {
            if let Poll::Ready(result) = self.poll_send(cx, &mut head, &mut body, last) {
                return Poll::Ready(result);
            }
            if self.sent() != seen {
                seen = self.sent();
                alarm.as_mut().reset(Instant::now() + stall);
            }
            alarm.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
        })
        .await
    }

    /// Takes `head` and the next piece of `file`, as far as that needs no waiting; the rest of the piece comes back, to
    /// be [sent](Self::send). None if the piece itself has to be waited for.
    pub(super) async fn take(&mut self, head: &mut Bytes, file: &mut Stream) -> Option<io::Result<Bytes>> {
        let mut piece = |cx: &mut Context<'_>| {
            file.now(|piece| {
                if let Self::Tls(stream) = self {
                    // A piece is sealed as a whole, of whatever size it is.
                    stream.get_mut().1.set_buffer_limit(Some(SEALED.max(head.len() + piece.len())));
                }
                let put = self.poll_put(cx, &[IoSlice::new(head), IoSlice::new(piece)]);
                // Whoever sends the rest meets the same error.
                let Poll::Ready(Ok(taken)) = put else { return 0 };
                let of_head = taken.min(head.len());
                head.advance(of_head);
                taken - of_head
            })
        };
        poll_fn(|cx| Poll::Ready(piece(cx))).await
    }

    /// Ends our side, then throws away what still comes until the reader has ended theirs, so that the
    /// system does not answer it with a reset that overtakes the reply.
    pub(super) async fn close(mut self, linger: Duration, mut bytes: usize) {
        let socket = self.socket();
        let drain = async {
            socket.io.shutdown().await?;
            while bytes > 0 {
                match waste(&mut socket.io).await? {
                    0 => break,
                    length => bytes = bytes.saturating_sub(length),
                }
            }
            io::Result::Ok(())
        };
        // Whatever comes of it, the reply is out and the connection ends here.
        let _: Result<io::Result<()>, _> = tokio::time::timeout(linger, drain).await;
    }

    /// How many bytes have gone out, those of TLS included.
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
            let taken = ready!(self.poll_put(cx, &[IoSlice::new(head), IoSlice::new(body)]))?;
            let of_head = taken.min(head.len());
            head.advance(of_head);
            body.advance(taken - of_head);
            if body.is_empty() {
                // Gives the memory back: TLS has a sealed copy, which may have to wait long for its reader.
                *body = Bytes::new();
            }
        }
        match self {
            Self::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Self::Tls(stream) => {
                if last {
                    // Sent once, however often it is asked for.
                    stream.get_mut().1.send_close_notify();
                }
                Pin::new(stream).poll_flush(cx)
            }
        }
    }

    /// Hands over what the wire takes. TLS only fills its buffer here, and writes when that is full or when
    /// it is flushed: this is what makes one write of a whole reply.
    fn poll_put(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
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
