//! Finds the front matter of a file, in the form that any site generator gives it, without parsing it.
//!
//! Front matter is the first text of a file. Only a byte order mark and blank lines may precede it. It is
//!
//! - a block between `---` or `+++` (YAML or TOML, by its first line; or as stated, `---json`), also closed by `...`;
//! - a JSON object (Hugo), or the inside of one before or between lines of `;;;` (Hexo);
//! - lines of `key: value` closed by `---` (Hexo) or by a blank line (Pelican, Plerd), or in a comment (Pico).
//!
//! A text that starts like front matter and cannot be read as such is a [`Mistake`]: published as prose, it might show
//! a draft. Its keys, which the caller classifies, distinguish front matter from prose.

use std::ops::Range;

use serde_json::Value;

use crate::problem::floor_char_boundary;
use line::Fault;
pub use line::{Classify, KeyClass, Mistake};
pub(crate) use line::{Line, lines};

mod line;

/// The number of lines at the start of the body that are searched for misplaced front matter.
const LATE_LINES: usize = 10;

/// How much of a text is searched for front matter that no fence encloses, in bytes.
const MAX_OPENING: usize = 64 * 1024;

/// Comments that hold front matter: those of Nikola and of Pico.
const COMMENTS: [(&str, &str); 2] = [("<!--", "-->"), ("/*", "*/")];

/// The parts of a file. All ranges are byte offsets in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split<'a> {
    /// The front matter, if there is one.
    pub head: Option<Head<'a>>,
    /// The range of the text after the front matter, without a byte order mark.
    pub body_range: Range<usize>,
}

/// The front matter of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head<'a> {
    /// The format in which it is written.
    pub format: Format,
    /// The lines between the fences, with their line ends.
    pub text: &'a str,
    /// The range of `text`.
    pub range: Range<usize>,
}

/// The format of front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// A JSON object, perhaps without its braces.
    Json,
    /// Lines of `key: value` with unquoted values.
    Lines,
    /// Literal values in JavaScript, TypeScript or Python, of files beside texts.
    Program,
}

const NOT_OPENED: Fault = (
    "`{}` does not open the front matter",
    "open it with a line of `---`, at the start of the line, and close it with another one",
);
const NOT_CLOSED: Fault = ("`{}` does not close the front matter", "close it with a line of `---`");
const NEVER_CLOSED: Fault = ("the front matter is never closed", "close it with the line that opened it");
const OPEN_COMMENT: Fault = (
    "the comment with the front matter is never closed",
    "close it with the mark that belongs to the one that opened it",
);
const NO_FENCE: Fault = ("no fence opens the front matter", "put it between lines of `+++` if it is TOML, or of `---`");
const NO_ENTRY: Fault = (
    "this line is not part of the front matter, which continues below it",
    "write `key: value` on each line, and a blank line after the last",
);
const MISPLACED: Fault = (
    "front matter in the middle of the text",
    "move it to the start of the file, or put it into a code block if it is an example",
);

/// Splits `source` into front matter of any form and body. Fails if the first is unreadable or in the wrong place.
pub fn split_knowing<'a>(source: &'a str, classify: Classify<'_>) -> Result<Split<'a>, Mistake> {
    let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let finder = Finder { source, classify };
    let found = finder.head(start)?;
    let end = found.as_ref().map_or(start, |(.., end)| *end);
    let head = found.map(|(format, range, _)| Head { format, text: &source[range.clone()], range });
    finder.misplaced(end).map_or(Ok(Split { head, body_range: end..source.len() }), Err)
}

/// Returns the bytes of the first line of `text` whose key is known.
pub fn known_key(text: &str, classify: Classify<'_>) -> Option<Range<usize>> {
    let line = lines(text, 0).find(|line| line.is_known(classify))?;
    Some(line.start..line.end())
}

