//! [`Wire`]: a plain or TLS stream, with the operations that requests and replies need.
//!
//! Head, body and `close_notify` are one write where they fit. A write may take any time while it makes progress.

use std::io::{self, IoSlice, Write};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
#[cfg(target_os = "linux")]
use nix::{getsockopt_impl, sockopt_impl, sys::socket::getsockopt};
#[cfg(target_os = "linux")]
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::server::TlsStream;

/// Bytes read at once, into a buffer on the stack; a request is hardly ever longer.
const READ: usize = 2048;

/// Bytes of a file that are written at once: four TLS records (RFC 8446, section 5.1). For a client that reads nothing,
/// 38 KB of them wait in memory beyond what the system takes. Half of it would not lower that, but cost a tenth more.
pub(super) const CHUNK: usize = 64 * 1024;

/// Bytes that TLS may encrypt ahead of the network, the memory of a client that reads nothing: a chunk and its head.
pub(super) const TLS_BUFFER: usize = CHUNK + 2048;

/// The slowest reader that is not cut off, in bytes per second: a byte now and then holds no connection for ever.
const LOWEST_RATE: u128 = 64;

/// Factor by which a client may pause longer once it is known to read. Systems announce new room only when half of a
/// receive buffer is free, which takes a reader of 200 bytes per second more than five minutes.
const STEADY: u32 = 20;

/// Bytes of which no system receives as many for a program that reads nothing: by default, systems receive 64 to
/// 256 KB ahead. A client that acknowledged as many is reading, as a proxy does for a slow reader.
const TAKEN_BY_READING: u64 = 512 * 1024;

/// Time after the start of a pause, at most half of the permitted one, in which the system of a client that reads
/// nothing may still accept bytes. Bytes acknowledged later show that the client reads.
const SETTLING: Duration = Duration::from_secs(2);

/// Bytes of unread input that are discarded: clients that upload send everything before they read the reply.
const MAX_DISCARDED: usize = 1024 * 1024;

/// A stream of bytes between server and client: a socket, or a pipe in tests. The defaults are for pipes.
pub trait ClientStream: AsyncRead + AsyncWrite + Unpin + Send {
    /// Returns the number of bytes that the peer has acknowledged; `None` if the system does not tell.
    fn acknowledged(&self) -> Option<u64> {
        None
    }

    /// Acknowledges received bytes at once, which the system otherwise delays by up to 40 ms.
    fn acknowledge_now(&self) {}

    /// Makes the stream end with a reset when it is dropped, which discards bytes that are not yet sent.
    fn reset_on_drop(&self) {}
}

impl ClientStream for DuplexStream {}

impl ClientStream for TcpStream {
    #[cfg(target_os = "linux")]
    fn acknowledged(&self) -> Option<u64> {
        getsockopt(self, AcknowledgedBytes).ok().map(|words| words[ACKNOWLEDGED_BYTES])
    }

    #[cfg(target_os = "linux")]
    fn acknowledge_now(&self) {
        // Without it, the client waits a little longer.
        let _: io::Result<()> = SockRef::from(self).set_tcp_quickack(true);
    }

    fn reset_on_drop(&self) {
        let _: io::Result<()> = self.set_zero_linger();
    }
}

/// The position of `tcpi_bytes_acked` in the beginning of `struct tcp_info`, in words of 64 bits (linux/tcp.h).
#[cfg(target_os = "linux")]
const ACKNOWLEDGED_BYTES: usize = 15;

#[cfg(target_os = "linux")]
sockopt_impl!(AcknowledgedBytes, GetOnly, libc::IPPROTO_TCP, libc::TCP_INFO, [u64; ACKNOWLEDGED_BYTES + 1]);

/// A stream that returns the bytes `put_back` before further ones, and counts the bytes sent. If it is dropped within a
/// reply, it is reset: over a protocol without lengths, the reply would look whole otherwise.
#[derive(Debug)]
pub(super) struct Socket<S: ClientStream> {
    pub(super) io: S,
    put_back: Bytes,
    /// The number of bytes that may still be received.
    pub(super) most: usize,
    /// The number of bytes sent, including those that TLS adds.
    pub(super) sent: u64,
    /// Time for which a client that is not known to read may make no progress.
    pub(super) stall: Duration,
    is_replying: bool,
    /// Whether the client is known to read: it went on after a pause, or took more than its system receives ahead.
    is_steady: bool,
}

impl<S: ClientStream> Socket<S> {
    pub(super) fn new(io: S, put_back: Bytes, stall: Duration) -> Self {
        Self { io, put_back, most: usize::MAX, sent: 0, stall, is_replying: false, is_steady: false }
    }
}

impl<S: ClientStream> Drop for Socket<S> {
    fn drop(&mut self) {
        if self.is_replying {
            self.io.reset_on_drop();
        }
    }
}

impl<S: ClientStream> AsyncRead for Socket<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.remaining();
        if self.put_back.is_empty() {
            ready!(Pin::new(&mut self.io).poll_read(cx, buf))?;
        } else {
            let length = self.put_back.len().min(before);
            buf.put_slice(&self.put_back.split_to(length));
        }
        self.most = self.most.checked_sub(before - buf.remaining()).ok_or(io::ErrorKind::InvalidData)?;
        Poll::Ready(Ok(()))
    }
}

impl<S: ClientStream> AsyncWrite for Socket<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, bufs))?;
        self.sent += written as u64;
        Poll::Ready(Ok(written))
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
    std::future::poll_fn(|cx| {
        let mut space = [0; READ];
        let mut buffer = ReadBuf::new(&mut space);
        ready!(Pin::new(&mut *io).poll_read(cx, &mut buffer))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
    })
    .await
}

