//! Limits, files, panics and shutdown, over loopback sockets. Each test ends with a request for a normal page.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use lamplit::protocol::{Answer, Body, Fault, Peer, Protocol};
use lamplit::server::access_log::{LineStyle, LogAddresses, LogFormat};
use lamplit::server::{Limits, Transport};
use lamplit::site::Sites;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;

use super::support::{BIG, Server, Words, context, context_with_log};
use super::tls::{Keys, Once};

async fn ask(address: SocketAddr, word: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a listener");
    // A connection beyond a limit may be closed before the word is sent.
    let _ = stream.write_all(format!("{word}\n").as_bytes()).await;
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8(reply).expect("UTF-8")
}

/// Connects, and sends `words`.
async fn come(address: SocketAddr, words: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a listener");
    stream.write_all(words).await.expect("room");
    stream
}

/// Returns the bytes until the end.
async fn rest(mut stream: TcpStream) -> String {
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8_lossy(&reply).into_owned()
}

/// C1: a client holds up no other client of its address by connections that it does not use.
#[tokio::test]
async fn oldest_pending_connection_of_an_address_is_evicted_for_the_next_one() {
    let (context, log) = context(Limits { per_address: 2, ..Limits::STANDARD }, None);
    let server = Server::start(context, Transport::Plain);
    let (first, second) = (come(server.address, b"pa").await, come(server.address, b"").await);
    for _ in 0..5 {
        assert_eq!(ask(server.address, "page").await, "ok a page");
    }
    assert_eq!((rest(first).await, rest(second).await), (String::new(), String::new()));
    assert!(server.stop().await.expect("no panic"));
    let endings = log.endings();
    let count = |word: &str| endings.iter().filter(|ending| *ending == word).count();
    assert_eq!((count("made-room") <= 2, count("whole"), count("refused")), (true, 5, 0), "{endings:?}"); // C5
}

/// C1: connections that are being answered are not closed; further ones are told that there are too many, and many more are
/// closed without words.
#[tokio::test]
async fn client_beyond_the_limit_of_its_address_is_told_so() {
    let (context, log) = context(Limits { per_address: 2, ..Limits::STANDARD }, None);
    let server = Server::of(Large, context, Transport::Plain);
    let mut answered = Vec::new();
    for _ in 0..2 {
        let mut stream = come(server.address, b"much\n").await;
        stream.read_exact(&mut [0; 3]).await.expect("an answer");
        answered.push(stream);
    }
    assert_eq!(ask(server.address, "page").await, "busy");
    // None of these sends a request; that is no way to more than the limit.
    let mut surplus = Vec::new();
    for _ in 0..8 {
        surplus.push(come(server.address, b"pa").await);
    }
    assert_eq!(ask(server.address, "page").await, "");
    let mut one = surplus.pop().expect("one of them");
    one.write_all(b"ge\n").await.expect("room");
    assert_eq!(rest(one).await, "busy");
    drop(surplus);
    for stream in answered {
        assert_eq!(rest(stream).await.len(), MUCH);
    }
    while ask(server.address, "page").await != "ok a page" {}
    assert!(server.stop().await.expect("no panic"));
    let endings = log.endings();
    assert!(endings.iter().filter(|ending| *ending == "refused").count() >= 3, "{endings:?}"); // C5
}

