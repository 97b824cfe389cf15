//! [`Words`]: our own words on pages, in the language of each page.
//!
//! `words.txt` has a block for each language. Its first line is the language, the values follow in the order of the
//! keys in the first block, divided by `|` and line ends. `{1}` stands for what a page fills in. The plural forms of a
//! value are divided by `~`, in the order of the Unicode plural categories: one, two, few, many, other.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// The keys and, for each language, the values.
static TABLE: LazyLock<Vec<(&str, Vec<&str>)>> = LazyLock::new(|| {
    let values = |text: &'static str| text.split(['|', '\n']).map(str::trim).collect();
    let blocks = include_str!("words.txt").trim_end().split("\n\n");
    blocks.filter_map(|block| block.split_once('\n')).map(|(name, text)| (name, values(text))).collect()
});

/// The words of one language, some of them replaced by the author.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The index of the language, the first of which is English.
    language: usize,
    own: Arc<BTreeMap<String, String>>,
}

impl Words {
    /// Returns the keys of all words.
    pub fn keys() -> &'static [&'static str] {
        &TABLE[0].1
    }

    /// Returns the languages that there are words for: the first part of their tags (BCP 47).
    pub fn languages() -> impl Iterator<Item = &'static str> {
        TABLE[1..].iter().map(|(language, _)| *language)
    }

    /// Returns the entries of the list `key` in all languages.
    pub fn everywhere(key: &str) -> impl Iterator<Item = &'static str> {
        let index = Self::keys().iter().position(|known| *known == key);
        let lists = TABLE[1..].iter().filter_map(move |(_, values)| values.get(index?));
        lists.flat_map(|list| list.split(',')).map(str::trim)
    }

    /// Returns these words, with the author's `own` for some keys in every language. Unknown keys are ignored.
    pub fn with_own(&self, own: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut words = self.clone();
        Arc::make_mut(&mut words.own).extend(own);
        words
    }

    /// Returns the words of the language `tag`, or the English ones if there are none.
    pub fn in_language(&self, tag: &str) -> Self {
        let code = tag.split(['-', '_']).next().unwrap_or_default();
        let language = Self::languages().position(|language| language.eq_ignore_ascii_case(code));
        Self { language: language.unwrap_or_default(), own: Arc::clone(&self.own) }
    }

    /// Returns the words of `key`.
    pub fn get(&self, key: &str) -> &str {
        if let Some(own) = self.own.get(key) {
            return own;
        }
        let index = Self::keys().iter().position(|known| *known == key);
        debug_assert!(index.is_some(), "{key} is not a key of words.txt");
        index.and_then(|index| TABLE[1 + self.language].1.get(index)).copied().unwrap_or_default()
    }

    /// Returns the words of `key` with `values` in the places of `{1}`, `{2}` and so on.
    pub fn with(&self, key: &str, values: &[&str]) -> String {
        fill(self.get(key), values)
    }

    /// As [`with`](Self::with), in the plural form for `count`.
    pub fn counted(&self, key: &str, count: usize, values: &[&str]) -> String {
        let forms: Vec<&str> = self.get(key).split('~').map(str::trim).collect();
        let form = plural_form(TABLE[1 + self.language].0, count).min(forms.len() - 1);
        fill(forms[form], values)
    }
}

fn fill(text: &str, values: &[&str]) -> String {
    let mut pieces = text.split('{');
    let mut filled = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('}') {
            Some((number, rest)) => {
                let value = number.parse().ok().and_then(|number: usize| values.get(number.checked_sub(1)?));
                filled.extend([value.copied().unwrap_or_default(), rest]);
            }
            None => filled.extend(["{", piece]),
        }
    }
    filled
}

/// Returns the index of the plural form that a language uses for `count` (Unicode CLDR, cardinal rules).
fn plural_form(language: &str, count: usize) -> usize {
    let (ones, tens) = (count % 10, count % 100);
    match language {
        "fr" | "hi" | "fa" => usize::from(count > 1),
        "pl" if count == 1 => 0,
        "ru" | "uk" if ones == 1 && tens != 11 => 0,
        "pl" | "ru" | "uk" if (2..=4).contains(&ones) && !(12..=14).contains(&tens) => 1,
        "ar" | "he" if (1..=2).contains(&count) => count - 1,
        "pl" | "ru" | "uk" | "he" => 2,
        "ar" if (3..=10).contains(&tens) => 2,
        "ar" if tens > 10 => 3,
        "ar" => 4,
        _ => usize::from(count != 1),
    }
}
