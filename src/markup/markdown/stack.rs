//! The open containers and their blocks.
//!
//! Containers deeper than [`MAX_DEPTH`] are tracked but not built: their blocks go to the innermost built one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::discriminant;

use crate::markup::{Alert, Block, Definition, Footnote, Inline, Item, List, MAX_DEPTH, Text, plain_words};

pub(super) enum Container<'a> {
    Quote(Option<Alert<'a>>),
    List(List<'a>),
    /// An item, and whether it is a task that is done.
    Item(Option<bool>),
    Definitions(Vec<Definition<'a>>),
    Meaning,
    /// A footnote: its index among all notes, and the depth of the container that it is written in.
    Note {
        index: usize,
        outer_depth: usize,
    },
    Figure(Option<Text<'a>>),
    /// A container too deep to be built, or without the parent it needs.
    Unbuilt,
}

impl Container<'_> {
    pub(super) fn list(start: Option<u64>) -> Self {
        Self::List(List { start, items: Vec::new() })
    }

    /// Returns whether the container counts for [`MAX_DEPTH`].
    fn is_nesting(&self) -> bool {
        matches!(self, Self::Quote(_) | Self::List(_) | Self::Definitions(_) | Self::Figure(_))
    }

    fn has_blocks(&self) -> bool {
        !matches!(self, Self::List(_) | Self::Definitions(_) | Self::Unbuilt)
    }
}

struct Frame<'a> {
    container: Container<'a>,
    from_html: bool,
}

#[derive(Default)]
pub(super) struct Stack<'a> {
    frames: Vec<Frame<'a>>,
    /// The blocks of the document outside of containers.
    outermost: Vec<Block<'a>>,
    /// The blocks of each open container that has blocks of its own.
    blocks: Vec<Vec<Block<'a>>>,
    depth: usize,
    /// The footnotes by first mention.
    notes: Vec<Note<'a>>,
    /// From the label of a note in lower case to its index.
    note_indices: HashMap<String, usize>,
    numbered: u32,
}

struct Note<'a> {
    /// Counted from 1 in the order of first references; `None` without a reference so far.
    number: Option<u32>,
    footnote: Footnote<'a>,
}

impl<'a> Stack<'a> {
    pub(super) fn top(&mut self) -> Option<&mut Container<'a>> {
        self.frames.last_mut().map(|frame| &mut frame.container)
    }

    pub(super) fn push_block(&mut self, block: Block<'a>) {
        self.ensure_item();
        self.innermost().push(block);
    }

    /// Adds a paragraph. The first one of a quotation may be the head of an alert.
    pub(super) fn push_paragraph(&mut self, mut text: Text<'a>) {
        self.ensure_item();
        let first = self.innermost().is_empty();
        if let Some(Container::Quote(alert @ None)) = self.top().filter(|_| first) {
            (*alert, text) = take_alert(text);
        }
        if !text.is_empty() {
            self.innermost().push(Block::Paragraph(text));
        }
    }

    pub(super) fn number_of_note(&mut self, label: Cow<'a, str>) -> u32 {
        let index = self.note(label);
        *self.notes[index].number.get_or_insert_with(|| {
            self.numbered += 1;
            self.numbered
        })
    }

    /// Opens the footnote `label`. One that is written twice has the text of both.
    pub(super) fn open_note(&mut self, label: Cow<'a, str>) {
        let index = self.note(label);
        self.open(Container::Note { index, outer_depth: self.depth });
    }

    fn note(&mut self, label: Cow<'a, str>) -> usize {
        let index = *self.note_indices.entry(label.to_lowercase()).or_insert(self.notes.len());
        if index == self.notes.len() {
            self.notes.push(Note { number: None, footnote: Footnote { label, blocks: Vec::new() } });
        }
        index
    }

    /// Opens a container that Markdown will close.
    pub(super) fn open(&mut self, container: Container<'a>) {
        self.ensure_item();
        self.enter(container, false);
    }

    /// Opens a container for HTML, which may never close it. An item closes the one before it, and has a list opened for
    /// it outside of one. Does nothing at [`MAX_DEPTH`].
    pub(super) fn open_html(&mut self, container: Container<'a>) {
        if let Container::Item(_) = container {
            self.close_html(&container);
            if !self.in_html_list() {
                self.open_html(Container::list(None));
            }
            if self.in_html_list() {
                self.enter(container, true);
            }
        } else if self.depth < MAX_DEPTH {
            self.ensure_item();
            self.enter(container, true);
        }
    }

    /// Closes the container that Markdown opened last, and those that HTML left open in it.
    pub(super) fn close(&mut self) {
        while self.frames.last().is_some_and(|frame| frame.from_html) {
            self.leave();
        }
        self.leave();
    }

    /// Closes the nearest HTML container like `wanted` in what Markdown opened last. Returns whether there is one.
    pub(super) fn close_html(&mut self, wanted: &Container<'_>) -> bool {
        let is_border = |other: &Container<'_>| matches!((wanted, other), (Container::Item(_), Container::List(_)));
        let within = self.frames.iter().rev();
        let mut within = within.take_while(|frame| frame.from_html && !is_border(&frame.container));
        let above = within.position(|frame| discriminant(&frame.container) == discriminant(wanted));
        for _ in 0..above.map_or(0, |above| above + 1) {
            self.leave();
        }
        above.is_some()
    }

    /// Returns whether the innermost container is an HTML list without an open item.
    fn in_html_list(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.from_html && matches!(frame.container, Container::List(_)))
    }

    pub(super) fn finish(mut self) -> (Vec<Block<'a>>, Vec<Footnote<'a>>) {
        while !self.frames.is_empty() {
            self.leave();
        }
        self.notes.sort_by_key(|note| note.number.unwrap_or(u32::MAX));
        (self.outermost, self.notes.into_iter().map(|note| note.footnote).collect())
    }

    fn ensure_item(&mut self) {
        if self.in_html_list() {
            self.enter(Container::Item(None), true);
        }
    }

    fn innermost(&mut self) -> &mut Vec<Block<'a>> {
        self.blocks.last_mut().unwrap_or(&mut self.outermost)
    }

    fn enter(&mut self, container: Container<'a>, from_html: bool) {
        let is_built = match container {
            Container::Item(_) => matches!(self.top(), Some(Container::List(_))),
            Container::Meaning => matches!(self.top(), Some(Container::Definitions(_))),
            _ => !container.is_nesting() || self.depth < MAX_DEPTH,
        };
        let container = if is_built { container } else { Container::Unbuilt };
        self.depth += usize::from(container.is_nesting());
        if let Container::Note { .. } = container {
            self.depth = 0;
        }
        if container.has_blocks() {
            self.blocks.push(Vec::with_capacity(1));
        }
        self.frames.push(Frame { container, from_html });
    }

    fn leave(&mut self) {
        let Some(Frame { container, from_html }) = self.frames.pop() else { return };
        self.depth -= usize::from(container.is_nesting());
        let mut blocks = if container.has_blocks() { self.blocks.pop().unwrap_or_default() } else { Vec::new() };
        blocks.shrink_to_fit();
        match container {
            Container::Quote(alert) if alert.is_some() || !blocks.is_empty() => {
                self.innermost().push(Block::Quote { alert, blocks });
            }
            Container::List(list) if !list.items.is_empty() => self.innermost().push(Block::List(list)),
            Container::Item(_) if from_html && blocks.is_empty() => {}
            Container::Item(task) => {
                if let Some(Container::List(list)) = self.top() {
                    list.items.push(Item { task, blocks });
                }
            }
            Container::Definitions(definitions) if !definitions.is_empty() => {
                self.innermost().push(Block::Definitions(definitions));
            }
            Container::Meaning => {
                if let Some(Container::Definitions(definitions)) = self.top() {
                    match definitions.last_mut() {
                        Some(definition) => definition.meanings.push(blocks),
                        None => definitions.push(Definition { term: Vec::new(), meanings: vec![blocks] }),
                    }
                }
            }
            Container::Note { index, outer_depth } => {
                self.depth = outer_depth;
                self.notes[index].footnote.blocks.extend(blocks);
            }
            Container::Figure(caption) => self.innermost().extend(with_caption(blocks, caption)),
            Container::Quote(_) | Container::List(_) | Container::Definitions(_) | Container::Unbuilt => {}
        }
    }
}

