//! Rewrites constructs of dialects within a text, and removes what is not for readers: comments of Obsidian (`%% … %%`),
//! kramdown (`{::comment} … {:/comment}`), templates (`{# … #}`) and MDX (`{/* … */}`), names of blocks in Obsidian
//! (`^name`), and attributes of kramdown (`{: .wide}`), Pandoc, goldmark and markdown-it (`{.wide}`).

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use memchr::memmem;

use super::super::source::{Lookahead, count_searched, line_before};
use super::arguments::{escaped, link};
use super::signs::{is_east_asian, shifted};
use super::{Edits, HIDDEN, Ranges, is_hidden, is_list_marker, is_one};

/// The length in bytes of the longest script of EJS. It bounds the search in it.
const MAX_SCRIPT: usize = 500;

/// The starts and ends of comments in braces.
const BRACED: [(&str, &str); 3] = [("{::comment}", "{:/"), ("{# ", " #}"), ("{/*", "*/}")];

/// The starts and ends of changes in `CriticMarkup`, each with what it becomes. The last ones need an arrow between them.
const CHANGES: [[&str; 4]; 4] =
    [["{++", "++}", "", ""], ["{==", "==}", "", ""], ["{--", "--}", "<del>", "</del>"], ["{~~", "~~}", "<del>", ""]];

/// Adds the removal of comments and attributes in `source` to `edits`, and references to its notes. Returns the ranges of
/// the words of notes, which are written `^[words]` or, in `CriticMarkup`, `{>>words<<}`.
pub(super) fn comments(source: &str, code: &Ranges<'_>, edits: &mut Edits) -> Vec<Range<usize>> {
    let ahead = HashMap::new();
    let mut reader = Reader { source, code, edits, ahead, verse_end: 0, notes: Vec::new(), labels: None };
    let mut at = 0;
    while let Some(next) = memchr::memchr3(b'%', b'{', b'^', &source.as_bytes()[at..]) {
        let start = at + next;
        at = reader.mark(start).unwrap_or(start + 1 + usize::from(source[start..].starts_with("%%")));
    }
    reader.notes
}

struct Reader<'s, 'e> {
    source: &'s str,
    code: &'e Ranges<'s>,
    edits: &'e mut Edits,
    /// The next occurrence of each pattern that was searched.
    ahead: HashMap<&'static str, Lookahead>,
    /// The end of the last attributes that made verse of the text before them.
    verse_end: usize,
    notes: Vec<Range<usize>>,
    /// The labels of the links and notes that are defined, collected at first use.
    labels: Option<HashSet<&'s str>>,
}

impl Reader<'_, '_> {
    fn find(&mut self, pattern: &'static str, from: usize) -> Option<usize> {
        self.ahead.entry(pattern).or_default().find(self.source, pattern, from)
    }

    /// Reads what starts at `start`. Returns where to go on, or `None` if it is text.
    fn mark(&mut self, start: usize) -> Option<usize> {
        let source = self.source;
        let rest = &source[start..];
        // Most braces are those of templates and programs.
        if matches!(rest.as_bytes(), [b'{', b'{' | b'%' | b'\n', ..]) || source[..start].ends_with('{') {
            return None;
        }
        let end = if rest.starts_with("{>>") { self.find("<<}", start) } else { None };
        let note = || note_words(source, start).map(|words| (words.clone(), words.end + 1));
        let words = end.map(|end| (start + 3..end, end + 3)).or_else(note);
        if let Some((words, end)) = words.filter(|_| !self.code.in_code(start)) {
            self.edits.replace(start..end, format!("[^inline-{}]", self.notes.len()));
            self.notes.push(words);
            return Some(end);
        }
        if let Some(end) = self.change(start) {
            return Some(end);
        }
        let range = match rest.as_bytes()[0] {
            b'%' if source[..start].ends_with('<') && rest[1..].starts_with(['=', '-', '#']) => {
                let is_script = |end: &usize| end - start < MAX_SCRIPT && !rest[..end - start].contains("\n\n");
                let end = self.find("%>", start).filter(is_script).filter(|_| !self.code.in_code(start))?;
                let notice = Some("the template tag `<%` is left out".to_owned());
                self.edits.remove_with_notice(start - 1..end + 2, notice);
                return Some(end + 2);
            }
            b'%' => obsidian_comment(source, start, self.code).map(|end| start..end),
            b'^' => match shifted(source, start, ["<sup>", "</sup>"], self.code, self.edits) {
                None => block_name(source, start),
                end => return end,
            },
            _ => {
                if let Some(end) = self.role(start) {
                    return Some(end);
                }
                let comment = BRACED.iter().find(|(opening, _)| rest.starts_with(opening));
                let close = comment.and_then(|(opening, end)| self.find(end, start + opening.trim_end().len()));
                let end = close.and_then(|close| self.find("}", close));
                end.map(|end| start..end + 1).or_else(|| self.attributes(start))
            }
        };
        let range = range.filter(|_| !self.code.in_code(start))?;
        // Brackets that enclose a text for the sake of its attributes are not a link.
        if source[..start].ends_with(']')
            && rest.starts_with('{')
            && let Some(opening) = opening_bracket(source, start - 1)
            && !self.is_defined(&source[opening.end..start - 1])
        {
            let inner = &source[start + 1..range.end - 1];
            let class = inner.trim_start_matches('.').split(' ').next().unwrap_or_default();
            if is_hidden(class, inner) {
                self.edits.remove_with_notice(opening.start..range.end, Some(HIDDEN.to_owned()));
            }
            self.edits.remove(opening);
            self.edits.remove(start - 1..range.end);
        } else {
            self.edits.remove(range.clone());
        }
        Some(range.end)
    }