/// A connection that is ready for its request.
#[derive(Debug)]
pub(super) enum Wire<S: ClientStream> {
    Plain(Socket<S>),
    Tls(Box<TlsStream<Socket<S>>>),
}

impl<S: ClientStream> Wire<S> {
    pub(super) async fn read(&mut self) -> io::Result<Bytes> {
        match self {
            Self::Plain(socket) => read_once(socket).await,
            Self::Tls(stream) => read_once(stream).await,
        }
    }

    /// Sends `head` and `body`, and after the `last` the end of the TLS stream. Also fails if nothing was written for
    /// `stall`, or [longer](STEADY), and the peer acknowledged less than [`LOWEST_RATE`]: the system buffers ahead.
    pub(super) async fn send(&mut self, head: Bytes, body: Bytes, last: bool) -> io::Result<()> {
        let mut parts = [head, body];
        self.socket().is_replying = true;
        let stall = self.socket().stall;
        let settling = SETTLING.min(stall / 2);
        let mut timer = pin!(sleep(settling));
        let (mut sent_before, mut acknowledged_before) = (self.socket().sent, None);
        std::future::poll_fn(|cx| {
            if let Poll::Ready(result) = self.poll_send(cx, &mut parts, last) {
                return Poll::Ready(result);
            }
            let socket = self.socket();
            if socket.sent != sent_before {
                socket.is_steady |= acknowledged_before.is_some();
                (sent_before, acknowledged_before) = (socket.sent, None);
                timer.as_mut().reset(Instant::now() + settling);
            }
            while timer.as_mut().poll(cx).is_ready() {
                let acknowledged = socket.io.acknowledged().unwrap_or_default();
                socket.is_steady |= acknowledged >= TAKEN_BY_READING;
                let longest = if socket.is_steady { stall * STEADY } else { stall };
                let least = LOWEST_RATE * longest.as_millis() / 1000;
                let pause = match acknowledged_before.replace(acknowledged) {
                    None => longest.saturating_sub(settling),
                    Some(before) if u128::from(acknowledged.saturating_sub(before)) >= least.max(1) => {
                        socket.is_steady = true;
                        stall * STEADY
                    }
                    Some(_) => return Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
                };
                timer.as_mut().reset(Instant::now() + pause);
            }
            Poll::Pending
        })
        .await?;
        self.socket().is_steady |= acknowledged_before.is_some();
        self.socket().is_replying = !last;
        Ok(())
    }

    /// Takes as much of `head`, which is advanced, and then of `chunk` as is accepted without waiting; returns how many
    /// bytes of `chunk` were taken. An error occurs again when the rest is [sent](Self::send).
    pub(super) fn accept_now(&mut self, cx: &mut Context<'_>, head: &mut Bytes, chunk: &[u8]) -> usize {
        self.socket().is_replying = true;
        if let Self::Tls(stream) = self {
            // A chunk is encrypted as a whole, large or not.
            stream.get_mut().1.set_buffer_limit(Some(TLS_BUFFER.max(head.len() + chunk.len())));
        }
        if let Poll::Ready(Ok(taken)) = self.poll_accept(cx, head, chunk) { taken } else { 0 }
    }

    /// Ends the outgoing direction, then discards up to [`MAX_DISCARDED`] bytes of input, for at most `linger`, until
    /// the client ends the other one. Otherwise the system would answer it with a reset, which may overtake the reply.
    pub(super) async fn close(mut self, linger: Duration) {
        let (socket, mut left) = (self.socket(), MAX_DISCARDED);
        let drain = async {
            socket.io.shutdown().await?;
            while left > 0 {
                match read_once(&mut socket.io).await?.len() {
                    0 => break,
                    length => left = left.saturating_sub(length),
                }
            }
            io::Result::Ok(())
        };
        // The reply is sent, so neither an error nor a timeout matters.
        let _: Result<io::Result<()>, _> = timeout(linger, drain).await;
    }

    pub(super) fn socket(&mut self) -> &mut Socket<S> {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(stream) => stream.get_mut().0,
        }
    }

    fn poll_send(&mut self, cx: &mut Context<'_>, [head, body]: &mut [Bytes; 2], last: bool) -> Poll<io::Result<()>> {
        while !(head.is_empty() && body.is_empty()) {
            let taken = ready!(self.poll_accept(cx, head, body))?;
            // TLS holds an encrypted copy, which may wait long for a slow client: this frees the original at its end.
            drop(body.split_to(taken));
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

    /// Writes as many bytes of `head`, which is advanced, and then of `body` as the stream accepts; returns the number
    /// of the latter. TLS fills its buffer and writes when that is full or flushed, so a whole reply is one write.
    fn poll_accept(&mut self, cx: &mut Context<'_>, head: &mut Bytes, body: &[u8]) -> Poll<io::Result<usize>> {
        let parts = [IoSlice::new(head), IoSlice::new(body)];
        let taken = match self {
            Self::Plain(socket) => ready!(Pin::new(socket).poll_write_vectored(cx, &parts))?,
            Self::Tls(stream) => match stream.get_mut().1.writer().write_vectored(&parts)? {
                0 => {
                    ready!(Pin::new(&mut *stream).poll_flush(cx))?;
                    stream.get_mut().1.writer().write_vectored(&parts)?
                }
                taken => taken,
            },
        };
        if taken == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        let of_head = taken.min(head.len());
        head.advance(of_head);
        Poll::Ready(Ok(taken - of_head))
    }
}
