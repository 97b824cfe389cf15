//! Rewrites what dialects of Markdown add and the parser does not know, and shields text that the parser takes for
//! more than any dialect does.

use std::ops::Range;

use super::super::source::{count_searched, is_picture_name, line_before};
use super::{Code, Edits, longest_backtick_run};
use crate::markup::Lines;
use crate::markup::markdown::html::is_component;
use crate::markup::markdown::{MarkdownOptions, Shortcodes};

/// Text that shows nothing and counts as punctuation: beside it, emphasis opens and closes next to any letter.
const JOINT: &str = "<!---->";

/// The most imported pictures of one text: each line with a picture searches them.
const MAX_PICTURES: usize = 100;

/// What the lines before the current one have opened.
#[derive(Default)]
struct Opened<'s> {
    /// The line before, without the marks of quotations.
    before: &'s str,
    /// Whether that line belongs to the definition of a footnote.
    note: bool,
    /// The offset after the signs that open display math, and whether they are alone on their line.
    math: Option<(usize, bool)>,
    /// The indentation of the body of a call-out of `MkDocs`.
    callout: Option<usize>,
    /// Whether the line belongs to an `import` or `export` of MDX.
    statement: bool,
    /// The names of imported pictures and their files.
    pictures: Vec<(&'s str, &'s str)>,
}

/// Adds to `edits` what changes in `source`.
pub(super) fn rewrite<'s>(source: &'s str, code: &Code<'s>, options: MarkdownOptions, edits: &mut Edits) {
    let mut opened = Opened::default();
    let mut lines = Lines::from(source, 0);
    while let Some((at, line)) = lines.next() {
        let content = line.trim_start_matches([' ', '\t', '>']);
        let start = at + line.len() - content.len();
        let (prefix, content) = (&line[..start - at], content.trim_end());
        let after = lines.clone().next().map_or("", |(_, line)| line);
        if let Some(indent) = opened.callout {
            if content.is_empty() {
                edits.push((start..start, format!("{}>", &" ".repeat(indent - 4))));
                opened.before = content;
                continue;
            } else if prefix.len() >= indent {
                edits.push((at + indent - 4..at + indent, "> ".to_owned()));
                opened.before = content;
                continue;
            }
            opened.callout = None;
            if !opened.before.is_empty() {
                edits.push((start..start, "\n".to_owned()));
            }
        }
        let first_of_block = opened.before.is_empty();
        match content.as_bytes().first() {
            Some(b':') if options.definition_lists => shield_colon(source, (at, start), code, edits),
            Some(b'[') if is_definition(content) && opened.note => {
                edits.push((start..start, format!("\n{prefix}")));
            }
            _ if options.shortcodes == Shortcodes::Keep => {}
            Some(b'|') if !code.contains(start) => table_row(content, start, &opened, after, prefix, edits),
            Some(b'#') if first_of_block && after.trim().is_empty() && !code.contains(start) => {
                // Markdown before CommonMark needed no space. A single sign may be a tag.
                let level = content.bytes().take_while(|byte| *byte == b'#').count();
                if (2..=6).contains(&level) && content[level..].starts_with(char::is_alphabetic) {
                    edits.push((start + level..start + level, " ".to_owned()));
                }
            }
            Some(b'!' | b'?') if !code.contains(start) => {
                let indent = prefix.len() + 4;
                let next = lines.clone().map(|(_, line)| line).find(|line| !line.trim().is_empty());
                let is_indented =
                    next.is_some_and(|next| next.len() > indent && next[..].starts_with(&" ".repeat(indent)));
                if let Some(callout) =
                    mkdocs_callout(content).filter(|_| is_indented && prefix.trim().is_empty())
                {
                    edits.push((start..start + content.len(), callout));
                    opened.callout = Some(indent);
                }
            }
            Some(b'<')
                if is_component_alone(content) && !after.trim().is_empty() && !code.contains(start) =>
            {
                // The content of a component is Markdown, however far it is indented.
                let next = lines.at();
                let indent = after.len() - after.trim_start().len();
                edits.push((next..next + indent, format!("\n{prefix}")));
            }
            Some(b'i' | b'e') if first_of_block && prefix.is_empty() => {
                let block = &source[at..];
                let block = &block[..block.find("\n\n").unwrap_or(block.len())];
                opened.statement = is_statement(block.trim_end()) && !code.contains(at);
            }
            _ => {}
        }
        if opened.statement {
            opened
                .pictures
                .extend(imported_picture(content).filter(|_| opened.pictures.len() < MAX_PICTURES));
            edits.push((at..at + line.len(), String::new()));
        } else if !opened.pictures.is_empty()
            && let Some((before, rest)) = content.split_once("src={")
            && let Some((_, file)) = opened
                .pictures
                .iter()
                .find(|(name, _)| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('}')))
        {
            let from = start + before.len() + "src=".len();
            let length = rest.find('}').map_or(0, |end| end + 2);
            edits.push((from..from + length, format!("\"{file}\"")));
        }
        if options.math && options.shortcodes == Shortcodes::Strip {
            display_math(source, (start, content), &mut opened, code, edits);
        }
        opened.note =
            !content.is_empty() && (opened.note || content.starts_with("[^") && content.contains("]:"));
        opened.note &= !is_definition(content);
        opened.statement &= !content.is_empty();
        opened.before = content;
    }
}

