//! What readers do not get: by metadata, by names of drafts, by links, and with the texts that files belong to.

use std::sync::Arc;

use super::Build;
use crate::capsule::CapsulePath;
use crate::capsule::essay::Essay;
use crate::capsule::front_matter::{self, HeadOptions};
use crate::capsule::source::SourceFile;
use crate::capsule::visibility::{HiddenReason, PrivateArea, Visibility, draft_names};

impl Build<'_> {
    /// Returns the essay as the audience sees it now, or counts it as hidden.
    pub(super) fn visible(&mut self, essay: &Arc<Essay>) -> Option<Arc<Essay>> {
        let visibility = self.visibility(essay);
        if !matches!(visibility, Visibility::Hidden(reason) if reason != HiddenReason::Future) {
            let changes = [essay.appears(), essay.disappears()].into_iter().flatten();
            let ahead = changes.filter(|&at| at > self.options.now);
            self.capsule.next_change = self.capsule.next_change.into_iter().chain(ahead).min();
        }
        let Visibility::Hidden(reason) = visibility else {
            self.capsule.unlisted += usize::from(visibility == Visibility::Unlisted);
            return Some(Arc::clone(essay));
        };
        if self.options.drafts && reason != HiddenReason::Expired {
            return Some(Arc::new(essay.marked(reason)));
        }
        let Some(base) = self.options.audience.preview(&essay.source.path, &essay.base, reason) else {
            *self.capsule.hidden.entry(reason).or_default() += 1;
            return None;
        };
        Some(if base == essay.base { Arc::clone(essay) } else { essay.moved_to(base) })
    }

    /// Returns whether readers may see the essay, by its own metadata and by the file that it is a link to.
    fn visibility(&self, essay: &Essay) -> Visibility {
        let shows_future = self.options.rules.at(&essay.source.path).1.shows_future;
        match essay.visibility(self.options.now) {
            Visibility::Hidden(reason) if reason != HiddenReason::Future || !shows_future => Visibility::Hidden(reason),
            _ if self.leads_to_withheld(&essay.source) => Visibility::Hidden(HiddenReason::Draft),
            Visibility::Hidden(_) => Visibility::Public,
            visibility => visibility,
        }
    }

    /// Returns whether `source` is a link to a file that is withheld where it lies. Links are added last.
    pub(super) fn leads_to_withheld(&self, source: &SourceFile) -> bool {
        let is_hidden = |real: &CapsulePath| match self.capsule.read.get(real) {
            Some(essay) => matches!(self.visibility(essay), Visibility::Hidden(_)),
            None => self.is_hidden_above(real),
        };
        source.target.as_ref().is_some_and(|real| is_hidden(real) || self.bundles.hide_file(real))
    }

    /// Returns whether a file that states metadata for the texts at or around `path` hides them, or cannot be read.
    pub(super) fn is_hidden_above(&self, path: &CapsulePath) -> bool {
        let beside = &*self.beside(path);
        let options = HeadOptions { keys: &self.options.keys, order: None, time_zone: None, language: "", beside };
        let read = front_matter::inherited_only(path, &options);
        !beside.is_empty() && read.map_or(true, |metadata| metadata.hidden.is_some())
    }

    /// Returns whether a name in `path` makes a draft of the file there, which may say itself that it `is_published`.
    pub(super) fn is_named_draft(&self, path: &CapsulePath, is_published: bool) -> bool {
        let mut names = draft_names(path);
        let Some(public) = &self.options.rules.public_drafts else { return names.any(|name| name == "_drafts") };
        let named = |pattern: &str, name| pattern.trim_matches(['!', '/', '*']).trim_end_matches(".md") == name;
        let is_public = |name| public.iter().any(|pattern| pattern.starts_with('!') && named(pattern, name));
        // In a private area with such a name, such as `/drafts/`, texts may be finished.
        let area = PrivateArea::innermost(path, &self.options.private).and_then(|area| draft_names(&area.path).next());
        !is_published && area.is_none() && names.any(|name| !is_public(name))
    }

    /// Removes the files that belong to hidden essays.
    pub(super) fn hide_bundles(&mut self) {
        let bundles = std::mem::take(&mut self.bundles);
        self.capsule.texts.retain(|path, _| !bundles.hide_file(path));
        let is_bundle = |essay: &Essay| essay.place.base.parent() != essay.source.path.parent();
        self.capsule.essays.retain(|essay| is_bundle(essay) || !bundles.hide(&essay.source.path));
        let hidden: Vec<_> = self.capsule.files.extract_if(|path, _| bundles.hide_file(path)).collect();
        let preview = |(path, file)| Some((self.options.audience.address_in_area(&path)?, file));
        self.capsule.files.extend(hidden.into_iter().filter_map(preview));
    }
}
