//! Crowds that hold connections while one reader reads.

use std::thread;
use std::time::Duration;

use testkit::process::{Gauge, Peak};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::crowd::{Arrivals, Crowd, Outcome, come};
use crate::options::Options;
use crate::reader::{Reader, Readings};
use crate::report::Report;
use crate::server::{Manner, Server};
use crate::target::{Speech, Target};

/// The targets for a server during a crowd.
#[derive(Debug, Clone, Copy, Default)]
struct Expected {
    /// When the server must close a connection, in seconds after it was opened: earliest and latest.
    hangs_up: Option<(f64, f64)>,
    /// The most memory that the server may take, in megabytes: in addition to that before, and in `all`.
    more: Option<f64>,
    all: Option<f64>,
    /// The most that the 99th percentile may grow, as a multiple of that without a crowd.
    times: Option<f64>,
    /// Whether the number of threads must stay.
    same_threads: bool,
}

pub(crate) fn flood(options: &Options, report: &mut Report) {
    let size = options.count("--crowd", (1_000, 20)).min(16);
    everywhere(Crowd::Flood, size, 10, Expected::default(), options, report);
}

pub(crate) fn silent(options: &Options, report: &mut Report) {
    let expected = Expected { hangs_up: Some((9.0, 11.0)), ..Expected::default() };
    everywhere(Crowd::Silent, options.count("--crowd", (1_000, 20)), 13, expected, options, report);
}

pub(crate) fn half(options: &Options, report: &mut Report) {
    let expected = Expected { hangs_up: Some((9.0, 11.0)), ..Expected::default() };
    everywhere(Crowd::Half, options.count("--crowd", (1_000, 20)), 13, expected, options, report);
}

pub(crate) fn held(options: &Options, report: &mut Report) {
    let expected = Expected { hangs_up: Some((9.0, 11.0)), ..Expected::default() };
    everywhere(Crowd::Held, options.count("--crowd", (1_000, 20)), 13, expected, options, report);
}

pub(crate) fn drip(options: &Options, report: &mut Report) {
    // A client that sends a byte each second notices the end at its second byte after it.
    let expected = Expected { hangs_up: Some((9.0, 12.0)), ..Expected::default() };
    everywhere(Crowd::Drip, options.count("--crowd", (1_000, 20)), 14, expected, options, report);
}

pub(crate) fn unread(options: &Options, report: &mut Report) {
    let expected = Expected {
        hangs_up: Some((0.0, 35.0)),
        more: Some(13.0),
        times: Some(2.0),
        same_threads: true,
        ..Expected::default()
    };
    let size = options.count("--crowd", (200, 20)).min(200);
    everywhere(Crowd::Unread, size, 37, expected, options, report);
}

/// Holds ten thousand connections with completed handshakes at a server whose limits allow them.
pub(crate) fn idle(options: &Options, report: &mut Report) {
    const DEADLINE: u32 = 40;
    let expected = Expected {
        hangs_up: Some((f64::from(DEADLINE) - 1.0, f64::from(DEADLINE) + 1.0)),
        all: Some(150.0),
        times: Some(2.0),
        ..Expected::default()
    };
    let size = options.count("--idle", (10_000, 40));
    let stay = options.seconds("--seconds", 2 * u64::from(DEADLINE));
    if let Some(target) = options.target().filter(|target| target.speech == Speech::Gemini) {
        return meet(("idle", Crowd::Held), size, stay, &target, options.pid(), expected, report);
    }
    let limits = format!("connections = {}\nrequest = {DEADLINE}", size + 100);
    let server = Server::start(Manner { limits: &limits, ..Manner::default() });
    meet(("idle", Crowd::Held), size, stay, &server.gemini, Some(server.id()), expected, report);
}

/// Runs a crowd against every listener.
fn everywhere(crowd: Crowd, size: usize, seconds: u64, expected: Expected, options: &Options, report: &mut Report) {
    let stay = options.seconds("--seconds", seconds);
    if let Some(target) = options.target() {
        if crowd.speaks(target.speech) {
            meet((crowd.name(), crowd), size, stay, &target, options.pid(), expected, report);
        }
        return;
    }
    for speech in [Speech::Gemini, Speech::Gopher].into_iter().filter(|speech| crowd.speaks(*speech)) {
        let server = Server::start(Manner::default());
        let target = if speech == Speech::Gemini { &server.gemini } else { &server.gopher };
        if crowd == Crowd::Unread {
            warm(&server, target);
        }
        meet((crowd.name(), crowd), size, stay, target, Some(server.id()), expected, report);
    }
}

