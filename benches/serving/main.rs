//! The cost of a page for the server, compared to a minimal server on the same libraries and to other servers.
//!
//! The headline figure is the server's own processor time for one request. Contestants take turns, round by round, so
//! that variations of the machine affect all of them; only ratios within one run count. Every reply is checked: its
//! status, its length, and that the connection was ended properly.
//!
//! `cargo bench --bench serving` measures what is installed here, and says which targets are met; `-- --rounds 9` takes
//! more rounds, `-- --only NAME` picks rows, `-- --alone` leaves other servers out, and `-- --save FILE` writes the
//! table as Markdown. `-- --essays 100,10000,100000` compares archives of several sizes instead: a request must cost
//! the same for each. Without `--bench`, as from `cargo test --benches`, a few requests show that everything still
//! works.

mod content;
mod contestant;
mod fleet;
mod floor;
mod lamplit;
mod load;
mod peers;
mod scenario;
mod sizes;
mod table;
mod verdict;

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use content::Content;
use contestant::Contestant;
use fleet::Fleet;
use load::Load;
use scenario::{SCENARIOS, Scenario};
use table::{Row, Table};

/// Numbers of concurrent readers: of a home capsule, of a popular one, and of a burst.
const AT_ONCE: [usize; 3] = [1, 16, 64];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "floor") {
        return floor::serve(&arguments[1], &arguments[2]);
    }
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let measures = has("--bench") && !has("--test");
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let rounds = value("--rounds").and_then(|rounds| rounds.parse().ok()).unwrap_or(if measures { 5 } else { 1 });
    let folder = tempfile::tempdir().expect("a scratch folder");
    let table = if let Some(sizes) = value("--essays") {
        let sizes: Vec<usize> = sizes.split(',').map(|size| size.parse().expect("a number of essays")).collect();
        sizes::compare(folder.path(), &sizes, rounds, measures)
    } else {
        let only = value("--only").map(String::as_str);
        compare(folder.path(), only, rounds, measures, measures && !has("--alone"))
    };
    if !measures {
        sizes::compare(folder.path(), &[10, 20], rounds, measures);
    }
    if let Some(file) = value("--save") {
        fs::write(file, table.markdown()).expect("a file that can be written");
    }
}

/// Runs every scenario whose name contains `only`; with `peers`, also for the other servers that are installed.
fn compare(folder: &Path, only: Option<&str>, rounds: usize, measures: bool, peers: bool) -> Table {
    let content = Content::write(folder);
    let fleet = Fleet::start(folder, &content, measures, peers);
    println!("{}", fleet.names());
    let mut table = Table::default();
    println!("{}", Table::HEAD);
    for scenario in SCENARIOS.iter().filter(|scenario| only.is_none_or(|only| scenario.name.contains(only))) {
        let mut contestants = fleet.contestants(scenario);
        if !measures {
            contestants.push(contestants[0].failing());
        }
        let mut all = Vec::new();
        for at_once in AT_ONCE {
            let rows = measure(scenario, &contestants, at_once, rounds, measures);
            for row in &rows {
                println!("{row}");
            }
            // A server that fails loses its own row only.
            assert!(measures || rows.len() == contestants.len() - 1, "{} rows", rows.len());
            all.extend(rows);
        }
        // The few requests of a test are no measurement.
        if measures {
            verdict::of(scenario, &all, &mut table);
        }
        table.extend(all);
    }
    for (name, megabytes) in fleet.memory() {
        table.note(format!("{name}: {megabytes:.1} MB resident after the run"));
    }
    table
}

/// Measures all contestants of one scenario with this number of concurrent readers.
fn measure(
    scenario: &Scenario,
    contestants: &[Contestant<'_>],
    at_once: usize,
    rounds: usize,
    measures: bool,
) -> Vec<Row> {
    let requests = if measures { scenario.requests } else { at_once.max(8) };
    let mut results = vec![Vec::new(); contestants.len()];
    let mut failed = vec![false; contestants.len()];
    for _ in 0..rounds {
        for (number, contestant) in contestants.iter().enumerate() {
            if failed[number] {
                continue;
            }
            let requests = (requests / contestant.fewer).max(at_once);
            match round(&Load { scenario, contestant, at_once }, requests) {
                Ok(round) => results[number].push(round),
                Err(error) => {
                    let name = &contestant.asked.name;
                    assert!(!contestant.is_ours(), "{name}: {error}");
                    println!("{name} fails at {at_once} at once, after {} rounds: {error}", results[number].len());
                    failed[number] = true;
                }
            }
        }
    }
    let rows = contestants.iter().zip(&results).filter(|(_, rounds)| !rounds.is_empty());
    rows.map(|(contestant, rounds)| Row::new(scenario.name, at_once, &contestant.asked.name, rounds, &results[0]))
        .collect()
}

/// Measures one contestant once.
fn round(load: &Load<'_>, requests: usize) -> Result<Round, String> {
    load.warm_up()?;
    let (before, started) = (load.contestant.cpu(), Instant::now());
    let latencies = load.run(requests)?;
    let took = started.elapsed();
    let cpu = load.contestant.cpu().saturating_sub(before) / u32::try_from(requests).expect("a few thousand");
    Ok(Round { cpu, took, latencies })
}

/// The results of one contestant in one round.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// Processor time of the server for each request.
    pub(crate) cpu: Duration,
    /// From the first request to the end of the last reply.
    pub(crate) took: Duration,
    /// How long each reader waited, from connecting to the end of the reply.
    pub(crate) latencies: Vec<Duration>,
}

impl Round {
    /// Returns the requests per second.
    fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).expect("a few thousand")) / self.took.as_secs_f64()
    }

    /// Returns the percentile `part` of the latencies.
    fn within(&self, part: usize) -> Duration {
        let mut latencies = self.latencies.clone();
        let at = latencies.len() * part / 100;
        *latencies.select_nth_unstable(at).1
    }
}
