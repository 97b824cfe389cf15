//! Stemming by language, with the Snowball algorithms.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// A language with a stemmer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Language(Algorithm);

impl Language {
    /// Returns the language of a tag such as `pt-BR` (BCP 47) if it has a stemmer. An empty tag means English: most
    /// archives without a language are English, and for others it does no harm, as exact words rank first.
    pub(super) fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        let name = match primary.as_str() {
            "" => "en",
            // The two written forms of Norwegian share a stemmer.
            "nb" | "nn" => "no",
            name => name,
        };
        // The library also accepts names of algorithms, which are no language tags.
        if name.len() > 3 { None } else { Algorithm::from_name(name).ok().map(Self) }
    }

    /// Returns the stem of `word`, which is in lower case.
    pub(super) fn stem(self, word: &str) -> Cow<'_, str> {
        Stemmer::new(self.0).stem(word)
    }
}
