//! Deadlines, on pipes with a paused clock.

use std::sync::Arc;
use std::time::Duration;

use lamplit::server::admission::ConnectionLimiter;
use lamplit::server::connection::serve_connection;
use lamplit::server::{Endpoint, Limits, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::support::{BIG, CLIENT, Words, context, serve_one};
use super::tls::Keys;

/// Runs one connection against `client`, and checks after how many seconds it ends and with which outcome.
async fn check<F: Future<Output = ()> + Send + 'static>(
    transport: Transport,
    client: impl FnOnce(DuplexStream) -> F,
    seconds: u64,
    ending: &str,
) {
    let (context, log) = context(Limits::STANDARD, None);
    let (ours, theirs) = duplex(1024);
    let client = tokio::spawn(client(theirs));
    let start = Instant::now();
    serve_one(ours, Words, transport, &context).await;
    assert_eq!(start.elapsed().as_secs(), seconds, "{ending}");
    drop(context);
    assert_eq!(log.endings(), [ending]);
    client.await.expect("the client saw what it should");
}

/// Sends `words`, then nothing, and expects an end without a reply.
async fn say(mut stream: DuplexStream, words: &'static [u8]) {
    stream.write_all(words).await.expect("room");
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.expect("an end");
    assert!(reply.is_empty(), "{}", reply.escape_ascii());
}

#[tokio::test(start_paused = true)]
async fn silent_client_is_closed_at_the_deadline() {
    let tls = || Transport::Tls(Keys::new().server());
    check(Transport::Plain, |stream| say(stream, b""), 10, "silent").await; // C1
    check(tls(), |stream| say(stream, b""), 10, "silent").await; // C1
    check(Transport::Plain, |stream| say(stream, b"half a li"), 10, "request-timeout").await; // C1
    check(tls(), |stream| say(stream, b"\x16\x03\x01"), 10, "handshake-timeout").await; // C1
    check(tls(), |stream| say(stream, b"page\n"), 0, "other-protocol").await; // T4
    check(Transport::Plain, |stream| say(stream, b"\x16\x03\x01"), 0, "other-protocol").await; // G10
}

/// C4: a client that begins a hello of 64 KB does not take as much memory.
#[tokio::test(start_paused = true)]
async fn hello_of_many_bytes_is_refused_at_once() {
    let hello = |length: u16| {
        async move |mut stream: DuplexStream| {
            // A record of a handshake with the beginning of a client hello.
            let record = [&[0x16, 3, 1, 0x40, 0, 1, 0, 0xff, 0xff, 3, 3][..], &vec![0; 0x4000 - 6]].concat();
            let words = [&*record, &*record].concat();
            // The server may have hung up by then.
            let _ = stream.write_all(&words[..usize::from(length)]).await;
            let mut reply = Vec::new();
            stream.read_to_end(&mut reply).await.expect("an end");
            assert!(reply.is_empty(), "{}", reply.escape_ascii());
        }
    };
    let tls = || Transport::Tls(Keys::new().server());
    check(tls(), hello(0x5000), 0, "handshake-failed").await;
    check(tls(), hello(0x3000), 10, "handshake-timeout").await;
}

