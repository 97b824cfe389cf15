//! Finds template tags by their delimiters.

use std::ops::Range;

use super::super::source::Lookahead;

/// A template tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShortTag<'s> {
    /// Its range in the source.
    pub(super) range: Range<usize>,
    /// Its name, without the `end` before it in a closing tag of Jekyll.
    pub(super) name: &'s str,
    /// The text after the name.
    pub(super) arguments: &'s str,
    pub(super) closes: bool,
}

/// The delimiters of tags: two of Hugo, then those of Jekyll and of Zola.
const FORMS: [(&str, &str); 4] = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{{", "}}")];

/// Returns the template tags in `source` in order. Other text in braces is not among them.
pub(super) fn tags(source: &str) -> Vec<ShortTag<'_>> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut ends = <[Lookahead; FORMS.len()]>::default();
    let mut at = 0;
    while let Some(brace) = memchr::memchr(b'{', &bytes[at..]).map(|brace| at + brace) {
        at = brace + 1;
        if !matches!(bytes.get(at), Some(b'{' | b'%')) {
            continue;
        }
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
    if is_interrupted(inner.as_bytes()) {
        return None;
    }
    let range = start..inner_end + closing.len();
    let inner = inner.trim().trim_start_matches('-').trim_end_matches(['-', '/']).trim();
    let (inner, closes) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner.trim_start(), true));
    let name_end = inner.find(|c: char| !(c.is_alphanumeric() || "_-./:".contains(c))).unwrap_or(inner.len());
    let (name, arguments) = inner.split_at(name_end);
    if !name.starts_with(char::is_alphabetic) {
        return None;
    }
    match opening {
        // Of texts in double braces only calls (Zola) and variables (Jekyll) are tags.
        "{{" if arguments.starts_with('(') || name.starts_with("site.") || name.starts_with("page.") => {
            Some(ShortTag { range, name, arguments, closes })
        }
        "{{" => None,
        "{%" => {
            let base = name.strip_prefix("end");
            Some(ShortTag { range, name: base.unwrap_or(name), arguments, closes: base.is_some() })
        }
        _ => Some(ShortTag { range, name, arguments, closes }),
    }
}

/// Whether another tag starts in `inner`, or a paragraph ends. The search stops at the next tag, so that all calls
/// together take linear time.
fn is_interrupted(inner: &[u8]) -> bool {
    memchr::memchr2_iter(b'{', b'\n', inner)
        .any(|at| matches!(inner.get(at..at + 2), Some(b"{{" | b"{%" | b"\n\n")))
}

/// Returns the arguments of a tag, named or positional.
pub(super) fn arguments(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut values = Values::default();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'));
        if rest.is_empty() {
            return found;
        }
        let (first, behind) = values.value(rest);
        let after = behind.trim_start();
        let starts_value = |after: &str| !after.starts_with([',', ')']);
        match after.strip_prefix('=').map(str::trim_start) {
            Some(assigned) if starts_value(assigned) => {
                let (second, behind) = values.value(assigned);
                found.push((Some(first), second));
                rest = behind;
            }
            Some(assigned) => rest = assigned,
            None => {
                found.push((None, first));
                rest = behind;
            }
        }
    }
}

/// The quotes around values.
const QUOTES: [(char, char); 4] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”')];

/// Reads values from left to right.
#[derive(Default)]
struct Values {
    /// Which of [`QUOTES`] are not closed in the rest of the text.
    unclosed: [bool; QUOTES.len()],
}

impl Values {
    /// Returns the quoted or bare value at the start of `text`, and the rest of `text`.
    fn value<'s>(&mut self, text: &'s str) -> (&'s str, &'s str) {
        for ((opening, closing), unclosed) in QUOTES.iter().zip(&mut self.unclosed) {
            if let Some(inner) = text.strip_prefix(*opening).filter(|_| !*unclosed) {
                if let Some(found) = inner.split_once(*closing) {
                    return found;
                }
                *unclosed = true;
            }
        }
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | '=' | ')');
        text.split_at(text.find(ends).unwrap_or(text.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found() {
        for (source, expected) in [
            ("a {{< figure src=\"x\" >}} b", &["figure: src=\"x\""][..]),
            ("{{% note %}}a{{% /note %}}", &["note:", "/note:"]),
            ("{{ youtube(id=\"x\") }}", &["youtube:(id=\"x\")"]),
            ("{% highlight rust %}{% endhighlight %}", &["highlight: rust", "/highlight:"]),
            ("{%- if x -%}", &["if: x"]),
            ("{{ site.baseurl }}", &["site.baseurl:"]),
            ("{{ x }} {{ }} {{", &[]),
            ("{{< a\n\nb >}}", &[]),
            ("{{< a {{< b >}}", &["b:"]),
            ("{% %} {%", &[]),
        ] {
            let found: Vec<String> = tags(source)
                .iter()
                .map(|tag| format!("{}{}:{}", if tag.closes { "/" } else { "" }, tag.name, tag.arguments))
                .collect();
            assert_eq!(found, expected, "{source:?}");
        }
    }

    #[test]
    fn arguments_are_read() {
        for (text, expected) in [
            (" src=\"a b\" alt='c'", &[(Some("src"), "a b"), (Some("alt"), "c")][..]),
            (" \"a b\" c", &[(None, "a b"), (None, "c")]),
            ("(id=\"x\", width = 3)", &[(Some("id"), "x"), (Some("width"), "3")]),
            ("(a=, b=1)", &[(Some("b"), "1")]),
            (" \"never closed", &[(None, "\"never"), (None, "closed")]),
            ("=", &[(Some(""), "")]),
            ("", &[]),
        ] {
            assert_eq!(arguments(text), expected, "{text:?}");
        }
    }
}
