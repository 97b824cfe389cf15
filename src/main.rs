//! The `lamplit` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    lamplit::cli::run(std::env::args_os())
}
