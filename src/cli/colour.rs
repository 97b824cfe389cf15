//! Whether a stream is painted on.

use std::io::{Stderr, Stdout, stderr, stdout};

use anstream::{AutoStream, ColorChoice, stream::RawStream};

/// Whether colours are wanted on standard error: it is a terminal that can show them, and `NO_COLOR` is not set.
pub(crate) fn on_stderr() -> bool {
    wanted::<Stderr>(&stderr())
}

/// The same for standard output.
pub(super) fn on_stdout() -> bool {
    wanted::<Stdout>(&stdout())
}

fn wanted<S: RawStream>(stream: &S) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}