/// C1: an IPv4 address is one client however it is written, and so is a /64 of IPv6. C3.
#[tokio::test]
async fn limit_counts_client_prefixes() {
    let (mut context, log) = context_with_log(
        Limits { per_address: 1, ..Limits::STANDARD },
        None,
        LineStyle::new(LogFormat::Text, LogAddresses::Full),
    );
    context.proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    let server = Server::start(context, Transport::Plain);
    let mut held = Vec::new();
    for (family, address) in [
        ("TCP4", "192.0.2.1"),
        ("TCP4", "192.0.2.2"),
        ("TCP6", "::ffff:192.0.2.1"),
        ("TCP6", "2001:db8:0:1::1"),
        ("TCP6", "2001:db8:0:2::1"),
        ("TCP6", "2001:db8:0:1:ffff::2"),
        ("TCP4", "192.0.2.3"),
    ] {
        let target = if family == "TCP4" { "10.0.0.9" } else { "::1" };
        let header = format!("PROXY {family} {address} {target} 4711 1965\r\n");
        held.push(come(server.address, header.as_bytes()).await);
        // Once another client is answered, the one before is admitted.
        let other = format!("PROXY TCP4 198.51.100.{} 10.0.0.9 4711 1965\r\npage\n", held.len());
        assert_eq!(rest(come(server.address, other.as_bytes()).await).await, "ok a page");
    }
    drop(held);
    assert!(server.stop().await.expect("no panic"));
    let lines = log.lines();
    let mut evicted: Vec<&str> =
        lines.iter().filter(|line| line.ends_with("made-room")).filter_map(|line| line.split(' ').nth(2)).collect();
    evicted.sort_unstable();
    assert_eq!(evicted, ["192.0.2.1", "2001:db8:0:1::1"], "{lines:?}");
}

#[tokio::test]
async fn connection_being_answered_is_not_evicted() {
    let (context, _log) = context(Limits { connections: 1, ..Limits::STANDARD }, None);
    let server = Server::start(context, Transport::Plain);
    let mut first = TcpStream::connect(server.address).await.expect("a listener");
    first.write_all(b"big\n").await.expect("room");
    first.read_exact(&mut [0; 3]).await.expect("an answer");
    let waiting = tokio::spawn(ask(server.address, "page"));
    let mut rest = Vec::new();
    first.read_to_end(&mut rest).await.expect("all of it");
    assert_eq!(rest.len(), BIG);
    drop(first);
    assert_eq!(waiting.await.expect("no panic"), "ok a page");
    assert!(server.stop().await.expect("no panic"));
}

#[tokio::test]
async fn clients_are_answered_while_others_hold_every_slot() {
    let (context, log) = context(Limits { connections: 4, ..Limits::STANDARD }, None);
    let server = Server::start(context, Transport::Plain);
    let mut holding = Vec::new();
    for _ in 0..5 {
        for words in [&b""[..], b"pa", b"pag", b"p"] {
            let mut stream = TcpStream::connect(server.address).await.expect("a listener");
            stream.write_all(words).await.expect("room");
            holding.push(stream);
        }
        assert_eq!(ask(server.address, "page").await, "ok a page"); // C1
    }
    drop(holding);
    assert!(server.stop().await.expect("no panic"));
    let endings = log.endings();
    assert_eq!(endings.iter().filter(|ending| *ending == "whole").count(), 5, "{endings:?}");
    assert!(endings.iter().filter(|ending| *ending == "made-room").count() >= 16, "{endings:?}");
}

#[tokio::test]
async fn file_is_streamed_and_a_missing_one_is_a_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    std::fs::write(&path, vec![b'y'; BIG]).expect("written");
    let (context, log) = context(Limits::STANDARD, Some(path));
    let server = Server::start(context, Transport::Plain);
    let reply = ask(server.address, "file").await;
    assert_eq!(reply.len(), 3 + BIG); // C4
    assert!(reply.starts_with("ok yyy"));
    assert_eq!(ask(server.address, "absent").await, "missing");
    assert!(server.stop().await.expect("no panic"));
    assert_eq!(log.endings(), ["whole", "whole"]);
}

