//! Rewrites constructs of dialects that start lines, and escapes lines that only the parser takes for markup.

use std::ops::Range;

use super::arguments::escaped;
use super::bodies::may_be_head;
use super::meaning::directive;
use super::{Edits, HIDDEN, Ranges, is_hidden, mdx};

/// The most imported pictures of one text: each line with a picture searches them.
const MAX_PICTURES: usize = 100;

/// White space and marks of quotations before the content of a line.
pub(super) const PREFIX: [char; 3] = [' ', '\t', '>'];

#[derive(Clone, Copy)]
pub(super) struct Line<'s> {
    pub(super) source: &'s str,
    /// Its range, without the line end.
    pub(super) at: usize,
    pub(super) end: usize,
    /// The offset of its content.
    pub(super) start: usize,
    pub(super) content: &'s str,
}

/// Returns the lines of `source` for which `wanted` holds, given the source from the start of the line on.
pub(super) fn lines(source: &str, wanted: impl Fn(&str) -> bool) -> Vec<Line<'_>> {
    let (mut lines, mut at) = (Vec::new(), 0);
    while at < source.len() {
        let line_end = memchr::memchr(b'\n', &source.as_bytes()[at..]).map_or(source.len(), |length| at + length);
        if wanted(&source[at..]) {
            let line = source[at..line_end].trim_start_matches(PREFIX);
            let start = line_end - line.len();
            let end = start + line.strip_suffix('\r').unwrap_or(line).len();
            lines.push(Line { source, at, end, start, content: line.trim_end() });
        }
        at = line_end + 1;
    }
    lines
}

/// Returns whether a line may start a construct. Few lines of ordinary text do.
pub(super) fn starts_construct(line: &str) -> bool {
    let is_prefixed = matches!(line.as_bytes()[0], b' ' | b'\t' | b'>');
    let content = if is_prefixed { line.trim_start_matches(PREFIX) } else { line };
    match content.as_bytes() {
        [b':' | b'[' | b'|' | b'(', ..]
        | [b'`', b'`', b'`', ..]
        | [b'-' | b'+' | b';', b'-', ..]
        | [b'\\', b'n' | b'p' | b'c', ..]
        | [b'%', b' ', ..]
        | [b'+', b'+', b'+', b' ', ..]
        | [b'*', b'[', ..]
        | [b'i', b'm', b'p', ..]
        | [b'e', b'x', b'p', ..] => true,
        [b'#', b'#', ..] => !content.trim_start_matches('#').starts_with(' '),
        [b'#', name, ..] => name.is_ascii_lowercase(),
        [first @ (b'/' | b'!' | b'?' | b'='), rest @ ..] => rest.starts_with(&[*first; 2]),
        [b'<', name, ..] => matches!(name, b'<' | b'-') || may_be_head(content),
        _ => false,
    }
}

impl<'s> Line<'s> {
    pub(super) fn prefix(&self) -> &'s str {
        &self.source[self.at..self.start]
    }

    /// Returns the contents of the lines before this one, the nearest first.
    pub(super) fn before(&self) -> impl Iterator<Item = &'s str> {
        self.source[..self.at].lines().rev().map(content)
    }

    /// Returns whether no text precedes it in its block.
    pub(super) fn starts_block(&self) -> bool {
        self.before().next().is_none_or(str::is_empty)
    }

    pub(super) fn after(&self) -> &'s str {
        content(self.source[self.end..].lines().nth(1).unwrap_or_default())
    }

    /// Returns whether it continues the definition of a footnote.
    fn is_in_note(&self) -> bool {
        let mut text = self.before().take_while(|line| !line.is_empty() && !is_definition(line));
        text.any(|line| line.starts_with("[^") && line.contains("]:"))
    }
}

/// A container fenced with colons that is still open, a syntax of Docusaurus, `VuePress`, Astro, Nuxt and Pandoc.
pub(super) struct Container<'s> {
    pub(super) fence: Line<'s>,
    pub(super) kind: &'s str,
    pub(super) title: &'s str,
}

/// Adds to `edits` the changes in the lines `candidates` of `source`, each of which may start a construct.
pub(super) fn rewrite<'s>(source: &'s str, candidates: &[Line<'s>], code: &Ranges<'s>, edits: &mut Edits) {
    let (pictures, containers, slots) = (Vec::new(), Default::default(), Vec::new());
    let mut rewriter =
        Rewriter { source, code, edits, searched: 0, drawn: 0, pictures, containers, is_myst: None, slots };
    for line in candidates {
        rewriter.construct(*line);
    }
    for Container { fence, kind, .. } in std::mem::take(&mut rewriter.containers).into_iter().flatten() {
        if is_hidden(kind, fence.content) {
            rewriter.edits.remove_with_notice(fence.start..source.len(), Some(HIDDEN.to_owned()));
        }
        rewriter.directive(fence).unwrap_or_else(|| rewriter.shield_colon(fence));
    }
    let pictures = std::mem::take(&mut rewriter.pictures);
    mdx::tags(source, code, &pictures, edits);
}

