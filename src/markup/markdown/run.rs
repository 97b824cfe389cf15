//! The inline text of one block while it is being collected.
//!
//! The marks of Markdown are properly nested; HTML elements may not be. An HTML element therefore closes only spans
//! that were opened after the innermost Markdown mark, and is closed with that mark at the latest.

use std::borrow::Cow;

use super::source::{Source, cut_start, one_line, part};
use super::typography::{lowered, raised, trim};
use crate::markup::{Image, Inline, Link, LinkId, LinkKind, Mark, Text};

/// Open spans beyond which HTML opens no more, far above real nesting: bounds the search for what a closing tag closes.
const MAX_OPEN: usize = 32;

/// A stretch of inline text that has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Mark(Mark),
    Link,
    /// A `code` element of HTML: its text becomes a code span when it is closed.
    Code,
    Raised,
    Lowered,
    /// A quotation, or the pronunciation of characters (`rt`), with the sign that ends it.
    Enclosed(&'static str),
    /// A span that has a closing tag but no meaning: a link within a link, an anchor without a destination.
    Nothing,
}

struct Opened {
    span: Span,
    from_html: bool,
    /// The index of its first inline.
    at: usize,
}

#[derive(Default)]
pub(super) struct Run<'a, 't> {
    pub(super) source: Source<'a, 't>,
    pub(super) links: Vec<Link<'a>>,
    /// Whether line ends within a paragraph stay.
    pub(super) keeps_line_ends: bool,
    inlines: Text<'a>,
    /// The words after the last inline.
    words: Cow<'a, str>,
    /// The offset of these words in the text that the parser reads.
    words_at: usize,
    open: Vec<Opened>,
    in_link: bool,
    /// Whether leading spaces are removed from the next words.
    after_gap: bool,
    /// Links and pictures found inside a link or picture, to be added after it.
    deferred: Text<'a>,
}

