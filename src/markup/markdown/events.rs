//! Reads the events of the Markdown parser into the [`Builder`].

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::builder::{Builder, OpenTable};
use super::html::{behind_directive, language};
use super::run::Span;
use super::source::{collapsed, cut_start, line_before, truncate};
use super::stack::Container;
use crate::markup::{Alert, Block, Code, Definition, Document, Inline, Mark};

impl<'a> Builder<'a, '_> {
    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if !self.pictures.is_empty() {
            return self.in_picture(event, range.start);
        }
        if self.is_labelled {
            self.is_labelled = !matches!(event, Event::End(TagEnd::Link));
            return;
        }
        let has_structure = matches!(event, Event::Start(_) | Event::End(_) | Event::Html(_) | Event::InlineHtml(_));
        if let Some(code) = self.code.as_mut().filter(|_| !has_structure) {
            return self.source.append(&mut code.text, verbatim(&event));
        }
        match event {
            _ if self.hidden.is_some() && !has_structure => {}
            Event::Text(text) if self.medium.is_some() && self.skips(&text) => {}
            Event::Text(text) => self.run.words(&text, range.start),
            Event::SoftBreak if !self.run.keeps_line_ends => self.run.soft_break(),
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Code(text) => {
                // `let x = 1{:js}` ends with the language for its colours.
                let marked = text.strip_suffix('}').and_then(|text| text.rsplit_once("{:"));
                let is_language = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                let code = match marked.filter(|(code, name)| !code.is_empty() && is_language(name)) {
                    Some((code, _)) => self.source.keep(code),
                    None => self.source.keep(text),
                };
                self.run.push(Inline::Code(code));
            }
            Event::SoftBreak | Event::HardBreak => self.run.push(Inline::HardBreak),
            Event::InlineHtml(html) => self.html(&html, range.start),
            Event::Html(line) => {
                self.html_at = if self.html_block.is_empty() { range.start } else { self.html_at };
                self.source.append(&mut self.html_block, &line);
            }
            Event::FootnoteReference(label) => {
                self.run.push(Inline::FootnoteRef(self.stack.number_of_note(self.source.keep(label))));
            }
            Event::DisplayMath(tex) if self.may_break() && self.is_alone(&range) => {
                self.end_paragraph();
                let text = self.source.keep(tex.trim_matches(['\n', '\r']));
                self.stack.push_block(Block::Code(Code { language: Cow::Borrowed("math"), text }));
            }
            Event::InlineMath(tex) | Event::DisplayMath(tex) => self.words_of_math(&tex, range),
            Event::Rule => {
                self.end_paragraph();
                self.stack.push_block(Block::Rule);
            }
            Event::TaskListMarker(done) => {
                if let Some(Container::Item(task)) = self.stack.top() {
                    *task = Some(done);
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> Document<'a> {
        self.end_words();
        let (blocks, footnotes) = self.stack.finish();
        Document { blocks, links: self.run.links, footnotes, notices: self.notices }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let run = &mut self.run;
        match tag {
            Tag::Emphasis => return run.open(Span::Mark(Mark::Emphasis), false),
            Tag::Strong => return run.open(Span::Mark(Mark::Strong), false),
            Tag::Strikethrough => return run.open(Span::Mark(Mark::Strike), false),
            Tag::Link { link_type: LinkType::WikiLink { has_pothole }, dest_url, .. } => {
                return self.wiki_link(has_pothole, dest_url, range.start);
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                return self.run.open_link(self.link(link_type, dest_url, title, range.start), false);
            }
            // Lists of HTML are often left open.
            Tag::Heading { .. } if self.source.read[..range.start].ends_with('\n') => {
                self.end_paragraph();
                while self.stack.close_html(&Container::list(None)) {}
            }
            tag @ Tag::Image { .. } => return self.open_picture(tag, range.start),
            Tag::TableHead | Tag::TableRow => {
                return self.table.iter_mut().for_each(|table| table.rows.push(Vec::new()));
            }
            Tag::TableCell => return,
            _ => {}
        }
        self.end_paragraph();
        self.block_end = range.end;
        self.start_block(tag);
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        let stack = &mut self.stack;
        match tag {
            Tag::Heading { .. } | Tag::DefinitionListTitle => {
                self.heading = None;
                self.is_inline_only = true;
            }
            Tag::BlockQuote(kind) => {
                let alert = |kind| Alert { kind: Cow::Owned(format!("{kind:?}")), title: Vec::new() };
                stack.open(Container::Quote(kind.map(alert)));
            }
            Tag::CodeBlock(kind) => {
                let info = if let CodeBlockKind::Fenced(info) = &kind { &**info } else { "" };
                let is_chunk = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
                self.chunk = info.strip_prefix('{').is_some_and(is_chunk).then(|| info.to_owned());
                let language = self.source.keep(language(info));
                // A `pre` element of HTML may have been left open.
                self.end_preformatted();
                self.code = Some(Code { language, text: Cow::Borrowed("") });
            }
            Tag::List(start) => stack.open(Container::list(start)),
            Tag::Item => stack.open(Container::Item(None)),
            Tag::FootnoteDefinition(label) => stack.open_note(self.source.keep(label)),
            Tag::DefinitionList => stack.open(Container::Definitions(Vec::new())),
            Tag::DefinitionListDefinition => stack.open(Container::Meaning),
            Tag::Table(alignments) => {
                self.end_table();
                self.table = Some(OpenTable { from_html: false, alignments, rows: Vec::new(), has_header: true });
                self.is_inline_only = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_words(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => self.run.close_markdown(),
            TagEnd::Heading(level) => {
                self.is_inline_only = false;
                if let Some(text) = self.run.take() {
                    self.stack.push_block(Block::Heading { level: level as u8, text });
                }
            }
            TagEnd::CodeBlock => {
                if let Some(mut code) = self.code.take() {
                    let end = code.text.strip_suffix('\n').unwrap_or(&code.text).len();
                    truncate(&mut code.text, end);
                    let options = self.chunk.take();
                    if options.is_none_or(|options| is_shown(&options, &mut code.text)) {
                        self.stack.push_block(Block::Code(code));
                    }
                }
            }
            TagEnd::HtmlBlock => self.end_html_block(),
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListDefinition => {
                self.end_words();
                self.stack.close();
            }
            TagEnd::DefinitionListTitle => {
                self.is_inline_only = false;
                let term = self.run.take().unwrap_or_default();
                match self.stack.top() {
                    Some(Container::Definitions(definitions)) => {
                        definitions.push(Definition { term, meanings: Vec::new() });
                    }
                    _ => self.stack.push_paragraph(term),
                }
            }
            TagEnd::TableCell => {
                self.end_elements();
                self.end_cell();
            }
            TagEnd::Table => self.end_table(),
            // Pictures are read elsewhere, rows end where the next one starts, and the others are not enabled in the parser.
            _ => {}
        }
    }

    fn is_alone(&self, range: &Range<usize>) -> bool {
        let text = self.source.read;
        let marks = |c: char| c.is_whitespace() || c.is_ascii_digit() || ">*+-.):".contains(c);
        let behind = text[range.end..].trim_start_matches([' ', '\t', '\r']);
        line_before(text, range.start).chars().all(marks) && (behind.is_empty() || behind.starts_with('\n'))
    }

    /// Adds TeX as Unicode where that is simple, else as written, on one line. In a sentence, `$$x$$` means `$x$`.
    fn words_of_math(&mut self, tex: &str, range: Range<usize>) {
        let at = range.start;
        let written = &self.source.read[range];
        let sign = if tex.trim() == tex { "$" } else { "$$" };
        if let Some(words) = super::typography::tex_as_unicode(tex) {
            self.run.words(&words, at);
        } else if written.contains(['\n', '\r']) || written.len() > tex.len() + 2 * sign.len() {
            self.run.words(&format!("{sign}{}{sign}", collapsed(tex)), at);
        } else {
            self.run.words(written, at);
        }
    }
}

/// Returns what an event within preformatted text adds to it.
fn verbatim<'e>(event: &'e Event<'_>) -> &'e str {
    match event {
        Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => text,
        Event::SoftBreak | Event::HardBreak => "\n",
        _ => "",
    }
}

/// Removes the options of a chunk, `#| echo: false`, from its text. Returns whether readers see the code.
fn is_shown(options: &str, text: &mut Cow<'_, str>) -> bool {
    let mut options = options.replace(' ', "");
    let is_cell = behind_directive(&options).is_some();
    let is_sign = |sign: &str| is_cell == (sign == ":");
    let is_option =
        |line: &&str| ["#|", "//|", "--|", "%%|", ":"].iter().any(|sign| is_sign(sign) && line.starts_with(sign));
    // Cells of `MyST` may have a head between dashes.
    let head = text.strip_prefix("---\n").filter(|_| is_cell).and_then(|rest| rest.find("\n---\n"));
    let mut length = head.map_or(0, |end| end + "---\n".len() * 2 + 1);
    options.push_str(&text[..length]);
    for line in text[length..].split_inclusive('\n').take_while(is_option) {
        length += line.len();
        options.push_str(&line.replace(' ', "").replace(':', "="));
    }
    length += usize::from(is_cell && text[length..].starts_with('\n'));
    cut_start(text, text.len().min(length));
    let options = options.to_ascii_lowercase();
    let hides = |name: &str| ["false", "f"].iter().any(|no| options.contains(&format!("{name}={no}")));
    let is_removed = is_cell && ["remove-cell", "remove-input", "remove_cell"].iter().any(|tag| options.contains(tag));
    !is_removed && !hides("echo") && !hides("include")
}
