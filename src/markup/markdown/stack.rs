//! The containers that are open, and the blocks in them.
//!
//! Containers beyond [`MAX_DEPTH`] are opened in name only: their blocks go to the innermost real one.

use crate::markup::{Alert, Block, Definition, Item, List, MAX_DEPTH, Text};

use super::{callout, figure};

/// A container that is open.
pub(super) enum Container<'a> {
    Quote(Option<Alert<'a>>),
    List {
        start: Option<u64>,
        items: Vec<Item<'a>>,
    },
    Item {
        task: Option<bool>,
    },
    Definitions(Vec<Definition<'a>>),
    Meaning,
    /// A footnote with its number among all notes, and the depth it is written at.
    Note {
        index: usize,
        outer_depth: usize,
    },
    Figure {
        caption: Option<Text<'a>>,
    },
    /// Too deep to be real.
    Shallow,
}

struct Frame<'a> {
    container: Container<'a>,
    from_html: bool,
}

pub(super) struct Stack<'a> {
    frames: Vec<Frame<'a>>,
    /// The blocks of the page, and of every open container that has blocks of its own.
    blocks: Vec<Vec<Block<'a>>>,
    depth: usize,
}

/// What closing a container may yield besides a block of its parent.
pub(super) struct ClosedNote<'a> {
    pub(super) index: usize,
    pub(super) blocks: Vec<Block<'a>>,
}

impl<'a> Stack<'a> {
    pub(super) fn new() -> Self {
        Self { frames: Vec::new(), blocks: vec![Vec::new()], depth: 0 }
    }

    /// The innermost container.
    pub(super) fn top(&mut self) -> Option<&mut Container<'a>> {
        self.frames.last_mut().map(|frame| &mut frame.container)
    }

    pub(super) fn push_block(&mut self, block: Block<'a>) {
        self.ensure_item();
        self.innermost().push(block);
    }

    /// A paragraph; as the first of a quotation it may turn out to be the head of a call-out.
    pub(super) fn push_paragraph(&mut self, text: Text<'a>) {
        self.ensure_item();
        let first = self.innermost().is_empty();
        let text = match self.frames.last_mut() {
            Some(Frame { container: Container::Quote(alert @ None), .. }) if first => {
                let (found, rest) = callout::take(text);
                *alert = found;
                rest
            }
            _ => text,
        };
        if !text.is_empty() {
            self.innermost().push(Block::Paragraph(text));
        }
    }

    /// Opens a container that Markdown will close.
    pub(super) fn open(&mut self, container: Container<'a>) {
        self.ensure_item();
        self.enter(container, false);
    }

    /// Opens a container for HTML, which may never close it. False if it is too deep to be opened.
    pub(super) fn open_html(&mut self, container: Container<'a>) -> bool {
        if matches!(container, Container::Item { .. }) {
            if !self.in_html_list() {
                return false;
            }
        } else if self.depth >= MAX_DEPTH {
            return false;
        } else {
            self.ensure_item();
        }
        self.enter(container, true);
        true
    }

    /// Closes the container that Markdown opened last, and what HTML left open in it.
    pub(super) fn close(&mut self) -> Option<ClosedNote<'a>> {
        while self.frames.last().is_some_and(|frame| frame.from_html) {
            self.leave();
        }
        self.leave()
    }

    /// Closes the nearest HTML container that `is_it`, up to one that `is_border` or that Markdown opened.
    pub(super) fn close_html(
        &mut self,
        is_it: impl Fn(&Container<'a>) -> bool,
        is_border: impl Fn(&Container<'a>) -> bool,
    ) {
        let found = self
            .frames
            .iter()
            .rev()
            .take_while(|frame| frame.from_html && !is_border(&frame.container))
            .position(|frame| is_it(&frame.container));
        for _ in 0..found.map_or(0, |above| above + 1) {
            self.leave();
        }
    }

    /// Whether an HTML list is open and none of its items.
    pub(super) fn in_html_list(&self) -> bool {
        let top = self.frames.last();
        top.is_some_and(|frame| frame.from_html && matches!(frame.container, Container::List { .. }))
    }

    /// The blocks of the page, when all is read.
    pub(super) fn finish(mut self) -> Vec<Block<'a>> {
        while !self.frames.is_empty() {
            self.leave();
        }
        self.blocks.pop().unwrap_or_default()
    }

    /// Content that HTML put straight into a list stands in an item all the same.
    fn ensure_item(&mut self) {
        if self.in_html_list() {
            self.enter(Container::Item { task: None }, true);
        }
    }

    fn innermost(&mut self) -> &mut Vec<Block<'a>> {
        self.blocks.last_mut().expect("the blocks of the page are never popped before the end")
    }

    fn enter(&mut self, container: Container<'a>, from_html: bool) {
        let container = match container {
            Container::Item { .. } if !matches!(self.top(), Some(Container::List { .. })) => {
                Container::Shallow
            }
            Container::Meaning if !matches!(self.top(), Some(Container::Definitions(_))) => {
                Container::Shallow
            }
            nesting if is_nesting(&nesting) && self.depth >= MAX_DEPTH => Container::Shallow,
            other => other,
        };
        self.depth += usize::from(is_nesting(&container));
        if let Container::Note { .. } = container {
            self.depth = 0;
        }
        if has_blocks(&container) {
            self.blocks.push(Vec::new());
        }
        self.frames.push(Frame { container, from_html });
    }

    fn leave(&mut self) -> Option<ClosedNote<'a>> {
        let Frame { container, from_html } = self.frames.pop()?;
        self.depth -= usize::from(is_nesting(&container));
        let blocks = if has_blocks(&container) { self.blocks.pop().unwrap_or_default() } else { Vec::new() };
        match container {
            Container::Quote(alert) => {
                if alert.is_some() || !blocks.is_empty() {
                    self.innermost().push(Block::Quote { alert, blocks });
                }
            }
            Container::List { start, items } => {
                if !items.is_empty() {
                    self.innermost().push(Block::List(List { start, items }));
                }
            }
            Container::Item { task } => {
                if let Some(Container::List { items, .. }) = self.top()
                    && !(from_html && blocks.is_empty())
                {
                    items.push(Item { task, blocks });
                }
            }
            Container::Definitions(definitions) => {
                if !definitions.is_empty() {
                    self.innermost().push(Block::Definitions(definitions));
                }
            }
            Container::Meaning => {
                if let Some(Container::Definitions(definitions)) = self.top() {
                    if definitions.is_empty() {
                        definitions.push(Definition { term: Vec::new(), meanings: Vec::new() });
                    }
                    if let Some(definition) = definitions.last_mut() {
                        definition.meanings.push(blocks);
                    }
                }
            }
            Container::Note { index, outer_depth } => {
                self.depth = outer_depth;
                return Some(ClosedNote { index, blocks });
            }
            Container::Figure { caption } => {
                let blocks = figure::with_caption(blocks, caption);
                self.innermost().extend(blocks);
            }
            Container::Shallow => {}
        }
        None
    }

    /// How deep the next container would stand.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }
}

/// Whether a container counts for [`MAX_DEPTH`].
fn is_nesting(container: &Container<'_>) -> bool {
    matches!(
        container,
        Container::Quote(_) | Container::List { .. } | Container::Definitions(_) | Container::Figure { .. }
    )
}

fn has_blocks(container: &Container<'_>) -> bool {
    !matches!(container, Container::List { .. } | Container::Definitions(_) | Container::Shallow)
}
