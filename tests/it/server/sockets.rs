//! Caps, files, panics and the drain, over loopback sockets. Every abuse ends by asking for a normal page.

use std::net::SocketAddr;

use lamplit::server::Limits;
use lamplit::server::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::support::{BIG, Server, shell};
use super::tls::Keys;

async fn ask(address: SocketAddr, word: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a listener");
    // Who is over a cap may be hung up on before the word is out.
    let _ = stream.write_all(format!("{word}\n").as_bytes()).await;
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8(reply).expect("UTF-8")
}

#[tokio::test]
async fn one_address_cannot_take_every_place() {
    let (shell, log) = shell(Limits { per_address: 2, ..Limits::STANDARD }, None);
    let server = Server::start(shell, Transport::Plain);
    let first = TcpStream::connect(server.address).await.expect("a listener");
    let second = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, ""); // C1
    drop((first, second));
    // Their places come back when their tasks have noticed.
    while ask(server.address, "page").await != "ok a page" {
        tokio::task::yield_now().await;
    }
    assert!(server.stop().await.expect("no panic"));
    let endings = log.endings();
    assert_eq!(endings.iter().filter(|ending| *ending == "silent").count(), 2);
    assert_eq!(endings.iter().filter(|ending| *ending == "whole").count(), 1);
    assert!(endings.iter().any(|ending| ending == "refused")); // C5
}

#[tokio::test]
async fn who_is_being_answered_keeps_their_place() {
    let (shell, _log) = shell(Limits { connections: 1, ..Limits::STANDARD }, None);
    let server = Server::start(shell, Transport::Plain);
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
async fn readers_get_in_however_many_hold_a_place() {
    let (shell, log) = shell(Limits { connections: 4, ..Limits::STANDARD }, None);
    let server = Server::start(shell, Transport::Plain);
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
async fn files_are_streamed_or_apologised_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    std::fs::write(&path, vec![b'y'; BIG]).expect("written");
    let (shell, log) = shell(Limits::STANDARD, Some(path));
    let server = Server::start(shell, Transport::Plain);
    let reply = ask(server.address, "file").await;
    assert_eq!(reply.len(), 3 + BIG); // C4
    assert!(reply.starts_with("ok yyy"));
    assert_eq!(ask(server.address, "absent").await, "missing");
    assert!(server.stop().await.expect("no panic"));
    assert_eq!(log.endings(), ["whole", "whole"]);
}

#[tokio::test]
async fn a_panic_costs_one_connection() {
    let (shell, _log) = shell(Limits::STANDARD, None);
    let server = Server::start(shell, Transport::Plain);
    assert_eq!(ask(server.address, "panic").await, "broken"); // C7
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(server.stop().await.expect("no panic"));
}

#[tokio::test]
async fn an_upload_cannot_destroy_its_refusal() {
    let (shell, _log) = shell(Limits::STANDARD, None);
    let server = Server::start(shell, Transport::Plain);
    for length in [8_000, 300_000, 900_000] {
        let upload = format!("titan\n{}", "z".repeat(length));
        let mut stream = TcpStream::connect(server.address).await.expect("a listener");
        stream.write_all(upload.as_bytes()).await.unwrap_or_else(|error| panic!("{length} bytes: {error}"));
        let mut reply = String::new();
        // Not every client reads what came before a reset.
        stream.read_to_string(&mut reply).await.unwrap_or_else(|error| panic!("{length} bytes: {error}"));
        assert_eq!(reply, "ok what?", "{length} bytes"); // P3, P24
    }
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(server.stop().await.expect("no panic"));
}

#[tokio::test]
async fn a_silent_tls_client_blocks_nobody() {
    let keys = Keys::new();
    let (shell, _log) = shell(Limits::STANDARD, None);
    let server = Server::start(shell, Transport::Either(keys.server()));
    let mut silent = TcpStream::connect(server.address).await.expect("a listener");
    silent.write_all(b"\x16\x03").await.expect("room");
    let _more = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, "ok a page"); // C1
}

#[tokio::test]
async fn running_requests_finish_before_the_end() {
    let (shell, log) = shell(Limits::STANDARD, None);
    let server = Server::start(shell, Transport::Plain);
    let address = server.address;
    // Once a page was answered, the connection accepted before it is inside.
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

/// The system accepts for us: whoever it has accepted has a reader's trust already that they will be answered.
#[tokio::test]
async fn who_was_waiting_for_us_at_the_end_is_answered_too() {
    let (shell, log) = shell(Limits::STANDARD, None);
    let server = Server::start(shell, Transport::Plain);
    assert_eq!(ask(server.address, "page").await, "ok a page");
    // Nothing but this runs meanwhile: all of them are accepted by the system alone.
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
async fn the_grace_period_ends() {
    let grace = std::time::Duration::from_millis(50);
    let (shell, _log) = shell(Limits { grace, ..Limits::STANDARD }, None);
    let server = Server::start(shell, Transport::Plain);
    let _idle = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, "ok a page");
    assert!(!server.stop().await.expect("no panic")); // C6
}

/// C6: a reader who is late gets their page; who says nothing does not hold up the end.
#[tokio::test(start_paused = true)]
async fn who_holds_on_without_client_auth_does_not_hold_up_the_end() {
    let (shell, log) = shell(Limits::STANDARD, None);
    let server = Server::start(shell, Transport::Plain);
    let _idle = TcpStream::connect(server.address).await.expect("a listener");
    assert_eq!(ask(server.address, "page").await, "ok a page");
    let start = tokio::time::Instant::now();
    assert!(server.stop().await.expect("no panic"));
    assert!(start.elapsed() < Limits::STANDARD.grace / 2, "{:?}", start.elapsed());
    assert_eq!(log.endings().iter().filter(|ending| *ending == "stopped").count(), 1);
}
