//! Rewrites constructs of dialects that start lines, and shields lines that the parser takes for more than any dialect
//! does.

use memchr::memmem;

use super::super::{MarkdownOptions, Shortcodes};
use super::{Edits, Ranges, longest_backtick_run, mdx};
use crate::markup::Lines;

/// The kinds of call-outs that are recognised without a title.
const ALERTS: &str = "abstract aside attention bug caution danger error example failure fail hint important info note \
                      question quote success summary tip todo update warning";

/// The kinds of containers whose title stands before their content.
const LAYOUT: &str = "details tab tab-item group card step steps caption";

/// The most imported pictures of one text: each line with a picture searches them.
const MAX_PICTURES: usize = 100;

/// A line of the source.
#[derive(Clone, Copy)]
struct Line<'s> {
    /// Its range, without the line end.
    at: usize,
    end: usize,
    /// White space and marks of quotations before its content.
    prefix: &'s str,
    /// The offset of its content.
    start: usize,
    content: &'s str,
    /// The text from the next line on.
    rest: &'s str,
}

impl<'s> Line<'s> {
    /// Returns the next line.
    fn after(&self) -> &'s str {
        Lines::from(self.rest, 0).next().map_or("", |(_, line)| line)
    }
}

/// A container fenced with colons that is still open, a syntax of Docusaurus, `VuePress`, Astro and Pandoc.
struct Container<'s> {
    fence: Line<'s>,
    kind: &'s str,
    /// In Markdown, often empty.
    title: &'s str,
}

/// Adds to `edits` what changes at the lines of `source`.
pub(super) fn rewrite<'s>(source: &'s str, code: &Ranges<'s>, options: MarkdownOptions, edits: &mut Edits) {
    let mut rewriter = Rewriter {
        source,
        code,
        options,
        edits,
        before: "",
        in_note: false,
        has_math: options.math && memmem::find(source.as_bytes(), b"$$").is_some(),
        math: None,
        statements_end: 0,
        searched: 0,
        pictures: Vec::new(),
        containers: Vec::new(),
    };
    let mut lines = Lines::from(source, 0);
    while let Some((at, line)) = lines.next() {
        let is_prefix = |byte: &u8| matches!(byte, b' ' | b'\t' | b'>');
        let start = at + line.bytes().take_while(is_prefix).count();
        let (prefix, content) = (&line[..start - at], line[start - at..].trim_end());
        let line = Line { at, end: at + line.len(), prefix, start, content, rest: &source[lines.at()..] };
        rewriter.line(line);
        rewriter.before = content;
    }
    while let Some(container) = rewriter.containers.pop() {
        rewriter.shield_colon(container.fence);
    }
    if options.shortcodes == Shortcodes::Strip {
        let pictures = std::mem::take(&mut rewriter.pictures);
        mdx::tags(source, code, &pictures, edits);
    }
}

struct Rewriter<'s, 'e> {
    source: &'s str,
    code: &'e Ranges<'s>,
    options: MarkdownOptions,
    edits: &'e mut Edits,
    /// The content of the line before.
    before: &'s str,
    /// Whether that line belongs to the definition of a footnote.
    in_note: bool,
    has_math: bool,
    /// The line that opens display math, and the offset after its signs.
    math: Option<(Line<'s>, usize)>,
    /// The end of the last statements of MDX, and that of the last search for their end.
    statements_end: usize,
    searched: usize,
    /// The names of imported pictures and their files.
    pictures: Vec<(&'s str, &'s str)>,
    containers: Vec<Container<'s>>,
}

impl<'s> Rewriter<'s, '_> {
    fn line(&mut self, line: Line<'s>) {
        let keeps = self.options.shortcodes == Shortcodes::Keep;
        let (start, content) = (line.start, line.content);
        match content.as_bytes().first() {
            Some(b':' | b'/') if !keeps && self.fence(line) => {}
            Some(b':') => self.shield_colon(line),
            Some(b'[') if self.in_note && is_definition(content) => {
                self.edits.insert(start, format!("\n{}", line.prefix));
            }
            _ if keeps => {}
            Some(b'|') => self.table_row(line),
            Some(b'#') => self.heading(line),
            Some(b'i' | b'e')
                if self.before.is_empty() && line.prefix.is_empty() && line.at >= self.searched =>
            {
                match mdx::statements_end(self.source, line.at) {
                    Ok(end) if !self.code.in_code(line.at) => self.statements_end = end,
                    Ok(end) | Err(end) => self.searched = end,
                }
            }
            Some(b'[' | b'-') if is_place_for_contents(content) && !self.code.in_code(start) => {
                self.edits.remove(start..line.end);
            }
            _ => {}
        }
        if line.at < self.statements_end {
            if self.pictures.len() < MAX_PICTURES {
                self.pictures.extend(mdx::imported_picture(content));
            }
            self.edits.remove(line.at..line.end);
        }
        if self.has_math && !keeps {
            self.display_math(line);
        }
        let in_note = self.in_note || content.starts_with("[^") && content.contains("]:");
        self.in_note = in_note && !content.is_empty() && !is_definition(content);
    }

