//! Printing: text made safe for terminals and logs, colour, and the message and exit code of a failed command.

use std::borrow::Cow;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};

use super::{EX_FAILURE, Problem, Problems};

/// Returns `text` with a space for each character that could control a terminal, reorder the text around it or start
/// another line: control characters (C0 and C1, with ESC and line breaks), line and paragraph separators, and the
/// embeddings, overrides and isolates of the bidirectional algorithm (UAX #9, section 2).
pub fn printable(text: &str) -> Cow<'_, str> {
    let is_unprintable = |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.contains(is_unprintable) { text.replace(is_unprintable, " ").into() } else { text.into() }
}

/// Returns each line of `text` as [`printable`] does.
pub fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Returns whether to write colours to `stream`: it is a terminal that shows them and `NO_COLOR` is not set.
pub fn has_colours(stream: &impl anstream::stream::RawStream) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Returns the message of an error: problems as they display themselves, other errors with their causes.
pub fn message(error: &anyhow::Error) -> String {
    if error.is::<Problem>() || error.is::<Problems>() { error.to_string() } else { format!("error: {error:#}") }
}

/// Prints the error that ended a command to standard error and returns the exit code for it.
pub fn report(error: &anyhow::Error) -> ExitCode {
    // A closed pipe means that its reader, such as `head` or a pager, needs no more output.
    let mut kinds = error.chain().filter_map(|cause| Some(cause.downcast_ref::<io::Error>()?.kind()));
    if kinds.any(|kind| kind == ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let mut message = message(error);
    if has_colours(&io::stderr()) {
        message = message.replacen("error:", "\u{1b}[1;31merror:\u{1b}[0m", 1);
    }
    // There is no other place to report that standard error is closed.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(error.downcast_ref::<Problems>().map_or(EX_FAILURE, |problems| problems.exit_code))
}
