//! What a page costs the server, beside the least that this stack can do, and beside other servers.
//!
//! The headline figure is the server's own processor time for one request. Contestants take turns, round by round, so
//! that the moods of a machine fall on all of them; only ratios within one run count. Every reply is checked: its
//! status, its length, and that the connection was ended properly.
//!
//! `cargo bench --bench serving` measures what is installed here; `-- --rounds 9` takes more rounds, and
//! `-- --save FILE` writes the table as Markdown. Without `--bench`, as from `cargo test --benches`, a few requests
//! show that everything still works.

mod content;
mod contestant;
mod floor;
mod load;
#[allow(dead_code, reason = "shared with the benchmark of abuse")]
mod process;
mod scenario;
mod table;

#[allow(dead_code, reason = "shared with the tests, which need more of it")]
#[path = "../../tests/it/tls_client.rs"]
mod tls_client;

use std::env;
use std::fs;
use std::time::Duration;

use content::Content;
use contestant::{Contestant, Fleet};
use load::Load;
use scenario::{SCENARIOS, Scenario};
use table::{Row, Table};

/// Readers at once: a home capsule has one, a popular one some, a flood many.
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
    let rounds =
        value("--rounds").and_then(|rounds| rounds.parse().ok()).unwrap_or(if measures { 5 } else { 1 });
    let only = value("--only");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let content = Content::write(folder.path());
    // What others do on the machine of a test is no concern of ours.
    let fleet = Fleet::start(folder.path(), &content, measures);
    println!("{}", fleet.names());
    let mut table = Table::default();
    println!("{}", Table::HEAD);
    for scenario in
        SCENARIOS.iter().filter(|scenario| only.is_none_or(|only| scenario.name.contains(only.as_str())))
    {
        for at_once in AT_ONCE {
            for row in measure(scenario, at_once, rounds, measures, &fleet) {
                println!("{row}");
                table.push(row);
            }
        }
    }
    for (name, megabytes) in fleet.memory() {
        println!("{name}: {megabytes:.1} MB resident after all this");
        table.note(format!("{name}: {megabytes:.1} MB resident after the run."));
    }
    if let Some(file) = value("--save") {
        fs::write(file, table.markdown()).expect("a file that can be written");
    }
}

/// All contestants of one scenario with so many readers at once, the floor first.
fn measure(scenario: &Scenario, at_once: usize, rounds: usize, measures: bool, fleet: &Fleet) -> Vec<Row> {
    let contestants: Vec<Contestant<'_>> = fleet.contestants(scenario);
    let requests = if measures { scenario.requests } else { at_once.max(8) };
    let mut results = vec![Vec::new(); contestants.len()];
    for _ in 0..rounds {
        for (contestant, results) in contestants.iter().zip(&mut results) {
            let load = Load { scenario, contestant, at_once };
            load.warm_up();
            let before = contestant.cpu();
            let latencies = load.run(requests);
            let cpu = contestant.cpu().saturating_sub(before);
            results.push(Round { cpu: cpu / u32::try_from(requests).expect("a few thousand"), latencies });
        }
    }
    contestants
        .iter()
        .zip(&results)
        .map(|(contestant, rounds)| Row::new(scenario.name, at_once, contestant.name, rounds, &results[0]))
        .collect()
}

/// What one contestant did in one round.
#[derive(Debug, Clone)]
pub(crate) struct Round {
    /// Processor time of the server for each request.
    pub(crate) cpu: Duration,
    /// How long each reader waited, from connecting to the end of the reply.
    pub(crate) latencies: Vec<Duration>,
}
