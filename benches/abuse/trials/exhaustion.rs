//! More clients hold connections than there are descriptors, and connect again when theirs are closed.

use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::crowds::waits;
use crate::crowd::{Arrivals, Crowd, one};
use crate::options::Options;
use crate::reader::{Reader, as_float};
use crate::report::Report;
use crate::server::{Manner, Server};
use crate::target::Target;

/// Clients per descriptor.
const FOR_EACH: usize = 5;

/// The share of one processor that an idle server may take: its watchers poll.
const IDLE: f64 = 0.01;

pub(crate) fn exhausted(options: &Options, report: &mut Report) {
    let limits: &[u64] = if options.measures { &[256, 1_024] } else { &[96] };
    for files in limits.iter().copied() {
        run_out(options, files, report);
    }
}

fn run_out(options: &Options, files: u64, report: &mut Report) {
    let size = FOR_EACH * usize::try_from(files).expect("a number of files");
    report.begin(format!("{files} files, {size} hold"));
    let (stay, look) = (options.seconds("--seconds", 30), options.seconds("--look", 5));
    let server = Server::start(Manner { files: Some(files), ..Manner::default() });
    let targets = [&server.gemini, &server.gopher];
    let mut calm = Reader::of(targets[0], look / 2);
    calm.add(Reader::of(targets[1], look / 2));

    let (lines, start) = (server.lines(), Instant::now());
    let runtime = Runtime::new().expect("a runtime");
    let crowd = runtime.spawn(hold(size, targets.map(Target::clone), start + stay));
    let readers = targets.map(Reader::start);
    runtime.block_on(crowd).expect("a crowd does not fail");
    let [mut readings, others] = readers.map(Reader::stop);
    readings.add(others);
    runtime.shutdown_background();

    let rate = as_float(server.lines() - lines) / start.elapsed().as_secs_f64();
    let success = readings.success();
    report.judge_size("readers with a page", format!("{:.2} %", 100.0 * success), "99 %", success >= 0.99);
    let afterwards = Reader::of(targets[0], Duration::ZERO);
    report.judge("pages afterwards", afterwards.read(), "at least 1", afterwards.read() > 0);
    if let Some(complaint) = &readings.complaint {
        report.tell("the first complaint", complaint);
    }
    report.tell("99th percentile", waits(&calm, &readings));
    report.judge_size("lines in the log", format!("{rate:.2} each second"), "less than 1", rate < 1.0);
    // A reader that is still connected sees the end of those connections first.
    thread::sleep(look / 5);
    let (cpu, start) = (server.cpu(), Instant::now());
    thread::sleep(look);
    let busy = server.cpu().saturating_sub(cpu).as_secs_f64() / start.elapsed().as_secs_f64();
    let measured = format!("{:.1} % of a processor", 100.0 * busy);
    report.judge_size("idle afterwards", measured, "at most 1 %", busy <= IDLE);
}

/// Holds connections: some clients send nothing, some half a request, some complete the handshake first.
async fn hold(size: usize, targets: [Target; 2], until: Instant) {
    const WAYS: [Crowd; 3] = [Crowd::Silent, Crowd::Half, Crowd::Held];
    let (mut all, arrivals) = (JoinSet::new(), Arrivals::new());
    for number in 0..size {
        let (target, arrivals) = (targets[number % 2].clone(), arrivals.clone());
        let way = WAYS[number % WAYS.len()];
        all.spawn(async move {
            while Instant::now() < until {
                // A client whose connection was closed or refused connects again.
                let _ = one(way, number, &target, until, &arrivals).await;
                sleep(Duration::from_secs(1)).await;
            }
        });
    }
    all.join_all().await;
}