#[tokio::test(start_paused = true)]
async fn slow_bytes_do_not_extend_the_deadline() {
    let trickle = |mut stream: DuplexStream| async move {
        while stream.write_all(b"a").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    check(Transport::Plain, trickle, 10, "request-timeout").await; // C1
}

#[tokio::test(start_paused = true)]
async fn request_in_single_bytes_is_answered() {
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
async fn client_that_stops_reading_is_cut_off() {
    let stall = |mut stream: DuplexStream| async move {
        stream.write_all(b"big\n").await.expect("room");
        sleep(Duration::from_secs(100)).await;
    };
    check(Transport::Plain, stall, 30, "truncated").await; // C1
}

#[tokio::test(start_paused = true)]
async fn slow_client_gets_the_whole_reply() {
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
    // 977 reads of 1 KiB with 20 s between them; the last ones are served from the pipe after the connection ended.
    let (context, log) = context(Limits::STANDARD, None);
    let (ours, theirs) = duplex(1024);
    let client = tokio::spawn(slow(theirs));
    serve_one(ours, Words, Transport::Plain, &context).await;
    client.await.expect("everything came");
    drop(context);
    assert_eq!(log.endings(), ["whole"]);
}

#[tokio::test(start_paused = true)]
async fn client_that_never_closes_is_closed_after_the_linger_time() {
    let keep = |mut stream: DuplexStream| async move {
        stream.write_all(b"page\n").await.expect("room");
        let mut reply = [0; 9];
        stream.read_exact(&mut reply).await.expect("a reply");
        sleep(Duration::from_secs(100)).await;
    };
    check(Transport::Plain, keep, 1, "whole").await; // T3
}

#[tokio::test(start_paused = true)]
async fn panic_while_answering_is_a_fault() {
    let ask = |mut stream: DuplexStream| async move {
        stream.write_all(b"panic\n").await.expect("room");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await.expect("an end");
        assert_eq!(reply, "broken");
    };
    check(Transport::Plain, ask, 0, "whole").await; // C7, P4
}

/// C1: pending connections are evicted oldest first; one that is being answered is not.
#[tokio::test(start_paused = true)]
async fn oldest_pending_connection_is_evicted() {
    let (context, log) = context(Limits::STANDARD, None);
    let limiter = ConnectionLimiter::new(4, 4);
    let mut tasks = JoinSet::new();
    let mut come = async |words: &'static [u8]| {
        let (ours, mut theirs) = duplex(1024);
        let (client, context) = (limiter.admit(CLIENT, false).await.expect("a slot"), context.clone());
        let endpoint = Endpoint { protocol: Arc::new(Words), transport: Transport::Plain };
        tasks.spawn(async move { serve_connection(ours, client, &endpoint, &context).await });
        theirs.write_all(words).await.expect("room");
        theirs
    };
    let mut answered = come(b"big\n").await;
    let (half, mut silent, mut late) = (come(b"pa").await, come(b"").await, come(b"pa").await);
    // Its answer has begun, so its request is complete.
    answered.read_exact(&mut [0; 3]).await.expect("an answer");
    assert!(limiter.evict_oldest());
    say(half, b"").await;
    assert!(limiter.evict_oldest());
    assert_eq!(silent.read(&mut [0; 1]).await.expect("an end"), 0);
    late.write_all(b"ge\n").await.expect("room");
    let mut reply = Vec::new();
    late.read_to_end(&mut reply).await.expect("an end");
    assert_eq!(reply, b"ok a page");
    assert!(!limiter.evict_oldest());
    let mut rest = Vec::new();
    answered.read_to_end(&mut rest).await.expect("all of it");
    assert_eq!(rest.len(), BIG);
    drop((context, answered, late));
    while tasks.join_next().await.is_some() {}
    let mut endings = log.endings();
    endings.sort();
    assert_eq!(endings, ["made-room", "made-room", "whole", "whole"]);
}

/// A header is refused from a client that is no trusted proxy, valid or not. No request of a protocol begins like one.
#[tokio::test(start_paused = true)]
async fn proxy_header_of_another_client_is_refused() {
    for (bytes, is_refused) in [
        (&b"PROXY TCP4 192.0.2.1 10.0.0.9 4711 1965\r\n"[..], true),
        (b"PROXY UNKNOWN", true),
        (b"\r\n\r\n\x00\r\nQUIT\n", true),
        (b"\r\n", false),
        (b"PROXY wars\r\n", false),
    ] {
        let (context, log) = context(Limits::STANDARD, None);
        let (ours, mut theirs) = duplex(1024);
        theirs.write_all(bytes).await.expect("room");
        serve_one(ours, Words, Transport::Plain, &context).await;
        drop(context);
        let expected = if is_refused { "unlisted-proxy" } else { "whole" };
        assert_eq!(log.endings(), [expected], "{}", bytes.escape_ascii());
    }
}
