//! Removes statements of MDX and turns attributes in JSX form, `name={…}`, into those of HTML.

use std::ops::Range;

use super::super::source::{count_searched, is_picture_name};
use super::{Edits, HIDDEN, Ranges};
use crate::markup::lines;
use crate::problem::floor_char_boundary;

/// The length in bytes of the longest statement or tag that is read. It bounds the search for their ends.
pub(super) const MAX_LENGTH: usize = 8_000;

/// The comments between which Dendron publishes nothing.
const LOCAL_ONLY: [&str; 2] = ["<!--LOCAL_ONLY_START-->", "<!--LOCAL_ONLY_END-->"];

/// Returns the end of the block at `start`, and whether it consists of imports and exports of MDX, and of remarks.
pub(super) fn statements(source: &str, start: usize) -> (usize, bool) {
    let text = &source[start..floor_char_boundary(source, start + MAX_LENGTH)];
    let (mut length, mut depth, mut are_statements) = (0, 0, true);
    for line in text.split_inclusive('\n') {
        // An object or a function may contain empty lines.
        if depth <= 0 && line.trim().is_empty() {
            break;
        }
        let continues = depth > 0 || line.starts_with([' ', '\t', '}', ')', ']', '/']);
        are_statements &= continues || starts_statement(line.trim_end());
        let count = |signs: [char; 3]| i32::try_from(line.matches(signs).count()).unwrap_or(0);
        depth += count(['{', '(', '[']) - count(['}', ')', ']']);
        length += line.len();
    }
    count_searched(length);
    (start + length, are_statements && depth <= 0)
}

fn starts_statement(line: &str) -> bool {
    if let Some(imported) = line.strip_prefix("import ") {
        let names_file = imported.contains("from '") || imported.contains("from \"");
        let is_whole = line.trim_end_matches(';').ends_with(['\'', '"']);
        let is_open = imported.contains('{') && line.ends_with(['{', ',']);
        return is_open || is_whole && (names_file || imported.starts_with(['\'', '"']));
    }
    let Some(exported) = line.strip_prefix("export ") else { return false };
    let starts = |words: &[&str]| words.iter().any(|start| exported.starts_with(start));
    exported.contains(['=', '(', '{', '*'])
        && (starts(&["const ", "let ", "var "])
            || starts(&["function ", "default ", "async ", "class ", "{", "* from"])
                && line.ends_with(|c: char| c.is_ascii_punctuation() && c != '.'))
}

pub(super) fn imported_picture(statement: &str) -> Option<(&str, &str)> {
    let (name, file) = statement.strip_prefix("import ")?.split_once(" from ")?;
    let file = file.trim_end_matches(';').trim_matches(['\'', '"']);
    is_picture_name(file).then_some((name.trim(), file))
}

/// Adds what changes in the tags of `source` to `edits`. `pictures` are the names and files of imported ones.
pub(super) fn tags(source: &str, code: &Ranges<'_>, pictures: &[(&str, &str)], edits: &mut Edits) {
    let bytes = source.as_bytes();
    let (mut from, mut has_component, mut may_be_unseen) = (0, false, true);
    while let Some(at) = memchr::memchr(b'<', &bytes[from..]).map(|found| from + found) {
        from = at + 1;
        if source[at..].starts_with(LOCAL_ONLY[0]) && !code.in_code(at) {
            let end = memchr::memmem::find(&bytes[at..], LOCAL_ONLY[1].as_bytes());
            from = end.map_or(source.len(), |end| at + end + LOCAL_ONLY[1].len());
            edits.remove_with_notice(at..from, Some(HIDDEN.to_owned()));
            continue;
        }
        let name_start = at + 1 + usize::from(bytes.get(from) == Some(&b'/'));
        let name = source[name_start..].split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).next().unwrap_or("");
        if name.is_empty() && bytes.get(name_start) == Some(&b'>') && !code.in_code(at) {
            // A fragment: a tag without a name.
            edits.remove(at..name_start + 1);
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let made = edits.0.len();
        if name.starts_with(|c: char| c.is_ascii_uppercase()) {
            has_component = has_component || !code.in_code(at);
            for (dot, _) in name.match_indices('.') {
                edits.replace(name_start + dot..name_start + dot + 1, "-");
            }
        }
        let end = attributes(source, name_start + name.len(), pictures, edits);
        let is_key = |at: usize| matches!(bytes[at..].strip_prefix(b" markdown"), Some([b'=' | b'>' | b' ', ..]));
        if let Ok(end) = end
            && memchr::memchr_iter(b' ', &bytes[at..end]).any(|space| is_key(at + space))
            && !code.in_code(at)
        {
            // kramdown and Python-Markdown read the content of such an element.
            edits.insert(end, "\n\n");
        }
        let unseen = end.ok().filter(|&end| may_be_unseen && is_unseen(&source[at..end]) && !code.in_code(at));
        let closing = unseen.map(|start| element_end(source, name, start));
        // Of elements that are never closed, one is searched for.
        may_be_unseen &= closing != Some(None);
        if let Some(end) = closing.flatten() {
            edits.0.truncate(made);
            edits.remove_with_notice(at..end, Some(HIDDEN.to_owned()));
            from = end;
            continue;
        }
        from = end.unwrap_or_else(|end| end.max(from));
        if end.is_err() || edits.0.len() > made && code.in_code(at) {
            edits.0.truncate(made);
        }
    }
    if has_component {
        code.parsed()[2].iter().for_each(|block| read_content(source, block, edits));
    }
}

