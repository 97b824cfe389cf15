//! Containers: call-outs, tabs, cards, figures and verse between fences of colons, slashes or backticks.

use super::blocks::{Container, Line, Rewriter, content, split_name};
use super::meaning::directive;
use super::{HIDDEN, is_hidden, is_one};

impl Line<'_> {
    /// Returns whether it is a fence of two colons.
    fn is_nuxt(&self) -> bool {
        self.content.starts_with("::") && !self.content.starts_with(":::")
    }
}

impl<'s> Rewriter<'s, '_> {
    /// Reads a line that may be the fence of a container. Returns `false` if it is not.
    pub(super) fn fence(&mut self, line: Line<'s>) -> bool {
        let Some((kind, title)) = fence(line.content) else { return false };
        let containers = &mut self.containers[usize::from(line.is_nuxt())];
        if kind.is_empty() && containers.is_empty() || self.code.in_code(line.start) {
            return false;
        }
        if !kind.is_empty() {
            containers.push(Container { fence: line, kind, title });
            return true;
        }
        let Some(container) = containers.pop() else { return false };
        self.close(&container, line);
        true
    }

    /// Reads a call-out or figure in the form of code: `{note} Title` of `MyST`, or `ad-note` of a plugin of Obsidian. Of
    /// Pandoc's blocks for one format, `{=html}` is read, and the others are removed.
    pub(super) fn fenced(&mut self, line: Line<'s>) -> Option<()> {
        let is_known = |kind| is_one("call-out", kind) || is_one("unshown", kind) || matches!(kind, "figure" | "image");
        let directive = line.content.trim_matches(['`', ' ']);
        let format = directive.strip_prefix("{=").or(directive.strip_prefix("{only} "));
        let raw = format.map(|format| if format.starts_with("html") { ("html", "") } else { ("hidden", "") });
        let (kind, title) = raw.or_else(|| fence(line.content).filter(|(kind, _)| is_known(kind)))?;
        let range = self.code.block_at(line.start).filter(|range| range.start >= line.at)?;
        let end = self.source[..range.end].trim_end().len();
        let at = self.source[..end].rfind('\n')? + 1;
        let start = end - content(&self.source[at..end]).len();
        let closing = Line { source: self.source, at, end, start, content: &self.source[start..end] };
        let is_closed = at > line.end && closing.content.bytes().all(|byte| byte == b'`');
        is_closed.then(|| self.close(&Container { fence: line, kind, title }, closing))
    }

    /// Replaces the first and the last line of a container, and its options.
    fn close(&mut self, container: &Container<'s>, line: Line<'s>) {
        let Container { fence: opening, kind, mut title } = *container;
        // An HTML quotation can contain any Markdown and end between any two lines. Other containers only lay out a page.
        let (mut head, mut tail) = (String::new(), String::new());
        if is_hidden(kind, opening.content) {
            return self.edits.remove_with_notice(opening.start..line.end, Some(HIDDEN.to_owned()));
        }
        let (prefix, below) = (opening.prefix(), &self.source[opening.end..line.at]);
        let properties = properties(below);
        let mut rows = below[properties.unwrap_or(0)..].split_inclusive('\n');
        let is_option = |row: &&str| {
            let option = content(row).strip_prefix(if opening.content.contains("`ad-") { "" } else { ":" });
            option.and_then(|option| option.split_once(':')).is_some_and(|(key, _)| is_one("option", key))
        };
        let ahead = properties.unwrap_or(0) + rows.next().map_or(0, str::len);
        let options: usize = rows.take_while(is_option).map(str::len).sum();
        // The last line keeps its end.
        let length = below[..ahead + options].trim_end_matches(['\n', '\r']).len();
        let (_, attributes) = opening.content.split_once('{').unwrap_or_default();
        let mut arguments = attributes.replace('}', " ") + " ";
        for (key, value) in below[..length].lines().filter_map(|row| row.split_once(": ")) {
            let (key, value) = (key.trim_start_matches(['-', ':', '>', ' ']), value.trim_matches(['"', '\'', ' ']));
            title = if key == "title" { value } else { title };
            arguments += &format!("{key}=`{value}` ");
        }
        while let Some(slot) = self.slots.pop_if(|slot| opening.is_nuxt() && slot.start > opening.start) {
            self.edits.remove(slot);
        }
        if matches!(kind, "figure" | "image") {
            arguments += &format!("src=`{title}`");
        } else if !opening.is_nuxt() && properties.is_none() && !attributes.contains("to=\"") {
            arguments.clear();
        }
        title = if arguments.is_empty() { title } else { "" };
        let name = if is_one("call-out", kind) { "" } else { kind };
        let words = directive(name, &arguments).filter(|_| !arguments.is_empty());
        if kind == "verse" || kind == "poem" {
            self.edits.break_lines(self.source, opening.end..line.at);
        } else if is_one("layout", kind) {
            head = format!("**{title}**\n{prefix}").replace("****", "");
        } else if !title.is_empty() || is_one("call-out", kind) {
            head = format!("<blockquote>\n{prefix}\n{prefix}[!{kind}] {title}\n{prefix}");
            tail = format!("</blockquote>\n{}", line.prefix());
        }
        head += &words.map(|words| format!("\n{prefix}{words}\n{prefix}")).unwrap_or_default();
        self.edits.replace(opening.start..opening.end + length, head);
        self.edits.replace(line.start..line.end, tail);
    }
}

