//! A server that is stopped while it sends.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Runtime;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::options::Options;
use crate::report::Report;
use crate::server::{Home, Manner, Server};
use crate::target::Target;

/// The size of the file in bytes.
const FILM: usize = 1 << 20;

/// Receive buffer of a client in bytes: small, so that most of the file is still to be sent.
const AHEAD: u32 = 16 * 1024;

pub(crate) fn stop(options: &Options, report: &mut Report) {
    let size = options.count("--transfers", (1_000, 20));
    report.begin(format!("stop, {size} transfers"));
    let home = Home::new();
    fs::write(home.essays().join("film.bin"), vec![b'f'; FILM]).expect("writable");
    let server = Server::at(home, Manner::default());
    let runtime = Runtime::new().expect("a runtime");
    let (begun, asked) = (Arc::new(Barrier::new(size + 1)), Arc::new(Barrier::new(size + 1)));
    let mut all = JoinSet::new();
    for number in 0..size {
        let target = if number % 2 == 0 { &server.gemini } else { &server.gopher };
        let (target, begun, asked) = (target.clone(), Arc::clone(&begun), Arc::clone(&asked));
        all.spawn_on(async move { watch(number, &target, &begun, &asked).await }, runtime.handle());
    }
    runtime.block_on(begun.wait());
    let log = server.home.path().join("access.log");
    let sent = fs::read_to_string(log).unwrap_or_default().lines().count();
    server.signal("TERM");
    let start = Instant::now();
    runtime.block_on(asked.wait());
    let (status, home) = server.wait();
    let took = start.elapsed().as_secs_f64();
    let lengths = runtime.block_on(all.join_all());
    drop(home);

    report.tell("still being sent at the signal", size - sent);
    let cut: Vec<_> = lengths.iter().filter(|length| !matches!(length, Ok(FILM))).collect();
    report.judge("transfers cut short", format!("{} of {size}", cut.len()), "0", cut.is_empty());
    if let Some(first) = cut.first() {
        report.tell("the first of them", format!("{first:?}"));
    }
    report.judge("end", format!("{status} after {took:.1} s"), "exit status: 0", status.success());
}

/// Reads the file with a pause; returns its length.
async fn watch(number: usize, target: &Target, begun: &Barrier, asked: &Barrier) -> io::Result<usize> {
    let begin = async {
        let mut stream = target.greet(target.reach_with(number, Some(AHEAD)).await?).await?;
        stream.write_all(target.request("/film.bin").as_bytes()).await?;
        let mut first = vec![0; 1024];
        let length = stream.read(&mut first).await?;
        first.truncate(length);
        io::Result::Ok((stream, first))
    };
    let begin = begin.await;
    begun.wait().await;
    asked.wait().await;
    let (mut stream, mut film) = begin?;
    stream.read_to_end(&mut film).await?;
    Ok(film.len() - film.iter().position(|byte| *byte == b'f').unwrap_or(film.len()))
}
