//! Deadlines, on pipes with a paused clock: hours pass in milliseconds.

use std::time::Duration;

use lamplit::server::Limits;
use lamplit::server::Transport;
use lamplit::server::connection;
use lamplit::server::waiting::PendingQueue;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::support::{BIG, in_words, shell};
use super::tls::Keys;

/// Runs one connection against `client`; checks after how many seconds it ended, and how.
async fn check<F: Future<Output = ()> + Send + 'static>(
    transport: Transport,
    client: impl FnOnce(DuplexStream) -> F,
    seconds: u64,
    ending: &str,
) {
    let (shell, log) = shell(Limits::STANDARD, None);
    let (ours, theirs) = duplex(1024);
    let client = tokio::spawn(client(theirs));
    let start = Instant::now();
    connection::run(ours, None, PendingQueue::default().enter(), &in_words(), &transport, &shell).await;
    assert_eq!(start.elapsed().as_secs(), seconds, "{ending}");
    drop(shell);
    assert_eq!(log.endings(), [ending]);
    client.await.expect("the client saw what it should");
}

/// Says `words`, then nothing, and expects to be hung up on without a word.
async fn say(mut stream: DuplexStream, words: &'static [u8]) {
    stream.write_all(words).await.expect("room");
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.expect("an end");
    assert!(reply.is_empty(), "{}", reply.escape_ascii());
}

#[tokio::test(start_paused = true)]
async fn who_says_nothing_is_hung_up_on() {
    let tls = || Transport::Tls(Keys::new().server());
    check(Transport::Plain, |stream| say(stream, b""), 10, "silent").await; // C1
    check(tls(), |stream| say(stream, b""), 10, "silent").await; // C1
    check(Transport::Plain, |stream| say(stream, b"half a li"), 10, "request-timeout").await; // C1
    check(tls(), |stream| say(stream, b"\x16\x03\x01"), 10, "handshake-timeout").await; // C1
    check(tls(), |stream| say(stream, b"page\n"), 0, "other-protocol").await; // T4
    check(Transport::Plain, |stream| say(stream, b"\x16\x03\x01"), 0, "other-protocol").await; // G10
}

#[tokio::test(start_paused = true)]
async fn a_byte_now_and_then_does_not_extend_the_deadline() {
    let trickle = |mut stream: DuplexStream| async move {
        while stream.write_all(b"a").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    check(Transport::Plain, trickle, 10, "request-timeout").await; // C1
}

#[tokio::test(start_paused = true)]
async fn a_request_may_come_byte_by_byte() {
    let slowly = |mut stream: DuplexStream| async move {
        for byte in b"page\nwhat follows is ignored" {
            stream.write_all(&[*byte]).await.expect("room");
        }
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).await.expect("an end");
        assert_eq!(reply, b"ok a page");
    };
    check(Transport::Plain, slowly, 0, "whole").await; // P1, P3
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_stops_reading_is_given_up() {
    let stall = |mut stream: DuplexStream| async move {
        stream.write_all(b"big\n").await.expect("room");
        sleep(Duration::from_secs(100)).await;
    };
    check(Transport::Plain, stall, 30, "truncated").await; // C1
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_everything() {
    let slow = |mut stream: DuplexStream| async move {
        stream.write_all(b"big\n").await.expect("room");
        let mut total = 0;
        let mut space = vec![0; 1024];
        loop {
            match stream.read(&mut space).await.expect("bytes") {
                0 => break,
                length => total += length,
            }
            sleep(Duration::from_secs(20)).await;
        }
        assert_eq!(total, BIG + 3);
    };
    // 977 pieces of 1 KiB with 20 s between them; the last ones wait in the pipe, beyond our care.
    let (shell, log) = shell(Limits::STANDARD, None);
    let (ours, theirs) = duplex(1024);
    let client = tokio::spawn(slow(theirs));
    connection::run(ours, None, PendingQueue::default().enter(), &in_words(), &Transport::Plain, &shell)
        .await;
    client.await.expect("everything came");
    drop(shell);
    assert_eq!(log.endings(), ["whole"]);
}

#[tokio::test(start_paused = true)]
async fn a_peer_who_never_closes_is_left_after_a_second() {
    let keep = |mut stream: DuplexStream| async move {
        stream.write_all(b"page\n").await.expect("room");
        let mut reply = [0; 9];
        stream.read_exact(&mut reply).await.expect("a reply");
        sleep(Duration::from_secs(100)).await;
    };
    check(Transport::Plain, keep, 1, "whole").await; // T3
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_an_apology() {
    let ask = |mut stream: DuplexStream| async move {
        stream.write_all(b"panic\n").await.expect("room");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.expect("an end");
        assert_eq!(reply, "broken");
    };
    check(Transport::Plain, ask, 0, "whole").await; // C7, P4
}

/// C1: who holds a place over a request makes room, the oldest first; who is being answered is left in peace.
#[tokio::test(start_paused = true)]
async fn the_oldest_unfinished_request_makes_room() {
    let (shell, log) = shell(Limits::STANDARD, None);
    let waiting = PendingQueue::default();
    let mut tasks = JoinSet::new();
    let mut come = |words: &'static [u8]| {
        let (ours, mut theirs) = duplex(1024);
        let (seat, shell) = (waiting.enter(), shell.clone());
        tasks.spawn(async move {
            connection::run(ours, None, seat, &in_words(), &Transport::Plain, &shell).await;
        });
        async move {
            theirs.write_all(words).await.expect("room");
            theirs
        }
    };
    let mut answered = come(b"big\n").await;
    let (half, mut silent, mut late) = (come(b"pa").await, come(b"").await, come(b"pa").await);
    // Its answer has begun, so its request is finished.
    answered.read_exact(&mut [0; 3]).await.expect("an answer");
    assert!(waiting.make_room());
    say(half, b"").await;
    assert!(waiting.make_room());
    assert_eq!(silent.read(&mut [0; 1]).await.expect("an end"), 0);
    late.write_all(b"ge\n").await.expect("room");
    let mut reply = Vec::new();
    late.read_to_end(&mut reply).await.expect("an end");
    assert_eq!(reply, b"ok a page");
    assert!(!waiting.make_room());
    let mut rest = Vec::new();
    answered.read_to_end(&mut rest).await.expect("all of it");
    assert_eq!(rest.len(), BIG);
    drop((shell, answered, late));
    while tasks.join_next().await.is_some() {}
    let mut endings = log.endings();
    endings.sort();
    assert_eq!(endings, ["made-room", "made-room", "whole", "whole"]);
}