/// Shields a colon that starts a line and no definition: those need white space after it. Within a code span, which
/// the parser would end here, the lines are joined.
fn shield_colon(source: &str, (line, start): (usize, usize), code: &Code<'_>, edits: &mut Edits) {
    if !code.contains(start) {
        if !source[start + 1..].starts_with([' ', '\t']) {
            edits.push((start..start, "\\".to_owned()));
        }
    } else if !code.is_block(start) {
        let end = source[..line].trim_end_matches(['\n', '\r']).len();
        edits.push((end..start, " ".to_owned()));
    }
}

/// Returns whether `content` is the definition of a link.
fn is_definition(content: &str) -> bool {
    let label = content.strip_prefix('[').filter(|label| !label.starts_with('^'));
    label.and_then(|label| label.split_once("]:")).is_some_and(|(label, rest)| {
        !label.contains(['[', ']']) && !label.trim().is_empty() && !rest.trim().is_empty()
    })
}

/// Adds the header that a table of kramdown may lack, and turns the crosses of its rules into bars.
fn table_row(content: &str, start: usize, opened: &Opened<'_>, after: &str, prefix: &str, edits: &mut Edits) {
    let is_rule = |row: &str| row.bytes().all(|byte| matches!(byte, b'|' | b'-' | b'+' | b':' | b' '));
    if opened.before.starts_with('|') && is_rule(content) {
        for (at, _) in content.match_indices('+') {
            edits.push((start + at..start + at + 1, "|".to_owned()));
        }
        return;
    }
    let after = after.trim_start_matches([' ', '\t', '>']).trim_end();
    let is_row = |row: &str| row.len() > 2 && row.starts_with('|') && row.ends_with('|') && !is_rule(row);
    if opened.before.is_empty() && is_row(content) && is_row(after) {
        let cells = content.matches('|').count() - content.matches("\\|").count() - 1;
        let (header, rule) = ("|   ".repeat(cells), "|---".repeat(cells));
        edits.push((start..start, format!("{header}|\n{prefix}{rule}|\n{prefix}")));
    }
}

/// Returns the head of a call-out of `MkDocs`, `!!! note "Title"`, as that of a quotation.
fn mkdocs_callout(content: &str) -> Option<String> {
    let head = content.strip_prefix("!!! ").or_else(|| content.strip_prefix("??? "));
    let head = head.or_else(|| content.strip_prefix("???+ "))?;
    let (words, title) = head.split_once('"').map_or((head, ""), |(words, title)| (words, title));
    let kind =
        words.split_whitespace().next().filter(|kind| kind.bytes().all(|b| b.is_ascii_alphabetic()))?;
    Some(format!("> [!{kind}] {}\n>", title.trim_end_matches('"')))
}

/// Returns whether a line is the opening tag of a component and nothing else.
fn is_component_alone(content: &str) -> bool {
    let tag = content.strip_prefix('<').and_then(|tag| tag.strip_suffix('>'));
    tag.is_some_and(|tag| {
        let name = tag.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).next().unwrap_or_default();
        is_component(name) && !tag.ends_with('/') && !tag.contains(['<', '>'])
    })
}

/// Returns whether a block consists of imports and exports of MDX.
fn is_statement(block: &str) -> bool {
    let end = block.strip_suffix(';').unwrap_or(block);
    if let Some(imported) = block.strip_prefix("import ") {
        let names_file =
            [" from '", " from \"", "} from '", "} from \""].iter().any(|from| imported.contains(from));
        return end.ends_with(['\'', '"']) && (names_file || imported.starts_with(['\'', '"']));
    }
    let exports = ["const ", "let ", "var ", "function ", "default ", "async ", "class ", "{", "* from"];
    block.strip_prefix("export ").is_some_and(|exported| {
        exports.iter().any(|start| exported.starts_with(start))
            && exported.contains(['=', '(', '{', '*'])
            && end.ends_with(['}', ')', ']', '\'', '"', '>', '`']) | block.ends_with(';')
    })
}

/// Returns the name and file of a picture that MDX imports.
fn imported_picture(statement: &str) -> Option<(&str, &str)> {
    let (name, file) = statement.strip_prefix("import ")?.split_once(" from ")?;
    let file = file.trim_end_matches(';').trim_matches(['\'', '"']);
    is_picture_name(file).then_some((name.trim(), file))
}

