//! Timing for `cargo bench`: [`Bench`] measures short steps one after the other, and the functions below it serve
//! benchmarks that compare contestants in turn.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};
use std::{env, fs};

/// The least time that one sample takes, so that the resolution of the clock does not count.
const SAMPLE: Duration = Duration::from_millis(10);

/// Samples of one step; enough for a median that a busy moment of the machine does not move.
const SAMPLES: usize = 31;

/// Returns whether everything runs once and small: with `-- --test`, and in `cargo test --benches`, which does not pass
/// `--bench` as `cargo bench` does.
pub fn is_short() -> bool {
    let has = |flag: &str| env::args().any(|argument| argument == flag);
    has("--test") || !has("--bench")
}

/// Returns how long `work` takes once.
pub fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Sorts the times and returns the median.
pub fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Measures steps and prints a row for each: the median of a run, the fastest and the slowest.
///
/// `-- --save FILE` writes the medians, `-- --compare FILE` prints each median in relation to a saved one, and a word
/// picks the steps that have it in their names.
pub struct Bench {
    short: bool,
    picked: Option<String>,
    save: Option<String>,
    /// The saved medians, in nanoseconds.
    before: HashMap<String, f64>,
    medians: Vec<String>,
}

impl Bench {
    /// Reads the arguments of the process and prints the head of the table.
    pub fn from_arguments() -> Self {
        let mut bench =
            Self { short: is_short(), picked: None, save: None, before: HashMap::new(), medians: Vec::new() };
        let mut arguments = env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut file = || arguments.next().expect("the name of a file");
            match argument.as_str() {
                "--save" => bench.save = Some(file()),
                "--compare" => bench.before = read(&file()),
                "--bench" | "--test" => {}
                picked => bench.picked = Some(picked.to_owned()),
            }
        }
        println!("{:<28} {:>12} {:>12} {:>12}", "", "median", "fastest", "slowest");
        bench
    }

    /// Measures `work`, the step called `name`.
    pub fn measure<T>(&mut self, name: &str, mut work: impl FnMut() -> T) {
        if self.picked.as_ref().is_some_and(|picked| !name.contains(picked.as_str())) {
            return;
        }
        let once = time(&mut work).max(Duration::from_nanos(1));
        if self.short {
            println!("{name:<28} {once:>12.2?}");
            return;
        }
        let runs = u32::try_from(SAMPLE.as_nanos() / once.as_nanos() + 1).expect("at most ten million");
        let mut sample = || {
            time(|| {
                for _ in 0..runs {
                    black_box(work());
                }
            }) / runs
        };
        let mut times: Vec<Duration> = (0..SAMPLES).map(|_| sample()).collect();
        let median = median(&mut times);
        let nanoseconds = median.as_secs_f64() * 1e9;
        let change = self.before.get(name).map(|before| format!(" {:>6.2} of before", nanoseconds / before));
        let change = change.unwrap_or_default();
        println!("{name:<28} {median:>12.2?} {:>12.2?} {:>12.2?}{change}", times[0], times[SAMPLES - 1]);
        self.medians.push(format!("{nanoseconds} {name}\n"));
    }

    /// Writes the medians where the arguments tell.
    pub fn finish(self) {
        if let Some(file) = self.save {
            fs::write(file, self.medians.concat()).expect("a file that can be written");
        }
    }
}

/// Returns the medians that [`Bench::finish`] wrote to `file`, by step.
fn read(file: &str) -> HashMap<String, f64> {
    let text = fs::read_to_string(file).expect("a file of an earlier run");
    let row = |line: &str| {
        let (nanoseconds, name) = line.split_once(' ')?;
        Some((name.to_owned(), nanoseconds.parse().ok()?))
    };
    text.lines().filter_map(row).collect()
}