impl<'a> Run<'a, '_> {
    /// Marks that content was removed here, so that the spaces before and after it become one.
    pub(super) fn skip_space(&mut self) {
        self.after_gap = match self.inlines.last() {
            _ if !self.words.is_empty() => self.words.ends_with(' '),
            Some(Inline::Text(words)) => words.ends_with(' '),
            last => matches!(last, None | Some(Inline::SoftBreak | Inline::HardBreak)),
        };
    }

    /// Adds words that are at offset `at` of the text that the parser reads.
    pub(super) fn words(&mut self, mut words: &str, mut at: usize) {
        if std::mem::take(&mut self.after_gap) {
            let kept = words.trim_start_matches(' ');
            at += words.len() - kept.len();
            words = kept;
        }
        if self.words.is_empty() {
            self.words_at = at;
        }
        self.source.append(&mut self.words, words);
    }

    pub(super) fn push(&mut self, inline: Inline<'a>) {
        self.end_words();
        self.inlines.push(inline);
    }

    pub(super) fn soft_break(&mut self) {
        self.end_words();
        if !self.at_line_start() {
            self.inlines.push(Inline::SoftBreak);
        }
    }

    /// Adds `divider` in place of soft breaks, unless the line is empty.
    pub(super) fn divide(&mut self, divider: Inline<'a>) {
        self.end_words();
        while self.inlines.pop_if(|last| *last == Inline::SoftBreak).is_some() {}
        if !self.at_line_start() {
            self.inlines.push(divider);
        }
    }

    fn at_line_start(&self) -> bool {
        let last = self.inlines.last();
        self.words.is_empty() && matches!(last, None | Some(Inline::SoftBreak | Inline::HardBreak))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inlines.is_empty() && self.words.is_empty()
    }

    /// Returns whether a paragraph may end here: not within a span that Markdown will close.
    pub(super) fn may_end(&self) -> bool {
        self.open.iter().all(|opened| opened.from_html)
    }

    pub(super) fn open(&mut self, span: Span, from_html: bool) {
        if from_html && self.open.len() >= MAX_OPEN {
            return;
        }
        self.end_words();
        self.open.push(Opened { span, from_html, at: self.inlines.len() });
        if let Span::Mark(mark) = span {
            self.inlines.push(Inline::Open(mark));
        }
    }

    /// Opens a link. A link within another one is added after that one instead.
    pub(super) fn open_link(&mut self, link: Link<'a>, from_html: bool) {
        self.end_words();
        if self.in_link || (from_html && self.open.len() >= MAX_OPEN) {
            self.defer_link(link);
            self.open(Span::Nothing, from_html);
        } else {
            self.open(Span::Link, from_html);
            self.in_link = true;
            let id = self.register(link);
            self.inlines.push(Inline::LinkOpen(id));
        }
    }

    pub(super) fn whole_link(&mut self, link: Link<'a>, label: Cow<'a, str>) {
        self.end_words();
        if self.in_link {
            self.defer_link(link);
        } else {
            let id = self.register(link);
            self.inlines.extend([Inline::LinkOpen(id), Inline::Text(label), Inline::LinkClose]);
        }
    }

    /// Adds a picture, or, if it is within another picture, keeps it for [`Self::settle`].
    pub(super) fn image(&mut self, image: Image<'a>, is_within: bool) {
        self.end_words();
        let (source, offset) = (with_scheme(image.source), self.source.offset(image.offset));
        let text = if is_within { &mut self.deferred } else { &mut self.inlines };
        text.push(Inline::Image(Box::new(Image { source, offset, ..image })));
    }

    /// Keeps a link found within a link or picture for [`Self::settle`].
    pub(super) fn defer_link(&mut self, link: Link<'a>) {
        let id = self.register(link);
        self.deferred.extend([Inline::LinkOpen(id), Inline::LinkClose]);
    }

    /// Adds the links and pictures kept back, unless a link is still open.
    pub(super) fn settle(&mut self) {
        if !self.in_link && !self.deferred.is_empty() {
            self.end_words();
            self.inlines.append(&mut self.deferred);
        }
    }

    /// Closes the span that Markdown opened last, and those that HTML left open in it.
    pub(super) fn close_markdown(&mut self) {
        self.end_words();
        while let Some(opened) = self.open.pop() {
            self.close(&opened);
            if !opened.from_html {
                break;
            }
        }
    }

    /// Closes the nearest HTML span for which `is_it` holds, if there is one after the last Markdown mark.
    pub(super) fn close_html(&mut self, is_it: impl Fn(Span) -> bool) {
        let mut within = self.open.iter().rev().take_while(|opened| opened.from_html);
        let Some(above) = within.position(|opened| is_it(opened.span)) else { return };
        self.end_words();
        for opened in self.open.split_off(self.open.len() - above - 1).into_iter().rev() {
            self.close(&opened);
        }
    }

    /// Returns the text without white space at its ends and starts anew; `None` if nothing in it is visible.
    pub(super) fn take(&mut self) -> Option<Text<'a>> {
        self.end_words();
        while let Some(opened) = self.open.pop() {
            self.close(&opened);
        }
        self.settle();
        trim(&mut self.inlines);
        let is_blank = |inline: &Inline<'_>| {
            matches!(inline, Inline::Open(_) | Inline::Close(_) | Inline::SoftBreak | Inline::HardBreak)
        };
        if self.inlines.iter().all(is_blank) {
            self.inlines.clear();
            return None;
        }
        // Copied, so that the text has no spare capacity and the buffer can be used again.
        Some(self.inlines.drain(..).collect())
    }

    fn close(&mut self, opened: &Opened) {
        match opened.span {
            // An empty mark is removed.
            Span::Mark(_) if self.inlines.len() == opened.at + 1 => self.inlines.truncate(opened.at),
            Span::Mark(mark) => self.inlines.push(Inline::Close(mark)),
            Span::Link => {
                let is_break = |last: &mut Inline<'_>| opened.from_html && *last == Inline::SoftBreak;
                let line_end = self.inlines.pop_if(is_break);
                self.inlines.push(Inline::LinkClose);
                self.inlines.extend(line_end);
                self.in_link = false;
                self.inlines.append(&mut self.deferred);
            }
            Span::Code => self.reshape(opened.at, |text| Inline::Code(text.into())),
            Span::Raised => {
                let is_digit = |c: char| c.is_ascii_digit();
                let before = self.inlines[..opened.at].last();
                let after_digit = matches!(before, Some(Inline::Text(words)) if words.ends_with(is_digit));
                self.reshape(opened.at, |text| Inline::Text(raised(&text, after_digit).into()));
            }
            Span::Lowered => self.reshape(opened.at, |text| Inline::Text(lowered(&text).into())),
            Span::Enclosed(sign) => self.inlines.push(Inline::Text(sign.into())),
            Span::Nothing => {}
        }
    }

    /// Replaces the inlines from `at` on by `shape` of their text, if they have only text.
    fn reshape(&mut self, at: usize, shape: impl Fn(String) -> Inline<'a>) {
        let mut text = String::new();
        for inline in &self.inlines[at..] {
            match inline {
                Inline::Text(words) | Inline::Code(words) => text.push_str(words),
                Inline::SoftBreak | Inline::HardBreak => text.push(' '),
                _ => return,
            }
        }
        if !text.trim().is_empty() {
            self.inlines.truncate(at);
            self.inlines.push(shape(text));
        }
    }

    /// Adds the collected words, with bare addresses as links.
    fn end_words(&mut self) {
        // An inline follows, so the next words do not follow the gap.
        self.after_gap = false;
        let mut words = std::mem::take(&mut self.words);
        let mut at = 0;
        if self.in_link {
            // A wiki link may contain a line end, which the parser does not report.
            words = one_line(words);
        } else if self.open.last().is_none_or(|opened| opened.span != Span::Code) {
            while let Some(url) = super::bare_url::next(&words, at) {
                if url.start > at {
                    self.inlines.push(Inline::Text(part(&words, at..url.start)));
                }
                at = url.end;
                let address = part(&words, url.clone());
                let (destination, offset) = (address.clone(), self.words_at + url.start);
                let link = Link { destination, title: Cow::Borrowed(""), kind: LinkKind::Bare, offset };
                self.whole_link(link, address);
            }
        }
        if at > 0 {
            cut_start(&mut words, at);
        }
        if !words.is_empty() {
            self.inlines.push(Inline::Text(words));
        }
    }

    /// Adds a link whose offset is in the text that the parser reads, and returns its id.
    fn register(&mut self, mut link: Link<'a>) -> LinkId {
        link.offset = self.source.offset(link.offset);
        link.destination = with_scheme(link.destination);
        let id = LinkId(u32::try_from(self.links.len()).unwrap_or(u32::MAX));
        self.links.push(link);
        id
    }
}

/// Completes `//host/path`, which is meant for the Web: clients of other protocols would assume their own scheme.
fn with_scheme(address: Cow<'_, str>) -> Cow<'_, str> {
    match address.trim_start().strip_prefix("//") {
        Some(host) if host.starts_with(|c: char| c.is_alphanumeric() || c == '[') => format!("https://{host}").into(),
        _ => address,
    }
}
