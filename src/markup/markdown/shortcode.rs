//! Template tags of Hugo, Zola and Jekyll.

use pulldown_cmark::Options;

use crate::markup::Notice;

/// Where the bytes of a translation come from.
#[derive(Debug, Default)]
pub(super) struct Offsets {
    /// From a byte of the translation on, which byte of the source it comes from; ascending in both.
    pub(super) steps: Vec<(usize, usize)>,
}

impl Offsets {
    /// The byte of the source that `at`, a byte of the translation, comes from.
    pub(super) fn source_of(&self, at: usize) -> usize {
        match self.steps.partition_point(|(translated, _)| *translated <= at).checked_sub(1) {
            Some(step) => {
                let (translated, source) = self.steps[step];
                source + (at - translated)
            }
            None => at,
        }
    }
}

/// An essay without template tags.
pub(super) struct Translated {
    pub(super) text: String,
    pub(super) offsets: Offsets,
    pub(super) notices: Vec<Notice>,
}

/// Translates the template tags in `source` that do not stand in code; none if there are none.
pub(super) fn translate(source: &str, options: Options) -> Option<Translated> {
    let _ = (source, options);
    None
}