    fn is_defined(&mut self, label: &str) -> bool {
        let parts = self.source.lines().filter_map(|line| line.trim_start().strip_prefix('[')?.split_once("]:"));
        self.labels.get_or_insert_with(|| parts.map(|(label, _)| label).collect()).contains(label)
    }

    /// Adds the meaning of a change: what was taken out is struck out. Returns the end of its opening sign.
    fn change(&mut self, start: usize) -> Option<usize> {
        let is_it = |[opening, ..]: &&[&str; 4]| self.source[start..].starts_with(opening);
        let [opening, closing, before, behind] = *CHANGES.iter().find(is_it)?;
        let end = start + opening.len();
        let close = self.find(closing, end).filter(|_| !self.code.in_code(start))?;
        if opening == "{~~" {
            let arrow = self.find("~>", end).filter(|arrow| *arrow < close)?;
            self.edits.replace(arrow..arrow + 2, "</del>");
        }
        self.edits.replace(start..end, before);
        self.edits.replace(close..close + closing.len(), behind);
        Some(end)
    }

    /// Reads the role of `MyST` at `start`, its words and perhaps a target: {ref}`the lamp <lamp>`. Returns its end.
    fn role(&mut self, start: usize) -> Option<usize> {
        let source = self.source;
        let length = source[start + 1..].bytes().position(|byte| !(byte.is_ascii_lowercase() || byte == b':'))?;
        let (name, rest) = source[start + 1..].split_at(length);
        let inner_start = source.len() - rest.strip_prefix("}`")?.len();
        let end = self.find("`", inner_start)?;
        let inner = &source[inner_start..end];
        if inner.trim().is_empty() || inner.contains("\n\n") || self.code.in_code(start) {
            return None;
        }
        let (words, target) = inner.strip_suffix('>').and_then(|inner| inner.split_once('<')).unwrap_or((inner, inner));
        let last = words.rsplit('/').next().unwrap_or(words);
        let text = match name {
            "math" => format!("${inner}$"),
            "doc" => link(last.trim(), &format!("{target}.md")),
            "download" => link(last.trim(), target),
            "sub" | "sup" => format!("<{name}>{words}</{name}>"),
            _ if is_one("role", name) => escaped(words),
            _ if is_one("code-role", name) => format!("`{inner}`"),
            _ => return None,
        };
        self.edits.replace(start..end + 1, text);
        Some(end + 1)
    }