/// Adds the caption of a figure: as the title of its first picture if that has no words, else as a paragraph.
fn with_caption<'a>(mut blocks: Vec<Block<'a>>, caption: Option<Text<'a>>) -> Vec<Block<'a>> {
    let Some(caption) = caption else { return blocks };
    let is_plain = caption
        .iter()
        .all(|inline| matches!(inline, Inline::Text(_) | Inline::Code(_) | Inline::SoftBreak | Inline::HardBreak));
    let mut inlines = blocks.iter_mut().flat_map(|block| match block {
        Block::Paragraph(text) => &mut text[..],
        _ => &mut [],
    });
    let picture = inlines.find_map(|inline| if let Inline::Image(image) = inline { Some(image) } else { None });
    if let Some(image) = picture.filter(|_| is_plain) {
        let words = plain_words(&caption);
        if image.alt == words {
            return blocks;
        }
        if image.alt.is_empty() && image.title.is_empty() {
            image.title = Cow::Owned(words);
            return blocks;
        }
    }
    blocks.push(Block::Paragraph(caption));
    blocks
}

/// Splits an Obsidian `[!kind] Title` off the start of a quotation; the parser only knows alerts without a title.
fn take_alert(mut text: Text<'_>) -> (Option<Alert<'_>>, Text<'_>) {
    let Some(Inline::Text(words)) = text.first_mut() else { return (None, text) };
    let Some((kind, title_at)) = alert_kind(words) else { return (None, text) };
    super::source::cut_start(words, title_at);
    let has_words = !words.is_empty();
    let end = text.iter().position(super::typography::line_ends());
    let rest = end.map_or_else(Vec::new, |end| text.split_off(end + 1));
    text.truncate(end.unwrap_or(text.len()));
    if !has_words {
        text.remove(0);
    }
    (Some(Alert { kind: Cow::Owned(kind), title: text }), rest)
}

/// Returns the kind of an alert, capitalised, and the offset of its title.
fn alert_kind(words: &str) -> Option<(String, usize)> {
    let (inner, rest) = words.strip_prefix("[!")?.split_once(']')?;
    // Obsidian allows layout words after a bar.
    let kind = inner.split('|').next().unwrap_or_default().trim();
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let is_kind = kind.starts_with(char::is_alphabetic) && kind.chars().all(is_letter);
    // The sign says whether the alert is folded, which text cannot be.
    let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let is_head = is_kind && (rest.is_empty() || rest.starts_with([' ', '\t']));
    is_head.then(|| (capitalised(kind), words.len() - rest.trim_start().len()))
}

/// Returns `word` with its first letter in upper case and the others in lower case.
pub(super) fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.flat_map(char::to_lowercase)).collect()
}
