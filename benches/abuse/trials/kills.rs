//! A first start that is killed at many different moments: the next start must succeed.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use tokio::runtime::Runtime;

use crate::options::Options;
use crate::report::Report;
use crate::server::{Home, Manner, Server};

pub(crate) fn kill(options: &Options, report: &mut Report) {
    let times = options.count("--kills", (200, 5));
    report.begin(format!("{times} kills"));
    let runtime = Runtime::new().expect("a runtime");
    let start = Instant::now();
    let server = Server::start(Manner::default());
    let usual = start.elapsed();
    let expected = inventory(&server.home);
    drop(server);

    let (mut good, mut pages, mut clean, mut begun) = (0, 0, 0, 0);
    for number in 0..times {
        let home = Home::new();
        let mut command = home.command(Manner::default());
        let mut process = command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        // The moments are spread evenly over a little more than one start.
        let part = u32::try_from(number).expect("a few") + 1;
        thread::sleep(usual * 5 / 4 * part / u32::try_from(times).expect("a few"));
        process.kill().and_then(|()| process.wait()).expect("ours");
        begun += usize::from(!inventory(&home).is_empty());
        let Some(server) = Server::perhaps_at(home, Manner::default()) else { continue };
        good += 1;
        pages += usize::from(runtime.block_on(server.gemini.get(&server.gemini.page)).is_ok());
        server.signal("TERM");
        let (_, home) = server.wait();
        let found = inventory(&home);
        clean += usize::from(found == expected);
        if found != expected {
            report.tell("after one of them", format!("{found:?} instead of {expected:?}"));
        }
    }
    let all = format!("all {times}");
    report.tell("killed with keys on the way", begun);
    report.judge("good starts afterwards", good, &all, good == times);
    report.judge("with a page", pages, &all, pages == times);
    report.judge("with one key, mode 0600, no more", clean, &all, clean == times);
}

/// Returns name and mode of the files with keys.
fn inventory(home: &Home) -> BTreeMap<String, u32> {
    let entries = fs::read_dir(home.certs()).into_iter().flatten().map_while(Result::ok);
    entries
        .map(|entry| {
            let mode = entry.metadata().map_or(0, |metadata| metadata.permissions().mode());
            (entry.file_name().to_string_lossy().into_owned(), mode & 0o777)
        })
        .collect()
}
