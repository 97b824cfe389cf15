//! Translates the events of the Markdown parser into calls of the [`Builder`].

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use super::builder::{Builder, OpenTable};
use super::html::language;
use super::run::Span;
use super::source::{
    Offsets, Source, collapsed, cut_start, is_picture_name, line_before, one_line, part, truncate,
};
use super::stack::Container;
use super::typography::tex_as_unicode;
use crate::markup::{Alert, Block, Code, Definition, Document, Image, Inline, Link, LinkKind, Mark, Text};

/// Receives the events of the parser in order.
pub(super) struct EventReader<'a, 't> {
    source: Source<'a>,
    builder: Builder<'a, 't>,
    /// The info string of the open block of code, if it is a chunk that Quarto or R Markdown runs.
    chunk: Option<String>,
    picture: Option<Picture<'a>>,
    /// Whether the label of the current link is written already.
    is_labelled: bool,
}

/// A picture whose alternative text is being read.
struct Picture<'a> {
    image: Image<'a>,
    link_type: LinkType,
    /// Open pictures within the alternative text.
    inner: Vec<Image<'a>>,
}

impl<'a, 't> EventReader<'a, 't> {
    /// Reads `text`, which is `source` or a translation of it.
    pub(super) fn new(source: &'a str, text: &'t str, offsets: &'t Offsets) -> Self {
        let source = Source(source);
        Self {
            source,
            builder: Builder::new(source, text, offsets),
            chunk: None,
            picture: None,
            is_labelled: false,
        }
    }

    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.picture.is_some() {
            return self.in_picture(event, &range);
        }
        if self.is_labelled {
            self.is_labelled = !matches!(event, Event::End(TagEnd::Link));
            return;
        }
        let has_structure =
            matches!(event, Event::Start(_) | Event::End(_) | Event::Html(_) | Event::InlineHtml(_));
        if let Some(code) = self.builder.code.as_mut().filter(|_| !has_structure) {
            return self.source.append(&mut code.text, verbatim(&event));
        }
        if self.builder.hidden.is_some() && !has_structure {
            return;
        }
        match event {
            Event::Text(text) if self.builder.skips(&text) => {}
            Event::Text(text) => self.builder.run.words(&text, range.start),
            Event::SoftBreak => self.builder.run.soft_break(),
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Code(text) => {
                let text = self.source.keep(text);
                self.builder.run.push(Inline::Code(text));
            }
            Event::HardBreak => self.builder.run.push(Inline::HardBreak),
            Event::InlineHtml(html) => self.builder.html(&html, range.start),
            Event::Html(html) => self.builder.html_line(&html, range.start),
            Event::FootnoteReference(label) => {
                let index = self.builder.stack.notes.index(self.source.keep(label));
                let number = u32::try_from(index).unwrap_or(u32::MAX);
                self.builder.run.push(Inline::FootnoteRef(number));
            }
            Event::InlineMath(tex) => self.words_of_math("$", &tex, range),
            Event::DisplayMath(tex) if self.builder.may_break() && self.is_alone(&range) => {
                self.builder.end_paragraph();
                let text = self.source.keep(tex.trim_matches(['\n', '\r']));
                self.push_block(Block::Code(Code { language: Cow::Borrowed("math"), text }));
            }
            // Within a sentence two signs mean what one means.
            Event::DisplayMath(tex) if tex.trim() == &*tex => {
                let words = tex_as_unicode(&tex).unwrap_or_else(|| format!("${}$", collapsed(&tex)));
                self.builder.run.words(&words, range.start);
            }
            Event::DisplayMath(tex) => self.words_of_math("$$", &tex, range),
            Event::Rule => {
                self.builder.end_paragraph();
                self.push_block(Block::Rule);
            }
            Event::TaskListMarker(done) => {
                if let Some(Container::Item { task }) = self.builder.stack.top() {
                    *task = Some(done);
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> Document<'a> {
        self.builder.end_words();
        let (blocks, footnotes) = self.builder.stack.finish();
        Document { blocks, links: self.builder.run.links, footnotes, notices: self.builder.notices }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let run = &mut self.builder.run;
        match tag {
            Tag::Emphasis => return run.open(Span::Mark(Mark::Emphasis), false),
            Tag::Strong => return run.open(Span::Mark(Mark::Strong), false),
            Tag::Strikethrough => return run.open(Span::Mark(Mark::Strike), false),
            Tag::Link { link_type: LinkType::WikiLink { has_pothole }, dest_url, .. } => {
                return self.wiki_link(has_pothole, dest_url, range.start);
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                let link = self.link(link_type, dest_url, title, range.start);
                return self.builder.run.open_link(link, false);
            }
            // Lists of HTML are often left open.
            Tag::Heading { .. } if self.builder.text[..range.start].ends_with('\n') => {
                self.builder.end_paragraph();
                while self.builder.stack.close_html(&Container::List { start: None, items: Vec::new() }) {}
            }
            Tag::Image { link_type, dest_url, title, .. } => {
                let image = self.image(dest_url, title, range.start);
                self.picture = Some(Picture { image, link_type, inner: Vec::new() });
                return;
            }
            Tag::TableHead | Tag::TableRow => {
                return self.builder.table.iter_mut().for_each(|table| table.rows.push(Vec::new()));
            }
            Tag::TableCell => return,
            _ => {}
        }
        self.builder.end_paragraph();
        self.builder.block_end = range.end;
        self.start_block(tag);
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        let stack = &mut self.builder.stack;
        match tag {
            Tag::Heading { .. } | Tag::DefinitionListTitle => {
                self.builder.heading = None;
                self.builder.is_inline_only = true;
            }
            Tag::BlockQuote(kind) => {
                let alert = |kind| Alert { kind: Cow::Owned(format!("{kind:?}")), title: Vec::new() };
                stack.open(Container::Quote(kind.map(alert)));
            }
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Indented => Cow::Borrowed(""),
                    CodeBlockKind::Fenced(info) => {
                        let is_chunk = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic());
                        self.chunk = info.strip_prefix('{').filter(|rest| is_chunk(rest)).map(str::to_owned);
                        match language(&info) {
                            "" => Cow::Borrowed(""),
                            language => self.source.keep(language),
                        }
                    }
                };
                // A `pre` element of HTML may have been left open.
                self.builder.end_preformatted();
                self.builder.code = Some(Code { language, text: Cow::Borrowed("") });
            }
            Tag::List(start) => stack.open(Container::List { start, items: Vec::new() }),
            Tag::Item => stack.open(Container::Item { task: None }),
            Tag::FootnoteDefinition(label) => stack.open_note(self.source.keep(label)),
            Tag::DefinitionList => stack.open(Container::Definitions(Vec::new())),
            Tag::DefinitionListDefinition => stack.open(Container::Meaning),
            Tag::Table(alignments) => {
                self.builder.end_table();
                self.builder.table = Some(OpenTable::new(alignments, false));
                self.builder.is_inline_only = true;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.builder.end_words(),
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.builder.run.close_markdown();
            }
            TagEnd::Heading(level) => {
                self.builder.is_inline_only = false;
                if let Some(text) = self.builder.run.take().and_then(without_id) {
                    self.push_block(Block::Heading { level: level as u8, text });
                }
            }
            TagEnd::CodeBlock => {
                if let Some(mut code) = self.builder.code.take() {
                    let end = code.text.strip_suffix('\n').unwrap_or(&code.text).len();
                    truncate(&mut code.text, end);
                    let options = self.chunk.take();
                    if options.is_none_or(|options| is_shown(&options, &mut code.text)) {
                        self.push_block(Block::Code(code));
                    }
                }
            }
            TagEnd::HtmlBlock => self.builder.end_html_block(),
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListDefinition => {
                self.builder.end_words();
                self.builder.stack.close();
            }
            TagEnd::DefinitionListTitle => {
                self.builder.is_inline_only = false;
                let term = self.builder.run.take().unwrap_or_default();
                match self.builder.stack.top() {
                    Some(Container::Definitions(definitions)) => {
                        definitions.push(Definition { term, meanings: Vec::new() });
                    }
                    _ => self.builder.stack.push_paragraph(term),
                }
            }
            TagEnd::TableCell => {
                self.builder.end_elements();
                self.builder.end_cell();
            }
            TagEnd::Table => self.builder.end_table(),
            // Images are read above; the last three are not enabled in the parser.
            TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::Image
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn push_block(&mut self, block: Block<'a>) {
        self.builder.stack.push_block(block);
    }

    fn link(&self, link_type: LinkType, destination: CowStr<'_>, title: CowStr<'_>, at: usize) -> Link<'a> {
        let (kind, destination) = match link_type {
            LinkType::Email => (LinkKind::Bare, Cow::Owned(format!("mailto:{destination}"))),
            LinkType::Autolink => (LinkKind::Bare, self.source.keep(destination)),
            LinkType::WikiLink { has_pothole } => {
                let kind = if has_pothole { LinkKind::WikiLabelled } else { LinkKind::Wiki };
                (kind, one_line(self.source.keep(destination)))
            }
            _ => (LinkKind::Labelled, self.source.keep(destination)),
        };
        Link { destination, title: self.title(title), kind, offset: at }
    }

