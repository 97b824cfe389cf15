//! Finds addresses in running text. The parser finds only those in angle brackets.

use std::ops::Range;

/// The schemes of addresses that become links, besides `mailto`. Two slashes follow them.
const SCHEMES: [&str; 8] = ["https", "http", "gemini", "gopher", "spartan", "titan", "finger", "ftp"];

/// The length in bytes of the longest scheme.
const LONGEST_SCHEME: usize = 7;

/// Returns the range of the first address in `text` at or after `from`; looking for all of them takes linear time.
pub(super) fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(colon) = memchr::memchr(b':', &bytes[at..]).map(|found| at + found) {
        at = colon + 1;
        let Some((start, body)) = scheme_before(bytes, from, colon) else { continue };
        // A host or, for mail, a name must follow, or the rest of a word would be searched for each scheme in it.
        if text[body..].starts_with(|first: char| first.is_alphanumeric() || first == '[') {
            return Some(start..body + end_of(&text[body..]));
        }
    }
    None
}

/// Returns the start of the scheme that ends at `colon`, and the end of the scheme with its slashes.
fn scheme_before(text: &[u8], from: usize, colon: usize) -> Option<(usize, usize)> {
    let before = text[from..colon].iter().rev().take(LONGEST_SCHEME + 1);
    let start = colon - before.take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let is_it = |scheme: &&str| text[start..colon].eq_ignore_ascii_case(scheme.as_bytes());
    if text[colon + 1..].starts_with(b"//") {
        SCHEMES.iter().any(is_it).then_some((start, colon + "://".len()))
    } else {
        is_it(&"mailto").then_some((start, colon + 1))
    }
}

/// Returns the length of the rest of an address at the start of `text`, without punctuation of the sentence.
fn end_of(text: &str) -> usize {
    let mut end = text.find(is_delimiter).unwrap_or(text.len());
    let run = &text.as_bytes()[..end];
    let count = |wanted| memchr::memchr_iter(wanted, run).count();
    let mut extra_round = count(b')').saturating_sub(count(b'('));
    let mut extra_square = count(b']').saturating_sub(count(b'['));
    while let Some(last) = run[..end].last() {
        match last {
            b'.' | b',' | b':' | b';' | b'!' | b'?' | b'\'' | b'*' | b'_' | b'~' => {}
            b')' if extra_round > 0 => extra_round -= 1,
            b']' if extra_square > 0 => extra_square -= 1,
            _ => break,
        }
        end -= 1;
    }
    end
}

/// Returns whether `c` ends an address, as typographic and full-width punctuation does in unspaced East Asian text.
fn is_delimiter(c: char) -> bool {
    match c {
        '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}' | '|' => true,
        _ if c.is_ascii() => c.is_ascii_whitespace() || c.is_ascii_control(),
        '«' | '»' | '…' | '\u{2018}'..='\u{201f}' | '\u{3000}'..='\u{303f}' => true,
        '\u{ff01}'..='\u{ff65}' => !c.is_alphanumeric(),
        _ => c.is_whitespace() || c.is_control(),
    }
}
