//! The table of results.

use std::fmt::{self, Write as _};

use crate::Round;

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
}

/// One contestant in one scenario. Figures are medians of the rounds.
pub(crate) struct Row {
    scenario: &'static str,
    pub(crate) at_once: usize,
    pub(crate) contestant: String,
    /// Processor time of the server for each request, in microseconds.
    pub(crate) cpu: f64,
    /// The processor time in proportion to the first contestant of the round: median, lowest, highest.
    pub(crate) ratio: [f64; 3],
    /// Requests per second.
    pub(crate) rate: f64,
    /// The median and the 99th percentile of the latency, in milliseconds.
    pub(crate) median: f64,
    pub(crate) slow: f64,
}

impl Row {
    pub(crate) fn new(
        scenario: &'static str,
        at_once: usize,
        contestant: &str,
        rounds: &[Round],
        first: &[Round],
    ) -> Self {
        let microseconds = |round: &Round| round.cpu.as_secs_f64() * 1e6;
        let cpu = spread(rounds.iter().map(microseconds))[0];
        let ratio = spread(rounds.iter().zip(first).map(|(own, first)| microseconds(own) / microseconds(first)));
        let rate = spread(rounds.iter().map(Round::rate))[0];
        let within = |part: usize| spread(rounds.iter().map(|round| round.within(part).as_secs_f64() * 1e3))[0];
        let contestant = contestant.to_owned();
        Self { scenario, at_once, contestant, cpu, ratio, rate, median: within(50), slow: within(99) }
    }

    /// Returns the 99th percentile of the latency in proportion to the median.
    pub(crate) fn tail(&self) -> f64 {
        self.slow / self.median
    }
}

/// Returns median, lowest and highest of `values`.
fn spread(values: impl Iterator<Item = f64>) -> [f64; 3] {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    [values[values.len() / 2], values[0], values[values.len() - 1]]
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scenario, at_once, contestant, cpu, ratio: [ratio, low, high], rate, median, slow } = self;
        write!(
            f,
            "{scenario:<22} {at_once:>7}  {contestant:<20} {cpu:>9.0} {ratio:>9.2} {low:>6.2}–{high:<6.2} {rate:>7.0} {median:>8.2} {slow:>8.2}"
        )
    }
}

impl Table {
    pub(crate) const HEAD: &'static str = "scenario               at once  server               CPU in µs  to first  low – high  per sec  50 % ms  99 % ms";

    pub(crate) fn extend(&mut self, rows: Vec<Row>) {
        self.rows.extend(rows);
    }

    /// Prints a line besides the rows, and keeps it for the Markdown.
    pub(crate) fn note(&mut self, note: String) {
        println!("{note}");
        self.notes.push(note);
    }

    /// Adds a line that compares `figure` with its target, `at_most`.
    pub(crate) fn verdict(&mut self, scenario: &str, what: &str, figure: f64, at_most: f64) {
        let holds = if figure <= at_most { "holds" } else { "is missed" };
        self.note(format!("{scenario}: {what} {at_most:.2}: {figure:.2}, {holds}"));
    }

    /// Returns the table as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut out = "| request | at once | server | CPU, µs | ratio | in a second | half within | 99 % within |\n\
                       |---|---:|---|---:|---:|---:|---:|---:|\n"
            .to_owned();
        for Row { scenario, at_once, contestant, cpu, ratio: [ratio, ..], rate, median, slow } in &self.rows {
            let _ = writeln!(
                out,
                "| {scenario} | {at_once} | {contestant} | {cpu:.0} | {ratio:.2} | {rate:.0} | {median:.2} ms | {slow:.2} ms |"
            );
        }
        let notes: Vec<String> = self.notes.iter().map(|note| format!("- {note}\n")).collect();
        out + "\n" + &notes.concat()
    }
}