    /// Returns whether nothing else is on the lines of `range`.
    fn is_alone(&self, range: &Range<usize>) -> bool {
        let text = self.builder.text;
        let marks = |c: char| c.is_whitespace() || c.is_ascii_digit() || ">*+-.):".contains(c);
        let behind = text[range.end..].trim_start_matches([' ', '\t', '\r']);
        line_before(text, range.start).chars().all(marks) && (behind.is_empty() || behind.starts_with('\n'))
    }

    fn wiki_link(&mut self, has_label: bool, name: CowStr<'_>, at: usize) {
        let (page, label) = split_wiki_name(one_line(self.source.keep(name)));
        let is_within_page = page.starts_with('#');
        let kind = if has_label || label.is_some() { LinkKind::WikiLabelled } else { LinkKind::Wiki };
        let link = Link { destination: page.clone(), title: Cow::Borrowed(""), kind, offset: at };
        match (has_label, is_within_page) {
            (true, true) => return self.builder.run.open(Span::Nothing, false),
            (true, false) => return self.builder.run.open_link(link, false),
            _ => self.is_labelled = true,
        }
        let label = label.unwrap_or_else(|| wiki_label(page));
        if is_within_page {
            self.builder.run.words(&label, at);
        } else {
            self.builder.run.whole_link(link, label);
        }
    }