    /// Returns the range of attributes, which are alone on their line, in a heading, or right after the element that they
    /// belong to. Those of a table of contents include the list item that it replaces.
    fn attributes(&mut self, start: usize) -> Option<Range<usize>> {
        let (source, code) = (self.source, self.code);
        let bytes = &source.as_bytes()[start + 1..];
        // Long attributes of pictures continue on further lines.
        let end = if source[..start].ends_with(')') {
            memchr::memchr2(b'}', b'{', bytes)?
        } else {
            memchr::memchr3(b'}', b'{', b'\n', bytes)?
        };
        let end = start + 2 + end;
        count_searched(end - start);
        let inner = source[start + 1..end].strip_suffix('}').filter(|inner| !inner.contains("\n\n"))?;
        // Statements of kramdown and Svelte.
        let name = inner.split([' ', '=']).next().unwrap_or_default();
        if is_one("statement", name) && (!name.starts_with(['#', '@']) || inner.len() > name.len()) {
            return Some(start..end);
        }
        // In MDX, a string stands for its text, often a space.
        let string = ['"', '\''].iter().find_map(|quote| inner.strip_prefix(*quote)?.strip_suffix(*quote));
        if let Some(text) = string.filter(|text| !text.contains(['"', '\''])) {
            if !code.in_code(start) {
                self.edits.replace(start..end, text);
            }
            return None;
        }
        if let Some((base, reading)) = inner.split_once('|')
            && base.starts_with(is_east_asian)
            && !code.in_code(start)
        {
            self.edits.replace(start..end, format!("{base}({})", reading.replace('|', "")));
            return None;
        }
        let is_kramdown = inner.starts_with(':');
        let mut words = inner.trim_start_matches(':').split_whitespace();
        let first = words.next()?;
        let line = line_before(source, start);
        let is_alone = starts_line(source, start) && ends_line(source, end);
        if is_kramdown && first == "toc" && is_alone {
            return Some(contents_item(source, start - line.len()).unwrap_or(start)..end);
        }
        let is_name = |name: &str| name.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_'));
        let is_attribute = |word: &str| word.strip_prefix(['.', '#']).is_some_and(is_name) || word.contains('=');
        let heading = line.trim_start_matches([' ', '>', '-', '*', '+']);
        let level = heading.bytes().take_while(|byte| *byte == b'#').count();
        let next = source[end..].strip_prefix('\n').unwrap_or_default();
        let has_gap = line.ends_with(' ') || inner.starts_with('#');
        let in_heading = (1..=6).contains(&level) && heading[level..].starts_with(' ') && has_gap
            || (next.starts_with("---") || next.starts_with("===")) && !is_alone && line.ends_with(' ');
        let are_attributes = if inner.starts_with('=') && source[..start].ends_with('`') {
            // The format of the page that Pandoc shows a text in.
            true
        } else if is_kramdown {
            // `{:name: .wide}` names attributes for later, and Logseq writes the sizes of pictures so.
            is_attribute(first)
                || matches!(first, "height" | "width")
                || is_alone && first.ends_with(':') && words.all(is_attribute)
        } else if in_heading && first == "#" {
            words.next().is_some_and(|id| id.bytes().all(is_id)) && words.next().is_none()
        } else {
            inner.trim_start().starts_with(|c: char| matches!(c, '.' | '#') || c.is_ascii_alphabetic())
                && is_attribute(first)
                && (words.all(is_attribute) || inner.contains("=\""))
        };
        let is_alone = is_alone && (is_kramdown || follows_line(source, start - line.len()));
        let marker = line.trim();
        let is_behind = if is_kramdown {
            source[..start].ends_with([')', ']', '*', '_', '`', '>', '"', '}']) || matches!(marker, "-" | "*" | "+")
        } else {
            let is_caption = [": ", "Table: "].iter().any(|sign| marker.starts_with(sign));
            source[..start].ends_with([')', ']', '`', ':']) || marker.ends_with("$$") || is_caption
        };
        if !are_attributes {
            return None;
        }
        if is_behind
            && !code.in_code(start)
            && let Some((alt, _)) = inner.split_once("alt=\"").and_then(|(_, alt)| alt.split_once('"'))
            && let Some(picture) = line.rfind("![](").filter(|at| line[*at..].find(')') == Some(line.len() - at - 1))
        {
            self.edits.insert(start - line.len() + picture + "![".len(), escaped(alt));
        }
        let is_verse = |inner: &str| inner.split(['.', ':', ' ']).any(|class| is_one("verse", class));
        if is_alone && is_verse(inner) && !code.in_code(start) {
            let text = source[self.verse_end..start].trim_end();
            let from = text.rfind("\n\n").map_or(0, |at| at + 2);
            count_searched(text.len() - from);
            self.edits.break_lines(source, self.verse_end + from..self.verse_end + text.len());
            self.verse_end = end;
        }
        (is_alone || is_behind || in_heading).then_some(start..end)
    }
}

/// Returns the bracket that the one at `end` closes around text.
fn opening_bracket(source: &str, end: usize) -> Option<Range<usize>> {
    let line = line_before(source, end);
    let at = line.rfind(['[', ']']).filter(|at| line[*at..].starts_with('['))?;
    let is_text = !line[..at].ends_with(['!', ']', '[', '\\']) && !line[at..].starts_with("[^");
    let start = end - line.len() + at;
    is_text.then_some(start..start + 1)
}

