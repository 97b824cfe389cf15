//! Printing: text made safe for terminals and logs, colour, and the message and exit code of a failed command.

use std::borrow::Cow;
use std::error::Error;
use std::io::{self, ErrorKind, Stderr, Stdout, Write};
use std::process::ExitCode;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

use super::{EX_FAILURE, Problem, Problems};

/// Returns `text` with a blank for each character that could drive a terminal, reorder the text around it or start
/// another line.
///
/// These are the control characters (C0 and C1, with ESC and line breaks), the line and paragraph separators, and the
/// embeddings, overrides and isolates of the bidirectional algorithm (UAX #9, section 2).
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.contains(is_unprintable) { text.replace(is_unprintable, " ").into() } else { text.into() }
}

fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns whether to write colours to standard output: it is a terminal that shows them and `NO_COLOR` is not set.
pub fn colours_stdout() -> bool {
    colours::<Stdout>(&io::stdout())
}

/// Returns whether to write colours to standard error: it is a terminal that shows them and `NO_COLOR` is not set.
pub fn colours_stderr() -> bool {
    colours::<Stderr>(&io::stderr())
}

fn colours<S: RawStream>(stream: &S) -> bool {
    AutoStream::choice(stream) != ColorChoice::Never
}

/// Returns the message of an error: problems as they display themselves, other errors with their causes.
pub fn message(error: &anyhow::Error) -> String {
    if error.is::<Problem>() || error.is::<Problems>() {
        error.to_string()
    } else {
        format!("error: {error:#}")
    }
}

/// Prints the error that ended a command to standard error and returns the exit code for it.
pub fn report(error: &anyhow::Error) -> ExitCode {
    // A closed pipe means that its reader, such as `head` or a pager, needs no more output.
    if error.chain().any(is_broken_pipe) {
        return ExitCode::SUCCESS;
    }
    let mut message = message(error);
    if colours_stderr() {
        message = message.replacen("error:", "\u{1b}[1;31merror:\u{1b}[0m", 1);
    }
    // There is no other place to report that standard error is closed.
    let _ = writeln!(io::stderr(), "{message}");
    ExitCode::from(error.downcast_ref::<Problems>().map_or(EX_FAILURE, Problems::exit_code))
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_drives_a_terminal_or_forges_a_line_is_made_printable() {
        for (text, expected) in [
            ("plain `a/b.md`, 東京 é", "plain `a/b.md`, 東京 é"),
            ("\u{1b}[2Jx", " [2Jx"),
            ("a\u{9b}1mb\u{7f}", "a 1mb "),
            ("x\n2026-01-01 gemini\r\n\u{2028}y\u{2029}\u{85}", "x 2026-01-01 gemini   y  "), // F9
            ("\u{202a}a\u{202b}b\u{202c}c\u{202d}d\u{202e}e", " a b c d e"),
            ("\u{2066}a\u{2067}b\u{2068}c\u{2069}d", " a b c d"),
        ] {
            assert_eq!(printable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn problems_end_a_command_with_their_own_message_and_code() {
        let usage = Problems::refuse(vec![Problem::error("a"), Problem::error("b")]).expect_err("two");
        assert_eq!((usage.exit_code(), usage.to_string().as_str()), (64, "error: a\n\nerror: b"));
        assert_eq!(Problems::from(Problem::error("a")).exit_code(), 1);
        assert_eq!(Problems::refuse(Vec::new()), Ok(()));
        assert_eq!(message(&Problem::error("a").into()), "error: a");
        assert_eq!(message(&anyhow::anyhow!("a").context("b")), "error: b: a");
    }
}
