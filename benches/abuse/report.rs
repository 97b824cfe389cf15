//! The table of figures: what was measured, the target, and whether it was met.

use std::fmt::Display;

/// Prints a line for each figure.
#[derive(Debug)]
pub(crate) struct Report {
    measures: bool,
    trial: String,
    missed: usize,
}

impl Report {
    /// Creates a report that judges times and sizes only if it `measures`: those of a test on a busy machine mean
    /// nothing.
    pub(crate) fn new(measures: bool) -> Self {
        println!("| {:22} | {:32} | {:26} | {:22} | {:7} |", "trial", "figure", "measured", "target", "verdict");
        println!("|{:-<24}|{:-<34}|{:-<28}|{:-<24}|{:-<9}|", "", "", "", "", "");
        Self { measures, trial: String::new(), missed: 0 }
    }

    /// Starts the lines of `trial`.
    pub(crate) fn begin(&mut self, trial: impl Into<String>) {
        self.trial = trial.into();
    }

    /// Prints a figure without a target.
    pub(crate) fn tell(&self, figure: &str, measured: impl Display) {
        self.line(figure, &measured.to_string(), "", "");
    }

    /// Prints a figure that must hold in tests too.
    pub(crate) fn judge(&mut self, figure: &str, measured: impl Display, target: &str, holds: bool) {
        self.missed += usize::from(!holds);
        self.line(figure, &measured.to_string(), target, if holds { "holds" } else { "MISSED" });
    }

    /// Prints a time or a size, which is judged in measurements only.
    pub(crate) fn judge_size(&mut self, figure: &str, measured: impl Display, target: &str, holds: bool) {
        if self.measures {
            self.judge(figure, measured, target, holds);
        } else {
            self.line(figure, &measured.to_string(), target, "");
        }
    }

    /// Returns how many targets were missed.
    pub(crate) fn missed(&self) -> usize {
        self.missed
    }

    fn line(&self, figure: &str, measured: &str, target: &str, verdict: &str) {
        println!("| {:22} | {figure:32} | {measured:26} | {target:22} | {verdict:7} |", self.trial);
    }
}
