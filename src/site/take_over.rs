//! What an edition takes over from the one before, so that a saved file does not cost the readers of others anything.
//!
//! A page shows titles, dates and addresses of others besides its own text. So if those are as they were, only the
//! pages of changed texts are made again, and those that show something of a changed text: who mentions them, or how
//! it begins.

use std::collections::HashSet;
use std::sync::Arc;

use super::mentions::Mentions;
use super::{Medium, Site, feed};
use crate::capsule::{Capsule, CapsulePath, Essay, PageSnippet};

impl Site {
    /// Takes over the finished pages of `previous`, made by the same options, that would come out the same, and what
    /// is known of its texts.
    pub(super) fn take_over(&self, previous: &Self) {
        let (old, new) = (&previous.capsule, &self.capsule);
        let same_outline = same_outline(old, new);
        let mentioned = self.take_over_mentions(previous, same_outline);
        if !same_outline {
            return;
        }
        let introduction = |folder: &CapsulePath| {
            let of = |capsule: &Capsule| capsule.introduction(folder).map(Arc::as_ptr);
            of(old) == of(new)
        };
        // Feeds name the author of the capsule, and some tell how essays begin.
        let feeds = introduction(&CapsulePath::root())
            && !changed(old, new).any(|(was, is)| feed::tells_opening(was) || feed::tells_opening(is));
        for ((medium, path), page) in previous.pages.iter() {
            let same = match self.essay_at(&path, medium) {
                Some((is, _)) => {
                    let same = old.essay(&is.base).is_some_and(|was| Arc::ptr_eq(was, is));
                    same && !new.index_of(&is.base).is_some_and(|index| mentioned.contains(&index))
                }
                None if path.is_folder() => introduction(&path),
                // What is kept besides essays and folders is feeds.
                None => feeds,
            };
            if same {
                self.pages.take(medium, path, page);
            }
        }
    }

    /// Takes over what is known of who mentions whom, and gives those essays of which that may have changed, where
    /// the outlines of both editions are the same.
    fn take_over_mentions(&self, previous: &Self, same_outline: bool) -> HashSet<u32> {
        let Some(known) = previous.mentions.get() else { return HashSet::new() };
        let root = CapsulePath::root();
        let links = self.links(&root, Medium::Gemini, false);
        let (mentions, other) = if same_outline {
            Mentions::with_same_ends(&links, &previous.capsule, known)
        } else {
            (Mentions::new(&links, Some((&previous.capsule, known))), HashSet::new())
        };
        // This edition is still being made: nobody else has set them.
        let _ = self.mentions.set(mentions);
        other
    }
}

/// The essays that are not the same any more, each as it was and as it is, where both capsules have one outline.
fn changed<'a>(old: &'a Capsule, new: &'a Capsule) -> impl Iterator<Item = (&'a Essay, &'a Essay)> {
    let pairs = old.essays().iter().zip(new.essays());
    pairs.filter(|(was, is)| !Arc::ptr_eq(was, is)).map(|(was, is)| (was.as_ref(), is.as_ref()))
}

/// Whether both capsules have the same essays, sections and files, by everything that pages of others show.
fn same_outline(old: &Capsule, new: &Capsule) -> bool {
    let essays = old.essays().len() == new.essays().len()
        && changed(old, new).all(|(old, new)| {
            old.base == new.base
                && old.kind == new.kind
                && old.title == new.title
                && old.date == new.date
                && old.metadata == new.metadata
        });
    let sections = old.sections().map(|section| (&section.address, &section.title));
    let names = |capsule: &Capsule| capsule.files().count() + capsule.texts().count();
    let snippets = |capsule: &Capsule| -> Vec<_> {
        let both = [PageSnippet::Header, PageSnippet::Footer].into_iter();
        both.flat_map(|which| capsule.snippets(which)).map(Arc::as_ptr).collect()
    };
    essays
        && sections.eq(new.sections().map(|section| (&section.address, &section.title)))
        && snippets(old) == snippets(new)
        && old.title() == new.title()
        && names(old) == names(new)
        && old.files().all(|(path, _)| new.file(path).is_some())
        && old.texts().all(|text| new.text(&text.path).is_some())
}
