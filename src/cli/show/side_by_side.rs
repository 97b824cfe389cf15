//! Source and page in two columns, block beside block.
//!
//! Both are cut into blocks at their blank lines. A block of the page stands beside the block of the source that
//! holds its first words; one whose words are nowhere near (the date, a link line) stays below the one before it.

use std::iter;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands between the columns.
const BETWEEN: &str = " │ ";

/// The narrowest column that can be read at all.
const NARROWEST: usize = 16;

/// How many letters make a block known.
const KEY: usize = 16;

/// How many blocks of the source may have left no trace on the page.
const LOOKAHEAD: usize = 12;

/// The width of each column where both have `columns` between them.
pub(super) fn half(columns: usize) -> usize {
    (columns.saturating_sub(BETWEEN.width()) / 2).max(NARROWEST)
}

/// `source` and `page` beside each other, each `half` columns wide.
pub(super) fn lines(source: &str, page: &str, half: usize) -> String {
    let (left, right) = (blocks(source), blocks(page));
    let rows = aligned(&left, &right);
    let mut out = String::new();
    for (row, (source, pages)) in left.iter().zip(rows).enumerate() {
        if row > 0 {
            push_row(&mut out, "", "", half);
        }
        let pages = pages.join("\n\n");
        let (mut source, mut page) = (wrapped(source, half).into_iter(), wrapped(&pages, half).into_iter());
        loop {
            let (source, page) = (source.next(), page.next());
            if source.is_none() && page.is_none() {
                break;
            }
            push_row(&mut out, &source.unwrap_or_default(), &page.unwrap_or_default(), half);
        }
    }
    out
}

/// The blocks of the page that belong beside each block of the source.
fn aligned<'p>(source: &[String], page: &'p [String]) -> Vec<Vec<&'p str>> {
    let letters: Vec<String> = source.iter().map(|block| letters(block).collect()).collect();
    let mut rows = vec![Vec::new(); source.len()];
    let mut row = 0;
    for block in page {
        // A link line is known by its label, a picture in plain text by its words.
        let words =
            block.strip_prefix("=> ").and_then(|link| link.split_once(' ')).map_or(&**block, |link| link.1);
        let words = words.strip_prefix("[image: ").unwrap_or(words);
        let key: String = self::letters(words.lines().next().unwrap_or_default()).take(KEY).collect();
        let near = letters.iter().enumerate().skip(row).take(LOOKAHEAD);
        if let Some((found, _)) =
            near.into_iter().find(|(_, letters)| !key.is_empty() && letters.contains(&key))
        {
            row = found;
        }
        rows[row].push(&**block);
    }
    rows
}

/// What of a text markup leaves alone.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// A text cut at its blank lines, but for those in fenced code. There is always one block at least.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if line.trim().is_empty() && !fenced {
            blocks.extend((!block.is_empty()).then(|| std::mem::take(&mut block)));
            continue;
        }
        if !block.is_empty() {
            block.push('\n');
        }
        block.push_str(line);
    }
    if !block.is_empty() || blocks.is_empty() {
        blocks.push(block);
    }
    blocks
}

fn push_row(out: &mut String, left: &str, right: &str, half: usize) {
    let padding = half.saturating_sub(left.width());
    out.push_str(left);
    out.extend(iter::repeat_n(' ', padding));
    out.push_str(BETWEEN);
    out.push_str(right);
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}

/// The lines of `text`, none wider than `width`, broken at a space where there is one. Nothing in them can
/// drive the terminal.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.lines() {
        let clean: String = line.replace('\t', "    ").chars().filter(|c| !c.is_control()).collect();
        let mut left = clean.as_str();
        loop {
            let end = end_of_line(left, width);
            lines.push(left[..end].trim_end().to_owned());
            left = left[end..].trim_start();
            if left.is_empty() {
                break;
            }
        }
    }
    lines
}

/// Where the first line of `text` ends, in bytes.
fn end_of_line(text: &str, width: usize) -> usize {
    let mut columns = 0;
    let mut space = None;
    let indent = text.len() - text.trim_start().len();
    for (at, c) in text.char_indices() {
        columns += c.width().unwrap_or(0);
        if c == ' ' && at > indent {
            space = Some(at);
        }
        if columns > width && c != ' ' {
            return space.unwrap_or(at);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, page: &str, columns: usize, expected: &[&str]) {
        let shown = lines(source, page, half(columns));
        assert_eq!(shown.lines().collect::<Vec<_>>(), expected, "{source:?} beside {page:?}");
    }

    #[test]
    fn blocks_stand_beside_each_other() {
        check(
            "# Title\n\nSome *words* with a [link](a.md).\n\n<!-- gone -->\n\n## More\n\n- an item\n",
            "# Title\n\nSome words with a link.\n\n=> /a.gmi link\n\n## More\n\n* an item\n\n=> / Back\n",
            53,
            &[
                "# Title                   │ # Title",
                "                          │",
                "Some *words* with a       │ Some words with a link.",
                "[link](a.md).             │",
                "                          │ => /a.gmi link",
                "                          │",
                "<!-- gone -->             │",
                "                          │",
                "## More                   │ ## More",
                "                          │",
                "- an item                 │ * an item",
                "                          │",
                "                          │ => / Back",
            ],
        );
    }

    #[test]
    fn fenced_code_is_one_block_and_keeps_its_indent() {
        check(
            "```\na\n\n\tb\n```\n",
            "```\na\n\n\tb\n```\n",
            35,
            &[
                "```              │ ```",
                "a                │ a",
                "                 │",
                "    b            │     b",
                "```              │ ```",
            ],
        );
    }

    #[test]
    fn columns_are_measured_as_they_are_seen() {
        check(
            "東京物語は小津安二郎の映画です。",
            "\u{1b}[2Jhttps://example.org/a/long/one",
            35,
            &[
                "東京物語は小津安 │ [2Jhttps://examp",
                "二郎の映画です。 │ le.org/a/long/on",
                "                 │ e",
            ],
        );
        check("", "", 35, &[]);
        check("", "a", 0, &["                 │ a"]);
    }
}