    /// Returns the title of a link or picture on one line.
    fn title(&self, title: CowStr<'_>) -> Cow<'a, str> {
        if title.is_empty() { Cow::Borrowed("") } else { one_line(self.source.keep(title)) }
    }

    /// Adds TeX as Unicode where that is simple, else as it was written, on one line.
    fn words_of_math(&mut self, sign: &str, tex: &str, range: Range<usize>) {
        let at = range.start;
        let written = &self.builder.text[range];
        if let Some(words) = tex_as_unicode(tex) {
            self.builder.run.words(&words, at);
        } else if written.contains(['\n', '\r']) {
            self.builder.run.words(&format!("{sign}{}{sign}", collapsed(tex)), at);
        } else {
            self.builder.run.words(written, at);
        }
    }

    fn image(&self, source: CowStr<'_>, title: CowStr<'_>, at: usize) -> Image<'a> {
        let (source, title) = (self.source.keep(source), self.title(title));
        Image { source, alt: Cow::Borrowed(""), title, offset: at }
    }

    /// Reads alternative text, which is plain words. Links and pictures in it are put after the picture.
    fn in_picture(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Text(text) | Event::Code(text) => self.alt_words(&text),
            Event::InlineMath(tex) | Event::DisplayMath(tex) => self.alt_words(&tex),
            Event::SoftBreak | Event::HardBreak => self.alt_words(" "),
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let link = self.link(link_type, dest_url, title, range.start);
                self.builder.run.link_behind(link);
            }
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                let image = self.image(dest_url, title, range.start);
                if let Some(picture) = &mut self.picture {
                    picture.inner.push(image);
                }
            }
            Event::End(TagEnd::Image) => {
                match self.picture.as_mut().and_then(|picture| picture.inner.pop()) {
                    Some(mut image) => {
                        image.alt = one_line(image.alt);
                        self.builder.run.image_behind(image);
                    }
                    None => self.end_picture(),
                }
            }
            _ => {}
        }
    }

    /// Adds words to the alternative text, and to that of the innermost picture within it.
    fn alt_words(&mut self, words: &str) {
        let Some(picture) = &mut self.picture else { return };
        for image in std::iter::once(&mut picture.image).chain(picture.inner.last_mut()) {
            self.source.append(&mut image.alt, words);
        }
    }

    fn end_picture(&mut self) {
        let Some(Picture { mut image, link_type, .. }) = self.picture.take() else { return };
        image.alt = one_line(image.alt);
        if let LinkType::WikiLink { .. } = link_type {
            let (source, label) = split_wiki_name(image.source.clone());
            image.alt =
                label.unwrap_or(if image.alt == image.source { Cow::Borrowed("") } else { image.alt });
            image.source = source;
        }
        // Obsidian writes a size in pixels behind a bar.
        let is_size = |words: &str| {
            words.starts_with(|c: char| c.is_ascii_digit())
                && words.bytes().all(|byte| byte.is_ascii_digit() || byte == b'x')
        };
        while let Some(at) = image.alt.rfind('|').filter(|bar| is_size(&image.alt[bar + 1..])) {
            truncate(&mut image.alt, at);
        }
        if is_size(&image.alt) {
            image.alt = Cow::Borrowed("");
        }
        if matches!(link_type, LinkType::WikiLink { .. }) && !is_picture_name(&image.source) {
            // `![[page]]` embeds another page; here it is a link to it.
            let Image { source: destination, alt, title, offset } = image;
            let (kind, alt) = match &*alt {
                "" => (LinkKind::Wiki, wiki_label(destination.clone())),
                _ => (LinkKind::WikiLabelled, alt),
            };
            self.builder.run.whole_link(Link { destination, title, kind, offset }, alt);
            return self.builder.run.settle();
        }
        self.builder.run.image(image);
        self.builder.run.settle();
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
    let is_option = |line: &&str| ["#|", "//|", "--|", "%%|"].iter().any(|sign| line.starts_with(sign));
    let mut length = 0;
    for line in text.split_inclusive('\n').take_while(is_option) {
        length += line.len();
        options.push_str(&line.replace(' ', "").replace(':', "="));
    }
    let end = text.len().min(length);
    cut_start(text, end);
    let options = options.to_ascii_lowercase();
    let hides = |name: &str| ["false", "f"].iter().any(|no| options.contains(&format!("{name}={no}")));
    !hides("echo") && !hides("include")
}

