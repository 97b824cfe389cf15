//! Wrapped lines, drawn tables, labels and URLs, from Markdown.

use lamplit::markup::markdown::{self, MarkdownOptions};
use lamplit::render::lines::Lines;
use lamplit::render::menu::{DISPLAY_WIDTH, ItemType, Menu};
use lamplit::render::{gemtext, plain};
use testkit::AsWritten;
use unicode_width::UnicodeWidthStr;

fn text(source: &str, width: usize) -> String {
    let options = plain::PlainOptions { width, ..plain::PlainOptions::default() };
    plain::render(&markdown::parse(source, &MarkdownOptions::STANDARD), &options, &AsWritten)
}

fn page(source: &str) -> String {
    let document = markdown::parse(source, &MarkdownOptions::STANDARD);
    gemtext::render(&document, &gemtext::GemtextOptions::default(), &AsWritten)
}

#[test]
fn line_is_filled_up_to_its_width() {
    for (words, width, expected) in [
        ("one two three", 80, "one two three\n"),
        ("one two three", 7, "one two\nthree\n"),
        ("one two three", 6, "one\ntwo\nthree\n"),
        ("one  two three", 4, "one\ntwo\nthree\n"),
        ("a b.example/long-words c", 10, "a\nb.example/long-words\nc\n"),
        ("one\\\ntwo three", 7, "one\ntwo\nthree\n"),
        ("one\\\ntwo three", 9, "one\ntwo three\n"),
        ("é é é é", 3, "é é\né é\n"),
        ("naïve café au lait", 10, "naïve café\nau lait\n"),
        ("東京物語", 4, "東京\n物語\n"),
        ("東京物語", 5, "東京\n物語\n"),
        ("東京。物語", 4, "東\n京。\n物語\n"),
        ("東「京」物", 4, "東\n「京」\n物\n"),
        ("한국어 글", 4, "한국어\n글\n"),
        ("東京 and more", 6, "東京\nand\nmore\n"),
        ("* one two three", 9, "* one two\n  three\n"),
    ] {
        assert_eq!(text(words, width), expected, "{words} at {width}");
    }
}

#[test]
fn line_is_wider_than_the_text_only_if_it_cannot_be_broken() {
    let words = "The quick brown fox 東京物語は、小津安二郎の映画です。 naïve café b.example/long-words 한국어 end";
    for width in 1..60 {
        let wrapped = text(words, width);
        for line in wrapped.lines().filter(|line| line.width() > width) {
            assert_eq!(text(line, 1), format!("{line}\n"), "at {width}");
        }
        let joined = |text: &str| text.split([' ', '\n']).collect::<String>();
        assert_eq!(joined(&wrapped), joined(words), "at {width}");
    }
}

#[test]
fn cell_is_padded_by_display_width() {
    for (table, expected) in [
        (
            "| Film | Year |\n|:--|--:|\n| 東京物語 | 1953 |\n| M | 31 |\n",
            "Film     | Year\n---------+-----\n東京物語 | 1953\nM        |   31\n",
        ),
        ("| abc | x |\n|:-:|:--|\n| b | |\n", "abc | x\n----+--\n b  |\n"),
        ("| | |\n|:--|:--|\n| a | b |\n", "a | b\n"),
        ("| a |\n|---|\n| |\n| b |\n| |\n", "a\n-\nb\n"),
        ("| a | b |\n|---|---|\n| | |\n| | c |\n", "a | b\n--+--\n  | c\n"),
        ("| |\n|---|\n| |\n", ""),
    ] {
        assert_eq!(text(table, 80), expected, "{table}");
    }
}

#[test]
fn wide_table_is_wrapped_or_written_as_records() {
    for (table, expected) in [
        (
            "| Name | What it says |\n|---|---|\n| a | one two three four five |\n| b | six |\n",
            "Name | What it says\n-----+--------------\na    | one two three\n     | four five\n\
             -----+--------------\nb    | six\n",
        ),
        (
            "| a | b |\n|---|---|\n| x | b.example/very/long/address |\n",
            "* a: x\n  b:\n    b.example/very/long/address\n",
        ),
        (
            "| a | b | c | d |\n|---|---|---|---|\n| eight123 | eight123 | x | y |\n",
            "* a: eight123\n  b: eight123\n  c: x\n  d: y\n",
        ),
        (
            "| [page](/page.gmi) | eight123 | eight123 | eight123 |\n|---|---|---|---|\n\nx\n",
            "* page [1]:\n  eight123:\n  eight123:\n  eight123:\n\nx\n\nReferences\n----------\n\n[1] /page.gmi\n",
        ),
        (
            "| a | Notes | c |\n|---|---|---|\n| x | | b.example/very/long/address |\n| y | | z |\n",
            "* a: x\n  Notes:\n  c:\n    b.example/very/long/address\n* a: y\n  c: z\n",
        ),
        (
            "| a | b |\n|---|---|\n| x | `b.example/very/long` |\n",
            "a | b\n--+-----------------\nx | `b.example/very/\n  | long`\n",
        ),
        (
            "| a | b |\n|---|---|\n| x | supercalifragilistic and some words more |\n",
            "* a: x\n  b:\n    supercalifragilistic\n    and some words\n    more\n",
        ),
        (
            "| a | b of forty-one columns and not one less ok |\n|---|---|\n| x | |\n| y | supercalifragilistic |\n\
             | z | c |\n",
            "* a: x\n* a: y\n  b of forty-one\n    columns and not\n    one less ok:\n    supercalifragilistic\n* a: z\n  b of forty-one\n    \
             columns and not\n    one less…: c\n",
        ),
        (
            "|  | b |\n|---|---|\n| ![](i.png) | one |\n| [![j](j.png)](k) | two |\n",
            "b\n---\none\ntwo\n\nReferences\n----------\n\n[1] i.png\n[2] j.png\n[3] k\n",
        ),
    ] {
        assert_eq!(text(table, 20), expected, "{table}");
    }
}

