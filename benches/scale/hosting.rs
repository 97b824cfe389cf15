//! The cost of hosting: many capsules in one folder, each loaded when it is requested, in bounded memory.

use std::fs;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{self, Client};
use crate::server;
use crate::{ROUNDS, milliseconds, row};
use testkit::archive::{Archive, Random, words};
use testkit::process::{Lamplit, Peak};

/// How often the memory is measured.
const LOOK: Duration = Duration::from_millis(10);

/// Requests over which the cost of one is averaged.
const REQUESTS: u32 = 1_000;

/// Measures `count` capsules of `essays` essays of `kilobytes`, with a budget of `memory` megabytes.
pub(crate) fn measure(count: usize, essays: usize, kilobytes: usize, memory: u32) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let hosted = folder.path().join("hosted");
    let (words, mut random) = (words(), Random::new(7));
    let capsules: Vec<(String, Archive)> = (0..count)
        .map(|number| {
            let host = format!("capsule-{number}.example");
            let archive = Archive::write_drawn(&hosted.join(&host), essays, kilobytes * 1_000, &words, &mut random);
            (host, archive)
        })
        .collect();
    Archive::write(&folder.path().join("own"), essays, kilobytes * 1_000);
    let config = folder.path().join("config.toml");
    let text = format!(
        "certs = \"certs\"\ncapsules = \"hosted\"\n[[capsule]]\nhostname = \"localhost\"\ncontent = \"own\"\n\
         [gemini]\nlisten = \"127.0.0.1:0\"\n[gopher]\nenabled = false\n[limits]\nmemory = {memory}\n"
    );
    fs::write(&config, text).expect("writable");
    let bytes: u64 = capsules.iter().map(|(_, archive)| archive.bytes).sum();
    let total = crate::megabytes(bytes);
    println!("{count} capsules of {essays} essays of {kilobytes} KB, {total:.1} MB of text, budget {memory} MB");

    // Each round requests another capsule for the first time, whose key is generated then.
    let mut starts: Vec<Duration> = (0..ROUNDS)
        .map(|round| {
            let (host, _) = &capsules[round % count];
            let ask = |server: &Lamplit| drop(Client::new(server).hosted(host, "/"));
            server::configured(&config, ask).1
        })
        .collect();
    row("start to first answer", &milliseconds(&mut starts));

    let (host, _) = &capsules[count - 1];
    let (server, _) = server::configured(&config, |server| drop(Client::new(server).hosted(host, "/")));
    let client = Client::new(&server);
    row("resident memory with one loaded", &format!("{:.1} MB", server.process.memory("VmRSS")));
    let peak = Peak::watch(Some(server.process.id()), LOOK);
    for round in ["every capsule, keys being made", "every capsule, in another order"] {
        row(round, &visit(&client, &capsules, &mut random));
    }
    let most = peak.stop().megabytes;
    row(
        "resident memory meanwhile, at most",
        &format!("{most:.1} MB, {:.1} MB in the end", server.process.memory("VmRSS")),
    );
    row("a request, loaded", &costs(&server, &client, host));
    row("a saved file is there after", &milliseconds(&mut saves(&client, &hosted, &capsules)));
    assert!(count < 1_000 || most <= f64::from(memory), "{most} MB are more than {memory}");
}

/// Requests the index and an essay of every capsule in random order, several at once; describes how long they took.
fn visit(client: &Client, capsules: &[(String, Archive)], random: &mut Random) -> String {
    let times = Mutex::new(Vec::new());
    let timed = |host: &str, path: &str| {
        let asked = Instant::now();
        let page = client.hosted(host, path);
        times.lock().expect("unspoilt").push(asked.elapsed());
        page
    };
    let started = Instant::now();
    client::from_all(&random.shuffled(capsules.len()), |&number| {
        let (host, archive) = &capsules[number];
        let essay = &archive.essays[number % archive.essays.len()];
        let title = archive.title(essay).expect("an essay");
        let index = timed(host, "/");
        assert!(index.starts_with(&format!("# {host}\n")) && index.contains(title), "{host}: {index}");
        let page = timed(host, &format!("{essay}.gmi"));
        assert!(page.starts_with(&format!("# {title}\n")), "{host}{essay}: {page}");
    });
    let took = started.elapsed();
    let mut times = times.into_inner().expect("unspoilt");
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    format!(
        "{} requests in {:.1} s: half within {:.1} ms, 99 % within {:.1} ms, all within {:.1} ms",
        times.len(),
        took.as_secs_f64(),
        at(50),
        at(99),
        at(100)
    )
}

/// Describes the CPU time of the server for a request to a loaded hosted capsule and to a configured one.
fn costs(server: &Lamplit, client: &Client, host: &str) -> String {
    let cost = |host: &str| {
        client.hosted(host, "/");
        let before = server.process.cpu_of_threads();
        (0..REQUESTS).for_each(|_| drop(client.hosted(host, "/")));
        (server.process.cpu_of_threads().saturating_sub(before) / REQUESTS).as_micros()
    };
    format!("{} µs CPU, one that is configured {} µs", cost(host), cost("localhost"))
}

/// Returns how long it takes until a changed essay of a capsule that is loaded is served.
fn saves(client: &Client, hosted: &std::path::Path, capsules: &[(String, Archive)]) -> Vec<Duration> {
    let save = |round: usize| {
        let (host, archive) = &capsules[round % capsules.len()];
        let page = &archive.essays[round % archive.essays.len()];
        let file = hosted.join(host).join(format!("{}.md", page.trim_start_matches('/')));
        client.hosted(host, &format!("{page}.gmi"));
        let word = format!("novelty-{round}");
        let text = fs::read_to_string(&file).expect("an essay") + "\n" + &word + "\n";
        fs::write(&file, text).expect("writable");
        let saved = Instant::now();
        while !client.hosted(host, &format!("{page}.gmi")).contains(&word) {
            assert!(saved.elapsed() < Duration::from_secs(60), "{host}{page} is not published");
            thread::sleep(Duration::from_millis(2));
        }
        saved.elapsed()
    };
    (0..ROUNDS).map(save).collect()
}
