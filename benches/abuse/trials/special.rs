//! Entries of a folder that are no regular files are refused without delay.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use testkit::process::Gauge;
use tokio::runtime::Runtime;

use crate::options::Options;
use crate::reader::Reader;
use crate::report::Report;
use crate::server::{Home, Manner, Server};
use crate::target::{Speech, Target};

/// Longest time of a refusal, in milliseconds.
const AT_ONCE: f64 = 50.0;

/// Requests for each entry.
const TIMES: usize = 20;

pub(crate) fn special(options: &Options, report: &mut Report) {
    let home = Home::new();
    let at = |name: &str| home.essays().join(name);
    fifo(&at("fifo.jpg"));
    let _socket = UnixListener::bind(at("socket.jpg")).expect("a socket");
    symlink("/dev/zero", at("device.jpg")).expect("writable");
    symlink("loop.jpg", at("loop.jpg")).expect("writable");
    fs::write(home.path().join("secret.jpg"), "a secret").expect("writable");
    symlink("../secret.jpg", at("out.jpg")).expect("writable");
    fs::write(at("locked.jpg"), "locked").expect("writable");
    fs::set_permissions(at("locked.jpg"), fs::Permissions::from_mode(0o000)).expect("ours");
    fs::write(at("later.jpg"), "a picture").expect("writable");
    let later = at("later.jpg");
    let bound = Command::new("setpriv").arg("--version").output().is_ok_and(|said| said.status.success());
    let server = Server::at(home, Manner { bound, ..Manner::default() });
    let runtime = Runtime::new().expect("a runtime");

    let mut names = vec!["fifo", "socket", "device", "loop", "out"];
    if bound {
        names.push("locked");
    }
    for name in names {
        report.begin(format!("special, {name}"));
        let (mut refused, mut longest) = (0, 0.0_f64);
        for target in [&server.gemini, &server.gopher] {
            let (times, most) = runtime.block_on(ask(target, &format!("/{name}.jpg"), TIMES));
            (refused, longest) = (refused + times, longest.max(most));
        }
        let all = 2 * TIMES;
        report.judge("refused", format!("{refused} of {all}"), "all", refused == all);
        report.judge_size("longest", format!("{longest:.1} ms"), "less than 50 ms", longest < AT_ONCE);
    }

    let times = options.count("--fifo", (1_000, 40));
    report.begin(format!("special, fifo {times} times"));
    // A file that is replaced by a FIFO after it was listed is noticed when it is opened.
    fs::remove_file(&later).expect("there");
    fifo(&later);
    let look = options.seconds("--look", 5);
    let calm = Reader::of(&server.gemini, look);
    // Files are opened and folders read on threads that stay for a while.
    runtime.block_on(ask(&server.gopher, "/later.jpg", TIMES));
    let before = Gauge::of(Some(server.id())).threads;
    let reader = Reader::start(&server.gemini);
    let mut refused = 0;
    for name in ["/later.jpg", "/fifo.jpg"] {
        for target in [&server.gemini, &server.gopher] {
            refused += runtime.block_on(ask(target, name, times / 4)).0;
        }
    }
    let readings = reader.stop();
    let after = Gauge::of(Some(server.id())).threads;
    report.judge("refused", format!("{refused} of {times}"), "all", refused == times);
    report.judge("readers without a page", readings.failed, "0", readings.failed == 0);
    report.judge_size("threads", format!("{before} to {after}"), "as before", after <= before);
    let (quiet, loaded) = (calm.percentile(50), readings.percentile(50));
    let measured = format!("{loaded:.1} ms, {quiet:.1} in calm");
    // The clients of this trial take their share of the machine.
    report.judge_size("median", measured, "2 × calm", loaded <= 2.0 * quiet);
    server.ask_afterwards(report);
}

/// Requests `path` repeatedly; returns how often it was refused and the longest time, in milliseconds.
async fn ask(target: &Target, path: &str, times: usize) -> (usize, f64) {
    let (mut refused, mut longest) = (0, Duration::ZERO);
    for _ in 0..times {
        let start = Instant::now();
        let reply = target.ask(path).await.unwrap_or_default();
        longest = longest.max(start.elapsed());
        let no = if target.speech == Speech::Gemini { &b"51 "[..] } else { b"3" };
        refused += usize::from(reply.starts_with(no));
    }
    (refused, longest.as_secs_f64() * 1_000.0)
}

fn fifo(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status().expect("the program is there");
    assert!(made.success(), "no FIFO at {}", path.display());
}
