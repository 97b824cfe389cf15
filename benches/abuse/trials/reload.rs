//! Continuous reloads and changes of files, while one reader reads an unchanged page.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use super::crowds::failures;
use crate::options::Options;
use crate::reader::{Reader, Readings};
use crate::report::Report;
use crate::server::{Home, Manner, Server};

/// Pause between two signals.
const BETWEEN: Duration = Duration::from_millis(100);

/// Pause between two renamed files.
const RENAMED: Duration = Duration::from_millis(20);

/// Number of essays to rename.
const ESSAYS: usize = 100;

/// Longest time until the last change must be served.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends signals to reload continuously and saves a file every second.
pub(crate) fn reload(options: &Options, report: &mut Report) {
    let times = options.count("--reloads", (100, 5));
    report.begin(format!("{times} reloads"));
    let server = Server::start(Manner::default());
    let readers = readers(&server);
    let mut saved = None;
    for number in 0..times {
        if number % 10 == 0 {
            save(&server.home, number);
            saved = Some(number);
        }
        server.signal("HUP");
        thread::sleep(BETWEEN);
    }
    let readings = readings(readers);
    report.judge("readers without a page", failures(&readings), "0", readings.failed == 0);
    report.tell("99th percentile", format!("{:.1} ms", readings.percentile(99)));
    see(&server, saved.expect("at least one"), report);
}

/// Renames essays continuously, and at times replaces the whole folder.
pub(crate) fn rename(options: &Options, report: &mut Report) {
    let stay = options.seconds("--seconds", 20);
    report.begin("rename");
    let home = Home::new();
    let essay = |number: usize, turn: usize| home.essays().join(format!("essay-{number}-{turn}.md"));
    for number in 0..ESSAYS {
        fs::write(essay(number, 0), format!("# Essay {number}\n\nOf owls.\n")).expect("writable");
    }
    let (next, last) = (home.path().join("next"), home.path().join("last"));
    fs::create_dir(&next).expect("writable");
    fs::copy(home.essays().join("owls.md"), next.join("owls.md")).expect("writable");
    let essays = home.essays();
    let server = Server::at(home, Manner::default());
    let readers = readers(&server);
    let start = Instant::now();
    let (mut exchanged, each) = (0, stay / 20);
    for turn in 1.. {
        if start.elapsed() >= stay {
            break;
        }
        for entry in fs::read_dir(&essays).expect("a folder").map_while(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some((essay, _)) = name.rsplit_once('-') {
                fs::rename(entry.path(), essays.join(format!("{essay}-{turn}.md"))).expect("writable");
                thread::sleep(RENAMED / 10);
            }
        }
        thread::sleep(RENAMED);
        if start.elapsed() > each * (exchanged + 1) {
            exchanged += 1;
            fs::rename(&essays, &last).expect("writable");
            fs::rename(&next, &essays).expect("writable");
            fs::rename(&last, &next).expect("writable");
        }
    }
    let readings = readings(readers);
    report.tell("folders exchanged", exchanged);
    report.judge("readers without a page", failures(&readings), "0", readings.failed == 0);
    report.tell("99th percentile", format!("{:.1} ms", readings.percentile(99)));
    save(&server.home, 1);
    see(&server, 1, report);
}

fn readers(server: &Server) -> Vec<Reader> {
    [&server.gemini, &server.gopher, &server.gemini, &server.gopher].map(Reader::start).into()
}

fn readings(readers: Vec<Reader>) -> Readings {
    let mut all = Readings::default();
    for reader in readers {
        all.add(reader.stop());
    }
    all
}

fn save(home: &Home, number: usize) {
    let text = format!("# Larks\n\nEdition {number}.\n");
    fs::write(home.essays().join("larks.md"), text).expect("writable");
}

/// Checks that the last saved version is served.
fn see(server: &Server, number: usize, report: &mut Report) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (words, start) = (format!("Edition {number}."), Instant::now());
    let is_there = || {
        let page = runtime.block_on(server.gemini.ask("/larks.gmi"));
        page.is_ok_and(|page| String::from_utf8_lossy(&page).contains(&words))
    };
    while !is_there() && start.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(50));
    }
    report.judge("what was saved last", format!("after {:.1} s", start.elapsed().as_secs_f64()), "there", is_there());
    server.ask_afterwards(report);
}
