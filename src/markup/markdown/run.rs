//! One run of inline text while it is being collected: words, marks, links.
//!
//! Markdown hands out marks that are properly nested; HTML does not. An HTML element therefore may end only
//! what was opened since the innermost Markdown mark, and ends with it at the latest.

use std::borrow::Cow;

use super::bare_url;
use super::script;
use super::shortcode::Offsets;
use super::source::{Pieces, Source, one_line, part};
use super::trim;
use crate::markup::{Image, Inline, Link, LinkId, LinkKind, Mark, Text};

/// HTML marks nested deeper than this are not opened: nobody could tell them apart, and looking through them
/// would cost time.
const MAX_OPEN: usize = 32;

/// What is open and waits for its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Mark(Mark),
    Link,
    /// HTML code: its text becomes a code span when it ends.
    Code,
    Raised,
    Lowered,
    Quotation,
    /// Something that must be closed but has no meaning: a link within a link, an anchor.
    Nothing,
}

struct Opened {
    span: Span,
    from_html: bool,
    /// Length of the run when it was opened.
    at: usize,
}

pub(super) struct Run<'a, 't> {
    source: Source<'a>,
    offsets: &'t Offsets,
    /// All links of the page so far.
    pub(super) links: Vec<Link<'a>>,
    inlines: Text<'a>,
    pieces: Pieces,
    /// Where `pieces` starts in what the parser reads.
    pieces_at: usize,
    open: Vec<Opened>,
    markdown_open: usize,
    in_link: bool,
    /// Whether the next words lose the spaces they start with.
    after_gap: bool,
    /// Links and pictures that were found inside a link or a picture and are put behind it.
    behind: Text<'a>,
}

impl<'a, 't> Run<'a, 't> {
    pub(super) fn new(source: Source<'a>, offsets: &'t Offsets) -> Self {
        Self {
            source,
            offsets,
            links: Vec::new(),
            inlines: Vec::new(),
            pieces: Pieces::Nothing,
            pieces_at: 0,
            open: Vec::new(),
            markdown_open: 0,
            in_link: false,
            after_gap: false,
            behind: Vec::new(),
        }
    }

    /// Lets no space follow where one stands already: something between the two is left out.
    pub(super) fn skip_space(&mut self) {
        self.after_gap = match &self.pieces {
            Pieces::Nothing => match self.inlines.last() {
                Some(Inline::Text(words)) => words.ends_with(' '),
                last => matches!(last, None | Some(Inline::SoftBreak | Inline::HardBreak)),
            },
            Pieces::Slice(range) => self.source.0[range.clone()].ends_with(' '),
            Pieces::Owned(words) => words.ends_with(' '),
        };
    }

    /// Adds words that stand at `at` of what the parser reads.
    pub(super) fn words(&mut self, mut words: &str, mut at: usize) {
        if std::mem::take(&mut self.after_gap) {
            let kept = words.trim_start_matches(' ');
            at += words.len() - kept.len();
            words = kept;
        }
        if matches!(self.pieces, Pieces::Nothing) {
            self.pieces_at = at;
        }
        self.pieces.push(self.source, words);
    }

    pub(super) fn push(&mut self, inline: Inline<'a>) {
        self.end_words();
        self.inlines.push(inline);
    }

    /// Ends a line, unless nothing stands on it.
    pub(super) fn soft_break(&mut self) {
        self.end_words();
        if !self.at_line_start() {
            self.inlines.push(Inline::SoftBreak);
        }
    }

    /// Starts a new line, unless the run is at the start of one.
    pub(super) fn line_break(&mut self) {
        self.end_words();
        while let Some(Inline::SoftBreak) = self.inlines.last() {
            self.inlines.pop();
        }
        if !self.at_line_start() {
            self.inlines.push(Inline::HardBreak);
        }
    }

    /// Divides the cells of a row, however their tags are laid out.
    pub(super) fn next_cell(&mut self) {
        self.end_words();
        while let Some(Inline::SoftBreak) = self.inlines.last() {
            self.inlines.pop();
        }
        if !self.at_line_start() {
            self.inlines.push(Inline::Text(" | ".into()));
        }
    }

    /// Whether nothing stands on the current line yet.
    pub(super) fn at_line_start(&self) -> bool {
        matches!(self.pieces, Pieces::Nothing)
            && matches!(self.inlines.last(), None | Some(Inline::SoftBreak | Inline::HardBreak))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.inlines.is_empty() && matches!(self.pieces, Pieces::Nothing)
    }

    /// Whether a paragraph may end here: not within something that Markdown has yet to close.
    pub(super) fn may_end(&self) -> bool {
        self.markdown_open == 0
    }

    pub(super) fn open(&mut self, span: Span, from_html: bool) {
        if from_html && self.open.len() >= MAX_OPEN {
            return;
        }
        self.end_words();
        self.markdown_open += usize::from(!from_html);
        self.open.push(Opened { span, from_html, at: self.inlines.len() });
        if let Span::Mark(mark) = span {
            self.inlines.push(Inline::Open(mark));
        }
    }

    /// Opens a link; one within another is put behind it instead.
    pub(super) fn open_link(&mut self, link: Link<'a>, from_html: bool) {
        self.end_words();
        let id = self.register(link);
        if self.in_link || (from_html && self.open.len() >= MAX_OPEN) {
            self.put_behind(id);
            self.open(Span::Nothing, from_html);
        } else {
            self.open(Span::Link, from_html);
            self.in_link = true;
            self.inlines.push(Inline::LinkOpen(id));
        }
    }

