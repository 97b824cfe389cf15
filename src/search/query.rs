//! [`Query`]: the parsed form of what a reader types. Any text is a valid query.
//!
//! | typed | means |
//! |---|---|
//! | `soft skin` | both words, in any of their forms; the last may be the start of a word |
//! | `"soft skin"` | exactly these words, one after the other |
//! | `-word` | not this word; the hyphen also excludes phrases, tags and years |
//! | `tag:cinema`, `tag:"Hong Kong"` | essays with this tag |
//! | `year:2024`, `year:2019-2021` | essays of this year or these years |
//! | `lang:de` | essays in this language |

use super::segment::{TAG, YEAR, language_entry, marked};
use super::words;

/// Most words of a query: readers type a few, and each costs a walk through its postings.
const MAX_WORDS: usize = 40;

/// Most years in a range.
const MAX_YEARS: usize = 200;

/// A query: conditions that an essay should meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub(super) clauses: Vec<Clause>,
    /// The query as typed, in one line.
    pub text: String,
    /// Whether it has too many words, so that its end is ignored.
    pub is_cut: bool,
}

/// One condition of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) sense: Sense,
    /// Other ways to write it: `UnsharpMask` as two words, `e-mail` and `front end` as one.
    pub(super) variants: Vec<Sense>,
    /// Whether essays that meet it are excluded.
    pub(super) excluded: bool,
    /// The part of the query that it was read from, without the hyphen.
    pub(super) written: String,
}

impl Clause {
    pub(super) fn word(&self) -> Option<&str> {
        match &self.sense {
            Sense::Word { folded, .. } if !self.excluded => Some(folded),
            _ => None,
        }
    }

    /// Returns whether it is a word or phrase that an essay should contain.
    pub(super) fn is_required(&self) -> bool {
        !self.excluded && !matches!(self.sense, Sense::Entries(_))
    }
}

/// What a condition looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sense {
    /// A word in any of its forms, or, if `open`, the start of a word.
    Word { folded: String, open: bool },
    /// Exact words one after the other; if `open`, the last may be the start of a word.
    Phrase { words: Vec<String>, open: bool },
    /// Any of these tags, years or languages, which do not affect the ranking.
    Entries(Vec<String>),
}

impl Query {
    /// Parses a query, ignoring what has no meaning.
    pub fn read(typed: &str) -> Self {
        let text = typed.split(|c: char| c.is_whitespace() || c.is_control()).filter(|part| !part.is_empty());
        let mut query = Self { text: text.collect::<Vec<_>>().join(" "), clauses: Vec::new(), is_cut: false };
        let quoted = query.text.replace(['“', '”', '„', '«', '»', '＂'], "\"");
        let tokens = tokens(&quoted);
        let mut left = MAX_WORDS;
        for (following, token) in (0..tokens.len()).rev().zip(tokens) {
            let (excluded, written) = token.strip_prefix('-').map_or((false, token), |bare| (true, bare));
            let Some((sense, variants)) = sense(written, following == 0 && !excluded, &mut left) else { continue };
            if left == 0 {
                query.is_cut = true;
                break;
            }
            let clause = Clause { sense, variants, excluded, written: written.to_owned() };
            if !query.clauses.contains(&clause) {
                query.clauses.push(clause);
            }
        }
        query.join_neighbours();
        query
    }

    /// Adds to each of two adjacent words the variant in which both are written as one.
    fn join_neighbours(&mut self) {
        for at in 1..self.clauses.len() {
            let pair = &mut self.clauses[at - 1..=at];
            if let [Some(first), Some(second)] = [&pair[0], &pair[1]].map(Clause::word) {
                let joined = Sense::Word { folded: format!("{first}{second}"), open: false };
                for clause in pair {
                    clause.variants.push(joined.clone());
                }
            }
        }
    }

    /// Returns whether it has no condition.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Returns the query with `word` in place of its word `instead_of`.
    pub fn corrected(&self, instead_of: &str, word: &str) -> String {
        let parts = self.clauses.iter().map(|clause| {
            let sign = if clause.excluded { "-" } else { "" };
            let changed = !clause.excluded && clause.written == instead_of;
            format!("{sign}{}", if changed { word } else { &clause.written })
        });
        parts.collect::<Vec<_>>().join(" ")
    }
}