/// Requests attachments once, as on a server that has run for a while: the system then has them in memory, and the
/// server knows that their file system supports non-blocking reads, so that it needs no other thread for them.
fn warm(server: &Server, target: &Target) {
    server.home.read_large();
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(target.get("/owl.png")).expect("a picture");
}

/// Runs one crowd against one listener, with one reader before, meanwhile and afterwards.
fn meet(
    (name, crowd): (&str, Crowd),
    size: usize,
    stay: Duration,
    target: &Target,
    process: Option<u32>,
    expected: Expected,
    report: &mut Report,
) {
    report.begin(format!("{name} {size} {}", target.name()));
    let calm = Reader::of(target, stay.min(Duration::from_secs(5)));
    let before = Gauge::of(process);
    let most = Peak::watch(process, Duration::from_millis(200));
    let runtime = Runtime::new().expect("a runtime");
    let (start, arrivals) = (Instant::now(), Arrivals::new());
    let until = start + stay;
    let visit = runtime.spawn(come(crowd, size, target.clone(), until, arrivals.clone()));
    // The reader starts once the crowd is connected: connecting takes as much of the machine as the server does.
    let reader = Reader::start(target);
    while arrivals.arrived() < size && Instant::now() < until {
        thread::sleep(Duration::from_millis(10));
    }
    let (came, coming) = (start.elapsed(), reader.stop());
    let reader = Reader::start(target);
    let visit = runtime.block_on(visit).expect("a crowd does not fail");
    let (readings, most) = (reader.stop(), most.stop());
    runtime.shutdown_background();

    report.tell("came in", format!("{} of {size} in {:.1} s", visit.inside, came.as_secs_f64()));
    report.tell("99th percentile as they come", format!("{:.1} ms", coming.percentile(99)));
    report.judge("then without a page", failures(&coming), "0", coming.failed == 0);
    judge(&visit, &calm, &readings, (before, most), process.is_some(), expected, report);
    let afterwards = Reader::of(target, Duration::ZERO);
    report.judge("pages afterwards", afterwards.read(), "at least 1", afterwards.read() > 0);
}

fn judge(
    visit: &Outcome,
    calm: &Readings,
    readings: &Readings,
    (before, most): (Gauge, Gauge),
    is_known: bool,
    expected: Expected,
    report: &mut Report,
) {
    if let (Some((from, to)), Some(least), Some(longest)) = (expected.hangs_up, visit.held.first(), visit.held.last()) {
        let (least, longest) = (least.as_secs_f64(), longest.as_secs_f64());
        let all_closed = visit.held.len() == visit.inside;
        let measured = format!("{} after {least:.1} to {longest:.1} s", visit.held.len());
        let target = format!("all after {from:.0} to {to:.0} s");
        report.judge_size("hung up on", measured, &target, all_closed && least >= from && longest <= to);
    }
    report.judge("readers without a page", failures(readings), "0", readings.failed == 0);
    if let Some(complaint) = &readings.complaint {
        report.tell("the first of them", complaint);
    }
    report.tell("median", format!("{:.1} ms", readings.percentile(50)));
    match expected.times {
        Some(times) => {
            let holds = readings.percentile(99) <= times * calm.percentile(99);
            report.judge_size("99th percentile", waits(calm, readings), &format!("{times} × calm"), holds);
        }
        None => report.tell("99th percentile", waits(calm, readings)),
    }
    if !is_known {
        return;
    }
    let (more, all) = (most.megabytes - before.megabytes, most.megabytes);
    let memory = format!("{all:.1} MB, {more:.1} more");
    match (expected.more, expected.all) {
        (Some(limit), _) => report.judge_size("memory", memory, &format!("{limit} MB more"), more <= limit),
        (_, Some(limit)) => report.judge_size("memory", memory, &format!("{limit} MB"), all <= limit),
        _ => report.tell("memory", memory),
    }
    let threads = format!("{} to {}", before.threads, most.threads);
    if expected.same_threads {
        report.judge_size("threads", threads, "as before", most.threads <= before.threads);
    } else {
        report.tell("threads", threads);
    }
    report.tell("files", most.files);
}

/// Describes the 99th percentile of the time a page takes, beside that without a crowd.
pub(super) fn waits(calm: &Readings, readings: &Readings) -> String {
    format!("{:.1} ms, {:.1} in calm", readings.percentile(99), calm.percentile(99))
}

/// Describes how many requests got no page.
pub(super) fn failures(readings: &Readings) -> String {
    format!("{} of {}", readings.failed, readings.failed + readings.read())
}
