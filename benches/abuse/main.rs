//! What hostile clients, faults and bursts of connections cost ordinary readers.
//!
//! `cargo bench --bench abuse` starts a Lamplit of its own for each trial and prints one line for each figure: what was
//! measured, the target, and whether it was met. `-- --only NAME,NAME` picks trials (see [`trials`]). To test another
//! server, which must be your own:
//!
//! `cargo bench --bench abuse -- --at 127.0.0.1:1965 --page / --large /film.bin`
//!
//! Add `--gopher` for a Gopher server, and `--pid N` for the memory, threads and files of a server on this machine.
//! Trials that need to start the server or write its folder are skipped.
//!
//! `--crowd N` sets the number of clients that hold connections, `--idle N` of those with a completed handshake,
//! `--seconds N` how long they stay; `--transfers N`, `--reads N`, `--kills N` and `--soak-minutes N` set the size of
//! the trials of these names. The soak is skipped unless its minutes are given.
//!
//! Without `--bench`, as from `cargo test`, each trial runs once with small numbers, and neither times nor sizes are
//! judged. The exit code is 1 if a target was missed.

mod crowd;
mod options;
mod reader;
mod report;
mod server;
mod target;
mod trials;

use std::env;
use std::process::ExitCode;

use options::Options;
use report::Report;

fn main() -> ExitCode {
    let options = Options::new(env::args().skip(1).collect());
    rlimit::increase_nofile_limit(u64::MAX).expect("a limit of open files");
    let inside = if options.target().is_some() { &[][..] } else { trials::FROM_INSIDE };
    let mut report = Report::new(options.measures);
    for (name, trial) in trials::FROM_OUTSIDE.iter().chain(inside).filter(|(name, _)| options.wants(name)) {
        report.begin(*name);
        trial(&options, &mut report);
    }
    if report.missed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
