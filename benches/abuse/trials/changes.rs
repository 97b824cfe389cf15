//! Files that arrive slowly, changes that the system does not report, and signals at any moment.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::options::Options;
use crate::report::Report;
use crate::server::{Home, Manner, Server};

/// Size of an upload and of each of its pieces, in bytes: one piece a second is an upload of 1 KB a second.
const UPLOAD: usize = 12 * PIECE;
const PIECE: usize = 1024;

/// Uploads at the same time, half of them over an earlier version.
const UPLOADS: usize = 20;

/// Longest time until a change must be served.
const PATIENCE: Duration = Duration::from_secs(20);

/// Uploads texts slowly, some from before the start of the server on, while readers ask for them.
pub(crate) fn uploads(options: &Options, report: &mut Report) {
    let pause = Duration::from_millis(if options.measures { 1_000 } else { 150 });
    report.begin(format!("{UPLOADS} slow uploads"));
    let home = Home::new();
    let name = |number: usize| home.essays().join(format!("upload-{number}.md"));
    for number in (0..UPLOADS).step_by(2) {
        fs::write(name(number), text(number, "old")).expect("writable");
    }
    let essays = home.essays();
    let (done, asked, torn) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let mut started = None;
    thread::scope(|scope| {
        let write = |number: usize| {
            let (path, done) = (essays.join(format!("upload-{number}.md")), &done);
            scope.spawn(move || {
                write_slowly(&path, &text(number, "new"), pause);
                done.fetch_add(1, Ordering::Relaxed);
            });
        };
        (1..UPLOADS / 2).step_by(2).for_each(write);
        while !essays.join("upload-1.md").exists() {
            thread::yield_now();
        }
        let server = started.insert(Server::at(home, Manner::default()));
        (0..UPLOADS).filter(|number| number % 2 == 0 || *number > UPLOADS / 2).for_each(write);
        let runtime = Runtime::new().expect("a runtime");
        while done.load(Ordering::Relaxed) < UPLOADS {
            for number in 0..UPLOADS {
                let reply = runtime.block_on(server.gopher.ask(&format!("/upload-{number}.txt"))).unwrap_or_default();
                asked.fetch_add(1, Ordering::Relaxed);
                let reply = String::from_utf8_lossy(&reply).into_owned();
                let is_whole = reply.starts_with('3') || reply.contains(&format!("The end of {number}."));
                torn.fetch_add(usize::from(!is_whole), Ordering::Relaxed);
            }
        }
    });
    let server = started.expect("started");
    let (asked, torn) = (asked.into_inner(), torn.into_inner());
    report.judge("in part", format!("{torn} of {asked}"), "0", torn == 0);
    let is_late = |number: &usize| !shows(&server, &format!("/upload-{number}.txt"), &format!("Text new of {number}."));
    let late = (0..UPLOADS).filter(is_late).count();
    report.judge("not there in the end", late, "0", late == 0);
    server.ask_afterwards(report);
}

fn text(number: usize, edition: &str) -> String {
    let line = format!("Text {edition} of {number}.\n\n");
    let end = format!("The end of {number}.\n");
    line.repeat((UPLOAD - end.len()) / line.len()) + &end
}

fn write_slowly(path: &Path, text: &str, pause: Duration) {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path).expect("writable");
    for piece in text.as_bytes().chunks(PIECE) {
        file.write_all(piece).expect("writable");
        thread::sleep(pause);
    }
}

/// The words for a page that is not there.
const WITHDRAWN: &str = "\t\t";