/// Returns the range of the name of a block with the white space before it, at the end of the block.
fn block_name(source: &str, start: usize) -> Option<Range<usize>> {
    let name = source[start + 1..].bytes().take_while(|byte| is_id(*byte) && *byte != b'_').count();
    let end = start + 1 + name;
    let has_letter = source[start + 1..end].contains(|c: char| c.is_ascii_alphabetic());
    let before = source[..start].trim_end_matches([' ', '\t']);
    let apart = before.len() < start || before.is_empty() || before.ends_with('\n');
    if !(has_letter && apart && ends_line(source, end)) {
        return None;
    }
    let next = source[end..].split_once('\n').map_or("", |(_, rest)| rest);
    let next = next.trim_start_matches([' ', '\t', '>', '\r']);
    let ends_block = next.is_empty() || next.starts_with(['\n', '-', '*', '+', '#', '`', '^']);
    (ends_block || starts_line(source, start)).then_some(before.len()..end)
}

/// Returns the end of a comment between `%%`. One that starts a line may contain several paragraphs, and then starts or
/// ends a line where it ends. Percent signs after a number are text, unless they end a comment within a line or paragraph.
fn obsidian_comment(source: &str, start: usize, code: &Ranges<'_>) -> Option<usize> {
    let before = source[..start].chars().next_back();
    let inner = source[start..].strip_prefix("%%")?;
    let is_text = |c: char| c.is_alphanumeric() || matches!(c, '%' | '{' | '\\');
    if inner.starts_with('%') || before.is_some_and(is_text) || code.in_code(start) {
        return None;
    }
    let (mut from, mut has_lines, mut has_gaps) = (start + 2, false, false);
    for at in memmem::find_iter(inner.as_bytes(), "%%").map(|at| start + 2 + at) {
        let (text, end) = (&source[from..at], at + 2);
        count_searched(text.len());
        has_lines |= text.contains('\n');
        has_gaps |= text.contains("\n\n");
        if has_gaps && !starts_line(source, start) {
            return None;
        }
        let is_number = text.ends_with(|c: char| c.is_ascii_digit());
        let ends_line = ends_line(source, end);
        let may_close = if is_number { !has_gaps && (ends_line || !has_lines) } else { !has_gaps || ends_line };
        if (may_close || starts_line(source, at)) && !source[end..].starts_with('%') && !code.in_code(at) {
            return Some(end);
        }
        from = end;
    }
    None
}

fn is_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Returns the start of the list item on the line before `line`, if the list has no other item before it.
fn contents_item(source: &str, line: usize) -> Option<usize> {
    let before = source[..line].strip_suffix('\n')?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let (marker, _) = before[start..].trim_start().split_once(' ')?;
    (is_list_marker(marker) && !follows_line(source, start)).then_some(start)
}

/// Returns whether the line before the one that starts at `line` has text.
fn follows_line(source: &str, line: usize) -> bool {
    let before = source[..line].strip_suffix('\n').unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    !before.trim_matches([' ', '\t', '>', '\r']).is_empty()
}

/// Returns whether only white space and quotation marks precede `at` on its line.
pub(super) fn starts_line(source: &str, at: usize) -> bool {
    let before = source[..at].trim_end_matches([' ', '\t', '>']);
    before.is_empty() || before.ends_with('\n')
}

pub(super) fn ends_line(source: &str, at: usize) -> bool {
    let behind = source[at..].trim_start_matches([' ', '\t', '\r']);
    behind.is_empty() || behind.starts_with('\n')
}

/// Returns the range of the words of a note within a text, up to the bracket that closes it.
fn note_words(source: &str, start: usize) -> Option<Range<usize>> {
    let text = source[start..].strip_prefix("^[")?;
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        count_searched(1);
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => {
                let before = source[..start].chars().next_back();
                let attached = before.is_some_and(|c| c.is_alphanumeric() || ".,;:!?)\"”’*".contains(c));
                let may_be_note = !matches!(before, Some('\\' | '^')) && (text[..at].contains(' ') || attached);
                let is_note = may_be_note && !text[..at].trim().is_empty();
                return is_note.then_some(start + 2..start + 2 + at);
            }
            ']' => depth -= 1,
            '^' | '{' if text[at + 1..].starts_with(['[', '{', '%']) => return None,
            '\n' if text[at + 1..].starts_with('\n') => return None,
            _ => {}
        }
    }
    None
}