/// Returns whether browsers do not show the element that `tag` starts.
fn is_unseen(tag: &str) -> bool {
    let parts: Vec<&str> = tag.trim_end_matches('>').split('"').collect();
    let mut pairs = parts.chunks(2).map(|pair| (pair[0], pair.get(1).copied().unwrap_or_default()));
    !tag.ends_with("/>")
        && pairs.any(|(names, value)| {
            let is_it = |name| name == "hidden" || name == "hidden=" && value != "until-found";
            let is_style = names.ends_with("style=");
            names.split_whitespace().any(is_it) || is_style && value.replace(' ', "").contains("display:none")
        })
}

/// Returns the end of the element `name` whose content starts at `start`. Elements of one name may nest.
fn element_end(source: &str, name: &str, start: usize) -> Option<usize> {
    if ["img", "input"].contains(&name) {
        return Some(start);
    }
    let mut open = 1;
    let is_it = |tag: &str| tag.strip_prefix(name).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    source[start..].match_indices('<').find_map(|(at, _)| {
        let tag = &source[start + at + 1..];
        open += i32::from(is_it(tag)) - i32::from(tag.strip_prefix('/').is_some_and(is_it));
        (open == 0).then(|| start + at + 1 + tag.find('>').map_or(tag.len(), |end| end + 1))
    })
}

/// Makes a `block` of HTML inline if Markdown is in it, which MDX reads: behind another element, a tag starts no block.
fn read_content(source: &str, block: &Range<usize>, edits: &mut Edits) {
    let text = &source[block.clone()];
    let is_program = ["<script", "<style", "<!"].iter().any(|start| text.starts_with(start));
    if is_program || !["](", "**", "`"].iter().any(|mark| text.contains(mark)) {
        return;
    }
    for (at, line) in lines(text) {
        let content = line.trim_start();
        if content.starts_with('<') {
            edits.insert(block.start + at + line.len() - content.len(), "<span></span>");
        }
    }
}

/// Adds the edits of a tag's attributes from `at` on. Returns the end of the tag, or as an error where the search ended.
fn attributes(source: &str, mut at: usize, pictures: &[(&str, &str)], edits: &mut Edits) -> Result<usize, usize> {
    let bytes = source.as_bytes();
    let limit = (at + MAX_LENGTH).min(bytes.len());
    let mut name_start = at;
    while at < limit {
        count_searched(1);
        match bytes[at] {
            b'>' => return Ok(at + 1),
            // A tag within a text about tags.
            b'<' => return Err(at),
            quote @ (b'"' | b'\'') if bytes[at - 1] == b'=' => {
                let end = memchr::memchr(quote, &bytes[at + 1..limit]).ok_or(limit)?;
                count_searched(end);
                at += end + 1;
            }
            b'{' => {
                let end = expression_end(&bytes[..limit], at).ok_or(limit)?;
                let is_value = bytes[at - 1] == b'=';
                // An empty line would end the tag.
                let value = value(source[at + 1..end].trim(), pictures);
                let value = value.filter(|value| is_value && !value.contains("\n\n"));
                let blank = source[..name_start].len() - source[..name_start].trim_end().len();
                let start = if is_value && value.is_none() { name_start - blank } else { at };
                let quoted = value.map(|value| format!("\"{}\"", value.replace('"', "&quot;")));
                edits.replace(start..end + 1, quoted.unwrap_or_default());
                at = end;
            }
            // Names of events and slots of Vue are no names of attributes of HTML.
            b'@' | b'#' if bytes[at - 1].is_ascii_whitespace() => edits.replace(at..at + 1, "v-"),
            byte if byte.is_ascii_whitespace() => name_start = at + 1,
            _ => {}
        }
        at += 1;
    }
    Err(limit)
}

/// Returns the brace that closes the one at `start`, neither of them in a string.
fn expression_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        count_searched(1);
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'"' | b'\'' | b'`') => quote = Some(*byte),
            (None, b'{') => depth += 1,
            (None, b'}') if depth == 1 => return Some(at),
            (None, b'}') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn value<'s>(expression: &'s str, pictures: &[(&str, &'s str)]) -> Option<&'s str> {
    let call =
        ["require(", "useBaseUrl(", "withBase(", "import("].iter().find_map(|name| expression.strip_prefix(name));
    let text = call.unwrap_or(expression);
    if let Some(quote @ ('"' | '\'' | '`')) = text.chars().next() {
        let (text, rest) = text[1..].split_once(quote)?;
        return (!text.contains("${") && (call.is_some() || rest.is_empty())).then_some(text);
    }
    if expression.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(expression);
    }
    let name = expression.strip_suffix(".src").unwrap_or(expression);
    pictures.iter().find(|(picture, _)| *picture == name).map(|(_, file)| *file)
}
