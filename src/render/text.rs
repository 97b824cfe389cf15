//! Text shared by all formats: its width on a screen, what is removed from it, and words for links and images.

use std::borrow::Cow;
use std::ops::Range;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Resolve, Target};
use crate::host::HostName;
use crate::markup::{Image, Inline, Link, LinkKind, Mark};

/// The ASCII characters that are percent-encoded in a URL on a link line. What is encoded already stays as it is.
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'<').add(b'>').add(b'"');

pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

pub(crate) fn char_width(c: char) -> usize {
    if c.is_ascii() { 1 } else { c.width().unwrap_or(0) }
}

/// Cuts `text` with an ellipsis to `limit` columns, between words or within one that takes over a third of the line.
pub(crate) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    if width(text) <= limit {
        return Cow::Borrowed(text);
    }
    let mut columns = 0;
    let fits = |&(_, c): &(usize, char)| {
        columns += char_width(c);
        columns < limit.max(1)
    };
    let end = text.char_indices().take_while(fits).last().map_or(0, |(at, c)| at + c.len_utf8());
    let (kept, next) = text.split_at(end);
    let last_word = kept.rfind(' ').filter(|&at| !next.starts_with(' ') && width(&kept[..at]) > limit * 2 / 3);
    let is_loose = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—');
    Cow::Owned(format!("{}…", kept[..last_word.unwrap_or(end)].trim_end_matches(is_loose)))
}

/// Returns whether `c` is a wide character of a script without spaces between words. A line may break between any two
/// such characters, and a line end of the source between them is not a space.
///
/// These are the wide characters of CSS Text level 3, section 4.1.3, without Hangul, which has spaces, and without
/// pictographs, which occur among words of any script.
pub(crate) fn is_wide_script(c: char) -> bool {
    matches!(
        u32::from(c),
        0x2E80..=0x312F | 0x3190..=0x31FF | 0x3220..=0x325F | 0x3280..=0xA4CF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F
            | 0xFF01..=0xFF9F | 0xFFE0..=0xFFE5 | 0x17000..=0x18CFF | 0x1B000..=0x1B2FF | 0x20000..=0x3FFFD
    )
}

/// Returns `text` without control characters except tabs; a line feed, from a character reference, becomes a space.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if !may_have_controls(text) {
        return Cow::Borrowed(text);
    }
    let cleaned = text.chars().filter_map(|c| match c {
        '\n' => Some(' '),
        '\t' => Some(c),
        _ => (!c.is_control()).then_some(c),
    });
    Cow::Owned(cleaned.collect())
}

/// Returns whether `text` may have control characters, some of which are `0xC2` and a byte. Stopping early is slower.
fn may_have_controls(text: &str) -> bool {
    let may_start = |byte| u8::from(byte < b' ' || byte == 0x7F || byte == 0xC2);
    text.bytes().fold(0, |found, byte| found | may_start(byte)) != 0
}

/// Returns `text` with each run of white space and control characters as one space.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let is_padded = text.starts_with(' ') || text.ends_with(' ') || text.contains("  ");
    if !is_padded && !may_have_controls(text) {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    let words = text.split(|c: char| c.is_control() || c.is_ascii_whitespace());
    for (at, word) in words.filter(|word| !word.is_empty()).enumerate() {
        line.extend([if at > 0 { " " } else { "" }, word]);
    }
    Cow::Owned(line)
}

/// Returns the mark before the words of an item of a task list.
pub(crate) fn task_mark(task: Option<bool>) -> &'static str {
    task.map_or("", |is_done| if is_done { "[x] " } else { "[ ] " })
}

/// Appends the marks of emphasis if `emphasis` is set. Struck-out text is always marked: it means the opposite.
pub(crate) fn push_mark(out: &mut String, mark: Mark, emphasis: bool) {
    match mark {
        Mark::Strike => out.push_str("~~"),
        Mark::Emphasis if emphasis => out.push('_'),
        Mark::Strong if emphasis => out.push('*'),
        Mark::Emphasis | Mark::Strong => {}
    }
}

/// Appends a line end of the source: a space, or nothing between two wide characters (CSS Text level 3, 4.1.3).
pub(crate) fn push_soft_break(out: &mut String, next: &[Inline<'_>]) {
    let first_char = |piece: &Inline<'_>| match piece {
        Inline::Text(words) | Inline::Code(words) => words.chars().next(),
        Inline::Open(_) | Inline::Close(_) | Inline::LinkOpen(_) | Inline::LinkClose => None,
        _ => Some(' '),
    };
    let is_wide = |c: Option<char>| c.is_some_and(is_wide_script);
    if !(is_wide(out.chars().next_back()) && is_wide(next.iter().find_map(first_char))) {
        out.push(' ');
    }
}