/// Splits the name of a wiki link at an escaped bar, which tables need and the parser does not know.
fn split_wiki_name(mut name: Cow<'_, str>) -> (Cow<'_, str>, Option<Cow<'_, str>>) {
    let bar = name.find("\\|");
    let label = bar.map(|bar| part(&name, bar + 2..name.len()));
    let end = bar.unwrap_or(name.strip_suffix('\\').unwrap_or(&name).len());
    truncate(&mut name, end);
    (name, label)
}

/// Returns the label of a wiki link without one: a part of a page is separated from its name, and the name of a block or
/// a place in a file is no word.
fn wiki_label(mut name: Cow<'_, str>) -> Cow<'_, str> {
    let Some(at) = name.find('#') else { return name };
    let part = name[at + 1..].trim_start_matches('^');
    if at == 0 {
        return Cow::Owned(part.replace('#', " > "));
    }
    if name[at + 1..].starts_with('^') || name[..at].contains('.') {
        truncate(&mut name, at);
        return name;
    }
    Cow::Owned(name.replace('#', " > "))
}

/// Removes a trailing `{#id}` from the text of a heading. Returns `None` if nothing else is left.
fn without_id(mut text: Text<'_>) -> Option<Text<'_>> {
    if let Some(Inline::Text(words)) = text.last_mut()
        && words.ends_with('}')
        && let Some(start) = words.rfind("{#")
        && !words[start..words.len() - 1].contains(['}', ' '])
    {
        let end = words[..start].trim_end().len();
        truncate(words, end);
        if end == 0 {
            text.pop();
        }
    }
    (!text.is_empty()).then_some(text)
}
