//! Diagnostics: what is wrong, where, and what to do about it.
//!
//! A message points at what its reader can find: the file and line, a caret under the offending words, and a `hint:`
//! with the next step. Lower modules return [`Problem`]s as values; only `app` and `cli` [print](mod@print) them.

pub mod print;
mod source;

use std::fmt;
use std::sync::Arc;

pub use print::{printable, printable_lines};
pub use source::{Place, SourceText, Span, floor_char_boundary};

/// The exit code for mistakes in arguments or configuration: `EX_USAGE` of `sysexits.h`.
pub const EX_USAGE: u8 = 64;

/// The exit code for all other failures.
const EX_FAILURE: u8 = 1;

named! {
    /// How serious a [`Problem`] is.
    Severity {
        /// The content is published, but perhaps not as its author intended.
        Warning = "warning",
        /// Content is not published, a link leads nowhere, or a configuration cannot be used.
        Error = "error",
    }
}

named! {
    /// The subject of a [`Problem`], by which problems are counted and filtered.
    Topic {
        /// A file that cannot be published: unreadable, too large, or not text.
        File = "file",
        /// The front matter of an essay.
        FrontMatter = "front-matter",
        /// Two essays with the same address.
        DuplicateAddress = "duplicate-address",
        /// A link to something that is not in the capsule.
        DeadLink = "dead-link",
        /// An image that is not in the capsule.
        MissingPicture = "missing-picture",
        /// An image without alternative text.
        MissingAlt = "missing-alt",
        /// HTML or a template tag that is left out of the published text.
        LeftOut = "left-out",
        /// A publication date in the future.
        FutureDate = "future-date",
        /// A line of `robots.txt` that crawlers do not support over Gemini.
        Robots = "robots",
        /// Arguments, configuration or the environment of the process.
        Setup = "setup",
    }
}

/// A diagnostic for the author of a file or the operator of the server.
///
/// [`Display`](fmt::Display) writes the whole message: several lines without a final newline, safe for a terminal.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How serious the problem is.
    pub severity: Severity,
    /// The subject of the problem.
    pub topic: Topic,
    /// What happened, in one sentence without a full stop; names are quoted in backticks.
    pub what: String,
    /// Where it happened, if it concerns a file.
    pub place: Option<Place>,
    /// What to do next.
    pub hint: Option<String>,
}

/// One or more [`Problem`]s that end a command, and the exit code of the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems {
    /// The problems, at least one.
    pub list: Vec<Problem>,
    /// The exit code of the command: 64 or 1.
    pub exit_code: u8,
}

/// Returns the known name most similar to `name`, if one is similar enough to be meant.
pub fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let name = name.to_lowercase();
    let distance = |known: &'n str| (strsim::damerau_levenshtein(&name, &known.to_lowercase()), known);
    let is_similar = |(distance, known): &(usize, &str)| *distance <= known.len().div_ceil(3);
    known.into_iter().map(distance).filter(is_similar).min().map(|(_, known)| known)
}

impl Problem {
    /// Creates an error: content is not published, or a configuration cannot be used.
    pub fn error(what: impl Into<String>) -> Self {
        Self { severity: Severity::Error, topic: Topic::Setup, what: what.into(), place: None, hint: None }
    }

    /// Creates a warning: something may not be as its author intended.
    pub fn warning(what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, topic: Topic::Setup, what: what.into(), place: None, hint: None }
    }

    /// Sets the topic, which is [`Topic::Setup`] by default.
    pub fn about(mut self, topic: Topic) -> Self {
        self.topic = topic;
        self
    }

    /// Sets the place to a whole file.
    pub fn in_file(mut self, file: impl Into<Arc<str>>) -> Self {
        self.place = Some(Place { file: file.into(), span: None });
        self
    }

    /// Sets the place, such as one that [`SourceText::place`] returns.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Returns about how many bytes of memory the problem takes.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.what.len() + self.hint.as_ref().map_or(0, String::len)
    }

    /// Returns the file, line and column, by which problems are sorted. Lines and columns are 0 for a whole file.
    pub fn position(&self) -> (&str, u32, u32) {
        let Some(place) = &self.place else { return ("", 0, 0) };
        let (line, column) = place.span.as_ref().map_or((0, 0), |span| (span.line, span.column));
        (&place.file, line, column)
    }

    /// Sets the next step for the reader of the message.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Problems {
    /// Returns mistakes in arguments or configuration, which end a command with exit code 64.
    pub fn usage(problem: Problem) -> Self {
        Self { list: vec![problem], exit_code: EX_USAGE }
    }

    /// Returns mistakes in arguments or configuration, if there are any, as an error: by line, those without one last.
    pub fn refuse(mut list: Vec<Problem>) -> Result<(), Self> {
        let line = |place: &Place| Some(place.span.as_ref()?.line);
        list.sort_by_key(|problem| problem.place.as_ref().and_then(line).unwrap_or(u32::MAX));
        if list.is_empty() { Ok(()) } else { Err(Self { list, exit_code: EX_USAGE }) }
    }
}

/// A failure other than a mistake in arguments or configuration: exit code 1.
impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self { list: vec![problem], exit_code: EX_FAILURE }
    }
}

impl std::error::Error for Problem {}

impl std::error::Error for Problems {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, printable(&self.what))?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {place}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {}", printable(hint))?;
        }
        Ok(())
    }
}

/// The messages, separated by blank lines.
impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<String> = self.list.iter().map(Problem::to_string).collect();
        f.write_str(&messages.join("\n\n"))
    }
}
