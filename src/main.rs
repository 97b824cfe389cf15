//! The `lamplit` binary: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    lamplit::cli::run(std::env::args_os())
}
