//! Languages of texts, stated by names such as `skin.fr.md` and `fr/skin.md`, or recognised by script and common words.
//!
//! A dot also separates other things, as in `node.js.md` or `notes.io.md`, and a folder may be called `my`. So a part of
//! a name counts as a language only if it is a known code, and if some text of the archive exists in it and in another.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use foldhash::fast::RandomState;

use super::CapsulePath;
use super::media::TextKind;
use super::source::{Content, SourceFile};
use crate::problem::floor_char_boundary;

/// The longest language tag, in bytes: longer ones would be valid, but none is in use.
const MAX_TAG: usize = 35;

/// The codes of ISO 639-1.
const CODES: &str = include_str!("language_codes.txt");

/// The language that the file name of a text states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LanguageVariant {
    /// The base address that the text would have without its language, shared by all its translations.
    pub of: CapsulePath,
    /// The language (BCP 47).
    pub language: String,
}

/// Returns whether `tag` is a known code, perhaps with a region or script: `pt-BR`.
fn is_tag(tag: &str) -> bool {
    let (code, region) = tag.split_once(['-', '_']).unwrap_or((tag, "US"));
    let is_known = code.len() == 2 && CODES.split_ascii_whitespace().any(|known| known == code);
    is_known && (2..=4).contains(&region.len()) && region.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Splits `skin.pt-BR` into `skin` and `pt-BR`.
pub(super) fn split_tag(stem: &str) -> Option<(&str, &str)> {
    stem.rsplit_once('.').filter(|(bare, tag)| !bare.is_empty() && is_tag(tag))
}

/// Returns whether `tag` has the form of a language tag (RFC 5646, section 2.1) and is safe in a header.
pub fn is_language(tag: &str) -> bool {
    let is_part = |part: &str| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let code = tag.split('-').next().unwrap_or_default();
    let is_code = code.len() > 1 && code.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_code && tag.len() <= MAX_TAG && tag.split('-').all(is_part)
}

/// The languages that names of files and folders of an archive state.
#[derive(Debug, Default)]
pub(super) struct Languages {
    pub(super) tags: HashSet<String>,
    /// The folders of languages, each with its tag.
    folders: HashMap<CapsulePath, String>,
}

impl Languages {
    /// Returns the `known` languages, and those in which some text of `sources` exists beside another language.
    pub(super) fn of(sources: &[Arc<SourceFile>], known: &[(String, Option<CapsulePath>)]) -> Self {
        let stated = known.iter().flat_map(|(tag, _)| [tag.clone(), tag.to_lowercase()]).collect();
        let mut folders = language_folders(sources, &stated);
        folders.extend(known.iter().filter_map(|(tag, folder)| Some((folder.clone()?, tag.clone()))));
        let mut groups: HashMap<&str, Vec<&str>, RandomState> = HashMap::default();
        for path in sources.iter().filter(|source| has_markup(source)).map(|source| source.path.as_str()) {
            let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
            let (bare, tag) = split_tag(stem).unwrap_or((stem, ""));
            groups.entry(bare).or_default().push(tag);
        }
        let groups = groups.into_values().filter(|tags| tags.iter().any(|tag| *tag != tags[0]));
        let tags = groups.flatten().filter(|tag| !tag.is_empty()).map(str::to_owned);
        Self { tags: tags.chain(stated).collect(), folders }
    }

    /// Splits a file name without extension into the part shared by all translations and the language.
    pub(super) fn split<'n>(&self, stem: &'n str) -> (&'n str, Option<&'n str>) {
        let known = split_tag(stem).filter(|(_, tag)| self.tags.contains(*tag));
        known.map_or((stem, None), |(bare, tag)| (bare, Some(tag)))
    }

    /// Returns `path` without the folder that states its language, and the language.
    pub(super) fn split_folder(&self, path: &CapsulePath) -> Option<(CapsulePath, String)> {
        let itself = path.is_folder().then(|| path.clone());
        let mut folders = itself.into_iter().chain(path.ancestors()).filter(|_| !self.folders.is_empty());
        let (folder, tag) = folders.find_map(|folder| self.folders.get_key_value(&folder))?;
        let rest = path.as_str().get(folder.as_str().len()..).unwrap_or_default();
        Some((folder.parent().join(rest).ok()?, tag.clone()))
    }
}