/// Makes a fenced block of display math whose signs start and end lines: what is between them may look like any
/// Markdown.
fn display_math<'s>(
    source: &'s str,
    (start, content): (usize, &'s str),
    opened: &mut Opened<'s>,
    code: &Code<'s>,
    edits: &mut Edits,
) {
    match opened.math {
        Some((from, alone)) if content.ends_with("$$") && !code.contains(start) => {
            let at = start + content.len() - 2;
            let fence = "`".repeat(longest_backtick_run(&source[from..at]).max(2) + 1);
            let line_end = |from| format!("\n{}", line_before(source, from));
            let head_end = if alone { String::new() } else { line_end(from - 2) };
            let tail_start = if content == "$$" { String::new() } else { line_end(start) };
            edits.push((from - 2..from, format!("{fence}math{head_end}")));
            edits.push((at..at + 2, format!("{tail_start}{fence}")));
            opened.math = None;
        }
        Some((_, false)) if content.is_empty() => opened.math = None,
        None if content.starts_with("$$") && !content[2..].contains("$$") && !code.contains(start) => {
            opened.math = Some((start + 2, content == "$$"));
        }
        _ => {}
    }
}

/// Adds to `edits` the marks of Obsidian (`==marked==`) and what emphasis needs beside letters of East Asia. Returns
/// where notes within a text, `^[words]`, have their words.
pub(super) fn marks(source: &str, code: &Code<'_>, edits: &mut Edits) -> Vec<Range<usize>> {
    let bytes = source.as_bytes();
    let mut notes = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let (mut at, mut last_star) = (0, 0);
    while let Some(found) = memchr::memchr3(b'*', b'=', b'^', &bytes[at..]).map(|found| at + found) {
        let length = bytes[found..].iter().take_while(|byte| **byte == bytes[found]).count();
        at = found + length;
        let before = source[..found].chars().next_back();
        let after = source[at..].chars().next();
        match bytes[found] {
            b'*' if before != Some('\\') => {
                if memchr::memmem::find(&bytes[last_star..found], b"\n\n").is_some() {
                    open.clear();
                }
                last_star = found;
                if let Some(joint) =
                    emphasis(length, before, after, &mut open).filter(|_| !code.contains(found))
                {
                    let joint = if joint { found } else { at };
                    edits.push((joint..joint, JOINT.to_owned()));
                }
            }
            b'=' if length == 2 && is_open_mark(before, after) => {
                let inner = source[at..].split("==").next().unwrap_or_default();
                count_searched(inner.len());
                let end = at + inner.len();
                let behind = source[end..].trim_start_matches('=').chars().next();
                let closes = source[end..].starts_with("==")
                    && !source[end..].starts_with("===")
                    && !inner.ends_with(char::is_whitespace)
                    && !inner.contains("\n\n")
                    && !behind.is_some_and(|c| c.is_ascii_alphanumeric());
                if closes && !code.contains(found) && !code.contains(end) {
                    edits.extend([(found..at, String::new()), (end..end + 2, String::new())]);
                }
                at = if closes { end + 2 } else { end };
            }
            b'^' if length == 1 && after == Some('[') && before != Some('\\') => {
                let Some(inner) = note_words(&source[at + 1..]) else { continue };
                let attached = before.is_some_and(|c| c.is_alphanumeric() || ".,;:!?)\"”’*".contains(c));
                if (inner.contains(' ') || attached) && !code.contains(found) {
                    let end = at + 1 + inner.len();
                    edits.push((found..end + 1, format!("[^inline-{}]", notes.len())));
                    notes.push(at + 1..end);
                    at = end + 1;
                }
            }
            _ => {}
        }
    }
    notes
}

/// Returns whether two equality signs between these characters may open marked text.
fn is_open_mark(before: Option<char>, after: Option<char>) -> bool {
    !after.is_none_or(char::is_whitespace)
        && before.is_none_or(|c| !c.is_ascii_alphanumeric() && !"\\=!<>/?&$`".contains(c))
}

/// Returns the words of a note up to the bracket that closes it.
fn note_words(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        count_searched(1);
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(&text[..at]).filter(|words| !words.trim().is_empty()),
            ']' => depth -= 1,
            '^' | '{' if text[at + 1..].starts_with(['[', '{', '%']) => return None,
            '\n' if text[at + 1..].starts_with('\n') => return None,
            _ => {}
        }
    }
    None
}

/// Reads a run of stars between two characters. Returns where it needs a joint: `true` before it, `false` after it.
fn emphasis(length: usize, before: Option<char>, after: Option<char>, open: &mut Vec<usize>) -> Option<bool> {
    let blank = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_sign = |c: Option<char>| c.is_some_and(|c| !c.is_alphanumeric() && !c.is_whitespace());
    let closing = open.iter().rposition(|opened| *opened == length).filter(|_| !blank(before));
    match closing {
        Some(index) => open.truncate(index),
        None if blank(after) => return None,
        None => open.push(length),
    }
    match closing {
        Some(_) if is_sign(before) && after.is_some_and(is_east_asian) => Some(false),
        None if is_sign(after) && before.is_some_and(is_east_asian) => Some(true),
        _ => None,
    }
}

/// Returns whether `c` is a letter of Chinese, Japanese or Korean, which are written without spaces between words.
fn is_east_asian(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fff}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{318f}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}
