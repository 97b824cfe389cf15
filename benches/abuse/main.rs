//! What clients who mean harm, faults and storms cost those who only read.
//!
//! `cargo bench --bench abuse` starts a Lamplit of its own for each trial and prints one line for each figure: what was
//! measured, what was to be reached, and whether it was. `-- --only NAME,NAME` picks trials (see [`trials`]). To aim at
//! another server, which then must be yours:
//!
//! `cargo bench --bench abuse -- --at 127.0.0.1:1965 --page / --large /film.bin`
//!
//! with `--gopher` behind the address of a Gopher server, and `--pid N` for the process of one on this machine, for its
//! memory, threads and files. Trials that need the process or the folder are left out then.
//!
//! `--crowd N` sets how many come (of those who hold connections), `--idle N` the same of those with completed
//! handshakes, `--seconds N` how long they stay, `--transfers N`, `--reads N`, `--kills N` and `--soak-minutes N` the
//! sizes of what their names say. The soak is left out unless it is asked for.
//!
//! Without `--bench`, as from `cargo test`, everything is done once in a small way, and neither times nor sizes are
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