    /// Reads a line that starts with colons. Returns `false` if it is no fence of a container.
    fn fence(&mut self, line: Line<'s>) -> bool {
        let Some((kind, title)) = fence(line.content) else { return false };
        if self.code.in_code(line.start) {
            return false;
        }
        if !kind.is_empty() {
            self.containers.push(Container { fence: line, kind, title });
            return true;
        }
        let Some(Container { fence: opening, kind, title }) = self.containers.pop() else { return false };
        // An HTML quotation can contain any Markdown and end between any two lines. Other containers only lay out a page.
        let (mut head, mut tail) = (String::new(), String::new());
        let prefix = opening.prefix;
        if kind == "verse" || kind == "poem" {
            self.edits.break_lines(self.source, opening.end..line.at);
        } else if !is_alert(kind) && LAYOUT.split(' ').any(|layout| layout == kind) {
            head = format!("**{title}**\n{prefix}").replace("****", "");
        } else if !title.is_empty() || is_alert(kind) {
            head = format!("<blockquote>\n{prefix}\n{prefix}[!{kind}] {title}\n{prefix}");
            tail = format!("</blockquote>\n{}", line.prefix);
        }
        self.edits.replace(opening.start..opening.end, head);
        self.edits.replace(line.start..line.end, tail);
        true
    }

    /// Shields a colon that starts a line and no definition: those need white space after it. Within a code span, which
    /// the parser would end here, the lines are joined.
    fn shield_colon(&mut self, line: Line<'s>) {
        let start = line.start;
        if !self.options.definition_lists {
        } else if !self.code.in_code(start) {
            if !self.source[start + 1..].starts_with([' ', '\t']) {
                self.edits.insert(start, "\\");
            }
        } else if !self.code.in_code_block(start) {
            let end = self.source[..line.at].trim_end_matches(['\n', '\r']).len();
            self.edits.replace(end..start, " ");
        }
    }

    /// Adds the header that a table of kramdown may lack, and turns the crosses of its rules into bars.
    fn table_row(&mut self, line: Line<'s>) {
        let (start, row, prefix) = (line.start, line.content, line.prefix);
        let is_rule = |row: &str| row.bytes().all(|byte| matches!(byte, b'|' | b'-' | b'+' | b':' | b' '));
        if self.before.starts_with('|') && is_rule(row) {
            if row.contains('+') && !self.code.in_code(start) {
                row.match_indices('+')
                    .for_each(|(at, _)| self.edits.replace(start + at..start + at + 1, "|"));
            }
            return;
        }
        let after = line.after().trim_start_matches([' ', '\t', '>']).trim_end();
        let bars = |row: &str| row.matches('|').count() - row.matches("\\|").count();
        let is_row = |row: &str| {
            let is_closed = row.len() > 2 && row.starts_with('|') && row.ends_with('|');
            (is_closed || row.starts_with("| ") && bars(row) > 1 && bars(row) == bars(after)) && !is_rule(row)
        };
        let is_first = is_rule(row) && row.contains("--") && row.len() > 4 && is_row(after);
        let is_table = self.before.is_empty() && is_row(after) && (is_first || is_row(row));
        if !is_table || self.code.in_code(start) {
        } else if is_first {
            let cells = row.matches(['|', '+']).count() - usize::from(row.ends_with('|'));
            let header = "|   ".repeat(cells);
            self.edits.insert(start, format!("{header}|\n{prefix}"));
            row.match_indices('+').for_each(|(at, _)| self.edits.replace(start + at..start + at + 1, "|"));
        } else {
            let cells = bars(row) - usize::from(row.ends_with('|'));
            let (header, rule) = ("|   ".repeat(cells), "|---".repeat(cells));
            self.edits.insert(start, format!("{header}|\n{prefix}{rule}|\n{prefix}"));
        }
    }

