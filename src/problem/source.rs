//! Places in source files: line, column and the excerpt that a message shows.
//!
//! A file with many problems, or with one very long line, costs time and memory in proportion to its size and the
//! number of its problems: a [`SourceText`] indexes lines and columns once, and each [`Span`] keeps a bounded excerpt.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

/// The longest excerpt of a line, in characters: with its gutter it fits one row of a terminal.
const EXCERPT_CHARS: usize = 100;

/// The distance in bytes between two positions in the index of a [`SourceText`], each of which takes 8 bytes.
const INDEX_STEP: usize = 512;

/// The size of [`SourceText::window`], in bytes.
const WINDOW: usize = 4096;

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
    /// The part of the line around the column, of at most 100 characters, without the line end.
    excerpt: String,
    /// The number of characters in the excerpt before the column.
    before: usize,
}

/// The text of a file with its name, in which byte ranges are turned into [`Place`]s.
#[derive(Debug, Clone)]
pub struct SourceText<'t> {
    name: Arc<str>,
    text: &'t str,
    /// The position of each `INDEX_STEP`th byte, computed for the first place.
    index: OnceCell<Vec<Position>>,
}

/// A position in a text: the number of line breaks before it, and of characters between the last one and it.
type Position = (u32, u32);

impl<'t> SourceText<'t> {
    /// Returns `text` as the contents of the file `name`.
    pub fn new(name: impl Into<Arc<str>>, text: &'t str) -> Self {
        Self { name: name.into(), text, index: OnceCell::new() }
    }

    /// Returns the place of a byte range, clipped to the file and to the line that the range starts in.
    pub fn place(&self, bytes: Range<usize>) -> Place {
        let start = floor_char_boundary(self.text, bytes.start);
        let end = floor_char_boundary(self.text, bytes.end).max(start);
        let range = &self.text[start..end];
        let end = start + range.find('\n').unwrap_or(range.len());
        let ((line, column), (_, end_column)) = (self.position(start), self.position(end));
        let (excerpt, before) = self.excerpt(start);
        let span = Span {
            line: line.saturating_add(1),
            column: column.saturating_add(1),
            length: end_column.saturating_sub(column).max(1),
            excerpt,
            before,
        };
        Place { file: Arc::clone(&self.name), span: Some(span) }
    }

    /// Returns at most 4 KiB of the text from byte `start` on: enough to find the end of what a problem underlines.
    pub fn window(&self, start: usize) -> &'t str {
        let start = floor_char_boundary(self.text, start);
        &self.text[start..floor_char_boundary(self.text, start + WINDOW)]
    }

    fn position(&self, at: usize) -> Position {
        let index = self.index.get_or_init(|| {
            let steps = self.text.as_bytes().chunks(INDEX_STEP);
            let next = |position: &mut Position, step: &[u8]| {
                Some(std::mem::replace(position, position_after(*position, step)))
            };
            steps.scan((0, 0), next).collect()
        });
        let step = (at / INDEX_STEP).min(index.len().saturating_sub(1));
        let position = index.get(step).copied().unwrap_or_default();
        position_after(position, &self.text.as_bytes()[step * INDEX_STEP..at])
    }

    /// Returns the text of the line around the byte `at`, and how many of its characters are before `at`.
    fn excerpt(&self, at: usize) -> (String, usize) {
        let (head, tail) = self.text.split_at(at);
        let before = head.chars().rev().take_while(|&c| c != '\n').take(EXCERPT_CHARS / 2).count();
        let start = head.char_indices().rev().take(before).last().map_or(at, |(start, _)| start);
        let line = tail.chars().take_while(|&c| c != '\n').take(EXCERPT_CHARS - before);
        let excerpt: String = self.text[start..at].chars().chain(line).collect();
        (excerpt.trim_end_matches('\r').to_owned(), before)
    }
}

/// Returns the position after `bytes`, which begin at the position `start`.
fn position_after(start: Position, bytes: &[u8]) -> Position {
    bytes.iter().fold(start, |(line, column), byte| match byte {
        b'\n' => (line.saturating_add(1), 0),
        // A continuation byte of UTF-8 belongs to the character before it.
        0x80..=0xbf => (line, column),
        _ => (line, column.saturating_add(1)),
    })
}

/// The excerpt has a row of carets under it, in display columns so that they also align under East Asian text.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::print::printable(&self.file))?;
        let Some(Span { line, column, length, excerpt, before }) = &self.span else { return Ok(()) };
        let excerpt = super::print::printable(excerpt);
        let columns = |from: usize, count: usize| excerpt.chars().skip(from).take(count).collect::<String>().width();
        let (gutter, indent) = (line.to_string().len(), columns(0, *before));
        let carets = "^".repeat(columns(*before, *length as usize).max(1));
        write!(f, ":{line}:{column}\n {:gutter$} |\n {line} | {excerpt}", "")?;
        write!(f, "\n {:gutter$} | {:indent$}{carets}", "", "")
    }
}

/// Returns the nearest character boundary at or before `at`.
pub fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default()
}
