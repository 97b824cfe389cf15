//! The table: what was measured, what was to be reached, and whether it was.

use std::fmt::Display;

/// One line for each figure, printed as it comes in.
#[derive(Debug)]
pub(crate) struct Report {
    measures: bool,
    trial: String,
    missed: usize,
}

impl Report {
    /// `measures` says whether times and sizes are to be judged: a test on a busy machine shows nothing of them.
    pub(crate) fn new(measures: bool) -> Self {
        println!(
            "| {:22} | {:32} | {:26} | {:22} | {:7} |",
            "trial", "figure", "measured", "target", "verdict"
        );
        println!("|{:-<24}|{:-<34}|{:-<28}|{:-<24}|{:-<9}|", "", "", "", "", "");
        Self { measures, trial: String::new(), missed: 0 }
    }

    /// The lines from here on are about `trial`.
    pub(crate) fn begin(&mut self, trial: impl Into<String>) {
        self.trial = trial.into();
    }

    /// A figure without a target.
    pub(crate) fn tell(&self, figure: &str, measured: impl Display) {
        self.line(figure, &measured.to_string(), "", "");
    }

    /// A figure that must hold whenever it is looked at.
    pub(crate) fn judge(&mut self, figure: &str, measured: impl Display, target: &str, holds: bool) {
        self.missed += usize::from(!holds);
        self.line(figure, &measured.to_string(), target, if holds { "holds" } else { "MISSED" });
    }

    /// A time or a size, which is only judged where it is measured.
    pub(crate) fn judge_size(&mut self, figure: &str, measured: impl Display, target: &str, holds: bool) {
        if self.measures {
            self.judge(figure, measured, target, holds);
        } else {
            self.line(figure, &measured.to_string(), target, "");
        }
    }

    /// How many targets were missed.
    pub(crate) fn missed(&self) -> usize {
        self.missed
    }

    fn line(&self, figure: &str, measured: &str, target: &str, verdict: &str) {
        println!("| {:22} | {figure:32} | {measured:26} | {target:22} | {verdict:7} |", self.trial);
    }
}