    /// Adds the space that Markdown before `CommonMark` did not need. A single sign may be a tag.
    fn heading(&mut self, line: Line<'s>) {
        let level = line.content.bytes().take_while(|byte| *byte == b'#').count();
        let is_apart = self.before.is_empty() && line.after().trim().is_empty();
        if is_apart
            && (2..=6).contains(&level)
            && line.content[level..].starts_with(char::is_alphabetic)
            && !self.code.in_code(line.start)
        {
            self.edits.insert(line.start + level, " ");
        }
    }

    /// Makes a fenced block of display math whose signs start and end lines: what is between them may look like any
    /// Markdown.
    fn display_math(&mut self, line: Line<'s>) {
        let start = line.start;
        // Quarto numbers equations: `$$ {#eq-1}`.
        let numbered = line.content.strip_suffix('}').and_then(|content| content.rsplit_once('{'));
        let content = match numbered {
            Some((before, _)) if before.trim_end().ends_with("$$") => before.trim_end(),
            _ => line.content,
        };
        match self.math {
            Some((opening, from)) if content.ends_with("$$") && !self.code.in_code(start) => {
                let at = start + content.len() - 2;
                let fence = "`".repeat(longest_backtick_run(&self.source[from..at]).max(2) + 1);
                let is_alone = opening.content == "$$";
                let head_end = if is_alone { String::new() } else { format!("\n{}", opening.prefix) };
                let tail_start = if content == "$$" { String::new() } else { format!("\n{}", line.prefix) };
                self.edits.replace(from - 2..from, format!("{fence}math{head_end}"));
                self.edits.replace(at..line.end, format!("{tail_start}{fence}"));
                self.math = None;
            }
            Some((opening, _)) if content.is_empty() && opening.content != "$$" => self.math = None,
            None if content.starts_with("$$")
                && !content[2..].contains("$$")
                && !self.code.in_code(start) =>
            {
                self.math = Some((line, start + 2));
            }
            _ => {}
        }
    }
}

/// Returns whether `kind` is that of an alert.
pub(super) fn is_alert(kind: &str) -> bool {
    ALERTS.split(' ').any(|alert| kind.eq_ignore_ascii_case(alert))
}

/// Returns the kind and title of a container, both empty for its last line.
fn fence(line: &str) -> Option<(&str, &str)> {
    let sign = [":::", "///"].into_iter().find(|sign| line.starts_with(sign))?;
    let rest = line.trim_start_matches([':', '/']).trim();
    if rest.is_empty() {
        return Some(("", ""));
    }
    let (kind, rest) = split_name(rest);
    if sign == "///" {
        // Blocks of Python-Markdown have their title behind a bar; slashes in prose have none.
        let title = rest.trim().strip_prefix('|').map_or("", str::trim);
        let is_known = is_alert(kind) || kind == "html" || LAYOUT.split(' ').any(|layout| layout == kind);
        return is_known.then_some((kind, if kind == "html" { "" } else { title }));
    }
    // Pandoc allows colons at the end of the line.
    let rest = rest.trim().trim_end_matches(':').trim();
    let (rest, attributes) = match rest.rsplit_once('{') {
        Some((before, attributes)) if attributes.ends_with('}') => (before.trim(), attributes),
        _ => (rest, ""),
    };
    let bracketed = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let title = bracketed.map_or(rest, str::trim);
    if !kind.is_empty() {
        return kind.starts_with(char::is_alphabetic).then_some((kind, title));
    }
    // `{.note title="Title"}`, `{.callout-note}`: the kind is a class.
    let class =
        attributes.trim_end_matches('}').split_whitespace().find_map(|word| word.strip_prefix('.'))?;
    let (class, _) = split_name(class);
    let kind = class.strip_prefix("callout-").unwrap_or(class);
    let quoted = attributes.split_once("title=\"").and_then(|(_, rest)| rest.split_once('"'));
    let title = quoted.map_or(title, |(title, _)| title);
    kind.starts_with(char::is_alphabetic).then_some((kind, title))
}

/// Splits the name of a kind or class off the start of `text`.
fn split_name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len());
    text.split_at(end)
}

/// Returns whether `content` is the definition of a link.
fn is_definition(content: &str) -> bool {
    let label = content.strip_prefix('[').filter(|label| !label.starts_with('^'));
    label.and_then(|label| label.split_once("]:")).is_some_and(|(label, rest)| {
        !label.contains(['[', ']']) && !label.trim().is_empty() && !rest.trim().is_empty()
    })
}

/// Returns whether a line is a place for a table of contents, or for another file.
fn is_place_for_contents(content: &str) -> bool {
    let name = content.trim_matches(['[', ']', '_']);
    name.eq_ignore_ascii_case("toc") && name.len() < content.len() && content.ends_with(']')
        || content.starts_with("--8<--")
}
