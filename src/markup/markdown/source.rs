//! Keeping strings borrowed: the parser hands out pieces, most of which lie in the source.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::CowStr;

/// The text of the essay, as the page will borrow it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a>(pub(super) &'a str);

impl<'a> Source<'a> {
    /// Where `part` lies, if it is a piece of the source itself and not merely equal to one.
    pub(super) fn find(self, part: &str) -> Option<Range<usize>> {
        let start = part.as_ptr().addr().checked_sub(self.0.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        (end <= self.0.len()).then_some(start..end)
    }

    /// `part` for as long as the source lives, copied only if it does not lie in it.
    pub(super) fn keep(self, part: &str) -> Cow<'a, str> {
        match self.find(part) {
            Some(range) => Cow::Borrowed(&self.0[range]),
            None => Cow::Owned(part.to_owned()),
        }
    }

    /// As [`Self::keep`], for what the parser hands out.
    pub(super) fn keep_event(self, part: CowStr<'_>) -> Cow<'a, str> {
        match part {
            CowStr::Boxed(text) => Cow::Owned(text.into()),
            CowStr::Borrowed(text) => self.keep(text),
            CowStr::Inlined(text) => Cow::Owned(text.to_string()),
        }
    }

    /// As [`Self::keep`], for what may have been decoded.
    pub(super) fn keep_cow(self, part: Cow<'_, str>) -> Cow<'a, str> {
        match part {
            Cow::Borrowed(text) => self.keep(text),
            Cow::Owned(text) => Cow::Owned(text),
        }
    }
}

/// Text that arrives in pieces. As long as they follow each other in the source it is one slice of it.
#[derive(Default)]
pub(super) enum Pieces {
    #[default]
    Nothing,
    Slice(Range<usize>),
    Owned(String),
}

impl Pieces {
    pub(super) fn push(&mut self, source: Source<'_>, piece: &str) {
        match self {
            Self::Nothing => {
                *self = match source.find(piece) {
                    Some(range) => Self::Slice(range),
                    None => Self::Owned(piece.to_owned()),
                }
            }
            Self::Slice(range) => match source.find(piece) {
                Some(next) if next.start == range.end => range.end = next.end,
                _ => {
                    let slice = &source.0[range.clone()];
                    let mut text = String::with_capacity(slice.len() + piece.len() + 32);
                    text.push_str(slice);
                    text.push_str(piece);
                    *self = Self::Owned(text);
                }
            },
            Self::Owned(text) => text.push_str(piece),
        }
    }

    /// The text, leaving nothing behind.
    pub(super) fn take<'a>(&mut self, source: Source<'a>) -> Cow<'a, str> {
        match std::mem::take(self) {
            Self::Nothing => Cow::Borrowed(""),
            Self::Slice(range) => Cow::Borrowed(&source.0[range]),
            Self::Owned(text) => Cow::Owned(text),
        }
    }
}

/// A part of `text` that is borrowed if `text` is.
pub(super) fn part<'a>(text: &Cow<'a, str>, range: Range<usize>) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[range]),
        Cow::Owned(text) => Cow::Owned(text[range].to_owned()),
    }
}

/// `text` with its line ends as spaces.
pub(super) fn one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains(['\n', '\r']) {
        Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" "))
    } else {
        text
    }
}