/// Returns the words of a text on one line. Only the marks of struck-out words are kept.
pub(crate) fn plain_words(text: &[Inline<'_>]) -> String {
    let mut words = String::new();
    for (at, piece) in text.iter().enumerate() {
        match piece {
            Inline::Text(text) | Inline::Code(text) => words.push_str(text),
            Inline::SoftBreak => push_soft_break(&mut words, &text[at + 1..]),
            Inline::HardBreak => words.push(' '),
            Inline::Open(mark) | Inline::Close(mark) => push_mark(&mut words, *mark, false),
            Inline::Image(image) => words.push_str(&image_words(image)),
            Inline::FootnoteRef(number) => words.push_str(&format!("[{number}]")),
            Inline::LinkOpen(_) | Inline::LinkClose => {}
        }
    }
    one_line(&words).into_owned()
}

/// Returns the words for an image inside a sentence: its alternative text, title or file name.
pub(crate) fn image_words(image: &Image<'_>) -> String {
    let words = one_line(if image.alt.trim().is_empty() { &image.title } else { &image.alt });
    if words.is_empty() && !is_script(&image.source) {
        return file_stem(&image.source).unwrap_or_default();
    }
    words.into_owned()
}

/// Returns where a link leads, not yet encoded. Unknown destinations are kept, except those of wiki links.
pub(crate) fn link_target(link: &Link<'_>, resolve: &dyn Resolve) -> Target {
    if is_script(&link.destination) || link.destination.trim().is_empty() {
        return Target::Nowhere;
    }
    match (resolve.link(link), link.kind) {
        (Target::Unknown, LinkKind::Wiki) => Target::Unknown,
        (Target::Unknown, LinkKind::WikiLabelled) => Target::Nowhere,
        (Target::Unknown, _) => Target::Url(link.destination.clone().into_owned()),
        (target, _) => target,
    }
}

/// Returns whether an address is itself a program, page or picture: browsers ignore white space and controls in it.
fn is_script(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':').filter(|(scheme, _)| scheme.len() < 64) else { return false };
    let letters = scheme.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    let letters = letters.map(|c| c.to_ascii_lowercase());
    ["javascript", "vbscript", "livescript", "data"].iter().any(|script| letters.clone().eq(script.chars()))
}

/// Returns the URL of an image, not yet encoded, or `None` if it cannot be fetched.
pub(crate) fn image_url(image: &Image<'_>, resolve: &dyn Resolve) -> Option<String> {
    if is_script(&image.source) {
        return None;
    }
    match resolve.image(&image.source) {
        Target::Url(url) => Some(url),
        Target::Unknown => Some(image.source.clone().into_owned()),
        Target::Nowhere => None,
    }
}

/// Returns `url` with its host in punycode, and space, controls, `<>"` and non-ASCII encoded (RFC 3986, section 2).
pub(crate) fn encode_url(url: &str) -> String {
    let url = url.trim();
    // Nothing in most URLs is encoded. A sum over all bytes is faster than a search that can stop.
    let is_encoded = |byte| u8::from(byte <= b' ' || byte >= 0x7F || matches!(byte, b'<' | b'>' | b'"'));
    if url.bytes().fold(0, |found, byte| found | is_encoded(byte)) == 0 {
        return url.to_owned();
    }
    let punycode = ascii_host(url);
    Cow::from(utf8_percent_encode(punycode.as_deref().unwrap_or(url), ENCODED)).into_owned()
}

/// Returns `url` with its host in punycode, if it is a name in another script.
fn ascii_host(url: &str) -> Option<String> {
    let url = Some(url).filter(|url| !url.is_ascii())?;
    let mail = url.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).map(str::len);
    let start = mail.or_else(|| url.find("://").map(|at| at + 3))?;
    let range = host_range(url, start);
    let host = &url[range.clone()];
    let name: HostName = host.parse().ok().filter(|_| !host.is_ascii())?;
    Some(format!("{}{}{}", &url[..range.start], name, &url[range.end..]))
}

/// Returns the host of an absolute URL, without user, port and a leading `www.`.
pub(crate) fn url_host(url: &str) -> Option<&str> {
    let host = &url[host_range(url, url.find("://")? + 3)];
    Some(host.strip_prefix("www.").unwrap_or(host)).filter(|host| !host.is_empty())
}

/// Returns where the host is in a URL whose authority begins at `start`.
fn host_range(url: &str, start: usize) -> Range<usize> {
    let authority = &url[start..];
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    let user = authority.rfind('@').map_or(0, |at| at + 1);
    let host = &authority[user..];
    let length = host.find(']').map(|at| at + 1).or_else(|| host.find(':'));
    start + user..start + user + length.unwrap_or(host.len())
}

/// Returns the last segment of the path that is not empty, decoded.
pub(crate) fn last_segment(url: &str) -> Option<String> {
    let path = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let path = path.split_once("://").map_or(path, |(_, place)| place.split_once('/').map_or("", |(_, path)| path));
    let segment = path.split('/').rfind(|segment| !matches!(*segment, "" | "." | ".."))?;
    let segment = one_line(&percent_decode_str(segment).decode_utf8_lossy()).into_owned();
    (!segment.is_empty()).then_some(segment)
}

/// Returns the last segment of the path without its extension, unless it is a hash or the number of a picture.
pub(crate) fn file_stem(url: &str) -> Option<String> {
    let name = last_segment(url)?;
    let stem = name.rsplit_once('.').map_or("", |(stem, _)| stem);
    let stem = if stem.is_empty() { &name } else { stem };
    let is_word = |run: &str| {
        let is_hex = run.bytes().all(|byte| byte.is_ascii_hexdigit());
        let run = run.to_ascii_lowercase();
        !run.is_ascii() || run.len() > 2 && !is_hex && !CAMERAS.contains(&&*run)
    };
    let has_digit = stem.contains(|c: char| c.is_ascii_digit());
    let mut runs = stem.split(|c: char| !c.is_alphabetic()).filter(|run| !run.is_empty());
    (!has_digit || runs.any(is_word)).then(|| stem.to_owned())
}

/// What cameras and programs put before the numbers of their pictures.
const CAMERAS: [&str; 9] = ["dsc", "dscf", "dscn", "image", "img", "mvi", "photo", "picture", "pxl"];
