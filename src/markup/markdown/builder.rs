//! From the parser's events to the tree.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use super::detail;
use super::footnote::Footnotes;
use super::html::Html;
use super::picture::Picture;
use super::run::{Run, Span};
use super::shortcode::Offsets;
use super::source::{Pieces, Source, one_line};
use super::stack::{Container, Stack};
use crate::markup::{Block, Code, Definition, Document, Inline, Link, LinkKind, Mark, Notice, Table, Text};

pub(super) struct Builder<'a, 't> {
    pub(super) source: Source<'a>,
    /// What the parser reads: the source, or a translation of it.
    pub(super) text: &'t str,
    offsets: &'t Offsets,
    pub(super) stack: Stack<'a>,
    pub(super) run: Run<'a, 't>,
    pub(super) html: Html<'a>,
    notes: Footnotes<'a>,
    pub(super) notices: Vec<Notice>,
    code: Option<(Cow<'a, str>, Pieces)>,
    table: Option<Table<'a>>,
    /// The cells of the current row.
    row: Vec<Text<'a>>,
    /// The picture whose alternative text is being read.
    pub(super) picture: Option<Picture<'a>>,
    /// Whether only inline text may stand here: in a heading, a table cell, a term.
    pub(super) one_line: bool,
    /// Where the innermost block that was started last ends.
    pub(super) block_end: usize,
}

impl<'a, 't> Builder<'a, 't> {
    pub(super) fn new(source: &'a str, text: &'t str, offsets: &'t Offsets) -> Self {
        let source = Source(source);
        Self {
            source,
            text,
            offsets,
            stack: Stack::new(),
            run: Run::new(source, offsets),
            html: Html::default(),
            notes: Footnotes::default(),
            notices: Vec::new(),
            code: None,
            table: None,
            row: Vec::new(),
            picture: None,
            one_line: false,
            block_end: 0,
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.picture.is_some() {
            return self.in_picture(event, &range);
        }
        if let Some((_, text)) = &mut self.code
            && let Event::Text(line) = &event
        {
            return text.push(self.source, line);
        }
        if self.html.takes(&event) {
            return self.in_html(event);
        }
        match event {
            Event::Text(text) => self.run.words(&text, range.start),
            Event::SoftBreak => self.run.soft_break(),
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Code(text) => {
                let text = self.source.keep_event(text);
                self.run.push(Inline::Code(text));
            }
            Event::HardBreak => self.run.push(Inline::HardBreak),
            Event::InlineHtml(html) => self.html(&html, range.start),
            Event::Html(html) => self.html.collect(self.source, &html, range.start),
            Event::FootnoteReference(label) => {
                let label = self.source.keep_event(label);
                let index = self.notes.index(label);
                self.run.push(Inline::FootnoteRef(u32::try_from(index).unwrap_or(u32::MAX)));
            }
            Event::InlineMath(tex) => self.words_of_math("$", &tex, range),
            Event::DisplayMath(tex) if self.may_break() => {
                self.end_paragraph();
                let text = self.source.keep(tex.trim_matches(['\n', '\r']));
                self.stack.push_block(Block::Code(Code { language: Cow::Borrowed("math"), text }));
            }
            Event::DisplayMath(tex) => self.words_of_math("$$", &tex, range),
            Event::Rule => {
                self.end_paragraph();
                self.stack.push_block(Block::Rule);
            }
            Event::TaskListMarker(done) => {
                if let Some(Container::Item { task }) = self.stack.top() {
                    *task = Some(done);
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> Document<'a> {
        self.end_html();
        self.end_paragraph();
        let mut blocks = self.stack.finish();
        let footnotes = self.notes.finish(&mut blocks);
        let links = std::mem::take(&mut self.run.links);
        Document { blocks, links, footnotes, notices: self.notices }
    }

    /// Whether a block may start here. Not in one line of text, nor within a mark that Markdown will close.
    pub(super) fn may_break(&self) -> bool {
        !self.one_line && self.run.may_end()
    }

    /// Makes a block of the words collected so far.
    pub(super) fn end_paragraph(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let Some(text) = self.run.take() else { return };
        match self.html.heading.take() {
            Some(level) => self.stack.push_block(Block::Heading { level, text }),
            None => self.stack.push_paragraph(text),
        }
    }

    pub(super) fn notice(&mut self, at: usize, what: String) {
        self.notices.push(Notice { offset: self.offsets.source_of(at), what });
    }

    pub(super) fn source_offset(&self, at: usize) -> usize {
        self.offsets.source_of(at)
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Emphasis => return self.run.open(Span::Mark(Mark::Emphasis), false),
            Tag::Strong => return self.run.open(Span::Mark(Mark::Strong), false),
            Tag::Strikethrough => return self.run.open(Span::Mark(Mark::Strike), false),
            Tag::Superscript => return self.run.open(Span::Raised, false),
            Tag::Subscript => return self.run.open(Span::Lowered, false),
            Tag::Link { link_type, dest_url, title, .. } => {
                let link = self.link(link_type, dest_url, title, range.start);
                return self.run.open_link(link, false);
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                return self.start_picture(link_type, dest_url, title, range.start);
            }
            Tag::TableHead | Tag::TableRow | Tag::TableCell => {
                self.one_line = true;
                return;
            }
            _ => {}
        }
        self.end_paragraph();
        self.block_end = range.end;
        match tag {
            Tag::Heading { .. } | Tag::DefinitionListTitle => {
                self.html.heading = None;
                self.one_line = true;
            }
            Tag::BlockQuote(kind) => self.stack.open(Container::Quote(kind.map(detail::alert))),
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Indented => Cow::Borrowed(""),
                    CodeBlockKind::Fenced(info) => match detail::language(&info) {
                        "" => Cow::Borrowed(""),
                        language => self.source.keep(language),
                    },
                };
                self.code = Some((language, Pieces::Nothing));
            }
            Tag::HtmlBlock => self.html.start_block(),
            Tag::List(start) => self.stack.open(Container::List { start, items: Vec::new() }),
            Tag::Item => self.stack.open(Container::Item { task: None }),
            Tag::FootnoteDefinition(label) => {
                let label = self.source.keep_event(label);
                let index = self.notes.index(label);
                let outer_depth = self.stack.depth();
                self.stack.open(Container::Note { index, outer_depth });
            }
            Tag::DefinitionList => self.stack.open(Container::Definitions(Vec::new())),
            Tag::DefinitionListDefinition => self.stack.open(Container::Meaning),
            Tag::Table(alignments) => {
                let alignments = alignments.into_iter().map(detail::alignment).collect();
                self.table = Some(Table { alignments, header: Vec::new(), rows: Vec::new() });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => {
                self.end_html();
                self.end_paragraph();
            }
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link => self.run.close_markdown(),
            TagEnd::Heading(level) => {
                self.one_line = false;
                if let Some(text) = self.run.take().and_then(detail::without_id) {
                    self.stack.push_block(Block::Heading { level: level as u8, text });
                }
            }
            TagEnd::CodeBlock => {
                if let Some((language, mut text)) = self.code.take() {
                    let text = detail::without_last_line_end(text.take(self.source));
                    self.stack.push_block(Block::Code(Code { language, text }));
                }
            }
            TagEnd::HtmlBlock => self.end_html_block(),
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListDefinition => {
                self.end_html();
                self.end_paragraph();
                if let Some(note) = self.stack.close() {
                    self.notes.define(note.index, note.blocks);
                }
            }
            TagEnd::DefinitionListTitle => {
                self.one_line = false;
                let term = self.run.take().unwrap_or_default();
                match self.stack.top() {
                    Some(Container::Definitions(definitions)) => {
                        definitions.push(Definition { term, meanings: Vec::new() });
                    }
                    _ => self.stack.push_paragraph(term),
                }
            }
            TagEnd::TableCell => {
                self.end_html();
                let cell = self.run.take().unwrap_or_default();
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                if let Some(table) = &mut self.table {
                    table.header = self.row.drain(..).collect();
                }
            }
            TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(self.row.drain(..).collect());
                }
            }
            TagEnd::Table => {
                self.one_line = false;
                if let Some(table) = self.table.take() {
                    self.stack.push_block(Block::Table(table));
                }
            }
            TagEnd::Image | TagEnd::MetadataBlock(_) => {}
        }
    }

