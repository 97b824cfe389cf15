//! What the author wants on pages made by us: `header.*` on the index, `footer.*` on every page.
//!
//! Each may be there in several forms. A form that is a medium's own comes before Markdown, which both can show.

use super::links::Links;
use crate::capsule::{Essay, EssayText, PageSnippet, TextKind};
use crate::markup::{Block, Document};
use crate::render::lines::Lines;
use crate::render::{gemtext as to_gemtext, plain as to_plain};

/// The snippet as gemtext; empty if there is none.
pub(super) fn gemtext(which: PageSnippet, links: &Links<'_>) -> String {
    let Some(text) = find(which, links, [TextKind::Gemtext, TextKind::Markdown, TextKind::Text]) else {
        return String::new();
    };
    let words = text.text();
    match text.kind {
        TextKind::Gemtext => words.body().replace("\r\n", "\n"),
        TextKind::Markdown => {
            let here = Links { page: &text.source.path, ..*links };
            to_gemtext::render(&document(&words, links), &links.options.gemtext, &here)
        }
        TextKind::Text => {
            // Letters made of characters, most of the time: they say the title of the capsule.
            let mut page = Lines::new();
            page.preformatted(links.capsule.title(), words.body().trim_end());
            page.finish()
        }
    }
}

/// The snippet as plain text with LF line ends; empty if there is none.
pub(super) fn plain(which: PageSnippet, links: &Links<'_>) -> String {
    let Some(text) = find(which, links, [TextKind::Text, TextKind::Markdown, TextKind::Gemtext]) else {
        return String::new();
    };
    let words = text.text();
    match text.kind {
        TextKind::Text => format!("{}\n", words.body().replace("\r\n", "\n").trim_matches('\n')),
        TextKind::Markdown | TextKind::Gemtext => {
            let here = Links { page: &text.source.path, absolute: true, ..*links };
            to_plain::render(&document(&words, links), &links.options.plain, &here)
        }
    }
}

/// The best form of a snippet that readers of the medium get.
fn find<'a>(which: PageSnippet, links: &Links<'a>, kinds: [TextKind; 3]) -> Option<&'a Essay> {
    let best = |kind| links.capsule.snippets(which).find(|text| text.kind == kind && links.serves(text));
    kinds.into_iter().find_map(best).map(AsRef::as_ref)
}

/// The snippet with its headings one level down at least: a page has one title.
fn document<'a>(words: &'a EssayText, links: &Links<'_>) -> Document<'a> {
    let mut document = words.document(&links.options.markdown);
    for block in &mut document.blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level).max(2);
        }
    }
    document
}
