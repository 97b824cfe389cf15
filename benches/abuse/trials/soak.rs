//! Ordinary use over a long time: readers of every page, an author who saves, some hostile clients. Memory, threads and
//! files may not grow.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant as Moment};

use testkit::process::Gauge;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::crowd::{Arrivals, Crowd, one};
use crate::options::Options;
use crate::reader::as_float;
use crate::report::Report;
use crate::server::{Home, Manner, Server};
use crate::target::{Speech, Target};

/// Requests each second, in a measurement and in a test.
const RATES: (u64, u64) = (300, 60);

/// Number of distinct readers.
const READERS: usize = 1_000;

/// One in this many requests is hostile.
const HARM: usize = 100;

/// Essays of the archive.
const ESSAYS: usize = 200;

/// Time after which every page was requested, so that caches are full.
const WARM: Duration = Duration::from_secs(5 * 60);

/// A request that takes longer counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Largest growth of memory, in megabytes per hour.
const SLOPE: f64 = 1.0;

pub(crate) fn soak(options: &Options, report: &mut Report) {
    let Some(stay) = duration(options) else { return };
    report.begin(format!("soak, {} s", stay.as_secs()));
    let home = Home::new();
    for number in 0..ESSAYS {
        save(&home, number, 0);
    }
    let essays = home.essays();
    let server = Server::at(home, Manner::default());
    let done = Arc::new(AtomicBool::new(false));
    let author = thread::spawn({
        let done = Arc::clone(&done);
        move || {
            for turn in 1.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                thread::sleep(Duration::from_secs(1));
                let text = essay(turn % ESSAYS, turn);
                fs::write(essays.join(format!("essay-{}.md", turn % ESSAYS)), text).expect("writable");
            }
        }
    });
    let watcher = thread::spawn({
        let (done, process) = (Arc::clone(&done), server.id());
        move || watch(process, &done)
    });
    let runtime = Runtime::new().expect("a runtime");
    let rate = u32::try_from(options.count("--rate", RATES)).expect("a rate");
    let asked = runtime.block_on(read(&server, rate, Instant::now() + stay));
    done.store(true, Ordering::Relaxed);
    author.join().expect("an author does not fail");
    let gauges = watcher.join().expect("a watcher does not fail");
    runtime.shutdown_background();

    let Asked { mut took, failed, complaint, harmful } = asked;
    took.sort_by(f64::total_cmp);
    let all = took.len() + failed;
    report.tell("connections that meant harm", harmful);
    report.judge("requests without their reply", format!("{failed} of {all}"), "0", failed == 0);
    if let Some(complaint) = complaint {
        report.tell("the first of them", complaint);
    }
    let slowest = took.get(took.len() * 99 / 100).copied().unwrap_or(f64::NAN);
    report.tell("99th percentile", format!("{slowest:.1} ms"));
    let warm = WARM.min(stay / 6).as_secs_f64();
    let gauges: Vec<_> = gauges.into_iter().filter(|(second, _)| *second >= warm).collect();
    let points: Vec<_> = gauges.iter().map(|(second, gauge)| (second / 3_600.0, gauge.megabytes)).collect();
    let (slope, last) = (slope(&points), points.last().map_or(f64::NAN, |(_, megabytes)| *megabytes));
    let measured = format!("{slope:+.2} MB/h, {last:.1} MB at the end");
    report.judge_size("memory", measured, "at most 1 MB/h", slope <= SLOPE);
    // Shows whether memory grows steadily or levels off.
    let sixths = (0..=6).filter_map(|sixth| points.get((points.len().max(1) - 1) * sixth / 6));
    let course: Vec<_> = sixths.map(|(_, megabytes)| format!("{megabytes:.1}")).collect();
    report.tell("its course", format!("{} MB", course.join(" ")));
    flat("files", gauges.iter().map(|(_, gauge)| gauge.files), 16, report);
    flat("threads", gauges.iter().map(|(_, gauge)| gauge.threads), 0, report);
}

/// Returns how long the soak lasts; `None` in a measurement without `--soak-minutes`.
fn duration(options: &Options) -> Option<Duration> {
    if let Some(minutes) = options.asked("--soak-minutes") {
        return Some(Duration::from_secs(60 * minutes));
    }
    (!options.measures).then_some(Duration::from_secs(2))
}

fn save(home: &Home, number: usize, turn: usize) {
    fs::write(home.essays().join(format!("essay-{number}.md")), essay(number, turn)).expect("writable");
}

