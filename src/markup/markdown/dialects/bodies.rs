//! Unindents the bodies of call-outs and tabs of `MkDocs` and of components of MDX, and joins the lines of tags.

use super::super::html::is_component;
use super::mdx::MAX_LENGTH;
use super::{Edits, is_list_marker};
use crate::markup::lines;

struct Body {
    /// The columns of white space before its lines.
    indent: usize,
    /// What its lines start with instead.
    lead: String,
    /// Whether it is in an item of a list.
    in_list: bool,
}

/// Returns the edits that remove the indentation of all bodies in `source`.
pub(super) fn unindent(source: &str) -> Edits {
    let mut edits = Edits::default();
    let mut bodies: Vec<Body> = Vec::new();
    let mut fence: Option<&str> = None;
    let mut in_list = false;
    let mut lines = lines(source);
    while let Some((at, line)) = lines.next() {
        let content = line.trim_start_matches([' ', '\t']);
        if content.trim_end().is_empty() {
            let lead = bodies.last().map_or("", |body| body.lead.trim_end());
            edits.insert(at, lead);
            continue;
        }
        let (_, indent) = indentation(line, usize::MAX);
        while let Some(body) = bodies.pop_if(|body| indent < body.indent) {
            (fence, in_list) = (None, body.in_list);
            if body.lead.ends_with("> ") {
                let outer = bodies.last().map_or("", |outer| outer.lead.trim_end());
                edits.insert(at, format!("{outer}\n"));
            }
        }
        let (outer, lead) = bodies.last().map_or((0, ""), |body| (body.indent, &*body.lead));
        if outer > 0 {
            edits.replace(at..at + indentation(line, outer).0, lead);
        }
        let is_item = content.split_once(' ').is_some_and(|(marker, _)| is_list_marker(marker));
        in_list = is_item || in_list && indent > outer;
        match fence {
            Some(open) if content.starts_with(open) => fence = None,
            None if content.starts_with("```") || content.starts_with("~~~") => {
                let length = content.len() - content.trim_start_matches(&content[..1]).len();
                fence = Some(&content[..length]);
            }
            None if in_list || indent < outer + 4 => {
                let lead = format!("{lead}{}", " ".repeat(indent - outer));
                let start = at + line.len() - content.len();
                let end = join_tag(&mut lines, start, content, &mut edits);
                let content = &source[start..end];
                let next = lines.clone().find(|(_, next)| !next.trim().is_empty());
                let next = next.map(|(_, next)| indentation(next, usize::MAX).1);
                // A tab may be empty.
                let is_head = |(_, sign): &(_, &str)| sign.is_empty() || next >= Some(indent + 4);
                if let Some((head, sign)) = head(content).filter(is_head) {
                    let lead = format!("{lead}{sign}");
                    edits.replace(end - content.len()..end, format!("{head}\n{}", lead.trim_end()));
                    bodies.push(Body { indent: indent + 4, lead, in_list: std::mem::take(&mut in_list) });
                } else if let Some(next) = next.filter(|_| is_component_alone(content.trim_end())) {
                    edits.insert(end, format!("\n{}", lead.trim_end()));
                    if next > indent {
                        bodies.push(Body { indent: next, lead, in_list: std::mem::take(&mut in_list) });
                    }
                }
            }
            _ => {}
        }
    }
    edits
}

/// Joins the lines of the tag that the line with `content` starts: the parser takes one that has only its closing
/// bracket for a quotation, and text behind several lines for their paragraph. Returns the end of the last line.
fn join_tag<'s>(
    lines: &mut (impl Iterator<Item = (usize, &'s str)> + Clone),
    start: usize,
    content: &str,
    edits: &mut Edits,
) -> usize {
    let mut end = start + content.len();
    if !is_open_tag(content) {
        return end;
    }
    let belongs = |(at, line): &(usize, &str)| at - start < MAX_LENGTH && !line.trim_start().starts_with('<');
    let mut ahead = lines.clone().take_while(belongs).enumerate();
    let last = ahead.find(|(_, (_, line))| line.trim().is_empty() || ends_tag(line.trim_end()));
    let Some((index, _)) = last.filter(|(_, (_, line))| ends_tag(line.trim_end())) else { return end };
    for (at, line) in lines.take(index + 1) {
        edits.replace(end..at + line.len() - line.trim_start().len(), " ");
        end = at + line.len();
    }
    end
}

fn is_open_tag(content: &str) -> bool {
    let mut parts = content.split_inclusive('>');
    matches!(content.as_bytes(), [b'<', name, ..] if name.is_ascii_alphabetic()) && !parts.any(ends_tag)
}

/// Returns whether `text` ends with a bracket that is not part of an arrow, the sign of functions.
fn ends_tag(text: &str) -> bool {
    text.ends_with('>') && !text.ends_with("=>")
}

/// Returns whether the first line of `content` may be the head of a body or the first of several lines of a tag.
pub(super) fn may_be_head(content: &str) -> bool {
    match content.as_bytes() {
        [b'<', name, ..] if name.is_ascii_alphabetic() => {
            let line = content.lines().next().unwrap_or_default();
            name.is_ascii_uppercase() || is_open_tag(line) || is_component_alone(line.trim_end())
        }
        [first @ (b'!' | b'?' | b'='), rest @ ..] => rest.starts_with(&[*first; 2]),
        _ => false,
    }
}

/// Returns the bytes of white space before `line` that make at least `most` columns, and the columns; a tab has four.
fn indentation(line: &str, most: usize) -> (usize, usize) {
    let (mut length, mut columns) = (0, 0);
    for byte in line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')) {
        if columns >= most {
            break;
        }
        length += 1;
        columns += if byte == b'\t' { 4 } else { 1 };
    }
    (length, columns)
}

/// Returns the head of a call-out, `!!! note "A"`, or of a tab, `=== "A"`, in Markdown, and what its lines start with.
fn head(content: &str) -> Option<(String, &'static str)> {
    let title = |text: &str| text.trim().trim_matches('"').replace("\\\"", "\"");
    if let Some(tab) = ["=== \"", "===! \"", "===+ \""].iter().find_map(|sign| content.strip_prefix(sign)) {
        return Some((format!("**{}**", title(tab)), ""));
    }
    let rest = ["!!! ", "???+ ", "??? "].iter().find_map(|sign| content.strip_prefix(sign))?;
    let (words, quoted) = rest.split_once('"').unwrap_or((rest, ""));
    let is_kind = |kind: &&str| kind.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    let kind = words.split_whitespace().next().filter(is_kind)?;
    Some((format!("> [!{kind}] {}", title(quoted)), "> "))
}

fn is_component_alone(content: &str) -> bool {
    let Some(tag) = content.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')) else { return false };
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let name = tag.split(char::is_whitespace).next().filter(is_name).unwrap_or_default();
    let is_custom = name.contains('-') || tag.contains(" className=") || tag.contains("={");
    !name.is_empty() && (is_component(name) || is_custom) && !tag.ends_with('/') && !tag.contains("</")
}
