//! The `lamplit` program.

fn main() -> std::process::ExitCode {
    lamplit::cli::run(std::env::args_os())
}