#[test]
fn drawn_table_stays_within_the_width() {
    let cells: Vec<String> = (1..6).map(|n| "word ".repeat(n * 3).trim().to_owned()).collect();
    let row = format!("| {} |\n", cells.join(" | "));
    let table = format!("{row}{}|\n{row}", "|---".repeat(cells.len()));
    for width in 20..120 {
        let drawn = text(&table, width);
        assert!(drawn.lines().all(|line| line.width() <= width), "{width}\n{drawn}");
    }
    assert!(text(&table, 100).contains("-+-"));
}

#[test]
fn cut_text_fits_with_its_ellipsis() {
    for (words, limit, expected) in [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab cd", 4, "ab…"),
        ("東京都", 6, "東京都"),
        ("東京都", 5, "東京…"),
        ("東京都", 4, "東…"),
    ] {
        let tail = "-".repeat(DISPLAY_WIDTH - limit);
        let mut menu = Menu::new("example.org", 70);
        menu.entry(ItemType::Text, words, &tail, "/a");
        let wire = String::from_utf8(menu.to_bytes()).expect("text");
        let display = wire[1..].split('\t').next().expect("a field");
        assert_eq!(display, format!("{expected}{tail}"));
        assert!(display.width() <= DISPLAY_WIDTH);
    }
}

#[test]
fn clean_text_has_no_control_characters() {
    for (words, expected) in [
        ("plain", "plain\n"),
        ("a&#10;b", "a b\n"),
        ("a\u{1b}[31mb", "a[31mb\n"),
        ("a\u{9b}31mb\u{7f}", "a31mb\n"),
        ("50\u{a0}% © «x»", "50\u{a0}% © «x»\n"),
    ] {
        assert_eq!(page(words), expected);
        assert_eq!(plain::for_gopher(&page(words)), expected.replace('\n', "\r\n"));
    }
    assert_eq!(plain::for_gopher("a\tb\n"), "a\tb\r\n");
}

#[test]
fn wide_scripts_are_those_without_spaces() {
    for (c, joins) in
        [('東', true), ('、', true), ('カ', true), ('！', true), ('한', false), ('e', false), ('🎉', false)]
    {
        let expected = if joins { format!("東{c}\n") } else { format!("東 {c}\n") };
        assert_eq!(page(&format!("東\n{c}")), expected, "{c}");
    }
}

#[test]
fn encoded_url_is_ascii_without_spaces() {
    for (url, expected) in [
        ("https://example.org/a%20b?c#d", "https://example.org/a%20b?c#d"),
        (" a b\tc\n", "a%20b%09c"),
        ("<x>\"ü\"", "%3Cx%3E%22%C3%BC%22"),
    ] {
        let mut lines = Lines::default();
        lines.link(url, "");
        assert_eq!(lines.finish(), format!("=> {expected}\n"));
    }
}

#[test]
fn label_that_describes_nothing_gets_the_host_the_segment_or_the_name_of_a_file() {
    for (url, host, segment, stem) in [
        ("https://www.example.org/a/b.html?x#y", Some("example.org"), Some("b.html"), Some("b")),
        ("gemini://u@h:1965/", Some("h"), None, None),
        ("http://[::1]:70/x/", Some("[::1]"), Some("x"), Some("x")),
        ("../img/the%20cat.jpg", None, Some("the cat.jpg"), Some("the cat")),
        ("mailto:a@b", None, Some("mailto:a@b"), Some("mailto:a@b")),
    ] {
        let hint = |hint: Option<&str>| format!("=> {url} here ({})\n", hint.unwrap_or_default());
        assert!(page(&format!("[here]({url})")).ends_with(&hint(host.or(segment))), "{url}");
        let ambiguous = page(&format!("See [here]({url}) and [here](https://b.example/c)."));
        assert!(ambiguous.contains(&hint(segment.or(host))), "{ambiguous}");
        let image = page(&format!("See ![]({url}) there."));
        let shown = stem.map_or("See  there.".to_owned(), |stem| format!("See [{stem}] there."));
        assert_eq!(image.lines().next(), Some(&*shown), "{url}");
    }
}

#[test]
fn hint_follows_a_label_that_describes_nothing() {
    for (label, is_generic) in [
        ("here", true),
        ("Here.", true),
        ("\u{201c}this\u{201d}", true),
        ("→", true),
        ("\\[1\\]", true),
        ("2024-05-01", false),
        ("1984", false),
        ("hereafter", false),
        ("東京", false),
    ] {
        let shown = page(&format!("[{label}](https://example.org/)"));
        assert_eq!(shown.ends_with(" (example.org)\n"), is_generic, "{shown}");
    }
}
