//! A [`Problem`] is the one diagnostic of the project: what happened, where, and what to do about it.
//!
//! Essays and configuration alike are written by people, so a mistake in them is reported in their
//! terms: the file and line they can open, a caret under the offending words, and a `hint:` with the
//! next thing to do. Nothing below the desk prints; problems travel upwards as values.

mod topic;

use std::fmt;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

pub use topic::Topic;

/// How much a [`Problem`] matters to what readers get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Readers get everything, though perhaps not as the author meant it.
    Warning,
    /// Something the author wrote is not published or leads nowhere, or a configuration cannot be used.
    Error,
}

/// One diagnostic for the person who wrote the file it points at.
///
/// Its [`Display`](fmt::Display) form is the whole message, several lines without a final newline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Whether something is lost.
    pub severity: Severity,
    /// What it is about.
    pub topic: Topic,
    /// What happened, in one sentence without a full stop; names in it stand in backticks.
    pub what: String,
    /// Where it happened, if it belongs to a file.
    pub place: Option<Place>,
    /// What to do next.
    pub hint: Option<String>,
}

/// A position in a file, with the line itself so that a caret can be drawn under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as its owner would name it, relative to the content folder where it lies in one.
    pub file: Arc<str>,
    /// The position inside the file; none when the whole file is meant.
    pub span: Option<Span>,
}

/// A stretch of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Line in the file, counted from 1 and including any front matter.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// Number of characters the caret underlines, at least 1.
    pub length: u32,
    /// The text of that line, without its line end.
    pub text: String,
}

impl Problem {
    /// Something is lost: an essay is not published, or a configuration cannot be used.
    pub fn error(what: impl Into<String>) -> Self {
        Self { severity: Severity::Error, topic: Topic::Setup, what: what.into(), place: None, hint: None }
    }

    /// Something may not be as the author meant it.
    pub fn warning(what: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, topic: Topic::Setup, what: what.into(), place: None, hint: None }
    }

    /// Says what it is about; [`Topic::Setup`] otherwise.
    #[must_use]
    pub fn about(mut self, topic: Topic) -> Self {
        self.topic = topic;
        self
    }

    /// Says which file is meant.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<Arc<str>>) -> Self {
        self.place = Some(Place { file: file.into(), span: None });
        self
    }

    /// Says which bytes of which file are meant; `bytes` is clipped to `source` and to its first line.
    #[must_use]
    pub fn at(mut self, file: impl Into<Arc<str>>, source: &str, bytes: std::ops::Range<usize>) -> Self {
        self.place = Some(Place { file: file.into(), span: Some(Span::of(source, bytes)) });
        self
    }

    /// Adds the next thing to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl Span {
    /// The stretch of `source` that `bytes` covers on its first line.
    pub fn of(source: &str, bytes: std::ops::Range<usize>) -> Self {
        let start = floor_char_boundary(source, bytes.start);
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..].find('\n').map_or(source.len(), |at| start + at);
        let end = floor_char_boundary(source, bytes.end).clamp(start, line_end);
        let line = 1 + source[..line_start].bytes().filter(|&byte| byte == b'\n').count();
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        Self {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: count(&source[line_start..start]).saturating_add(1),
            length: count(&source[start..end]).max(1),
            text: source[line_start..line_end].trim_end_matches('\r').to_owned(),
        }
    }
}

/// The nearest character boundary at or before `at`, within `text`.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.severity, Harmless(&self.what))?;
        if let Some(place) = &self.place {
            write!(f, "\n  --> {}", Harmless(&place.file))?;
            if let Some(span) = &place.span {
                write!(f, ":{}:{}", span.line, span.column)?;
                span.draw(f)?;
            }
        }
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {}", Harmless(hint))?;
        }
        Ok(())
    }
}

/// Words that may quote a file, with a space for each control character: a file must not drive the terminal.
struct Harmless<'a>(&'a str);

impl fmt::Display for Harmless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let harmful = |c: char| c.is_control() && c != '\n';
        let mut pieces = self.0.split(harmful);
        f.write_str(pieces.next().unwrap_or_default())?;
        pieces.try_for_each(|piece| write!(f, " {piece}"))
    }
}

/// The longest part of a source line that is drawn: one terminal row, with its gutter.
const DRAWN_CHARS: usize = 100;

impl Span {
    /// Draws the line and a caret row under it, in display columns, so that the caret also stands right
    /// under East Asian text. Control characters become spaces, as in [`Harmless`].
    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.column as usize - 1;
        let skip = before.saturating_sub(DRAWN_CHARS / 2);
        let shown: String = self
            .text
            .chars()
            .skip(skip)
            .take(DRAWN_CHARS)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let columns = |from: usize, count: usize| {
            shown.chars().skip(from).take(count).collect::<String>().as_str().width()
        };
        let number = self.line.to_string();
        let gutter = number.len();
        let indent = columns(0, before - skip);
        let carets = columns(before - skip, self.length as usize).max(1);
        write!(f, "\n {:gutter$} |", "")?;
        write!(f, "\n {number} | {shown}")?;
        write!(f, "\n {:gutter$} | {:indent$}{}", "", "", "^".repeat(carets))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(problem: &Problem, expected: &str) {
        assert_eq!(problem.to_string(), expected);
    }

    #[test]
    fn a_message_says_what_where_and_what_next() {
        check(&Problem::warning("two essays share an address"), "warning: two essays share an address");
        check(
            &Problem::error("cannot read the file").in_file("films/a.md").hint("check its permissions"),
            "error: cannot read the file\n  --> films/a.md\nhint: check its permissions",
        );
        check(
            &Problem::error("unknown key `hostnam`").at("config.toml", "a = 1\nhostnam = 2\n", 6..13),
            "error: unknown key `hostnam`\n  --> config.toml:2:1\n   |\n 2 | hostnam = 2\n   | ^^^^^^^",
        );
    }

    #[test]
    fn the_caret_stands_under_wide_text_too() {
        let source = "title: 東京 bad";
        let at = source.find("bad").expect("in the sample");
        check(
            &Problem::error("oops").at("a.md", source, at..at + 3),
            "error: oops\n  --> a.md:1:11\n   |\n 1 | title: 東京 bad\n   |             ^^^",
        );
    }

    #[test]
    fn any_range_is_a_place() {
        for source in ["", "a", "é\n", "one\r\ntwo\r\n", "\n\n"] {
            for start in 0..8 {
                for end in 0..8 {
                    let span = Span::of(source, start..end);
                    assert!(span.line >= 1 && span.column >= 1 && span.length >= 1);
                    assert!(!span.text.contains(['\r', '\n']));
                }
            }
        }
    }

    #[test]
    fn a_hostile_line_cannot_drive_the_terminal() {
        let problem = Problem::error("odd").at("a.md", "x\u{1b}[2Jy", 0..1);
        assert!(!problem.to_string().contains('\u{1b}'));
        check(
            &Problem::warning("odd `\u{1b}[2J`").in_file("a\u{9b}.md").hint("not `\u{1a}`"),
            "warning: odd ` [2J`\n  --> a .md\nhint: not ` `",
        );
        let long = "y".repeat(10_000);
        assert!(Problem::error("odd").at("a.md", &long, 9_000..9_001).to_string().len() < 400);
    }
}
