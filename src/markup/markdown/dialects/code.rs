//! Where code and HTML are in a source: dialects change nothing in code.

use std::cell::{OnceCell, RefCell};
use std::ops::Range;

use memchr::memmem;
use pulldown_cmark::{Event, Options, Parser, Tag};

use super::super::source::{Lookahead, count_searched, line_before};

/// The most bytes before and behind an offset that are searched for the ends of its paragraph.
const MAX_PARAGRAPH: usize = 4_000;

/// The ranges of code and HTML in a source. The parser runs at the first query that the text around it cannot answer.
pub(super) struct Ranges<'s> {
    source: &'s str,
    options: Options,
    fences: OnceCell<Fences>,
    last: RefCell<Last>,
    parsed: OnceCell<[Vec<Range<usize>>; 3]>,
}

impl<'s> Ranges<'s> {
    /// Definition lists are not enabled: a line that looks like a definition may be in a code span.
    pub(super) fn new(source: &'s str, options: Options) -> Self {
        let options = options - Options::ENABLE_DEFINITION_LIST;
        Self { source, options, fences: OnceCell::new(), last: RefCell::default(), parsed: OnceCell::new() }
    }

    /// Returns the ranges of code spans, of blocks of code, and of other blocks of HTML.
    pub(super) fn parsed(&self) -> &[Vec<Range<usize>>; 3] {
        self.parsed.get_or_init(|| {
            let mut found = <[Vec<Range<usize>>; 3]>::default();
            for (event, range) in Parser::new_ext(self.source, self.options).into_offset_iter() {
                match event {
                    event if is_span(&event) => found[0].push(range),
                    Event::Start(Tag::CodeBlock(_)) => found[1].push(range),
                    Event::Start(Tag::HtmlBlock) => {
                        let is_code = self.source[range.start..].starts_with("<pre");
                        found[if is_code { 1 } else { 2 }].push(range);
                    }
                    _ => {}
                }
            }
            found
        })
    }

    /// Returns whether `at`, which is no sign of code itself, is in a code span.
    pub(super) fn in_code_span(&self, at: usize) -> bool {
        self.kind(at) == Kind::Span
    }

    /// Returns whether `at`, which is no sign of code itself, is in a code span or block.
    pub(super) fn in_code(&self, at: usize) -> bool {
        self.kind(at) != Kind::Text
    }

    pub(super) fn in_html(&self, at: usize) -> bool {
        range_at(&self.parsed()[2], at).is_some()
    }

    /// Returns the block of code that contains `at`.
    pub(super) fn block_at(&self, at: usize) -> Option<Range<usize>> {
        range_at(&self.parsed()[1], at).cloned()
    }

    fn kind(&self, at: usize) -> Kind {
        self.kind_by_text(at).unwrap_or_else(|| match self.parsed() {
            [spans, _, _] if range_at(spans, at).is_some() => Kind::Span,
            [_, blocks, _] if range_at(blocks, at).is_some() => Kind::Block,
            _ => Kind::Text,
        })
    }

    /// Returns what `at` is in, if the text around it tells and the source has not been parsed.
    fn kind_by_text(&self, at: usize) -> Option<Kind> {
        let fences = self.fences.get_or_init(|| Fences::new(self.source));
        if at >= fences.known || self.parsed.get().is_some() {
            return None;
        }
        let bytes = self.source.as_bytes();
        let next = fences.blocks.partition_point(|block| block.end <= at);
        let first = fences.blocks[..next].last().map_or(0, |block| block.end);
        let last = fences.blocks.get(next).map_or(bytes.len(), |block| block.start);
        if at >= last {
            return Some(Kind::Block);
        }
        let (start, end) = (first.max(at.saturating_sub(MAX_PARAGRAPH)), last.min(at + MAX_PARAGRAPH));
        count_searched(end - start);
        let (before, behind) = (&bytes[start..at], &bytes[at..end]);
        let line = &before[memchr::memrchr(b'\n', before).or((start == first).then_some(0))?..];
        if line.contains(&b'\t') || memmem::find(line, b"    ").is_some() {
            return None;
        }
        let from = memmem::rfind(before, b"\n\n").or((start == first).then_some(0))?;
        let to = memmem::find(behind, b"\n\n").or((end == last).then_some(behind.len()))?;
        if !is_marked(&before[from..]) || !is_marked(&behind[..to]) {
            return Some(Kind::Text);
        }
        let paragraph = start + from..at + to;
        let mut last = self.last.borrow_mut();
        if last.paragraph != paragraph {
            last.read += paragraph.len();
            if last.read > bytes.len() || depends_on_context(&bytes[paragraph.clone()]) {
                return None;
            }
            let events = Parser::new_ext(&self.source[paragraph.clone()], self.options).into_offset_iter();
            last.spans = events.filter(|(event, _)| is_span(event)).map(|(_, range)| range).collect();
            last.paragraph = paragraph;
        }
        let in_span = range_at(&last.spans, at - last.paragraph.start).is_some();
        Some(if in_span { Kind::Span } else { Kind::Text })
    }
}