/// C4: clients that request something large and read nothing must not fill the memory of the system.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn system_buffers_little_for_a_client_that_reads_nothing() {
    let limits = Limits { write_stall: Duration::from_millis(300), ..Limits::STANDARD };
    let (context, log) = context(limits, None);
    let body = vec![b'x'; 32 * 1024 * 1024];
    let server = Server::of(Once(Mutex::new(body.into())), context, Transport::Plain);
    // A connection has the options that the listener has when it is established.
    tokio::task::yield_now().await;
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(64 * 1024).expect("a socket");
    let mut stream = socket.connect(server.address).await.expect("a listener");
    stream.write_all(b"page\n").await.expect("room");
    stream.readable().await.expect("a beginning");
    assert_eq!(ask(server.address, "page").await, "ok ");
    assert!(server.stop().await.expect("no panic"));
    let lines = log.lines();
    let cut_off = lines.iter().find(|line| line.ends_with(" truncated"));
    let sent = cut_off.and_then(|line| line.split(' ').nth(6)?.parse::<usize>().ok());
    assert!(sent.is_some_and(|sent| sent < 2 * 1024 * 1024), "{lines:?}");
}

/// How a client that asks for something large goes on.
#[derive(Clone)]
struct Reading {
    write_stall: Duration,
    /// Bytes that its system receives ahead.
    ahead: u32,
    /// Pauses, each with the number of bytes that it reads afterwards. At last it reads all at once.
    pauses: Vec<(Duration, usize)>,
    served: bool,
}

/// Bytes of what these clients ask for: more than the system takes ahead.
const MUCH: usize = 4 * 1024 * 1024;

