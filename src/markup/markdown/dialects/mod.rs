//! Translates the additions of dialects to Markdown, before parsing: template [`tags`] of Hugo, Zola and Jekyll, which
//! occur where Markdown allows no element, such as in the destination of a link or around a block of code; lines of
//! [`blocks`]; and [`inline`] marks, comments and attributes.
//!
//! Only essays that have any outside of code are copied, with the origin of each byte: all offsets refer to the source.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use pulldown_cmark::Options;

use blocks::Line;
use code::Ranges;

use super::source::Offsets;
use crate::markup::Notice;

mod arguments;
mod blocks;
mod bodies;
mod code;
mod containers;
mod inline;
mod math;
mod mdx;
mod meaning;
mod signs;
mod tables;
mod tags;

/// The names that generators and themes give to tags, containers, keys and arguments, in lower case, with their kinds.
static NAMES: LazyLock<HashMap<&str, Vec<&str>, RandomState>> = LazyLock::new(|| {
    let mut kinds = HashMap::<_, Vec<_>, _>::default();
    for (kind, names) in include_str!("names.txt").lines().filter_map(|line| line.split_once(": ")) {
        names.split(' ').for_each(|name| kinds.entry(name).or_default().push(kind));
    }
    kinds
});

/// Returns the kinds of names that `name`, in any case, is one of.
fn kinds(name: &str) -> &'static [&'static str] {
    NAMES.get(&*name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
}

fn is_one(kind: &str, name: &str) -> bool {
    kinds(name).contains(&kind)
}

/// The notice for content that [`is_hidden`].
const HIDDEN: &str = "hidden content is left out";

/// Returns whether Quarto hides a container or a text of the class `kind` on a Web site without a profile.
fn is_hidden(kind: &str, attributes: &str) -> bool {
    let holds = |attribute: &str| match attribute.split_once('=').unwrap_or_default() {
        ("when-format", format) => format.contains("html"),
        ("unless-format", format) => !format.contains("html"),
        ("when-profile" | "when-meta", _) => false,
        _ => true,
    };
    let is_met = attributes.split([' ', '{', '}']).all(holds);
    kind == "hidden"
        || is_one("unshown", kind)
        || kind == "content-hidden" && is_met
        || kind == "content-visible" && !is_met
}

/// Parts of a source and their replacements, in any order. Of parts that overlap, only the first is replaced.
#[derive(Default)]
struct Edits(Vec<Edit>);

#[derive(Default)]
struct Edit {
    range: Range<usize>,
    text: String,
    /// The offset up to which the source stays as it is after this edit.
    shields: usize,
    /// Whether the spaces after it are removed too if there is a gap before it: they would indent a line.
    takes_spaces: bool,
    /// The start of the edit without which this one is not made.
    opening: Option<usize>,
    notice: Option<String>,
}

impl Edits {
    fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push(Edit { range, text: text.into(), ..Edit::default() });
    }

    fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    fn remove(&mut self, range: Range<usize>) {
        self.remove_with_notice(range, None);
    }

    fn remove_with_notice(&mut self, range: Range<usize>, notice: Option<String>) {
        self.0.push(Edit { range, notice, takes_spaces: true, ..Edit::default() });
    }

    /// Makes verse of the lines in `range`: each line end in a paragraph becomes a break.
    fn break_lines(&mut self, source: &str, range: Range<usize>) {
        let text = &source[range.clone()];
        let has_words =
            |line: Option<&str>| line.is_some_and(|line| !line.trim_matches([' ', '\t', '>', '|', '\r']).is_empty());
        for (at, _) in text.match_indices('\n') {
            let (before, behind) = (&text[..at], &text[at + 1..]);
            if has_words(before.rsplit('\n').next()) && has_words(behind.split('\n').next()) {
                self.insert(range.start + before.trim_end().len(), "\\");
            }
        }
    }

    fn apply(mut self, source: &str) -> Translation {
        let mut translation = Translation::default();
        self.0.sort_by_key(|edit| edit.range.start);
        translation.text.reserve(source.len());
        let (mut at, mut shielded, mut made) = (0, 0, Vec::new());
        for Edit { range, text, shields, takes_spaces, opening, notice } in self.0 {
            let is_open = opening.is_none_or(|opening| made.binary_search(&opening).is_ok());
            if range.start >= shielded && is_open {
                translation.copy(source, at..range.start);
                translation.add(range.start, &text);
                translation.notices.extend(notice.map(|what| Notice { offset: range.start, what }));
                made.push(range.start);
                // A mark of emphasis after a gap opens it.
                let before = translation.text.strip_suffix("**").unwrap_or(&translation.text);
                let has_gap = takes_spaces && (before.is_empty() || before.ends_with([' ', '\n', '[']));
                let spaces = source[range.end..].bytes().take_while(|byte| *byte == b' ' && has_gap).count();
                (at, shielded) = (at.max(range.end + spaces), shields.max(range.end));
            }
        }
        translation.copy(source, at..source.len());
        translation
    }

    /// Replaces two tags. Between them nothing changes if `shields` is set.
    fn enclose(&mut self, [first, last]: [&Range<usize>; 2], [opening, closing]: [String; 2], shields: bool) {
        let shields = if shields { last.start } else { 0 };
        let end = Edit { range: last.clone(), text: closing, opening: Some(first.start), ..Edit::default() };
        self.0.extend([Edit { range: first.clone(), text: opening, shields, ..Edit::default() }, end]);
    }
}

