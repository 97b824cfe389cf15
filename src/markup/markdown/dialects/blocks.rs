//! Rewrites constructs of dialects that start lines, and shields lines that the parser takes for more than any dialect
//! does.

use super::super::html::is_component;
use super::super::source::is_picture_name;
use super::super::{MarkdownOptions, Shortcodes};
use super::{Edits, Ranges, longest_backtick_run};
use crate::markup::Lines;

/// The kinds of call-outs that are recognised without a title.
const ALERTS: &str = "abstract aside attention bug caution danger error example failure fail hint important info note \
                      question quote success summary tip todo update warning";

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
    /// The next line.
    after: &'s str,
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
        math: None,
        callout: None,
        in_statement: false,
        pictures: Vec::new(),
        containers: Vec::new(),
    };
    let mut lines = Lines::from(source, 0);
    while let Some((at, line)) = lines.next() {
        let content = line.trim_start_matches([' ', '\t', '>']);
        let start = at + line.len() - content.len();
        let (prefix, content) = (&line[..start - at], content.trim_end());
        let after = lines.clone().next().map_or("", |(_, line)| line);
        let line = Line { at, end: at + line.len(), prefix, start, content, after };
        rewriter.line(line, &lines);
        rewriter.before = content;
    }
    while let Some(container) = rewriter.containers.pop() {
        rewriter.shield_colon(container.fence);
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
    /// The line that opens display math, and the offset after its signs.
    math: Option<(Line<'s>, usize)>,
    /// The indentation of the body of a call-out of `MkDocs`.
    callout: Option<usize>,
    /// Whether the line belongs to an `import` or `export` of MDX.
    in_statement: bool,
    /// The names of imported pictures and their files.
    pictures: Vec<(&'s str, &'s str)>,
    containers: Vec<Container<'s>>,
}

impl<'s> Rewriter<'s, '_> {
    fn line(&mut self, line: Line<'s>, rest: &Lines<'s>) {
        if self.callout.is_some_and(|indent| self.is_in_callout(line, indent)) {
            return;
        }
        let keeps = self.options.shortcodes == Shortcodes::Keep;
        let (start, content) = (line.start, line.content);
        match content.as_bytes().first() {
            Some(b':') if !keeps && self.fence(line) => {}
            Some(b':') => self.shield_colon(line),
            Some(b'[') if self.in_note && is_definition(content) => {
                self.edits.insert(start, format!("\n{}", line.prefix));
            }
            _ if keeps => {}
            Some(b'|') => self.table_row(line),
            Some(b'#') => self.heading(line),
            Some(b'!' | b'?') => self.callout(line, rest.clone()),
            Some(b'<')
                if is_component_alone(content)
                    && !line.after.trim().is_empty()
                    && !self.code.in_code(start) =>
            {
                // The content of a component is Markdown, however far it is indented.
                let next = rest.at();
                let indent = line.after.len() - line.after.trim_start().len();
                self.edits.replace(next..next + indent, format!("\n{}", line.prefix));
            }
            Some(b'i' | b'e') if self.before.is_empty() && line.prefix.is_empty() => {
                let block = &self.source[line.at..];
                let block = &block[..block.find("\n\n").unwrap_or(block.len())];
                self.in_statement = is_statement(block.trim_end()) && !self.code.in_code(line.at);
            }
            _ => {}
        }
        self.statement_or_picture(line);
        if self.options.math && !keeps {
            self.display_math(line);
        }
        let in_note = self.in_note || content.starts_with("[^") && content.contains("]:");
        self.in_note = in_note && !content.is_empty() && !is_definition(content);
        self.in_statement &= !content.is_empty();
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
        if !title.is_empty() || is_alert(kind) {
            let prefix = opening.prefix;
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
        if self.before.starts_with('|') && is_rule(row) && row.contains('+') && !self.code.in_code(start) {
            for (at, _) in row.match_indices('+') {
                self.edits.replace(start + at..start + at + 1, "|");
            }
            return;
        }
        let after = line.after.trim_start_matches([' ', '\t', '>']).trim_end();
        let is_row = |row: &str| row.len() > 2 && row.starts_with('|') && row.ends_with('|') && !is_rule(row);
        if self.before.is_empty() && is_row(row) && is_row(after) && !self.code.in_code(start) {
            let cells = row.matches('|').count() - row.matches("\\|").count() - 1;
            let (header, rule) = ("|   ".repeat(cells), "|---".repeat(cells));
            self.edits.insert(start, format!("{header}|\n{prefix}{rule}|\n{prefix}"));
        }
    }

    /// Adds the space that Markdown before `CommonMark` did not need. A single sign may be a tag.
    fn heading(&mut self, line: Line<'s>) {
        let level = line.content.bytes().take_while(|byte| *byte == b'#').count();
        let is_apart = self.before.is_empty() && line.after.trim().is_empty();
        if is_apart
            && (2..=6).contains(&level)
            && line.content[level..].starts_with(char::is_alphabetic)
            && !self.code.in_code(line.start)
        {
            self.edits.insert(line.start + level, " ");
        }
    }

    /// Makes a quotation of a call-out of `MkDocs`, `!!! note "Title"`, if its body is indented.
    fn callout(&mut self, line: Line<'s>, mut rest: Lines<'s>) {
        let indent = line.prefix.len() + 4;
        let next = rest.find(|(_, next)| !next.trim().is_empty()).map_or("", |(_, next)| next);
        let is_indented = next.len() > indent && next.starts_with(&" ".repeat(indent));
        if let Some(head) = mkdocs_callout(line.content)
            && is_indented
            && line.prefix.trim().is_empty()
            && !self.code.in_code(line.start)
        {
            self.edits.replace(line.start..line.start + line.content.len(), head);
            self.callout = Some(indent);
        }
    }

    /// Reads a line in the body of a call-out. Returns `false` if it is behind it.
    fn is_in_callout(&mut self, line: Line<'s>, indent: usize) -> bool {
        if line.content.is_empty() {
            self.edits.insert(line.start, format!("{}>", &" ".repeat(indent - 4)));
        } else if line.prefix.len() >= indent {
            self.edits.replace(line.at + indent - 4..line.at + indent, "> ");
        } else {
            self.callout = None;
            if !self.before.is_empty() {
                self.edits.insert(line.start, "\n");
            }
            return false;
        }
        true
    }

    /// Removes a line of a statement of MDX, or puts the name of an imported picture where it is shown.
    fn statement_or_picture(&mut self, line: Line<'s>) {
        if self.in_statement {
            if self.pictures.len() < MAX_PICTURES {
                self.pictures.extend(imported_picture(line.content));
            }
            self.edits.remove(line.at..line.end);
        } else if !self.pictures.is_empty()
            && let Some((before, rest)) = line.content.split_once("src={")
            && let Some((name, _)) = rest.split_once('}')
            && let Some((_, file)) = self.pictures.iter().find(|(picture, _)| *picture == name)
        {
            let from = line.start + before.len() + "src=".len();
            let quoted = format!("\"{file}\"");
            self.edits.replace(from..from + name.len() + 2, quoted);
        }
    }

    /// Makes a fenced block of display math whose signs start and end lines: what is between them may look like any
    /// Markdown.
    fn display_math(&mut self, line: Line<'s>) {
        let (start, content) = (line.start, line.content);
        match self.math {
            Some((opening, from)) if content.ends_with("$$") && !self.code.in_code(start) => {
                let at = start + content.len() - 2;
                let fence = "`".repeat(longest_backtick_run(&self.source[from..at]).max(2) + 1);
                let is_alone = opening.content == "$$";
                let head_end = if is_alone { String::new() } else { format!("\n{}", opening.prefix) };
                let tail_start = if content == "$$" { String::new() } else { format!("\n{}", line.prefix) };
                self.edits.replace(from - 2..from, format!("{fence}math{head_end}"));
                self.edits.replace(at..at + 2, format!("{tail_start}{fence}"));
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
    if !line.starts_with(":::") {
        return None;
    }
    let rest = line.trim_start_matches(':').trim();
    if rest.is_empty() {
        return Some(("", ""));
    }
    let (kind, rest) = split_name(rest);
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

/// Returns the head of a call-out of `MkDocs` as that of a quotation.
fn mkdocs_callout(content: &str) -> Option<String> {
    let head = ["!!! ", "??? ", "???+ "].iter().find_map(|sign| content.strip_prefix(sign))?;
    let (words, title) = head.split_once('"').unwrap_or((head, ""));
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
        let names_file = [" from '", " from \"", "} from '", "} from \""];
        let names_file = names_file.iter().any(|from| imported.contains(from));
        return end.ends_with(['\'', '"']) && (names_file || imported.starts_with(['\'', '"']));
    }
    let exports = ["const ", "let ", "var ", "function ", "default ", "async ", "class ", "{", "* from"];
    block.strip_prefix("export ").is_some_and(|exported| {
        exports.iter().any(|start| exported.starts_with(start))
            && exported.contains(['=', '(', '{', '*'])
            && (end.ends_with(['}', ')', ']', '\'', '"', '>', '`']) || block.ends_with(';'))
    })
}

/// Returns the name and file of a picture that MDX imports.
fn imported_picture(statement: &str) -> Option<(&str, &str)> {
    let (name, file) = statement.strip_prefix("import ")?.split_once(" from ")?;
    let file = file.trim_end_matches(';').trim_matches(['\'', '"']);
    is_picture_name(file).then_some((name.trim(), file))
}
