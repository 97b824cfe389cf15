//! Reads HTML into the [`Builder`]. Tags in running text and in blocks of HTML have the same effect.

use super::builder::{Builder, OpenTable};
use super::html::{Element, Tag, Token, Tokens, element, is_component};
use super::run::Span;
use super::source::{is_picture_name, line_before};
use super::stack::Container;
use crate::markup::{Block, Code, Inline};

impl<'a> Builder<'a, '_> {
    pub(super) fn end_html_block(&mut self) {
        let html = std::mem::take(&mut self.html_block);
        self.in_html_block = true;
        self.html(&html, self.html_at);
        self.in_html_block = false;
        self.end_table();
        self.end_words();
    }

    pub(super) fn html(&mut self, html: &str, at: usize) {
        for (at, token) in Tokens::new(html, at) {
            match token {
                Token::Tag(tag) if tag.is_closing() && self.hidden.is_some_and(|name| tag.is(name)) => {
                    self.hidden = None;
                    self.run.skip_space();
                }
                _ if self.hidden.is_some() => {}
                Token::Text(text) => self.html_text(text, at),
                Token::Comment => self.run.skip_space(),
                Token::Tag(tag) => {
                    match element(tag.name).filter(|one| *one != Element::Block || !is_component(tag.name)) {
                        Some(element) if self.code.is_some() => self.preformatted(element, tag),
                        Some(element @ (Element::Table | Element::Row | Element::Cell))
                            if self.table.as_ref().is_some_and(|table| table.from_html) =>
                        {
                            self.table_tag(element, tag);
                        }
                        Some(element) if tag.is_closing() => self.close(element, tag),
                        Some(element) => self.open(element, tag),
                        None => self.unknown(tag),
                    }
                }
            }
        }
    }

    /// Reads text in a block of HTML, where white space collapses.
    fn html_text(&mut self, text: &str, mut at: usize) {
        if let Some(code) = &mut self.code {
            return self.source.append(&mut code.text, &super::typography::decode(text));
        }
        let skips = self.skips(text);
        for (index, line) in text.split('\n').enumerate() {
            let mut words = line;
            if index > 0 {
                self.run.soft_break();
                words = line.trim_start();
            }
            let words_at = at + line.len() - words.len();
            let words = words.trim_end_matches('\r');
            let is_blank = words.is_empty() || self.run.is_empty() && words.trim().is_empty();
            if !skips && !is_blank {
                self.run.words(&super::typography::decode(words), words_at);
            }
            at += line.len() + 1;
        }
    }

    /// Starts a line for words about a film or recording; returns `true` if they only say that browsers cannot show it.
    pub(super) fn skips(&mut self, words: &str) -> bool {
        let skips = self.medium.is_some() && words.to_lowercase().contains("your browser");
        let medium = self.medium.as_mut().filter(|_| !skips && !words.trim().is_empty());
        if medium.is_some_and(|(_, is_first)| std::mem::take(is_first)) {
            self.run.soft_break();
        }
        skips
    }

    /// Reads a tag that HTML does not know: a component of a page generator, which is removed, or text.
    fn unknown(&mut self, tag: Tag<'_>) {
        let is_markup = tag.is_closing() || tag.closes_itself() || tag.attributes.contains('=');
        // Custom elements of HTML have a hyphen in their names.
        let is_custom = tag.name.contains('-');
        let is_known = is_component(tag.name) || is_custom;
        if !is_known || !(is_markup || self.is_closed(tag.name)) {
            return self.html_text(tag.raw, tag.at);
        }
        let picture = tag.image(self.source).filter(|image| is_picture_name(&image.source));
        let link = tag.component(self.source);
        let is_pair = !tag.is_closing() && !tag.closes_itself() && self.is_closed(tag.name);
        match (picture, link, tag.words(self.source)) {
            (Some(image), ..) => self.run.image(image, false),
            (None, Some((link, _)), None) if is_pair && !is_custom => return self.run.open_link(link, true),
            (None, Some((link, label)), _) => self.run.whole_link(link, label),
            (None, None, Some(words)) if !is_custom => {
                self.run.words(&words, tag.at);
                if is_pair && self.may_break() {
                    self.end_paragraph();
                }
            }
            _ if tag.is_closing() => self.run.close_html(|span| span == Span::Link),
            _ => self.notice(tag.at, format!("the component `<{}>` is left out", tag.name)),
        }
        self.run.skip_space();
        if self.may_break() && (self.in_html_block || !is_custom && self.is_block(tag)) {
            self.end_paragraph();
        }
    }

    /// Returns whether a component and its counterpart have no words beside them on their lines.
    fn is_block(&self, tag: Tag<'_>) -> bool {
        let has_words = |text: &str| text.contains(char::is_alphabetic) && !text.trim_end().ends_with('>');
        let mut before = line_before(self.source.read, tag.at);
        let behind = self.source.read.get(tag.at + tag.raw.len()..).unwrap_or_default();
        let behind = behind.trim_start_matches([' ', '\t', '\r']);
        let is_opening = !tag.is_closing() && !tag.closes_itself();
        if tag.is_closing() {
            before = before.rfind(&format!("<{}", tag.name)).map_or("", |start| &before[..start]);
        }
        !has_words(before) && (is_opening || behind.is_empty() || behind.starts_with(['\n', '<']))
    }

    fn is_closed(&mut self, name: &str) -> bool {
        let text = self.source.read;
        let names = self.closed_names.get_or_insert_with(|| {
            let is_other = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
            let closings = memchr::memmem::find_iter(text.as_bytes(), b"</").map(|at| &text[at + 2..]);
            closings.map(|rest| rest.split(is_other).next().unwrap_or_default()).collect()
        });
        names.contains(name)
    }

    fn open(&mut self, element: Element, tag: Tag<'_>) {
        match element {
            Element::Anchor => {
                let Some(link) = tag.anchor(self.source) else { return self.run.open(Span::Nothing, true) };
                // HTML has no link within a link: a second one ends the first.
                self.run.close_html(|span| span == Span::Link);
                self.run.open_link(link, true);
            }
            Element::Image => {
                let Some(image) = tag.image(self.source) else { return };
                self.run.image(image, false);
            }
            Element::Break => self.run.push(Inline::HardBreak),
            Element::Span(_) if tag.closes_itself() => self.run.skip_space(),
            Element::Span(span) => {
                if let Span::Enclosed(sign) = span {
                    self.run.words(if sign == ")" { "(" } else { "\u{201c}" }, tag.at);
                }
                self.run.open(span, true);
            }
            Element::Plain => {}
            Element::Embed(kind) => self.embed(kind, tag),
            // A slot of Vue, or a condition.
            Element::Hidden(_) if tag.is("template") && [" v-", " slot="].iter().any(|a| tag.raw.contains(a)) => {}
            Element::Hidden(closing) => {
                if self.hide_content(closing, tag) && !tag.is("rp") {
                    self.notice(tag.at, format!("`<{}>` is left out with its content", tag.name));
                }
            }
            Element::Cell => self.run.divide(Inline::Text(" | ".into())),
            // In inline text a block is not possible, but its words must not run into those before it.
            _ if !self.may_break() => self.run.soft_break(),
            Element::Row => self.run.divide(Inline::HardBreak),
            _ => {
                self.end_paragraph();
                self.open_block(element, tag);
            }
        }
    }

    fn open_block(&mut self, element: Element, tag: Tag<'_>) {
        match element {
            Element::Heading(level) => self.heading = Some(level),
            Element::Rule => self.stack.push_block(Block::Rule),
            Element::Table => self.start_table(tag.at),
            Element::Preformatted => self.code = Some(Code { language: tag.language(self.source), text: "".into() }),
            _ => {
                if let Some(container) = self.container(element, tag) {
                    self.stack.open_html(container);
                }
            }
        }
    }

    fn close(&mut self, element: Element, tag: Tag<'_>) {
        match element {
            Element::Anchor => self.run.close_html(|span| matches!(span, Span::Link | Span::Nothing)),
            Element::Span(wanted) => self.run.close_html(|span| span == wanted),
            Element::Embed(_) => self.medium = None,
            Element::Image
            | Element::Break
            | Element::Plain
            | Element::Hidden(_)
            | Element::Cell
            | Element::Row
            | Element::Rule => {}
            _ if !self.may_break() => self.run.soft_break(),
            _ => {
                match self.stack.top() {
                    // A caption is kept until its figure ends.
                    Some(Container::Figure(caption @ None)) if element == Element::Caption => {
                        *caption = self.run.take();
                    }
                    _ => self.end_paragraph(),
                }
                if let Some(container) = self.container(element, tag) {
                    self.stack.close_html(&container);
                } else if let Element::Heading(_) = element {
                    self.heading = None;
                }
            }
        }
    }

    /// Links to a frame, film or recording. Words in a frame are for browsers that cannot show it; others describe it.
    fn embed(&mut self, kind: &'static str, tag: Tag<'_>) {
        let outer = self.medium.map(|(kind, _)| kind);
        if let Some((link, label)) = tag.embed(outer.unwrap_or(kind), self.source) {
            if outer.is_some() {
                self.run.soft_break();
            }
            self.run.whole_link(link, label);
        }
        if tag.is("iframe") {
            self.hide_content("</iframe", tag);
        } else if !tag.closes_itself() && !tag.is("source") {
            self.medium = Some((kind, true));
        }
    }

    /// Removes content up to `closing`; in running text only if it follows, as a sentence may be about `<script>`.
    fn hide_content(&mut self, closing: &'static str, tag: Tag<'_>) -> bool {
        let is_empty = tag.closes_itself();
        let is_removed = is_empty || self.in_html_block || self.find_in_block(closing, tag.at).is_some();
        self.hidden = (is_removed && !is_empty).then_some(&closing[2..]);
        is_removed
    }

    /// Returns the offset of the next `pattern` after `at` in the block that the parser reads.
    fn find_in_block(&mut self, pattern: &'static str, at: usize) -> Option<usize> {
        let next = self.ahead.entry(pattern).or_default().find(self.source.read, pattern, at);
        next.filter(|next| *next < self.block_end)
    }

    /// Starts a table if all of it is in this block and its cells have nothing but words and one column and row each.
    fn start_table(&mut self, at: usize) {
        const OTHERS: [&str; 8] = ["colspan", "rowspan", "<ul", "<ol", "<pre", "<h", "<blockquote", "<iframe"];
        let Some(end) = self.find_in_block("</table", at) else { return };
        if self.find_in_block("<table", at + 1).is_some_and(|next| next < end) {
            return;
        }
        let inner = &self.source.read[at..end];
        let count = |start: &str| inner.matches(start).count();
        let rows = count("<tr");
        if rows > 1
            && count("<td") + count("<th") > rows + count("<thead")
            && !OTHERS.iter().any(|other| inner.contains(other))
        {
            let (alignments, rows) = (Vec::new(), Vec::new());
            self.table = Some(OpenTable { from_html: true, alignments, rows, has_header: true });
        }
    }

    fn table_tag(&mut self, element: Element, tag: Tag<'_>) {
        // A cell ends where the next one starts, at the latest.
        if std::mem::take(&mut self.is_inline_only) {
            self.end_cell();
        }
        let Some(OpenTable { rows, has_header, .. }) = &mut self.table else { return };
        match element {
            Element::Cell if !tag.is_closing() => {
                if rows.is_empty() {
                    rows.push(Vec::new());
                }
                *has_header &= rows.len() > 1 || tag.is("th");
                self.is_inline_only = true;
            }
            Element::Row if !tag.is_closing() => rows.push(Vec::new()),
            Element::Table => self.end_table(),
            _ => {}
        }
    }

    fn preformatted(&mut self, element: Element, tag: Tag<'_>) {
        let Some(code) = &mut self.code else { return };
        match element {
            Element::Preformatted if tag.is_closing() => self.end_preformatted(),
            Element::Span(Span::Code) if !tag.is_closing() && code.language.is_empty() => {
                code.language = tag.language(self.source);
            }
            Element::Break => code.text.to_mut().push('\n'),
            _ => {}
        }
    }

    /// Returns the container that an element opens, if it opens one.
    fn container(&self, element: Element, tag: Tag<'_>) -> Option<Container<'a>> {
        let start = || tag.value(&["start"], self.source).and_then(|number| number.parse().ok());
        Some(match element {
            Element::Quote => Container::Quote(None),
            Element::Figure => Container::Figure(None),
            Element::Item => Container::Item(None),
            Element::List => Container::list(None),
            Element::OrderedList => Container::list(start().or(Some(1))),
            _ => return None,
        })
    }
}