/// Waits until the reply to `selector` contains `words`, or is an error for [`WITHDRAWN`]; returns whether it did.
fn shows(server: &Server, selector: &str, words: &str) -> bool {
    let (runtime, start) = (Runtime::new().expect("a runtime"), Instant::now());
    while start.elapsed() < PATIENCE {
        let reply = runtime.block_on(server.gopher.ask(selector)).unwrap_or_default();
        if String::from_utf8_lossy(&reply).contains(words) || words == WITHDRAWN && reply.starts_with(b"3") {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    false
}

/// Changes a file in ways that are reported by an event of their own or by none.
pub(crate) fn events(_: &Options, report: &mut Report) {
    report.begin("events");
    let home = Home::new();
    let (essays, outside) = (home.essays(), home.path().join("outside.md"));
    let larks = essays.join("larks.md");
    let write = |path: &Path, words: &str| fs::write(path, format!("# Larks\n\n{words}\n")).expect("writable");
    write(&larks, "Edition 0.");
    write(&outside, "Edition 0.");
    fs::hard_link(&outside, essays.join("linked.md")).expect("one file system");
    fs::create_dir(essays.join("..one")).expect("writable");
    write(&essays.join("..one/wrens.md"), "Edition 0.");
    std::os::unix::fs::symlink("..one", essays.join("..data")).expect("writable");
    std::os::unix::fs::symlink("..data/wrens.md", essays.join("wrens.md")).expect("writable");
    let bound = Command::new("setpriv").arg("--version").output().is_ok_and(|said| said.status.success());
    let server = Server::at(home, Manner { bound, poll: Some(1), ..Manner::default() });
    let mut judge = |figure: &str, selector: &str, words: &str, target: f64, change: &dyn Fn()| {
        let start = Instant::now();
        change();
        let is_there = shows(&server, selector, words);
        let took = start.elapsed().as_secs_f64();
        report.judge(figure, if is_there { "there" } else { "never" }, "there", is_there);
        report.judge_size("  until then", format!("{took:.2} s"), &format!("{target} s"), took <= target);
    };
    let backup = essays.join("larks.md~");
    judge("saved in the way of Emacs", "/larks.txt", "Edition 1.", 2.0, &|| {
        fs::rename(&larks, &backup).expect("writable");
        write(&larks, "Edition 1.");
    });
    let mode = |mode| fs::set_permissions(&larks, Permissions::from_mode(mode)).expect("ours");
    if bound {
        judge("withdrawn by permissions", "/larks.txt", WITHDRAWN, 2.0, &|| mode(0o000));
        judge("published by permissions", "/larks.txt", "Edition 1.", 2.0, &|| mode(0o644));
    }
    judge("volume of Kubernetes", "/wrens.txt", "Edition 2.", 2.0, &|| {
        fs::create_dir(essays.join("..two")).expect("writable");
        write(&essays.join("..two/wrens.md"), "Edition 2.");
        std::os::unix::fs::symlink("..two", essays.join("..next")).expect("writable");
        fs::rename(essays.join("..next"), essays.join("..data")).expect("writable");
    });
    judge("without an event, compared each second", "/linked.txt", "Edition 3.", 4.0, &|| {
        write(&outside, "Edition 3.");
    });
    server.ask_afterwards(report);
}

/// Returns whether a process handles or ignores SIGHUP.
fn handles_hangup(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let masks = status.lines().filter(|line| line.starts_with("SigIgn:") || line.starts_with("SigCgt:"));
    let mask = |line: &str| u64::from_str_radix(line.split('\t').nth(1)?, 16).ok();
    masks.filter_map(mask).any(|mask| mask & 1 != 0)
}

/// Sends SIGHUP and SIGUSR1 at many moments of a start, none of which may end the process.
pub(crate) fn signals(options: &Options, report: &mut Report) {
    let times = options.count("--signals", (100, 6));
    report.begin(format!("{times} signals"));
    let start = Instant::now();
    let server = Server::start(Manner::default());
    let usual = start.elapsed();
    let (mut alive, mut longest) = (0, Duration::ZERO);
    for number in 0..times {
        let home = Home::new();
        // The shell that starts the server has no handlers of its own.
        let mut process = home.command(Manner::default());
        let mut process = process.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let part = u32::try_from(number).expect("a few");
        let exe = format!("/proc/{}/exe", process.id());
        while fs::read_link(&exe).is_ok_and(|exe| !exe.ends_with("lamplit")) {
            thread::yield_now();
        }
        // No program can do anything about a signal before it runs.
        let start = Instant::now();
        while !handles_hangup(process.id()) && start.elapsed() < usual {
            thread::yield_now();
        }
        longest = longest.max(start.elapsed());
        thread::sleep(usual * part / u32::try_from(times).expect("a few"));
        let signal = if number % 2 == 0 { "HUP" } else { "USR1" };
        let kill = format!("kill -{signal} {}", process.id());
        Command::new("sh").args(["-c", &kill]).status().expect("a shell");
        thread::sleep(usual / 4);
        alive += usize::from(process.try_wait().expect("ours").is_none());
        process.kill().and_then(|()| process.wait()).expect("ours");
    }
    let measured = format!("{:.1} ms", longest.as_secs_f64() * 1_000.0);
    report.judge_size("handled after the start within", measured, "10 ms", longest < Duration::from_millis(10));
    report.judge("still running", format!("{alive} of {times}"), "all", alive == times);
    server.signal("USR1");
    server.signal("HUP");
    server.ask_afterwards(report);
}
