//! The source of an essay, and strings that are borrowed from it where possible.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::CowStr;

pub(super) use crate::markup::traversal::collapsed;

/// The source of an essay, from which the document borrows.
#[derive(Clone, Copy, Default)]
pub(super) struct Source<'a, 't> {
    pub(super) text: &'a str,
    /// The text that the parser reads: the source or a translation of it, which has offsets.
    pub(super) read: &'t str,
    pub(super) offsets: Option<&'t Offsets>,
}

impl<'a> Source<'a, '_> {
    /// Returns the offset in the source that belongs to offset `at` of the text that the parser reads.
    pub(super) fn offset(self, at: usize) -> usize {
        self.offsets.map_or(at, |offsets| offsets.source_of(at))
    }

    /// Returns the slice of the source that `part` is or was copied from, if it is not merely equal to one.
    fn find(self, part: &str) -> Option<&'a str> {
        if let Some(start) = offset_within(self.text, part) {
            return self.text.get(start..start + part.len());
        }
        let start = self.offsets?.source_of(offset_within(self.read, part)?);
        self.text.get(start..start + part.len()).filter(|slice| *slice == part)
    }

    /// Returns `part`, borrowed if it is a slice of the source, else copied.
    pub(super) fn keep<'p>(self, part: impl Into<CowStr<'p>>) -> Cow<'a, str> {
        match part.into() {
            CowStr::Borrowed(text) => self.find(text).map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed),
            text => Cow::Owned(text.into_string()),
        }
    }

    /// Adds `piece` to `text`, which stays a slice of the source as long as its pieces are adjacent in it.
    pub(super) fn append(self, text: &mut Cow<'a, str>, piece: &str) {
        match text {
            _ if text.is_empty() => *text = self.keep(piece),
            Cow::Borrowed(before) => {
                let start = offset_within(self.text, before);
                let is_next = |next: &str| before.as_bytes().as_ptr_range().end == next.as_ptr();
                match start.filter(|_| self.find(piece).is_some_and(is_next)) {
                    Some(start) => *text = Cow::Borrowed(&self.text[start..start + before.len() + piece.len()]),
                    None => text.to_mut().push_str(piece),
                }
            }
            Cow::Owned(text) => text.push_str(piece),
        }
    }
}

/// Returns the offset of `part` in `text` if it is a slice of it.
fn offset_within(text: &str, part: &str) -> Option<usize> {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    (start.checked_add(part.len())? <= text.len()).then_some(start)
}

/// Maps offsets in a translation of the source to offsets in the source.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    /// Ascending in both offsets.
    steps: Vec<Step>,
    /// The offsets of the first translation, if this is a translation of a translation.
    inner: Option<Box<Offsets>>,
}

#[derive(Debug)]
struct Step {
    translated: usize,
    source: usize,
    /// Whether the bytes from here on were copied from the source and not inserted.
    copied: bool,
}

impl Offsets {
    /// Records that the bytes from `translated` on come from `source` in the source, one by one if they were `copied`.
    pub(super) fn push(&mut self, translated: usize, source: usize, copied: bool) {
        self.steps.push(Step { translated, source, copied });
    }

    /// Records that the source of these offsets was itself translated.
    pub(super) fn within(&mut self, inner: Offsets) {
        self.inner = Some(Box::new(inner));
    }

    /// Returns the offset in the source that belongs to offset `at` of the translation.
    pub(super) fn source_of(&self, at: usize) -> usize {
        let next = self.steps.partition_point(|step| step.translated <= at);
        let source_of = |step: &Step| step.source + if step.copied { at - step.translated } else { 0 };
        let at = self.steps[..next].last().map_or(at, source_of);
        self.inner.as_ref().map_or(at, |inner| inner.source_of(at))
    }
}

/// Searches a text for a pattern, and remembers the result: searches from ascending offsets take linear time together.
#[derive(Debug, Default)]
pub(super) struct Lookahead {
    /// A range in which no match starts. The next match starts at its end, which is [`usize::MAX`] if there is none.
    searched: Option<Range<usize>>,
}

impl Lookahead {
    /// Returns the offset of the first `pattern` in `text` at or after `from`.
    pub(super) fn find(&mut self, text: &str, pattern: &str, from: usize) -> Option<usize> {
        let known = self.searched.clone().filter(|searched| (searched.start..=searched.end).contains(&from));
        let searched = known.unwrap_or_else(|| {
            let found = memchr::memmem::find(&text.as_bytes()[from..], pattern.as_bytes());
            count_searched(found.unwrap_or(text.len() - from));
            from..found.map_or(usize::MAX, |found| from + found)
        });
        let next = searched.end;
        self.searched = Some(searched);
        (next != usize::MAX).then_some(next)
    }
}

/// The length in bytes that the start of a line with a construct may have. It bounds the search for line starts.
const MAX_LINE_START: usize = 1_000;

/// Returns the text before `at` on its line, at most about [`MAX_LINE_START`] bytes of it.
pub(super) fn line_before(text: &str, at: usize) -> &str {
    let from = (at.saturating_sub(MAX_LINE_START)..at).find(|from| text.is_char_boundary(*from)).unwrap_or(at);
    let before = &text[from..at];
    let line = &before[memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |end| end + 1)..];
    count_searched(line.len());
    line
}

/// Counts bytes that a search reads. A test bounds them: a bound on time would depend on the machine.
pub(super) fn count_searched(bytes: usize) {
    #[cfg(test)]
    SEARCHED.with(|all| all.set(all.get() + bytes));
    let _ = bytes;
}

#[cfg(test)]
thread_local! {
    /// The bytes that searches of this thread have read.
    pub(super) static SEARCHED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Returns a part of `text`, borrowed if `text` is.
pub(super) fn part<'a>(text: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

/// Removes the first `start` bytes of `text`.
pub(super) fn cut_start(text: &mut Cow<'_, str>, start: usize) {
    match text {
        Cow::Borrowed(text) => *text = &text[start..],
        Cow::Owned(text) => drop(text.drain(..start)),
    }
}

/// Shortens `text` to its first `end` bytes.
pub(super) fn truncate(text: &mut Cow<'_, str>, end: usize) {
    match text {
        Cow::Borrowed(text) => *text = &text[..end],
        Cow::Owned(text) => text.truncate(end),
    }
}

/// Returns `text` on one line. White space is collapsed if there was more than one.
pub(super) fn one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_some() { Cow::Owned(collapsed(&text)) } else { text }
}

pub(super) fn is_picture_name(name: &str) -> bool {
    has_extension(name, "png jpg jpeg gif webp svg avif bmp ico tif tiff")
}

/// Returns whether a file of this name is a film, a recording or a document, which only a program of its own shows.
pub(super) fn is_medium_name(name: &str) -> bool {
    has_extension(name, "mp3 mp4 webm ogg oga ogv opus wav flac m4a m4v mov avi mkv pdf epub zip")
}

fn has_extension(name: &str, extensions: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    extensions.split(' ').any(|known| known.eq_ignore_ascii_case(extension))
}
