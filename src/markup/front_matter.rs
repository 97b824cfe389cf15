//! Finds the front matter of a file without parsing it.
//!
//! Front matter starts with a line of `---` (YAML) or `+++` (TOML) and ends with another one, or with a line of
//! `...` for YAML. A byte order mark and blank lines may precede it; white space may follow the fences. Front matter
//! that is never closed is part of the body.

use std::ops::Range;

use super::Lines;

/// The two parts of a file. All ranges are byte offsets in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split<'a> {
    /// The front matter, if there is one.
    pub head: Option<Head<'a>>,
    /// The text after it, without a byte order mark.
    pub body: &'a str,
    /// The range of the body.
    pub body_range: Range<usize>,
}

/// The front matter of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head<'a> {
    /// The language it is written in.
    pub format: Format,
    /// The lines between the fences, with their line ends.
    pub text: &'a str,
    /// The range of `text`.
    pub range: Range<usize>,
}

/// The language of a front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Between lines of `---`.
    Yaml,
    /// Between lines of `+++`.
    Toml,
}

/// Splits `source` into front matter and body.
pub fn split(source: &str) -> Split<'_> {
    let start = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    match head_of(source, start) {
        Some((head, end)) => Split { head: Some(head), body: &source[end..], body_range: end..source.len() },
        None => Split { head: None, body: &source[start..], body_range: start..source.len() },
    }
}

/// Returns the front matter and the offset of the line after it.
fn head_of(source: &str, start: usize) -> Option<(Head<'_>, usize)> {
    let mut lines = Lines::from(source, start);
    let format = loop {
        match lines.next()?.1.trim_end() {
            "" => {}
            "---" => break Format::Yaml,
            "+++" => break Format::Toml,
            _ => return None,
        }
    };
    let first = lines.at();
    while let Some((line_start, line)) = lines.next() {
        let line = line.trim_end();
        let closes = match format {
            Format::Yaml => line == "---" || line == "...",
            Format::Toml => line == "+++",
        };
        if closes {
            let range = first..line_start;
            return Some((Head { format, text: &source[range.clone()], range }, lines.at()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_between_fences_is_split_off() {
        let yaml = |text| Some((Format::Yaml, text));
        let toml = |text| Some((Format::Toml, text));
        for (source, expected, body) in [
            ("---\na: 1\n---\nbody", yaml("a: 1\n"), "body"),
            ("---\nä: 1\n...\nbody", yaml("ä: 1\n"), "body"),
            ("+++\na = 1\n+++\nbody", toml("a = 1\n"), "body"),
            ("+++\na = '''\n...\n---\n'''\n+++\nb", toml("a = '''\n...\n---\n'''\n"), "b"),
            ("\u{feff}---\na: 1\n---\nbody", yaml("a: 1\n"), "body"),
            ("\u{feff}\n \t\n---\na: 1\n---\nbody", yaml("a: 1\n"), "body"),
            ("---  \r\na: 1\r\n---\t\r\nbody\r\n", yaml("a: 1\r\n"), "body\r\n"),
            ("+++\r\n+++\r\n", toml(""), ""),
            ("---\n---\nbody", yaml(""), "body"),
            ("---\na: 1\n---", yaml("a: 1\n"), ""),
            ("---\n\n\na: 1\n\n---\n\nbody", yaml("\n\na: 1\n\n"), "\nbody"),
            ("---\na: |\n  ---\n---\nbody", yaml("a: |\n  ---\n"), "body"),
            ("---\nnever closed\n", None, "---\nnever closed\n"),
            ("+++\nnever closed\n---\n", None, "+++\nnever closed\n---\n"),
            (" ---\na: 1\n---\n", None, " ---\na: 1\n---\n"),
            ("----\na: 1\n----\n", None, "----\na: 1\n----\n"),
            ("--- a\na: 1\n---\n", None, "--- a\na: 1\n---\n"),
            ("text\n---\na: 1\n---\n", None, "text\n---\na: 1\n---\n"),
            ("\u{feff}text", None, "text"),
            ("\n\ntext", None, "\n\ntext"),
            ("", None, ""),
            ("\u{feff}", None, ""),
            ("---", None, "---"),
        ] {
            let found = split(source);
            let head = found.head.as_ref().map(|head| (head.format, head.text));
            assert_eq!((head, found.body), (expected, body), "{source:?}");
            assert_eq!(&source[found.body_range], body, "{source:?}");
            if let Some(head) = found.head {
                assert_eq!(&source[head.range], head.text, "{source:?}");
            }
        }
    }
}
