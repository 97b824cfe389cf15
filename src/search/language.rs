//! The languages whose word forms are known, and the forms themselves (Snowball's stemmers).

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// A language whose word forms are known.
#[derive(Clone, Copy)]
pub(super) struct Language(Stemmer);

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.algorithm() == other.0.algorithm()
    }
}

impl std::fmt::Debug for Language {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.algorithm().name())
    }
}

impl Language {
    /// The language of a tag such as `pt-BR` (BCP 47), if its word forms are known. Without a tag, English:
    /// most archives that do not say are, and to others its forms do no harm, since words as they were typed
    /// count before their other forms.
    pub(super) fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        let name = match primary.to_ascii_lowercase().as_str() {
            "" => "en".to_owned(),
            // The two written forms of Norwegian share their stemmer.
            "nb" | "nn" => "no".to_owned(),
            name => name.to_owned(),
        };
        // The library also knows algorithms by name; those are no languages.
        let known = (name.len() == 2 || name.len() == 3).then(|| Algorithm::from_name(&name).ok());
        known.flatten().map(|algorithm| Self(Stemmer::new(algorithm)))
    }

    /// What all forms of `word`, which is in lower case, have in common.
    pub(super) fn stem(self, word: &str) -> Cow<'_, str> {
        self.0.stem(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_by_language() {
        for (tag, word, expected) in [
            ("", "films", Some("film")),
            ("en", "directing", Some("direct")),
            ("en-GB", "cities", Some("citi")),
            ("de", "häuser", Some("haus")),
            ("pt_BR", "nações", Some("naçõ")),
            ("nb", "husene", Some("hus")),
            ("ru", "книгами", Some("книг")),
            ("ja", "本", None),
            ("x-klingon", "qapla", None),
            ("english", "films", None),
        ] {
            let stem = Language::of(tag).map(|language| language.stem(word).into_owned());
            assert_eq!(stem.as_deref(), expected, "{tag} {word}");
        }
    }
}