/// What an offset is in.
#[derive(PartialEq)]
enum Kind {
    Text,
    Span,
    Block,
}

/// The paragraph that was parsed last.
#[derive(Default)]
struct Last {
    paragraph: Range<usize>,
    /// The ranges of its code spans, from its start on.
    spans: Vec<Range<usize>>,
    /// The bytes of all such paragraphs. Beyond those of the source, it is faster to parse the source.
    read: usize,
}

fn is_span(event: &Event<'_>) -> bool {
    matches!(event, Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_))
}

fn is_marked(text: &[u8]) -> bool {
    memchr::memchr2(b'`', b'$', text).is_some()
}

/// Returns whether other paragraphs decide what is code in this one: an indented line may be a paragraph of a list item,
/// and signs of code in the label of a reference have no meaning if it is defined.
fn depends_on_context(text: &[u8]) -> bool {
    let is_marked_label = |at: usize| text[at + 2..].split(|byte| *byte == b']').next().is_some_and(is_marked);
    let is_indented = text.starts_with(b"    ") || memmem::find(text, b"\n    ").is_some() || text.contains(&b'\t');
    is_indented || memmem::find_iter(text, b"][").any(is_marked_label)
}

fn range_at(ranges: &[Range<usize>], at: usize) -> Option<&Range<usize>> {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).filter(|range| range.contains(&at))
}

/// The fenced blocks of code outside of containers, which lines tell without the parser.
struct Fences {
    blocks: Vec<Range<usize>>,
    /// Up to this offset, `blocks` has all blocks of code that are not indented. It is the end of the source, or where
    /// a fence may be in a container or in HTML.
    known: usize,
}

impl Fences {
    fn new(source: &str) -> Self {
        let bytes = source.as_bytes();
        let mut fences = Self { blocks: Vec::new(), known: source.len() };
        let mut signs = [("```", Lookahead::default()), ("~~~", Lookahead::default())];
        let (mut at, mut gap, mut open) = (0, 0, None);
        while let Some(found) = signs.iter_mut().filter_map(|(sign, ahead)| ahead.find(source, sign, at)).min() {
            at = memchr::memchr(b'\n', &bytes[found..]).map_or(source.len(), |length| found + length);
            let (before, line) = (line_before(source, found), &source[found..at]);
            let info = line.trim_start_matches(if bytes[found] == b'`' { '`' } else { '~' });
            let sign = &line[..line.len() - info.len()];
            if let Some((start, opening)) = open {
                let is_indented = before.len() > 3 || !before.trim_start_matches(' ').is_empty();
                if !is_indented && sign.starts_with(opening) && info.trim_end_matches([' ', '\r']).is_empty() {
                    fences.blocks.push(start..at);
                    (gap, open) = (at, None);
                }
            } else if may_be_container(before) && !(sign.starts_with('`') && info.contains('`')) {
                let html = find_html(&source[gap..found]).map(|html| gap + html);
                if let Some(end) = html.or(Some(found).filter(|_| !before.is_empty())) {
                    fences.known = end;
                    return fences;
                }
                open = Some((found, sign));
            }
        }
        if let Some((start, _)) = open {
            fences.blocks.push(start..source.len());
        } else if let Some(html) = find_html(&source[gap..]) {
            fences.known = gap + html;
        }
        fences
    }
}

/// Returns whether only marks of containers are in the start of a line.
fn may_be_container(before: &str) -> bool {
    let is_mark = |c: char| c.is_ascii_digit() || " \t>-*+.):".contains(c);
    let text = before.trim_start_matches(is_mark);
    text.is_empty() || text.starts_with("[^")
}

/// Returns the offset in `text` of HTML that is code, has empty lines, or may contain what follows the text.
fn find_html(text: &str) -> Option<usize> {
    let [mut blank, mut comment_end, mut script_end] = <[Lookahead; 3]>::default();
    memchr::memchr_iter(b'<', text.as_bytes()).find(|&at| {
        let tag = &text.as_bytes()[at + 1..];
        let is = |name: &str| tag.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()));
        let mut has_blank_before = |end: usize| blank.find(text, "\n\n", at).is_some_and(|blank| blank < end);
        match tag {
            [b'!', b'-', b'-', ..] => comment_end.find(text, "-->", at).is_none_or(has_blank_before),
            [b'!' | b'?', ..] => true,
            _ if is("script") => script_end.find(text, "</script>", at).is_none_or(has_blank_before),
            _ if ["pre", "style", "textarea"].iter().any(|name| is(name)) => true,
            _ => may_be_container(line_before(text, at)) && !has_blank_before(text.len()),
        }
    })
}

#[cfg(test)]
#[path = "../../../../tests/unit/code.rs"]
mod tests;
