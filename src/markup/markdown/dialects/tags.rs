//! Finds template tags by their delimiters.

use std::ops::Range;

use super::super::source::Lookahead;
use super::is_one;

/// A template tag in a text.
#[derive(Default)]
pub(super) struct ShortTag<'s> {
    pub(super) range: Range<usize>,
    /// The name, without the `end` at its start in a closing tag of Jekyll.
    pub(super) name: &'s str,
    /// The text after the name; for an escaped tag, all that is between its delimiters.
    pub(super) arguments: &'s str,
    pub(super) closes: bool,
    /// Whether it has no closing tag, as in `{{< name />}}`.
    pub(super) is_whole: bool,
    /// Whether it is shown to readers as an example, as in `{{</* name */>}}`.
    pub(super) is_escaped: bool,
    pub(super) opening: &'static str,
}

/// The delimiters of tags: two of Hugo, then those of Jekyll and of Zola.
const FORMS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{{", "}}")];

pub(super) fn tags(source: &str) -> Vec<ShortTag<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut ends = <[Lookahead; FORMS.len()]>::default();
    let mut at = 0;
    while let Some(brace) = memchr::memchr(b'{', &bytes[at..]).map(|brace| at + brace) {
        at = brace + 1;
        if let Some(tag) = tag_at(source, brace, &mut ends) {
            at = tag.range.end;
            found.push(tag);
        }
    }
    found
}

fn tag_at<'s>(source: &'s str, start: usize, ends: &mut [Lookahead; FORMS.len()]) -> Option<ShortTag<'s>> {
    let rest = &source[start..];
    let form = FORMS.iter().position(|(opening, _)| rest.starts_with(opening))?;
    let (opening, closing) = FORMS[form];
    let inner_start = start + opening.len();
    let inner_end = ends[form].find(source, closing, inner_start)?;
    let inner = &source[inner_start..inner_end];
    // Another tag starts in it, or a paragraph ends. The search stops there, so all calls together take linear time.
    let ends = |at: usize| matches!(inner.as_bytes().get(at..at + 2), Some(b"{{" | b"{%" | b"\n\n"));
    if memchr::memchr2_iter(b'{', b'\n', inner.as_bytes()).any(ends) {
        return None;
    }
    let range = start..inner_end + closing.len();
    let is_hugo = form < 2;
    let tag = ShortTag { range, arguments: inner, is_whole: true, opening, ..ShortTag::default() };
    let shown = inner.strip_prefix("/*").and_then(|shown| shown.strip_suffix("*/"));
    // Zola escapes calls in this way, and comments of Go templates look alike.
    let shown = shown.filter(|shown| is_hugo || shown.contains('(') || shown.trim() == "end");
    if let Some(arguments) = shown {
        return Some(ShortTag { arguments, is_escaped: true, ..tag });
    }
    let is_whole = is_hugo && inner.ends_with('/');
    let inner = inner.trim().trim_start_matches('-').trim_end_matches(['-', '/']).trim();
    let is_book = |inner: &str| inner.split(' ').next().is_some_and(|name| is_one("book", name));
    if inner.starts_with('#') && (opening == "{%" || is_book(inner)) {
        return Some(ShortTag { name: "comment", arguments: "", ..tag });
    }
    let (inner, closes) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner.trim_start(), true));
    if opening == "{{"
        && let Some((arguments, name)) = filtered(inner)
    {
        return Some(ShortTag { name, arguments, ..tag });
    }
    let name_end = inner.find(|c: char| !(c.is_alphanumeric() || "_-./:".contains(c))).unwrap_or(inner.len());
    let (name, arguments) = inner.split_at(name_end);
    if !name.starts_with(char::is_alphabetic) {
        return None;
    }
    let tag = ShortTag { name, arguments, closes, is_whole, ..tag };
    match opening {
        // Calls (Zola), macros (Logseq) and values of generators (Jekyll, Eleventy); others in double braces may be examples.
        "{{" => {
            let is_owned = name.split_once('.').is_some_and(|(owner, _)| is_one("owner", owner));
            let is_address = source[..start].ends_with("](") || source[..start].ends_with("=\"");
            (arguments.starts_with('(') || is_owned || is_address || is_one("macro", name)).then_some(tag)
        }
        "{%" => {
            let base = name.strip_prefix("end");
            Some(ShortTag { name: base.unwrap_or(name), closes: base.is_some(), ..tag })
        }
        _ => Some(tag),
    }
}

/// Returns the text and the filter of `"/a.html" | relative_url`.
fn filtered(inner: &str) -> Option<(&str, &str)> {
    let quote = inner.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (text, rest) = inner[1..].split_once(quote)?;
    let filter = rest.trim_start().strip_prefix('|')?.trim_start();
    let name = filter.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    (is_one("filter", name) && !text.is_empty()).then_some((text, name))
}