/// Returns the folders, at the top or one level below it, whose names are languages: `known` ones, and at least two in
/// one folder that share the name of a text, or are the only folders in it.
fn language_folders(sources: &[Arc<SourceFile>], known: &HashSet<String>) -> HashMap<CapsulePath, String> {
    // Parent folder → name of a folder in it → the texts in that one.
    let mut levels: BTreeMap<&str, BTreeMap<&str, HashSet<&str>>> = BTreeMap::new();
    for source in sources.iter().filter(|source| has_markup(source)) {
        let path = source.path.as_str();
        let mut slashes = path.match_indices('/').map(|(at, _)| at + 1);
        let mut start = slashes.next().unwrap_or_default();
        for end in slashes.take(2) {
            let text = path[end..].split('.').next().unwrap_or_default();
            levels.entry(&path[..start]).or_default().entry(&path[start..end - 1]).or_default().insert(text);
            start = end;
        }
    }
    let mut found = HashMap::new();
    for (parent, folders) in levels {
        let (tags, others): (Vec<_>, Vec<_>) = folders.iter().partition(|(name, _)| is_tag(name));
        let in_two = |texts: &HashSet<&str>| {
            texts.iter().any(|text| tags.iter().filter(|(_, other)| other.contains(text)).count() > 1)
        };
        let are_shown = tags.len() > 1 && (others.is_empty() || tags.iter().any(|(_, texts)| in_two(texts)));
        let languages = tags.iter().filter(|(name, _)| are_shown || known.contains(**name));
        let path = |(name, _): &(&&str, _)| {
            Some((CapsulePath::from_decoded(&format!("{parent}{name}/")).ok()?, (**name).to_owned()))
        };
        found.extend(languages.filter_map(path));
    }
    found
}

pub(super) fn has_markup(source: &SourceFile) -> bool {
    matches!(source.content, Content::Text(_)) && TextKind::has_markup(&source.path)
}

/// How much of a text is looked at to recognise its language, in bytes: more only if its opening leaves that open.
const SAMPLES: [usize; 2] = [400, 800];

/// The fewest letters of a script that show a language.
const MIN_LETTERS: usize = 12;

/// The fewest common words that show a language: shorter texts are left open.
const MIN_WORDS: usize = 8;

/// The scripts of one language, or of several, each with its first and last character.
const SCRIPTS: [(char, char, &str); 10] = [
    ('a', 'ɏ', "latin"),
    ('\u{370}', '\u{3ff}', "el"),
    ('\u{400}', '\u{4ff}', "cyrillic"),
    ('\u{590}', '\u{5ff}', "he"),
    ('\u{600}', '\u{6ff}', "ar"),
    ('\u{900}', '\u{97f}', "hi"),
    ('\u{e00}', '\u{e7f}', "th"),
    ('\u{3040}', '\u{30ff}', "ja"),
    ('\u{4e00}', '\u{9fff}', "zh"),
    ('\u{ac00}', '\u{d7a3}', "ko"),
];

/// Common words of languages in Latin script: a line for each of them, which starts with its code. Those of Swedish,
/// Danish, Czech, Romanian and Catalan keep such texts from being taken for another language.
const WORDS: &str = include_str!("common_words.txt");

/// Returns the language that the script or the common words of `text` show.
pub(super) fn recognise(text: &str) -> Option<&'static str> {
    SAMPLES.into_iter().find_map(|bytes| language_of(&text[..floor_char_boundary(text, bytes)]))
}

fn language_of(sample: &str) -> Option<&'static str> {
    let mut letters = [0; SCRIPTS.len()];
    let (mut words, mut common) = (0, vec![0; WORDS.lines().count()]);
    let lower = sample.to_lowercase();
    let script = |c: char| SCRIPTS.iter().position(|(first, last, _)| (*first..=*last).contains(&c));
    for word in lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        LANGUAGES.get(word).into_iter().flatten().for_each(|&language| common[language] += 1);
        if word.is_ascii() {
            letters[0] += word.len();
        } else {
            word.chars().filter_map(script).for_each(|script| letters[script] += 1);
        }
    }
    // A few characters of Kana make a text Japanese.
    if letters[7] * 10 > letters[8] {
        letters[7] += std::mem::take(&mut letters[8]);
    }
    let has = |signs: &[char]| sample.contains(signs);
    let most = (0..SCRIPTS.len()).max_by_key(|&script| letters[script])?;
    match SCRIPTS[most].2 {
        _ if letters[most] < MIN_LETTERS => None,
        "latin" => clear_language(words, &common),
        "cyrillic" if has(&['і', 'ї', 'є', 'ґ']) => Some("uk"),
        "cyrillic" => has(&['ы', 'э']).then_some("ru"),
        "ar" if has(&['ٹ', 'ڈ', 'ے']) => None,
        "ar" if has(&['پ', 'چ', 'گ', 'ژ', 'ک', 'ی']) => Some("fa"),
        language => Some(language),
    }
}

/// The lines of [`WORDS`] in which each word is.
static LANGUAGES: LazyLock<HashMap<&str, Vec<usize>, RandomState>> = LazyLock::new(|| {
    let mut languages: HashMap<_, Vec<_>, _> = HashMap::default();
    for (language, line) in WORDS.lines().enumerate() {
        line.split(' ').skip(1).for_each(|word| languages.entry(word).or_default().push(language));
    }
    languages
});

/// Returns the language with the most `common` words among `words`, if it has half as many again as any other.
fn clear_language(words: usize, common: &[usize]) -> Option<&'static str> {
    let (language, &best) = common.iter().enumerate().max_by_key(|(_, count)| **count)?;
    let is_near = |(other, count): (usize, &usize)| other != language && best * 2 <= count * 3;
    let is_clear = best >= MIN_WORDS && best * 8 > words && !common.iter().enumerate().any(is_near);
    WORDS.lines().nth(language).filter(|_| is_clear)?.split(' ').next()
}
