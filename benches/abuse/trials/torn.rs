//! A writer truncates a page and writes it again repeatedly, while readers look for an incomplete one.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::options::Options;
use crate::report::Report;
use crate::server::{Manner, Server};
use crate::target::Target;

/// Paragraphs of a page, each with the number of its version.
const PARAGRAPHS: usize = 100;

/// The least number of versions that are written.
const EDITIONS: usize = 4;

/// Readers at once, half of them over each protocol.
const READERS: usize = 8;

pub(crate) fn torn(options: &Options, report: &mut Report) {
    let reads = options.count("--reads", (100_000, 400));
    report.begin(format!("torn, {reads} reads"));
    let server = Server::start(Manner::default());
    let path = server.home.essays().join("larks.md");
    fs::write(&path, edition(0)).expect("writable");
    let runtime = Runtime::new().expect("a runtime");
    while runtime.block_on(server.gemini.get("/larks.gmi")).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    let (done, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let writer = thread::spawn({
        let (done, written) = (Arc::clone(&done), Arc::clone(&written));
        move || write(&path, &done, &written)
    });
    let (left, mut all) = (Arc::new(AtomicUsize::new(reads)), JoinSet::new());
    for number in 0..READERS {
        let (target, page) =
            if number % 2 == 0 { (&server.gemini, "/larks.gmi") } else { (&server.gopher, "/larks.txt") };
        let (target, left, written) = (target.clone(), Arc::clone(&left), Arc::clone(&written));
        all.spawn_on(async move { read(&target, page, &left, &written).await }, runtime.handle());
    }
    let seen = runtime.block_on(all.join_all());
    done.store(true, Ordering::Relaxed);
    writer.join().expect("a writer does not fail");
    let bad: Vec<&String> = seen.iter().flat_map(|(_, bad)| bad).collect();
    let editions: BTreeSet<&usize> = seen.iter().flat_map(|(editions, _)| editions).collect();
    report.judge("torn, empty or not there", bad.len(), "0", bad.is_empty());
    if let Some(first) = bad.first() {
        report.tell("the first of them", first);
    }
    let measured = format!("{} of {}", editions.len(), written.load(Ordering::Relaxed));
    report.judge("editions seen, of those written", measured, "at least 2", editions.len() >= 2);
    server.ask_afterwards(report);
}

/// Writes as many editors do: the file is empty, then half written, then complete and closed, then left alone for a while.
fn write(path: &PathBuf, done: &AtomicBool, written: &AtomicUsize) {
    for number in 1.. {
        if done.load(Ordering::Relaxed) {
            return;
        }
        let text = edition(number);
        let mut file = fs::File::create(path).expect("writable");
        for half in text.as_bytes().chunks(text.len() / 2 + 1) {
            thread::sleep(Duration::from_millis(10));
            file.write_all(half).expect("writable");
        }
        drop(file);
        thread::sleep(Duration::from_millis(200));
        written.store(number, Ordering::Relaxed);
    }
}

fn edition(number: usize) -> String {
    format!("# Larks\n\n{}", format!("They sing edition {number}.\n\n").repeat(PARAGRAPHS))
}

/// Reads as many pages as are `left`, at least until [`EDITIONS`] were written; returns the versions seen, and the
/// errors and replies that were no complete version.
async fn read(
    target: &Target,
    page: &str,
    left: &AtomicUsize,
    written: &AtomicUsize,
) -> (BTreeSet<usize>, Vec<String>) {
    let (mut seen, mut bad) = (BTreeSet::new(), Vec::new());
    let is_left = || left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
    while is_left() || written.load(Ordering::Relaxed) < EDITIONS {
        match target.get(page).await {
            Err(error) => bad.push(error.to_string()),
            Ok(reply) => match whole(&String::from_utf8_lossy(&reply)) {
                Some(number) => _ = seen.insert(number),
                None => bad.push(format!("{} bytes", reply.len())),
            },
        }
    }
    (seen, bad)
}

/// Returns the version of a page, or `None` if it is incomplete or mixed.
fn whole(page: &str) -> Option<usize> {
    let mut numbers = page.split("edition ").skip(1).filter_map(|rest| rest.split_once('.')?.0.parse::<usize>().ok());
    let first = numbers.next()?;
    let mut count = 1;
    for number in numbers {
        count += usize::from(number == first);
    }
    (count == PARAGRAPHS).then_some(first)
}
