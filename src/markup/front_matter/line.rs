//! The lines of front matter.

use std::ops::Range;

/// The most characters besides dashes in a line that is taken for a mistyped fence: room for the name of a language.
const MAX_BESIDE_DASHES: usize = 8;

/// A line without its end (LF, CRLF or CR).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    /// The offset of the next line.
    pub(super) next: usize,
}

/// Returns an iterator over the lines of `source` from the byte `at` on.
pub(crate) fn lines(source: &str, at: usize) -> impl Iterator<Item = Line<'_>> {
    let mut start = at;
    std::iter::from_fn(move || {
        let rest = source.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr2(b'\n', b'\r', rest.as_bytes()).unwrap_or(rest.len());
        let end = if rest[length..].starts_with("\r\n") { 2 } else { usize::from(length < rest.len()) };
        let line = Line { text: &rest[..length], start, next: start + length + end };
        start = line.next;
        Some(line)
    })
}

/// A line of `key: value` or `key = value`.
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: &'a str,
    pub(super) separator: char,
}

impl<'a> Line<'a> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Returns the offset of the end of its text.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Returns whether the line is indented like a code block of Markdown.
    pub(super) fn is_code(&self) -> bool {
        self.text.starts_with("    ") || self.text.starts_with('\t')
    }

    /// Returns the class of the line, if it is an entry.
    pub(super) fn class(&self, classify: Classify<'_>) -> Option<KeyClass> {
        self.entry().map(|entry| classify(entry.key, entry.value))
    }

    /// Returns whether the line is an entry whose key is known.
    pub(super) fn is_known(&self, classify: Classify<'_>) -> bool {
        self.class(classify) > Some(KeyClass::Unknown)
    }

    /// Returns whether the line continues the value of a line above it.
    pub(crate) fn continues(&self) -> bool {
        let is_item = self.text == "-" || self.text.starts_with("- ");
        (is_item || self.text.starts_with([' ', '\t', ']', '}'])) && !matches!(self.dashes(), (2.., 0))
    }

    /// Reads the line as an entry, perhaps quoted as in JSON, after an opening brace, a comma, or a mark of Nikola.
    pub(crate) fn entry(&self) -> Option<Entry<'a>> {
        let text = self.text.trim().trim_start_matches("- ").trim_start_matches(".. ");
        let text = text.trim_start_matches(['{', ',', ' ', '\t']);
        let (key, rest) = match text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => text[1..].split_once(quote)?,
            None => text.split_at(text.find([':', '='])?),
        };
        let rest = rest.trim_start();
        let separator = rest.chars().next().filter(|c| matches!(c, ':' | '='))?;
        // Logseq writes two colons.
        let (key, value) = (key.trim(), rest.strip_prefix(":: ").unwrap_or(&rest[1..]));
        // A key with a mistyped character in it is not prose.
        let is_name = |c: char| !c.is_ascii() || c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
        let is_key = key.starts_with(|c: char| !c.is_ascii() || c.is_alphabetic() || c == '_')
            && key.len() <= 40
            && key.split(' ').count() <= 3
            && key.chars().all(is_name)
            && !value.starts_with(['=', '>', ':'])
            && !value.starts_with("//");
        let value = value.trim().trim_end_matches(['}', ',', ' ']).trim_matches(['"', '\'']);
        is_key.then_some(Entry { key, value, separator })
    }

    /// Counts the dashes and plusses, long ones twice, and the other characters.
    fn dashes(&self) -> (usize, usize) {
        self.text.chars().fold((0, 0), |(dashes, others), c| match c {
            '–' | '—' | '―' => (dashes + 2, others),
            '-' | '+' | '‐' | '‑' | '‒' | '−' => (dashes + 1, others),
            c if c.is_whitespace() => (dashes, others),
            _ => (dashes, others + 1),
        })
    }

    /// Returns whether the line resembles a fence: dashes and little else.
    pub(super) fn is_near_fence(&self) -> bool {
        match self.dashes() {
            (dashes, 0) => dashes > 0,
            (dashes, others) => dashes > 1 && others <= MAX_BESIDE_DASHES && !self.text.contains('|'),
        }
    }

    pub(crate) fn range(&self) -> Range<usize> {
        let indent = self.text.len() - self.text.trim_start().len();
        self.start + indent..self.start + self.text.trim_end().len().max(indent + 1)
    }

    pub(super) fn mistake(&self, (what, hint): Fault) -> Mistake {
        Mistake { what: what.replace("{}", self.text.trim()), hint, range: self.range() }
    }
}

/// How strongly a line of `key: value` suggests that the text it starts is front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyClass {
    /// The key is unknown: the line may be prose.
    Unknown,
    /// A key of front matter; prose may start with one of these.
    Known,
    /// A title or a valid date: enough to recognise front matter.
    Opening,
    /// A key and value that hide the text: recognised in more places than other keys.
    Held,
}

/// Classifies a key with its value.
pub type Classify<'c> = &'c dyn Fn(&str, &str) -> KeyClass;

/// A front matter that its author meant but that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: &'static str,
    /// The bytes of the file to underline.
    pub range: Range<usize>,
}

/// What is wrong, where `{}` is the line, and what to do about it.
pub(super) type Fault = (&'static str, &'static str);