#[derive(Default)]
pub(super) struct Translation {
    pub(super) text: String,
    pub(super) offsets: Offsets,
    pub(super) notices: Vec<Notice>,
}

impl Translation {
    fn copy(&mut self, source: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.offsets.push(self.text.len(), range.start, true);
            self.text.push_str(&source[range]);
        }
    }

    /// Adds text that stands for what is at `at` in the source.
    fn add(&mut self, at: usize, text: &str) {
        if !text.is_empty() {
            self.offsets.push(self.text.len(), at, false);
            self.text.push_str(text);
        }
    }
}

/// Translates the constructs in `source`, outside of code, that the parser does not know. Returns `None` without any.
pub(super) fn translate(source: &str, options: Options) -> Option<Translation> {
    let lines = blocks::lines(source, blocks::starts_construct);
    if !lines.iter().any(|line| bodies::may_be_head(line.content)) {
        return rewrite(source, &lines, options);
    }
    let inner = bodies::unindent(source).apply(source);
    let lines = blocks::lines(&inner.text, blocks::starts_construct);
    let Some(mut translation) = rewrite(&inner.text, &lines, options) else { return Some(inner) };
    for notice in &mut translation.notices {
        notice.offset = inner.offsets.source_of(notice.offset);
    }
    translation.offsets.within(inner.offsets);
    Some(translation)
}

fn rewrite(source: &str, lines: &[Line<'_>], options: Options) -> Option<Translation> {
    let code = Ranges::new(source, options);
    let mut edits = Edits::default();
    math::formulas(source, &code, &mut edits);
    let notes = inline::comments(source, &code, &mut edits);
    signs::pairs(source, &code, &mut edits);
    signs::joints(source, &code, &mut edits);
    signs::names(source, &code, &mut edits);
    signs::destinations(source, &code, &mut edits);
    meaning::translate(source, &code, &mut edits);
    blocks::rewrite(source, lines, &code, &mut edits);
    if edits.0.is_empty() {
        return None;
    }
    let mut translation = edits.apply(source);
    for (index, note) in notes.into_iter().enumerate() {
        translation.add(note.start, &format!("\n\n[^inline-{index}]: "));
        translation.copy(source, note);
    }
    Some(translation)
}

fn is_list_marker(text: &str) -> bool {
    let number = text.strip_suffix(['.', ')']).unwrap_or_default();
    matches!(text, "-" | "*" | "+") || !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn longest_backtick_run(text: &str) -> usize {
    let Some(first) = memchr::memchr(b'`', text.as_bytes()) else { return 0 };
    text[first..].split(|c| c != '`').map(str::len).max().unwrap_or(0)
}
