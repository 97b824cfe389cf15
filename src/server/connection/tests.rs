//! Conversations through pipes, with the clock paused: a deadline of seconds is tested in milliseconds.

use tokio::io::{DuplexStream, duplex};

use super::*;
use crate::protocol::Class;
use crate::server::access_log::{Addresses, Format, Options};
use crate::server::{AccessLog, Current};

/// A protocol of one line: `ok`, `big`, `file`, `missing`, `panic`.
struct Lines;

impl Protocol for Lines {
    fn name(&self) -> &'static str {
        "lines"
    }

    fn scan(&self, bytes: &[u8]) -> Scan {
        match bytes.iter().position(|byte| *byte == b'\n') {
            Some(at) => Scan::Complete(at + 1),
            None if bytes.len() > 64 => Scan::Complete(64),
            None => Scan::More,
        }
    }

    fn answer(&self, request: &[u8], _: &Peer, _: &Shelf) -> Answer {
        let body = match request {
            b"big\n" => Body::Bytes(Bytes::from(vec![b'x'; 1 << 20])),
            b"file\n" | b"missing\n" => Body::File(FileRef {
                root: Arc::from(std::path::Path::new("/")),
                relative: String::from_utf8_lossy(request).trim().into(),
                length: 0,
            }),
            b"panic\n" => panic!("a bug"),
            _ => Body::Bytes(Bytes::from_static(b"page")),
        };
        reply("20 ", body, "20")
    }

    fn fault(&self, fault: Fault) -> Answer {
        match fault {
            Fault::Missing => reply("51 missing", Body::Empty, "51"),
            Fault::Internal => reply("42 broken", Body::Empty, "42"),
        }
    }
}

fn reply(head: &'static str, body: Body, status: &'static str) -> Answer {
    let outcome = Outcome { class: Class::Served, status, resource: String::new() };
    Answer { head: Bytes::from_static(head.as_bytes()), body, outcome }
}

fn shared() -> Shared {
    let options = Options { addresses: Addresses::Off, format: Format::Text };
    Shared {
        current: Arc::new(Current::new(Shelf::default())),
        limits: Limits::standard(),
        open: Arc::new(|file| match file.relative.to_str() {
            Some("file") => {
                let mut file = tempfile::tempfile()?;
                io::Write::write_all(&mut file, &vec![b'f'; 200_000])?;
                io::Seek::rewind(&mut file)?;
                Ok(file)
            }
            _ => Err(io::ErrorKind::NotFound.into()),
        }),
        log: AccessLog::new(options, io::sink()).expect("a log"),
    }
}

fn start(buffer: usize) -> (DuplexStream, tokio::task::JoinHandle<Ended>) {
    let (reader, server) = duplex(buffer);
    let serving = tokio::spawn(async move { converse(server, Peer::default(), &Lines, &shared()).await });
    (reader, serving)
}

async fn exchange(request: &[u8]) -> (Vec<u8>, Ended) {
    let (mut reader, serving) = start(64 * 1024);
    reader.write_all(request).await.expect("sent");
    let mut reply = Vec::new();
    reader.read_to_end(&mut reply).await.expect("read");
    drop(reader);
    (reply, serving.await.expect("no panic"))
}

#[tokio::test]
async fn a_request_is_answered_however_it_is_cut_into_packets() {
    for size in 1..=3 {
        let (mut reader, serving) = start(1024);
        for piece in b"ok\nignored".chunks(size) {
            reader.write_all(piece).await.expect("sent");
            tokio::task::yield_now().await;
        }
        let mut reply = Vec::new();
        reader.read_to_end(&mut reply).await.expect("read");
        assert_eq!(reply, b"20 page");
        drop(reader);
        let ended = serving.await.expect("no panic");
        assert!(ended.complete && ended.sent == 7);
    }
}

#[tokio::test]
async fn a_file_is_streamed_whole_and_a_missing_one_is_an_error_instead() {
    let (reply, ended) = exchange(b"file\n").await;
    assert_eq!((reply.len(), ended.sent), (200_003, 200_003));
    let (reply, ended) = exchange(b"missing\n").await;
    assert_eq!(reply, b"51 missing");
    assert_eq!(ended.outcome.expect("answered").status, "51");
}

#[tokio::test]
async fn a_bug_costs_one_connection() {
    let (reply, _) = exchange(b"panic\n").await;
    assert_eq!(reply, b"42 broken");
    let (reply, _) = exchange(b"ok\n").await;
    assert_eq!(reply, b"20 page");
}

#[tokio::test(start_paused = true)]
async fn the_request_has_one_deadline_however_slowly_it_comes() {
    let begun = Instant::now();
    let (mut reader, serving) = start(1024);
    let sender = tokio::spawn(async move {
        while reader.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let ended = serving.await.expect("no panic");
    assert_eq!(ended.outcome, Err("request timed out"));
    assert_eq!(begun.elapsed().as_secs(), Limits::standard().request.as_secs());
    sender.await.expect("no panic");
}

#[tokio::test(start_paused = true)]
async fn a_silent_reader_is_let_go_at_the_deadline() {
    let begun = Instant::now();
    let (reader, serving) = start(1024);
    assert_eq!(serving.await.expect("no panic").outcome, Err("request timed out"));
    assert_eq!(begun.elapsed().as_secs(), Limits::standard().request.as_secs());
    drop(reader);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_takes_nothing_is_let_go() {
    let begun = Instant::now();
    let (mut reader, serving) = start(1024);
    reader.write_all(b"big\n").await.expect("sent");
    let ended = serving.await.expect("no panic");
    assert!(!ended.complete, "an answer cut off is not called complete");
    assert_eq!(begun.elapsed().as_secs(), Limits::standard().write.as_secs());
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_everything() {
    let (mut reader, serving) = start(64 * 1024);
    reader.write_all(b"big\n").await.expect("sent");
    let mut total = 0;
    let mut buffer = vec![0; 32 * 1024];
    loop {
        tokio::time::sleep(Duration::from_secs(20)).await;
        match reader.read(&mut buffer).await.expect("read") {
            0 => break,
            read => total += read,
        }
    }
    assert_eq!(total, 3 + (1 << 20));
    drop(reader);
    assert!(serving.await.expect("no panic").complete);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_never_closes_is_not_waited_for() {
    let (mut reader, serving) = start(64 * 1024);
    reader.write_all(b"ok\n").await.expect("sent");
    let begun = Instant::now();
    serving.await.expect("no panic");
    assert_eq!(begun.elapsed(), Limits::standard().linger);
}

#[tokio::test]
async fn a_request_without_end_is_cut_at_what_the_protocol_allows() {
    let (reply, _) = exchange(&[b'x'; 4096]).await;
    assert_eq!(reply, b"20 page");
}