/// Serves a reply of [`MUCH`] bytes, a file or bytes in memory, to a client that reads like this. Returns what it got,
/// whether it saw a whole reply, and the last word of the log.
async fn read_slowly(tls: bool, file: bool, reading: &Reading) -> (usize, bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    std::fs::File::create(&path).and_then(|file| file.set_len(MUCH as u64)).expect("sparse");
    let limits = Limits { write_stall: reading.write_stall, ..Limits::STANDARD };
    let (context, log) = context(limits, Some(path));
    let keys = Keys::new();
    let transport = if tls { Transport::Tls(keys.server()) } else { Transport::Plain };
    let server = Server::of(Large, context, transport);
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(reading.ahead).expect("a socket");
    // Segments as on a network, so that the window opens in small steps.
    socket2::SockRef::from(&socket).set_tcp_mss(1400).expect("a socket");
    let stream = socket.connect(server.address).await.expect("a listener");
    let mut stream: Box<dyn Stream> = if tls { Box::new(keys.connect(stream).await) } else { Box::new(stream) };
    stream.write_all(if file { b"file\n" } else { b"much\n" }).await.expect("room");
    let (mut got, mut end) = (0, None);
    for (pause, bytes) in reading.pauses.iter().copied().chain([(Duration::ZERO, usize::MAX)]) {
        tokio::time::sleep(pause).await;
        let (mut left, mut space) = (bytes, vec![0; 64 * 1024]);
        while left > 0 && end.is_none() {
            let most = left.min(space.len());
            match stream.read(&mut space[..most]).await {
                Ok(0) => end = Some(true),
                Ok(read) => (got, left) = (got + read, left - read),
                Err(_) => end = Some(false),
            }
        }
    }
    drop(stream);
    assert!(server.stop().await.expect("no panic"));
    (got, end.expect("an end"), log.endings().pop().expect("a line"))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// C1+, G15: progress is what the client acknowledged, not what the system took for it; and a reply that was cut off never
/// looks whole, nor does it leave bytes behind in the system.
#[tokio::test]
async fn only_a_client_that_stops_reading_is_cut_off() {
    let row = |seconds, ahead, pauses: &[(u64, usize)], served| {
        let pauses = pauses.iter().map(|(millis, bytes)| (Duration::from_millis(*millis), *bytes)).collect();
        Reading { write_stall: Duration::from_secs(seconds), ahead, pauses, served }
    };
    let for_eight_seconds = |bytes, millis| (0..8_000 / millis).map(|_| (millis, bytes)).collect::<Vec<_>>();
    let steady = |ahead, bytes, millis| row(4, ahead, &for_eight_seconds(bytes, millis), true);
    let rows = [
        steady(128 * 1024, 64 * 1024, 100),
        steady(32 * 1024, 16 * 1024, 50),
        steady(32 * 1024, 16 * 1024, 300),
        steady(8 * 1024, 2 * 1024, 100),
        row(4, 128 * 1024, &[(8_000, 0)], false),
        row(4, 8 * 1024, &[(8_000, 0)], false),
        // Less than the lowest rate.
        row(4, 32 * 1024, &for_eight_seconds(1, 400), false),
        // A client that has gone on once, or has taken more than its system receives ahead, may pause for longer.
        row(2, 32 * 1024, &[(1_500, 64 * 1024), (9_000, 0)], true),
        row(1, 32 * 1024, &[(0, 768 * 1024), (5_000, 64 * 1024), (5_000, 0)], true),
        // At last it counts as one that has stopped.
        row(1, 32 * 1024, &[(0, 768 * 1024), (28_000, 0)], false),
    ];
    let mut clients = JoinSet::new();
    for reading in rows {
        for (tls, file) in [(false, true), (true, false)] {
            let reading = reading.clone();
            clients.spawn(async move {
                let (got, whole, ending) = read_slowly(tls, file, &reading).await;
                let shown = format!("TLS {tls}, file {file}: {got} {ending} {:?}", reading.pauses.first());
                let expected = if reading.served { (true, MUCH + 3, "whole") } else { (false, got, "truncated") };
                assert_eq!((whole, got, ending.as_str()), expected, "{shown}");
                // What the client had not received was discarded.
                assert!(reading.served || got < MUCH / 4, "{shown}");
            });
        }
    }
    clients.join_all().await;
}

#[tokio::test]
async fn panic_while_answering_ends_one_connection() {
    let (context, _log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Plain);
    assert_eq!(ask(server.address, "panic").await, "broken"); // C7
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(server.stop().await.expect("no panic"));
}

#[tokio::test]
async fn reply_to_an_upload_is_not_lost_by_a_reset() {
    let (context, _log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Plain);
    for length in [8_000, 300_000, 900_000] {
        let upload = format!("titan\n{}", "z".repeat(length));
        let mut stream = TcpStream::connect(server.address).await.expect("a listener");
        stream.write_all(upload.as_bytes()).await.unwrap_or_else(|error| panic!("{length} bytes: {error}"));
        let mut reply = String::new();
        // Some clients drop what they received before a reset.
        stream.read_to_string(&mut reply).await.unwrap_or_else(|error| panic!("{length} bytes: {error}"));
        assert_eq!(reply, "ok what?", "{length} bytes"); // P3, P24
    }
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(server.stop().await.expect("no panic"));
}

#[tokio::test]
async fn silent_tls_client_does_not_block_others() {
    let keys = Keys::new();
    let (context, _log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Either(keys.server()));
    let mut silent = TcpStream::connect(server.address).await.expect("a listener");
    silent.write_all(b"\x16\x03").await.expect("room");
    let _more = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, "ok a page"); // C1
}

#[tokio::test]
async fn pending_request_is_answered_during_shutdown() {
    let (context, log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Plain);
    let address = server.address;
    // Once a page is answered, the connection accepted before it has a task.
    let mut running = TcpStream::connect(address).await.expect("a listener");
    running.write_all(b"pa").await.expect("room");
    assert_eq!(ask(address, "page").await, "ok a page");
    let stopped = server.stop();
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    running.write_all(b"ge\n").await.expect("room");
    let mut reply = String::new();
    running.read_to_string(&mut reply).await.expect("an end");
    assert_eq!(reply, "ok a page"); // C6
    drop(running);
    assert!(stopped.await.expect("no panic"));
    assert_eq!(log.endings().iter().filter(|ending| *ending == "whole").count(), 2);
}