/// Returns the kind and title of a container, both empty for its last line.
fn fence(line: &str) -> Option<(&str, &str)> {
    let sign = [":::", "///", "```", "::"].into_iter().find(|sign| line.starts_with(sign))?;
    let rest = line.trim_start_matches([':', '/', '`']).trim();
    if rest.is_empty() {
        return Some(("", ""));
    }
    let is_text = line[2..].starts_with(' ') || !split_name(rest).1.is_empty() && !rest.ends_with(['}', ']']);
    if sign == "::" && is_text {
        return None;
    }
    // `{note} Title`, as in `MyST`.
    let braced = rest.strip_prefix('{').filter(|rest| rest.starts_with(char::is_alphabetic));
    let braced = braced.and_then(|rest| rest.split_once('}')).filter(|(kind, _)| !kind.contains([' ', '=']));
    if let Some((kind, title)) = braced {
        return Some((kind.rsplit(':').next()?, title.trim()));
    }
    if sign == "```" {
        let (kind, title) = split_name(rest.strip_prefix("ad-")?);
        return Some((kind, title.trim()));
    }
    let (kind, rest) = split_name(rest);
    if sign == "///" {
        // Blocks of Python-Markdown have their title after a bar; slashes in prose have none.
        let title = rest.trim().strip_prefix('|').map_or("", str::trim);
        let is_known = kind == "html" || is_one("call-out", kind) || is_one("layout", kind);
        return is_known.then_some((kind, if kind == "html" { "" } else { title }));
    }
    // Pandoc allows colons at the end of the line.
    let rest = rest.trim().trim_end_matches(':').trim();
    let (rest, attributes) = match rest.split_once('{') {
        Some((before, attributes)) if attributes.ends_with('}') => (before.trim(), attributes),
        _ => (rest, ""),
    };
    let bracketed = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let quoted = attributes.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"'));
    let title = quoted.map_or(bracketed.map_or(rest, str::trim), |(title, _)| title);
    // `{.note title="Title"}`, `{.callout-note}`: the kind is a class. Without one, a container is for the layout.
    let class = attributes.split([' ', '}']).find_map(|word| word.strip_prefix('.'));
    let class = class.or(Some("group").filter(|_| !attributes.is_empty()));
    let kind = Some(kind).filter(|kind| !kind.is_empty()).or(class.map(|class| split_name(class).0))?;
    let kind = kind.strip_prefix("callout-").unwrap_or(kind);
    kind.starts_with(char::is_alphabetic).then_some((kind, title))
}

/// Returns the length of the properties of a component of Nuxt, YAML between dashes, in what is below its fence.
fn properties(below: &str) -> Option<usize> {
    let inner = below.trim_start().strip_prefix("---")?.trim_start();
    let is_key = |text: &str| text.split_once(':').is_some_and(|(key, _)| !key.contains([' ', '\n']));
    let end = inner.find("---").filter(|_| is_key(inner))?;
    Some(below.len() - inner.len() + end + 3)
}