fn essay(number: usize, turn: usize) -> String {
    let words = "They call twice, then wait for an answer. ".repeat(50 + number % 50);
    let (month, day) = (number % 12 + 1, number % 28 + 1);
    format!(
        "---\ndate: 2024-{month:02}-{day:02}\ntags: [Owls, Edition {}]\n---\n# Essay {number}\n\nEdition {turn}. {words}\n",
        number % 7
    )
}

/// The results of all requests.
#[derive(Debug, Default)]
struct Asked {
    /// The time that each request took, in milliseconds.
    took: Vec<f64>,
    failed: usize,
    complaint: Option<String>,
    harmful: usize,
}

/// Sends requests at a steady rate, whether replies arrive or not.
async fn read(server: &Server, rate: u32, until: Instant) -> Asked {
    const PATHS: [(&str, &str); 10] = [
        ("/owls.gmi", "/owls.txt"),
        ("/essay-{}.gmi", "/essay-{}.txt"),
        ("/", ""),
        ("/essay-{}.md", "/essay-{}.gmi"),
        ("/atom.xml", "/atom.xml"),
        ("/owl.png", "/owl.png"),
        ("/archive/2024/", "/archive/2024/"),
        ("/search?owls%20answer", "/search\tanswer"),
        ("/tags/owls/", "/tags/owls/"),
        ("/robots.txt", "/caps.txt"),
    ];
    let (results, mut came) = unbounded_channel();
    let harm = Arc::new(AtomicUsize::new(0));
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for number in 0.. {
        if ticks.tick().await >= until {
            break;
        }
        let target = if number % 2 == 0 { server.gemini.clone() } else { server.gopher.clone() };
        if number % HARM == HARM - 1 {
            harm.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(mean_harm(READERS + number / HARM % 1_000, target));
            continue;
        }
        let (gemini, gopher) = PATHS[number / 2 % PATHS.len()];
        let path = if target.speech == Speech::Gemini { gemini } else { gopher };
        let path = path.replace("{}", &(number * 7 % ESSAYS).to_string());
        tokio::spawn(ask(number % READERS, target, path, results.clone()));
    }
    drop(results);
    let mut asked = Asked { harmful: harm.load(Ordering::Relaxed), ..Asked::default() };
    while let Some(result) = came.recv().await {
        match result {
            Ok(took) => asked.took.push(took),
            Err(complaint) => {
                asked.failed += 1;
                asked.complaint.get_or_insert(complaint);
            }
        }
    }
    asked
}

async fn ask(reader: usize, target: Target, path: String, results: UnboundedSender<Result<f64, String>>) {
    let start = Moment::now();
    let reply = timeout(PATIENCE, target.get_as(reader, &path)).await;
    let result = match reply {
        Ok(Ok(_)) => Ok(start.elapsed().as_secs_f64() * 1_000.0),
        Ok(Err(error)) => Err(format!("{path}: {error}")),
        Err(_) => Err(format!("{path}: nothing")),
    };
    // The receiver outlives all who send.
    let _ = results.send(result);
}

async fn mean_harm(number: usize, target: Target) {
    const WAYS: [Crowd; 5] = [Crowd::Silent, Crowd::Half, Crowd::Held, Crowd::Drip, Crowd::Unread];
    let way = WAYS[number % WAYS.len()];
    let until = Instant::now() + Duration::from_secs(12);
    // Only its effect on readers is measured.
    let _ = one(way, number, &target, until, &Arrivals::new()).await;
}

/// Returns the resources of a process every few seconds, with the seconds since the beginning.
fn watch(process: u32, done: &AtomicBool) -> Vec<(f64, Gauge)> {
    let (mut gauges, start) = (Vec::new(), Moment::now());
    while !done.load(Ordering::Relaxed) {
        gauges.push((start.elapsed().as_secs_f64(), Gauge::of(Some(process))));
        thread::sleep(Duration::from_millis(500));
    }
    gauges
}

/// Returns the slope of the regression line (least squares).
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = as_float(points.len());
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let both: f64 = points.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    let square: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    both / square
}

/// Checks that a number which varies with the open connections does not grow: its minimum in the last tenth may exceed
/// that in the first by at most `slack`.
fn flat(figure: &str, numbers: impl Iterator<Item = usize>, slack: usize, report: &mut Report) {
    let numbers: Vec<usize> = numbers.collect();
    let tenth = numbers.len().div_ceil(10);
    let least = |part: &[usize]| part.iter().min().copied().unwrap_or(0);
    let (first, last) = (least(&numbers[..tenth]), least(&numbers[numbers.len() - tenth..]));
    let most = numbers.iter().max().copied().unwrap_or(0);
    let measured = format!("{first} to {last}, at most {most}");
    report.judge_size(figure, measured, "flat", last <= first + slack);
}
