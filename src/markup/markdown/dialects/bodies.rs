//! Takes the indentation off the bodies of call-outs and tabs of `MkDocs` and of components of MDX: their content is
//! Markdown, which would be code.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::super::html::is_component;
use super::Edits;
use crate::markup::Lines;

/// An indented body that is open.
struct Body {
    /// The columns of white space before its lines.
    indent: usize,
    /// What its lines start with instead.
    lead: String,
}

/// The signs that the heads of all bodies but components start with.
static HEADS: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| ["!!! ", "???", "==="].map(Finder::new));

/// Returns the edits that take the indentation off all bodies in `source`.
pub(super) fn unindent(source: &str) -> Edits {
    let mut edits = Edits::default();
    let bytes = source.as_bytes();
    let starts_component = |at: usize| {
        bytes.get(at + 1).is_some_and(u8::is_ascii_uppercase)
            && at.checked_sub(1).is_none_or(|before| bytes[before].is_ascii_whitespace())
    };
    let has_head = HEADS.iter().any(|head| head.find(bytes).is_some());
    if !has_head && !memchr::memchr_iter(b'<', bytes).any(starts_component) {
        return edits;
    }
    let mut bodies: Vec<Body> = Vec::new();
    let mut fence: Option<String> = None;
    let mut in_list = false;
    let mut lines = Lines::from(source, 0);
    while let Some((at, line)) = lines.next() {
        let content = line.trim_start_matches([' ', '\t']);
        if content.trim_end().is_empty() {
            let lead = bodies.last().map_or("", |body| body.lead.trim_end());
            edits.insert(at, lead);
            continue;
        }
        let indent = columns(line);
        while let Some(body) = bodies.pop_if(|body| indent < body.indent) {
            fence = None;
            if body.lead.ends_with("> ") {
                let outer = bodies.last().map_or("", |outer| outer.lead.trim_end());
                edits.insert(at, format!("{outer}\n"));
            }
        }
        let (outer, lead) = bodies.last().map_or((0, ""), |body| (body.indent, &*body.lead));
        if outer > 0 {
            edits.replace(at..at + width(line, outer), lead);
        }
        let marker = content.split_once(' ').map_or("", |(marker, _)| marker).trim_end_matches(['.', ')']);
        in_list = matches!(marker, "-" | "*" | "+") || is_number(marker) || in_list && indent > outer;
        let is_fence = content.starts_with("```") || content.starts_with("~~~");
        match &fence {
            Some(open) if content.starts_with(&**open) => fence = None,
            None if is_fence => {
                let sign = &content[..1];
                fence = Some(sign.repeat(content.len() - content.trim_start_matches(sign).len()));
            }
            None if in_list || indent < outer + 4 => {
                let next = lines.clone().find(|(_, next)| !next.trim().is_empty());
                let next = next.map(|(_, next)| columns(next));
                let lead = format!("{lead}{}", " ".repeat(indent - outer));
                let start = at + line.len() - content.len();
                if let Some((head, sign)) = head(content).filter(|_| next >= Some(indent + 4)) {
                    let lead = format!("{lead}{sign}");
                    edits.replace(start..at + line.len(), format!("{head}\n{}", lead.trim_end()));
                    bodies.push(Body { indent: indent + 4, lead });
                } else if let Some(next) = next.filter(|_| is_component_alone(content.trim_end())) {
                    edits.insert(at + line.len(), format!("\n{}", lead.trim_end()));
                    if next > indent {
                        bodies.push(Body { indent: next, lead });
                    }
                }
            }
            _ => {}
        }
    }
    edits
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the width of the white space before `line`, where a tab counts four columns.
fn columns(line: &str) -> usize {
    line.bytes()
        .map_while(|byte| [(b' ', 1), (b'\t', 4)].into_iter().find(|(blank, _)| *blank == byte))
        .map(|(_, width)| width)
        .sum()
}

/// Returns the bytes of the white space before `line` that make at least `columns`.
fn width(line: &str, columns: usize) -> usize {
    let mut left = columns;
    let blanks = line.bytes().take_while(|byte| {
        let more = left > 0;
        left = left.saturating_sub(if *byte == b'\t' { 4 } else { 1 });
        more
    });
    blanks.count()
}

/// Returns the head of a call-out, `!!! note "Title"`, as that of a quotation, or that of a tab, `=== "Title"`; and what the lines
/// of its body start with.
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

/// Returns whether a line is the opening tag of a component and nothing else.
fn is_component_alone(content: &str) -> bool {
    let tag = content.strip_prefix('<').and_then(|tag| tag.strip_suffix('>'));
    tag.is_some_and(|tag| {
        let name = tag.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).next().unwrap_or_default();
        is_component(name) && !tag.ends_with('/') && !tag.contains("</")
    })
}