    pub(super) fn link(
        &self,
        link_type: LinkType,
        destination: CowStr<'_>,
        title: CowStr<'_>,
        at: usize,
    ) -> Link<'a> {
        let kind = match link_type {
            LinkType::Autolink | LinkType::Email => LinkKind::Bare,
            LinkType::WikiLink { has_pothole: false } => LinkKind::Wiki,
            LinkType::WikiLink { has_pothole: true } => LinkKind::WikiLabelled,
            _ => LinkKind::Labelled,
        };
        let destination = match link_type {
            LinkType::Email => Cow::Owned(format!("mailto:{destination}")),
            LinkType::WikiLink { .. } => one_line(self.source.keep_event(destination)),
            _ => self.source.keep_event(destination),
        };
        let title = self.title(title);
        Link { destination, title, kind, offset: self.source_offset(at) }
    }

    /// The title of a link or a picture, in one line.
    pub(super) fn title(&self, title: CowStr<'_>) -> Cow<'a, str> {
        if title.is_empty() { Cow::Borrowed("") } else { one_line(self.source.keep_event(title)) }
    }

    /// TeX as the author wrote it, in one line.
    fn words_of_math(&mut self, sign: &str, tex: &str, range: Range<usize>) {
        let at = range.start;
        let written = &self.text[range];
        if written.contains(['\n', '\r']) {
            let tex = tex.split_whitespace().collect::<Vec<_>>().join(" ");
            self.run.words(&format!("{sign}{tex}{sign}"), at);
        } else {
            self.run.words(written, at);
        }
    }
}
