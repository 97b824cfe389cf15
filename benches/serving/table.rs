//! The table of results.

use std::fmt::{self, Write as _};
use std::time::Duration;

use crate::Round;

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
}

/// One contestant in one scenario. Times are medians of the rounds.
pub(crate) struct Row {
    scenario: &'static str,
    at_once: usize,
    contestant: &'static str,
    /// Processor time of the server for each request, in microseconds.
    cpu: f64,
    /// That in proportion to the floor of the same round: median, lowest, highest.
    ratio: [f64; 3],
    /// Latency in milliseconds: half of the readers waited no longer, and 99 of 100.
    median: f64,
    slow: f64,
}

impl Row {
    pub(crate) fn new(
        scenario: &'static str,
        at_once: usize,
        contestant: &'static str,
        rounds: &[Round],
        floor: &[Round],
    ) -> Self {
        let microseconds = |round: &Round| round.cpu.as_secs_f64() * 1e6;
        let cpu = spread(rounds.iter().map(microseconds))[0];
        let ratio =
            spread(rounds.iter().zip(floor).map(|(own, floor)| microseconds(own) / microseconds(floor)));
        let mut latencies: Vec<Duration> =
            rounds.iter().flat_map(|round| round.latencies.iter().copied()).collect();
        latencies.sort_unstable();
        let at = |part: usize| latencies[latencies.len() * part / 100].as_secs_f64() * 1e3;
        Self { scenario, at_once, contestant, cpu, ratio, median: at(50), slow: at(99) }
    }
}

/// Median, lowest and highest.
fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [values[values.len() / 2], values[0], values[values.len() - 1]]
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, at_once, contestant, cpu, ratio: [ratio, low, high], median, slow } = self;
        write!(
            f,
            "{scenario:<22} {at_once:>7}  {contestant:<12} {cpu:>9.0} {ratio:>9.2} {low:>6.2}–{high:<6.2} {median:>8.2} {slow:>8.2}"
        )
    }
}

impl Table {
    pub(crate) const HEAD: &'static str =
        "scenario               at once  server       CPU in µs  to floor  low – high  50 % ms  99 % ms";

    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// For a README.
    pub(crate) fn markdown(&self) -> String {
        let mut out =
            "| request | at once | server | CPU, µs | ratio to the floor | half within | 99 % within |\n\
                       |---|---:|---|---:|---:|---:|---:|\n"
                .to_owned();
        for Row { scenario, at_once, contestant, cpu, ratio: [ratio, ..], median, slow } in &self.rows {
            let _ = writeln!(
                out,
                "| {scenario} | {at_once} | {contestant} | {cpu:.0} | {ratio:.2} | {median:.2} ms | {slow:.2} ms |"
            );
        }
        out + "\n" + &self.notes.join("\n") + "\n"
    }
}