/// A connection in the backlog of the system is established for its client, so it must be answered.
#[tokio::test]
async fn backlog_is_answered_during_shutdown() {
    let (context, log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Plain);
    assert_eq!(ask(server.address, "page").await, "ok a page");
    // The test does not yield meanwhile, so that all of them stay in the backlog.
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let mut stream = std::net::TcpStream::connect(server.address).expect("a listener");
            std::io::Write::write_all(&mut stream, b"page\n").expect("room");
            stream.set_nonblocking(true).expect("set");
            TcpStream::from_std(stream).expect("within the runtime")
        })
        .collect();
    let stopped = server.stop();
    for mut stream in waiting {
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.expect("no reset");
        assert_eq!(reply, "ok a page"); // C6
    }
    assert!(stopped.await.expect("no panic"));
    assert_eq!(log.endings().iter().filter(|ending| *ending == "whole").count(), 21);
}

#[tokio::test]
async fn grace_period_ends_open_connections() {
    let grace = Duration::from_millis(50);
    let (context, _log) = context(Limits { grace, ..Limits::STANDARD }, None);
    let server = Server::start(context, Transport::Plain);
    let _idle = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(!server.stop().await.expect("no panic")); // C6
}

/// C6.
#[tokio::test(start_paused = true)]
async fn silent_client_does_not_delay_the_shutdown() {
    let (context, log) = context(Limits::STANDARD, None);
    let server = Server::start(context, Transport::Plain);
    let _idle = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, "ok a page");
    let start = tokio::time::Instant::now();
    assert!(server.stop().await.expect("no panic"));
    assert!(start.elapsed() < Limits::STANDARD.grace / 2, "{:?}", start.elapsed());
    assert_eq!(log.endings().iter().filter(|ending| *ending == "stopped").count(), 1);
}

/// Answers like [`Words`], but [`MUCH`] bytes to `much`.
struct Large;

impl Protocol for Large {
    fn name(&self) -> &'static str {
        Words.name()
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        Words.scan(bytes)
    }

    fn respond(&self, request: &[u8], peer: &Peer, sites: &Sites, _: bool) -> Result<Answer, usize> {
        let answer = Words.answer(request, peer, sites);
        let is_much = request == b"much\n";
        Ok(if is_much { Answer { body: Body::Bytes(vec![0; MUCH].into()), ..answer } } else { answer })
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        Words.fault(fault, request)
    }
}

/// Answers like [`Words`], but `slow` takes until a message is received.
struct Slow(Mutex<Receiver<()>>);

impl Protocol for Slow {
    fn name(&self) -> &'static str {
        Words.name()
    }

    fn scan(&self, bytes: &[u8]) -> Option<usize> {
        Words.scan(bytes)
    }

    fn respond(&self, request: &[u8], peer: &Peer, sites: &Sites, quick: bool) -> Result<Answer, usize> {
        match request {
            [b's', b'l', b'o', b'w', ..] if quick => return Err(4 << 20),
            [b'p', b'a', b'g', b'e', ..] if quick => return Err(100),
            [b's', b'l', b'o', b'w', ..] => {
                self.0.lock().expect("unspoilt").recv_timeout(Duration::from_secs(30)).expect("a message");
            }
            _ => {}
        }
        Words.respond(request, peer, sites, quick)
    }

    fn fault(&self, fault: Fault, request: &[u8]) -> Answer {
        Words.fault(fault, request)
    }
}

/// C1: the test has one network thread and one thread for short answers, neither of which a slow answer must block.
#[tokio::test]
async fn slow_answer_does_not_delay_others() {
    let (context, _log) = context(Limits::STANDARD, None);
    let (finish, wait) = channel();
    let server = Server::of(Slow(Mutex::new(wait)), context, Transport::Plain);
    let slow = tokio::spawn(ask(server.address, "slow"));
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(!slow.is_finished());
    finish.send(()).expect("the answer waits");
    assert_eq!(slow.await.expect("no panic"), "ok what?");
    assert!(server.stop().await.expect("no panic"));
}
