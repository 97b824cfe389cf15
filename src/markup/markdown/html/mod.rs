//! HTML in Markdown. Tags in running text and in blocks of HTML have the same effect on the [`Builder`].

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memmem;
use pulldown_cmark::Event;

use super::builder::Builder;
use super::run::Span;
use super::source::{Lookahead, Source, is_picture_name};
use super::stack::Container;
use super::typography::decode;
use crate::markup::{Alignment, Block, Code, Inline, Table, Text};
pub(super) use elements::medium;
use elements::{Element, element};
use tokens::{Tag, Token, Tokens};

mod elements;
mod tokens;

/// The elements whose content may be removed.
const HIDING: [&str; 5] = ["script", "style", "svg", "template", "iframe"];

/// The state of HTML elements that are open.
#[derive(Default)]
pub(super) struct Html<'a> {
    /// The HTML block that is being collected, and its offset.
    block: Option<(Cow<'a, str>, usize)>,
    /// Whether the tags come from an HTML block, not from running text.
    in_block: bool,
    /// The name of the element whose content is being removed.
    hidden: Option<String>,
    /// The language and the text of the open `pre` element.
    preformatted: Option<(Cow<'a, str>, String)>,
    /// All names that are closed in the text, collected at first use.
    closed_names: Option<HashSet<String>>,
    /// The next closing tag of each of [`HIDING`].
    closings: [Lookahead; HIDING.len()],
    /// The rows of the open table, and whether all cells of the first one are headings.
    table: Option<(Vec<Vec<Text<'a>>>, bool)>,
    /// The next opening and closing tags of tables.
    tables: [Lookahead; 2],
    /// The label for the recordings in the open film or recording, and whether no words in it have been read.
    medium: Option<(&'static str, bool)>,
}

impl<'a> Html<'a> {
    pub(super) fn start_block(&mut self) {
        self.block = Some((Cow::Borrowed(""), 0));
    }

    /// Adds a line to the HTML block.
    pub(super) fn collect(&mut self, source: Source<'a>, line: &str, at: usize) {
        let (html, start) = self.block.get_or_insert((Cow::Borrowed(""), at));
        if html.is_empty() {
            *start = at;
        }
        source.append(html, line);
    }

    pub(super) fn end_block(&mut self, builder: &mut Builder<'a, '_>) {
        if let Some((html, at)) = self.block.take() {
            self.in_block = true;
            self.read(&html, at, builder);
            self.in_block = false;
        }
        if self.table.is_some() {
            builder.is_inline_only = false;
            self.end_table(builder);
        }
        self.end(builder);
        builder.end_paragraph();
    }

    /// Ends the elements that cannot continue beyond a block of Markdown.
    pub(super) fn end(&mut self, builder: &mut Builder<'a, '_>) {
        self.hidden = None;
        self.medium = None;
        self.end_preformatted(builder);
    }

    /// Returns whether `event` belongs to an element whose content is not ordinary text.
    pub(super) fn takes(&self, event: &Event<'_>) -> bool {
        (self.hidden.is_some() || self.preformatted.is_some())
            && !matches!(event, Event::Start(_) | Event::End(_) | Event::Html(_) | Event::InlineHtml(_))
    }

    /// Reads an event within such an element.
    pub(super) fn event(&mut self, event: Event<'_>) {
        if self.hidden.is_some() {
            return;
        }
        let Some((_, text)) = &mut self.preformatted else { return };
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::InlineMath(tex) | Event::DisplayMath(tex) => text.push_str(&tex),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            _ => {}
        }
    }

    /// Reads a piece of HTML that starts at offset `at` of the text.
    pub(super) fn read(&mut self, html: &str, at: usize, builder: &mut Builder<'a, '_>) {
        for (offset, token) in Tokens::new(html) {
            let at = at + offset;
            match token {
                Token::Tag(tag)
                    if tag.is_closing()
                        && self.hidden.as_ref().is_some_and(|name| tag.name.eq_ignore_ascii_case(name)) =>
                {
                    self.hidden = None;
                    builder.run.skip_space();
                }
                _ if self.hidden.is_some() => {}
                Token::Text(text) => self.text(text, at, builder),
                Token::Comment => builder.run.skip_space(),
                Token::Tag(tag) => match element(tag.name) {
                    Some(element) if self.preformatted.is_some() => self.preformat(element, tag, builder),
                    Some(element) if self.table.is_some() && self.in_table(element, tag, builder) => {}
                    Some(element) if tag.is_closing() => {
                        self.medium = self.medium.filter(|_| !matches!(element, Element::Embed(_)));
                        close(element, builder);
                    }
                    Some(element) => self.open(element, tag, at, builder),
                    None => self.unknown(tag, at, builder),
                },
            }
        }
    }

    /// Reads text in an HTML block, where white space collapses.
    fn text(&mut self, text: &str, at: usize, builder: &mut Builder<'a, '_>) {
        if let Some((_, preformatted)) = &mut self.preformatted {
            preformatted.push_str(&decode(text));
            return;
        }
        let skips = self.skips(text, builder);
        let run = &mut builder.run;
        let mut next = at;
        for (index, line) in text.split('\n').enumerate() {
            let at = next;
            next += line.len() + 1;
            let line = line.trim_end_matches('\r');
            let words = if index > 0 { line.trim_start() } else { line };
            if index > 0 {
                run.soft_break();
            }
            if skips {
                continue;
            }
            if !(words.is_empty() || run.is_empty() && words.trim().is_empty()) {
                run.words(&decode(words), at + line.len() - words.len());
            }
        }
    }

    /// Reads a tag that HTML does not know: a component of a page generator, which is removed, or text.
    fn unknown(&mut self, tag: Tag<'_>, at: usize, builder: &mut Builder<'a, '_>) {
        let is_markup = tag.is_closing() || tag.closes_itself() || tag.has_attributes();
        // Custom elements of HTML have a hyphen in their names.
        let is_custom = tag.name.contains('-');
        let is_known = is_component(tag.name) || is_custom;
        if !is_known || !(is_markup || self.is_closed(tag.name, builder.text)) {
            self.text(tag.raw, at, builder);
            return;
        }
        let picture = elements::image(tag, at, builder).filter(|image| is_picture_name(&image.source));
        let link = elements::component(tag, at, builder);
        let is_pair = !tag.is_closing() && !tag.closes_itself() && self.is_closed(tag.name, builder.text);
        match (picture, link, elements::words(tag, builder)) {
            (Some(image), ..) => builder.run.push(Inline::Image(Box::new(image))),
            (None, Some((link, _)), None) if is_pair && !is_custom => {
                return builder.run.open_link(link, true);
            }
            (None, Some((link, label)), _) => builder.run.whole_link(link, label),
            (None, None, Some(words)) if !is_custom => {
                builder.run.words(&words, at);
                if is_pair && builder.may_break() {
                    builder.end_paragraph();
                }
            }
            _ if tag.is_closing() => builder.run.close_html(|span| span == Span::Link),
            _ => builder.notice(at, format!("the component `<{}>` is left out", tag.name)),
        }
        builder.run.skip_space();
        if builder.may_break() && (self.in_block || !is_custom) {
            builder.end_paragraph();
        }
    }

    /// Returns whether `text` contains `</name`.
    fn is_closed(&mut self, name: &str, text: &str) -> bool {
        let names = self.closed_names.get_or_insert_with(|| {
            let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
            let closings = memmem::find_iter(text.as_bytes(), b"</");
            closings.map(|at| text[at + 2..].chars().take_while(is_name).collect()).collect()
        });
        names.contains(name)
    }

    fn open(&mut self, element: Element, tag: Tag<'_>, at: usize, builder: &mut Builder<'a, '_>) {
        match element {
            Element::Anchor => match elements::anchor_link(tag, at, builder) {
                Some(link) => {
                    // HTML has no link within a link: a second one ends the first.
                    builder.run.close_html(|span| span == Span::Link);
                    builder.run.open_link(link, true);
                }
                None => builder.run.open(Span::Nothing, true),
            },
            Element::Image => {
                if let Some(image) = elements::image(tag, at, builder) {
                    builder.run.push(Inline::Image(Box::new(image)));
                }
            }
            Element::Break => builder.run.push(Inline::HardBreak),
            Element::Span(span) => {
                if span == Span::Quotation {
                    builder.run.words("\u{201c}", at);
                }
                builder.run.open(span, true);
            }
            Element::Plain => {}
            Element::Embed(kind) => self.embed(kind, tag, at, builder),
            Element::Hidden => {
                if self.hide_content(tag, at, builder) {
                    builder.notice(at, format!("`<{}>` is left out with its content", tag.name));
                }
            }
            Element::Cell => builder.run.divide(Inline::Text(" | ".into())),
            // In inline text a block is not possible, but its words must not run into those before it.
            _ if !builder.may_break() => builder.run.soft_break(),
            Element::Row => builder.run.divide(Inline::HardBreak),
            _ => self.open_block(element, tag, at, builder),
        }
    }

    fn open_block(&mut self, element: Element, tag: Tag<'_>, at: usize, builder: &mut Builder<'a, '_>) {
        builder.end_paragraph();
        let stack = &mut builder.stack;
        match element {
            Element::Heading(level) => builder.heading = Some(level),
            Element::Rule => stack.push_block(Block::Rule),
            Element::Quote => stack.open_html(Container::Quote(None)),
            Element::List { ordered } => {
                let first = || tag.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                stack.open_html(Container::List { start: ordered.then(first), items: Vec::new() });
            }
            Element::Item => {
                stack.close_html(is_item, is_list);
                if !stack.in_html_list() {
                    stack.open_html(Container::List { start: None, items: Vec::new() });
                }
                stack.open_html(Container::Item { task: None });
            }
            Element::Figure => stack.open_html(Container::Figure { caption: None }),
            Element::Table => self.start_table(at, builder),
            Element::Preformatted => self.preformatted = Some((class_language(tag), String::new())),
            _ => {}
        }
    }

    /// Adds a link to a frame, a film or a recording. The words in a frame are for browsers that cannot show it; those
    /// in a film or recording describe it.
    fn embed(&mut self, kind: &'static str, tag: Tag<'_>, at: usize, builder: &mut Builder<'a, '_>) {
        let outer = self.medium.map(|(kind, _)| kind);
        if let Some((link, label)) = elements::embed(outer.unwrap_or(kind), tag, at, builder) {
            if outer.is_some() {
                builder.run.soft_break();
            }
            builder.run.whole_link(link, label);
        }
        if hiding(tag.name).is_some() {
            self.hide_content(tag, at, builder);
        } else if !tag.closes_itself() && !tag.name.eq_ignore_ascii_case("source") {
            self.medium = Some((kind, true));
        }
    }

    /// Prepares for words, which start a line after a film or recording that they describe. Returns `true` if they only
    /// say that a browser cannot show it.
    pub(super) fn skips(&mut self, words: &str, builder: &mut Builder<'a, '_>) -> bool {
        let Some((_, is_first)) = self.medium.as_mut().filter(|_| !words.trim().is_empty()) else {
            return false;
        };
        if words.to_lowercase().contains("your browser") {
            return true;
        }
        if std::mem::take(is_first) {
            builder.run.soft_break();
        }
        false
    }

    /// Starts a table if all of it is in this block and its cells have nothing but words and one column and row each.
    fn start_table(&mut self, at: usize, builder: &Builder<'a, '_>) {
        const OTHERS: [&str; 8] =
            ["colspan", "rowspan", "<ul", "<ol", "<pre", "<h", "<blockquote", "<iframe"];
        let text = &builder.text[..builder.block_end.min(builder.text.len())];
        let [opening, closing] = &mut self.tables;
        let Some(end) = closing.find(text, "</table", at) else { return };
        if opening.find(text, "<table", at + 1).is_some_and(|next| next < end) {
            return;
        }
        let inner = &text[at..end];
        let count = |start: &str| inner.matches(start).count();
        let rows = count("<tr");
        if rows > 1
            && count("<td") + count("<th") > rows + count("<thead")
            && !OTHERS.iter().any(|other| inner.contains(other))
        {
            self.table = Some((Vec::new(), true));
        }
    }

    /// Reads a tag in a table. Returns `false` if it is one of running text.
    fn in_table(&mut self, element: Element, tag: Tag<'_>, builder: &mut Builder<'a, '_>) -> bool {
        if !matches!(element, Element::Table | Element::Row | Element::Cell) {
            return false;
        }
        let Some((rows, has_header)) = &mut self.table else { return false };
        // A cell ends where the next one starts, at the latest.
        if std::mem::take(&mut builder.is_inline_only)
            && let Some(row) = rows.last_mut()
        {
            row.push(builder.run.take().unwrap_or_default());
        }
        match element {
            Element::Cell if !tag.is_closing() => {
                if rows.is_empty() {
                    rows.push(Vec::new());
                }
                *has_header &= rows.len() > 1 || tag.name.eq_ignore_ascii_case("th");
                builder.is_inline_only = true;
            }
            Element::Row if !tag.is_closing() => rows.push(Vec::new()),
            Element::Table => self.end_table(builder),
            _ => {}
        }
        true
    }

    fn end_table(&mut self, builder: &mut Builder<'a, '_>) {
        let Some((mut rows, has_header)) = self.table.take() else { return };
        rows.retain(|row| !row.is_empty());
        builder.end_paragraph();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        for row in &mut rows {
            row.resize(columns, Vec::new());
        }
        let header = if has_header && !rows.is_empty() { rows.remove(0) } else { vec![Vec::new(); columns] };
        if columns > 0 {
            let alignments = vec![Alignment::None; columns];
            builder.stack.push_block(Block::Table(Table { alignments, header, rows }));
        }
    }

    /// Removes all content up to the closing tag. In running text this requires that there is one: a sentence about
    /// the script element must not remove the text after it.
    fn hide_content(&mut self, tag: Tag<'_>, at: usize, builder: &Builder<'a, '_>) -> bool {
        if tag.closes_itself() {
            return true;
        }
        if !self.in_block && !self.is_closed_in_block(tag.name, at, builder) {
            return false;
        }
        self.hidden = Some(tag.name.to_owned());
        true
    }

    /// Returns whether the element `name`, one of [`HIDING`], is closed after `at` and before the end of the block.
    fn is_closed_in_block(&mut self, name: &str, at: usize, builder: &Builder<'a, '_>) -> bool {
        let find = |slot: usize| self.closings[slot].find(builder.text, &format!("</{}", HIDING[slot]), at);
        hiding(name).and_then(find).is_some_and(|next| next < builder.block_end)
    }

    /// Reads a tag within preformatted text.
    fn preformat(&mut self, element: Element, tag: Tag<'_>, builder: &mut Builder<'a, '_>) {
        let Some((language, text)) = &mut self.preformatted else { return };
        match element {
            Element::Preformatted if tag.is_closing() => self.end_preformatted(builder),
            Element::Span(Span::Code) if !tag.is_closing() && language.is_empty() => {
                *language = class_language(tag);
            }
            Element::Break => text.push('\n'),
            _ => {}
        }
    }

    fn end_preformatted(&mut self, builder: &mut Builder<'a, '_>) {
        let Some((language, text)) = self.preformatted.take() else { return };
        let text = text.strip_prefix('\n').unwrap_or(&text).trim_end();
        if !text.is_empty() {
            builder.stack.push_block(Block::Code(Code { language, text: Cow::Owned(text.to_owned()) }));
        }
    }
}

/// Returns the index of the element `name` in [`HIDING`].
fn hiding(name: &str) -> Option<usize> {
    HIDING.iter().position(|known| known.eq_ignore_ascii_case(name))
}

fn close(element: Element, builder: &mut Builder<'_, '_>) {
    let run = &mut builder.run;
    match element {
        Element::Anchor => run.close_html(|span| matches!(span, Span::Link | Span::Nothing)),
        Element::Span(wanted) => run.close_html(|span| span == wanted),
        Element::Image
        | Element::Break
        | Element::Plain
        | Element::Embed(_)
        | Element::Hidden
        | Element::Cell
        | Element::Row
        | Element::Rule => {}
        _ if !builder.may_break() => builder.run.soft_break(),
        _ => close_block(element, builder),
    }
}

fn close_block(element: Element, builder: &mut Builder<'_, '_>) {
    // A caption is kept until its figure ends.
    match builder.stack.top() {
        Some(Container::Figure { caption: caption @ None }) if element == Element::Caption => {
            *caption = builder.run.take();
        }
        _ => builder.end_paragraph(),
    }
    let stack = &mut builder.stack;
    match element {
        Element::Heading(_) => builder.heading = None,
        Element::Quote => stack.close_html(|container| matches!(container, Container::Quote(_)), |_| false),
        Element::List { .. } => stack.close_html(is_list, |_| false),
        Element::Item => stack.close_html(is_item, is_list),
        Element::Figure => stack.close_html(|open| matches!(open, Container::Figure { .. }), |_| false),
        _ => {}
    }
}

fn is_item(container: &Container<'_>) -> bool {
    matches!(container, Container::Item { .. })
}

fn is_list(container: &Container<'_>) -> bool {
    matches!(container, Container::List { .. })
}

/// Returns whether `name` is spelt like a component of a page generator: capitalised, and not a single capital letter
/// as type parameters are.
pub(super) fn is_component(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase())
}

/// Returns the language in a class name of highlighters: `language-rust`, `lang-rust`.
fn class_language(tag: Tag<'_>) -> Cow<'static, str> {
    let Some(classes) = tag.attribute("class") else { return Cow::Borrowed("") };
    let named = classes
        .split_whitespace()
        .find_map(|class| class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")));
    named.map_or(Cow::Borrowed(""), |name| Cow::Owned(language(name).to_owned()))
}

/// Returns the language in an info string: its first word, also from `{.rust}`, `rust,ignore` and `rust{1,3}`.
pub(super) fn language(info: &str) -> &str {
    let info = info.trim_start().trim_start_matches(['{', '.']);
    let end = info.find(|c: char| c.is_whitespace() || matches!(c, ',' | '{' | '}')).unwrap_or(info.len());
    let word = &info[..end];
    // `title=x` is an attribute of a block without a language.
    if word.contains('=') { "" } else { word }
}