/// Returns the parts of a query, with their quotes and hyphens.
fn tokens(mut rest: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        // A token ends at white space or its closing quote. A quote that is not closed extends to the end of the query.
        let end = match rest.find([' ', '"']) {
            Some(at) if rest[at..].starts_with('"') => rest[at + 1..].find('"').map(|length| at + length + 2),
            end => end,
        };
        let (token, after) = rest.split_at(end.unwrap_or(rest.len()));
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

/// Returns what a token without its hyphen looks for, and other ways to write that. If `open`, its last word may be the
/// start of a word. Reduces `left`, the number of words that the query may still have.
fn sense(written: &str, open: bool, left: &mut usize) -> Option<(Sense, Vec<Sense>)> {
    if let Some(entries) = entries(written) {
        *left = left.saturating_sub(1);
        return Some((Sense::Entries(entries), Vec::new()));
    }
    let quoted = written.contains('"');
    let text = words::without_scheme(written);
    let (mut found, mut continues) = words_of(text);
    if found.is_empty() {
        return None;
    }
    continues |= open && !quoted;
    found.truncate(*left);
    *left -= found.len();
    let is_compound = found.len() > 1 && text.chars().all(|c| c.is_alphanumeric() || c == '-');
    let word = |folded: String| Sense::Word { folded, open: continues };
    Some(match found.as_slice() {
        [folded] if !quoted => {
            let parts: Vec<String> = words::parts(text).into_iter().map(words::folded).collect();
            let divided = (parts.len() > 1).then_some(Sense::Phrase { words: parts, open: continues });
            (word(folded.clone()), divided.into_iter().collect())
        }
        _ => {
            let joined = is_compound.then(|| word(found.concat()));
            (Sense::Phrase { words: found, open: continues }, joined.into_iter().collect())
        }
    })
}

/// Returns the entries of the tag, the years or the language that a token names.
fn entries(written: &str) -> Option<Vec<String>> {
    let (key, value) = written.split_once(':')?;
    let value = value.trim_matches('"').trim();
    match key.to_ascii_lowercase().as_str() {
        "tag" | "tags" if !value.is_empty() => Some(vec![marked(TAG, value)]),
        "lang" if !value.is_empty() => Some(vec![language_entry(value)]),
        "year" | "years" => {
            let (first, last) = value.split_once("..").or_else(|| value.split_once('-')).unwrap_or((value, value));
            let (first, last): (i32, i32) = (first.parse().ok()?, last.parse().ok()?);
            let years = first.min(last)..=first.max(last);
            Some(years.take(MAX_YEARS).map(|year| marked(YEAR, &format!("{year:04}"))).collect())
        }
        _ => None,
    }
}

/// Returns the words of a token, and whether the last one is a single dense character, which is the start of pairs.
fn words_of(text: &str) -> (Vec<String>, bool) {
    let mut found: Vec<(String, usize)> = Vec::new();
    words::for_each_word(text, &mut |word, range| {
        let named = words::with_symbols(text, &range).map(|range| text[range].to_lowercase());
        found.push((named.unwrap_or_else(|| word.to_owned()), range.end));
    });
    // `v1.2.3` is version `1.2.3`.
    if let [(first, _), _, ..] = found.as_mut_slice()
        && first.starts_with('v')
        && let [number] = words::parts(first)[..]
    {
        *first = number.to_owned();
    }
    let is_single = |word: &str| word.chars().count() == 1 && word.chars().all(words::is_dense);
    let single = found.last().is_some_and(|(word, _)| is_single(word));
    // The last character of dense text is already part of the pair before it.
    let doubled = single
        && matches!(&*found, [.., (pair, before), (_, end)]
            if before == end && pair.chars().all(words::is_dense));
    if doubled {
        found.pop();
    }
    (found.into_iter().map(|(word, _)| word).collect(), single && !doubled)
}
