//! Places in source files: line, column and the excerpt that a message shows.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use super::print::printable;

/// The longest part of a source line that is drawn, in characters: one terminal row, with its gutter.
const DRAWN_CHARS: usize = 100;

/// A file, and optionally a stretch of one of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the file; relative to the content folder if the file is inside it.
    pub file: Arc<str>,
    /// The stretch of the file, or `None` if the problem concerns the whole file.
    pub span: Option<Span>,
}

/// A stretch of one line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The line, counted from 1 and including any front matter.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// The number of characters to underline, at least 1.
    pub length: u32,
    /// The text of the line, without its line end.
    pub text: String,
}

impl Span {
    /// Returns the stretch of `source` that `bytes` covers on the first line of the range.
    pub fn of(source: &str, bytes: Range<usize>) -> Self {
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

    /// Draws the line and a row of carets under it, in display columns so that the carets also align under East Asian
    /// text.
    fn draw(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = self.column as usize - 1;
        let skip = before.saturating_sub(DRAWN_CHARS / 2);
        let shown: String = self.text.chars().skip(skip).take(DRAWN_CHARS).collect();
        let shown = printable(&shown);
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

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.file))?;
        let Some(span) = &self.span else { return Ok(()) };
        write!(f, ":{}:{}", span.line, span.column)?;
        span.draw(f)
    }
}

/// Returns the nearest character boundary at or before `at`.
fn floor_char_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
