//! Compares results with their targets.

use crate::scenario::{FIRST_VIEW, Scenario};
use crate::table::{Row, Table};

/// The most that the 99th percentile of the latency may be, as a multiple of the median.
const TAIL: f64 = 3.0;

/// Adds the verdicts on the rows of one scenario to `table`.
pub(crate) fn of(scenario: &Scenario, rows: &[Row], table: &mut Table) {
    let row = |name: &str, at_once: usize| rows.iter().find(|row| row.contestant == name && row.at_once == at_once);
    let name = scenario.name;
    for at_once in crate::AT_ONCE {
        let Some(ours) = row("lamplit", at_once) else { return };
        let what = |what: &str| format!("{at_once} at once, {what}");
        table.verdict(name, &what("CPU of the floor's at most"), ours.ratio[0], scenario.at_most);
        if let (Some(agate), Some(at_most)) = (row("agate", at_once), scenario.of_agate) {
            table.verdict(name, &what("CPU of agate's at most"), ours.cpu / agate.cpu, at_most);
        }
        if let Some(first) = row("lamplit, first view", at_once) {
            let above = first.cpu - ours.cpu;
            table.verdict(name, &what("µs for a first view above a later one at most"), above, FIRST_VIEW);
        }
        if let Some(floor) = row("floor", at_once).filter(|_| at_once > 1) {
            // Readers, server and floor share the processors: waiting for a processor shows in the floor too.
            let so_many = format!("99 % within so many medians (the floor: {:.2}) at most", floor.tail());
            table.verdict(name, &what(&so_many), ours.tail(), TAIL);
        }
    }
    if let (Some(some), Some(many)) = (row("lamplit", 16), row("lamplit", 64)) {
        table.verdict(name, "rate at 16 in proportion to that at 64 at most", some.rate / many.rate, 1.0);
    }
}