pub(super) struct Rewriter<'s, 'e> {
    pub(super) source: &'s str,
    pub(super) code: &'e Ranges<'s>,
    pub(super) edits: &'e mut Edits,
    /// The end of the last search for statements of MDX.
    searched: usize,
    /// The end of the last drawn table.
    pub(super) drawn: usize,
    /// The names of imported pictures and their files.
    pictures: Vec<(&'s str, &'s str)>,
    /// Those with longer fences, and those with fences of two colons, which only Nuxt has.
    pub(super) containers: [Vec<Container<'s>>; 2],
    is_myst: Option<bool>,
    /// The lines that may name a part of a container of Nuxt, such as `#description`.
    pub(super) slots: Vec<Range<usize>>,
}

impl<'s> Rewriter<'s, '_> {
    fn construct(&mut self, line: Line<'s>) {
        match line.content.as_bytes().first() {
            Some(b':' | b'/') if self.fence(line) || self.directive(line).is_some() => {}
            Some(b'`') if self.fenced(line).is_some() => {}
            // In kramdown, a block of HTML ends with its tag.
            Some(b'`') if line.before().next().unwrap_or("").starts_with("</") && self.code.in_html(line.start) => {
                self.edits.insert(line.at, format!("{}\n", line.prefix().trim_end()));
            }
            Some(b':') if self.caption(line) => {}
            Some(b':') => self.shield_colon(line),
            Some(b'[') if is_definition(line.content) && line.is_in_note() => {
                self.edits.insert(line.start, format!("\n{}", line.prefix()));
            }
            Some(b'|') if line.starts_block() && !self.verse(line) => self.table(line),
            Some(b'+' | b'-') if self.drawn_table(line) => {}
            Some(b'#') => self.heading(line),
            Some(b'%') if self.is_comment(line) => self.edits.remove(line.start..line.end),
            Some(b'*') => self.abbreviation(line),
            Some(b'i' | b'e') => self.statements(line),
            Some(b'[' | b'-' | b'+' | b'<' | b';' | b'(' | b'\\')
                if is_place_for_contents(line.content) && !self.code.in_code(line.start) =>
            {
                self.edits.remove(line.start..line.end);
            }
            _ => {}
        }
    }

    /// Removes the imports and exports of MDX that start a block, and notes the pictures among them.
    fn statements(&mut self, line: Line<'s>) {
        let is_statement = ["import ", "export "].iter().any(|word| line.content.starts_with(word));
        if !is_statement || line.at < self.searched || line.at < line.start || !line.starts_block() {
            return;
        }
        let (end, are_statements) = mdx::statements(self.source, line.at);
        self.searched = end;
        if are_statements && !self.code.in_code(line.at) {
            let block = self.source[line.at..end].trim_end();
            let left = MAX_PICTURES - self.pictures.len();
            self.pictures.extend(block.lines().filter_map(mdx::imported_picture).take(left));
            self.edits.remove(line.at..line.at + block.len());
        }
    }

    /// Reads a directive that is a line of its own, `::youtube[A film]{#id}` or `:video{src="a"}`, as a template tag.
    fn directive(&mut self, line: Line<'s>) -> Option<()> {
        let (name, rest) = split_name(line.content.strip_prefix(':')?.trim_start_matches(':'));
        let label = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        let attributes = match label {
            Some((_, "")) => "",
            _ => label.map_or(rest, |(_, behind)| behind).strip_prefix('{')?.strip_suffix('}')?,
        };
        if !name.starts_with(char::is_alphabetic) || self.code.in_code(line.start) {
            return None;
        }
        let words = label.map_or("", |(words, _)| words);
        let arguments = format!("{} title=`{words}`", attributes.trim_start_matches('#'));
        let markdown = directive(name, &arguments).unwrap_or_else(|| escaped(words));
        self.edits.replace(line.start..line.end, markdown);
        Some(())
    }

