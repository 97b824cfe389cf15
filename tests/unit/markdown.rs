//! Properties of `markup::markdown` that only its private parts show.

use testkit::hostile::{CLOSERS, HOSTILE, SCANNED};

use super::*;

#[test]
fn searches_read_twice_as_much_of_twice_the_text() {
    let units = HOSTILE.iter().map(|unit| (unit, "")).chain(SCANNED.iter().map(|unit| (unit, CLOSERS)));
    for (unit, closers) in units {
        let searched = [8 << 10, 16 << 10].map(|length| {
            source::SEARCHED.take();
            drop(parse(&(unit.repeat(length / unit.len()) + closers), &MarkdownOptions::STANDARD));
            source::SEARCHED.take()
        });
        assert!(searched[1] <= searched[0] * 5 / 2 + 1_000, "{unit:?}: {searched:?}");
    }
}

#[test]
fn unreadable_markdown_is_kept_as_preformatted_text() {
    let document = unread("a *b*\n");
    let [Block::Code(code)] = &document.blocks[..] else { panic!("{document:?}") };
    assert_eq!((&*code.text, document.notices.len()), ("a *b*", 1));
}
