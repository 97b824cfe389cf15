//! Hosted capsules of authors whose folders cost much, beside one that is read and others that are loaded meanwhile.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use testkit::process::{Gauge, Peak};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::crowds::{failures, waits};
use crate::options::Options;
use crate::reader::Reader;
use crate::report::Report;
use crate::server::{Home, Manner, Server};
use crate::target::Target;

/// Capsules that are requested for the first time while the costly ones are loaded.
const NEW: usize = 20;

/// Longest time until a capsule must be loaded while others take long.
const LONGEST: Duration = Duration::from_secs(2);

/// The memory of the process in megabytes, as in `[limits]`.
const MEMORY: f64 = 64.0;

/// A kind of folder that costs much, and how many entries it has in a measurement and in a test.
type Kind = (&'static str, (u64, u64), fn(&Path, usize));

const KINDS: &[Kind] = &[
    ("patterns", (60, 2), |folder, count| {
        let patterns: String = (0..10_000).fold(String::new(), |text, number| text + &format!("*{number}*b?\n"));
        for number in 0..count {
            let folder = folder.join(format!("f{number}"));
            fs::create_dir(&folder).expect("writable");
            fs::write(folder.join(".capsuleignore"), &patterns[..64 << 10]).expect("writable");
        }
    }),
    ("deep", (1_500, 100), |folder, count| {
        let path: PathBuf = std::iter::repeat_n("d", count).collect();
        fs::create_dir_all(folder.join(path)).expect("writable");
    }),
    ("links", (60_000, 100), |folder, count| {
        (0..count).for_each(|number| symlink("nowhere", folder.join(format!("l{number}"))).expect("writable"));
    }),
    ("attachments", (60_000, 100), |folder, count| {
        (0..count).for_each(|number| fs::write(folder.join(format!("{number}.png")), "").expect("writable"));
    }),
    ("folders", (60_000, 100), |folder, count| {
        (0..count).for_each(|number| fs::create_dir(folder.join(number.to_string())).expect("writable"));
    }),
    ("brackets", (120_000, 1_000), |folder, count| {
        fs::write(folder.join("a.md"), format!("# A\n\n{}\n", "[".repeat(count))).expect("writable");
    }),
    ("list", (1_000_000, 1_000), |folder, count| {
        fs::write(folder.join("a.md"), "* x\n".repeat(count)).expect("writable");
    }),
];

pub(crate) fn authors(options: &Options, report: &mut Report) {
    report.begin("authors");
    let home = Home::new();
    let folder = home.path().join("hosted");
    let capsule = |name: &str| {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).expect("writable");
        fs::write(folder.join("index.md"), format!("# {name}\n\nWords.\n")).expect("writable");
        folder
    };
    for (kind, (usual, small), make) in KINDS {
        let count = if options.measures { *usual } else { *small };
        make(&capsule(&format!("{kind}.example")), usize::try_from(count).expect("a size"));
    }
    (0..NEW).for_each(|number| _ = capsule(&format!("new{number}.example")));
    capsule("good.example");
    let server = Server::at(home, Manner { hosted: Some("hosted"), ..Manner::default() });
    let at = |host: &str| Target { host: host.to_owned(), page: "/".to_owned(), ..server.gemini.clone() };
    let target = at("good.example");
    let runtime = Runtime::new().expect("a runtime");
    runtime.block_on(target.get("/")).expect("a page");
    let calm = Reader::of(&target, options.seconds("--seconds", 3));
    let (before, most) = (Gauge::of(Some(server.id())), Peak::watch(Some(server.id()), Duration::from_millis(100)));
    let (reader, stay) = (Reader::start(&target), options.seconds("--seconds", 20));
    let start = Instant::now();
    let mut asking = JoinSet::new();
    for (kind, ..) in KINDS {
        let target = at(&format!("{kind}.example"));
        let ask = async move {
            while start.elapsed() < stay {
                let _ = timeout(stay, target.ask("/")).await;
                let _ = timeout(stay, target.ask("/a.gmi")).await;
            }
        };
        asking.spawn_on(ask, runtime.handle());
    }
    let first = |number: usize| {
        let (target, asked) = (at(&format!("new{number}.example")), Instant::now());
        runtime.block_on(target.get("/")).is_ok().then(|| asked.elapsed())
    };
    let loads: Vec<Option<Duration>> = (0..NEW).map(first).collect();
    runtime.block_on(asking.join_all());
    let (readings, most) = (reader.stop(), most.stop());
    let loaded: Vec<Duration> = loads.iter().copied().flatten().collect();
    let longest = loaded.iter().max().copied().unwrap_or_default();
    report.judge("new capsules loaded", format!("{} of {NEW}", loaded.len()), "all", loaded.len() == NEW);
    report.judge_size("the slowest of them", format!("{:.2} s", longest.as_secs_f64()), "2 s", longest < LONGEST);
    report.judge("readers without a page", failures(&readings), "0", readings.failed == 0);
    report.tell("99th percentile", waits(&calm, &readings));
    let memory = format!("{:.1} MB, {:.1} more", most.megabytes, most.megabytes - before.megabytes);
    report.judge_size("memory", memory, "64 MB", most.megabytes <= MEMORY);
    server.ask_afterwards(report);
}