    /// Shields a colon that starts a line and no definition. Lines of a code span, which it would end, are joined.
    fn shield_colon(&mut self, line: Line<'s>) {
        let start = line.start;
        let is_definition = self.source[start + 1..].starts_with([' ', '\t']);
        if self.code.in_code_span(start) {
            let end = self.source[..line.at].trim_end_matches(['\n', '\r']).len();
            self.edits.replace(end..start, " ");
        } else if !is_definition && !self.code.in_code(start) {
            self.edits.insert(start, "\\");
        }
    }

    /// Removes the bars from verse of Pandoc. Returns `false` if the line is not verse.
    fn verse(&mut self, line: Line<'s>) -> bool {
        let rows = self.source[line.at..].split_inclusive('\n').take_while(|row| !content(row).is_empty());
        let is_verse = |row: &str| row.matches('|').count() == 1 && matches!(row.as_bytes(), [b'|'] | [b'|', b' ', ..]);
        if rows.clone().nth(1).is_none() || !rows.clone().map(content).all(is_verse) || self.code.in_code(line.start) {
            return false;
        }
        let mut at = line.at;
        for row in rows {
            let bar = at + row.find('|').unwrap_or_default();
            at += row.len();
            let indent = self.source[bar + 1..at].bytes().take_while(|byte| *byte == b' ').count();
            self.edits.replace(bar..bar + 1 + indent, "\u{a0}".repeat(indent.saturating_sub(1)));
        }
        self.edits.break_lines(self.source, line.at..at);
        true
    }

    /// Returns whether the line is a comment of `MyST`, `% not for readers`, in a text with directives.
    fn is_comment(&mut self, line: Line<'s>) -> bool {
        let is_first = line.before().next().is_none_or(|line| line.is_empty() || line.starts_with("% "));
        let is_myst = || ["```{", ":::{", "}`"].iter().any(|sign| self.source.contains(sign));
        is_first && *self.is_myst.get_or_insert_with(is_myst) && !self.code.in_code(line.start)
    }

    /// Turns the words for an abbreviation, `*[HTML]: …`, which browsers show where it is used, into a list item.
    fn abbreviation(&mut self, line: Line<'s>) {
        let (definition, start) = (&line.content[1..], line.start);
        let is_one = is_definition(definition) && !definition.contains('*');
        if let Some(end) = definition.find("]:").filter(|_| is_one && !self.code.in_code(start)) {
            self.edits.replace(start..start + 2, "- ");
            self.edits.remove(start + 1 + end..start + 2 + end);
        }
    }

    /// Adds the space that Markdown before `CommonMark` did not need. A single sign may be a tag.
    fn heading(&mut self, line: Line<'s>) {
        let level = line.content.bytes().take_while(|byte| *byte == b'#').count();
        let is_slot = level == 1 && split_name(&line.content[1..]).1.is_empty() && !self.code.in_code(line.start);
        self.slots.extend(is_slot.then_some(line.start..line.end));
        if (2..=6).contains(&level)
            && line.content[level..].starts_with(char::is_alphabetic)
            && line.starts_block()
            && line.after().is_empty()
            && !self.code.in_code(line.start)
        {
            self.edits.insert(line.start + level, " ");
        }
    }
}

pub(super) fn content(row: &str) -> &str {
    row.trim_start_matches(PREFIX).trim_end()
}

/// Splits the name of a kind or class off the start of `text`.
pub(super) fn split_name(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len());
    text.split_at(end)
}

fn is_definition(content: &str) -> bool {
    let is_label = |label: &str| !label.starts_with('^') && !label.contains(['[', ']']) && !label.trim().is_empty();
    let parts = content.strip_prefix('[').and_then(|rest| rest.split_once("]:"));
    parts.is_some_and(|(label, destination)| is_label(label) && !destination.trim().is_empty())
}

/// Returns whether a line stands for a table of contents, another file or a break of pages, or is a remark:
/// `[//]: # (remark)`.
fn is_place_for_contents(content: &str) -> bool {
    let name = content.trim_matches(['[', ']', '_']);
    name.eq_ignore_ascii_case("toc") && name.len() < content.len() && content.ends_with(']')
        || content.trim_start_matches(';').starts_with("--8<--")
        || content.starts_with("<<< @")
        || content.starts_with("<--->")
        || content.starts_with("+++ {")
        || matches!(content, "\\newpage" | "\\pagebreak" | "\\clearpage")
        || content.starts_with('(') && content.ends_with(")=") && !content.contains(' ')
        || content.split_once(']').is_some_and(|(_, behind)| {
            [": # (", ": # \"", ": <> (", ": <> \""].iter().any(|sign| behind.starts_with(sign))
        })
}
