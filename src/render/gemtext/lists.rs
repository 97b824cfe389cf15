//! Lists. Those of gemtext are flat and have bullets only: depth becomes dashes, and numbers become text.

use super::options::{LinkPlacement, ListLinks, NestedLists};
use super::page::Page;
use crate::markup::{Block, Inline, Item, LinkId, List, Nodes};
use crate::render::Target;

/// The most links that may wait for the end of their list; with more, readers would search for theirs.
const MAX_LINKS_AFTER_LIST: usize = 8;

impl Page<'_> {
    pub(super) fn list(&mut self, list: &List<'_>) {
        self.settle_lead();
        let outermost = self.lists == 0 && self.quotes == 0;
        let placed = outermost && self.options.links == LinkPlacement::Block;
        if placed && self.options.list_links == ListLinks::Auto && self.is_link_list(list) {
            self.link_list(list, "");
            return;
        }
        let after_item = placed
            && match self.options.list_links {
                ListLinks::AfterItem => true,
                ListLinks::AfterList => false,
                ListLinks::Auto => count_links(list) > MAX_LINKS_AFTER_LIST,
            };
        let tight = std::mem::replace(&mut self.tight, true);
        let outer = std::mem::take(&mut self.number);
        let bullets = self.bullets;
        self.lists += 1;
        for (at, item) in list.items.iter().enumerate() {
            self.number = number(list, at, &outer);
            self.lead = self.item_lead(list, bullets);
            self.bullets = if list.start.is_some() { 0 } else { bullets + 1 };
            self.item(item);
            if after_item {
                self.flush_item();
            }
        }
        self.lists -= 1;
        self.bullets = bullets;
        self.number = outer;
        self.tight = tight;
    }

    fn item(&mut self, item: &Item<'_>) {
        match item.task {
            Some(true) => self.lead.push_str("[x] "),
            Some(false) => self.lead.push_str("[ ] "),
            None => {}
        }
        self.blocks(&item.blocks);
        self.settle_lead();
    }

    /// What the lines of the list's items start with, at the current number and below `bullets` others.
    fn item_lead(&self, list: &List<'_>, bullets: usize) -> String {
        if list.start.is_some() {
            return format!("{} ", self.number);
        }
        let bullet = if self.quotes > 0 { "- " } else { "* " };
        match self.options.nested {
            NestedLists::Dash => format!("{bullet}{}", "– ".repeat(bullets)),
            NestedLists::Indent => format!("{}{bullet}", "  ".repeat(bullets)),
            NestedLists::Flat => bullet.to_owned(),
        }
    }

    /// Whether every item starts with one link, or is one, and so can be the label of it.
    fn is_link_list(&self, list: &List<'_>) -> bool {
        list.items.iter().all(|item| match &*item.blocks {
            [Block::Paragraph(text)] => item.task.is_none() && self.starts_with_only_link(text),
            [Block::Paragraph(text), Block::List(inner)] => {
                item.task.is_none() && self.starts_with_only_link(text) && self.is_link_list(inner)
            }
            _ => false,
        })
    }

    fn starts_with_only_link(&self, text: &[Inline<'_>]) -> bool {
        let first = text.iter().find(|piece| !matches!(piece, Inline::Open(_)));
        matches!(first, Some(Inline::LinkOpen(id)) if self.leads_somewhere(*id))
            && text.iter().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count() == 1
            && !text.iter().any(|piece| matches!(piece, Inline::Image(_)))
    }

    fn leads_somewhere(&self, id: LinkId) -> bool {
        matches!(self.targets.get(id.0 as usize), Some(Target::Url(_)))
    }

    /// A list whose items are the labels of their links.
    fn link_list(&mut self, list: &List<'_>, outer: &str) {
        for (at, item) in list.items.iter().enumerate() {
            let lead = match list.start {
                Some(_) => format!("{} ", number(list, at, outer)),
                None => outer.to_owned(),
            };
            for block in &item.blocks {
                match block {
                    Block::Paragraph(text) => self.add_item_link(&lead, text),
                    Block::List(inner) if inner.start.is_some() => self.link_list(inner, lead.trim_end()),
                    Block::List(inner) => self.link_list(inner, "– "),
                    _ => {}
                }
            }
        }
    }
}

/// The number of an item: `3.`, or `3.1.` inside item `3.`; empty for bullets.
fn number(list: &List<'_>, at: usize, outer: &str) -> String {
    let Some(start) = list.start else { return String::new() };
    let outer = if outer.ends_with('.') { outer } else { "" };
    format!("{outer}{}.", start.saturating_add(at as u64))
}

fn count_links(list: &List<'_>) -> usize {
    let blocks = list.items.iter().flat_map(|item| &item.blocks);
    Nodes::new(blocks).inlines().filter(|piece| matches!(piece, Inline::LinkOpen(_))).count()
}
