//! Compares the cost of a request between archives of several sizes.

use std::path::Path;

use crate::contestant::Contestant;
use crate::lamplit;
use crate::scenario::{Scenario, Way};
use crate::table::Table;
use crate::{content, measure};
use testkit::archive::Archive;
use testkit::process::Lamplit;

/// Size in bytes of each essay except the one that is read.
const BYTES: usize = 2_000;

/// Name of the essay that is read, in every archive.
const SAME: &str = "the-same";

/// The largest difference in cost, in proportion to the smallest archive.
const APART: f64 = 0.05;

const AT_ONCE: usize = 16;

const ASKED: [Scenario; 3] = [
    Scenario {
        name: "essay, full handshake",
        way: Way::Gemini,
        path: Some("/the-same.gmi"),
        requests: 4_000,
        at_most: 1.0 + APART,
        of_agate: None,
    },
    Scenario {
        name: "Gopher text",
        way: Way::Gopher,
        path: Some("/the-same.txt"),
        requests: 20_000,
        at_most: 1.0 + APART,
        of_agate: None,
    },
    Scenario {
        name: "nothing, Gopher",
        way: Way::Gopher,
        path: Some("/1995/no-such-essay.txt"),
        requests: 20_000,
        at_most: 1.0 + APART,
        of_agate: None,
    },
];

/// Serves archives of `sizes` essays at the same time and measures them in turns.
pub(crate) fn compare(folder: &Path, sizes: &[usize], rounds: usize, measures: bool) -> Table {
    let serve = |&size: &usize| {
        let shelves = folder.join(format!("archive-{size}"));
        Archive::write(&shelves, size, BYTES);
        content::write_essay(&shelves.join(format!("{SAME}.md")), 6_000);
        (format!("{size} essays"), lamplit::start(&folder.join(format!("lamplit-{size}")), &shelves))
    };
    let servers: Vec<(String, Lamplit)> = sizes.iter().map(serve).collect();
    let mut table = Table::default();
    println!("{}", Table::HEAD);
    for scenario in &ASKED {
        let path = scenario.path.unwrap_or("/");
        let contestants: Vec<Contestant<'_>> = (servers.iter())
            .filter_map(|(name, server)| {
                let port = server.port(scenario.is_gopher());
                Contestant::new(name, &server.process, port, scenario, &[path])
            })
            .collect();
        let rows = measure(scenario, &contestants, AT_ONCE, rounds, measures);
        for row in &rows {
            println!("{row}");
        }
        if measures {
            let most = rows.iter().map(|row| row.ratio[0]).fold(1.0, f64::max);
            table.verdict(scenario.name, "CPU of the smallest archive's at most", most, scenario.at_most);
        }
        table.extend(rows);
    }
    table
}