    /// A link with a label of one piece.
    pub(super) fn whole_link(&mut self, link: Link<'a>, label: Cow<'a, str>) {
        self.end_words();
        let id = self.register(link);
        if self.in_link {
            self.put_behind(id);
        } else {
            self.inlines.extend([Inline::LinkOpen(id), Inline::Text(label), Inline::LinkClose]);
        }
    }

    /// A link whose label is not shown where it stands, since that is within another link or a picture.
    pub(super) fn link_behind(&mut self, link: Link<'a>) {
        let id = self.register(link);
        self.put_behind(id);
    }

    pub(super) fn image_behind(&mut self, image: Image<'a>) {
        self.behind.push(Inline::Image(Box::new(image)));
    }

    /// What was put behind is due, unless a link is still open.
    pub(super) fn settle(&mut self) {
        if !self.in_link && !self.behind.is_empty() {
            self.end_words();
            self.inlines.append(&mut self.behind);
        }
    }

    /// Closes what Markdown opened last, and what HTML left open in it.
    pub(super) fn close_markdown(&mut self) {
        self.end_words();
        while let Some(opened) = self.open.pop() {
            let from_html = opened.from_html;
            self.close(&opened);
            if !from_html {
                self.markdown_open -= 1;
                break;
            }
        }
    }

    /// Closes the nearest HTML span that `is_it`, if one is open since the last Markdown mark.
    pub(super) fn close_html(&mut self, is_it: impl Fn(Span) -> bool) {
        let within = self.open.iter().rev().take_while(|opened| opened.from_html);
        let Some(above) = within.enumerate().find_map(|(index, opened)| is_it(opened.span).then_some(index))
        else {
            return;
        };
        self.end_words();
        for opened in self.open.split_off(self.open.len() - above - 1).into_iter().rev() {
            self.close(&opened);
        }
    }

    /// The finished run without white space at its ends; none if there is nothing to see in it.
    pub(super) fn take(&mut self) -> Option<Text<'a>> {
        self.end_words();
        while let Some(opened) = self.open.pop() {
            self.close(&opened);
        }
        self.markdown_open = 0;
        self.settle();
        trim::ends(&mut self.inlines);
        if !self.inlines.iter().any(trim::is_visible) {
            self.inlines.clear();
            return None;
        }
        // Collected afresh, so that it is exactly as long as it must be and the buffer stays.
        Some(self.inlines.drain(..).collect())
    }

    fn close(&mut self, opened: &Opened) {
        match opened.span {
            // Of what is left out or empty no marks remain.
            Span::Mark(_) if self.inlines.len() == opened.at + 1 => self.inlines.truncate(opened.at),
            Span::Mark(mark) => self.inlines.push(Inline::Close(mark)),
            Span::Link => {
                let line_ended = opened.from_html && matches!(self.inlines.last(), Some(Inline::SoftBreak));
                if line_ended {
                    self.inlines.pop();
                }
                self.inlines.push(Inline::LinkClose);
                if line_ended {
                    self.inlines.push(Inline::SoftBreak);
                }
                self.in_link = false;
                self.inlines.append(&mut self.behind);
            }
            Span::Code => self.reshape(opened.at, |text| Inline::Code(text.into())),
            Span::Raised => {
                let before = self.inlines[..opened.at].last();
                let after_digit = matches!(before, Some(Inline::Text(words)) if words.ends_with(|c: char| c.is_ascii_digit()));
                self.reshape(opened.at, |text| Inline::Text(script::raised(&text, after_digit).into()));
            }
            Span::Lowered => self.reshape(opened.at, |text| Inline::Text(script::lowered(&text).into())),
            Span::Quotation => self.inlines.push(Inline::Text("\u{201d}".into())),
            Span::Nothing => {}
        }
    }

    /// Replaces the run from `at` on, if it is nothing but words.
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

    /// Adds the collected words, with the bare addresses in them as links.
    fn end_words(&mut self) {
        // What follows stands between the gap and the next words.
        self.after_gap = false;
        if matches!(self.pieces, Pieces::Nothing) {
            return;
        }
        let mut words = self.pieces.take(self.source);
        if self.in_link {
            // A wiki link may reach over a line end, which the parser does not report.
            words = one_line(words);
        }
        let mut at = 0;
        if !self.in_link && !self.in_code() {
            while let Some(url) = bare_url::next(&words, at) {
                if url.start > at {
                    self.inlines.push(Inline::Text(part(&words, at..url.start)));
                }
                at = url.end;
                let address = part(&words, url.clone());
                let id = self.register(Link {
                    destination: address.clone(),
                    title: Cow::Borrowed(""),
                    kind: LinkKind::Bare,
                    offset: self.offsets.source_of(self.pieces_at + url.start),
                });
                self.inlines.extend([Inline::LinkOpen(id), Inline::Text(address), Inline::LinkClose]);
            }
        }
        match at {
            0 if words.is_empty() => {}
            0 => self.inlines.push(Inline::Text(words)),
            _ if at < words.len() => self.inlines.push(Inline::Text(part(&words, at..words.len()))),
            _ => {}
        }
    }

    fn in_code(&self) -> bool {
        self.open.last().is_some_and(|opened| opened.span == Span::Code)
    }

    fn register(&mut self, link: Link<'a>) -> LinkId {
        let id = LinkId(u32::try_from(self.links.len()).unwrap_or(u32::MAX));
        self.links.push(link);
        id
    }

    fn put_behind(&mut self, id: LinkId) {
        self.behind.extend([Inline::LinkOpen(id), Inline::LinkClose]);
    }
}
