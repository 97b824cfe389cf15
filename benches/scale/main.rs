//! The cost of a large archive: start, memory, publishing, the first view of an essay.
//!
//! The program serves a generated archive of the given size, and every page is read over both protocols; each reply is
//! checked. `cargo bench --bench scale -- 10000 5` takes an archive of 10,000 essays of 5 KB, `-- --capsules 2000`
//! serves 2,000 capsules of 20 essays out of one folder instead, in 64 MB (numbers behind it are other essays,
//! kilobytes and megabytes). Without numbers, or from `cargo test --benches`, a small archive and a few capsules show
//! that everything still works.

mod client;
mod hosting;
mod server;

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use client::Client;
use testkit::archive::Archive;
use testkit::process::Lamplit;

/// How often the program is started and a file is saved.
const ROUNDS: usize = 5;

/// Number of essays that are read for the cost of a first and of a later view.
const VIEWS: usize = 1_000;

fn main() {
    let numbers: Vec<usize> = env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let number = |at: usize, usual: usize| numbers.get(at).copied().unwrap_or(usual);
    if env::args().any(|argument| argument == "--capsules") {
        return hosting::measure(
            number(0, 2_000),
            number(1, 20),
            number(2, 5),
            u32::try_from(number(3, 64)).expect("megabytes"),
        );
    }
    archive(number(0, 100), number(1, 5));
    if numbers.is_empty() {
        hosting::measure(10, 3, 2, 64);
    }
}

/// Measures one archive.
fn archive(essays: usize, kilobytes: usize) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (content, certs) = (folder.path().join("essays"), folder.path().join("certs"));
    let archive = Archive::write(&content, essays, kilobytes * 1_000);
    println!("{essays} essays of {kilobytes} KB, {:.1} MB of text", megabytes(archive.bytes));

    let mut starts = Vec::new();
    for _ in 0..ROUNDS {
        let (_server, first_answer) = server::start(&content, &certs);
        starts.push(first_answer);
    }
    row("start to first answer", &milliseconds(&mut starts));

    let (server, _) = server::start(&content, &certs);
    let client = Client::new(&server);
    row("first view, above a later one", &first_view(&server, &client, &archive));
    row("a saved file is there after", &milliseconds(&mut saves(&client, &content, &archive)));
    drop(server);

    let (server, _) = server::start(&content, &certs);
    let client = Client::new(&server);
    row("resident memory at the start", &format!("{:.1} MB", server.process.memory("VmRSS")));
    let started = Instant::now();
    let pages = read_all(&client, &archive);
    let resident = server.process.memory("VmRSS");
    let of_files = server.process.memory("RssFile");
    row(
        "after every page was read once",
        &format!(
            "{resident:.1} MB, {of_files:.1} of them pages of the program and its libraries, at most {:.1} MB",
            server.process.memory("VmHWM")
        ),
    );
    println!("  ({pages} pages over both protocols in {:.1} s)", started.elapsed().as_secs_f64());
    saves(&client, &content, &archive);
    row("and after five files were saved", &format!("{:.1} MB", server.process.memory("VmRSS")));
}

fn row(what: &str, figure: &str) {
    println!("{what:<32} {figure}");
}

/// Reads every index, folder and essay over both protocols; returns the number of pages.
fn read_all(client: &Client, archive: &Archive) -> usize {
    let pages: Vec<&str> = archive.folders.iter().chain(&archive.essays).map(String::as_str).collect();
    client::from_all(&pages, |page| {
        let essay = archive.title(page);
        let (address, selector) = match essay {
            Some(_) => (format!("{page}.gmi"), format!("{page}.txt")),
            None => ((*page).to_owned(), (*page).to_owned()),
        };
        let (gemtext, text) = (client.gemini(&address), client.gopher(&selector));
        if let Some(title) = essay {
            assert!(gemtext.contains(&format!("# {title}\n")), "{address}: {gemtext}");
            assert!(text.starts_with(title), "{selector}: {text}");
        } else {
            assert!(gemtext.contains("\n=> ") && text.ends_with("\r\n.\r\n"), "{address}");
        }
    });
    pages.len() * 2
}

/// Describes the CPU time of the server for the first view of an essay, in addition to that of later views.
fn first_view(server: &Lamplit, client: &Client, archive: &Archive) -> String {
    let all = &archive.essays;
    let step = (all.len() / VIEWS).max(1);
    let some: Vec<&String> = all.iter().step_by(step).take(VIEWS).collect();
    let cost = |pages: &mut dyn Iterator<Item = &str>| {
        let (before, mut count) = (server.process.cpu_of_threads(), 0);
        for page in pages {
            client.gopher(&format!("{page}.txt"));
            count += 1;
        }
        server.process.cpu_of_threads().saturating_sub(before) / count
    };
    // The index of the search is built after the start; its cost is not that of the pages read meanwhile.
    while client.gopher("/search\tlamp").contains("being prepared") {
        std::thread::sleep(Duration::from_millis(20));
    }
    // Warms up what is made once for all pages.
    client.gopher(&format!("{}.txt", all[all.len() - 1]));
    let first = cost(&mut some.iter().map(|page| page.as_str()));
    let later = cost(&mut some.iter().map(|_| all[all.len() - 1].as_str()));
    let above = first.saturating_sub(later).as_micros();
    format!("{above} µs CPU ({} and {} with the connection, Gopher)", first.as_micros(), later.as_micros())
}

/// Returns how long it takes until a changed essay is served.
fn saves(client: &Client, content: &Path, archive: &Archive) -> Vec<Duration> {
    (0..ROUNDS)
        .map(|round| {
            let page = &archive.essays[round * (archive.essays.len() / ROUNDS)];
            let file = content.join(format!("{}.md", page.trim_start_matches('/')));
            let word = format!("novelty-{round}-{}", std::process::id());
            let text = fs::read_to_string(&file).expect("an essay") + "\n" + &word + "\n";
            fs::write(&file, text).expect("writable");
            let saved = Instant::now();
            while !client.gopher(&format!("{page}.txt")).contains(&word) {
                assert!(saved.elapsed() < Duration::from_secs(60), "{page} is not published");
                std::thread::sleep(Duration::from_millis(2));
            }
            saved.elapsed()
        })
        .collect()
}

fn milliseconds(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let (first, last) = (times[0].as_millis(), times[times.len() - 1].as_millis());
    format!("{} ms ({first} to {last})", times[times.len() / 2].as_millis())
}

#[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