/// Returns the bytes of the first line in the opening of a text, from the byte `at` on, that states in some mistyped
/// form that readers may not see the text: `draft- true`. The opening ends with the first blank line.
pub fn held_in_opening(source: &str, at: usize, classify: Classify<'_>) -> Option<Range<usize>> {
    let source = &source[..floor_char_boundary(source, at + MAX_OPENING)];
    let is_code = |line: &Line<'_>| line.is_code() || line.text.trim_start().starts_with("```");
    let has_words = |line: &Line<'_>| line.text.contains(char::is_alphanumeric) && !line.text.starts_with("import ");
    let first = lines(source, at).find(|line| is_code(line) || has_words(line)).filter(|line| !is_code(line))?;
    let opening = || lines(source, first.start).take_while(|line| !line.is_blank());
    // Below front matter, other entries precede it.
    let has_entry = at > 0 || opening().any(|line| line.is_known(classify));
    let is_held = |line: &Line<'_>| {
        let parts = line.text.split([',', '{', '}']);
        let mut parts = parts.filter(|part| has_entry || part.contains([':', '=', '"']));
        !line.text.contains('|') && parts.any(|part| states_held(part, classify))
    };
    opening().find(is_held).map(|line| line.range())
}

/// Returns the bytes of the first line of a front matter, outside of tables, that hides the text in a mistyped form.
pub fn held_in_head(head: &Head<'_>, classify: Classify<'_>) -> Option<Range<usize>> {
    let is_own = |line: &Line<'_>| head.format == Format::Lines || !line.text.starts_with([' ', '\t', '{']);
    let mut lines = lines(head.text, 0).take_while(|line| !line.text.starts_with('['));
    lines.find(|line| is_own(line) && states_held(line.text, classify)).map(|line| line.range())
}

/// The most words in a key and value that hide a text: a longer line is prose.
const MAX_WORDS: usize = 5;

/// Returns whether the words of `text` are a key and a value that hide a text from readers.
fn states_held(text: &str, classify: Classify<'_>) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    // MDX and Franklin declare variables.
    let words = words.skip_while(|word| ["export", "const", "let", "var", "def"].contains(word));
    let words: Vec<&str> = words.take(MAX_WORDS + 1).collect();
    let is_held = |key: usize| classify(&words[..key].concat(), &words[key..].join(" ")) == KeyClass::Held;
    words.len() <= MAX_WORDS && (1..=2).any(|key| key < words.len() && is_held(key))
}

struct Finder<'a, 'c> {
    source: &'a str,
    classify: Classify<'c>,
}

/// The format and the range of front matter, and the offset of the text after it.
type Found = Result<Option<(Format, Range<usize>, usize)>, Mistake>;

impl<'a> Finder<'a, '_> {
    fn lines(&self, at: usize) -> impl Iterator<Item = Line<'a>> + use<'a> {
        lines(self.source, at)
    }

    /// Returns the lines from `at` on, at most [`MAX_OPENING`] bytes of them.
    fn first_lines(&self, at: usize) -> impl Iterator<Item = Line<'a>> + use<'a> {
        self.lines(at).take_while(move |line| line.start < at + MAX_OPENING)
    }

    /// Returns the front matter that starts in the first line from `at` on that is not blank.
    fn head(&self, at: usize) -> Found {
        let Some(first) = self.lines(at).find(|line| !line.is_blank()) else { return Ok(None) };
        let text = first.text.trim_end();
        if let Some((fence, format)) = opening(text) {
            return self.fenced(first, fence, format);
        }
        // Templates and attributes start with a brace as well.
        if text.starts_with('{') && !text[1..].starts_with(['{', '%', '#', ':', '.']) {
            return self.json(first);
        }
        if let Some((open, close)) = COMMENTS.into_iter().find(|(open, _)| text.starts_with(open)) {
            return self.comment(first, open, close);
        }
        if first.is_near_fence() && (text.ends_with("js") || self.keys_ahead(first.next).is_some()) {
            return Err(first.mistake(NOT_OPENED));
        }
        self.bare(first)
    }

    /// Returns the front matter that the line `first` opens, or nothing if a rule precedes prose.
    fn fenced(&self, first: Line<'a>, fence: &str, format: Option<Format>) -> Found {
        let closes = |text: &str| text == fence || fence == "---" && format.is_none() && text == "...";
        if let Some(close) = self.lines(first.next).find(|line| closes(line.text.trim_end())) {
            let range = first.next..close.start;
            let format = format.unwrap_or_else(|| language(&self.source[range.clone()], fence));
            return Ok(Some((format, range, close.next)));
        }
        let Some((_, stop)) = self.keys_ahead(first.next) else { return Ok(None) };
        let hint = if fence == "---" { NOT_CLOSED.1 } else { NEVER_CLOSED.1 };
        let near = stop.filter(Line::is_near_fence);
        let (line, what) = near.map_or((first, NEVER_CLOSED.0), |line| (line, NOT_CLOSED.0));
        Err(line.mistake((what, hint)))
    }

    /// Returns the JSON object that starts in the line `first`.
    fn json(&self, first: Line<'a>) -> Found {
        let rest = &self.source[first.start..floor_char_boundary(self.source, first.start + MAX_OPENING)];
        let mut objects = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let parsed = objects.next();
        let end = first.start + objects.byte_offset();
        match parsed {
            Some(Ok(Value::Object(object))) => {
                let is_known = |(key, value): (&String, &Value)| {
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    (self.classify)(key, &value) > KeyClass::Unknown
                };
                if !object.iter().any(is_known) {
                    return Ok(None);
                }
                let next = self.after(end);
                let fence = self.lines(next).next().filter(|line| line.text.trim_end() == ";;;");
                Ok(Some((Format::Json, first.start..end, fence.map_or(next, |fence| fence.next))))
            }
            // Too large: parsed, it would take eighty times as much memory. Its last keys may hide the text.
            Some(Err(error)) if error.is_eof() && first.start + rest.len() < self.source.len() => {
                Ok(Some((Format::Json, first.start..self.source.len(), self.source.len())))
            }
            Some(Err(error)) if self.keys_ahead(first.start).is_some() => {
                let line = self.lines(first.start).nth(error.line().saturating_sub(1)).unwrap_or(first);
                let at = line.start + error.column().saturating_sub(1).min(line.text.len());
                let what = format!("the front matter is not valid JSON: {error}");
                Err(Mistake { what, hint: "in JSON, keys and texts stand in double quotes", range: at..at + 1 })
            }
            _ => Ok(None),
        }
    }

    /// Returns the offset of the line after `at` if the rest of the line is blank, else `at`.
    fn after(&self, at: usize) -> usize {
        self.lines(at).next().filter(Line::is_blank).map_or(at, |line| line.next)
    }

    /// Returns the lines in the comment that starts in the line `first`, if they are entries.
    fn comment(&self, first: Line<'a>, open: &str, close: &str) -> Found {
        let start = first.start + open.len();
        let length = self.source[start..].find(close);
        let end = start + length.unwrap_or(self.source.len() - start);
        let mut known = 0;
        let mut stranger = None;
        let inside = self.first_lines(start).take_while(|line| line.start < end).filter(|line| !line.is_blank());
        for (number, line) in inside.enumerate() {
            // The comment may end in this line.
            let text = &self.source[line.start..end.min(line.end())];
            match (Line { text, ..line }).class(self.classify) {
                Some(KeyClass::Unknown) => {}
                Some(_) => known += 1 + usize::from(number == 0),
                None if line.continues() && known > 0 => {}
                None => stranger = stranger.or(Some(line)),
            }
        }
        match (length, stranger) {
            _ if known < 2 => Ok(None),
            (None, _) => Err(first.mistake(OPEN_COMMENT)),
            (_, Some(line)) => Err(line.mistake(NO_ENTRY)),
            _ => Ok(Some((Format::Lines, start..end, self.after(end + close.len())))),
        }
    }

    /// Returns the entries from the line `first` on without a fence before them, up to `---`, `;;;` or a blank line.
    fn bare(&self, first: Line<'a>) -> Found {
        let is_entry = !first.text.starts_with(['-', '.', ' ', '\t', ',']);
        let Some(opening) = first.entry().filter(|_| is_entry) else { return Ok(None) };
        let belongs = |line: &Line<'_>| line.entry().is_some() || line.continues() && line.start != first.start;
        let entries = self.first_lines(first.start).take_while(belongs);
        let is_counted = |line: &Line<'_>| line.start == first.start || !line.continues();
        let known = entries.filter(|line| is_counted(line) && line.is_known(self.classify)).count();
        if known < 2 && first.class(self.classify) < Some(KeyClass::Opening) {
            return Ok(None);
        }
        let stop = self.lines(first.start).find(|line| !belongs(line));
        let end = stop.map_or(self.source.len(), |line| line.start);
        let is_json = first.text.starts_with('"');
        let rest = |stop: Line<'a>| self.lines(stop.next).take_while(|line| !line.is_blank());
        let is_part = |line: Line<'_>| line.entry().is_some() || matches!(line.text.trim(), "---" | ";;;");
        match stop.map(|line| (line, line.text.trim_end())) {
            Some((line, ";;;")) => {
                let format = if is_json { Format::Json } else { Format::Yaml };
                Ok(Some((format, first.start..end, line.next)))
            }
            Some((line, "---")) if opening.separator == ':' => Ok(Some((Format::Yaml, first.start..end, line.next))),
            Some((_, text)) if !text.is_empty() && known < 2 && !is_json => Ok(None),
            _ if opening.separator == '=' || is_json => Err(first.mistake(NO_FENCE)),
            Some((line, _)) if line.is_near_fence() => Err(line.mistake(NOT_CLOSED)),
            // Entries or a fence stand before the next blank line.
            Some((line, text)) if !text.is_empty() && rest(line).any(is_part) => Err(line.mistake(NO_ENTRY)),
            _ => Ok(Some((Format::Lines, first.start..end, end))),
        }
    }

    /// Returns the highest class of the keys on the lines from `at` on, which must start with an entry, if any is known;
    /// and the first line that cannot belong to front matter.
    fn keys_ahead(&self, at: usize) -> Option<(KeyClass, Option<Line<'a>>)> {
        let mut best = None;
        let mut has_comment = false;
        let mut stop = None;
        for line in self.first_lines(at) {
            match (line.class(self.classify), line.text.trim()) {
                (Some(class), _) => best = best.max(Some(class)),
                // A heading under a rule is not a comment.
                (None, "") if has_comment && best.is_none() => return None,
                (None, "") => {}
                (None, text) if text.starts_with('#') => has_comment = true,
                (None, text) if best.is_some() && line.continues() || text.starts_with(['[', '{']) => {}
                _ => {
                    stop = Some(line);
                    break;
                }
            }
        }
        best.filter(|class| *class > KeyClass::Unknown).map(|class| (class, stop))
    }

    /// Returns the mistake of front matter that does not start the file: below a title, or below another one.
    fn misplaced(&self, at: usize) -> Option<Mistake> {
        let is_code = |text: &str| text.starts_with("```") || text.starts_with("~~~");
        let mut lines = self.lines(at).take(LATE_LINES).take_while(|line| !is_code(line.text.trim()));
        let opens = |line: &Line<'_>| {
            let fence = line.text.trim();
            // Components of Nuxt have their properties below `::name`, between dashes.
            let above = self.source[..line.start].lines().next_back().unwrap_or_default().trim_start();
            let is_fence = matches!(fence, "---" | "+++") && !line.is_code() && !above.starts_with("::");
            let ahead = is_fence.then(|| self.keys_ahead(line.next)).flatten();
            ahead.is_some_and(|(class, end)| class == KeyClass::Held || end.is_some_and(|end| end.text.trim() == fence))
        };
        lines.find(opens).map(|line| line.mistake(MISPLACED))
    }
}

/// Returns the closing fence for an opening one, and the format that the opening one names.
fn opening(text: &str) -> Option<(&'static str, Option<Format>)> {
    let fence = ["---", "+++", ";;;"].into_iter().find(|fence| text.starts_with(fence))?;
    let format = match text[fence.len()..].trim().to_ascii_lowercase().as_str() {
        "" => None,
        "yaml" | "yml" => Some(Format::Yaml),
        "toml" => Some(Format::Toml),
        "json" => Some(Format::Json),
        _ => return None,
    };
    Some((fence, format))
}

/// Returns the format of `text` between two fences, by its first line that is neither blank nor a comment.
fn language(text: &str, fence: &str) -> Format {
    let first = lines(text, 0).find(|line| !line.is_blank() && !line.text.starts_with('#'));
    let separator = first.and_then(|line| line.entry()).map(|entry| entry.separator);
    let is_object = first.is_some_and(|line| line.text.trim_start().starts_with('{'));
    match (fence, separator) {
        (";;;", _) => Format::Json,
        ("+++", _) if is_object => Format::Json,
        ("---", Some('=')) => Format::Toml,
        ("+++", Some(':')) | ("---", _) => Format::Yaml,
        _ => Format::Toml,
    }
}
