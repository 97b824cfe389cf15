//! The tables against the real program over sockets, in whole requests and in packets of one byte.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use lamplit::protocol::Protocol;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{Case, fixture, gemini, gopher, pure};
use crate::support::{Server, lamplit, scratch_folder};
use testkit::tls_client;

/// Time for one reply before the test fails.
const PATIENCE: Duration = Duration::from_secs(90);

/// Connections at once, below the limit per address.
const AT_ONCE: usize = 16;

/// Bytes that are sent one by one; the rest of a longer request follows at once.
const SINGLE: usize = 1100;

/// The form in which requests are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packets {
    Whole,
    OneByte,
}

fn start() -> (Server, TempDir) {
    let folder = scratch_folder();
    let config = fixture::write(folder.path());
    // A kilobyte in packets of one byte takes a small or crowded machine longer than any reader should take.
    let patient = fs::read_to_string(&config).expect("just written") + "[limits]\nhandshake = 60\nrequest = 60\n";
    fs::write(&config, patient).expect("writable");
    let mut command = lamplit();
    command.arg("serve").arg("--config").arg(config);
    (Server::from_command(command), folder)
}

#[tokio::test]
async fn request_over_a_socket_gets_its_reply() {
    let (server, _folder) = start();
    check_all(&server, Packets::Whole).await;
}

#[tokio::test]
async fn request_in_packets_of_one_byte_gets_its_reply() {
    let (server, _folder) = start();
    check_all(&server, Packets::OneByte).await; // P1, G3
}

async fn check_all(server: &Server, packets: Packets) {
    let mut faults = Vec::new();
    for address in server.gemini_sockets() {
        faults.extend(check(Arc::new(fixture::gemini()), gemini::table(), address, true, packets).await); // P12
    }
    for address in server.gopher_sockets() {
        faults.extend(check(Arc::new(fixture::gopher()), gopher::table(), address, false, packets).await);
    }
    assert_eq!(faults, [""; 0]);
}

/// Returns the faults of the replies of the program at `address`.
async fn check(
    protocol: Arc<dyn Protocol>,
    cases: Vec<Case>,
    address: SocketAddr,
    tls: bool,
    packets: Packets,
) -> Vec<String> {
    let sites = Arc::new(fixture::sites());
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for case in cases {
        let (protocol, sites, room) = (Arc::clone(&protocol), Arc::clone(&sites), Arc::clone(&room));
        running.spawn(async move {
            let _place = room.acquire_owned().await.expect("never closed");
            let asked = tokio::time::timeout(PATIENCE, ask(address, tls, &case.request, packets));
            let reply = match asked.await {
                Ok(Ok(reply)) => reply,
                Ok(Err(error)) => {
                    return Some(format!("{} {}: {error}", case.row, case.request.escape_ascii()));
                }
                Err(_) => return Some(format!("{} {}: no end", case.row, case.request.escape_ascii())),
            };
            let expected = pure::reply(&*protocol, &sites, &case.request, usize::MAX).expect("a reply");
            case.fault(&reply).or_else(|| {
                let (asked, reply, expected) =
                    (case.request.escape_ascii(), reply.escape_ascii(), expected.escape_ascii());
                (reply.to_string() != expected.to_string())
                    .then(|| format!("{} {asked}:\n{reply}\nis not\n{expected}", case.row))
            })
        });
    }
    let mut faults: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    faults.sort();
    faults
}

/// Returns the whole reply. Over TLS, an end without `close_notify` is an error.
async fn ask(address: SocketAddr, tls: bool, request: &[u8], packets: Packets) -> io::Result<Vec<u8>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let stream = Pieces { stream, single: packets == Packets::OneByte };
    if tls {
        let stream = tls_client::connector(None).connect(tls_client::name("example.org"), stream).await?;
        converse(stream, request, packets).await
    } else {
        converse(stream, request, packets).await
    }
}

async fn converse<S>(stream: S, request: &[u8], packets: Packets) -> io::Result<Vec<u8>>
where
    S: AsyncRead + AsyncWrite,
{
    let (mut read, mut write) = tokio::io::split(stream);
    let send = async {
        let single = if packets == Packets::OneByte { request.len().min(SINGLE) } else { 0 };
        for byte in &request[..single] {
            write.write_all(std::slice::from_ref(byte)).await?;
            write.flush().await?;
        }
        write.write_all(&request[single..]).await?;
        write.flush().await
    };
    let mut reply = Vec::new();
    // A server may have answered before it has seen everything, and then need not take the rest.
    let (_sent, read) = tokio::join!(send, read.read_to_end(&mut reply));
    read.map(|_| reply)
}

/// A stream that can pass on one byte at a time.
struct Pieces {
    stream: TcpStream,
    single: bool,
}

impl AsyncRead for Pieces {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let length = if self.single { buf.len().min(1) } else { buf.len() };
        Pin::new(&mut self.stream).poll_write(cx, &buf[..length])
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
